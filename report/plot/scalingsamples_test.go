package plot

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// scalingSamples are the pictures of scaling that tests look at, and people
// too (PLOT_SHOW).
func scalingSamples() map[string]Scaling {
	return map[string]Scaling{
		"burst-scaling":   burstScaling(),
		"week-scaling":    weekScaling(),
		"queue-scaling":   queueScaling(),
		"odd-scaling":     oddScaling(),
		"no-scaling":      {Title: "Nothing", Subtitle: "at all"},
		"point-scaling":   pointScaling(),
		"zero-scaling":    {Title: "Zero all the time", End: 60, Services: []ScalingService{{Name: "web", Unit: "requests/s", Offered: flat(60, 0), Served: flat(60, 0), Dropped: flat(60, 0), Latency: flat(60, 0), Desired: flat(60, 0), Max: -1, Min: -1}}, Costs: []CostSeries{{"m5.large", flat(60, 0)}}},
		"fargate-scaling": {Title: "Fargate: no instances", End: 60, Services: []ScalingService{{Name: "web", Desired: flat(60, 2), Running: flat(60, 2), Max: 400, Min: 2}}, Costs: []CostSeries{{"Fargate vCPU", flat(60, 0.02024)}, {"Fargate memory", flat(60, 0.004445)}}},
	}
}

// loop is a small cluster whose tasks follow load and whose instances follow
// tasks, with all delays, minute by minute.
type loop struct {
	load                                   func(minute int) float64
	perTask                                float64 // load that a task can take
	tasks, perInstance, least, most, group int
}

// played is what came of it.
type played struct {
	ScalingService
	ScalingGroup
	ec2, spot []Step
}

func (l loop) play(minutes int) played {
	p := played{ScalingService: ScalingService{Min: float64(l.least), Max: float64(l.most)}, ScalingGroup: ScalingGroup{Target: 100, Max: float64(l.group)}}
	desired, running, high, low := l.tasks, l.tasks, 0, 0
	wanted := (l.tasks + l.perInstance - 1) / l.perInstance
	inService := wanted
	var ready []int // minutes at which instances come
	cpu := metric("ECSServiceAverageCPUUtilization", "%", 60, 54)
	for m := range minutes {
		at := float64(m) * minute
		offered := l.load(m)
		served := min(offered, float64(running)*l.perTask)
		use := 100 * served / (float64(running) * l.perTask)
		for len(ready) > 0 && ready[0] <= m {
			inService, ready = inService+1, ready[1:]
		}
		leaving := 0
		if inService > wanted {
			leaving = min(1, inService-wanted)
		}
		p.add(at, offered, served, desired, running, wanted, inService, len(ready), leaving)
		cpu.Values = append(cpu.Values, once(at, use))
		p.Reservation = append(p.Reservation, once(at, 100*math.Ceil(float64(max(desired, running))/float64(l.perInstance))/float64(max(1, inService))))
		inService -= leaving
		running = min(desired, inService*l.perInstance)
		if high++; use <= 60 {
			high = 0
		}
		if low++; use >= 54 {
			low = 0
		}
		switch want := int(math.Ceil(float64(running) * use / 60)); {
		case high >= 3 && want > desired && desired < l.most:
			desired, high = min(want, l.most), 0
			p.ScalingService.Outs = append(p.ScalingService.Outs, at+minute)
		case low >= 15 && want < desired && desired > l.least:
			desired, low = max(want, l.least), 5
			p.ScalingService.Ins = append(p.ScalingService.Ins, at+minute)
		}
		need := min(l.group, (desired+l.perInstance-1)/l.perInstance)
		for ; wanted < need; wanted++ {
			ready = append(ready, m+4)
			p.ScalingGroup.Outs = append(p.ScalingGroup.Outs, at+minute)
		}
		if need < wanted && m%15 == 0 {
			wanted--
			p.ScalingGroup.Ins = append(p.ScalingGroup.Ins, at+minute)
		}
	}
	p.Metrics = []ScalingMetric{cpu}
	return p
}

func metric(name, unit string, target float64, thresholds ...float64) ScalingMetric {
	return ScalingMetric{Name: name, Unit: unit, Target: target, Thresholds: append([]float64{target}, thresholds...)}
}

func once(at, v float64) Step { return Step{at, minute, v, v, v} }

func (p *played) add(at, offered, served float64, desired, running, wanted, inService, booting, leaving int) {
	s, g := &p.ScalingService, &p.ScalingGroup
	s.Offered, s.Served = append(s.Offered, once(at, offered)), append(s.Served, once(at, served))
	s.Dropped = append(s.Dropped, once(at, offered-served))
	s.Latency = append(s.Latency, once(at, 0.08+0.4*math.Pow(min(1, offered/(float64(running)*100)), 6)))
	s.Desired, s.Running = append(s.Desired, once(at, float64(desired))), append(s.Running, once(at, float64(running)))
	s.Waiting = append(s.Waiting, once(at, float64(max(0, desired-running))))
	g.Desired, g.InService = append(g.Desired, once(at, float64(wanted))), append(g.InService, once(at, float64(inService-leaving)))
	g.Booting, g.Leaving = append(g.Booting, once(at, float64(booting))), append(g.Leaving, once(at, float64(leaving)))
	n := float64(inService + booting)
	p.ec2, p.spot = append(p.ec2, once(at, 0.096*min(n, 3))), append(p.spot, once(at, 0.0377*max(0, n-3)))
}

// burstScaling is the ordinary case: one service, one group, a steep rise.
func burstScaling() Scaling {
	p := loop{tasks: 4, perInstance: 4, least: 4, most: 24, group: 6, perTask: 100, load: func(m int) float64 {
		return 180 + 1150/(1+math.Exp(-float64(m-22)/1.6)) - 950/(1+math.Exp(-float64(m-70)/2)) + 18*math.Sin(float64(m)*1.7)
	}}.play(120)
	p.ScalingService.Name, p.Unit, p.ScalingGroup.Name = "web", "requests/s", "main"
	return Scaling{Title: "tv-spot: capacity follows load", Subtitle: "target tracking at 60 % CPU, managed scaling at 100 %, m5.large; 2 h, seed 1", End: 7200,
		Services: []ScalingService{p.ScalingService}, Groups: []ScalingGroup{p.ScalingGroup},
		Costs: []CostSeries{{"m5.large", p.ec2}, {"m5.large Spot", p.spot}},
		Marks: []Mark{{22 * 60, "TV spot"}, {70 * 60, "the film goes on"}}}
}

// weekScaling has more of everything than there is room for.
func weekScaling() Scaling {
	s := Scaling{Title: "A week of four services", Subtitle: "minute by minute, seed 1", End: 7 * day, Remark: "Items below $0.001 an hour are not shown."}
	r := rand.New(rand.NewPCG(11, 1))
	for k, name := range []string{"web", "api", "worker", "mail"} {
		p := loop{tasks: 10, perInstance: 4, least: 4, most: 60, group: 16, perTask: 100, load: func(m int) float64 {
			return max(0, 1500-1100*math.Cos(2*math.Pi*float64(m)/1440)+90*r.NormFloat64()) / float64(k+1)
		}}.play(7 * 1440)
		p.ScalingService.Name, p.Unit, p.ScalingGroup.Name = name, "requests/s", "group-"+name
		p.Metrics = append(p.Metrics, ScalingMetric{Name: "MemoryUtilization", Unit: "%", Values: scale(p.Metrics[0].Values, 0.5), Target: 75})
		s.Services, s.Groups = append(s.Services, p.ScalingService), append(s.Groups, p.ScalingGroup)
		s.Costs = append(s.Costs, CostSeries{"m5.large of " + name, p.ec2}, CostSeries{"m5.large Spot of " + name, p.spot},
			CostSeries{"load balancer of " + name, flat(7*day, 0.0225)})
	}
	return s
}

// queueScaling follows a backlog, by the backlog per task and by steps.
func queueScaling() Scaling {
	const end = 3600.0
	var backlog, desired, running, waiting []Step
	for m := range 60 {
		at := float64(m) * minute
		backlog = append(backlog, once(at, math.Max(0, 30+400*math.Exp(-math.Pow(float64(m-25)/9, 2)))))
		n := math.Round(2 + 14*math.Exp(-math.Pow(float64(m-31)/10, 2)))
		late := math.Max(0, n-math.Round(2+14*math.Exp(-math.Pow(float64(m-33)/10, 2))))
		desired, running, waiting = append(desired, once(at, n)), append(running, once(at, n-late)), append(waiting, once(at, late))
	}
	return Scaling{Title: "queue: workers follow the backlog", Subtitle: "step scaling; 60 min, seed 1", End: end,
		Services: []ScalingService{{Name: "worker", Unit: "messages/s", Offered: scale(backlog, 0.1), Served: scale(running, 2),
			Metrics: []ScalingMetric{{Name: "BacklogPerTask", Unit: "messages", Values: backlog[:40], Target: 100, Thresholds: []float64{100, 90, 200, 300, 310, 320, 1e6}},
				{Name: "ApproximateAgeOfOldestMessage", Unit: "seconds", Values: scale(backlog, 0.003)}, {Name: "third", Unit: "x", Values: flat(end, 1)}},
			Desired: desired, Running: running, Waiting: waiting, Min: 2, Max: 100, Outs: []float64{1000, 1060, 1200, 1202}, Ins: []float64{1210, 2400}}}}
}

func pointScaling() Scaling {
	one := []Step{{At: 30, Mean: 2}}
	return Scaling{Title: "One data point", Services: []ScalingService{{Name: "web", Unit: "requests/s", Offered: one, Served: one, Desired: one, Running: one, Waiting: one, Metrics: []ScalingMetric{{Name: "CPUUtilization", Unit: "%", Values: one, Target: 60}}, Outs: []float64{30}}},
		Groups: []ScalingGroup{{Name: "main", Desired: one, InService: one, Booting: one, Leaving: one, Reservation: one, Target: 100, Max: 4}}, Costs: []CostSeries{{"m5.large", one}}}
}

func oddScaling() Scaling {
	const long = "サブネット a name that never ends, at least not before the page does, whatever one may think of it <&>"
	s := burstScaling()
	s.Title, s.Subtitle, s.Remark = long+long, long+long+long, long+long+long
	s.Services[0].Name, s.Services[0].Unit, s.Groups[0].Name = long, long, long
	s.Services[0].Metrics = append(s.Services[0].Metrics, ScalingMetric{Name: long, Unit: "%", Values: flat(7200, 1e12), Target: 3e12}, ScalingMetric{Name: long, Unit: "%", Values: flat(7200, 1)})
	for i := range 20 {
		s.Costs = append(s.Costs, CostSeries{fmt.Sprintf("%d %s", i, long), flat(7200, 0.01*float64(i))})
	}
	for i := range 900 {
		s.Services[0].Outs = append(s.Services[0].Outs, float64(i)*8)
		s.Marks = append(s.Marks, Mark{float64(i) * 8, "mark"})
	}
	return s
}

// lagSamples are the pictures of lags that tests look at, and people too.
func lagSamples() map[string]Lags {
	phases := []string{"detection", "decision", "capacity", "boot", "placement", "pull", "start", "health"}
	r := rand.New(rand.NewPCG(12, 1))
	many := Lags{Title: "Forty episodes", Subtitle: "a week, seed 1", Phases: phases}
	for i := range 40 {
		at := fmt.Sprintf("day %d, %02d:%02d", 1+i/6, r.IntN(24), r.IntN(60))
		many.Rows = append(many.Rows, LagRow{at, []float64{60 + 180*r.Float64(), 1, 60 * float64(r.IntN(3)), float64(r.IntN(2)) * (60 + 60*r.Float64()), 2, 10 + 40*r.Float64(), 5, 30}})
	}
	const long = "a label that never ends, at least not before the page does, whatever one may think of it <&>"
	odd := Lags{Title: long + long, Subtitle: long + long + long}
	for i := range 14 {
		odd.Phases = append(odd.Phases, fmt.Sprintf("%d %s", i, long))
		odd.Rows = append(odd.Rows, LagRow{fmt.Sprintf("%d %s", i, long), []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, float64(i)}})
	}
	return map[string]Lags{
		"variants-lags": {Title: "tv-spot: from more load to more capacity", Subtitle: "the first scale-out of each variant; seed 1", Phases: phases, Rows: []LagRow{
			{"target tracking, empty group", []float64{180, 2, 60, 95, 4, 38, 12, 30}},
			{"target tracking, warm pool", []float64{180, 2, 60, 25, 4, 12, 12, 30}},
			{"step scaling, 10 s metrics", []float64{30, 2, 60, 95, 4, 38, 12, 30}},
			{"managed scaling at 80 %", []float64{180, 2, 0, 0, 1, 38, 12, 30}},
			{"Fargate", []float64{180, 2, 0, 0, 22, 41, 12, 30}},
			{"scheduled", []float64{0, 2, 60, 95, 4, 38, 12, 30}}}},
		"many-lags":  many,
		"odd-lags":   odd,
		"no-lags":    {Title: "Nothing", Phases: phases},
		"zero-lags":  {Title: "Nothing took time", Phases: phases, Rows: []LagRow{{"web", nil}, {"", []float64{0, 0}}}},
		"one-lag":    {Phases: []string{"boot"}, Rows: []LagRow{{"i-1", []float64{0.25}}}},
		"hours-lags": {Title: "Hours", Phases: phases[:2], Rows: []LagRow{{"a", []float64{7000, 9000}}, {"b", []float64{20, 0}}}},
	}
}
