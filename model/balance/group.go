package balance

import (
	"iter"
	"slices"
	"time"
)

// Group is a target group during a run.
type Group struct {
	balancer *Balancer
	config   TargetGroup
	targets  []*Target // in the order of registration, draining ones included
	counts   [NumStates]int
}

// Config is what the group was made of, with the defaults put in.
func (g *Group) Config() TargetGroup { return g.config }

// Balancer is the load balancer in front of the group.
func (g *Group) Balancer() *Balancer { return g.balancer }

// Register adds a target in a zone and reports whether the limits of the group and of its load balancer allow it
// (ECS rules, services 5.4). The first probe is sent a phase later: anything between 0 and the interval. A target in a
// zone that is not enabled stays unused, without probes, but counts.
func (g *Group) Register(now, phase time.Duration, zone string, owner any) (*Target, bool) {
	if phase < 0 {
		panic("balance: the first probe of a target comes before its registration")
	}
	if !g.HasRoom(zone) {
		return nil, false
	}
	t := &Target{group: g, owner: owner, zone: zone, reason: InitialHealthChecking, since: now, next: now + phase}
	if !g.balancer.Enabled(zone) {
		t.state, t.reason = Unused, NotInUse
	}
	g.counts[t.state]++
	g.targets = append(g.targets, t)
	g.balancer.take(zone, 1)
	return t, true
}

// HasRoom reports whether one more target may register in a zone.
func (g *Group) HasRoom(zone string) bool {
	return len(g.targets) < g.config.Targets && g.balancer.hasRoom(zone)
}

// Deregister begins to drain a target: it gets no new requests and no probes, but keeps its slot. It returns when
// that ends, for Unregister. A load balancer without open connections is done earlier, but shows the target as
// draining, which ECS waits for, to the end (ECS rules, services 5.1). An unused target has nothing to drain.
func (g *Group) Deregister(now time.Duration, t *Target) (until time.Duration) {
	if t.group != g || t.gone || t.state == Draining {
		panic("balance: a target is deregistered that is not registered here")
	}
	if t.state == Unused {
		return now
	}
	t.enter(now, Draining, DeregistrationInProgress)
	return now + g.config.DeregistrationDelay
}

// Unregister removes a target, drained or not, and frees its slot.
func (g *Group) Unregister(t *Target) {
	k := slices.Index(g.targets, t)
	if k < 0 {
		panic("balance: a target is removed that is not registered here")
	}
	g.targets = slices.Delete(g.targets, k, k+1)
	g.counts[t.state]--
	t.state, t.reason, t.gone = Unused, NotRegistered, true
	g.balancer.take(t.zone, -1)
}

// Registered counts the targets in all states, draining ones included.
func (g *Group) Registered() int { return len(g.targets) }

// Count is the number of registered targets in a state.
func (g *Group) Count(s State) int { return g.counts[s] }

// Healthy is the number of healthy targets.
func (g *Group) Healthy() int { return g.counts[Healthy] }

// All goes through the targets in the order in which they registered.
func (g *Group) All() iter.Seq[*Target] { return slices.Values(g.targets) }

// FailsOpen reports whether no target is healthy although there are some that could serve: the load balancer then
// sends to all of them (ECS rules, services 5.1).
func (g *Group) FailsOpen() bool {
	return g.counts[Healthy] == 0 && g.counts[Initial]+g.counts[Unhealthy] > 0
}

// Serving goes through the targets that get requests, in the order in which they registered: the healthy ones, or
// if none is healthy all that are neither draining nor unused.
func (g *Group) Serving() iter.Seq[*Target] {
	return func(yield func(*Target) bool) {
		open := g.FailsOpen()
		for _, t := range g.targets {
			if (t.state == Healthy || open && t.probed()) && !yield(t) {
				return
			}
		}
	}
}

// lag is how long after a probe its result comes.
func (g *Group) lag(answer Answer) time.Duration {
	if answer != Timeout {
		return 0
	}
	return min(g.config.Health.Timeout, g.config.Health.Interval)
}
