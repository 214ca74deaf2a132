package model_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ecssim/model"
	"ecssim/model/network"
	"ecssim/model/service"
)

// inZones is a Fargate service behind an ALB with a subnet in each of so many zones, a, b, c.
func inZones(t testing.TB, zones, desired int) *model.Config {
	cfg := behindALB(t, desired)
	cfg.Duration = 3 * time.Hour
	p := &cfg.Services[0].Placing
	for n := 1; n < zones; n++ {
		name := string(rune('a' + n))
		cfg.Subnets = append(cfg.Subnets, network.Subnet{Name: name, Zone: name, Prefix: 20})
		cfg.LoadBalancers[0].Subnets = append(cfg.LoadBalancers[0].Subnets, n)
		p.Subnets = append(p.Subnets, n)
	}
	cfg.Services[0].Rebalancing = true
	return cfg
}

// outage takes a zone out from ten minutes on, until half an hour.
func outage(cfg *model.Config, zone string) {
	cfg.Faults = append(cfg.Faults, model.Fault{Name: zone, Kind: model.ZoneOutage, At: 10 * time.Minute, For: 20 * time.Minute, Zone: zone})
}

func zoneOf(cfg *model.Config) func(*model.Task) string {
	return func(t *model.Task) string { return t.Zone(cfg) }
}

// named lists the EventBridge names of events from an instant on, those without one left out.
func (h *history) named(from time.Duration) (list []string) {
	for _, e := range h.said {
		if e.at >= from && e.Name != "" {
			list = append(list, e.Name)
		}
	}
	return list
}

// Two tasks in one of two zones: one starts in the other zone, and when it is healthy one stops where there are two (ECS
// rules, services ).
func TestR2_11TwoTasksTwoZones(t *testing.T) {
	cfg := inZones(t, 2, 2)
	outage(cfg, "b")
	least := 2
	h := watch(t, cfg, 1, func(h *history) {
		if h.world.Now() > 30*time.Minute {
			least = min(least, h.count(0).healthy)
		}
	})
	require.Equal(t, "a:1 b:1", h.where(zoneOf(cfg)))
	require.Equal(t, 2, least, "start before stop")
	require.Equal(t, []string{
		"(service web) is not AZ balanced with 2 tasks in a, 0 tasks in b. AZ Rebalancing in progress.",
		"(service web) has started 1 tasks in b to AZ Rebalance: (task web/4).",
		"(service web) has stopped 1 running tasks in a due to AZ rebalancing: (task web/3).",
		"(service web) is AZ balanced with 1 tasks in a, 1 tasks in b.",
	}, h.messages("AZ"))
	require.Equal(t, []string{
		"SERVICE_REBALANCING_STARTED", "TASKS_STARTED", "TASKS_STOPPED", "TASKS_STOPPED", "SERVICE_STEADY_STATE", "SERVICE_REBALANCING_COMPLETED",
	}, h.named(30*time.Minute))
	require.Equal(t, 1, h.ended["Availability-zone rebalancing initiated by (deployment ecs-svc/0000000000000000001)"])
	require.Equal(t, "PRIMARY COMPLETED", h.rollouts(), "it is no deployment")
}

// Three tasks as 1 and 2: nothing to do. Six as 4, 1, 1: two moves; with a maximum of 100 % none, and without the option
// none (ECS rules, services; ECS rules, placement 11).
func TestR2_11Moves(t *testing.T) {
	for _, r := range []struct {
		zones, desired, most int
		option               bool
		moves                int
		after                string
	}{
		{2, 3, 200, true, 1, "a:2 b:1"}, {3, 6, 200, true, 2, "a:2 b:2 c:2"}, {3, 6, 117, true, 2, "a:2 b:2 c:2"},
		{3, 6, 100, true, 0, "a:3 b:3"}, {3, 6, 116, true, 0, "a:3 b:3"}, {3, 6, 200, false, 0, "a:3 b:3"}, {3, 5, 200, true, 1, "a:2 b:2 c:1"},
	} {
		cfg := inZones(t, r.zones, r.desired)
		cfg.Services[0].Rebalancing = r.option
		percents(cfg, 100, r.most)
		outage(cfg, string(rune('a'+r.zones-1)))
		within := bounded(t, 0, r.desired*r.most/100)
		h := watch(t, cfg, 1, within)
		require.Equal(t, r.after, h.where(zoneOf(cfg)), "%+v", r)
		require.Equal(t, r.moves, h.ended["Availability-zone rebalancing initiated by (deployment ecs-svc/0000000000000000001)"], "%+v", r)
		require.Equal(t, r.desired, h.count(1).healthy)
	}
}

// A balanced service is left alone: five in three zones.
func TestBalancedServiceIsLeftAlone(t *testing.T) {
	h := watch(t, inZones(t, 3, 5), 1, nil)
	require.Len(t, h.starts, 5)
	require.Empty(t, h.messages("AZ"))
}

// A deployment stops rebalancing, and afterwards it goes on if it must (ECS rules, services 2.9).
func TestDeploymentStopsRebalancing(t *testing.T) {
	cfg := inZones(t, 2, 6)
	outage(cfg, "b")
	rollout(cfg, 30*time.Minute+10*time.Second)
	h := watch(t, cfg, 1, func(h *history) { require.LessOrEqual(t, h.count(0).total(), 12) })
	require.Equal(t, []string{"SERVICE_REBALANCING_STARTED", "TASKS_STARTED", "SERVICE_REBALANCING_STOPPED", "SERVICE_DEPLOYMENT_IN_PROGRESS"}, h.named(30 * time.Minute)[:4])
	require.Equal(t, "a:3 b:3", h.where(zoneOf(cfg)))
	require.Equal(t, "INACTIVE COMPLETED, PRIMARY COMPLETED", h.rollouts())
}

// Protected tasks are not moved: the task that started goes again, and ECS says why (ECS rules, services 2.9).
func TestProtectionStopsRebalancing(t *testing.T) {
	cfg := inZones(t, 2, 4)
	cfg.Services[0].Protection = &model.Protection{Fraction: 1, For: 100 * time.Hour}
	outage(cfg, "b")
	h := watch(t, cfg, 1, func(h *history) { require.LessOrEqual(t, h.count(0).total(), 8) })
	require.Equal(t, "a:4", h.where(zoneOf(cfg)))
	require.NotEmpty(t, h.messages("was unable to AZ Rebalance because (taskSet ecs-svc/0000000000000000001) was unable to scale in due to (reason"))
	require.Less(t, len(h.starts), 60, "it does not start task after task in vain")
}

// On EC2 only instances that are there are used: where no task fits, ECS says so and tries again later (ECS rules,
// services 2.9; ECS rules, placement 2.5).
func TestRebalancingOnInstances(t *testing.T) {
	for _, room := range []bool{true, false} {
		cfg := twoZones(6)
		cfg.Services[0].Rebalancing = true
		cfg.Faults = []model.Fault{{Name: "loss", Kind: model.InstanceLoss, At: 10 * time.Minute, For: 20 * time.Minute, Fleet: "other"}}
		if !room { // somebody else has taken it
			other := cfg.Services[0]
			other.Name, other.Rebalancing, other.DesiredCount, other.StartAt = "zzz", false, 8, 20*time.Minute
			other.Constraints = onlyFleet(t, "other")
			cfg.Fleets[1].Attributes = map[string]string{"fleet": "other"}
			other.Scheduling = service.Replica
			cfg.Services = append(cfg.Services, other)
		}
		h := watch(t, cfg, 1, nil)
		web := 0
		for task := range h.live {
			if task.Owner.Name == "web" {
				web++
				require.NotEqual(t, model.Never, task.Running)
			}
		}
		require.Equal(t, 6, web)
		said := h.when("(service web) is unable to place a task in b because no container instance met all of its requirements.")
		if room {
			require.Equal(t, "a:3 b:3", h.where(zoneOf(cfg)))
			require.Empty(t, said)
			continue
		}
		require.NotEmpty(t, said)
		require.Empty(t, h.when("(service web) was unable to place"))
	}
}
