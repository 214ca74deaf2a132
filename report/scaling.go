package report

import (
	"time"

	"ecssim/model"
	"ecssim/model/fleet"
	"ecssim/model/placement"
)

// What the world tells of capacity that follows load.

// InstanceLaunched implements model.Observer.
func (r *Recorder) InstanceLaunched(now time.Duration, i *fleet.Instance) {
	r.tick(now)
	r.takeOwnAddresses(now, i)
	r.bill.launched(now, i)
	r.provider(i.Provider).launches(now, i)
	r.scaling.log.launched(i)
	r.scaling.booting[i] = r.logLaunch(now, i)
}

// GroupChanged implements model.Observer.
func (r *Recorder) GroupChanged(now time.Duration, g model.GroupState) {
	r.tick(now)
	r.bill.pools(now, &g)
	if p := r.provider(g.Provider); p != nil {
		p.changed(now, &g)
	}
}

// ReservationMeasured implements model.Observer.
func (r *Recorder) ReservationMeasured(now time.Duration, m model.Reservation) {
	r.tick(now)
	p := r.provider(m.Provider)
	if p == nil {
		return
	}
	p.measured(r.line, now, &m)
	r.groupLimits(now, p, &m)
}

// LoadMeasured implements model.Observer.
func (r *Recorder) LoadMeasured(now time.Duration, o *model.Owner, m model.LoadMinute) {
	r.tick(now)
	r.bill.load(o.Index, now, m)
	if b := r.scaling.loads[o.Index]; b != nil {
		b.measured(r.line, now, &m)
		r.scaling.services[o.Index].moves.saw(m.Offered)
		for _, share := range r.cfg.Services[o.Index].Providers {
			if p := r.provider(share.Provider); p != nil {
				p.moves.saw(r.loadOn(share.Provider))
			}
		}
	}
}

// ScalingDecided implements model.Observer.
func (r *Recorder) ScalingDecided(now time.Duration, d model.ScalingDecision) {
	r.tick(now)
	service := -1
	if d.Owner != nil {
		service = d.Owner.Index
	}
	row, again := r.scaling.log.add(now, &d, service)
	cause := int64(0)
	if service >= 0 {
		r.serviceDecided(now, &d, service)
	} else if p := r.provider(d.Provider); p != nil {
		cause = r.groupDecided(now, &d, p)
	}
	if row != nil && !again {
		row.Cause = cause
		row.event = r.logDecision(now, row)
	}
}

// serviceDecided takes in a decision about a desired count.
func (r *Recorder) serviceDecided(now time.Duration, d *model.ScalingDecision, service int) {
	s, o := &r.scaling.services[service], r.owners[service]
	if now >= r.cfg.Warmup {
		s.counts.add(d)
		r.serviceLimit(now, d)
	}
	if !d.Changes() {
		return
	}
	o.book.model = d.Owner
	if more := int64(d.To) - o.desired.Value(); more != 0 {
		o.book.settle(now)
		o.desired.Add(now, more)
	}
	if d.To > d.From {
		s.lag.scaledOut(now, d, service, r)
	} else {
		s.lag.stopWaiting(r)
	}
	if d.Metric != "" { // who sets a schedule wants to go up and down
		s.moves.decided(move{now, d.From, d.To, d.Load})
	}
}

// groupDecided takes in a decision about a desired capacity, and says which decision of a service led to it.
func (r *Recorder) groupDecided(now time.Duration, d *model.ScalingDecision, p *providerBook) (cause int64) {
	if now >= r.cfg.Warmup {
		p.counts.add(d)
	}
	if d.Changes() {
		load := d.Load
		if load < 0 {
			load = r.loadOn(d.Provider)
		}
		p.moves.decided(move{now, d.From, d.To, load})
	}
	if d.To > d.From || d.Wanted > d.From {
		return p.cause
	}
	return 0
}

// loadOn is the load on the services that place tasks on a provider; negative if there is none.
func (r *Recorder) loadOn(provider int) float64 {
	load := -1.0
	for i, b := range r.scaling.loads {
		if b == nil {
			continue
		}
		for _, share := range r.cfg.Services[i].Providers {
			if share.Provider == provider {
				load = max(0, load) + b.last.Offered
			}
		}
	}
	return load
}

// CapacityAwaited implements model.Observer.
func (r *Recorder) CapacityAwaited(now time.Duration, t *model.Task, refused *placement.Refusal) {
	r.tick(now)
	if _, known := r.scaling.awaiting[t.Serial]; known {
		return
	}
	index := r.index(t.Owner)
	r.scaling.awaiting[t.Serial] = awaited{now, t.Provider}
	r.scaling.credit(t, index)
	p := r.provider(t.Provider)
	if p == nil {
		return
	}
	p.waiting.Add(now, 1)
	p.waitingOf[index]++
	p.cause = max(p.cause, t.Cause)
	if p.misfit == "" {
		p.misfit = misfit(p, t)
	}
	o := r.owners[index]
	o.awaits = p.name
	if refused == nil || now < r.cfg.Warmup {
		return
	}
	o.lastRefusal.keep(refused, r.clusters[placing(t).Cluster], false)
	if p.cfg.Managed == nil && p.cfg.Kind == model.GroupProvider && r.bottle == nil {
		r.bottle = r.refusedFirst(now, t, &o.lastRefusal) // nobody will bring more capacity
	}
}

// stopsAwaiting ends the wait of a task for capacity, and says since when it waited; Never if it did not.
func (r *Recorder) stopsAwaiting(now time.Duration, t *model.Task, index int) time.Duration {
	if len(r.scaling.awaiting) == 0 {
		return model.Never
	}
	a, known := r.scaling.awaiting[t.Serial]
	if !known {
		return model.Never
	}
	delete(r.scaling.awaiting, t.Serial)
	p := r.provider(a.provider)
	if p == nil {
		return a.since
	}
	p.waiting.Add(now, -1)
	p.waitingOf[index]--
	if p.waiting.Value() == 0 {
		p.cause = 0
	}
	if r.counted(t) && t.Placed >= 0 {
		p.waits.ObserveDuration(now - a.since)
	}
	return a.since
}

// credit notes a task that a decision brought about, when it gets its place or begins to wait for capacity: what stops
// before that was never missed.
func (b *scalingBook) credit(t *model.Task, index int) {
	if t.Cause == 0 {
		return
	}
	b.log.created(t)
	if index < len(b.services) {
		b.services[index].lag.created(t)
	}
}

// serves notes the first time that a task serves: it is healthy, or RUNNING where nobody checks.
func (r *Recorder) serves(now time.Duration, t *model.Task, e *liveTask, index int) {
	if e.served || !e.running || t.Leaving || !r.owners[index].book.isHealthy(t) {
		return
	}
	e.served = true
	if t.Cause > 0 {
		r.scaling.services[index].lag.served(now, t, e, r)
	}
}

// neverServed notes a task that is gone before it ever served.
func (r *Recorder) neverServed(t *model.Task, index int) {
	if t.Cause > 0 && index < len(r.scaling.services) {
		r.scaling.services[index].lag.gone(t, r)
	}
}

// LaunchFailed implements model.Observer.
func (r *Recorder) LaunchFailed(now time.Duration, f model.LaunchFailure) {
	r.tick(now)
	r.logLaunchFailure(now, &f)
	if p := r.provider(f.Provider); p != nil {
		p.refused++
		r.launchLimit(now, p, &f)
	}
}
