package network

import "ecssim/model/taskdef"

// MaxReservedPorts is how many host ports an instance reserves at a time, its own included; dynamic ports do not
// count (API reference, PortMapping hostPort).
const MaxReservedPorts = 100

// AgentPorts are reserved on every Linux instance: ssh, the docker daemon, and the agent's introspection and
// credentials endpoints (aws/amazon-ecs-agent, agent/config/config_unix.go). The API reference also lists 51680,
// which the agent only takes with Prometheus metrics enabled.
var AgentPorts = []taskdef.HostPort{
	{Port: 22, Protocol: taskdef.TCP}, {Port: 2375, Protocol: taskdef.TCP}, {Port: 2376, Protocol: taskdef.TCP},
	{Port: 51678, Protocol: taskdef.TCP}, {Port: 51679, Protocol: taskdef.TCP},
}

// HostPorts are the host ports in use on one instance. The zero value is an instance with the agent's ports only.
type HostPorts struct {
	taken   []taskdef.HostPort // static ports of tasks; few, so a slice beats a map
	dynamic dynamicPorts
}

// CanTake reports whether all the ports are free and the instance stays within MaxReservedPorts.
func (h *HostPorts) CanTake(ports []taskdef.HostPort) bool {
	if len(ports) == 0 {
		return true
	}
	if len(AgentPorts)+len(h.taken)+len(ports) > MaxReservedPorts {
		return false
	}
	for _, p := range ports {
		if contains(AgentPorts, p) || contains(h.taken, p) {
			return false
		}
	}
	return true
}

// Reserved counts the ports that tasks have reserved.
func (h *HostPorts) Reserved() int { return len(h.taken) }

// Take reserves a port. A port that is taken already is a bug.
func (h *HostPorts) Take(p taskdef.HostPort) {
	if contains(h.taken, p) {
		panic("network: a host port is taken twice")
	}
	h.taken = append(h.taken, p)
}

// Return frees a port. A port that was not taken is a bug.
func (h *HostPorts) Return(p taskdef.HostPort) {
	for k := range h.taken {
		if h.taken[k] == p {
			h.taken[k] = h.taken[len(h.taken)-1]
			h.taken = h.taken[:len(h.taken)-1]
			return
		}
	}
	panic("network: a host port is returned that nobody took")
}

func contains(ports []taskdef.HostPort, p taskdef.HostPort) bool {
	for k := range ports {
		if ports[k] == p {
			return true
		}
	}
	return false
}
