package model

import (
	"slices"
	"time"

	"ecssim/model/fleet"
	"ecssim/model/service"
)

// mostDraining is how long managed draining waits for the tasks of an instance (ECS rules, services 2.11).
const mostDraining = 48 * time.Hour

// shrink ends n instances, by the rules of scale-in.
func (g *group) shrink(now time.Duration, n int) {
	if n <= 0 {
		return
	}
	var list []*berth
	var members []fleet.Member
	for _, b := range g.berths {
		if b.leaving {
			continue
		}
		b.instance.Protected = g.protects(b)
		list = append(list, b)
		members = append(members, fleet.Member{
			Zone: slices.Index(g.zones, b.instance.Zone), Protected: b.instance.Protected, Spot: b.instance.Spot,
			Type: b.kind(), Launched: b.instance.Launched, Number: b.instance.Number,
		})
	}
	offers := [2][]fleet.Offer{g.offers(-1, false), g.offers(-1, true)}
	for _, k := range g.spec.Distribution.ChooseToTerminate(n, members, g.spec.Termination, offers, now, g.chance.IntN) {
		g.end(now, list[k])
	}
}

// kind is the index of the berth's type in its group.
func (b *berth) kind() int {
	return slices.IndexFunc(b.group.fleets, func(f Fleet) bool { return f.Type.Name == b.fleet.Type.Name })
}

// protects reports whether managed termination protection keeps the instance from scale-in: while tasks other than those of
// daemons are on it.
func (g *group) protects(b *berth) bool {
	return g.cfg.TerminationProtection && b.instance.Occupants > 0
}

// unprotected has the group end what it could not end before: while instances are protected it "can't terminate the required
// number of instances until their instance scale-in protection settings are disabled" (EC2 Auto Scaling user guide, instance
// scale-in protection).
func (g *group) unprotected(now time.Duration) {
	if g.cfg.Kind == GroupProvider && g.cfg.TerminationProtection && g.active() > g.desired {
		g.notice(now)
	}
}

// end takes an instance out of the group. With managed draining it goes when its tasks have gone, after 48 hours at the
// latest; otherwise at once, with what runs on it (ECS rules, services 3.5).
func (g *group) end(now time.Duration, b *berth) {
	w, i := g.world, b.instance
	m := w.machines[i]
	b.leaving = true
	switch {
	case m == nil: // it boots, or never registered
		b.clear(now, HostLost, service.StoppedHostLost(i.Name))
	case g.cfg.Draining:
		m.drain(now)
		w.engine.At(after(now, mostDraining), strike(func(now time.Duration) { b.terminate(now, i) }))
		b.checkEmpty(now)
	default:
		m.disconnect(now) // its operating system shuts down
		b.terminate(now, i)
	}
}

// checkEmpty ends an instance that drains when nothing is left on it but daemons' tasks.
func (b *berth) checkEmpty(now time.Duration) {
	if m := b.world.machines[b.instance]; b.leaving && !b.ending && m != nil && b.instance.Occupants == 0 {
		b.terminate(now, b.instance)
	}
}

// terminate ends the instance after the time that takes. It is nothing if the berth holds another one by then.
func (b *berth) terminate(now time.Duration, i *fleet.Instance) {
	if b.instance != i || b.ending {
		return
	}
	b.ending = true
	w := b.world
	w.engine.At(after(now, drawn(w.cfg.Latency.Termination, b.group.chance, 0)), strike(func(now time.Duration) {
		if b.instance == i {
			b.clear(now, HostLost, service.StoppedHostLost(i.Name))
			w.finishIfDone()
		}
	}))
}

// lost: the berth's instance is gone. The group replaces it, if it should have it.
func (g *group) lost(now time.Duration, b *berth) {
	g.berths = slices.DeleteFunc(g.berths, func(x *berth) bool { return x == b })
	g.world.berths = slices.DeleteFunc(g.world.berths, func(x *berth) bool { return x == b })
	g.tell(now)
	g.notice(now)
}

// spotNotice is how long before the end EC2 and Fargate Spot tell (ECS rules, services 3.7, R-1.5).
const spotNotice = 2 * time.Minute

// interrupt is the Spot notice of an instance. Managed draining has ECS drain it, and so has its agent if it looks out for
// notices; two minutes later it is gone (ECS rules, services 2.11, R-1.8).
func (b *berth) interrupt(now time.Duration, i *fleet.Instance) {
	if b.instance != i {
		return
	}
	w := b.world
	w.engine.At(after(now, spotNotice), strike(func(now time.Duration) {
		if b.instance == i {
			b.clear(now, SpotInterrupted, service.StoppedSpot)
			w.finishIfDone()
		}
	}))
	if m := w.machines[i]; m != nil && (b.group.cfg.Draining || b.fleet.SpotDraining) {
		w.engine.At(after(now, noticePoll), strike(func(now time.Duration) {
			if b.instance == i && !b.leaving {
				m.drain(now)
			}
		}))
	}
}
