package model

import (
	"time"

	"ecssim/model/fleet"
)

// ECS Managed Instances: ECS chooses, launches and ends instances by itself, as tasks need them (ECS rules, services 3.8).

// patchAfter is when ECS begins to drain a managed instance to replace it by a patched one, patchWithin how long that may
// take.
const (
	patchAfter  = 14 * 24 * time.Hour
	patchWithin = 7 * 24 * time.Hour
)

// plan has instances launched for the tasks that wait, after the time that ECS takes for it.
func (g *group) plan(now time.Duration) {
	if g.planning {
		return
	}
	g.planning = true
	w := g.world
	w.engine.At(after(now, drawn(w.cfg.Latency.GroupReaction, g.chance, 0)), strike(g.carryOut))
}

// carryOut launches what the tasks need that no instance on its way will hold.
func (g *group) carryOut(now time.Duration) {
	g.planning = false
	w := g.world
	needs, tasks := w.needs(g.provider)
	if tasks == 0 {
		return
	}
	for _, b := range g.berths {
		if b.booting {
			g.due(after(now, planPause)) // it takes in some of them; what is left is seen then
			return
		}
	}
	bundles := make([]fleet.Bundle, len(needs))
	for k, n := range needs {
		bundles[k] = fleet.Bundle{CPU: n.CPU, Memory: n.Memory, GPUs: n.GPUs, ENIs: n.ENIs, Count: n.Count}
	}
	spot := g.spec.Distribution.NextIsSpot(0, 0) // CapacityOptionType: all of them, or none
	var offers []fleet.InstanceOffer
	for k, s := range g.shapes() {
		offers = append(offers, fleet.InstanceOffer{CPU: s.CPU, Memory: s.Memory, GPUs: s.GPUs, ENIs: s.ENIs, Price: g.price(k, spot)})
	}
	failed := false
	for _, l := range fleet.PlanInstances(bundles, offers, g.zoneLoads(now)) {
		if g.spec.Max > 0 && g.active() >= g.spec.Max {
			break
		}
		if w.outages.shortOf(g.provider, g.fleets[l.Offer].Type.Name, g.zones[l.Zone], spot) {
			g.failed(now, l.Zone, l.Offer, spot, "InsufficientInstanceCapacity")
			failed = true
			continue
		}
		b := g.launchType(now, l.Zone, l.Offer, spot, false, false)
		if b == nil {
			failed = true
			continue
		}
		i := b.instance
		w.engine.At(after(now, patchAfter), strike(func(now time.Duration) { g.patch(now, b, i) }))
	}
	if failed {
		g.due(after(now, purchaseRetry))
	}
	g.tell(now)
}

// planPause is how long ECS waits for instances that boot before it looks for tasks that they do not hold, and
// purchaseRetry how long after a purchase that failed: "every few minutes". Neither is published.
const (
	planPause     = 30 * time.Second
	purchaseRetry = 3 * time.Minute
)

// patch replaces an instance that has become old.
func (g *group) patch(now time.Duration, b *berth, i *fleet.Instance) {
	if b.instance != i || b.leaving {
		return
	}
	g.end(now, b)
	g.tell(now)
	g.world.engine.At(after(now, patchWithin), strike(func(now time.Duration) { b.terminate(now, i) }))
}

// idle has a managed instance end that stays without tasks. One that has just registered stays for planPause at least: the
// tasks that it was launched for have not seen it yet, and without them ECS would go on launching.
func (g *group) idle(now time.Duration, b *berth) {
	if g.cfg.Kind != ManagedInstances || g.cfg.ScaleInAfter < 0 || b.leaving {
		return
	}
	i, wait := b.instance, g.cfg.ScaleInAfter
	if now == i.Registered {
		wait = max(wait, planPause)
	}
	b.idleSince = now
	g.world.engine.At(after(now, wait), strike(func(now time.Duration) {
		if b.instance == i && !b.leaving && i.Occupants == 0 && b.idleSince+wait <= now {
			g.end(now, b)
			g.tell(now)
		}
	}))
}
