package model

import (
	"math/rand/v2"
	"slices"
	"time"

	"ecssim/model/catalog"
	"ecssim/model/fleet"
	"ecssim/model/scaling"
	"ecssim/sim"
)

// group is an Auto Scaling group in a run, or what ECS Managed Instances have launched, for which nobody sets a desired
// capacity.
type group struct {
	world    *World
	cluster  *cluster
	provider int
	cfg      *CapacityProvider
	spec     *Group
	fleets   []Fleet // the template with each of the types
	zones    []string
	chance   *rand.Rand

	// berths are its instances in order of launch: those that boot, are in service, or are on their way out.
	berths   []*berth
	launched int
	desired  int
	pool     []pooled
	backoffs []fleet.LaunchBackoff // by zone
	// cause is the decision behind the present desired capacity.
	cause int64
	told  GroupState

	// dueAt is when the group compares what it has with what it should have, and ticket that event; Never without one.
	dueAt  time.Duration
	ticket sim.Ticket
	// evensUntil is when the instance that rebalances serves, so that another one may go.
	evensUntil time.Duration

	managed *scaling.Managed
	// deciding: an alarm is in ALARM and its action on the way. ordered: a scale-out was decided whose instances have not
	// been launched.
	deciding, ordered bool
	measured          int           // N of the last datapoint that the alarms saw
	published         time.Duration // when they see the last one that was measured
	planning          bool          // managed instances are about to be launched
}

// openGroups makes the Auto Scaling groups. Their desired capacity is there at the start.
func (w *World) openGroups() {
	w.groupOf = make([]*group, len(w.cfg.CapacityProviders))
	for n := range w.cfg.CapacityProviders {
		cfg := &w.cfg.CapacityProviders[n]
		if cfg.Group == nil {
			continue
		}
		g := &group{
			world: w, cfg: cfg, spec: cfg.Group, provider: n, cluster: w.clusters[cfg.Group.Template.Cluster],
			chance: w.streams.Named("group/" + cfg.Name), dueAt: Never, desired: cfg.Group.Desired,
		}
		types := g.spec.Types
		if len(types) == 0 {
			types = []catalog.InstanceType{g.spec.Template.Type}
		}
		for _, t := range types {
			f := g.spec.Template
			f.Type = t
			g.fleets = append(g.fleets, f)
		}
		for _, s := range g.spec.Template.Subnets {
			if zone := w.cfg.Subnets[s].Zone; !slices.Contains(g.zones, zone) {
				g.zones = append(g.zones, zone)
			}
		}
		g.backoffs = make([]fleet.LaunchBackoff, len(g.zones))
		w.groupOf[n] = g
		for range g.desired {
			g.launch(0, true)
		}
		g.fillPool(0)
		g.tell(0)
		if cfg.Kind == GroupProvider && g.active() < g.desired {
			g.due(addressRetry)
		}
		if cfg.Managed != nil && cfg.Kind == GroupProvider {
			g.managed = scaling.NewManaged(*cfg.Managed)
			w.engine.At(scaling.Minute, strike(g.measure))
		}
	}
}

// active counts the instances that are not on their way out.
func (g *group) active() (n int) {
	for _, b := range g.berths {
		if !b.leaving {
			n++
		}
	}
	return n
}

// state is where the group stands.
func (g *group) state() GroupState {
	s := GroupState{Provider: g.provider, Desired: g.desired, Min: g.spec.Min, Max: g.spec.Max, Pooled: len(g.pool)}
	for _, b := range g.berths {
		switch {
		case b.booting:
			s.Booting++
		default:
			s.InService++
			if b.leaving {
				s.Leaving++
			}
		}
	}
	if g.cfg.Kind == ManagedInstances {
		s.Desired = g.active()
	}
	return s
}

// tell tells observers where the group stands, if that is news.
func (g *group) tell(now time.Duration) {
	if s := g.state(); s != g.told {
		g.told = s
		g.world.observer.GroupChanged(now, s)
	}
}

// resize sets the desired capacity.
func (g *group) resize(now time.Duration, n int, cause int64) {
	if g.ordered = n > g.desired; g.ordered {
		g.cause = cause
	}
	g.desired = n
	g.tell(now)
	g.notice(now)
}

// notice has the group look at itself after the time that it takes to react.
func (g *group) notice(now time.Duration) {
	if g.cfg.Kind == ManagedInstances {
		g.plan(now) // tasks may have lost their place
		return
	}
	g.due(after(now, drawn(g.world.cfg.Latency.GroupReaction, g.chance, 0)))
}

func (g *group) due(at time.Duration) {
	if g.dueAt != Never && g.dueAt <= at {
		return
	}
	g.dueAt = at
	g.ticket = g.world.engine.At(at, g)
}

// Fire launches what is missing, or ends what is too much.
func (g *group) Fire(now time.Duration) {
	if g.world.engine.Firing() != g.ticket {
		return
	}
	g.dueAt = Never
	if g.cfg.Kind == ManagedInstances {
		g.plan(now)
		return
	}
	missing := g.desired - g.active()
	for range missing {
		if !g.launch(now, false) {
			break
		}
	}
	if g.active() >= g.desired {
		g.ordered = false // what replaces a lost instance later is no scale-out
	}
	surplus := -missing
	if surplus > 0 && now < g.evensUntil { // one of them rebalances, and does not serve yet
		surplus--
		g.due(g.evensUntil)
	}
	g.shrink(now, surplus)
	g.fillPool(now)
	g.rebalance(now)
	g.tell(now)
	g.world.finishIfDone()
}

// rebalance launches an instance in the zone with the fewest, to end one afterwards in the zone with the most: the group
// then has one too many, and Fire ends it there (ECS rules, services 3.6). While every instance of that zone is protected,
// there is nothing to move: the new one would be the one to go.
func (g *group) rebalance(now time.Duration) {
	if g.cfg.Kind != GroupProvider || g.active() != g.desired || g.desired == 0 {
		return
	}
	from, to, ok := fleet.Rebalance(g.zoneLoads(now))
	free := func(b *berth) bool { return !b.leaving && b.instance.Zone == g.zones[from] && !g.protects(b) }
	if !ok || !slices.ContainsFunc(g.berths, free) || g.active() >= g.spec.Max+fleet.RebalanceHeadroom(g.spec.Max) {
		return
	}
	if g.launchIn(now, to, false) {
		g.evensUntil = after(now, rebalancePause)
		g.due(g.evensUntil)
	}
}

// rebalancePause is how long the group waits until the instance that rebalances serves, before it ends the other one.
// AWS publishes no figure.
const rebalancePause = 5 * time.Minute

// shapes are what instances of its types register.
func (g *group) shapes() []scaling.Shape {
	list := make([]scaling.Shape, len(g.fleets))
	for k := range g.fleets {
		f := &g.fleets[k]
		has := g.world.registers(f)
		list[k] = scaling.Shape{CPU: has.CPU, Memory: has.Memory, GPUs: has.GPUs, ENIs: has.ENIs}
	}
	return list
}
