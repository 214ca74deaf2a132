package balance

import (
	"fmt"

	"ecssim/model/network"
)

// What an Application Load Balancer asks of each of its subnets, and what it takes at most of all of them together.
// The last is what others have seen; AWS does not publish it.
const (
	ApplicationMaxPrefix    = 27
	ApplicationFreePerZone  = 8
	ApplicationMaxAddresses = 100
)

// AddressesPerSubnet is how many addresses a load balancer takes of each of its subnets when it is made: one node a
// zone, of either type, and one address a node. An Application Load Balancer takes more while it scales, which is left
// out: nothing here knows its load (ECS rules, placement 5.4).
func AddressesPerSubnet(Type) int64 { return 1 }

// NeededPerSubnet is how many addresses have to be free in a subnet for a load balancer to be made there: eight for
// an Application Load Balancer, that it may grow; what it takes for a Network Load Balancer.
func NeededPerSubnet(t Type) int64 {
	if t == Application {
		return ApplicationFreePerZone
	}
	return AddressesPerSubnet(t)
}

// ProblemsInSubnet says why a load balancer cannot be made in a subnet of which so many addresses are free.
func ProblemsInSubnet(t Type, s network.Subnet, free int64) (problems []string) {
	if t == Application && s.Prefix > ApplicationMaxPrefix {
		problems = append(problems, fmt.Sprintf("subnet %s is a /%d, but an Application Load Balancer needs a /%d or larger",
			s.Name, s.Prefix, ApplicationMaxPrefix))
	}
	if needed := NeededPerSubnet(t); free < needed {
		problems = append(problems, fmt.Sprintf("subnet %s has %d free addresses, but a load balancer of this type needs %d",
			s.Name, free, needed))
	}
	return problems
}
