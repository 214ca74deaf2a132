package balance

import "time"

// Quotas of Elastic Load Balancing and of ECS; those of targets are defaults that AWS raises on request
// (ECS rules, services 5.2 and 5.4).
const (
	// ApplicationTargets and NetworkTargets are registered with one load balancer, in all its groups together.
	ApplicationTargets = 1000
	NetworkTargets     = 3000
	// NetworkTargetsPerZone are registered with one Network Load Balancer in one zone.
	NetworkTargetsPerZone = 500
	// TargetsPerGroup are registered in one group, as instances or as addresses.
	TargetsPerGroup = 1000
	// GroupsPerApplication are behind one Application Load Balancer, GroupsPerRegion in one Region.
	GroupsPerApplication = 100
	GroupsPerRegion      = 3000
	// GroupsPerService may be named by one ECS service.
	GroupsPerService = 5
)

// Default and longest deregistration delay.
const (
	DefaultDeregistrationDelay = 300 * time.Second
	MaxDeregistrationDelay     = time.Hour
)

// DefaultTargets is how many targets a load balancer of a type takes.
func DefaultTargets(t Type) int {
	if t == Network {
		return NetworkTargets
	}
	return ApplicationTargets
}

// DefaultHealthCheck is the health check of a group that does not say: of HTTP behind an Application, of TCP behind a
// Network Load Balancer (ECS rules, services 5.1).
func DefaultHealthCheck(t Type) HealthCheck {
	h := HealthCheck{Interval: 30 * time.Second, Timeout: 5 * time.Second, Healthy: 5, Unhealthy: 2, FirstSuccess: true}
	if t == Network {
		h.Timeout = 10 * time.Second
	}
	return h
}
