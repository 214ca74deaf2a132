package scenario

import (
	"fmt"
	"math"
	"slices"
	"time"

	"ecssim/model"
	"ecssim/model/fleet"
	"ecssim/sim"
)

const (
	mixedExample = "mixed_instances = { on_demand_base_capacity = 2, on_demand_percentage_above_base_capacity = 25 }"
	spotExample  = "spot = { discount = 0.6, interruptions_per_month = 0.1 }"
)

// mixedInstances reads the InstancesDistribution. Several types make a policy of the defaults, which is On-Demand alone.
// The API's default for Spot is lowest-price, which AWS advises against; here it is the console's.
func (b *builder) mixedInstances(t *table, g *model.Group) {
	if t.get("mixed_instances") == nil {
		if len(g.Types) < 2 {
			return
		}
		t.fill("mixed_instances", &node{kind: aTable})
	}
	m, ok := t.sub("mixed_instances", mixedExample)
	if !ok {
		return
	}
	d := &g.Distribution
	d.Mixed = true
	d.OnDemandBase = int(m.whole("on_demand_base_capacity", 0, mostInstances, 0))
	d.OnDemandPercent = m.number("on_demand_percentage_above_base_capacity", 0, 100, 100)
	demand := []string{fleet.Prioritized.String(), fleet.LowestPrice.String()}
	word, _ := m.choice("on_demand_allocation_strategy", demand, demand[0])
	d.OnDemand = fleet.OnDemandStrategy(max(0, slices.Index(demand, word)))
	var spot []string
	for s := fleet.PriceCapacityOptimized; s <= fleet.SpotLowestPrice; s++ {
		spot = append(spot, s.String())
	}
	word, _ = m.choice("spot_allocation_strategy", spot, spot[0])
	d.Spot = fleet.SpotStrategy(max(0, slices.Index(spot, word)))
	m.done()
}

// month is that of the Spot Instance Advisor, whose figures are shares of a month.
const month = 30 * 24 * time.Hour

// hasSpot reports whether a group ever launches a Spot instance.
func hasSpot(g *model.Group) bool {
	return g.Distribution.Mixed && g.Distribution.OnDemandPercent < 100
}

// spot reads what Spot instances of the group cost less, and how often they are taken back.
func (b *builder) spot(t *table, g *model.Group) {
	n := t.get("spot")
	s, ok := t.sub("spot", spotExample)
	if !ok {
		return
	}
	if n != nil && !hasSpot(g) {
		b.warn("W224", n.key, fmt.Sprintf("`%s` is without effect: the group launches no Spot instance", t.p.join("spot")),
			"write mixed_instances = { on_demand_percentage_above_base_capacity = 0 } for a group of Spot instances")
	}
	discount, given := -1.0, false
	if s.get("discount") != nil {
		discount = s.number("discount", 0, 1, -1)
	}
	var to sim.Dist
	rate, time := s.get("interruptions_per_month"), s.get("time_to_interruption")
	switch {
	case rate != nil && time != nil:
		b.fail("E023", time.key, fmt.Sprintf("`%s` has `interruptions_per_month` and `time_to_interruption`", s.p), "keep one of them",
			"both say how long a Spot instance lives")
	case rate != nil:
		to, given = b.memoryless(s, "interruptions_per_month", month, 1e6)
	case time != nil:
		to, given = s.dist("time_to_interruption"), true
		if to != nil && !(to.Mean() > 0) {
			b.fail("E039", time.at, fmt.Sprintf("`%s` is 0: Spot instances would be interrupted as soon as they are there", s.p.join("time_to_interruption")), "",
				`write for example: time_to_interruption = { dist = "exponential", mean = "10d" }`)
		}
	}
	s.done()
	if !hasSpot(g) {
		return
	}
	for i := range g.Types {
		known, usual := b.spotOffer(g.Types[i].Name)
		if discount >= 0 {
			known = discount
		}
		if given {
			usual = to
		}
		g.SpotDiscount, g.TimeToInterruption = append(g.SpotDiscount, known), append(g.TimeToInterruption, usual)
	}
}

// spotOffer is what the Spot Instance Advisor says of a type: the discount, negative if it is not known, and the time to
// an interruption, nil where nothing is known. Of its bucket for the share of instances that are interrupted in a month
// the middle is taken, at a rate that does not change with age.
func (b *builder) spotOffer(name string) (discount float64, to sim.Dist) {
	offer, ok := b.config.Catalog.Spot(name)
	if !ok {
		return -1, nil
	}
	share := (offer.LowPerMonth + offer.HighPerMonth) / 2
	if share <= 0 || share >= 1 {
		return offer.Discount, nil
	}
	to, err := sim.Exponential(-month.Seconds() / math.Log1p(-share))
	if err != nil {
		return offer.Discount, nil
	}
	return offer.Discount, to
}
