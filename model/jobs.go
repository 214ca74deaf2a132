package model

import (
	"math/rand/v2"
	"time"

	"ecssim/model/fleet"
	"ecssim/model/placement"
	"ecssim/sim"
)

// job is a caller of RunTask or StartTask.
type job struct {
	owner
	cfg      *Job
	arrivals Arrivals
	next     Arrival
	// runTimes is drawn from at arrival, so that a task runs equally long wherever and whenever it is placed.
	runTimes *rand.Rand
	// assigned counts its tasks by offer.
	assigned assignments
	turn     int // in StartOn
}

func (w *World) openJob(n int) {
	cfg := &w.cfg.Jobs[n]
	j := &job{cfg: cfg}
	j.Owner = Owner{Name: cfg.Name, Index: n}
	w.adopt(&j.owner, &cfg.Placing)
	j.arrivals = cfg.Arrivals(w.streams)
	j.runTimes = w.streams.Named("run_time/" + cfg.Name)
	w.jobs = append(w.jobs, j)
	w.unfinished++
	(&arrivalEvent{j, w}).expect()
}

// arrivalEvent is the job as an event: its next task arrives.
type arrivalEvent struct {
	job   *job
	world *World
}

// expect schedules the next arrival behind whatever is released at its instant. A run lasts up to its end, not
// through it: what would arrive at the very end does not arrive.
func (e *arrivalEvent) expect() {
	j, w := e.job, e.world
	next, ok := j.arrivals.Next()
	if end := w.cfg.Duration; !ok || end > 0 && next.At >= end {
		w.unfinished--
		w.finishIfDone()
		return
	}
	j.next = next
	w.engine.AtEnd(next.At, e)
}

// Fire creates the task and lets the caller try to place it.
func (e *arrivalEvent) Fire(now time.Duration) {
	j, w := e.job, e.world
	a := j.next
	f, counter := j.assigned.choose(j.current, nil)
	t := w.newTask(&j.owner, j.current, f, f.shaped(shape{a.CPU, a.Memory, a.GPUs}))
	t.work.assigned = counter
	t.announce()
	t.runTime = a.RunTime
	if a.RunTime < 0 && j.cfg.RunTime != nil {
		t.runTime = sim.Seconds(j.cfg.RunTime, j.runTimes)
	}
	e.expect() // first, since what is scheduled first takes the queue's open place
	w.attempt(now, t)
}

// attempt is one call of RunTask or StartTask for one task.
func (w *World) attempt(now time.Duration, t *Task) {
	if t.Placing.Launch == Fargate {
		if !w.requestLaunch(now, t) {
			t.Attempts++
			w.refused(now, t)
		}
		return
	}
	t.Attempts++
	if i := w.find(t); i != nil {
		t.begin(now, i)
		return
	}
	if !w.await(now, t) {
		w.refused(now, t)
	}
}

// find is the instance on which the task can start now; if it is nil, w.refusal says why.
func (w *World) find(t *Task) *fleet.Instance {
	w.aboutToPlace(t)
	o := t.work.owner
	index := w.index(t)
	if !o.Service && len(w.jobs[o.Index].cfg.StartOn) > 0 {
		return w.findNamed(w.jobs[o.Index], t.Demand)
	}
	i := index.Choose(t.Demand, o.draw)
	if i == nil {
		index.Refusal(t.Demand, &w.refusal)
	}
	return i
}

// findNamed is StartTask: it skips constraints and strategies but still tests the instance. Names are taken in turn.
func (w *World) findNamed(j *job, d *placement.Demand) *fleet.Instance {
	name := j.cfg.StartOn[j.turn%len(j.cfg.StartOn)]
	j.turn++
	i, known := w.instances[name]
	reason := placement.Missing
	switch {
	case i != nil && w.machines[i] == nil: // it never registered
	case i != nil && w.machines[i].cluster != w.clusters[j.cfg.Cluster]: // it is somebody else's
	case i != nil:
		if reason = d.TestNamed(i); reason == placement.Fits {
			return i
		}
	case known:
		reason = placement.Inactive
	}
	w.refusal = placement.Refusal{Reason: reason, Closest: i} // an instance of another cluster is MISSING in this one
	w.refusal.ByReason[reason] = 1
	return nil
}

// refused tells of a failed attempt and lets the caller do what the scenario says.
func (w *World) refused(now time.Duration, t *Task) {
	t.LastReason = w.refusal.Reason
	w.observer.PlacementFailed(now, t, &w.refusal)
	if t.work.owner.Service {
		return // the service scheduler tries again by itself
	}
	retry := w.jobs[t.work.owner.Index].cfg.Retry
	if retry == nil || retry.For > 0 && now+retry.Every > t.Created+retry.For {
		w.observer.TaskGivenUp(now, t)
		w.forget(t)
		return
	}
	t.work.step = tryAgain
	t.work.ticket = w.engine.AtEnd(after(now, retry.Every), t)
}
