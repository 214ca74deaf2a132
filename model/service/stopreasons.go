package service

import "fmt"

// DeploymentID is the id of the n-th deployment of a service. ECS draws 19 digits; here they follow from the two
// numbers, so that a run is repeatable and no two are alike.
func DeploymentID(service, n int) string {
	return fmt.Sprintf("ecs-svc/%010d%09d", service, n)
}

// What stoppedReason says of tasks whose end a service, or AWS, decided (ECS rules, services 1.2).
const (
	// StoppedContainerHealth: an essential container was UNHEALTHY.
	StoppedContainerHealth = "Task failed container health checks"
	// StoppedSpot: the Spot capacity is taken back, two minutes later.
	StoppedSpot = "Your Spot Task was interrupted."
)

// StoppedScaling is said of tasks that are one too many: after a scale-in, of the older revision in a deployment, and
// on an instance that drains, for which no sentence of its own was found in public.
func StoppedScaling(deployment string) string {
	return "Scaling activity initiated by (deployment " + deployment + ")"
}

// StoppedTargetHealth says that the load balancer found the target unhealthy.
func StoppedTargetHealth(group string) string {
	return "Task failed ELB health checks in (target-group " + group + ")"
}

// StoppedRebalancing says that another zone has its replacement (ECS rules, placement 2.5).
func StoppedRebalancing(deployment string) string {
	return "Availability-zone rebalancing initiated by (deployment " + deployment + ")"
}

// StoppedHostLost says that the instance is gone.
func StoppedHostLost(instance string) string {
	return "Host EC2 (instance " + instance + ") stopped/terminated"
}
