package model

import (
	"time"

	"ecssim/model/fleet"
	"ecssim/model/taskdef"
	"ecssim/sim"
)

// work is the World's side of a task: which step comes next and when.
type work struct {
	world  *World
	owner  *owner
	step   step
	ticket sim.Ticket
	place  int // index in World.live
}

// step is what a task's next event does.
type step uint8

const (
	// tryAgain: the caller of RunTask tries another placement.
	tryAgain  step = iota
	launching      // Fargate has the token that the launch waited for
	attached       // the task interface is there, the order goes to the agent
	ordered        // the agent pulls the image
	pulled         // the containers start
	started        // RUNNING
	ended          // the essential container ends
)

// Fire takes the task one step on. Tickets of steps that were overtaken by the task's end are ignored.
func (t *Task) Fire(now time.Duration) {
	w := t.work.world
	if w.engine.Firing() != t.work.ticket {
		return
	}
	switch t.work.step {
	case tryAgain:
		w.attempt(now, t)
	case launching:
		w.launch(now, t)
	case ended:
		t.stop(now, EssentialContainerExited, "Essential container in task exited")
	case attached, ordered, pulled, started:
		t.proceed(now)
	}
}

// begin starts the life of a task that has its place: PROVISIONING with an interface, or PENDING at once.
func (t *Task) begin(now time.Duration, i *fleet.Instance) {
	w, o := t.work.world, t.work.owner
	t.Instance, t.Placed = i, now
	t.LastReason = 0
	if i != nil {
		w.index.Reserve(i, t.Demand)
	}
	needsAddress := o.Placing.Task.NetworkMode == taskdef.Awsvpc
	if needsAddress {
		t.Subnet = w.takeAddress(o, i)
	}
	w.observer.TaskPlaced(now, t)
	if needsAddress && t.Subnet < 0 {
		// The scheduler does not look at subnets: the shortage shows when the interface is created.
		t.stop(now, TaskFailedToStart, "Unexpected EC2 error while attempting to Create Network Interface: InsufficientFreeAddressesInSubnet")
		return
	}
	if i == nil {
		o.inZone[w.cfg.Subnets[t.Subnet].Zone]++
	}
	t.work.step = attached
	if delay := t.provisioning(); delay > 0 {
		t.schedule(after(now, delay))
		return
	}
	t.proceed(now)
}

// provisioning is how long the task stays in PROVISIONING.
func (t *Task) provisioning() time.Duration {
	l := &t.work.world.cfg.Latency
	switch {
	case t.Instance == nil:
		return t.delay(l.FargateProvision)
	case t.Demand.Needs.ENIs > 0:
		return t.delay(l.ENIAttach)
	}
	return 0
}

// proceed runs through the steps of a start as far as no delay lies between them.
func (t *Task) proceed(now time.Duration) {
	l := &t.work.world.cfg.Latency
	for {
		var delay time.Duration
		switch t.work.step {
		case attached:
			t.work.step = ordered
			if t.Instance != nil {
				delay = t.delay(l.Agent)
			}
		case ordered:
			t.PullStarted = now
			t.work.step = pulled
			if t.Instance != nil {
				delay = t.delay(l.ImagePull)
			} else {
				delay = t.delay(l.FargateImagePull)
			}
		case pulled:
			if !t.pickPorts() {
				t.stop(now, TaskFailedToStart, "a host port is unavailable")
				return
			}
			t.work.step = started
			delay = t.delay(l.ContainerStart)
		case started:
			t.run(now)
			return
		case tryAgain, launching, ended:
			panic("model: a task proceeds that has not begun")
		}
		if delay > 0 {
			t.schedule(after(now, delay))
			return
		}
	}
}

// pickPorts lets the agent pick the dynamic host ports, and reports whether there were enough.
func (t *Task) pickPorts() bool {
	if t.Instance == nil {
		return true
	}
	for range t.Demand.Needs.DynamicPorts {
		port, ok := t.Instance.Ports().PickDynamic(t.Instance.DynamicRange)
		if !ok {
			return false
		}
		t.DynamicPorts = append(t.DynamicPorts, port)
	}
	return true
}

// run is RUNNING.
func (t *Task) run(now time.Duration) {
	t.Running = now
	t.work.world.observer.TaskRunning(now, t)
	if t.runTime >= 0 {
		t.work.step = ended
		t.schedule(after(now, t.runTime))
	}
}

// stop ends a task and frees everything it held.
func (t *Task) stop(now time.Duration, code StopCode, reason string) {
	w, o := t.work.world, t.work.owner
	t.Stopping, t.Stopped = now, now
	t.StopCode, t.StoppedReason = code, reason
	if t.Instance != nil {
		w.index.Release(t.Instance, t.Demand)
		for _, port := range t.DynamicPorts {
			t.Instance.Ports().ReturnDynamic(t.Instance.DynamicRange, port)
		}
	} else {
		w.quota.Return(t.Demand.Needs.CPU)
		if t.Subnet >= 0 {
			o.inZone[w.cfg.Subnets[t.Subnet].Zone]--
		}
	}
	if t.Subnet >= 0 {
		w.subnets[t.Subnet].Return(1)
	}
	w.observer.TaskStopped(now, t)
	if o.service != nil {
		o.service.taskStopped(now, t)
	}
	w.forget(t)
	w.capacityGrew(now)
}

func (t *Task) schedule(at time.Duration) {
	t.work.ticket = t.work.world.engine.At(at, t)
}

func (t *Task) delay(d sim.Dist) time.Duration {
	if d == nil {
		return 0
	}
	return sim.Seconds(d, t.work.owner.chance)
}

// takeAddress takes an IPv4 address for a task interface and returns the subnet's index, or -1.
//
// On an instance the subnet must lie in the instance's zone. On Fargate, ECS balances the zones as well as it can:
// the zone with the fewest of the owner's tasks among those with an address left. Within a zone the rule is not
// published: the subnet with the most free addresses, ties in the order given.
func (w *World) takeAddress(o *owner, i *fleet.Instance) int {
	best := -1
	for _, n := range o.Placing.Subnets {
		zone := w.cfg.Subnets[n].Zone
		if i != nil && i.Zone != zone || w.subnets[n].Free() == 0 {
			continue
		}
		if best < 0 {
			best = n
			continue
		}
		here, there := o.inZone[zone], o.inZone[w.cfg.Subnets[best].Zone]
		if i != nil {
			here, there = 0, 0
		}
		if here < there || here == there && w.subnets[n].Free() > w.subnets[best].Free() {
			best = n
		}
	}
	if best >= 0 {
		w.subnets[best].Take(1)
	}
	return best
}
