package scenario

import (
	"fmt"
	"slices"

	"ecssim/model"
	"ecssim/model/catalog"
)

// pool is a fleet, or a group of a capacity provider as if it had grown to its maximum: what cannot fit there never fits.
type pool struct {
	*model.Fleet
	types []catalog.InstanceType
	table *table
	// provider is the index of the capacity provider; -1 for a fleet. present are the instances that are there at the
	// start.
	provider, present int
}

// pools are those of a cluster that have, or may have, instances.
func (b *builder) pools(cluster int) []pool {
	var list []pool
	for i := range b.config.Fleets {
		if f := &b.config.Fleets[i]; f.Cluster == cluster && f.Count > 0 {
			list = append(list, pool{f, []catalog.InstanceType{f.Type}, b.fleets[i].table, -1, f.Count})
		}
	}
	for i := range b.config.CapacityProviders {
		c := &b.config.CapacityProviders[i]
		if g := c.Group; g != nil && g.Template.Cluster == cluster && g.Max > 0 {
			f := g.Template
			f.Count = g.Max
			list = append(list, pool{&f, g.Types, b.providerTables[c.Name], i, g.Desired})
		}
	}
	return list
}

// poolsOf are those on which the tasks of a service or job may be placed: the groups of its strategy, or everything that
// the cluster has.
func (b *builder) poolsOf(o *owner) []pool {
	all := b.pools(o.placing.Cluster)
	if len(o.placing.Providers) == 0 {
		return all
	}
	return slices.DeleteFunc(all, func(p pool) bool {
		return !slices.ContainsFunc(o.placing.Providers, func(s model.ProviderShare) bool { return s.Provider == p.provider })
	})
}

// machines is how many container instances a cluster may have.
func (b *builder) machines(cluster int) int {
	n := 0
	for _, p := range b.pools(cluster) {
		n += p.Count
	}
	return n
}

// machinesOf is how many there may be for a service or job.
func (b *builder) machinesOf(o *owner) int {
	n := 0
	for _, p := range b.poolsOf(o) {
		n += p.Count
	}
	return n
}

// present is how many container instances a cluster has at the start.
func (b *builder) present(cluster int) int {
	n := 0
	for _, p := range b.pools(cluster) {
		n += p.present
	}
	return n
}

// interfacesOf is how many awsvpc tasks an instance of the pool holds, of its best type, and how many with trunks.
func (b *builder) interfacesOf(p pool) (each, trunked int64) {
	for _, it := range p.types {
		f := model.Fleet{Type: it}
		each, trunked = max(each, b.taskENIs(&f)), max(trunked, it.TaskENIs, it.TrunkTaskENIs)
	}
	return each, trunked
}

// size is the number of instances as it is told.
func (p pool) size() string {
	switch {
	case p.provider < 0:
		return fmt.Sprint(p.Count)
	case p.Count == mostInstances:
		return "any number"
	}
	return fmt.Sprintf("up to %d", p.Count)
}

func (p pool) typeNames() string {
	if len(p.types) == 1 {
		return p.types[0].Name
	}
	return fmt.Sprintf("%d types", len(p.types))
}

// nobodyAsks: W207. Tasks with a launch type never start an instance (ECS rules, services 3.1), so that where a cluster
// has groups alone somebody else has to.
func (b *builder) nobodyAsks(o *owner) {
	if len(o.placing.Providers) > 0 || b.present(o.placing.Cluster) > 0 {
		return
	}
	for _, x := range b.owners {
		if x.placing.Launch == model.EC2 && x.placing.Cluster == o.placing.Cluster && len(x.placing.Providers) > 0 {
			return
		}
	}
	p := b.pools(o.placing.Cluster)[0]
	b.warn("W207", o.table.valueAt("launch_type"), fmt.Sprintf("%s runs on EC2, and nothing launches an instance: `%s` begins with none", o.what(), p.Name),
		"a capacity provider launches instances for tasks that name it: capacity_provider = "+quoted(p.Name),
		"or let the group have instances from the start: desired_capacity = 2")
}

// onDemand is how many tasks of a service or job are Fargate On-Demand, where its strategy splits them.
func (b *builder) onDemand(o *owner) int64 {
	if len(o.placing.Providers) == 0 {
		return int64(o.copies)
	}
	rest, weights, weight, count := int64(o.copies), int64(0), int64(0), int64(0)
	for _, s := range o.placing.Providers {
		base := min(rest, int64(s.Base))
		rest -= base
		weights += int64(s.Weight)
		if b.config.CapacityProviders[s.Provider].Kind == model.FargateProvider {
			count, weight = count+base, int64(s.Weight)
		}
	}
	return count + (rest*weight+weights-1)/weights
}
