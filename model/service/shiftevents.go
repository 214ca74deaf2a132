package service

// StageEntered tells of a lifecycle stage of a BLUE_GREEN, LINEAR or CANARY deployment. ECS shows the stage in
// DescribeServiceDeployments; the sentence is ours.
func StageEntered(service, deployment string, s Stage) Event {
	return event("", Info, Passing, service, "(deployment %s) entered the lifecycle stage %s.", deployment, s)
}

// TargetsFull: a target group or its load balancer has as many targets as its quota allows. The sentence is ours.
func TargetsFull(service, group string) Event {
	return event("", Error, Throttled, service, "was unable to register a target in (target-group %s): TooManyTargets", group)
}
