package iam

// Role is one of the roles that ECS works with.
type Role uint8

// The roles. What each is for is in the package's table.
const (
	TaskExecution Role = iota
	Task
	ContainerInstance
	ServiceLinked
	AutoScaling
	NumRoles
)

var roles = [NumRoles]string{
	TaskExecution: "task_execution", Task: "task", ContainerInstance: "container_instance",
	ServiceLinked: "service_linked", AutoScaling: "autoscaling",
}

// String is the name that scenarios use.
func (r Role) String() string { return roles[r] }

// Gap is what is wrong with a role.
type Gap uint8

// The gaps: the role is there but lacks a permission, it does not exist, or its trust policy names another principal.
const (
	Whole Gap = iota
	NoPermission
	NoRole
	NoTrust
	NumGaps
)

// The permissions of the task execution role, and of the container instance role where it stands in for it, that may be
// lacking one by one. A lacking permission "" is all of them.
const (
	AllPermissions    = ""
	ECRPermission     = "ecr"
	LogsPermission    = "logs"
	SecretsPermission = "secrets"
)

// Row is what there is to know about one role.
type Row struct {
	Role Role
	// Name is the role's usual name in an account.
	Name string
	// Principal is who must be trusted to assume the role.
	Principal string
	// For says who works with the role, and at what.
	For string
	// Actions are the permissions that it needs.
	Actions []string
	// Symptoms says for each gap what is seen; that of Whole is empty.
	Symptoms [NumGaps]string
	// When is the moment in the life of a task, instance or service at which a gap shows.
	When string
}

const unassumable = "the launch fails: ECS was unable to assume the role that was provided for this task"

// table follows ECS rules, placement 9.
var table = [NumRoles]Row{
	TaskExecution: {
		Name: "ecsTaskExecutionRole", Principal: "ecs-tasks.amazonaws.com",
		For: "the agent, or Fargate, before the containers start: pulls images, creates log streams, fetches secrets",
		Actions: []string{
			actionToken, "ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage",
			actionStream, "logs:PutLogEvents", actionSecret,
		},
		Symptoms: [NumGaps]string{
			NoPermission: "the task stops before its containers start: ResourceInitializationError, CannotPullECRContainerError " +
				"or CannotStartContainerError, with AccessDeniedException",
			NoRole: unassumable, NoTrust: unassumable,
		},
		When: "before the containers start, in PROVISIONING or PENDING",
	},
	Task: {
		Name: "ecsTaskRole", Principal: "ecs-tasks.amazonaws.com",
		For:     "the application, for its own calls to AWS from inside the containers",
		Actions: []string{"what the application calls"},
		Symptoms: [NumGaps]string{
			NoPermission: "the task runs, but the application gets AccessDenied",
			NoRole:       unassumable, NoTrust: unassumable,
		},
		When: "at launch for the role and its trust, at run time for permissions",
	},
	ContainerInstance: {
		Name: "ecsInstanceRole", Principal: "ec2.amazonaws.com",
		For: "the agent of an instance: registers it and reports; also pulls images and creates log streams for tasks " +
			"without a task execution role",
		Actions: []string{
			"ecs:RegisterContainerInstance", "ecs:Poll", "ecs:DiscoverPollEndpoint", "ecs:StartTelemetrySession", "ecs:Submit*",
			"ecs:UpdateContainerInstancesState", actionToken, "ecr:BatchGetImage", actionStream, "logs:PutLogEvents",
		},
		Symptoms: [NumGaps]string{
			NoPermission: "the instance never registers: AccessDeniedException, and the agent exits",
			NoRole:       "the instance never registers: the agent has no credentials and exits",
			NoTrust:      "the instance never registers: the agent has no credentials and exits",
		},
		When: "after boot, before the instance is ACTIVE",
	},
	ServiceLinked: {
		Name: "AWSServiceRoleForECS", Principal: "ecs.amazonaws.com",
		For:     "ECS: network interfaces of awsvpc tasks, registration of targets, Cloud Map, scaling of capacity",
		Actions: []string{"the managed policy AmazonECSServiceRolePolicy"},
		Symptoms: [NumGaps]string{
			NoPermission: "tasks with awsvpc or targets are not launched, targets not registered: " + misconfigured,
			NoRole:       "tasks with awsvpc or targets are not launched, targets not registered: " + noServiceLinkedRole,
			NoTrust:      "tasks with awsvpc or targets are not launched, targets not registered: " + noServiceLinkedRole,
		},
		When: "at CreateService, RunTask or later",
	},
	AutoScaling: {
		Name:      "AWSServiceRoleForApplicationAutoScaling_ECSService",
		Principal: "ecs.application-autoscaling.amazonaws.com",
		For:       "Application Auto Scaling: reads alarms and changes the desired count of services",
		Actions:   []string{"ecs:DescribeServices", "ecs:UpdateService", "cloudwatch:DescribeAlarms", "cloudwatch:PutMetricAlarm"},
		Symptoms: [NumGaps]string{
			NoPermission: "the scaling activity fails: the desired count never changes",
			NoRole:       "the scaling activity fails: the desired count never changes",
			NoTrust:      "the scaling activity fails: the desired count never changes",
		},
		When: "at scaling time",
	},
}

// Table returns what there is to know about a role.
func Table(r Role) Row {
	row := table[r]
	row.Role = r
	return row
}
