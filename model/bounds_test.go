package model_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ecssim/model"
	"ecssim/model/containers"
	"ecssim/model/service"
	"ecssim/sim"
)

// anyService draws a service with updates of good and bad revisions, changes of the desired count, and losses.
func anyService(t *testing.T, r *rapid.T) *model.Config {
	var cfg *model.Config
	desired := rapid.IntRange(0, 7).Draw(r, "desired")
	onEC2 := rapid.Bool().Draw(r, "EC2")
	if onEC2 {
		cfg = onInstances(rapid.IntRange(1, 5).Draw(r, "instances"), 4, desired)
		cfg.Latency.ContainerStart, cfg.Latency.ContainerStop = seconds(t, 3), seconds(t, 20)
	} else {
		cfg = inZones(t, rapid.IntRange(1, 3).Draw(r, "zones"), desired)
	}
	withMissingImage(cfg)
	cfg.EventLimit = 200_000
	cfg.Duration = 24 * time.Hour
	s := &cfg.Services[0]
	s.Rebalancing = rapid.Bool().Draw(r, "rebalancing")
	percents(cfg, rapid.SampledFrom([]int{0, 50, 66, 100}).Draw(r, "minimum"), rapid.SampledFrom([]int{100, 125, 150, 200}).Draw(r, "maximum"))
	s.Deployment.Strategy = rapid.SampledFrom([]service.Strategy{service.Rolling, service.Rolling, service.BlueGreen, service.Linear, service.Canary}).Draw(r, "strategy")
	s.Deployment.BakeTime, s.Deployment.StepPercent, s.Deployment.StepBakeTime = time.Minute, 30, time.Minute
	s.Deployment.CanaryPercent, s.Deployment.CanaryBakeTime = 10, 5*time.Minute
	if rapid.Bool().Draw(r, "breaker") && s.Deployment.Strategy == service.Rolling {
		breaker(cfg, rapid.Bool().Draw(r, "rollback"))
	}
	if rapid.Bool().Draw(r, "protection") {
		s.Protection = &model.Protection{Fraction: 0.5, For: 30 * time.Minute}
	}
	if rapid.Bool().Draw(r, "alarm") {
		withAlarm(cfg, model.Stretch{From: 25 * time.Minute, To: 40 * time.Minute}).BakeTime = time.Minute
	}
	if rapid.Bool().Draw(r, "cadence") {
		cfg.Latency.Scheduler = seconds(t, 7)
	}
	instant := func(what string) time.Duration {
		return time.Duration(rapid.IntRange(0, 3600).Draw(r, what)) * time.Second
	}
	for range rapid.IntRange(0, 3).Draw(r, "updates") {
		at := instant("update")
		switch rapid.IntRange(0, 4).Draw(r, "update") {
		case 0:
			scale(cfg, at, rapid.IntRange(0, 7).Draw(r, "new desired"))
		case 1:
			rollout(cfg, at, missingImage)
		case 2:
			s.Rollouts = append(s.Rollouts, model.Rollout{At: at, Force: true, DesiredCount: rapid.IntRange(-1, 7).Draw(r, "new desired")})
		default:
			rollout(cfg, at)
		}
	}
	for k := range rapid.IntRange(0, 3).Draw(r, "faults") {
		f := model.Fault{Name: fmt.Sprint(k), At: instant("fault"), For: 10 * time.Minute, Count: rapid.IntRange(0, 3).Draw(r, "victims")}
		kinds := []model.FaultKind{model.TaskKill, model.HealthCheckFailing}
		if onEC2 {
			kinds = append(kinds, model.InstanceDraining, model.InstanceLoss, model.AgentDisconnect)
		}
		f.Kind = rapid.SampledFrom(kinds).Draw(r, "kind")
		cfg.Faults = append(cfg.Faults, f)
	}
	return cfg
}

// Whatever happens to a service: the scheduler by itself never stops a healthy task below the lower bound, never has more
// tasks than the upper one, does not run away, and its books balance after every event (ECS rules, services 2.5).
func TestNoServiceLeavesItsBounds(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		cfg := anyService(t, r)
		d := &cfg.Services[0].Deployment
		most := cfg.Services[0].DesiredCount
		for _, u := range cfg.Services[0].Rollouts {
			most = max(most, u.DesiredCount)
		}
		upper := most * d.MaximumPercent / 100
		if d.Strategy != service.Rolling {
			upper = 2*most + 1
		}
		h := &history{unchecked: len(cfg.Services[0].Targets) == 0}
		h.leaving = func(now time.Duration, task *model.Task) {
			if task.StopCode != model.ServiceSchedulerInitiated || task.Running == model.Never || d.Strategy != service.Rolling {
				return
			}
			if healthy := h.count(0).healthy; healthy < (task.Owner.Desired*d.MinimumHealthyPercent+99)/100 && wasHealthy(h, now, task) {
				r.Fatalf("at %v %s is stopped (%s), which leaves %d healthy of %d", now, task, task.StoppedReason, healthy, task.Owner.Desired)
			}
		}
		h.world = model.NewWorld(cfg, 1, h)
		h.world.CheckAfterEvent(func() {
			model.CheckConservation(h.world)
			if n := h.count(0).total(); n > max(upper, most) {
				r.Fatalf("at %v there are %d tasks, %d at most", h.world.Now(), n, upper)
			}
		})
		require.Equal(t, sim.Reached, h.world.Run(t.Context()))
		c := h.count(0)
		if c.total() != c.running || c.running != c.healthy {
			return // it is stuck, blocked or stalled, or the cluster is full
		}
		for n := range h.deps {
			require.Equal(t, h.count(n).running, h.deps[n].Running)
			require.Equal(t, h.count(n).healthy, h.deps[n].Healthy)
		}
	})
}

func wasHealthy(h *history, now time.Duration, t *model.Task) bool {
	if h.unchecked {
		return now >= t.Running+40*time.Second
	}
	return t.Health == containers.Healthy
}
