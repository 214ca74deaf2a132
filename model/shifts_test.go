package model_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ecssim/model"
	"ecssim/model/service"
)

// shifting is a service of a deployment strategy that moves traffic, with a new revision at ten minutes.
func shifting(t testing.TB, desired int, d service.DeploymentConfiguration) *model.Config {
	cfg := behindALB(t, desired)
	cfg.Duration = 4 * time.Hour
	cfg.Services[0].Deployment = d
	rollout(cfg, 10*time.Minute)
	return cfg
}

var (
	blueGreen = service.DeploymentConfiguration{Strategy: service.BlueGreen, BakeTime: 10 * time.Minute}
	linear    = service.DeploymentConfiguration{Strategy: service.Linear, BakeTime: 10 * time.Minute, StepPercent: 10, StepBakeTime: 6 * time.Minute}
	canary    = service.DeploymentConfiguration{Strategy: service.Canary, BakeTime: 10 * time.Minute, CanaryPercent: 5, CanaryBakeTime: 10 * time.Minute}
)

// shareOf lists what share of the traffic a deployment has, and from when.
func (h *history) shareOf(deployment int) (list []string) {
	for _, s := range h.shares {
		if s.deployment == deployment {
			list = append(list, fmt.Sprintf("%v %.4g", s.at, s.of))
		}
	}
	return list
}

// traffic checks that the shares of a service's deployments add up, and that who has traffic has all its tasks.
func traffic(t testing.TB, desired int) func(*history) {
	most := 0
	return func(h *history) {
		sum := 0.0
		for n, d := range h.deps {
			if d.Status != model.InactiveDeployment || d.Share == 1 {
				sum += d.Share
			}
			if d.Share > 0 && d.Share < 1 {
				require.GreaterOrEqual(t, h.count(n).healthy, desired, "deployment %d at %v", n, h.world.Now())
			}
		}
		if len(h.deps) > 1 {
			require.InDelta(t, 1, sum, 1e-9, "at %v", h.world.Now())
		}
		most = max(most, h.count(0).live())
		require.LessOrEqual(t, h.count(0).live(), 2*desired, "at %v", h.world.Now())
	}
}

// Green is scaled to the full count, gets all of the traffic at once, and blue goes when the bake time is over; meanwhile
// there are twice the tasks (ECS rules, services 2.8).
func TestBlueGreen(t *testing.T) {
	cfg := shifting(t, 6, blueGreen)
	check := traffic(t, 6)
	most := 0
	h := watch(t, cfg, 1, func(h *history) {
		check(h)
		most = max(most, h.count(0).total())
		if now := h.world.Now(); now > 10*time.Minute+31*time.Second && now < 20*time.Minute+31*time.Second {
			require.Equal(t, 12, h.count(0).healthy, "both serve at %v", now)
		}
	})
	require.Equal(t, 12, most)
	require.Equal(t, []string{"10m0s 0", "10m31s 1"}, h.shareOf(2))
	require.Equal(t, []string{"20m31s", "20m31s", "20m31s", "20m31s", "20m31s", "20m31s"}, h.at(" DEACTIVATING"))
	require.Equal(t, []time.Duration{31 * time.Second, 26*time.Minute + time.Second}, h.when("deployment completed."))
	require.Equal(t, "INACTIVE COMPLETED, PRIMARY COMPLETED", h.rollouts())
	var stages []string
	for _, m := range h.messages("lifecycle stage") {
		stages = append(stages, m[len("(service web) (deployment ecs-svc/0000000000000000002) entered the lifecycle stage "):])
	}
	require.Equal(t, []string{
		"RECONCILE_SERVICE.", "PRE_SCALE_UP.", "SCALE_UP.", "POST_SCALE_UP.", "TEST_TRAFFIC_SHIFT.", "POST_TEST_TRAFFIC_SHIFT.",
		"PRE_PRODUCTION_TRAFFIC_SHIFT.", "PRODUCTION_TRAFFIC_SHIFT.", "POST_PRODUCTION_TRAFFIC_SHIFT.", "BAKE_TIME.", "CLEAN_UP.",
	}, stages)
}

// 10 % every six minutes: 54 minutes from the first shift to the last, and then the bake time (ECS rules, services
//
func TestR2_9Linear(t *testing.T) {
	h := watch(t, shifting(t, 4, linear), 1, traffic(t, 4))
	require.Equal(t, []string{
		"10m0s 0", "10m31s 0.1", "16m31s 0.2", "22m31s 0.3", "28m31s 0.4", "34m31s 0.5", "40m31s 0.6", "46m31s 0.7", "52m31s 0.8",
		"58m31s 0.9", "1h4m31s 1",
	}, h.shareOf(2))
	require.Equal(t, "1h14m31s", h.at(" DEACTIVATING")[0])
	require.Len(t, h.at(" DEACTIVATING"), 4)
	require.Equal(t, []string{"0s 1", "10m31s 0.9", "16m31s 0.8"}, h.shareOf(1)[:3])
}

// 5 % for ten minutes, then all, then the bake time, then blue goes (ECS rules, services ).
func TestR2_10Canary(t *testing.T) {
	h := watch(t, shifting(t, 4, canary), 1, traffic(t, 4))
	require.Equal(t, []string{"10m0s 0", "10m31s 0.05", "20m31s 1"}, h.shareOf(2))
	require.Equal(t, "30m31s", h.at(" DEACTIVATING")[0])
}

// A rollback before CLEAN_UP turns the traffic around at once, and then green's tasks go (ECS rules, services ).
func TestR2_10RollbackTurnsTheTrafficAround(t *testing.T) {
	for name, d := range map[string]service.DeploymentConfiguration{"BLUE_GREEN": blueGreen, "LINEAR": linear, "CANARY": canary} {
		for _, at := range []time.Duration{10*time.Minute + 5*time.Second, 15 * time.Minute, 19 * time.Minute} {
			cfg := shifting(t, 4, d)
			withAlarm(cfg, model.Stretch{From: at, To: -1})
			h := watch(t, cfg, 1, traffic(t, 4))
			require.Equal(t, "PRIMARY COMPLETED, INACTIVE FAILED", h.rollouts(), name)
			back := h.shareOf(1)
			if len(back) > 1 {
				require.Equal(t, fmt.Sprint(at, " 1"), back[len(back)-1], name)
			}
			green := h.shareOf(2)
			require.Contains(t, green[len(green)-1], " 0", name)
			require.Equal(t, tally{running: 4, healthy: 4}, h.count(1), name)
			require.Zero(t, h.count(2).total(), name)
			require.Len(t, h.at("STOPPED"), 4, "only green's tasks stopped: %s", name)
			if at > 11*time.Minute {
				require.Equal(t, at.String(), h.at(" DEACTIVATING")[0], name)
			}
		}
	}
}

// A third revision while green waits or bakes: the traffic goes back to the one that served, green makes way for the
// third, and never are there more than twice the tasks.
func TestRolloutDuringAShift(t *testing.T) {
	for name, d := range map[string]service.DeploymentConfiguration{"BLUE_GREEN": blueGreen, "LINEAR": linear, "CANARY": canary} {
		for _, at := range []time.Duration{10 * time.Minute, 10*time.Minute + 5*time.Second, 10*time.Minute + 31*time.Second, 15 * time.Minute, 21 * time.Minute, 90 * time.Minute} {
			cfg := shifting(t, 4, d)
			rollout(cfg, at)
			check := traffic(t, 4)
			h := watch(t, cfg, 1, func(h *history) {
				check(h)
				require.GreaterOrEqual(t, h.count(0).healthy, min(4, h.count(0).healthy+boolInt(h.world.Now() > 31*time.Second)*4), "%s %v at %v", name, at, h.world.Now())
			})
			require.Equal(t, "PRIMARY COMPLETED", h.rollouts()[len(h.rollouts())-len("PRIMARY COMPLETED"):], "%s %v", name, at)
			require.Equal(t, tally{running: 4, healthy: 4}, h.count(3), "%s %v", name, at)
			require.Equal(t, 4, h.count(0).total(), "%s %v", name, at)
		}
	}
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Tasks of blue and of green that are lost while the traffic moves are replaced with their own revision: both serve.
func TestShiftSurvivesLosses(t *testing.T) {
	for revision := 1; revision <= 2; revision++ {
		cfg := shifting(t, 4, linear)
		cfg.Faults = []model.Fault{{Name: "kill", Kind: model.TaskKill, At: 30 * time.Minute, Owner: "services.web", Revision: revision, Count: 3}}
		h := watch(t, cfg, 1, func(h *history) {
			if now := h.world.Now(); now > 31*time.Minute && now < 70*time.Minute {
				require.Equal(t, 4, h.count(1).healthy, "blue at %v", now)
				require.Equal(t, 4, h.count(2).healthy, "green at %v", now)
			}
		})
		require.Equal(t, tally{running: 4, healthy: 4}, h.count(2))
		require.Equal(t, 4, h.count(0).total())
	}
}

// Scaling while the traffic moves scales both.
func TestScalingDuringAShift(t *testing.T) {
	for _, desired := range []int{2, 7} {
		cfg := shifting(t, 4, linear)
		scale(cfg, 30*time.Minute, desired)
		h := watch(t, cfg, 1, nil)
		require.Equal(t, tally{running: desired, healthy: desired}, h.count(2), "%d", desired)
		require.Equal(t, desired, h.count(0).total())
		require.Equal(t, "INACTIVE COMPLETED, PRIMARY COMPLETED", h.rollouts())
	}
}

// A service without tasks shifts nothing, and is done when its bake time is over.
func TestShiftOfNothing(t *testing.T) {
	h := watch(t, shifting(t, 0, blueGreen), 1, nil)
	require.Equal(t, "INACTIVE COMPLETED, PRIMARY COMPLETED", h.rollouts())
	require.Equal(t, 20*time.Minute, h.when("deployment completed.")[1])
}

// Green that never becomes healthy gets no traffic, however long it takes; blue serves.
func TestSickGreenGetsNoTraffic(t *testing.T) {
	cfg := shifting(t, 4, blueGreen)
	neverReady(cfg.Services[0].Rollouts[0].Placing)
	h := watch(t, cfg, 1, traffic(t, 4))
	require.Equal(t, []string{"10m0s 0"}, h.shareOf(2))
	require.Equal(t, tally{running: 4, healthy: 4}, h.count(1))
	require.Equal(t, "ACTIVE COMPLETED, PRIMARY IN_PROGRESS", h.rollouts())
}

// A deployment that fails without rollback stays where it is: no more traffic moves, and both revisions serve.
func TestFailedShiftStaysWhereItIs(t *testing.T) {
	cfg := shifting(t, 4, linear)
	withAlarm(cfg, model.Stretch{From: 30 * time.Minute, To: -1}).Rollback = false
	h := watch(t, cfg, 1, traffic(t, 4))
	require.Equal(t, "ACTIVE COMPLETED, PRIMARY FAILED", h.rollouts())
	require.Equal(t, []string{"10m0s 0", "10m31s 0.1", "16m31s 0.2", "22m31s 0.3", "28m31s 0.4"}, h.shareOf(2))
	require.Equal(t, 8, h.count(0).healthy)
}

// withAlarm has the deployments of the first service watch an alarm.
func withAlarm(cfg *model.Config, inAlarm ...model.Stretch) *service.AlarmConfiguration {
	cfg.Alarms = []model.Alarm{{Name: "errors", InAlarm: inAlarm}}
	a := &cfg.Services[0].Deployment.Alarms
	*a = service.AlarmConfiguration{Enable: true, Rollback: true, Alarms: []int{0}, BakeTime: a.BakeTime}
	return a
}
