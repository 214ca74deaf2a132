package scenario

import (
	"fmt"
	"time"

	"ecssim/workload/diag"
)

// flag reads an optional true or false; its default is not noted.
func (t *table) flag(key string, standard bool) bool {
	n := t.get(key)
	if n == nil {
		return standard
	}
	if n.kind != aBoolean {
		t.r.add(wrongType(n, t.p.join(key), "true or false", fmt.Sprintf("%s = %t", key, !standard)))
		return standard
	}
	return n.boolean
}

// either returns the value of a key that has two spellings: the one of scenarios, and the one of the API where that is
// longer. Both at once is an error.
func (t *table) either(key, other string) *node {
	n, o := t.get(key), t.get(other)
	switch {
	case n == nil:
		return o
	case o != nil:
		t.r.fail("E023", o.key, fmt.Sprintf("`%s` has `%s` and `%s`", t.p, key, other), "keep one of them", "both mean the same")
	}
	return n
}

// scale is what a duration of the API is counted in, and what it can be.
type scale struct {
	unit      time.Duration
	name      string
	low, high time.Duration
}

// The API counts timers in seconds and bake times in minutes (ECS rules, services 1.3, 2.8).
var (
	inSeconds  = scale{time.Second, "seconds", 0, longest}
	inMinutes  = scale{time.Minute, "minutes", 0, 24 * time.Hour}
	protecting = scale{time.Minute, "minutes", time.Minute, 2880 * time.Minute}
)

// timer reads a duration that the API counts in whole seconds or minutes.
func (t *table) timer(key string, s scale, standard time.Duration) time.Duration {
	d := t.duration(key, standard)
	n := t.get(key)
	if n == nil || n.byDefault || t.r.failed(n.at) {
		return d
	}
	p := t.p.join(key)
	switch {
	case d%s.unit != 0:
		t.r.fail("E032", n.at, fmt.Sprintf("`%s` of %s is not a number of whole %s", p, diag.Duration(d), s.name), "",
			"the API of ECS counts it in whole "+s.name)
	case d < s.low || d > s.high:
		t.r.outOfRange(n, p, diag.Duration(d), diag.Duration(s.low), diag.Duration(s.high))
	default:
		return d
	}
	return standard
}
