package scenario

import (
	"fmt"
	"math"
	"slices"
	"time"

	"ecssim/model"
	"ecssim/model/scaling"
	"ecssim/sim"
	"ecssim/workload/diag"
)

// scalingWarnings warns of what scaling will do by arithmetic alone.
func (b *builder) scalingWarnings(so *scaler, t *table, s *model.Service) {
	c := so.config
	if len(c.Policies) == 0 && len(c.Schedule) == 0 && c.Predictive == nil {
		b.warn("W224", t.n.key, fmt.Sprintf("`%s` is without effect: it has no policy and no scheduled action", t.p), "write for example: "+trackingExample)
	}
	b.outsideBounds(so, t, s)
	b.fight(so)
	for i := range c.Policies {
		b.idleSteps(so, i)
		b.shortCooldown(so, i)
	}
}

// outsideBounds: W230. Scaling leaves a desired count outside of its bounds alone until something happens (ECS rules,
// services 4.1).
func (b *builder) outsideBounds(so *scaler, t *table, s *model.Service) {
	n := so.table.n.child("desired_count")
	if n == nil || b.failed(n.at) {
		return
	}
	switch {
	case s.DesiredCount < so.config.Min:
		b.warn("W230", n.at, fmt.Sprintf("service `%s` begins with %s, below `min_capacity` of %d", so.name, counted(s.DesiredCount, "task"), so.config.Min),
			"as in ECS it stays so until an alarm wants to scale out, which first lifts it to the minimum")
	case s.DesiredCount > so.config.Max:
		b.warn("W230", n.at, fmt.Sprintf("service `%s` begins with %s, above `max_capacity` of %d", so.name, counted(s.DesiredCount, "task"), so.config.Max),
			"as in ECS it stays so until an alarm wants to scale in, which first lowers it to the maximum")
	}
}

// pull is in which direction a policy moves the service, and in which range of the metric it does.
type pull struct {
	low, high float64
	out       bool
}

// lowShare is where target tracking begins to scale in, as a share of the target (ECS rules, services 4.2).
const lowShare = 0.9

// pulls are the directions of a policy.
func pulls(p *scaling.Policy) []pull {
	if p.Step == nil {
		list := []pull{{p.Target, math.Inf(1), true}}
		if !p.DisableScaleIn {
			list = append(list, pull{math.Inf(-1), lowShare * p.Target, false})
		}
		return list
	}
	if p.Step.Adjustment == scaling.ExactCapacity {
		return nil
	}
	var list []pull
	for _, s := range p.Step.Steps {
		low, high := p.Step.Alarm.Threshold+s.Lower, p.Step.Alarm.Threshold+s.Upper
		if below(p.Step.Alarm.Comparison) {
			high = min(high, p.Step.Alarm.Threshold)
		} else {
			low = max(low, p.Step.Alarm.Threshold)
		}
		if s.Adjustment != 0 && low < high {
			list = append(list, pull{low, high, s.Adjustment > 0})
		}
	}
	return list
}

// below: the alarm is about values below its threshold.
func below(c scaling.Comparison) bool {
	return c == scaling.LessThanThreshold || c == scaling.LessThanOrEqualToThreshold
}

// fight: W231. For some value of the same metric one policy adds tasks and another takes them away.
func (b *builder) fight(so *scaler) {
	c := so.config
	for i := range c.Policies {
		for j := range c.Policies[:i] {
			one, other := &c.Policies[j], &c.Policies[i]
			if one.Metric != other.Metric || one.Step == nil && other.Step == nil { // target tracking takes the larger of several
				continue
			}
			if low, high, ok := opposed(pulls(one), pulls(other)); ok {
				b.add(diag.Diagnostic{
					Severity: diag.Warning, Code: "W231", At: so.places[i],
					Message: fmt.Sprintf("the policies %q and %q of service `%s` work against one another: %s one adds tasks and the other takes them away",
						one.Name, other.Name, so.name, rangeOf(one.Metric, low, high)),
					Help: []string{"leave room between the threshold that scales in and the one that scales out"},
				})
				return
			}
		}
	}
}

// opposed is a range in which two policies pull in different directions.
func opposed(one, other []pull) (low, high float64, ok bool) {
	for _, x := range one {
		for _, y := range other {
			low, high = max(x.low, y.low), min(x.high, y.high)
			if x.out != y.out && low < high {
				return low, high, true
			}
		}
	}
	return 0, 0, false
}

func rangeOf(m scaling.Metric, low, high float64) string {
	switch {
	case math.IsInf(low, -1):
		return fmt.Sprintf("with %s below %s", m, plain(high))
	case math.IsInf(high, 1):
		return fmt.Sprintf("with %s above %s", m, plain(low))
	}
	return fmt.Sprintf("with %s between %s and %s", m, plain(low), plain(high))
}

// idleSteps: W224. A step on the side of the threshold on which the alarm never is.
func (b *builder) idleSteps(so *scaler, i int) {
	p := &so.config.Policies[i]
	if p.Step == nil {
		return
	}
	for _, s := range p.Step.Steps {
		if s.Lower < 0 && s.Upper <= 0 == below(p.Step.Alarm.Comparison) {
			continue
		}
		side := "above"
		if below(p.Step.Alarm.Comparison) {
			side = "below"
		} else if s.Lower >= 0 {
			continue
		}
		b.warn("W224", so.places[i], fmt.Sprintf("a step of policy %q is without effect: it is not %s the threshold, and the alarm is %s", p.Name, side, p.Step.Alarm.Comparison),
			"`lower` and `upper` count from the threshold: 0 and up for GreaterThan…, 0 and down for LessThan…")
		return
	}
}

// shortCooldown: W232. A cooldown that is over before the tasks of the last action are there lets the next action see
// the old load, and add tasks again.
func (b *builder) shortCooldown(so *scaler, i int) {
	p := &so.config.Policies[i]
	cooldown, key := p.ScaleOutCooldown, "scale_out_cooldown"
	if p.Step != nil {
		cooldown, key = p.Step.Cooldown, "cooldown"
		if !slices.ContainsFunc(p.Step.Steps, func(s scaling.Step) bool { return s.Adjustment > 0 }) {
			return
		}
	}
	start := b.startTime(so.owner)
	if cooldown >= start {
		return
	}
	b.warn("W232", so.places[i], fmt.Sprintf("`%s` of policy %q is %s, and a task of service `%s` takes about %s to start", key, p.Name,
		diag.Duration(cooldown), so.name, diag.Duration(start)), "the policy acts again before it can see what its last action did, and adds too many tasks")
}

// startTime is about how long a task takes from PROVISIONING to RUNNING, and until it is healthy behind a load balancer:
// the means of the delays. Pulls of described images, and what a program needs, are not in it.
func (b *builder) startTime(o *owner) time.Duration {
	l := &b.config.Latency
	parts := []sim.Dist{l.Agent, l.ImagePull, l.ContainerStart}
	if o.placing.Launch == model.Fargate {
		parts = []sim.Dist{l.FargateProvision, l.FargateImagePull, l.ContainerStart}
	} else if o.placing.Task.Mode() == "awsvpc" {
		parts = append(parts, l.ENIAttach)
	}
	if len(o.targets) > 0 {
		parts = append(parts, l.TargetRegistration, l.FirstProbe)
	}
	var sum float64
	for _, d := range parts {
		if d != nil {
			sum += d.Mean()
		}
	}
	return time.Duration(math.Round(sum)) * time.Second
}
