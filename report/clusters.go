package report

import (
	"slices"
	"time"

	"ecssim/model"
	"ecssim/model/fleet"
	"ecssim/model/network"
	"ecssim/sim"
)

// clusterBook is what can run out in one cluster.
type clusterBook struct {
	name                         string
	cpu, memory, gpu, ports, eni *pool
	// instances counts the registered ones; levels is the same over time, nil where there is but one cluster.
	instances int64
	stranded  int64 // run, and have never registered
	levels    *sim.Track
}

// defaultCluster is the name of the cluster where a scenario names none.
const defaultCluster = "default"

// clusterNames are the names of the clusters, never none.
func clusterNames(cfg *model.Config) []string {
	if len(cfg.Clusters) == 0 {
		return []string{defaultCluster}
	}
	return cfg.Clusters
}

func newClusterBook(l *sim.Timeline, name string, several bool) *clusterBook {
	c := &clusterBook{
		name: name,
		cpu:  newPool(l, "cpu", name, "units"), memory: newPool(l, "memory", name, "MiB"),
		gpu: newPool(l, "gpu", name, ""), ports: newPool(l, "ports", name, ""), eni: newPool(l, "eni", name, ""),
	}
	if several {
		c.levels = l.Track()
	}
	return c
}

func (c *clusterBook) pools() []*pool { return []*pool{c.cpu, c.memory, c.gpu, c.ports, c.eni} }

// resize adds or takes away what an instance registers.
func (c *clusterBook) resize(now time.Duration, i *fleet.Instance, sign int64) {
	c.instances += sign
	if c.levels != nil {
		c.levels.Add(now, sign)
	}
	c.cpu.resize(now, sign*i.Has.CPU)
	c.memory.resize(now, sign*i.Has.Memory)
	c.gpu.resize(now, sign*i.Has.GPUs)
	c.eni.resize(now, sign*i.Has.ENIs)
	c.ports.resize(now, sign*int64(network.MaxReservedPorts-len(network.AgentPorts)))
}

// newVCPUPool counts CPU units against a quota in vCPUs; without a quota nothing limits it.
func newVCPUPool(l *sim.Timeline, resource string, quota float64) *pool {
	p := newPool(l, resource, account, "vCPU")
	p.divisor = 1024
	p.resize(0, int64(quota*1024))
	p.unbounded = p.capacity.Value() == 0
	return p
}

// account is the scope of quotas.
const account = "account"

// vcpu is the pool that a task on Fargate takes from.
func (r *Recorder) vcpu(t *model.Task) *pool {
	if onSpot(r.cfg, t) {
		return r.spot
	}
	return r.fargate
}

// zoneNames are the zones of the subnets, in order of name.
type zoneNames struct {
	names    []string
	bySubnet []int // index into names
}

func namesOfZones(cfg *model.Config) zoneNames {
	var z zoneNames
	for i := range cfg.Subnets {
		z.names = append(z.names, cfg.Subnets[i].Zone)
	}
	slices.Sort(z.names)
	z.names = slices.Compact(z.names)
	for i := range cfg.Subnets {
		at, _ := slices.BinarySearch(z.names, cfg.Subnets[i].Zone)
		z.bySubnet = append(z.bySubnet, at)
	}
	return z
}

// of is the zone of a task that was placed: its instance's, or that of its address; negative if nobody knows.
func (z *zoneNames) of(t *model.Task) int {
	switch {
	case t.Instance != nil && t.Instance.Subnet >= 0:
		return z.bySubnet[t.Instance.Subnet]
	case t.Instance == nil && t.Subnet >= 0:
		return z.bySubnet[t.Subnet]
	}
	return -1
}
