package model

import (
	"time"

	"ecssim/model/service"
)

// beginShift starts moving traffic from blue to green, once green is healthy (ECS rules, services 2.8).
func (s *scheduler) beginShift(now time.Duration, green, blue *deployment) {
	for blue.Status != PrimaryDeployment && blue.from != nil && blue.Share == 0 {
		blue = blue.from // the one that really serves
	}
	green.shift, green.from, green.Share = &service.Shift{}, blue, 0
	blue.wanted = max(blue.wanted, s.desired)
	green.shift.Begin(now, s.cfg.Deployment)
}

// advanceShift takes the traffic as far as it gets, and reports whether the old tasks may go.
func (s *scheduler) advanceShift(now time.Duration) (cleanUp bool) {
	d := s.primary
	if d.shift == nil || d.shift.Over() {
		return true
	}
	if !d.launches() {
		return false // it has failed, and stays where it is
	}
	stages := d.shift.Advance(now, d.Healthy >= s.desired)
	for _, stage := range stages {
		s.tell(now, service.StageEntered(s.Name, d.ID, stage))
	}
	if share := d.shift.GreenShare(); share != d.Share {
		d.Share = share
		if d.from != nil {
			d.from.Share = 1 - share
		}
		s.world.observer.DeploymentChanged(now, &s.Owner, &d.Deployment)
	}
	if at := d.shift.Next(); at != service.Never && at > now && !d.shift.Over() {
		s.world.engine.At(at, strike(s.due))
	}
	return d.shift.Over()
}

// beside reports whether an older deployment has traffic, or may get it back: then it lives on even if it has lost all of
// its tasks, and gets new ones.
func (s *scheduler) beside(old *deployment) bool {
	d := s.primary
	return d.shift != nil && !d.shift.Over() && d.from == old
}
