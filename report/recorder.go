package report

import (
	"fmt"
	"math"
	"time"

	"ecssim/model"
	"ecssim/model/balance"
	"ecssim/model/fleet"
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

// Recorder observes one replication. Its memory follows the configuration, the limits and the number of tasks that
// live at once, never the number of tasks that have been.
type Recorder struct {
	cfg  *model.Config
	seed uint64

	now    time.Duration
	line   *sim.Timeline
	owners []*owner // services, then jobs
	jobs   int      // index of the first job

	clusters      []*clusterBook
	fleetCluster  map[string]int // index of a fleet's cluster
	subnets       []*pool
	zones         zoneNames
	fargate, spot *pool
	instances     *sim.Track

	totals   Totals
	oversold *Oversold
	peak     int64 // of instances, over the whole run
	log      taskLog
	events   eventLog
	lost     []InstanceRow
	lostLeft int   // of them without a row
	stranded int64 // instances that never registered, over the whole run
	// strandedWhy is why the first of them did not.
	strandedWhy string
	drained     map[*fleet.Instance]time.Duration // when instances that are there were set to DRAINING
	failures    failureLog
	faults      faultBook
	pulls       []pullTally // by image
	targets     targetTally
	live        liveTable
	bill        bill
	scaling     scalingBook
	bottle      *Bottleneck
	record      *Record
}

var _ model.Observer = (*Recorder)(nil)

// NewRecorder makes the observer of one replication of cfg.
func NewRecorder(cfg *model.Config, seed uint64, opts RecorderOptions) *Recorder {
	r := &Recorder{
		cfg: cfg, seed: seed, jobs: len(cfg.Services), pulls: make([]pullTally, len(cfg.Images)), targets: newTargetTally(cfg),
		zones: namesOfZones(cfg), drained: map[*fleet.Instance]time.Duration{},
	}
	r.log.limit = opts.WithDefaults().LogLimit
	r.events.limit = r.log.limit
	r.line = sim.NewTimeline(cfg.Warmup, cfg.Duration, countTracks(cfg, len(r.zones.names)))
	r.bill = newBill(cfg)
	r.addPools()
	r.scaling = newScalingBook(r)
	for i := range cfg.Services {
		o := r.addOwner(cfg.Services[i].Name, true, &cfg.Services[i].Placing)
		o.book = newServiceBook(r.line, o, &cfg.Services[i], len(r.zones.names))
		o.book.index, o.book.faults = i, &r.faults
	}
	for i := range cfg.Jobs {
		r.addOwner(cfg.Jobs[i].Name, false, &cfg.Jobs[i].Placing)
	}
	r.failures = newFailureLog(r.owners)
	return r
}

// countTracks says how many tracks there will be, which decides how finely time is cut.
func countTracks(cfg *model.Config, zones int) int {
	n := 4*(len(cfg.Services)+len(cfg.Jobs)) + 2*(5*len(clusterNames(cfg))+len(cfg.Subnets)+2) + 1
	for i := range cfg.Services {
		n += 1 + serviceTracks(&cfg.Services[i], zones)
	}
	if len(cfg.Clusters) > 1 {
		n += len(cfg.Clusters)
	}
	return n + scalingTracks(cfg)
}

func (r *Recorder) addPools() {
	names := clusterNames(r.cfg)
	for _, name := range names {
		r.clusters = append(r.clusters, newClusterBook(r.line, name, len(names) > 1))
	}
	r.fleetCluster = map[string]int{}
	for i := range r.cfg.Fleets {
		r.fleetCluster[r.cfg.Fleets[i].Name] = r.cfg.Fleets[i].Cluster
	}
	for _, s := range r.cfg.Subnets {
		p := newPool(r.line, "ip", s.Name, "")
		p.resize(0, max(0, s.Usable()))
		r.subnets = append(r.subnets, p)
	}
	for i := range r.cfg.LoadBalancers { // they stand before anything else does
		for _, n := range r.cfg.LoadBalancers[i].Subnets {
			r.subnets[n].take(0, balance.AddressesPerSubnet(r.cfg.LoadBalancers[i].Type))
		}
	}
	r.fargate = newVCPUPool(r.line, "fargate_vcpu", r.cfg.Quotas.FargateVCPU)
	r.spot = newVCPUPool(r.line, "fargate_spot_vcpu", r.cfg.Quotas.FargateSpotVCPU)
	r.instances = r.line.Track()
	for _, p := range r.pools() {
		p.seed = r.seed
	}
}

func (r *Recorder) addOwner(name string, service bool, p *model.Placing) *owner {
	o := newOwner(r.line, name, service)
	if p.Launch == model.Fargate {
		o.rates.of(r, p, p.Spot)
	}
	r.owners = append(r.owners, o)
	return o
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

// placing is that of the task's revision.
func placing(t *model.Task) *model.Placing {
	if t.Placing != nil {
		return t.Placing
	}
	return t.Owner.Placing
}
