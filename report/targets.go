package report

import (
	"cmp"
	"fmt"
	"time"

	"ecssim/model"
	"ecssim/model/balance"
)

// targetTally counts what is registered: with a target group, and with all groups of its load balancer.
type targetTally struct {
	groups, balancers []int64
}

func newTargetTally(cfg *model.Config) targetTally {
	return targetTally{make([]int64, len(cfg.TargetGroups)), make([]int64, len(cfg.LoadBalancers))}
}

// refusedTarget says that a target could not be registered. One in a zone where the load balancer is not is registered,
// and unused.
func refusedTarget(c *model.TargetChange) bool {
	return c.From == balance.Unused && c.To == balance.Unused && (c.Reason == balance.TooManyTargets || c.Reason == balance.AccessDenied)
}

// count takes in a target that came or went.
func (t *targetTally) count(cfg *model.Config, c *model.TargetChange) {
	delta := int64(0)
	switch {
	case c.From != balance.Unused && c.To == balance.Unused, c.From == c.To && c.Reason == balance.NotRegistered:
		delta = -1
	case c.From == balance.Unused:
		delta = 1
	}
	if c.Group < 0 || c.Group >= len(t.groups) {
		return
	}
	t.groups[c.Group] += delta
	if lb := cfg.TargetGroups[c.Group].LoadBalancer; lb >= 0 && lb < len(t.balancers) {
		t.balancers[lb] += delta
	}
}

// notRegistered notes a task that runs, or is about to, and is no target.
func (r *Recorder) notRegistered(now time.Duration, c *model.TargetChange, index int) {
	if now < r.cfg.Warmup {
		return
	}
	reason := targetLimit
	if c.Reason == balance.AccessDenied {
		reason = targetDenied
	}
	o := r.owners[index]
	o.fail(now, reason)
	if r.bottle == nil && limits(reason) && c.Task != nil {
		r.bottle = r.bottleneck(now, c.Task, reason)
		r.bottle.Scope, r.bottle.Sentence = r.targetGroup(c.Group), r.explainTargets(c)
	}
	if r.failures.count(now, index, reason) {
		r.failures.describe(index, reason, c.Number, r.explainTargets(c))
	}
}

// explainTargets: target group public/web has 1,000 of 1,000 targets; web/1001 is never registered.
func (r *Recorder) explainTargets(c *model.TargetChange) string {
	task := fmt.Sprintf("%s/%d is never registered", r.cfg.Services[c.Owner.Index].Name, c.Number)
	name := r.targetGroup(c.Group)
	if c.Reason == balance.AccessDenied {
		return fmt.Sprintf("ECS may not register targets with target group %s; %s", name, task)
	}
	if name == "" {
		return "a target group is full; " + task
	}
	g := &r.cfg.TargetGroups[c.Group]
	most := int64(cmp.Or(g.Targets, balance.TargetsPerGroup))
	if n := r.targets.groups[c.Group]; n >= most || g.LoadBalancer >= len(r.cfg.LoadBalancers) {
		return fmt.Sprintf("target group %s has %s of %s targets; %s", name, thousands(n), thousands(most), task)
	}
	lb := &r.cfg.LoadBalancers[g.LoadBalancer]
	most = int64(cmp.Or(lb.Targets, balance.DefaultTargets(lb.Type)))
	if n := r.targets.balancers[g.LoadBalancer]; n >= most {
		return fmt.Sprintf("load balancer %s has %s of %s targets in all its groups; %s", lb.Name, thousands(n), thousands(most), task)
	}
	zone := "a zone" // what is left is the quota of a Network Load Balancer
	if c.Task != nil {
		zone = "zone " + c.Task.Zone(r.cfg)
	}
	return fmt.Sprintf("load balancer %s has %d targets in %s, as many as it may; %s", lb.Name, balance.NetworkTargetsPerZone, zone, task)
}
