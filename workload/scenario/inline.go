package scenario

import (
	"strconv"

	"ecssim/model"
	"ecssim/model/taskdef"
	"ecssim/workload/diag"
)

// inline reads task = { … }. Without `containers` it describes a task with a single container.
func (b *builder) inline(o *owner, t *table, launch model.LaunchType, spec *taskSpec) {
	d := &taskdef.TaskDefinition{Family: o.name, Revision: 1}
	spec.inline = true
	spec.at = func(jsonPath string) diag.Position { return inlinePlace(t.n, jsonPath) }
	before := len(b.diags)
	spec.defaultMode = t.get("network_mode") == nil
	mode, _ := t.choice("network_mode", []string{"bridge", "host", "awsvpc", "none"}, "bridge")
	d.NetworkMode = taskdef.NetworkMode(mode)
	if t.get("cpu_architecture") != nil {
		d.Architecture, _ = t.choice("cpu_architecture", []string{"X86_64", "ARM64"}, "")
	}
	list := t.get("containers")
	if list == nil {
		b.single(o.name, t, d, launch)
	} else {
		d.CPU, d.Memory = t.cpu("cpu"), t.memory("memory")
		b.containers(list, t.p.join("containers"), d)
	}
	b.roles(t, d)
	d.EphemeralStorageGiB = b.ephemeralStorage(t)
	t.later = map[string]string{
		"runtime_platform": "write cpu_architecture = \"ARM64\"", "operating_system_family": "", "volumes": "",
	}
	t.done()
	if len(b.diags) > before {
		return
	}
	for _, problem := range d.Problems(nil) {
		b.problem(spec, problem)
	}
	spec.definition = d
}

// single is the short form. On EC2 its sizes are those of the container, so that memory_reservation counts as the soft
// limit that it is; Fargate wants them on the task.
func (b *builder) single(name string, t *table, d *taskdef.TaskDefinition, launch model.LaunchType) {
	c := b.container(t, name)
	if launch == model.Fargate {
		d.CPU, d.Memory = c.CPU, c.Memory
	}
	d.Containers = []taskdef.Container{c}
}

// container reads the keys that a container and the short form of a task share.
func (b *builder) container(t *table, name string) taskdef.Container {
	c := taskdef.Container{Name: name, Essential: true}
	c.CPU, c.Memory, c.MemoryReservation = t.cpu("cpu"), t.memory("memory"), t.memory("memory_reservation")
	if t.get("gpu") != nil {
		c.GPUs = int(t.whole("gpu", 0, 64, 0))
	}
	c.Ports = b.ports(t)
	b.lifecycle(t, &c)
	return c
}

func (b *builder) containers(n *node, p path, d *taskdef.TaskDefinition) {
	if n.kind != aList {
		b.add(wrongType(n, p, "a list of containers", `containers = [{ name = "app", cpu = 128, memory = 256 }]`))
		return
	}
	for i, e := range n.list {
		q := p.index(i)
		if e.kind != aTable {
			b.add(wrongType(e, q, "a container", `{ name = "app", cpu = 128, memory = 256 }`))
			continue
		}
		t := b.table(e, q)
		name := t.text("name", "container-"+strconv.Itoa(i+1))
		c := b.container(t, name)
		c.Essential = t.flag("essential", true)
		t.done()
		d.Containers = append(d.Containers, c)
	}
}
