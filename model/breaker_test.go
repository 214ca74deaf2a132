package model_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ecssim/model"
	"ecssim/model/containers"
	"ecssim/model/image"
	"ecssim/model/service"
	"ecssim/model/taskdef"
	"ecssim/sim"
)

// breaker is the circuit breaker as it comes by default.
func breaker(cfg *model.Config, rollback bool) *service.BreakerConfiguration {
	b := &cfg.Services[0].Deployment.Breaker
	*b = service.BreakerConfiguration{Enable: true, Rollback: rollback, ResetOnHealthyTask: true, Value: 50}
	return b
}

// unhealthyContainer has a container health check that never passes.
func unhealthyContainer(p *model.Placing) {
	neverReady(p)
	p.Task.Containers = []taskdef.Container{p.Task.Containers[0]}
	p.Task.Containers[0].Health = &taskdef.HealthCheck{Interval: 10 * time.Second, Timeout: 5 * time.Second, Retries: 3}
}

// missingImage cannot be pulled.
func missingImage(p *model.Placing) { p.Images = []int{0} }

// badRevisions are revisions that fail, and the number that the breaker counts of them.
var badRevisions = map[string]struct {
	change  func(*model.Placing)
	because string
}{
	"targets":    {neverReady, service.StoppedTargetHealth("public/web")},
	"containers": {unhealthyContainer, service.StoppedContainerHealth},
	"image":      {missingImage, "CannotPullContainerError"},
}

func withMissingImage(cfg *model.Config) {
	cfg.Registries = []image.Registry{{Name: "ecr", Kind: image.ECR}}
	cfg.Images = []image.Image{{Name: "1.dkr.ecr.eu-west-1.amazonaws.com/web:2", Missing: true}}
}

// failedOf counts the tasks that ended for a reason.
func (h *history) failedOf(because string) (n int) {
	for reason, k := range h.ended {
		if strings.HasPrefix(reason, because) {
			n += k
		}
	}
	return n
}

// A bad revision: the breaker trips at exactly the documented number of failures, the service goes back to the revision
// before, and ends healthy and steady (ECS rules, services 2.6). In the first stage starts fail, in the second health
// checks.
func TestBreakerTripsAndRollsBack(t *testing.T) {
	for name, bad := range badRevisions {
		for desired, limit := range map[int]int{1: 3, 6: 3, 7: 4, 25: 13, 100: 50} {
			t.Run(fmt.Sprint(name, " ", desired), func(t *testing.T) {
				cfg := behindALB(t, desired)
				cfg.Duration = 12 * time.Hour
				withMissingImage(cfg)
				breaker(cfg, true)
				rollout(cfg, 10*time.Minute, bad.change)
				h := watch(t, cfg, 1, bounded(t, desired, 2*desired))
				require.Equal(t, "PRIMARY COMPLETED, INACTIVE FAILED", h.rollouts())
				require.Equal(t, "tasks failed to start", h.deps[2].Reason)
				require.Equal(t, limit, h.failures[2], "the count at which it failed")
				require.Equal(t, tally{running: desired, healthy: desired}, h.count(1))
				require.Zero(t, h.count(2).total())
				require.Equal(t, []string{
					"(service web) (deployment ecs-svc/0000000000000000002) deployment failed: tasks failed to start.",
					"(service web) rolling back to deployment ecs-svc/0000000000000000001.",
				}, h.messages("deployment failed", "rolling back"))
				require.Positive(t, h.failedOf(bad.because))
				last := h.said[len(h.said)-1]
				require.Equal(t, "(service web) has reached a steady state.", last.Message)
			})
		}
	}
}

// messages lists the events that contain one of some texts.
func (h *history) messages(texts ...string) (list []string) {
	for _, e := range h.said {
		for _, text := range texts {
			if strings.Contains(e.Message, text) {
				list = append(list, e.Message)
			}
		}
	}
	return list
}

// Without a breaker the bad revision is tried for ever, within the bounds and without piling up (ECS rules, services
// 2.4).
func TestWithoutABreakerABadRevisionLoops(t *testing.T) {
	for name, bad := range badRevisions {
		t.Run(name, func(t *testing.T) {
			cfg := behindALB(t, 6)
			cfg.Duration = 48 * time.Hour
			withMissingImage(cfg)
			rollout(cfg, 10*time.Minute, bad.change)
			within := bounded(t, 6, 12)
			h := watch(t, cfg, 1, func(h *history) {
				within(h)
				require.LessOrEqual(t, len(h.live), 12)
			})
			require.Equal(t, sim.Reached, h.outcome)
			require.Equal(t, "ACTIVE COMPLETED, PRIMARY IN_PROGRESS", h.rollouts())
			require.Equal(t, tally{running: 6, healthy: 6}, h.count(1), "the old revision serves")
			failed := h.failedOf(bad.because)
			require.Greater(t, failed, 80, "it goes on to the end")
			require.Less(t, h.world.Fired(), uint64(60*(failed+20)), "events a failure")
			if name == "image" {
				require.NotEmpty(t, h.when("is unable to consistently start tasks successfully."))
			} else {
				require.Empty(t, h.when("is unable to consistently start tasks successfully."), "they ran")
			}
		})
	}
}

// Without rollback the deployment is FAILED, launches nothing more, and the old tasks stay (ECS rules, services 2.6).
func TestBreakerWithoutRollback(t *testing.T) {
	for name, bad := range badRevisions {
		cfg := behindALB(t, 6)
		cfg.Duration = 3 * time.Hour
		withMissingImage(cfg)
		breaker(cfg, false)
		rollout(cfg, 10*time.Minute, bad.change)
		failed := time.Duration(-1)
		h := watch(t, cfg, 1, func(h *history) {
			if d := h.deps[2]; d != nil && d.Rollout == model.RolloutFailed && failed < 0 {
				failed = h.world.Now()
			}
		})
		require.Equal(t, "ACTIVE COMPLETED, PRIMARY FAILED", h.rollouts(), name)
		require.Equal(t, tally{running: 6, healthy: 6}, h.count(1), name)
		require.Zero(t, h.count(2).total(), "the bad tasks have gone: %s", name)
		require.Contains(t, h.events, "(service web) could not launch 6 tasks for deployment ecs-svc/0000000000000000002.", name)
		require.LessOrEqual(t, h.starts[len(h.starts)-1], failed, "nothing was launched afterwards: %s", name)
	}
}

// A stalled service still scales in; it does not scale out, for nothing of the failed revision is launched.
func TestScalingAfterAFailedDeployment(t *testing.T) {
	for desired, left := range map[int]int{4: 4, 9: 6, 0: 0} {
		cfg := behindALB(t, 6)
		cfg.Duration = 4 * time.Hour
		breaker(cfg, false)
		rollout(cfg, 10*time.Minute, neverReady)
		scale(cfg, 2*time.Hour, desired)
		h := watch(t, cfg, 1, nil)
		require.Equal(t, model.RolloutFailed, h.deps[2].Rollout)
		require.Equal(t, left, h.count(1).live(), "desired %d", desired)
	}
}

// Without a deployment to go back to, the service stalls: it launches nothing more, but lives on (ECS rules, services
// 2.6, R-2.8).
func TestFirstDeploymentHasNothingToGoBackTo(t *testing.T) {
	for name, bad := range badRevisions {
		cfg := behindALB(t, 6)
		cfg.Duration = 12 * time.Hour
		withMissingImage(cfg)
		breaker(cfg, true)
		bad.change(&cfg.Services[0].Placing)
		h := watch(t, cfg, 1, nil)
		require.Equal(t, "PRIMARY FAILED", h.rollouts(), name)
		require.Empty(t, h.when("rolling back"), name)
		require.Zero(t, h.count(0).total(), name)
		require.Len(t, h.when("could not launch 6 tasks for deployment ecs-svc/0000000000000000001."), 1, name)
	}
}

// D2 fails and D1 is begun anew; D3 starts before D1 has completed again, and fails: nothing is left to go back to (ECS
// rules, services ). If D1 has completed before, it is.
func TestR2_8RollbackNeedsACompletedDeployment(t *testing.T) {
	for _, r := range []struct {
		third    time.Duration
		rollouts string
	}{
		{14*time.Minute + 5*time.Second, "ACTIVE IN_PROGRESS, INACTIVE FAILED, PRIMARY FAILED"},
		{time.Hour, "PRIMARY COMPLETED, INACTIVE FAILED, INACTIVE FAILED"},
	} {
		cfg := behindALB(t, 6)
		cfg.Duration = 6 * time.Hour
		withMissingImage(cfg)
		breaker(cfg, true)
		rollout(cfg, 10*time.Minute, neverReady)
		rollout(cfg, r.third, missingImage)
		h := watch(t, cfg, 1, nil)
		require.Equal(t, r.rollouts, h.rollouts())
		require.Equal(t, 6, h.count(1).healthy)
	}
}

// Tasks that the scheduler itself stops before they run are no failures of their revision.
func TestScaleInIsNoFailure(t *testing.T) {
	cfg := behindALB(t, 8)
	cfg.Duration = 2 * time.Hour
	breaker(cfg, true)
	rollout(cfg, 10*time.Minute)
	scale(cfg, 10*time.Minute+7*time.Second, 2)
	h := watch(t, cfg, 1, nil)
	require.Len(t, h.messages("pending tasks"), 1)
	require.Equal(t, "INACTIVE COMPLETED, PRIMARY COMPLETED", h.rollouts())
	require.Zero(t, h.deps[2].Failed)
}

// COUNT and UNBOUNDED_PERCENT thresholds, and the desired count of the moment (ECS rules, services 2.6).
func TestBreakerThresholds(t *testing.T) {
	for _, r := range []struct {
		kind    service.ThresholdType
		value   int
		desired int
		limit   int
	}{
		{service.Count, 1, 6, 1}, {service.Count, 7, 6, 7}, {service.UnboundedPercent, 50, 3, 2},
		{service.UnboundedPercent, 100, 250, 250}, {service.BoundedPercent, 100, 250, 200}, {service.BoundedPercent, 25, 40, 10},
	} {
		cfg := behindALB(t, r.desired)
		cfg.Duration = 12 * time.Hour
		b := breaker(cfg, true)
		b.Threshold, b.Value = r.kind, r.value
		withMissingImage(cfg)
		rollout(cfg, 10*time.Minute, missingImage)
		h := watch(t, cfg, 1, nil)
		require.Equal(t, r.limit, h.failures[2], "%+v", r)
		require.Equal(t, "PRIMARY COMPLETED, INACTIVE FAILED", h.rollouts(), "%+v", r)
	}
}

// A task that becomes healthy sets the count back, unless resetOnHealthyTask is off (ECS rules, services 2.6).
func TestResetOnHealthyTask(t *testing.T) {
	for reset, rollouts := range map[bool]string{true: "INACTIVE COMPLETED, PRIMARY COMPLETED", false: "PRIMARY COMPLETED, INACTIVE FAILED"} {
		cfg := behindALB(t, 3)
		cfg.Duration = 2 * time.Hour
		percents(cfg, 100, 400)
		b := breaker(cfg, true)
		b.ResetOnHealthyTask, b.Threshold, b.Value = reset, service.Count, 4
		// While the old tasks drain, three new ones at a time are healthy, fail, and are replaced by three that are healthy.
		rollout(cfg, 10*time.Minute, failing(t, 60))
		h := watch(t, cfg, 1, nil)
		require.Equal(t, rollouts, h.rollouts())
	}
}

// failing programs answer health checks for so many seconds and then no more.
func failing(t testing.TB, after float64) func(*model.Placing) {
	return func(p *model.Placing) { p.Apps = []containers.App{{FailsAfter: seconds(t, after)}} }
}
