package placement

import (
	"math"
	"slices"

	"ecssim/model/fleet"
)

// Test says why this instance cannot take the task, or Fits. It is the one place where the rules of steps 1 and 2
// stand; the index asks the same three questions and merely remembers the answers that cannot change.
//
// The documented order is resources first, constraints second (developer guide, "Task placement"). Status and agent
// come before, since such an instance is not a candidate at all. The order within the resources is not published.
func (d *Demand) Test(i *fleet.Instance) Reason {
	if r := d.TestNamed(i); r != Fits {
		return r
	}
	if r := d.admittedForGood(i); r != Fits {
		return r
	}
	return d.admittedNow(i)
}

// TestNamed is what StartTask asks of the instance that it names: step 1 alone, since naming an instance takes the
// place of constraints and strategies (ECS rules, placement 1.2).
func (d *Demand) TestNamed(i *fleet.Instance) Reason {
	if r := standing(i); r != Fits {
		return r
	}
	if r := d.eligible(i); r != Fits {
		return r
	}
	return d.room(i)
}

// standing: an instance that is not ACTIVE or has no connected agent takes no placements (API reference,
// ContainerInstance agentConnected).
func standing(i *fleet.Instance) Reason {
	switch {
	case i.Status != fleet.Active:
		return Inactive
	case !i.Connected:
		return Agent
	}
	return Fits
}

// eligible holds what cannot change while the instance lives: its zone and its attributes.
func (d *Demand) eligible(i *fleet.Instance) Reason {
	if d.Provider > 0 && i.Provider != d.Provider-1 || d.Provider == 0 && i.Exclusive {
		return OtherProvider
	}
	if d.Zones != nil && !slices.Contains(d.Zones, i.Zone) {
		return Location
	}
	for _, name := range d.Attributes {
		if _, ok := i.Attributes[name]; !ok {
			return Attribute
		}
	}
	if d.OS != "" && i.Attributes["ecs.os-type"] != d.OS {
		return Attribute
	}
	if d.Architecture != "" && i.Attributes["ecs.cpu-architecture"] != d.Architecture {
		return Attribute
	}
	return Fits
}

// room is step 1: reservations are compared, never measured use.
func (d *Demand) room(i *fleet.Instance) Reason {
	n := &d.Needs
	switch {
	case n.CPU > i.Free.CPU:
		return NoCPU
	case n.Memory > i.Free.Memory:
		return NoMemory
	case len(n.StaticPorts) > 0 && !i.Ports().CanTake(n.StaticPorts):
		return PortInUse
	case n.ENIs > i.Free.ENIs:
		return NoENI
	case n.GPUs > i.Free.GPUs:
		return NoGPU
	}
	return Fits
}

// admittedForGood is the part of step 2 whose answer cannot change while the instance lives.
func (d *Demand) admittedForGood(i *fleet.Instance) Reason {
	for k := range d.Constraints {
		if q := d.Constraints[k].Query; q != nil && q.Static() && !q.Match(i) {
			return MemberOf
		}
	}
	return Fits
}

// admittedNow is the rest of step 2. distinctInstance looks at desired status only, which is what TasksOf counts.
func (d *Demand) admittedNow(i *fleet.Instance) Reason {
	for k := range d.Constraints {
		q := d.Constraints[k].Query
		switch {
		case q == nil:
			if i.TasksOf(d.Group) > 0 {
				return DistinctInstance
			}
		case !q.Static() && !q.Match(i):
			return MemberOf
		}
	}
	if d.MaxTasksPerInstance > 0 && i.RunningTasksCount() >= d.MaxTasksPerInstance {
		return MaxTasksPerInstance
	}
	return Fits
}

// missing is how much of the lacking resource a rejected instance is short of; 0 where the reason is no amount.
func (d *Demand) missing(i *fleet.Instance, r Reason) int64 {
	n := &d.Needs
	var short int64
	switch r { //nolint:exhaustive // only resources have an amount
	case NoCPU:
		short = n.CPU - i.Free.CPU
	case NoMemory:
		short = n.Memory - i.Free.Memory
	case NoENI:
		short = n.ENIs - i.Free.ENIs
	case NoGPU:
		short = n.GPUs - i.Free.GPUs
	}
	return min(short, math.MaxInt32)
}

// Admits is Test without the resources: whether the task belongs on the instance, not whether there is room.
func (d *Demand) Admits(i *fleet.Instance) Reason {
	if r := d.eligible(i); r != Fits {
		return r
	}
	if r := d.admittedForGood(i); r != Fits {
		return r
	}
	return d.admittedNow(i)
}
