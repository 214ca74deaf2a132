package plot

import (
	"errors"
	"fmt"
	"math"
	"time"
)

// Limits on the input. Beyond them a picture would say nothing.
const (
	maxSeconds = 1e12 // 31,700 years
	maxValue   = 1e30
)

// Step is one time bucket of a series. At and Width are seconds since the
// start of the run; the value holds over the bucket. A Width of zero means
// until the next step, or until the end of the run. Min and Max both zero
// mean that nothing varied within the bucket.
type Step struct {
	At, Width      float64
	Mean, Min, Max float64
}

// Resource is one thing that can run out.
type Resource struct {
	Name  string // "cpu", "memory", "eni"
	Scope string // where it is counted, "subnet a"; empty = the whole run
	Unit  string // of the values: "units" (CPU), "MiB", "addresses"
	Used  []Step
	// Capacity is what there is to use; empty = nothing limits it, no line.
	// Where it changes within a bucket, Max keeps used from seeming above it.
	Capacity []Step
	// Peak is the highest share of capacity that was used, 0.25 = 25 %;
	// zero = read from Used and Capacity.
	Peak float64
}

// Mark is a moment worth a vertical line through all panels.
type Mark struct {
	At   float64 // seconds since the start
	Text string  // short: "first limit: eni"
}

// Utilisation is the picture of what was used of what there was.
type Utilisation struct {
	Title, Subtitle string
	Start           time.Time // of the run; zero = the axis shows elapsed time
	End             float64   // length of the run in seconds; zero = end of the last step
	Resources       []Resource
	Marks           []Mark
}

// FailureCount is the number of failed placements in one time bucket.
type FailureCount struct {
	At, Width float64 // seconds since the start
	Count     float64
}

// FailureSeries is one reason and when it struck.
type FailureSeries struct {
	Reason string
	Counts []FailureCount
}

// Failures is the picture of what could not be placed, and why.
type Failures struct {
	Title, Subtitle string
	Start           time.Time // of the run; zero = the axis shows elapsed time
	End             float64   // length of the run in seconds; zero = end of the last bucket
	Series          []FailureSeries
	// Instant means that time says nothing here, as when everything is placed
	// in one moment: one bar a reason, no time axis. A run of a single bucket
	// is always drawn so.
	Instant bool
}

func (u Utilisation) problems() error {
	errs := []error{checkTime("end", u.End)}
	for i, r := range u.Resources {
		path := fmt.Sprintf("resource %d (%s)", i, r.Name)
		errs = append(errs, checkValue(path+": peak", r.Peak),
			checkSteps(path+": used", r.Used), checkSteps(path+": capacity", r.Capacity))
	}
	for i, m := range u.Marks {
		errs = append(errs, checkTime(fmt.Sprintf("mark %d (%s)", i, m.Text), m.At))
	}
	return errors.Join(errs...)
}

func (f Failures) problems() error {
	errs := []error{checkTime("end", f.End)}
	for i, s := range f.Series {
		for j, c := range s.Counts {
			path := fmt.Sprintf("series %d (%s): bucket %d", i, s.Reason, j)
			err := errors.Join(checkTime(path+": at", c.At), checkTime(path+": width", c.Width),
				checkValue(path+": count", c.Count))
			if err != nil {
				errs = append(errs, err)
				break // one bad bucket says enough of a series
			}
		}
	}
	return errors.Join(errs...)
}

func checkSteps(path string, steps []Step) error {
	for i, s := range steps {
		at := fmt.Sprintf("%s: step %d", path, i)
		err := errors.Join(checkTime(at+": at", s.At), checkTime(at+": width", s.Width),
			checkValue(at+": mean", s.Mean), checkValue(at+": min", s.Min), checkValue(at+": max", s.Max))
		if err != nil {
			return err
		}
	}
	return nil
}

func checkTime(path string, v float64) error { return checkRange(path, v, maxSeconds) }

func checkValue(path string, v float64) error { return checkRange(path, v, maxValue) }

// checkRange refuses NaN as well, which fails every comparison.
func checkRange(path string, v, limit float64) error {
	if v >= 0 && v <= limit && !math.IsNaN(v) {
		return nil
	}
	return fmt.Errorf("%s: cannot draw %v (allowed: 0 to %g)", path, v, limit)
}
