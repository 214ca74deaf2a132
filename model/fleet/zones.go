package fleet

// ZoneLoad is an Availability Zone of a group, with its instances. Closed: a launch there fails now.
type ZoneLoad struct {
	Instances int
	Closed    bool
}

// ChooseZone is the zone that the next instance is launched in: the one with the fewest, ties in order; -1 if there is
// none. If launches there fail, balanced-best-effort, the default, takes another zone and balanced-only does not: it goes
// on trying. Among zones with equally few it may take one where launches succeed, since that keeps the balance too; AWS does
// not say (ECS rules, services 3.6).
func ChooseZone(zones []ZoneLoad, balancedOnly bool) int {
	fewest, open := -1, -1
	for i, z := range zones {
		if fewest < 0 || z.Instances < zones[fewest].Instances {
			fewest = i
		}
		if !z.Closed && (open < 0 || z.Instances < zones[open].Instances) {
			open = i
		}
	}
	if open >= 0 && balancedOnly && zones[open].Instances > zones[fewest].Instances {
		return -1
	}
	return open
}

// Rebalance moves an instance of a group that is out of balance: one is launched in zone to, and when it is in service one
// is terminated in zone from. A group is out of balance when a zone has at least two more than another that can launch;
// how much AWS tolerates, and how many it moves at a time, is not published (ECS rules, services 3.6).
func Rebalance(zones []ZoneLoad) (from, to int, ok bool) {
	to = ChooseZone(zones, false)
	if to < 0 {
		return -1, -1, false
	}
	from = 0
	for i, z := range zones {
		if z.Instances > zones[from].Instances {
			from = i
		}
	}
	if zones[from].Instances-zones[to].Instances < 2 {
		return -1, -1, false
	}
	return from, to, true
}

// RebalanceHeadroom is by how many instances rebalancing may exceed the maximum size of a group while it moves: 10 % of it,
// and at least 1.
func RebalanceHeadroom(maximum int) int { return max(maximum/10, 1) }
