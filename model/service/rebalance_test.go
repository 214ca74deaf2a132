package service

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ecssim/model/placement"
)

// moves plays the moves out and returns them as pairs of zones, to and from.
func moves(perZone []int) (all [][2]int) {
	desired := 0
	for _, n := range perZone {
		desired += n
	}
	for {
		to, from, ok := NextMove(perZone, desired)
		if !ok {
			return all
		}
		perZone[to]++
		perZone[from]--
		all = append(all, [2]int{to, from})
	}
}

// ECS rules, services.
func TestR2_11Moves(t *testing.T) {
	require.Equal(t, [][2]int{{1, 0}}, moves([]int{2, 0}))
	require.Empty(t, moves([]int{1, 2}))
	require.Equal(t, [][2]int{{1, 0}, {2, 0}}, moves([]int{4, 1, 1}))
	require.Empty(t, moves(nil))
	_, _, ok := NextMove([]int{2, 1}, 2)
	require.False(t, ok, "the new task is there and the old one still is: nothing more to start")
}

// ECS rules, services 2.9; ECS rules, placement 2.5: the target.
func TestBalanced(t *testing.T) {
	require.True(t, Balanced(5, []int{1, 2, 2}))
	require.True(t, Balanced(5, []int{2, 2, 1}))
	require.False(t, Balanced(5, []int{3, 1, 1}))
	require.False(t, Balanced(2, []int{2, 0}))
	require.True(t, Balanced(1, []int{0, 1, 0}))
	require.False(t, Balanced(2, []int{2, 1}))
	require.True(t, Balanced(3, nil))
}

func TestMovesEndInBalance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		perZone := rapid.SliceOfN(rapid.IntRange(0, 12), 1, 6).Draw(t, "tasks")
		desired := 0
		for _, n := range perZone {
			desired += n
		}
		share, above, below := desired/len(perZone), 0, 0
		for _, n := range perZone {
			above += max(0, n-share-min(1, desired%len(perZone)))
			below += max(0, share-n)
		}
		require.Len(t, moves(perZone), max(above, below), "no move in vain")
		require.True(t, Balanced(desired, perZone))
		for _, n := range perZone {
			require.True(t, n > 0 || desired < len(perZone))
		}
	})
}

// ECS rules, services 2.9: who is left alone.
func TestEligible(t *testing.T) {
	zones := []placement.Rule{{Kind: placement.Spread, Attribute: "ecs.availability-zone"}, {Kind: placement.Binpack}}
	good := Rebalanced{Enabled: true, MaximumPercent: 200, Strategy: zones}
	require.True(t, Eligible(good))
	for why, change := range map[string]func(*Rebalanced){
		"disabled":              func(r *Rebalanced) { r.Enabled = false },
		"daemon":                func(r *Rebalanced) { r.Scheduling = Daemon },
		"external":              func(r *Rebalanced) { r.External = true },
		"maximum 100":           func(r *Rebalanced) { r.MaximumPercent = 100 },
		"binpack first":         func(r *Rebalanced) { r.Strategy = zones[1:] },
		"spread over instances": func(r *Rebalanced) { r.Strategy = []placement.Rule{{Kind: placement.Spread}} },
		"classic load balancer": func(r *Rebalanced) { r.ClassicLoadBalancer = true },
		"a constraint on zones": func(r *Rebalanced) { r.ZoneConstraint = true },
	} {
		r := good
		change(&r)
		require.False(t, Eligible(r), why)
	}
	good.Strategy = nil
	require.True(t, Eligible(good))
}
