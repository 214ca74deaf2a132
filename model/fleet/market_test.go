package fleet

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// grow launches so many instances, and is how many are On-Demand and Spot.
func grow(d Distribution, size int) (onDemand, spot int) {
	for range size {
		if d.NextIsSpot(onDemand, spot) {
			spot++
		} else {
			onDemand++
		}
	}
	return onDemand, spot
}

// ECS rules, services 3.6.
func TestOnDemandBaseComesFirstThenItsPercentage(t *testing.T) {
	for name, row := range map[string]struct {
		d              Distribution
		size           int
		onDemand, spot int
	}{
		"no policy: On-Demand alone":        {Distribution{}, 7, 7, 0},
		"the base":                          {Distribution{Mixed: true, OnDemandBase: 10, OnDemandPercent: 50}, 10, 10, 0},
		"half above the base":               {Distribution{Mixed: true, OnDemandBase: 10, OnDemandPercent: 50}, 20, 15, 5},
		"and more of it":                    {Distribution{Mixed: true, OnDemandBase: 10, OnDemandPercent: 50}, 40, 25, 15},
		"all Spot":                          {Distribution{Mixed: true}, 7, 0, 7},
		"all Spot above the base":           {Distribution{Mixed: true, OnDemandBase: 2}, 7, 2, 5},
		"all On-Demand":                     {Distribution{Mixed: true, OnDemandPercent: 100}, 7, 7, 0},
		"a fraction is rounded up":          {Distribution{Mixed: true, OnDemandPercent: 25}, 5, 2, 3},
		"a single instance is On-Demand":    {Distribution{Mixed: true, OnDemandPercent: 1}, 1, 1, 0},
		"no hair above a whole number":      {Distribution{Mixed: true, OnDemandPercent: 55}, 20, 11, 9},
		"nor with a percentage of decimals": {Distribution{Mixed: true, OnDemandPercent: 1.1}, 1000, 11, 989},
	} {
		t.Run(name, func(t *testing.T) {
			onDemand, spot := grow(row.d, row.size)
			require.Equal(t, row.onDemand, onDemand)
			require.Equal(t, row.spot, spot)
		})
	}
}

// A Spot instance that was taken back is replaced by one, and an On-Demand instance by one.
func TestWhatIsLostIsReplacedInItsMarket(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := Distribution{
			Mixed: true, OnDemandBase: rapid.IntRange(0, 10).Draw(t, "base"), OnDemandPercent: float64(rapid.IntRange(0, 100).Draw(t, "percent")),
		}
		size := rapid.IntRange(1, 100).Draw(t, "size")
		onDemand, spot := grow(d, size)
		above := max(size-d.OnDemandBase, 0)
		require.Equal(t, min(size, d.OnDemandBase)+(above*int(d.OnDemandPercent)+99)/100, onDemand)
		if spot > 0 {
			require.True(t, d.NextIsSpot(onDemand, spot-1))
		}
		if onDemand > 0 {
			require.False(t, d.NextIsSpot(onDemand-1, spot))
		}
	})
}

func TestAllocationStrategiesChooseTypes(t *testing.T) {
	od := func(s OnDemandStrategy) Distribution { return Distribution{Mixed: true, OnDemand: s} }
	spot := func(s SpotStrategy) Distribution { return Distribution{Mixed: true, Spot: s} }
	var (
		prices = []Offer{{Price: 3}, {Price: 1}, {Price: 2}}
		pools  = []Offer{{Price: 1, Interrupted: 0.25}, {Price: 4, Interrupted: 0.075}, {Price: 2, Interrupted: 0.075}, {Price: 3, Interrupted: 0.025}}
	)
	closed := func(offers []Offer, which ...int) []Offer {
		offers = append([]Offer(nil), offers...)
		for _, i := range which {
			offers[i].Closed = true
		}
		return offers
	}
	for name, row := range map[string]struct {
		d      Distribution
		spot   bool
		offers []Offer
		choice int
	}{
		"no policy: the first type":                        {Distribution{}, false, prices, 0},
		"no policy: no other than the first":               {Distribution{}, false, closed(prices, 0), -1},
		"prioritized":                                      {od(Prioritized), false, prices, 0},
		"prioritized, the first not to be had":             {od(Prioritized), false, closed(prices, 0), 1},
		"lowest-price":                                     {od(LowestPrice), false, prices, 1},
		"lowest-price, the cheapest not to be had":         {od(LowestPrice), false, closed(prices, 1), 2},
		"lowest-price, ties by order":                      {od(LowestPrice), false, []Offer{{Price: 2}, {Price: 1}, {Price: 1}}, 1},
		"lowest-price, an unknown price is the highest":    {od(LowestPrice), false, []Offer{{Price: -1}, {Price: 9}}, 1},
		"lowest-price, nothing known":                      {od(LowestPrice), false, []Offer{{Price: -1}, {Price: -1}}, 0},
		"nothing to be had":                                {od(LowestPrice), false, closed(prices, 0, 1, 2), -1},
		"Spot lowest-price":                                {spot(SpotLowestPrice), true, pools, 0},
		"capacity-optimized: the deepest":                  {spot(CapacityOptimized), true, pools, 3},
		"price-capacity-optimized: the cheapest deep one":  {spot(PriceCapacityOptimized), true, pools, 2},
		"capacity-optimized-prioritized: the first deep":   {spot(CapacityOptimizedPrioritized), true, pools, 1},
		"the deepest is not to be had":                     {spot(CapacityOptimized), true, closed(pools, 3), 1},
		"deep is what is left":                             {spot(PriceCapacityOptimized), true, closed(pools, 1, 2, 3), 0},
		"price-capacity-optimized: nothing known of depth": {spot(PriceCapacityOptimized), true, []Offer{{2, -1, false}, {1, -1, false}}, 1},
		"an unknown depth is the least": {
			spot(PriceCapacityOptimized), true, []Offer{{Price: 1, Interrupted: -1}, {Price: 2, Interrupted: 0.25}}, 1,
		},
		"no Spot to be had": {spot(PriceCapacityOptimized), true, closed(pools, 0, 1, 2, 3), -1},
		"no type":           {spot(CapacityOptimizedPrioritized), true, nil, -1},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, row.choice, row.d.ChooseType(row.spot, row.offers)) })
	}
}

// Whatever the strategy: a type is chosen if there is one, and never one that is not to be had.
func TestAChosenTypeIsToBeHad(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := Distribution{
			Mixed: true, OnDemand: rapid.SampledFrom([]OnDemandStrategy{Prioritized, LowestPrice}).Draw(t, "On-Demand"),
			Spot: rapid.SampledFrom([]SpotStrategy{
				PriceCapacityOptimized, CapacityOptimized, CapacityOptimizedPrioritized, SpotLowestPrice,
			}).Draw(t, "Spot"),
		}
		offers := make([]Offer, rapid.IntRange(0, 6).Draw(t, "offers"))
		open := 0
		for i := range offers {
			offers[i] = Offer{
				Price:       float64(rapid.IntRange(-1, 3).Draw(t, "price")),
				Interrupted: float64(rapid.IntRange(-1, 5).Draw(t, "interrupted")) / 20,
				Closed:      rapid.Bool().Draw(t, "closed"),
			}
			if !offers[i].Closed {
				open++
			}
		}
		spot := rapid.Bool().Draw(t, "spot")
		choice := d.ChooseType(spot, offers)
		if open == 0 {
			require.Equal(t, -1, choice)
			return
		}
		require.False(t, offers[choice].Closed)
		// The preferences rank all of them, beginning with what is chosen when all are to be had.
		ranks := d.preference(spot, offers)
		seen := make([]bool, len(offers))
		for _, r := range ranks {
			require.False(t, seen[r])
			seen[r] = true
		}
		if open == len(offers) {
			require.Zero(t, ranks[choice])
		}
	})
}
