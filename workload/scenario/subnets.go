package scenario

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"ecssim/model"
	"ecssim/model/network"
	"ecssim/workload/diag"
)

// Implicit network: one /24 a zone.
const (
	implicitPrefix = 24
	defaultZone    = "a"
	defaultSubnet  = "default"
)

// block is a subnet's range of addresses and where it is written.
type block struct {
	name   string
	prefix netip.Prefix
	at     diag.Position
}

// network reads [vpc]: the subnets, of which it makes implicit ones if there are none, and the security groups.
func (b *builder) network(t *table) {
	v, ok := t.sub("vpc", "[vpc.subnets]")
	if !ok {
		return
	}
	v.later = map[string]string{"endpoints": "", "nat_gateways": ""}
	var blocks []block
	b.named(v, "subnets", func(name string, s *table) {
		subnet, blk, ok := b.subnet(name, s)
		if !ok {
			// A name that is known avoids errors about references to it.
			subnet = network.Subnet{Name: name, Zone: defaultZone, Prefix: implicitPrefix}
		} else {
			blocks = append(blocks, blk)
		}
		b.subnets[name] = len(b.config.Subnets)
		b.config.Subnets = append(b.config.Subnets, subnet)
	})
	b.securityGroupTables(v)
	v.done()
	b.overlaps(blocks)
	if len(b.config.Subnets) == 0 {
		b.implicitSubnets(t)
	}
}

func (b *builder) subnet(name string, t *table) (network.Subnet, block, bool) {
	good := b.goodName(t, "a subnet")
	s := network.Subnet{Name: name, Zone: t.text("zone", defaultZone)}
	if strings.TrimSpace(s.Zone) == "" {
		b.fail("E026", t.valueAt("zone"), "a zone has an empty name", "", `write for example: zone = "a"`)
	}
	cidr := t.get("cidr")
	blk := block{name: name}
	if cidr == nil {
		t.missing("cidr", `cidr = "10.0.0.0/24"`)
		good = false
	} else if prefix, ok := b.cidr(cidr, t.p.join("cidr")); ok {
		s.Prefix = prefix.Bits()
		blk.prefix, blk.at = prefix, cidr.at
	} else {
		good = false
	}
	most := int64(1) << 16
	if good {
		most = network.UsableAddresses(s.Prefix)
	}
	s.OtherIPsUsed = t.whole("other_ips_used", 0, most, 0)
	t.done()
	return s, blk, good
}

// cidr checks the range of a subnet.
func (b *builder) cidr(n *node, p path) (netip.Prefix, bool) {
	if n.kind != aString {
		b.add(wrongType(n, p, "a CIDR block", `cidr = "10.0.0.0/24"`))
		return netip.Prefix{}, false
	}
	prefix, err := netip.ParsePrefix(strings.TrimSpace(n.text))
	switch {
	case err != nil:
		b.fail("E037", n.at, fmt.Sprintf("`%s` is not a CIDR block: %q", p, n.text), "", `write an IPv4 address and a prefix length: "10.0.0.0/24"`)
		return prefix, false
	case !prefix.Addr().Is4():
		b.fail("E037", n.at, fmt.Sprintf("`%s` must be IPv4", p), "", `tasks take IPv4 addresses: "10.0.0.0/24"`)
		return prefix, false
	case prefix.Bits() < network.MinPrefix || prefix.Bits() > network.MaxPrefix:
		b.fail("E037", n.at, fmt.Sprintf("`%s` is a /%d: AWS allows /%d to /%d", p, prefix.Bits(), network.MinPrefix, network.MaxPrefix), "",
			"a /24 has 251 usable addresses, a /28 has 11")
		return prefix, false
	case prefix.Masked() != prefix:
		b.fail("E037", n.at, fmt.Sprintf("`%s` has bits set behind its prefix", p), "did you mean "+quoted(prefix.Masked().String())+"?")
		return prefix, false
	}
	return prefix, true
}

// overlaps refuses subnets that share addresses.
func (b *builder) overlaps(blocks []block) {
	for i, x := range blocks {
		for _, y := range blocks[:i] {
			if x.prefix.Overlaps(y.prefix) {
				b.fail("E038", x.at, fmt.Sprintf("subnets `%s` (%s) and `%s` (%s) overlap", y.name, y.prefix, x.name, x.prefix), "",
					"an address can be in one subnet only; move one of them")
			}
		}
	}
}

// implicitSubnets makes one subnet for each zone that a fleet or a capacity provider names, called as the zone, or else
// one called default.
func (b *builder) implicitSubnets(t *table) {
	zones := map[string]bool{}
	for _, key := range []string{"instances", "capacity_providers"} {
		machines := t.n.child(key)
		if machines == nil || machines.kind != aTable {
			continue
		}
		for _, f := range machines.table {
			list := f.child("zones")
			if list == nil || list.kind != aList {
				if f.kind == aTable {
					zones[defaultZone] = zones[defaultZone] || false
				}
				continue
			}
			for _, z := range list.list {
				if z.kind == aString {
					zones[z.text] = true
				}
			}
		}
	}
	named := false
	for _, n := range zones {
		named = named || n
	}
	if !named {
		b.implicit(defaultSubnet, defaultZone)
		return
	}
	for _, z := range slices.Sorted(maps.Keys(zones)) {
		b.implicit(z, z)
	}
}

func (b *builder) implicit(name, zone string) {
	b.subnets[name] = len(b.config.Subnets)
	b.config.Subnets = append(b.config.Subnets, network.Subnet{Name: name, Zone: zone, Prefix: implicitPrefix, Implicit: true})
}

// shortestImplicit is as wide as an implicit subnet gets.
const shortestImplicit = 8

// widen makes an implicit subnet larger if the instances' own addresses do not fit: the fleet itself, which nobody
// wrote a network for, must not be what runs out.
func (b *builder) widen() {
	own, tasks := b.ownAddresses(), make([]int64, len(b.config.Subnets))
	for i := range b.config.Fleets {
		f := &b.config.Fleets[i]
		for k, s := range f.Subnets {
			tasks[s] += shareOf(f.Count, len(f.Subnets), k) * b.taskENIs(f)
		}
	}
	for i := range b.config.CapacityProviders {
		b.widenFor(b.config.CapacityProviders[i].Group, own, tasks)
	}
	for i := range b.config.Subnets {
		s := &b.config.Subnets[i]
		if !s.Implicit || own[i] <= s.Usable() {
			continue
		}
		for s.Prefix > shortestImplicit && s.Usable() < own[i]+tasks[i] {
			s.Prefix--
		}
	}
}

// roomFor is how many instances of managed instances without a maximum size an implicit subnet has room for.
const roomFor = 1000

// widenFor adds the addresses of a group that has grown to its maximum.
func (b *builder) widenFor(g *model.Group, own, tasks []int64) {
	if g == nil {
		return
	}
	size, each, inside := g.Max, int64(1), int64(0)
	if size == mostInstances {
		size = roomFor
	}
	for i := range g.Types {
		f := model.Fleet{Type: g.Types[i]}
		if b.config.Settings.AwsvpcTrunking && f.Type.TrunkTaskENIs > 0 {
			each = 2
		}
		inside = max(inside, b.taskENIs(&f))
	}
	for k, s := range g.Template.Subnets {
		n := shareOf(size, len(g.Template.Subnets), k)
		own[s], tasks[s] = own[s]+n*each, tasks[s]+n*inside
	}
}

// subnetList reads a list of subnet names as indexes.
func (b *builder) subnetList(t *table) []int {
	var list []int
	for _, n := range t.names("subnets", `subnets = ["a", "b"]`) {
		i, ok := b.subnets[n.text]
		if !ok {
			help := `define it: [vpc.subnets] ` + bareOrQuoted(n.text) + ` = { zone = "a", cidr = "10.0.0.0/24" }`
			b.unknownReference(n, "subnet", slices.Sorted(maps.Keys(b.subnets)), help)
			continue
		}
		list = append(list, i)
	}
	return list
}

// unknownReference is the error for a name that is not defined.
func (b *builder) unknownReference(n *node, what string, known []string, help string) {
	d := diag.Diagnostic{
		Code: "E036", At: n.at, Message: fmt.Sprintf("there is no %s %q", what, n.text),
		Label: didYouMean(quoted, diag.Nearest(n.text, known)), Help: []string{help},
	}
	if len(known) > 0 && len(known) <= 12 {
		d.Notes = []string{"the scenario has " + enumerate(known, "and")}
	}
	b.add(d)
}

// allSubnets are the indexes of all subnets.
func (b *builder) allSubnets() []int {
	all := make([]int, len(b.config.Subnets))
	for i := range all {
		all[i] = i
	}
	return all
}
