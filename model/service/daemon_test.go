package service

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// ECS rules, placement 2.7: one task on each ACTIVE instance that matches, the last to leave one that drains.
func TestDaemons(t *testing.T) {
	desired, start, stop := Daemons([]Seat{
		0: {Matching: true, Active: true},
		1: {Matching: true, Active: true, HasTask: true, Occupied: true},
		2: {Active: true},
		3: {Active: true, HasTask: true, Occupied: true}, // its attribute has changed
		4: {Matching: true},                              // DRAINING
		5: {Matching: true, HasTask: true, Occupied: true},
		6: {Matching: true, HasTask: true},
	})
	require.Equal(t, 2, desired)
	require.Equal(t, []int{0}, start)
	require.Equal(t, []int{3, 6}, stop)
}
