package fleet

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// ECS rules, services 10, question 14.
func TestLaunchesThatFailAreTriedLessAndLessOften(t *testing.T) {
	var b LaunchBackoff
	require.True(t, b.Ready(0))
	now := 10 * time.Second
	for _, wait := range []time.Duration{1, 2, 4, 8, 15, 15, 15} {
		next := b.Failed(now)
		require.Equal(t, now+wait*time.Minute, next)
		require.False(t, b.Ready(next-1))
		require.True(t, b.Ready(next))
		now = next
	}
	b.Reset()
	require.True(t, b.Ready(0))
	require.Equal(t, now+time.Minute, b.Failed(now), "a success forgets the failures")
}
