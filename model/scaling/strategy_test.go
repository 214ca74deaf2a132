package scaling

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// split assigns so many tasks one after the other, and is how many each provider got.
func split(shares []Share, tasks int) []int {
	assigned := make([]int, len(shares))
	for range tasks {
		assigned[Assign(shares, assigned)]++
	}
	return assigned
}

// Every row of the table of ECS rules, services 3.1.
func TestStrategiesSplitTasks(t *testing.T) {
	for name, row := range map[string]struct {
		shares []Share
		tasks  int
		split  []int
	}{
		"equal weights":                      {[]Share{{0, 1}, {0, 1}}, 10, []int{5, 5}},
		"weights 1 and 4":                    {[]Share{{0, 1}, {0, 4}}, 10, []int{2, 8}},
		"a base of 2, then weights 1 and 4":  {[]Share{{2, 1}, {0, 4}}, 12, []int{4, 8}},
		"after the base a tie goes by order": {[]Share{{1, 1}, {0, 1}}, 2, []int{2, 0}},
		"after the base, in equal parts":     {[]Share{{1, 1}, {0, 1}}, 3, []int{2, 1}},
		"FARGATE base 2, FARGATE_SPOT 3":     {[]Share{{2, 1}, {0, 3}}, 10, []int{4, 6}},
		"weight 0 gets nothing":              {[]Share{{0, 0}, {0, 1}}, 7, []int{0, 7}},
		"weight 0 gets its base":             {[]Share{{2, 0}, {0, 1}}, 7, []int{2, 5}},
		"fewer tasks than the base":          {[]Share{{0, 1}, {5, 1}}, 3, []int{0, 3}},
		"the heaviest may have to wait":      {[]Share{{0, 1}, {0, 1}, {0, 8}}, 2, []int{1, 1, 0}},
		"and exact where it can be":          {[]Share{{0, 1}, {0, 1}, {0, 8}}, 10, []int{1, 1, 8}},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, row.split, split(row.shares, row.tasks)) })
	}
}

func TestNobodyToAssignTo(t *testing.T) {
	require.Equal(t, -1, Assign([]Share{{1, 0}, {0, 0}}, []int{1, 0}))
	require.Equal(t, -1, Assign(nil, nil))
}

// The base comes first, also when its tasks have stopped while others run.
func TestTheBaseIsFilledAgainFirst(t *testing.T) {
	require.Equal(t, 0, Assign([]Share{{2, 1}, {0, 3}}, []int{1, 0}))
	require.Equal(t, 0, Assign([]Share{{2, 1}, {0, 3}}, []int{1, 6}))
	require.Equal(t, 1, Assign([]Share{{2, 1}, {0, 3}}, []int{3, 0}))
}

// After any number of tasks nobody is a whole task above his share, of two nobody is a whole task below it, and where the
// shares are whole numbers they are met.
func TestSharesFollowTheWeights(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		shares := make([]Share, rapid.IntRange(1, 6).Draw(t, "providers"))
		total := 0
		for i := range shares {
			shares[i].Weight = rapid.IntRange(0, 12).Draw(t, "weight")
			total += shares[i].Weight
		}
		if total == 0 {
			shares[0].Weight, total = 1, 1
		}
		of := rapid.IntRange(0, len(shares)-1).Draw(t, "whose base")
		shares[of].Base = rapid.IntRange(0, 9).Draw(t, "base")
		tasks := rapid.IntRange(0, 200).Draw(t, "tasks")
		got := split(shares, tasks)
		require.Equal(t, min(tasks, shares[of].Base), min(got[of], shares[of].Base), "the base comes first")
		got[of] -= min(tasks, shares[of].Base)
		above := max(tasks-shares[of].Base, 0)
		weighted := 0
		for _, s := range shares {
			if s.Weight > 0 {
				weighted++
			}
		}
		for i, s := range shares {
			off := got[i]*total - above*s.Weight // in parts of a task
			require.Less(t, off, total)
			if weighted <= 2 {
				require.Greater(t, off, -total)
			}
			if above%total == 0 {
				require.Zero(t, off)
			}
		}
	})
}

func TestWhatTheAPIAcceptsAsAStrategy(t *testing.T) {
	for name, row := range map[string]struct {
		shares  []Share
		problem string
	}{
		"a base and weights":     {[]Share{{2, 1}, {0, 4}}, ""},
		"weight 0 beside others": {[]Share{{2, 0}, {0, 4}}, ""},
		"the largest":            {append(slices.Repeat([]Share{{0, 1000}}, 19), Share{100_000, 0}), ""},
		"none":                   {nil, "a capacity provider strategy has 1 to 20 capacity providers, this one has 0"},
		"too many": {
			slices.Repeat([]Share{{0, 1}}, 21), "a capacity provider strategy has 1 to 20 capacity providers, this one has 21",
		},
		"two bases":         {[]Share{{1, 1}, {1, 1}}, "2 capacity providers of the strategy have a base; only one may"},
		"a negative base":   {[]Share{{-1, 1}}, "the base of capacity provider 1 of the strategy is -1; it is 0 to 100000"},
		"too large a base":  {[]Share{{0, 1}, {100_001, 1}}, "the base of capacity provider 2 of the strategy is 100001; it is 0 to 100000"},
		"a negative weight": {[]Share{{0, -1}}, "the weight of capacity provider 1 of the strategy is -1; it is 0 to 1000"},
		"too large a weight": {
			[]Share{{0, 1001}}, "the weight of capacity provider 1 of the strategy is 1001; it is 0 to 1000",
		},
		"only weights of 0": {
			[]Share{{1, 0}, {0, 0}}, "no capacity provider of the strategy has a weight above 0; at least one must (the API's default is 0)",
		},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, row.problem, StrategyProblem(row.shares)) })
	}
}
