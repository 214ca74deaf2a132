package model_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ecssim/model"
	"ecssim/model/service"
)

const stuck = "(service web) was unable to stop or start tasks during a deployment because of the service deployment configuration. Update the minimumHealthyPercent or maximumPercent value and try again."

func percents(cfg *model.Config, least, most int) {
	cfg.Services[0].Deployment.MinimumHealthyPercent, cfg.Services[0].Deployment.MaximumPercent = least, most
}

// A rolling update of twelve tasks behind an ALB keeps within its bounds after every single event, and ends with all of
// the new revision (ECS rules, services 2.5).
func TestRollingUpdateKeepsItsBounds(t *testing.T) {
	for _, r := range []struct{ least, most, lower, upper int }{
		{100, 200, 12, 24}, {50, 100, 6, 12}, {50, 200, 6, 24}, {75, 125, 9, 15}, {100, 110, 12, 13}, {0, 100, 0, 12},
	} {
		t.Run(fmt.Sprint(r.least, "/", r.most), func(t *testing.T) {
			cfg := behindALB(t, 12)
			cfg.Duration = 5 * time.Hour
			percents(cfg, r.least, r.most)
			rollout(cfg, 10*time.Minute)
			within := bounded(t, r.lower, r.upper)
			newest, oldest, most := 0, 12, 0
			h := watch(t, cfg, 1, func(h *history) {
				within(h)
				most = max(most, h.count(0).total())
				if h.world.Now() < 10*time.Minute {
					return
				}
				a, b := h.count(1), h.count(2)
				require.LessOrEqual(t, a.live(), oldest, "the old revision never grows")
				require.GreaterOrEqual(t, b.live(), newest, "the new revision never shrinks")
				require.LessOrEqual(t, b.live(), 12)
				oldest, newest = a.live(), b.live()
			})
			require.Equal(t, "INACTIVE COMPLETED, PRIMARY COMPLETED", h.rollouts())
			require.Equal(t, tally{running: 12, healthy: 12}, h.count(2))
			require.Equal(t, r.upper, most, "it uses the room it has")
			require.Len(t, h.when("has reached a steady state."), 2)
			require.Empty(t, h.when("was unable"))
		})
	}
}

// Behind an ALB, three tasks at 100/125 round to no room at all: ECS says so once in six hours, and the old revision goes
// on serving (ECS rules, services ).
func TestR2_5StuckByRounding(t *testing.T) {
	for _, r := range []struct{ desired, least, most int }{{3, 100, 125}, {2, 75, 100}, {1, 100, 150}, {1, 100, 100}} {
		cfg := behindALB(t, r.desired)
		cfg.Duration = 5 * time.Hour
		percents(cfg, r.least, r.most)
		rollout(cfg, 10*time.Minute)
		h := watch(t, cfg, 1, bounded(t, r.desired, r.desired))
		var said []string
		for _, e := range h.said {
			if e.at >= 10*time.Minute {
				said = append(said, e.Message)
			}
		}
		require.Equal(t, []string{"ECS deployment ecs-svc/0000000000000000002 in progress.", stuck}, said)
		require.Equal(t, "ACTIVE COMPLETED, PRIMARY IN_PROGRESS", h.rollouts())
		require.Equal(t, tally{running: r.desired, healthy: r.desired}, h.count(1))
		require.Zero(t, h.count(2).total())
	}
}

// Each deployment that is stuck says so for itself.
func TestNextStuckDeploymentSaysSoToo(t *testing.T) {
	cfg := behindALB(t, 3)
	percents(cfg, 100, 125)
	rollout(cfg, 10*time.Minute)
	rollout(cfg, 20*time.Minute)
	h := watch(t, cfg, 1, bounded(t, 3, 3))
	require.Equal(t, []time.Duration{10 * time.Minute, 20 * time.Minute}, h.when("was unable to stop or start tasks"))
}

// The worked example of ECS rules, services 9.1.D, to the second.
func TestTimelineOfARollingUpdate(t *testing.T) {
	const at = 600 * time.Second
	cfg := behindALB(t, 4)
	rollout(cfg, at)
	h := watch(t, cfg, 1, nil)
	require.Equal(t, []time.Duration{31 * time.Second, at + 361*time.Second}, h.when("deployment completed."))
	require.Equal(t, []string{"10m31s", "10m31s", "10m31s", "10m31s"}, h.at(" DEACTIVATING"))
	require.Equal(t, []string{"15m31s", "15m31s", "15m31s", "15m31s"}, h.at(" STOPPING"))
	require.Equal(t, []string{"16m1s", "16m1s", "16m1s", "16m1s"}, h.at(" STOPPED ServiceSchedulerInitiated Scaling activity initiated by (deployment ecs-svc/0000000000000000002)"))

	cfg = behindALB(t, 4)
	percents(cfg, 50, 100)
	rollout(cfg, at)
	h = watch(t, cfg, 1, nil)
	require.Equal(t, []time.Duration{31 * time.Second, at + 722*time.Second}, h.when("deployment completed."), "two leave in 330 s, two start in 31 s, twice")
	require.Equal(t, []string{"10m0s", "10m0s", "16m1s", "16m1s"}, h.at(" DEACTIVATING"))
}

// A service with 100/200 needs its start, its first probe, the deregistration delay and what its programs take to stop,
// up to stopTimeout, whatever these are (ECS rules, services ).
func TestR2_7TimeOfARollingUpdate(t *testing.T) {
	for _, r := range []struct{ probe, delay, stop, took int }{{15, 300, 30, 361}, {0, 0, 0, 16}, {29, 30, 5, 80}, {15, 60, 90, 121}} {
		cfg := behindALB(t, 5)
		cfg.TargetGroups[0].DeregistrationDelay = time.Duration(r.delay) * time.Second
		cfg.Latency.FirstProbe, cfg.Latency.ContainerStop = seconds(t, float64(r.probe)), seconds(t, float64(r.stop))
		rollout(cfg, 10*time.Minute)
		h := watch(t, cfg, 1, bounded(t, 5, 10))
		require.Equal(t, 10*time.Minute+time.Duration(r.took)*time.Second, h.when("deployment completed.")[1])
	}
}

// Six tasks in a cluster with room for eight: two and two, three times; with a minimum of 50 % it is three old ones less,
// five new ones, three old ones less and one new one (ECS rules, services ).
func TestR2_6RoomForEightTasks(t *testing.T) {
	for _, r := range []struct {
		least int
		moves string
	}{{100, "+2 -2 +2 -2 +2 -2"}, {50, "-3 +5 -3 +1"}} {
		cfg := onInstances(8, 1, 6)
		cfg.Duration = 5 * time.Hour
		cfg.Latency.ContainerStart = seconds(t, 1)
		percents(cfg, r.least, 200)
		rollout(cfg, 10*time.Minute)
		moves, a, b := "", 6, 0
		h := watch(t, cfg, 1, func(h *history) {
			if h.world.Now() < 10*time.Minute {
				return
			}
			if n := h.count(1).live(); n != a {
				moves, a = moves+fmt.Sprintf(" %+d", n-a), n
			}
			if c := h.count(2); c.running != b && c.starting == 0 {
				moves, b = moves+fmt.Sprintf(" %+d", c.running-b), c.running
			}
		})
		require.Equal(t, " "+r.moves, moves)
		require.Equal(t, "INACTIVE COMPLETED, PRIMARY COMPLETED", h.rollouts())
	}
}

// Without any health check a task counts 40 s after it is RUNNING, so that is when the old ones go (ECS rules, services
// 2.5).
func TestUncheckedTaskCountsAfterFortySeconds(t *testing.T) {
	cfg := onInstances(1, 8, 4)
	rollout(cfg, 10*time.Minute)
	h := watch(t, cfg, 1, bounded(t, 4, 8))
	require.Equal(t, []time.Duration{40 * time.Second, 10*time.Minute + 40*time.Second}, h.when("deployment completed."))
	require.Equal(t, []string{"10m40s", "10m40s", "10m40s", "10m40s"}, h.at("STOPPED"))
}

// A new desired count alone is no deployment, in either direction; forceNewDeployment is one although nothing changes
// (ECS rules, services 2.5).
func TestWhatMakesADeployment(t *testing.T) {
	cfg := behindALB(t, 4)
	cfg.Duration = 2 * time.Hour
	scale(cfg, 10*time.Minute, 6)
	scale(cfg, 20*time.Minute, 3)
	h := watch(t, cfg, 1, nil)
	require.Equal(t, "PRIMARY COMPLETED", h.rollouts())
	require.Equal(t, tally{running: 3, healthy: 3}, h.count(1))
	require.Len(t, h.when("deployment completed."), 1)

	cfg.Services[0].Rollouts = []model.Rollout{{At: 10 * time.Minute, Force: true, DesiredCount: -1}}
	h = watch(t, cfg, 1, bounded(t, 4, 8))
	require.Equal(t, "INACTIVE COMPLETED, PRIMARY COMPLETED", h.rollouts())
	require.Equal(t, 1, h.deps[2].Revision, "of the same revision")
	require.Equal(t, tally{running: 4, healthy: 4}, h.count(2))
}

// A third revision while the second is on its way: the first and the second make way, and the bounds hold.
func TestRolloutDuringARollout(t *testing.T) {
	for _, r := range []struct{ least, most, lower, upper int }{{100, 200, 6, 12}, {50, 100, 3, 6}, {100, 150, 6, 9}} {
		for _, gap := range []time.Duration{0, time.Second, 16 * time.Second, 31 * time.Second, 5 * time.Minute} {
			cfg := behindALB(t, 6)
			cfg.Duration = 3 * time.Hour
			percents(cfg, r.least, r.most)
			rollout(cfg, 10*time.Minute)
			rollout(cfg, 10*time.Minute+gap)
			h := watch(t, cfg, 1, bounded(t, r.lower, r.upper))
			require.Equal(t, tally{running: 6, healthy: 6}, h.count(3), "%+v %v", r, gap)
			require.Equal(t, "INACTIVE COMPLETED, INACTIVE IN_PROGRESS, PRIMARY COMPLETED", h.rollouts(), "%+v %v", r, gap)
		}
	}
}

// A task that dies during a deployment that cannot go on is replaced with its own revision, as long as it is needed; but
// the first free place is the newest's (ECS rules, services 2.5).
func TestDeadTaskOfTheOldRevisionIsReplaced(t *testing.T) {
	cfg := behindALB(t, 6)
	cfg.Duration = 30 * time.Minute
	cfg.Services[0].Deployment.Breaker = service.BreakerConfiguration{Enable: true, Value: 50}
	rollout(cfg, 10*time.Minute, neverReady)
	cfg.Faults = []model.Fault{{Name: "kill", Kind: model.TaskKill, At: 10*time.Minute + 20*time.Second, Owner: "services.web", Revision: 1, Count: 2}}
	h := watch(t, cfg, 1, func(h *history) { require.LessOrEqual(t, h.count(0).total(), 12) })
	require.Equal(t, tally{running: 6, healthy: 6}, h.count(1), "the old revision is whole again")
}
