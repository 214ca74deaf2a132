package scenario

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ecssim/model"
	"ecssim/model/fleet"
	"ecssim/model/image"
	"ecssim/model/network"
	"ecssim/model/placement"
	"ecssim/model/scaling"
	"ecssim/workload/diag"
)

func good(t *testing.T, name string) *model.Config {
	t.Helper()
	s, ds := Load([]string{"testdata/good/" + name}, Options{})
	require.False(t, diag.HasErrors(ds), rendered(t, s, ds))
	return s.Config
}

func TestCapacityProvidersAreRead(t *testing.T) {
	c := good(t, "capacity.toml")
	byName := map[string]model.CapacityProvider{}
	var names []string
	for _, p := range c.CapacityProviders {
		byName[p.Name], names = p, append(names, p.Name)
	}
	require.Equal(t, []string{"FARGATE", "FARGATE_SPOT", "managed", "od", "rare", "spot", "whatever"}, names, "in the order of their names")
	require.Equal(t, 100, c.Quotas.ProvisioningTasks)

	od := byName["od"]
	require.Equal(t, model.GroupProvider, od.Kind)
	require.Equal(t, &scaling.ManagedConfig{TargetCapacity: 90, MinStep: 2, MaxStep: 4, Warmup: 2 * time.Minute, IdleAtZero: true}, od.Managed)
	require.True(t, od.TerminationProtection)
	require.False(t, od.Draining)
	g := od.Group
	require.Equal(t, []int{2, 12, 3}, []int{g.Min, g.Max, g.Desired})
	require.Equal(t, "lognormal(median 95, sigma 0.388533)", g.BootTime.String())
	require.InDelta(t, 30*24*3600, g.TimeToFailure.Mean(), 1)
	require.Equal(t, []fleet.TerminationPolicy{fleet.OldestInstance, fleet.DefaultTermination}, g.Termination)
	require.Equal(t, fleet.Pool{Min: 1, Prepared: 6}, g.WarmPool.Size)
	require.True(t, g.WarmPool.Running)
	require.True(t, g.BalancedOnly)
	require.Equal(t, fleet.Distribution{}, g.Distribution)
	require.Empty(t, g.SpotDiscount)
	require.Equal(t, model.Fleet{
		Name: "od", Type: g.Types[0], Cluster: 1, Subnets: []int{0, 1}, Attributes: map[string]string{"stack": "prod"}, ReservedMemory: 256,
		DynamicPorts: network.PortRange{First: 40000, Last: 40999}, Pull: image.PreferCached, SpotDraining: true,
		Speed: image.Speed{Network: 100e6, Unpack: image.UnpackRate},
	}, g.Template, "as a fleet of that kind")

	spot := byName["spot"]
	require.Nil(t, spot.Managed)
	require.Equal(t, fleet.Distribution{
		Mixed: true, OnDemandBase: 1, OnDemandPercent: 25, OnDemand: fleet.LowestPrice, Spot: fleet.CapacityOptimized,
	}, spot.Group.Distribution)
	require.Equal(t, []float64{0.6, 0.6}, spot.Group.SpotDiscount)
	require.InDelta(t, month.Seconds()/0.5, spot.Group.TimeToInterruption[1].Mean(), 1)
	require.InDelta(t, 7200, byName["rare"].Group.TimeToInterruption[0].Mean(), 1)

	require.Equal(t, &model.Reclaim{TimeTo: byName["FARGATE_SPOT"].Reclaim.TimeTo, Notice: 90 * time.Second}, byName["FARGATE_SPOT"].Reclaim)
	require.InDelta(t, 100*3600, byName["FARGATE_SPOT"].Reclaim.TimeTo.Mean(), 1)

	managed := byName["managed"]
	require.Equal(t, model.ManagedInstances, managed.Kind)
	require.Equal(t, 10*time.Minute, managed.ScaleInAfter)
	require.Equal(t, 0.1, managed.Fee)
	require.True(t, hasSpot(managed.Group))
	require.False(t, hasSpot(byName["whatever"].Group))
	require.Negative(t, byName["whatever"].ScaleInAfter)
	require.Len(t, byName["whatever"].Group.Types, len(generalTypes))
}

func TestServicesRunOnTheirCapacityProviders(t *testing.T) {
	c := good(t, "capacity.toml")
	shares := func(s ...model.ProviderShare) []model.ProviderShare { return s }
	share := func(i, base, weight int) model.ProviderShare {
		return model.ProviderShare{Provider: i, Share: scaling.Share{Base: base, Weight: weight}}
	}
	for i, want := range []struct {
		name      string
		providers []model.ProviderShare
		launch    model.LaunchType
	}{
		{"by-default", shares(share(5, 0, 1)), model.EC2},
		{"managed", shares(share(2, 0, 1)), model.EC2},
		{"plain", shares(share(0, 0, 1)), model.Fargate},
		{"split", shares(share(0, 2, 1), share(1, 0, 3)), model.Fargate},
		{"web", shares(share(3, 2, 1), share(4, 0, 3)), model.EC2},
	} {
		s := c.Services[i]
		require.Equal(t, want.name, s.Name)
		require.Equal(t, want.providers, s.Providers, s.Name)
		require.Equal(t, want.launch, s.Launch, s.Name)
	}
	require.Equal(t, []int{0}, c.Services[3].Subnets, "those of the capacity providers")
	require.Equal(t, []placement.Rule{{Kind: placement.Binpack, Memory: true}}, c.Services[4].Strategy)
	require.Equal(t, shares(share(3, 0, 1)), c.Jobs[0].Providers)
	require.Equal(t, model.Fault{
		Name: "no-spot", Kind: model.InsufficientCapacity, At: time.Hour, For: 30 * time.Minute, Image: -1, Registry: -1, SecurityGroup: -1,
		Provider: 6, Type: "m5a.large", Market: model.SpotMarket, Zone: "b",
	}, c.Faults[0])
	require.Equal(t, "od/2", c.Faults[1].Instance)
}

// TestFargateAloneIsALaunchType: what there was before capacity providers means what it meant.
func TestFargateAloneIsALaunchType(t *testing.T) {
	const service = "schema = 1\nduration = \"1h\"\n[services.a]\ntask = { cpu = 256, memory = 512, network_mode = \"awsvpc\" }\ndesired_count = 1\n"
	for _, c := range []struct {
		text      string
		spot      bool
		providers int
	}{
		{`capacity_provider = "FARGATE"`, false, 0},
		{`capacity_provider = "FARGATE_SPOT"`, true, 0},
		{`capacity_provider_strategy = [{ capacity_provider = "FARGATE_SPOT", weight = 1 }, { capacity_provider = "FARGATE", weight = 1 }]`, true, 2},
		{"capacity_provider = \"FARGATE_SPOT\"\n[capacity_providers.FARGATE_SPOT]", true, 1},
		// Another service that splits its tasks changes nothing for this one.
		{
			"capacity_provider = \"FARGATE_SPOT\"\n[services.0]\ntask = { cpu = 256, memory = 512, network_mode = \"awsvpc\" }\ndesired_count = 1\n" +
				`capacity_provider_strategy = [{ capacity_provider = "FARGATE_SPOT", weight = 1 }]`, true, 0,
		},
	} {
		s, ds := loadText(t, service+c.text)
		require.Empty(t, ds, c.text)
		for _, a := range s.Config.Services {
			if a.Name == "a" {
				require.Equal(t, model.Fargate, a.Launch, c.text)
				require.Equal(t, c.spot, a.Spot, c.text)
				require.Len(t, a.Providers, c.providers, c.text)
			}
		}
	}
}

// TestSpotIsAsTheAdvisorSays where the scenario does not say more: the middle of the bucket is interrupted in a month.
func TestSpotIsAsTheAdvisorSays(t *testing.T) {
	s, ds := loadText(t, "schema = 1\nduration = \"1h\"\n[services.a]\ntask = { cpu = 256, memory = 512 }\ndesired_count = 1\ncapacity_provider = \"spot\"\n"+
		"[capacity_providers.spot]\ntypes = [\"m5.large\"]\nmax_size = 9\nmixed_instances = { on_demand_percentage_above_base_capacity = 0 }\n")
	require.Empty(t, ds)
	g := s.Config.CapacityProviders[0].Group
	offer, ok := s.Config.Catalog.Spot("m5.large")
	require.True(t, ok)
	require.Equal(t, []float64{offer.Discount}, g.SpotDiscount)
	inAMonth := 1 - math.Exp(-month.Seconds()/g.TimeToInterruption[0].Mean())
	require.InDelta(t, (offer.LowPerMonth+offer.HighPerMonth)/2, inAMonth, 1e-9)
}

// TestWithoutLatencyGroupsAreThereAtOnce unless they say how long they boot.
func TestWithoutLatencyGroupsAreThereAtOnce(t *testing.T) {
	const text = "schema = 1\nlatency = \"none\"\nduration = \"1h\"\n[services.a]\ntask = { cpu = 256, memory = 512 }\ndesired_count = 1\ncapacity_provider = \"od\"\n" +
		"[capacity_providers.od]\ntype = \"m5.large\"\nmax_size = 2\nwarm_pool = {}\n"
	s, ds := loadText(t, text)
	require.Empty(t, ds)
	require.Nil(t, s.Config.CapacityProviders[0].Group.BootTime)
	require.Nil(t, s.Config.CapacityProviders[0].Group.WarmPool.StartTime)
	require.Nil(t, s.Config.Latency.GroupReaction)
	require.Equal(t, -1, s.Config.CapacityProviders[0].Group.WarmPool.Size.Prepared)
	s, ds = loadText(t, text+"boot_time = \"90s\"\n")
	require.Empty(t, ds)
	require.Equal(t, 90.0, s.Config.CapacityProviders[0].Group.BootTime.Mean())
}

// TestDefaultsOfGroups are those of the API, except where the page says otherwise (ECS rules, services 3.2).
func TestDefaultsOfGroups(t *testing.T) {
	s, ds := loadText(t, "schema = 1\nduration = \"1h\"\n[services.a]\ntask = { cpu = 256, memory = 512 }\ndesired_count = 1\ncapacity_provider = \"od\"\n"+
		"[capacity_providers.od]\ntypes = [\"m5.large\", \"m5a.large\"]\nmin_size = 2\nmax_size = 9\n")
	require.Empty(t, ds)
	od := s.Config.CapacityProviders[0]
	require.Equal(t, &scaling.ManagedConfig{TargetCapacity: 100, MinStep: 1, MaxStep: 10_000, Warmup: 300 * time.Second}, od.Managed)
	require.True(t, od.Draining)
	require.False(t, od.TerminationProtection)
	require.Equal(t, 2, od.Group.Desired)
	require.Equal(t, fleet.Distribution{Mixed: true, OnDemandPercent: 100}, od.Group.Distribution, "several types are a policy: On-Demand, prioritized")
	require.Contains(t, od.Group.BootTime.String(), "lognormal(median 50,")
	require.Equal(t, "uniform(low 60, high 120)", s.Config.Latency.MetricDelay.String())
}

// TestLaterFilesChooseAnotherWayToLaunch: the ways replace one another, and a capacity provider can be removed.
func TestLaterFilesChooseAnotherWayToLaunch(t *testing.T) {
	below := "schema = 1\nduration = \"1h\"\n[instances.main]\ntype = \"m5.large\"\ncount = 1\n[capacity_providers.od]\ntype = \"m5.large\"\nmax_size = 2\n" +
		"[services.a]\ntask = { cpu = 256, memory = 512 }\ndesired_count = 1\ncapacity_provider_strategy = [{ capacity_provider = \"od\", weight = 1 }]\n"
	files := memory{"below.toml": below, "above.toml": "schema = 1\nextends = \"below.toml\"\n[services.a]\nlaunch_type = \"EC2\"\n[capacity_providers]\nod = false\n"}
	s, ds := Load([]string{"above.toml"}, Options{Open: files.open})
	require.Empty(t, ds)
	require.Empty(t, s.Config.CapacityProviders)
	require.Nil(t, s.Config.Services[0].Providers)
}
