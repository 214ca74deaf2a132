package scenario

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"ecssim/model"
	"ecssim/workload/diag"
)

// spotNotice is how long before it takes Spot capacity back AWS tells (ECS rules, services 9).
const spotNotice = 2 * time.Minute

// mostFactor of a registry that is slow; beyond, it is down.
const mostFactor = 1e6

// faults reads [faults.NAME]. They strike in the order of time, then of their names.
func (b *builder) faults(t *table) {
	b.named(t, "faults", func(name string, f *table) {
		b.goodName(f, "a fault")
		kind, ok := b.faultKind(f)
		if !ok {
			return
		}
		fault := model.Fault{Name: name, Kind: kind, Image: -1, Registry: -1, SecurityGroup: -1}
		b.when(f, &fault)
		b.faultKeys(f, kind)
		b.victims(f, &fault)
		b.things(f, &fault)
		if kind == model.RoleMissing {
			b.role(f, &fault)
		}
		b.hitsNothing(f, &fault)
		b.config.Faults = append(b.config.Faults, fault)
	})
	slices.SortStableFunc(b.config.Faults, func(x, y model.Fault) int { return cmp.Compare(x.At, y.At) })
}

// faultKind comes first, since all other keys depend on it.
func (b *builder) faultKind(f *table) (model.FaultKind, bool) {
	kinds := make([]string, model.NumFaultKinds)
	for k := range kinds {
		kinds[k] = model.FaultKind(k).String()
	}
	if f.get("kind") == nil {
		f.missing("kind", `kind = "instance_loss"`)
		last := &b.diags[len(b.diags)-1]
		last.Help = append(last.Help, "it can be "+words(kinds))
		f.asked = append(f.asked, allFaultKeys()...)
		f.done() // which takes the report back if the kind is there, misspelt
		return 0, false
	}
	word, ok := f.choice("kind", kinds, "")
	return model.FaultKind(max(0, slices.Index(kinds, word))), ok
}

// when reads when a fault strikes and how long it lasts.
func (b *builder) when(f *table, fault *model.Fault) {
	n := f.get("at")
	if n == nil {
		f.missing("at", `at = "10:00"`)
	} else if at, ok := b.momentOf(n, f.p.join("at"), b.config.Start); ok {
		fault.At = at
		if b.config.Duration > 0 && at >= b.config.Duration {
			b.warn("W210", n.at, fmt.Sprintf("fault `%s` never strikes: that is %s after the start, and the scenario lasts %s", fault.Name,
				diag.Duration(at), diag.Duration(b.config.Duration)))
		}
	}
	if faultTable[fault.Kind].take("for") {
		fault.For, _ = b.span(f)
	}
}

// faultKeys misses keys that the kind needs, and refuses those that it would ignore.
func (b *builder) faultKeys(f *table, kind model.FaultKind) {
	keys := faultTable[kind]
	f.asked = append(f.asked, keys.takes...)
	for _, key := range keys.must {
		if f.get(key) == nil {
			f.missing(key, faultExamples[key])
		}
	}
	for _, r := range faultRivals {
		one, other := f.n.child(r.one), f.n.child(r.other)
		if one != nil && other != nil && keys.take(r.one) && keys.take(r.other) {
			b.fail("E023", other.key, fmt.Sprintf("`%s` has `%s` and `%s`", f.p, r.one, r.other), "keep one of them", r.why)
		}
	}
	b.refuseIgnored(f, allFaultKeys(), fmt.Sprintf("a fault of kind %q", kind), keys.takes)
	f.done()
}

// refuseIgnored reports keys that are known elsewhere and mean nothing here.
func (b *builder) refuseIgnored(f *table, known []string, what string, takes []string) {
	var list []string
	for _, key := range takes {
		list = append(list, backquoted(key))
	}
	for _, key := range f.n.keys {
		if slices.Contains(takes, key) || !slices.Contains(known, key) || slices.Contains([]string{"at", "kind"}, key) {
			continue
		}
		f.asked = append(f.asked, key)
		b.fail("E023", f.n.table[key].key, fmt.Sprintf("`%s` means nothing to %s", f.p.join(key), what), "", "it takes "+enumerate(list, "and"))
	}
}

// given is the value of a key that the kind takes and the scenario writes; nil otherwise.
func (k faultKeys) given(f *table, key string) *node {
	if !k.take(key) {
		return nil
	}
	return f.get(key)
}

// victims reads whom a fault hits.
func (b *builder) victims(f *table, fault *model.Fault) {
	keys := faultTable[fault.Kind]
	if n := keys.given(f, "instance"); n != nil && n.kind != aString {
		b.add(wrongType(n, f.p.join("instance"), "the name of an instance", `instance = "main/1"`))
	} else if n != nil && b.instanceExists(n) {
		fault.Instance = n.text
	}
	fault.Fleet = b.fleetName(f, keys.given(f, "fleet"))
	if name, ok := b.nameIn(f, keys.given(f, "service"), "service", "services"); ok {
		fault.Owner = "services." + name
	}
	if name, ok := b.nameIn(f, keys.given(f, "job"), "job", "jobs"); ok {
		fault.Owner = "jobs." + name
	}
	if n := keys.given(f, "zone"); n != nil {
		fault.Zone = b.zone(n, f.p.join("zone"))
	}
	b.share(f, keys, fault)
}

// fleetName reads the name of a fleet, or of a capacity provider with instances.
func (b *builder) fleetName(f *table, n *node) string {
	if n != nil && n.kind == aString {
		if i, ok := b.providers[n.text]; ok && b.config.CapacityProviders[i].Group != nil {
			return n.text
		}
	}
	name, _ := b.nameIn(f, n, "fleet", "instances")
	return name
}

// share reads how many of them it hits, and those of which revision.
func (b *builder) share(f *table, keys faultKeys, fault *model.Fault) {
	if keys.given(f, "count") != nil {
		fault.Count = int(f.whole("count", 1, mostTasks, 0))
	}
	if n := keys.given(f, "fraction"); n != nil {
		fault.Fraction = f.number("fraction", 0, 1, 0)
		if fault.Fraction == 0 && !b.failed(n.at) {
			b.fail("E032", n.at, fmt.Sprintf("`%s` is 0: the fault would hit nothing", f.p.join("fraction")), "it can be up to 1")
		}
	}
	if n := keys.given(f, "revision"); n != nil {
		fault.Revision = int(f.whole("revision", 1, math.MaxInt32, 0))
		if f.get("service") == nil {
			b.fail("E022", n.key, fmt.Sprintf("`%s` needs a service: only services have revisions", f.p.join("revision")), "",
				`write for example: service = "web"`)
		}
	}
}

// nameIn reads the name of a fleet, service or job: a table of the scenario, right or wrong.
func (b *builder) nameIn(f *table, n *node, key, collection string) (string, bool) {
	if n == nil {
		return "", false
	}
	if n.kind != aString {
		b.add(wrongType(n, f.p.join(key), "the name of a "+key, key+` = "web"`))
		return "", false
	}
	c := b.root.child(collection)
	if c.child(n.text) == nil {
		var known []string
		if c != nil {
			known = slices.Sorted(maps.Keys(c.table))
		}
		b.unknownReference(n, key, known, "define it: ["+path{collection, n.text}.String()+"]")
		return "", false
	}
	return n.text, true
}

// zone reads the name of a zone that has a subnet.
func (b *builder) zone(n *node, p path) string {
	if n.kind != aString {
		b.add(wrongType(n, p, "the name of a zone", `zone = "a"`))
		return ""
	}
	var known []string
	for _, s := range b.config.Subnets {
		known = append(known, s.Zone)
	}
	slices.Sort(known)
	if !slices.Contains(known, n.text) {
		b.unknownReference(n, "subnet in zone", slices.Compact(known), "give it one in [vpc.subnets]")
	}
	return n.text
}

// things reads what else a fault is about: a registry, an image, a security group, how much, how soon.
func (b *builder) things(f *table, fault *model.Fault) {
	keys := faultTable[fault.Kind]
	if n := keys.given(f, "image"); n != nil {
		if i, ok := b.imageReference(n, f.p.join("image")); ok {
			fault.Image = i
		}
	}
	if n := keys.given(f, "registry"); n != nil {
		if i, ok := b.reference(n, f.p.join("registry"), "registry", b.registries); ok {
			fault.Registry = i
		}
	}
	if n := keys.given(f, "security_group"); n != nil {
		if i, ok := b.reference(n, f.p.join("security_group"), "security group", b.securityGroups); ok {
			fault.SecurityGroup = i
		}
	}
	b.missingCapacity(f, keys, fault)
	if keys.given(f, "factor") != nil {
		fault.Factor = f.number("factor", 1, mostFactor, 1)
	}
	if keys.take("notice") {
		standard := time.Duration(0)
		if fault.Kind == model.SpotInterruption {
			standard = spotNotice
		}
		fault.Notice = f.duration("notice", standard)
	}
}

// missingCapacity reads which launches fail: of which capacity provider, instance type and market.
func (b *builder) missingCapacity(f *table, keys faultKeys, fault *model.Fault) {
	if n := keys.given(f, "capacity_provider"); n != nil {
		fault.Provider = b.launcher(n, f.p.join("capacity_provider")) + 1
	}
	if n := keys.given(f, "type"); n != nil {
		if it, ok := b.typeOf(n, f.p.join("type")); ok {
			fault.Type = it.Name
		}
	}
	if keys.given(f, "market") != nil {
		word, _ := f.choice("market", []string{"on-demand", "spot"}, "")
		fault.Market = map[string]model.Market{"on-demand": model.OnDemandMarket, "spot": model.SpotMarket}[word]
	}
}

// launcher is the index of a capacity provider, in whatever cluster; -1 if something is wrong.
func (b *builder) launcher(n *node, p path) int {
	if n.kind != aString {
		b.add(wrongType(n, p, "the name of a capacity provider", `capacity_provider = "od"`))
		return -1
	}
	cluster := 0
	if i, ok := b.providers[n.text]; ok && b.config.CapacityProviders[i].Group != nil {
		cluster = b.config.CapacityProviders[i].Group.Template.Cluster
	}
	i, ok := b.provider(n, p, cluster)
	if !ok {
		return -1
	}
	return i
}
