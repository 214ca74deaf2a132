package report

import (
	"time"

	"ecssim/model"
	"ecssim/model/placement"
	"ecssim/sim"
)

// RunEnded implements model.Observer: it takes in what still lives, checks the books and makes the Record.
func (r *Recorder) RunEnded(now time.Duration, e model.Ending) {
	r.tick(now)
	r.line.Finish(now)
	count := r.countLive(now, e)
	r.totals.RunningEnd, r.totals.StartingEnd, r.totals.WaitingEnd = count.running, count.starting, count.waiting
	r.totals.InstancesEnd, r.totals.InstancesPeak, r.totals.Events = count.instances, r.peak, e.Events
	r.check(now, &count)
	r.bill.close()
	r.failures.flush()

	rec := &Record{
		Config: r.cfg, Seed: r.seed, End: now, Outcome: e.Outcome, Runaway: e.Runaway, Totals: r.totals,
		Bottleneck: r.bottle, Oversold: r.oversold, Failures: r.failures.rows, FailureGrain: r.failures.grain,
		Bill: r.bill.ledger.Items(), BillHours: r.bill.ledger.Hours(),
		BucketWidth: r.line.Width(), Instances: r.levels(r.instances, now),
		LogLimit: r.log.limit, Tasks: r.log.tasks, Placements: r.log.placements, Exclusions: r.log.exclusions,
		InstanceRows: count.rows, InstancesLeft: count.rowsLeft,
	}
	var all sim.Sample
	for i, o := range r.owners {
		all.Merge(&o.wait)
		rec.Owners = append(rec.Owners, r.ownerRecord(o, count.newWaiting[i], now))
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
	all := []*pool{r.cpu, r.memory, r.gpu, r.ports, r.eni}
	return append(append(all, r.subnets...), r.fargate)
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
	running, starting, waiting, instances int64
	newWaiting                            []int64 // by owner
	rows                                  []InstanceRow
	rowsLeft                              int
}

// countLive goes through what the world says is still there.
func (r *Recorder) countLive(now time.Duration, e model.Ending) live {
	c := live{newWaiting: make([]int64, len(r.owners)), rows: r.lost}
	for t := range e.Tasks {
		index := r.index(t.Owner)
		o := r.owners[index]
		switch {
		case t.Running >= 0:
			c.running++
		case t.Placed >= 0:
			c.starting++
		default:
			c.waiting++
			if r.counted(t) {
				c.newWaiting[index]++
			}
		}
		if t.Running < 0 && r.counted(t) {
			o.wait.Observe(float64(now-t.Created) / 1e9)
		}
		if t.Placed >= 0 && t.Instance == nil && o.class >= 0 {
			r.bill.task(o.class, t, now)
		}
		if t.Serial < r.log.limit {
			r.log.task(t, index)
		}
	}
	for i := range e.Instances {
		c.instances++
		r.bill.instance(i, now)
		if len(c.rows) < maxInstanceRows {
			c.rows = append(c.rows, instanceRow(i, model.Never))
		} else {
			c.rowsLeft++
		}
	}
	sortInstances(c.rows)
	return c
}

func (r *Recorder) ownerRecord(o *owner, newWaiting int64, now time.Duration) OwnerRecord {
	rec := OwnerRecord{
		Name: o.name, Service: o.service, Waiting: o.waiting.Value(), Pending: o.pending.Value(), Running: o.running.Value(),
		Arrived: o.arrived, Placed: o.placed, Refused: o.refused, Finished: o.finished, NewWaiting: newWaiting,
		Stopped: o.stopped, Wait: waits(&o.wait), Failures: o.failures, Throttled: o.throttled,
		WaitingLevels: r.levels(o.waiting, now), PendingLevels: r.levels(o.pending, now),
		RunningLevels: r.levels(o.running, now),
	}
	rec.MeanRunning, _ = r.line.Statistics(o.running, now)
	if o.desired != nil {
		rec.Desired, rec.DesiredLevels = o.desired.Value(), r.levels(o.desired, now)
	}
	for reason, n := range o.byReason {
		if n > 0 {
			rec.Reasons = append(rec.Reasons, ReasonCount{placement.Reason(reason), n, o.first[reason]})
		}
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
