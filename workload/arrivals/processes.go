package arrivals

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"ecssim/model"
	"ecssim/sim"
	"ecssim/workload/diag"
)

// Poisson is arrivals that know nothing of each other: exponential gaps with the given mean rate. The first comes
// one gap after time 0.
func Poisson(ratePerSecond float64, l Limit) (Process, error) {
	if err := checkRate("poisson", "rate", ratePerSecond); err != nil {
		return nil, err
	}
	if err := l.check("poisson"); err != nil {
		return nil, err
	}
	return poisson{rate: ratePerSecond, limit: l}, nil
}

type poisson struct {
	rate  float64
	limit Limit
}

func (p poisson) Endless() bool  { return p.limit.endless() }
func (p poisson) String() string { return fmt.Sprintf("poisson(%.6g/s%v)", p.rate, p.limit) }

func (p poisson) Open(s sim.Streams, name string) model.Arrivals {
	return &openPoisson{rate: p.rate, limit: p.limit, chance: s.Named(name)}
}

type openPoisson struct {
	clock
	rate   float64
	limit  Limit
	made   int64
	chance *rand.Rand
}

func (o *openPoisson) Next() (model.Arrival, bool) {
	if !o.advance(o.chance.ExpFloat64()/o.rate) || !o.limit.allows(o.now, o.made) {
		return model.Arrival{}, false
	}
	o.made++
	return noTask(o.now), true
}

// Renewal is arrivals whose gaps are drawn in seconds, each by itself, from any distribution. The first comes one
// gap after time 0. Single gaps of zero are tasks that come together; a mean of zero is refused.
func Renewal(interarrival sim.Dist, l Limit) (Process, error) {
	if interarrival == nil {
		return nil, fault("renewal", "interarrival", "is missing")
	}
	if mean := interarrival.Mean(); !(mean >= 1/maxRate) { // NaN as well
		return nil, fault("renewal", "interarrival", "must have a mean of at least 1ns, found %v with mean %g s%s",
			interarrival, mean, neverPasses)
	}
	if err := l.check("renewal"); err != nil {
		return nil, err
	}
	return renewal{gap: interarrival, limit: l}, nil
}

type renewal struct {
	gap   sim.Dist
	limit Limit
}

func (p renewal) Endless() bool  { return p.limit.endless() }
func (p renewal) String() string { return fmt.Sprintf("renewal(%v%v)", p.gap, p.limit) }

func (p renewal) Open(s sim.Streams, name string) model.Arrivals {
	return &openRenewal{gap: p.gap, limit: p.limit, chance: s.Named(name)}
}

type openRenewal struct {
	clock
	gap    sim.Dist
	limit  Limit
	made   int64
	chance *rand.Rand
}

func (o *openRenewal) Next() (model.Arrival, bool) {
	if !o.advance(o.gap.Sample(o.chance)) || !o.limit.allows(o.now, o.made) {
		return model.Arrival{}, false
	}
	o.made++
	return noTask(o.now), true
}

// Fixed is one arrival at first, then one after each interval.
func Fixed(every, first time.Duration, l Limit) (Process, error) {
	if every <= 0 {
		return nil, fault("fixed", "every", "must be above 0, found %v%s", every, neverPasses)
	}
	if first < 0 {
		return nil, fault("fixed", "first", "must not be negative, found %v", first)
	}
	if err := l.check("fixed"); err != nil {
		return nil, err
	}
	return fixed{every: every, first: first, size: 1, limit: l}, nil
}

// Burst is count arrivals at one instant, and again after each interval; an interval of 0 means once. The limit
// counts tasks, not bursts.
func Burst(at time.Duration, count int64, every time.Duration, l Limit) (Process, error) {
	if at < 0 {
		return nil, fault("burst", "at", "must not be negative, found %v", at)
	}
	if count <= 0 {
		return nil, fault("burst", "count", "must be at least 1, found %d", count)
	}
	if every < 0 {
		return nil, fault("burst", "every", "must not be negative, found %v", every)
	}
	if err := l.check("burst"); err != nil {
		return nil, err
	}
	return fixed{every: every, first: at, size: count, limit: l}, nil
}

// fixed serves both: arrivals at regular intervals are bursts of one.
type fixed struct {
	every, first time.Duration
	size         int64
	limit        Limit
}

func (p fixed) Endless() bool { return p.every > 0 && p.limit.endless() }

func (p fixed) String() string {
	switch {
	case p.every == 0:
		return fmt.Sprintf("burst(%s at %s%v)", grouped(p.size), diag.Duration(p.first), p.limit)
	case p.size > 1:
		return fmt.Sprintf("burst(%s at %s, every %s%v)", grouped(p.size), diag.Duration(p.first), diag.Duration(p.every), p.limit)
	}
	return fmt.Sprintf("fixed(every %s, first at %s%v)", diag.Duration(p.every), diag.Duration(p.first), p.limit)
}

func (p fixed) Open(sim.Streams, string) model.Arrivals {
	return &openFixed{fixed: p, at: p.first, left: p.size}
}

type openFixed struct {
	fixed
	at         time.Duration
	left, made int64 // left of this burst
}

func (o *openFixed) Next() (model.Arrival, bool) {
	if o.left == 0 {
		if o.every == 0 || o.at > math.MaxInt64-o.every {
			return model.Arrival{}, false
		}
		o.at += o.every
		o.left = o.size
	}
	if !o.limit.allows(o.at, o.made) {
		return model.Arrival{}, false
	}
	o.left--
	o.made++
	return noTask(o.at), true
}
