package service

// Bounds are the two limits on the number of a service's tasks while they are replaced (ECS rules, services 2.5): the
// healthy ones never fall below lower by the scheduler's own doing, and it starts no task that would make them more
// than upper. minimumHealthyPercent rounds up and maximumPercent down, so that on small services a percentage may
// leave no room at all: 125 % of 3 is 3.
func Bounds(desired, minPercent, maxPercent int) (lower, upper int) {
	return percentUp(desired, minPercent), desired * maxPercent / 100
}

// percentUp is that share of n, rounded up, in whole numbers: 66 % of 3 is 2, not 1.98 of a float's making.
func percentUp(n, percent int) int { return (n*percent + 99) / 100 }
