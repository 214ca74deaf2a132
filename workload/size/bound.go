package size

import (
	"fmt"
	"math"
	"slices"

	"ecssim/model"
	"ecssim/model/fleet"
	"ecssim/model/taskdef"
)

// Shortage is something of which there is too little for every task to have a place, whatever is simulated.
type Shortage struct {
	Resource string // cpu, memory, gpu, eni, ports, instances, ip, fargate_vcpu
	// Of says who wants it: "service `web`", "all tasks".
	Of        string
	Need, Has int64
	Unit      string
}

// Sentence is one line for people.
func (s Shortage) Sentence() string {
	return fmt.Sprintf("%s: %d %s wanted, %d there (%s)", s.Resource, s.Need, s.Unit, s.Has, s.Of)
}

// Shortages are what a scenario lacks by arithmetic alone, for its services with the tasks that they always have and its
// jobs with their load on average. None at all does not mean that everything fits: tasks do not divide, and loads have
// peaks. The arithmetic leaves out constraints on attributes, which can only make it worse.
func Shortages(c *model.Config, seed uint64) []Shortage {
	wanted, have := demands(c, seed), pools(c)
	var list []Shortage
	for cluster, name := range c.Clusters {
		in := slices.DeleteFunc(slices.Clone(have), func(p pool) bool { return p.cluster != cluster })
		var onInstances []demand
		for _, d := range wanted {
			if d.place.Cluster == cluster && onEC2(c, d.place) {
				onInstances = append(onInstances, d)
			}
		}
		of := "all tasks"
		if len(c.Clusters) > 1 {
			of += " of cluster " + name
		}
		list = append(list, lacks(c, of, onInstances, in)...)
		for i, p := range in {
			if p.provider < 0 {
				continue
			}
			own := slices.DeleteFunc(slices.Clone(onInstances), func(d demand) bool {
				return len(d.place.Providers) != 1 || d.place.Providers[0].Provider != p.provider
			})
			if len(own) < len(onInstances) || len(in) > 1 {
				list = append(list, lacks(c, "capacity provider "+c.CapacityProviders[p.provider].Name, own, in[i:i+1])...)
			}
		}
	}
	return append(append(list, addresses(c, wanted, have)...), fargateQuota(c, wanted)...)
}

// onEC2 reports whether all tasks go to container instances.
func onEC2(c *model.Config, p *model.Placing) bool {
	if len(p.Providers) == 0 {
		return p.Launch == model.EC2
	}
	return !slices.ContainsFunc(p.Providers, func(s model.ProviderShare) bool {
		return c.CapacityProviders[s.Provider].Group == nil
	})
}

// lacks compares what is wanted with what there is: all together of each resource, and every service and job by itself.
func lacks(c *model.Config, of string, wanted []demand, have []pool) (list []Shortage) {
	instances, total := int64(0), [numResources]float64{}
	for i := range have {
		p := &have[i]
		instances += int64(p.count)
		for r, each := range p.each(c) {
			total[r] += each * float64(p.count)
		}
	}
	sum := [numResources]float64{}
	for _, d := range wanted {
		for r := range sum {
			sum[r] += d.total[r]
		}
	}
	for r, what := range resources {
		if whole(sum[r]) > whole(total[r]) {
			list = append(list, Shortage{what.name, of, whole(sum[r]), whole(total[r]), what.unit})
		}
	}
	for i := range wanted {
		d, room := &wanted[i], int64(0)
		for k := range have {
			room += int64(have[k].count) * have[k].holds(c, d)
		}
		if whole(d.copies) > room {
			list = append(list, Shortage{"instances", d.name, whole(d.copies), room, "places"})
		}
	}
	return append(list, ports(wanted, instances)...)
}

// whole leaves out fractions, and the noise of sums.
func whole(x float64) int64 { return int64(math.Floor(min(x, 1<<60) + 1e-6)) }

// ports: a static host port is there once an instance.
func ports(wanted []demand, instances int64) (list []Shortage) {
	used := map[taskdef.HostPort]float64{}
	var order []taskdef.HostPort
	for _, d := range wanted {
		for _, p := range d.needs.StaticPorts {
			if _, ok := used[p]; !ok {
				order = append(order, p)
			}
			used[p] += d.copies
		}
	}
	for _, p := range order {
		if n := whole(used[p]); n > instances {
			list = append(list, Shortage{"ports", fmt.Sprintf("host port %d", p.Port), n, instances, "instances"})
		}
	}
	return list
}

// addresses: all subnets together hold the instances and the awsvpc tasks.
func addresses(c *model.Config, wanted []demand, have []pool) []Shortage {
	used := map[int]bool{}
	var need, usable int64
	for _, d := range wanted {
		if !awsvpc(d.place) {
			continue
		}
		need += whole(d.copies)
		for _, s := range d.place.Subnets {
			used[s] = true
		}
	}
	if need == 0 {
		return nil
	}
	for i := range have {
		p := &have[i]
		if p.provider >= 0 { // which may shrink
			continue
		}
		need += int64(p.count) * p.addresses(c)
		for _, s := range p.subnets {
			used[s] = true
		}
	}
	for i, s := range c.Subnets {
		if used[i] {
			usable += max(0, s.Usable())
		}
	}
	if need <= usable {
		return nil
	}
	return []Shortage{{"ip", "tasks and instances", need, usable, "addresses"}}
}

func fargateQuota(c *model.Config, wanted []demand) []Shortage {
	if c.Quotas.FargateVCPU <= 0 {
		return nil
	}
	units := 0.0
	for _, d := range wanted {
		if d.place.Launch == model.Fargate && len(d.place.Providers) == 0 && !d.place.Spot {
			units += d.copies * float64(d.place.Task.FargateNeeds().CPU)
		}
	}
	if need := whole(units / 1024); need > whole(c.Quotas.FargateVCPU) {
		return []Shortage{{"fargate_vcpu", "tasks on Fargate", need, whole(c.Quotas.FargateVCPU), "vCPUs"}}
	}
	return nil
}

// Floor is what the container instances of a scenario cost at least: those that are there all the time, for as long as it
// lasts. It is 0 where instances can be lost, or prices are not known.
func Floor(c *model.Config) float64 {
	losing := []model.FaultKind{model.InstanceLoss, model.HostRetirement, model.SpotInterruption, model.ZoneOutage, model.InsufficientCapacity}
	if slices.ContainsFunc(c.Faults, func(f model.Fault) bool { return slices.Contains(losing, f.Kind) }) {
		return 0
	}
	hourly := 0.0
	for i := range c.Fleets {
		if f := &c.Fleets[i]; f.TimeToFailure == nil {
			hourly += float64(f.Count) * max(0, f.Type.PricePerHour)
		}
	}
	for i := range c.CapacityProviders {
		if g := c.CapacityProviders[i].Group; g != nil {
			hourly += float64(g.Min) * cheapest(g)
		}
	}
	return hourly * (1 - c.Pricing.EC2Discount) * c.Duration.Hours() * (1 - 1e-9) // sums of floats may differ a little
}

// cheapest is what an instance of a group costs an hour at least; 0 where Spot or a failure leaves that open.
func cheapest(g *model.Group) float64 {
	if g.Distribution != (fleet.Distribution{}) || g.TimeToFailure != nil || g.BootTime != nil && g.Min > g.Desired {
		return 0
	}
	least := math.Inf(1)
	for i := range g.Types {
		least = min(least, max(0, g.Types[i].PricePerHour))
	}
	if math.IsInf(least, 1) {
		return 0
	}
	return least
}
