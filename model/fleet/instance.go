package fleet

import (
	"time"

	"ecssim/model/catalog"
	"ecssim/model/network"
	"ecssim/model/taskdef"
)

// Status of a container instance.
type Status uint8

// The statuses that this model reaches. An instance that fails to register is in none of them: the cluster does not
// know it.
const (
	Active Status = iota
	Draining
	Inactive
)

// String is the status spelled as ECS spells it.
func (s Status) String() string { return [...]string{"ACTIVE", "DRAINING", "INACTIVE"}[s] }

// Resources are what an instance registers and what is left of it.
type Resources struct {
	CPU    int64 // units
	Memory int64 // MiB
	GPUs   int64
	ENIs   int64 // interfaces for tasks
}

// Group is a task group: service:NAME, or family:FAMILY for standalone tasks. Groups are compared by pointer; a
// Groups hands out one for each name.
type Group struct {
	Name string
	// ID numbers the groups of a run from 0.
	ID int
}

// Groups hands out one Group for each name.
type Groups struct {
	byName map[string]*Group
}

// Named returns the group of that name, making it if it is new.
func (g *Groups) Named(name string) *Group {
	if g.byName == nil {
		g.byName = map[string]*Group{}
	}
	group, ok := g.byName[name]
	if !ok {
		group = &Group{Name: name, ID: len(g.byName)}
		g.byName[name] = group
	}
	return group
}

// groupCount is how many tasks of a group, with desired status RUNNING, an instance holds.
type groupCount struct {
	group *Group
	tasks int
}

// Instance is a container instance. The fields that every placement touches stand together at the front.
type Instance struct {
	// Slot is the instance's place in its cluster, in order of registration. The cluster sets it.
	Slot int
	// Connected: the agent is connected; an instance without it takes no placements.
	Connected bool
	Status    Status

	Has  Resources // registered
	Free Resources // remaining
	// Accepted is what the agent has given to tasks whose containers have not stopped. It may lag behind the
	// scheduler's book, which counts a task as gone as soon as it is told to stop (ECS rules, placement 4.4).
	Accepted Resources
	// Waiting counts the tasks that the agent has not accepted yet.
	Waiting int

	// HardMemory is the sum of the hard memory limits of the tasks here, in MiB.
	HardMemory int64
	// Occupants counts the tasks here that have not stopped, those of daemons left out.
	Occupants int
	// TasksPlaced counts the tasks ever placed here.
	TasksPlaced int64
	tasks       int
	groups      []groupCount
	few         [2]groupCount // where groups begins to grow: most instances hold tasks of few groups
	ports       network.HostPorts

	// Serial numbers the instances of a run from 0, in order of launch.
	Serial int
	// Name is FLEET/NUMBER; Number is the launch number from 1.
	Name   string
	Fleet  string
	Number int
	Type   *catalog.InstanceType
	Zone   string
	// Attributes are the built-in and custom attributes; they do not change while the instance lives.
	Attributes map[string]string
	// Subnet is the index of the subnet that holds the instance's own addresses, and Addresses how many it took.
	Subnet    int
	Addresses int64
	// DynamicRange is where its agent picks dynamic host ports.
	DynamicRange network.PortRange
	// Trunk: the instance has a trunk interface.
	Trunk bool
	// Provider is the index of the capacity provider whose it is; -1 for a fleet that is simply there. Spot: it is a Spot
	// instance. PricePerHour is what it costs; negative if that is not known. Fee is the part of it that ECS Managed
	// Instances charge on top of the list price.
	Provider int
	// Exclusive: it takes tasks of its capacity provider alone, as ECS Managed Instances do.
	Exclusive         bool
	Spot              bool
	PricePerHour, Fee float64
	// Protected: it is protected from scale-in.
	Protected bool
	// Cause is the ID of the scaling decision that launched it; 0 if none did.
	Cause int64
	// Launched, Registered and Terminated are instants since the start; Terminated is negative while it lives.
	Launched, Registered, Terminated time.Duration
	// RegisteredOn is Registered as a date, for registeredAt.
	RegisteredOn time.Time
}

// Reserve takes what a task of the group needs. The caller has asked before whether it fits; taking what is not
// there is a bug.
func (i *Instance) Reserve(n *taskdef.Needs, g *Group) {
	i.Free.CPU -= n.CPU
	i.Free.Memory -= n.Memory
	i.Free.GPUs -= n.GPUs
	i.Free.ENIs -= n.ENIs
	if i.Free.CPU < 0 || i.Free.Memory < 0 || i.Free.GPUs < 0 || i.Free.ENIs < 0 {
		panic("fleet: " + i.Name + " gave more than it has")
	}
	for _, p := range n.StaticPorts {
		i.ports.Take(p)
	}
	i.tasks++
	i.TasksPlaced++
	for k := range i.groups {
		if i.groups[k].group == g {
			i.groups[k].tasks++
			return
		}
	}
	if i.groups == nil {
		i.groups = i.few[:0]
	}
	i.groups = append(i.groups, groupCount{g, 1})
}

// Release is the inverse of Reserve: Leave and GiveBack at once.
func (i *Instance) Release(n *taskdef.Needs, g *Group) {
	i.Leave(n, g)
	i.GiveBack(n)
}

// Leave gives back what a task does not hold for others any more once it is told to stop: CPU, memory, GPUs, and its
// place in its group. Its ports and interface stay taken until GiveBack.
func (i *Instance) Leave(n *taskdef.Needs, g *Group) {
	i.Free.CPU += n.CPU
	i.Free.Memory += n.Memory
	i.Free.GPUs += n.GPUs
	if i.Free.CPU > i.Has.CPU || i.Free.Memory > i.Has.Memory || i.Free.GPUs > i.Has.GPUs {
		panic("fleet: " + i.Name + " got back more than it gave")
	}
	i.tasks--
	for k := range i.groups {
		if i.groups[k].group != g {
			continue
		}
		if i.groups[k].tasks--; i.groups[k].tasks == 0 {
			last := len(i.groups) - 1
			i.groups[k] = i.groups[last]
			i.groups[last] = groupCount{}
			i.groups = i.groups[:last]
		}
		return
	}
	panic("fleet: " + i.Name + " releases a task of group " + g.Name + " that it does not hold")
}

// GiveBack returns the interface and the static ports of a task that has left.
func (i *Instance) GiveBack(n *taskdef.Needs) {
	i.Free.ENIs += n.ENIs
	if i.Free.ENIs > i.Has.ENIs {
		panic("fleet: " + i.Name + " got back more than it gave")
	}
	for _, p := range n.StaticPorts {
		i.ports.Return(p)
	}
}

// CanAccept reports whether the agent can start a task beside those whose containers run or stop.
func (i *Instance) CanAccept(n *taskdef.Needs) bool {
	return i.Accepted.CPU+n.CPU <= i.Has.CPU && i.Accepted.Memory+n.Memory <= i.Has.Memory && i.Accepted.GPUs+n.GPUs <= i.Has.GPUs
}

// Accept books a task with the agent, and Finish books it out when its containers have stopped.
func (i *Instance) Accept(n *taskdef.Needs) {
	i.Accepted.CPU += n.CPU
	i.Accepted.Memory += n.Memory
	i.Accepted.GPUs += n.GPUs
	if i.Accepted.CPU > i.Has.CPU || i.Accepted.Memory > i.Has.Memory || i.Accepted.GPUs > i.Has.GPUs {
		panic("fleet: the agent of " + i.Name + " accepts more than there is")
	}
}

// Finish is the inverse of Accept.
func (i *Instance) Finish(n *taskdef.Needs) {
	i.Accepted.CPU -= n.CPU
	i.Accepted.Memory -= n.Memory
	i.Accepted.GPUs -= n.GPUs
	if i.Accepted.CPU < 0 || i.Accepted.Memory < 0 || i.Accepted.GPUs < 0 {
		panic("fleet: the agent of " + i.Name + " finishes what it did not accept")
	}
}

// TasksOf counts the tasks of a group with desired status RUNNING on this instance.
func (i *Instance) TasksOf(g *Group) int {
	for k := range i.groups {
		if i.groups[k].group == g {
			return i.groups[k].tasks
		}
	}
	return 0
}

// Ports are the host ports in use.
func (i *Instance) Ports() *network.HostPorts { return &i.ports }
