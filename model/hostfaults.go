package model

import (
	"slices"
	"time"

	"ecssim/model/containers"
	"ecssim/model/service"
)

// victims are the berths whose instances the fault hits.
func (e *faultEvent) victims() (list []*berth) {
	f := e.fault
	var all []*berth
	for _, b := range e.world.berths {
		i := b.instance
		if i == nil || f.Instance != "" && f.Instance != i.Name || f.Fleet != "" && f.Fleet != i.Fleet || f.Zone != "" && f.Zone != i.Zone {
			continue
		}
		if f.Owner != "" && !slices.ContainsFunc(e.world.tasksOn(i), f.hits) {
			continue // a host of its tasks is meant
		}
		all = append(all, b)
	}
	for _, n := range e.some(len(all)) {
		list = append(list, all[n])
	}
	return list
}

// onFargate reports whether the fault is about Fargate tasks, or Fargate Spot tasks, and not about instances: it names no
// instances, and there is somebody whose tasks are such.
func (e *faultEvent) onFargate(spot bool) bool {
	f, w := e.fault, e.world
	is := func(o *owner) bool {
		return (f.Owner == "" || scopeOf(f.Owner) == o.path()) && slices.ContainsFunc(o.current.offers, func(x *offer) bool {
			return x.placing.Launch == Fargate && (x.placing.Spot || !spot)
		})
	}
	return f.Instance == "" && f.Fleet == "" && (slices.ContainsFunc(w.services, func(s *scheduler) bool { return is(&s.owner) }) ||
		slices.ContainsFunc(w.jobs, func(j *job) bool { return is(&j.owner) }))
}

// loseInstances terminates instances; the end of the fault brings others in their place.
func (e *faultEvent) loseInstances(now time.Duration) {
	if !e.on {
		for _, b := range e.berths {
			if b.instance == nil && b.group == nil { // a group has replaced it long ago
				b.launch(now)
			}
		}
		e.berths = nil
		return
	}
	for _, b := range e.victims() {
		e.berths = append(e.berths, b)
		e.lose(now, b)
	}
}

// lose loses an instance. If the fault brings no other one in its place, its fleet repairs it as after a failure.
func (e *faultEvent) lose(now time.Duration, b *berth) {
	code, reason := HostLost, service.StoppedHostLost(b.instance.Name)
	if e.fault.Kind == SpotInterruption {
		code, reason = SpotInterrupted, service.StoppedSpot
	}
	b.clear(now, code, reason)
	if e.fault.For == 0 {
		b.repair(now)
	}
}

// hold does something to the instances that the fault hits, and undoes it at the end for those that are still there.
func (e *faultEvent) hold(now time.Duration, do, undo func(*machine, time.Duration)) {
	if !e.on {
		e.letGo(now, undo)
		return
	}
	for _, b := range e.victims() {
		if m := e.world.machines[b.instance]; m != nil {
			do(m, now)
			e.machines = append(e.machines, m)
		}
	}
}

// letGo undoes what the fault did to instances.
func (e *faultEvent) letGo(now time.Duration, undo func(*machine, time.Duration)) {
	for _, m := range e.machines {
		if m.instance.Terminated == Never {
			undo(m, now)
		}
	}
	e.machines = nil
}

// retire loses instances when their notice is over. On Fargate services replace the tasks within their bounds, and what
// is left of them, and standalone tasks, stops when the notice is over (ECS rules, placement 7.2).
func (e *faultEvent) retire(now time.Duration) {
	if !e.on {
		e.loseInstances(now)
		return
	}
	w, f := e.world, e.fault
	if e.onFargate(false) {
		tasks := e.fargateTasks(false)
		for _, n := range e.some(len(tasks)) {
			t := tasks[n]
			if s := t.work.owner.service; s != nil {
				t.work.standing.retired = true
				w.retired++
				s.notice(now)
			}
			t.later(now, f.Notice, func(t *Task, now time.Duration) {
				t.leave(now, InfrastructureHealth, retirement)
			})
		}
		return
	}
	e.loseAfterNotice(now)
}

const retirement = "ECS is performing maintenance on the underlying infrastructure hosting the task."

func (e *faultEvent) loseAfterNotice(now time.Duration) {
	w := e.world
	for _, b := range e.victims() {
		i := b.instance
		e.berths = append(e.berths, b)
		w.engine.At(after(now, e.fault.Notice), strike(func(now time.Duration) {
			if b.instance == i {
				e.lose(now, b)
				w.finishIfDone()
			}
		}))
	}
}

// interrupt reclaims Spot capacity: Fargate tasks get SIGTERM with the notice and stop within it; instances are lost
// when it is over, and are DRAINING from the notice on if their agents look out for it (ECS rules, services ).
func (e *faultEvent) interrupt(now time.Duration) {
	if !e.on {
		e.loseInstances(now)
		return
	}
	w, f := e.world, e.fault
	if e.onFargate(true) {
		tasks := e.fargateTasks(true)
		for _, n := range e.some(len(tasks)) {
			tasks[n].reclaim(now, f.Notice)
		}
		return
	}
	e.loseAfterNotice(now)
	for _, b := range e.berths {
		if m := w.machines[b.instance]; m != nil && b.fleet.SpotDraining {
			w.engine.At(after(now, noticePoll), strike(func(now time.Duration) {
				if m.instance.Terminated == Never {
					m.drain(now)
				}
			}))
		}
	}
}

// reclaim stops a Fargate Spot task: SIGTERM now, SIGKILL at the latest when the notice is over.
func (t *Task) reclaim(now, notice time.Duration) {
	serial := t.Serial
	t.leave(now, TerminationNotice, service.StoppedSpot)
	t.work.world.engine.At(after(now, notice), strike(func(now time.Duration) {
		if t.Serial != serial || !t.work.up {
			return
		}
		if l := t.work.life; l != nil && l.set != nil {
			l.set.Kill(now)
		}
		t.ExitCode, t.work.ticket = containers.ExitKilled, 0
		t.detach(now)
	}))
}

// noticePoll is how often an agent looks for a Spot notice.
const noticePoll = time.Second

// fargateTasks are the Fargate tasks that the fault concerns.
func (e *faultEvent) fargateTasks(spot bool) []*Task {
	return e.world.tasksWhere(func(t *Task) bool {
		return t.Placed != Never && t.Instance == nil && !t.Leaving && (!spot || t.Placing.Spot) && e.fault.hits(t)
	})
}

// zone takes a zone out with everything in it, or brings it back with the instances that waited for it.
func (e *faultEvent) zone(now time.Duration, delta int) {
	w, f := e.world, e.fault
	if w.outages.zones[f.Zone] += delta; w.outages.zones[f.Zone] == 0 {
		delete(w.outages.zones, f.Zone)
	}
	if !e.on {
		for _, b := range w.berths {
			if b.barred {
				b.launch(now)
			}
		}
		for _, c := range w.clusters {
			w.clusterGrew(now, c)
		}
		w.noticeGroups(now) // to even out their zones
		return
	}
	for _, b := range slices.Clone(w.berths) {
		if b.instance != nil && b.instance.Zone == f.Zone {
			b.clear(now, HostLost, service.StoppedHostLost(b.instance.Name))
			b.barred = true
		}
	}
	for _, t := range w.tasksWhere(func(t *Task) bool { return t.Placed != Never && t.Instance == nil && t.Zone(w.cfg) == f.Zone }) {
		t.vanish(now, InfrastructureHealth, zoneLost+f.Zone)
	}
}

const zoneLost = "Host infrastructure is unavailable in Availability Zone "
