package report

import (
	"time"

	"ecssim/model"
	"ecssim/model/fleet"
	"ecssim/model/placement"
)

// InstanceLaunched implements model.Observer.
func (r *Recorder) InstanceLaunched(now time.Duration, _ *fleet.Instance) { r.tick(now) }

// GroupChanged implements model.Observer.
func (r *Recorder) GroupChanged(now time.Duration, _ model.GroupState) { r.tick(now) }

// ReservationMeasured implements model.Observer.
func (r *Recorder) ReservationMeasured(now time.Duration, _ model.Reservation) { r.tick(now) }

// LoadMeasured implements model.Observer.
func (r *Recorder) LoadMeasured(now time.Duration, _ *model.Owner, _ model.LoadMinute) { r.tick(now) }

// ScalingDecided implements model.Observer.
func (r *Recorder) ScalingDecided(now time.Duration, _ model.ScalingDecision) { r.tick(now) }

// CapacityAwaited implements model.Observer.
func (r *Recorder) CapacityAwaited(now time.Duration, _ *model.Task, _ *placement.Refusal) {
	r.tick(now)
}

// LaunchFailed implements model.Observer.
func (r *Recorder) LaunchFailed(now time.Duration, _ model.LaunchFailure) { r.tick(now) }
