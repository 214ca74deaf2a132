package sim

import (
	"fmt"
	"math"
	"strings"
)

// ParameterError says what is wrong with the parameters of a distribution.
type ParameterError struct {
	Kind      string     // the distribution, as in Kinds
	Parameter string     // the parameter at fault; empty if it is the combination or the kind
	Reason    string     // what was found and what is allowed, to be read after the parameter
	Allowed   [][]string // the combinations that the kind takes, where the combination is at fault
}

// Error is one sentence in plain words, without the kind, since the caller names the place.
func (e *ParameterError) Error() string {
	text := e.Reason
	if e.Parameter != "" {
		text = e.Parameter + " " + text
	}
	if len(e.Allowed) == 0 {
		return text
	}
	ways := make([]string, len(e.Allowed))
	for i, names := range e.Allowed {
		ways[i] = strings.Join(names, " and ")
	}
	return text + "; " + e.Kind + " takes " + strings.Join(ways, ", or ")
}

// check collects the first fault of a constructor's parameters. A parameter that is not finite is always a fault.
type check struct {
	kind  string
	fault *ParameterError
}

func (c *check) fail(parameter, format string, args ...any) {
	if c.fault == nil {
		c.fault = &ParameterError{Kind: c.kind, Parameter: parameter, Reason: fmt.Sprintf(format, args...)}
	}
}

// isFinite also fails what is not, so the other checks need not mention it.
func (c *check) isFinite(parameter string, x float64) bool {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		c.fail(parameter, "must be a finite number, found %s", number(x))
		return false
	}
	return true
}

func (c *check) above(parameter string, x, bound float64) {
	if c.isFinite(parameter, x) && x <= bound {
		c.fail(parameter, "must be above %s, found %s", number(bound), number(x))
	}
}

func (c *check) atLeast(parameter string, x, bound float64) {
	if c.isFinite(parameter, x) && x < bound {
		c.fail(parameter, "must be at least %s, found %s", number(bound), number(x))
	}
}

// aboveOther compares two parameters, so that the message names both.
func (c *check) aboveOther(parameter string, x float64, other string, bound float64) {
	if c.isFinite(parameter, x) && x <= bound {
		c.fail(parameter, "must be above the %s (%s), found %s", other, number(bound), number(x))
	}
}

func (c *check) atLeastOther(parameter string, x float64, other string, bound float64) {
	if c.isFinite(parameter, x) && x < bound {
		c.fail(parameter, "must be at least the %s (%s), found %s", other, number(bound), number(x))
	}
}

// computable checks a parameter that was derived: extreme requests lead beyond what a float64 holds.
func (c *check) computable(parameter string, derived float64) {
	if c.fault == nil && !(derived > 0 && derived <= math.MaxFloat64) {
		c.fail("", "the parameters are too extreme: they give %s %s", parameter, number(derived))
	}
}

// done returns d, or the fault. It exists because a nil *ParameterError in an error is not a nil error.
func (c *check) done(d Dist) (Dist, error) {
	if c.fault != nil {
		return nil, c.fault
	}
	return d, nil
}
