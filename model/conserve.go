package model

import (
	"fmt"

	"ecssim/model/fleet"
)

// held is what tasks hold of an instance.
type held struct {
	// booked is what the scheduler counts, accepted what the agent does.
	booked, accepted fleet.Resources
	tasks            int
}

// CheckBooks recounts what tasks hold and compares it with the books of instances, subnets, the account and the services.
// A difference is a bug of the simulator: it panics. A run asks once, at its end; tests ask after every event, see
// CheckAfterEvent.
func (w *World) CheckBooks() {
	c := census{books: map[*fleet.Instance]*held{}, addresses: make([]int64, len(w.subnets))}
	for _, t := range w.live {
		if t.Placed != Never {
			c.count(t)
		}
	}
	for i := range w.allInstances() {
		c.addresses[i.Subnet] += i.Addresses
		checkInstance(i, c.books[i])
	}
	for _, i := range w.stranded {
		c.addresses[i.Subnet] += i.Addresses
	}
	for k := range w.cfg.LoadBalancers {
		for _, n := range w.cfg.LoadBalancers[k].Subnets {
			c.addresses[n] += balancerAddresses(&w.cfg.LoadBalancers[k])
		}
	}
	for n, a := range w.subnets {
		if a.Used() != c.addresses[n] {
			panic(fmt.Sprintf("model: subnet %s says %d addresses are taken, but %d are held", a.Subnet.Name, a.Used(), c.addresses[n]))
		}
	}
	if w.onDemand.quota.Used() != c.onDemand || w.spot.quota.Used() != c.spot {
		panic(fmt.Sprintf("model: the Fargate quotas say %d and %d CPU units run, but %d and %d do",
			w.onDemand.quota.Used(), w.spot.quota.Used(), c.onDemand, c.spot))
	}
	for _, s := range w.services {
		s.checkCounts()
	}
}

// census is what all tasks hold together.
type census struct {
	books          map[*fleet.Instance]*held
	addresses      []int64 // by subnet
	onDemand, spot int64   // CPU units on Fargate
}

func (c *census) count(t *Task) {
	n := &t.Demand.Needs
	if t.Subnet >= 0 {
		c.addresses[t.Subnet]++
	}
	switch {
	case t.Instance != nil:
		c.countOn(t)
	case t.Placing.Spot:
		c.spot += n.CPU
	default:
		c.onDemand += n.CPU
	}
}

func (c *census) countOn(t *Task) {
	n, b := &t.Demand.Needs, c.books[t.Instance]
	if b == nil {
		b = &held{}
		c.books[t.Instance] = b
	}
	share := fleet.Resources{CPU: n.CPU, Memory: n.Memory, GPUs: n.GPUs}
	b.booked.ENIs += n.ENIs
	if !t.Leaving {
		b.tasks++
		b.booked = sum(b.booked, share)
	}
	if t.work.accepted {
		b.accepted = sum(b.accepted, share)
	}
}

func sum(a, b fleet.Resources) fleet.Resources {
	return fleet.Resources{CPU: a.CPU + b.CPU, Memory: a.Memory + b.Memory, GPUs: a.GPUs + b.GPUs, ENIs: a.ENIs + b.ENIs}
}

func checkInstance(i *fleet.Instance, h *held) {
	if h == nil {
		h = &held{}
	}
	left := fleet.Resources{
		CPU: i.Has.CPU - h.booked.CPU, Memory: i.Has.Memory - h.booked.Memory,
		GPUs: i.Has.GPUs - h.booked.GPUs, ENIs: i.Has.ENIs - h.booked.ENIs,
	}
	switch {
	case left != i.Free:
		panic(fmt.Sprintf("model: %s says it has %+v left, but its tasks leave %+v", i.Name, i.Free, left))
	case h.accepted != i.Accepted:
		panic(fmt.Sprintf("model: the agent of %s says it gave %+v, but its tasks have %+v", i.Name, i.Accepted, h.accepted))
	case h.tasks != i.RunningTasksCount():
		panic(fmt.Sprintf("model: %s says it has %d tasks, but %d are there", i.Name, i.RunningTasksCount(), h.tasks))
	}
}
