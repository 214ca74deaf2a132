package model_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ecssim/model"
	"ecssim/model/placement"
	"ecssim/model/placement/query"
	"ecssim/model/service"
)

// daemons makes the first service of a world one with the strategy DAEMON.
func daemons(cfg *model.Config, least int) *model.Config {
	s := &cfg.Services[0]
	s.Name, s.Scheduling, s.DesiredCount = "agent", service.Daemon, 0
	s.Deployment.MinimumHealthyPercent, s.Deployment.MaximumPercent = least, 100
	cfg.Duration = 3 * time.Hour
	return cfg
}

// onePerInstance checks that no instance has two tasks of a daemon service.
func onePerInstance(t testing.TB) func(*history) {
	return func(h *history) {
		on := map[string]int{}
		for task := range h.live {
			if task.Owner.Name == "agent" && task.Instance != nil {
				on[task.Instance.Name]++
				require.Equal(t, 1, on[task.Instance.Name], "%s at %v", task.Instance.Name, h.world.Now())
			}
		}
	}
}

// One task on every ACTIVE instance, from the moment it is there; where the instance is lost, its task goes with it (ECS
// rules, placement 2.7).
func TestDaemonOnEveryInstance(t *testing.T) {
	cfg := daemons(onInstances(3, 4, 0), 0)
	cfg.Faults = []model.Fault{{Name: "loss", Kind: model.InstanceLoss, At: time.Hour, For: time.Hour, Count: 1}}
	seen := map[time.Duration]int{}
	h := watch(t, cfg, 1, func(h *history) {
		onePerInstance(t)(h)
		seen[h.world.Now().Truncate(time.Hour)] = h.count(0).running
	})
	require.Equal(t, map[time.Duration]int{0: 3, time.Hour: 2, 2 * time.Hour: 3}, seen)
	require.Equal(t, 3, h.count(1).healthy)
	require.Equal(t, []time.Duration{0, 0, 0, 2 * time.Hour}, h.starts)
}

// A new instance has room for one task: the daemon's is first, although a replica has waited for long (ECS rules,
// placement 2.7).
func TestDaemonWinsANewInstance(t *testing.T) {
	for _, first := range []bool{true, false} {
		cfg := onInstances(1, 1, 1)
		agent := cfg.Services[0]
		agent.Name, agent.Scheduling, agent.DesiredCount = "agent", service.Daemon, 0
		if cfg.Services = append(cfg.Services, agent); first {
			cfg.Services[0], cfg.Services[1] = cfg.Services[1], cfg.Services[0]
		}
		cfg.Faults = []model.Fault{{Name: "loss", Kind: model.InstanceLoss, At: 20 * time.Minute, For: 10 * time.Minute}}
		h := watch(t, cfg, 1, nil)
		require.Equal(t, "agent:1 web:1", h.where(func(t *model.Task) string { return t.Owner.Name }))
		for task := range h.live {
			require.Equal(t, task.Owner.Name == "agent", task.Running >= 0, task)
		}
		require.NotEmpty(t, h.when("(service web) was unable to place a task"))
		require.Empty(t, h.when("(service agent) was unable to place a task"))
	}
}

// A constraint limits the instances; without any, the service is steady with no task (ECS rules, placement 2.7).
func TestDaemonConstraint(t *testing.T) {
	for text, want := range map[string]int{"attribute:kind == web": 2, "attribute:kind == gpu": 0} {
		expr, err := query.Parse(text)
		require.NoError(t, err)
		cfg := daemons(onInstances(2, 4, 0), 0)
		withFleet("web", slots(4), 2)(cfg)
		cfg.Fleets[1].Attributes = map[string]string{"kind": "web"}
		cfg.Services[0].Constraints = []placement.Constraint{{Query: expr}}
		h := watch(t, cfg, 1, onePerInstance(t))
		require.Equal(t, want, h.count(1).healthy)
		for task := range h.live {
			require.Equal(t, "web", task.Instance.Fleet)
		}
		require.Equal(t, "PRIMARY COMPLETED", h.rollouts())
		require.NotEmpty(t, h.when("steady state"))
	}
}

// An update: old tasks make way first, as many as the minimum allows, and never are there two on an instance (ECS rules,
// placement 2.7).
func TestDaemonUpdate(t *testing.T) {
	for least, waves := range map[int]int{0: 1, 50: 2, 75: 4} {
		cfg := daemons(onInstances(4, 2, 0), least)
		cfg.Latency.ContainerStop = seconds(t, 10)
		rollout(cfg, time.Hour)
		check := onePerInstance(t)
		h := watch(t, cfg, 1, func(h *history) {
			check(h)
			if h.world.Now() > 10*time.Minute {
				require.GreaterOrEqual(t, h.count(0).healthy, (4*least+99)/100)
			}
		})
		require.Equal(t, "INACTIVE COMPLETED, PRIMARY COMPLETED", h.rollouts())
		require.Equal(t, 4, h.count(2).healthy)
		require.Equal(t, time.Hour+time.Duration(waves)*50*time.Second, h.when("deployment completed.")[1], "least %d", least)
	}
	cfg := daemons(onInstances(4, 2, 0), 100)
	rollout(cfg, time.Hour)
	h := watch(t, cfg, 1, onePerInstance(t))
	require.Equal(t, "ACTIVE COMPLETED, PRIMARY IN_PROGRESS", h.rollouts())
	require.Len(t, h.when("was unable to stop or start tasks during a deployment"), 1)
	require.Equal(t, 4, h.count(1).healthy)
}

// On an instance that drains, the daemon's task is the last to stop, and none is placed (ECS rules, placement 2.7, 6.2).
func TestDaemonStopsLast(t *testing.T) {
	cfg := onInstances(2, 4, 4)
	cfg.Duration = 3 * time.Hour
	cfg.Latency.ContainerStop = seconds(t, 20)
	agent := cfg.Services[0]
	agent.Name, agent.Scheduling, agent.DesiredCount = "agent", service.Daemon, 0
	agent.Deployment.MinimumHealthyPercent, agent.Deployment.MaximumPercent = 0, 100
	cfg.Services = append(cfg.Services, agent)
	cfg.Fleets[0].Type = slots(8)
	cfg.Faults = []model.Fault{{Name: "drain", Kind: model.InstanceDraining, At: time.Hour, For: time.Hour, Instance: "main/1"}}
	var order []string
	h := &history{}
	h.leaving = func(now time.Duration, t *model.Task) { order = append(order, now.String()+" "+t.Owner.Name) }
	h.world = model.NewWorld(cfg, 1, h)
	h.world.CheckAfterEvent(func() { model.CheckConservation(h.world); onePerInstance(t)(h) })
	h.world.Run(t.Context())
	require.Equal(t, []string{"1h0m40s web", "1h0m40s web", "1h1m0s agent"}, order)
	require.Equal(t, "agent:2 web:4", h.where(func(t *model.Task) string { return t.Owner.Name }), "and it is back when the instance is ACTIVE")
}

// The circuit breaker works for daemons too: a bad revision is rolled back on every instance.
func TestDaemonRollsBack(t *testing.T) {
	cfg := daemons(onInstances(4, 2, 0), 50)
	withMissingImage(cfg)
	breaker(cfg, true)
	rollout(cfg, time.Hour, missingImage)
	check := onePerInstance(t)
	h := watch(t, cfg, 1, func(h *history) {
		check(h)
		if h.world.Now() > 10*time.Minute {
			require.GreaterOrEqual(t, h.count(0).healthy, 2)
		}
	})
	require.Equal(t, "PRIMARY COMPLETED, INACTIVE FAILED", h.rollouts())
	require.Equal(t, 4, h.count(1).healthy)
	require.Equal(t, 3, h.failures[2])
}

// A daemon whose deployment failed without rollback: old tasks stay, and no instance gets a bad one.
func TestDaemonWithoutRollback(t *testing.T) {
	cfg := daemons(onInstances(4, 2, 0), 50)
	withMissingImage(cfg)
	breaker(cfg, false)
	rollout(cfg, time.Hour, missingImage)
	h := watch(t, cfg, 1, onePerInstance(t))
	require.Equal(t, "ACTIVE COMPLETED, PRIMARY FAILED", h.rollouts())
	require.Equal(t, 2, h.count(1).healthy)
}
