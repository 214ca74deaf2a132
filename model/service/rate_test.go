package service

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// launchAll starts n tasks as fast as the rate allows and returns when the last one starts.
func launchAll(t require.TestingT, r *Rate, n int) time.Duration {
	var now time.Duration
	for {
		granted, next := r.Take(now, n)
		if n -= granted; n == 0 {
			return now
		}
		require.Greater(t, next, now)
		now = next
	}
}

// ECS rules, services 2.2 and: 1000 tasks of one service take a minute, of ten services they do not.
func TestR2_1LaunchRate(t *testing.T) {
	require.Equal(t, time.Minute, launchAll(t, NewRate(LaunchesPerMinute), 1000))
	require.Equal(t, 3*time.Minute, launchAll(t, NewRate(LaunchesPerMinute), 1501))
	for range 10 {
		require.Less(t, launchAll(t, NewRate(LaunchesPerMinute), 100), time.Minute)
	}
	require.Zero(t, launchAll(t, NewRate(0), 1000000), "an absent limit does not bind")
}

func TestRateHoldsInAnyMinute(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.IntRange(1, 20).Draw(t, "limit")
		r := NewRate(limit)
		var now time.Duration
		var at []time.Duration // of each launch
		for range rapid.IntRange(1, 40).Draw(t, "asked") {
			now += time.Duration(rapid.IntRange(0, 50).Draw(t, "pause")) * time.Second
			n := rapid.IntRange(0, 15).Draw(t, "n")
			granted, next := r.Take(now, n)
			recent := 0
			for _, a := range at {
				if a > now-time.Minute {
					recent++
				}
			}
			require.Equal(t, min(n, limit-recent), granted)
			for range granted {
				at = append(at, now)
			}
			if granted == n {
				require.Equal(t, now, next)
				continue
			}
			require.Greater(t, next, now)
			before := *r
			before.batches = append([]batch(nil), r.batches...)
			none, _ := before.Take(next-1, 1)
			require.Zero(t, none, "not a moment sooner")
			one, _ := r.Take(next, 1)
			require.Equal(t, 1, one)
			now, at = next, append(at, next)
		}
	})
}
