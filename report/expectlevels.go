package report

import (
	"cmp"
	"slices"
	"time"

	"ecssim/model/expect"
)

// window is the time that an expression is about. It never reaches into the warm-up.
type window struct {
	from, to time.Duration
	// bounded: the expression says so itself.
	bounded bool
}

func (r *Record) windowOf(s *expect.Subject) window {
	w := window{from: r.Warmup(), to: r.End, bounded: s.After != nil || s.Before != nil}
	if s.After != nil {
		w.from = max(w.from, s.After.After(r.Config.Start))
	}
	if s.Before != nil {
		w.to = min(w.to, s.Before.After(r.Config.Start))
	}
	return w
}

// overlap is how much of a bucket lies in the window.
func (w window) overlap(l *Level) time.Duration {
	return min(l.At+l.Width, w.to) - max(l.At, w.from)
}

// stepFunction is a metric over time as far as it was recorded.
type stepFunction struct {
	levels  Levels
	divisor float64
	// derived: its buckets have means only.
	derived bool
}

// compareLevels compares an aggregate of a step function or of minutely data. Means are weighted by time; the extremes
// of a bucket are exact, but for those of metrics that are derived; quantiles are of the means of the buckets. A bucket
// that a bound cuts counts with its extremes as a whole.
func (r *Record) compareLevels(c *expect.Comparison) verdict {
	s := &c.Subject
	f, why := r.functionOf(s)
	if f == nil {
		return unknown("%s", why)
	}
	w := r.windowOf(s)
	f.levels = slices.DeleteFunc(slices.Clone(f.levels), func(l Level) bool { return w.overlap(&l) <= 0 })
	if len(f.levels) == 0 {
		return unknown("no data: %s has no value between %s and %s", s.Metric.Name, clock(w.from), clock(w.to))
	}
	v := weigh(c, f.aggregate(s.Of, w, r.End))
	if !v.ok {
		v.at = f.violated(c, w)
	}
	return v
}

// extremes of a bucket.
func (f *stepFunction) extremes(l *Level) (low, high float64) {
	if f.derived {
		return l.Mean / f.divisor, l.Mean / f.divisor
	}
	return float64(l.Min) / f.divisor, float64(l.Max) / f.divisor
}

func (f *stepFunction) aggregate(of expect.Aggregate, w window, end time.Duration) float64 {
	switch of { //nolint:exhaustive // quantiles come below, and Parse refuses count
	case expect.Mean:
		sum, length := 0.0, 0.0
		for i := range f.levels {
			held := w.overlap(&f.levels[i]).Seconds()
			sum += float64(f.levels[i].Mean * held) // rounded, so that no processor fuses it
			length += held
		}
		return sum / length / f.divisor
	case expect.Last:
		last := &f.levels[len(f.levels)-1]
		if w.to < end || f.derived {
			return last.Mean / f.divisor
		}
		return float64(last.Last) / f.divisor
	case expect.Min, expect.Max:
		lowest, highest := f.extremes(&f.levels[0])
		for i := range f.levels {
			low, high := f.extremes(&f.levels[i])
			lowest, highest = min(lowest, low), max(highest, high)
		}
		if of == expect.Min {
			return lowest
		}
		return highest
	}
	return f.quantile(map[expect.Aggregate]float64{expect.P50: 0.5, expect.P95: 0.95, expect.P99: 0.99}[of], w)
}

// quantile is the smallest mean of a bucket that was not exceeded for the share q of the time.
func (f *stepFunction) quantile(q float64, w window) float64 {
	sorted := slices.SortedStableFunc(slices.Values(f.levels), func(a, b Level) int { return cmp.Compare(a.Mean, b.Mean) })
	total, sum := 0.0, 0.0
	for i := range sorted {
		total += w.overlap(&sorted[i]).Seconds()
	}
	for i := range sorted {
		if sum += w.overlap(&sorted[i]).Seconds(); sum >= q*total-1e-9 {
			return sorted[i].Mean / f.divisor
		}
	}
	return sorted[len(sorted)-1].Mean / f.divisor
}

// violated is the beginning of the first bucket with a value that an upper bound on the maximum or a lower bound on the
// minimum forbids; nil where there is no such instant.
func (f *stepFunction) violated(c *expect.Comparison, w window) *float64 {
	for i := range f.levels {
		l := &f.levels[i]
		low, high := f.extremes(l)
		beyond := false
		switch {
		case c.Subject.Of == expect.Max && (c.Op == expect.Below || c.Op == expect.AtMost):
			beyond = !c.Op.Holds(high, c.Value.Number)
		case c.Subject.Of == expect.Min && (c.Op == expect.Above || c.Op == expect.AtLeast):
			beyond = !c.Op.Holds(low, c.Value.Number)
		}
		if beyond {
			return known(max(l.At, w.from).Seconds())
		}
	}
	return nil
}

// functionOf finds the one series that a subject is about.
func (r *Record) functionOf(s *expect.Subject) (f *stepFunction, why string) {
	found, derived := matching(allSeries(r), s), false
	if len(found) == 0 {
		found, derived = matching(derivedSeries(r), s), true
	}
	if whole := slices.IndexFunc(found, func(o *series) bool { return o.cluster == r.onlyCluster() }); s.Metric.All && len(s.Labels) == 0 && whole >= 0 {
		found = found[whole : whole+1]
	}
	switch {
	case len(found) == 1:
		return &stepFunction{levels: found[0].levels, divisor: found[0].divisor, derived: derived}, ""
	case len(found) > 1:
		return nil, "no data: there are several " + s.Metric.Name + ", and nothing says which"
	case s.Metric.Sparse && r.has(s):
		return &stepFunction{levels: Levels{{Width: max(1, r.End)}}, divisor: 1}, "" // 0 all the time
	}
	return nil, "no data: the run has no " + s.Metric.Name
}

// has says that whoever a sparse metric is of was there.
func (r *Record) has(s *expect.Subject) bool {
	if name, ok := s.Label(expect.CapacityProvider); ok || slices.Contains(s.Metric.Per, expect.CapacityProvider) {
		n := 0
		for i := range r.Providers {
			if !ok || r.Providers[i].Name == name {
				n++
			}
		}
		return n == 1
	}
	n := 0
	for _, o := range r.ownersOf(s) {
		if o.Service {
			n++
		}
	}
	return n == 1
}

// matching are the series of a metric and of what its labels say. Those of deployments and zones have other names.
func matching(all []series, s *expect.Subject) []*series {
	var found []*series
	for i := range all {
		o := &all[i]
		if o.metric != s.Metric.Name || o.service == "" && o.job == "" && slices.Contains(s.Metric.Per, expect.Service) {
			continue
		}
		values := map[string]string{
			expect.Service: o.service, expect.Job: o.job, expect.Cluster: o.cluster, expect.Subnet: o.subnet,
			expect.CapacityProvider: o.capacityProvider,
		}
		if !slices.ContainsFunc(s.Labels, func(l expect.Label) bool { return values[l.Key] != l.Value }) {
			found = append(found, o)
		}
	}
	return found
}
