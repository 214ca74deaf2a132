package model

import (
	"time"

	"ecssim/model/fleet"
	"ecssim/model/placement"
	"ecssim/model/service"
)

// Unheard is an Observer that hears nothing. Observers embed it that care for a part of what happens.
type Unheard struct{}

var _ Observer = Unheard{}

//revive:disable:exported // the methods of Observer, all without effect

func (Unheard) InstanceJoined(time.Duration, *fleet.Instance)            {}
func (Unheard) InstanceLost(time.Duration, *fleet.Instance)              {}
func (Unheard) InstanceStranded(time.Duration, *fleet.Instance, string)  {}
func (Unheard) InstanceChanged(time.Duration, *fleet.Instance)           {}
func (Unheard) TaskCreated(time.Duration, *Task)                         {}
func (Unheard) PlacementFailed(time.Duration, *Task, *placement.Refusal) {}
func (Unheard) LaunchThrottled(time.Duration, *Task, time.Duration)      {}
func (Unheard) TaskPlaced(time.Duration, *Task)                          {}
func (Unheard) TaskRunning(time.Duration, *Task)                         {}
func (Unheard) TaskChanged(time.Duration, *Task)                         {}
func (Unheard) TaskHealth(time.Duration, *Task)                          {}
func (Unheard) TaskLeaving(time.Duration, *Task)                         {}
func (Unheard) TaskStopped(time.Duration, *Task)                         {}
func (Unheard) TaskGivenUp(time.Duration, *Task)                         {}
func (Unheard) ServiceEvent(time.Duration, *Owner, service.Event)        {}
func (Unheard) DeploymentChanged(time.Duration, *Owner, *Deployment)     {}
func (Unheard) TargetChanged(time.Duration, TargetChange)                {}
func (Unheard) ImagePulled(time.Duration, *Task, Pulled)                 {}
func (Unheard) CallsDenied(time.Duration, *Task, string)                 {}
func (Unheard) FaultChanged(time.Duration, *Fault, bool)                 {}
func (Unheard) RunEnded(time.Duration, Ending)                           {}

// InstanceLaunched and the rest are about capacity that follows load.
func (Unheard) InstanceLaunched(time.Duration, *fleet.Instance)          {}
func (Unheard) GroupChanged(time.Duration, GroupState)                   {}
func (Unheard) ReservationMeasured(time.Duration, Reservation)           {}
func (Unheard) LoadMeasured(time.Duration, *Owner, LoadMinute)           {}
func (Unheard) ScalingDecided(time.Duration, ScalingDecision)            {}
func (Unheard) CapacityAwaited(time.Duration, *Task, *placement.Refusal) {}
func (Unheard) LaunchFailed(time.Duration, LaunchFailure)                {}
