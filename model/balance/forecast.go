package balance

import (
	"fmt"
	"math"
	"time"
)

// forecast is a change of state to come; the zero value is none.
type forecast struct {
	at, next time.Duration // next is when the probe after the deciding one is sent
	to       State
	set      bool
}

// spell is a time in which all probes meet the same.
type spell struct {
	answer Answer
	until  time.Duration // exclusive, of the sending of probes
}

const forever time.Duration = math.MaxInt64

// spells cuts time where Meets changes.
func spells(readyAt, failsAt time.Duration, blocked bool) [3]spell {
	switch {
	case blocked:
		return [3]spell{{Timeout, forever}}
	case readyAt < 0:
		return [3]spell{{Refused, forever}}
	case failsAt < 0:
		return [3]spell{{Refused, readyAt}, {OK, forever}}
	}
	return [3]spell{{Refused, readyAt}, {OK, failsAt}, {Refused, forever}}
}

// Forecast is the next change of state if the application answers from readyAt on and stops at failsAt (negative:
// never), over a path that is or is not blocked; not ok if the state stays as it is for ever. It equals stepping from
// probe to probe with what Meets says. The caller schedules one event, and calls Become then.
func (t *Target) Forecast(readyAt, failsAt time.Duration, blocked bool) (at time.Duration, to State, ok bool) {
	t.expected = forecast{}
	if !t.probed() {
		return Never, t.state, false
	}
	future := *t
	for _, s := range spells(readyAt, failsAt, blocked) {
		if decisive, ok := future.pass(s); ok {
			t.expected = forecast{
				at: max(decisive+t.group.lag(s.answer), t.settled), next: decisive + t.group.config.Health.Interval,
				to: Unhealthy, set: true,
			}
			if s.answer == OK {
				t.expected.to = Healthy
			}
			return t.expected.at, t.expected.to, true
		}
		if s.until == forever {
			break
		}
	}
	return Never, t.state, false
}

// Become makes the change that Forecast announced last, in its instant. Why has the reason. Anything else is a bug.
func (t *Target) Become(now time.Duration, to State, reason Reason) {
	e := t.expected
	if !e.set || e.at != now || e.to != to {
		panic(fmt.Sprintf("balance: a target becomes %v at %v, which was not forecast", to, now))
	}
	t.successes, t.failures = 0, 0
	t.next = e.next
	t.enter(now, to, reason)
}

// Settle counts all results that came before now. It is for a plan that changes before the forecast came true, as when
// a container restarts: settle with the old plan, then forecast with the new one, by which a probe in flight is judged:
// one that was dropped gets through at once when the path opens.
// A change of state that was missed is a bug.
func (t *Target) Settle(now, readyAt, failsAt time.Duration, blocked bool) {
	t.expected = forecast{}
	if !t.probed() || now <= t.settled {
		return
	}
	for _, s := range spells(readyAt, failsAt, blocked) {
		last := s.until == forever
		s.until = min(s.until, now-t.group.lag(s.answer))
		if decisive, ok := t.pass(s); ok {
			panic(fmt.Sprintf("balance: the probe of %v changes the state of a target, and is passed over", decisive))
		}
		if last {
			break
		}
	}
	t.settled = now
}

// pass counts the probes that are sent in a spell, or reports which of them changes the state.
func (t *Target) pass(s spell) (decisive time.Duration, ok bool) {
	interval := t.group.config.Health.Interval
	needed := t.needed(s.answer)
	if needed > 0 {
		if decisive = t.next + time.Duration(needed-1)*interval; decisive < s.until {
			return decisive, true
		}
	}
	if s.until != forever && t.next < s.until {
		t.count(s.answer, int((s.until-t.next-1)/interval)+1)
	}
	return 0, false
}
