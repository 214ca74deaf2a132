package model

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"ecssim/model/balance"
	"ecssim/model/containers"
	"ecssim/model/fleet"
	"ecssim/model/iam"
	"ecssim/model/service"
	"ecssim/sim"
)

// scheduler is the service scheduler for one service. It works in rounds: whatever happens to the service makes one
// due, and a round looks at all there is and moves on (ECS rules, services 2).
type scheduler struct {
	owner
	cfg       *Service
	world     *World
	cluster   *cluster
	desired   int
	discovery *balance.Discovery

	deployments []*deployment
	primary     *deployment // nil before the service is created
	tasks       []*Task     // all that have not stopped, in no order
	waiting     []*Task     // those that have no place yet, in order of creation
	// sick counts the tasks that are to be replaced because of their health.
	sick int
	// nextSick is when the next of them may go if there is no room for its replacement.
	nextSick time.Duration
	move     move

	log      service.Log
	bulletin bulletin
	throttle service.Throttle
	backoff  service.Backoff
	rate     *service.Rate
	// steadyTold is when the service was last said to be steady; ECS repeats it.
	steadyTold time.Duration

	// dueAt is when the next round is, and ticket its event; Never without one.
	dueAt  time.Duration
	ticket sim.Ticket
	// retryAt is when the scheduler tries to place again by itself. A round before that was prompted by capacity that
	// grew: it only looks, and is an attempt only if it finds something.
	retryAt time.Duration
}

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
	// pinned is the one instance for which a daemon's task is meant; zone the one for which rebalancing wants it.
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

func (w *World) createService(n int) {
	cfg := &w.cfg.Services[n]
	s := &scheduler{
		cfg: cfg, world: w, dueAt: Never, desired: cfg.DesiredCount, cluster: w.clusters[cfg.Cluster],
		rate: service.NewRate(w.cfg.Quotas.ServiceLaunches),
	}
	s.Owner = Owner{Name: cfg.Name, Service: true, Index: n, Desired: cfg.DesiredCount}
	s.owner.service = s
	w.adopt(&s.owner, &cfg.Placing)
	if cfg.Discovery != nil {
		s.discovery = balance.NewDiscovery(cfg.Discovery.TTL)
	}
	if cfg.Scheduling == service.Daemon {
		s.cluster.daemons = append(s.cluster.daemons, s)
	}
	w.services = append(w.services, s)
	w.unfinished++
	s.due(cfg.StartAt)
	for k := range cfg.Rollouts {
		w.engine.At(max(cfg.StartAt, cfg.Rollouts[k].At), &rolloutEvent{s, &cfg.Rollouts[k]})
	}
	for _, a := range cfg.Deployment.Alarms.Alarms {
		for _, stretch := range w.cfg.Alarms[a].InAlarm {
			w.engine.At(max(cfg.StartAt, stretch.From), strike(s.watchAlarms))
		}
	}
}

// due makes sure that there is a round at the latest at this instant.
func (s *scheduler) due(at time.Duration) {
	if s.dueAt != Never && s.dueAt <= at {
		return
	}
	s.dueAt = at
	s.ticket = s.world.engine.At(at, s)
}

// notice makes a round due after the time that the scheduler takes to notice.
func (s *scheduler) notice(now time.Duration) {
	if s.primary == nil {
		return
	}
	delay := time.Duration(0)
	if d := s.world.cfg.Latency.Scheduler; d != nil {
		delay = sim.Seconds(d, s.chance)
	}
	s.due(after(now, delay))
}

// Fire is one round.
func (s *scheduler) Fire(now time.Duration) {
	if s.world.engine.Firing() != s.ticket {
		return
	}
	s.dueAt = Never
	s.round(now)
}

func (s *scheduler) round(now time.Duration) {
	if s.primary == nil {
		s.deploy(now, s.current)
	}
	if s.cfg.Scheduling == service.Daemon {
		s.seatDaemons(now)
	} else {
		s.replaceSick(now)
		s.step(now)
	}
	s.place(now)
	s.settle(now)
	s.rebalance(now)
}

// want creates tasks of a deployment.
func (s *scheduler) want(now time.Duration, d *deployment, n int) {
	for range n {
		s.wantOne(now, d)
	}
}

func (s *scheduler) wantOne(now time.Duration, d *deployment) *Task {
	t := s.world.newTask(&s.owner, d.rev, &d.rev.demand)
	t.runTime = Never
	t.Deployment = &d.Deployment
	t.work.standing = standing{deployment: d, seat: len(s.tasks)}
	s.tasks = append(s.tasks, t)
	s.waiting = append(s.waiting, t)
	s.count(t, inWaiting)
	s.retryAt = now
	return t
}

// count moves a task from one counter of its deployment to another.
func (s *scheduler) count(t *Task, to count) {
	st := &t.work.standing
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
			st := &t.work.standing
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

// String names a task as events do.
func (t *Task) String() string { return fmt.Sprintf("%s/%d", t.Owner.Name, t.Number) }

// healthChanged counts the task, or has it replaced. Within the grace period nobody looks (ECS rules, services 2.10).
func (s *scheduler) healthChanged(now time.Duration, t *Task) {
	if t.Running == Never {
		return
	}
	st := &t.work.standing
	s.setHealthy(now, t, t.Health == containers.Healthy)
	sick := t.Health == containers.Unhealthy
	if end := t.Running + s.cfg.Grace; sick && now < end {
		t.later(now, end-now, func(t *Task, now time.Duration) { s.healthChanged(now, t) })
		sick = false
	}
	if sick != st.sick {
		st.sick = sick
		if sick {
			s.sick++
			st.why = t.ailment()
			s.notice(now)
		} else {
			s.sick--
		}
	}
}

// ailment is the reason for which an unhealthy task stops.
func (t *Task) ailment() string {
	l := t.work.life
	if l.set != nil && l.set.HasHealthChecks() && l.set.Health() == containers.Unhealthy {
		return service.StoppedContainerHealth
	}
	for _, r := range l.registrations {
		if targetHealth[r.target.State()] == containers.Unhealthy {
			return service.StoppedTargetHealth(r.target.Group().Config().Name)
		}
	}
	return service.StoppedContainerHealth
}

func (s *scheduler) setHealthy(now time.Duration, t *Task, healthy bool) {
	st := &t.work.standing
	if st.healthy == healthy {
		return
	}
	st.healthy = healthy
	if healthy {
		st.deployment.Healthy++
		st.deployment.breaker.Healthy()
	} else {
		st.deployment.Healthy--
	}
	s.notice(now)
}

func (s *scheduler) taskLeaves(now time.Duration, t *Task) {
	st := &t.work.standing
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
	if t.StopCode == ServiceSchedulerInitiated || t.StopCode == HostLost || t.StopCode == InfrastructureHealth {
		return
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
	st := &t.work.standing
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

// instanceChanged: an instance has come or gone, drains, or its agent is or is not connected. PENDING tasks on an
// instance that drains stop at once (ECS rules, placement 6.2).
func (s *scheduler) instanceChanged(now time.Duration, i *fleet.Instance) {
	if s.primary == nil {
		return
	}
	if i.Status == fleet.Draining {
		for _, t := range s.sorted(func(t *Task) bool { return t.Instance == i && !t.Leaving && t.Running == Never }) {
			s.stop(now, t, service.StoppedScaling(t.Deployment.ID))
		}
	}
	if s.cfg.Scheduling == service.Daemon && i.Status == fleet.Active && i.Connected {
		s.round(now) // ahead of everybody else
		return
	}
	s.notice(now)
}

// stop is the scheduler's own decision to stop a task.
func (s *scheduler) stop(now time.Duration, t *Task, reason string) {
	if b := s.batch(now); t.Running != Never {
		b.stopped = append(b.stopped, t.String())
	} else {
		b.pending++
	}
	t.leave(now, ServiceSchedulerInitiated, reason)
}

// sorted lists tasks in order of creation.
func (s *scheduler) sorted(is func(*Task) bool) (list []*Task) {
	for _, t := range s.tasks {
		if is(t) {
			list = append(list, t)
		}
	}
	slices.SortFunc(list, func(a, b *Task) int { return cmp.Compare(a.Serial, b.Serial) })
	return list
}

// tell adds a service event, unless it is suppressed, and reports whether it did.
func (s *scheduler) tell(now time.Duration, e service.Event) bool {
	kept := s.log.Add(now, e)
	if kept {
		s.world.observer.ServiceEvent(now, &s.Owner, e)
	}
	return kept
}

// roleEvent is the event of a task that could not be launched for want of a role.
func (s *scheduler) roleEvent(f *iam.Failure) service.Event {
	return service.Event{
		Name: iam.ConfigurationFailure, Level: service.Error, Cause: service.StartImpaired,
		Message: "(service " + s.Name + ") failed to launch a task with (error " + f.Reason + ")",
	}
}
