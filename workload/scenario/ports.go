package scenario

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ecssim/model/taskdef"
	"ecssim/workload/diag"
)

const maxPort = 65535

// ports reads the port mappings of a container: a list, or container_port and host_port of a single one.
func (b *builder) ports(t *table) []taskdef.PortMapping {
	list, short := t.get("port_mappings"), t.get("ports")
	single := t.get("container_port") != nil || t.get("host_port") != nil
	given := 0
	for _, there := range []bool{list != nil, short != nil, single} {
		if there {
			given++
		}
	}
	if given > 1 {
		b.fail("E023", t.n.key, fmt.Sprintf("`%s` gives its ports in more than one way", t.p), "",
			"keep one of `port_mappings`, `ports`, and `container_port` with `host_port`")
		return nil
	}
	if single {
		return []taskdef.PortMapping{b.mapping(t)}
	}
	if t.get("protocol") != nil && given == 0 {
		b.fail("E022", t.at("protocol"), fmt.Sprintf("`%s` has a protocol and no port", t.p), "", "write for example: container_port = 53")
	}
	key := "port_mappings"
	if list == nil {
		list, key = short, "ports"
	}
	if list == nil {
		return nil
	}
	return b.mappings(list, t.p.join(key))
}

func (b *builder) mappings(n *node, p path) []taskdef.PortMapping {
	const example = "[{ container_port = 8080, host_port = 0 }]"
	if n.kind != aList {
		b.add(wrongType(n, p, "a list of ports", p[len(p)-1]+" = "+example))
		return nil
	}
	var all []taskdef.PortMapping
	for i, e := range n.list {
		q := p.index(i)
		switch e.kind {
		case anInteger:
			if port, ok := b.wholeOf(e, q, 1, maxPort); ok {
				all = append(all, taskdef.PortMapping{ContainerPort: int(port)})
			}
		case aTable:
			t := b.table(e, q)
			all = append(all, b.mapping(t))
			t.done()
		default:
			b.add(wrongType(e, q, "a port or a port mapping", p[len(p)-1]+" = "+example))
		}
	}
	return all
}

// mapping reads one port. A host port alone stands for the same container port.
func (b *builder) mapping(t *table) taskdef.PortMapping {
	var m taskdef.PortMapping
	if t.get("host_port") != nil {
		m.HostPort = int(t.whole("host_port", 0, maxPort, 0))
	}
	switch {
	case t.get("container_port") != nil:
		m.ContainerPort = int(t.whole("container_port", 1, maxPort, 0))
	case t.get("host_port") != nil && !(m.HostPort == 0 && t.get("host_port").whole == 0):
		m.ContainerPort = m.HostPort
	default:
		t.missing("container_port", "container_port = 8080")
	}
	if t.get("protocol") != nil {
		word, _ := t.choice("protocol", []string{"tcp", "udp"}, "")
		m.Protocol = taskdef.Protocol(word)
	}
	return m
}

// inlinePlace finds the place of a path of ECS's JSON in an inline task; the nearest table above if it is not written.
func inlinePlace(task *node, jsonPath string) diag.Position {
	n, at := task, task.key
	parts := splitJSONPath(jsonPath)
	if task.child("containers") == nil && len(parts) > 1 && parts[0] == "containerDefinitions" {
		parts = parts[2:] // the one container is the task
	}
	for _, part := range parts {
		var next *node
		if i, err := strconv.Atoi(part); err == nil {
			next = n.element(i)
		}
		for _, key := range inlineKeys(part) {
			if c := n.child(key); c != nil && !c.byDefault {
				next = c
			}
		}
		if next == nil {
			if n.kind == aTable && (part == "0" || part == "portMappings") {
				continue // the short form of a port
			}
			break
		}
		n, at = next, next.at
	}
	return at
}

// element is an element of a list, or of the short form of depends_on, which is read in the order of names.
func (n *node) element(i int) *node {
	switch {
	case n.kind == aList && i < len(n.list):
		return n.list[i]
	case n.kind == aTable && i < len(n.keys):
		if c := n.table[slices.Sorted(slices.Values(n.keys))[i]]; c.kind == aString && slices.Contains(conditions, c.text) {
			return c
		}
	}
	return nil
}

// inlineKeys are the keys of an inline task that a key of the JSON may stand under.
func inlineKeys(part string) []string {
	switch part {
	case "containerDefinitions":
		return []string{"containers"}
	case "portMappings":
		return []string{"port_mappings", "ports"}
	case "resourceRequirements":
		return []string{"gpu"}
	case "containerName":
		return []string{"container", "container_name"}
	case "logConfiguration":
		return []string{"log_configuration", "log_driver"}
	case "sizeInGiB":
		return []string{"size_in_gib"}
	}
	return []string{diag.Snake(part)}
}

// splitJSONPath takes containerDefinitions[0].cpu apart.
func splitJSONPath(p string) []string {
	return strings.FieldsFunc(p, func(r rune) bool { return r == '.' || r == '[' || r == ']' })
}
