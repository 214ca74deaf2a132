package catalog

// InstanceType is one EC2 instance type as ECS sees it.
type InstanceType struct {
	Name string
	// CPU is what an instance registers, in CPU units: vCPUs × 1024.
	CPU int64
	// Memory is what an instance registers, in MiB. It is less than NominalMemory: the kernel takes its part first.
	Memory int64
	// NominalMemory is what EC2 advertises, in MiB; 0 for a type of the scenario's own.
	NominalMemory int64
	VCPU          int
	GPUs          int64
	GPUModel      string
	// Architecture is "x86_64" or "arm64", as in the attribute ecs.cpu-architecture.
	Architecture string
	// MaxENIs counts network interfaces over all cards, the primary one included; 0 means not known.
	MaxENIs int64
	// TaskENIs is how many awsvpc tasks an instance holds without trunking.
	TaskENIs int64
	// TrunkTaskENIs is how many it holds with a trunk interface; 0 if ECS does not trunk on this type.
	TrunkTaskENIs int64
	// TrunkRule names the rule that gave TrunkTaskENIs: "documented", "computed", "not capable", "excluded", "custom" …
	TrunkRule string
	// PricePerHour is the On-Demand price in USD; negative means that no price is known.
	PricePerHour float64
	// Burstable, NetworkGbps, EBSMaxMbps … are shown by `ecssim catalog` only.
	Burstable   bool
	NetworkGbps float64
	// Sources says where the row comes from, with dates, for people.
	Sources []string
	// Custom marks a type that the scenario defines.
	Custom bool
}
