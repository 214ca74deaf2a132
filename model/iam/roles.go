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
)
