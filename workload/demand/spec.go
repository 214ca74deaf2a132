package demand

import (
	"math"
	"time"

	"ecssim/workload/arrivals"
)

// Open is how the package gets at files.
type Open = arrivals.Open

// Spec says how a file becomes a curve. The reader of scenarios has checked the words in it.
type Spec struct {
	// Time is the column of times. Value is the column of rates or counts; without one every row is one unit.
	Time, Value string
	// TimeUnit is the unit of times that are numbers: "s" (also if empty), "ms", "us", "min" or "h".
	TimeUnit string
	// Unit is what the values are, one of Units; empty is "per second".
	Unit string
	// Exp takes e to the power of the values, for files that hold logarithms.
	Exp bool
	// Scale multiplies the values.
	Scale float64
	// Where keeps the rows that have all of these texts.
	Where []Filter
	// Group is what becomes of several rows of one instant: "sum" or "mean"; empty refuses them.
	Group string
	// Sort puts the rows in order of time; without it they have to be.
	Sort bool
	// Gaps is what becomes of missing rows: "hold", "zero" or "interpolate"; empty refuses them. MaxGap is the longest time
	// between rows that is none; 0 is usualGap times the median.
	Gaps   string
	MaxGap time.Duration
	// Step is the time from one number of a list to the next.
	Step time.Duration
	// Resample is the length of the steps that the curve gets; 0 keeps those of the file, and a minute for single units.
	Resample time.Duration
	// From is where in the file to begin: a time from its first row, or an instant. For is how much of it to take; 0 is all.
	From     time.Duration
	FromDate time.Time
	For      time.Duration
	// Offset is when in the scenario the curve begins. Loop begins it again when it ends.
	Offset    time.Duration
	Loop      bool
	Delimiter string
}

// Filter keeps the rows that have a text in a column.
type Filter struct{ Column, Text string }

// Words of a Spec.
var (
	Units  = []string{"per second", "per minute", "per hour", "per day", "per step"}
	Groups = []string{"sum", "mean"}
	Gaps   = []string{"hold", "zero", "interpolate"}
)

// usualGap is how many usual steps without a row are a gap.
const usualGap = 10

// seconds is what values are divided by; 0 is the length of their step.
func (s *Spec) seconds() float64 {
	switch s.Unit {
	case "per minute":
		return 60
	case "per hour":
		return 3600
	case "per day":
		return 86400
	case "per step":
		return 0
	}
	return 1
}

// amount is a value as units, or units a time.
func (s *Spec) amount(v float64) float64 {
	if s.Exp {
		v = math.Exp(v)
	}
	return v * s.Scale
}

// rate is an amount as units a second.
func (s *Spec) rate(amount float64, step time.Duration) float64 {
	if per := s.seconds(); per > 0 {
		return amount / per
	}
	return amount / step.Seconds()
}

// window is the part of a file that counts: between two of its own instants.
type window struct{ from, to time.Duration }

// clip is the part of a stretch inside, and how long it is.
func (w window) clip(begin, end time.Duration) time.Duration {
	return min(end, w.to) - max(begin, w.from)
}
