package report

import (
	"fmt"
	"math"
	"strings"

	"ecssim/model"
	"ecssim/model/expect"
)

// verdict is what became of a comparison in one run.
type verdict struct {
	ok     bool
	got    any      // a number, a text, or nil where nothing is known
	at     *float64 // of the first violation, in seconds
	margin *float64 // to the threshold: positive on the good side
	note   string   // why nothing is known
	by     *expect.Comparison
}

// Evaluate checks one expression on one run: what was got, whether the expectation holds, and when it was first
// violated, in seconds. Where nothing is known of its subject it does not hold.
func Evaluate(r *Record, e *expect.Expr) (got any, ok bool, at *float64) {
	v := r.judge(e)
	return v.got, v.ok, v.at
}

// judge checks an expression. Of joined comparisons it tells of the one that decides: the first that fails of those that
// must all hold, the first that holds of those of which one must.
func (r *Record) judge(e *expect.Expr) verdict {
	if e.Join == expect.Alone {
		v := r.compare(e.Compare)
		v.by = e.Compare
		return v
	}
	var first verdict
	for i, p := range e.Parts {
		v := r.judge(p)
		if v.ok == (e.Join == expect.Or) {
			return v
		}
		if i == 0 {
			first = v
		}
	}
	return first
}

func (r *Record) compare(c *expect.Comparison) verdict {
	s := &c.Subject
	switch {
	case s.Figure == expect.FirstBottleneck:
		return r.compareBottleneck(c)
	case s.Metric == nil:
		for _, f := range Figures(r) {
			if f.Name == s.Figure {
				return weigh(c, f.Value)
			}
		}
		return unknown("no data: the run has no %s", s.Figure)
	case s.Metric.Nature == expect.Events:
		return r.compareStops(c)
	case s.Metric.Nature == expect.Values:
		return r.compareValues(c)
	}
	return r.compareLevels(c)
}

func unknown(format string, args ...any) verdict { return verdict{note: fmt.Sprintf(format, args...)} }

// weigh compares what is known exactly. Figures are compared as they are shown: with six decimals.
func weigh(c *expect.Comparison, got float64) verdict {
	if math.IsNaN(got) || math.IsInf(got, 0) {
		return unknown("no data: %s is no number", &c.Subject)
	}
	got = round(got)
	return verdict{ok: c.Op.Holds(got, c.Value.Number), got: got, margin: known(c.Op.Margin(got, c.Value.Number))}
}

// compareBottleneck: a limit without a scope stands for any: ip for ip:a and ip:b.
func (r *Record) compareBottleneck(c *expect.Comparison) verdict {
	name, v := "none", verdict{}
	if b := r.Bottleneck; b != nil {
		name = bottleneckName(b.Resource, b.Scope)
	}
	resource, _, _ := strings.Cut(name, ":")
	same := c.Value.Text == name || c.Value.Text == resource
	v.got, v.ok = name, same == (c.Op == expect.Equal)
	if !v.ok && r.Bottleneck != nil {
		v.at = known(r.Bottleneck.At.Seconds())
	}
	return v
}

// compareStops counts the tasks that stopped, whatever the reason.
func (r *Record) compareStops(c *expect.Comparison) verdict {
	n := int64(0)
	for _, o := range r.ownersOf(&c.Subject) {
		for _, stopped := range o.Stopped {
			n += stopped
		}
	}
	return weigh(c, float64(n))
}

// ownersOf are the services and jobs that a subject is about.
func (r *Record) ownersOf(s *expect.Subject) []*OwnerRecord {
	var all []*OwnerRecord
	service, isService := s.Label(expect.Service)
	job, isJob := s.Label(expect.Job)
	for i := range r.Owners {
		o := &r.Owners[i]
		switch {
		case isService && (!o.Service || o.Name != service):
		case isJob && (o.Service || o.Name != job):
		default:
			all = append(all, o)
		}
	}
	return all
}

// Expectations checks what the scenario expects over all seeds: each holds where it holds in the share of the seeds that
// the scenario asks for. With several seeds it tells of the one that is worst. Records that are missing are left out; in
// a run that did not come to its proper end nothing holds.
func Expectations(records []*Record) []Expectation {
	records = (&Set{Records: records}).present().Records
	if len(records) == 0 {
		return nil
	}
	cfg := records[0].Config
	all := make([]Expectation, 0, len(cfg.Expect))
	for i := range cfg.Expect {
		all = append(all, overSeeds(records, cfg, &cfg.Expect[i]))
	}
	return all
}

func overSeeds(records []*Record, cfg *model.Config, n *expect.Named) Expectation {
	var worst verdict
	e := Expectation{Name: n.Name, Expression: n.Text, FailOn: n.FailOn}
	for i, r := range records {
		v := r.judge(n.Expr)
		if n.FailOn {
			v = v.turned()
		}
		if !r.Complete() {
			v.ok, v.note = false, "the run is incomplete"
		}
		if v.ok {
			e.Held++
		}
		if i == 0 || v.worse(&worst) {
			worst, e.Seed = v, r.Seed
		}
	}
	e.Seeds = len(records)
	e.OK = e.Held >= enough(len(records), cfg.ExpectQuantile)
	e.Got, e.At, e.Margin, e.Note = worst.got, worst.at, worst.margin, worst.note
	e.seconds = worst.by.Subject.Unit() == "s"
	if n.Expr.Join != expect.Alone {
		e.Decided = worst.by.String()
	}
	return e
}

// turned is the verdict on what must not be. Where nothing is known that does not hold either.
func (v verdict) turned() verdict {
	v.ok = !v.ok && v.note == ""
	if v.margin != nil {
		v.margin = known(-*v.margin)
	}
	v.at = nil
	return v
}

// enough is how many of some seeds are the share q of them; 0 stands for all.
func enough(seeds int, q float64) int {
	if q <= 0 {
		q = 1
	}
	return int(math.Ceil(q*float64(seeds) - 1e-9))
}

// worse orders verdicts: what fails before what holds, what is not known before what is, then by margin.
func (v *verdict) worse(than *verdict) bool {
	switch {
	case v.ok != than.ok:
		return !v.ok
	case (v.margin == nil) != (than.margin == nil):
		return v.margin == nil
	case v.margin == nil:
		return false
	}
	return *v.margin < *than.margin
}
