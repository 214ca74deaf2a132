package service

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// ECS rules, services: D2 fails and D1 is begun anew; D3 starts and fails before D1 has completed: a stall.
func TestR2_8Rollback(t *testing.T) {
	const d1, d2, d3 = 0, 1, 2
	completed := []bool{d1: true, d2: false}
	k, ok := RollbackTarget(completed)
	require.True(t, ok)
	require.Equal(t, d1, k)

	completed[d1] = false // IN_PROGRESS
	_, ok = RollbackTarget([]bool{d1: completed[d1], d2: false, d3: false})
	require.False(t, ok)

	_, ok = RollbackTarget([]bool{d1: false})
	require.False(t, ok, "the first deployment of a service has nothing to go back to")
	_, ok = RollbackTarget(nil)
	require.False(t, ok)

	k, _ = RollbackTarget([]bool{true, true, false, false})
	require.Equal(t, 1, k, "the most recent one that was completed")
}
