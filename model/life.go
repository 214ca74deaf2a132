package model

import (
	"math/rand/v2"
	"time"

	"ecssim/model/balance"
	"ecssim/model/containers"
	"ecssim/model/iam"
	"ecssim/model/image"
	"ecssim/model/service"
	"ecssim/sim"
)

// life is what only some tasks have: containers that must be watched, images that are pulled layer by layer, targets.
type life struct {
	set     *containers.Set // nil for plain tasks
	started bool            // the essential containers of set have all started

	// clock pulls for a Fargate task; an instance has its own.
	clock   *pullClock
	pulls   []*image.Pull // under way
	pulling int
	using   bool // its images are counted as used on its instance

	registrations []*registration
	record        *balance.Record // in Cloud Map
	drains        time.Duration   // when its targets have drained
	// unregistered: its targets wait for a role, or for room.
	unregistered bool
	// readyAt and failsAt are the plan of a plain task's program, as load balancers see it.
	readyAt, failsAt time.Duration
}

// ensureLife gives a task a life of its own.
func (t *Task) ensureLife() *life {
	if t.work.life == nil {
		t.work.life = &life{readyAt: Never, failsAt: Never}
	}
	return t.work.life
}

// visit is a task that somebody wants to see again later. Its memory may serve another task by then.
type visit struct {
	task   *Task
	serial int64
}

func (t *Task) visit() visit { return visit{t, t.Serial} }

// stays reports whether it is still that task, and not on its way out.
func (v visit) stays() bool {
	return v.task.Serial == v.serial && !v.task.Leaving && v.task.Stopped == Never
}

// errand is something that a task does later, unless it is on its way out by then.
type errand struct {
	visit
	do func(*Task, time.Duration)
}

// Fire does it.
func (e *errand) Fire(now time.Duration) {
	if e.stays() {
		e.do(e.task, now)
	}
}

// later does something after a delay, at once without one.
func (t *Task) later(now, delay time.Duration, do func(*Task, time.Duration)) {
	if delay <= 0 {
		do(t, now)
		return
	}
	t.work.world.engine.At(after(now, delay), &errand{t.visit(), do})
}

// openContainers starts the containers of a task that is not plain.
func (t *Task) openContainers(now time.Duration) {
	l := t.ensureLife()
	l.set = containers.New(t.Placing.Task.Containers, t.drawContainer)
	if t.work.world.outages.fails(t) {
		l.set.Break(now)
	}
	l.set.Begin(now)
	t.live(now)
}

// drawContainer draws what one container does. A job's run time is that of its essential containers.
func (t *Task) drawContainer(n, attempt int) containers.Drawn {
	w, chance := t.work.world, t.work.owner.program
	var app containers.App
	if n < len(t.Placing.Apps) {
		app = t.Placing.Apps[n]
	}
	d := containers.Drawn{
		ReadyAfter: drawn(app.ReadyAfter, chance, 0), FailsAfter: drawn(app.FailsAfter, chance, Never),
		ExitsAfter: drawn(app.ExitsAfter, chance, Never), ExitCode: app.ExitCode,
		Start: t.delay(w.cfg.Latency.ContainerStart),
	}
	if app.ShutdownTime != nil {
		d.Shutdown = drawn(app.ShutdownTime, chance, 0)
	} else {
		d.Shutdown = t.delay(w.cfg.Latency.ContainerStop)
	}
	if app.NeverReady {
		d.ReadyAfter = Never
	}
	if t.runTime >= 0 && t.Placing.Task.Containers[n].Essential && (d.ExitsAfter < 0 || t.runTime < d.ExitsAfter) {
		d.ExitsAfter, d.ExitCode = t.runTime, 0
	}
	return d
}

func drawn(d sim.Dist, chance *rand.Rand, absent time.Duration) time.Duration {
	if d == nil {
		return absent
	}
	return sim.Seconds(d, chance)
}

// live lets the containers do what is due, and says what came of it.
func (t *Task) live(now time.Duration) {
	s := t.work.life.set
	s.Advance(now)
	if e, over := s.Ended(); over && !t.Leaving {
		t.ExitCode = e.ExitCode
		code := EssentialContainerExited
		if t.Running == Never && e.Name != containers.EssentialContainerExited {
			code = TaskFailedToStart
		}
		t.leave(now, code, e.Reason)
		return
	}
	if t.Leaving {
		if s.Stopped() {
			t.noteExit(s)
			t.detach(now)
			return
		}
	} else {
		if s.Running() && !t.work.life.started {
			t.work.life.started = true
			t.up(now)
		}
		t.replan(now)
		t.checkHealth(now)
	}
	if next := s.Next(); next >= 0 {
		t.work.step = living
		t.schedule(next)
	}
}

// noteExit keeps the exit code of the essential container that ended first.
func (t *Task) noteExit(s *containers.Set) {
	if t.StopCode == EssentialContainerExited {
		return
	}
	for _, e := range s.Exits() {
		for i := range t.Placing.Task.Containers {
			if c := &t.Placing.Task.Containers[i]; c.Name == e.Container && c.Essential {
				t.ExitCode = e.Code
				return
			}
		}
	}
}

// refuse ends a task that lacks a role.
func (t *Task) refuse(now time.Duration, f *iam.Failure) {
	if s := t.work.owner.service; s != nil && f.Stage == iam.Launch {
		s.tell(now, service.LaunchRefused(s.Name, f.Reason))
	}
	t.leave(now, TaskFailedToStart, f.Reason)
}

// checkHealth brings the health of a task up to date.
func (t *Task) checkHealth(now time.Duration) {
	if t.Leaving || t.Running == Never && t.Status != Activating {
		return
	}
	h := t.diagnose()
	if h == t.Health {
		return
	}
	t.Health = h
	if l := t.work.life; l != nil && l.record != nil {
		l.record.SetHealthy(h != containers.Unhealthy)
	}
	t.work.world.observer.TaskHealth(now, t)
	if s := t.work.owner.service; s != nil {
		s.traffic.touch(now)
		s.healthChanged(now, t)
	}
}

// diagnose is UNHEALTHY if its containers or one of its targets are, HEALTHY if all that have a say are, and UNKNOWN
// otherwise, as for a task that nobody checks (ECS rules, services 1.5, 2.5).
func (t *Task) diagnose() containers.Health {
	h, asked := containers.Healthy, false
	hear := func(x containers.Health) {
		asked = true
		if x == containers.Unhealthy || h != containers.Unhealthy && x == containers.Unknown {
			h = x
		}
	}
	l, s := t.work.life, t.work.owner.service
	if l != nil && l.set != nil && l.set.HasHealthChecks() {
		hear(l.set.Health())
	}
	if s != nil && len(s.cfg.Targets) > 0 {
		if l == nil || len(l.registrations) < len(s.cfg.Targets) {
			hear(containers.Unknown)
		} else {
			for _, r := range l.registrations {
				hear(targetHealth[r.target.State()])
			}
		}
	}
	if !asked {
		return containers.Unknown
	}
	return h
}

// targetHealth is what the state of a target says of its task. A target in a zone without a load balancer node never
// gets a request: ECS treats it as one that fails (ECS rules, services 5.3).
var targetHealth = [balance.NumStates]containers.Health{
	balance.Initial: containers.Unknown, balance.Healthy: containers.Healthy, balance.Unhealthy: containers.Unhealthy,
	balance.Draining: containers.Unknown, balance.Unused: containers.Unhealthy,
}
