package scaling

import "fmt"

// Share is the base and weight of a provider in a capacity provider strategy.
type Share struct{ Base, Weight int }

// The limits of a capacity provider strategy (API reference, CapacityProviderStrategyItem).
const (
	MaxShares = 20
	MaxBase   = 100_000
	MaxWeight = 1000
)

// Assign is the index of the provider that the next task goes to, assigned being how many tasks of the service each
// provider has; -1 if none has a weight or a base left.
//
// The base is filled first, also that of a provider with weight 0, of which AWS says only that it gets no task by weight
// (ECS rules, services 10, question 3). Then the task goes to whoever is furthest behind his weight: the smallest
// (assigned − base) / weight, ties in the order of the list. How AWS rounds is not published; this way the shares are exact
// whenever they can be, nobody is ever a whole task above his share, and of two providers none is a whole task below it.
// Of three or more one may be: with weights 1, 1 and 8 the third gets nothing of the first two tasks (ECS rules, services
// 3.1).
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

// StrategyProblem says what the API would not accept about a strategy; empty if it would.
func StrategyProblem(shares []Share) string {
	if n := len(shares); n == 0 || n > MaxShares {
		return fmt.Sprintf("a capacity provider strategy has 1 to %d capacity providers, this one has %d", MaxShares, n)
	}
	bases, weighted := 0, false
	for i, s := range shares {
		if s.Base < 0 || s.Base > MaxBase {
			return fmt.Sprintf("the base of capacity provider %d of the strategy is %d; it is 0 to %d", i+1, s.Base, MaxBase)
		}
		if s.Weight < 0 || s.Weight > MaxWeight {
			return fmt.Sprintf("the weight of capacity provider %d of the strategy is %d; it is 0 to %d", i+1, s.Weight, MaxWeight)
		}
		if s.Base > 0 {
			bases++
		}
		weighted = weighted || s.Weight > 0
	}
	switch {
	case bases > 1:
		return fmt.Sprintf("%d capacity providers of the strategy have a base; only one may", bases)
	case !weighted:
		return "no capacity provider of the strategy has a weight above 0; at least one must (the API's default is 0)"
	}
	return ""
}
