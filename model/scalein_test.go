package model_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ecssim/model"
	"ecssim/model/network"
	"ecssim/model/placement"
)

// where counts the tasks with desired status RUNNING, by what a function says of them: "a:2 b:1".
func (h *history) where(of func(*model.Task) string) string {
	count := map[string]int{}
	var names []string
	for t := range h.live {
		if t.Leaving {
			continue
		}
		name := of(t)
		if count[name]++; count[name] == 1 {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for k, name := range names {
		names[k] = name + ":" + string(rune('0'+count[name]))
	}
	return strings.Join(names, " ")
}

func instanceOf(t *model.Task) string { return t.Instance.Name }

// twoZones is a service on two instances in zone a and one in zone b.
func twoZones(desired int, strategy ...placement.Rule) *model.Config {
	cfg := onInstances(2, 8, desired)
	cfg.Subnets = append(cfg.Subnets, network.Subnet{Name: "b", Zone: "b", Prefix: 20})
	withFleet("other", slots(8), 1)(cfg)
	cfg.Fleets[1].Subnets = []int{1}
	cfg.Duration = 5 * time.Hour
	if strategy != nil {
		cfg.Services[0].Strategy = strategy
	}
	return cfg
}

// Scale-in without a strategy of its own: from the zone with the most tasks of the service, and there from the instance
// with the most. With a strategy it is that one: binpack empties one instance after the other, spread keeps them even
// (ECS rules, services 2.10; ECS rules, placement 2.4).
func TestScaleInChoice(t *testing.T) {
	perInstance := placement.Rule{Kind: placement.Spread}
	pack := placement.Rule{Kind: placement.Binpack}
	for _, r := range []struct {
		strategy      []placement.Rule
		before, after string
	}{
		{placement.ServiceDefault(), "main/1:2 main/2:2 other/1:4", "main/1:1 main/2:1 other/1:1"},
		{[]placement.Rule{perInstance}, "main/1:3 main/2:3 other/1:2", "main/1:1 main/2:1 other/1:1"},
		{[]placement.Rule{pack}, "main/1:8", "main/1:3"},
	} {
		cfg := twoZones(8, r.strategy...)
		scale(cfg, time.Hour, 3)
		before := ""
		h := watch(t, cfg, 1, func(h *history) {
			if now := h.world.Now(); now > 0 && now < time.Hour {
				before = h.where(instanceOf)
			}
		})
		require.Equal(t, r.before, before, "%v", r.strategy)
		require.Equal(t, r.after, h.where(instanceOf), "%v", r.strategy)
		require.Equal(t, 5, h.ended["Scaling activity initiated by (deployment ecs-svc/0000000000000000001)"])
		require.Len(t, h.messages("has stopped 5 running tasks"), 1)
	}
}

// binpack takes from the instance on which then the most is free, so that instances become empty (ECS rules, placement
// 2.4, 11).
func TestScaleInWithBinpackEmptiesInstances(t *testing.T) {
	cfg := onInstances(3, 4, 10)
	cfg.Services[0].Strategy = []placement.Rule{{Kind: placement.Binpack}}
	scale(cfg, 10*time.Minute, 7)
	scale(cfg, 20*time.Minute, 4)
	var seen []string
	h := watch(t, cfg, 1, func(h *history) {
		if s := h.where(instanceOf); len(seen) == 0 || seen[len(seen)-1] != s {
			seen = append(seen, s)
		}
	})
	require.Equal(t, []string{"main/1:4 main/2:4 main/3:2", "main/1:4 main/2:3", "main/1:4"}, seen[len(seen)-3:])
	require.Equal(t, 4, h.count(1).healthy)
}

// On Fargate there is no strategy: the zone with the most tasks first. The documentation's example has one task in A and
// two each in B and C, and stops one in B or C (ECS rules, placement 2.4).
func TestScaleInOnFargate(t *testing.T) {
	cfg := behindALB(t, 5)
	cfg.Duration = time.Hour
	cfg.Subnets = append(cfg.Subnets, network.Subnet{Name: "b", Zone: "b", Prefix: 20}, network.Subnet{Name: "c", Zone: "c", Prefix: 20})
	cfg.LoadBalancers[0].Subnets = []int{0, 1, 2}
	cfg.Services[0].Subnets = []int{0, 1, 2}
	zone := func(t *model.Task) string { return t.Zone(cfg) }
	before := ""
	scale(cfg, 10*time.Minute, 4)
	scale(cfg, 30*time.Minute, 3)
	h := watch(t, cfg, 1, func(h *history) {
		if h.world.Now() < 10*time.Minute {
			before = h.where(zone)
		}
	})
	require.Equal(t, "a:2 b:2 c:1", before)
	require.Equal(t, "a:1 b:1 c:1", h.where(zone))
}

// What is not RUNNING yet goes first (ECS rules, placement 2.6).
func TestScaleInStopsPendingTasksFirst(t *testing.T) {
	cfg := behindALB(t, 4)
	scale(cfg, 10*time.Minute, 8)
	scale(cfg, 10*time.Minute+10*time.Second, 4)
	h := watch(t, cfg, 1, bounded(t, 4, 16))
	require.Equal(t, []time.Duration{10*time.Minute + 10*time.Second}, h.when("stopped 4 pending tasks."))
	require.Empty(t, h.when("running tasks"))
}

// Protected tasks are not stopped in a scale-in, which ECS says once; when the protection expires, they go (ECS rules,
// services 2.10).
func TestProtectionBlocksScaleIn(t *testing.T) {
	cfg := behindALB(t, 6)
	cfg.Duration = 5 * time.Hour
	cfg.Services[0].Protection = &model.Protection{Fraction: 1, For: 2 * time.Hour}
	scale(cfg, time.Hour, 2)
	h := watch(t, cfg, 1, func(h *history) {
		if h.world.Now() < 2*time.Hour+16*time.Second {
			require.LessOrEqual(t, h.count(0).leaving, 0)
		}
	})
	require.Equal(t, []string{"(service web) was unable to reach steady state because task set (ecs-svc/0000000000000000001) was unable to scale in. Reason: The number of protected tasks are more than the desired count of tasks"}, h.messages("was unable"))
	require.Equal(t, []string{"2h0m16s", "2h0m16s", "2h0m16s", "2h0m16s"}, h.at(" DEACTIVATING"))
	require.Equal(t, 2, h.count(0).total())
	require.Equal(t, "PRIMARY COMPLETED", h.rollouts())
	require.Equal(t, []time.Duration{31 * time.Second, 2*time.Hour + 16*time.Second + 330*time.Second}, h.when("steady state.")[:2], "not while it is blocked")
}

// Of half-protected tasks the others go.
func TestProtectionSparesSome(t *testing.T) {
	cfg := behindALB(t, 8)
	cfg.Services[0].Protection = &model.Protection{Fraction: 0.5, For: 40 * time.Hour}
	scale(cfg, 10*time.Minute, 1)
	h := watch(t, cfg, 3, nil)
	left := h.count(0).live()
	require.Greater(t, left, 1)
	require.Less(t, left, 8)
	require.Len(t, h.messages("was unable to scale in"), 1)
}

// Protected tasks of the old revision hold up a deployment: ECS says so, and when the protection expires it goes on (ECS
// rules, services 2.10).
func TestProtectionBlocksADeployment(t *testing.T) {
	cfg := behindALB(t, 4)
	cfg.Duration = 5 * time.Hour
	cfg.Services[0].Protection = &model.Protection{Fraction: 1, For: 2 * time.Hour}
	rollout(cfg, time.Hour)
	h := watch(t, cfg, 1, bounded(t, 4, 8))
	require.Equal(t, []time.Duration{time.Hour + 31*time.Second}, h.when("was unable to scale in"))
	require.Empty(t, h.when("was unable to stop or start tasks"))
	require.Equal(t, "2h0m16s", h.at(" DEACTIVATING")[0])
	require.Equal(t, "INACTIVE COMPLETED, PRIMARY COMPLETED", h.rollouts())
}
