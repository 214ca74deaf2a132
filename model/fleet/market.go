package fleet

import "math"

// Offer is an instance type in a market, On-Demand or Spot, and a zone.
type Offer struct {
	// Price per hour in this market; negative if it is not known.
	Price float64
	// Interrupted is the share of its Spot instances that is expected to be reclaimed within a month; negative if it is not
	// known.
	Interrupted float64
	// Closed: EC2 has no capacity of it there now.
	Closed bool
}

// similar is by how much the shares of reclaimed instances of two Spot pools may differ that count as equally deep: one
// step of what the Spot Instance Advisor publishes.
const similar = 0.05 + 1e-9 // and what binary fractions make of it

// NextIsSpot reports whether the next instance of a group with that many of each is a Spot instance: OnDemandBase comes
// first, then OnDemandPercent of what is above it, rounded up. AWS documents the shares and not their rounding; this way a
// group never has less On-Demand than it asked for (ECS rules, services 3.6).
func (d *Distribution) NextIsSpot(onDemand, spot int) bool {
	return onDemand >= d.onDemand(onDemand+spot+1)
}

// onDemand is how many of a group of that size are On-Demand.
func (d *Distribution) onDemand(size int) int {
	if !d.Mixed || size <= d.OnDemandBase {
		return size
	}
	above := float64(size-d.OnDemandBase) * d.OnDemandPercent / 100
	return d.OnDemandBase + int(math.Ceil(above*(1-1e-14))) // 20 × 5.5 % is 1.1, and never a hair above a whole number
}

// ChooseType is the instance type that is launched in a market, as the index of its offer; -1 if none can be. A group
// without a mixed instances policy has one type.
//
// How deep EC2's Spot pools are is not public. The strategies that go by capacity take the share of instances reclaimed
// for it, which the Spot Instance Advisor publishes: the fewer are taken back, the deeper the pool. capacity-optimized takes
// the deepest; price-capacity-optimized the cheapest, and capacity-optimized-prioritized the first, of those that are about
// as deep. What is not known counts as worst, and ties go by the order of the list (ECS rules, services 3.6).
func (d *Distribution) ChooseType(spot bool, offers []Offer) int {
	if !d.Mixed && len(offers) > 1 {
		offers = offers[:1]
	}
	price := func(o Offer) float64 { return knownOrWorst(o.Price) }
	reclaimed := func(o Offer) float64 { return knownOrWorst(o.Interrupted) }
	first := func(Offer) float64 { return 0 }
	anyPool := func(Offer) bool { return true }
	if !spot {
		if d.OnDemand == LowestPrice {
			return least(offers, anyPool, price)
		}
		return least(offers, anyPool, first)
	}
	deepest := least(offers, anyPool, reclaimed)
	deep := func(o Offer) bool { return reclaimed(o) <= reclaimed(offers[deepest])+similar }
	switch d.Spot {
	case CapacityOptimized:
		return deepest
	case CapacityOptimizedPrioritized:
		return least(offers, deep, first)
	case SpotLowestPrice:
		return least(offers, anyPool, price)
	case PriceCapacityOptimized:
		return least(offers, deep, price)
	}
	panic("fleet: no such Spot allocation strategy")
}

// least is the first of the open offers that pass with the least of something; -1 without any.
func least(offers []Offer, pass func(Offer) bool, of func(Offer) float64) int {
	best := -1
	for i, o := range offers {
		if !o.Closed && pass(o) && (best < 0 || of(o) < of(offers[best])) {
			best = i
		}
	}
	return best
}

func knownOrWorst(v float64) float64 {
	if v < 0 {
		return math.Inf(1)
	}
	return v
}

// preference ranks the offers of a market, 0 being what the allocation strategy would launch first if EC2 had all of them.
func (d *Distribution) preference(spot bool, offers []Offer) []int {
	left := make([]Offer, len(offers))
	for i, o := range offers {
		o.Closed = false
		left[i] = o
	}
	rank := make([]int, len(offers))
	for i := range rank {
		rank[i] = len(offers)
	}
	for r := range offers {
		best := d.ChooseType(spot, left)
		if best < 0 {
			break
		}
		rank[best], left[best].Closed = r, true
	}
	return rank
}
