package model

import (
	"time"

	"ecssim/model/iam"
)

// FaultKind is what goes wrong.
type FaultKind uint8

// The kinds of faults. Those without an end of their own last for Fault.For.
const (
	// InstanceLoss: instances are terminated at once. Their fleet launches others in their place after For.
	InstanceLoss FaultKind = iota
	// AgentDisconnect: the agents of instances lose the connection to the control plane.
	AgentDisconnect
	// InstanceDraining: instances are set to DRAINING.
	InstanceDraining
	// HostRetirement: AWS retires hosts: instances are lost after Notice, Fargate tasks are replaced.
	HostRetirement
	// SpotInterruption: instances or Fargate Spot tasks are reclaimed after Notice.
	SpotInterruption
	// ZoneOutage: everything in a zone is lost, and nothing starts there.
	ZoneOutage
	// RoleMissing: a role is missing, or lacks a permission or its trust.
	RoleMissing
	// RuleMissing: a security group lets nothing in.
	RuleMissing
	// RegistryDown: pulls time out. RegistrySlow: pulls take Factor times as long.
	RegistryDown
	RegistrySlow
	// ImageMissing: the tag is not there. ImageCorrupt: a layer does not match its digest.
	ImageMissing
	ImageCorrupt
	// HealthCheckFailing: programs cease to answer health checks.
	HealthCheckFailing
	// TaskKill: essential containers are killed.
	TaskKill
	// InsufficientCapacity: EC2 has no instances to launch, and Fargate Spot none to give.
	InsufficientCapacity
	NumFaultKinds
)

var faultKinds = [NumFaultKinds]string{
	InstanceLoss: "instance_loss", AgentDisconnect: "agent_disconnect", InstanceDraining: "instance_draining",
	HostRetirement: "host_retirement", SpotInterruption: "spot_interruption", ZoneOutage: "zone_outage",
	RoleMissing: "iam_missing", RuleMissing: "security_group_missing", RegistryDown: "registry_down",
	RegistrySlow: "registry_slow", ImageMissing: "image_missing", ImageCorrupt: "image_corrupt",
	HealthCheckFailing: "health_check_failing", TaskKill: "task_kill",
	InsufficientCapacity: "insufficient_capacity",
}

// String is the kind as scenarios spell it.
func (k FaultKind) String() string { return faultKinds[k] }

// Fault is something that goes wrong at an instant.
type Fault struct {
	Name string
	Kind FaultKind
	At   time.Duration
	// For is how long it lasts; 0 is up to the end.
	For time.Duration

	// What it hits, as far as the kind asks. Instance is a name such as main/1 and Fleet one of a fleet; Owner is the
	// name of a service or job, "services.web". Empty is all. HostRetirement and SpotInterruption hit Fargate tasks where
	// there are any, unless they name instances; with the Owner of EC2 tasks, the instances on which these are.
	Instance, Fleet, Owner, Zone string
	// Count is how many instances or tasks; 0 is all of Fraction, and Fraction 0 is all.
	Count    int
	Fraction float64
	// Image, Registry and SecurityGroup are indexes into the Config's lists; negative is all.
	Image, Registry, SecurityGroup int
	// Revision restricts HealthCheckFailing and TaskKill to one revision of a service; 0 is all.
	Revision int

	Role       iam.Role
	Gap        iam.Gap
	Permission string // "ecr", "logs", "secrets"; empty is all
	Factor     float64
	// Notice is how long before the end the victim is told: 2 min for Spot.
	Notice time.Duration

	// Provider restricts InsufficientCapacity to a capacity provider: its index plus 1; 0 is all. Type is an instance type,
	// empty for all, and Market what is not to be had.
	Provider int
	Type     string
	Market   Market
}

// Market is where EC2 capacity is bought.
type Market uint8

// The markets.
const (
	BothMarkets Market = iota
	OnDemandMarket
	SpotMarket
)
