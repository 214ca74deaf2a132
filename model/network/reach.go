package network

import (
	"fmt"
	"net/netip"
	"slices"
)

// AllPorts are the ports of a rule that lets all traffic of a protocol in.
var AllPorts = PortRange{0, 65535}

// Contains reports whether the port is in the range.
func (r PortRange) Contains(port int) bool { return r.First <= port && port <= r.Last }

// Connection is who wants to reach whom.
type Connection struct {
	// From and To are the security groups of both ends, as indexes into the scenario's. A sender without any is let in
	// by rules about addresses only. A receiver without any lets all in: a scenario that gives it none does not model
	// security groups, since in a VPC every interface has one.
	From, To []int
	// VPC is the range in which the sender's address lies; "" stands for the private ranges.
	VPC string
	UDP bool
}

// private are the ranges that the addresses of a VPC come from, if nobody says which (RFC 1918, RFC 6598).
var private = []netip.Prefix{
	netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"), netip.MustParsePrefix("192.168.0.0/16"),
	netip.MustParsePrefix("100.64.0.0/10"),
}

// Reachable reports whether the receiver's groups let the connection in on a port. What they do not let in is dropped
// in silence, so that the sender waits for its time-out (ECS rules, services 5.3). What may go out is not modelled: a
// group lets all out unless somebody changes that.
func (c Connection) Reachable(port int, groups []SecurityGroup) bool {
	_, blocked := c.Blocked(PortRange{port, port}, groups)
	return !blocked
}

// Blocked is the first port of a range on which the receiver's groups do not let the connection in. Dynamic host ports
// ask for it: behind a load balancer the rules have to cover the whole range that the agent picks from (ECS rules,
// services 5.2 and 5.3).
func (c Connection) Blocked(ports PortRange, groups []SecurityGroup) (port int, blocked bool) {
	if len(c.To) == 0 {
		return 0, false
	}
	for port = ports.First; port <= ports.Last; {
		open := port
		for _, g := range c.To {
			for k := range groups[g].Ingress {
				if rule := &groups[g].Ingress[k]; rule.Ports.Contains(open) && c.admittedBy(rule) {
					open = rule.Ports.Last + 1
				}
			}
		}
		if open == port {
			return port, true
		}
		port = open
	}
	return 0, false
}

// admittedBy reports whether the rule is about the sender. Addresses are not given out one by one here, so a range lets
// the sender in if it overlaps with the one in which the sender's address lies.
func (c Connection) admittedBy(rule *IngressRule) bool {
	switch {
	case rule.UDP != c.UDP:
		return false
	case rule.Group >= 0:
		return slices.Contains(c.From, rule.Group)
	}
	from, err := netip.ParsePrefix(rule.CIDR)
	if err != nil {
		return false
	}
	if c.VPC == "" {
		return slices.ContainsFunc(private, from.Overlaps)
	}
	vpc, err := netip.ParsePrefix(c.VPC)
	return err == nil && from.Overlaps(vpc)
}

// Problems says what cannot be about a rule in a scenario with so many security groups.
func (r IngressRule) Problems(groups int) (problems []string) {
	switch {
	case r.Group >= groups:
		problems = append(problems, fmt.Sprintf("the rule names security group %d of %d", r.Group, groups))
	case r.Group >= 0 && r.CIDR != "":
		problems = append(problems, "the rule names both a security group and addresses")
	case r.Group < 0:
		if p, err := netip.ParsePrefix(r.CIDR); err != nil {
			problems = append(problems, fmt.Sprintf("%q is not a range of addresses like 10.0.0.0/16", r.CIDR))
		} else if p != p.Masked() {
			problems = append(problems, fmt.Sprintf("%s has bits behind its prefix: did you mean %s", r.CIDR, p.Masked()))
		}
	}
	if r.Ports.First < 0 || r.Ports.Last > AllPorts.Last || r.Ports.First > r.Ports.Last {
		problems = append(problems, fmt.Sprintf("ports %d to %d are not a range within 0 to %d", r.Ports.First, r.Ports.Last, AllPorts.Last))
	}
	return problems
}
