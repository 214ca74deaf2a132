package model

import (
	"fmt"
	"time"

	"ecssim/model/fleet"
	"ecssim/sim"
)

// launch launches one instance in the zone whose turn it is, and reports whether EC2 let it. With there the instance
// is there at the start, without a boot.
func (g *group) launch(now time.Duration, there bool) bool {
	loads := g.zoneLoads(now)
	for range g.zones {
		zone := fleet.ChooseZone(loads, g.spec.BalancedOnly)
		if zone < 0 {
			break
		}
		if g.launchIn(now, zone, there) {
			return true
		}
		loads[zone].Closed = true
	}
	g.waitForZone(now)
	return false
}

// zoneLoads are the instances of each zone, and which zones launches fail in.
func (g *group) zoneLoads(now time.Duration) []fleet.ZoneLoad {
	loads := make([]fleet.ZoneLoad, len(g.zones))
	for z, zone := range g.zones {
		loads[z].Closed = g.world.outages.zone(zone) || now < g.backoffs[z].Until()
		for _, b := range g.berths {
			if !b.leaving && b.instance.Zone == zone {
				loads[z].Instances++
			}
		}
	}
	return loads
}

// waitForZone has the group try again when the first of its zones may serve.
func (g *group) waitForZone(now time.Duration) {
	next := after(now, addressRetry)
	for z := range g.backoffs {
		if at := g.backoffs[z].Until(); at > now {
			next = min(next, at)
		}
	}
	g.due(next)
}

// launchIn launches an instance in a zone, of the market and type that the distribution says.
func (g *group) launchIn(now time.Duration, zone int, there bool) bool {
	kind, spot := g.choose(zone)
	if kind < 0 {
		g.failed(now, zone, 0, spot, "InsufficientInstanceCapacity: We currently do not have sufficient "+
			g.fleets[0].Type.Name+" capacity in the Availability Zone you requested ("+g.zones[zone]+").")
		return false
	}
	warm := g.fromPool(now, zone)
	return g.launchType(now, zone, kind, spot, there, warm) != nil
}

// choose is the type and market of the next instance in a zone; negative if EC2 has none there.
func (g *group) choose(zone int) (kind int, spot bool) {
	onDemand, onSpot := 0, 0
	for _, b := range g.berths {
		switch {
		case b.leaving:
		case b.instance.Spot:
			onSpot++
		default:
			onDemand++
		}
	}
	d := &g.spec.Distribution
	spot = d.Mixed && d.NextIsSpot(onDemand, onSpot)
	offers := g.offers(zone, spot)
	if !d.Mixed {
		if offers[0].Closed {
			return -1, false
		}
		return 0, false
	}
	return d.ChooseType(spot, offers), spot
}

// offers are the types in a market, as they are to be had in a zone; in none for a negative one.
func (g *group) offers(zone int, spot bool) []fleet.Offer {
	list := make([]fleet.Offer, len(g.fleets))
	for k := range g.fleets {
		o := fleet.Offer{Price: g.price(k, spot), Interrupted: -1}
		if d := at(g.spec.TimeToInterruption, k); spot && d != nil && d.Mean() > 0 {
			o.Interrupted = min(1, float64(month)/1e9/d.Mean())
		}
		o.Closed = zone >= 0 && g.world.outages.shortOf(g.provider, g.fleets[k].Type.Name, g.zones[zone], spot)
		list[k] = o
	}
	return list
}

const month = 30 * 24 * time.Hour

// at is an element of a list that may be shorter; the zero value beyond its end.
func at[T any](list []T, n int) (x T) {
	if n < len(list) {
		x = list[n]
	}
	return x
}

// price is what an instance of a type costs in a market; negative if that is not known.
func (g *group) price(kind int, spot bool) float64 {
	p := g.fleets[kind].Type.PricePerHour
	if !spot || p < 0 {
		return p
	}
	if kind >= len(g.spec.SpotDiscount) || g.spec.SpotDiscount[kind] < 0 {
		return -1
	}
	return p * (1 - g.spec.SpotDiscount[kind])
}

// failed tells of a launch that EC2 refused, and has the zone rest.
func (g *group) failed(now time.Duration, zone, kind int, spot bool, message string) {
	g.backoffs[zone].Failed(now)
	g.world.observer.LaunchFailed(now, LaunchFailure{
		Provider: g.provider, Type: g.fleets[kind].Type.Name, Zone: g.zones[zone], Spot: spot, Message: message,
		Until: g.backoffs[zone].Until(),
	})
}

// launchType launches an instance of a type; nil if no subnet of the zone has an address.
func (g *group) launchType(now time.Duration, zone, kind int, spot, there, warm bool) *berth {
	w, f := g.world, &g.fleets[kind]
	b := &berth{world: w, fleet: f, launched: &g.launched, turn: g.launched, group: g}
	subnet := b.takeAddresses(w.addresses(f), g.zones[zone])
	if subnet < 0 {
		g.failed(now, zone, kind, spot, "InsufficientFreeAddressesInSubnet: the subnets of the group in "+g.zones[zone]+" have no free address")
		return nil
	}
	g.backoffs[zone].Reset()
	i := b.build(now, subnet)
	i.Provider, i.Spot, i.PricePerHour = g.provider, spot, g.price(kind, spot)
	i.Exclusive = g.cfg.Kind == ManagedInstances
	if i.Exclusive && f.Type.PricePerHour > 0 {
		i.Fee = g.cfg.Fee
	}
	if spot {
		if d := at(g.spec.TimeToInterruption, kind); d != nil {
			b.interruption = after(now, sim.Seconds(d, w.streams.Named("spot/"+i.Name)))
			w.engine.At(b.interruption, strike(func(now time.Duration) { b.interrupt(now, i) }))
		}
	}
	g.berths = append(g.berths, b)
	w.berths = append(w.berths, b)
	if g.spec.TimeToFailure != nil {
		b.chance = w.streams.Named("failure/" + i.Name)
	}
	if there {
		b.enroll(now)
		return b
	}
	i.Cause = g.cause
	b.ordered = g.ordered
	b.booting = true
	w.stranded = append(w.stranded, i)
	w.observer.InstanceLaunched(now, i)
	b.ticket = w.engine.At(after(now, g.boot(i, warm)), b)
	return b
}

// boot is the time from the launch to the registration.
func (g *group) boot(i *fleet.Instance, warm bool) time.Duration {
	d := g.spec.BootTime
	if warm && g.spec.WarmPool.StartTime != nil {
		d = g.spec.WarmPool.StartTime
	}
	if d == nil {
		return 0
	}
	return sim.Seconds(d, g.world.streams.Named("boot/"+i.Name))
}

// The calls that agents may make at once, and each second afterwards, in an account and Region (ECS rules, services 6.2).
const (
	agentBurst = 200
	agentRate  = 120
)

// queues reports whether the agent of the berth's instance has to wait for its turn to register.
func (b *berth) queues(now time.Duration) bool {
	if b.called {
		return false
	}
	b.called = true
	turn := b.world.agents.Take(now)
	if turn > now {
		b.ticket = b.world.engine.At(turn, b)
	}
	return turn > now
}

// enroll ends the boot of the berth's instance: its agent registers, if it can.
func (b *berth) enroll(now time.Duration) {
	w, i := b.world, b.instance
	if b.booting {
		b.booting = false
		for n, x := range w.stranded {
			if x == i {
				w.stranded = append(w.stranded[:n], w.stranded[n+1:]...)
				break
			}
		}
	}
	b.join(now, i)
	if b.chance != nil {
		b.ticket = w.engine.At(after(now, sim.Seconds(b.timeToFailure(), b.chance)), b)
	}
	if g := b.group; g != nil {
		g.tell(now)
		if m := w.machines[i]; m != nil && i.Occupants == 0 {
			g.idle(now, b)
		}
	}
}

// timeToFailure is that of the berth's fleet or group.
func (b *berth) timeToFailure() sim.Dist {
	if b.group != nil {
		return b.group.spec.TimeToFailure
	}
	return b.fleet.TimeToFailure
}

// nextName is the name of the next instance of a fleet.
func nextName(f *Fleet, number int) string { return fmt.Sprintf("%s/%d", f.Name, number) }
