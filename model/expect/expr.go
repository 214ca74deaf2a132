package expect

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// Named is an expectation of a scenario: Text is as it stands there.
type Named struct {
	Name, Text string
	Expr       *Expr
	// FailOn: the expression tells what must not be.
	FailOn bool
}

// Join is how the parts of an expression make one.
type Join uint8

// The joins. Alone is a comparison.
const (
	Alone Join = iota
	And
	Or
)

// Expr is an expression that was read: a comparison, or parts that are joined.
type Expr struct {
	Join    Join
	Parts   []*Expr     // two or more, unless Alone
	Compare *Comparison // if Alone
}

// Comparison is what must be so.
type Comparison struct {
	Subject Subject
	Op      Op
	Value   Value
}

// Subject is what is compared: a figure of the whole run, or an aggregate of a metric.
type Subject struct {
	// Figure is the name of a figure; empty where Metric is not nil.
	Figure string
	Of     Aggregate
	Metric *Metric
	Labels []Label // in the order in which they were written
	// After and Before are nil without a bound.
	After, Before *Moment

	at, length int // where it stands
}

// Label says which of several: service='web'.
type Label struct {
	Key, Value string
	at, length int
}

// Label is the value of a label; ok is false without it.
func (s *Subject) Label(key string) (value string, ok bool) {
	for _, l := range s.Labels {
		if l.Key == key {
			return l.Value, true
		}
	}
	return "", false
}

// Op is an operator of comparison.
type Op uint8

// The operators.
const (
	Below Op = iota
	AtMost
	Above
	AtLeast
	Equal
	NotEqual
)

var operators = [...]string{Below: "<", AtMost: "<=", Above: ">", AtLeast: ">=", Equal: "==", NotEqual: "!="}

func (o Op) String() string { return operators[o] }

// Holds compares two numbers.
func (o Op) Holds(got, want float64) bool {
	switch o {
	case Below:
		return got < want
	case AtMost:
		return got <= want
	case Above:
		return got > want
	case AtLeast:
		return got >= want
	case Equal:
		return got == want
	case NotEqual:
	}
	return got != want
}

// Margin is how far a number is on the good side of its threshold; negative on the bad side.
func (o Op) Margin(got, want float64) float64 {
	away := max(got-want, want-got)
	switch o {
	case Below, AtMost:
		return want - got
	case Above, AtLeast:
		return got - want
	case Equal:
		return -away
	case NotEqual:
	}
	return away
}

// Kind of a value.
type Kind uint8

// The kinds.
const (
	Number Kind = iota
	Span        // of time
	Text
)

// Value is what a subject is compared with. A Span is in seconds.
type Value struct {
	Kind   Kind
	Number float64
	Text   string
}

// Moment is an instant of the run: so long after the start, or the first time that a clock shows it.
type Moment struct {
	Clock bool
	Since time.Duration // the start, or midnight
}

// After is how long after the start of a run the moment comes.
func (m *Moment) After(start time.Time) time.Duration {
	if !m.Clock {
		return m.Since
	}
	midnight := time.Date(start.Year(), start.Month(), start.Day(), 0, 0, 0, 0, start.Location())
	d := midnight.Add(m.Since).Sub(start)
	if d < 0 {
		d += 24 * time.Hour
	}
	return d
}

// String is the expression as Parse reads it.
func (e *Expr) String() string {
	switch e.Join {
	case Alone:
		return e.Compare.String()
	case And:
		return e.joined(" and ")
	case Or:
	}
	return e.joined(" or ")
}

func (e *Expr) joined(by string) string {
	parts := make([]string, len(e.Parts))
	for i, p := range e.Parts {
		parts[i] = p.String()
		if p.Join != Alone && (p.Join == Or || e.Join == p.Join) {
			parts[i] = "(" + parts[i] + ")"
		}
	}
	return strings.Join(parts, by)
}

// String is the comparison as Parse reads it.
func (c *Comparison) String() string {
	return c.Subject.String() + " " + c.Op.String() + " " + c.Value.String()
}

// String is the subject as Parse reads it.
func (s *Subject) String() string {
	if s.Metric == nil {
		return s.Figure
	}
	inside := []string{s.Metric.Name}
	for _, l := range s.Labels {
		inside = append(inside, l.Key+"="+quoted(l.Value))
	}
	if s.After != nil {
		inside = append(inside, "after="+s.After.String())
	}
	if s.Before != nil {
		inside = append(inside, "before="+s.Before.String())
	}
	return s.Of.String() + "(" + strings.Join(inside, ", ") + ")"
}

// String is the value as Parse reads it.
func (v Value) String() string {
	switch v.Kind {
	case Span:
		return spanText(time.Duration(math.Round(v.Number*1e6)) * time.Microsecond)
	case Text:
		return quoted(v.Text)
	case Number:
	}
	return strconv.FormatFloat(v.Number, 'g', -1, 64)
}

// String is the moment as Parse reads it.
func (m *Moment) String() string {
	if !m.Clock {
		return quoted(spanText(m.Since))
	}
	return quoted(time.Time{}.Add(m.Since).Format(time.TimeOnly))
}

// quoted is a text in the quotes that it does not hold; Parse reads no text that holds both.
func quoted(text string) string {
	if strings.Contains(text, "'") {
		return `"` + text + `"`
	}
	return "'" + text + "'"
}

// All are the comparisons, from left to right.
func (e *Expr) All(yield func(*Comparison) bool) { e.all(yield) }

func (e *Expr) all(yield func(*Comparison) bool) bool {
	if e.Join == Alone {
		return yield(e.Compare)
	}
	for _, p := range e.Parts {
		if !p.all(yield) {
			return false
		}
	}
	return true
}
