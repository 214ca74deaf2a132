package model

import (
	"fmt"
	"slices"
	"time"

	"ecssim/model/fleet"
	"ecssim/model/service"
)

// standing is what a scheduler knows of a task.
type standing struct {
	deployment *deployment
	seat       int // index in scheduler.tasks
	in         count
	// healthy: it counts towards minimumHealthyPercent. sick: it is to be replaced, and why.
	healthy, sick bool
	why           string
	// retired: its host is about to go; it is replaced as on an instance that drains.
	retired        bool
	protectedUntil time.Duration
	// pinned is the one instance for which a daemon's task is meant.
	pinned *fleet.Instance
}

// count is the counter of its deployment in which a task is.
type count uint8

const (
	nowhere count = iota
	inWaiting
	inStarting
	inRunning
	inLeaving
)

// healthyAfter is how long a task must have been RUNNING to count as healthy if nobody checks its health (API
// reference, DeploymentConfiguration).
const healthyAfter = 40 * time.Second

// count moves a task from one counter of its deployment to another.
func (s *scheduler) count(t *Task, to count) {
	st := t.work.standing
	*st.deployment.counter(st.in)--
	*st.deployment.counter(to)++
	st.in = to
}

func (d *deployment) counter(c count) *int {
	switch c {
	case inWaiting:
		return &d.Waiting
	case inStarting:
		return &d.Starting
	case inRunning:
		return &d.Running
	case inLeaving:
		return &d.Leaving
	case nowhere:
	}
	return &d.rest
}

// checkCounts recounts the counters.
func (s *scheduler) checkCounts() {
	for _, d := range s.deployments {
		var waiting, starting, running, healthy, leaving int
		for _, t := range s.tasks {
			st := t.work.standing
			if st.deployment != d {
				continue
			}
			switch {
			case t.Leaving:
				leaving++
			case t.Running != Never:
				running++
			case t.Placed != Never:
				starting++
			default:
				waiting++
			}
			if st.healthy {
				healthy++
			}
		}
		if waiting != d.Waiting || starting != d.Starting || running != d.Running || healthy != d.Healthy || leaving != d.Leaving {
			panic(fmt.Sprintf("model: deployment %d of %s counts %+v, but it has %d, %d, %d, %d and %d tasks",
				d.Number, s.Name, d.Deployment, waiting, starting, running, healthy, leaving))
		}
	}
}

// taskPlaced, taskRunning, taskLeaves and taskStopped are told by the tasks.
func (s *scheduler) taskPlaced(_ time.Duration, t *Task) {
	s.count(t, inStarting)
	s.log.Resolve(service.Unplaced)
	s.log.Resolve(service.Steady)
}

func (s *scheduler) taskRunning(now time.Duration, t *Task) {
	s.count(t, inRunning)
	d := t.work.standing.deployment
	if s.throttle.Impaired() {
		s.log.Resolve(service.StartImpaired)
	}
	s.throttle.Ran()
	d.breaker.Reached()
	s.batch(now).started = append(s.bulletin.started, t.String())
	s.traffic.touch(now)
	if p := s.cfg.Protection; p != nil && s.program.Float64() < p.Fraction {
		t.work.standing.protectedUntil = now + p.For
		t.later(now, p.For, func(t *Task, now time.Duration) { s.notice(now) })
	}
	if !s.checked(t) {
		t.later(now, healthyAfter, func(t *Task, now time.Duration) { s.setHealthy(now, t, true) })
	} else {
		s.healthChanged(now, t)
	}
}

// checked reports whether somebody checks the health of the task.
func (s *scheduler) checked(t *Task) bool {
	l := t.work.life
	return len(s.cfg.Targets) > 0 || l != nil && l.set != nil && l.set.HasHealthChecks()
}

func (s *scheduler) taskLeaves(now time.Duration, t *Task) {
	st := t.work.standing
	s.traffic.touch(now)
	if st.healthy {
		st.healthy = false
		st.deployment.Healthy--
	}
	if st.sick {
		st.sick = false
		s.sick--
	}
	s.count(t, inLeaving)
	if s.move.task == t {
		s.move.task = nil
	}
	s.log.Resolve(service.Steady)
	if t.Running == Never {
		s.failedStart(now, t)
	}
	s.notice(now)
}

// failedStart: a task stopped that never ran, unless the scheduler itself stopped it.
func (s *scheduler) failedStart(now time.Duration, t *Task) {
	switch t.StopCode { //nolint:exhaustive // the others are failures of its own
	case ServiceSchedulerInitiated, HostLost, SpotInterrupted, TerminationNotice, InfrastructureHealth:
		return // nothing that the task could have done better
	}
	d := t.work.standing.deployment
	d.Failed++
	d.breaker.Failed()
	if s.superseded(d) {
		return // it holds up no newer revision
	}
	if _, impaired := s.throttle.Failed(now); impaired {
		s.tell(now, service.Impaired(s.Name))
	}
	s.checkBreaker(now, d)
}

func (s *scheduler) taskStopped(now time.Duration, t *Task) {
	st := t.work.standing
	if t.Placed == Never {
		s.waiting = slices.DeleteFunc(s.waiting, func(x *Task) bool { return x == t })
		if s.move.task == t {
			s.move.task = nil
		}
	}
	s.count(t, nowhere)
	last := len(s.tasks) - 1
	s.tasks[st.seat] = s.tasks[last]
	s.tasks[st.seat].work.standing.seat = st.seat
	s.tasks[last] = nil
	s.tasks = s.tasks[:last]
	s.notice(now)
}
