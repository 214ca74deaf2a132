package fargate

import (
	"testing"

	"github.com/stretchr/testify/require"
)

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
