package fleet

import (
	"cmp"
	"slices"
	"time"
)

// Member is an instance of a group, as its termination policies see it.
type Member struct {
	// Zone and Type are indexes into those of the group.
	Zone            int
	Protected, Spot bool
	Type            int
	Launched        time.Duration
	// Number is its launch number.
	Number int
}

// ChooseToTerminate chooses n instances to scale in, as indexes of members; fewer if the others are protected. offers are
// the types On-Demand and on Spot, and draw(k) draws one of k.
//
// One after the other: of the zones with the most instances, among those with an unprotected one, the candidates go through
// the policies, each of which keeps those that tie, and chance decides among the last. Policies for instances of other zones
// never unbalance a group (ECS rules, services 3.6).
func (d *Distribution) ChooseToTerminate(
	n int, members []Member, policies []TerminationPolicy, offers [2][]Offer, now time.Duration, draw func(int) int,
) []int {
	c := chooser{d: d, members: members, gone: make([]bool, len(members)), now: now, left: len(members)}
	for i := range members {
		m := &members[i]
		for len(c.inZone) <= m.Zone {
			c.inZone, c.free = append(c.inZone, 0), append(c.free, 0)
		}
		c.inZone[m.Zone]++
		if !m.Protected {
			c.free[m.Zone]++
		}
		if !m.Spot {
			c.onDemand++
		}
	}
	c.rank = [2][]int{d.preference(false, offers[0]), d.preference(true, offers[1])}
	if len(policies) == 0 {
		policies = []TerminationPolicy{DefaultTermination}
	}
	var chosen []int
	for len(chosen) < n {
		candidates := c.candidates()
		if len(candidates) == 0 {
			break
		}
		for _, p := range policies {
			candidates = c.keep(p, candidates)
		}
		pick := candidates[0]
		if len(candidates) > 1 {
			pick = candidates[draw(len(candidates))]
		}
		c.take(pick)
		chosen = append(chosen, pick)
	}
	return chosen
}

// chooser is what is left of a group while its instances are chosen.
type chooser struct {
	d        *Distribution
	members  []Member
	gone     []bool
	now      time.Duration
	rank     [2][]int // of the types, On-Demand and Spot
	inZone   []int    // instances
	free     []int    // of these unprotected
	left     int
	onDemand int
}

func (c *chooser) take(i int) {
	m := &c.members[i]
	c.gone[i] = true
	c.inZone[m.Zone]--
	c.free[m.Zone]--
	c.left--
	if !m.Spot {
		c.onDemand--
	}
}

// candidates are the unprotected instances of the zones with the most instances that have one, in order of launch number:
// what chance draws must not hang on the order in which members are listed.
func (c *chooser) candidates() []int {
	most := -1
	for z, n := range c.inZone {
		if c.free[z] > 0 {
			most = max(most, n)
		}
	}
	var found []int
	for i := range c.members {
		if m := &c.members[i]; !c.gone[i] && !m.Protected && c.inZone[m.Zone] == most {
			found = append(found, i)
		}
	}
	slices.SortFunc(found, func(a, b int) int { return cmp.Compare(c.members[a].Number, c.members[b].Number) })
	return found
}

// keep are those of the candidates that go first by a policy. All instances of a group have the same launch template here,
// so that the oldest one is everybody's.
func (c *chooser) keep(p TerminationPolicy, candidates []int) []int {
	switch p {
	case DefaultTermination:
		return c.keep(ClosestToNextInstanceHour, c.keep(OldestLaunchTemplate, c.keep(AllocationStrategy, candidates)))
	case AllocationStrategy:
		return c.worstFit(candidates)
	case OldestLaunchTemplate:
		return candidates
	case ClosestToNextInstanceHour:
		return keepLeast(candidates, func(i int) int64 {
			return int64(time.Hour - (c.now-c.members[i].Launched)%time.Hour)
		})
	case NewestInstance:
		return keepLeast(candidates, func(i int) int64 { return -int64(c.members[i].Launched) })
	case OldestInstance:
		return keepLeast(candidates, func(i int) int64 { return int64(c.members[i].Launched) })
	}
	panic("fleet: no such termination policy")
}

// worstFit are the instances whose end brings a mixed group closest to what its policy would launch: of the market that has
// more than its share, if the candidates have any of it, and there of the type that the allocation strategy likes least.
func (c *chooser) worstFit(candidates []int) []int {
	if !c.d.Mixed {
		return candidates
	}
	spotGoes := c.onDemand <= c.d.onDemand(c.left-1)
	candidates = keepLeast(candidates, func(i int) int64 {
		if c.members[i].Spot == spotGoes {
			return 0
		}
		return 1
	})
	return keepLeast(candidates, func(i int) int64 {
		m := &c.members[i]
		rank := c.rank[0]
		if m.Spot {
			rank = c.rank[1]
		}
		return -int64(rank[m.Type])
	})
}

// keepLeast are the candidates with the least of something.
func keepLeast(candidates []int, of func(int) int64) []int {
	var kept []int
	for _, i := range candidates {
		if len(kept) > 0 {
			switch v, least := of(i), of(kept[0]); {
			case v > least:
				continue
			case v < least:
				kept = kept[:0]
			}
		}
		kept = append(kept, i)
	}
	return kept
}
