package model

import "time"

// Pricing is what a scenario says of money beyond the list prices of the catalog: what is paid for besides instances,
// tasks and load balancers, and which rates are lower. The zero Pricing adds nothing. It changes no decision of a run,
// only its bill.
type Pricing struct {
	// SavingsPlan replaces the Fargate rates of Linux on x86.
	SavingsPlan SavingsPlan
	// EC2Discount is the share of the On-Demand price that is saved on EC2, by a Savings Plan or by agreement. Spot, and the
	// management fee of ECS Managed Instances, do not have it.
	EC2Discount float64
	// InternetFacing has, for each of Config.LoadBalancers, whether it has a public address in each of its subnets; nil is
	// none.
	InternetFacing []bool
	// NATGateways run all the time, with a public address each; NATGBPerHour is what goes through all of them together,
	// besides what Traffic says.
	NATGateways  int
	NATGBPerHour float64
	// InstanceVolumeGB is the size of the gp3 volume of every instance, pooled ones included.
	InstanceVolumeGB float64
	// Services and Jobs are by the index of the owner; nil for zero ones.
	Services, Jobs []Traffic
}

// Traffic is what one unit of load, or one task, means to those who bill by the byte and the connection.
type Traffic struct {
	// PublicIP is assignPublicIp: every task on Fargate has a public address as long as it has an interface.
	PublicIP bool
	// BytesPerUnit go through the load balancer for one unit, both ways together; NATBytesPerUnit through the NAT gateways;
	// LogBytesPerUnit are written to CloudWatch Logs.
	BytesPerUnit, NATBytesPerUnit, LogBytesPerUnit float64
	// UnitsPerConnection is how many units one connection carries; 0 means 1.
	UnitsPerConnection float64
	// ConnectionTime is how long a connection is open.
	ConnectionTime time.Duration
	// RulesPerUnit are the rules that an ALB evaluates for a request; the first ten are free.
	RulesPerUnit float64
}

// SavingsPlan is a commitment of an account.
type SavingsPlan uint8

// The plans whose rates are known.
const (
	NoSavingsPlan SavingsPlan = iota
	Compute1Year
	Compute3Years
)

// String spells the plan as a scenario does.
func (s SavingsPlan) String() string {
	return [...]string{"none", "compute-1y-no-upfront", "compute-3y-no-upfront"}[s]
}

// TrafficOf is what a unit of the owner's load means.
func (p *Pricing) TrafficOf(service bool, index int) Traffic {
	list := p.Jobs
	if service {
		list = p.Services
	}
	if index >= len(list) {
		return Traffic{}
	}
	return list[index]
}
