package size

import (
	"ecssim/model"
	"ecssim/model/catalog"
	"ecssim/model/service"
	"ecssim/model/taskdef"
)

// pool is a fleet, or a group grown to its maximum: what cannot fit there never fits.
type pool struct {
	types    []catalog.InstanceType
	reserved int64 // MiB that ECS does not get
	count    int
	cluster  int
	provider int // index of the capacity provider; negative for a fleet
	subnets  []int
}

func pools(c *model.Config) (list []pool) {
	for i := range c.Fleets {
		f := &c.Fleets[i]
		list = append(list, pool{[]catalog.InstanceType{f.Type}, f.ReservedMemory, f.Count, f.Cluster, -1, f.Subnets})
	}
	for i := range c.CapacityProviders {
		if g := c.CapacityProviders[i].Group; g != nil {
			t := &g.Template
			list = append(list, pool{g.Types, t.ReservedMemory, g.Max, t.Cluster, i, t.Subnets})
		}
	}
	return list
}

// each is what an instance has for tasks, of the best type for each resource, less what its daemons take.
func (p *pool) each(c *model.Config) (has [numResources]float64) {
	for i := range p.types {
		t := &p.types[i]
		enis := t.TaskENIs
		if c.Settings.AwsvpcTrunking && t.TrunkTaskENIs > 0 {
			enis = t.TrunkTaskENIs
		}
		for r, n := range [numResources]int64{t.CPU, t.Memory - p.reserved, t.GPUs, enis} {
			has[r] = max(has[r], float64(n))
		}
	}
	for i := range c.Services {
		s := &c.Services[i]
		everywhere := s.Scheduling == service.Daemon && s.Launch == model.EC2 && s.Cluster == p.cluster &&
			len(s.Constraints) == 0 && s.StartAt == 0
		if !everywhere {
			continue
		}
		for r, n := range amounts(s.Task.Needs()) {
			has[r] = max(0, has[r]-n)
		}
	}
	return has
}

// holds is how many tasks of one kind an instance holds.
func (p *pool) holds(c *model.Config, d *demand) int64 {
	has, most := p.each(c), int64(1)<<40
	if n := d.spread(); n > 0 {
		most = int64(n)
	}
	for r, need := range amounts(d.needs) {
		if need > 0 {
			most = min(most, int64(has[r]/need))
		}
	}
	return most
}

// addresses that an instance takes for itself.
func (p *pool) addresses(c *model.Config) int64 {
	if c.Settings.AwsvpcTrunking && p.types[0].TrunkTaskENIs > 0 {
		return 2
	}
	return 1
}

func awsvpc(p *model.Placing) bool {
	return p.Launch == model.Fargate || p.Task.Mode() == taskdef.Awsvpc
}
