package balance

import "time"

// Type of a load balancer.
type Type uint8

// The two types that serve ECS tasks in all network modes.
const (
	Application Type = iota
	Network
)

// LoadBalancer is an Application or Network Load Balancer.
type LoadBalancer struct {
	Name string
	Type Type
	// Subnets are indexes into the scenario's subnets: where its nodes are.
	Subnets []int
	// SecurityGroups are indexes into the scenario's security groups; nil stands for none, which lets all through.
	SecurityGroups []int
	// Targets limits the targets of all its groups together (1000 for an ALB, 3000 for an NLB).
	Targets int
}

// TargetType is what a target group holds.
type TargetType uint8

// Instance targets are an instance and a host port, IP targets an address of an awsvpc task.
const (
	InstanceTarget TargetType = iota
	IPTarget
)

// TargetGroup is one target group.
type TargetGroup struct {
	// Name as a service refers to it: LOADBALANCER/GROUP.
	Name         string
	LoadBalancer int // index into the scenario's load balancers
	Type         TargetType
	Health       HealthCheck
	// DeregistrationDelay is how long a target drains.
	DeregistrationDelay time.Duration
	// Targets limits the targets of the group (1000).
	Targets int
}

// HealthCheck is the health check of a target group.
type HealthCheck struct {
	Interval, Timeout  time.Duration
	Healthy, Unhealthy int // thresholds in a row
	// FirstSuccess: a fresh target is healthy after one success, as ELB does; otherwise after Healthy of them.
	FirstSuccess bool
}
