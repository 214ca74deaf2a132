package fleet

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// ECS rules, services 3.6.
func TestLaunchesGoToTheZoneWithTheFewestInstances(t *testing.T) {
	for name, row := range map[string]struct {
		zones                []ZoneLoad
		bestEffort, balanced int
	}{
		"the fewest":                   {[]ZoneLoad{{Instances: 2}, {Instances: 1}, {Instances: 3}}, 1, 1},
		"ties go by order":             {[]ZoneLoad{{Instances: 2}, {Instances: 1}, {Instances: 1}}, 1, 1},
		"its launches fail":            {[]ZoneLoad{{Instances: 2}, {Instances: 1, Closed: true}, {Instances: 3}}, 0, -1},
		"one of those that tie fails":  {[]ZoneLoad{{Instances: 1, Closed: true}, {Instances: 1}}, 1, 1},
		"fuller ones fail":             {[]ZoneLoad{{Instances: 2, Closed: true}, {Instances: 1}}, 1, 1},
		"all fail":                     {[]ZoneLoad{{Closed: true}, {Closed: true}}, -1, -1},
		"no zone":                      {nil, -1, -1},
		"one zone, as full as it gets": {[]ZoneLoad{{Instances: 99}}, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, row.bestEffort, ChooseZone(row.zones, false))
			require.Equal(t, row.balanced, ChooseZone(row.zones, true))
		})
	}
}

func TestRebalancingMovesFromTheFullestToTheEmptiest(t *testing.T) {
	for name, row := range map[string]struct {
		zones    []ZoneLoad
		from, to int
		ok       bool
	}{
		"two more":             {[]ZoneLoad{{Instances: 1}, {Instances: 3}}, 1, 0, true},
		"one more is balance":  {[]ZoneLoad{{Instances: 2}, {Instances: 3}}, -1, -1, false},
		"ties go by order":     {[]ZoneLoad{{Instances: 3}, {Instances: 3}, {Instances: 1}, {Instances: 1}}, 0, 2, true},
		"not into a zone shut": {[]ZoneLoad{{Instances: 3}, {Closed: true}, {Instances: 2}}, -1, -1, false},
		"out of a zone shut":   {[]ZoneLoad{{Instances: 3, Closed: true}, {Instances: 1}}, 0, 1, true},
		"no zone open":         {[]ZoneLoad{{Instances: 3, Closed: true}}, -1, -1, false},
	} {
		t.Run(name, func(t *testing.T) {
			from, to, ok := Rebalance(row.zones)
			require.Equal(t, row.ok, ok)
			require.Equal(t, row.from, from)
			require.Equal(t, row.to, to)
		})
	}
}

func TestRebalancingMayExceedTheMaximumByATenthOrOne(t *testing.T) {
	for maximum, headroom := range map[int]int{1: 1, 10: 1, 19: 1, 20: 2, 100: 10} {
		require.Equal(t, headroom, RebalanceHeadroom(maximum), "of %d", maximum)
	}
}

// Rebalancing comes to an end, at which zones that can launch differ by one at most.
func TestRebalancingEndsInBalance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		zones := make([]ZoneLoad, rapid.IntRange(1, 6).Draw(t, "zones"))
		total := 0
		for i := range zones {
			zones[i].Instances = rapid.IntRange(0, 30).Draw(t, "instances")
			total += zones[i].Instances
		}
		for moves := 0; ; moves++ {
			require.LessOrEqual(t, moves, total)
			from, to, ok := Rebalance(zones)
			if !ok {
				break
			}
			zones[from].Instances--
			zones[to].Instances++
		}
		for _, z := range zones {
			require.Contains(t, []int{total / len(zones), (total + len(zones) - 1) / len(zones)}, z.Instances)
		}
	})
}
