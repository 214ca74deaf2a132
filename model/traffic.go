package model

import (
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"ecssim/model/balance"
	"ecssim/model/containers"
	"ecssim/model/load"
	"ecssim/model/scaling"
	"ecssim/model/service"
	"ecssim/sim"
)

// traffic is the demand on a service, and what becomes of it.
type traffic struct {
	world   *World
	service *scheduler
	load    *Load
	curve   load.Curve
	next    load.Step
	rate    float64

	// ways are the streams of requests: one to all tasks, or one to each deployment that a shift gives traffic to.
	ways []*way
	// settled is up to when everything is in the sums. stale: something has changed at this instant, and the classes of
	// targets are about to be made anew.
	settled time.Duration
	stale   bool

	// What the classes leave out: tasks that run and do not serve, and what all that run have reserved.
	running, idle  int
	idleCPU        float64 // what the idle ones use
	cpu, memory    float64
	period, minute tally
	tick           time.Duration // between two datapoints
	hour           hourly
	scaler         *scaling.Scaler
	deciding       bool
	barred         bool             // the role for scaling is missing, which was told
	lastPublished  [2]time.Duration // of one-minute and of high-resolution metrics
	chance         *rand.Rand       // for the delays of metrics, alarms and actions
}

// way is a stream of requests to some of the tasks.
type way struct {
	deployment *deployment // nil for all
	share      float64
	bank       *load.Bank
	classes    []load.Class
}

// tally is what passed since it was last empty.
type tally struct {
	load.Sums
	from time.Duration
	// Running is in task-seconds, ReservedCPU in CPU-unit-seconds, ReservedMemory in MiB-seconds.
	running, reservedCPU, reservedMemory float64
}

// add adds other sums.
func (t *tally) add(o *tally) {
	t.Seconds += o.Seconds
	t.Offered += o.Offered
	t.Served += o.Served
	t.Dropped += o.Dropped
	t.CPU += o.CPU
	t.Memory += o.Memory
	t.Targets += o.Targets
	t.Latency += o.Latency
	t.Worst = max(t.Worst, o.Worst)
	t.Backlog += o.Backlog
	t.running += o.running
	t.reservedCPU += o.reservedCPU
	t.reservedMemory += o.reservedMemory
}

// openTraffic begins the demand on a service, and what scales it.
func (w *World) openTraffic(s *scheduler) {
	cfg := s.cfg
	if cfg.Load == nil && cfg.Scaling == nil {
		return
	}
	t := &traffic{world: w, service: s, load: cfg.Load, tick: scaling.Minute, chance: w.streams.Named("scaling/" + cfg.Name)}
	s.traffic = t
	t.openScaling(cfg.Scaling)
	if t.load == nil {
		return
	}
	t.settled, t.period.from, t.minute.from = cfg.StartAt, cfg.StartAt, cfg.StartAt
	t.ways = []*way{{share: 1, bank: load.NewBank(&t.load.Profile)}}
	t.curve = t.load.Curve(w.streams)
	t.step()
	w.engine.At((cfg.StartAt/t.tick+1)*t.tick, strike(t.measure))
}

// step takes the next step of the curve in hand.
func (t *traffic) step() {
	next, ok := t.curve.Next()
	if end := t.world.cfg.Duration; !ok || end > 0 && next.At >= end {
		return
	}
	t.next = next
	t.world.engine.At(max(t.world.engine.Now(), next.At), t)
}

// Fire is a step of the curve.
func (t *traffic) Fire(now time.Duration) {
	t.settle(now)
	t.rate = t.next.Rate
	t.step()
}

// touch notes that tasks of the service serve, run or stop that did not, at this instant.
func (t *traffic) touch(now time.Duration) {
	if t == nil || t.load == nil || t.stale {
		return
	}
	t.settle(now)
	t.stale = true
	t.world.engine.AtEnd(now, strike(t.refresh))
}

// settle accounts for everything up to now. What changes at an instant changes the classes at its end, so that the time
// before belongs to what was there.
func (t *traffic) settle(now time.Duration) {
	dt := now - t.settled
	if dt <= 0 {
		return
	}
	t.settled = now
	seconds := dt.Seconds()
	for _, w := range t.ways {
		w.bank.Advance(dt, t.rate*w.share, w.classes)
	}
	p := &t.load.Profile
	t.period.CPU += t.idleCPU * seconds
	t.period.Memory += float64(float64(t.idle)*p.MemoryBase) * seconds
	t.period.running += float64(t.running) * seconds
	t.period.reservedCPU += t.cpu * seconds
	t.period.reservedMemory += t.memory * seconds
}

// refresh makes the classes of targets anew, at the end of an instant at which something has changed.
func (t *traffic) refresh(time.Duration) {
	t.stale = false
	s := t.service
	shifted := s.cfg.Deployment.Strategy != service.Rolling
	for _, w := range t.ways {
		w.classes = w.classes[:0]
		if w.deployment != nil {
			w.share = w.deployment.Share
		}
	}
	if shifted {
		t.shift()
	}
	t.running, t.idle, t.idleCPU, t.cpu, t.memory = 0, 0, 0, 0, 0
	for _, task := range s.tasks {
		if task.Status != Running || task.Leaving {
			continue
		}
		t.running++
		t.cpu += float64(task.Demand.Needs.CPU)
		t.memory += float64(task.Demand.Needs.Memory)
		w := t.wayOf(task)
		if w == nil || !task.serves() {
			t.idle++
			t.idleCPU += min(t.load.CPUBase, task.cpuLimit())
			continue
		}
		w.add(task.cpuLimit())
	}
	for _, w := range t.ways {
		slices.SortFunc(w.classes, func(a, b load.Class) int {
			if a.CPU < b.CPU {
				return -1
			}
			return 1
		})
	}
}

// shift gives every deployment that has traffic a way of its own.
func (t *traffic) shift() {
	for _, d := range t.service.deployments {
		known := slices.ContainsFunc(t.ways, func(w *way) bool { return w.deployment == d })
		if !known && d.Share > 0 {
			t.ways = append(t.ways, &way{deployment: d, share: d.Share, bank: load.NewBank(&t.load.Profile)})
		}
	}
	if t.ways[0].deployment == nil && len(t.ways) > 1 {
		t.ways[0].share = 0 // it was that of the time before the first deployment
	}
}

// wayOf is the way on which requests come to a task; nil if none does.
func (t *traffic) wayOf(task *Task) *way {
	for _, w := range t.ways {
		if w.deployment == nil && w.share > 0 || w.deployment == task.work.standing.deployment {
			return w
		}
	}
	return nil
}

// add counts a target.
func (w *way) add(cpu float64) {
	for k := range w.classes {
		if w.classes[k].CPU == cpu {
			w.classes[k].Targets++
			return
		}
	}
	w.classes = append(w.classes, load.Class{Targets: 1, CPU: cpu})
}

// serves reports whether a task that runs gets requests: behind a load balancer those whose target is healthy, or all if
// none is (ECS rules, services 5.1); otherwise those that are not unhealthy.
func (t *Task) serves() bool {
	l, s := t.work.life, t.work.owner.service
	if len(s.cfg.Targets) == 0 {
		watched := l != nil && l.set != nil && l.set.HasHealthChecks()
		return !watched || l.set.Health() == containers.Healthy
	}
	if l == nil || len(l.registrations) == 0 {
		return false
	}
	r := l.registrations[0]
	switch r.target.State() { //nolint:exhaustive // the others get none
	case balance.Healthy:
		return true
	case balance.Initial, balance.Unhealthy:
		return r.target.Group().FailsOpen()
	}
	return false
}

// cpuLimit is what CPU a task can use at most. With a size of its own, and on Fargate, it is that; containers that only
// have shares may use what is idle on their instance, of which they get their share if all there want more (ECS rules,
// services 4.5).
func (t *Task) cpuLimit() float64 {
	reserved := float64(t.Demand.Needs.CPU)
	i := t.Instance
	if i == nil || t.Placing.Task.CPU > 0 {
		return reserved
	}
	taken := i.Has.CPU - i.Free.CPU
	if taken <= 0 || reserved <= 0 {
		return float64(i.Has.CPU)
	}
	return math.Max(reserved, float64(i.Has.CPU)*reserved/float64(taken))
}

// drain takes what the banks have counted.
func (t *traffic) drain() {
	seconds := 0.0
	for _, w := range t.ways {
		s := w.bank.Take()
		seconds = max(seconds, s.Seconds)
		part := tally{Sums: s}
		part.Seconds = 0
		t.period.add(&part)
	}
	t.period.Seconds += seconds
}

// backlog is what waits now, in units.
func (t *traffic) backlog() (sum float64) {
	for _, w := range t.ways {
		sum += w.bank.Backlog()
	}
	return sum
}

// delay draws one of the delays of metrics, alarms and actions.
func (t *traffic) delay(d sim.Dist) time.Duration { return drawn(d, t.chance, 0) }
