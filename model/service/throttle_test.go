package service

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// ECS rules, services 2.4 and; ECS rules, placement 1.5: an image that cannot be pulled.
func TestR2_4UnpullableImage(t *testing.T) {
	var throttle Throttle
	var now, last time.Duration
	var delays []time.Duration
	for n := 1; n <= 40; n++ {
		until, impaired := throttle.Failed(now)
		require.Equal(t, n >= 3, impaired, "failure %d", n)
		require.Equal(t, impaired, throttle.Impaired())
		delay := max(0, until-now)
		require.GreaterOrEqual(t, delay, last, "failure %d", n)
		require.LessOrEqual(t, delay, 1620*time.Second)
		last, now = delay, now+delay
		delays = append(delays, delay/time.Second)
	}
	require.Equal(t, []time.Duration{0, 0, 10, 20, 40, 80, 160, 320, 640, 1280, 1620, 1620}, delays[:12])

	throttle.Reset()
	require.LessOrEqual(t, throttle.Until(), now, "a new task definition starts at once")
	until, impaired := throttle.Failed(now)
	require.LessOrEqual(t, until, now)
	require.False(t, impaired)
}

// ECS rules, services: a task that ran before it crashed is not throttled.
func TestR2_3CrashAfterRunning(t *testing.T) {
	var throttle Throttle
	for n := range 30 {
		throttle.Ran()
		require.Zero(t, throttle.Until(), "crash %d", n)
	}
	throttle.Failed(0)
	throttle.Failed(0)
	throttle.Ran()
	_, impaired := throttle.Failed(0)
	require.False(t, impaired, "the row was broken")
}

// Tasks that fail at the same instant each count; the longest delay holds.
func TestThrottleNeverShortens(t *testing.T) {
	var throttle Throttle
	for range 8 {
		throttle.Failed(time.Minute)
	}
	require.Equal(t, time.Minute+320*time.Second, throttle.Until())
}

// ECS rules, services 2.3: the retries of a placement.
func TestBackoff(t *testing.T) {
	var b Backoff
	var got []time.Duration
	now := time.Hour
	for range 7 {
		next := b.Next(now)
		got, now = append(got, (next-now)/time.Second), next
	}
	require.Equal(t, []time.Duration{15, 30, 60, 120, 240, 300, 300}, got)
	b.Reset()
	require.Equal(t, now+15*time.Second, b.Next(now))
}
