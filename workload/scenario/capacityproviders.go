package scenario

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"ecssim/model"
	"ecssim/sim"
	"ecssim/workload/diag"
)

// The capacity providers that are there without a table.
const (
	fargateName     = "FARGATE"
	fargateSpotName = "FARGATE_SPOT"
)

// mostProviders is the quota of capacity providers in a cluster (ECS rules, services 6.1).
const mostProviders = 20

// kinds of capacity providers that have instances.
const (
	groupKind   = "auto_scaling_group"
	managedKind = "managed_instances"
)

// capacityProviders reads [capacity_providers.NAME].
func (b *builder) capacityProviders(t *table) {
	inCluster := make([]int, len(b.config.Clusters))
	b.named(t, "capacity_providers", func(name string, c *table) {
		provider, ok := b.capacityProvider(name, c)
		c.done()
		b.providers[name] = len(b.config.CapacityProviders)
		b.config.CapacityProviders = append(b.config.CapacityProviders, provider)
		b.providerTables[name] = c
		if !ok || provider.Group == nil {
			return
		}
		cluster := provider.Group.Template.Cluster
		if inCluster[cluster]++; inCluster[cluster] == mostProviders+1 {
			b.fail("E043", c.where(), fmt.Sprintf("cluster `%s` has more than %d capacity providers: ECS allows %d",
				b.config.Clusters[cluster], mostProviders, mostProviders), "")
		}
	})
}

// capacityProvider reads one of them. With false something is wrong, and what it returns only keeps references from
// being reported as well.
func (b *builder) capacityProvider(name string, t *table) (model.CapacityProvider, bool) {
	provider := model.CapacityProvider{Name: name}
	switch name {
	case fargateName, fargateSpotName:
		b.fargateProvider(t, &provider)
		return provider, true
	}
	good := b.providerName(name, t)
	provider.Kind, provider.Group = model.GroupProvider, &model.Group{}
	word, known := t.choice("kind", []string{groupKind, managedKind}, groupKind)
	if word == managedKind {
		provider.Kind = model.ManagedInstances
	}
	switch {
	case !known:
		t.asked = append(t.asked, slices.Concat(groupKeys, managedKeys)...)
	case word == managedKind:
		good = b.managedInstances(t, &provider) && good
	default:
		good = b.autoScalingGroup(t, &provider) && good
	}
	return provider, good && known
}

// providerName checks a name. CreateCapacityProvider refuses what begins like a service of AWS.
func (b *builder) providerName(name string, t *table) bool {
	good := b.goodName(t, "a capacity provider")
	for _, prefix := range []string{"aws", "ecs", "fargate"} {
		if !strings.HasPrefix(strings.ToLower(name), prefix) {
			continue
		}
		b.fail("E026", t.n.key, fmt.Sprintf("a capacity provider cannot be called %q: the name begins with %q", name, name[:len(prefix)]),
			didYouMean(quoted, diag.Nearest(name, []string{fargateName, fargateSpotName})), "ECS keeps names that begin with aws, ecs or fargate for itself")
		return false
	}
	if b.root.child("instances").child(name) != nil {
		b.fail("E026", t.n.key, fmt.Sprintf("a capacity provider and a fleet are both called `%s`", name), "",
			fmt.Sprintf("an instance is named as its fleet or capacity provider, and there would be two `%s/1`: rename one", name))
		return false
	}
	return good
}

// fargateProvider reads [capacity_providers.FARGATE] and FARGATE_SPOT.
func (b *builder) fargateProvider(t *table, provider *model.CapacityProvider) {
	provider.Kind = model.FargateProvider
	if t.get("subnets") != nil || t.get("zones") != nil {
		b.providerSubnets[provider.Name] = b.fleetSubnets(t)
	}
	if provider.Name == fargateName {
		if n := t.get("reclaim"); n != nil {
			b.fail("E023", n.key, fmt.Sprintf("`%s`: FARGATE never takes a task back", t.p.join("reclaim")), "",
				"Fargate Spot does: write it into [capacity_providers.FARGATE_SPOT]")
		}
		return
	}
	provider.Kind = model.FargateSpotProvider
	provider.Reclaim = b.reclaim(t)
}

const reclaimExample = `reclaim = { dist = "poisson", per_task_hour = 0.01, notice = "2m" }`

// reclaim reads how Fargate Spot takes tasks back: a rate for each task, or the distribution of the time until it does.
func (b *builder) reclaim(t *table) *model.Reclaim {
	n := t.get("reclaim")
	if n == nil {
		return nil
	}
	p := t.p.join("reclaim")
	if n.kind != aTable {
		b.add(wrongType(n, p, "a table", reclaimExample))
		return nil
	}
	r := b.table(n, p)
	reclaim := &model.Reclaim{Notice: r.duration("notice", spotNotice)}
	var ok bool
	if word := n.child("dist"); n.child("per_task_hour") != nil || word != nil && word.kind == aString && word.text == "poisson" {
		if word != nil && (word.kind != aString || word.text != "poisson") {
			b.fail("E023", word.at, fmt.Sprintf("`%s` has `per_task_hour` and a distribution", p), "keep one of them", "write "+reclaimExample)
			return nil
		}
		r.get("dist")
		reclaim.TimeTo, ok = b.memoryless(r, "per_task_hour", time.Hour, 1000)
		r.done()
	} else {
		reclaim.TimeTo, ok = b.distOf(without(n, "notice"), p)
	}
	if !ok || reclaim.TimeTo == nil {
		return nil
	}
	return reclaim
}

// memoryless reads a rate for each stretch of time as the time until the event comes; nil for the rate 0, which is never.
func (b *builder) memoryless(t *table, key string, per time.Duration, most float64) (sim.Dist, bool) {
	n := t.get(key)
	if n == nil {
		t.missing(key, key+" = 0.01")
		return nil, false
	}
	rate := t.number(key, 0, most, -1)
	if rate < 0 {
		return nil, false
	}
	if rate == 0 {
		return nil, true
	}
	d, err := sim.Exponential(min(per.Seconds()/rate, longest.Seconds()))
	return d, err == nil
}

// without is a table less some of its keys.
func without(n *node, keys ...string) *node {
	c := *n
	c.keys = slices.DeleteFunc(slices.Clone(n.keys), func(k string) bool { return slices.Contains(keys, k) })
	c.table = maps.Clone(n.table)
	for _, k := range keys {
		delete(c.table, k)
	}
	return &c
}
