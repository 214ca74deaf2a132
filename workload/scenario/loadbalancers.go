package scenario

import (
	"fmt"
	"slices"
	"time"

	"ecssim/model/balance"
	"ecssim/workload/diag"
)

// mostTargets bounds a raised quota: no more tasks can be.
const mostTargets = mostTasks

// loadBalancerTables reads [load_balancers.NAME] with their target groups.
func (b *builder) loadBalancerTables(t *table) {
	b.named(t, "load_balancers", func(name string, l *table) {
		b.goodName(l, "a load balancer")
		lb := balance.LoadBalancer{Name: name}
		if word, _ := l.choice("type", []string{"application", "network"}, "application"); word == "network" {
			lb.Type = balance.Network
		}
		lb.Subnets = b.balancerSubnets(l)
		lb.SecurityGroups = b.securityGroupList(l)
		lb.Targets = int(l.whole("max_targets", 1, mostTargets, int64(balance.DefaultTargets(lb.Type))))
		index := len(b.config.LoadBalancers)
		b.config.LoadBalancers = append(b.config.LoadBalancers, lb)
		b.balancers = append(b.balancers, l)
		b.named(l, "target_groups", func(group string, g *table) {
			b.goodName(g, "a target group")
			b.addTargetGroup(name+"/"+group, index, g)
		})
		l.done()
	})
}

// balancerSubnets are one subnet a zone: those that are named, or the first of every zone.
func (b *builder) balancerSubnets(l *table) []int {
	inZone := map[string]int{}
	var list []int
	if l.get("subnets") == nil {
		for i, s := range b.config.Subnets {
			if _, ok := inZone[s.Zone]; !ok {
				inZone[s.Zone] = i
				list = append(list, i)
			}
		}
		return list
	}
	list = b.subnetList(l)
	for _, i := range list {
		s := b.config.Subnets[i]
		if other, ok := inZone[s.Zone]; ok {
			b.fail("E023", l.valueAt("subnets"), fmt.Sprintf("`%s` names two subnets of zone %s", l.p.join("subnets"), s.Zone), "",
				fmt.Sprintf("a load balancer has one subnet a zone: keep `%s` or `%s`", b.config.Subnets[other].Name, s.Name))
		}
		inZone[s.Zone] = i
	}
	return list
}

func (b *builder) addTargetGroup(name string, balancer int, t *table) {
	g := balance.TargetGroup{Name: name, LoadBalancer: balancer}
	if word, _ := t.choice("target_type", []string{"instance", "ip"}, "instance"); word == "ip" {
		g.Type = balance.IPTarget
	}
	g.DeregistrationDelay = t.duration("deregistration_delay", balance.DefaultDeregistrationDelay)
	t.atMost("deregistration_delay", g.DeregistrationDelay, 0, balance.MaxDeregistrationDelay)
	g.Health = b.healthCheck(t, b.config.LoadBalancers[balancer].Type)
	g.Targets = int(t.whole("max_targets", 1, mostTargets, balance.TargetsPerGroup))
	t.done()
	b.targetGroups[name] = len(b.config.TargetGroups)
	b.config.TargetGroups = append(b.config.TargetGroups, g)
}

// atMost reports a duration that was read and lies outside its bounds.
func (t *table) atMost(key string, d, low, high time.Duration) {
	if n := t.get(key); (d < low || d > high) && n != nil {
		t.r.outOfRange(n, t.p.join(key), diag.Duration(d), diag.Duration(low), diag.Duration(high))
	}
}

// healthCheck reads the health check of a group, in the bounds of its API.
func (b *builder) healthCheck(g *table, kind balance.Type) balance.HealthCheck {
	h := balance.DefaultHealthCheck(kind)
	t, ok := g.filled("health_check", `health_check = { interval = "10s", healthy_threshold = 3 }`)
	if !ok {
		return h
	}
	h.Interval = t.duration("interval", h.Interval)
	t.atMost("interval", h.Interval, balance.MinInterval, balance.MaxInterval)
	h.Timeout = t.duration("timeout", h.Timeout)
	t.atMost("timeout", h.Timeout, balance.MinTimeout, balance.MaxTimeout)
	h.Healthy = int(t.whole("healthy_threshold", balance.MinThreshold, balance.MaxThreshold, int64(h.Healthy)))
	h.Unhealthy = int(t.whole("unhealthy_threshold", balance.MinThreshold, balance.MaxThreshold, int64(h.Unhealthy)))
	h.FirstSuccess = t.boolean("first_success", h.FirstSuccess)
	t.done()
	at := t.valueAt("timeout")
	if t.get("timeout").byDefault {
		at = t.valueAt("interval")
	}
	if b.failed(at) || b.failed(t.valueAt("interval")) || len(h.Problems(kind)) == 0 {
		return h
	}
	b.fail("E032", at, fmt.Sprintf("`%s`: a time-out of %s is not shorter than the interval of %s", t.p, diag.Duration(h.Timeout), diag.Duration(h.Interval)),
		"", fmt.Sprintf(`without "timeout" it is %s; write for example: interval = "10s", timeout = "5s"`, diag.Duration(balance.DefaultHealthCheck(kind).Timeout)))
	return h
}

// balancerWarnings: W211, W212. What AWS would refuse, and what works in a simulation all the same.
func (b *builder) balancerWarnings() {
	for i, l := range b.balancers {
		lb := b.config.LoadBalancers[i]
		var zones []string
		for _, s := range lb.Subnets {
			subnet := b.config.Subnets[s]
			zones = append(zones, subnet.Zone)
			for _, problem := range balance.ProblemsInSubnet(lb.Type, subnet, subnet.Usable()) {
				b.warn("W211", l.valueAt("subnets"), fmt.Sprintf("load balancer `%s`: %s", lb.Name, problem))
			}
		}
		slices.Sort(zones)
		if zones = slices.Compact(zones); lb.Type == balance.Application && len(zones) < 2 {
			b.warn("W212", l.valueAt("subnets"), fmt.Sprintf("load balancer `%s` is in zone %s only: AWS wants an Application Load Balancer in two zones",
				lb.Name, zones[0]), "define a subnet of another zone in [vpc.subnets]")
		}
	}
}
