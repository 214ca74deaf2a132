package model_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ecssim/model"
	"ecssim/model/catalog"
	"ecssim/model/fleet"
	"ecssim/model/network"
	"ecssim/model/placement"
	"ecssim/model/scaling"
	"ecssim/sim"
)

// subnetsIn spreads the subnets of a world over zones, one a zone.
func subnetsIn(cfg *model.Config, zones ...string) []int {
	cfg.Subnets = nil
	var all []int
	for n, z := range zones {
		cfg.Subnets = append(cfg.Subnets, network.Subnet{Name: z, Zone: z, Prefix: 16})
		all = append(all, n)
	}
	return all
}

// places counts the instances of a group that are in service, by zone and by market.
type places struct {
	scaled
	zone   map[string]int
	spot   int
	types  map[string]int
	codes  map[model.StopCode]int
	starts map[int64]int // tasks that ran, by provider
}

func newPlaces() *places {
	return &places{zone: map[string]int{}, types: map[string]int{}, codes: map[model.StopCode]int{}, starts: map[int64]int{}}
}

func (p *places) InstanceJoined(now time.Duration, i *fleet.Instance) {
	p.scaled.InstanceJoined(now, i)
	p.zone[i.Zone]++
	p.types[i.Type.Name]++
	if i.Spot {
		p.spot++
	}
}

func (p *places) InstanceLost(now time.Duration, i *fleet.Instance) {
	p.scaled.InstanceLost(now, i)
	if i.Registered != model.Never {
		p.zone[i.Zone]--
		p.types[i.Type.Name]--
	}
}

func (p *places) TaskStopped(now time.Duration, t *model.Task) {
	p.scaled.TaskStopped(now, t)
	p.codes[t.StopCode]++
}

func (p *places) TaskRunning(now time.Duration, t *model.Task) {
	p.scaled.TaskRunning(now, t)
	p.starts[int64(t.Provider)]++
}

// grouped is a service of so many half-instance tasks on a group that has room for them.
func grouped(t *testing.T, tasks, instances int) *model.Config {
	cfg := behindALB(t, tasks)
	timed(t, cfg)
	cfg.Services[0].Targets, cfg.LoadBalancers, cfg.TargetGroups = nil, nil, nil
	onGroup(t, cfg, instances, 50)
	cfg.Duration = 4 * hour
	return cfg
}

// ECS rules, services 3.6: launches go to the zone with the fewest instances.
func TestAGroupBalancesItsZones(t *testing.T) {
	cfg := grouped(t, 14, 7)
	cfg.CapacityProviders[0].Group.Template.Subnets = subnetsIn(cfg, "a", "b", "c")
	cfg.Services[0].Subnets = []int{0, 1, 2}
	p := newPlaces()
	run(t, cfg, 1, p)
	require.Equal(t, map[string]int{"a": 3, "b": 2, "c": 2}, p.zone)
}

// ECS rules, services 3.6: a zone that is lost is made up for in the others, and when it is back the group evens them out:
// it launches there before it ends an instance elsewhere.
func TestAGroupReplacesALostZoneAndRebalances(t *testing.T) {
	cfg := grouped(t, 6, 6)
	cfg.CapacityProviders[0].Managed = nil // nobody but the group itself decides
	cfg.CapacityProviders[0].Group.Template.Subnets = subnetsIn(cfg, "a", "b", "c")
	cfg.Services[0].Subnets = []int{0, 1, 2}
	cfg.Faults = []model.Fault{{Name: "c-down", Kind: model.ZoneOutage, Zone: "c", At: hour, For: hour, Image: -1, Registry: -1, SecurityGroup: -1}}
	p := newPlaces()
	least := 6
	w := model.NewWorld(cfg, 1, p)
	w.CheckAfterEvent(func() {
		model.CheckConservation(w)
		if now := w.Now(); now == hour+s(1800) {
			require.Equal(t, map[string]int{"a": 3, "b": 3, "c": 0}, p.zone)
		} else if now > 2*hour {
			least = min(least, p.zone["a"]+p.zone["b"]+p.zone["c"])
		}
	})
	w.Run(t.Context())
	require.Equal(t, map[string]int{"a": 2, "b": 2, "c": 2}, p.zone)
	require.GreaterOrEqual(t, least, 6, "launch before terminate")
}

// ECS rules, services 3.6 and 10, question 14: EC2 has no capacity in a zone: the group launches in another one; with
// balanced-only it keeps trying there, later and later.
func TestLaunchesThatFail(t *testing.T) {
	for name, only := range map[string]bool{"best effort": false, "balanced-only": true} {
		t.Run(name, func(t *testing.T) {
			cfg := grouped(t, 4, 2)
			cfg.CapacityProviders[0].Group.Template.Subnets = subnetsIn(cfg, "a", "b")
			cfg.CapacityProviders[0].Group.BalancedOnly = only
			cfg.Services[0].Subnets = []int{0, 1}
			cfg.Faults = []model.Fault{{
				Name: "dry", Kind: model.InsufficientCapacity, Zone: "a", At: s(60), For: hour, Image: -1, Registry: -1, SecurityGroup: -1,
			}}
			scale(cfg, s(600), 8)
			p := newPlaces()
			run(t, cfg, 1, p)
			require.NotEmpty(t, p.failures)
			require.Equal(t, "a", p.failures[0].Zone)
			require.Contains(t, p.failures[0].Message, "InsufficientInstanceCapacity")
			joined := since(p.joined, s(60))
			if only {
				require.Less(t, joined[0], hour, "b's turn comes")
				require.Greater(t, joined[1], hour, "a's only when the capacity is back")
				require.Equal(t, p.failures[0].Until-p.failures[0].Until%time.Second, p.failures[0].Until)
			} else {
				require.Less(t, joined[1], hour)
			}
		})
	}
}

// ECS rules, services and 3.5: with managed draining an interrupted instance is DRAINING a second after the notice, and
// its tasks start elsewhere; without it they die two minutes after the notice.
func TestR1_8SpotInterruption(t *testing.T) {
	for name, draining := range map[string]bool{"managed draining": true, "none": false} {
		t.Run(name, func(t *testing.T) {
			cfg := grouped(t, 4, 4)
			g := cfg.CapacityProviders[0].Group
			cfg.CapacityProviders[0].Draining = draining
			g.Distribution = fleet.Distribution{Mixed: true, OnDemandBase: 3, OnDemandPercent: 0}
			g.SpotDiscount = []float64{0.6}
			g.TimeToInterruption = []sim.Dist{seconds(t, 3600)}
			cfg.Services[0].Strategy = placement.ServiceDefault() // one task on each
			p := newPlaces()
			run(t, cfg, 1, p)
			require.Equal(t, hour+s(120), p.lost[0], "two minutes after the notice")
			if draining {
				require.Zero(t, p.codes[model.SpotInterrupted])
				require.Equal(t, hour+s(1+16), since(p.running, hour)[0], "its task starts elsewhere a second after the notice")
			} else {
				require.Positive(t, p.codes[model.SpotInterrupted])
				require.Greater(t, since(p.running, hour)[0], hour+s(120))
			}
			require.Greater(t, p.joined[4], hour+s(120), "the group replaces it")
		})
	}
}

// ECS rules, services 3.6: On-Demand base, then the percentage above it; the price of Spot is the list price less the
// discount.
func TestMixedInstances(t *testing.T) {
	cfg := grouped(t, 20, 10)
	g := cfg.CapacityProviders[0].Group
	cheap := pairs()
	cheap.Name, cheap.PricePerHour = "cheap", 0.05
	g.Types = []catalog.InstanceType{pairs(), cheap}
	g.SpotDiscount = []float64{0.6, 0.6}
	g.Distribution = fleet.Distribution{Mixed: true, OnDemandBase: 2, OnDemandPercent: 25, OnDemand: fleet.LowestPrice, Spot: fleet.SpotLowestPrice}
	p := newPlaces()
	run(t, cfg, 1, p)
	require.Equal(t, 6, p.spot, "2 and a quarter of 8 are On-Demand")
	require.Equal(t, 10, p.types["cheap"])
}

// ECS rules, services 3.6: an instance of a warm pool starts faster than a new one boots, and the pool fills up again.
func TestWarmPool(t *testing.T) {
	cfg := grouped(t, 4, 2)
	g := cfg.CapacityProviders[0].Group
	g.Max = 6
	g.WarmPool = &model.WarmPool{Size: fleet.Pool{Min: 1, Prepared: 4}, StartTime: seconds(t, 20)}
	scale(cfg, s(600), 8)
	p := newPlaces()
	run(t, cfg, 1, p)
	first := 0
	for k, at := range p.groupAt {
		if at == 0 {
			first = k
		}
	}
	require.Equal(t, 2, p.groups[first].Pooled, "four prepared, two in service")
	require.Equal(t, []time.Duration{s(750), s(750)}, since(p.joined, s(1)), "launched at 730 s, started in 20 s")
	require.Equal(t, 1, p.groups[len(p.groups)-1].Pooled, "its least size")
}

// ECS rules, services 3.1: the strategy's base and weight, on Fargate.
func TestFargateSharesOfAStrategy(t *testing.T) {
	cfg := behindALB(t, 10)
	cfg.CapacityProviders = []model.CapacityProvider{
		{Name: "FARGATE", Kind: model.FargateProvider}, {Name: "FARGATE_SPOT", Kind: model.FargateSpotProvider},
	}
	cfg.Services[0].Providers = []model.ProviderShare{
		{Provider: 0, Share: scaling.Share{Base: 2, Weight: 1}}, {Provider: 1, Share: scaling.Share{Weight: 3}},
	}
	p := newPlaces()
	run(t, cfg, 1, p)
	require.Equal(t, map[int64]int{0: 4, 1: 6}, p.starts, "2 + 2 On-Demand, 6 Spot")
}

// ECS rules, services: Fargate Spot takes a task back: TerminationNotice, and the service starts another.
func TestFargateSpotTakesTasksBack(t *testing.T) {
	cfg := behindALB(t, 2)
	cfg.CapacityProviders = []model.CapacityProvider{{
		Name: "FARGATE_SPOT", Kind: model.FargateSpotProvider, Reclaim: &model.Reclaim{TimeTo: seconds(t, 1200), Notice: s(120)},
	}}
	cfg.Services[0].Providers = []model.ProviderShare{{Share: scaling.Share{Weight: 1}}}
	cfg.Services[0].Spot = true
	p := newPlaces()
	run(t, cfg, 1, p)
	require.Equal(t, 4, p.codes[model.TerminationNotice], "two tasks, twice in the hour")
	require.Len(t, p.running, 6)
}

// ECS rules, services 3.8: managed instances come without an alarm, and go when they have been idle for a time.
func TestManagedInstancesComeAndGo(t *testing.T) {
	cfg := grouped(t, 4, 0)
	c := &cfg.CapacityProviders[0]
	c.Kind, c.Managed, c.ScaleInAfter, c.Group.BootTime = model.ManagedInstances, nil, s(300), seconds(t, 22)
	c.TerminationProtection = false
	scale(cfg, hour, 0)
	p := newPlaces()
	run(t, cfg, 1, p)
	require.Equal(t, []time.Duration{s(27), s(27)}, p.joined, "5 s until the launch, 22 s of boot")
	require.Equal(t, s(27+16), p.running[0])
	require.Len(t, p.lost, 2)
	require.Equal(t, hour+s(30+300), p.lost[0].Truncate(time.Second), "stopped by 30 s, idle for five minutes")
}

// ECS rules, services 3.8: managed instances take tasks of their capacity provider alone.
func TestALaunchTypeFindsNoPlaceOnManagedInstances(t *testing.T) {
	cfg := grouped(t, 2, 0)
	c := &cfg.CapacityProviders[0]
	c.Kind, c.Managed, c.ScaleInAfter, c.TerminationProtection = model.ManagedInstances, nil, -1, false
	other := cfg.Services[0]
	other.Name, other.Providers, other.DesiredCount = "other", nil, 1
	other.Group = "service:other"
	cfg.Services = append(cfg.Services, other)
	p := newPlaces()
	run(t, cfg, 1, p)
	require.Equal(t, map[int64]int{0: 2}, p.starts)
	require.Contains(t, p.refused, placement.OtherProvider)
}

// A shortage of instances says nothing of Fargate, unless it names FARGATE.
func TestAShortageOfInstancesIsNoneOfFargate(t *testing.T) {
	for provider, running := range map[int]int{0: 2, 1: 0} {
		cfg := behindALB(t, 2)
		cfg.CapacityProviders = []model.CapacityProvider{{Name: "FARGATE", Kind: model.FargateProvider}}
		cfg.Services[0].Providers = []model.ProviderShare{{Share: scaling.Share{Weight: 1}}}
		cfg.Faults = []model.Fault{{Name: "dry", Kind: model.InsufficientCapacity, Provider: provider, Image: -1, Registry: -1, SecurityGroup: -1}}
		p := newPlaces()
		run(t, cfg, 1, p)
		require.Equal(t, running, p.starts[0])
	}
}
