package taskdef

import (
	"cmp"
	"slices"
)

// Needs is what one copy takes from a container instance: the agent's formula (ECS rules, placement 4.3), for a
// definition without Problems. A Fargate task is billed and limited by FargateNeeds instead.
//
// Task-level CPU and memory win over the containers' sums, except on Windows, where EC2 ignores them; a Windows
// container without a value of its own then reserves nothing.
func (t *TaskDefinition) Needs() Needs {
	n := Needs{CPU: t.reservedCPU(), Memory: t.reservedMemory(), GPUs: t.gpus()}
	mode := t.Mode()
	if mode == Awsvpc {
		n.ENIs = 1 // the ports are on the task's own interface, not on the instance
		return n
	}
	if mode == None {
		return n
	}
	for _, c := range t.Containers {
		for _, p := range c.Ports {
			port := p.hostPort(mode)
			switch {
			case p.isRange():
				n.DynamicPorts += max(0, p.RangeLast-p.RangeFirst+1)
			case port > 0:
				n.StaticPorts = append(n.StaticPorts, HostPort{Port: port, Protocol: p.protocol()})
			case mode != Host: // host mode has no dynamic ports
				n.DynamicPorts++
			}
		}
	}
	slices.SortFunc(n.StaticPorts, func(a, b HostPort) int {
		return cmp.Or(cmp.Compare(a.Port, b.Port), cmp.Compare(a.Protocol, b.Protocol))
	})
	n.StaticPorts = slices.Compact(n.StaticPorts)
	return n
}

// FargateNeeds is what one copy takes of Fargate: its size and one network interface.
func (t *TaskDefinition) FargateNeeds() Needs {
	return Needs{CPU: int64(t.CPU), Memory: int64(t.Memory), ENIs: 1}
}

// HardMemory is the memory in MiB that one copy can grow to before it is killed: the ceiling to hold against an
// instance's memory in a report of oversubscription (ECS rules, placement 4.3, 11.8). Bounded is false if some
// container has no ceiling at all (a soft limit only, and no task-level memory); such a container counts with its
// reservation.
func (t *TaskDefinition) HardMemory() (mib int64, bounded bool) {
	if t.Memory > 0 && !t.Windows() {
		return int64(t.Memory), true
	}
	bounded = true
	for _, c := range t.Containers {
		if c.Memory > 0 {
			mib += int64(c.Memory)
			continue
		}
		mib += int64(c.MemoryReservation)
		bounded = false
	}
	return mib, bounded
}

func (t *TaskDefinition) reservedCPU() (units int64) {
	if t.CPU > 0 && !t.Windows() {
		return int64(t.CPU)
	}
	for _, c := range t.Containers {
		units += int64(c.CPU)
	}
	return units
}

func (t *TaskDefinition) reservedMemory() (mib int64) {
	if t.Memory > 0 && !t.Windows() {
		return int64(t.Memory)
	}
	for _, c := range t.Containers {
		if c.MemoryReservation > 0 { // the soft limit wins over the hard one
			mib += int64(c.MemoryReservation)
		} else {
			mib += int64(c.Memory)
		}
	}
	return mib
}

func (t *TaskDefinition) gpus() (devices int64) {
	for _, c := range t.Containers {
		devices += int64(c.GPUs)
	}
	return devices
}
