package catalog

// InstanceType is one EC2 instance type as ECS sees it.
type InstanceType struct {
	Name string
	// CPU is what an instance registers, in CPU units: vCPUs × 1024.
	CPU int64
	// Memory is what an instance registers, in MiB, with a current Linux image and no ECS_RESERVED_MEMORY. It is less
	// than NominalMemory: the kernel takes its part first.
	Memory int64
	// MemoryBasis says how Memory is known: one of the Memory constants.
	MemoryBasis string
	// NominalMemory is what EC2 advertises, in MiB; 0 for a type of the scenario's own.
	NominalMemory int64
	// VCPU counts the vCPUs of the type; for a cpu of the scenario's own it is rounded up.
	VCPU int
	// GPUs counts the GPUs that register with ECS. The agent looks for NVIDIA devices only (ecs-init has one GPU
	// manager, NVIDIA's), so types with AMD or Habana devices register none; a fraction of a GPU (g6f) counts 0.
	GPUs int64
	// GPUModel names the device, also where it does not register: "v100", "amd radeon-pro-v520".
	GPUModel string
	// Architecture is "x86_64" or "arm64", as in the attribute ecs.cpu-architecture.
	Architecture string

	// MaxENIs counts network interfaces over all cards, the primary one included; 0 means not known.
	MaxENIs int64
	// NetworkCards holds those interfaces; 0 means not known.
	NetworkCards int
	// IPv4PerENI counts the addresses of one interface, its primary one included; 0 means not known.
	IPv4PerENI int
	// BranchENIs is how many branch interfaces EC2 gives a trunk of this type; 0: none, or not known.
	BranchENIs int64
	// TaskENIs is how many awsvpc tasks an instance holds without trunking. It is always usable: where MaxENIs is not
	// known it follows from AssumedENIs, and ENIsAssumed says so.
	TaskENIs int64
	// TaskRule names the rule that gave TaskENIs: one of the Rule constants.
	TaskRule string
	// ENIsAssumed marks limits that rest on AssumedENIs, because neither the tables nor the scenario give the interfaces.
	ENIsAssumed bool
	// TrunkTaskENIs is how many it holds with a trunk interface; 0 if ECS does not trunk on this type.
	TrunkTaskENIs int64
	// TrunkRule names the rule that gave TrunkTaskENIs: one of the Rule constants.
	TrunkRule string
	// TrunkNote is a remark on the two limits for people; often empty.
	TrunkNote string

	// PricePerHour is the Linux On-Demand price in USD; negative means that no price is known.
	PricePerHour float64
	// PriceSource says where PricePerHour comes from, with its date; empty without a price.
	PriceSource string

	// Burstable, NetworkGbps, EBSMaxMbps … are shown by `ecssim catalog` only; 0 means not known or none.
	Burstable   bool
	BareMetal   bool
	NetworkGbps float64
	EBSMaxMbps  int
	LocalNVMeGB int

	// Sources says where the row comes from, with dates, for people. Shared: read only.
	Sources []string
	// Custom marks a type that the scenario defines, or overrides in part.
	Custom bool
}

// How Memory is known.
const (
	MemoryObserved = "observed"    // the memory that an operating system saw, which is what the agent registers
	MemorySibling  = "sibling"     // observed on a type of the same shape
	MemoryFormula  = "estimated"   // a line fitted to the observed types
	MemoryScenario = "as declared" // the scenario says so
)

// Rules that give the awsvpc task limits.
const (
	RuleDocumented    = "documented"           // the ECS developer guide lists the figure
	RuleInterfaces    = "interfaces - 1"       // the primary interface holds no task
	RuleComputed      = "computed"             // branch interfaces + interfaces - 2
	RuleUnreliable    = "computed, unreliable" // the same, from a branch count that looks capped at 120
	RuleNotCapable    = "not capable"          // EC2 gives the type no trunk
	RuleExcluded      = "excluded"             // EC2 could, ECS does not
	RuleContradictory = "contradictory"        // the sources disagree so much that no figure is usable
	RuleUnknown       = "unknown"
	RuleAssumed       = "assumed" // see AssumedENIs
	RuleCustom        = "custom"  // from the scenario's max_enis and branch_enis
)
