package service

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ecssim/model/placement"
)

// running are tasks that run and are healthy, one on each of the instances named; the n-th is created at n seconds.
func running(zones string, instances ...int) []Candidate {
	all := make([]Candidate, len(instances))
	for k, i := range instances {
		all[k] = Candidate{
			ID: int64(k), Zone: string(zones[k]), Instance: i, Running: true, Healthy: true,
			Created: time.Duration(k) * time.Second, CPU: 256, Memory: 512,
		}
	}
	return all
}

func zonesOf(all []Candidate, chosen []int) string {
	s := ""
	for _, k := range chosen {
		s += all[k].Zone
	}
	return s
}

// ECS rules, placement 2.4: without a strategy from the zone with the most tasks, there from the fullest instance.
func TestScaleInWithoutStrategy(t *testing.T) {
	all := running("ABBCC", 0, 1, 2, 3, 4)
	require.Contains(t, "BC", zonesOf(all, ChooseToStop(1, all, nil, nil)))
	require.Equal(t, "CB", zonesOf(all, ChooseToStop(2, all, nil, nil)), "of equals the newest")
	require.Len(t, ChooseToStop(9, all, nil, nil), 5)
	require.Empty(t, ChooseToStop(0, all, nil, nil))
	require.Empty(t, ChooseToStop(-1, all, nil, nil))

	all = running("AAABB", 0, 0, 1, 2, 2)
	require.Equal(t, []int{1}, ChooseToStop(1, all, nil, nil), "two on instance 0")
}

// On Fargate there are no instances: zones only, then the newest.
func TestScaleInOnFargate(t *testing.T) {
	all := running("ABABA", -1, -1, -1, -1, -1)
	require.Equal(t, []int{4, 3, 2}, ChooseToStop(3, all, nil, nil))
}

// ECS rules, placement 2.6; ECS rules, services 2.10: what does not run goes first, then what is unhealthy; protected never.
func TestScaleInOrder(t *testing.T) {
	all := running("AAAAB", 0, 0, 0, 0, 1)
	all[4].Running, all[4].Healthy = false, false
	all[1].Healthy = false
	all[3].Protected = true
	require.Equal(t, []int{4, 1, 2, 0}, ChooseToStop(5, all, nil, nil))
}

// ECS rules, placement 2.2: binpack stops the task whose instance then has the most of the resource free.
func TestScaleInBinpack(t *testing.T) {
	all := running("AAAA", 0, 1, 1, 0)
	all[0].FreeCPU, all[3].FreeCPU = 100, 100
	all[1].FreeCPU, all[2].FreeCPU = 300, 300
	all[0].FreeMemory, all[3].FreeMemory = 900, 900
	require.Equal(t, []int{2, 1, 3, 0}, ChooseToStop(4, all, []placement.Rule{{Kind: placement.Binpack}}, nil), "one instance after the other")
	require.Equal(t, []int{3, 0, 2, 1}, ChooseToStop(4, all, []placement.Rule{{Kind: placement.Binpack, Memory: true}}, nil))
}

func TestScaleInSpreadAndRandom(t *testing.T) {
	all := running("AAAA", 0, 1, 2, 3)
	for k := range all {
		all[k].Attribute = func(name string) string { return name + []string{"x", "y", "x", "x"}[k] }
	}
	rack := []placement.Rule{{Kind: placement.Spread, Attribute: "rack"}, {Kind: placement.Random}}
	var asked []int
	first := func(n int) int { asked = append(asked, n); return n - 1 }
	require.Equal(t, []int{0, 2, 1, 3}, ChooseToStop(4, all, rack, first))
	require.Equal(t, []int{3, 2, 2, 1}, asked)
	require.Equal(t, []int{3}, ChooseToStop(1, all, rack, nil), "without a draw the newest")
}

// obviousChoice does the same without remembering anything: it takes one task out, and asks again.
func obviousChoice(n int, all []Candidate, strategy []placement.Rule, draw func(int) int) []int64 {
	var chosen []int64
	rest := slices.Clone(all)
	for range n {
		best := filter(rest, func(t Candidate) bool { return !t.Protected })
		if len(best) == 0 {
			break
		}
		best = keepLargest(best, func(t Candidate) int64 { return -int64(t.urgency()) })
		slices.SortFunc(best, func(a, b Candidate) int { return int(b.Created-a.Created) + int(b.ID-a.ID) })
		for _, rule := range strategy {
			if rule.Kind == placement.Random {
				best = []Candidate{best[draw(len(best))]}
				break
			}
			best = keepLargest(best, func(t Candidate) int64 { return obviousRank(t, rest, rule) })
		}
		gone := best[0]
		chosen = append(chosen, gone.ID)
		rest = filter(rest, func(t Candidate) bool { return t.ID != gone.ID })
		for k := range rest {
			if rest[k].Instance == gone.Instance {
				rest[k].FreeCPU += gone.CPU
				rest[k].FreeMemory += gone.Memory
			}
		}
	}
	return chosen
}

func obviousRank(t Candidate, rest []Candidate, rule placement.Rule) (n int64) {
	field := func(t Candidate) string {
		if rule.Attribute == "" {
			return fmt.Sprint(t.Instance)
		}
		return t.attribute(rule.Attribute)
	}
	switch {
	case rule.Kind == placement.Spread:
		for _, other := range rest {
			if field(other) == field(t) {
				n++
			}
		}
	case rule.Memory:
		n = t.FreeMemory + t.Memory
	default:
		n = t.FreeCPU + t.CPU
	}
	return n
}

func filter(all []Candidate, keep func(Candidate) bool) (kept []Candidate) {
	for _, t := range all {
		if keep(t) {
			kept = append(kept, t)
		}
	}
	return kept
}

func keepLargest(all []Candidate, rank func(Candidate) int64) []Candidate {
	best := rank(slices.MaxFunc(all, func(a, b Candidate) int { return int(rank(a) - rank(b)) }))
	return filter(all, func(t Candidate) bool { return rank(t) == best })
}

// ECS rules, services 2.10: protected tasks are never chosen, and the choice is that of the obvious version.
func TestScaleInIsTheObviousOne(t *testing.T) {
	rules := []placement.Rule{
		{Kind: placement.Spread}, {Kind: placement.Spread, Attribute: placement.ZoneAttribute}, {Kind: placement.Spread, Attribute: "rack"},
		{Kind: placement.Binpack}, {Kind: placement.Binpack, Memory: true}, {Kind: placement.Random},
	}
	rapid.Check(t, func(t *rapid.T) {
		small := rapid.IntRange(0, 3)
		free := rapid.SliceOfN(rapid.Int64Range(0, 3), 4, 4).Draw(t, "free")
		all := make([]Candidate, rapid.IntRange(0, 12).Draw(t, "tasks"))
		for k := range all {
			i := small.Draw(t, "instance")
			all[k] = Candidate{
				ID: int64(k), Instance: i, Zone: string("AAB"[i%3]),
				Running: small.Draw(t, "running") > 0, Healthy: small.Draw(t, "healthy") > 0, Protected: small.Draw(t, "protected") == 0,
				Created: time.Duration(small.Draw(t, "created")) * 100, // more than ids differ by
				CPU:     rapid.Int64Range(1, 2).Draw(t, "cpu"), Memory: 1, FreeCPU: free[i], FreeMemory: free[3-i],
				Attribute: func(string) string { return []string{"x", "", "y", "x"}[i] },
			}
		}
		strategy := rapid.SliceOfN(rapid.SampledFrom(rules), 0, 4).Draw(t, "strategy")
		n := rapid.IntRange(0, 13).Draw(t, "n")
		draw := func(n int) int { return 7 * n / 11 }

		chosen := ChooseToStop(n, all, strategy, draw)
		if len(strategy) == 0 {
			strategy = placement.ServiceDefault()
		}
		ids := []int64(nil)
		for _, k := range chosen {
			require.False(t, all[k].Protected)
			ids = append(ids, all[k].ID)
		}
		require.Equal(t, obviousChoice(n, all, strategy, draw), ids)
	})
}
