package taskdef

import "time"

// NetworkMode is the docker networking mode of a task's containers, spelled as ECS spells it.
type NetworkMode string

// The network modes of ECS. An absent mode is Bridge on Linux and Default on Windows.
const (
	Bridge  NetworkMode = "bridge"
	Host    NetworkMode = "host"
	Awsvpc  NetworkMode = "awsvpc"
	None    NetworkMode = "none"
	Default NetworkMode = "default"
)

// Protocol of a port mapping. TCP and UDP ports of an instance are separate sets.
type Protocol string

// The protocols of a port mapping; an absent protocol is TCP.
const (
	TCP Protocol = "tcp"
	UDP Protocol = "udp"
)

// PortMapping publishes a container port.
type PortMapping struct {
	ContainerPort int
	// HostPort is the port on the instance; 0 means that the agent picks one when the task starts (bridge), or the
	// same as ContainerPort (host and awsvpc).
	HostPort int
	Protocol Protocol
	// RangeFirst and RangeLast stand for containerPortRange; both are 0 for a single port.
	RangeFirst, RangeLast int
}

// Container is one container definition: what it reserves and what it publishes.
type Container struct {
	Name  string
	Image string
	// CPU is the container's share in CPU units (1024 = one vCPU); 0 reserves nothing.
	CPU int
	// Memory is the hard limit and MemoryReservation the soft limit, both in MiB; 0 means absent.
	Memory, MemoryReservation int
	// GPUs counts whole devices that belong to this container.
	GPUs int
	// Essential: the task ends when this container ends.
	Essential bool
	Ports     []PortMapping
	// Privileged and Links are carried because Fargate and most network modes refuse them; nothing else reads them.
	Privileged bool
	Links      []string

	DependsOn []Dependency
	// Health is the container health check; nil without one.
	Health *HealthCheck
	// Restart is the restart policy; nil unless it is enabled.
	Restart *RestartPolicy
	// StartTimeout is how long others wait for this container to reach what they depend on, StopTimeout how long it
	// has after SIGTERM; 0 is absent.
	StartTimeout, StopTimeout time.Duration
	// Secrets counts the values that are fetched before the container starts; LogDriver is "awslogs" and the like, ""
	// for none. Credentials: the registry asks for credentials out of a secret.
	Secrets     int
	LogDriver   string
	Credentials bool
}

// Volume is a volume of a task, carried because Fargate refuses one that is bound to a path of the host.
type Volume struct {
	Name string
	// HostPath is host.sourcePath; empty for a volume that is not a directory of the host.
	HostPath string
}

// TaskDefinition is what a task asks for. It is what RegisterTaskDefinition accepts, reduced to what placement and
// accounting look at.
type TaskDefinition struct {
	Family   string
	Revision int
	// CPU (units) and Memory (MiB) of the whole task; 0 means absent.
	CPU, Memory int
	NetworkMode NetworkMode
	// RequiresCompatibilities lists "EC2", "FARGATE", "EXTERNAL", "MANAGED_INSTANCES": what ECS validates against.
	RequiresCompatibilities []string
	// OperatingSystem is runtimePlatform.operatingSystemFamily ("LINUX", "WINDOWS_SERVER_2022_CORE" …).
	OperatingSystem string
	// Architecture is runtimePlatform.cpuArchitecture: "X86_64" or "ARM64".
	Architecture string
	// MemberOf holds the expressions of the task definition's placement constraints (only memberOf is legal there).
	MemberOf []string
	// EphemeralStorageGiB is the Fargate disk; 0 means the default of 20.
	EphemeralStorageGiB           int
	TaskRoleARN, ExecutionRoleARN string
	Containers                    []Container
	Volumes                       []Volume
}

// HostPort is a static port on an instance.
type HostPort struct {
	Port     int
	Protocol Protocol
}

// Needs is what one copy of a task takes from its instance.
type Needs struct {
	CPU    int64 // units
	Memory int64 // MiB
	GPUs   int64
	// ENIs is the number of task interfaces: 1 in awsvpc mode, else 0.
	ENIs int64
	// StaticPorts are the host ports that must be free, sorted and without duplicates.
	StaticPorts []HostPort
	// DynamicPorts counts the host ports that the agent picks when the task starts.
	DynamicPorts int
}
