package model

import (
	"slices"
	"time"

	"ecssim/model/containers"
	"ecssim/model/iam"
)

// role takes a role away, or gives it back. What goes on needs it too: agents lose their connection without the
// container instance role, and calls of running tasks are denied without the task role (ECS rules, placement 9).
func (e *faultEvent) role(now time.Duration) {
	w, f := e.world, e.fault
	w.roles.Set(f.Role, f.Gap, scopeOf(f.Owner), f.Permission, e.on)
	if e.on {
		e.roleGone(now)
		return
	}
	e.letGo(now, (*machine).connect)
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
			e.tasks = append(e.tasks, t.visit())
			t.mend(now, false)
		}
		return
	}
	for _, x := range e.tasks {
		if t := x.task; x.stays() {
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
		t.ExitCode = containers.ExitKilled
		t.work.up = false
		if l := t.work.life; l != nil && l.set != nil {
			l.set.Kill(now)
		}
		t.leave(now, EssentialContainerExited, containers.EssentialExited)
	}
}

// replan lets load balancers see that rules have changed.
func (e *faultEvent) replan(now time.Duration) {
	for _, t := range e.world.tasksWhere(func(t *Task) bool { return t.work.life != nil && !t.Leaving }) {
		t.replan(now)
	}
}
