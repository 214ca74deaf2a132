package model

import (
	"slices"
	"time"

	"ecssim/model/fleet"
	"ecssim/model/service"
)

// bounds of the tasks of the service. Blue/green has both revisions in full (ECS rules, services 2.8).
func (s *scheduler) bounds() (lower, upper int) {
	cfg := &s.cfg.Deployment
	if cfg.Strategy != service.Rolling {
		return s.desired, max(2*s.desired, s.desired+1)
	}
	if cfg.MaximumPercent == 0 { // nobody said anything
		return service.Bounds(s.desired, 100, 200)
	}
	return service.Bounds(s.desired, cfg.MinimumHealthyPercent, cfg.MaximumPercent)
}

// total is everything that holds a place against the upper bound.
func (s *scheduler) total() int { return len(s.tasks) }

// replaceSick stops tasks that failed their health checks. Where the upper bound leaves room the replacement starts in
// the same round; otherwise they are stopped one at a time, at the cadence of the scheduler, and replaced as they are
// gone (ECS rules, services 2.5, R-2.12, R-5.3).
func (s *scheduler) replaceSick(now time.Duration) {
	if s.sick == 0 {
		return
	}
	_, upper := s.bounds()
	room := upper - s.total()
	if room <= 0 {
		if now < s.nextSick {
			s.due(s.nextSick)
			return
		}
		room = 1
		s.nextSick = now + cycle
	}
	for _, t := range s.sorted(func(t *Task) bool { return t.work.standing.sick && !t.Leaving }) {
		if room <= 0 {
			s.due(max(now, s.nextSick))
			return
		}
		room--
		d := t.work.standing.deployment
		s.stop(now, t, t.work.standing.why)
		d.breaker.Replaced()
		if d == s.primary {
			d.Failed++
		}
		s.checkBreaker(now, d)
	}
	s.log.Resolve(service.Unhealthy)
}

// cycle is how often the scheduler stops an unhealthy task where the bounds leave no room. How long its cycles are is
// not published (ECS rules, services 2.2).
const cycle = 10 * time.Second

// cohort is a set of tasks that are treated alike in a step: an older deployment, or what is on hosts that go.
type cohort struct {
	counts     service.Counts
	deployment *deployment // nil for tasks on hosts that go
	is         func(*Task) bool
}

// step moves the service towards its desired count, and its tasks to the newest deployment and off the hosts that go.
func (s *scheduler) step(now time.Duration) {
	lower, upper := s.bounds()
	cleanUp := s.advanceShift(now)
	s.giveUpOn(now)
	newest, old := s.cohorts(now, cleanUp)
	counts := make([]service.Counts, len(old))
	for i := range old {
		counts[i] = old[i].counts
	}
	desired := s.desired + s.move.extra()
	m := service.Step(desired, lower, upper, newest, counts, s.primary.launches())
	if !cleanUp {
		m = service.Beside(desired, upper, newest, counts, s.primary.launches())
	}
	for i := range old {
		g := &old[i]
		s.stopSome(now, g, m.StopUnhealthy[i], false)
		s.stopSome(now, g, m.StopHealthy[i], true)
		if g.deployment != nil {
			s.want(now, g.deployment, m.Restart[i])
		}
	}
	s.want(now, s.primary, m.Start)
	if surplus := newest.Live - desired; surplus > 0 && s.move.task == nil {
		s.scaleIn(now, min(surplus, s.spare(now, lower)))
	}
	s.cause = 0
	if cleanUp {
		s.tellHeld(now, m)
	}
}

// tellHeld says what keeps a deployment from moving on.
func (s *scheduler) tellHeld(now time.Duration, m service.Move) {
	switch {
	case m.Stuck:
		s.keepTelling(now, service.Stuck(s.Name))
	case m.Blocked:
		s.keepTelling(now, service.Protected(s.Name, s.primary.ID))
	}
	if n := s.desired - s.primary.live(); !s.primary.launches() && n > 0 {
		s.tell(now, service.NotLaunched(s.Name, n, s.primary.ID))
	}
}

// superseded: another deployment began before this one was COMPLETED, and launches tasks. Its own are not replaced.
func (s *scheduler) superseded(d *deployment) bool {
	return d != s.primary && d.Rollout == RolloutInProgress && s.primary.launches() && !s.beside(d)
}

// giveUpOn ends what superseded deployments still try: tasks of theirs that wait, for room or because of the throttle,
// make way, or a revision that cannot start would go ahead of the one that mends it. Nothing of this is published.
func (s *scheduler) giveUpOn(now time.Duration) {
	for _, t := range slices.Clone(s.waiting) {
		if s.superseded(t.work.standing.deployment) {
			s.stop(now, t, service.StoppedScaling(s.primary.ID))
		}
	}
	for _, d := range s.deployments {
		if s.superseded(d) {
			d.wanted = min(d.wanted, d.live())
		}
	}
}

// keepTelling tells something that nothing may change any more, and looks again when it may be repeated.
func (s *scheduler) keepTelling(now time.Duration, e service.Event) {
	if s.tell(now, e) {
		s.world.engine.At(after(now, service.RepeatsAfter), strike(s.due))
	}
}

// cohorts counts the tasks of the newest deployment, and those that are to go: of older ones, and on hosts that go.
func (s *scheduler) cohorts(now time.Duration, cleanUp bool) (newest service.Counts, old []cohort) {
	moving := s.hostsGo()
	for _, d := range s.deployments {
		if d != s.primary && d.live()+d.Leaving == 0 && d.wanted == 0 {
			continue
		}
		c := service.Counts{Want: d.wanted, Live: d.live(), Healthy: d.Healthy, Leaving: d.Leaving}
		if moving || s.cfg.Protection != nil {
			staying := s.tally(now, func(t *Task) bool { return t.work.standing.deployment == d && !t.onItsWay() })
			c.Want -= c.Live - staying.Live
			c.Live, c.Healthy, c.Protected = staying.Live, staying.Healthy, staying.Protected
		}
		if d == s.primary {
			newest = c
			continue
		}
		switch {
		case cleanUp:
		case d == s.primary.from: // blue keeps what it has while it serves, or may have to again
			c.Want += s.desired - d.wanted
		default: // a green that never got the traffic makes way at once
			c.Want = 0
		}
		old = append(old, cohort{c, d, func(t *Task) bool { return t.work.standing.deployment == d && !t.onItsWay() }})
	}
	if moving {
		going := cohort{is: (*Task).onItsWay}
		going.counts = s.tally(now, going.is)
		if going.counts.Want = going.counts.Live; going.counts.Live > 0 {
			old = append(old, going)
		}
	}
	return newest, old
}

// tally counts tasks with desired status RUNNING.
func (s *scheduler) tally(now time.Duration, is func(*Task) bool) (c service.Counts) {
	for _, t := range s.tasks {
		if t.Leaving || !is(t) {
			continue
		}
		c.Live++
		if t.work.standing.healthy {
			c.Healthy++
		}
		c.Protected += s.protects(now, t)
	}
	return c
}

// hostsGo reports whether some host of the service's tasks drains or is retired.
func (s *scheduler) hostsGo() bool { return s.cluster.draining > 0 || s.world.retired > 0 }

// onItsWay: the host of the task drains, or is retired.
func (t *Task) onItsWay() bool {
	return t.work.standing.retired || t.Instance != nil && t.Instance.Status == fleet.Draining
}

// protects is 1 for a task that is protected against scale-in.
func (s *scheduler) protects(now time.Duration, t *Task) int {
	if t.work.standing.protectedUntil > now {
		return 1
	}
	return 0
}

// stopSome stops n tasks of a cohort, of those that count or of those that do not. On hosts that go, tasks of older
// deployments go first: they would have to go in any case.
func (s *scheduler) stopSome(now time.Duration, g *cohort, n int, healthy bool) {
	if n <= 0 {
		return
	}
	is := func(t *Task) bool { return g.is(t) && t.work.standing.healthy == healthy }
	reason := service.StoppedScaling(s.primary.ID)
	if g.deployment == nil {
		n -= len(s.stopChosen(now, n, func(t *Task) bool { return is(t) && t.work.standing.deployment != s.primary }, reason))
	}
	s.stopChosen(now, n, is, reason)
}

// healthy is how many tasks count towards the lower bound.
func (s *scheduler) healthy() (n int) {
	for _, d := range s.deployments {
		n += d.Healthy
	}
	return n
}

// spare is how many tasks of the newest deployment may go without breaking the lower bound, in the same round in which
// older ones have gone: those that do not count and are not protected, and what counts above the bound.
func (s *scheduler) spare(now time.Duration, lower int) int {
	n := max(0, s.healthy()-lower)
	for _, t := range s.tasks {
		st := t.work.standing
		if st.deployment == s.primary && !t.Leaving && !t.onItsWay() && !st.healthy && s.protects(now, t) == 0 {
			n++
		}
	}
	return n
}

// scaleIn stops tasks of the newest deployment that are too many.
func (s *scheduler) scaleIn(now time.Duration, n int) {
	d := s.primary
	stopped := s.stopChosen(now, n, func(t *Task) bool { return t.work.standing.deployment == d && !t.onItsWay() },
		service.StoppedScaling(d.ID))
	if len(stopped) < n {
		s.tell(now, service.Protected(s.Name, d.ID))
	}
}

// stopChosen stops n tasks out of some, by the rules of scale-in, and returns their names. Those of older deployments
// make way for good.
func (s *scheduler) stopChosen(now time.Duration, n int, is func(*Task) bool, reason string) (names []string) {
	if len(s.cfg.Providers) > 1 {
		for range n {
			one := s.stopOf(now, 1, s.ofSurplus(now, is), reason)
			if len(one) == 0 {
				break
			}
			names = append(names, one...)
		}
		return names
	}
	return s.stopOf(now, n, is, reason)
}

// ofSurplus narrows a choice to the capacity provider that has most beyond its share, unless some of the tasks do not run
// or are not healthy: those go first, wherever they are.
func (s *scheduler) ofSurplus(now time.Duration, is func(*Task) bool) func(*Task) bool {
	counts, mayGo := make([]int, len(s.primary.rev.offers)), make([]int, len(s.primary.rev.offers))
	index := func(t *Task) int {
		return slices.IndexFunc(s.primary.rev.offers, func(f *offer) bool { return f.provider == t.Provider })
	}
	for _, t := range s.tasks {
		k := index(t)
		if t.Leaving || k < 0 {
			continue
		}
		counts[k]++
		if is(t) && s.protects(now, t) == 0 {
			if t.Running == Never || !t.work.standing.healthy {
				return is
			}
			mayGo[k]++
		}
	}
	k := s.primary.rev.surplus(counts, mayGo)
	if k < 0 {
		return is
	}
	return func(t *Task) bool { return is(t) && index(t) == k }
}

// stopOf stops n tasks out of some, whatever their capacity provider.
func (s *scheduler) stopOf(now time.Duration, n int, is func(*Task) bool, reason string) (names []string) {
	tasks := s.sorted(func(t *Task) bool { return !t.Leaving && is(t) })
	candidates := make([]service.Candidate, len(tasks))
	for k, t := range tasks {
		candidates[k] = s.candidate(now, t)
	}
	strategy := s.cfg.Strategy
	if s.cfg.Launch == Fargate {
		strategy = nil
	}
	chosen := service.ChooseToStop(n, candidates, strategy, s.draw.IntN)
	for _, k := range chosen {
		if d := tasks[k].work.standing.deployment; d != s.primary {
			d.wanted = max(0, d.wanted-1)
		}
		names = append(names, tasks[k].String())
		s.stop(now, tasks[k], reason)
	}
	return names
}

func (s *scheduler) candidate(now time.Duration, t *Task) service.Candidate {
	c := service.Candidate{
		ID: t.Number, Zone: t.Zone(s.world.cfg), Instance: -1, Running: t.Running != Never, Healthy: t.work.standing.healthy,
		Protected: s.protects(now, t) > 0, Created: t.Created, CPU: t.Demand.Needs.CPU, Memory: t.Demand.Needs.Memory,
	}
	if i := t.Instance; i != nil {
		c.Instance, c.FreeCPU, c.FreeMemory = i.Slot, i.Free.CPU, i.Free.Memory
		c.Attribute = func(name string) string { return i.Attributes[name] }
	}
	return c
}
