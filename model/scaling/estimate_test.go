package scaling

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ecssim/model/taskdef"
)

// The estimate of ECS rules, services 3.3, which is also ECS rules, placement 6.4.
func TestEstimate(t *testing.T) {
	var (
		large = Shape{CPU: 2048, Memory: 7680, ENIs: 2}
		xl    = Shape{CPU: 4096, Memory: 15360, ENIs: 3}
		gpu   = Shape{CPU: 4096, Memory: 15360, ENIs: 3, GPUs: 1}
		lean  = Shape{CPU: 4096, Memory: 3840, ENIs: 3} // more CPU than large, less memory
		port  = []taskdef.HostPort{{Port: 8080, Protocol: taskdef.TCP}}
	)
	for name, row := range map[string]struct {
		needs               []Need
		types               []Shape
		extra, incompatible int
	}{
		"by CPU":                           {[]Need{{CPU: 1024, Count: 5}}, []Shape{large}, 3, 0},
		"by memory":                        {[]Need{{CPU: 128, Memory: 4000, Count: 5}}, []Shape{large}, 5, 0},
		"by interfaces":                    {[]Need{{CPU: 128, ENIs: 1, Count: 5}}, []Shape{large}, 3, 0},
		"by GPUs":                          {[]Need{{CPU: 128, GPUs: 1, Count: 5}}, []Shape{gpu}, 5, 0},
		"by host ports":                    {[]Need{{CPU: 128, Ports: port, Count: 5}}, []Shape{large}, 5, 0},
		"by distinctInstance":              {[]Need{{CPU: 128, Distinct: true, Count: 5}}, []Shape{large}, 5, 0},
		"by a limit for each instance":     {[]Need{{CPU: 128, PerInstance: 2, Count: 5}}, []Shape{large}, 3, 0},
		"what asks for nothing takes one":  {[]Need{{Count: 5}}, []Shape{large}, 1, 0},
		"nothing waits":                    {[]Need{{CPU: 1024}}, []Shape{large}, 0, 0},
		"no needs":                         {nil, []Shape{large}, 0, 0},
		"counted on the largest type":      {[]Need{{CPU: 1024, Count: 8}}, []Shape{large, xl}, 2, 0},
		"the order of types means nothing": {[]Need{{CPU: 1024, Count: 8}}, []Shape{xl, large}, 2, 0},
		"the most of several needs, not their sum": {
			[]Need{{CPU: 1024, Count: 5}, {CPU: 2048, Count: 2}}, []Shape{large}, 3, 0,
		},
		"too large for the smallest type": {[]Need{{CPU: 4096, Count: 8}}, []Shape{large, xl}, 0, 8},
		"too large for the smallest type, beside what fits": {
			[]Need{{CPU: 4096, Count: 8}, {CPU: 1024, Count: 3}}, []Shape{large, xl}, 1, 8,
		},
		"smallest is each resource alone": {
			[]Need{{CPU: 3000, Memory: 3000, Count: 1}, {CPU: 1024, Memory: 5000, Count: 2}}, []Shape{large, lean}, 0, 3,
		},
		"a type without GPUs excludes what needs one": {[]Need{{GPUs: 1, Count: 2}}, []Shape{gpu, xl}, 0, 2},
		"without types nothing fits":                  {[]Need{{CPU: 1, Count: 2}}, nil, 0, 2},
	} {
		t.Run(name, func(t *testing.T) {
			extra, incompatible := Extra(row.needs, row.types)
			require.Equal(t, row.extra, extra)
			require.Equal(t, row.incompatible, incompatible)
		})
	}
}

// With one type and one need the estimate is right: so many instances hold the tasks, and one less does not.
func TestEstimateOfOneTypeAndOneNeedIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := Shape{CPU: rapid.Int64Range(0, 50).Draw(t, "CPU"), Memory: rapid.Int64Range(0, 50).Draw(t, "memory")}
		n := Need{
			CPU: rapid.Int64Range(0, 20).Draw(t, "needs CPU"), Memory: rapid.Int64Range(0, 20).Draw(t, "needs memory"),
			Distinct: rapid.Bool().Draw(t, "distinct"), PerInstance: rapid.IntRange(0, 5).Draw(t, "per instance"),
			Count: rapid.IntRange(0, 60).Draw(t, "count"),
		}
		extra, incompatible := Extra([]Need{n}, []Shape{s})
		instances, waiting := 0, n.Count
		for waiting > 0 {
			held := 0
			for free := s; waiting > 0 && free.CPU >= n.CPU && free.Memory >= n.Memory; held++ {
				if held > 0 && (n.Distinct || held == n.PerInstance) {
					break
				}
				free.CPU, free.Memory, waiting = free.CPU-n.CPU, free.Memory-n.Memory, waiting-1
			}
			if held == 0 {
				break
			}
			instances++
		}
		require.Equal(t, instances, extra)
		require.Equal(t, waiting, incompatible)
	})
}
