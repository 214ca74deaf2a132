package model

import (
	"math"
	"math/rand/v2"
	"slices"
	"time"
)

// openFaults schedules the faults of the scenario. One at the very start is there before the first instance launches.
func (w *World) openFaults() {
	w.outages = newOutages(w.cfg)
	for n := range w.cfg.Faults {
		f := &faultEvent{world: w, fault: &w.cfg.Faults[n]}
		if f.fault.At == 0 && f.fault.Kind.condition() {
			f.turn(0)
			continue
		}
		w.engine.At(f.fault.At, f)
	}
}

// condition tells faults that last from those that strike.
func (k FaultKind) condition() bool {
	switch k { //nolint:exhaustive // the others strike
	case ZoneOutage, RoleMissing, RuleMissing, RegistryDown, RegistrySlow, ImageMissing, ImageCorrupt, HealthCheckFailing,
		InsufficientCapacity:
		return true
	}
	return false
}

// faultEvent is a fault that begins, and ends.
type faultEvent struct {
	world *World
	fault *Fault
	on    bool
	// undo holds what the end of the fault gives back.
	machines []*machine
	berths   []*berth
	tasks    []visit
}

// Fire begins the fault, or ends it.
func (e *faultEvent) Fire(now time.Duration) {
	e.turn(now)
	e.world.finishIfDone()
}

// turn switches the fault on, or off.
func (e *faultEvent) turn(now time.Duration) {
	f, w := e.fault, e.world
	e.on = !e.on
	w.observer.FaultChanged(now, f, e.on)
	e.apply(now)
	switch {
	case e.on && f.For > 0:
		w.engine.At(after(now, max(f.For, f.Notice)), e) // what is lost after a notice comes back after that
	case e.on && f.Kind == TaskKill:
		w.observer.FaultChanged(now, f, false) // it is over at once
	}
	if f.Kind.condition() {
		for _, s := range w.services {
			s.notice(now)
		}
	}
}

// apply carries the beginning or the end out.
func (e *faultEvent) apply(now time.Duration) {
	if e.fault.Kind.condition() {
		e.change(now)
		return
	}
	switch e.fault.Kind { //nolint:exhaustive // the others are conditions
	case InstanceLoss:
		e.loseInstances(now)
	case AgentDisconnect:
		e.hold(now, (*machine).disconnect, (*machine).connect)
	case InstanceDraining:
		e.hold(now, (*machine).drain, (*machine).activate)
	case HostRetirement:
		e.retire(now)
	case SpotInterruption:
		e.interrupt(now)
	case TaskKill:
		e.kill(now)
	}
}

// change opens or closes a condition.
func (e *faultEvent) change(now time.Duration) {
	o, f, delta := &e.world.outages, e.fault, -1
	if e.on {
		delta = 1
	}
	switch f.Kind { //nolint:exhaustive // the others strike
	case ZoneOutage:
		e.zone(now, delta)
	case RoleMissing:
		e.role(now)
	case RuleMissing:
		each(o.rules, f.SecurityGroup, delta)
		e.replan(now)
	case RegistryDown:
		each(o.registry, f.Registry, delta)
	case RegistrySlow:
		e.slow()
	case ImageMissing:
		each(o.missing, f.Image, delta)
	case ImageCorrupt:
		each(o.corrupt, f.Image, delta)
	case HealthCheckFailing:
		e.health(now)
	case InsufficientCapacity:
		e.shortage(now)
	}
}

// draw is the fault's own stream.
func (e *faultEvent) draw() *rand.Rand { return e.world.streams.Named("fault/" + e.fault.Name) }

// some picks as many as the fault says out of n: all, a fraction rounded up, or a count. The order is kept.
func (e *faultEvent) some(n int) []int {
	k := n
	switch f := e.fault; {
	case f.Count > 0:
		k = min(n, f.Count)
	case f.Fraction > 0:
		k = min(n, int(math.Ceil(f.Fraction*float64(n)-1e-9)))
	}
	picked := e.draw().Perm(n)[:k]
	slices.Sort(picked)
	return picked
}

// strike is what happens when a notice is over.
type strike func(now time.Duration)

// Fire strikes.
func (s strike) Fire(now time.Duration) { s(now) }

// slow multiplies the slowness of a registry, or divides it again.
func (e *faultEvent) slow() {
	o := &e.world.outages
	for n := range o.slow {
		switch {
		case e.fault.Registry >= 0 && e.fault.Registry != n:
		case e.on:
			o.slow[n] *= e.fault.Factor
		default:
			o.slow[n] /= e.fault.Factor
		}
	}
}
