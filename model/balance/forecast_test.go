package balance

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func drawCheck(t *rapid.T) HealthCheck {
	return HealthCheck{
		Interval:     time.Duration(rapid.IntRange(1, 12).Draw(t, "interval")),
		Timeout:      time.Duration(rapid.IntRange(1, 15).Draw(t, "timeout")),
		Healthy:      rapid.IntRange(1, 6).Draw(t, "healthy"),
		Unhealthy:    rapid.IntRange(1, 6).Draw(t, "unhealthy"),
		FirstSuccess: rapid.Bool().Draw(t, "first success"),
	}
}

// plan is what Forecast is told.
type plan struct {
	readyAt, failsAt time.Duration
	blocked          bool
}

func drawPlan(t *rapid.T) plan {
	return plan{
		time.Duration(rapid.IntRange(-1, 120).Draw(t, "ready")), time.Duration(rapid.IntRange(-1, 200).Draw(t, "fails")),
		rapid.IntRange(0, 3).Draw(t, "blocked") == 0,
	}
}

func (p plan) meets(at time.Duration) Answer { return Meets(at, p.readyAt, p.failsAt, p.blocked) }

// step probes one by one until the state changes, or until a result would come at the end or later.
func step(target *Target, p plan, end time.Duration) bool {
	for {
		answer := p.meets(target.NextProbe())
		due := target.Result(answer)
		if due >= end {
			return false
		}
		if target.Probe(due, answer) {
			return true
		}
	}
}

// Closed form and probe by probe are two ways to one answer, change after change.
func TestForecastEqualsStepping(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h, p := drawCheck(t), drawPlan(t)
		now := time.Duration(rapid.IntRange(0, 50).Draw(t, "now"))
		phase := time.Duration(rapid.IntRange(0, int(h.Interval)).Draw(t, "phase"))
		jumping, stepping := register(t, group(h), now, phase), register(t, group(h), now, phase)
		for {
			at, to, ok := jumping.Forecast(p.readyAt, p.failsAt, p.blocked)
			require.Equal(t, ok, step(stepping, p, 1000), "within a time after which nothing changes")
			if !ok {
				return
			}
			jumping.Become(at, to, jumping.Group().Why(to, p.blocked))
			requireSame(t, stepping, jumping)
		}
	})
}

// The plan changes again and again, as with a container that restarts.
func TestSettleEqualsStepping(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := drawCheck(t)
		phase := time.Duration(rapid.IntRange(0, int(h.Interval)).Draw(t, "phase"))
		jumping, stepping := register(t, group(h), 0, phase), register(t, group(h), 0, phase)
		now := time.Duration(0)
		for range rapid.IntRange(1, 6).Draw(t, "plans") {
			p := drawPlan(t)
			now += time.Duration(rapid.IntRange(0, 100).Draw(t, "lasts"))
			for {
				at, to, ok := jumping.Forecast(p.readyAt, p.failsAt, p.blocked)
				if !ok || at >= now {
					break
				}
				jumping.Become(at, to, jumping.Group().Why(to, p.blocked))
			}
			jumping.Settle(now, p.readyAt, p.failsAt, p.blocked)
			for step(stepping, p, now) {
			}
			stepping.settled = now
			requireSame(t, stepping, jumping)
			require.Equal(t, stepping.NextProbe(), jumping.NextProbe())
		}
	})
}

func requireSame(t require.TestingT, want, got *Target) {
	require.Equal(t, want.State(), got.State())
	require.Equal(t, want.Since(), got.Since())
	require.Equal(t, want.Reason(), got.Reason())
	require.Equal(t, want.Group().Healthy(), got.Group().Healthy())
}
