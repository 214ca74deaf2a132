package model_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ecssim/model"
	"ecssim/model/network"
	"ecssim/model/service"
)

func zoneOut(zone string, at, lasts time.Duration) model.Fault {
	return fault(model.ZoneOutage, at, lasts, func(f *model.Fault) { f.Zone = zone })
}

// A zone goes out under a service that is spread over three: what ran there is lost and replaced in the two others at once,
// as far as there is room; nothing starts there meanwhile; afterwards instances come back, and rebalancing evens it out
// (ECS rules, services 2.9).
func TestZoneOutageOnEC2(t *testing.T) {
	cfg := threeZones(2, 4, 12)
	cfg.Services[0].Rebalancing = true
	cfg.Duration = 2 * time.Hour
	cfg.Latency.ContainerStart = seconds(t, 7)
	cfg.Faults = []model.Fault{zoneOut("b", 10*minute, 30*minute)}
	c := chronicled(t, cfg, func(c *chronicle) {
		if now := c.world.Now(); now > 10*minute+7*time.Second {
			require.GreaterOrEqual(t, len(c.running), 12, "full strength after 7 s, and for good: rebalancing starts before it stops")
		}
	})
	c.show()
	before := map[string]int{}
	for _, m := range during(c.ran, 0, minute) {
		before[m.zone]++
	}
	require.Equal(t, map[string]int{"a": 4, "b": 4, "c": 4}, before)
	require.Len(t, c.lost, 2)
	lost := during(c.ended, 10*minute, 10*minute)
	require.Len(t, lost, 4)
	for _, m := range lost {
		require.Equal(t, []any{"b", model.HostLost}, []any{m.zone, m.code})
	}
	replaced := map[string]int{}
	for _, m := range during(c.placed, minute, 40*minute-1) {
		require.Equal(t, 10*minute, m.at)
		replaced[m.zone]++
	}
	require.Equal(t, map[string]int{"a": 2, "c": 2}, replaced)
	require.Len(t, during(c.joined, 40*minute, 40*minute), 2)
	require.Equal(t, map[string]int{"a": 4, "b": 4, "c": 4}, c.zones("web"))
	require.Len(t, c.ended, 4+4, "four lost, four moved")
	require.Equal(t, 1, c.told("is not AZ balanced"))
	require.Equal(t, 1, c.told("is AZ balanced with 4 tasks in a, 4 tasks in b, 4 tasks in c"))
	for _, m := range c.ended[4:] {
		require.Contains(t, m.reason, "Availability-zone rebalancing initiated by")
	}
}

// Without rebalancing the service stays as it is.
func TestZoneOutageWithoutRebalancing(t *testing.T) {
	cfg := threeZones(2, 4, 12)
	cfg.Faults = []model.Fault{zoneOut("b", 10*minute, 30*minute)}
	require.Equal(t, map[string]int{"a": 6, "c": 6}, chronicled(t, cfg, nil).zones("web"))
}

// Too little room in the zones that are left: the service runs with what there is, says so, and is whole at the moment in
// which the zone is back.
func TestZoneOutageBeyondCapacity(t *testing.T) {
	cfg := threeZones(1, 4, 10)
	cfg.Faults = []model.Fault{zoneOut("a", 10*minute, 30*minute)}
	c := chronicled(t, cfg, func(c *chronicle) {
		if now := c.world.Now(); now > 10*minute && now < 40*minute {
			require.Len(t, c.running, 8)
		}
	})
	require.Equal(t, 1, c.told("was unable to place a task because no container instance met all of its requirements"))
	require.Len(t, c.running, 10)
	require.Equal(t, 40*minute, c.ran[len(c.ran)-1].at)
	require.Equal(t, map[string]int{"a": 2, "b": 4, "c": 4}, c.zones("web"))
}

// All zones at once, and one after the other has come back.
func TestAllZonesOut(t *testing.T) {
	for _, onEC2 := range []bool{true, false} {
		cfg := threeZones(1, 8, 9)
		if !onEC2 {
			cfg.Services[0] = onFargate("web", 9)
		}
		cfg.Services[0].Rebalancing = true
		cfg.Duration = 3 * time.Hour
		cfg.Faults = []model.Fault{zoneOut("a", 10*minute, 10*minute), zoneOut("b", 10*minute, 40*minute), zoneOut("c", 11*minute, 60*minute)}
		c := chronicled(t, cfg, func(c *chronicle) {
			if now := c.world.Now(); now > 11*minute && now < 20*minute {
				require.Empty(t, c.running)
			}
		})
		require.Equal(t, map[string]int{"a": 3, "b": 3, "c": 3}, c.zones("web"))
		require.NotZero(t, c.told("was unable to place a task"))
	}
}

// Outages of one zone that overlap: it is back when the last of them is over.
func TestOverlappingOutagesOfAZone(t *testing.T) {
	for _, onEC2 := range []bool{true, false} {
		cfg := threeZones(1, 8, 9)
		if !onEC2 {
			cfg.Services[0] = onFargate("web", 9)
		}
		cfg.Services[0].Rebalancing = true
		cfg.Duration = 3 * time.Hour
		cfg.Faults = []model.Fault{zoneOut("a", 10*minute, 20*minute), zoneOut("a", 20*minute, 20*minute), zoneOut("a", 25*minute, minute)}
		c := opened(t, cfg)
		c.world.CheckAfterEvent(func() {
			now := c.world.Now()
			c.dark["a"] = now > 10*minute && now < 40*minute
			model.CheckConservation(c.world)
		})
		c.world.Run(t.Context())
		require.Equal(t, map[string]int{"a": 3, "b": 3, "c": 3}, c.zones("web"))
		require.Empty(t, during(c.joined, 1, 40*minute-1))
	}
}

// ECS rules, services 3.7: the same on Fargate, which balances zones by itself and has room everywhere.
func TestZoneOutageOnFargate(t *testing.T) {
	cfg := threeZones(0, 1, 0)
	cfg.Services[0] = onFargate("web", 12)
	cfg.Services[0].Rebalancing = true
	cfg.Duration = 2 * time.Hour
	cfg.Latency.FargateProvision = seconds(t, 20)
	cfg.Faults = []model.Fault{zoneOut("c", 10*minute, 30*minute)}
	c := chronicled(t, cfg, func(c *chronicle) {
		if now := c.world.Now(); now > 10*minute+20*time.Second {
			require.GreaterOrEqual(t, len(c.running), 12)
		}
	})
	lost := during(c.ended, 10*minute, 10*minute)
	require.Len(t, lost, 4)
	for _, m := range lost {
		require.Equal(t, []any{"c", model.InfrastructureHealth}, []any{m.zone, m.code})
	}
	replaced := map[string]int{}
	for _, m := range during(c.placed, minute, 40*minute-1) {
		replaced[m.zone]++
	}
	require.Equal(t, map[string]int{"a": 2, "b": 2}, replaced)
	require.Equal(t, map[string]int{"a": 4, "b": 4, "c": 4}, c.zones("web"))
}

// Tasks that wait for their launch token when their only zone goes wait on, and are not said to lack an address.
func TestZoneGoesWhileLaunchesWait(t *testing.T) {
	cfg := world()
	cfg.Services = []model.Service{onFargate("web", 150)}
	cfg.Services[0].Subnets = []int{0}
	cfg.Faults = []model.Fault{zoneOut("a", time.Second, 10*minute)}
	c := chronicled(t, cfg, nil)
	require.Len(t, c.running, 150)
	require.Empty(t, c.stops(model.TaskFailedToStart))
}

// The home subnet of an instance is full, the next one in a zone that is out: it waits.
func TestLaunchAvoidsTheLostZone(t *testing.T) {
	cfg := world()
	cfg.Subnets = []network.Subnet{{Name: "a", Zone: "a", Prefix: 28}, {Name: "b", Zone: "b", Prefix: 20}}
	cfg.Fleets = []model.Fleet{
		{Name: "large", Type: slots(8), Count: 11, Subnets: []int{0}}, {Name: "main", Type: slots(8), Count: 1, Subnets: []int{0, 1}},
	}
	cfg.Faults = []model.Fault{zoneOut("b", 0, 10*minute)}
	c := chronicled(t, cfg, nil)
	require.Len(t, c.joined, 12)
	require.Equal(t, moment{at: 10 * minute, name: "main/1", zone: "b"}, c.joined[11])
}

// A deployment that is under way goes on in the zones that are left.
func TestZoneOutageDuringARollout(t *testing.T) {
	for s := range 20 {
		cfg := threeZones(2, 8, 12)
		cfg.Latency.ContainerStart, cfg.Latency.ContainerStop = seconds(t, 7), seconds(t, 9)
		cfg.Services[0].Deployment = service.DeploymentConfiguration{MinimumHealthyPercent: 100, MaximumPercent: 125}
		p := cfg.Services[0].Placing
		p.Task = task(1, 1)
		cfg.Services[0].Rollouts = []model.Rollout{{At: 10 * minute, Placing: &p, DesiredCount: -1}}
		cfg.Faults = []model.Fault{zoneOut("b", 10*minute+time.Duration(13*s)*time.Second, 30*minute)}
		c := chronicled(t, cfg, nil)
		require.Equal(t, model.RolloutCompleted, c.deps[2].Rollout)
		require.Less(t, c.deps[2].Ended, 18*minute, "outage after %d s", 13*s)
		require.Len(t, c.running, 12)
	}
}
