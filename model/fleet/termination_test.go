package fleet

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func noDraw(t *testing.T) func(int) int {
	return func(n int) int {
		t.Errorf("one of %d is drawn by chance", n)
		return 0
	}
}

// ECS rules, services 3.6.
func TestTerminationPolicies(t *testing.T) {
	const h = time.Hour
	onSpot := Distribution{Mixed: true, OnDemandBase: 1, Spot: SpotLowestPrice, OnDemand: LowestPrice}
	offers := [2][]Offer{{{Price: 2}, {Price: 1}}, {{Price: 1}, {Price: 2, Closed: true}}}
	for name, row := range map[string]struct {
		d        Distribution
		n        int
		members  []Member
		policies []TerminationPolicy
		chosen   []int
	}{
		"the zone with the most comes before the policy": {
			n: 1, policies: []TerminationPolicy{OldestInstance},
			members: []Member{{Zone: 0, Launched: 0}, {Zone: 1, Launched: 1}, {Zone: 1, Launched: 2}}, chosen: []int{1},
		},
		"a zone whose instances are all protected is passed over": {
			n: 1, policies: []TerminationPolicy{OldestInstance},
			members: []Member{{Zone: 0, Launched: 5}, {Zone: 1, Protected: true}, {Zone: 1, Protected: true}}, chosen: []int{0},
		},
		"protected ones count for their zone": {
			n: 1, policies: []TerminationPolicy{OldestInstance},
			members: []Member{{Zone: 0}, {Zone: 0}, {Zone: 1, Launched: 5}, {Zone: 1, Protected: true}, {Zone: 1, Protected: true}},
			chosen:  []int{2},
		},
		"zones that tie are one": {
			n: 1, policies: []TerminationPolicy{NewestInstance},
			members: []Member{{Zone: 0, Launched: 1}, {Zone: 1, Launched: 2}}, chosen: []int{1},
		},
		"one after the other": {
			n: 3, policies: []TerminationPolicy{OldestInstance},
			members: []Member{{Zone: 0, Launched: 3}, {Zone: 0, Launched: 4}, {Zone: 0, Launched: 5}, {Zone: 1, Launched: 1}, {Zone: 1, Launched: 2}},
			chosen:  []int{0, 3, 1}, // zone 0 has three, then both have two, then zone 0 again
		},
		"fewer if the others are protected": {
			n: 3, policies: []TerminationPolicy{OldestInstance},
			members: []Member{{}, {Protected: true}, {Protected: true}}, chosen: []int{0},
		},
		"none to choose from": {n: 2, chosen: nil},
		"none is wanted":      {n: 0, members: []Member{{}}, chosen: nil},
		"the default goes by the next instance hour": { // 3 h 20 min, 50 min, 3 h 10 min old
			n: 1, members: []Member{{Launched: 0}, {Launched: 150 * time.Minute}, {Launched: 10 * time.Minute}}, chosen: []int{1},
		},
		"a full hour begins the next": {
			n: 1, members: []Member{{Launched: 20 * time.Minute}, {Launched: 21 * time.Minute}}, chosen: []int{1},
		},
		"ClosestToNextInstanceHour": {
			n: 1, policies: []TerminationPolicy{ClosestToNextInstanceHour},
			members: []Member{{Launched: 0}, {Launched: 150 * time.Minute}}, chosen: []int{1},
		},
		"OldestInstance": {
			n: 1, policies: []TerminationPolicy{OldestInstance}, members: []Member{{Launched: 2 * h}, {Launched: h}}, chosen: []int{1},
		},
		"NewestInstance": {
			n: 1, policies: []TerminationPolicy{NewestInstance}, members: []Member{{Launched: 2 * h}, {Launched: h}}, chosen: []int{0},
		},
		"OldestLaunchTemplate leaves it to the next policy": {
			n: 1, policies: []TerminationPolicy{OldestLaunchTemplate, NewestInstance},
			members: []Member{{Launched: h}, {Launched: 2 * h}}, chosen: []int{1},
		},
		"AllocationStrategy: On-Demand above its share": {
			d: onSpot, n: 1, policies: []TerminationPolicy{AllocationStrategy, OldestInstance},
			members: []Member{{Spot: true}, {Launched: 1}, {Launched: 2}}, chosen: []int{1},
		},
		"AllocationStrategy: On-Demand below its share": {
			d: onSpot, n: 1, policies: []TerminationPolicy{AllocationStrategy, OldestInstance},
			members: []Member{{}, {Spot: true, Launched: 1}, {Spot: true, Launched: 2}}, chosen: []int{1},
		},
		"AllocationStrategy: the dearest Spot type, also if it is not to be had": {
			d: onSpot, n: 1, policies: []TerminationPolicy{AllocationStrategy}, members: []Member{{}, {Spot: true}, {Spot: true, Type: 1}},
			chosen: []int{2},
		},
		"AllocationStrategy: the dearest On-Demand type": {
			d: onSpot, n: 1, policies: []TerminationPolicy{AllocationStrategy}, members: []Member{{Type: 1}, {Type: 0}, {Type: 1}},
			chosen: []int{1},
		},
		"AllocationStrategy: what the zone does not have cannot go": {
			d: onSpot, n: 1, policies: []TerminationPolicy{AllocationStrategy},
			members: []Member{{Zone: 1}, {Zone: 1}, {Zone: 0, Spot: true}, {Zone: 0, Spot: true, Type: 1}, {Zone: 0, Spot: true}}, chosen: []int{3},
		},
		"AllocationStrategy means nothing without a mixed instances policy": {
			n: 1, policies: []TerminationPolicy{AllocationStrategy, NewestInstance},
			members: []Member{{Type: 1}, {Type: 0, Launched: 1}}, chosen: []int{1},
		},
		"the default of a mixed group begins with the allocation strategy": {
			d: onSpot, n: 1, members: []Member{{Type: 1, Launched: 150 * time.Minute}, {Type: 0}}, chosen: []int{1},
		},
	} {
		t.Run(name, func(t *testing.T) {
			now := 3*h + 20*time.Minute
			require.Equal(t, row.chosen, row.d.ChooseToTerminate(row.n, row.members, row.policies, offers, now, noDraw(t)))
		})
	}
}

// Chance decides among those that tie to the end, in order of their launch numbers.
func TestChanceDecidesTheLastTie(t *testing.T) {
	var d Distribution
	members := []Member{{Number: 7}, {Number: 3}, {Number: 5, Protected: true}, {Number: 9}}
	for drawn, chosen := range []int{1, 0, 3} {
		draw := func(n int) int {
			require.Equal(t, 3, n)
			return drawn
		}
		require.Equal(t, []int{chosen}, d.ChooseToTerminate(1, members, nil, [2][]Offer{}, time.Hour, draw))
	}
}

// The order in which members are listed decides nothing, protected ones never go, and no zone is left with more than
// another because of it.
func TestTerminationKeepsProtectionAndBalance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := Distribution{Mixed: rapid.Bool().Draw(t, "mixed"), OnDemandBase: 2, OnDemandPercent: 30, Spot: SpotLowestPrice}
		offers := [2][]Offer{{{Price: 1}, {Price: 2}, {Price: 3}}, {{Price: 3}, {Price: 2}, {Price: 1}}}
		zones := rapid.IntRange(1, 3).Draw(t, "zones")
		members := make([]Member, rapid.IntRange(0, 30).Draw(t, "members"))
		free := 0
		for i := range members {
			members[i] = Member{
				Zone: rapid.IntRange(0, zones-1).Draw(t, "zone"), Protected: rapid.IntRange(0, 3).Draw(t, "protected") == 0,
				Spot: rapid.Bool().Draw(t, "spot"), Type: rapid.IntRange(0, 2).Draw(t, "type"),
				Launched: time.Duration(rapid.IntRange(0, 3).Draw(t, "launched")) * time.Minute, Number: i + 1,
			}
			if !members[i].Protected {
				free++
			}
		}
		policies := rapid.SliceOfN(rapid.SampledFrom([]TerminationPolicy{
			DefaultTermination, AllocationStrategy, OldestLaunchTemplate, ClosestToNextInstanceHour, NewestInstance, OldestInstance,
		}), 0, 3).Draw(t, "policies")
		n := rapid.IntRange(0, 30).Draw(t, "n")
		last := func(k int) int { return k - 1 }
		chosen := d.ChooseToTerminate(n, members, policies, offers, time.Hour, last)
		require.Len(t, chosen, min(n, free))
		left := make([]int, zones)
		for i := range members {
			if !slices.Contains(chosen, i) {
				left[members[i].Zone]++
			}
		}
		gone := map[int]bool{}
		for _, i := range chosen {
			require.False(t, members[i].Protected)
			require.False(t, gone[i], "chosen twice")
			gone[i] = true
			// The instance went although a zone with an unprotected one had more: never by more than the one itself.
			for k := range members {
				if !members[k].Protected && !slices.Contains(chosen, k) {
					require.LessOrEqual(t, left[members[k].Zone], left[members[i].Zone]+1)
				}
			}
		}
		shuffled := rapid.Permutation(members).Draw(t, "shuffled")
		again := d.ChooseToTerminate(n, shuffled, policies, offers, time.Hour, last)
		for k := range chosen {
			require.Equal(t, members[chosen[k]].Number, shuffled[again[k]].Number)
		}
	})
}
