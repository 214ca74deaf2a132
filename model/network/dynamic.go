package network

import (
	"math/bits"

	"ecssim/model/taskdef"
)

// PortRange is where the agent picks dynamic host ports from.
type PortRange struct{ First, Last int }

// DefaultDynamicRange is the Linux kernel's ip_local_port_range, which the agent uses unless
// ECS_DYNAMIC_HOST_PORT_RANGE says otherwise.
var DefaultDynamicRange = PortRange{32768, 60999}

// Size is the number of ports in the range.
func (r PortRange) Size() int { return r.Last - r.First + 1 }

// dynamicPorts are the ports that the agent picked on one instance. The agent searches next-fit: from the last
// assigned port on, round once (aws/amazon-ecs-agent, agent/utils/ephemeral_ports.go).
type dynamicPorts struct {
	taken []uint64 // a bit a port, from the range's first; nil until the first is picked
	count int
	next  int // offset at which the search begins
}

const wordBits = 64

// PickDynamic picks a free host port, or reports that the range is exhausted. The scheduler does not look at this
// range: the shortage shows when the container starts.
func (h *HostPorts) PickDynamic(r PortRange) (port int, ok bool) {
	d := &h.dynamic
	size := r.Size()
	if d.taken == nil {
		d.taken = make([]uint64, (size+wordBits-1)/wordBits)
	}
	for tried := 0; tried < size && d.count < size; tried++ {
		offset := d.next
		if full := ^d.taken[offset/wordBits]; full == 0 && offset%wordBits == 0 {
			d.advance(wordBits, size)
			tried += wordBits - 1
			continue
		}
		d.advance(1, size)
		port := r.First + offset
		if d.taken[offset/wordBits]&(1<<(offset%wordBits)) != 0 || contains(h.taken, taskdef.HostPort{Port: port, Protocol: taskdef.TCP}) {
			continue
		}
		d.taken[offset/wordBits] |= 1 << (offset % wordBits)
		d.count++
		return port, true
	}
	return 0, false
}

// advance moves the search on, wrapping at the end of the range.
func (d *dynamicPorts) advance(n, size int) {
	if d.next += n; d.next >= size {
		d.next = 0
	}
}

// ReturnDynamic frees a port that PickDynamic picked. Another one is a bug.
func (h *HostPorts) ReturnDynamic(r PortRange, port int) {
	offset := port - r.First
	bit := uint64(1) << (offset % wordBits)
	if h.dynamic.taken[offset/wordBits]&bit == 0 {
		panic("network: a dynamic host port is returned that nobody took")
	}
	h.dynamic.taken[offset/wordBits] &^= bit
	h.dynamic.count--
}

// Dynamic counts the dynamic host ports in use.
func (h *HostPorts) Dynamic() int {
	n := 0
	for _, word := range h.dynamic.taken {
		n += bits.OnesCount64(word)
	}
	return n
}
