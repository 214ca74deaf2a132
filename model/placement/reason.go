package placement

// Reason says why a task was not placed: on one instance, or at all. The zero Reason means that it fits.
type Reason uint8

// Reasons, in the order in which an instance is tested; the order within the resources is unpublished.
const (
	Fits Reason = iota
	// NoInstances: the cluster has no container instance at all.
	NoInstances
	// Missing and Inactive are StartTask's: the named instance does not exist, or no longer.
	Missing
	Inactive
	Agent
	// OtherProvider: the instance does not belong to the capacity provider of the task.
	OtherProvider
	Location
	Attribute
	NoCPU
	NoMemory
	PortInUse
	NoENI
	NoGPU
	MemberOf
	DistinctInstance
	MaxTasksPerInstance
	// The rest concern Fargate, where no instance is involved.
	FargateVCPUQuota
	FargateCapacity
	// ProvisioningLimit: as many tasks of the cluster as the quota allows wait in PROVISIONING for capacity.
	ProvisioningLimit
	numReasons
)

// NumReasons is the number of reasons, for tables indexed by Reason.
const NumReasons = int(numReasons)

var reasonTexts = [numReasons]string{
	Fits:        "",
	NoInstances: "No Container Instances were found in your cluster.",
	Missing:     "MISSING",
	Inactive:    "INACTIVE",
	Agent:       "AGENT",
	// No text of ECS is known for it: tasks of capacity providers wait instead of failing.
	OtherProvider: "CAPACITY PROVIDER",
	Location:      "LOCATION",
	Attribute:     "ATTRIBUTE",
	NoCPU:         "RESOURCE:CPU",
	NoMemory:      "RESOURCE:MEMORY",
	PortInUse:     "RESOURCE:PORTS",
	NoENI:         "RESOURCE:ENI",
	NoGPU:         "RESOURCE:GPU",
	MemberOf:      "MemberOf placement constraint unsatisfied.",
	// ECS's own text for this one was not found in public; it follows the text of memberOf.
	DistinctInstance: "DistinctInstance placement constraint unsatisfied.",
	// An extension that ECS does not have.
	MaxTasksPerInstance: "x-max-tasks-per-instance",
	FargateVCPUQuota:    "You've reached the limit on the number of vCPUs you can run concurrently",
	FargateCapacity:     "RESOURCE:FARGATE",
	ProvisioningLimit:   "You've reached the limit on the number of tasks you can provision concurrently",
}

// String is the reason spelled as ECS spells it in failures[].reason and in service events.
func (r Reason) String() string { return reasonTexts[r] }

// Resource names the limit behind the reason as reports name it: "cpu", "memory", "ports", "eni", "gpu",
// "fargate_vcpu", "constraint", "instances", "agent", "location" or "attribute".
func (r Reason) Resource() string {
	switch r {
	case NoCPU:
		return "cpu"
	case NoMemory:
		return "memory"
	case PortInUse:
		return "ports"
	case NoENI:
		return "eni"
	case NoGPU:
		return "gpu"
	case MemberOf, DistinctInstance, MaxTasksPerInstance:
		return "constraint"
	case FargateVCPUQuota, FargateCapacity:
		return "fargate_vcpu"
	case NoInstances, Missing, Inactive:
		return "instances"
	case Agent:
		return "agent"
	case OtherProvider:
		return "constraint"
	case ProvisioningLimit:
		return "provisioning"
	case Location:
		return "location"
	case Attribute:
		return "attribute"
	case Fits, numReasons:
	}
	return ""
}
