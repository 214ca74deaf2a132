package report

import (
	"ecssim/sim"
	"fmt"
	"time"
)

// pool is something that can run out: what is used, what there is, and for how long it was full.
type pool struct {
	Resource, Scope, Unit string
	used, capacity        *sim.Track
	divisor               int64  // from what is counted to Unit
	unbounded             bool   // nothing limits it, as Fargate vCPUs without a quota
	seed                  uint64 // for messages

	full    bool
	since   time.Duration // of the present or last stretch of being full
	until   time.Duration // where the last stretch ended
	first   time.Duration // when it was first full after the warm-up; negative for never
	fullFor time.Duration // all stretches that ended
	start   time.Duration // of the statistics
}

func newPool(l *sim.Timeline, resource, scope, unit string) *pool {
	return &pool{
		Resource: resource, Scope: scope, Unit: unit, start: l.Start(), first: -1, until: -1, divisor: 1,
		used: l.Track(), capacity: l.Track(),
	}
}

// take uses n more. More than there is would be a bug of the world.
func (p *pool) take(now time.Duration, n int64) {
	p.used.Add(now, n)
	if p.used.Value() >= p.capacity.Value() && !p.unbounded {
		if p.used.Value() > p.capacity.Value() {
			p.fail(now)
		}
		p.fill(now)
	}
}

// give uses n less.
func (p *pool) give(now time.Duration, n int64) {
	p.used.Add(now, -n)
	if p.used.Value() < 0 {
		p.fail(now)
	}
	if p.full && n > 0 {
		p.drain(now)
	}
}

// resize changes what there is. When an instance is lost its tasks may be told of before or after it, so what is used
// is compared with the capacity when somebody takes again, and at the end.
func (p *pool) resize(now time.Duration, delta int64) {
	p.capacity.Add(now, delta)
	full := p.used.Value() >= p.capacity.Value() && p.capacity.Value() > 0
	if full && !p.full {
		p.fill(now)
	} else if !full && p.full {
		p.drain(now)
	}
}

// fill begins to be full, or goes on where the gap had no length.
func (p *pool) fill(now time.Duration) {
	if p.full || p.capacity.Value() == 0 {
		return
	}
	p.full = true
	if p.until == now {
		p.fullFor -= p.stretch(now)
		return
	}
	p.since = now
}

func (p *pool) drain(now time.Duration) {
	p.full = false
	p.until = now
	p.fullFor += p.stretch(now)
}

// stretch is how much of the time from since to now belongs to the statistics. It also notes the first such stretch.
func (p *pool) stretch(now time.Duration) time.Duration {
	from := max(p.since, p.start)
	if now > from && (p.first < 0 || p.first > from) {
		p.first = from
	}
	return max(0, now-from)
}

// ended is for how long the pool was full in all, when it was full first, and since when it still is; negative for
// never and for not.
func (p *pool) ended(now time.Duration) (fullFor, first, since time.Duration) {
	if !p.full {
		return p.fullFor, p.first, -1
	}
	return p.fullFor + p.stretch(now), p.first, p.since
}

func (p *pool) fail(now time.Duration) {
	panic(fmt.Sprintf("report: at %v %d of %d %s (%s) are in use, seed %d",
		now, p.used.Value(), p.capacity.Value(), p.Resource, p.Scope, p.seed))
}
