package model

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"ecssim/model/balance"
	"ecssim/model/fleet"
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

	// cause is the scaling decision because of which the tasks of the next round are wanted; 0 without one.
	cause int64
	// traffic is the load of the service and what comes of it; nil without load and without scaling.
	traffic *traffic

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
	w.openTraffic(s)
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
	if s.cfg.Deployment.Strategy != service.Rolling {
		s.traffic.touch(now) // the shares of the traffic may be others
	}
}

// want creates tasks of a deployment.
func (s *scheduler) want(now time.Duration, d *deployment, n int) {
	for range n {
		s.wantOne(now, d)
	}
}

func (s *scheduler) wantOne(now time.Duration, d *deployment) *Task {
	f, counter := d.assigned.choose(d.rev, s.going(d))
	t := s.world.newTask(&s.owner, d.rev, f, &f.demand)
	t.work.assigned, t.Cause = counter, s.cause
	t.runTime = Never
	t.Deployment = &d.Deployment
	if t.work.standing == nil {
		t.work.standing = new(standing)
	}
	*t.work.standing = standing{deployment: d, seat: len(s.tasks)}
	t.announce()
	s.tasks = append(s.tasks, t)
	s.waiting = append(s.waiting, t)
	s.count(t, inWaiting)
	s.retryAt = now
	return t
}

// String names a task as events do.
func (t *Task) String() string { return fmt.Sprintf("%s/%d", t.Owner.Name, t.Number) }

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
