package service

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// ECS rules, services 2.6: the thresholds.
func TestBreakerLimit(t *testing.T) {
	bounded := BreakerConfiguration{Threshold: BoundedPercent, Value: 50}
	for desired, want := range map[int]int{0: 3, 1: 3, 6: 3, 7: 4, 25: 13, 100: 50, 400: 200, 800: 200} {
		require.Equal(t, want, bounded.Limit(desired), "desired %d", desired)
	}
	unbounded := BreakerConfiguration{Threshold: UnboundedPercent, Value: 50}
	require.Equal(t, 400, unbounded.Limit(800))
	require.Equal(t, 1, unbounded.Limit(1))
	require.Equal(t, 1, unbounded.Limit(0), "no failure is no reason to fail")
	require.Equal(t, 7, BreakerConfiguration{Threshold: Count, Value: 7}.Limit(800))
}

func tripsAfter(b *Breaker, desired int, fail func()) int {
	for n := 1; n <= 1000; n++ {
		if fail(); b.Tripped(desired) {
			return n
		}
	}
	return 0
}

// ECS rules, services 2.6: the two stages.
func TestBreakerStages(t *testing.T) {
	cfg := BreakerConfiguration{Enable: true, ResetOnHealthyTask: true, Value: 50}

	b := NewBreaker(cfg)
	require.False(t, b.Tripped(0))
	b.Replaced()
	require.Zero(t, b.Failures, "nothing can be unhealthy before it ran")
	require.Equal(t, 4, tripsAfter(&b, 7, b.Failed))
	require.False(t, b.Tripped(9), "the limit follows the desired count")

	b = NewBreaker(cfg)
	b.Failed()
	b.Failed()
	b.Reached()
	require.Zero(t, tripsAfter(&b, 4, b.Failed), "the first stage is over")
	require.Equal(t, 3, tripsAfter(&b, 4, b.Replaced))

	b = NewBreaker(cfg)
	b.Reached()
	b.Replaced()
	b.Replaced()
	b.Reached()
	require.Equal(t, 2, b.Failures, "a second task that runs changes nothing")
	b.Healthy()
	require.Zero(t, b.Failures)

	cfg.ResetOnHealthyTask = false
	b = NewBreaker(cfg)
	b.Reached()
	require.Equal(t, 3, tripsAfter(&b, 4, func() { b.Replaced(); b.Healthy() }))

	cfg.Enable = false
	b = NewBreaker(cfg)
	require.Zero(t, tripsAfter(&b, 4, b.Failed))
}
