package model

import (
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"ecssim/model/iam"
	"ecssim/model/service"
)

// openFaults schedules the faults of the scenario. One at the very start is there before the first instance launches.
func (w *World) openFaults() {
	w.outages = newOutages(w.cfg)
	for n := range w.cfg.Faults {
		f := &faultEvent{world: w, fault: &w.cfg.Faults[n]}
		if f.fault.At == 0 && f.fault.Kind.condition() {
			f.turn(0)
			continue
		}
		w.engine.At(f.fault.At, f)
	}
}

// condition tells faults that last from those that strike.
func (k FaultKind) condition() bool {
	switch k { //nolint:exhaustive // the others strike
	case ZoneOutage, RoleMissing, RuleMissing, RegistryDown, RegistrySlow, ImageMissing, ImageCorrupt, HealthCheckFailing:
		return true
	}
	return false
}

// faultEvent is a fault that begins, and ends.
type faultEvent struct {
	world *World
	fault *Fault
	on    bool
	// undo holds what the end of the fault gives back.
	machines []*machine
	berths   []*berth
	tasks    []errand
}

// Fire begins the fault, or ends it.
func (e *faultEvent) Fire(now time.Duration) {
	e.turn(now)
	e.world.finishIfDone()
}

// turn switches the fault on, or off.
func (e *faultEvent) turn(now time.Duration) {
	f, w := e.fault, e.world
	e.on = !e.on
	w.observer.FaultChanged(now, f, e.on)
	e.apply(now)
	switch {
	case e.on && f.For > 0:
		w.engine.At(after(now, max(f.For, f.Notice)), e) // what is lost after a notice comes back after that
	case e.on && f.Kind == TaskKill:
		w.observer.FaultChanged(now, f, false) // it is over at once
	}
	if f.Kind.condition() {
		for _, s := range w.services {
			s.notice(now)
		}
	}
}

// apply carries the beginning or the end out.
func (e *faultEvent) apply(now time.Duration) {
	if e.fault.Kind.condition() {
		e.change(now)
		return
	}
	switch e.fault.Kind { //nolint:exhaustive // the others are conditions
	case InstanceLoss:
		e.loseInstances(now)
	case AgentDisconnect:
		e.disconnect(now)
	case InstanceDraining:
		e.drain(now)
	case HostRetirement:
		e.retire(now)
	case SpotInterruption:
		e.interrupt(now)
	case TaskKill:
		e.kill(now)
	}
}

// change opens or closes a condition.
func (e *faultEvent) change(now time.Duration) {
	o, f, delta := &e.world.outages, e.fault, -1
	if e.on {
		delta = 1
	}
	switch f.Kind { //nolint:exhaustive // the others strike
	case ZoneOutage:
		e.zone(now, delta)
	case RoleMissing:
		e.role(now)
	case RuleMissing:
		each(o.rules, f.SecurityGroup, delta)
		e.replan(now)
	case RegistryDown:
		each(o.registry, f.Registry, delta)
	case RegistrySlow:
		e.slow()
	case ImageMissing:
		each(o.missing, f.Image, delta)
	case ImageCorrupt:
		each(o.corrupt, f.Image, delta)
	case HealthCheckFailing:
		e.health(now)
	}
}

// draw is the fault's own stream.
func (e *faultEvent) draw() *rand.Rand { return e.world.streams.Named("fault/" + e.fault.Name) }

// some picks as many as the fault says out of n: all, a fraction rounded up, or a count. The order is kept.
func (e *faultEvent) some(n int) []int {
	k := n
	switch f := e.fault; {
	case f.Count > 0:
		k = min(n, f.Count)
	case f.Fraction > 0:
		k = min(n, int(math.Ceil(f.Fraction*float64(n)-1e-9)))
	}
	picked := e.draw().Perm(n)[:k]
	slices.Sort(picked)
	return picked
}

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
		p := o.current.placing
		return (f.Owner == "" || scopeOf(f.Owner) == o.path()) && p.Launch == Fargate && (p.Spot || !spot)
	}
	return f.Instance == "" && f.Fleet == "" && (slices.ContainsFunc(w.services, func(s *scheduler) bool { return is(&s.owner) }) ||
		slices.ContainsFunc(w.jobs, func(j *job) bool { return is(&j.owner) }))
}

// loseInstances terminates instances; the end of the fault brings others in their place.
func (e *faultEvent) loseInstances(now time.Duration) {
	if !e.on {
		for _, b := range e.berths {
			if b.instance == nil {
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
	b.clear(now)
	if e.fault.For == 0 {
		b.repair(now)
	}
}

func (e *faultEvent) disconnect(now time.Duration) {
	if !e.on {
		for _, m := range e.machines {
			if m.instance.Terminated == Never {
				m.connect(now)
			}
		}
		e.machines = nil
		return
	}
	for _, b := range e.victims() {
		if m := e.world.machines[b.instance]; m != nil {
			m.disconnect(now)
			e.machines = append(e.machines, m)
		}
	}
}

func (e *faultEvent) drain(now time.Duration) {
	if !e.on {
		for _, m := range e.machines {
			if m.instance.Terminated == Never {
				m.activate(now)
			}
		}
		e.machines = nil
		return
	}
	for _, b := range e.victims() {
		if m := e.world.machines[b.instance]; m != nil {
			m.drain(now)
			e.machines = append(e.machines, m)
		}
	}
}

// strike is what happens when a notice is over.
type strike func(now time.Duration)

// Fire strikes.
func (s strike) Fire(now time.Duration) { s(now) }

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
			t.work.standing.retired = true
			w.retired++
			if s := t.work.owner.service; s != nil {
				s.notice(now)
			}
			t.later(now, f.Notice, func(t *Task, now time.Duration) {
				t.leave(now, InfrastructureHealth, retirement)
			})
		}
		return
	}
	e.loseAfter(now, w, f.Notice)
}

const retirement = "ECS is performing maintenance on the underlying infrastructure hosting the task."

func (e *faultEvent) loseAfter(now time.Duration, w *World, notice time.Duration) {
	for _, b := range e.victims() {
		i := b.instance
		e.berths = append(e.berths, b)
		w.engine.At(after(now, notice), strike(func(now time.Duration) {
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
	e.loseAfter(now, w, f.Notice)
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
		t.ExitCode, t.work.ticket = exitKilled, 0
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
		return
	}
	for _, b := range w.berths {
		if b.instance != nil && b.instance.Zone == f.Zone {
			b.clear(now)
			b.barred = true
		}
	}
	for _, t := range w.tasksWhere(func(t *Task) bool { return t.Placed != Never && t.Instance == nil && t.Zone(w.cfg) == f.Zone }) {
		t.vanish(now, InfrastructureHealth, zoneLost+f.Zone)
	}
}

const zoneLost = "Host infrastructure is unavailable in Availability Zone "

// role takes a role away, or gives it back. What goes on needs it too: agents lose their connection without the
// container instance role, and calls of running tasks are denied without the task role (ECS rules, placement 9).
func (e *faultEvent) role(now time.Duration) {
	w, f := e.world, e.fault
	w.roles.Set(f.Role, f.Gap, scopeOf(f.Owner), f.Permission, e.on)
	if e.on {
		e.roleGone(now)
		return
	}
	for _, m := range e.machines {
		if m.instance.Terminated == Never {
			m.connect(now)
		}
	}
	e.machines = nil
	for _, t := range w.tasksWhere(func(t *Task) bool { return t.work.life != nil && t.work.life.unregistered && !t.Leaving }) {
		t.register(now)
	}
}

func (e *faultEvent) roleGone(now time.Duration) {
	w := e.world
	if e.fault.Role == iam.ContainerInstance && e.fault.Permission == iam.AllPermissions {
		for i := range w.allInstances() {
			m := w.machines[i]
			m.disconnect(now)
			e.machines = append(e.machines, m)
		}
	}
	if e.fault.Role != iam.Task {
		return
	}
	for _, t := range w.tasksWhere(func(t *Task) bool { return t.Status == Running && !t.Leaving }) {
		t.checkCalls(now)
	}
}

// slow multiplies the slowness of a registry, or divides it again.
func (e *faultEvent) slow() {
	o := &e.world.outages
	for n := range o.slow {
		switch {
		case e.fault.Registry >= 0 && e.fault.Registry != n:
		case e.on:
			o.slow[n] *= e.fault.Factor
		default:
			o.slow[n] /= e.fault.Factor
		}
	}
}

// health breaks programs that run, and those that start while the fault goes on.
func (e *faultEvent) health(now time.Duration) {
	w, f := e.world, e.fault
	if f.Count > 0 || f.Fraction > 0 {
		e.healthOfSome(now)
		return
	}
	if e.on {
		w.outages.failing = append(w.outages.failing, f)
	} else {
		w.outages.failing = slices.DeleteFunc(w.outages.failing, func(x *Fault) bool { return x == f })
	}
	for _, t := range w.tasksWhere(func(t *Task) bool { return t.work.up && !t.Leaving && f.hits(t) }) {
		t.mend(now, !w.outages.fails(t))
	}
}

// healthOfSome breaks the programs of some tasks that run; those that start later are sound.
func (e *faultEvent) healthOfSome(now time.Duration) {
	w := e.world
	if e.on {
		tasks := w.tasksWhere(func(t *Task) bool { return t.work.up && !t.Leaving && e.fault.hits(t) })
		for _, n := range e.some(len(tasks)) {
			t := tasks[n]
			t.work.broken++
			e.tasks = append(e.tasks, errand{t, t.Serial, nil})
			t.mend(now, false)
		}
		return
	}
	for _, x := range e.tasks {
		if t := x.task; t.Serial == x.serial && t.Stopped == Never && !t.Leaving {
			t.work.broken--
			t.mend(now, !w.outages.fails(t))
		}
	}
	e.tasks = nil
}

// mend makes a program answer health checks again, or cease to.
func (t *Task) mend(now time.Duration, sound bool) {
	l := t.work.life
	switch {
	case l == nil:
		return // nobody asks it
	case l.set != nil && sound:
		l.set.Mend(now)
	case l.set != nil:
		l.set.Break(now)
	case sound:
		l.readyAt, l.failsAt = now, Never
	default:
		l.failsAt = now
		if l.readyAt == Never || l.readyAt > now {
			l.readyAt = now
		}
	}
	t.replan(now)
	if l.set != nil {
		t.live(now)
	}
}

// kill ends the essential containers of tasks, as the kernel's OOM killer does.
func (e *faultEvent) kill(now time.Duration) {
	if !e.on {
		return // it was over when it began
	}
	w := e.world
	tasks := w.tasksWhere(func(t *Task) bool { return t.Status == Running && !t.Leaving && e.fault.hits(t) })
	for _, n := range e.some(len(tasks)) {
		t := tasks[n]
		t.ExitCode = exitKilled
		t.work.up = false
		if l := t.work.life; l != nil && l.set != nil {
			l.set.Kill(now)
		}
		t.leave(now, EssentialContainerExited, essentialExited)
	}
}

// replan lets load balancers see that rules have changed.
func (e *faultEvent) replan(now time.Duration) {
	for _, t := range e.world.tasksWhere(func(t *Task) bool { return t.work.life != nil && !t.Leaving }) {
		t.replan(now)
	}
}
