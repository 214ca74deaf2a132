package model

import (
	"time"

	"ecssim/model/catalog"
	"ecssim/model/fleet"
	"ecssim/model/load"
	"ecssim/model/scaling"
	"ecssim/sim"
)

// ProviderKind is what kind of capacity a capacity provider brings.
type ProviderKind uint8

// The kinds of capacity providers.
const (
	// FargateProvider and FargateSpotProvider are FARGATE and FARGATE_SPOT.
	FargateProvider ProviderKind = iota
	FargateSpotProvider
	// GroupProvider is an Auto Scaling group.
	GroupProvider
	// ManagedInstances are instances that ECS chooses, launches and ends by itself.
	ManagedInstances
)

// String names the kind as the API does.
func (k ProviderKind) String() string {
	return [...]string{"FARGATE", "FARGATE_SPOT", "AUTO_SCALING_GROUP", "MANAGED_INSTANCES"}[k]
}

// CapacityProvider is where tasks with a capacity provider strategy may run.
type CapacityProvider struct {
	Name string
	Kind ProviderKind
	// Group is that of a GroupProvider, or what ManagedInstances launch.
	Group *Group
	// Managed is managed scaling; nil without it, and then the group keeps its desired capacity.
	Managed *scaling.ManagedConfig
	// TerminationProtection is managedTerminationProtection: instances with tasks are protected from scale-in.
	TerminationProtection bool
	// Draining is managedDraining: instances that are to be terminated are drained first, for at most 48 hours.
	Draining bool
	// Reclaim is how often Fargate Spot takes a task back; nil is never.
	Reclaim *Reclaim
	// ScaleInAfter is how long an instance of ManagedInstances is idle before it goes; negative is never.
	ScaleInAfter time.Duration
	// Fee is the management fee of ManagedInstances, as a share of the On-Demand price.
	Fee float64
}

// Reclaim is how Fargate Spot takes tasks back.
type Reclaim struct {
	// TimeTo is the time from RUNNING to the notice.
	TimeTo sim.Dist
	Notice time.Duration
}

// Group is an Auto Scaling group and its launch template.
type Group struct {
	// Template is what its instances have alike: its name is that of the capacity provider, its Type the first of Types,
	// and its Count and times to failure mean nothing.
	Template Fleet
	// Types are the instance types that it may launch, in order of priority.
	Types []catalog.InstanceType
	// Min, Max and Desired are the sizes at the start; the instances of Desired are there at the start.
	Min, Max, Desired int
	// BootTime is the time from RunInstances to the registration with the cluster.
	BootTime sim.Dist
	// TimeToFailure as in Fleet; the group replaces what is lost.
	TimeToFailure sim.Dist
	Distribution  fleet.Distribution
	// SpotDiscount is, for each of Types, the share of the On-Demand price that Spot saves; negative if it is not known.
	SpotDiscount []float64
	// TimeToInterruption is, for each of Types, the time from launch to the Spot notice; nil is never. The notice comes two
	// minutes before the end.
	TimeToInterruption []sim.Dist
	Termination        []fleet.TerminationPolicy
	WarmPool           *WarmPool
	// BalancedOnly keeps launches in the zone whose turn it is, also while they fail there.
	BalancedOnly bool
}

// WarmPool is a warm pool of instances that have booted once.
type WarmPool struct {
	// Size is how many instances it holds.
	Size fleet.Pool
	// Running instances are paid for; stopped ones are not.
	Running bool
	// StartTime is the time from the start of a pooled instance to its registration.
	StartTime sim.Dist
}

// ProviderShare is a CapacityProviderStrategyItem.
type ProviderShare struct {
	Provider int // index into Config.CapacityProviders
	scaling.Share
}

// Load is the demand on a service.
type Load struct {
	load.Profile
	// Curve opens the demand anew for each replication.
	Curve func(sim.Streams) load.Curve
	// Unit is what is counted: "requests".
	Unit string
}
