package model

import (
	"slices"
	"time"

	"ecssim/model/fleet"
	"ecssim/model/placement"
	"ecssim/model/service"
)

// seatDaemons is the round of a service with the strategy DAEMON: one task on every ACTIVE instance that matches, and
// an older one makes way within the lower bound before the newer starts in its place (ECS rules, placement 2.7).
func (s *scheduler) seatDaemons(now time.Duration) {
	instances := s.cluster.index.Instances()
	seats := make([]service.Seat, len(instances))
	on := map[*fleet.Instance]*Task{}
	busy := map[*fleet.Instance]bool{} // its task is on its way out
	for _, t := range s.tasks {
		i := t.Instance
		if i == nil {
			i = t.work.standing.pinned
		}
		if t.Leaving {
			busy[i] = true
		} else {
			on[i] = t
		}
	}
	for k, i := range instances {
		seats[k] = service.Seat{
			Matching: s.matches(i), Active: i.Status == fleet.Active && i.Connected, HasTask: on[i] != nil || busy[i],
			Occupied: s.world.replicasOn(i),
		}
		if on[i] != nil && i.Status == fleet.Active {
			seats[k].Active = true // a lost connection is no reason to stop a task
		}
	}
	desired, start, stop := service.Daemons(seats)
	if s.desired != desired {
		s.desired, s.Owner.Desired = desired, desired
		s.log.Resolve(service.Steady)
	}
	for _, k := range stop {
		if t := on[instances[k]]; t != nil {
			s.stop(now, t, service.StoppedScaling(s.primary.ID))
		}
	}
	for _, t := range s.waitingNowhere(instances) {
		s.stop(now, t, service.StoppedScaling(s.primary.ID))
	}
	for _, k := range start {
		if s.primary.launches() {
			t := s.wantOne(now, s.primary)
			t.work.standing.pinned = instances[k]
		}
	}
	s.replaceDaemons(now)
}

// waitingNowhere are tasks that wait for an instance that is gone.
func (s *scheduler) waitingNowhere(instances []*fleet.Instance) (list []*Task) {
	for _, t := range s.waiting {
		if !slices.Contains(instances, t.work.standing.pinned) {
			list = append(list, t)
		}
	}
	return list
}

// replaceDaemons stops older tasks and unhealthy ones, as many as the lower bound allows.
func (s *scheduler) replaceDaemons(now time.Duration) {
	lower, _ := service.Bounds(s.desired, s.cfg.Deployment.MinimumHealthyPercent, 100)
	healthy := s.healthy()
	old := s.sorted(func(t *Task) bool {
		st := t.work.standing
		return !t.Leaving && (st.sick || st.deployment != s.primary && s.primary.launches())
	})
	moved := false
	for _, t := range old {
		st := t.work.standing
		if st.healthy && healthy <= lower {
			continue
		}
		reason := service.StoppedScaling(s.primary.ID)
		if st.healthy {
			healthy--
		}
		if st.sick {
			reason = st.why
			st.deployment.breaker.Replaced()
			defer s.checkBreaker(now, st.deployment)
		}
		s.stop(now, t, reason)
		moved = true
	}
	if len(old) > 0 && !moved && s.primary.Leaving == 0 && s.primary.live() == s.primary.Healthy {
		s.tell(now, service.Stuck(s.Name))
	}
}

// matches reports whether a daemon's task belongs on an instance, whether or not there is room.
func (s *scheduler) matches(i *fleet.Instance) bool {
	switch s.primary.rev.offers[0].demand.Admits(i) { //nolint:exhaustive // the other reasons pass
	case placement.MemberOf, placement.Attribute, placement.Location, placement.OtherProvider:
		return false
	}
	return true
}

// replicasOn reports whether tasks of replica services are on an instance.
func (w *World) replicasOn(i *fleet.Instance) bool {
	if i.Status != fleet.Draining {
		return false // only then somebody asks
	}
	for _, s := range w.services {
		if s.cfg.Scheduling != service.Replica {
			continue
		}
		for _, t := range s.tasks {
			if t.Instance == i {
				return true
			}
		}
	}
	return false
}
