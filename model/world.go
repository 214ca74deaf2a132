package model

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"ecssim/model/balance"
	"ecssim/model/fleet"
	"ecssim/model/iam"
	"ecssim/model/image"
	"ecssim/model/network"
	"ecssim/model/placement"
	"ecssim/model/service"
	"ecssim/sim"
)

// World is one replication: the state of the cluster, the subnets and the account, and everything that is scheduled.
type World struct {
	cfg      *Config
	observer Observer
	engine   sim.Engine
	streams  sim.Streams

	clusters  []*cluster
	groups    fleet.Groups
	subnets   []*network.Addresses
	instances map[string]*fleet.Instance // by name; nil for one that was lost
	machines  map[*fleet.Instance]*machine
	berths    []*berth
	built     int               // instances so far
	stranded  []*fleet.Instance // launched, never registered
	// onDemand and spot are Fargate's limits for FARGATE and FARGATE_SPOT.
	onDemand, spot fargateLimits

	groupOf []*group // by capacity provider; nil without a group
	// agents is the rate at which agents may register (ECS rules, services 6.2, R-6.1).
	agents    *sim.TokenBucket
	decisions int64            // of scaling, so far
	targets   []*balance.Group // by target group
	slotless  []slotless       // tasks that wait for room in a target group
	roles     iam.Account
	pullLimit []*image.Limiter // by registry
	outages   outages
	retired   int // tasks whose Fargate host is about to go; never fewer

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
	placing  func(now time.Duration, t *Task)
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
		machines:  map[*fleet.Instance]*machine{},
		agents:    sim.NewTokenBucket(agentBurst, agentRate),
		onDemand:  newFargateLimits(cfg.Quotas.FargateVCPU, &cfg.Quotas),
		spot:      newFargateLimits(cfg.Quotas.FargateSpotVCPU, &cfg.Quotas),
	}
	w.engine.Limit = cfg.EventLimit
	if w.engine.Limit == 0 {
		w.engine.Limit = DefaultEventLimit
	}
	for _, s := range cfg.Subnets {
		w.subnets = append(w.subnets, network.NewAddresses(s))
	}
	for _, name := range cfg.Clusters {
		w.clusters = append(w.clusters, &cluster{name: name})
	}
	if len(w.clusters) == 0 {
		w.clusters = []*cluster{{name: DefaultCluster}}
	}
	w.openNetwork()
	w.openFaults() // first, since a fault at the start meets the instances as they launch
	for n := range cfg.Fleets {
		w.launchFleet(&cfg.Fleets[n])
	}
	w.openGroups()
	for _, kind := range []service.Scheduling{service.Daemon, service.Replica} { // daemons are placed before all others
		for n := range cfg.Services {
			if cfg.Services[n].Scheduling == kind {
				w.createService(n)
			}
		}
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
	for _, s := range w.services {
		s.traffic.finish(now)
	}
	w.CheckBooks()
	w.observer.RunEnded(now, Ending{
		Outcome: outcome, Events: w.engine.Fired(), Runaway: w.culprit(outcome),
		Tasks: slices.Values(w.live), Instances: w.allInstances(), Stranded: slices.Values(w.stranded),
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
func (w *World) newTask(o *owner, r *revision, f *offer, d *placement.Demand) *Task {
	var t *Task
	if n := len(w.pool); n > 0 {
		t = w.pool[n-1]
		w.pool = w.pool[:n-1]
	} else {
		t = &Task{}
	}
	o.number++
	*t = Task{
		Owner: &o.Owner, Placing: f.placing, Provider: f.provider, Number: o.number, Serial: w.created, Demand: d, Subnet: -1, DynamicPorts: t.DynamicPorts[:0],
		Created: w.engine.Now(), Placed: Never, PullStarted: Never, PullStopped: Never, Running: Never, Stopping: Never, Stopped: Never,
		work: work{world: w, owner: o, rev: r, place: len(w.live), standing: t.work.standing},
	}
	w.created++
	w.live = append(w.live, t)
	if len(w.live) > maxLive {
		w.runaway = o.kind() + "." + o.Name
		w.engine.Finish()
	}
	return t
}

// announce tells of a new task, when everything that its owner says of it is there.
func (t *Task) announce() { t.work.world.observer.TaskCreated(t.Created, t) }

// forget takes a task out of the live ones; its memory serves again.
func (w *World) forget(t *Task) {
	last := len(w.live) - 1
	other := w.live[last]
	w.live[t.work.place] = other
	other.work.place = t.work.place
	w.live[last] = nil
	w.live = w.live[:last]
	t.work.ticket = 0
	t.unassign()
	w.pool = append(w.pool, t)
	w.finishIfDone()
}

// owner is the part that services and jobs share.
type owner struct {
	Owner
	number int64
	// draw serves the rule Random, chance the delays of a start, program what programs do by chance.
	draw, chance, program *rand.Rand
	// reclaims is for what Fargate Spot takes back; nil before somebody asks.
	reclaims *rand.Rand
	scope    string // services/web
	// inZone counts the owner's placed tasks by zone; only for Fargate, which balances zones itself.
	inZone map[string]int
	// current is the newest revision, of revisions.
	current   *revision
	revisions int
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
	o.program = w.streams.Named("program/" + stream)
	o.scope = stream
	o.inZone = map[string]int{}
	o.current = w.revise(o, p)
}

// DefaultCluster is the name of the cluster of a scenario that names none.
const DefaultCluster = "default"
