package report

// ColumnDoc describes one column of one CSV file, or one field of events.ndjson or decisions.ndjson: data/columns.csv is made of these, and
// so are the headers.
type ColumnDoc struct{ File, Column, Type, Unit, Meaning string }

// Columns is the dictionary of all CSV files and of both NDJSON files, in the order of the files and their columns.
func Columns() []ColumnDoc {
	var all []ColumnDoc
	for _, f := range csvFiles() {
		for _, c := range f.columns {
			all = append(all, ColumnDoc{f.name, c.name, c.kind, c.unit, c.meaning})
		}
	}
	for _, c := range eventFields {
		all = append(all, ColumnDoc{eventsFile, c.name, c.kind, c.unit, c.meaning})
	}
	for _, c := range decisionFields {
		all = append(all, ColumnDoc{decisionsFile, c.name, c.kind, c.unit, c.meaning})
	}
	return all
}

// field is one column of a CSV file.
type field struct{ name, kind, unit, meaning string }

const secondsSinceStart = "seconds since the start of the simulation"

var (
	seedField    = field{"seed", "integer", "", "seed of the replication"}
	clusterField = field{"cluster", "text", "", "name of the cluster, default where the scenario names none; empty for what belongs to no cluster or to all"}
	serviceField = field{"service", "text", "", "name of the service; empty for jobs and for what belongs to no service"}
	jobField     = field{"job", "text", "", "name of the job; empty for services"}
)

func instant(name, meaning string) field {
	return field{name, "number", "s", meaning + ", in " + secondsSinceStart + "; empty if it never happened"}
}

var timeseriesFields = []field{
	seedField,
	{"t_s", "number", "s", "start of the time bucket, in " + secondsSinceStart + "; the warm-up is included"},
	{"metric", "text", "", "CloudWatch's name where there is one, else snake_case: RunningTaskCount, PendingTaskCount (placed, not RUNNING), " +
		"tasks_waiting (not placed), DesiredTaskCount, ContainerInstanceCount, CPUReservation, MemoryReservation, RESOURCE_used, RESOURCE_capacity; " +
		"of services also HealthyTaskCount (RUNNING, and healthy as far as anybody checks; the scheduler itself counts a task that nobody checks towards minimumHealthyPercent 40 s later), tasks_STATUS (placed, by lastStatus), " +
		"tasks_leaving (on their way out), running_by_deployment, healthy_by_deployment, running_by_zone, targets_STATE; " +
		"tasks_STATUS and tasks_leaving are left out where they are 0 all the time; " +
		"of services with load load_offered, load_served, load_dropped, load_backlog, load_latency (an estimate), CPUUtilization, MemoryUtilization, RequestCountPerTarget, " +
		"tasks_serving and tasks_needed (that would hold the targets of the policies): they are measured minute by minute, so a shorter bucket shows the minute that it lies in, and one without a datapoint has no row; " +
		"of capacity providers GroupDesiredCapacity, GroupMinSize, GroupMaxSize, GroupInServiceInstances, GroupPendingInstances (launched, not registered), GroupTerminatingInstances, WarmPoolWarmedCapacity, " +
		"tasks_awaiting_capacity (in PROVISIONING), CapacityProviderReservation, and instances_needed and instances_running, of which that is made"},
	clusterField, serviceField,
	{"capacity_provider", "text", "", "name of the capacity provider, for what concerns its group"},
	{"instance", "text", "", "name of the container instance; empty: no metric is told by instance yet"},
	{"subnet", "text", "", "name of the subnet, for ip_used and ip_capacity"},
	{"stat", "text", "", "mean (weighted by time), min or max over the bucket"},
	{"value", "number", "see unit", "the value"},
	{"unit", "text", "", "unit of value: tasks, instances, units (CPU), MiB, percent, addresses, ports, enis, gpus, vCPU, targets, s; units of load are the scenario's own, as requests and requests/s"},
	jobField,
	{"width_s", "number", "s", "length of the bucket; the last one ends with the run"},
	{"deployment", "integer", "", "number of the deployment, for running_by_deployment and healthy_by_deployment"},
	{"zone", "text", "", "availability zone, for running_by_zone"},
}

var taskFields = []field{
	seedField,
	{"task", "text", "", "name of the task: OWNER/NUMBER, numbered from 1; rows are in order of creation, up to the log limit"},
	clusterField, serviceField, jobField,
	{"task_definition", "text", "", "family:revision"},
	{"launch_type", "text", "", "EC2 or FARGATE"},
	{"instance", "text", "", "name of the container instance; empty on Fargate and before placement"},
	{"zone", "text", "", "availability zone where it was placed"},
	{"subnet", "text", "", "subnet that gave the task's own address; empty without one"},
	{"cpu", "integer", "units", "CPU units reserved (1024 = 1 vCPU)"},
	{"memory", "integer", "MiB", "memory reserved"},
	instant("created_s", "when a service or a caller wanted the task"),
	instant("placed_s", "when resources were reserved"),
	instant("running_s", "when the task reached RUNNING"),
	instant("stopping_s", "when the stop began"),
	instant("stopped_s", "when everything the task held was free"),
	{"stop_code", "text", "", "ECS's stopCode; empty for tasks that live and for those whose host was lost"},
	{"stopped_reason", "text", "", "ECS's stoppedReason; empty for tasks that did not stop"},
	{"attempts", "integer", "", "placement attempts, the successful one included"},
	{"last_failure", "text", "", "reason of the last placement attempt, if that failed"},
	instant("pull_started_s", "when the image pull began; Fargate bills from here"),
	{"ephemeral_gib", "integer", "GiB", "ephemeral storage on Fargate; 0 on EC2"},
	{"deployment", "integer", "", "number of the service's deployment that started the task, from 1; empty for jobs"},
	{"revision", "integer", "", "number of the service's revision, from 1; empty for jobs"},
	{"exit_code", "integer", "", "exit code of the essential container that ended; empty if none did"},
	{"capacity_provider", "text", "", "name of the capacity provider; empty for tasks with a launch type"},
}

var instanceFields = []field{
	seedField,
	{"instance", "text", "", "name of the container instance: FLEET/NUMBER"},
	{"type", "text", "", "EC2 instance type"},
	{"zone", "text", "", "availability zone"},
	{"capacity_provider", "text", "", "name of the capacity provider; empty for instances that are simply there"},
	instant("launched_s", "when EC2 began to bill the instance"),
	instant("registered_s", "when it registered with the cluster"),
	instant("drained_s", "when it was set to DRAINING"),
	instant("terminated_s", "when it was lost or terminated"),
	{"tasks_placed", "integer", "", "tasks ever placed on it"},
	{"cluster", "text", "", "name of the cluster; default where the scenario names none"},
	{"market", "text", "", "on-demand or spot"},
	{"price_usd_per_hour", "number", "USD", "what the instance costs an hour, discounts taken off; empty if that is not known"},
	{"fee_usd_per_hour", "number", "USD", "what ECS Managed Instances charge on top; empty if that is not known"},
}

var placementFields = []field{
	seedField,
	{"t_s", "number", "s", "when the attempt was made, in " + secondsSinceStart},
	serviceField, jobField,
	{"task", "text", "", "name of the task"},
	{"attempt", "integer", "", "number of the attempt for this task, from 1"},
	{"outcome", "text", "", "placed or failed; a task that is placed may still fail to start"},
	{"instance", "text", "", "where it was placed; for a failed attempt the closest match"},
	{"subnet", "text", "", "subnet that gave the address; empty without one"},
	{"reason", "text", "", "why it failed, as ECS words it for the closest match; empty if placed"},
	{"excluded", "text", "", "how many instances each reason excluded: REASON=COUNT, separated by semicolons"},
}

var failureFields = []field{
	seedField,
	{"t_s", "number", "s", "start of the minute, in " + secondsSinceStart + "; runs with very many failures have longer buckets, of 2, 4, 8 … minutes"},
	serviceField, jobField,
	{"task", "text", "", "first task that failed in the bucket; count says how many attempts failed like it"},
	{"reason", "text", "", "reason as ECS words it for the closest match, or " + noAddressIs + ", " + noHostPortIs +
		" or " + pullLimitIs + " for a task that was placed and got no address, no host port or not its image, the first word of its stoppedReason, " +
		"or TooManyTargets or AccessDenied for one that runs and could not be registered with its target group"},
	{"detail", "text", "", "the first failure of the bucket in a sentence"},
	{"count", "integer", "", "failures in the bucket; attempts during the warm-up are left out"},
}

var costFields = []field{
	seedField,
	{"hour", "integer", "h", "hour of the simulation, from 0"},
	{"item", "text", "", "what is billed"},
	{"quantity", "number", "see unit", "amount used in the hour; what a minimum charge adds is spread over the use"},
	{"unit", "text", "", "unit of quantity"},
	{"usd", "number", "USD", "price of it; 0 where the price is unknown; the whole run is covered, warm-up included"},
	{"known", "boolean", "", "false where the price is unknown, so that the total is a lower bound"},
}

var deploymentFields = []field{
	seedField, clusterField, serviceField,
	{"deployment", "integer", "", "number of the deployment, from 1"},
	{"id", "text", "", "ECS's name of it"},
	{"revision", "integer", "", "number of the service's revision, from 1"},
	{"status", "text", "", "PRIMARY, ACTIVE or INACTIVE, at the end"},
	{"rollout_state", "text", "", "IN_PROGRESS, COMPLETED or FAILED, at the end"},
	{"reason", "text", "", "why it failed, or that it is a rollback"},
	instant("created_s", "when it was created"),
	instant("ended_s", "when it was COMPLETED or FAILED"),
	{"running", "integer", "tasks", "its tasks that are RUNNING, at the end"},
	{"healthy", "integer", "tasks", "of those, the healthy ones"},
	{"failed_tasks", "integer", "tasks", "ECS's failedTasks: tasks that failed to start, or were stopped for their health, as the circuit breaker counts them"},
	instant("began_s", "when it began: created_s, or when a rollback took it up again"),
}
