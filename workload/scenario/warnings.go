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

// feasible warns of what cannot fit, by arithmetic alone. It looks at services with their desired count and at jobs
// that come at once; what comes over time is for the simulation to find out.
func (b *builder) feasible() {
	b.noInstances()
	b.interfaces()
	b.fargateQuota()
	b.balancerWarnings()
	b.pullLimits()
	for _, o := range b.owners {
		if o.placing.Launch == model.EC2 && b.machines() > 0 {
			if !o.sized {
				b.largest(o)
			}
			b.staticPorts(o)
		}
		b.addresses(o)
		b.comesInTime(o)
	}
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

// machines is the number of container instances.
func (b *builder) machines() int {
	n := 0
	for _, f := range b.config.Fleets {
		n += f.Count
	}
	return n
}

func (o *owner) what() string {
	if o.service {
		return "service `" + o.name + "`"
	}
	return "job `" + o.name + "`"
}

// noInstances: W207.
func (b *builder) noInstances() {
	if b.machines() > 0 {
		return
	}
	for _, o := range b.owners {
		if o.placing.Launch == model.EC2 {
			b.warn("W207", o.table.valueAt("launch_type"), fmt.Sprintf("%s runs on EC2, but the scenario has no container instances", o.what()),
				"add a fleet: [instances.main] type = \"m5.large\", count = 3", "or write launch_type = \"FARGATE\"")
		}
	}
}

// taskENIs is how many awsvpc tasks an instance of the fleet holds.
func (b *builder) taskENIs(f *model.Fleet) int64 {
	if b.config.Settings.AwsvpcTrunking && f.Type.TrunkTaskENIs > 0 {
		return f.Type.TrunkTaskENIs
	}
	return f.Type.TaskENIs
}

// interfaces: W204.
func (b *builder) interfaces() {
	var have, want, trunked int64
	for i := range b.config.Fleets {
		f := &b.config.Fleets[i]
		have += int64(f.Count) * b.taskENIs(f)
		trunked += int64(f.Count) * max(f.Type.TaskENIs, f.Type.TrunkTaskENIs)
	}
	for _, o := range b.owners {
		if o.placing.Launch == model.EC2 && o.placing.Task.Mode() == taskdef.Awsvpc {
			want += int64(o.copies)
		}
	}
	if want <= have || b.machines() == 0 {
		return
	}
	var help []string
	if !b.config.Settings.AwsvpcTrunking && trunked > have {
		help = append(help, fmt.Sprintf("with [account] settings = { awsvpcTrunking = \"enabled\" } the fleet has %d", trunked))
	}
	help = append(help, "network_mode = \"bridge\" takes no task ENI")
	b.add(diag.Diagnostic{
		Severity: diag.Warning, Code: "W204", At: b.fleets[0].table.where(),
		Message: fmt.Sprintf("%d awsvpc tasks cannot all run: the fleet has %d task ENIs", want, have),
		Notes:   []string{b.fleetNote()}, Help: help,
	})
}

// fleetNote lists the fleets with what each instance holds.
func (b *builder) fleetNote() string {
	text := ""
	for i := range b.config.Fleets {
		f := &b.config.Fleets[i]
		if i == 4 {
			return text + " …"
		}
		if i > 0 {
			text += ", "
		}
		text += fmt.Sprintf("%s: %d × %s with %d each", f.Name, f.Count, f.Type.Name, b.taskENIs(f))
	}
	return text
}

// largest: W203.
func (b *builder) largest(o *owner) {
	needs := o.placing.Task.Needs()
	var cpu, memory, gpus int64
	fits := false
	for _, f := range b.config.Fleets {
		if f.Count == 0 {
			continue
		}
		free := f.Type.Memory - f.ReservedMemory
		cpu, memory, gpus = max(cpu, f.Type.CPU), max(memory, free), max(gpus, f.Type.GPUs)
		fits = fits || needs.CPU <= f.Type.CPU && needs.Memory <= free && needs.GPUs <= f.Type.GPUs
	}
	if fits {
		return
	}
	at := func(jsonPath string) diag.Position { return o.spec.at(jsonPath) }
	warn := func(place diag.Position, text string) {
		b.add(diag.Diagnostic{
			Severity: diag.Warning, Code: "W203", At: place, Via: o.spec.via,
			Message: fmt.Sprintf("%s never runs: %s", o.what(), text),
		})
	}
	switch {
	case needs.CPU > cpu:
		warn(at("cpu"), fmt.Sprintf("a task needs %d CPU units, the largest instance has %d", needs.CPU, cpu))
	case needs.Memory > memory:
		warn(at("memory"), fmt.Sprintf("a task needs %d MiB, the largest instance registers %d", needs.Memory, memory))
	case needs.GPUs > gpus:
		warn(at("containerDefinitions[0].resourceRequirements"), fmt.Sprintf("GPUs: a task needs %d, no instance has more than %d", needs.GPUs, gpus))
	default:
		warn(at("cpu"), "no single instance has the CPU, the memory and the GPUs together")
	}
}

// staticPorts: W202.
func (b *builder) staticPorts(o *owner) {
	needs := o.placing.Task.Needs()
	if len(needs.StaticPorts) == 0 || o.copies <= b.machines() {
		return
	}
	place := o.table.valueAt("desired_count")
	if !o.service {
		place = o.table.valueAt("count")
	}
	p := needs.StaticPorts[0]
	b.warn("W202", place, fmt.Sprintf("%d tasks with host port %d/%s cannot all run: there are %d instances", o.copies, p.Port, p.Protocol, b.machines()),
		"a host port can be taken once on an instance; host_port = 0 lets ECS choose one")
}

// fargateQuota: W205.
func (b *builder) fargateQuota() {
	if b.config.Quotas.FargateVCPU > 0 {
		return
	}
	units, place, found := int64(0), diag.Position{}, false
	for _, o := range b.owners {
		if o.placing.Launch != model.Fargate || o.placing.Spot || o.copies == 0 { // Spot has a quota of its own
			continue
		}
		units += int64(o.copies) * o.placing.Task.FargateNeeds().CPU
		if !found {
			place, found = o.table.where(), true
		}
	}
	if units <= newAccountVCPU*1024 {
		return
	}
	b.warn("W205", place, fmt.Sprintf("%s Fargate vCPUs at once: a new AWS account has a quota of %d", plain(float64(units)/1024), newAccountVCPU),
		"without a quota in the scenario nothing binds; to see it bind: [account] quotas = { fargate_vcpu = 6 }")
}

// addresses: W206.
func (b *builder) addresses(o *owner) {
	if o.placing.Task.Mode() != taskdef.Awsvpc || o.copies == 0 {
		return
	}
	taken := b.ownAddresses()
	var usable, own int64
	for _, i := range o.placing.Subnets {
		usable += max(0, b.config.Subnets[i].Usable())
		own += taken[i]
	}
	free := max(0, usable-own)
	if int64(o.copies) <= free {
		return
	}
	place := o.table.valueAt("desired_count")
	if !o.service {
		place = o.table.valueAt("count")
	}
	note := fmt.Sprintf("%d usable addresses", usable)
	if own > 0 {
		note += fmt.Sprintf(", of which the instances take %d", own)
	}
	b.add(diag.Diagnostic{
		Severity: diag.Warning, Code: "W206", At: place,
		Message: fmt.Sprintf("%d awsvpc tasks cannot all run: their subnets have %d free addresses", o.copies, free),
		Notes:   []string{note + fmt.Sprintf("; %d of each subnet belong to AWS", network.ReservedAddresses)},
	})
}

// ownAddresses are those that the instances themselves take, by subnet.
func (b *builder) ownAddresses() []int64 {
	own := make([]int64, len(b.config.Subnets))
	for i := range b.config.Fleets {
		f := &b.config.Fleets[i]
		each := int64(1)
		if b.config.Settings.AwsvpcTrunking && f.Type.TrunkTaskENIs > 0 {
			each = 2
		}
		for k, s := range f.Subnets {
			own[s] += shareOf(f.Count, len(f.Subnets), k) * each
		}
	}
	return own
}

// shareOf is how many of n instances fall to the kth of several subnets when they take them in turn.
func shareOf(n, subnets, k int) int64 {
	share := int64(n / subnets)
	if k < n%subnets {
		share++
	}
	return share
}
