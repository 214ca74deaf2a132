package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"ecssim/sim"
)

// minSeeds is how many replications an interval needs; with fewer it would suggest more than it knows.
const minSeeds = 6

// Replications tells of all seeds together.
type Replications struct {
	N       int               `json:"n"`
	Planned int               `json:"planned"`
	Seeds   []uint64          `json:"seeds"`
	Metrics map[string]Metric `json:"metrics"`
	First   map[string]int    `json:"first_bottlenecks"` // how many seeds each limit bound first; "none" for no limit
	Note    string            `json:"note"`
	columns []string          // of Metrics, in the order in which they are shown
}

// Metric is one figure over all seeds: the mean with its 95 % confidence interval after Student, and the range. N
// counts the seeds that have the figure. Low and High are null with fewer than 6.
type Metric struct {
	N    int      `json:"n"`
	Mean float64  `json:"mean"`
	Low  *float64 `json:"low"`
	High *float64 `json:"high"`
	Min  float64  `json:"min"`
	Max  float64  `json:"max"`
}

// SeedRow is one replication in a few figures.
type SeedRow struct {
	Seed       uint64             `json:"seed"`
	Complete   bool               `json:"complete"`
	Duration   float64            `json:"duration_s"`
	Bottleneck *string            `json:"first_bottleneck"` // RESOURCE:SCOPE
	Metrics    map[string]float64 `json:"metrics"`
}

// Figure is a named number of one record.
type Figure struct {
	Name  string
	Value float64
}

// replicate fills in what concerns all seeds.
func (s *Summary) replicate(set Set) {
	rep := &Replications{N: len(set.Records), Planned: set.planned(), Metrics: map[string]Metric{}, First: map[string]int{}}
	values := map[string][]float64{}
	for _, r := range set.Records {
		rep.Seeds = append(rep.Seeds, r.Seed)
		row := SeedRow{Seed: r.Seed, Complete: r.Complete(), Duration: inSeconds(r.End), Metrics: map[string]float64{}}
		first := "none"
		if r.Bottleneck != nil {
			first = bottleneckName(r.Bottleneck.Resource, r.Bottleneck.Scope)
			row.Bottleneck = &first
		}
		rep.First[first]++
		for _, f := range Figures(r) {
			row.Metrics[f.Name] = round(f.Value)
			if values[f.Name] == nil {
				rep.columns = append(rep.columns, f.Name)
			}
			values[f.Name] = append(values[f.Name], f.Value)
		}
		s.PerSeed = append(s.PerSeed, row)
	}
	for _, name := range rep.columns {
		rep.Metrics[name] = summariseMetric(values[name])
	}
	for _, m := range rep.Metrics {
		if interval(m) == noInterval && rep.N < minSeeds {
			rep.Note = "need >= 6 seeds for a 95 % interval"
		}
	}
	s.Replications = rep
}

// bottleneckName is what expectations call a limit: eni, ip:b.
func bottleneckName(resource, scope string) string {
	if scope == "" || scope == defaultCluster && resource != "ip" && resource != "pull_limit" || scope == account {
		return resource
	}
	return resource + ":" + scope
}

func summariseMetric(xs []float64) Metric {
	mean, low, high, ok := sim.MeanInterval(xs)
	m := Metric{N: len(xs), Mean: round(mean), Min: xs[0], Max: xs[0]}
	for _, x := range xs {
		m.Min, m.Max = min(m.Min, x), max(m.Max, x)
	}
	m.Min, m.Max = round(m.Min), round(m.Max)
	if ok && len(xs) >= minSeeds {
		m.Low, m.High = known(low), known(high)
	}
	return m
}

// Figures are the numbers that are compared over seeds, in an order that depends on the scenario alone.
func Figures(r *Record) []Figure {
	t, usd := r.Totals, 0.0
	for _, it := range r.Bill {
		usd += it.USD
	}
	out := []Figure{{"cost_usd", usd}}
	out = waitFigures(out, "task_wait_s", r.Wait)
	for _, c := range []struct {
		name  string
		count int64
	}{
		{"tasks_wanted", t.Wanted}, {"tasks_started", t.Started}, {"tasks_finished", t.Finished},
		{"tasks_running_end", t.RunningEnd}, {"tasks_waiting_end", t.WaitingEnd},
		{"tasks_never_placed", t.NeverPlaced()}, {"placement_attempts", t.Attempts},
		{"placement_failures", t.Failures}, {"instances_peak", t.InstancesPeak},
	} {
		out = append(out, Figure{c.name, float64(c.count)})
	}
	running := 0.0
	for i := range r.Owners {
		running += r.Owners[i].MeanRunning
	}
	out = append(out, Figure{"mean_running", running})
	for i := range r.Pools {
		if p := &r.Pools[i]; !p.Unbounded {
			out = append(out, Figure{bottleneckName(p.Resource, p.Scope) + ".used_mean_fraction", p.MeanFraction()})
		}
	}
	for i := range r.Owners {
		out = ownerFigures(out, &r.Owners[i])
	}
	for i := range r.Providers {
		p := &r.Providers[i]
		out = append(out, Figure{"capacity_providers." + p.Name + ".instances_mean", p.InstancesMean})
		out = waitFigures(out, "capacity_providers."+p.Name+".capacity_wait_s", p.Wait)
	}
	return out
}

func ownerFigures(out []Figure, o *OwnerRecord) []Figure {
	name := "jobs." + o.Name
	if o.Service {
		name = "services." + o.Name
	}
	out = waitFigures(out, name+".task_wait_s", o.Wait)
	out = append(out, Figure{name + ".mean_running", o.MeanRunning},
		Figure{name + ".placement_failures", float64(o.Failures)})
	if o.Service {
		out = append(out, Figure{name + ".running", float64(o.Running)}, Figure{name + ".never_placed", float64(o.Waiting)})
		return scalingFigures(out, name, o)
	}
	out = append(out, Figure{name + ".arrived", float64(o.Arrived)}, Figure{name + ".refused", float64(o.Refused)})
	if o.Arrived > 0 {
		out = append(out, Figure{name + ".refused_fraction", float64(o.Refused) / float64(o.Arrived)})
	}
	return out
}

// scalingFigures are those of a service that follows its load.
func scalingFigures(out []Figure, name string, o *OwnerRecord) []Figure {
	if l := o.Load; l != nil && l.Offered > 0 {
		out = append(out, Figure{name + ".dropped_fraction", l.Dropped / l.Offered})
	}
	if s := o.Scaling; s != nil && s.Lags.Total != nil {
		out = append(out, Figure{name + ".lag_s.p50", s.Lags.Total.P50}, Figure{name + ".lag_s.max", s.Lags.Total.Max})
	}
	return out
}

func waitFigures(out []Figure, name string, w *Wait) []Figure {
	if w == nil {
		return out
	}
	return append(out, Figure{name + ".mean", w.Mean}, Figure{name + ".p95", w.P95}, Figure{name + ".max", w.Max})
}

// shownMetrics are those of the table over all seeds.
var shownMetrics = []string{
	"cost_usd", "task_wait_s.mean", "task_wait_s.p95", "task_wait_s.max", "tasks_wanted", "tasks_never_placed",
	"placement_failures", "mean_running", "instances_peak", "cpu.used_mean_fraction", "memory.used_mean_fraction",
	"eni.used_mean_fraction",
}

// maxOwnerRows is up to how many services and jobs the table over all seeds has a row for each.
const maxOwnerRows = 6

// replicationTable tells of all seeds: the whole, then what runs of each service and what is refused of each job.
func replicationTable(s *Summary) (*table, string) {
	r := s.Replications
	t := &table{columns: []column{
		{title: fmt.Sprintf("OVER %d SEEDS", r.N), least: 16}, {title: "MEAN", right: true}, {title: "95 % INTERVAL"},
		{title: "MIN", right: true, spare: true}, {title: "MAX", right: true, spare: true},
	}}
	names := slices.Clone(shownMetrics)
	if len(s.Services)+len(s.Jobs) <= maxOwnerRows {
		for _, name := range slices.Sorted(maps.Keys(s.Services)) {
			names = append(names, "services."+name+".running", "services."+name+".dropped_fraction", "services."+name+".lag_s.max")
		}
		for _, name := range slices.Sorted(maps.Keys(s.Jobs)) {
			names = append(names, "jobs."+name+".refused_fraction")
		}
	}
	remark := ""
	for _, name := range names {
		m, ok := r.Metrics[name]
		if !ok {
			continue
		}
		t.add(clean(name), figure(m.Mean), interval(m), figure(m.Min), figure(m.Max))
		switch {
		case interval(m) == noInterval:
			remark = cmp.Or(remark, r.Note)
		case m.Low != nil && m.Min != m.Max:
			remark = "95 % intervals after Student, over seeds"
		}
	}
	return t, remark
}

// noInterval stands where there are too few seeds.
const noInterval = "–"

func interval(m Metric) string {
	switch {
	case m.N > 1 && m.Min == m.Max:
		return "all equal"
	case m.Low == nil:
		return noInterval
	}
	return "[" + figure(*m.Low) + ", " + figure(*m.High) + "]"
}
