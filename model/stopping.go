package model

import (
	"time"

	"ecssim/model/containers"
	"ecssim/model/fleet"
	"ecssim/model/service"
	"ecssim/model/taskdef"
)

// noAddressLeft is what a task stops for that got no address.
const noAddressLeft = "Unexpected EC2 error while attempting to Create Network Interface: InsufficientFreeAddressesInSubnet"

// leave makes STOPPED the desired status of a task. The scheduler counts its CPU, memory and GPUs as free at once; the
// task gives up the rest on its way (ECS rules, services 1.1):
//
//	DEACTIVATING    its targets drain; only if its containers run
//	STOPPING        its containers get SIGTERM, and SIGKILL after stopTimeout
//	DEPROVISIONING  its interface is detached and deleted; only with an interface of its own
//	STOPPED
//
// A stage that takes no time is passed over in silence.
func (t *Task) leave(now time.Duration, code StopCode, reason string) {
	if t.Leaving {
		return
	}
	w := t.work.world
	t.Leaving, t.Stopping = true, now
	t.StopCode, t.StoppedReason = code, reason
	t.work.ticket, t.work.step = 0, stranded
	t.unassign()
	if t.Placed == Never {
		w.served(now, t)
		t.finish(now)
		return
	}
	if t.Instance != nil {
		w.index(t).Leave(t.Instance, t.Demand)
	} else if t.Subnet >= 0 {
		t.work.owner.inZone[w.cfg.Subnets[t.Subnet].Zone]--
	}
	w.observer.TaskLeaving(now, t)
	if s := t.work.owner.service; s != nil {
		s.taskLeaves(now, t)
	}
	until := t.deregister(now)
	if !t.work.up || code == EssentialContainerExited || code == TerminationNotice {
		// They are down, or never started, or get SIGTERM with the notice: there is nothing to wait for.
		t.stopContainers(now)
		return
	}
	if until > now {
		t.become(now, Deactivating)
		t.work.life.drains = until
	}
	t.drain(now)
}

// drain waits until the targets have drained, or the containers have ended by themselves.
func (t *Task) drain(now time.Duration) {
	l := t.work.life
	if l == nil || now >= l.drains {
		t.stopContainers(now)
		return
	}
	next := l.drains
	if l.set != nil {
		l.set.Advance(now)
		if _, over := l.set.Ended(); over {
			t.stopContainers(now)
			return
		}
		if at := l.set.Next(); at >= 0 {
			next = min(next, at)
		}
	}
	t.work.step = drained
	t.schedule(next)
}

// stopContainers sends SIGTERM and waits. An agent that has the task hears of an order when it is connected; what ends by
// itself it knows without (ECS rules, placement 6.1).
func (t *Task) stopContainers(now time.Duration) {
	w := t.work.world
	if t.work.accepted && t.StopCode.order() && !t.Instance.Connected {
		m := w.machines[t.Instance]
		t.work.step = stranded
		m.unheard = append(m.unheard, t)
		t.become(now, Stopping)
		return
	}
	t.cancelPulls(now)
	switch l := t.work.life; {
	case !t.work.up:
		t.detach(now)
	case l != nil && l.set != nil:
		if l.set.Stop(now); !l.set.Stopped() {
			t.become(now, Stopping)
		}
		t.live(now)
	default:
		delay := t.shutdown()
		if delay > 0 {
			t.become(now, Stopping)
			t.work.step = contained
			t.schedule(after(now, delay))
			return
		}
		t.detach(now)
	}
}

// order tells what the control plane decides from what happens to the task by itself.
func (c StopCode) order() bool {
	switch c { //nolint:exhaustive // the others happen
	case UserInitiated, ServiceSchedulerInitiated, TerminationNotice, InfrastructureHealth:
		return true
	}
	return false
}

// shutdown is how long the one container of a plain task takes to stop: what its program needs, at most stopTimeout.
// A container that had to be killed exits with 137, another one by the signal's 143 (ECS rules, services 1.2, 1.3).
func (t *Task) shutdown() time.Duration {
	c := &t.Placing.Task.Containers[0]
	limit := c.StopTimeout
	if limit == 0 {
		limit = taskdef.DefaultStopTimeout
	}
	needs := t.delay(t.work.world.cfg.Latency.ContainerStop)
	if d := t.work.rev.app.ShutdownTime; d != nil {
		needs = t.delay(d)
	}
	if t.ExitCode = containers.ExitTerminated; needs > limit {
		t.ExitCode = containers.ExitKilled
	}
	return min(needs, limit)
}

// detach follows when the containers have stopped: the agent has their resources back, the interface goes.
func (t *Task) detach(now time.Duration) {
	w := t.work.world
	t.work.up = false
	t.release(now)
	if t.Subnet >= 0 && !t.work.gone {
		if delay := t.delay(w.cfg.Latency.ENIDetach); delay > 0 {
			t.become(now, Deprovisioning)
			t.work.step = detached
			t.schedule(after(now, delay))
			w.capacityGrew(now, t)
			return
		}
	}
	t.stopped(now)
}

// release books the task out with the agent, which may now start another one.
func (t *Task) release(now time.Duration) {
	i := t.Instance
	if i == nil {
		return
	}
	w := t.work.world
	if l := t.work.life; l != nil && l.using {
		l.using = false
		w.machines[i].use(t.work.rev, -1)
	}
	if t.work.accepted {
		t.work.accepted = false
		i.Finish(&t.Demand.Needs)
	}
	if i.Waiting > 0 {
		m := w.machines[i]
		m.dismiss(t)
		m.serve(now)
	}
}

// stopped frees what is left.
func (t *Task) stopped(now time.Duration) {
	w := t.work.world
	if t.Instance != nil {
		w.index(t).GiveBack(t.Instance, t.Demand)
		t.occupy(-1)
		w.emptied(now, t.Instance)
		if !t.ofDaemon() {
			w.vacated(now, t.Instance)
		}
		for _, port := range t.DynamicPorts {
			t.Instance.Ports().ReturnDynamic(t.Instance.DynamicRange, port)
		}
	} else {
		w.limits(t).quota.Return(t.Demand.Needs.CPU)
	}
	if t.Subnet >= 0 {
		w.subnets[t.Subnet].Return(1)
	}
	t.finish(now)
}

// emptied prompts the daemons of an instance that drains: they go when the last task of another service has gone (ECS
// rules, placement 6.2).
func (w *World) emptied(now time.Duration, i *fleet.Instance) {
	if i.Status == fleet.Draining {
		for _, d := range w.machines[i].cluster.daemons {
			d.notice(now)
		}
	}
}

// vacated lets the group of an instance know that the last task has gone that is not a daemon's.
func (w *World) vacated(now time.Duration, i *fleet.Instance) {
	if i.Provider >= 0 && i.Occupants == 0 && i.Terminated == Never {
		b := w.machines[i].berth
		b.checkEmpty(now)
		b.group.idle(now, b)
		b.group.unprotected(now)
	}
}

// occupy counts the tasks on an instance that are not a daemon's.
func (t *Task) occupy(delta int) {
	if !t.ofDaemon() {
		t.Instance.Occupants += delta
	}
}

// ofDaemon reports whether the task is a daemon's.
func (t *Task) ofDaemon() bool {
	s := t.work.owner.service
	return s != nil && s.cfg.Scheduling == service.Daemon
}

// finish is STOPPED.
func (t *Task) finish(now time.Duration) {
	w := t.work.world
	t.Stopped, t.Status = now, Stopped
	w.observer.TaskStopped(now, t)
	if s := t.work.owner.service; s != nil {
		s.taskStopped(now, t)
	}
	w.capacityGrew(now, t)
	w.forget(t)
}

// vanish ends a task whose machine is gone: at once, with everything it held.
func (t *Task) vanish(now time.Duration, code StopCode, reason string) {
	t.work.up, t.work.gone = false, true
	if !t.Leaving {
		t.leave(now, code, reason)
		return
	}
	t.work.ticket = 0
	t.cancelPulls(now)
	t.release(now)
	t.stopped(now)
}
