package service

import (
	"fmt"
	"strings"
)

// The sentences of service events, as ECS writes them (ECS rules, placement 1.4). The documentation writes "service
// (name) …", DescribeServices "(service name) …"; here it is the latter. Sentences about placement are in placed.go.

// event puts the name of the service in front.
func event(name string, level Level, cause Cause, service, format string, args ...any) Event {
	return Event{Name: name, Level: level, Cause: cause, Message: "(service " + service + ") " + fmt.Sprintf(format, args...)}
}

// SteadyState says that the service is healthy and at the desired count. ECS repeats it now and then.
func SteadyState(service string) Event {
	return event("SERVICE_STEADY_STATE", Info, Steady, service, "has reached a steady state.")
}

// TasksStarted names the tasks that started, and how many of them replace unhealthy ones.
func TasksStarted(service string, tasks []string, replaced int) Event {
	e := event("", Info, Passing, service, "has started %d tasks: %s.", len(tasks), list(tasks))
	if replaced > 0 {
		e.Message += fmt.Sprintf(" Amazon ECS replaced %d tasks due to an unhealthy status.", replaced)
	}
	return e
}

// TasksStopped names the running tasks that were told to stop.
func TasksStopped(service string, tasks []string) Event {
	return event("TASKS_STOPPED", Info, Passing, service, "has stopped %d running tasks: %s.", len(tasks), list(tasks))
}

// PendingStopped counts tasks that were stopped before they ran.
func PendingStopped(service string, n int) Event {
	return event("", Info, Passing, service, "stopped %d pending tasks.", n)
}

// list is "(task a) (task b)".
func list(tasks []string) string {
	return "(task " + strings.Join(tasks, ") (task ") + ")"
}

// TargetsRegistered and TargetsDeregistered count tasks that joined and left a target group.
func TargetsRegistered(service string, n int, group string) Event {
	return event("", Info, Passing, service, "registered %d targets in (target-group %s)", n, group)
}

// NotRegistered says that the load balancer does not take the targets, or that ECS may not register them.
func NotRegistered(service, group, why string) Event {
	return event("", Error, Throttled, service, "failed to register targets in (target-group %s) with (error %s)", group, why)
}

// TargetsDeregistered is the other way round.
func TargetsDeregistered(service string, n int, group string) Event {
	return event("", Info, Passing, service, "deregistered %d targets in (target-group %s)", n, group)
}

// Draining says that the targets of so many tasks receive no new connections.
func Draining(service string, n int) Event {
	return event("", Info, Passing, service, "has begun draining connections on %d tasks.", n)
}

// UnhealthyTarget says that the load balancer finds a task unhealthy. where is "task …", or "instance …" as ECS may write
// on EC2, or empty.
func UnhealthyTarget(service, where string, port int, group, reason string) Event {
	if where != "" {
		where = "(" + where + ") "
	}
	return event("", Warn, Unhealthy, service, "%s(port %d) is unhealthy in (target-group %s) due to (reason %s)", where, port, group, reason)
}

// UnhealthyContainer says that an essential container of the task is UNHEALTHY.
func UnhealthyContainer(service, task string) Event {
	return event("", Warn, Unhealthy, service, "(task %s) failed container health checks.", task)
}

// DeploymentStarted has no message in the service's list: EventBridge alone is told.
func DeploymentStarted(deployment string) Event {
	return Event{Name: "SERVICE_DEPLOYMENT_IN_PROGRESS", Message: "ECS deployment " + deployment + " in progress."}
}

// DeploymentCompleted ends a deployment.
func DeploymentCompleted(service, deployment string) Event {
	return event("SERVICE_DEPLOYMENT_COMPLETED", Info, Passing, service, "(deployment %s) deployment completed.", deployment)
}

// Failure is why a deployment failed.
type Failure uint8

// The circuit breaker and the alarms.
const (
	TasksFailedToStart Failure = iota
	AlarmDetected
)

// String is the reason in ECS's words.
func (f Failure) String() string {
	return [...]string{"tasks failed to start", "alarm detected"}[f]
}

// DeploymentFailed ends a deployment.
func DeploymentFailed(service, deployment string, why Failure) Event {
	return event("SERVICE_DEPLOYMENT_FAILED", Error, Passing, service, "(deployment %s) deployment failed: %s.", deployment, why)
}

// RollingBack names the deployment that is begun anew.
func RollingBack(service, deployment string) Event {
	return event("", Info, Passing, service, "rolling back to deployment %s.", deployment)
}

// Stuck says that the bounds leave no move (ECS rules, services ).
func Stuck(service string) Event {
	return event("", Warn, DeploymentHeld, service, "was unable to stop or start tasks during a deployment because of the service deployment configuration. Update the minimumHealthyPercent or maximumPercent value and try again.")
}

// Protected says that protected tasks keep a deployment, or a scale-in, from going on.
func Protected(service, deployment string) Event {
	return event("TASKSET_SCALE_IN_FAILURE_BY_TASK_PROTECTION", Info, DeploymentHeld, service, "was unable to reach steady state because task set (%s) was unable to scale in. Reason: The number of protected tasks are more than the desired count of tasks", deployment)
}

// NotLaunched says that a failed deployment launches no more of its tasks.
func NotLaunched(service string, n int, deployment string) Event {
	return event("", Warn, DeploymentHeld, service, "could not launch %d tasks for deployment %s.", n, deployment)
}

// Impaired says that tasks stop again and again before they are RUNNING.
func Impaired(service string) Event {
	return event("SERVICE_TASK_START_IMPAIRED", Warn, StartImpaired, service, "is unable to consistently start tasks successfully.")
}
