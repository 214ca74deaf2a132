package model

import (
	"iter"
	"time"

	"ecssim/model/fleet"
	"ecssim/model/placement"
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
	// TaskStopped: everything the task held is free.
	TaskStopped(now time.Duration, t *Task)
	// TaskGivenUp: the caller of RunTask stopped trying; the task was never placed.
	TaskGivenUp(now time.Duration, t *Task)

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
	// Instances yields the instances that are there, in order of registration.
	Instances iter.Seq[*fleet.Instance]
}

// Task is one task from the wish to its end.
type Task struct {
	work work
	// Owner is the service or job.
	Owner  *Owner
	Demand *placement.Demand

	// Instance is where it runs; nil before placement and on Fargate.
	Instance *fleet.Instance
	// Subnet is the index of the subnet that gave the address; -1 without an address of its own.
	Subnet int
	// DynamicPorts are the host ports that the agent picked.
	DynamicPorts []int
	// Number counts the owner's tasks from 1, Serial all tasks of the run from 0.
	Number, Serial int64

	// Instants of its life; Never where it has not happened.
	Created, Placed, PullStarted, Running, Stopping, Stopped time.Duration

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
	numStopCodes
)

// NumStopCodes is the number of stop codes, for tables indexed by StopCode.
const NumStopCodes = int(numStopCodes)

func (c StopCode) String() string {
	return [numStopCodes]string{
		NotStopped: "", TaskFailedToStart: "TaskFailedToStart", EssentialContainerExited: "EssentialContainerExited",
		UserInitiated: "UserInitiated", ServiceSchedulerInitiated: "ServiceSchedulerInitiated", HostLost: "",
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
