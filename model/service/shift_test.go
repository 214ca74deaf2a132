package service

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// shares plays a shift whose green is healthy after warm, and returns green's share at each instant at which it moved,
// and when CLEAN_UP came.
func shares(t require.TestingT, cfg DeploymentConfiguration, warm time.Duration) (at []time.Duration, share []float64, cleanUp time.Duration) {
	var s Shift
	s.Begin(0, cfg)
	require.Equal(t, []Stage{ReconcileService, PreScaleUp, ScaleUp}, s.Advance(0, false))
	require.Equal(t, Never, s.Next())
	require.Empty(t, s.Advance(warm-1, false))
	now, healthy := warm, true
	stage := ScaleUp
	for {
		before := s.GreenShare()
		for _, entered := range s.Advance(now, healthy) {
			stage++
			require.Equal(t, stage, entered)
		}
		if g := s.GreenShare(); g != before {
			at, share = append(at, now-warm), append(share, g)
		}
		if s.Over() {
			require.Equal(t, CleanUp, stage)
			require.Equal(t, Never, s.Next())
			require.False(t, s.Rollback(now), "blue is gone")
			return at, share, now - warm
		}
		require.Greater(t, s.Next(), now)
		require.Empty(t, s.Advance(s.Next()-1, healthy))
		now, healthy = s.Next(), false // once it was healthy nobody asks again
	}
}

// ECS rules, services: 10 % every 6 minutes: 54 minutes from the first step to the last, then the bake time.
func TestR2_9Linear(t *testing.T) {
	cfg := DeploymentConfiguration{Strategy: Linear, StepPercent: 10, StepBakeTime: 6 * time.Minute, BakeTime: 5 * time.Minute}
	at, share, cleanUp := shares(t, cfg, time.Minute)
	require.Equal(t, []float64{0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1}, share)
	require.Equal(t, 54*time.Minute, at[9]-at[0])
	require.Equal(t, 59*time.Minute, cleanUp)

	cfg.StepPercent = 33.4
	_, share, _ = shares(t, cfg, time.Minute)
	require.Equal(t, []float64{0.334, 0.668, 1}, share)
}

// ECS rules, services: 5 % for 10 minutes, then everything, then the bake time.
func TestR2_10Canary(t *testing.T) {
	cfg := DeploymentConfiguration{Strategy: Canary, CanaryPercent: 5, CanaryBakeTime: 10 * time.Minute, BakeTime: 5 * time.Minute}
	at, share, cleanUp := shares(t, cfg, time.Minute)
	require.Equal(t, []float64{0.05, 1}, share)
	require.Equal(t, []time.Duration{0, 10 * time.Minute}, at)
	require.Equal(t, 15*time.Minute, cleanUp)
}

// ECS rules, services 2.8: everything at once; the stages in their order.
func TestBlueGreen(t *testing.T) {
	cfg := DeploymentConfiguration{Strategy: BlueGreen, BakeTime: 5 * time.Minute}
	at, share, cleanUp := shares(t, cfg, time.Minute)
	require.Equal(t, []float64{1}, share)
	require.Equal(t, []time.Duration{0}, at)
	require.Equal(t, 5*time.Minute, cleanUp)

	var s Shift
	s.Begin(0, DeploymentConfiguration{Strategy: BlueGreen})
	var names []string
	for _, stage := range s.Advance(0, true) {
		names = append(names, stage.String())
	}
	require.Equal(t, []string{
		"RECONCILE_SERVICE", "PRE_SCALE_UP", "SCALE_UP", "POST_SCALE_UP", "TEST_TRAFFIC_SHIFT", "POST_TEST_TRAFFIC_SHIFT",
		"PRE_PRODUCTION_TRAFFIC_SHIFT", "PRODUCTION_TRAFFIC_SHIFT", "POST_PRODUCTION_TRAFFIC_SHIFT", "BAKE_TIME", "CLEAN_UP",
	}, names, "without a bake time and with green healthy at once")
}

// ECS rules, services: until CLEAN_UP a rollback is a flip of the traffic.
func TestRollbackOfAShift(t *testing.T) {
	var s Shift
	s.Begin(0, DeploymentConfiguration{Strategy: Canary, CanaryPercent: 5, CanaryBakeTime: 10 * time.Minute})
	s.Advance(0, true)
	require.Equal(t, 0.05, s.GreenShare())
	require.True(t, s.Rollback(time.Minute))
	require.Zero(t, s.GreenShare())
	require.True(t, s.Over())
	require.Equal(t, Never, s.Next())
	require.Empty(t, s.Advance(time.Hour, true))
	require.False(t, s.Rollback(time.Hour))
}

// A caller that comes late, or often, finds the same.
func TestShiftDoesNotDependOnTheCaller(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cfg := DeploymentConfiguration{
			Strategy:    rapid.SampledFrom([]Strategy{BlueGreen, Linear, Canary}).Draw(t, "strategy"),
			StepPercent: float64(rapid.IntRange(30, 1000).Draw(t, "step")) / 10, StepBakeTime: time.Duration(rapid.IntRange(0, 9).Draw(t, "bake")),
			CanaryPercent: float64(rapid.IntRange(1, 1000).Draw(t, "canary")) / 10, CanaryBakeTime: time.Duration(rapid.IntRange(0, 9).Draw(t, "canary bake")),
			BakeTime: time.Duration(rapid.IntRange(0, 9).Draw(t, "last bake")),
		}
		var often, late Shift
		often.Begin(0, cfg)
		late.Begin(0, cfg)
		often.Advance(0, true)
		late.Advance(0, true)
		end := time.Duration(rapid.IntRange(1, 300).Draw(t, "end"))
		last := often.GreenShare()
		for now := time.Duration(1); now <= end; now++ {
			often.Advance(now, true)
			require.GreaterOrEqual(t, often.GreenShare(), last)
			last = often.GreenShare()
		}
		late.Advance(end, true)
		require.Equal(t, often, late)
	})
}
