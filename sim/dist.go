package sim

import "math/rand/v2"

// Dist is a distribution of non-negative numbers: seconds, sizes, counts. Implementations are immutable, so one
// value may serve many replications at once.
type Dist interface {
	// Sample draws one value, never negative, never NaN.
	Sample(r *rand.Rand) float64
	// Mean is the expected value; +Inf where it does not exist.
	Mean() float64
	// String describes the distribution with its parameters, as in "exponential(mean 40)".
	String() string
}
