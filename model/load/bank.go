package load

import (
	"math"
	"slices"
	"time"
)

// saturation is the utilisation at which the latency's first term is cut: 20 times the service time.
const saturation = 0.95

// Bank is one pool of traffic over targets. The formulas are in the package's comment.
type Bank struct {
	profile *Profile
	pools   []pool // in order of CPU; a single one with LeastOutstanding
	targets int
	sums    Sums
}

// Sums is what passed in a time. Whatever adds up over services and spans is a sum, so that means are divisions of
// sums, made once at the end.
type Sums struct {
	Seconds float64
	// Offered, Served and Dropped are in units. Offered = Served + Dropped + what waits more than before.
	Offered, Served, Dropped float64
	// CPU and Memory in use over all targets, in CPU-unit-seconds and MiB-seconds.
	CPU, Memory float64
	// Targets is in target-seconds.
	Targets float64
	// Latency is Σ latency × units served, in seconds × units.
	Latency float64
	// Worst is the highest estimate of the latency, in seconds.
	Worst float64
	// Backlog is what waited, in unit-seconds.
	Backlog float64
}

// pool is a queue and the targets that serve it.
type pool struct {
	cpu      float64 // of each target; 0 with LeastOutstanding
	targets  int
	capacity float64 // of all targets, in units a second
	idle     float64 // CPU in use without load, of all targets
	queue    float64 // units that wait
}

// NewBank returns a bank without targets in which nothing waits. The profile is shared and never changed.
func NewBank(p *Profile) *Bank { return &Bank{profile: p} }

// Advance lets a span pass during which the rate, in units a second, and the classes do not change. Classes may be in any
// order, and may name the same CPU twice.
func (b *Bank) Advance(dt time.Duration, rate float64, classes []Class) {
	b.share(classes)
	seconds := dt.Seconds()
	b.sums.Seconds += seconds
	b.sums.Targets += float64(b.targets) * seconds
	if b.targets == 0 {
		b.sums.Offered += rate * seconds
		b.sums.Dropped += rate * seconds
		return
	}
	for i := range b.pools {
		part := rate
		if b.profile.Routing == RoundRobin {
			part = rate * float64(b.pools[i].targets) / float64(b.targets)
		}
		b.pass(&b.pools[i], seconds, part)
	}
}

// Take returns what has passed since it was last called, and begins anew. What waits goes on waiting.
func (b *Bank) Take() Sums {
	s := b.sums
	b.sums = Sums{}
	return s
}

// Backlog is how many units wait.
func (b *Bank) Backlog() float64 {
	total := 0.0
	for i := range b.pools {
		total += b.pools[i].queue
	}
	return total
}

// share puts targets into pools and what waits where it can be served.
func (b *Bank) share(classes []Class) {
	for i := range b.pools {
		p := &b.pools[i]
		p.targets, p.capacity, p.idle = 0, 0, 0
	}
	b.targets = 0
	for _, c := range classes {
		if c.Targets > 0 {
			b.targets += c.Targets
			b.pool(c).add(c, b.profile)
		}
	}
	orphans := 0.0
	b.pools = slices.DeleteFunc(b.pools, func(p pool) bool {
		if p.targets == 0 {
			orphans += p.queue
		}
		return p.targets == 0
	})
	if b.targets == 0 {
		b.sums.Dropped += orphans
		return
	}
	for i := range b.pools {
		p := &b.pools[i]
		p.queue += orphans * float64(p.targets) / float64(b.targets)
		if excess := p.queue - p.limit(b.profile); excess > 0 {
			b.sums.Dropped += excess
			p.queue -= excess
		}
	}
}

// pool is that of a class.
func (b *Bank) pool(c Class) *pool {
	key := c.CPU
	if b.profile.Routing == LeastOutstanding {
		key = 0
	}
	i, found := slices.BinarySearchFunc(b.pools, key, func(p pool, cpu float64) int {
		switch {
		case p.cpu < cpu:
			return -1
		case p.cpu > cpu:
			return 1
		}
		return 0
	})
	if !found {
		b.pools = slices.Insert(b.pools, i, pool{cpu: key})
	}
	return &b.pools[i]
}

func (p *pool) add(c Class, profile *Profile) {
	n := float64(c.Targets)
	p.targets += c.Targets
	p.capacity += n * profile.Capacity(c.CPU)
	p.idle += n * min(profile.CPUBase, c.CPU)
}

// limit is how much may wait: the last in the queue is served within Timeout.
func (p *pool) limit(profile *Profile) float64 {
	if profile.Timeout <= 0 {
		return 0 // and not 0 × infinity
	}
	return p.capacity * profile.Timeout.Seconds()
}

// pass cuts a span where the queue becomes empty or full.
func (b *Bank) pass(p *pool, seconds, rate float64) {
	more := rate - p.capacity // what the queue grows by a second, while there is one
	switch {
	case p.queue > 0 && more < 0:
		drain := p.queue / -more
		if drain >= seconds {
			b.phase(p, seconds, rate, p.capacity, max(0, p.queue+more*seconds))
			return
		}
		b.phase(p, drain, rate, p.capacity, 0)
		b.phase(p, seconds-drain, rate, rate, 0)
	case more > 0:
		limit := p.limit(b.profile)
		fill := (limit - p.queue) / more
		if fill >= seconds {
			b.phase(p, seconds, rate, p.capacity, min(limit, p.queue+more*seconds))
			return
		}
		b.phase(p, fill, rate, p.capacity, limit)
		b.phase(p, seconds-fill, rate, p.capacity, limit)
	default:
		b.phase(p, seconds, rate, min(rate, p.capacity), p.queue)
	}
}

// phase lets seconds pass with one rate of service, while the queue goes to another length in a straight line. What was
// neither served nor waits was dropped.
func (b *Bank) phase(p *pool, seconds, rate, served, queue float64) {
	f, s := b.profile, &b.sums
	before := p.queue
	p.queue = queue
	s.Offered += rate * seconds
	s.Served += served * seconds
	if rate > served && before == queue {
		s.Dropped += (rate - served) * seconds
	}
	s.CPU += (p.idle + f.CPUPerUnit*served) * seconds
	s.Memory += (float64(p.targets)*f.MemoryBase + f.MemoryPerUnit*served) * seconds
	s.Backlog += (before + queue) / 2 * seconds
	if served <= 0 || seconds <= 0 {
		return
	}
	alone := f.ServiceTime.Seconds() / (1 - min(served/p.capacity, saturation))
	s.Latency += served * seconds * (alone + (before+queue)/2/p.capacity)
	s.Worst = max(s.Worst, alone+max(before, queue)/p.capacity)
}

// Capacity is how many units a second a target can serve with so much CPU; infinite if units take none.
func (p *Profile) Capacity(cpu float64) float64 {
	if p.CPUPerUnit <= 0 {
		return math.Inf(1)
	}
	return max(0, (cpu-p.CPUBase)/p.CPUPerUnit)
}

// Target is what one target with so much CPU uses at a rate of its own, in CPU units and MiB.
func (p *Profile) Target(cpu, rate float64) (cpuUsed, memoryUsed float64) {
	served := min(rate, p.Capacity(cpu))
	return min(p.CPUBase, cpu) + p.CPUPerUnit*served, p.MemoryBase + p.MemoryPerUnit*served
}

// Utilization is CPUUtilization or MemoryUtilization in percent: use over reservation, above 100 where tasks use more
// than they reserve (ECS rules, services 4.5). Where nothing is reserved CloudWatch has no datapoint; it is 0 here.
func Utilization(used, reserved float64) float64 {
	if reserved <= 0 {
		return 0
	}
	return 100 * used / reserved
}
