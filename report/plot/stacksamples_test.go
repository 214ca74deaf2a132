package plot

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
)

// stackSamples are the stacks that tests look at, and people too (PLOT_SHOW).
func stackSamples() map[string]Stacks {
	return map[string]Stacks{
		"rolling-stacks":    rollingStacks(),
		"zones-stacks":      zoneStacks(),
		"lifecycle-stacks":  lifecycleStacks(),
		"killed-stacks":     killedStacks(),
		"nine-stacks":       manyStacks(12, 11),
		"deployments":       deploymentStacks(),
		"week-stacks":       weekStacks(),
		"outlier-stacks":    outlierStacks(),
		"point-stacks":      {Unit: "tasks", Panels: []StackPanel{{Name: "service web", Series: []StackSeries{{"RUNNING", []Step{{At: 30, Mean: 2}}}, {Name: "PENDING"}}}}},
		"end-point-stacks":  {Unit: "tasks", End: 600, Panels: []StackPanel{{Name: "service web", Series: []StackSeries{{"RUNNING", []Step{{At: 600, Mean: 2}}}}}}},
		"no-stacks":         {Title: "Nothing", Subtitle: "at all"},
		"no-series-stacks":  {Unit: "tasks", End: 60, Panels: []StackPanel{{Name: "service web"}, {}}},
		"zero-stacks":       {Title: "Zero all the time", Unit: "tasks", End: 60, Panels: []StackPanel{{Name: "service web", Series: []StackSeries{{"RUNNING", flat(60, 0)}}, Lines: []StackLine{{Name: "desired", Steps: flat(60, 0)}}}}},
		"many-bands-stacks": bandStacks(),
	}
}

// tally turns changes of counts into steps that end with the run.
type tally struct {
	changes map[string][]change
	names   []string
}

type change struct{ at, by float64 }

func newTally(names ...string) *tally { return &tally{map[string][]change{}, names} }

func (t *tally) add(name string, from, to float64) {
	t.changes[name] = append(t.changes[name], change{from, 1}, change{to, -1})
}

func (t *tally) series(end float64) []StackSeries {
	var out []StackSeries
	for _, n := range t.names {
		out = append(out, StackSeries{n, stepsOf(t.changes[n], end)})
	}
	return out
}

func stepsOf(changes []change, end float64) []Step {
	changes = slices.Clone(changes)
	slices.SortStableFunc(changes, func(a, b change) int { return cmp.Compare(a.at, b.at) })
	var out []Step
	v := 0.0
	for i, c := range changes {
		v += c.by
		if c.at >= end || i+1 < len(changes) && changes[i+1].at == c.at {
			continue
		}
		until := end
		if i+1 < len(changes) {
			until = min(end, changes[i+1].at)
		}
		out = append(out, Step{c.at, until - c.at, v, v, v})
	}
	return out
}

func rollingStacks() Stacks {
	const end = 1200.0
	r := rand.New(rand.NewPCG(1, 1))
	t := newTally("deployment 1", "deployment 2")
	for i := range 12 {
		gone := 340 + float64(i/4)*150 + 30*r.Float64()
		t.add("deployment 1", 0, gone)
		t.add("deployment 2", 305+float64(i/4)*75+20*r.Float64(), end)
	}
	return Stacks{Title: "rolling: tasks by deployment", Subtitle: "12 tasks, minimum healthy 100 %, maximum 200 %; 20 min, seed 1", End: end, Unit: "tasks",
		Panels: []StackPanel{{Name: "service web", Series: t.series(end),
			Lines: []StackLine{{"desired", flat(end, 12), Solid}, {"lower bound", flat(end, 12), Dashed}, {"upper bound", flat(end, 24), Dashed},
				{"healthy", []Step{{0, 420, 12, 12, 12}, {420, 90, 15, 15, 15}, {510, 40, 13, 13, 13}, {550, 60, 16, 16, 16}, {610, end - 610, 12, 12, 12}}, Dotted}},
			Marks: []Mark{{300, "deployment 2"}, {680, "steady state"}}}}}
}

func zoneStacks() Stacks {
	const end = 3600.0
	r := rand.New(rand.NewPCG(2, 1))
	s := Stacks{Title: "zone-outage: running tasks by zone", Subtitle: "9 instances in three zones, zone b down for 15 min; 60 min, seed 1", End: end, Unit: "tasks",
		Bands: []Band{{1200, 2100, "zone-b-down"}}}
	for _, svc := range []struct {
		name string
		each int
	}{{"web", 4}, {"api", 6}, {"worker", 2}} {
		t := newTally("zone a", "zone b", "zone c")
		for range svc.each {
			t.add("zone a", 20+30*r.Float64(), end)
			t.add("zone c", 20+30*r.Float64(), end)
			t.add("zone b", 20+30*r.Float64(), 1200)
			t.add([]string{"zone a", "zone c"}[r.IntN(2)], 1290+200*r.Float64(), end-300*r.Float64())
			t.add("zone b", 2400+600*r.Float64(), end)
		}
		s.Panels = append(s.Panels, StackPanel{Name: "service " + svc.name, Series: t.series(end),
			Lines: []StackLine{{"desired", flat(end, float64(3*svc.each)), Solid}}})
	}
	s.Panels[0].Marks = []Mark{{1230, "targets of zone b unhealthy"}, {2400, "instances of zone b back"}}
	return s
}

var lifecycle = []string{"RUNNING", "DEACTIVATING", "STOPPING", "DEPROVISIONING", "ACTIVATING", "PENDING", "PROVISIONING"}

func lifecycleStacks() Stacks {
	const end = 900.0
	r := rand.New(rand.NewPCG(3, 1))
	t := newTally(lifecycle...)
	for i := range 200 {
		at := 60 + float64(i/10)*5
		pend := at + 8 + 10*r.Float64()
		act := pend + 40 + 180*r.Float64()*r.Float64() + float64(i)*0.7
		run := act + 10 + 8*r.Float64()
		stop := 640 + 120*r.Float64()
		t.add("PROVISIONING", at, pend)
		t.add("PENDING", pend, act)
		t.add("ACTIVATING", act, run)
		t.add("RUNNING", run, stop)
		t.add("DEACTIVATING", stop, stop+30)
		t.add("STOPPING", stop+30, stop+45+15*r.Float64())
		t.add("DEPROVISIONING", stop+60, stop+75)
	}
	return Stacks{Title: "pull-storm: tasks by state", Subtitle: "200 tasks start at once and pull 1.2 GB each; 15 min, seed 1", End: end, Unit: "tasks",
		Panels: []StackPanel{{Name: "cluster default", Series: t.series(end), Marks: []Mark{{60, "run-task × 200"}, {640, "stop-task"}}}}}
}

func killedStacks() Stacks {
	const end = 1800.0
	r := rand.New(rand.NewPCG(4, 1))
	t := newTally("RUNNING", "PENDING", "STOPPING")
	p := StackPanel{Name: "service web", Lines: []StackLine{{"desired", flat(end, 6), Solid}}}
	for range 6 {
		for at := 10 * r.Float64(); at < end; {
			up := at + 18 + 6*r.Float64()
			dead := up + 95 + 10*r.Float64()
			t.add("PENDING", at, up)
			t.add("RUNNING", up, dead)
			t.add("STOPPING", dead, dead+30)
			at = dead + 1
		}
	}
	for i := range 14 {
		p.Marks = append(p.Marks, Mark{110 + float64(i)*122, fmt.Sprintf("%d unhealthy, replaced", 1+i%6)})
	}
	p.Series = t.series(end)
	return Stacks{Title: "health-check-too-strict: tasks by state", Subtitle: "the grace period is shorter than the start; 30 min, seed 1", End: end, Unit: "tasks", Panels: []StackPanel{p}}
}

func manyStacks(panels, series int) Stacks {
	r := rand.New(rand.NewPCG(5, 1))
	s := Stacks{Title: fmt.Sprintf("%d services of %d series", panels, series), End: 7200, Unit: "tasks", Bands: []Band{{1000, 1500, "agent-down"}, {1600, 0, "subnet-exhausted"}}}
	for i := range panels {
		p := StackPanel{Name: fmt.Sprintf("service s%d", i+1), Marks: []Mark{{float64(600 * i), "scaled out"}}}
		for k := range series {
			var steps []Step
			for at := 0.0; at < 7200; at += 300 {
				steps = append(steps, Step{At: at, Width: 300, Mean: float64(r.IntN(9))})
			}
			p.Series = append(p.Series, StackSeries{fmt.Sprintf("family-%c", 'a'+k), steps})
		}
		s.Panels = append(s.Panels, p)
	}
	return s
}

func deploymentStacks() Stacks {
	s := Stacks{Title: "Deployments, one after the other", End: 4000, Unit: "tasks"}
	for i, n := range []int{3, 8, 12} {
		p := StackPanel{Name: fmt.Sprintf("service s%d", i), Lines: []StackLine{{"desired", flat(4000, 8), Solid}}}
		for k := range n {
			at := 4000 * float64(k) / float64(n)
			p.Series = append(p.Series, StackSeries{fmt.Sprintf("deployment %d (web:%d)", k+1, k+7), []Step{{At: at, Width: 800, Mean: 4}, {At: at + 800, Width: 500, Mean: 2}}})
			p.Marks = append(p.Marks, Mark{at, fmt.Sprintf("deployment %d", k+1)})
		}
		s.Panels = append(s.Panels, p)
	}
	s.Panels[1].Marks = append(s.Panels[1].Marks, Mark{3990, "deployment 8 rolled back by the circuit breaker"})
	return s
}

func weekStacks() Stacks {
	const end, n = 7 * 86400.0, 20000
	r := rand.New(rand.NewPCG(6, 1))
	s := Stacks{Title: "A week", Subtitle: "20,000 steps a series", End: end, Unit: "tasks"}
	for _, name := range []string{"service web", "service api"} {
		p := StackPanel{Name: name}
		load := 40.0
		series := make([][]Step, 3)
		for i := range n {
			at := float64(i) * end / n
			load = max(4, load+r.NormFloat64()+(60-40*float64((i/(n/14))%2)-load)/200)
			for k := range series {
				series[k] = append(series[k], Step{At: at, Width: end / n, Mean: float64(int(load * []float64{0.7, 0.2, 0.1}[k]))})
			}
		}
		series[0][n/2].Mean, series[1][n/2].Mean, series[2][n/2].Mean = 0, 0, 0 // for 30 s
		for k, z := range []string{"on demand", "spot", "fargate"} {
			p.Series = append(p.Series, StackSeries{z, series[k]})
		}
		p.Lines = []StackLine{{"desired", scale(series[0], 1.5), Dashed}}
		s.Panels = append(s.Panels, p)
	}
	for i := range 200 {
		s.Bands = append(s.Bands, Band{float64(i) * 3000, float64(i)*3000 + 300, "spot interruption"})
	}
	return s
}

func outlierStacks() Stacks {
	const end = 3600.0
	return Stacks{Title: "One huge outlier", End: end, Unit: "tasks", Panels: []StackPanel{
		{Name: "service web", Series: []StackSeries{{"RUNNING", []Step{{0, 1800, 10, 10, 10}, {1800, 10, 12, 12, 12}, {1810, end - 1810, 11, 11, 11}}},
			{"PENDING", []Step{{1800, 10, 4000, 4000, 4000}}}}, Lines: []StackLine{{"desired", flat(end, 11), Solid}}, Marks: []Mark{{1790, "scaled out"}}}}}
}

func bandStacks() Stacks {
	s := zoneStacks()
	s.Panels = s.Panels[:1]
	for i := range 12 {
		s.Bands = append(s.Bands, Band{float64(i) * 290, float64(i)*290 + 60, fmt.Sprintf("fault-%d-of-the-network", i)})
	}
	s.Bands = append(s.Bands, Band{3600, 3600, "agent-disconnected at the very end of the run, with a text that is far too long"})
	return s
}
