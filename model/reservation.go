package model

import (
	"time"

	"ecssim/model/scaling"
)

// measure is the end of a minute: ECS computes CapacityProviderReservation (ECS rules, services 3.3, 3.4).
func (g *group) measure(now time.Duration) {
	w := g.world
	m := Reservation{Provider: g.provider}
	busy := 0
	for _, b := range g.berths {
		if b.leaving {
			continue
		}
		m.Running++
		if b.instance.Occupants > 0 {
			busy++
		}
	}
	needs, tasks := w.needs(g.provider)
	extra := 0
	m.Provisioning = tasks
	if tasks > 0 {
		extra, m.Incompatible = scaling.Extra(needs, g.shapes())
		if extra > 0 {
			extra = g.cfg.Managed.Step(extra)
		}
	}
	m.Needed = scaling.Needed(m.Running, busy, extra, tasks > 0)
	m.Value = scaling.Reservation(m.Needed, m.Running)
	if tasks > 0 && m.Incompatible == tasks {
		m.Value = g.cfg.Managed.TargetCapacity // none of them fits: the metric stays at its target
	}
	w.observer.ReservationMeasured(now, m)
	d := scaling.Datapoint{At: now, Value: m.Value}
	g.published = max(g.published, after(now, drawn(w.cfg.Latency.ManagedMetricDelay, g.chance, 0))) // alarms see them in order
	w.engine.At(g.published, strike(func(now time.Duration) { g.observe(now, d, m.Running) }))
	w.engine.At(now+scaling.Minute, strike(g.measure))
}

// observe lets the alarms of managed scaling see a datapoint, and keeps the N that it was computed with: the formula has to
// use the same, or a datapoint from before the last change of the group would count that change a second time.
func (g *group) observe(now time.Duration, d scaling.Datapoint, running int) {
	g.measured = running
	if !g.managed.Observe(now, d) || g.deciding {
		return
	}
	l := &g.world.cfg.Latency
	g.deciding = true
	g.world.engine.At(after(now, drawn(l.AlarmDelay, g.chance, 0)+drawn(l.ScalingAction, g.chance, 0)), strike(g.decide))
}

// decide is the action of an alarm.
func (g *group) decide(now time.Duration) {
	g.deciding = false
	counts := scaling.GroupCounts{
		Running: g.measured, Desired: g.desired, Min: g.spec.Min, Max: g.spec.Max, Youngest: Never, Pending: g.ordered && g.active() < g.desired,
	}
	for _, b := range g.berths {
		if b.leaving {
			continue // what leaves holds nothing up either
		}
		if b.ordered {
			counts.Youngest = max(counts.Youngest, b.instance.Launched)
		}
		if g.protects(b) {
			counts.Protected++
		}
	}
	_, counts.Waiting = g.world.needs(g.provider)
	d, ok := g.managed.Decide(now, counts)
	if !ok {
		return
	}
	if !g.world.roles.RegistersTargets() { // the service-linked role, with which ECS scales as well (ECS rules, placement 9)
		d.To, d.Blocked = d.From, scaling.NoRole
	}
	id := g.world.tellDecision(now, ScalingDecision{Decision: d, Provider: g.provider, Running: counts.Running, Load: -1})
	if d.Changes() {
		g.resize(now, d.To, id)
	}
}

// tellDecision numbers a decision and tells of it.
func (w *World) tellDecision(now time.Duration, d ScalingDecision) int64 {
	w.decisions++
	d.ID = w.decisions
	w.observer.ScalingDecided(now, d)
	return d.ID
}
