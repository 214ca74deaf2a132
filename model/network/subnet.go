package network

import "fmt"

// ReservedAddresses of every subnet belong to AWS: the first four and the last (EC2 API reference, CreateSubnet).
const ReservedAddresses = 5

// Shortest and longest network prefix that a VPC subnet may have.
const (
	MinPrefix = 16
	MaxPrefix = 28
)

// Subnet describes an IPv4 subnet of the VPC.
type Subnet struct {
	Name, Zone string
	// Prefix is the length of the network prefix: 24 for a /24.
	Prefix int
	// OtherIPsUsed are addresses that others hold all the time: load balancers, NAT gateways, databases.
	OtherIPsUsed int64
	// Implicit: the scenario did not write this subnet.
	Implicit bool
}

// Usable is the number of addresses that tasks and instances can share.
func (s Subnet) Usable() int64 {
	return UsableAddresses(s.Prefix) - s.OtherIPsUsed
}

// UsableAddresses of a subnet with this prefix, before anybody took one: 11 for a /28, 251 for a /24.
func UsableAddresses(prefix int) int64 {
	return int64(1)<<(32-prefix) - ReservedAddresses
}

// Addresses is the state of one subnet during a run.
type Addresses struct {
	Subnet Subnet
	used   int64
}

// NewAddresses returns the untouched subnet.
func NewAddresses(s Subnet) *Addresses { return &Addresses{Subnet: s} }

// Free is the number of addresses left.
func (a *Addresses) Free() int64 { return a.Subnet.Usable() - a.used }

// Used is the number of addresses taken by instances and tasks; the addresses of others are not in it.
func (a *Addresses) Used() int64 { return a.used }

// Take takes n addresses and reports whether there were that many; if not, it takes none.
func (a *Addresses) Take(n int64) bool {
	if a.Free() < n {
		return false
	}
	a.used += n
	return true
}

// Return gives n addresses back. More than were taken is a bug.
func (a *Addresses) Return(n int64) {
	if a.used < n {
		panic(fmt.Sprintf("network: subnet %s gets %d addresses back, but only %d are taken", a.Subnet.Name, n, a.used))
	}
	a.used -= n
}
