package report

import (
	"time"

	"ecssim/model"
	"ecssim/model/placement"
	"ecssim/sim"
)

// TaskCreated implements model.Observer.
func (r *Recorder) TaskCreated(now time.Duration, t *model.Task) {
	r.tick(now)
	index := r.index(t.Owner)
	o := r.owners[index]
	o.waiting.Add(now, 1)
	r.totals.Wanted++
	if r.counted(t) {
		o.arrived++
	}
	if o.desired != nil {
		o.wants(now, t.Owner)
	}
	cause := o.book.cause(t)
	if decision := r.scaling.log.eventOf(t.Cause); decision > 0 {
		cause = decision
	}
	r.logTask(now, t, index, cause)
}

// wants takes in the desired count.
func (o *owner) wants(now time.Duration, m *model.Owner) {
	if more := int64(m.Desired) - o.desired.Value(); more != 0 {
		o.book.settle(now)
		o.desired.Add(now, more)
		o.gaps.compare(now, o.running.Value(), o.desired.Value())
	}
	o.book.model = m
}

// runs takes in that more tasks are RUNNING, or fewer.
func (o *owner) runs(now time.Duration, more int64) {
	o.running.Add(now, more)
	if o.desired != nil {
		o.gaps.compare(now, o.running.Value(), o.desired.Value())
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
	since := r.stopsAwaiting(now, t, index)
	if since < 0 {
		r.scaling.credit(t, index)
	}
	if o.book != nil {
		e := r.live.add(t.Serial)
		e.awaited = since
		o.book.move(now, e, t.Status)
	}
	if r.totals.Attempts <= r.log.limit {
		r.log.placed(now, t, index)
	}
}

// TaskChanged implements model.Observer.
func (r *Recorder) TaskChanged(now time.Duration, t *model.Task) {
	r.tick(now)
	index := r.index(t.Owner)
	if b := r.owners[index].book; b != nil && t.Placed >= 0 {
		e := r.live.of(t.Serial)
		b.move(now, e, statusOf(t))
		if t.Status == model.Activating && e.up < 0 {
			e.up = now
		}
	}
	r.logTask(now, t, index, 0)
}

// statusOf is lastStatus as the tracks count it: a task that runs is RUNNING until it leaves.
func statusOf(t *model.Task) model.Status {
	if !t.Leaving && t.Running >= 0 {
		return model.Running
	}
	return t.Status
}

// TaskRunning implements model.Observer.
func (r *Recorder) TaskRunning(now time.Duration, t *model.Task) {
	r.tick(now)
	index := r.index(t.Owner)
	o := r.owners[index]
	if o.book != nil {
		e := r.live.of(t.Serial)
		o.book.runs(now, e, t, r.zones.of(t))
		if e.up < 0 {
			e.up = now
		}
		r.serves(now, t, e, index)
	}
	if t.Cause > 0 {
		r.scaling.log.ran(now, t)
	}
	o.pending.Add(now, -1)
	o.runs(now, 1)
	r.bill.book.running.add(now, 1)
	r.totals.Started++
	if r.counted(t) {
		o.wait.Observe(float64(now-t.Created) / 1e9) // seconds; Duration.Seconds divides three times
	}
	r.logTask(now, t, index, 0)
}

// TaskHealth implements model.Observer.
func (r *Recorder) TaskHealth(now time.Duration, t *model.Task) {
	r.tick(now)
	index := r.index(t.Owner)
	if b := r.owners[index].book; b != nil && t.Placed >= 0 {
		e := r.live.of(t.Serial)
		b.judge(now, e, t)
		r.serves(now, t, e, index)
		e.cause = r.logTask(now, t, index, 0)
		return
	}
	r.logTask(now, t, index, 0)
}

// TaskLeaving implements model.Observer.
func (r *Recorder) TaskLeaving(now time.Duration, t *model.Task) {
	r.tick(now)
	index := r.index(t.Owner)
	o := r.owners[index]
	cause := r.leave(now, t, o)
	o.leaving.Add(now, 1)
	r.logTask(now, t, index, cause)
}

// leave takes a task that was placed out of what the scheduler's book and the tracks of running tasks count, and says
// which logged event made it go; 0 if nobody knows.
func (r *Recorder) leave(now time.Duration, t *model.Task, o *owner) (cause int64) {
	r.unbook(now, t)
	cause = r.faults.begunAt(now)
	if o.book != nil {
		e := r.live.of(t.Serial)
		if failedHealth(t) && e.cause > 0 {
			cause = e.cause
		}
		o.book.leaves(now, e, t, r.zones.of(t))
	}
	if t.Running >= 0 {
		o.runs(now, -1)
		r.bill.book.running.add(now, -1)
	} else {
		o.pending.Add(now, -1)
	}
	return cause
}

// TaskStopped implements model.Observer. A task that was placed and has not been told of by TaskLeaving leaves and
// stops at once.
func (r *Recorder) TaskStopped(now time.Duration, t *model.Task) {
	r.tick(now)
	index := r.index(t.Owner)
	o := r.owners[index]
	r.totals.Finished++
	cause := int64(0)
	switch {
	case t.Placed < 0:
		o.waiting.Add(now, -1)
		r.totals.StoppedUnplaced++
		if r.stopsAwaiting(now, t, index) >= 0 {
			r.neverServed(t, index)
		}
	case t.Leaving:
		o.leaving.Add(now, -1)
	default:
		cause = r.leave(now, t, o)
	}
	if t.Placed >= 0 {
		r.release(now, t)
		if o.book != nil {
			e := r.live.remove(t.Serial)
			o.book.move(now, &e, model.Stopped)
			if !e.served {
				r.neverServed(t, index)
			}
		}
		if t.Instance == nil {
			r.bill.task(r.fargateClass(t), t, now)
		}
	}
	if r.counted(t) {
		o.finished++
		o.stopped[t.StopCode]++
		o.stops.count(now, t.StopCode, t.StoppedReason)
		if failedHealth(t) {
			o.unhealthy++
		}
	}
	if t.StopCode == model.TaskFailedToStart {
		r.failedToStart(now, t, index)
	}
	if t.Serial < r.log.limit {
		r.log.task(t, index)
	}
	r.logTask(now, t, index, cause)
}

// TaskGivenUp implements model.Observer.
func (r *Recorder) TaskGivenUp(now time.Duration, t *model.Task) {
	r.tick(now)
	index := r.index(t.Owner)
	o := r.owners[index]
	o.waiting.Add(now, -1)
	r.totals.GivenUp++
	r.stopsAwaiting(now, t, index)
	if r.counted(t) {
		o.refused++
	}
	if t.Serial < r.log.limit {
		r.log.task(t, index)
		r.log.tasks.at(int(t.Serial)).givenUp = true
	}
	r.logOf(now, eventGivenUp, index, t.Number)
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
	o.lastRefusal.keep(refused, r.clusters[placing(t).Cluster], !o.service && len(r.cfg.Jobs[t.Owner.Index].StartOn) > 0)
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

// keep copies a refusal, which is only valid during the call.
func (k *refusal) keep(r *placement.Refusal, c *clusterBook, named bool) {
	k.reason, k.dominant, k.by, k.named = r.Reason, r.Dominant(), r.ByReason, ""
	k.instances, k.stranded = c.instances, c.stranded
	if named && r.Closest != nil {
		k.named = r.Closest.Name
	}
}

// waits summarises a sample of waits.
func waits(s *sim.Sample) *Wait {
	if s.Count() == 0 {
		return nil
	}
	return &Wait{Count: s.Count(), Mean: s.Mean(), Min: s.Min(), P50: s.Quantile(0.5), P95: s.Quantile(0.95), P99: s.Quantile(0.99), Max: s.Max()}
}
