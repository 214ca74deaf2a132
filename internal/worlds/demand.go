package worlds

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"ecssim/model"
	"ecssim/model/load"
	"ecssim/model/scaling"
	"ecssim/sim"
)

// demand draws a load that steps up and down, sometimes to nothing and sometimes beyond what a dozen tasks can do.
func (g *generator) demand(s *model.Service) {
	cpu := 0
	for _, c := range s.Task.Containers {
		cpu += c.CPU
	}
	cpu = max(cpu, s.Task.CPU, 64)
	p := load.Profile{
		CPUBase: pick(g, 0.0, 5, 20), CPUPerUnit: pick(g, 1.0, 5, 20), MemoryBase: pick(g, 0.0, 16, 100), MemoryPerUnit: pick(g, 0.0, 0.1, 2),
		ServiceTime: time.Duration(g.between(1, 500)) * time.Millisecond, Timeout: time.Duration(pick(g, 0, 1, 10, 60)) * time.Second,
		Routing: load.Routing(g.IntN(2)),
	}
	if !g.calm && g.chance(10) {
		p.CPUBase = float64(2 * cpu) // more than it has
	}
	r := ramp{
		name: s.Name, gap: float64(g.between(30, 1200)), peak: float64(g.between(1, 12)) * float64(cpu) / p.CPUPerUnit,
		until: g.end * calmBy / 100, first: g.when(0, 0.2),
	}
	if !g.calm {
		r.until = g.end
	}
	if g.end > 3*time.Hour { // days
		r.gap *= 5
	}
	s.Load = &model.Load{Profile: p, Curve: r.open, Unit: "requests"}
}

// ramp is a load that goes to another rate at random instants, until a last one.
type ramp struct {
	name         string
	gap, peak    float64
	first, until time.Duration
}

func (r ramp) open(s sim.Streams) load.Curve {
	return &curve{ramp: r, draw: s.Named("load/" + r.name), gaps: must(sim.Exponential(r.gap)), next: r.first}
}

type curve struct {
	ramp
	draw *rand.Rand
	gaps sim.Dist
	next time.Duration
}

// Next is another rate: nothing in one of ten cases.
func (c *curve) Next() (load.Step, bool) {
	s := load.Step{At: c.next, Rate: c.draw.Float64() * c.peak}
	if c.draw.IntN(10) == 0 {
		s.Rate = 0
	}
	c.next += sim.Seconds(c.gaps, c.draw) + time.Millisecond
	return s, s.At <= c.until
}

// scaled draws service auto scaling. That of a calm world comes to rest when its load does: it has neither steps, which
// may go up and down without an end, nor a schedule.
func (g *generator) scaled(s *model.Service) {
	cfg := &scaling.Config{Min: g.few(0, 3)}
	cfg.Max = cfg.Min + g.between(1, 12)
	for n := range g.IntN(4) {
		name := fmt.Sprintf("policy-%d", n+1)
		if g.on[stepped] && !g.calm && g.chance(50) {
			cfg.Policies = append(cfg.Policies, g.stepPolicy(s, name))
		} else {
			cfg.Policies = append(cfg.Policies, g.tracking(s, name))
		}
	}
	if g.on[scheduled] && !g.calm {
		for n := range g.IntN(4) {
			cfg.Schedule = append(cfg.Schedule, g.scheduledAction(n, cfg))
		}
	}
	if g.on[suspensions] && !g.calm {
		cfg.Suspended = scaling.Suspension{In: g.chance(30), Out: g.chance(30), Scheduled: g.chance(30)}
	}
	if g.chance(20) || g.end > 3*time.Hour && g.chance(50) {
		cfg.Predictive = &scaling.Predictive{
			Metric: scaling.Metric(g.IntN(2)), Target: 50, Scale: g.chance(70), Buffer: time.Duration(g.IntN(60)) * time.Minute,
			IncreaseMax: g.chance(30), MaxBuffer: float64(g.IntN(50)),
		}
	}
	s.Scaling = cfg
}

// metric draws what a policy looks at, and the period.
func (g *generator) metric(s *model.Service, p *scaling.Policy) {
	p.Metric, p.Period = pick(g, scaling.CPUUtilization, scaling.CPUUtilization, scaling.MemoryUtilization), scaling.Minute
	if len(s.Targets) > 0 && g.chance(40) {
		p.Metric = scaling.ALBRequestCountPerTarget
	} else if g.on[highResolution] && g.chance(50) {
		p.Period = scaling.HighResolution
	}
}

func (g *generator) cooldown() time.Duration {
	return time.Duration(pick(g, 0, 30, 60, 300)) * time.Second
}

func (g *generator) tracking(s *model.Service, name string) scaling.Policy {
	p := scaling.Policy{Name: name, ScaleOutCooldown: g.cooldown(), ScaleInCooldown: g.cooldown(), DisableScaleIn: g.chance(20) && !g.calm}
	g.metric(s, &p)
	p.Target = pick(g, 20.0, 50, 75)
	if p.Metric == scaling.ALBRequestCountPerTarget {
		p.Target = float64(g.between(60, 2000))
	}
	return p
}

// stepPolicy draws steps without gaps on both sides of a threshold, or on one.
func (g *generator) stepPolicy(s *model.Service, name string) scaling.Policy {
	p := scaling.Policy{Name: name}
	g.metric(s, &p)
	step := &scaling.StepScaling{
		Alarm: scaling.AlarmConfig{
			Comparison: scaling.Comparison(g.IntN(4)), Threshold: float64(g.between(5, 90)), Periods: g.between(1, 5),
			Missing: scaling.TreatMissing(g.IntN(4)),
		},
		Adjustment: scaling.Adjustment(g.IntN(3)), Cooldown: g.cooldown(),
	}
	if g.chance(50) {
		step.Alarm.DatapointsToAlarm = g.between(1, step.Alarm.Periods)
	}
	if step.Adjustment == scaling.PercentChangeInCapacity {
		step.MinMagnitude = g.IntN(3)
	}
	bounds := []float64{0, float64(g.between(1, 10)), float64(g.between(11, 50)), math.Inf(1)}
	up := step.Alarm.Comparison < scaling.LessThanThreshold
	for n := range len(bounds) - 1 {
		one := scaling.Step{Lower: bounds[n], Upper: bounds[n+1], Adjustment: g.adjustment(step.Adjustment, n+1, up)}
		if !up {
			one.Lower, one.Upper = -bounds[n+1], -bounds[n]
		}
		step.Steps = append(step.Steps, one)
	}
	p.Step = step
	return p
}

func (g *generator) adjustment(kind scaling.Adjustment, n int, up bool) float64 {
	by := float64(n)
	switch kind {
	case scaling.ExactCapacity:
		return float64(g.IntN(15))
	case scaling.PercentChangeInCapacity:
		by = float64(n * g.between(5, 60))
	case scaling.ChangeInCapacity:
	}
	if up == g.chance(95) {
		return by
	}
	return -by
}

// scheduledAction draws new bounds, of which one may stay what it is.
func (g *generator) scheduledAction(n int, cfg *scaling.Config) scaling.ScheduledAction {
	a := scaling.ScheduledAction{Name: fmt.Sprintf("action-%d", n+1), Min: g.IntN(6)}
	a.Max = a.Min + g.IntN(cfg.Max+1)
	switch g.IntN(4) {
	case 0:
		a.Min = -1
	case 1:
		a.Max = -1
	}
	for range g.few(1, 4) {
		a.At = append(a.At, g.when(0, 1))
	}
	slices.Sort(a.At)
	return a
}
