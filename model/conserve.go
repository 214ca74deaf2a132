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

// checkConservation recounts what tasks hold and compares it with the books of instances, subnets and the account.
// A difference is a bug of the simulator.
func (w *World) checkConservation() {
	books := map[*fleet.Instance]*held{}
	addresses := make([]int64, len(w.subnets))
	var onDemand, spot int64
	for _, t := range w.live {
		if t.Placed == Never {
			continue
		}
		n := &t.Demand.Needs
		if t.Subnet >= 0 {
			addresses[t.Subnet]++
		}
		if t.Instance == nil {
			if t.Placing.Spot {
				spot += n.CPU
			} else {
				onDemand += n.CPU
			}
			continue
		}
		b := books[t.Instance]
		if b == nil {
			b = &held{}
			books[t.Instance] = b
		}
		b.booked.ENIs += n.ENIs
		if !t.Leaving {
			b.tasks++
			b.booked.CPU += n.CPU
			b.booked.Memory += n.Memory
			b.booked.GPUs += n.GPUs
		}
		if t.work.accepted {
			b.accepted.CPU += n.CPU
			b.accepted.Memory += n.Memory
			b.accepted.GPUs += n.GPUs
		}
	}
	for i := range w.allInstances() {
		addresses[i.Subnet] += i.Addresses
		checkInstance(i, books[i])
	}
	for _, i := range w.stranded {
		addresses[i.Subnet] += i.Addresses
	}
	for _, lb := range w.cfg.LoadBalancers {
		for _, n := range lb.Subnets {
			addresses[n] += balancerAddresses(&lb)
		}
	}
	for n, a := range w.subnets {
		if a.Used() != addresses[n] {
			panic(fmt.Sprintf("model: subnet %s says %d addresses are taken, but %d are held", a.Subnet.Name, a.Used(), addresses[n]))
		}
	}
	if w.onDemand.quota.Used() != onDemand || w.spot.quota.Used() != spot {
		panic(fmt.Sprintf("model: the Fargate quotas say %d and %d CPU units run, but %d and %d do",
			w.onDemand.quota.Used(), w.spot.quota.Used(), onDemand, spot))
	}
	for _, s := range w.services {
		s.checkCounts()
	}
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
