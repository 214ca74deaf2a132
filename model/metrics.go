package model

import (
	"math"
	"time"

	"ecssim/model/load"
	"ecssim/model/scaling"
)

// measure is the end of a period: its datapoints are made, and published later (ECS rules, services 4.5).
func (t *traffic) measure(now time.Duration) {
	t.settle(now)
	t.close(now)
	t.world.engine.At(now+t.tick, strike(t.measure))
}

// close ends the period at now, and the minute if it is over.
func (t *traffic) close(now time.Duration) {
	t.drain()
	if t.tick != scaling.Minute {
		t.publish(now, scaling.HighResolution, &t.period)
	}
	t.minute.add(&t.period)
	t.period = tally{from: now}
	if now%scaling.Minute != 0 {
		return
	}
	t.publish(now, scaling.Minute, &t.minute)
	t.tellMinute(now)
	t.learn(now)
}

// tellMinute tells observers of the minute, and begins the next.
func (t *traffic) tellMinute(now time.Duration) {
	m := &t.minute
	seconds := (now - m.from).Seconds()
	if seconds <= 0 {
		return
	}
	out := LoadMinute{
		From: m.from, Offered: m.Offered / seconds, Served: m.Served / seconds, Dropped: m.Dropped / seconds, Backlog: t.backlog(),
		Latency: -1, Worst: m.Worst, Serving: m.Targets / seconds, UsedCPU: m.CPU / seconds, UsedMemory: m.Memory / seconds,
	}
	if m.Served > 0 {
		out.Latency = m.Latency / m.Served
	}
	for metric, to := range [scaling.NumMetrics]*float64{&out.CPU, &out.Memory, &out.Requests} {
		*to = -1
		if v, ok := t.metric(m, scaling.Metric(metric)); ok {
			*to = v
		}
	}
	out.Needed = t.needed(out.Offered)
	t.world.observer.LoadMeasured(now, &t.service.Owner, out)
	t.hour.add(m)
	t.minute = tally{from: now}
}

// metric is a metric over the time of a tally; false where CloudWatch has no datapoint, which is without a RUNNING task, or
// without a target. Nor is there one of what the load does not describe: nobody knows what these tasks use.
func (t *traffic) metric(m *tally, kind scaling.Metric) (float64, bool) {
	p := &t.load.Profile
	switch kind {
	case scaling.CPUUtilization:
		if m.reservedCPU > 0 && p.CPUBase+p.CPUPerUnit > 0 {
			return load.Utilization(m.CPU, m.reservedCPU), true
		}
	case scaling.MemoryUtilization:
		if m.reservedMemory > 0 && p.MemoryBase+p.MemoryPerUnit > 0 {
			return load.Utilization(m.Memory, m.reservedMemory), true
		}
	case scaling.ALBRequestCountPerTarget:
		switch {
		case m.Targets > 0:
			return m.Offered / m.Targets * scaling.Minute.Seconds(), true
		case m.running == 0 && m.Seconds > 0 && m.Offered > 0:
			// Demand without a task to meet it is what services leave zero by (ECS rules, services 4.1): as of one target.
			return m.Offered / m.Seconds * scaling.Minute.Seconds(), true
		}
	case scaling.NumMetrics:
	}
	return 0, false
}

// needed is how many tasks would hold the targets of the target tracking policies at a rate, within the bounds of
// scaling; negative without such a policy.
func (t *traffic) needed(rate float64) float64 {
	cfg := t.service.cfg.Scaling
	if cfg == nil {
		return -1
	}
	most := -1.0
	for k := range cfg.Policies {
		p := &cfg.Policies[k]
		if p.Step == nil {
			most = max(most, t.neededFor(p.Metric, p.Target, rate))
		}
	}
	if most < 0 {
		return -1
	}
	low, high := t.scaler.Bounds()
	return min(max(math.Ceil(most-1e-9), float64(low)), float64(high))
}

// neededFor is how many tasks hold one metric at its target: what they use together is base for each and a part for the
// rate, which divided by what they reserve is the target.
func (t *traffic) neededFor(metric scaling.Metric, target, rate float64) float64 {
	p, needs := &t.load.Profile, &t.service.current.offers[0].demand.Needs
	base, each, reserved := p.CPUBase, p.CPUPerUnit, float64(needs.CPU)
	switch metric {
	case scaling.CPUUtilization:
	case scaling.MemoryUtilization:
		base, each, reserved = p.MemoryBase, p.MemoryPerUnit, float64(needs.Memory)
	case scaling.ALBRequestCountPerTarget, scaling.NumMetrics:
		return rate * scaling.Minute.Seconds() / target
	}
	room := reserved*target/100 - base
	if room <= 0 {
		if rate*each > 0 || base > 0 {
			return math.MaxInt32 // no number of tasks does it
		}
		return 0
	}
	return rate * each / room
}

// finish tells of a minute that the end of the run cuts short.
func (t *traffic) finish(now time.Duration) {
	if t == nil || t.load == nil || now < t.settled {
		return
	}
	t.settle(now)
	t.drain()
	t.minute.add(&t.period)
	t.period = tally{from: now}
	t.tellMinute(now)
}
