package report

// eventsFile is one event a line, with the fields that its type has.
const eventsFile = "events.ndjson"

// eventFields are the fields of events.ndjson. A field that has nothing to say is left out of a line.
var eventFields = []field{
	{"seed", "integer", "", "seed of the replication"},
	{"id", "integer", "", "number of the event in its replication, from 1; there are as many as the log limit allows"},
	{"t", "number", "s", "when it happened, in " + secondsSinceStart},
	{"type", "text", "", "what happened. TASK_STATE_CHANGE: a task was wanted, or its last_status, desired_status or health_status is another one. " +
		"TASK_GIVEN_UP: the caller of RunTask stopped trying. SERVICE_DEPLOYMENT_IN_PROGRESS, _COMPLETED, _FAILED: a rollout came to this state. " +
		"DEPLOYMENT_STATE_CHANGE: the status of a deployment or its share of the traffic is another one. " +
		"Other names in capitals that begin with SERVICE_, TASKS_, TASKSET_ or ECS_, and SERVICE_EVENT for those without a name: an event of the service, in ECS's words. " +
		"TARGET_HEALTH: a target is in another state, or was not registered. CONTAINER_INSTANCE_STATE_CHANGE: an instance registered, never will, " +
		"is gone, or its status or the connection of its agent is another one. FAULT_STARTED, FAULT_ENDED: a fault of the scenario. " +
		"IMAGE_PULLED: an image is on the task's machine. CALLS_DENIED: AWS denies the calls of a task that runs. " +
		"SCALING_DECISION: a policy or managed scaling has decided, or something has kept it from it. CONTAINER_INSTANCE_LAUNCHED: EC2 runs an instance of an Auto Scaling group from now on. " +
		"LAUNCH_FAILED: EC2 has refused to"},
	{"service", "text", "", "name of the service that it concerns"},
	{"job", "text", "", "name of the job that it concerns"},
	{"task", "text", "", "name of the task: OWNER/NUMBER"},
	{"deployment", "text", "", "ECS's name of the deployment, or of the one that started the task"},
	{"number", "integer", "", "number of the service's deployment, from 1"},
	{"revision", "integer", "", "number of the service's revision, from 1"},
	{"cluster", "text", "", "name of the cluster of the instance"},
	{"instance", "text", "", "name of the container instance: FLEET/NUMBER"},
	{"last_status", "text", "", "lastStatus of the task: PROVISIONING, PENDING, ACTIVATING, RUNNING, DEACTIVATING, STOPPING, DEPROVISIONING, STOPPED; " +
		"a task that is told to stop shows the status it had until it takes the first step"},
	{"desired_status", "text", "", "desiredStatus of the task: RUNNING or STOPPED"},
	{"health_status", "text", "", "HEALTHY or UNHEALTHY, as its container health checks and targets together say; left out while that is UNKNOWN"},
	{"stop_code", "text", "", "ECS's stopCode"},
	{"stopped_reason", "text", "", "ECS's stoppedReason"},
	{"exit_code", "integer", "", "exit code of the essential container that ended, if it is not 0"},
	{"status", "text", "", "of a deployment PRIMARY, ACTIVE or INACTIVE; of an instance ACTIVE, DRAINING, INACTIVE, or NOT_REGISTERED for one that never does"},
	{"rollout_state", "text", "", "rolloutState of the deployment: IN_PROGRESS, COMPLETED or FAILED"},
	{"traffic_percent", "number", "percent", "share of the production traffic that the deployment gets; of blue/green, linear and canary deployments"},
	{"agent_connected", "boolean", "", "whether the agent of the instance is connected"},
	{"target_group", "text", "", "name of the target group: LOADBALANCER/GROUP"},
	{"from", "text", "", "state of the target before: initial, healthy, unhealthy, draining or unused (not registered)"},
	{"to", "text", "", "state of the target now; unused after unused is a registration that failed"},
	{"fault", "text", "", "name of the fault"},
	{"kind", "text", "", "kind of the fault, as scenarios spell it"},
	{"image", "text", "", "name of the image"},
	{"bytes", "integer", "bytes", "compressed size that was pulled; 0 if all of it was there"},
	{"took_s", "number", "s", "how long the pull took"},
	{"reason", "text", "", "why: the reason code of a target, of a deployment that failed or is a rollback, of an instance that never registers, or of denied calls"},
	{"level", "text", "", "INFO, WARN or ERROR, of a service event"},
	{"message", "text", "", "the service event in ECS's words"},
	{"cause", "integer", "", "id of the event that made this one happen, where that is known: a fault, a target or health check that failed, the deployment or the scaling decision that wants the task, the decision that launched the instance, the launch that it registers after, or the decision of a service whose tasks wait for capacity"},
	{"decision", "integer", "", "id of the scaling decision in decisions.ndjson"},
	{"capacity_provider", "text", "", "name of the capacity provider"},
	{"policy", "text", "", "name of the policy or of the scheduled action, or managed scaling"},
	{"metric", "text", "", "CloudWatch's name of the metric that was decided on"},
	{"value", "number", "see metric", "value of the metric"},
	{"target", "number", "see metric", "target value, or threshold of the alarm"},
	{"formula", "text", "", "the calculation of the decision with its numbers"},
	{"desired_from", "integer", "", "desired count, or capacity, before the decision"},
	{"desired_to", "integer", "", "the same after; equal where something blocked the change"},
	{"wanted", "integer", "", "what the formula asks for"},
	{"blocked", "text", "", "what kept the decision from being carried out as the formula has it"},
	{"until_s", "number", "s", "when the block ends, or the cooldown that the decision begins; when a group tries again to launch; in " + secondsSinceStart},
	{"instance_type", "text", "", "EC2 instance type"},
	{"zone", "text", "", "availability zone of the instance"},
	{"market", "text", "", "on-demand or spot"},
}
