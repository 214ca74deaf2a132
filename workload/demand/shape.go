package demand

import (
	"math"
	"time"

	"ecssim/model/load"
	"ecssim/sim"
	"ecssim/workload/diag"
)

// Limits of shapes.
const (
	// MaxRate is the highest rate, in units a second: far above what anybody serves, and sums of it stay exact.
	MaxRate = 1e9
	// DefaultResolution is the period of CloudWatch's metrics of ECS.
	DefaultResolution = time.Minute
	// MinResolution keeps a curve from being nothing but steps.
	MinResolution = time.Second
	// MaxNoise is a coefficient of variation beyond which a curve is nothing but noise.
	MaxNoise = 10
)

const day = 24 * time.Hour

// Shape is a demand with a law. Between its breaks it is constant or smooth.
type Shape struct {
	law  law
	peak float64
	// Resolution is the length of the cells of what is smooth or noisy.
	resolution time.Duration
	noise      float64
}

// law is what the shapes differ in.
type law interface {
	// rate at an instant. At a break it is the one after it.
	rate(at time.Duration) float64
	// next is the first break after an instant; false if there is none.
	next(at time.Duration) (time.Duration, bool)
	// smooth reports whether the rate changes from an instant to the next break.
	smooth(at time.Duration) bool
}

// Finish says how a shape is cut into steps, and how much noise it has: the coefficient of variation of a factor with mean
// 1 that every cell draws. The factor is lognormal, so that no rate is ever negative. A resolution of 0 is the default.
func (s *Shape) Finish(noise float64, resolution time.Duration) (*Shape, error) {
	if resolution == 0 {
		resolution = DefaultResolution
	}
	switch {
	case !(noise >= 0 && noise <= MaxNoise):
		return nil, fault("noise", "must be 0 to %d, found %v", MaxNoise, noise)
	case resolution < MinResolution:
		return nil, fault("resolution", "must be at least %s, found %s", diag.Duration(MinResolution), diag.Duration(resolution))
	}
	done := *s
	done.noise, done.resolution = noise, resolution
	return &done, nil
}

// Peak is the highest rate before any noise.
func (s *Shape) Peak() float64 { return s.peak }

// End is not ok: shapes go on.
func (s *Shape) End() (time.Duration, bool) { return 0, false }

// Open starts the shape anew.
func (s *Shape) Open(streams sim.Streams, name string) load.Curve {
	c := &shapeCurve{shape: s, last: -1}
	if s.noise > 0 {
		c.sigma = math.Sqrt(math.Log1p(s.noise * s.noise))
		c.draw = streams.Named(name).NormFloat64
		c.cell = -1
	}
	return c
}

// shapeCurve walks from step to step.
type shapeCurve struct {
	shape  *Shape
	at     time.Duration
	ended  bool
	last   float64 // the last rate; -1 at the start
	sigma  float64
	draw   func() float64
	cell   int64 // whose factor is known
	factor float64
}

// mostAlike steps in a row are passed over. More is a rate so small that its changes are lost in rounding.
const mostAlike = 10_000

// Next passes over steps that change nothing.
func (c *shapeCurve) Next() (load.Step, bool) {
	for alike := 0; !c.ended; alike++ {
		step := c.step()
		if step.Rate != c.last || alike >= mostAlike {
			c.last = step.Rate
			return step, true
		}
	}
	return load.Step{}, false
}

// step is the present step, and goes to the next. What is smooth has the rate of its middle: exact for straight lines,
// and over whole days also for daily curves.
func (c *shapeCurve) step() load.Step {
	law, at := c.shape.law, c.at
	until, more := law.next(at)
	smooth := law.smooth(at)
	if smooth || c.draw != nil && law.rate(at) > 0 { // nothing times noise is nothing
		grid := (at/c.shape.resolution + 1) * c.shape.resolution
		if !more || grid < until {
			until, more = grid, true
		}
	}
	step := load.Step{At: at}
	if smooth {
		step.Rate = law.rate(at + (until-at)/2)
	} else {
		step.Rate = law.rate(at)
	}
	if c.draw != nil {
		step.Rate *= c.noise(int64(at / c.shape.resolution))
	}
	c.at, c.ended = until, !more
	return step
}

// noise is the factor of a cell.
func (c *shapeCurve) noise(cell int64) float64 {
	for c.cell < cell {
		c.factor = math.Exp(c.sigma*c.draw() - c.sigma*c.sigma/2)
		c.cell++
	}
	return c.factor
}
