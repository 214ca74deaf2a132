package model

import (
	"time"

	"ecssim/model/containers"
	"ecssim/model/service"
)

// healthChanged counts the task, or has it replaced. Within the grace period nobody looks (ECS rules, services 2.10).
func (s *scheduler) healthChanged(now time.Duration, t *Task) {
	if t.Running == Never {
		return
	}
	st := t.work.standing
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
			if st.why = t.ailment(); st.why == service.StoppedContainerHealth {
				s.tell(now, service.UnhealthyContainer(s.Name, t.String()))
			}
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
	st := t.work.standing
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
