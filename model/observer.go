package model

import (
	"iter"
	"time"

	"ecssim/model/balance"
	"ecssim/model/containers"
	"ecssim/model/fleet"
	"ecssim/model/placement"
	"ecssim/model/scaling"
	"ecssim/model/service"
	"ecssim/sim"
)

// Observer is told what happened, as it happens, with the clock at now. It must not change what it is handed, and
// must not keep a *Task after TaskStopped or TaskGivenUp: the world uses it again.
type Observer interface {
	InstanceJoined(now time.Duration, i *fleet.Instance)
	InstanceLost(now time.Duration, i *fleet.Instance)

	// TaskCreated: a service or a caller wants this task.
	TaskCreated(now time.Duration, t *Task)
	// PlacementFailed: one attempt found no place. The refusal is only valid during the call.
	PlacementFailed(now time.Duration, t *Task, r *placement.Refusal)
	// LaunchThrottled: there is room for the task, but Fargate's launch rate makes it wait until then. No attempt has
	// failed: the next that is told of the task is its placement, or a refusal if others took the quota meanwhile.
	LaunchThrottled(now time.Duration, t *Task, until time.Duration)
	// TaskPlaced: resources are reserved from now on.
	TaskPlaced(now time.Duration, t *Task)
	TaskRunning(now time.Duration, t *Task)
	// TaskChanged: t.Status is another one. RUNNING and STOPPED are told by TaskRunning and TaskStopped alone.
	TaskChanged(now time.Duration, t *Task)
	// TaskHealth: t.Health is another one.
	TaskHealth(now time.Duration, t *Task)
	// TaskLeaving: a task that was placed is on its way out. The scheduler's book counts its CPU, memory and GPUs as
	// free from now on; its interface, host ports, address and Fargate vCPUs only when it has stopped.
	TaskLeaving(now time.Duration, t *Task)
	// TaskStopped: everything the task held is free. A task that was placed has been told of by TaskLeaving before.
	TaskStopped(now time.Duration, t *Task)
	// TaskGivenUp: the caller of RunTask stopped trying; the task was never placed.
	TaskGivenUp(now time.Duration, t *Task)

	// InstanceStranded: the instance was launched, costs money and holds its addresses, but never registers.
	InstanceStranded(now time.Duration, i *fleet.Instance, reason string)
	// InstanceChanged: its status or the connection of its agent is another one.
	InstanceChanged(now time.Duration, i *fleet.Instance)

	// ServiceEvent: the service has a new event, not a suppressed one.
	ServiceEvent(now time.Duration, o *Owner, e service.Event)
	// DeploymentChanged: a deployment began, or its status is another one.
	DeploymentChanged(now time.Duration, o *Owner, d *Deployment)
	// TargetChanged: a target of a task is in another state. One that is gone is balance.Unused, and one that could not
	// be registered goes from Unused to Unused, with the reason.
	TargetChanged(now time.Duration, c TargetChange)
	// ImagePulled: a described image is on the task's machine.
	ImagePulled(now time.Duration, t *Task, p Pulled)
	// CallsDenied: the task runs, but AWS denies its calls.
	CallsDenied(now time.Duration, t *Task, reason string)
	// FaultChanged: a fault begins or ends.
	FaultChanged(now time.Duration, f *Fault, on bool)

	// InstanceLaunched: EC2 runs an instance of an Auto Scaling group, or starts one of its warm pool. It costs money from
	// now on, and joins when it has booted. The instances that are there at the start are not told of.
	InstanceLaunched(now time.Duration, i *fleet.Instance)
	// GroupChanged: the desired capacity of a capacity provider's group, or the number of its instances, is another one.
	GroupChanged(now time.Duration, g GroupState)
	// ReservationMeasured is a datapoint of CapacityProviderReservation, at the end of its minute.
	ReservationMeasured(now time.Duration, m Reservation)
	// LoadMeasured is what a service with load did in one minute, at its end.
	LoadMeasured(now time.Duration, o *Owner, m LoadMinute)
	// ScalingDecided: a policy has decided, or something has kept it from it.
	ScalingDecided(now time.Duration, d ScalingDecision)
	// CapacityAwaited: the task begins to wait in PROVISIONING for capacity of its provider. It is no failed attempt.
	CapacityAwaited(now time.Duration, t *Task, r *placement.Refusal)
	// LaunchFailed: an Auto Scaling group could not launch an instance.
	LaunchFailed(now time.Duration, f LaunchFailure)

	// RunEnded is the last call. Live tasks and instances are those that exist at the end.
	RunEnded(now time.Duration, e Ending)
}

// Ending is how a replication ended.
type Ending struct {
	Outcome sim.Outcome
	// Events counts the events that fired.
	Events uint64
	// Runaway names the job or service that made the run hit a limit; empty if it hit none.
	Runaway string
	// Tasks yields every task that waits, starts or runs, in no particular but always the same order.
	Tasks iter.Seq[*Task]
	// Instances yields the instances that are there, cluster by cluster in order of registration.
	Instances iter.Seq[*fleet.Instance]
	// Stranded yields the instances that run and have never registered: those whose agents could not, and those that boot.
	Stranded iter.Seq[*fleet.Instance]
}

// Task is one task from the wish to its end.
type Task struct {
	work work
	// Owner is the service or job.
	Owner  *Owner
	Demand *placement.Demand
	// Placing is that of the task's revision; Deployment is nil for a job.
	Placing    *Placing
	Deployment *Deployment

	// Status is lastStatus. Leaving: the desired status is STOPPED.
	Status  Status
	Leaving bool
	// Health is that of its container health checks and targets together: HEALTHY if all say so.
	Health containers.Health

	// Instance is where it runs; nil before placement and on Fargate.
	Instance *fleet.Instance
	// Subnet is the index of the subnet that gave the address; -1 without an address of its own.
	Subnet int
	// DynamicPorts are the host ports that the agent picked.
	DynamicPorts []int
	// Number counts the owner's tasks from 1, Serial all tasks of the run from 0.
	Number, Serial int64

	// ExitCode is that of the essential container that ended; 0 if none did.
	ExitCode int

	// Instants of its life; Never where it has not happened. Stopping is when the task began to leave.
	Created, Placed, PullStarted, PullStopped, Running, Stopping, Stopped time.Duration

	// Provider is the index of its capacity provider; -1 without one.
	Provider int
	// Cause is the ID of the scaling decision because of which it is there; 0 if none is.
	Cause int64

	// Attempts counts placement attempts, the successful one included.
	Attempts   int
	LastReason placement.Reason
	StopCode   StopCode
	// StoppedReason is ECS's sentence; empty for a task that did not stop.
	StoppedReason string

	runTime time.Duration
}

// Never marks an instant that has not happened.
const Never time.Duration = -1

// StopCode is ECS's stopCode.
type StopCode uint8

// Stop codes, see the API reference, TaskStopCode. HostLost has no stop code of its own in ECS: the field stays
// empty and the reason says that the host was terminated.
const (
	NotStopped StopCode = iota
	TaskFailedToStart
	EssentialContainerExited
	UserInitiated
	ServiceSchedulerInitiated
	HostLost
	SpotInterrupted
	TerminationNotice
	InfrastructureHealth
	numStopCodes
)

// NumStopCodes is the number of stop codes, for tables indexed by StopCode.
const NumStopCodes = int(numStopCodes)

func (c StopCode) String() string {
	return [numStopCodes]string{
		NotStopped: "", TaskFailedToStart: "TaskFailedToStart", EssentialContainerExited: "EssentialContainerExited",
		UserInitiated: "UserInitiated", ServiceSchedulerInitiated: "ServiceSchedulerInitiated", HostLost: "",
		SpotInterrupted: "SpotInterruption", TerminationNotice: "TerminationNotice",
		InfrastructureHealth: "InfrastructureHealth",
	}[c]
}

// Owner is the service or job that tasks belong to, as observers see it.
type Owner struct {
	Name string
	// Service tells services from jobs.
	Service bool
	// Index is the place in Config.Services or Config.Jobs.
	Index   int
	Placing *Placing
	// Desired is the desired count of a service.
	Desired int
}

// Status is the lastStatus of a task.
type Status uint8

// The states of a task. A task that has no place yet is PROVISIONING.
const (
	Provisioning Status = iota
	Pending
	Activating
	Running
	Deactivating
	Stopping
	Deprovisioning
	Stopped
	NumStatuses
)

// String spells the status as ECS does.
func (s Status) String() string {
	return [NumStatuses]string{
		"PROVISIONING", "PENDING", "ACTIVATING", "RUNNING", "DEACTIVATING", "STOPPING", "DEPROVISIONING", "STOPPED",
	}[s]
}

// Deployment is one deployment of a service, as observers see it.
type Deployment struct {
	// ID is that of ECS: ecs-svc/…; Number counts the service's deployments from 1, and so does Revision its revisions.
	ID               string
	Number, Revision int
	Status           DeploymentStatus
	Rollout          RolloutState
	// Reason says why a rollout failed, or that it is a rollback.
	Reason string
	// Created is when it began, Ended when it was COMPLETED or FAILED; Never before. A rollback begins it anew.
	Created, Ended time.Duration
	// Waiting, Starting, Running, Healthy and Leaving count its tasks: not placed; placed and not RUNNING; RUNNING; of
	// those, the ones that count towards minimumHealthyPercent; on their way out. Failed counts failedTasks.
	Waiting, Starting, Running, Healthy, Leaving, Failed int
	// Share is the share of the production traffic; 1 except in blue/green, linear and canary deployments.
	Share float64
}

// DeploymentStatus is the status of a deployment.
type DeploymentStatus uint8

// PRIMARY is the newest, ACTIVE those that still have tasks.
const (
	PrimaryDeployment DeploymentStatus = iota
	ActiveDeployment
	InactiveDeployment
)

// String spells the status as ECS does.
func (s DeploymentStatus) String() string { return [...]string{"PRIMARY", "ACTIVE", "INACTIVE"}[s] }

// RolloutState is rolloutState.
type RolloutState uint8

// The states of a rollout.
const (
	RolloutInProgress RolloutState = iota
	RolloutCompleted
	RolloutFailed
)

// String spells the state as ECS does.
func (s RolloutState) String() string {
	return [...]string{"IN_PROGRESS", "COMPLETED", "FAILED"}[s]
}

// TargetChange is a target in a new state.
type TargetChange struct {
	Group    int // index into Config.TargetGroups
	Owner    *Owner
	Task     *Task // nil once it has left
	Number   int64 // the task's
	From, To balance.State
	Reason   balance.Reason
}

// Pulled is a pull that is done.
type Pulled struct {
	Image int // index into Config.Images
	Bytes int64
	Took  time.Duration
}

// ScalingDecision is a decision of service auto scaling, or of managed scaling, carried out or blocked.
type ScalingDecision struct {
	scaling.Decision
	// ID numbers the decisions of a run from 1.
	ID int64
	// Owner is the service; nil for a capacity provider, whose index Provider is.
	Owner    *Owner
	Provider int
	// Running is the number the formula begins with: RUNNING tasks, or instances.
	Running int
	// Load is the rate of the demand at that moment, in units a second; negative without.
	Load float64
}

// GroupState is where an Auto Scaling group stands.
type GroupState struct {
	Provider int
	// Desired, Min and Max are its capacity.
	Desired, Min, Max int
	// Booting have been launched and have not registered; InService are registered; Leaving of those are on their way out;
	// Pooled wait in the warm pool.
	Booting, InService, Leaving, Pooled int
}

// Reservation is one datapoint of CapacityProviderReservation.
type Reservation struct {
	Provider int
	// Needed is M, Running is N.
	Needed, Running int
	Value           float64
	// Provisioning counts the tasks that wait in PROVISIONING; Incompatible those of them that no type of the group holds.
	Provisioning, Incompatible int
}

// LoadMinute is what a service with load did in one minute. Means are weighted by time.
type LoadMinute struct {
	// From is when it began; it ends now, and the last of a run may be shorter.
	From time.Duration
	// Offered, Served and Dropped are rates in units a second; Backlog is what waits at the end, in units.
	Offered, Served, Dropped, Backlog float64
	// Latency is the estimate in seconds, weighted by what was served; negative if nothing was. Worst is its peak.
	Latency, Worst float64
	// CPU and Memory are utilizations in percent, Requests is ALBRequestCountPerTarget; negative without a RUNNING task.
	CPU, Memory, Requests float64
	// Serving is the mean number of tasks that served, Needed how many would hold the targets of the policies under what
	// was offered; negative without such a policy.
	Serving, Needed float64
	// UsedCPU and UsedMemory are what was in use, in CPU units and MiB.
	UsedCPU, UsedMemory float64
}

// LaunchFailure is a launch that EC2 refused.
type LaunchFailure struct {
	Provider   int
	Type, Zone string
	Spot       bool
	Message    string
	Until      time.Duration // when the group tries there again
}
