package scenario

import (
	"fmt"
	"slices"

	"ecssim/model"
	"ecssim/model/catalog"
	"ecssim/model/fleet"
	"ecssim/sim"
	"ecssim/workload/diag"
)

// machineKeys are those that fleets, groups and managed instances share.
var machineKeys = []string{
	"cluster", "subnets", "zones", "attributes", "reserved_memory", "dynamic_host_port_range", "image_pull_behavior",
	"cached_images", "pull_speed", "spot_instance_draining", "security_groups",
}

// groupKeys are those of an Auto Scaling group.
var groupKeys = slices.Concat(machineKeys, []string{
	"type", "types", "min_size", "max_size", "desired_capacity", "boot_time", "time_to_failure", "managed_scaling",
	"managed_termination_protection", "managed_draining", "mixed_instances", "spot", "termination_policies", "warm_pool",
	"availability_zone_distribution",
})

// mostTypes is how many overrides a mixed instances policy takes.
const mostTypes = 40

// bootTime is the time from RunInstances to the registration of the agent (ECS rules, services 9).
const bootTime = `{ dist = "lognormal", median = "50s", p95 = "110s" }`

// autoScalingGroup reads an Auto Scaling group and what its capacity provider does with it.
func (b *builder) autoScalingGroup(t *table, provider *model.CapacityProvider) bool {
	g := provider.Group
	good := b.groupTypes(t, g)
	good = b.sizes(t, g) && good
	b.template(t, g, provider.Name)
	b.mixedInstances(t, g)
	b.spot(t, g)
	g.Termination = b.terminationPolicies(t)
	g.WarmPool = b.warmPool(t, g)
	word, _ := t.choice("availability_zone_distribution", []string{bestEffort, balancedOnly}, bestEffort)
	g.BalancedOnly = word == balancedOnly
	provider.Managed = b.managedScaling(t)
	provider.TerminationProtection = b.enabled(t, "managed_termination_protection", false)
	if provider.TerminationProtection && provider.Managed == nil {
		b.fail("E023", t.valueAt("managed_termination_protection"), fmt.Sprintf("`%s` needs managed scaling",
			t.p.join("managed_termination_protection")), "", `ECS refuses it without: write managed_scaling = { status = "ENABLED" }`)
	}
	provider.Draining = b.enabled(t, "managed_draining", true)
	b.onlyFleets(t)
	return good
}

// The two ways to deal with a zone in which nothing can be launched (ECS rules, services 3.6).
const (
	bestEffort   = "balanced-best-effort"
	balancedOnly = "balanced-only"
)

// template reads what the instances of a group have alike.
func (b *builder) template(t *table, g *model.Group, name string) {
	g.Template.Name = name
	b.machine(t, &g.Template, g.Types)
	g.BootTime = b.delay(t, "boot_time", bootTime)
	g.TimeToFailure = t.dist("time_to_failure")
	if g.TimeToFailure != nil && !(g.TimeToFailure.Mean() > 0) {
		b.fail("E039", t.valueAt("time_to_failure"), fmt.Sprintf("`%s` is 0: instances would fail as soon as they are there", t.p.join("time_to_failure")), "",
			`write for example: time_to_failure = { dist = "exponential", mean = "30d" }`)
	}
}

// delay reads a distribution with a default, which is nothing where the scenario has latency = "none"; "none" is no
// delay.
func (b *builder) delay(t *table, key, standard string) sim.Dist {
	n := t.get(key)
	if n == nil {
		if b.instant() {
			return nil
		}
		n = inlineDefault(key, standard)
		t.fill(key, n)
	}
	if n.kind == aString && n.text == "none" {
		return nil
	}
	return t.dist(key)
}

// enabled reads "ENABLED" or "DISABLED".
func (b *builder) enabled(t *table, key string, standard bool) bool {
	text := "DISABLED"
	if standard {
		text = "ENABLED"
	}
	word, ok := t.choice(key, []string{"ENABLED", "DISABLED"}, text)
	if !ok {
		return standard
	}
	return word == "ENABLED"
}

// groupTypes reads type, or types.
func (b *builder) groupTypes(t *table, g *model.Group) bool {
	one, many := t.get("type"), t.get("types")
	switch {
	case one != nil && many != nil:
		b.fail("E023", many.key, fmt.Sprintf("`%s` has `type` and `types`", t.p), "keep one of them", "types = [\"m5.large\", \"m5a.large\"] are several, in order of priority")
		return false
	case many != nil:
		return b.types(t, g)
	case one == nil:
		t.missing("type", `type = "m5.large", or types = ["m5.large", "m5a.large"]`)
		return false
	}
	it, ok := b.typeOf(one, t.p.join("type"))
	if ok {
		g.Types, g.Template.Type = []catalog.InstanceType{it}, it
	}
	return ok
}

// types reads a list of instance types.
func (b *builder) types(t *table, g *model.Group) bool {
	list := t.names("types", `types = ["m5.large", "m5a.large"]`)
	good := len(list) > 0 && len(list) == len(t.get("types").list)
	for _, n := range list {
		if it, ok := b.typeOf(n, t.p.join("types")); ok {
			g.Types = append(g.Types, it)
		} else {
			good = false
		}
	}
	if len(list) > mostTypes {
		b.fail("E043", t.valueAt("types"), fmt.Sprintf("`%s` names %d instance types: Auto Scaling allows %d", t.p.join("types"), len(list), mostTypes), "")
		good = false
	}
	if len(g.Types) > 0 {
		g.Template.Type = g.Types[0]
	}
	return good
}

// sizes reads the three sizes of a group.
func (b *builder) sizes(t *table, g *model.Group) bool {
	before := len(b.diags)
	g.Min = int(t.whole("min_size", 0, mostInstances, 0))
	if t.get("max_size") == nil {
		t.missing("max_size", "max_size = 12")
		t.get("desired_capacity")
		return false
	}
	g.Max = int(t.whole("max_size", 0, mostInstances, 0))
	if !diag.HasErrors(b.diags[before:]) && g.Max < g.Min {
		b.fail("E032", t.valueAt("max_size"), fmt.Sprintf("`%s` of %d is below `min_size` of %d", t.p.join("max_size"), g.Max, g.Min), "")
	}
	low, high := int64(g.Min), int64(g.Max)
	if diag.HasErrors(b.diags[before:]) {
		low, high = 0, mostInstances
	}
	g.Desired = int(t.whole("desired_capacity", low, high, low))
	return !diag.HasErrors(b.diags[before:])
}

// terminationPolicies reads which instance goes first.
func (b *builder) terminationPolicies(t *table) []fleet.TerminationPolicy {
	const key = "termination_policies"
	var words []string
	for p := fleet.DefaultTermination; p <= fleet.OldestInstance; p++ {
		words = append(words, p.String())
	}
	if t.get(key) == nil {
		t.fill(key, inlineDefault(key, `["Default"]`))
	}
	var list []fleet.TerminationPolicy
	for _, n := range t.names(key, key+` = ["OldestInstance", "Default"]`) {
		if word, ok := b.oneOf(n, t.p.join(key), words); ok {
			list = append(list, fleet.TerminationPolicy(slices.Index(words, word)))
		}
	}
	return list
}

// onlyFleets explains keys of [instances.NAME] that a group does not have.
func (b *builder) onlyFleets(t *table) {
	for _, c := range []struct{ key, help string }{
		{"count", "a group has min_size, max_size and desired_capacity"},
		{"time_to_repair", "a group launches another instance by itself, which takes its boot_time"},
	} {
		if n := t.n.child(c.key); n != nil {
			t.asked = append(t.asked, c.key)
			b.fail("E021", n.key, fmt.Sprintf("`%s` is a key of [instances.NAME], not of capacity providers", c.key), "", c.help)
		}
	}
}

// onlyProviders explains keys of capacity providers that a fleet does not have.
func (b *builder) onlyProviders(f *table) {
	for _, key := range slices.Concat(groupKeys, managedKeys) {
		n := f.n.child(key)
		if n == nil || slices.Contains(f.asked, key) {
			continue
		}
		f.asked = append(f.asked, key)
		b.fail("E021", n.key, fmt.Sprintf("`%s` is a key of capacity providers, not of fleets", key), "",
			"the instances of a fleet are simply there; those that come and go are [capacity_providers."+bareOrQuoted(f.p[len(f.p)-1])+"]")
	}
}
