package scenario

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"ecssim/model/network"
)

// securityGroupTables reads [vpc.security_groups]. Rules may name groups that come later, so all names are known first.
func (b *builder) securityGroupTables(v *table) {
	var read []*table
	b.named(v, "security_groups", func(name string, g *table) {
		b.goodName(g, "a security group")
		g.later = map[string]string{"egress": "whatever goes out may go out"}
		b.securityGroups[name] = len(read)
		b.config.SecurityGroups = append(b.config.SecurityGroups, network.SecurityGroup{Name: name})
		read = append(read, g)
	})
	for i, g := range read {
		b.config.SecurityGroups[i].Ingress = b.ingress(g)
		g.done()
	}
}

// ingress reads the rules of a group. A group without any lets nothing in.
func (b *builder) ingress(g *table) []network.IngressRule {
	const example = `ingress = [{ from = "0.0.0.0/0", ports = "443" }]`
	n, p := g.get("ingress"), g.p.join("ingress")
	if n == nil {
		return nil
	}
	if n.kind != aList {
		b.add(wrongType(n, p, "a list of rules", example))
		return nil
	}
	var rules []network.IngressRule
	for i, e := range n.list {
		if e.kind != aTable {
			b.add(wrongType(e, p.index(i), "a rule", example))
			continue
		}
		t := b.table(e, p.index(i))
		rule := network.IngressRule{Group: -1}
		b.sender(t, &rule)
		rule.Ports = b.rulePorts(t)
		word, _ := t.choice("protocol", []string{"tcp", "udp"}, "tcp")
		rule.UDP = word == "udp"
		t.done()
		rules = append(rules, rule)
	}
	return rules
}

// sender reads who may send: a range of addresses, or the members of a group.
func (b *builder) sender(t *table, rule *network.IngressRule) {
	n, p := t.get("from"), t.p.join("from")
	switch {
	case n == nil:
		t.missing("from", `from = "0.0.0.0/0", or from = "NAME" of a security group`)
	case n.kind != aString:
		b.add(wrongType(n, p, "a CIDR block or the name of a security group", `from = "0.0.0.0/0"`))
	case strings.Contains(n.text, "/") || strings.Contains(n.text, "."):
		prefix, err := netip.ParsePrefix(strings.TrimSpace(n.text))
		switch {
		case err != nil:
			b.fail("E037", n.at, fmt.Sprintf("`%s` is not a CIDR block: %q", p, n.text), "",
				`write an IPv4 address and a prefix length: "0.0.0.0/0" is everybody, "10.0.0.7/32" a single address`)
		case !prefix.Addr().Is4():
			b.fail("E037", n.at, fmt.Sprintf("`%s` must be IPv4", p), "", `tasks take IPv4 addresses: "0.0.0.0/0"`)
		case prefix.Masked() != prefix:
			b.fail("E037", n.at, fmt.Sprintf("`%s` has bits set behind its prefix", p), "did you mean "+quoted(prefix.Masked().String())+"?")
		}
		rule.CIDR = prefix.String()
	default:
		if i, ok := b.securityGroups[n.text]; ok {
			rule.Group = i
			return
		}
		b.unknownReference(n, "security group", slices.Sorted(maps.Keys(b.securityGroups)),
			`a range of addresses is written with its prefix length: "0.0.0.0/0"`)
	}
}

// rulePorts reads "443" or "32768-65535". 0-65535 is how AWS writes all ports.
func (b *builder) rulePorts(t *table) network.PortRange {
	n, p := t.get("ports"), t.p.join("ports")
	switch {
	case n == nil:
		t.missing("ports", `ports = "443", or ports = "32768-65535"`)
		return network.PortRange{}
	case n.kind == anInteger:
		port, _ := b.wholeOf(n, p, 0, maxPort)
		return network.PortRange{First: int(port), Last: int(port)}
	case n.kind != aString:
		b.add(wrongType(n, p, "a port or a range of ports", `ports = "443", or ports = "32768-65535"`))
		return network.PortRange{}
	}
	first, last, isRange := strings.Cut(n.text, "-")
	if !isRange {
		last = first
	}
	low, errLow := strconv.Atoi(strings.TrimSpace(first))
	high, errHigh := strconv.Atoi(strings.TrimSpace(last))
	if errLow != nil || errHigh != nil || low < 0 || high < low || high > maxPort {
		b.fail("E032", n.at, fmt.Sprintf("`%s` cannot be %q", p, n.text), "", `write a port or a range from 0 to 65535: "443", "32768-65535"`)
		return network.PortRange{}
	}
	return network.PortRange{First: low, Last: high}
}

// maxSecurityGroups of one interface: of a task, an instance or a load balancer (ECS rules, services 6.1).
const maxSecurityGroups = 5

// securityGroupList reads the groups of an interface.
func (b *builder) securityGroupList(t *table) []int {
	const key = "security_groups"
	groups := b.references(t, key, "security group", b.securityGroups)
	if n := t.get(key); len(groups) > maxSecurityGroups {
		found := fmt.Sprintf("`%s` names %d security groups: an interface has %d at most", t.p.join(key), len(groups), maxSecurityGroups)
		b.fail("E043", n.at, found, "", "put the rules of several groups into one")
	}
	return groups
}
