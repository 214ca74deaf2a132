package worlds

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"ecssim/model"
	"ecssim/model/scaling"
	"ecssim/model/service"
	"ecssim/model/taskdef"
)

// elastic draws what makes capacity follow load, on top of a world that is there.
func (g *generator) elastic() {
	g.Rand = rand.New(rand.NewPCG(g.seed, 0x656c6173746963))
	for f := loads; f < numFeatures; f++ {
		g.on[f] = g.IntN(2) == 0
	}
	if !g.calm && g.IntN(longOnes) == 0 {
		g.longer()
	}
	g.reactions()
	g.providers()
	g.strategies()
	for n := range g.cfg.Services {
		s := &g.cfg.Services[n]
		if g.on[loads] && g.chance(80) {
			g.demand(s)
		}
		if g.on[autoscaled] && s.Scheduling == service.Replica && g.chance(80) {
			g.scaled(s)
		}
	}
	if g.on[fewWaiters] && !g.calm {
		g.cfg.Quotas.ProvisioningTasks = g.between(1, 6)
	}
	if g.on[shortages] {
		g.capacityFaults()
	}
}

// strategies gives services and jobs capacity providers.
func (g *generator) strategies() {
	for n := range g.cfg.Services {
		s := &g.cfg.Services[n]
		if s.Scheduling == service.Replica && g.chance(70) {
			g.strategise(s)
		}
	}
	for n := range g.cfg.Jobs {
		if j := &g.cfg.Jobs[n]; len(j.StartOn) == 0 && g.chance(70) {
			g.spread(&j.Placing, g.strategyFor(&j.Placing))
		}
	}
}

// longOnes: one world of so many lasts for days.
const longOnes = 40

// longer goes on for days, in which forecasts are made; or for weeks, in which managed instances become old.
func (g *generator) longer() {
	g.end = time.Duration(g.between(25, 60)) * time.Hour
	if g.chance(20) {
		g.end = 15 * 24 * time.Hour
	}
	g.cfg.Duration, g.cfg.EventLimit = g.end, 50*eventLimit
}

// reactions are the delays between a load and what comes of it.
func (g *generator) reactions() {
	if !g.on[slowReactions] {
		return
	}
	l := &g.cfg.Latency
	l.MetricDelay, l.HighResolutionDelay, l.ManagedMetricDelay = g.about(75), g.about(20), g.about(float64(g.between(1, 60)))
	l.AlarmDelay, l.ScalingAction = g.about(10), g.about(5)
	l.GroupReaction, l.Termination = g.about(8), g.about(float64(g.between(1, 60)))
}

// providers draws the capacity providers of a world: those of its clusters that have EC2 tasks, and FARGATE and
// FARGATE_SPOT.
func (g *generator) providers() {
	if g.on[fargateStrategy] && (g.on[onFargate] || g.on[onSpot]) {
		spot := model.CapacityProvider{Name: "FARGATE_SPOT", Kind: model.FargateSpotProvider}
		if g.on[interruptions] && !g.calm {
			spot.Reclaim = &model.Reclaim{TimeTo: g.about(float64(g.between(2, 60)) * 60), Notice: 2 * time.Minute}
		}
		g.cfg.CapacityProviders = append(g.cfg.CapacityProviders, model.CapacityProvider{Name: "FARGATE", Kind: model.FargateProvider}, spot)
	}
	if !g.on[onEC2] {
		return
	}
	number := 0
	for c := range g.cfg.Clusters {
		for range g.few(1, 3) {
			if !g.on[groups] && !g.on[managedInstances] {
				continue
			}
			number++
			p := model.CapacityProvider{Name: fmt.Sprintf("group-%d", number), Group: g.group(number, c)}
			if g.on[managedInstances] && (!g.on[groups] || g.chance(40)) {
				g.instancesOfECS(&p)
			} else {
				g.groupProvider(&p)
			}
			g.cfg.CapacityProviders = append(g.cfg.CapacityProviders, p)
		}
	}
}

// strategise gives a service a capacity provider strategy, which its updates keep.
func (g *generator) strategise(s *model.Service) {
	shares := g.strategyFor(&s.Placing)
	g.spread(&s.Placing, shares)
	for n := range s.Rollouts {
		if p := s.Rollouts[n].Placing; p != nil {
			g.spread(p, shares)
		}
	}
}

// strategyFor draws a strategy of the providers on which such tasks may run; nil if there are none.
func (g *generator) strategyFor(p *model.Placing) (shares []model.ProviderShare) {
	for _, n := range g.Perm(len(g.cfg.CapacityProviders)) {
		if runsOn(p, &g.cfg.CapacityProviders[n]) && (len(shares) == 0 || g.chance(60)) {
			shares = append(shares, model.ProviderShare{Provider: n, Share: scaling.Share{Weight: g.IntN(5)}})
		}
	}
	if len(shares) == 0 {
		return nil
	}
	if k := g.IntN(len(shares)); shares[k].Weight == 0 || g.chance(50) {
		shares[k].Weight = g.between(1, 4)
	}
	if g.chance(40) {
		shares[g.IntN(len(shares))].Base = g.between(1, 4)
	}
	if !slices.ContainsFunc(shares, func(s model.ProviderShare) bool { return s.Weight > 0 }) {
		shares[0].Weight = 1
	}
	return shares
}

// runsOn reports whether such tasks may run on a capacity provider; managed instances know awsvpc and host alone.
func runsOn(p *model.Placing, c *model.CapacityProvider) bool {
	switch c.Kind {
	case model.FargateProvider, model.FargateSpotProvider:
		return p.Launch == model.Fargate
	case model.ManagedInstances:
		if p.Task.Mode() != taskdef.Awsvpc && p.Task.Mode() != taskdef.Host {
			return false
		}
	case model.GroupProvider:
	}
	return p.Launch == model.EC2 && c.Group.Template.Cluster == p.Cluster
}

// spread puts a strategy into a Placing, as the reader of scenarios does.
func (g *generator) spread(p *model.Placing, shares []model.ProviderShare) {
	if shares == nil {
		return
	}
	p.Providers = shares
	kind := g.cfg.CapacityProviders[shares[0].Provider].Kind
	p.Launch, p.Spot = model.EC2, kind == model.FargateSpotProvider
	if kind == model.FargateProvider || kind == model.FargateSpotProvider {
		p.Launch = model.Fargate
	}
}

// capacityFaults draws faults of groups, and times in which EC2 has nothing to launch.
func (g *generator) capacityFaults() {
	kinds := []model.FaultKind{
		model.InsufficientCapacity, model.InsufficientCapacity, model.InsufficientCapacity, model.InstanceLoss, model.SpotInterruption,
		model.InstanceDraining, model.HostRetirement, model.AgentDisconnect,
	}
	for n := range g.few(1, 6) {
		f := model.Fault{Name: fmt.Sprintf("shortage-%d", n+1), Kind: pick(g, kinds...), Image: -1, Registry: -1, SecurityGroup: -1}
		g.span(&f)
		if f.Kind == model.InsufficientCapacity {
			g.shortage(&f)
		} else if !g.ofGroup(&f) {
			continue
		}
		g.cfg.Faults = append(g.cfg.Faults, f)
	}
	slices.SortStableFunc(g.cfg.Faults, func(x, y model.Fault) int { return cmp.Compare(x.At, y.At) })
}

// shortage draws what is not to be had.
func (g *generator) shortage(f *model.Fault) {
	f.Market = model.Market(g.IntN(3))
	if g.chance(40) {
		f.Zone = g.cfg.Subnets[g.IntN(len(g.cfg.Subnets))].Zone
	}
	if n := len(g.cfg.CapacityProviders); n > 0 && g.chance(50) {
		f.Provider = g.between(1, n)
		if p := g.cfg.CapacityProviders[f.Provider-1].Group; p != nil && g.chance(30) {
			f.Type = p.Types[g.IntN(len(p.Types))].Name
		}
	}
}

// ofGroup aims a fault at instances of a group, and reports whether there is one.
func (g *generator) ofGroup(f *model.Fault) bool {
	var names []string
	for n := range g.cfg.CapacityProviders {
		if p := &g.cfg.CapacityProviders[n]; p.Group != nil {
			names = append(names, p.Name)
		}
	}
	if len(names) == 0 {
		return false
	}
	f.Fleet = pick(g, names...)
	if g.chance(30) {
		f.Instance, f.Fleet = fmt.Sprintf("%s/%d", f.Fleet, g.between(1, 6)), ""
	}
	if f.Kind == model.HostRetirement || f.Kind == model.SpotInterruption {
		f.Notice = time.Duration(pick(g, 0, 30, 120)) * time.Second
		if g.calm {
			f.For = max(f.For, f.Notice+time.Minute)
		}
	}
	g.share(f)
	return true
}
