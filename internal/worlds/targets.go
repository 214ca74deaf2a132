package worlds

import (
	"slices"
	"time"

	"ecssim/model"
	"ecssim/model/balance"
)

// registered names a registration.
type registered struct {
	group  int
	owner  *model.Owner
	number int64
}

// targetbook is what the checker knows of targets.
type targetbook struct {
	state map[registered]balance.State
	// inGroup and behind count those of each group and of each load balancer, draining ones included.
	inGroup, behind         []int
	groupLimit, behindLimit []int
}

func (c *Checker) openTargets() {
	b := &c.targets
	b.state = map[registered]balance.State{}
	for _, g := range c.cfg.TargetGroups {
		b.inGroup, b.groupLimit = append(b.inGroup, 0), append(b.groupLimit, g.Targets)
	}
	for _, lb := range c.cfg.LoadBalancers {
		b.behind, b.behindLimit = append(b.behind, 0), append(b.behindLimit, lb.Targets)
	}
}

// becomes lists what may follow a state of a target. A draining one is removed.
var becomes = [balance.NumStates][]balance.State{
	balance.Initial:   {balance.Healthy, balance.Unhealthy, balance.Draining},
	balance.Healthy:   {balance.Unhealthy, balance.Draining},
	balance.Unhealthy: {balance.Healthy, balance.Draining},
}

const targetStates = "a target goes from state to state as load balancers let it"

// TargetChanged is a step of a target.
func (c *Checker) TargetChanged(now time.Duration, t model.TargetChange) {
	c.hear(now)
	c.note("target %s/%d in group %d: %s to %s %s", t.Owner.Name, t.Number, t.Group, t.From, t.To, t.Reason)
	c.Seen["target "+t.To.String()+" "+string(t.Reason)]++
	if t.Task != nil {
		k := c.card(now, t.Task)
		c.must(k.task.Number == t.Number && k.owner == t.Owner, targetStates, "%+v is of another task", t)
		c.must(k.leaving == (t.To == balance.Draining), targetStates, "%s is %s, and its target is %s", k.name, k.status, t.To)
	}
	b, key := &c.targets, registered{t.Group, t.Owner, t.Number}
	state, known := b.state[key]
	switch {
	case !known && t.To == balance.Unused && t.Reason != balance.NotInUse:
		c.must(t.From == balance.Unused && (t.Reason != balance.TooManyTargets || c.full(t.Group)), "a target that finds no room found none",
			"%s/%d in group %d", t.Owner.Name, t.Number, t.Group)
	case !known:
		c.must(t.From == balance.Unused && (t.To == balance.Initial || t.To == balance.Unused) && t.Task != nil, targetStates,
			"%s/%d begins as %s, coming from %s", t.Owner.Name, t.Number, t.To, t.From)
		c.must(!c.full(t.Group), "target groups and load balancers keep their limits", "%s/%d is one too many in group %d", t.Owner.Name, t.Number, t.Group)
		b.state[key] = t.To
		b.count(c.cfg, t.Group, 1)
	case state != t.From:
		c.fail(targetStates, "%s/%d was %s and comes from %s", t.Owner.Name, t.Number, state, t.From)
	case t.To == balance.Unused:
		c.must(t.Reason == balance.NotRegistered && t.Task == nil, targetStates, "%s/%d goes: %+v", t.Owner.Name, t.Number, t)
		delete(b.state, key)
		b.count(c.cfg, t.Group, -1)
	default:
		c.must(slices.Contains(becomes[t.From], t.To), targetStates, "%s/%d goes from %s to %s", t.Owner.Name, t.Number, t.From, t.To)
		b.state[key] = t.To
	}
}

// count adds a target to its group and its load balancer, or takes it out.
func (b *targetbook) count(cfg *model.Config, group, delta int) {
	b.inGroup[group] += delta
	b.behind[cfg.TargetGroups[group].LoadBalancer] += delta
}

// full: the group or its load balancer takes no more targets.
func (c *Checker) full(group int) bool {
	b, lb := &c.targets, c.cfg.TargetGroups[group].LoadBalancer
	return b.groupLimit[group] > 0 && b.inGroup[group] >= b.groupLimit[group] ||
		b.behindLimit[lb] > 0 && b.behind[lb] >= b.behindLimit[lb]
}

// checkTargetsHealthy: a task is HEALTHY only if all of its targets are.
func (c *Checker) checkTargetsHealthy(k *card) {
	if k.service == nil {
		return
	}
	for _, t := range k.service.cfg.Targets {
		state, known := c.targets.state[registered{t.Group, k.owner, k.task.Number}]
		c.must(known && state == balance.Healthy, "a task is HEALTHY only if all of its targets are", "%s is, in group %d: %v", k.name, t.Group, state)
	}
}
