package sim_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ecssim/sim"
)

// Of 150 takers at once with a burst of 100 and 20 a second, 100 are served at once and 50 over the next 2.5 s.
func TestTokensOfABurstThenAtARate(t *testing.T) {
	r := sim.NewTokenBucket(100, 20)
	for n := 1; n <= 150; n++ {
		want := time.Duration(max(0, n-100)) * 50 * time.Millisecond
		require.Equal(t, want, r.Take(0), "taker %d", n)
	}
}

// Of 300 takers the last is served at 10 s. The bucket then refills at its rate.
func TestABucketRefillsUpToItsBurst(t *testing.T) {
	r := sim.NewTokenBucket(100, 20)
	var last time.Duration
	for range 300 {
		last = r.Take(0)
	}
	require.Equal(t, 10*time.Second, last)
	require.Equal(t, 11*time.Second, r.Take(11*time.Second), "a second later 20 tokens have come")
	for range 99 {
		last = r.Take(time.Hour)
	}
	require.Equal(t, time.Hour, last, "the bucket never holds more than its burst")
	require.Equal(t, time.Hour, r.Take(time.Hour))
	require.Equal(t, time.Hour+50*time.Millisecond, r.Take(time.Hour))
}
