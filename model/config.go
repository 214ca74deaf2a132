package model

import (
	"time"

	"ecssim/model/balance"
	"ecssim/model/catalog"
	"ecssim/model/containers"
	"ecssim/model/expect"
	"ecssim/model/image"
	"ecssim/model/network"
	"ecssim/model/placement"
	"ecssim/model/scaling"
	"ecssim/model/service"
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

	// Clusters are the names of the clusters; "default" if the scenario names none.
	Clusters       []string
	Subnets        []network.Subnet
	SecurityGroups []network.SecurityGroup
	Registries     []image.Registry
	Images         []image.Image
	LoadBalancers  []balance.LoadBalancer
	TargetGroups   []balance.TargetGroup
	Alarms         []Alarm
	Fleets         []Fleet
	// CapacityProviders are those that the scenario names; FARGATE and FARGATE_SPOT are in the list if somebody uses them.
	CapacityProviders []CapacityProvider
	Services          []Service
	Jobs              []Job
	Faults            []Fault

	// FargateSpeed is how fast a Fargate task pulls.
	FargateSpeed image.Speed

	// Pricing is what the scenario says of money.
	Pricing Pricing

	// Expect is what the scenario expects of a run, in the order of its file. ExpectQuantile is the share of the seeds in
	// which each must hold; 1 means all.
	Expect         []expect.Named
	ExpectQuantile float64
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
	// FargateSpotVCPU is the same for FARGATE_SPOT, which has a launch bucket of its own of the same size.
	FargateSpotVCPU float64
	// ServiceLaunches is how many tasks a minute one service starts at most; 0 does not bind.
	ServiceLaunches int
	// ProvisioningTasks is how many tasks of a cluster may wait in PROVISIONING for capacity; 0 does not bind.
	ProvisioningTasks int
}

// DefaultQuotas are AWS's documented values.
func DefaultQuotas() Quotas {
	return Quotas{FargateLaunchBurst: 100, FargateLaunchRate: 20, ServiceLaunches: service.LaunchesPerMinute, ProvisioningTasks: 500}
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
	// PullStart is what a pull of a described image takes besides moving and unpacking its layers: authorization and
	// manifest.
	PullStart sim.Dist
	// ContainerStop is what a program takes to exit after SIGTERM, where the scenario does not say.
	ContainerStop sim.Dist
	// ENIDetach is the detachment and deletion of a task interface: DEPROVISIONING.
	ENIDetach sim.Dist
	// TargetRegistration is the way from a started container to a registered target.
	TargetRegistration sim.Dist
	// FirstProbe is the time from registration to the first probe of a load balancer. With RandomPhase it is any time
	// up to one interval, and FirstProbe is nil.
	FirstProbe  sim.Dist
	RandomPhase bool
	// MetricDelay is the time from the end of a one-minute period until alarms see its datapoint, HighResolutionDelay that
	// for periods of 20 seconds, and ManagedMetricDelay that of CapacityProviderReservation.
	MetricDelay, HighResolutionDelay, ManagedMetricDelay sim.Dist
	// AlarmDelay is the time from a datapoint to the evaluation of the alarm, ScalingAction that from the alarm to the new
	// desired count or capacity.
	AlarmDelay, ScalingAction sim.Dist
	// GroupReaction is the time from a new desired capacity to RunInstances, Termination that from the order to terminate
	// until the instance is gone.
	GroupReaction, Termination sim.Dist
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
	// Cluster is an index into Config.Clusters.
	Cluster int
	// Speed is how fast its instances pull; Pull is ECS_IMAGE_PULL_BEHAVIOR. Cached are indexes into Config.Images: what
	// the machine image brings along.
	Speed  image.Speed
	Pull   image.Behaviour
	Cached []int
	// SpotDraining is ECS_ENABLE_SPOT_INSTANCE_DRAINING.
	SpotDraining bool
	// SecurityGroups are indexes into Config.SecurityGroups; nil lets everything in.
	SecurityGroups []int
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
	// Cluster is an index into Config.Clusters.
	Cluster int
	// Spot: the launch type is Fargate and the capacity provider FARGATE_SPOT.
	Spot bool
	// Providers is the capacity provider strategy; nil for a launch type, and for capacity_provider = FARGATE or
	// FARGATE_SPOT alone without a table of that name. With it, Launch and Spot are those of the first.
	Providers []ProviderShare
	// SecurityGroups of the task interface are indexes into Config.SecurityGroups; nil lets everything in.
	SecurityGroups []int
	// Images has, for each container of Task, an index into Config.Images; negative, or no list at all, for images that
	// the scenario does not describe: their pulls take Latency.ImagePull or FargateImagePull.
	Images []int
	// Apps has, for each container of Task, what its program does; no list at all for programs without a fault.
	Apps []containers.App
}

// Service keeps its tasks running: a desired count of them, or one on every instance.
type Service struct {
	Name string
	Placing
	DesiredCount int
	// StartAt is when the service is created.
	StartAt time.Duration

	Scheduling service.Scheduling
	Deployment service.DeploymentConfiguration
	// Rollouts are updates of the service, in order of time.
	Rollouts []Rollout
	// Rebalancing is availabilityZoneRebalancing.
	Rebalancing bool

	// Targets are the target groups that its tasks register with; Grace is healthCheckGracePeriodSeconds.
	Targets []Target
	Grace   time.Duration
	// Discovery is nil without a Cloud Map registry.
	Discovery *Discovery
	// Protection is what tasks do to protect themselves against scale-in; nil is nothing.
	Protection *Protection

	// Load is nil for a service whose use nobody describes: it has no metrics.
	Load *Load
	// Scaling is service auto scaling; nil without it.
	Scaling *scaling.Config
}

// Rollout is a call of UpdateService.
type Rollout struct {
	At time.Duration
	// Placing is the new revision's; nil keeps the present one.
	Placing *Placing
	// Force is forceNewDeployment: a new deployment although nothing changes.
	Force bool
	// DesiredCount is the new desired count; negative keeps the present one.
	DesiredCount int
}

// Target is a target group of a service: which of its containers' ports is registered there.
type Target struct {
	Group           int // index into Config.TargetGroups
	Container, Port int // index into Task.Containers, container port
}

// Discovery is a Cloud Map service registry.
type Discovery struct {
	TTL time.Duration
}

// Protection is task scale-in protection: a fraction of the tasks protect themselves when they reach RUNNING.
type Protection struct {
	Fraction float64
	For      time.Duration
}

// Alarm is a CloudWatch alarm that deployments watch.
type Alarm struct {
	Name string
	// InAlarm are the stretches during which it is in ALARM, in order.
	InAlarm []Stretch
}

// Stretch is a stretch of time; To is negative for one without an end.
type Stretch struct{ From, To time.Duration }

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
