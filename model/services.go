package model

import (
	"cmp"
	"slices"
	"time"

	"ecssim/sim"
)

// scheduler keeps a service's desired count of tasks: it wants a task for each that is missing, and tries to place those that
// wait. Tasks of a service ask for the same, so where the first finds no place the others find none either.
type scheduler struct {
	owner
	cfg   *Service
	world *World
	// alive counts the tasks that have not stopped, the waiting ones included.
	alive   int
	waiting []*Task // not placed yet, in order of creation
	// failures counts the attempts in vain since the last placement, failedStarts the tasks in a row that never ran.
	failures, failedStarts int
	// dueAt is when the next round is, and ticket its event; Never without one.
	dueAt  time.Duration
	ticket sim.Ticket
	// retryAt is when the scheduler tries again by itself. A round before that was prompted by capacity that grew:
	// it only looks, and is an attempt only if it finds something.
	retryAt time.Duration
	// heldUntil: the throttle of tasks that fail to start.
	heldUntil time.Duration
}

// Retries of a service whose tasks find no place. AWS says only that it backs off; capacity that grows prompts a try
// in any case.
const (
	firstRetry = 15 * time.Second
	lastRetry  = 5 * time.Minute
)

// The throttle of tasks that stop before RUNNING (developer guide, "Service throttle logic"): the cap is documented,
// the growth is not.
const (
	throttleAfter = 3
	firstThrottle = 10 * time.Second
	lastThrottle  = 27 * time.Minute
)

func (w *World) createService(n int) {
	cfg := &w.cfg.Services[n]
	s := &scheduler{cfg: cfg, world: w, dueAt: Never}
	s.Owner = Owner{Name: cfg.Name, Service: true, Index: n, Desired: cfg.DesiredCount}
	s.owner.service = s
	w.adopt(&s.owner, &cfg.Placing)
	w.services = append(w.services, s)
	w.unfinished++
	s.due(cfg.StartAt)
}

// due makes sure that there is a round at the latest at this instant, or when the throttle ends.
func (s *scheduler) due(at time.Duration) {
	at = max(at, s.heldUntil)
	if s.dueAt != Never && s.dueAt <= at {
		return
	}
	s.dueAt = at
	s.ticket = s.world.engine.At(at, s)
}

// notice makes a round due after the time that the scheduler takes to notice.
func (s *scheduler) notice(now time.Duration) {
	delay := time.Duration(0)
	if d := s.world.cfg.Latency.Scheduler; d != nil {
		delay = sim.Seconds(d, s.chance)
	}
	s.due(after(now, delay))
}

// Fire is one round of the service scheduler.
func (s *scheduler) Fire(now time.Duration) {
	if s.world.engine.Firing() != s.ticket {
		return
	}
	s.dueAt = Never
	for s.alive < s.cfg.DesiredCount {
		s.alive++
		t := s.world.newTask(&s.owner, &s.demand)
		t.runTime = Never
		s.waiting = append(s.waiting, t)
		s.retryAt = now
	}
	s.place(now)
}

// place tries the waiting tasks in order until one finds no place or the throttle sets in.
func (s *scheduler) place(now time.Duration) {
	for len(s.waiting) > 0 && now >= s.heldUntil {
		t := s.waiting[0]
		found := s.world.tryService(now, t)
		if !found {
			s.refuse(now)
			return
		}
		s.waiting = s.waiting[1:]
		s.failures, s.retryAt = 0, now
	}
	if len(s.waiting) > 0 {
		s.due(s.heldUntil)
	}
}

// tryService places one task or takes its launch token, and reports whether there was room; if not, w.refusal says
// why.
func (w *World) tryService(now time.Duration, t *Task) bool {
	if t.work.owner.Placing.Launch == Fargate {
		return w.requestLaunch(now, t)
	}
	i := w.find(t)
	if i == nil {
		return false
	}
	t.Attempts++
	t.begin(now, i)
	return true
}

// refuse tells of one failed attempt for each waiting task and plans the next.
func (s *scheduler) refuse(now time.Duration) {
	if now >= s.retryAt {
		for _, t := range s.waiting {
			t.Attempts++
			s.world.refused(now, t)
		}
		s.retryAt = now + min(firstRetry<<min(s.failures, 10), lastRetry)
		s.failures++
	}
	s.due(s.retryAt)
}

// putBack lets a task wait again whose launch was refused when its turn came.
func (s *scheduler) putBack(now time.Duration, t *Task) {
	at, _ := slices.BinarySearchFunc(s.waiting, t.Number, func(w *Task, n int64) int { return cmp.Compare(w.Number, n) })
	s.waiting = slices.Insert(s.waiting, at, t)
	s.retryAt = max(s.retryAt, now+firstRetry)
	s.due(s.retryAt)
}

// taskStopped: a task of the service is gone, so one is missing.
func (s *scheduler) taskStopped(now time.Duration, t *Task) {
	s.alive--
	if t.Running != Never {
		s.failedStarts = 0
	} else if s.failedStarts++; s.failedStarts >= throttleAfter {
		s.heldUntil = now + min(firstThrottle<<min(s.failedStarts-throttleAfter, 10), lastThrottle)
	}
	s.notice(now)
}

// capacityGrew prompts the services whose tasks wait.
func (w *World) capacityGrew(now time.Duration) {
	for _, s := range w.services {
		if len(s.waiting) > 0 {
			s.notice(now)
		}
	}
}
