package cost

import (
	"math"
	"time"
)

// Names and units of what the network and the logs cost.
const (
	ALB         = "Application Load Balancer"
	ALBCapacity = "Application Load Balancer LCU"
	NLB         = "Network Load Balancer"
	NLBCapacity = "Network Load Balancer NLCU"
	NATGateway  = "NAT gateway"
	NATData     = "NAT gateway data"
	PublicIPv4  = "public IPv4 address"
	LogIngest   = "CloudWatch Logs ingestion"

	LoadBalancerHour = "load-balancer-hour"
	LCUHour          = "LCU-hour"
	NLCUHour         = "NLCU-hour"
	GatewayHour      = "gateway-hour"
	AddressHour      = "address-hour"
	GB               = "GB"
)

// BytesPerGB: what is billed by the GB is counted in 2^30 bytes, as memory is.
const BytesPerGB = 1 << 30

// CapacityUnit is how much of each dimension one load balancer capacity unit holds.
type CapacityUnit struct {
	NewConnections    float64 // a second
	ActiveConnections float64 // sampled every minute
	GB                float64 // an hour
	Rules             float64 // rule evaluations a second; +Inf where rules are not billed
}

// The two kinds of capacity units (ECS rules, services 7.2; Elastic Load Balancing pricing, TCP for the NLCU).
var (
	LCU  = CapacityUnit{NewConnections: 25, ActiveConnections: 3000, GB: 1, Rules: 1000}
	NLCU = CapacityUnit{NewConnections: 800, ActiveConnections: 100_000, GB: 1, Rules: math.Inf(1)}
)

// FreeRules are evaluated for nothing with each request.
const FreeRules = 10

// BalancerUse is what went through a load balancer in a span of time.
type BalancerUse struct {
	// Connections were opened; ConnectionSeconds are the time for which they were open, together.
	Connections, ConnectionSeconds float64
	Bytes                          float64
	// Rules were evaluated beyond the free ones.
	Rules float64
}

// UnitHours is what is billed for the span: the dimension that needs the most units alone, by its mean over the span.
// AWS takes the mean over the hour, so the span should be an hour, or what the run covers of it.
func (c CapacityUnit) UnitHours(u BalancerUse, span time.Duration) float64 {
	if span <= 0 {
		return 0
	}
	seconds, h := span.Seconds(), span.Hours()
	return h * max(
		u.Connections/seconds/c.NewConnections,
		u.ConnectionSeconds/seconds/c.ActiveConnections,
		u.Bytes/BytesPerGB/h/c.GB,
		u.Rules/seconds/c.Rules,
	)
}
