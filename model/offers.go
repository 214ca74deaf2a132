package model

import (
	"slices"

	"ecssim/model/placement"
	"ecssim/model/scaling"
)

// offer is a revision on one of the capacity providers of its strategy, or on the launch type.
type offer struct {
	provider int // index into Config.CapacityProviders; -1 for the launch type
	placing  *Placing
	demand   placement.Demand
	// zoned are demands that are restricted to one zone, for rebalancing; shapes those of tasks that a trace sizes.
	zoned  map[string]*placement.Demand
	shapes map[shape]*placement.Demand
}

// offers are the ways in which the tasks of a Placing can run.
func (w *World) offers(p *Placing) (list []*offer) {
	if len(p.Providers) == 0 {
		return []*offer{{provider: -1, placing: p, demand: w.demand(p)}}
	}
	for _, share := range p.Providers {
		kind := w.cfg.CapacityProviders[share.Provider].Kind
		copied := *p
		copied.Launch, copied.Spot = EC2, kind == FargateSpotProvider
		if kind == FargateProvider || kind == FargateSpotProvider {
			copied.Launch = Fargate
		}
		f := &offer{provider: share.Provider, placing: &copied, demand: w.demand(&copied)}
		if copied.Launch == EC2 {
			f.demand.Provider = share.Provider + 1
		}
		list = append(list, f)
	}
	return list
}

// offerOf is the offer of the revision that a task of it runs on.
func (r *revision) offerOf(t *Task) *offer {
	for _, f := range r.offers {
		if f.provider == t.Provider {
			return f
		}
	}
	panic("model: a task runs on no offer of its revision")
}

// inZone is the demand restricted to one zone.
func (f *offer) inZone(zone string) *placement.Demand {
	if d, ok := f.zoned[zone]; ok {
		return d
	}
	d := f.demand.Fresh()
	d.Zones = []string{zone}
	if f.zoned == nil {
		f.zoned = map[string]*placement.Demand{}
	}
	f.zoned[zone] = &d
	return &d
}

// shape is what a trace's row may ask differently from its task definition.
type shape struct{ cpu, memory, gpus int64 }

// shaped is the demand with other reservations. Equal shapes share one demand.
func (f *offer) shaped(s shape) *placement.Demand {
	if s.cpu < 0 && s.memory < 0 && s.gpus < 0 {
		return &f.demand
	}
	if d, ok := f.shapes[s]; ok {
		return d
	}
	d := f.demand.Fresh()
	if s.cpu >= 0 {
		d.Needs.CPU = s.cpu
	}
	if s.memory >= 0 {
		d.Needs.Memory, d.HardMemory = s.memory, s.memory
	}
	if s.gpus >= 0 {
		d.Needs.GPUs = s.gpus
	}
	if f.shapes == nil {
		f.shapes = map[shape]*placement.Demand{}
	}
	f.shapes[s] = &d
	return &d
}

// assignments counts the tasks that each offer of a revision has, for the strategy to go by.
type assignments []int

// choose is the offer that the next task goes to, and the counter that it is counted in. going are tasks of each offer that
// are about to be replaced, which do not count; nil is none.
func (a *assignments) choose(r *revision, going []int) (*offer, *int) {
	if len(r.offers) == 1 {
		return r.offers[0], nil
	}
	if *a == nil {
		*a = make(assignments, len(r.offers)) // once, since tasks keep pointers into it
	}
	shares := make([]scaling.Share, len(r.offers))
	for k := range shares {
		shares[k] = r.placing.Providers[k].Share
	}
	counts := slices.Clone(*a)
	for k, n := range going {
		counts[k] -= n
	}
	k := max(0, scaling.Assign(shares, counts))
	(*a)[k]++
	return r.offers[k], &(*a)[k]
}

// going counts the tasks of a deployment by offer whose hosts go: what replaces them is shared out as if they had gone.
// Otherwise their provider would end with less than its share. AWS publishes no rule. It is nil where nothing goes, or where
// there is no choice.
func (s *scheduler) going(d *deployment) []int {
	if len(d.rev.offers) == 1 || !s.hostsGo() {
		return nil
	}
	n := make([]int, len(d.rev.offers))
	for _, t := range s.tasks {
		if t.work.standing.deployment == d && t.work.assigned != nil && t.onItsWay() {
			n[slices.IndexFunc(d.rev.offers, func(f *offer) bool { return f.provider == t.Provider })]++
		}
	}
	return n
}

// surplus is the offer that has the most tasks beyond its share, of those that have any that may go; -1 without one. It
// is the one that Assign would have served last, so that scale-in keeps to the strategy. AWS publishes no rule.
func (r *revision) surplus(counts, mayGo []int) int {
	best := -1
	worse := func(x, y int) bool { // x is further beyond its share than y
		a, b := r.placing.Providers[x].Share, r.placing.Providers[y].Share
		switch {
		case counts[x] <= a.Base || counts[y] <= b.Base:
			return counts[y] <= b.Base && counts[x] > a.Base
		case a.Weight == 0 || b.Weight == 0:
			return a.Weight == 0 && b.Weight > 0
		}
		return (counts[x]-a.Base)*b.Weight >= (counts[y]-b.Base)*a.Weight
	}
	for k := range r.offers {
		if mayGo[k] > 0 && (best < 0 || worse(k, best)) {
			best = k
		}
	}
	return best
}

// unassign takes a task out of the counter of its offer.
func (t *Task) unassign() {
	if t.work.assigned != nil {
		*t.work.assigned--
		t.work.assigned = nil
	}
}
