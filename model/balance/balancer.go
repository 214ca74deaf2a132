package balance

import (
	"slices"

	"ecssim/model/network"
)

// Balancer is a load balancer during a run, with its groups.
type Balancer struct {
	config  LoadBalancer
	zones   []string
	groups  []*Group
	targets int            // registered in all groups
	inZone  map[string]int // the same by zone; only looked up, never walked through
}

// NewBalancer returns a load balancer with groups to which nobody has registered. Zones are those in which it has
// nodes; none at all stands for a scenario that does not say, and enables every zone. Values of 0 become defaults.
func NewBalancer(lb LoadBalancer, zones []string, groups []*TargetGroup) *Balancer {
	if lb.Targets == 0 {
		lb.Targets = DefaultTargets(lb.Type)
	}
	b := &Balancer{config: lb, zones: zones, inZone: map[string]int{}}
	for _, config := range groups {
		g := &Group{balancer: b, config: *config}
		if g.config.Targets == 0 {
			g.config.Targets = TargetsPerGroup
		}
		if g.config.Health == (HealthCheck{}) {
			g.config.Health = DefaultHealthCheck(lb.Type)
		}
		b.groups = append(b.groups, g)
	}
	return b
}

// Zones lists the zones of a load balancer's subnets, each once, in the order of the subnets.
func Zones(lb LoadBalancer, subnets []network.Subnet) []string {
	var zones []string
	for _, k := range lb.Subnets {
		if zone := subnets[k].Zone; !slices.Contains(zones, zone) {
			zones = append(zones, zone)
		}
	}
	return zones
}

// Config is what the load balancer was made of, with the defaults put in.
func (b *Balancer) Config() LoadBalancer { return b.config }

// Groups are the target groups in the order in which they were given.
func (b *Balancer) Groups() []*Group { return b.groups }

// Registered counts the targets of all groups; a task that registered in two of them counts twice.
func (b *Balancer) Registered() int { return b.targets }

// Enabled reports whether the load balancer sends to targets in a zone.
func (b *Balancer) Enabled(zone string) bool {
	return len(b.zones) == 0 || slices.Contains(b.zones, zone)
}

// hasRoom reports whether one more target may register in a zone. The quota of a Network Load Balancer's zone only
// binds while its quota of targets has not been raised: accounts have both raised together.
func (b *Balancer) hasRoom(zone string) bool {
	if b.targets >= b.config.Targets {
		return false
	}
	return b.config.Type != Network || b.config.Targets > NetworkTargets || b.inZone[zone] < NetworkTargetsPerZone
}

func (b *Balancer) take(zone string, n int) {
	b.targets += n
	b.inZone[zone] += n
}

// NewBalancers returns all load balancers of a scenario, and all groups in the order of the scenario's groups, which
// name their load balancer by its index.
func NewBalancers(lbs []LoadBalancer, configs []TargetGroup, subnets []network.Subnet) ([]*Balancer, []*Group) {
	balancers, groups := make([]*Balancer, len(lbs)), make([]*Group, len(configs))
	for k, lb := range lbs {
		var own []*TargetGroup
		var indexes []int
		for n := range configs {
			if configs[n].LoadBalancer == k {
				own, indexes = append(own, &configs[n]), append(indexes, n)
			}
		}
		balancers[k] = NewBalancer(lb, Zones(lb, subnets), own)
		for n, index := range indexes {
			groups[index] = balancers[k].groups[n]
		}
	}
	return balancers, groups
}
