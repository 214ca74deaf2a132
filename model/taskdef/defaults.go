package taskdef

import (
	"slices"
	"strings"
)

// The launch types and compatibilities that the rules of this package tell apart.
const (
	ec2     = "EC2"
	fargate = "FARGATE"
	linux   = "LINUX"
	x86     = "X86_64"
)

// Windows reports whether the definition asks for a Windows operating system. An absent one is Linux.
func (t *TaskDefinition) Windows() bool {
	return strings.HasPrefix(strings.ToUpper(t.OperatingSystem), "WINDOWS")
}

// Mode is the network mode with its default: Bridge on Linux, Default on Windows (ECS rules, placement 5.1).
func (t *TaskDefinition) Mode() NetworkMode {
	switch {
	case t.NetworkMode != "":
		return t.NetworkMode
	case t.Windows():
		return Default
	}
	return Bridge
}

// Requires reports whether requiresCompatibilities lists the name ("EC2", "FARGATE" …).
func (t *TaskDefinition) Requires(compatibility string) bool {
	return slices.Contains(t.RequiresCompatibilities, compatibility)
}

// Defaults returns a copy in which everything that ECS fills in at registration is filled in: operating system,
// architecture, network mode, protocols, and host ports that must equal the container port (host, awsvpc).
//
// It leaves Essential alone: an absent "essential" means true, but a bool cannot be absent, so who reads the input
// must set it. It changes neither Needs nor Problems: both use the same defaults.
func (t *TaskDefinition) Defaults() *TaskDefinition {
	d := *t
	if d.OperatingSystem == "" {
		d.OperatingSystem = linux
	}
	if d.Architecture == "" {
		d.Architecture = x86
	}
	d.NetworkMode = t.Mode()
	d.Containers = slices.Clone(t.Containers)
	for i := range d.Containers {
		d.Containers[i].Ports = slices.Clone(d.Containers[i].Ports)
		for j := range d.Containers[i].Ports {
			p := &d.Containers[i].Ports[j]
			p.HostPort, p.Protocol = p.hostPort(d.NetworkMode), p.protocol()
		}
	}
	return &d
}

// protocol is the protocol with its default. ECS takes every value it does not know as TCP [sdk PortMapping].
func (p PortMapping) protocol() Protocol {
	if p.Protocol == UDP {
		return UDP
	}
	return TCP
}

// hostPort is the port on the instance (host) or on the task's own interface (awsvpc); 0 is a dynamic one.
func (p PortMapping) hostPort(mode NetworkMode) int {
	if p.HostPort == 0 && !p.isRange() && (mode == Host || mode == Awsvpc) {
		return p.ContainerPort
	}
	return p.HostPort
}

// isRange reports whether the mapping is a containerPortRange.
func (p PortMapping) isRange() bool { return p.RangeFirst != 0 || p.RangeLast != 0 }
