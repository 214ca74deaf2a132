package taskdef

import "fmt"

const (
	maxPort   = 65535
	maxRanges = 100
)

// ports checks the port mappings of one container (ECS rules, placement 5.1, 5.2).
func (c *checker) ports(con *Container, path string) {
	path += ".portMappings"
	if len(con.Ports) > 0 && c.t.Mode() == None {
		c.errorf(path, CodeModePorts, "remove the port mappings, or use bridge, host or awsvpc",
			"%s has port mappings, and network mode none allows none", con.label())
		return
	}
	ranges := 0
	for j, p := range con.Ports {
		at := fmt.Sprintf("%s[%d]", path, j)
		if p.isRange() {
			ranges++
			c.portRange(p, at)
			continue
		}
		c.port(p, at)
	}
	if ranges > maxRanges {
		c.errorf(path, CodeRange, "", "%s has %d port ranges: ECS allows %d", con.label(), ranges, maxRanges)
	}
	c.overlaps(con, path)
}

func (c *checker) port(p PortMapping, at string) {
	switch {
	case p.ContainerPort == 0:
		c.errorf(at+".containerPort", CodePort, "", "the mapping has neither containerPort nor containerPortRange")
		return
	case p.ContainerPort < 0 || p.ContainerPort > maxPort:
		c.errorf(at+".containerPort", CodePort, "", "containerPort %d is not a port: 1 to %d", p.ContainerPort, maxPort)
		return
	case p.HostPort < 0 || p.HostPort > maxPort:
		c.errorf(at+".hostPort", CodePort, "0 lets the agent pick a port", "hostPort %d is not a port: 0 to %d",
			p.HostPort, maxPort)
		return
	}
	mode := c.t.Mode()
	if (mode == Host || mode == Awsvpc) && p.HostPort != 0 && p.HostPort != p.ContainerPort {
		c.errorf(at+".hostPort", CodeHostPort, "leave hostPort out, or use bridge mode to map ports",
			"hostPort %d differs from containerPort %d, and %s mode cannot map ports", p.HostPort, p.ContainerPort, mode)
	}
}

func (c *checker) portRange(p PortMapping, at string) {
	path := at + ".containerPortRange"
	mode := c.t.Mode()
	if mode != Bridge && mode != Awsvpc {
		c.errorf(path, CodeModePorts, "use bridge or awsvpc",
			"containerPortRange exists in bridge and awsvpc mode only; this task is in %s mode", mode)
	}
	if p.ContainerPort != 0 {
		c.errorf(at+".containerPort", CodeRange, "keep one of them", "the mapping has containerPort and containerPortRange")
	}
	if p.HostPort != 0 {
		c.errorf(at+".hostPort", CodeRange, "the agent picks the host ports of a range",
			"the mapping has a hostPort and a containerPortRange")
	}
	switch {
	case p.RangeFirst < 1 || p.RangeLast > maxPort:
		c.errorf(path, CodeRange, "", "range %d-%d leaves the ports 1 to %d", p.RangeFirst, p.RangeLast, maxPort)
	case p.RangeFirst >= p.RangeLast:
		c.errorf(path, CodeRange, "use containerPort for a single port",
			"range %d-%d does not rise: the first port must be below the last", p.RangeFirst, p.RangeLast)
	}
}

// overlaps finds container ports that appear twice in one container, one problem for each later mapping.
func (c *checker) overlaps(con *Container, path string) {
	for k, p := range con.Ports {
		for j, q := range con.Ports[:k] {
			if p.overlaps(q) {
				c.twice(con, p, q, fmt.Sprintf("%s[%d]", path, k), j)
				break
			}
		}
	}
}

func (p PortMapping) overlaps(q PortMapping) bool {
	first, last := p.containerPorts()
	qFirst, qLast := q.containerPorts()
	return first > 0 && qFirst > 0 && first <= qLast && qFirst <= last
}

func (p PortMapping) containerPorts() (first, last int) {
	if p.isRange() {
		return p.RangeFirst, p.RangeLast
	}
	return p.ContainerPort, p.ContainerPort
}

// twice reports the overlap of p, at the path, with the mapping q of index j. One port for tcp and udp is a warning
// only: the API reference says "an error is returned", but registration has accepted it since 2020
// (awsdocs/amazon-ecs-developer-guide#128) and CreateService is what refuses such a port (amazon-ecs-agent#3428).
func (c *checker) twice(con *Container, p, q PortMapping, at string, j int) {
	switch {
	case p.isRange() || q.isRange():
		key := ".containerPort"
		if p.isRange() {
			key = ".containerPortRange"
		}
		c.errorf(at+key, CodeRange, "", "the ports overlap those of mapping %d of %s", j+1, con.label())
	case p.protocol() != q.protocol():
		c.add(Problem{
			Path: at + ".containerPort", Code: CodeProtocols, Warning: true,
			Message: fmt.Sprintf("containerPort %d of %s is mapped for both tcp and udp", p.ContainerPort, con.label()),
			Help:    "a service cannot put this port behind a load balancer or in service discovery",
		})
	default:
		c.errorf(at+".containerPort", CodePortTwice, "remove one of the mappings",
			"containerPort %d is mapped twice in %s", p.ContainerPort, con.label())
	}
}

// hostPorts finds host ports that two mappings of the task want. In awsvpc and host mode all containers share one
// network namespace, so there a container port is a host port.
func (c *checker) hostPorts() {
	mode := c.t.Mode()
	if mode == None {
		return
	}
	type place struct{ container, port int }
	first := make(map[HostPort]place)
	for i, con := range c.t.Containers {
		for j, p := range con.Ports {
			host := HostPort{Port: p.hostPort(mode), Protocol: p.protocol()}
			if p.isRange() || host.Port < 1 {
				continue
			}
			before, taken := first[host]
			if !taken {
				first[host] = place{container: i, port: j}
				continue
			}
			if before.container == i && con.Ports[before.port].ContainerPort == p.ContainerPort {
				continue // already reported: the container port is mapped twice
			}
			key := ".hostPort"
			if p.HostPort == 0 {
				key = ".containerPort"
			}
			c.errorf(fmt.Sprintf(containerPath+".portMappings[%d]", i, j)+key, CodeHostTwice,
				"use another port, or in bridge mode leave hostPort out for a dynamic one",
				"%s port %d is already taken by %s of this task", host.Protocol, host.Port,
				c.t.Containers[before.container].label())
		}
	}
}
