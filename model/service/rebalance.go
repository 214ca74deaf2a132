package service

import "ecssim/model/placement"

// Rebalanced is what decides whether a service can have its zones evened out.
type Rebalanced struct {
	Enabled        bool // availabilityZoneRebalancing
	Scheduling     Scheduling
	External       bool // deployment controller EXTERNAL
	MaximumPercent int
	Strategy       []placement.Rule
	// ClassicLoadBalancer: it uses one. ZoneConstraint: a constraint names the zone.
	ClassicLoadBalancer, ZoneConstraint bool
}

// Eligible reports whether ECS rebalances such a service (ECS rules, services 2.9): a replica service that may have a
// task too many for a while, and whose strategy, if it has one, begins with a spread over zones.
func Eligible(r Rebalanced) bool {
	if len(r.Strategy) > 0 && (r.Strategy[0].Kind != placement.Spread || r.Strategy[0].Attribute != placement.ZoneAttribute) {
		return false
	}
	return r.Enabled && r.Scheduling == Replica && !r.External && r.MaximumPercent > 100 && !r.ClassicLoadBalancer && !r.ZoneConstraint
}

// Balanced reports whether every zone has its share of the desired tasks: the whole part, or one more.
func Balanced(desired int, perZone []int) bool {
	if len(perZone) == 0 {
		return true
	}
	share := desired / len(perZone)
	more := min(1, desired%len(perZone))
	for _, n := range perZone {
		if n < share || n > share+more {
			return false
		}
	}
	return true
}

// NextMove is one step towards balance: a task to start in zone to, and when it is RUNNING and healthy, one to stop in
// zone from. The zones are in order of name; of equals the first. ok is false if nothing is to be done.
//
// How many moves ECS makes at once is not published (ECS rules, services 2.9); one call is one move, and a caller that
// makes several counts each before it asks for the next.
func NextMove(perZone []int, desired int) (to, from int, ok bool) {
	for k, n := range perZone {
		if n < perZone[to] {
			to = k
		}
		if n > perZone[from] {
			from = k
		}
	}
	ok = !Balanced(desired, perZone) && perZone[from]-perZone[to] > 1
	return to, from, ok
}
