package model

import (
	"slices"
	"time"

	"ecssim/model/fleet"
)

// accept hands a task to its agent, and reports whether the agent starts it now. It starts tasks in the order in which
// they come, each when it has room beside the containers that still stop (ECS rules, placement 4.4), and hears of them
// only while it is connected.
func (w *World) accept(t *Task) bool {
	i := t.Instance
	switch {
	case t.work.accepted:
		return true
	case i.Connected && i.Waiting == 0 && i.CanAccept(&t.Demand.Needs):
		i.Accept(&t.Demand.Needs)
		t.work.accepted = true
		return true
	}
	i.Waiting++
	m := w.machines[i]
	m.waiting = append(m.waiting, t)
	return false
}

// serve starts the tasks that wait for the agent, as far as there is room; none on an instance that is just lost.
func (m *machine) serve(now time.Duration) {
	for len(m.waiting) > 0 && m.instance.Connected && m.instance.Terminated == Never && m.instance.CanAccept(&m.waiting[0].Demand.Needs) {
		t := m.waiting[0]
		m.dismiss(t)
		m.instance.Accept(&t.Demand.Needs)
		t.work.accepted = true
		t.work.step = ordered
		t.proceed(now)
	}
}

// dismiss takes a task out of the queue.
func (m *machine) dismiss(t *Task) {
	if k := slices.Index(m.waiting, t); k >= 0 {
		m.waiting = slices.Delete(m.waiting, k, k+1)
		m.instance.Waiting--
	}
}

// connect and disconnect nest: the agent is connected when nothing keeps it from the control plane.
func (m *machine) disconnect(now time.Duration) {
	if m.disconnected++; m.disconnected > 1 {
		return
	}
	m.instance.Connected = false
	m.changed(now)
}

// connect delivers what the agent has missed: orders to stop, then tasks to start.
func (m *machine) connect(now time.Duration) {
	if m.disconnected--; m.disconnected > 0 {
		return
	}
	m.instance.Connected = true
	m.changed(now)
	for _, t := range m.unheard {
		t.stopContainers(now)
	}
	m.unheard = nil
	m.serve(now)
}

// drain sets an ACTIVE instance to DRAINING, and activate a DRAINING one back (ECS rules, placement 6.2). They nest.
func (m *machine) drain(now time.Duration) {
	if m.drains++; m.drains == 1 {
		m.instance.Status = fleet.Draining
		m.cluster.draining++
		m.changed(now)
	}
}

func (m *machine) activate(now time.Duration) {
	if m.drains--; m.drains == 0 {
		m.instance.Status = fleet.Active
		m.cluster.draining--
		m.changed(now)
	}
}

// changed tells everybody that the instance's standing is another one.
func (m *machine) changed(now time.Duration) {
	w := m.world
	m.cluster.index.Changed(m.instance)
	w.observer.InstanceChanged(now, m.instance)
	for _, s := range w.services {
		if s.cluster == m.cluster {
			s.instanceChanged(now, m.instance)
		}
	}
}
