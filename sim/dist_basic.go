package sim

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
)

type constant struct{ value float64 }

// Constant always gives value.
func Constant(value float64) (Dist, error) {
	c := check{kind: "constant"}
	c.atLeast("value", value, 0)
	return c.done(constant{value})
}

func (d constant) Sample(*rand.Rand) float64       { return d.value }
func (d constant) Mean() float64                   { return d.value }
func (d constant) String() string                  { return "constant(" + number(d.value) + ")" }
func (d constant) meanBelow(limit float64) float64 { return min(d.value, limit) }

type uniform struct{ low, high float64 }

// Uniform gives every value from low to high with the same density.
func Uniform(low, high float64) (Dist, error) {
	c := check{kind: "uniform"}
	c.atLeast("low", low, 0)
	c.atLeastOther("high", high, "low", low)
	return c.done(uniform{low, high})
}

// Sample converts the product explicitly: without it a compiler may fuse it with the sum on some processors, and
// results would differ between machines. The other samplers do the same.
func (d uniform) Sample(r *rand.Rand) float64 {
	return d.low + float64(r.Float64()*(d.high-d.low))
}

func (d uniform) Mean() float64 { return d.low + (d.high-d.low)/2 }

func (d uniform) String() string {
	return fmt.Sprintf("uniform(low %s, high %s)", number(d.low), number(d.high))
}

func (d uniform) meanBelow(limit float64) float64 {
	switch {
	case limit <= d.low:
		return limit
	case limit >= d.high:
		return d.Mean()
	}
	share := (limit - d.low) / (d.high - d.low) // of the draws below the limit
	return share*(d.low+limit)/2 + (1-share)*limit
}

type empirical struct {
	values []float64
	mean   float64
}

// Empirical draws one of the given values, each with the same chance, a value that occurs twice twice as often.
func Empirical(values []float64) (Dist, error) {
	c := check{kind: "empirical"}
	if len(values) == 0 {
		c.fail("", "empirical needs at least one value, found none")
	}
	d := empirical{values: slices.Clone(values)}
	for i, v := range d.values {
		c.atLeast(fmt.Sprintf("value %d", i+1), v, 0)
		d.mean += (v - d.mean) / float64(i+1) // a running mean, because a sum might overflow
	}
	return c.done(d)
}

func (d empirical) Sample(r *rand.Rand) float64 { return d.values[r.IntN(len(d.values))] }
func (d empirical) Mean() float64               { return d.mean }

func (d empirical) String() string {
	return fmt.Sprintf("empirical(%d values, mean %s)", len(d.values), brief(d.mean))
}

func (d empirical) meanBelow(limit float64) float64 {
	mean := 0.0
	for i, v := range d.values {
		mean += (min(v, limit) - mean) / float64(i+1)
	}
	return mean
}

type capped struct {
	Dist
	max, mean float64
}

// Capped turns every draw of d above max into max. Its mean is exact for the distributions of this package; for
// others it is the upper bound min(d.Mean(), max), since an unknown tail cannot be integrated.
func Capped(d Dist, max float64) (Dist, error) {
	c := check{kind: "capped"}
	c.above("max", max, 0)
	if c.fault != nil {
		return c.done(nil)
	}
	capped := capped{Dist: d, max: max, mean: math.Min(d.Mean(), max)}
	if known, ok := d.(limitedMean); ok {
		capped.mean = known.meanBelow(max)
	}
	return c.done(capped)
}

func (d capped) Sample(r *rand.Rand) float64 { return min(d.Dist.Sample(r), d.max) }
func (d capped) Mean() float64               { return d.mean }
func (d capped) String() string              { return fmt.Sprintf("%v capped at %s", d.Dist, number(d.max)) }

func (d capped) meanBelow(limit float64) float64 {
	if known, ok := d.Dist.(limitedMean); ok {
		return known.meanBelow(min(limit, d.max))
	}
	return min(d.mean, limit)
}
