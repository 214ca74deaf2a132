package service

import "time"

// LaunchesPerMinute is ECS's limit on the tasks that one service starts (ECS rules, services 2.2).
const LaunchesPerMinute = 500

// Rate limits the launches of one service: within any minute no more than so many. How AWS counts is not published;
// this is the strictest reading of "a minute" that lets a service use its whole minute at once, as the scheduler's
// batches suggest. A minute is open at its end: what was launched at 0 s no longer counts at 60 s.
type Rate struct {
	limit   int
	used    int
	batches []batch // of the last minute, the oldest first
}

// batch is a number of launches at one instant.
type batch struct {
	at time.Duration
	n  int
}

// NewRate returns a limit of so many launches a minute; 0 does not bind.
func NewRate(perMinute int) *Rate { return &Rate{limit: perMinute} }

// Take asks for n launches now and grants as many as the minute has left. If that is not all, the next may be granted
// at next, not before; otherwise next is now.
func (r *Rate) Take(now time.Duration, n int) (granted int, next time.Duration) {
	if r.limit == 0 {
		return n, now
	}
	for len(r.batches) > 0 && r.batches[0].at+time.Minute <= now {
		r.used -= r.batches[0].n
		r.batches = r.batches[1:]
	}
	granted = min(n, r.limit-r.used)
	if granted > 0 {
		r.used += granted
		if last := len(r.batches) - 1; last >= 0 && r.batches[last].at == now {
			r.batches[last].n += granted
		} else {
			r.batches = append(r.batches, batch{now, granted})
		}
	}
	if granted == n {
		return granted, now
	}
	return granted, r.batches[0].at + time.Minute
}
