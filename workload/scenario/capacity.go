package scenario

import (
	"fmt"
	"strings"

	"ecssim/model"
	"ecssim/model/taskdef"
	"ecssim/workload/diag"
)

// tasksOf is how many tasks a service or job wants at once. A DAEMON service wants one on every instance of its
// cluster; constraints may leave out some, and then it does not count.
func (b *builder) tasksOf(o *owner) int {
	if o.everywhere() {
		return b.present(o.placing.Cluster)
	}
	return o.copies
}

// everywhere reports whether a service has a task on every instance of its cluster.
func (o *owner) everywhere() bool {
	return o.daemon && len(o.placing.Constraints) == 0 && o.table.n.child("start_at") == nil
}

// daemonsOf are the DAEMON services with a task on every instance of a cluster. They are placed first (ECS rules,
// placement 2.7), so that other tasks find less.
func (b *builder) daemonsOf(cluster int) []*owner {
	var list []*owner
	for _, o := range b.owners {
		if o.placing.Cluster == cluster && o.everywhere() {
			list = append(list, o)
		}
	}
	return list
}

// countAt is the place of the number of tasks.
func (o *owner) countAt() diag.Position {
	switch {
	case o.daemon:
		return o.table.valueAt("scheduling_strategy")
	case o.service:
		return o.table.valueAt("desired_count")
	}
	return o.table.valueAt("count")
}

// theFleet is what the instances of a cluster are called: where there are several clusters, with its name.
func (b *builder) theFleet(cluster int) string {
	if len(b.config.Clusters) > 1 {
		return fmt.Sprintf("cluster `%s`", b.config.Clusters[cluster])
	}
	return "the fleet"
}

// noInstances: W207.
func (b *builder) noInstances(cluster int) {
	where, fleet := "the scenario", "[instances.main] type = \"m5.large\", count = 3"
	if len(b.config.Clusters) > 1 {
		where, fleet = b.theFleet(cluster), fleet+", cluster = "+quoted(b.config.Clusters[cluster])
	}
	for _, o := range b.owners {
		if o.placing.Launch != model.EC2 || o.placing.Cluster != cluster {
			continue
		}
		if b.machinesOf(o) > 0 {
			b.nobodyAsks(o)
			continue
		}
		help := []string{"add a fleet: " + fleet}
		if !o.daemon { // a DAEMON service has no other way
			help = append(help, "or write launch_type = \"FARGATE\"")
		}
		if len(o.placing.Providers) > 0 {
			b.warn("W207", o.providersAt(), fmt.Sprintf("%s never runs: its capacity providers have a max_size of 0", o.what()), "give one of them a max_size above 0")
			continue
		}
		b.warn("W207", o.table.valueAt("launch_type"), fmt.Sprintf("%s runs on EC2, but %s has no container instances", o.what(), where), help...)
	}
}

// taskENIs is how many awsvpc tasks an instance of the fleet holds.
func (b *builder) taskENIs(f *model.Fleet) int64 {
	if b.config.Settings.AwsvpcTrunking && f.Type.TrunkTaskENIs > 0 {
		return f.Type.TrunkTaskENIs
	}
	return f.Type.TaskENIs
}

// interfaces: W204. Each instance first gives up one interface to every DAEMON service.
func (b *builder) interfaces(cluster int) {
	var have, want, trunked, daemons int64
	for _, o := range b.daemonsOf(cluster) {
		if o.placing.Task.Mode() == taskdef.Awsvpc {
			daemons++
		}
	}
	short := false
	for _, p := range b.pools(cluster) {
		each, trunk := b.interfacesOf(p)
		short = short || each < daemons
		have += int64(p.Count) * each
		trunked += int64(p.Count) * trunk
	}
	for _, o := range b.owners {
		if o.placing.Launch == model.EC2 && o.placing.Cluster == cluster && o.placing.Task.Mode() == taskdef.Awsvpc {
			want += int64(b.tasksOf(o))
		}
	}
	if want <= have && !short || b.machines(cluster) == 0 {
		return
	}
	var help []string
	if !b.config.Settings.AwsvpcTrunking && trunked > have {
		help = append(help, fmt.Sprintf("with [account] settings = { awsvpcTrunking = \"enabled\" } %s has %d", b.theFleet(cluster), trunked))
	}
	help = append(help, "network_mode = \"bridge\" takes no task ENI")
	notes := []string{b.fleetNote(cluster)}
	if daemons > 0 {
		notes = append(notes, fmt.Sprintf("%s of each instance: DAEMON services are placed first", counted(int(daemons), "task ENI")))
	}
	b.add(diag.Diagnostic{
		Severity: diag.Warning, Code: "W204", At: b.fleetPlace(cluster),
		Message: fmt.Sprintf("%d awsvpc tasks cannot all run: %s has %d task ENIs", want, b.theFleet(cluster), have),
		Notes:   notes, Help: help,
	})
}

// fleetPlace is the place of the first fleet of a cluster.
func (b *builder) fleetPlace(cluster int) diag.Position { return b.pools(cluster)[0].table.where() }

// fleetNote lists the fleets with what each instance holds.
func (b *builder) fleetNote(cluster int) string {
	text := ""
	for i, p := range b.pools(cluster) {
		if i == 4 {
			return text + " …"
		}
		if i > 0 {
			text += ", "
		}
		each, _ := b.interfacesOf(p)
		text += fmt.Sprintf("%s: %s × %s with %d each", p.Name, p.size(), p.typeNames(), each)
	}
	return text
}

// largest: W203. No instance of the cluster is large enough, less what DAEMON services take of each; for a DAEMON service
// that is to be everywhere, some instance is not.
func (b *builder) largest(o *owner) {
	needs := o.placing.Task.Needs()
	takenCPU, takenMemory, takenGPUs := b.takenByDaemons(o)
	cpu, memory, gpus := b.most(o)
	fits, tooSmall := false, []string(nil)
	for _, p := range b.poolsOf(o) {
		some, all := p.holds(needs.CPU+takenCPU, needs.Memory+takenMemory, needs.GPUs+takenGPUs)
		fits = fits || some
		if !all {
			tooSmall = append(tooSmall, backquoted(p.Name))
		}
	}
	switch {
	case fits && len(tooSmall) > 0 && o.everywhere():
		b.tooLarge(o, "cpu", fmt.Sprintf("%s has no task on the instances of %s: they are too small for it", o.what(), enumerate(tooSmall, "and")))
		return
	case fits:
		b.neverLaunched(o)
		return
	}
	less := func(taken int64) string {
		if taken == 0 {
			return ""
		}
		return fmt.Sprintf(", of which DAEMON services take %d", taken)
	}
	text, at := "no single instance has the CPU, the memory and the GPUs together", "cpu"
	switch {
	case needs.CPU+takenCPU > cpu:
		text = fmt.Sprintf("a task needs %d CPU units, the largest instance has %d%s", needs.CPU, cpu, less(takenCPU))
	case needs.Memory+takenMemory > memory:
		text, at = fmt.Sprintf("a task needs %d MiB, the largest instance registers %d%s", needs.Memory, memory, less(takenMemory)), "memory"
	case needs.GPUs+takenGPUs > gpus:
		text, at = fmt.Sprintf("GPUs: a task needs %d, no instance has more than %d%s", needs.GPUs, gpus, less(takenGPUs)), gpusPath
	}
	b.tooLarge(o, at, o.what()+" never runs: "+text)
}

// takenByDaemons is what DAEMON services take of every instance before this one comes.
func (b *builder) takenByDaemons(o *owner) (cpu, memory, gpus int64) {
	if o.everywhere() {
		return 0, 0, 0
	}
	for _, d := range b.daemonsOf(o.placing.Cluster) {
		n := d.placing.Task.Needs()
		cpu, memory, gpus = cpu+n.CPU, memory+n.Memory, gpus+n.GPUs
	}
	return cpu, memory, gpus
}

const gpusPath = "containerDefinitions[0].resourceRequirements"

func (b *builder) tooLarge(o *owner, jsonPath, text string) {
	b.add(diag.Diagnostic{Severity: diag.Warning, Code: "W203", At: o.spec.at(jsonPath), Via: o.spec.via, Message: text})
}

// staticPorts: W202. A host port can be taken once on an instance, by whatever service.
func (b *builder) staticPorts(o *owner) {
	machines := b.machinesOf(o)
	for _, p := range o.placing.Task.Needs().StaticPorts {
		others, copies := b.holders(o, p)
		if b.tasksOf(o) == 0 || copies <= machines {
			continue
		}
		help := []string{"a host port can be taken once on an instance; host_port = 0 lets ECS choose one"}
		var notes []string
		if len(others) > 0 {
			notes = []string{"with those of " + strings.Join(others, ", ")}
		}
		b.add(diag.Diagnostic{
			Severity: diag.Warning, Code: "W202", At: o.countAt(), Notes: notes, Help: help,
			Message: fmt.Sprintf("%d tasks with host port %d/%s cannot all run: there are %d instances", copies, p.Port, p.Protocol, machines),
		})
		return
	}
}

// holders are services of the same cluster that come first and want the port too, and how many tasks that makes. A job
// ends some day, so that it is told of services but does not stand in their way.
func (b *builder) holders(o *owner, p taskdef.HostPort) (others []string, copies int) {
	copies = b.tasksOf(o)
	seen := false
	for _, x := range b.owners {
		seen = seen || x == o
		first := x.everywhere() && !o.everywhere() || !seen
		if x == o || !x.service || !first || o.everywhere() && !x.everywhere() ||
			x.placing.Launch != model.EC2 || x.placing.Cluster != o.placing.Cluster {
			continue
		}
		for _, q := range x.placing.Task.Needs().StaticPorts {
			if n := b.tasksOf(x); q == p && n > 0 {
				others, copies = append(others, fmt.Sprintf("%s (%d)", x.what(), n)), copies+n
			}
		}
	}
	return others, copies
}
