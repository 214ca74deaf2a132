package service

import (
	"fmt"
	"strings"

	"ecssim/model/placement"
)

// Sentences about placement and about the balance of the zones (ECS rules, placement 1.4 and 2.5).

const (
	unplaced     = "was unable to place a task because no container instance met all of its requirements."
	moreOnWeb    = " For more information, see the Troubleshooting section of the Amazon ECS Developer Guide."
	placementErr = "SERVICE_TASK_PLACEMENT_FAILURE"
)

// NotPlaced says that a task found no place. closest is the instance that came closest; without instances, and on Fargate,
// it is not used.
func NotPlaced(service, closest string, why placement.Reason) Event {
	return event(placementErr, Error, Unplaced, service, "%s", notPlaced(closest, why))
}

func notPlaced(closest string, why placement.Reason) string {
	match := unplaced + " The closest matching container-instance " + closest
	switch why {
	case placement.NoInstances:
		return unplaced + " Reason: " + why.String() + moreOnWeb
	case placement.NoCPU:
		return match + " has insufficient CPU units available." + moreOnWeb
	case placement.NoMemory:
		return match + " has insufficient memory available." + moreOnWeb
	case placement.PortInUse:
		return match + " is already using a port required by your task." + moreOnWeb
	case placement.FargateVCPUQuota:
		return "was unable to place a task. Reason: " + why.String()
	case placement.FargateCapacity:
		return "was unable to place a task. Reason: Capacity is unavailable at this time. Please try again later or in a different availability zone."
	default:
		return match + fmt.Sprintf(" encountered error %q.", why) + moreOnWeb
	}
}

// LaunchRefused says why a task could not be launched at all, such as a role that ECS cannot assume.
func LaunchRefused(service, why string) Event {
	return event("SERVICE_TASK_CONFIGURATION_FAILURE", Error, StartImpaired, service, "failed to launch a task with (error %s)", why)
}

// RebalancingStarted says that the zones, in the order given, have these numbers of tasks.
func RebalancingStarted(service string, zones []string, tasks []int) Event {
	return event("SERVICE_REBALANCING_STARTED", Info, Passing, service, "is not AZ balanced with %s. AZ Rebalancing in progress.", perZone(zones, tasks))
}

// RebalancingCompleted says that the zones are balanced.
func RebalancingCompleted(service string, zones []string, tasks []int) Event {
	return event("SERVICE_REBALANCING_COMPLETED", Info, Passing, service, "is AZ balanced with %s.", perZone(zones, tasks))
}

func perZone(zones []string, tasks []int) string {
	parts := make([]string, len(zones))
	for k, zone := range zones {
		parts[k] = fmt.Sprintf("%d tasks in %s", tasks[k], zone)
	}
	return strings.Join(parts, ", ")
}

// RebalancingStopped says that a deployment or the protection of tasks ended it early.
func RebalancingStopped(service string) Event {
	return event("SERVICE_REBALANCING_STOPPED", Info, Passing, service, "stopped AZ Rebalancing.")
}

// RebalancingTasksStarted are those that even the zones out.
func RebalancingTasksStarted(service, zone string, tasks []string) Event {
	return event("TASKS_STARTED", Info, Passing, service, "has started %d tasks in %s to AZ Rebalance: %s.", len(tasks), zone, list(tasks))
}

// RebalancingTasksStopped are those in whose place the others run.
func RebalancingTasksStopped(service, zone string, tasks []string) Event {
	return event("TASKS_STOPPED", Info, Passing, service, "has stopped %d running tasks in %s due to AZ rebalancing: %s.", len(tasks), zone, list(tasks))
}

// RebalancingNotPlaced says that there is no room in the zone; ECS launches no instance for it.
func RebalancingNotPlaced(service, zone string, fargate bool) Event {
	if fargate {
		return event(placementErr, Error, RebalanceHeld, service, "is unable to place a task in %s.", zone)
	}
	return event(placementErr, Error, RebalanceHeld, service, "is unable to place a task in %s because no container instance met all of its requirements.", zone)
}

// RebalancingProtected says that protected tasks are in the way.
func RebalancingProtected(service, deployment string, n int) Event {
	return event("TASKSET_SCALE_IN_FAILURE_BY_TASK_PROTECTION", Info, RebalanceHeld, service, "was unable to AZ Rebalance because (taskSet %s) was unable to scale in due to (reason %d tasks under protection)", deployment, n)
}
