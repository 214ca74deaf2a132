package report

import (
	"fmt"
	"time"

	"ecssim/model"
	"ecssim/model/fleet"
)

// hold takes what a task holds from its placement on.
func (r *Recorder) hold(now time.Duration, t *model.Task) {
	n, p := &t.Demand.Needs, placing(t)
	if t.Instance == nil {
		r.vcpu(t).take(now, n.CPU)
	} else {
		if i := t.Instance; i.HardMemory > i.Has.Memory {
			r.oversell(now, i)
		}
		c := r.clusters[p.Cluster]
		c.cpu.take(now, n.CPU)
		c.memory.take(now, n.Memory)
		if n.ENIs > 0 {
			c.eni.take(now, n.ENIs)
		}
		if n.GPUs > 0 {
			c.gpu.take(now, n.GPUs)
		}
		if len(n.StaticPorts) > 0 {
			c.ports.take(now, int64(len(n.StaticPorts)))
		}
	}
	if t.Subnet >= 0 {
		r.subnets[t.Subnet].take(now, 1)
	}
	r.bookCost(now, t, 1)
}

// oversell keeps the instance whose hard memory limits exceed what it registers by the most.
func (r *Recorder) oversell(now time.Duration, i *fleet.Instance) {
	if o := r.oversold; o == nil || i.HardMemory-i.Has.Memory > o.Hard-o.Has {
		r.oversold = &Oversold{Instance: i.Name, At: now, Hard: i.HardMemory, Has: i.Has.Memory}
	}
}

// unbook gives back what the scheduler's book counts as free once a task is on its way out. With release it is the
// inverse of hold.
func (r *Recorder) unbook(now time.Duration, t *model.Task) {
	if t.Instance == nil {
		return
	}
	r.bookCost(now, t, -1)
	n, c := &t.Demand.Needs, r.clusters[placing(t).Cluster]
	c.cpu.give(now, n.CPU)
	c.memory.give(now, n.Memory)
	if n.GPUs > 0 {
		c.gpu.give(now, n.GPUs)
	}
}

// release gives back what a task holds until it has stopped: interface, host ports, address and Fargate vCPUs.
func (r *Recorder) release(now time.Duration, t *model.Task) {
	n, p := &t.Demand.Needs, placing(t)
	if t.Instance == nil {
		r.bookCost(now, t, -1)
		r.vcpu(t).give(now, n.CPU)
	} else {
		c := r.clusters[p.Cluster]
		if n.ENIs > 0 {
			c.eni.give(now, n.ENIs)
		}
		if len(n.StaticPorts) > 0 {
			c.ports.give(now, int64(len(n.StaticPorts)))
		}
	}
	if t.Subnet >= 0 {
		r.subnets[t.Subnet].give(now, 1)
	}
}

// InstanceJoined implements model.Observer.
func (r *Recorder) InstanceJoined(now time.Duration, i *fleet.Instance) {
	r.tick(now)
	launch, booted := r.scaling.booting[i]
	r.resize(now, i, 1)
	if booted {
		delete(r.scaling.booting, i) // its addresses are its own since the launch
	} else {
		r.takeOwnAddresses(now, i)
	}
	r.bill.launched(now, i)
	r.provider(i.Provider).joins(now, booted)
	r.scaling.log.registered(now, i)
	r.peak = max(r.peak, r.instances.Value())
	if e := r.logInstance(now, i, ""); e != nil {
		e.cause = uint32(launch)
	}
}

// InstanceStranded implements model.Observer.
func (r *Recorder) InstanceStranded(now time.Duration, i *fleet.Instance, reason string) {
	r.tick(now)
	r.clusters[r.fleetCluster[i.Fleet]].stranded++
	if r.stranded++; r.stranded == 1 {
		r.strandedWhy = reason
	}
	if _, booted := r.scaling.booting[i]; booted {
		delete(r.scaling.booting, i)
	} else {
		r.takeOwnAddresses(now, i)
	}
	r.bill.launched(now, i)
	r.logInstance(now, i, reason)
}

func (r *Recorder) takeOwnAddresses(now time.Duration, i *fleet.Instance) {
	if i.Subnet >= 0 && i.Addresses > 0 {
		r.subnets[i.Subnet].take(now, i.Addresses)
	}
}

// InstanceChanged implements model.Observer.
func (r *Recorder) InstanceChanged(now time.Duration, i *fleet.Instance) {
	r.tick(now)
	if _, known := r.drained[i]; !known && i.Status.String() == draining {
		r.drained[i] = now
	}
	r.logInstance(now, i, "")
}

// draining is the status of an instance that takes no more tasks.
const draining = "DRAINING"

// InstanceLost implements model.Observer.
func (r *Recorder) InstanceLost(now time.Duration, i *fleet.Instance) {
	r.tick(now)
	if i.Registered >= 0 {
		r.resize(now, i, -1)
	} else if _, booted := r.scaling.booting[i]; booted {
		delete(r.scaling.booting, i)
	} else {
		r.clusters[r.fleetCluster[i.Fleet]].stranded--
	}
	r.provider(i.Provider).loses(now, i)
	if i.Subnet >= 0 && i.Addresses > 0 {
		r.subnets[i.Subnet].give(now, i.Addresses)
	}
	r.bill.book.gone(now, i)
	r.bill.instance(i, now)
	if len(r.lost) < maxInstanceRows {
		r.lost = append(r.lost, r.instanceRow(i, now))
	} else {
		r.lostLeft++
	}
	delete(r.drained, i)
	r.logInstance(now, i, "")
}

// resize adds or takes away what an instance registers.
func (r *Recorder) resize(now time.Duration, i *fleet.Instance, sign int64) {
	r.instances.Add(now, sign)
	if r.instances.Value() < 0 {
		panic(fmt.Sprintf("report: at %v more instances are lost than joined (seed %d)", now, r.seed))
	}
	r.clusters[r.fleetCluster[i.Fleet]].resize(now, i, sign)
}
