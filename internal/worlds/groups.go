package worlds

import (
	"fmt"
	"time"

	"ecssim/model"
	"ecssim/model/catalog"
	"ecssim/model/fleet"
	"ecssim/model/image"
	"ecssim/model/network"
	"ecssim/model/scaling"
	"ecssim/sim"
)

// group draws a launch template with its types. Groups are small, so that their maximum binds.
func (g *generator) group(number, cluster int) *model.Group {
	name := fmt.Sprintf("group-%d", number)
	f := model.Fleet{
		Name: name, Subnets: g.someSubnets(), Cluster: cluster, SpotDraining: g.chance(50),
		Pull: image.Behaviour(g.IntN(4)), Attributes: map[string]string{"color": pick(g, "blue", "green")},
	}
	if g.on[fewPorts] && !g.calm {
		f.DynamicPorts = network.PortRange{First: 40000, Last: 40000 + g.between(2, 8)}
	}
	if g.on[images] {
		f.Speed = image.Speed{Network: 50e6, Unpack: 100e6}
	}
	if g.on[firewalls] && g.chance(50) {
		f.SecurityGroups = []int{tasksGroup}
	}
	spec := &model.Group{Max: g.between(1, 6), BootTime: g.bootTime()}
	if g.calm {
		spec.Max += 2
	}
	spec.Min = g.few(0, min(spec.Max, 2))
	spec.Desired = g.between(spec.Min, spec.Max)
	if g.on[breakdowns] && !g.calm {
		spec.TimeToFailure = g.about(float64(g.between(20, 120)) * 60)
	}
	types := 1
	if g.on[mixedGroups] {
		types = g.between(1, 3)
	}
	for k := range types {
		t := g.instanceType(k)
		t.Name, t.PricePerHour = fmt.Sprintf("%s.type-%d", name, k+1), pick(g, 0.05, 0.1, 0.2)
		spec.Types = append(spec.Types, t)
	}
	f.Type = spec.Types[0]
	spec.Template = f
	return spec
}

func (g *generator) bootTime() sim.Dist {
	if g.chance(10) {
		return nil
	}
	return g.about(float64(g.between(1, 180)))
}

// groupProvider draws an Auto Scaling group.
func (g *generator) groupProvider(p *model.CapacityProvider) {
	p.Kind = model.GroupProvider
	spec := p.Group
	spec.BalancedOnly = g.chance(20)
	for range g.few(0, 2) {
		spec.Termination = append(spec.Termination, fleet.TerminationPolicy(g.IntN(int(fleet.OldestInstance)+1)))
	}
	switch {
	case g.on[mixedGroups] && g.chance(80):
		spec.Distribution = fleet.Distribution{
			Mixed: true, OnDemandBase: g.IntN(3), OnDemandPercent: pick(g, 0.0, 25, 33.3, 100),
			OnDemand: fleet.OnDemandStrategy(g.IntN(2)), Spot: fleet.SpotStrategy(g.IntN(4)),
		}
		g.spotMarket(spec)
	case g.on[warmPools]:
		spec.WarmPool = &model.WarmPool{Size: fleet.Pool{Min: g.IntN(2), Prepared: g.between(-1, spec.Max)}, Running: g.chance(50)}
		if g.chance(80) {
			spec.WarmPool.StartTime = g.about(float64(g.between(1, 20)))
		}
	}
	p.Draining = g.chance(50)
	if g.on[managedScaling] {
		p.Managed = &scaling.ManagedConfig{
			TargetCapacity: pick(g, 100, 100, 100, 80, 50, 33.3), MinStep: g.few(1, 3), MaxStep: pick(g, 3, 5, 10_000),
			Warmup: time.Duration(pick(g, 0, 30, 120, 300)) * time.Second, IdleAtZero: g.chance(30),
		}
		p.TerminationProtection = g.chance(50)
		return
	}
	if g.calm {
		spec.Desired = max(spec.Desired, 1)
	}
}

// spotMarket draws what Spot is like for each of the types.
func (g *generator) spotMarket(spec *model.Group) {
	for range spec.Types {
		spec.SpotDiscount = append(spec.SpotDiscount, pick(g, -1, 0.5, 0.7))
		var d sim.Dist
		if g.on[interruptions] && !g.calm && g.chance(80) {
			d = g.about(float64(g.between(2, 60)) * 60)
		}
		spec.TimeToInterruption = append(spec.TimeToInterruption, d)
	}
}

// instancesOfECS draws ECS Managed Instances, with what the reader of scenarios fills in.
func (g *generator) instancesOfECS(p *model.CapacityProvider) {
	p.Kind, p.Draining, p.Fee = model.ManagedInstances, true, 0.12
	p.ScaleInAfter = time.Duration(pick(g, -1, 0, 60, 300)) * time.Second
	if p.ScaleInAfter < 0 {
		p.ScaleInAfter = -1
	}
	p.Group.Min, p.Group.Desired = 0, 0
	p.Group.Distribution = fleet.Distribution{Mixed: true, OnDemandPercent: 100, OnDemand: fleet.LowestPrice}
	if g.on[mixedGroups] && g.chance(50) {
		p.Group.Distribution = fleet.Distribution{Mixed: true}
	}
	g.spotMarket(p.Group)
}

// typeNumber is the index of an instance's type among those of its group.
func typeNumber(spec *model.Group, t *catalog.InstanceType) int {
	for k := range spec.Types {
		if spec.Types[k].Name == t.Name {
			return k
		}
	}
	return -1
}
