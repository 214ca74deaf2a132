package model_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ecssim/model"
)

// curve is how long after the start so many tasks of 3,500 had been placed.
func placedAt(t *testing.T, cfg *model.Config) (at []time.Duration) {
	seen := &placedWatch{}
	run(t, cfg, 1, seen)
	return seen.at
}

type placedWatch struct {
	model.Unheard
	at []time.Duration
}

func (p *placedWatch) TaskPlaced(now time.Duration, _ *model.Task) { p.at = append(p.at, now) }

// ECS rules, placement 7.3 and services 2.2: 0 to 3,500 tasks on Fargate. Ten services are held up by the account's bucket
// alone: 100 at once, then 20 a second, so that the last starts at 170 s. One service is held up by its 500 a minute: it
// needs six minutes more after the first.
func TestFargateLaunchCurve(t *testing.T) {
	t.Run("ten services", func(t *testing.T) {
		cfg := world()
		for n := range 10 {
			withService(fmt.Sprintf("web%d", n), 350, fargate(awsvpc(256, 512)))(cfg)
		}
		at := placedAt(t, cfg)
		require.Equal(t, 3500, len(at))
		require.Zero(t, at[99])
		require.Equal(t, 50*time.Millisecond, at[100])
		require.Equal(t, 170*time.Second, at[3499])
	})
	t.Run("one service", func(t *testing.T) {
		cfg := world(withService("web", 3500, fargate(awsvpc(256, 512))))
		at := placedAt(t, cfg)
		require.Equal(t, 3500, len(at))
		require.Zero(t, at[99])
		require.Equal(t, 20*time.Second, at[499], "the bucket of the account")
		require.Equal(t, time.Minute, at[500].Truncate(time.Minute), "500 a minute")
		require.Equal(t, 6*time.Minute, at[3499].Truncate(time.Minute))
	})
}

// The same on an Auto Scaling group that has one instance, with everything that is slow about it: the metric of a minute,
// the alarm, the boot, and at most 500 tasks in PROVISIONING, which is what the estimate sees.
func TestEC2LaunchCurveFromOneInstance(t *testing.T) {
	cfg := onEmptyGroup(t, 3500, 2000)
	onGroup(t, cfg, 1, 2000)
	cfg.Duration = 3 * hour
	cfg.Subnets[0].Prefix = 16
	var seen scaled
	run(t, cfg, 1, &seen)
	require.Equal(t, 3500, len(seen.running))
	got := changes(seen.group)
	require.Equal(t, resized{s(125), 1, 251}, got[0], "500 tasks of half an instance wait")
	require.Equal(t, resized{s(485), 251, 501}, got[1], "the next 500, when the first instances are warmed up")
	for _, c := range got {
		require.LessOrEqual(t, c.to-c.from, 250)
	}
	require.Greater(t, seen.running[3499], 30*time.Minute, "seven rounds of a warm-up each")
}
