package report

import (
	"time"

	"ecssim/model/expect"
	"ecssim/sim"
)

// compareValues compares an aggregate of what has one value for each thing that happened.
func (r *Record) compareValues(c *expect.Comparison) verdict {
	s := &c.Subject
	var of *Wait
	var problem string
	switch s.Metric.Name {
	case "capacity_wait":
		of = r.capacityWait(s)
	case "task_gap":
		of, problem = r.gapsOf(s)
	default:
		of, problem = r.waitsOf(s)
	}
	switch {
	case problem != "":
		return unknown("%s", problem)
	case of == nil && s.Of == expect.Count:
		return weigh(c, 0)
	case of == nil && s.Metric.Name == "task_gap" && len(r.ownersOf(s)) > 0:
		return weigh(c, 0) // the best that there can be
	case of == nil:
		return unknown("no data: there is no %s", s.Metric.Name)
	}
	v := weigh(c, of.aggregate(s.Of))
	if !v.ok {
		v.at = r.valueViolated(c)
	}
	return v
}

func (w *Wait) aggregate(of expect.Aggregate) float64 {
	return map[expect.Aggregate]float64{
		expect.Count: float64(w.Count), expect.Mean: w.Mean, expect.Min: w.Min, expect.Max: w.Max,
		expect.P50: w.P50, expect.P95: w.P95, expect.P99: w.P99,
	}[of]
}

func (r *Record) capacityWait(s *expect.Subject) *Wait {
	name, ok := s.Label(expect.CapacityProvider)
	for i := range r.Providers {
		if p := &r.Providers[i]; p.Name == name || !ok && len(r.Providers) == 1 {
			return p.Wait
		}
	}
	return nil
}

// waitsOf are the waits of tasks that were created within the window; all that the statistics count without one.
func (r *Record) waitsOf(s *expect.Subject) (of *Wait, problem string) {
	w := r.windowOf(s)
	if !w.bounded {
		if len(s.Labels) == 0 {
			return r.Wait, ""
		}
		for _, o := range r.ownersOf(s) {
			return o.Wait, ""
		}
		return nil, ""
	}
	if !r.logsAllTasks() {
		return nil, "not known: the log of tasks holds the first " + thousands(r.LogLimit) + " only; --log-limit all keeps all of them"
	}
	var sample sim.Sample
	for row, wait := range r.loggedWaits(s) {
		if row.Created >= w.from && row.Created < w.to {
			sample.Observe(float64(wait) / 1e9)
		}
	}
	return waits(&sample), ""
}

func (r *Record) logsAllTasks() bool { return r.Totals.Wanted <= r.LogLimit }

// loggedWaits yields the tasks of the log that have a wait, in order of creation: those that came to RUNNING, and those
// that still wait or start at the end.
func (r *Record) loggedWaits(s *expect.Subject) func(yield func(*TaskRow, time.Duration) bool) {
	return func(yield func(*TaskRow, time.Duration) bool) {
		of := map[*OwnerRecord]bool{}
		for _, o := range r.ownersOf(s) {
			of[o] = true
		}
		for row := range r.Tasks.all() {
			if !row.seen || row.Created < r.Config.Warmup || !of[&r.Owners[row.Owner]] {
				continue
			}
			wait := row.Running - row.Created
			if row.Running < 0 {
				if row.givenUp || row.Stopping >= 0 || row.Stopped >= 0 {
					continue
				}
				wait = r.End - row.Created
			}
			if !yield(row, wait) {
				return
			}
		}
	}
}

// gapsOf are the gaps of a service, or of all, as far as they lie within the window.
func (r *Record) gapsOf(s *expect.Subject) (of *Wait, problem string) {
	w := r.windowOf(s)
	var sample sim.Sample
	for _, o := range r.ownersOf(s) {
		if !w.bounded && len(s.Labels) > 0 {
			return o.Gaps.Wait, ""
		}
		if int64(len(o.Gaps.Rows)) < o.Gaps.Total {
			return nil, "not known: there were more than " + thousands(maxGaps) + " gaps; only those of one service without after= and before= are all counted"
		}
		for _, g := range o.Gaps.Rows {
			if length := min(g.To, w.to) - max(g.From, w.from); length > 0 {
				sample.ObserveDuration(length)
			}
		}
	}
	return waits(&sample), ""
}

// valueViolated is when the first value had grown beyond an upper bound on the maximum; nil where there is no such
// instant, or where nobody knows.
func (r *Record) valueViolated(c *expect.Comparison) *float64 {
	s, w := &c.Subject, r.windowOf(&c.Subject)
	if s.Of != expect.Max || c.Op != expect.Below && c.Op != expect.AtMost {
		return nil
	}
	limit := time.Duration(c.Value.Number * float64(time.Second))
	first := time.Duration(-1)
	beyond := func(from, length time.Duration) {
		if !c.Op.Holds(length.Seconds(), c.Value.Number) && (first < 0 || from+limit < first) {
			first = from + limit
		}
	}
	switch s.Metric.Name {
	case "task_wait":
		if !r.logsAllTasks() {
			return nil
		}
		for row, wait := range r.loggedWaits(s) {
			if row.Created >= w.from && row.Created < w.to {
				beyond(row.Created, wait)
			}
		}
	case "task_gap":
		for _, o := range r.ownersOf(s) {
			for _, g := range o.Gaps.Rows {
				from := max(g.From, w.from)
				beyond(from, min(g.To, w.to)-from)
			}
		}
	}
	return knownInstant(first)
}
