package model_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ecssim/model"
	"ecssim/model/network"
)

// smallSubnet is a Fargate service of eight tasks in a subnet of its own that rolls out a new revision after ten minutes.
func smallSubnet(t *testing.T, prefix, maximum int) *model.Config {
	t.Helper()
	cfg := world()
	cfg.Duration = 6 * time.Hour
	cfg.Subnets = []network.Subnet{{Name: "small", Zone: "a", Prefix: prefix}}
	cfg.Services = []model.Service{onFargate("web", 8)}
	cfg.Services[0].Subnets = []int{0}
	cfg.Services[0].Deployment.MaximumPercent = maximum
	cfg.Latency = model.Latency{
		FargateProvision: seconds(t, 20), FargateImagePull: seconds(t, 10), ContainerStart: seconds(t, 1),
		ContainerStop: seconds(t, 30), ENIDetach: seconds(t, 15), Scheduler: seconds(t, 1),
	}
	rollout(cfg, 10*minute)
	return cfg
}

// ECS rules, placement 5.4, 5.5: eight Fargate tasks in a /28 of eleven addresses. A rollout at 100/200 wants eight more:
// three start, the others fail for want of an address, and ECS tries again ever more rarely.
func TestRolloutRunsOutOfAddresses(t *testing.T) {
	cfg := smallSubnet(t, 28, 200)
	c := chronicled(t, cfg, nil)
	c.show()
	failed := c.stops(model.TaskFailedToStart)
	require.GreaterOrEqual(t, len(failed), 5)
	for k, m := range failed {
		require.Contains(t, m.reason, "Unexpected EC2 error while attempting to Create Network Interface")
		require.Contains(t, m.reason, "InsufficientFreeAddressesInSubnet")
		if k < 5 {
			require.Equal(t, 10*minute, m.at.Truncate(minute), "five at once")
		}
	}
	require.NotZero(t, c.told("is unable to consistently start tasks successfully"))
	require.Zero(t, c.told("RESOURCE:ENI"))
	require.Equal(t, model.RolloutCompleted, c.deps[2].Rollout)
	require.Greater(t, c.deps[2].Ended-10*minute, 5*minute)

	// With 125 % there are ten tasks at most, and in a /27 there is room for sixteen: both finish, in waves and at once.
	for prefix, c := range map[int]struct {
		maximum int
		within  time.Duration
	}{28: {125, 8 * minute}, 27: {200, 3 * minute}} {
		seen := chronicled(t, smallSubnet(t, prefix, c.maximum), nil)
		require.Equal(t, model.RolloutCompleted, seen.deps[2].Rollout)
		require.Empty(t, seen.stops(model.TaskFailedToStart))
		require.Less(t, seen.deps[2].Ended-10*minute, c.within)
	}
}

// ECS rules, services 2.4: with eleven tasks in eleven addresses nothing can start, and so nothing may stop: ECS tries for
// ever, at last every 27 minutes. A minimum below 100 % would help.
func TestRolloutStallsWithoutAddresses(t *testing.T) {
	cfg := smallSubnet(t, 28, 200)
	cfg.Services[0].DesiredCount = 11
	c := chronicled(t, cfg, nil)
	require.Equal(t, model.RolloutInProgress, c.deps[2].Rollout)
	require.Len(t, c.running, 11)
	failed, longest := c.stops(model.TaskFailedToStart), time.Duration(0)
	for k := 1; k < len(failed); k++ {
		longest = max(longest, failed[k].at-failed[k-1].at)
	}
	require.InDelta(t, 27*60, longest.Seconds(), 2)
	require.Less(t, len(failed), 40)

	cfg.Services[0].Deployment.MinimumHealthyPercent = 90
	require.Equal(t, model.RolloutCompleted, chronicled(t, cfg, nil).deps[2].Rollout)
}

// ECS rules, services 2.6: the failures count for the circuit breaker, four of eight tasks are enough.
func TestBreakerFiresForWantOfAddresses(t *testing.T) {
	cfg := smallSubnet(t, 28, 200)
	cfg.Services[0].Deployment.Breaker.Enable, cfg.Services[0].Deployment.Breaker.Rollback = true, true
	c := chronicled(t, cfg, nil)
	require.Equal(t, model.RolloutFailed, c.deps[2].Rollout)
	require.Equal(t, model.RolloutCompleted, c.deps[1].Rollout)
	for x := range c.ending.Tasks {
		require.Equal(t, 1, x.Deployment.Revision)
	}
}

// ECS rules, placement 5.4: an address is free when its interface is deleted, at the end of DEPROVISIONING, not before.
func TestAddressIsFreeAfterDeprovisioning(t *testing.T) {
	cfg := smallSubnet(t, 28, 200)
	cfg.Services[0].DesiredCount = 11
	cfg.Services[0].Rollouts = []model.Rollout{{At: 10 * minute, DesiredCount: 1}}
	one := onFargate("late", 1)
	one.Subnets, one.StartAt = []int{0}, 10*minute+5*time.Second
	cfg.Services = append(cfg.Services, one)
	c := chronicled(t, cfg, nil)
	c.show()
	require.Contains(t, c.lines, "10m30s web/11 DEPROVISIONING")
	free := during(c.ended, 10*minute+45*time.Second, 10*minute+45*time.Second)
	require.Len(t, free, 10, "30 s to stop, 15 s to detach")
	for _, m := range c.placed {
		if m.owner == "late" && m.at < 10*minute+45*time.Second {
			require.Empty(t, m.zone, "no address at %v", m.at)
		}
	}
	require.True(t, c.running["late/"+c.last("late")])
}

// last is the number of the newest task of a service that ran.
func (c *chronicle) last(owner string) (n string) {
	for _, m := range c.ran {
		if m.owner == owner {
			n = m.name[len(owner)+1:]
		}
	}
	return n
}

// ECS rules, placement 11.13: in a /28 that holds a NAT gateway ten tasks run, and the eleventh fails to start; on EC2 each
// instance takes one address, and its trunk another.
func TestWhoHoldsAddresses(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*model.Config)
		runs   int
	}{
		"empty": {func(*model.Config) {}, 11},
		"NAT":   {func(cfg *model.Config) { cfg.Subnets[0].OtherIPsUsed = 1 }, 10},
		"two instances": {func(cfg *model.Config) {
			cfg.Fleets = []model.Fleet{{Name: "main", Type: slots(8), Count: 2, Subnets: []int{0}}}
		}, 9},
		"an instance and its trunk": {func(cfg *model.Config) {
			kind := slots(8)
			kind.TrunkTaskENIs = 10
			cfg.Settings.AwsvpcTrunking = true
			cfg.Fleets = []model.Fleet{{Name: "main", Type: kind, Count: 1, Subnets: []int{0}}}
		}, 9},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := smallSubnet(t, 28, 200)
			cfg.Services[0].DesiredCount, cfg.Services[0].Rollouts = 12, nil
			c.change(cfg)
			seen := chronicled(t, cfg, nil)
			require.Len(t, seen.running, c.runs)
			require.NotEmpty(t, seen.stops(model.TaskFailedToStart))
		})
	}
}

// ECS rules, placement 7.2, services 3.7: Fargate balances zones, and skips one without a free address.
func TestFargateSpreadsOverZonesWithAddresses(t *testing.T) {
	cfg := threeZones(0, 1, 0)
	cfg.Services[0] = onFargate("web", 30)
	cfg.Subnets[1].Prefix = 29 - 1
	cfg.Subnets[1].OtherIPsUsed = 7
	require.Equal(t, map[string]int{"a": 13, "b": 4, "c": 13}, chronicled(t, cfg, nil).zones("web"))
}

// ECS rules, services 5.5: a Cloud Map service holds 1,000 instances; tasks beyond run without a record. Records go when
// their tasks begin to leave, and then there is room again.
func TestCloudMapHoldsAThousand(t *testing.T) {
	cfg := world()
	cfg.Services = []model.Service{onFargate("web", 1003)}
	cfg.Services[0].Subnets, cfg.Services[0].Discovery = []int{0}, &model.Discovery{TTL: time.Minute}
	cfg.Quotas.ServiceLaunches = 0
	cfg.Duration = 20 * minute
	cfg.Services[0].Rollouts = []model.Rollout{{At: 10 * minute, DesiredCount: 990}, {At: 15 * minute, DesiredCount: 995}}
	c := opened(t, cfg)
	registered := map[time.Duration]int{}
	c.world.CheckAfterEvent(func() { registered[c.world.Now()] = model.Records(c.world, 0) })
	c.world.Run(t.Context())
	require.Equal(t, []int{1000, 995}, []int{registered[90*time.Second] + registered[46*time.Second], model.Records(c.world, 0)})
	require.Len(t, c.running, 995)
	require.Equal(t, 1003+5, len(c.ran))
}
