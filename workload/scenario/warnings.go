package scenario

import (
	"fmt"

	"ecssim/model"
	"ecssim/model/network"
	"ecssim/model/taskdef"
	"ecssim/workload/diag"
)

// newAccountVCPU is AWS's default of the Fargate On-Demand vCPU quota for a new account (ECS rules, placement 8).
const newAccountVCPU = 6

// feasible warns of what cannot fit, by arithmetic alone. It looks at services with their desired count, a task on every
// instance for those that are DAEMON, and at jobs that come at once; what comes over time is for the simulation to find
// out. Instances are those of one cluster; subnets, quotas and registries are everybody's.
func (b *builder) feasible() {
	for cluster := range b.config.Clusters {
		b.noInstances(cluster)
		b.interfaces(cluster)
	}
	b.fargateQuota()
	b.balancerWarnings()
	b.pullLimits()
	for _, o := range b.owners {
		if o.placing.Launch == model.EC2 && b.machinesOf(o) > 0 {
			if !o.sized {
				b.largest(o)
			}
			b.staticPorts(o)
		}
		b.comesInTime(o)
	}
	b.addresses()
}

// comesInTime: W210.
func (b *builder) comesInTime(o *owner) {
	key := "at"
	if o.service {
		key = "start_at"
	}
	n := o.table.n.child(key)
	if n == nil || b.config.Duration == 0 {
		return
	}
	when, _ := b.momentOf(n, o.table.p.join(key), b.config.Start)
	if when >= b.config.Duration {
		b.warn("W210", n.at, fmt.Sprintf("%s never starts: that is %s after the start, and the scenario lasts %s", o.what(),
			diag.Duration(when), diag.Duration(b.config.Duration)))
	}
}

func (o *owner) what() string {
	if o.service {
		return "service `" + o.name + "`"
	}
	return "job `" + o.name + "`"
}

// fargateQuota: W205.
func (b *builder) fargateQuota() {
	if b.config.Quotas.FargateVCPU > 0 {
		return
	}
	units, place, found := int64(0), diag.Position{}, false
	for _, o := range b.owners {
		if o.placing.Launch != model.Fargate || o.copies == 0 || len(o.placing.Providers) == 0 && o.placing.Spot { // Spot has a quota of its own
			continue
		}
		own := b.onDemand(o) * o.placing.Task.FargateNeeds().CPU
		units += own
		if !found && own > 0 {
			place, found = o.table.where(), true
		}
	}
	if units <= newAccountVCPU*1024 {
		return
	}
	b.warn("W205", place, fmt.Sprintf("%s Fargate vCPUs at once: a new AWS account has a quota of %d", plain(float64(units)/1024), newAccountVCPU),
		"without a quota in the scenario nothing binds; to see it bind: [account] quotas = { fargate_vcpu = 6 }")
}

// addresses: W206. First every service and job by itself, then all that run at the same time together.
func (b *builder) addresses() {
	taken, used := b.ownAddresses(), make([]bool, len(b.config.Subnets))
	var together int64
	var last *owner
	several, told := false, false
	for _, o := range b.owners {
		copies := int64(b.tasksOf(o))
		if o.placing.Task.Mode() != taskdef.Awsvpc || copies == 0 {
			continue
		}
		only := make([]bool, len(b.config.Subnets))
		for _, i := range o.placing.Subnets {
			only[i] = true
			used[i] = used[i] || o.service
		}
		told = b.tooManyIn(o, copies, only, taken, "") || told
		if o.service {
			together, several, last = together+copies, last != nil, o
		}
	}
	if several && !told {
		b.tooManyIn(last, together, used, taken, "all services together: ")
	}
}

// tooManyIn warns if some subnets have fewer free addresses than tasks are to take.
func (b *builder) tooManyIn(o *owner, tasks int64, subnets []bool, taken []int64, which string) bool {
	var usable, own int64
	for i, in := range subnets {
		if in {
			usable, own = usable+max(0, b.config.Subnets[i].Usable()), own+taken[i]
		}
	}
	free := max(0, usable-own)
	if tasks <= free {
		return false
	}
	note := fmt.Sprintf("%d usable addresses", usable)
	if own > 0 {
		note += fmt.Sprintf(", of which the instances take %d", own)
	}
	b.add(diag.Diagnostic{
		Severity: diag.Warning, Code: "W206", At: o.countAt(),
		Message: fmt.Sprintf("%s%d awsvpc tasks cannot all run: their subnets have %d free addresses", which, tasks, free),
		Notes:   []string{note + fmt.Sprintf("; %d of each subnet belong to AWS", network.ReservedAddresses)},
	})
	return true
}

// ownAddresses are those that the instances themselves take, by subnet.
func (b *builder) ownAddresses() []int64 {
	own := make([]int64, len(b.config.Subnets))
	for i := range b.config.Fleets {
		f := &b.config.Fleets[i]
		b.take(own, f, f.Count)
	}
	for i := range b.config.CapacityProviders {
		if g := b.config.CapacityProviders[i].Group; g != nil { // which may shrink to its minimum
			b.take(own, &g.Template, g.Min)
		}
	}
	return own
}

// take adds the addresses of n instances.
func (b *builder) take(own []int64, f *model.Fleet, n int) {
	each := int64(1)
	if b.config.Settings.AwsvpcTrunking && f.Type.TrunkTaskENIs > 0 {
		each = 2
	}
	for k, s := range f.Subnets {
		own[s] += shareOf(n, len(f.Subnets), k) * each
	}
}

// shareOf is how many of n instances fall to the kth of several subnets when they take them in turn.
func shareOf(n, subnets, k int) int64 {
	share := int64(n / subnets)
	if k < n%subnets {
		share++
	}
	return share
}
