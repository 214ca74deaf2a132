package model_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ecssim/model"
	"ecssim/model/load"
	"ecssim/model/placement"
	"ecssim/model/scaling"
)

// onEmptyGroup is a service of so many tasks, two of which fit on an instance of an empty group.
func onEmptyGroup(t testing.TB, desired, most int) *model.Config {
	cfg := behindALB(t, desired)
	timed(t, cfg)
	onGroup(t, cfg, 0, most)
	return cfg
}

// ECS rules, services 3.3, special case 2, and placement 11.18: from zero instances the metric is 200 and two instances
// come first, however many are needed; the others follow when those are warmed up.
func TestFromZeroTwoInstancesComeFirst(t *testing.T) {
	cfg := onEmptyGroup(t, 14, 20)
	var seen scaled
	run(t, cfg, 1, &seen)
	require.Equal(t, model.Reservation{Needed: 7, Running: 0, Value: 200, Provisioning: 14}, seen.reservations[s(60)])
	got := changes(seen.group)
	require.Equal(t, resized{s(125), 0, 2}, got[0], "metric at 60 s, published at 120 s, action 5 s")
	require.Equal(t, []time.Duration{s(130), s(130)}, seen.launched[:2])
	require.Equal(t, resized{s(485), 2, 7}, got[1], "warm-up until 430 s, the next datapoint is seen at 480 s")
	require.Len(t, got, 2)
	require.Len(t, seen.awaited, 14)
	require.Empty(t, seen.refused, "who waits for capacity has not failed")
	require.Len(t, seen.running, 14)
}

// ECS rules, services 3.4, R-3.2: a second burst one minute after the first scale-out waits for the warm-up.
func TestR3_2ABurstDuringWarmUpWaits(t *testing.T) {
	cfg := onEmptyGroup(t, 4, 20)
	onGroup(t, cfg, 2, 20)
	scale(cfg, s(600), 8)  // two more instances
	scale(cfg, s(785), 12) // and another two, a minute after the decision at 725 s
	var seen scaled
	run(t, cfg, 1, &seen)
	require.Equal(t, []resized{{s(725), 2, 4}, {s(1085), 4, 6}}, changes(seen.group))
	require.Equal(t, []time.Duration{s(730), s(730), s(1090), s(1090)}, seen.launched)
	blocked := 0
	for _, d := range seen.group {
		if at := time.Duration(d.Load * 1e9); d.Blocked == scaling.WarmingUp && at < s(1085) {
			blocked++
			require.Equal(t, s(1030), d.Until, "300 s after the launch at 730 s")
		}
	}
	require.Positive(t, blocked, "the decision log says what held it up")
}

// ECS rules, services 3.4, R-3.3: minimum and maximum step.
func TestR3_3StepLimits(t *testing.T) {
	for name, c := range map[string]struct {
		least, most, tasks, to int
	}{
		"an instance is missing, four is the least step": {4, 100, 6, 6},
		"ten are missing, three is the most":             {1, 3, 24, 5},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := onEmptyGroup(t, 4, 100)
			p := onGroup(t, cfg, 2, 100)
			p.Managed.MinStep, p.Managed.MaxStep = c.least, c.most
			scale(cfg, s(600), c.tasks)
			cfg.Duration = s(1000)
			var seen scaled
			run(t, cfg, 1, &seen)
			require.Equal(t, []resized{{s(725), 2, c.to}}, changes(seen.group))
		})
	}
}

// ECS rules, services 3.4: scale-in after 15 datapoints below the target, at most half of the group a minute.
func TestScaleInTakesHalfAMinuteAtMost(t *testing.T) {
	cfg := onEmptyGroup(t, 20, 20)
	p := onGroup(t, cfg, 10, 20)
	p.Group.Min = 1
	scale(cfg, s(600), 2)
	cfg.Duration = 2 * hour
	var seen scaled
	run(t, cfg, 1, &seen)
	got := changes(seen.group)
	// The tasks have left by 600 + 300 s (deregistration) + 30 s (stop); from the datapoint of 960 s on the metric is 10.
	require.Equal(t, resized{s(960 + 14*60 + 60 + 5), 10, 5}, got[0])
	require.Equal(t, resized{s(960 + 15*60 + 60 + 5), 5, 3}, got[1], "half of five, rounded down, may go")
	require.Equal(t, 1, got[len(got)-1].to)
	for _, c := range got {
		require.LessOrEqual(t, c.from-c.to, max(1, c.from/2))
	}
}

// ECS rules, services 3.4, R-3.4, with managed termination protection: only empty instances go, and no task is lost.
func TestR3_4ProtectedInstancesStay(t *testing.T) {
	cfg := onEmptyGroup(t, 20, 20)
	onGroup(t, cfg, 10, 20)
	scale(cfg, s(600), 12) // binpack in reverse: four instances become empty
	cfg.Duration = 2 * hour
	var seen scaled
	run(t, cfg, 1, &seen)
	require.Equal(t, 6, seen.groups[len(seen.groups)-1].Desired)
	require.Len(t, seen.lost, 4)
	require.Len(t, seen.running, 20, "no task had to start again")
}

// ECS rules, services 3.4 and 6.1: at most so many tasks of a cluster wait in PROVISIONING. The service creates the others
// later; RunTask fails for them.
func TestABurstAboveTheProvisioningLimit(t *testing.T) {
	t.Run("service", func(t *testing.T) {
		cfg := onEmptyGroup(t, 40, 40)
		cfg.Quotas.ProvisioningTasks = 10
		cfg.Duration = hour
		var seen scaled
		run(t, cfg, 1, &seen)
		require.Equal(t, 10, seen.reservations[s(60)].Provisioning)
		require.Contains(t, seen.refused, placement.ProvisioningLimit)
		require.Len(t, seen.running, 40, "in the end all run")
	})
	t.Run("RunTask", func(t *testing.T) {
		cfg := onEmptyGroup(t, 0, 40)
		cfg.Quotas.ProvisioningTasks = 10
		p := cfg.Services[0].Placing
		p.Group = "family:web"
		cfg.Jobs = []model.Job{{Name: "batch", Placing: p, Arrivals: at(make([]time.Duration, 25)...)}}
		var seen struct {
			scaled
			counter
		}
		count := &seen.counter
		run(t, cfg, 1, &both{Unheard: model.Unheard{}, a: &seen.scaled, b: count})
		require.Equal(t, 15, count.byReason[placement.ProvisioningLimit])
		require.Equal(t, 15, count.givenUp)
		require.Equal(t, 10, count.placed)
	})
}

// both hands the calls that these tests look at to two observers.
type both struct {
	model.Unheard
	a *scaled
	b *counter
}

func (x *both) PlacementFailed(now time.Duration, task *model.Task, r *placement.Refusal) {
	x.b.PlacementFailed(now, task, r)
}
func (x *both) TaskGivenUp(now time.Duration, task *model.Task) { x.b.TaskGivenUp(now, task) }
func (x *both) TaskPlaced(now time.Duration, task *model.Task)  { x.b.TaskPlaced(now, task) }

// ECS rules, placement 11.18 and services 3.1: a task with a launch type does not trigger managed scaling: it fails.
func TestALaunchTypeTriggersNoScaling(t *testing.T) {
	cfg := onEmptyGroup(t, 3, 20)
	cfg.Services[0].Providers = nil
	var seen scaled
	run(t, cfg, 1, &seen)
	require.Empty(t, changes(seen.group))
	require.Empty(t, seen.awaited)
	require.Contains(t, seen.refused, placement.NoInstances)
}

// ECS rules, services 3.3, special case 5: a task that fits no type of the group leaves the metric at its target.
func TestATaskThatFitsNoTypeScalesNothing(t *testing.T) {
	cfg := onEmptyGroup(t, 1, 20)
	big := *cfg.Services[0].Task
	big.CPU = 1024
	cfg.Services[0].Task = &big
	var seen scaled
	run(t, cfg, 1, &seen)
	require.Equal(t, model.Reservation{Needed: 0, Running: 0, Value: 100, Provisioning: 1, Incompatible: 1}, seen.reservations[s(60)])
	require.Empty(t, changes(seen.group))
}

// ECS rules, services: on the same load, spread keeps every instance busy and binpack frees half of them. The price
// of an instance-hour is 0.10 USD, so that the difference in instance-hours is one in dollars.
func TestR3_5SpreadNeverFreesAnInstanceAndBinpackDoes(t *testing.T) {
	hours := func(rules []placement.Rule) (float64, int) {
		cfg := onEmptyGroup(t, 20, 20)
		onGroup(t, cfg, 10, 20)
		cfg.Services[0].Strategy = rules
		cfg.Services[0].Load = &model.Load{
			Profile: load.Profile{CPUPerUnit: 1},
			Curve:   rates(load.Step{Rate: 20 * 128}, load.Step{At: hour, Rate: 10 * 128}),
		}
		cfg.Services[0].Scaling = tracking(2, 20)
		cfg.Duration = 12 * hour
		var seen scaled
		run(t, cfg, 1, &seen)
		sum := 10 * 12.0
		for _, at := range seen.lost {
			sum -= (12*hour - at).Hours()
		}
		return sum, seen.groups[len(seen.groups)-1].InService
	}
	spread, all := hours(placement.ServiceDefault())
	binpack, few := hours([]placement.Rule{{Kind: placement.Binpack, Memory: true}})
	require.Equal(t, 10, all)
	require.InDelta(t, 120, spread, 1e-9)
	require.Equal(t, 5, few)
	// The service is at ten tasks 965 s after the load has gone: 15 datapoints, a minute, and the action. 330 s later five
	// instances are empty. The first datapoint of that is at 1,320 s, the fifteenth at 2,160 s, the decision 65 s later, and
	// 5 s after that they are gone.
	require.InDelta(t, 120-5*(11-2230/3600.0), binpack, 1e-9)
}

// ECS rules, services: of a thousand instances whose agents register in the same second 200 do so at once, the others
// at 120 a second.
func TestR6_1AgentsRegisterInTurn(t *testing.T) {
	cfg := onEmptyGroup(t, 2002, 1001)
	onGroup(t, cfg, 1, 1001)
	cfg.Quotas.ProvisioningTasks, cfg.Quotas.ServiceLaunches = 0, 0
	cfg.Duration = s(400)
	var seen scaled
	run(t, cfg, 1, &seen)
	require.Len(t, seen.launched, 1000)
	booted := seen.launched[0] + s(60)
	require.Equal(t, booted, seen.joined[200])
	require.Greater(t, seen.joined[201], booted)
	require.InDelta(t, 6.67, (seen.joined[1000] - booted).Seconds(), 0.01)
}
