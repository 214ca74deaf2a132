package plot

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"
)

// samples are the pictures that tests look at, and people too (PLOT_SHOW).
func samples() []sample {
	return []sample{
		{"eni", eniCase(), eniFailures()},
		{"day", dayCase(), dayFailures()},
		{"149days", longCase(time.Date(2026, 3, 3, 9, 30, 0, 0, time.UTC)), longFailures(time.Date(2026, 3, 3, 9, 30, 0, 0, time.UTC))},
		{"149elapsed", longCase(time.Time{}), longFailures(time.Time{})},
		{"bucket", oneBucket(), Failures{Title: "One bucket", End: 1, Series: []FailureSeries{{"RESOURCE:ENI", []FailureCount{{0, 1, 4}}}}}},
		{"empty", Utilisation{Title: "Empty", Subtitle: "nothing"}, Failures{Title: "quickstart: placement failures", Subtitle: "6 of 6 tasks placed in 30 min, seed 1"}},
		{"many", manyCase(), manyFailures()},
		{"odd", oddCase(), oddFailures()},
	}
}

type sample struct {
	name        string
	utilisation Utilisation
	failures    Failures
}

func flat(end, v float64) []Step { return []Step{{0, end, v, v, v}} }

func eniCase() Utilisation {
	const end = 1800
	return Utilisation{
		Title: "quickstart: utilisation", Subtitle: "3 × m5.large, 10 tasks of 256 units in awsvpc mode; 30 min, seed 1", End: end,
		Resources: []Resource{
			{Name: "cpu", Unit: "units", Used: flat(end, 1536), Capacity: flat(end, 6144)},
			{Name: "memory", Unit: "MiB", Used: flat(end, 3072), Capacity: flat(end, 23433)},
			{Name: "eni", Unit: "ENIs", Used: flat(end, 6), Capacity: flat(end, 6)},
			{Name: "ip", Scope: "subnet a", Unit: "addresses", Used: flat(end, 9), Capacity: flat(end, 251)},
		},
		Marks: []Mark{{0, "first bottleneck: eni, task web/7 at 00:00"}},
	}
}

func eniFailures() Failures {
	var c []FailureCount
	for i := range 30 {
		c = append(c, FailureCount{float64(i) * 60, 60, 4})
	}
	return Failures{Title: "quickstart: placement failures", Subtitle: "4 of 10 tasks wait", End: 1800, Series: []FailureSeries{{"RESOURCE:ENI", c}}}
}

func dayCase() Utilisation {
	r := rand.New(rand.NewPCG(1, 2))
	const n, end = 288, 86400.0
	var cpu, mem, capCPU, capMem, ports []Step
	for i := range n {
		at, w := float64(i)*end/n, end/n
		load := 0.35 - 0.3*math.Cos(2*math.Pi*float64(i)/n) + 0.03*r.NormFloat64()
		inst := math.Ceil((0.45 - 0.3*math.Cos(2*math.Pi*float64(i)/n)) * 10)
		m := math.Max(load, 0.02) * 10 * 2048
		spread := 900 * r.Float64()
		cpu = append(cpu, Step{at, w, m, math.Max(0, m-spread), m + spread})
		mem = append(mem, Step{at, w, m * 2.5, m*2.5 - spread, m*2.5 + spread*1.3})
		capCPU = append(capCPU, Step{at, w, inst * 2048, inst * 2048, inst * 2048})
		capMem = append(capMem, Step{at, w, inst * 7811, inst * 7811, inst * 7811})
		ports = append(ports, Step{at, w, math.Round(m / 256), math.Round(m/256) - 1, math.Round(m/256) + 2})
	}
	return Utilisation{Title: "Friday's load: utilisation", Subtitle: "ASG of 1–10 × m5.large, target tracking at 60 %", Start: time.Date(2026, 11, 27, 0, 0, 0, 0, time.FixedZone("", 3600)), End: end,
		Resources: []Resource{{Name: "cpu", Unit: "units", Used: cpu, Capacity: capCPU}, {Name: "memory", Unit: "MiB", Used: mem, Capacity: capMem}, {Name: "tasks", Unit: "tasks", Used: ports}},
		Marks:     []Mark{{43200, "first bottleneck: cpu of provider main"}, {46000, "quota: 64 vCPU"}, {85800, "peak of the queue: 41 tasks"}}}
}

func dayFailures() Failures {
	r := rand.New(rand.NewPCG(3, 4))
	f := Failures{Title: "Friday's load: placement failures", Subtitle: "by reason", Start: time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC), End: 86400}
	for k, name := range []string{"RESOURCE:CPU", "RESOURCE:MEMORY", "RESOURCE:PORTS", "RESOURCE:ENI", "MemberOf placement constraint unsatisfied", "distinctInstance", "AGENT", "no free address in subnet-a", "ATTRIBUTE"} {
		s := FailureSeries{Reason: name}
		for i := 10; i < 22; i++ {
			s.Counts = append(s.Counts, FailureCount{float64(i) * 3600, 3600, float64(r.IntN(60 - 5*k))})
		}
		f.Series = append(f.Series, s)
	}
	return f
}

func longCase(start time.Time) Utilisation {
	r := rand.New(rand.NewPCG(5, 6))
	const days = 149
	n := days * 6
	var used, capacity []Step
	for i := range n {
		at := float64(i) * 4 * 3600
		m := 300 + 150*math.Sin(2*math.Pi*float64(i)/42) + 40*r.Float64() + float64(i)/4
		used = append(used, Step{at, 4 * 3600, m, m * 0.8, m * 1.15})
		c := 600.0
		if i > n/2 {
			c = 900
		}
		capacity = append(capacity, Step{at, 4 * 3600, c, c, c})
	}
	return Utilisation{Title: "149 days", Start: start, Resources: []Resource{{Name: "gpu", Unit: "GPUs", Used: used, Capacity: capacity}, {Name: "memory", Unit: "MiB", Used: scale(used, 65536), Capacity: scale(capacity, 65536)}},
		Marks: []Mark{{30 * 86400, "first bottleneck: gpu"}}}
}

func scale(steps []Step, by float64) []Step {
	var out []Step
	for _, s := range steps {
		out = append(out, Step{s.At, s.Width, s.Mean * by, s.Min * by, s.Max * by})
	}
	return out
}

func longFailures(start time.Time) Failures {
	r := rand.New(rand.NewPCG(7, 8))
	f := Failures{Title: "149 days: placement failures", Subtitle: "four reasons", Start: start, End: 149 * 86400}
	for k, name := range []string{"RESOURCE:GPU", "RESOURCE:CPU", "RESOURCE:MEMORY", "RESOURCE:ENI"} {
		s := FailureSeries{Reason: name}
		for i := range 149 {
			if v := float64(r.IntN(900) - 150*k); v > 0 && i%9 > 1 {
				s.Counts = append(s.Counts, FailureCount{float64(i) * 86400, 86400, v})
			}
		}
		f.Series = append(f.Series, s)
	}
	return f
}

func oneBucket() Utilisation {
	return Utilisation{Title: "One bucket", Subtitle: "a run of one second", End: 1,
		Resources: []Resource{{Name: "cpu", Unit: "units", Used: []Step{{Mean: 512, Max: 1024}}, Capacity: flat(1, 2048)}},
		Marks:     []Mark{{1, "first bottleneck: something at the very end of the run"}}}
}

func manyCase() Utilisation {
	u := Utilisation{Title: "Twelve subnets", Subtitle: "addresses in use"}
	for i := range 12 {
		u.Resources = append(u.Resources, Resource{Name: "ip", Scope: fmt.Sprintf("subnet %c", 'a'+i), Unit: "addresses",
			Used: []Step{{0, 600, float64(10 * i), 0, float64(15 * i)}, {600, 900, float64(20 * i), 0, float64(20 * i)}, {2000, 3000, float64(12 * i), float64(10 * i), float64(12 * i)}}, Capacity: flat(5000, 251)})
	}
	for i := range 7 {
		u.Marks = append(u.Marks, Mark{float64(i) * 800, fmt.Sprintf("mark number %d with a text of its own", i)})
	}
	return u
}

func manyFailures() Failures {
	f := manyReasons()
	f.Instant = true
	return f
}

func manyReasons() Failures {
	f := Failures{Title: "Placed in one moment", Subtitle: "every attempt at 0 s"}
	for i := range 9 {
		f.Series = append(f.Series, FailureSeries{fmt.Sprintf("reason %d of the unsatisfied ones, which has a name much longer than any page is wide, unless the page is very wide", i), []FailureCount{{0, 0, float64(1 + i*i*i)}}})
	}
	return f
}

func oddCase() Utilisation {
	const end = 7 * 86400
	return Utilisation{Title: "Größe, 容量 & <Ёмкость> — a title that is far too long for one line of the page and so has to be broken into two lines, if not more of them than that",
		Subtitle: "odd\tinput\x00 \xff with a subtitle that is also too long to fit into one line, because people describe their scenarios at length, and rightly so, as nobody knows them better, and more, and more, and more, and more, and more, and more", End: end,
		Resources: []Resource{
			{Name: "cpu", Unit: "units", Used: flat(end, 1e12), Capacity: flat(end, 4e12)},
			{Name: "no capacity", Unit: "units", Used: flat(end, 0), Capacity: flat(end, 0)},
			{Name: "memory above what there is", Unit: "MiB", Used: []Step{{0, end / 2, 900, 800, 1100}, {end / 2, end / 2, 1200, 1000, 1400}}, Capacity: flat(end, 1000)},
			{Name: "all zero", Unit: "x", Used: flat(end, 0)},
			{Name: "nothing", Unit: "x"},
			{Name: "サブネット a name that never ends, at least not before the page does, whatever one may think of it", Unit: "µs", Used: flat(end, 0.25), Capacity: flat(end, 1)},
		},
		Marks: []Mark{{0, "a"}, {0, "b"}, {0, "c"}, {0, "d"}, {0, "e"}}}
}

func oddFailures() Failures {
	f := manyReasons()
	f.End = 300
	for i := range f.Series {
		f.Series[i].Counts = []FailureCount{{float64(i * 20), 0, 1}, {100, 0, 2}}
	}
	return f
}
