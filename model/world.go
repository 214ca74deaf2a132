package model

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"ecssim/model/fargate"
	"ecssim/model/fleet"
	"ecssim/model/network"
	"ecssim/model/placement"
	"ecssim/sim"
)

// World is one replication: the state of the cluster, the subnets and the account, and everything that is scheduled.
type World struct {
	cfg      *Config
	observer Observer
	engine   sim.Engine
	streams  sim.Streams

	index     placement.Index
	groups    fleet.Groups
	subnets   []*network.Addresses
	instances map[string]*fleet.Instance // by name; nil for one that was lost
	quota     *fargate.VCPUQuota
	launches  *fargate.LaunchRate

	services []*scheduler
	jobs     []*job
	// unfinished counts the services, and the jobs that will still bring tasks.
	unfinished int

	live    []*Task // every task that has not stopped, in no order
	pool    []*Task // tasks to use again
	created int64
	refusal placement.Refusal
	runaway string

	progress func(now time.Duration)
}

// maxLive stops a run whose tasks pile up, before memory does.
const maxLive = 10_000_000

// NewWorld builds the world of one replication. The Config is shared and not changed.
func NewWorld(cfg *Config, seed uint64, observer Observer) *World {
	w := &World{
		cfg:       cfg,
		observer:  observer,
		streams:   sim.NewStreams(seed),
		instances: map[string]*fleet.Instance{},
		quota:     fargate.NewVCPUQuota(cfg.Quotas.FargateVCPU),
		launches:  fargate.NewLaunchRate(cfg.Quotas.FargateLaunchBurst, cfg.Quotas.FargateLaunchRate),
	}
	w.engine.Limit = cfg.EventLimit
	if w.engine.Limit == 0 {
		w.engine.Limit = DefaultEventLimit
	}
	for _, s := range cfg.Subnets {
		w.subnets = append(w.subnets, network.NewAddresses(s))
	}
	for n := range cfg.Fleets {
		w.launchFleet(&cfg.Fleets[n])
	}
	for n := range cfg.Services {
		w.createService(n)
	}
	for n := range cfg.Jobs {
		w.openJob(n)
	}
	return w
}

// Run plays the world to its end and tells the observer so. A cancelled context stops it early.
func (w *World) Run(ctx context.Context) sim.Outcome {
	w.engine.Interrupted = func() bool {
		if w.progress != nil {
			w.progress(w.engine.Now())
		}
		return ctx.Err() != nil
	}
	end := w.cfg.Duration
	if end == 0 {
		end = math.MaxInt64
	}
	outcome := w.engine.Run(end)
	if w.runaway != "" {
		outcome = sim.Limited
	}
	if outcome == sim.Drained && w.cfg.Duration > 0 {
		// Nothing more happens, but what runs goes on running, and costs, until the end.
		outcome = sim.Reached
	}
	now := w.engine.Now()
	if outcome == sim.Reached {
		now = end
	}
	w.checkConservation()
	w.observer.RunEnded(now, Ending{
		Outcome: outcome, Events: w.engine.Fired(), Runaway: w.culprit(outcome),
		Tasks: slices.Values(w.live), Instances: slices.Values(w.index.Instances()),
	})
	return outcome
}

// Now is the simulated time.
func (w *World) Now() time.Duration { return w.engine.Now() }

// Fired counts the events so far.
func (w *World) Fired() uint64 { return w.engine.Fired() }

// OnProgress lets somebody watch the clock, every few thousand events. It must be set before Run.
func (w *World) OnProgress(watch func(now time.Duration)) { w.progress = watch }

// CheckAfterEvent makes check run after every event: for the checkers of tests.
func (w *World) CheckAfterEvent(check func()) { w.engine.AfterEvent = check }

// culprit names who made the run hit a limit: whoever brought the most tasks.
func (w *World) culprit(outcome sim.Outcome) string {
	if outcome != sim.Limited {
		return ""
	}
	if w.runaway != "" {
		return w.runaway
	}
	name, most := "", int64(-1)
	for _, s := range w.services {
		if s.number > most {
			name, most = "services."+s.Name, s.number
		}
	}
	for _, j := range w.jobs {
		if j.number > most {
			name, most = "jobs."+j.Name, j.number
		}
	}
	return name
}

// finishIfDone ends a run without a duration when no task is left and none will come.
func (w *World) finishIfDone() {
	if w.cfg.Duration == 0 && w.unfinished == 0 && len(w.live) == 0 {
		w.engine.Finish()
	}
}

// newTask makes a task that somebody wants, from the pool if one is there.
func (w *World) newTask(o *owner, d *placement.Demand) *Task {
	var t *Task
	if n := len(w.pool); n > 0 {
		t = w.pool[n-1]
		w.pool = w.pool[:n-1]
	} else {
		t = &Task{}
	}
	o.number++
	*t = Task{
		Owner: &o.Owner, Placing: o.Placing, Number: o.number, Serial: w.created, Demand: d, Subnet: -1, DynamicPorts: t.DynamicPorts[:0],
		Created: w.engine.Now(), Placed: Never, PullStarted: Never, Running: Never, Stopping: Never, Stopped: Never,
		work: work{world: w, owner: o, place: len(w.live)},
	}
	w.created++
	w.live = append(w.live, t)
	if len(w.live) > maxLive {
		w.runaway = o.kind() + "." + o.Name
		w.engine.Finish()
	}
	w.observer.TaskCreated(t.Created, t)
	return t
}

// forget takes a task out of the live ones; its memory serves again.
func (w *World) forget(t *Task) {
	last := len(w.live) - 1
	other := w.live[last]
	w.live[t.work.place] = other
	other.work.place = t.work.place
	w.live[last] = nil
	w.live = w.live[:last]
	t.work.ticket = 0
	w.pool = append(w.pool, t)
	w.finishIfDone()
}

// owner is the part that services and jobs share.
type owner struct {
	Owner
	number int64
	// draw serves the rule Random, chance the delays of a start.
	draw, chance *rand.Rand
	// inZone counts the owner's placed tasks by zone; only for Fargate, which balances zones itself.
	inZone map[string]int
	demand placement.Demand
	// service is set for the owner of a service, which hears of its tasks' ends.
	service *scheduler
}

func (o *owner) kind() string {
	if o.Service {
		return "services"
	}
	return "jobs"
}

// adopt fills in what services and jobs share.
func (w *World) adopt(o *owner, p *Placing) {
	o.Placing = p
	stream := o.kind() + "/" + o.Name
	o.draw = w.streams.Named("placement/" + stream)
	o.chance = w.streams.Named("latency/" + stream)
	o.inZone = map[string]int{}
	o.demand = w.demand(p)
}

// checkConservation recounts what tasks hold and compares it with the books of instances, subnets and the account.
// A difference is a bug of the simulator.
func (w *World) checkConservation() {
	type held struct{ used fleet.Resources }
	books := map[*fleet.Instance]*held{}
	addresses := make([]int64, len(w.subnets))
	var units int64
	for _, t := range w.live {
		if t.Placed == Never {
			continue
		}
		if t.Subnet >= 0 {
			addresses[t.Subnet]++
		}
		if t.Instance == nil {
			units += t.Demand.Needs.CPU
			continue
		}
		b := books[t.Instance]
		if b == nil {
			b = &held{}
			books[t.Instance] = b
		}
		b.used.CPU += t.Demand.Needs.CPU
		b.used.Memory += t.Demand.Needs.Memory
		b.used.GPUs += t.Demand.Needs.GPUs
		b.used.ENIs += t.Demand.Needs.ENIs
	}
	for _, i := range w.index.Instances() {
		addresses[i.Subnet] += i.Addresses
		var used fleet.Resources
		if b := books[i]; b != nil {
			used = b.used
		}
		left := fleet.Resources{
			CPU: i.Has.CPU - used.CPU, Memory: i.Has.Memory - used.Memory,
			GPUs: i.Has.GPUs - used.GPUs, ENIs: i.Has.ENIs - used.ENIs,
		}
		if left != i.Free {
			panic(fmt.Sprintf("model: %s says it has %+v left, but its tasks leave %+v", i.Name, i.Free, left))
		}
	}
	for n, a := range w.subnets {
		if a.Used() != addresses[n] {
			panic(fmt.Sprintf("model: subnet %s says %d addresses are taken, but %d are held", a.Subnet.Name, a.Used(), addresses[n]))
		}
	}
	if w.quota.Used() != units {
		panic(fmt.Sprintf("model: the Fargate quota says %d CPU units run, but %d do", w.quota.Used(), units))
	}
}
