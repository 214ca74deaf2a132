package scenario

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"ecssim/model"
	"ecssim/model/balance"
	"ecssim/model/taskdef"
	"ecssim/workload/diag"
)

// target is a target group of a service, with the place where it is named. The container is kept by name: another
// revision of the task may have it elsewhere.
type target struct {
	at        diag.Position
	via       string
	group     int
	container string
	port      int
}

// targets reads target_group, or target_groups with the container of each.
func (b *builder) targets(o *owner) {
	t := o.table
	one, many := t.get("target_group"), t.get("target_groups")
	switch {
	case one != nil && many != nil:
		b.fail("E023", many.key, fmt.Sprintf("`%s` has `target_group` and `target_groups`", t.p), "keep one of them",
			"target_group is the short form for a single one")
		return
	case one != nil:
		b.target(o, one, t.p.join("target_group"), nil)
		return
	case many == nil:
		return
	}
	p := t.p.join("target_groups")
	const example = `target_groups = [{ target_group = "public/web", container = "app", container_port = 8080 }]`
	if many.kind != aList {
		b.add(wrongType(many, p, "a list of target groups", example))
		return
	}
	for i, e := range many.list {
		q := p.index(i)
		switch e.kind {
		case aString:
			b.target(o, e, q, nil)
		case aTable:
			inner := b.table(e, q)
			if n := inner.get("target_group"); n == nil {
				inner.missing("target_group", `target_group = "public/web"`)
			} else {
				b.target(o, n, q.join("target_group"), inner)
			}
			inner.either("container", "container_name")
			inner.get("container_port")
			inner.done()
		default:
			b.add(wrongType(e, q, "a target group", example))
		}
	}
	if len(many.list) > balance.GroupsPerService {
		b.fail("E043", many.at, fmt.Sprintf("`%s` names %d target groups: ECS allows %d", p, len(many.list), balance.GroupsPerService), "")
	}
}

// target reads one target group. The table, which may be nil, says which container and port.
func (b *builder) target(o *owner, n *node, p path, t *table) {
	wanted := target{at: n.at}
	good := t == nil || b.wantedPort(t, &wanted)
	group, ok := b.reference(n, p, "target group", b.targetGroups)
	if !ok || !good || o.placing.Task == nil {
		return
	}
	wanted.group = group
	if !b.targetType(o.placing.Task, wanted) {
		return
	}
	found, ok := b.choosePort(o.placing.Task, wanted)
	if !ok {
		return
	}
	if slices.Contains(o.targets, found.key()) {
		b.fail("E023", n.at, fmt.Sprintf("`%s` names the same target group and port twice", p), "")
		return
	}
	o.targets = append(o.targets, found.key())
}

// key is a target without the place where it is written.
func (g target) key() target {
	return target{group: g.group, container: g.container, port: g.port}
}

// wantedPort reads the container and the port that a table names.
func (b *builder) wantedPort(t *table, wanted *target) bool {
	if c := t.either("container", "container_name"); c != nil {
		if c.kind != aString {
			b.add(wrongType(c, t.p.join("container"), "the name of a container", `container = "app"`))
			return false
		}
		wanted.container = c.text
	}
	if t.get("container_port") != nil {
		wanted.port = int(t.whole("container_port", 1, maxPort, 0))
		return wanted.port > 0
	}
	return true
}

// targetType: a task with an interface of its own is registered by its address, any other by its instance and port
// (ECS rules, services 5.2).
func (b *builder) targetType(task *taskdef.TaskDefinition, wanted target) bool {
	g, mode := &b.config.TargetGroups[wanted.group], task.Mode()
	d := diag.Diagnostic{Code: "E062", At: wanted.at, Via: wanted.via}
	switch ip := g.Type == balance.IPTarget; {
	case mode == taskdef.None:
		d.Message = fmt.Sprintf("tasks in none mode cannot be behind target group %q: they have no network", g.Name)
		d.Help = []string{"use network mode bridge or awsvpc"}
	case mode == taskdef.Awsvpc && !ip:
		d.Message = fmt.Sprintf("target group %q holds instances, and awsvpc tasks register with their own address", g.Name)
		d.Help = []string{fmt.Sprintf(`set target_type = "ip" in [%s]`, groupTable(g.Name))}
	case mode != taskdef.Awsvpc && ip:
		d.Message = fmt.Sprintf("target group %q holds addresses, and %s tasks have none of their own", g.Name, mode)
		d.Help = []string{fmt.Sprintf(`set target_type = "instance" in [%s], or use network mode awsvpc`, groupTable(g.Name))}
	default:
		return true
	}
	b.add(d)
	return false
}

// groupTable is the table that defines a target group.
func groupTable(name string) string {
	lb, group, _ := strings.Cut(name, "/")
	return path{"load_balancers", lb, "target_groups", group}.String()
}

// choosePort finds the container and the port: those that are named, or the only ones that there are.
func (b *builder) choosePort(task *taskdef.TaskDefinition, wanted target) (target, bool) {
	g := &b.config.TargetGroups[wanted.group]
	noUDP := b.config.LoadBalancers[g.LoadBalancer].Type == balance.Application
	var found []target
	var names, ports []string
	udp := false
	for _, c := range task.Containers {
		names = append(names, c.Name)
		if wanted.container != "" && c.Name != wanted.container {
			continue
		}
		for _, m := range c.Ports {
			if noUDP && m.Protocol == taskdef.UDP {
				udp = true
				continue
			}
			text, one, ok := wanted.matched(c.Name, m)
			ports = append(ports, text)
			if ok {
				found = append(found, one)
			}
		}
	}
	switch {
	case len(found) == 1:
		return found[0], true
	case len(ports) == 0 && udp:
		b.add(diag.Diagnostic{
			Code: "E062", At: wanted.at, Via: wanted.via,
			Message: fmt.Sprintf("target group %q cannot reach the task: it has UDP ports only", g.Name),
			Help:    []string{"an Application Load Balancer speaks TCP; UDP needs a Network Load Balancer"},
		})
	default:
		b.noPort(wanted, names, ports, len(found) > 1)
	}
	return target{}, false
}

// matched is a port mapping as text, and the target that it makes if it is what was wanted. A range of ports must be
// named: ECS registers one port.
func (g target) matched(container string, m taskdef.PortMapping) (text string, one target, ok bool) {
	one = g
	one.container = container
	if m.RangeFirst != 0 || m.RangeLast != 0 {
		return fmt.Sprintf("%s ports %d to %d", container, m.RangeFirst, m.RangeLast), one, g.port >= m.RangeFirst && g.port <= m.RangeLast
	}
	one.port = m.ContainerPort
	return fmt.Sprintf("%s port %d", container, m.ContainerPort), one, g.port == 0 || g.port == m.ContainerPort
}

// noPort says why no single port was found.
func (b *builder) noPort(wanted target, names, ports []string, several bool) {
	group := b.config.TargetGroups[wanted.group].Name
	d := diag.Diagnostic{Code: "E062", At: wanted.at, Via: wanted.via}
	if len(ports) > 0 {
		d.Notes = []string{"the task has " + enumerate(ports, "and")}
	}
	switch {
	case wanted.container != "" && !slices.Contains(names, wanted.container):
		d.Message = fmt.Sprintf("target group %q: the task has no container %q", group, wanted.container)
		d.Label = didYouMean(quoted, diag.Nearest(wanted.container, names))
		d.Notes = []string{"its containers are " + enumerate(names, "and")}
	case len(ports) == 0:
		d.Message = fmt.Sprintf("target group %q cannot reach the task: it has no port mapping", group)
		if wanted.container != "" {
			d.Message = fmt.Sprintf("target group %q cannot reach container %q: it has no port mapping", group, wanted.container)
		}
		d.Help = []string{"add one to the container: container_port = 8080"}
	case several:
		d.Message = fmt.Sprintf("target group %q: the task has more than one port that it could use", group)
		d.Help = []string{fmt.Sprintf(`say which: target_groups = [{ target_group = %q, container = "NAME", container_port = 8080 }]`, group)}
	case wanted.port != 0:
		d.Message = fmt.Sprintf("target group %q: the task has no container port %d", group, wanted.port)
	default:
		d.Message = fmt.Sprintf("target group %q: the task has ranges of ports, so the port must be named", group)
		d.Help = []string{fmt.Sprintf(`say which: target_groups = [{ target_group = %q, container_port = 8080 }]`, group)}
	}
	b.add(d)
}

// indexed are the targets as the model has them, for one revision of the task.
func indexed(targets []target, task *taskdef.TaskDefinition) []model.Target {
	var list []model.Target
	for _, g := range targets {
		i := slices.IndexFunc(task.Containers, func(c taskdef.Container) bool { return c.Name == g.container })
		list = append(list, model.Target{Group: g.group, Container: i, Port: g.port})
	}
	return list
}

// sameTargets checks that a new revision still has the containers and ports of the target groups.
func (b *builder) sameTargets(o *owner, spec *taskSpec) bool {
	for _, g := range o.targets {
		g.at, g.via = spec.at("networkMode"), spec.via
		if !b.targetType(spec.definition, g) {
			return false
		}
		g.at = spec.at("containerDefinitions")
		if _, ok := b.choosePort(spec.definition, g); !ok {
			return false
		}
	}
	return true
}

// targetsFirst puts the containers behind target groups in front. The model names them by their place in the task,
// which has to be the same in all revisions.
func targetsFirst(list []taskdef.Container, targets []target) []taskdef.Container {
	rank := func(c taskdef.Container) int {
		if i := slices.IndexFunc(targets, func(g target) bool { return g.container == c.Name }); i >= 0 {
			return i
		}
		return len(targets)
	}
	sorted := slices.Clone(list)
	slices.SortStableFunc(sorted, func(x, y taskdef.Container) int { return cmp.Compare(rank(x), rank(y)) })
	return sorted
}
