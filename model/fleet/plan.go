package fleet

import (
	"cmp"
	"math"
	"slices"
)

// Bundle is a number of waiting tasks with the same requirements.
type Bundle struct {
	CPU, Memory, GPUs, ENIs int64
	Count                   int
}

// InstanceOffer is an instance type that ECS Managed Instances may launch: what it registers and what it costs an hour,
// the fee included; negative if that is not known.
type InstanceOffer struct {
	CPU, Memory, GPUs, ENIs int64
	Price                   float64
}

// PlannedLaunch is an instance to launch: the indexes of its offer and of its zone.
type PlannedLaunch struct{ Offer, Zone int }

// spreadOver is over how many zones ECS Managed Instances spread before they pack.
const spreadOver = 3

// unknownPrice stands for a price that is not known: dearer than whatever is.
const unknownPrice = 1e9

// PlanInstances is what ECS Managed Instances launch for tasks that wait. Tasks that fit no type are left out, and so is
// everything while no zone can launch.
//
// AWS says that ECS takes the cheapest types that fit, packs several tasks on a larger instance, and that the spread over
// zones comes before the packing: at least three instances in different zones where possible, none of this with one zone
// (ECS rules, services 3.8). How it packs is not published. Here the next instance is for the task that would cost most
// alone, and of the types that hold it the one whose price is lowest for what it packs, a task weighing what the cheapest
// instance costs that holds it alone. For equal tasks this is the lowest price per task, and small tasks use the room beside
// large ones. No plan is dearer than an instance of the cheapest type for each task. While zones are missing, an instance
// gets no more than its part of the tasks.
func PlanInstances(bundles []Bundle, offers []InstanceOffer, zones []ZoneLoad) []PlannedLaunch {
	loads := slices.Clone(zones)
	if ChooseZone(loads, false) < 0 {
		return nil
	}
	var plan []PlannedLaunch
	for _, l := range pack(bundles, offers, missingZones(zones)) {
		z := ChooseZone(loads, false)
		loads[z].Instances++
		plan = append(plan, PlannedLaunch{Offer: l.offer, Zone: z})
	}
	return plan
}

// missingZones is in how many more zones there should be instances, as far as zones can launch.
func missingZones(zones []ZoneLoad) int {
	used, empty := 0, 0
	for _, z := range zones {
		switch {
		case z.Instances > 0:
			used++
		case !z.Closed:
			empty++
		}
	}
	return min(max(spreadOver-used, 0), empty)
}

// packed is a planned instance: its offer, and how many tasks of each bundle it is meant for.
type packed struct {
	offer int
	tasks []int
}

// pack covers the tasks, with at least so many instances if there are as many tasks.
func pack(bundles []Bundle, offers []InstanceOffer, atLeast int) []packed {
	p := newPacker(bundles, offers)
	var launches []packed
	for p.waiting > 0 {
		limit := p.waiting
		if missing := atLeast - len(launches); missing > 1 {
			limit = (p.waiting-1)/missing + 1
		}
		l := p.next(limit)
		for b, n := range l.tasks {
			p.left[b] -= n
			p.waiting -= n
		}
		launches = append(launches, l)
	}
	return launches
}

// packer is the tasks that are not covered yet.
type packer struct {
	bundles []Bundle
	offers  []InstanceOffer
	// alone is, for each bundle, the price of the cheapest instance that holds a task of it.
	alone []float64
	// order fills an instance: the tasks that would cost most alone come first. This bounds the price of a plan: the cheapest
	// type for the first task of the order is worth its price by that task alone.
	order   []int
	left    []int
	waiting int
}

func newPacker(bundles []Bundle, offers []InstanceOffer) *packer {
	p := &packer{
		bundles: bundles, offers: offers,
		alone: make([]float64, len(bundles)), left: make([]int, len(bundles)),
	}
	for i := range bundles {
		p.alone[i] = math.Inf(1)
		for k := range offers {
			if bundles[i].fitting(&offers[k], 1) == 1 {
				p.alone[i] = min(p.alone[i], offers[k].price())
			}
		}
		if bundles[i].Count <= 0 || math.IsInf(p.alone[i], 1) {
			continue
		}
		p.order = append(p.order, i)
		p.left[i] = bundles[i].Count
		p.waiting += bundles[i].Count
	}
	slices.SortStableFunc(p.order, func(a, b int) int {
		return cmp.Or(
			cmp.Compare(p.alone[b], p.alone[a]), cmp.Compare(bundles[b].Memory, bundles[a].Memory),
			cmp.Compare(bundles[b].CPU, bundles[a].CPU),
		)
	})
	return p
}

// next is the instance for the first task of the order that waits, with the lowest price for what it packs of at most limit
// tasks; among equals the one with the most tasks, then the first offer.
func (p *packer) next(limit int) packed {
	for p.left[p.order[0]] == 0 {
		p.order = p.order[1:]
	}
	first := p.order[0]
	best, lowest, most := packed{offer: -1}, math.Inf(1), 0
	for k := range p.offers {
		tasks, number, worth := p.fill(&p.offers[k], limit)
		if tasks[first] == 0 {
			continue // does not hold it
		}
		share := 0.0
		if price := p.offers[k].price(); price > 0 {
			share = price / worth // +Inf if the tasks have a type that costs nothing
		}
		// Sums of prices in another order differ in their last digits; that decides nothing.
		cheaper, same := share < lowest*(1-1e-12), share <= lowest*(1+1e-12)
		if best.offer < 0 || cheaper || same && number > most {
			best, lowest, most = packed{k, tasks}, share, number
		}
	}
	return best
}

// fill puts tasks on an empty instance, and says how many there are and what they would cost alone.
func (p *packer) fill(o *InstanceOffer, limit int) (tasks []int, number int, worth float64) {
	tasks = make([]int, len(p.bundles))
	room := *o
	for _, b := range p.order {
		n := p.bundles[b].fitting(&room, min(p.left[b], limit-number))
		room.CPU -= int64(n) * p.bundles[b].CPU
		room.Memory -= int64(n) * p.bundles[b].Memory
		room.GPUs -= int64(n) * p.bundles[b].GPUs
		room.ENIs -= int64(n) * p.bundles[b].ENIs
		tasks[b] = n
		number += n
		worth += float64(n) * p.alone[b]
	}
	return tasks, number, worth
}

// fitting is how many of the tasks, at most so many, find room.
func (b *Bundle) fitting(room *InstanceOffer, most int) int {
	n := int64(most)
	for _, r := range [...]struct{ asked, has int64 }{
		{b.CPU, room.CPU}, {b.Memory, room.Memory}, {b.GPUs, room.GPUs}, {b.ENIs, room.ENIs},
	} {
		if r.asked > 0 {
			n = min(n, r.has/r.asked)
		}
	}
	return int(n)
}

func (o *InstanceOffer) price() float64 {
	if o.Price < 0 {
		return unknownPrice
	}
	return o.Price
}
