package report

import (
	"fmt"
	"math"
	"time"

	"ecssim/model"
	"ecssim/model/fleet"
	"ecssim/model/network"
	"ecssim/model/placement"
	"ecssim/sim"
)

// Limits of the logs of tasks and placement attempts.
const (
	DefaultLogLimit int64 = 100_000
	LogNothing      int64 = -1
	LogAll          int64 = math.MaxInt64
)

// maxInstanceRows bounds data/instances.csv, for runs in which instances fail all the time.
const maxInstanceRows = 100_000

// RecorderOptions says how much to keep. The zero value keeps what people expect.
type RecorderOptions struct {
	// LogLimit is how many tasks and how many placement attempts are logged one by one: 0 means DefaultLogLimit,
	// negative none. Everything else covers the whole run, whatever the limit.
	LogLimit int64
}

// WithDefaults replaces what was left out.
func (o RecorderOptions) WithDefaults() RecorderOptions {
	switch {
	case o.LogLimit == 0:
		o.LogLimit = DefaultLogLimit
	case o.LogLimit < 0:
		o.LogLimit = 0
	}
	return o
}

// Recorder observes one replication. Its memory follows the configuration and the limits, never the number of tasks
// that have been.
type Recorder struct {
	model.Unheard
	cfg  *model.Config
	seed uint64

	now    time.Duration
	line   *sim.Timeline
	owners []*owner // services, then jobs
	jobs   int      // index of the first job

	cpu, memory, gpu, ports, eni *pool
	subnets                      []*pool
	fargate                      *pool
	instances                    *sim.Track

	totals   Totals
	oversold *Oversold
	peak     int64 // of instances, over the whole run
	log      eventLog
	lost     []InstanceRow
	failures failureLog
	bill     bill
	bottle   *Bottleneck
	record   *Record
}

var _ model.Observer = (*Recorder)(nil)

// NewRecorder makes the observer of one replication of cfg.
func NewRecorder(cfg *model.Config, seed uint64, opts RecorderOptions) *Recorder {
	r := &Recorder{cfg: cfg, seed: seed, jobs: len(cfg.Services)}
	r.log.limit = opts.WithDefaults().LogLimit
	tracks := 3*(len(cfg.Services)+len(cfg.Jobs)) + len(cfg.Services) + 2*(6+len(cfg.Subnets)) + 1
	r.line = sim.NewTimeline(cfg.Warmup, cfg.Duration, tracks)
	r.addPools()
	for i := range cfg.Services {
		r.addOwner(cfg.Services[i].Name, true, &cfg.Services[i].Placing)
	}
	for i := range cfg.Jobs {
		r.addOwner(cfg.Jobs[i].Name, false, &cfg.Jobs[i].Placing)
	}
	r.failures = newFailureLog(r.owners)
	return r
}

func (r *Recorder) addPools() {
	const cluster = "default"
	r.cpu = newPool(r.line, "cpu", cluster, "units")
	r.memory = newPool(r.line, "memory", cluster, "MiB")
	r.gpu = newPool(r.line, "gpu", cluster, "")
	r.ports = newPool(r.line, "ports", cluster, "")
	r.eni = newPool(r.line, "eni", cluster, "")
	for _, s := range r.cfg.Subnets {
		p := newPool(r.line, "ip", s.Name, "")
		p.resize(0, max(0, s.Usable()))
		r.subnets = append(r.subnets, p)
	}
	r.fargate = newPool(r.line, "fargate_vcpu", "account", "vCPU")
	r.fargate.divisor = 1024
	r.fargate.resize(0, int64(r.cfg.Quotas.FargateVCPU*1024))
	r.fargate.unbounded = r.fargate.capacity.Value() == 0
	r.instances = r.line.Track()
	for _, p := range r.pools() {
		p.seed = r.seed
	}
}

func (r *Recorder) addOwner(name string, service bool, p *model.Placing) {
	o := newOwner(r.line, name, service)
	if p.Launch == model.Fargate {
		o.class = r.bill.classOf(r.cfg, p)
	}
	r.owners = append(r.owners, o)
}

// Record is the result; nil before RunEnded.
func (r *Recorder) Record() *Record { return r.record }

// tick moves the recorder's clock.
func (r *Recorder) tick(now time.Duration) {
	if now < r.now {
		panic(fmt.Sprintf("report: told of something at %v after %v (seed %d)", now, r.now, r.seed))
	}
	r.now = now
	r.line.Advance(now)
}

// index is the owner's place in r.owners.
func (r *Recorder) index(o *model.Owner) int {
	if o.Service {
		return o.Index
	}
	return r.jobs + o.Index
}

// counted tells tasks that statistics see from those of the warm-up.
func (r *Recorder) counted(t *model.Task) bool { return t.Created >= r.cfg.Warmup }

// InstanceJoined implements model.Observer.
func (r *Recorder) InstanceJoined(now time.Duration, i *fleet.Instance) {
	r.tick(now)
	r.resize(now, i, 1)
	if i.Subnet >= 0 && i.Addresses > 0 {
		r.subnets[i.Subnet].take(now, i.Addresses)
	}
	r.peak = max(r.peak, r.instances.Value())
}

// InstanceLost implements model.Observer.
func (r *Recorder) InstanceLost(now time.Duration, i *fleet.Instance) {
	r.tick(now)
	r.resize(now, i, -1)
	if i.Subnet >= 0 && i.Addresses > 0 {
		r.subnets[i.Subnet].give(now, i.Addresses)
	}
	r.bill.instance(i, now)
	if len(r.lost) < maxInstanceRows {
		r.lost = append(r.lost, instanceRow(i, now))
	}
}

// resize adds or takes away what an instance registers.
func (r *Recorder) resize(now time.Duration, i *fleet.Instance, sign int64) {
	r.instances.Add(now, sign)
	if r.instances.Value() < 0 {
		panic(fmt.Sprintf("report: at %v more instances are lost than joined (seed %d)", now, r.seed))
	}
	r.cpu.resize(now, sign*i.Has.CPU)
	r.memory.resize(now, sign*i.Has.Memory)
	r.gpu.resize(now, sign*i.Has.GPUs)
	r.eni.resize(now, sign*i.Has.ENIs)
	r.ports.resize(now, sign*int64(network.MaxReservedPorts-len(network.AgentPorts)))
}

// TaskCreated implements model.Observer.
func (r *Recorder) TaskCreated(now time.Duration, t *model.Task) {
	r.tick(now)
	o := r.owners[r.index(t.Owner)]
	o.waiting.Add(now, 1)
	r.totals.Wanted++
	if r.counted(t) {
		o.arrived++
	}
	if o.desired != nil && o.desired.Value() != int64(t.Owner.Desired) {
		o.desired.Add(now, int64(t.Owner.Desired)-o.desired.Value())
	}
}

// TaskPlaced implements model.Observer.
func (r *Recorder) TaskPlaced(now time.Duration, t *model.Task) {
	r.tick(now)
	index := r.index(t.Owner)
	o := r.owners[index]
	o.waiting.Add(now, -1)
	o.pending.Add(now, 1)
	r.totals.Placed++
	r.totals.Attempts++
	if r.counted(t) {
		o.placed++
	}
	r.hold(now, t)
	if r.totals.Attempts <= r.log.limit {
		r.log.placed(now, t, index)
	}
}

// hold takes what a task holds from its placement to its stop.
func (r *Recorder) hold(now time.Duration, t *model.Task) {
	n := &t.Demand.Needs
	if t.Instance == nil {
		r.fargate.take(now, n.CPU)
	} else {
		if i := t.Instance; i.HardMemory > i.Has.Memory {
			r.oversell(now, i)
		}
		r.cpu.take(now, n.CPU)
		r.memory.take(now, n.Memory)
		if n.ENIs > 0 {
			r.eni.take(now, n.ENIs)
		}
		if n.GPUs > 0 {
			r.gpu.take(now, n.GPUs)
		}
		if len(n.StaticPorts) > 0 {
			r.ports.take(now, int64(len(n.StaticPorts)))
		}
	}
	if t.Subnet >= 0 {
		r.subnets[t.Subnet].take(now, 1)
	}
}

// oversell keeps the instance whose hard memory limits exceed what it registers by the most.
func (r *Recorder) oversell(now time.Duration, i *fleet.Instance) {
	if o := r.oversold; o == nil || i.HardMemory-i.Has.Memory > o.Hard-o.Has {
		r.oversold = &Oversold{Instance: i.Name, At: now, Hard: i.HardMemory, Has: i.Has.Memory}
	}
}

// release is the inverse of hold.
func (r *Recorder) release(now time.Duration, t *model.Task) {
	n := &t.Demand.Needs
	if t.Instance == nil {
		r.fargate.give(now, n.CPU)
	} else {
		r.cpu.give(now, n.CPU)
		r.memory.give(now, n.Memory)
		if n.ENIs > 0 {
			r.eni.give(now, n.ENIs)
		}
		if n.GPUs > 0 {
			r.gpu.give(now, n.GPUs)
		}
		if len(n.StaticPorts) > 0 {
			r.ports.give(now, int64(len(n.StaticPorts)))
		}
	}
	if t.Subnet >= 0 {
		r.subnets[t.Subnet].give(now, 1)
	}
}

// TaskRunning implements model.Observer.
func (r *Recorder) TaskRunning(now time.Duration, t *model.Task) {
	r.tick(now)
	o := r.owners[r.index(t.Owner)]
	o.pending.Add(now, -1)
	o.running.Add(now, 1)
	r.totals.Started++
	if r.counted(t) {
		o.wait.Observe(float64(now-t.Created) / 1e9) // seconds; Duration.Seconds divides three times
	}
}

// TaskStopped implements model.Observer.
func (r *Recorder) TaskStopped(now time.Duration, t *model.Task) {
	r.tick(now)
	index := r.index(t.Owner)
	o := r.owners[index]
	r.totals.Finished++
	switch {
	case t.Running >= 0:
		o.running.Add(now, -1)
	case t.Placed >= 0:
		o.pending.Add(now, -1)
	default:
		o.waiting.Add(now, -1)
		r.totals.StoppedUnplaced++
	}
	if t.Placed >= 0 {
		r.release(now, t)
		if t.Instance == nil && o.class >= 0 {
			r.bill.task(o.class, t, now)
		}
	}
	if r.counted(t) {
		o.finished++
		o.stopped[t.StopCode]++
	}
	if t.StopCode == model.TaskFailedToStart {
		r.failedToStart(now, t, index)
	}
	if t.Serial < r.log.limit {
		r.log.task(t, index)
	}
}

// TaskGivenUp implements model.Observer.
func (r *Recorder) TaskGivenUp(now time.Duration, t *model.Task) {
	r.tick(now)
	index := r.index(t.Owner)
	o := r.owners[index]
	o.waiting.Add(now, -1)
	r.totals.GivenUp++
	if r.counted(t) {
		o.refused++
	}
	if t.Serial < r.log.limit {
		r.log.task(t, index)
	}
}

// PlacementFailed implements model.Observer.
func (r *Recorder) PlacementFailed(now time.Duration, t *model.Task, refused *placement.Refusal) {
	r.tick(now)
	index := r.index(t.Owner)
	r.totals.Attempts++
	r.totals.Failures++
	if r.totals.Attempts <= r.log.limit {
		r.log.failed(now, t, index, refused)
	}
	if now < r.cfg.Warmup {
		return
	}
	o := r.owners[index]
	o.failures++
	o.fail(now, refused.Reason)
	o.lastRefusal.keep(refused, r.instances.Value(), !o.service && len(r.cfg.Jobs[t.Owner.Index].StartOn) > 0)
	if r.bottle == nil {
		r.bottle = r.refusedFirst(now, t, &o.lastRefusal)
	}
	if r.failures.count(now, index, refused.Reason) {
		r.failures.describe(index, refused.Reason, t.Number, r.explain(t, &o.lastRefusal))
	}
}

// LaunchThrottled implements model.Observer.
func (r *Recorder) LaunchThrottled(now time.Duration, t *model.Task, _ time.Duration) {
	r.tick(now)
	r.totals.Throttled++
	if now < r.cfg.Warmup {
		return
	}
	r.owners[r.index(t.Owner)].throttled++
	if r.bottle == nil {
		r.bottle = r.throttledFirst(now, t)
	}
}

// failedToStart notes why a task that was placed never ran: no address was left, or no host port.
func (r *Recorder) failedToStart(now time.Duration, t *model.Task, index int) {
	if now < r.cfg.Warmup || t.Placed < 0 {
		return
	}
	reason := noHostPort
	switch {
	case t.Subnet < 0 && needsAddress(t):
		reason = noAddress
	case t.Instance == nil || t.Demand.Needs.DynamicPorts == 0:
		return
	}
	o := r.owners[index]
	o.fail(now, reason)
	if r.bottle == nil {
		r.bottle = r.noStartFirst(now, t, reason)
	}
	if r.failures.count(now, index, reason) {
		r.failures.describe(index, reason, t.Number, r.explainNoStart(t, reason))
	}
}

// needsAddress: awsvpc tasks have an address of their own, and so has every task on Fargate.
func needsAddress(t *model.Task) bool { return t.Instance == nil || t.Demand.Needs.ENIs > 0 }

// keep copies a refusal, which is only valid during the call.
func (k *refusal) keep(r *placement.Refusal, instances int64, named bool) {
	k.reason, k.dominant, k.by, k.instances, k.named = r.Reason, r.Dominant(), r.ByReason, instances, ""
	if named && r.Closest != nil {
		k.named = r.Closest.Name
	}
}

// waits summarises a sample of waits.
func waits(s *sim.Sample) *Wait {
	if s.Count() == 0 {
		return nil
	}
	return &Wait{Count: s.Count(), Mean: s.Mean(), P50: s.Quantile(0.5), P95: s.Quantile(0.95), P99: s.Quantile(0.99), Max: s.Max()}
}
