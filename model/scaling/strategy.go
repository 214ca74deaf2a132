package scaling

// Share is the base and weight of a provider in a capacity provider strategy.
type Share struct{ Base, Weight int }

// Assign is the index of the provider that the next task goes to, assigned being how many tasks of the service each
// provider has; -1 if none has a weight or a base left.
//
// The base is filled first. Then the task goes to whoever is furthest behind his weight: the smallest
// (assigned − base) / weight, ties in the order of the list. How AWS rounds is not published (ECS rules, services 3.1).
func Assign(shares []Share, assigned []int) int {
	for i, s := range shares {
		if assigned[i] < s.Base {
			return i
		}
	}
	best := -1
	for i, s := range shares {
		if s.Weight == 0 {
			continue
		}
		if best < 0 || (assigned[i]-s.Base)*shares[best].Weight < (assigned[best]-shares[best].Base)*s.Weight {
			best = i
		}
	}
	return best
}
