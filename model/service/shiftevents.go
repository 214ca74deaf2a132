package service

// StageEntered tells of a lifecycle stage of a BLUE_GREEN, LINEAR or CANARY deployment. ECS shows the stage in
// DescribeServiceDeployments; the sentence is ours.
func StageEntered(service, deployment string, s Stage) Event {
	return event("", Info, Passing, service, "(deployment %s) entered the lifecycle stage %s.", deployment, s)
}
