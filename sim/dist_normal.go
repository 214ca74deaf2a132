package sim

import (
	"fmt"
	"math"
	"math/rand/v2"
)

type normal struct{ mean, sd float64 }

// Normal is the normal distribution without its negative part: a negative draw is drawn again. So the mean of the
// draws is a little above mean where sd is not small against it; Mean tells it. mean and sd are those of the bell
// before the cut.
func Normal(mean, sd float64) (Dist, error) {
	c := check{kind: "normal"}
	c.atLeast("mean", mean, 0) // below 0 nearly every draw would be drawn again
	c.atLeast("sd", sd, 0)
	if c.fault == nil && mean == 0 && sd == 0 {
		c.fail("sd", "must be above 0 when the mean is 0")
	}
	return c.done(normal{mean, sd})
}

// NormalFromMeanP95 is Normal with 95 of 100 draws below p95; like mean, p95 is that of the bell before the cut.
func NormalFromMeanP95(mean, p95 float64) (Dist, error) {
	c := check{kind: "normal"}
	c.atLeast("mean", mean, 0)
	c.aboveOther("p95", p95, "mean", mean)
	if c.fault != nil {
		return c.done(nil)
	}
	return Normal(mean, (p95-mean)/z95)
}

func (d normal) Sample(r *rand.Rand) float64 {
	for {
		if x := d.mean + float64(d.sd*r.NormFloat64()); x >= 0 {
			return finite(x)
		}
	}
}

func (d normal) Mean() float64 {
	if d.sd == 0 {
		return d.mean
	}
	return d.mean + d.sd*normalDensity(d.mean/d.sd)/normalCDF(d.mean/d.sd)
}

func (d normal) String() string {
	return fmt.Sprintf("normal(mean %s, sd %s)", number(d.mean), brief(d.sd))
}

func (d normal) meanBelow(limit float64) float64 {
	if d.sd == 0 {
		return min(d.mean, limit)
	}
	kept := normalCDF(d.mean / d.sd) // the chance that a draw is not drawn again
	low, high := -d.mean/d.sd, (limit-d.mean)/d.sd
	below := (normalCDF(high) - normalCDF(low)) / kept
	partial := d.mean*below + d.sd*(normalDensity(low)-normalDensity(high))/kept
	return partial + limit*normalCDF(-high)/kept
}

type logNormal struct{ mu, sigma float64 }

// LogNormalFromMedianSigma gives draws whose logarithm is normal with standard deviation sigma.
func LogNormalFromMedianSigma(median, sigma float64) (Dist, error) {
	c := check{kind: "lognormal"}
	c.above("median", median, 0)
	c.atLeast("sigma", sigma, 0)
	return c.done(logNormal{math.Log(median), sigma})
}

// LogNormalFromMedianP95 gives draws of which 50 in 100 lie below median and 95 below p95.
func LogNormalFromMedianP95(median, p95 float64) (Dist, error) {
	c := check{kind: "lognormal"}
	c.above("median", median, 0)
	c.atLeastOther("p95", p95, "median", median)
	return c.done(logNormal{math.Log(median), (math.Log(p95) - math.Log(median)) / z95})
}

// LogNormalFromMeanMedian gives the log-normal with that mean and median.
func LogNormalFromMeanMedian(mean, median float64) (Dist, error) {
	c := check{kind: "lognormal"}
	c.above("median", median, 0)
	c.atLeastOther("mean", mean, "median", median)
	return c.done(logNormal{math.Log(median), math.Sqrt(2 * (math.Log(mean) - math.Log(median)))})
}

// LogNormalFromMeanSD gives the log-normal with that mean and standard deviation.
func LogNormalFromMeanSD(mean, sd float64) (Dist, error) {
	c := check{kind: "lognormal"}
	c.above("mean", mean, 0)
	c.atLeast("sd", sd, 0)
	ratio := sd / mean
	variance := math.Log1p(ratio * ratio)
	if c.fault == nil && math.IsInf(variance, 0) {
		c.computable("sigma", variance)
	}
	return c.done(logNormal{math.Log(mean) - variance/2, math.Sqrt(variance)})
}

func (d logNormal) Sample(r *rand.Rand) float64 {
	return finite(math.Exp(d.mu + float64(d.sigma*r.NormFloat64())))
}

func (d logNormal) Mean() float64 { return math.Exp(d.mu + d.sigma*d.sigma/2) }

func (d logNormal) String() string {
	return fmt.Sprintf("lognormal(median %s, sigma %s)", brief(math.Exp(d.mu)), brief(d.sigma))
}

func (d logNormal) meanBelow(limit float64) float64 {
	if d.sigma == 0 {
		return min(d.Mean(), limit)
	}
	z := (math.Log(limit) - d.mu) / d.sigma
	partial := d.Mean() * normalCDF(z-d.sigma)
	if math.IsInf(d.Mean(), 0) || math.IsNaN(partial) {
		partial = 0 // sigma beyond 37: practically every draw is either 0 or above the limit
	}
	return partial + limit*normalCDF(-z)
}
