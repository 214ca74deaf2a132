package scenario

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ecssim/model"
	"ecssim/model/catalog"
	"ecssim/model/image"
	"ecssim/model/network"
	"ecssim/workload/diag"
)

// mostInstances of one fleet, and mostTasks of one service: more than any cluster, and what memory still holds.
const (
	mostInstances = 1_000_000
	mostTasks     = 10_000_000
)

// instances reads the fleets.
func (b *builder) instances(t *table) {
	b.named(t, "instances", func(name string, f *table) {
		f.later = laterFleet
		good := b.goodName(f, "a fleet")
		fleet := model.Fleet{Name: name}
		good = b.instanceType(f, &fleet) && good
		if f.get("count") == nil {
			f.missing("count", "count = 3")
		} else {
			fleet.Count = int(f.whole("count", 0, mostInstances, 0))
		}
		var types []catalog.InstanceType
		if good {
			types = append(types, fleet.Type)
		}
		b.machine(f, &fleet, types)
		fleet.TimeToFailure, fleet.TimeToRepair = f.dist("time_to_failure"), f.dist("time_to_repair")
		b.failures(f, &fleet)
		b.onlyProviders(f)
		f.done()
		if good {
			b.config.Fleets = append(b.config.Fleets, fleet)
			b.fleets = append(b.fleets, fleetPlace{f})
		}
	})
}

// machine reads what the instances of a fleet, or of a group, have alike, whichever of the types they are.
func (b *builder) machine(f *table, fleet *model.Fleet, types []catalog.InstanceType) {
	fleet.Cluster = b.clusterOf(f)
	fleet.Subnets = b.fleetSubnets(f)
	fleet.Attributes = b.attributes(f)
	fleet.ReservedMemory = int64(f.memory("reserved_memory"))
	for _, it := range types {
		if fleet.ReservedMemory >= it.Memory {
			found := fmt.Sprintf("`%s` leaves nothing: a %s registers %d MiB", f.p.join("reserved_memory"), it.Name, it.Memory)
			b.fail("E032", f.valueAt("reserved_memory"), found, "")
			break
		}
	}
	fleet.DynamicPorts = b.portRange(f)
	b.agent(f, fleet)
}

func (b *builder) instanceType(f *table, fleet *model.Fleet) bool {
	n := f.get("type")
	if n == nil {
		f.missing("type", `type = "m5.large"`)
		return false
	}
	it, ok := b.typeOf(n, f.p.join("type"))
	fleet.Type = it
	return ok
}

// typeOf reads the name of an instance type.
func (b *builder) typeOf(n *node, p path) (catalog.InstanceType, bool) {
	if n.kind != aString {
		b.add(wrongType(n, p, "an instance type", `type = "m5.large"`))
		return catalog.InstanceType{}, false
	}
	it, ok := b.config.Catalog.Type(n.text)
	if !ok {
		b.fail("E041", n.at, fmt.Sprintf("unknown instance type %q", n.text), didYouMean(quoted, b.config.Catalog.Nearest(n.text)),
			"`ecssim catalog` lists all types; a type of your own is [catalog.types."+bareOrQuoted(n.text)+"] with cpu and memory")
	}
	return it, ok
}

// fleetSubnets are the subnets that the instances take in turn.
func (b *builder) fleetSubnets(f *table) []int {
	zones, subnets := f.get("zones"), f.get("subnets")
	switch {
	case zones != nil && subnets != nil:
		b.fail("E023", subnets.key, fmt.Sprintf("`%s` has `zones` and `subnets`", f.p), "keep one of them",
			"a subnet is in one zone, so the subnets say everything")
		return nil
	case subnets != nil:
		return b.subnetList(f)
	case zones != nil:
		return b.zoneSubnets(f)
	}
	if len(b.config.Subnets) > 0 && !b.config.Subnets[0].Implicit {
		return b.allSubnets()
	}
	if i, ok := b.subnets[defaultZone]; ok {
		return []int{i}
	}
	if len(b.config.Subnets) == 0 {
		return nil
	}
	return []int{0}
}

func (b *builder) zoneSubnets(f *table) []int {
	var list []int
	for _, n := range f.names("zones", `zones = ["a", "b"]`) {
		if strings.TrimSpace(n.text) == "" {
			b.fail("E026", n.at, "a zone has an empty name", "", `write for example: zones = ["a", "b"]`)
			continue
		}
		found := false
		for i, s := range b.config.Subnets {
			if s.Zone == n.text {
				list, found = append(list, i), true
			}
		}
		if !found {
			var known []string
			for _, s := range b.config.Subnets {
				known = append(known, s.Zone)
			}
			slices.Sort(known)
			b.unknownReference(n, "subnet in zone", slices.Compact(known), "give it one in [vpc.subnets]")
		}
	}
	return list
}

// agent reads what the agent of the instances is told, and what its machine image brings along.
func (b *builder) agent(f *table, fleet *model.Fleet) {
	fleet.Speed = b.pullSpeed(f)
	var words []string
	for k := image.Default; k <= image.PreferCached; k++ {
		words = append(words, k.String())
	}
	word, _ := f.choice("image_pull_behavior", words, image.Default.String())
	fleet.Pull = image.Behaviour(max(0, slices.Index(words, word)))
	for _, n := range f.names("cached_images", `cached_images = ["nginx:1.27"]`) {
		if i, ok := b.imageReference(n, f.p.join("cached_images")); ok && !slices.Contains(fleet.Cached, i) {
			fleet.Cached = append(fleet.Cached, i)
		}
	}
	fleet.SpotDraining = f.boolean("spot_instance_draining", false)
	fleet.SecurityGroups = b.securityGroupList(f)
}

// attributes reads custom attributes. Booleans and numbers are text for ECS, so they are refused: is 1 the text "1"?
func (b *builder) attributes(f *table) map[string]string {
	t, ok := f.sub("attributes", `attributes = { stack = "prod" }`)
	if !ok || len(t.n.keys) == 0 {
		return nil
	}
	values := map[string]string{}
	for _, k := range t.n.keys {
		c := t.n.table[k]
		switch {
		case c.kind != aString:
			b.add(wrongType(c, t.p.join(k), "a string", k+` = "prod"`))
		case k == "" || len(k) > 128 || len(c.text) > 128:
			b.fail("E032", c.key, fmt.Sprintf("attribute `%s` is too long or empty", k), "", "names and values of attributes have 1 to 128 characters")
		case strings.HasPrefix(k, "ecs."):
			b.fail("E026", c.key, fmt.Sprintf("attribute `%s`: names beginning with `ecs.` are ECS's own", k), "",
				"choose another name; ecs.instance-type and the like are there by themselves")
		default:
			values[k] = c.text
		}
	}
	return values
}

// failures checks that an instance does not fail again at the very instant of its repair.
func (b *builder) failures(f *table, fleet *model.Fleet) {
	if fleet.TimeToFailure != nil && !(fleet.TimeToFailure.Mean() > 0) {
		found := fmt.Sprintf("`%s` is 0: instances would fail for ever at the same instant", f.p.join("time_to_failure"))
		b.fail("E039", f.valueAt("time_to_failure"), found, "",
			`write for example: time_to_failure = { dist = "exponential", mean = "30d" }`)
	}
	if fleet.TimeToRepair != nil && fleet.TimeToFailure == nil && f.get("time_to_failure") == nil {
		b.fail("E022", f.at("time_to_repair"), fmt.Sprintf("`%s` is without effect: `time_to_failure` is missing", f.p.join("time_to_repair")), "",
			`write for example: time_to_failure = { dist = "exponential", mean = "30d" }`)
	}
}

// instanceExists checks a name such as main/1.
func (b *builder) instanceExists(n *node) bool {
	name, number, ok := strings.Cut(n.text, "/")
	k, err := strconv.Atoi(number)
	if !ok || err != nil {
		b.fail("E036", n.at, fmt.Sprintf("%q is not the name of an instance", n.text), "",
			"an instance is named as its fleet, with its number from 1: \"main/1\"")
		return false
	}
	var known []string
	for _, p := range b.config.CapacityProviders {
		if p.Group == nil {
			continue
		}
		known = append(known, p.Name)
		if p.Name == name && k >= 1 { // it may have launched so many by then
			return true
		}
	}
	for _, f := range b.config.Fleets {
		known = append(known, f.Name)
		if f.Name != name {
			continue
		}
		if k >= 1 && k <= f.Count {
			return true
		}
		b.fail("E036", n.at, fmt.Sprintf("there is no instance %q", n.text), fmt.Sprintf("the fleet has %s/1 to %s/%d", name, name, f.Count))
		return false
	}
	b.add(diag.Diagnostic{
		Code: "E036", At: n.at, Message: fmt.Sprintf("there is no fleet %q for the instance %q", name, n.text),
		Label: didYouMean(quoted, diag.Nearest(name, known)), Help: []string{"an instance is named as its fleet, with its number from 1: \"main/1\""},
	})
	return false
}

// portRange reads dynamic_host_port_range, written as in ECS_DYNAMIC_HOST_PORT_RANGE: "49153-65535".
func (b *builder) portRange(f *table) network.PortRange {
	const key = "dynamic_host_port_range"
	n := f.get(key)
	if n == nil {
		return network.PortRange{}
	}
	if n.kind != aString {
		b.add(wrongType(n, f.p.join(key), "a range of ports", key+` = "49153-65535"`))
		return network.PortRange{}
	}
	var r network.PortRange
	first, last, found := strings.Cut(n.text, "-")
	var errFirst, errLast error
	r.First, errFirst = strconv.Atoi(strings.TrimSpace(first))
	r.Last, errLast = strconv.Atoi(strings.TrimSpace(last))
	if !found || errFirst != nil || errLast != nil || r.First < 1 || r.Last < r.First || r.Last > maxPort {
		b.fail("E032", n.at, fmt.Sprintf("`%s` cannot be %q", f.p.join(key), n.text), "",
			`write the first and the last port, from 1 to 65535: "49153-65535"`)
		return network.PortRange{}
	}
	return r
}
