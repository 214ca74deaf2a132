package model_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ecssim/model"
	"ecssim/model/containers"
	"ecssim/model/placement"
)

// One service launches 500 tasks a minute at most; ten services of 100 launch all of theirs at once (ECS rules, services
//
func TestR2_1LaunchesAMinute(t *testing.T) {
	cfg := onInstances(1, 2000, 1000)
	h := watchSome(t, cfg, 1)
	require.Len(t, h.starts, 1000)
	require.Equal(t, []time.Duration{0, 0, time.Minute, time.Minute}, []time.Duration{h.starts[0], h.starts[499], h.starts[500], h.starts[999]})

	cfg = onInstances(1, 2000, 100)
	for n := range 9 {
		s := cfg.Services[0]
		s.Name = string(rune('a' + n))
		cfg.Services = append(cfg.Services, s)
	}
	h = watchSome(t, cfg, 1)
	require.Len(t, h.starts, 1000)
	require.Zero(t, h.starts[999])
}

// watchSome plays a world that is too large to recount after every event.
func watchSome(t testing.TB, cfg *model.Config, seed uint64) *history {
	h := &history{}
	h.world = model.NewWorld(cfg, seed, h)
	h.outcome = h.world.Run(t.Context())
	return h
}

// Fargate's bucket lets a hundred tasks of several services start at once, and twenty a second after that (ECS rules,
// services ).
func TestR2_2FargateLaunchesOfServices(t *testing.T) {
	cfg := behindALB(t, 100)
	cfg.Duration = time.Minute
	for _, name := range []string{"a", "b"} {
		s := cfg.Services[0]
		s.Name = name
		cfg.Services = append(cfg.Services, s)
	}
	h := watch(t, cfg, 1, nil)
	require.Len(t, h.starts, 300)
	require.Equal(t, []time.Duration{0, 50 * time.Millisecond, 10 * time.Second}, []time.Duration{h.starts[99], h.starts[100], h.starts[299]})
}

// A task that crashes right after it was RUNNING is started again and again without delay and without an event (ECS
// rules, services ).
func TestR2_3CrashingTaskIsNotThrottled(t *testing.T) {
	cfg := onInstances(1, 4, 1)
	cfg.Duration = time.Hour - time.Second
	cfg.Latency.ContainerStart = seconds(t, 4)
	cfg.Services[0].Apps = []containers.App{{ExitsAfter: seconds(t, 1), ExitCode: 1}}
	h := watch(t, cfg, 1, nil)
	require.Len(t, h.starts, 720)
	for n, at := range h.starts {
		require.Equal(t, time.Duration(n)*5*time.Second, at)
	}
	require.Empty(t, h.when("unable to"))
	require.Equal(t, 719, h.ended["Essential container in task exited"])
}

// An image that cannot be pulled: the intervals between the starts never shrink and are 27 minutes at most; a new task
// definition has its chance at once (ECS rules, services ).
func TestR2_4UnpullableImageIsThrottled(t *testing.T) {
	cfg := behindALB(t, 1)
	cfg.Duration = 24 * time.Hour
	withMissingImage(cfg)
	missingImage(&cfg.Services[0].Placing)
	rollout(cfg, 12*time.Hour)
	h := watch(t, cfg, 1, nil)
	starts := slices.Compact(h.starts) // at the update, the task of the old revision has its chance as well
	reset := slices.Index(starts, 12*time.Hour)
	require.Positive(t, reset, "the new revision starts at once")
	var gaps []time.Duration
	for n := 1; n < len(starts); n++ {
		gaps = append(gaps, starts[n]-starts[n-1])
	}
	require.IsNonDecreasing(t, gaps[:reset-1])
	require.IsNonDecreasing(t, gaps[reset:])
	start := 5 * time.Second // to PENDING, where the pull fails
	require.Equal(t, []time.Duration{start, start, start + 10*time.Second, start + 20*time.Second, start + 40*time.Second}, gaps[:5])
	require.Equal(t, start+27*time.Minute, gaps[reset-2])
	require.Equal(t, start, gaps[reset], "and the delays begin anew")
	require.Equal(t, start+27*time.Minute, gaps[len(gaps)-1])
	said := h.when("is unable to consistently start tasks successfully.")
	require.Len(t, said, 4, "once in six hours, and anew with the new revision")
	require.Equal(t, 15*time.Second, said[0])
	require.GreaterOrEqual(t, said[1], said[0]+6*time.Hour)
	require.LessOrEqual(t, h.count(0).total(), 2)
}

// A task that runs ends the row of failures: the next begins without delay (ECS rules, services 2.4).
func TestRunningTaskEndsTheThrottle(t *testing.T) {
	cfg := behindALB(t, 1)
	cfg.Duration = 2 * time.Hour
	withMissingImage(cfg)
	cfg.Images[0].Missing = false
	missingImage(&cfg.Services[0].Placing)
	for _, at := range []time.Duration{0, time.Hour} {
		cfg.Faults = append(cfg.Faults, model.Fault{Name: at.String(), Kind: model.ImageMissing, At: at, For: 3 * time.Minute})
	}
	cfg.Faults = append(cfg.Faults, model.Fault{Name: "kill", Kind: model.TaskKill, At: time.Hour})
	h := watch(t, cfg, 1, nil)
	s := func(n int) time.Duration { return time.Duration(n) * time.Second }
	first := []time.Duration{0, s(5), s(10), s(25), s(50), s(95), s(180)}
	require.Equal(t, first, h.starts[:7])
	for n, at := range first {
		require.Equal(t, time.Hour+at, h.starts[n+7])
	}
	require.Equal(t, []time.Duration{s(15), time.Hour + s(15)}, h.when("is unable to consistently start tasks successfully."))
}

// What finds no place is tried again after 15, 30, 60 … 300 s, and at once when something leaves (ECS rules, services
// 2.3; ECS rules, placement 11, 1.4).
func TestRetriesOfAPlacement(t *testing.T) {
	var tries []time.Duration
	cfg := onInstances(1, 4, 5)
	cfg.Duration = 8 * time.Hour
	cfg.Services = append(cfg.Services, cfg.Services[0])
	cfg.Services[1].Name, cfg.Services[1].DesiredCount, cfg.Services[1].StartAt = "other", 1, time.Minute
	cfg.Jobs = nil
	scale(cfg, 7*time.Hour+time.Second, 2)
	h := &attempts{tries: &tries}
	h.world = model.NewWorld(cfg, 1, h)
	h.world.Run(t.Context())
	s := func(n int) time.Duration { return time.Duration(n) * time.Second }
	require.Equal(t, []time.Duration{0, s(15), s(45), s(105), s(225), s(465), s(765), s(1065)}, tries[:8])
	said := h.when("(service web) was unable to place a task because no container instance met all of its requirements. " +
		"The closest matching container-instance main/1 has insufficient CPU units available. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.")
	require.Equal(t, []time.Duration{0, s(21765)}, said, "once in six hours")
	require.Equal(t, []time.Duration{7*time.Hour + s(1)}, h.when("(service other) has started"))
}

// attempts is a history that keeps when the service web tried in vain.
type attempts struct {
	history
	tries *[]time.Duration
}

func (a *attempts) PlacementFailed(now time.Duration, t *model.Task, _ *placement.Refusal) {
	if t.Owner.Name == "web" {
		*a.tries = append(*a.tries, now)
	}
}

// A service says once that it is steady, and again when it has been something else in between (ECS rules, services 2.1).
func TestSteadyState(t *testing.T) {
	cfg := behindALB(t, 4)
	cfg.Duration = 5 * time.Hour
	cfg.Faults = []model.Fault{{Name: "kill", Kind: model.TaskKill, At: time.Hour, Owner: "services.web", Count: 1}}
	scale(cfg, 2*time.Hour, 5)
	scale(cfg, 3*time.Hour, 3)
	h := watch(t, cfg, 1, nil)
	require.Equal(t, []time.Duration{31 * time.Second, time.Hour + 31*time.Second, 2*time.Hour + 31*time.Second, 3*time.Hour + 330*time.Second}, h.when("(service web) has reached a steady state."))

	cfg = behindALB(t, 4)
	cfg.Duration = 20 * time.Hour
	h = watch(t, cfg, 1, nil)
	require.Equal(t, []time.Duration{31 * time.Second, 6*time.Hour + 31*time.Second, 12*time.Hour + 31*time.Second, 18*time.Hour + 31*time.Second}, h.when("(service web) has reached a steady state."), "repeated periodically")
}
