package model

import (
	"time"

	"ecssim/model/service"
)

// deployment is a deployment with what its scheduler knows of it.
type deployment struct {
	Deployment
	rev *revision
	// wanted is its desired count while it is not the newest: it sinks with every task that makes way.
	wanted  int
	breaker service.Breaker
	// assigned counts its tasks by offer.
	assigned assignments
	// shift moves the traffic of a BLUE_GREEN, LINEAR or CANARY deployment; nil in a rolling update. from is the
	// deployment that it takes the traffic from.
	shift *service.Shift
	from  *deployment
	// deaf: an alarm was on when it began, so alarms are ignored (ECS rules, services 2.7). bakes: its tasks are
	// replaced, and the alarms are watched until then; Never before.
	deaf  bool
	bakes time.Duration
	rest  int // makes the counters add up
}

// live is how many of its tasks have desired status RUNNING.
func (d *deployment) live() int { return d.Waiting + d.Starting + d.Running }

// launches reports whether new tasks of the deployment may start.
func (d *deployment) launches() bool { return d.Rollout != RolloutFailed }

// rolloutEvent is a call of UpdateService.
type rolloutEvent struct {
	scheduler *scheduler
	rollout   *Rollout
}

// Fire updates the service. A new desired count alone is no deployment (ECS rules, services 2.5).
func (e *rolloutEvent) Fire(now time.Duration) {
	s, r := e.scheduler, e.rollout
	if s.primary == nil {
		s.round(now)
	}
	if r.DesiredCount >= 0 && s.cfg.Scheduling == service.Replica {
		s.resize(r.DesiredCount)
	}
	switch {
	case r.Placing != nil:
		s.current = s.world.revise(&s.owner, r.Placing)
		s.Owner.Placing = r.Placing
		s.throttle.Reset() // at once, whatever happened before (ECS rules, services 2.4)
		s.log.Resolve(service.StartImpaired)
		s.deploy(now, s.current)
	case r.Force:
		s.deploy(now, s.current)
	}
	s.due(now)
}

// resize sets the desired count.
func (s *scheduler) resize(n int) {
	s.desired, s.Owner.Desired = n, n
	s.log.Resolve(service.Steady)
	if s.primary != nil {
		s.shrinkOld()
	}
}

// shrinkOld lets older deployments keep no more than is desired, where they serve because the newest has failed.
func (s *scheduler) shrinkOld() {
	if s.primary.launches() {
		return
	}
	left := s.desired - s.primary.live()
	for n := len(s.deployments) - 1; n >= 0; n-- {
		if d := s.deployments[n]; d != s.primary {
			d.wanted = max(0, min(d.wanted, left))
			left -= d.wanted
		}
	}
}

// deploy begins a new deployment.
func (s *scheduler) deploy(now time.Duration, r *revision) {
	s.stopMove(now)
	d := &deployment{rev: r, bakes: Never, breaker: service.NewBreaker(s.cfg.Deployment.Breaker)}
	n := len(s.deployments) + 1
	d.Deployment = Deployment{
		ID: service.DeploymentID(s.Owner.Index, n), Number: n, Revision: r.number, Created: now, Ended: Never, Share: 1,
	}
	d.deaf = s.alarmed(now)
	old := s.primary
	s.deployments = append(s.deployments, d)
	s.primary = d
	if old != nil {
		s.supersede(now, old)
		if s.cfg.Deployment.Strategy != service.Rolling {
			s.beginShift(now, d, old)
		}
	}
	s.log.Resolve(service.DeploymentHeld)
	s.log.Resolve(service.Steady)
	s.world.observer.DeploymentChanged(now, &s.Owner, &d.Deployment)
	s.tell(now, service.DeploymentStarted(d.ID))
}

// supersede makes a deployment an older one: it is to keep what it has until that makes way.
func (s *scheduler) supersede(now time.Duration, old *deployment) {
	if s.cfg.Deployment.Strategy != service.Rolling && old.shift != nil && !old.shift.Over() {
		old.shift.Rollback(now) // it never got all of the traffic; what it took it from has it back
		old.Share = 0
		if old.from != nil {
			old.from.Share = 1
		}
	}
	old.Status = ActiveDeployment
	old.wanted = old.live()
	if old.Rollout == RolloutFailed {
		old.wanted = 0
	}
	s.world.observer.DeploymentChanged(now, &s.Owner, &old.Deployment)
}

// checkBreaker ends a deployment whose tasks fail too often.
func (s *scheduler) checkBreaker(now time.Duration, d *deployment) {
	if d == s.primary && d.Rollout == RolloutInProgress && d.breaker.Tripped(s.desired) {
		s.fail(now, d, service.TasksFailedToStart)
	}
}

// watchAlarms is called when an alarm goes on.
func (s *scheduler) watchAlarms(now time.Duration) {
	if d := s.primary; d != nil && d.Rollout == RolloutInProgress && !d.deaf && s.alarmed(now) {
		s.fail(now, d, service.AlarmDetected)
	}
}

// alarmed reports whether one of the deployment alarms is on.
func (s *scheduler) alarmed(now time.Duration) bool {
	cfg := &s.cfg.Deployment.Alarms
	if !cfg.Enable {
		return false
	}
	for _, a := range cfg.Alarms {
		for _, stretch := range s.world.cfg.Alarms[a].InAlarm {
			if now >= stretch.From && (stretch.To < 0 || now < stretch.To) {
				return true
			}
		}
	}
	return false
}

// fail ends a deployment, and goes back to the last that was completed if the service is set up for that. Without one
// it stalls: nothing more is launched (ECS rules, services 2.6, 2.7).
func (s *scheduler) fail(now time.Duration, d *deployment, why service.Failure) {
	d.Rollout, d.Ended = RolloutFailed, now
	d.Reason = why.String()
	s.tell(now, service.DeploymentFailed(s.Name, d.ID, why))
	s.world.observer.DeploymentChanged(now, &s.Owner, &d.Deployment)
	s.notice(now)
	rollback := s.cfg.Deployment.Breaker.Rollback
	if why == service.AlarmDetected {
		rollback = s.cfg.Deployment.Alarms.Rollback
	}
	if !rollback {
		return
	}
	completed := make([]bool, 0, len(s.deployments))
	candidates := make([]*deployment, 0, len(s.deployments))
	for _, x := range s.deployments {
		if x != d {
			completed = append(completed, x.Rollout == RolloutCompleted)
			candidates = append(candidates, x)
		}
	}
	if k, ok := service.RollbackTarget(append(completed, false)); ok {
		s.rollBack(now, d, candidates[k])
	}
}

// rollBack begins a completed deployment anew.
func (s *scheduler) rollBack(now time.Duration, failed, to *deployment) {
	s.primary = to
	s.supersede(now, failed)
	to.Status, to.Rollout, to.Created, to.Ended = PrimaryDeployment, RolloutInProgress, now, Never
	to.Reason = "rolled back from deployment " + failed.ID
	to.breaker, to.bakes = service.NewBreaker(s.cfg.Deployment.Breaker), Never
	to.shift, to.deaf = nil, true // what made the other one fail shall not stop the way back
	if s.cfg.Deployment.Strategy != service.Rolling {
		for _, x := range s.deployments {
			x.Share = 0 // also one that had all of the traffic, and was not COMPLETED yet
		}
	}
	to.Share, failed.Share = 1, 0
	s.current = to.rev
	s.Owner.Placing = to.rev.placing
	s.throttle.Reset()
	s.log.Resolve(service.StartImpaired)
	s.tell(now, service.RollingBack(s.Name, to.ID))
	s.world.observer.DeploymentChanged(now, &s.Owner, &to.Deployment)
}

// settle completes the deployment when nothing is left to do, and says so when the service is steady.
func (s *scheduler) settle(now time.Duration) {
	d := s.primary
	if d.Rollout == RolloutInProgress && s.replaced(d) && s.baked(now, d) {
		d.Rollout, d.Ended = RolloutCompleted, now
		s.log.Resolve(service.DeploymentHeld)
		s.tell(now, service.DeploymentCompleted(s.Name, d.ID))
		s.world.observer.DeploymentChanged(now, &s.Owner, &d.Deployment)
	}
	for _, old := range s.deployments {
		if old.Status == ActiveDeployment && old.live()+old.Leaving == 0 && !s.beside(old) {
			old.Status, old.wanted = InactiveDeployment, 0
			s.world.observer.DeploymentChanged(now, &s.Owner, &old.Deployment)
		}
	}
	if s.steady() {
		if s.tell(now, service.SteadyState(s.Name)) {
			s.steadyTold = now
		}
		if s.world.cfg.Duration > 0 { // a run without an end must not be kept going by this
			s.due(after(s.steadyTold, service.RepeatsAfter))
		}
	}
}

// replaced reports whether all tasks of the service are healthy ones of this deployment.
func (s *scheduler) replaced(d *deployment) bool {
	if d.shift != nil && !d.shift.Over() || d.Healthy < s.desired || d.live() != s.desired {
		return false
	}
	for _, old := range s.deployments {
		if old != d && old.live()+old.Leaving > 0 {
			return false
		}
	}
	return true
}

// baked waits for the bake time of the alarms.
func (s *scheduler) baked(now time.Duration, d *deployment) bool {
	cfg := &s.cfg.Deployment.Alarms
	if !cfg.Enable || d.deaf || cfg.BakeTime == 0 || len(s.deployments) == 1 || d.shift != nil { // a shift bakes itself
		return true
	}
	if d.bakes == Never {
		d.bakes = after(now, cfg.BakeTime)
		s.world.engine.At(d.bakes, strike(s.due))
	}
	return now >= d.bakes
}

// steady: one deployment, completed, with all its tasks healthy and nothing on its way.
func (s *scheduler) steady() bool {
	d := s.primary
	return d.Rollout == RolloutCompleted && s.replaced(d) && d.Running == s.desired && d.Leaving == 0 && s.sick == 0
}
