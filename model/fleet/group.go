package fleet

// Distribution is the InstancesDistribution of a mixed instances policy. The zero value is On-Demand alone.
type Distribution struct {
	// Mixed: there is a policy; otherwise every instance is On-Demand, of the first type.
	Mixed bool
	// OnDemandBase instances are On-Demand before anything else, and of those above it OnDemandPercent.
	OnDemandBase    int
	OnDemandPercent float64
	OnDemand        OnDemandStrategy
	Spot            SpotStrategy
}

// OnDemandStrategy is OnDemandAllocationStrategy.
type OnDemandStrategy uint8

// The strategies for On-Demand instances.
const (
	Prioritized OnDemandStrategy = iota
	LowestPrice
)

// String spells the strategy as AWS does.
func (s OnDemandStrategy) String() string { return [...]string{"prioritized", "lowest-price"}[s] }

// SpotStrategy is SpotAllocationStrategy.
type SpotStrategy uint8

// The strategies for Spot instances.
const (
	PriceCapacityOptimized SpotStrategy = iota
	CapacityOptimized
	CapacityOptimizedPrioritized
	SpotLowestPrice
)

// String spells the strategy as AWS does.
func (s SpotStrategy) String() string {
	return [...]string{"price-capacity-optimized", "capacity-optimized", "capacity-optimized-prioritized", "lowest-price"}[s]
}

// TerminationPolicy says which instance of a zone goes first.
type TerminationPolicy uint8

// The policies.
const (
	DefaultTermination TerminationPolicy = iota
	AllocationStrategy
	OldestLaunchTemplate
	ClosestToNextInstanceHour
	NewestInstance
	OldestInstance
)

// String spells the policy as AWS does.
func (p TerminationPolicy) String() string {
	return [...]string{
		"Default", "AllocationStrategy", "OldestLaunchTemplate", "ClosestToNextInstanceHour", "NewestInstance", "OldestInstance",
	}[p]
}
