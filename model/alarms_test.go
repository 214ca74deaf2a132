package model_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ecssim/model"
)

// An alarm that goes on during a deployment, or in the bake time after it, makes it FAILED and rolls it back; one that is
// in ALARM when it starts is ignored for that deployment, even if it goes off and on again (ECS rules, services 2.7).
func TestAlarmsDuringADeployment(t *testing.T) {
	minutes := func(from, to int) model.Stretch {
		return model.Stretch{From: time.Duration(from) * time.Minute, To: time.Duration(to) * time.Minute}
	}
	for _, r := range []struct {
		what     string
		rollback bool
		alarm    []model.Stretch
		rollouts string
	}{
		{"before the deployment", true, []model.Stretch{minutes(5, 10)}, "INACTIVE COMPLETED, PRIMARY COMPLETED"},
		{"at the start", true, []model.Stretch{minutes(10, 60)}, "INACTIVE COMPLETED, PRIMARY COMPLETED"},
		{"since before the start", true, []model.Stretch{{From: 9 * time.Minute, To: -1}}, "INACTIVE COMPLETED, PRIMARY COMPLETED"},
		{"again", true, []model.Stretch{minutes(9, 11), minutes(12, 13)}, "INACTIVE COMPLETED, PRIMARY COMPLETED"},
		{"over when it starts", true, []model.Stretch{minutes(5, 10), minutes(12, 13)}, "PRIMARY COMPLETED, INACTIVE FAILED"},
		{"in between", true, []model.Stretch{minutes(12, 13)}, "PRIMARY COMPLETED, INACTIVE FAILED"},
		{"in the bake time", true, []model.Stretch{minutes(20, 21)}, "PRIMARY COMPLETED, INACTIVE FAILED"},
		{"when it is over", true, []model.Stretch{minutes(22, 23)}, "INACTIVE COMPLETED, PRIMARY COMPLETED"},
		{"without rollback", false, []model.Stretch{minutes(12, 13)}, "INACTIVE COMPLETED, PRIMARY FAILED"},
	} {
		cfg := behindALB(t, 4)
		cfg.Duration = 2 * time.Hour
		a := withAlarm(cfg, r.alarm...)
		a.BakeTime, a.Rollback = 5*time.Minute, r.rollback
		rollout(cfg, 10*time.Minute)
		within := bounded(t, 4, 8)
		h := watch(t, cfg, 1, func(h *history) {
			if r.rollback {
				within(h)
			}
		})
		require.Equal(t, r.rollouts, h.rollouts(), r.what)
		require.Equal(t, 4, h.count(0).healthy, r.what)
		if h.deps[2].Rollout == model.RolloutFailed {
			require.Equal(t, "alarm detected", h.deps[2].Reason)
			require.Contains(t, h.events, "(service web) (deployment ecs-svc/0000000000000000002) deployment failed: alarm detected.")
		}
	}
}

// The deployment stays IN_PROGRESS for the bake time of its alarms; the first of a service has none (ECS rules, services
// 2.7).
func TestBakeTimeOfAlarms(t *testing.T) {
	cfg := behindALB(t, 4)
	cfg.Duration = 2 * time.Hour
	withAlarm(cfg).BakeTime = 5 * time.Minute
	rollout(cfg, 10*time.Minute)
	h := watch(t, cfg, 1, func(h *history) {
		if now := h.world.Now(); now > 10*time.Minute && now < 21*time.Minute+time.Second {
			require.Equal(t, model.RolloutInProgress, h.deps[2].Rollout)
		}
	})
	require.Equal(t, []time.Duration{31 * time.Second, 10*time.Minute + 361*time.Second + 5*time.Minute}, h.when("deployment completed."))
	require.Equal(t, []time.Duration{31 * time.Second, 10*time.Minute + 361*time.Second + 5*time.Minute}, h.when("steady state"))

	cfg.Services[0].Deployment.Alarms.Enable = false
	h = watch(t, cfg, 1, nil)
	require.Equal(t, 10*time.Minute+361*time.Second, h.when("deployment completed.")[1])
}

// Alarms and breaker work together: whichever is first decides (ECS rules, services 2.7).
func TestAlarmOrBreakerFirst(t *testing.T) {
	for at, reason := range map[time.Duration]string{11 * time.Minute: "alarm detected", 30 * time.Minute: "tasks failed to start"} {
		cfg := behindALB(t, 6)
		cfg.Duration = 2 * time.Hour
		breaker(cfg, true)
		withAlarm(cfg, model.Stretch{From: at, To: at + time.Second})
		rollout(cfg, 10*time.Minute, neverReady)
		h := watch(t, cfg, 1, bounded(t, 6, 12))
		require.Equal(t, reason, h.deps[2].Reason)
		require.Equal(t, "PRIMARY COMPLETED, INACTIVE FAILED", h.rollouts())
	}
}

// What failed one deployment is no reason to fail the way back, on which the alarm may still be on.
func TestRollbackIsNotStoppedByTheAlarm(t *testing.T) {
	cfg := behindALB(t, 4)
	cfg.Duration = 2 * time.Hour
	withAlarm(cfg, model.Stretch{From: 12 * time.Minute, To: 13 * time.Minute}, model.Stretch{From: 14 * time.Minute, To: -1})
	rollout(cfg, 10*time.Minute)
	h := watch(t, cfg, 1, nil)
	require.Equal(t, "PRIMARY COMPLETED, INACTIVE FAILED", h.rollouts())
	require.Equal(t, "rolled back from deployment ecs-svc/0000000000000000002", h.deps[1].Reason)
}
