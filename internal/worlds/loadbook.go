package worlds

import (
	"math"
	"time"

	"ecssim/model"
	"ecssim/model/load"
	"ecssim/sim"
)

// loadbook is what the checker knows of the load of one service: it reads the curve by itself, and counts who runs.
type loadbook struct {
	curve   load.Curve
	profile *load.Profile
	next    load.Step
	more    bool
	rate    float64
	begins  time.Duration
	at      time.Duration // up to when the sums go
	told    time.Duration // the end of the last minute
	backlog float64

	running          int
	cpu, memory, may float64 // reserved by those that run, and what they may use of CPU
	sized            bool    // no task has ever had only shares of its instance
	offered, tasks   float64 // since told, as all that follow
	cpus, memories   float64
	mays             float64
}

const (
	minutes  = "the minutes of a load follow each other"
	balanced = "what is offered is served, dropped, or waits"
	usage    = "nobody uses more CPU than he may"
	measures = "metrics are those of the tasks that run"
)

func newLoadbook(s *model.Service, streams sim.Streams) *loadbook {
	if s.Load == nil {
		return nil
	}
	b := &loadbook{curve: s.Load.Curve(streams), profile: &s.Load.Profile, begins: s.StartAt, at: s.StartAt, told: s.StartAt, sized: true}
	b.step()
	return b
}

func (b *loadbook) step() { b.next, b.more = b.curve.Next() }

// advance integrates up to now.
func (b *loadbook) advance(now time.Duration) {
	for b.more && b.next.At <= now {
		b.pass(b.next.At)
		b.rate = b.next.Rate
		b.step()
	}
	b.pass(now)
}

func (b *loadbook) pass(to time.Duration) {
	seconds := (to - b.at).Seconds()
	if seconds <= 0 {
		return
	}
	b.at = to
	b.offered += b.rate * seconds
	b.tasks += float64(b.running) * seconds
	b.cpus += b.cpu * seconds
	b.memories += b.memory * seconds
	b.mays += b.may * seconds
}

// runs counts a task that runs, or with -1 one that does not any more.
func (b *loadbook) runs(now time.Duration, k *card, delta int) {
	if b == nil {
		return
	}
	b.advance(now)
	b.running += delta
	b.cpu += float64(delta) * float64(k.needs.CPU)
	b.memory += float64(delta) * float64(k.needs.Memory)
	may := float64(k.needs.CPU)
	if k.host != nil && k.placing.Task.CPU == 0 {
		b.sized = false
		may = float64(k.host.has.CPU)
	}
	b.may += float64(delta) * may
}

// near compares sums of floating point numbers.
func near(x, y float64) bool { return math.Abs(x-y) <= 1e-6*(1+math.Abs(x)+math.Abs(y)) }

// LoadMeasured is held against the curve, and against who ran.
func (c *Checker) LoadMeasured(now time.Duration, o *model.Owner, m model.LoadMinute) {
	if !c.ended { // the last minute is told when the clock may stand before the end
		c.now = max(c.now, now)
	}
	c.note("LOAD %s %+v", o.Name, m)
	s := c.services[o.Index]
	b := s.load
	c.must(b != nil, minutes, "%s has no load", o.Name)
	b.advance(now)
	seconds := (now - b.told).Seconds()
	c.must(m.From == b.told && seconds > 0 && seconds <= 60, minutes, "%s: %+v ends, and the last ended at %v", o.Name, m, b.told)
	c.must(now%time.Minute == 0 || now == c.cfg.Duration, minutes, "%s: %+v ends", o.Name, m)
	c.must(near(m.Offered*seconds, b.offered), balanced, "%s: %+v, and the curve offers %v", o.Name, m, b.offered/seconds)
	c.must(near(m.Offered*seconds, (m.Served+m.Dropped)*seconds+m.Backlog-b.backlog), balanced, "%s: %+v, and %v waited before", o.Name, m, b.backlog)
	c.must(m.Served >= 0 && m.Dropped >= 0 && m.Backlog >= 0, balanced, "%s: %+v", o.Name, m)
	c.must(m.UsedCPU*seconds <= b.mays*(1+1e-9)+1e-6, usage, "%s: %+v, and tasks may use %v", o.Name, m, b.mays/seconds)
	c.must(!b.sized || m.CPU <= 100+1e-6, usage, "%s: %+v", o.Name, m)
	c.must(m.Serving*seconds <= b.tasks*(1+1e-9)+1e-6, measures, "%s: %+v, and %v run", o.Name, m, b.tasks/seconds)
	c.checkMetrics(o.Name, &m, b, seconds)
	c.must((m.Latency < 0) == (m.Served == 0) && m.Worst >= m.Latency-1e-9, measures, "%s: %+v", o.Name, m)
	if m.Dropped > 0 {
		c.Seen["load dropped"]++
	}
	if m.Backlog > 0 {
		c.Seen["load waits"]++
	}
	b.told, b.backlog = now, m.Backlog
	b.offered, b.tasks, b.cpus, b.memories, b.mays = 0, 0, 0, 0, 0
	c.Seen["load"]++
}

// checkMetrics computes the utilizations by itself; without tasks there are none, nor of what the load does not describe.
func (c *Checker) checkMetrics(name string, m *model.LoadMinute, b *loadbook, seconds float64) {
	p := b.profile
	for _, x := range []struct {
		what                 string
		known                bool
		said, used, reserved float64
	}{
		{"CPU", p.CPUBase+p.CPUPerUnit > 0, m.CPU, 100 * m.UsedCPU * seconds, b.cpus}, {"memory", p.MemoryBase+p.MemoryPerUnit > 0, m.Memory, 100 * m.UsedMemory * seconds, b.memories},
		{"requests", true, m.Requests, 60 * m.Offered, m.Serving},
	} {
		if !x.known {
			c.must(x.said < 0, measures, "%s: %s is %v, and nobody says what a task uses", name, x.what, x.said)
			continue
		}
		if x.reserved < 1e-9 && x.what == "requests" && b.tasks == 0 && m.Offered > 0 {
			x.reserved = seconds // demand without a task counts as that of one target
			x.used *= seconds
		}
		if x.reserved < 1e-9 {
			c.must(x.said < 0 || x.reserved > 0, measures, "%s: %s is %v, and nobody runs", name, x.what, x.said)
			continue
		}
		c.must(near(x.said, x.used/x.reserved), measures, "%s: %s is %v, and %v by %v make %v", name, x.what, x.said, x.used, x.reserved, x.used/x.reserved)
	}
	if m.CPU > 100 {
		c.Seen["CPU above 100 %"]++
	}
}
