package fargate

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// ECS rules, placement 7.3: 150 launches at t=0 with burst 100 and 20 a second: 100 at once, 50 more over 2.5 s.
func TestLaunchRateBurstThenRate(t *testing.T) {
	r := NewLaunchRate(100, 20)
	for n := 1; n <= 150; n++ {
		want := time.Duration(max(0, n-100)) * 50 * time.Millisecond
		require.Equal(t, want, r.Take(0), "launch %d", n)
	}
}

// ECS rules, services: 300 launches at t=0: the last at 10 s. The bucket then refills at its rate.
func TestLaunchRateRefills(t *testing.T) {
	r := NewLaunchRate(100, 20)
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

// ECS rules, placement 11.12: with a quota of 6 vCPUs and tasks of 2048 the third runs and the fourth does not.
func TestVCPUQuota(t *testing.T) {
	q := NewVCPUQuota(6)
	for range 3 {
		require.True(t, q.Take(2048))
	}
	require.False(t, q.Take(2048))
	q.Return(2048)
	require.True(t, q.Take(2048))
	require.Equal(t, int64(6144), q.Used())
	require.Panics(t, func() { q.Return(8192) })
	require.True(t, NewVCPUQuota(0).Take(1<<40), "an absent quota does not bind")
}
