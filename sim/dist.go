package sim

import (
	"math"
	"math/rand/v2"
	"strconv"
	"time"
)

// Dist is a distribution of non-negative numbers: seconds, sizes, counts. Implementations are immutable, so one
// value may serve many replications at once.
type Dist interface {
	// Sample draws one value, never negative, never NaN, never infinite.
	Sample(r *rand.Rand) float64
	// Mean is the expected value; +Inf where it does not exist.
	Mean() float64
	// String describes the distribution with its parameters, as in "exponential(mean 40)".
	String() string
}

// Seconds draws a number of seconds as a duration, rounded to the nanosecond. What is longer than the longest
// duration (292 years) becomes the longest: such an event simply never comes.
func Seconds(d Dist, r *rand.Rand) time.Duration {
	ns := math.Round(d.Sample(r) * float64(time.Second))
	if ns >= math.MaxInt64 {
		return math.MaxInt64
	}
	return time.Duration(ns)
}

// limitedMean is implemented by the distributions of this package: the mean of min(X, limit), which Capped needs.
type limitedMean interface{ meanBelow(limit float64) float64 }

// z95 is the 95th percentile of the standard normal distribution.
const z95 = 1.6448536269514722

// finite keeps an overflowed sample a number.
func finite(x float64) float64 { return min(x, math.MaxFloat64) }

// number writes a parameter as briefly as it can be read back.
func number(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }

// brief writes a derived parameter with the digits that a person reads.
func brief(x float64) string { return strconv.FormatFloat(x, 'g', 6, 64) }

// normalCDF is the standard normal distribution function.
func normalCDF(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 }

// normalDensity is the standard normal density.
func normalDensity(x float64) float64 { return math.Exp(-x*x/2) / math.Sqrt(2*math.Pi) }
