package balance

import (
	"fmt"
	"time"
)

// Never is an instant that does not come.
const Never time.Duration = -1

// Target is one registration in a target group.
//
// Probes are sent at the first instant and then once an interval, from start to start. An answer is there in the
// instant in which the probe is sent; a probe without an answer fails the time-out later. A time-out longer than the
// interval counts as the interval, so that results come in the order of their probes.
type Target struct {
	group *Group
	owner any
	zone  string

	state  State
	reason Reason
	since  time.Duration // when the state began
	gone   bool          // Unregister was called

	next                time.Duration // when the next probe is sent whose result has not been counted
	successes, failures int           // in a row; one of them is 0
	expected            forecast      // what Forecast said last
	settled             time.Duration // no result comes before
}

// Owner is what the target was registered with.
func (t *Target) Owner() any { return t.owner }

// Group is where the target was registered.
func (t *Target) Group() *Group { return t.group }

// Zone is the Availability Zone of the target.
func (t *Target) Zone() string { return t.zone }

// State is the state of the target.
func (t *Target) State() State { return t.state }

// Reason says why the target is in its state; a healthy one has none.
func (t *Target) Reason() Reason { return t.reason }

// Since is when the state began.
func (t *Target) Since() time.Duration { return t.since }

// HealthySince is when the target became healthy, Never unless it is healthy.
func (t *Target) HealthySince() time.Duration {
	if t.state != Healthy {
		return Never
	}
	return t.since
}

// NextProbe is when the next probe is sent; Never if the target is not probed. It is also the instant of the result,
// unless the probe times out: see Result.
func (t *Target) NextProbe() time.Duration {
	if !t.probed() {
		return Never
	}
	return t.next
}

// Result is the instant of the next probe's result, given what it meets; Never if the target is not probed.
func (t *Target) Result(answer Answer) time.Duration {
	if !t.probed() {
		return Never
	}
	return max(t.next+t.group.lag(answer), t.settled)
}

// Probe counts the result of the next probe and reports whether the state changed. It is due at Result(answer).
func (t *Target) Probe(now time.Duration, answer Answer) (changed bool) {
	if due := t.Result(answer); now != due {
		panic(fmt.Sprintf("balance: a probe gives its result at %v instead of %v", now, due))
	}
	needed := t.needed(answer)
	t.count(answer, 1)
	if needed != 1 {
		return false
	}
	if answer == OK {
		t.enter(now, Healthy, "")
	} else {
		t.enter(now, Unhealthy, t.group.reason(answer))
	}
	return true
}

// probed reports whether the load balancer checks the target.
func (t *Target) probed() bool { return t.state <= Unhealthy }

// needed is how many more such answers in a row change the state; 0 if none do.
//
// A fresh target is healthy after its first success, if the group says so; one that was unhealthy needs the whole
// threshold (ECS rules, services 5.1).
func (t *Target) needed(answer Answer) int {
	check := &t.group.config.Health
	switch {
	case answer == OK && t.state == Initial && check.FirstSuccess:
		return 1
	case answer == OK && t.state != Healthy:
		return check.Healthy - t.successes
	case answer != OK && t.state != Unhealthy:
		return check.Unhealthy - t.failures
	}
	return 0
}

// count takes note of n such answers in a row, of one at least.
func (t *Target) count(answer Answer, n int) {
	if answer == OK {
		t.successes, t.failures = t.successes+n, 0
	} else {
		t.successes, t.failures = 0, t.failures+n
	}
	t.next += time.Duration(n) * t.group.config.Health.Interval
}

func (t *Target) enter(now time.Duration, to State, reason Reason) {
	t.group.counts[t.state]--
	t.group.counts[to]++
	t.state, t.reason, t.since = to, reason, now
	t.expected = forecast{}
}
