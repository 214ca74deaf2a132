package report

import (
	"time"

	"ecssim/model"
	"ecssim/model/fleet"
	"ecssim/model/placement"
	"ecssim/sim"
)

// RunEnded implements model.Observer: it takes in what still lives, checks the books and makes the Record.
func (r *Recorder) RunEnded(now time.Duration, e model.Ending) {
	r.tick(now)
	r.settleServices(now)
	for i := range r.scaling.services {
		r.scaling.services[i].lag.finish(r)
	}
	r.line.Finish(now)
	count := r.countLive(now, e)
	r.totals.RunningEnd, r.totals.StartingEnd, r.totals.WaitingEnd = count.running, count.starting, count.waiting
	r.totals.LeavingEnd = count.leaving
	r.totals.InstancesEnd, r.totals.InstancesPeak, r.totals.Events = count.instances, r.peak, e.Events
	r.check(now, &count)
	paid := r.bill.close(now)
	r.failures.flush()

	rec := &Record{
		Config: r.cfg, Seed: r.seed, End: now, Outcome: e.Outcome, Runaway: e.Runaway, Totals: r.totals,
		Bottleneck: r.bottle, Oversold: r.oversold, Failures: r.failures.rows, FailureGrain: r.failures.grain,
		Bill: r.bill.ledger.Items(), BillHours: r.bill.ledger.Hours(), Cost: paid,
		BucketWidth: r.line.Width(), Instances: r.levels(r.instances, now),
		LogLimit: r.log.limit, Tasks: r.log.tasks, Placements: r.log.placements, Exclusions: r.log.exclusions,
		InstanceRows: count.rows, InstancesLeft: count.rowsLeft + r.lostLeft,
		Events: r.events.rows, EventsTotal: r.events.total, Zones: r.zones.names, Stranded: count.stranded,
		NeverRegistered: r.stranded, NeverWhy: r.strandedWhy,
		Faults: r.faults.rows, FaultsAll: r.faults.total, Images: r.imageRecords(), Booting: count.booting,
	}
	r.recordScaling(rec, now)
	var all sim.Sample
	for i, o := range r.owners {
		all.Merge(&o.wait)
		rec.Owners = append(rec.Owners, r.ownerRecord(o, count.newWaiting[i], now))
	}
	for _, c := range r.clusters {
		row := ClusterRecord{Name: c.name}
		if c.levels != nil {
			row.Instances = r.levels(c.levels, now)
		}
		rec.Clusters = append(rec.Clusters, row)
	}
	for _, p := range r.pools() {
		if p.capacity.Value() > 0 || !p.never() {
			rec.Pools = append(rec.Pools, r.poolRecord(p, now))
		}
	}
	rec.Wait = waits(&all)
	r.record = rec
}

// pools are all that can run out, in the order in which they are shown.
func (r *Recorder) pools() []*pool {
	var all []*pool
	for _, c := range r.clusters {
		all = append(all, c.pools()...)
	}
	return append(append(all, r.subnets...), r.fargate, r.spot)
}

// never says that nothing of the pool was ever there or used.
func (p *pool) never() bool {
	for _, t := range []*sim.Track{p.used, p.capacity} {
		for _, c := range t.Cells() {
			if c.High > 0 {
				return false
			}
		}
	}
	return p.used.Value() == 0
}

// live is what RunEnded counts anew.
type live struct {
	running, starting, waiting, leaving int64
	instances, stranded, booting        int64
	newWaiting                          []int64 // by owner
	services                            []recount
	awaiting                            int // tasks that wait for capacity
	rows                                []InstanceRow
	rowsLeft                            int
}

// countLive goes through what the world says is still there.
func (r *Recorder) countLive(now time.Duration, e model.Ending) live {
	c := live{newWaiting: make([]int64, len(r.owners)), services: make([]recount, r.jobs), rows: r.lost}
	for t := range e.Tasks {
		index := r.index(t.Owner)
		o := r.owners[index]
		if o.book != nil {
			c.services[index].add(o.book, t, r.zones.of(t))
		}
		c.count(t)
		if t.Placed < 0 && r.counted(t) {
			c.newWaiting[index]++
		}
		if t.Running < 0 && !t.Leaving && r.counted(t) {
			o.wait.Observe(float64(now-t.Created) / 1e9)
		}
		c.awaiting += r.stillAwaits(now, t)
		if t.Placed >= 0 && t.Instance == nil {
			r.bill.task(r.fargateClass(t), t, now)
		}
		if t.Serial < r.log.limit {
			r.log.task(t, index)
		}
	}
	c.countInstances(r, now, e)
	return c
}

// count takes in one task.
func (c *live) count(t *model.Task) {
	switch {
	case t.Placed < 0:
		c.waiting++
	case t.Leaving:
		c.leaving++
	case t.Running >= 0:
		c.running++
	default:
		c.starting++
	}
}

func (c *live) countInstances(r *Recorder, now time.Duration, e model.Ending) {
	there := func(i *fleet.Instance) {
		r.bill.instance(i, now)
		if len(c.rows) < maxInstanceRows {
			c.rows = append(c.rows, r.instanceRow(i, model.Never))
		} else {
			c.rowsLeft++
		}
	}
	for i := range e.Instances {
		c.instances++
		there(i)
	}
	if e.Stranded != nil {
		for i := range e.Stranded {
			if _, booting := r.scaling.booting[i]; booting {
				c.booting++
			} else {
				c.stranded++
			}
			there(i)
		}
	}
	sortInstances(c.rows)
}

func (r *Recorder) ownerRecord(o *owner, newWaiting int64, now time.Duration) OwnerRecord {
	rec := OwnerRecord{
		Name: o.name, Service: o.service, Waiting: o.waiting.Value(), Pending: o.pending.Value(), Running: o.running.Value(),
		Leaving: o.leaving.Value(), Stops: o.stops.sorted(), Unhealthy: o.unhealthy,
		Denied: o.denied.tasks, DeniedFirst: o.denied.first, DeniedReason: o.denied.reason,
		Arrived: o.arrived, Placed: o.placed, Refused: o.refused, Finished: o.finished, NewWaiting: newWaiting,
		Stopped: o.stopped, Wait: waits(&o.wait), Failures: o.failures, Throttled: o.throttled,
		WaitingLevels: r.levels(o.waiting, now), PendingLevels: r.levels(o.pending, now),
		RunningLevels: r.levels(o.running, now), LeavingLevels: r.levels(o.leaving, now),
	}
	rec.MeanRunning, _ = r.line.Statistics(o.running, now)
	if o.desired != nil {
		rec.Desired, rec.DesiredLevels = o.desired.Value(), r.levels(o.desired, now)
		rec.Gaps = o.gaps.ended(now)
	}
	for reason, n := range o.byReason {
		if n > 0 {
			rec.Reasons = append(rec.Reasons, ReasonCount{placement.Reason(reason), n, o.first[reason]})
		}
	}
	if o.book != nil {
		rec.Serving = r.serviceRecord(o.book, now)
		rec.Load, rec.Scaling = r.scalingRecords(o, now)
	}
	rec.Why = why(o, &rec)
	return rec
}

func (r *Recorder) poolRecord(p *pool, now time.Duration) PoolRecord {
	rec := PoolRecord{
		Resource: p.Resource, Scope: p.Scope, Unit: p.Unit, Unbounded: p.unbounded, Divisor: p.divisor,
		Used: r.levels(p.used, now), Capacity: r.levels(p.capacity, now),
	}
	rec.UsedMean, rec.UsedPeak = r.line.Statistics(p.used, now)
	rec.CapacityMean, rec.CapacityPeak = r.line.Statistics(p.capacity, now)
	rec.FullFor, rec.FirstFull, rec.FullSince = p.ended(now)
	return rec
}
