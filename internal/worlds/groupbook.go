package worlds

import (
	"time"

	"ecssim/model"
	"ecssim/model/fleet"
	"ecssim/sim"
)

// groupbook is what the checker knows of the instances of one capacity provider.
type groupbook struct {
	cfg  *model.CapacityProvider
	told model.GroupState
	// heard: something was told. decided: a decision of this event set the desired capacity.
	heard   bool
	moved   time.Duration // when something was told last
	decided time.Duration
	// booting and inService are the checker's own count.
	booting, inService int
	// scaleOuts has the IDs of decisions to scale out; owed is how many launches the last is still good for, and
	// lastOut when it was decided.
	scaleOuts map[int64]bool
	owed      int
	lastOut   time.Duration
	launches  bool // in this event
	// over and under are since when the group has had too many or too few instances although it could do something about it;
	// negative while it has not.
	over, under time.Duration
}

const (
	groupSize  = "a group keeps its bounds"
	groupTold  = "where a group stands is what its instances are"
	groupMoves = "a group changes its desired capacity by decisions alone"
	scaleIn    = "a group ends only instances that are too many"
)

func (c *Checker) openGroups() {
	for n := range c.cfg.CapacityProviders {
		c.groups = append(c.groups, &groupbook{
			cfg: &c.cfg.CapacityProviders[n], scaleOuts: map[int64]bool{}, lastOut: -1, decided: -1, over: -1, under: -1,
		})
	}
}

// groupOf is the book of an instance's group; nil for one of a fleet.
func (c *Checker) groupOf(i *fleet.Instance) *groupbook {
	if i.Provider < 0 {
		return nil
	}
	return c.groups[i.Provider]
}

// active counts the instances that are not on their way out.
func (b *groupbook) active() int { return b.booting + b.inService - b.told.Leaving }

// InstanceLaunched opens the book of an instance that boots.
func (c *Checker) InstanceLaunched(now time.Duration, i *fleet.Instance) {
	b := c.groupOf(i)
	c.must(b != nil && b.cfg.Group != nil, groupTold, "%s is launched by nobody", i.Name)
	h := c.newHost(now, i, false)
	h.booting = true
	b.booting++
	c.checkLaunch(now, i, b, h)
	c.Seen["launched"]++
	if i.Spot {
		c.Seen["launched on Spot"]++
	}
}

// checkLaunch holds a launch against the size of the group, and notes what will become of it.
func (c *Checker) checkLaunch(now time.Duration, i *fleet.Instance, b *groupbook, h *host) {
	b.launches = true
	for n := range c.cfg.Faults {
		f := &c.cfg.Faults[n]
		out := f.Kind == model.InsufficientCapacity && c.faults[f] && (f.Provider == 0 || f.Provider == i.Provider+1) &&
			(f.Zone == "" || f.Zone == i.Zone) && (f.Type == "" || f.Type == i.Type.Name) &&
			(f.Market == model.BothMarkets || i.Spot == (f.Market == model.SpotMarket))
		c.must(!out, "what EC2 does not have is not launched", "%s (%s, Spot: %v) during %s", i.Name, i.Type.Name, i.Spot, f.Name)
	}
	if b.owed > 0 {
		c.must(b.scaleOuts[i.Cause], decides, "%s is launched because of %d, and a scale-out is on its way", i.Name, i.Cause)
		b.owed--
		h.ordered = true
	}
	c.expectEnds(now, i, b, h)
}

// expectEnds draws by itself when an instance registers, and when EC2 takes a Spot instance back.
func (c *Checker) expectEnds(now time.Duration, i *fleet.Instance, b *groupbook, h *host) {
	spec := b.cfg.Group
	h.boots = []time.Duration{now + drawnOnce(spec.BootTime, c.streams, "boot/"+i.Name)}
	if spec.WarmPool != nil && spec.WarmPool.StartTime != nil {
		h.boots = append(h.boots, now+drawnOnce(spec.WarmPool.StartTime, c.streams, "boot/"+i.Name))
	}
	kind := typeNumber(spec, i.Type)
	c.must(kind >= 0, groupTold, "%s is a %s", i.Name, i.Type.Name)
	onDemand, mixed := !spec.Distribution.Mixed || spec.Distribution.OnDemandPercent == 100, spec.Distribution.Mixed
	c.must(!i.Spot || !onDemand, "who asks for On-Demand gets On-Demand", "%s is a Spot instance", i.Name)
	c.must(mixed || kind == 0, groupTold, "%s is a %s, without a mixed instances policy", i.Name, i.Type.Name)
	if i.Spot && kind < len(spec.TimeToInterruption) && spec.TimeToInterruption[kind] != nil {
		h.interrupted = now + drawnOnce(spec.TimeToInterruption[kind], c.streams, "spot/"+i.Name) + 2*time.Minute
	}
}

// drawnOnce is the first number of a stream.
func drawnOnce(d sim.Dist, s sim.Streams, name string) time.Duration {
	if d == nil {
		return 0
	}
	return sim.Seconds(d, s.Named(name))
}

// joined ends the boot of an instance of a group, or puts one of the start into the book.
func (c *Checker) joined(now time.Duration, i *fleet.Instance, stranded bool) *host {
	b := c.groupOf(i)
	if b == nil {
		return c.newHost(now, i, stranded)
	}
	h := c.hosts[i]
	if h == nil {
		c.must(now == 0, groupTold, "%s is there without a launch", i.Name)
		h = c.newHost(now, i, stranded)
		c.expectEnds(now, i, b, h)
	} else {
		c.hear(now)
		c.note("instance %s registers (stranded: %v)", i.Name, stranded)
		c.must(h.booting, "an instance comes once", "%s comes again", i.Name)
		ok := now == h.boots[0] || len(h.boots) > 1 && now == h.boots[1]
		c.must(ok, "an instance registers when it has booted", "%s registers, and was to at %v", i.Name, h.boots)
		b.booting--
		h.booting, h.stranded, h.status, h.connected = false, stranded, i.Status, i.Connected
	}
	h.idleSince = now
	b.inService++
	return h
}

// left takes an instance of a group out of its book, and says whether it may go.
func (c *Checker) left(now time.Duration, i *fleet.Instance, h *host) {
	b := c.groupOf(i)
	was := b.active()
	if h.booting {
		b.booting--
	} else {
		b.inService--
	}
	c.must(b.booting >= 0 && b.inService >= 0, groupTold, "%s goes", i.Name)
	spec := b.cfg.Group
	switch {
	case c.mayLose(now, i), spec.TimeToFailure != nil && !h.booting && !c.ending(h, b):
		c.Seen["group instance lost"]++
		return
	case h.interrupted == now:
		c.Seen["spot interruption"]++
		return
	case h.booting || h.stranded:
		c.must(was > b.told.Desired || b.told.Leaving > 0, scaleIn, "%s goes as it boots, of %d with %d desired", i.Name, was, b.told.Desired)
	default:
		c.must(b.told.Leaving > 0 || was > b.told.Desired || spec.TimeToFailure != nil, scaleIn, "%s goes, of %d with %d desired, none leaving", i.Name, was, b.told.Desired)
		c.checkEnd(now, i, h, b)
	}
	c.Seen["scaled in"]++
}

// ending: the instance looks like one that its group ends.
func (c *Checker) ending(h *host, b *groupbook) bool {
	return b.told.Leaving > 0 && !h.booting && (h.status == fleet.Draining || !h.connected)
}

// checkEnd: what its group ends was not in use where that is protected, and has been drained where it drains. Where a
// fault has drained or disconnected the instance as well, nobody can tell from outside when its end began.
func (c *Checker) checkEnd(now time.Duration, i *fleet.Instance, h *host, b *groupbook) {
	if b.cfg.Group.TimeToFailure != nil || h.troubled {
		return
	}
	if b.cfg.TerminationProtection {
		c.must(!h.endedBusy, "a protected instance with tasks is not scaled in", "%s had tasks when its end began at %v", i.Name, h.endBegan)
		c.Seen["protected scale-in"]++
	}
	if b.cfg.Draining {
		c.must(h.status == fleet.Draining, "managed draining drains first", "%s goes as %s", i.Name, h.status)
		most := 48 * time.Hour
		if b.cfg.Kind == model.ManagedInstances {
			most = 7 * 24 * time.Hour // for one that is replaced because of its age
		}
		c.must(h.killedAt != now || now >= h.endBegan+most, "an instance that drains goes when it is empty", "%s goes with tasks", i.Name)
		c.Seen["drained scale-in"]++
	}
	if old := i.Launched + 14*24*time.Hour; b.cfg.Kind == model.ManagedInstances && h.endBegan != old {
		after := b.cfg.ScaleInAfter
		if after >= 0 && h.idleSince == i.Registered {
			after = max(after, newcomer)
		}
		c.must(after >= 0 && !h.endedBusy && h.endBegan >= h.idleSince+after, "managed instances go when they are idle",
			"%s goes: end began at %v, idle since %v", i.Name, h.endBegan, h.idleSince)
	}
}

// newcomer is how long a managed instance waits for its first task at least.
const newcomer = 30 * time.Second

// endBegins notes a change that may be the begin of an instance's end.
func (c *Checker) endBegins(now time.Duration, h *host) {
	if h.status == fleet.Draining || !h.connected {
		h.endBegan, h.endedBusy = now, h.others() > 0
		// An agent sees a notice within a second.
		h.troubled = h.troubled || c.faultAt >= 0 && now <= c.faultAt+time.Second || now == h.interrupted-2*time.Minute+time.Second
	}
}

// others counts the tasks on a host that are not of daemons.
func (h *host) others() int {
	n := h.tasks
	for _, k := range h.daemonOf {
		n -= k
	}
	return n
}

// GroupChanged is held against the count.
func (c *Checker) GroupChanged(now time.Duration, g model.GroupState) {
	c.hear(now)
	c.note("GROUP %d: %+v", g.Provider, g)
	b := c.groups[g.Provider]
	spec := b.cfg.Group
	c.must(!b.heard || g != b.told, "a change is a change", "group %d is as before", g.Provider)
	c.must(g.Booting == b.booting && g.InService == b.inService, groupTold, "%s says %+v, and the count is %d and %d", b.cfg.Name, g, b.booting, b.inService)
	c.must(g.Leaving >= 0 && g.Leaving <= g.InService, groupTold, "%s: %+v", b.cfg.Name, g)
	c.must(g.Min == spec.Min && g.Max == spec.Max && g.Desired <= g.Max, groupSize, "%s: %+v", b.cfg.Name, g)
	if spec.WarmPool == nil {
		c.must(g.Pooled == 0, groupTold, "%s has a warm pool: %+v", b.cfg.Name, g)
	} else {
		c.must(g.Pooled <= max(spec.Max, spec.WarmPool.Size.Min), groupSize, "%s: %+v", b.cfg.Name, g)
	}
	if b.heard && b.cfg.Kind == model.GroupProvider {
		c.must(g.Desired == b.told.Desired || b.decided == now, groupMoves, "%s: %+v after %+v", b.cfg.Name, g, b.told)
		c.must(g.Desired >= g.Min, groupSize, "%s: %+v", b.cfg.Name, g)
		if g.Leaving > b.told.Leaving {
			c.must(g.Booting+g.InService-g.Leaving >= g.Desired, scaleIn, "%s: %+v after %+v", b.cfg.Name, g, b.told)
		}
	}
	b.told, b.heard, b.moved = g, true, now
}

// checkGroups compares what was told last with the count.
func (c *Checker) checkGroups() {
	for _, b := range c.groups {
		if b.cfg.Group == nil || !b.heard && b.booting+b.inService == 0 {
			continue
		}
		g := &b.told
		c.must(g.Booting == b.booting && g.InService == b.inService, groupTold, "%s says %+v, and the count is %d and %d", b.cfg.Name, *g, b.booting, b.inService)
		if b.launches {
			b.launches = false
			most := g.Max
			if b.cfg.Kind == model.GroupProvider { // it may have one too many while it rebalances its zones
				most = min(g.Desired+1, most+max(most/10, 1))
			}
			c.must(b.active() <= most, groupSize, "%s has %d of %d desired, and launches", b.cfg.Name, b.active(), g.Desired)
		}
		if b.cfg.Kind == model.ManagedInstances {
			c.must(g.Desired == b.active(), groupTold, "%s says %+v, and %d are active", b.cfg.Name, *g, b.active())
		}
	}
	c.checkSizes()
	for i, h := range c.hosts {
		if h.interrupted > 0 && c.now > h.interrupted {
			c.fail("a Spot instance goes two minutes after its notice", "%s was to go at %v", i.Name, h.interrupted)
		}
		if h.booting && c.now > max(h.boots[0], h.boots[len(h.boots)-1]) {
			c.fail("an instance registers when it has booted", "%s was to register at %v", i.Name, h.boots)
		}
	}
}

// checkSizes: a group does not stay at another size than it should have, if nothing keeps it from the right one.
func (c *Checker) checkSizes() {
	const patience = 20 * time.Minute // longer than anything that takes time: reactions, rebalancing, backing off
	for n, b := range c.groups {
		if b.cfg.Kind != model.GroupProvider {
			continue
		}
		since(&b.over, c.now, b.active() > b.told.Desired && c.mayEnd(n, b))
		since(&b.under, c.now, b.active() < b.told.Desired && !c.outage(b))
		c.must(b.over < 0 || c.now-b.over < patience, groupSize, "%s has had more than %d instances since %v: %+v", b.cfg.Name, b.told.Desired, b.over, b.told)
		c.must(b.under < 0 || c.now-b.under < patience, groupSize, "%s has had less than %d instances since %v: %+v", b.cfg.Name, b.told.Desired, b.under, b.told)
	}
}

// outage: a zone of the group is out, in which it cannot launch.
func (c *Checker) outage(b *groupbook) bool {
	for _, n := range b.cfg.Group.Template.Subnets {
		if c.zones[c.cfg.Subnets[n].Zone] > 0 {
			return true
		}
	}
	return false
}

// since keeps the instant from which on something has been so.
func since(at *time.Duration, now time.Duration, is bool) {
	switch {
	case !is:
		*at = -1
	case *at < 0:
		*at = now
	}
}

// mayEnd: the group has an instance that nothing protects.
func (c *Checker) mayEnd(provider int, b *groupbook) bool {
	if !b.cfg.TerminationProtection {
		return true
	}
	for i, h := range c.hosts {
		if i.Provider == provider && h.others() == 0 && !c.ending(h, b) {
			return true
		}
	}
	return false
}

// LaunchFailed has a reason that is there.
func (c *Checker) LaunchFailed(now time.Duration, f model.LaunchFailure) {
	c.hear(now)
	c.note("LAUNCH FAILED %+v", f)
	c.must(f.Until > now && f.Message != "", "a launch that fails is tried again", "%+v", f)
	c.groups[f.Provider].under = -1
	c.Seen["launch failed"]++
}
