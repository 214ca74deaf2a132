package scaling

import (
	"cmp"
	"math"

	"ecssim/model/taskdef"
)

// Need is a set of tasks in PROVISIONING with identical requirements.
type Need struct {
	CPU, Memory, GPUs, ENIs int64
	// Ports are the static host ports of each: two of the tasks cannot share an instance.
	Ports []taskdef.HostPort
	// Distinct: a constraint keeps the tasks on different instances.
	Distinct bool
	// PerInstance is how many of them an instance may hold; 0 is any number.
	PerInstance int
	Count       int
}

// Shape is what an instance of a type registers.
type Shape struct{ CPU, Memory, GPUs, ENIs int64 }

// Extra estimates how many more instances the needs ask for, before the bounds of a step, and counts the tasks that are
// left out of the estimate because they do not fit (ECS rules, services 3.3; ECS rules, placement 6.4).
//
// The types of the group are sorted by each resource alone, and the smallest and the largest taken of each. A task that
// does not fit what is smallest, be it of different types, is incompatible. The others are packed on what is largest: with
// mixed types the first step may be too small. Needs are not added up, since tasks of several may share the instances; AWS
// does not say so (ECS rules, services 10, question 4), nor does it count the room on instances that are there: a task is
// in PROVISIONING because it did not fit.
func Extra(needs []Need, types []Shape) (extra, incompatible int) {
	smallest, largest := extremes(types)
	for i := range needs {
		n := &needs[i]
		if n.Count <= 0 {
			continue
		}
		if len(types) == 0 || n.fitting(smallest) == 0 {
			incompatible += n.Count
			continue
		}
		per := n.fitting(largest)
		extra = max(extra, (n.Count-1)/per+1)
	}
	return extra, incompatible
}

// Step bounds an estimate by the step sizes, which bind scale-outs only. They bound the number of instances that the
// metric asks for; a target capacity below 100 adds its spare ones on top.
func (c *ManagedConfig) Step(extra int) int {
	if extra <= 0 {
		return 0
	}
	if least := cmp.Or(c.MinStep, DefaultMinStep); extra < least {
		return least
	}
	return min(extra, cmp.Or(c.MaxStep, DefaultMaxStep))
}

// extremes are the least and the most of each resource.
func extremes(types []Shape) (smallest, largest Shape) {
	for i, t := range types {
		if i == 0 {
			smallest, largest = t, t
			continue
		}
		smallest = Shape{
			min(smallest.CPU, t.CPU), min(smallest.Memory, t.Memory), min(smallest.GPUs, t.GPUs), min(smallest.ENIs, t.ENIs),
		}
		largest = Shape{
			max(largest.CPU, t.CPU), max(largest.Memory, t.Memory), max(largest.GPUs, t.GPUs), max(largest.ENIs, t.ENIs),
		}
	}
	return smallest, largest
}

// fitting is how many of the tasks an empty instance holds.
func (n *Need) fitting(s Shape) int {
	most := int64(n.Count)
	for _, r := range [...]struct{ asked, has int64 }{
		{n.CPU, s.CPU}, {n.Memory, s.Memory}, {n.GPUs, s.GPUs}, {n.ENIs, s.ENIs},
	} {
		if r.asked > 0 {
			most = min(most, r.has/r.asked)
		}
	}
	if n.PerInstance > 0 {
		most = min(most, int64(n.PerInstance))
	}
	if n.Distinct || len(n.Ports) > 0 {
		most = min(most, 1)
	}
	return int(min(most, math.MaxInt32))
}
