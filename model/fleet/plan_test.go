package fleet

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// ECS rules, services 3.8.
func TestManagedInstancesArePlanned(t *testing.T) {
	var (
		small = InstanceOffer{CPU: 2048, Memory: 4096, ENIs: 2, Price: 0.10}
		large = InstanceOffer{CPU: 4096, Memory: 8192, ENIs: 4, Price: 0.20}
		dear  = InstanceOffer{CPU: 4096, Memory: 8192, ENIs: 4, Price: 0.30}
		gpu   = InstanceOffer{CPU: 4096, Memory: 8192, GPUs: 1, ENIs: 4, Price: 1}
		one   = []ZoneLoad{{}}
		three = []ZoneLoad{{}, {}, {}}
		used  = []ZoneLoad{{Instances: 2}, {Instances: 1}, {Instances: 3}}
	)
	task := func(n int) []Bundle { return []Bundle{{CPU: 1024, Memory: 2048, Count: n}} }
	for name, row := range map[string]struct {
		bundles []Bundle
		offers  []InstanceOffer
		zones   []ZoneLoad
		plan    []PlannedLaunch
	}{
		"the cheapest that fits":            {task(1), []InstanceOffer{large, small}, one, []PlannedLaunch{{1, 0}}},
		"one zone packs":                    {task(4), []InstanceOffer{small, large}, one, []PlannedLaunch{{1, 0}}},
		"and goes on with what is left":     {task(5), []InstanceOffer{small, large}, one, []PlannedLaunch{{1, 0}, {0, 0}}},
		"small ones if large ones are dear": {task(4), []InstanceOffer{small, dear}, one, []PlannedLaunch{{0, 0}, {0, 0}}},
		"three zones come before packing":   {task(4), []InstanceOffer{small, large}, three, []PlannedLaunch{{0, 0}, {0, 1}, {0, 2}}},
		"as far as there are tasks":         {task(2), []InstanceOffer{small, large}, three, []PlannedLaunch{{0, 0}, {0, 1}}},
		"as far as zones are open": {
			task(4), []InstanceOffer{small, large}, []ZoneLoad{{}, {Closed: true}, {}}, []PlannedLaunch{{0, 0}, {0, 2}},
		},
		"a fourth zone is nothing to spread over": {
			task(8), []InstanceOffer{small, large}, []ZoneLoad{{}, {}, {}, {}}, []PlannedLaunch{{0, 0}, {0, 1}, {1, 2}},
		},
		"zones with instances need no more": {task(4), []InstanceOffer{small, large}, used, []PlannedLaunch{{1, 1}}},
		"large tasks take small ones along": {
			[]Bundle{{CPU: 1024, Memory: 2048, Count: 2}, {CPU: 1024, GPUs: 1, Count: 1}}, []InstanceOffer{small, gpu}, one,
			[]PlannedLaunch{{1, 0}},
		},
		"interfaces count":                    {[]Bundle{{ENIs: 1, Count: 3}}, []InstanceOffer{small}, one, []PlannedLaunch{{0, 0}, {0, 0}}},
		"what fits no type is left out":       {append(task(1), Bundle{CPU: 9999, Count: 3}), []InstanceOffer{small}, one, []PlannedLaunch{{0, 0}}},
		"an unknown price is dearer than any": {task(1), []InstanceOffer{{CPU: 2048, Memory: 4096, Price: -1}, dear}, one, []PlannedLaunch{{1, 0}}},
		"but better than nothing":             {task(1), []InstanceOffer{{CPU: 2048, Memory: 4096, Price: -1}}, one, []PlannedLaunch{{0, 0}}},
		"what costs nothing":                  {task(2), []InstanceOffer{small, {CPU: 1024, Memory: 2048}}, one, []PlannedLaunch{{1, 0}, {1, 0}}},
		"no zone is open":                     {task(4), []InstanceOffer{small}, []ZoneLoad{{Closed: true}}, nil},
		"nothing waits":                       {nil, []InstanceOffer{small}, one, nil},
		"no type is left":                     {task(4), nil, one, nil},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, row.plan, PlanInstances(row.bundles, row.offers, row.zones)) })
	}
}

// Every task that fits some type is planned for once, on an instance that holds what it is meant for; none is launched
// empty; at least as many zones get an instance as the spread asks for; and no plan is dearer than an instance of the
// cheapest type for each task.
func TestPlansCoverTheTasksAndCostNoMoreThanOneInstanceEach(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.Int64Range(0, 8)
		bundles := make([]Bundle, rapid.IntRange(0, 4).Draw(t, "bundles"))
		for i := range bundles {
			bundles[i] = Bundle{size.Draw(t, "cpu"), size.Draw(t, "memory"), size.Draw(t, "gpus") / 8, size.Draw(t, "enis") / 4, rapid.IntRange(0, 12).Draw(t, "count")}
		}
		offers := make([]InstanceOffer, rapid.IntRange(0, 5).Draw(t, "offers"))
		for i := range offers {
			offers[i] = InstanceOffer{
				2 * size.Draw(t, "CPU"), 2 * size.Draw(t, "Memory"), size.Draw(t, "GPUs") / 4, size.Draw(t, "ENIs"),
				float64(rapid.IntRange(0, 20).Draw(t, "price")) / 7,
			}
		}
		zones := make([]ZoneLoad, rapid.IntRange(1, 4).Draw(t, "zones"))
		for i := range zones {
			zones[i] = ZoneLoad{Instances: rapid.IntRange(0, 2).Draw(t, "instances")}
		}

		waiting, bound := 0, 0.0
		for _, b := range bundles {
			cheapest, fits := 0.0, false
			for _, o := range offers {
				if b.CPU <= o.CPU && b.Memory <= o.Memory && b.GPUs <= o.GPUs && b.ENIs <= o.ENIs && (!fits || o.Price < cheapest) {
					cheapest, fits = o.Price, true
				}
			}
			if fits {
				waiting += b.Count
				bound += float64(b.Count) * cheapest
			}
		}
		plan, launches := PlanInstances(bundles, offers, zones), pack(bundles, offers, missingZones(zones))
		require.Len(t, plan, len(launches))
		price, planned := 0.0, 0
		given := make([]int, len(bundles))
		for k, l := range launches {
			require.Equal(t, l.offer, plan[k].Offer)
			o, here := offers[l.offer], 0
			price += o.Price
			for b, n := range l.tasks {
				require.GreaterOrEqual(t, n, 0)
				o.CPU, o.Memory = o.CPU-int64(n)*bundles[b].CPU, o.Memory-int64(n)*bundles[b].Memory
				o.GPUs, o.ENIs = o.GPUs-int64(n)*bundles[b].GPUs, o.ENIs-int64(n)*bundles[b].ENIs
				given[b] += n
				here += n
			}
			require.GreaterOrEqual(t, min(o.CPU, o.Memory, o.GPUs, o.ENIs), int64(0), "instance %d holds what it is meant for", k)
			require.Positive(t, here, "instance %d is empty", k)
			planned += here
		}
		require.Equal(t, waiting, planned)
		for b := range given {
			require.LessOrEqual(t, given[b], bundles[b].Count)
		}
		require.LessOrEqual(t, price, bound+1e-9, fmt.Sprint(plan))

		before, after := 0, 0
		for z := range zones {
			had := zones[z].Instances > 0
			if had {
				before++
			}
			for _, l := range plan {
				had = had || l.Zone == z
			}
			if had {
				after++
			}
		}
		require.GreaterOrEqual(t, after, min(spreadOver, before+waiting, len(zones)))
	})
}
