package service

import "time"

// What AWS publishes of the throttle is its cap, of the retries only that they back off (ECS rules, services 2.3, 2.4;
// older pages have a cap of 15 minutes). Where it begins and how it grows is inferred.
const (
	throttleAfter = 3
	firstThrottle = 10 * time.Second
	lastThrottle  = 27 * time.Minute

	firstRetry = 15 * time.Second
	lastRetry  = 5 * time.Minute
)

// Throttle delays the starts of a service whose tasks stop again and again without having reached RUNNING. It never
// gives up. Tasks that ran and then died do not concern it, whatever they died of. The zero Throttle is ready.
type Throttle struct {
	failures int // in a row
	until    time.Duration
}

// Failed is told that a task stopped before it was RUNNING. Nothing starts before until; impaired says that the service
// is unable to consistently start tasks.
func (t *Throttle) Failed(now time.Duration) (until time.Duration, impaired bool) {
	t.failures++
	if t.failures < throttleAfter {
		return t.until, false
	}
	t.until = max(t.until, now+doubled(firstThrottle, t.failures-throttleAfter, lastThrottle))
	return t.until, true
}

// Until is when the next task may start.
func (t *Throttle) Until() time.Duration { return t.until }

// Impaired reports whether the throttle is on.
func (t *Throttle) Impaired() bool { return t.failures >= throttleAfter }

// Ran is told that a task reached RUNNING, which ends the row of failures.
func (t *Throttle) Ran() { *t = Throttle{} }

// Reset is told that the service has a new task definition, which gets its chance at once.
func (t *Throttle) Reset() { *t = Throttle{} }

// Backoff spaces the attempts to place tasks that find no place: 15, 30, 60 … 300 seconds. Capacity that grows prompts
// an attempt in any case. The zero Backoff is ready.
type Backoff struct{ failures int }

// Next is when to try again after an attempt in vain.
func (b *Backoff) Next(now time.Duration) time.Duration {
	b.failures++
	return now + doubled(firstRetry, b.failures-1, lastRetry)
}

// Reset is told that a task was placed.
func (b *Backoff) Reset() { b.failures = 0 }

// doubled is first · 2ⁿ, capped.
func doubled(first time.Duration, n int, most time.Duration) time.Duration {
	const enough = 20 // doublings exceed every cap here, and overflow nothing
	return min(first<<min(n, enough), most)
}
