package demand

import (
	"fmt"
	"time"

	"ecssim/model/load"
	"ecssim/sim"
)

// Demand is how much load there is over time. It may be opened many times, also at once.
type Demand interface {
	// Open starts the demand anew. Its chance comes from streams of that name.
	Open(s sim.Streams, name string) load.Curve
	// Peak is the highest rate before any noise, in units a second.
	Peak() float64
	// End is when the demand is over and its rate 0 for ever; not ok if it goes on.
	End() (time.Duration, bool)
}

// ParameterError says which parameter of a shape is wrong. Parameter is spelled as the key of the scenario.
type ParameterError struct {
	Parameter string
	Reason    string // to be read after the parameter
}

func (e *ParameterError) Error() string { return e.Parameter + " " + e.Reason }

func fault(parameter, format string, args ...any) *ParameterError {
	return &ParameterError{Parameter: parameter, Reason: fmt.Sprintf(format, args...)}
}

// Sum adds demands up.
func Sum(parts ...Demand) Demand {
	if len(parts) == 1 {
		return parts[0]
	}
	return sum(parts)
}

type sum []Demand

// Peak is the sum of the peaks, which need not come together.
func (s sum) Peak() float64 {
	total := 0.0
	for _, d := range s {
		total += d.Peak()
	}
	return total
}

func (s sum) End() (time.Duration, bool) {
	var last time.Duration
	for _, d := range s {
		end, ok := d.End()
		if !ok {
			return 0, false
		}
		last = max(last, end)
	}
	return last, true
}

func (s sum) Open(streams sim.Streams, name string) load.Curve {
	c := &sumCurve{parts: make([]part, len(s))}
	for i, d := range s {
		own := name
		if i > 0 {
			own = fmt.Sprintf("%s/%d", name, i)
		}
		c.parts[i].curve = d.Open(streams, own)
		c.parts[i].next, c.parts[i].more = c.parts[i].curve.Next()
	}
	return c
}

// part is a curve, its rate now and its next step.
type part struct {
	curve load.Curve
	rate  float64
	next  load.Step
	more  bool
}

type sumCurve struct{ parts []part }

// Next takes the earliest of the next steps, and all others of the same instant.
func (c *sumCurve) Next() (load.Step, bool) {
	var at time.Duration
	more := false
	for i := range c.parts {
		if p := &c.parts[i]; p.more && (!more || p.next.At < at) {
			at, more = p.next.At, true
		}
	}
	if !more {
		return load.Step{}, false
	}
	total := 0.0
	for i := range c.parts {
		p := &c.parts[i]
		for p.more && p.next.At <= at {
			p.rate = p.next.Rate
			p.next, p.more = p.curve.Next()
		}
		total += p.rate
	}
	return load.Step{At: at, Rate: total}, true
}

// Scaled multiplies a demand by a factor, which is finite and not negative.
func Scaled(d Demand, factor float64) Demand {
	if factor == 1 {
		return d
	}
	return scaled{d, factor}
}

type scaled struct {
	Demand
	factor float64
}

func (s scaled) Peak() float64 { return s.factor * s.Demand.Peak() }

func (s scaled) Open(streams sim.Streams, name string) load.Curve {
	return &scaledCurve{s.Demand.Open(streams, name), s.factor}
}

type scaledCurve struct {
	load.Curve
	factor float64
}

func (c *scaledCurve) Next() (load.Step, bool) {
	step, ok := c.Curve.Next()
	step.Rate *= c.factor
	return step, ok
}
