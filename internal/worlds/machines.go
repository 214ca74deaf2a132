package worlds

import (
	"fmt"

	"ecssim/model"
	"ecssim/model/catalog"
	"ecssim/model/image"
	"ecssim/model/network"
)

// fleets give every cluster instances, at most forty in all. A calm world has room for everything on each.
func (g *generator) fleets() {
	n := max(len(g.cfg.Clusters), g.few(1, 4))
	for k := range n {
		f := model.Fleet{
			Name: fmt.Sprintf("fleet-%d", k+1), Count: g.few(1, 40/n), Subnets: g.someSubnets(), Cluster: k % len(g.cfg.Clusters),
			Type: g.instanceType(k), SpotDraining: g.chance(50), Pull: image.Behaviour(g.IntN(4)),
			Attributes: map[string]string{"color": pick(g, "blue", "green")},
		}
		if g.chance(30) {
			f.ReservedMemory = 256
		}
		if g.on[fewPorts] && !g.calm {
			f.DynamicPorts = network.PortRange{First: 40000, Last: 40000 + g.between(2, 8)}
		}
		if g.on[breakdowns] && !g.calm {
			f.TimeToFailure = g.about(float64(g.between(20, 120)) * 60)
			if g.chance(80) {
				f.TimeToRepair = g.about(float64(g.between(1, 10)) * 60)
			}
		}
		if g.on[images] {
			f.Speed = image.Speed{Network: 50e6, Unpack: 100e6}
			for i := range g.cfg.Images {
				if g.chance(20) {
					f.Cached = append(f.Cached, i)
				}
			}
		}
		if g.on[firewalls] && g.chance(50) {
			f.SecurityGroups = []int{tasksGroup}
		}
		g.machines[f.Cluster] += f.Count
		g.cfg.Fleets = append(g.cfg.Fleets, f)
	}
}

func (g *generator) instanceType(n int) catalog.InstanceType {
	t := catalog.InstanceType{
		Name: fmt.Sprintf("type-%d", n+1), CPU: int64(pick(g, 1024, 2048, 4096)), Memory: int64(pick(g, 1900, 3800, 7600)),
		Architecture: "x86_64", TaskENIs: int64(g.between(1, 4)), TrunkTaskENIs: int64(pick(g, 0, 10)), PricePerHour: 0.1, Custom: true,
	}
	if g.on[gpus] {
		t.GPUs = int64(g.IntN(5))
	}
	if g.calm {
		t.CPU, t.Memory, t.TaskENIs, t.TrunkTaskENIs, t.GPUs = 1<<20, 1<<22, 500, 600, 500
	}
	return t
}
