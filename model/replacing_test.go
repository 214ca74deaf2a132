package model_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ecssim/model"
	"ecssim/model/network"
	"ecssim/model/placement"
	"ecssim/model/taskdef"
)

// Tasks of the old revision that died, and were not needed any more, do not come back when the deployment is long over.
func TestOldRevisionStaysGone(t *testing.T) {
	cfg := behindALB(t, 4)
	cfg.Duration = 3 * time.Hour
	percents(cfg, 100, 150)
	rollout(cfg, 10*time.Minute)
	kill := func(at time.Duration, revision, n int) {
		cfg.Faults = append(cfg.Faults, model.Fault{Name: at.String(), Kind: model.TaskKill, At: at, Owner: "services.web", Revision: revision, Count: n})
	}
	kill(11*time.Minute, 1, 1) // its place is given to the newest
	kill(time.Hour, 2, 3)
	h := watch(t, cfg, 1, func(h *history) {
		if h.world.Now() > 30*time.Minute {
			require.Zero(t, h.count(1).total())
		}
	})
	require.Equal(t, tally{running: 4, healthy: 4}, h.count(2))
}

// An app that needs longer to boot than the load balancer waits is killed 60 s after registration and begins anew, for
// ever; as it was RUNNING, the throttle has nothing to say, and with room its replacement starts at once (ECS rules,
// services ).
func TestR2_12SlowAppIsKilledAgainAndAgain(t *testing.T) {
	cfg := behindALB(t, 1)
	cfg.Duration = time.Hour
	percents(cfg, 100, 1000) // so that tasks that drain are not in the way
	cfg.Services[0].Apps = slowToBoot(t, 70).Apps
	cfg.Latency.FirstProbe = seconds(t, 30)
	h := watch(t, cfg, 1, nil)
	// 16 s to start, two failed probes 30 s apart; the next task begins at that instant.
	for n, at := range h.starts {
		require.Equal(t, time.Duration(n)*76*time.Second, at)
	}
	require.Greater(t, len(h.starts), 40)
	require.Empty(t, h.when("unable to consistently"))

	cfg.Services[0].Grace = 5 * time.Minute
	h = watch(t, cfg, 1, nil)
	require.Len(t, h.starts, 1, "with a grace period it boots in peace")
	require.Equal(t, 1, h.count(1).healthy)
}

// After the grace period, a task that is still unhealthy is replaced at once (ECS rules, services 2.10).
func TestGracePeriodEnds(t *testing.T) {
	cfg := behindALB(t, 1)
	cfg.Duration = time.Hour
	cfg.Services[0].Grace = 5 * time.Minute
	neverReady(&cfg.Services[0].Placing)
	h := watch(t, cfg, 1, nil)
	require.Equal(t, "5m16s", h.at(" DEACTIVATING")[0], "five minutes after it was RUNNING")
}

func slowToBoot(t testing.TB, after float64) model.Placing {
	var p model.Placing
	failing(t, 1e6)(&p)
	p.Apps[0].ReadyAfter = seconds(t, after)
	return p
}

// Unhealthy tasks are replaced all at once where the upper bound leaves room, and where it does not one at a time (ECS
// rules, services 2.5).
func TestUnhealthyTasksAreReplaced(t *testing.T) {
	for _, r := range []struct {
		most  int
		leave []string
	}{
		{200, []string{"15m31s", "15m31s", "15m31s", "15m31s"}},
		{150, []string{"15m31s", "15m31s", "15m31s", "15m41s"}}, // two in their room, and then one after the other
		{100, []string{"15m31s", "15m41s", "15m51s", "16m1s"}},
	} {
		cfg := behindALB(t, 4)
		cfg.Duration = 2 * time.Hour
		percents(cfg, 100, r.most)
		cfg.Services[0].Apps = nil
		cfg.Faults = []model.Fault{{Name: "ill", Kind: model.HealthCheckFailing, At: 15*time.Minute + time.Second, For: 30500 * time.Millisecond, Owner: "services.web"}}
		h := watch(t, cfg, 1, func(h *history) { require.LessOrEqual(t, h.count(0).total(), 4*r.most/100) })
		require.Equal(t, r.leave, h.at(" DEACTIVATING"), "%d %%", r.most)
		require.Equal(t, tally{running: 4, healthy: 4}, h.count(1), "%d %%", r.most)
	}
}

// A static host port lets one task run on an instance. With a minimum of 100 % the new revision finds no place until an
// old task goes, and none goes; with 50 % it does.
func TestStaticHostPort(t *testing.T) {
	for least, rollouts := range map[int]string{100: "ACTIVE COMPLETED, PRIMARY IN_PROGRESS", 50: "INACTIVE COMPLETED, PRIMARY COMPLETED"} {
		cfg := onInstances(2, 4, 2)
		cfg.Duration = 13 * time.Hour
		cfg.Services[0].Task.Containers[0].Ports = []taskdef.PortMapping{{ContainerPort: 80, HostPort: 8080}}
		percents(cfg, least, 200)
		rollout(cfg, 10*time.Minute)
		h := watch(t, cfg, 1, bounded(t, 2*least/100, 4))
		require.Equal(t, rollouts, h.rollouts())
		if least == 100 {
			said := h.when("is already using a port required by your task.")
			require.Equal(t, []time.Duration{10 * time.Minute, 6*time.Hour + 12*time.Minute + 45*time.Second}, said[:2], "once in six hours, when it is tried again")
			require.Equal(t, 2, h.count(1).healthy)
		}
	}
}

// Draining: at 100/200 the replacement is healthy before a task goes; at 50/100 as many go first as the lower bound
// allows; at 100/100 nothing moves, and ECS says so (ECS rules, placement 6.2, 11).
func TestDraining(t *testing.T) {
	for _, r := range []struct{ least, most, lower, upper int }{{100, 200, 4, 8}, {50, 100, 2, 4}, {75, 125, 3, 5}, {100, 100, 4, 4}} {
		cfg := onInstances(3, 4, 4)
		cfg.Duration = 3 * time.Hour
		percents(cfg, r.least, r.most)
		cfg.Faults = []model.Fault{{Name: "drain", Kind: model.InstanceDraining, At: time.Hour, Instance: "main/1"}}
		h := watch(t, cfg, 1, bounded(t, r.lower, r.upper))
		left := 0
		for task := range h.live {
			if task.Instance.Name == "main/1" {
				left++
			}
		}
		if r.least == 100 && r.most == 100 {
			require.Equal(t, 2, left)
			require.Equal(t, []time.Duration{time.Hour}, h.when("was unable to stop or start tasks during a deployment"))
			continue
		}
		require.Zero(t, left, "%+v", r)
		require.Equal(t, 4, h.count(1).healthy)
		require.Empty(t, h.when("was unable"))
	}
}

// Old tasks on an instance that drains during a deployment are replaced by the newest, not by their own revision.
func TestDrainingDuringADeployment(t *testing.T) {
	cfg := behindALB(t, 4)
	cfg.Subnets[0] = network.Subnet{Name: "a", Zone: "a", Prefix: 20}
	withFleet("main", slots(4), 4)(cfg)
	s := &cfg.Services[0]
	s.Launch = model.EC2
	s.Task.NetworkMode = taskdef.Bridge
	s.Task.CPU, s.Task.Memory = 1, 1
	s.Strategy = placement.ServiceDefault()
	cfg.Duration = 3 * time.Hour
	percents(cfg, 50, 100)
	cfg.Latency.ImagePull = seconds(t, 15)
	rollout(cfg, time.Hour)
	cfg.Faults = []model.Fault{{Name: "drain", Kind: model.InstanceDraining, At: time.Hour, Count: 2}}
	within := bounded(t, 2, 4)
	h := watch(t, cfg, 1, func(h *history) {
		within(h)
		if h.world.Now() > time.Hour {
			require.Zero(t, h.count(1).starting+h.count(1).waiting, "at %v", h.world.Now())
		}
	})
	require.Equal(t, "INACTIVE COMPLETED, PRIMARY COMPLETED", h.rollouts())
	require.Equal(t, 4, h.count(2).healthy)
}
