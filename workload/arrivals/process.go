package arrivals

import (
	"fmt"
	"math"
	"strings"
	"time"

	"ecssim/model"
	"ecssim/sim"
	"ecssim/workload/diag"
)

// Process is a stream of standalone tasks as a scenario describes it. It is immutable: replications share it.
type Process interface {
	// Open starts the process for one replication. Name is the whole name of its stream, as in "arrivals/web".
	Open(s sim.Streams, name string) model.Arrivals
	// Endless reports whether only the end of the simulation ends the process.
	Endless() bool
	// String describes the process with its parameters, as in "poisson(0.5/s)".
	String() string
}

// Limit ends a process. Its zero value does not.
type Limit struct {
	// Count is how many tasks arrive in all; 0 does not limit.
	Count int64
	// Until is the instant from which nothing arrives any more; 0 does not limit.
	Until time.Duration
}

func (l Limit) endless() bool { return l.Count == 0 && l.Until == 0 }

func (l Limit) check(process string) *ParameterError {
	if l.Count < 0 {
		return fault(process, "count", "must not be negative, found %d", l.Count)
	}
	if l.Until < 0 {
		return fault(process, "until", "must not be negative, found %v", l.Until)
	}
	return nil
}

func (l Limit) String() string {
	var b strings.Builder
	if l.Count > 0 {
		fmt.Fprintf(&b, ", %s in all", grouped(l.Count))
	}
	if l.Until > 0 {
		fmt.Fprintf(&b, ", until %s", diag.Duration(l.Until))
	}
	return b.String()
}

// allows reports whether an arrival at an instant, after made earlier ones, is within the limit.
func (l Limit) allows(at time.Duration, made int64) bool {
	return (l.Count == 0 || made < l.Count) && (l.Until == 0 || at < l.Until)
}

// ParameterError says which parameter of a process is wrong. Parameter is spelled as the key of the scenario.
type ParameterError struct {
	Process, Parameter string
	Reason             string // to be read after the parameter
}

func (e *ParameterError) Error() string { return e.Parameter + " " + e.Reason }

const neverPasses = ": arrivals would never let time pass"

// maxRate is one arrival in a nanosecond, the grain of simulated time.
const maxRate = float64(time.Second)

func fault(process, parameter, format string, args ...any) *ParameterError {
	return &ParameterError{Process: process, Parameter: parameter, Reason: fmt.Sprintf(format, args...)}
}

// checkRate refuses what is not a rate above zero.
func checkRate(process, parameter string, rate float64) *ParameterError {
	switch {
	case math.IsNaN(rate):
		return fault(process, parameter, "must be a number, found NaN")
	case rate > maxRate:
		return fault(process, parameter, "must be at most one arrival in a nanosecond, found %g/s%s", rate, neverPasses)
	case rate <= 0:
		return fault(process, parameter, "must be above 0, found %g/s", rate)
	}
	return nil
}

// noTask is an arrival that brings neither a run time nor sizes.
func noTask(at time.Duration) model.Arrival {
	return model.Arrival{At: at, RunTime: -1, CPU: -1, Memory: -1, GPUs: -1}
}

// clock adds up gaps in seconds. The carry holds what rounding took, in nanoseconds.
type clock struct {
	now   time.Duration
	carry float64
}

// advance reports false, and stays, where simulated time ends or the gap is not a number.
func (c *clock) advance(seconds float64) bool {
	exact := float64(seconds*float64(time.Second)) + c.carry // converted, so that no machine fuses the two roundings
	if !(exact < float64(math.MaxInt64)) {
		return false
	}
	whole := math.Max(math.Round(exact), 0)
	gap := time.Duration(whole)
	if gap > math.MaxInt64-c.now {
		return false
	}
	c.now += gap
	c.carry = exact - whole
	return true
}

// grouped writes a number with commas between thousands.
func grouped(n int64) string {
	digits := fmt.Sprint(n)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + digits
}
