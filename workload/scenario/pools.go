package scenario

import (
	"fmt"
	"slices"

	"ecssim/model"
	"ecssim/model/catalog"
	"ecssim/workload/diag"
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

// most is the most that an instance for a service or job has, of each by itself.
func (b *builder) most(o *owner) (cpu, memory, gpus int64) {
	for _, p := range b.poolsOf(o) {
		for _, it := range p.types {
			cpu, memory, gpus = max(cpu, it.CPU), max(memory, it.Memory-p.ReservedMemory), max(gpus, it.GPUs)
		}
	}
	return cpu, memory, gpus
}

// holds reports whether some, and whether all of the types of a pool are large enough.
func (p pool) holds(cpu, memory, gpus int64) (some, all bool) {
	all = true
	for _, it := range p.types {
		in := cpu <= it.CPU && memory <= it.Memory-p.ReservedMemory && gpus <= it.GPUs
		some, all = some || in, all && in
	}
	return some, all
}

// neverLaunched: W203. Managed scaling leaves tasks out that do not fit what is smallest among the types of a group (ECS
// rules, services 3.3): they wait for ever, although a larger type would do.
func (b *builder) neverLaunched(o *owner) {
	needs := o.placing.Task.Needs()
	if len(o.placing.Providers) == 0 {
		return
	}
	for _, p := range b.poolsOf(o) {
		cpu, memory, gpus := p.types[0].CPU, p.types[0].Memory, p.types[0].GPUs
		for _, it := range p.types {
			cpu, memory, gpus = min(cpu, it.CPU), min(memory, it.Memory), min(gpus, it.GPUs)
		}
		if b.config.CapacityProviders[p.provider].Managed == nil ||
			needs.CPU <= cpu && needs.Memory <= memory-p.ReservedMemory && needs.GPUs <= gpus {
			continue
		}
		what, at := "its instances", "cpu"
		if len(p.types) > 1 {
			what = "the smallest of its types"
		}
		if needs.CPU <= cpu {
			at = "memory"
		}
		b.add(diag.Diagnostic{
			Severity: diag.Warning, Code: "W203", At: o.spec.at(at), Via: o.spec.via,
			Message: fmt.Sprintf("`%s` launches nothing for the tasks of %s: they do not fit %s", p.Name, o.what(), what),
			Notes:   []string{fmt.Sprintf("a task needs %d CPU units and %d MiB, and managed scaling reckons with %d and %d", needs.CPU, needs.Memory, cpu, memory-p.ReservedMemory)},
			Help:    []string{"take the small types out of the group, or give these tasks a group of their own"},
		})
	}
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
