package model

import (
	"time"

	"ecssim/model/catalog"
	"ecssim/model/network"
	"ecssim/model/placement"
	"ecssim/model/taskdef"
	"ecssim/sim"
)

// Config describes a world completely. It is what workload makes of a scenario; it is never changed by a run, so
// many replications share one. Lists are in the order in which things start and ties break: the lexicographic order
// of names, unless the scenario says otherwise.
type Config struct {
	// Name of the scenario.
	Name string
	// Start is the instant of time 0, for printing and for registeredAt.
	Start time.Time
	// Duration is how long to simulate; 0 runs until every job is done.
	Duration time.Duration
	// Warmup is left out of all statistics.
	Warmup time.Duration
	// EventLimit stops a runaway run; 0 means DefaultEventLimit.
	EventLimit uint64

	Catalog  *catalog.Catalog
	Region   string
	Settings AccountSettings
	Quotas   Quotas
	Latency  Latency
	// TieBreak chooses among instances that the strategies leave tied. AWS publishes no rule.
	TieBreak TieBreak

	Subnets  []network.Subnet
	Fleets   []Fleet
	Services []Service
	Jobs     []Job
}

// DefaultEventLimit is far above any sensible scenario and reached in about an hour.
const DefaultEventLimit = 4_000_000_000

// AccountSettings are ECS account settings, spelled as AWS spells them in the scenario.
type AccountSettings struct {
	// AwsvpcTrunking: instances launched while it is on get a trunk interface if their type can.
	AwsvpcTrunking bool
}

// Quotas are account limits. A vCPU quota that is absent does not bind, since accounts differ.
type Quotas struct {
	// FargateVCPU is the number of Fargate On-Demand vCPUs that may run at once; 0 does not bind.
	FargateVCPU float64
	// FargateLaunchBurst and FargateLaunchRate form the account's token bucket of Fargate task launches:
	// 100 tokens, 20 a second (developer guide, "Throttling").
	FargateLaunchBurst int
	FargateLaunchRate  float64
}

// DefaultQuotas are AWS's documented values.
func DefaultQuotas() Quotas {
	return Quotas{FargateLaunchBurst: 100, FargateLaunchRate: 20}
}

// Latency holds the delays of a task's start. A nil distribution is no delay.
type Latency struct {
	// Agent is the way of an order from the control plane to the instance's agent.
	Agent sim.Dist
	// ENIAttach is the creation and attachment of a task interface (awsvpc on EC2).
	ENIAttach sim.Dist
	// FargateProvision is the time until Fargate begins to pull the image, the interface included.
	FargateProvision sim.Dist
	// ImagePull is the pull on an instance whose cache is warm; FargateImagePull the full pull on Fargate.
	ImagePull        sim.Dist
	FargateImagePull sim.Dist
	// ContainerStart is docker create and start.
	ContainerStart sim.Dist
	// Scheduler is how long a service scheduler takes to notice a stopped task or freed capacity.
	Scheduler sim.Dist
}

// TieBreak is a rule for what no strategy decided.
type TieBreak uint8

const (
	// FirstRegistered takes the instance that registered first.
	FirstRegistered TieBreak = iota
	// RandomTie draws among the tied instances.
	RandomTie
)

// Fleet is a number of container instances of one type that are simply there.
type Fleet struct {
	Name  string
	Type  catalog.InstanceType
	Count int
	// Subnets are indexes into Config.Subnets; instances take them in turn.
	Subnets []int
	// Attributes are custom attributes for memberOf.
	Attributes map[string]string
	// ReservedMemory is ECS_RESERVED_MEMORY in MiB.
	ReservedMemory int64
	// DynamicPorts is ECS_DYNAMIC_HOST_PORT_RANGE; zero means network.DefaultDynamicRange.
	DynamicPorts network.PortRange
	// TimeToFailure and TimeToRepair: an instance is lost after the first and replaced after the second; nil is never.
	TimeToFailure, TimeToRepair sim.Dist
}

// LaunchType is where tasks run.
type LaunchType uint8

// The launch types built so far.
const (
	EC2 LaunchType = iota
	Fargate
)

func (l LaunchType) String() string {
	if l == Fargate {
		return "FARGATE"
	}
	return "EC2"
}

// Placing is what services and jobs say alike about their tasks and where these go.
type Placing struct {
	Task   *taskdef.TaskDefinition
	Launch LaunchType
	// Subnets are indexes into Config.Subnets for awsvpc tasks, in the order given.
	Subnets []int
	// Strategy is never empty on EC2: the reader has put in the default.
	Strategy []placement.Rule
	// Constraints holds those of the task definition and of the service or job together.
	Constraints         []placement.Constraint
	MaxTasksPerInstance int
	// Group is "service:NAME", or for jobs "family:FAMILY" unless the scenario names one.
	Group string
}

// Service keeps a desired count of tasks running.
type Service struct {
	Name string
	Placing
	DesiredCount int
	// StartAt is when the service is created.
	StartAt time.Duration
}

// Job is a stream of standalone tasks (RunTask or StartTask).
type Job struct {
	Name string
	Placing
	// Arrivals opens the job's arrivals anew for each replication. They come in order of time.
	Arrivals func(sim.Streams) Arrivals
	// RunTime is drawn for tasks whose arrival does not bring one; nil then means that the task runs for ever.
	RunTime sim.Dist
	// Retry is what the caller does after a refusal; nil drops the task.
	Retry *Retry
	// StartOn names instances for StartTask, which skips the strategies; they are taken in turn.
	StartOn []string
}

// Retry is a caller that tries again.
type Retry struct {
	Every time.Duration
	// For is how long after the arrival the caller gives up; 0 is never.
	For time.Duration
}

// Arrival is one standalone task that somebody wants to run.
type Arrival struct {
	At time.Duration
	// RunTime is how long it runs; negative draws from the job's RunTime.
	RunTime time.Duration
	// CPU, Memory and GPUs replace the task definition's reservations; negative keeps them.
	CPU, Memory, GPUs int64
}

// Arrivals yields the tasks of a job one by one, in order of time.
type Arrivals interface {
	Next() (Arrival, bool)
}
