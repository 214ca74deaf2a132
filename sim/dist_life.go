package sim

import (
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mathext"
)

type exponential struct{ mean float64 }

// Exponential is the time between events that come independently of each other, mean apart.
func Exponential(mean float64) (Dist, error) {
	c := check{kind: "exponential"}
	c.above("mean", mean, 0)
	return c.done(exponential{mean})
}

// ExponentialFromMedian is Exponential with half of the draws below median.
func ExponentialFromMedian(median float64) (Dist, error) {
	c := check{kind: "exponential"}
	c.above("median", median, 0)
	c.computable("mean", median/math.Ln2)
	return c.done(exponential{median / math.Ln2})
}

func (d exponential) Sample(r *rand.Rand) float64 { return finite(d.mean * r.ExpFloat64()) }
func (d exponential) Mean() float64               { return d.mean }
func (d exponential) String() string              { return "exponential(mean " + number(d.mean) + ")" }

func (d exponential) meanBelow(limit float64) float64 { return -d.mean * math.Expm1(-limit/d.mean) }

type weibull struct{ shape, scale float64 }

// WeibullFromShapeScale is the Weibull distribution: shape below 1 is infant mortality, 1 is exponential, above 1
// is wear.
func WeibullFromShapeScale(shape, scale float64) (Dist, error) {
	c := check{kind: "weibull"}
	c.above("shape", shape, 0)
	c.above("scale", scale, 0)
	return c.done(weibull{shape, scale})
}

// WeibullFromShapeMean is the Weibull distribution of that shape with that mean.
func WeibullFromShapeMean(shape, mean float64) (Dist, error) {
	c := check{kind: "weibull"}
	c.above("shape", shape, 0)
	c.above("mean", mean, 0)
	d := weibull{shape, mean / math.Gamma(1+1/shape)}
	c.computable("scale", d.scale)
	return c.done(d)
}

// WeibullFromShapeMedian is the Weibull distribution of that shape with half of the draws below median.
func WeibullFromShapeMedian(shape, median float64) (Dist, error) {
	c := check{kind: "weibull"}
	c.above("shape", shape, 0)
	c.above("median", median, 0)
	d := weibull{shape, median / math.Pow(math.Ln2, 1/shape)}
	c.computable("scale", d.scale)
	return c.done(d)
}

// WeibullFromMedianP95 is the Weibull distribution with 50 in 100 draws below median and 95 below p95.
func WeibullFromMedianP95(median, p95 float64) (Dist, error) {
	c := check{kind: "weibull"}
	c.above("median", median, 0)
	c.aboveOther("p95", p95, "median", median)
	shape := math.Log(math.Log(20)/math.Ln2) / (math.Log(p95) - math.Log(median))
	d := weibull{shape, median / math.Pow(math.Ln2, 1/shape)}
	c.computable("shape", d.shape)
	c.computable("scale", d.scale)
	return c.done(d)
}

func (d weibull) Sample(r *rand.Rand) float64 {
	return finite(d.scale * math.Pow(r.ExpFloat64(), 1/d.shape))
}

func (d weibull) Mean() float64 { return d.scale * math.Gamma(1+1/d.shape) }

func (d weibull) String() string {
	return fmt.Sprintf("weibull(shape %s, scale %s)", brief(d.shape), brief(d.scale))
}

func (d weibull) meanBelow(limit float64) float64 {
	t := math.Pow(limit/d.scale, d.shape)
	partial := d.Mean() * mathext.GammaIncReg(1+1/d.shape, t)
	if math.IsNaN(partial) || math.IsInf(partial, 0) {
		return min(d.Mean(), limit) // shape below 0.006: beyond what can be integrated
	}
	return partial + limit*math.Exp(-t)
}

type gamma struct{ shape, scale float64 }

// GammaFromShapeScale is the gamma distribution; a whole shape is the time until that many exponential steps of
// mean scale are done.
func GammaFromShapeScale(shape, scale float64) (Dist, error) {
	c := check{kind: "gamma"}
	c.above("shape", shape, 0)
	c.above("scale", scale, 0)
	c.computable("mean", shape*scale)
	return c.done(gamma{shape, scale})
}

// GammaFromShapeMean is the gamma distribution of that shape with that mean.
func GammaFromShapeMean(shape, mean float64) (Dist, error) {
	c := check{kind: "gamma"}
	c.above("shape", shape, 0)
	c.above("mean", mean, 0)
	c.computable("scale", mean/shape)
	return c.done(gamma{shape, mean / shape})
}

// GammaFromMeanSD is the gamma distribution with that mean and standard deviation.
func GammaFromMeanSD(mean, sd float64) (Dist, error) {
	c := check{kind: "gamma"}
	c.above("mean", mean, 0)
	c.above("sd", sd, 0)
	shape := (mean / sd) * (mean / sd)
	c.computable("shape", shape)
	c.computable("scale", mean/shape)
	return c.done(gamma{shape, mean / shape})
}

// Sample is the method of Marsaglia and Tsang, "A simple method for generating gamma variables" (2000). It is
// written out because the one in gonum allocates a generator for every draw.
func (d gamma) Sample(r *rand.Rand) float64 {
	shape, boost := d.shape, 1.0
	if shape < 1 { // section 6 there: one step up, and down again by a power of a uniform number
		boost = math.Pow(1-r.Float64(), 1/shape)
		shape++
	}
	base := shape - 1.0/3
	width := 1 / math.Sqrt(9*base)
	for {
		x := r.NormFloat64()
		v := 1 + float64(width*x)
		if v <= 0 {
			continue
		}
		v = v * v * v
		u := 1 - r.Float64() // never 0, so the logarithm is finite
		if math.Log(u) < float64(x*x/2)+float64(base*(1-v+math.Log(v))) {
			return finite(base * v * boost * d.scale)
		}
	}
}

func (d gamma) Mean() float64 { return d.shape * d.scale }

func (d gamma) String() string {
	return fmt.Sprintf("gamma(shape %s, scale %s)", brief(d.shape), brief(d.scale))
}

func (d gamma) meanBelow(limit float64) float64 {
	t := limit / d.scale
	return d.Mean()*mathext.GammaIncReg(d.shape+1, t) + limit*mathext.GammaIncRegComp(d.shape, t)
}

type pareto struct{ min, shape float64 }

// ParetoFromShapeMin is the Pareto distribution of type I: never below min, with a tail that falls as a power.
// With shape 1 or less the mean does not exist.
func ParetoFromShapeMin(shape, min float64) (Dist, error) {
	c := check{kind: "pareto"}
	c.above("shape", shape, 0)
	c.above("min", min, 0)
	return c.done(pareto{min, shape})
}

// ParetoFromShapeMean is the Pareto distribution of that shape with that mean.
func ParetoFromShapeMean(shape, mean float64) (Dist, error) {
	c := check{kind: "pareto"}
	c.above("shape", shape, 1) // or there is no mean
	c.above("mean", mean, 0)
	d := pareto{mean * ((shape - 1) / shape), shape}
	c.computable("min", d.min)
	return c.done(d)
}

// ParetoFromShapeMedian is the Pareto distribution of that shape with half of the draws below median.
func ParetoFromShapeMedian(shape, median float64) (Dist, error) {
	c := check{kind: "pareto"}
	c.above("shape", shape, 0)
	c.above("median", median, 0)
	d := pareto{median / math.Exp2(1/shape), shape}
	c.computable("min", d.min)
	return c.done(d)
}

func (d pareto) Sample(r *rand.Rand) float64 {
	return finite(d.min * math.Exp(r.ExpFloat64()/d.shape))
}

func (d pareto) Mean() float64 {
	if d.shape <= 1 {
		return math.Inf(1)
	}
	return d.min * (d.shape / (d.shape - 1))
}

func (d pareto) String() string {
	return fmt.Sprintf("pareto(shape %s, min %s)", brief(d.shape), brief(d.min))
}

func (d pareto) meanBelow(limit float64) float64 {
	if limit <= d.min {
		return limit
	}
	logRatio := math.Log(limit) - math.Log(d.min)
	if power := d.shape - 1; power != 0 {
		return d.min - d.min*math.Expm1(-power*logRatio)/power
	}
	return d.min + d.min*logRatio
}
