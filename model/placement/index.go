package placement

import (
	"cmp"
	"math/rand/v2"
	"slices"

	"ecssim/model/fleet"
)

// Index answers what Obvious answers without testing the whole fleet. It keeps one class for each Demand and a log of
// the instances that changed; a class that is asked looks again at the instances changed since it was last asked. So
// placing or stopping a task costs one log entry, and asking costs O(log n) for each change.
//
// Every change of an instance must go through Add, Remove, Reserve, Release or Changed.
type Index struct {
	instances []*fleet.Instance // by slot; nil where one has gone
	live      int
	log       []int32 // slots that changed; log[0] has position start
	start     uint64
	asked     uint64
	classes   []*class
	// seats counts those of all classes, to bound memory by limit; 0 means maxSeats.
	seats, limit int
}

// maxSeats bounds what the classes may remember together, about 100 bytes a seat. Beyond it the class that was not
// asked for the longest time is forgotten and built anew when it is asked again, which costs what a scan costs.
const maxSeats = 2 << 20

// Add lets an instance join, behind all others in order of registration.
func (x *Index) Add(i *fleet.Instance) {
	i.Slot = len(x.instances)
	x.instances = append(x.instances, i)
	x.live++
	x.touch(i.Slot)
}

// Remove takes an instance out. Its tasks must have been released before.
func (x *Index) Remove(i *fleet.Instance) {
	if i.RunningTasksCount() > 0 {
		panic("placement: " + i.Name + " leaves with tasks on it")
	}
	x.instances[i.Slot] = nil
	x.live--
	x.touch(i.Slot)
	if gone := len(x.instances) - x.live; gone > x.live+64 {
		x.compact()
	}
}

// compact closes the gaps that instances left, keeping the order, and forgets every class.
func (x *Index) compact() {
	x.instances = slices.DeleteFunc(x.instances, func(i *fleet.Instance) bool { return i == nil })
	for slot, i := range x.instances {
		i.Slot = slot
	}
	for len(x.classes) > 0 {
		x.forget(0)
	}
	x.start += uint64(len(x.log))
	x.log = x.log[:0]
}

// Live is the number of instances.
func (x *Index) Live() int { return x.live }

// Instances lists the live instances in order of registration.
func (x *Index) Instances() []*fleet.Instance {
	return slices.DeleteFunc(slices.Clone(x.instances), func(i *fleet.Instance) bool { return i == nil })
}

// Reserve takes what the task needs from the instance, and Release gives it back.
func (x *Index) Reserve(i *fleet.Instance, d *Demand) {
	i.Reserve(&d.Needs, d.Group)
	i.HardMemory += d.HardMemory
	x.touch(i.Slot)
}

// Release is the inverse of Reserve.
func (x *Index) Release(i *fleet.Instance, d *Demand) {
	i.Release(&d.Needs, d.Group)
	i.HardMemory -= d.HardMemory
	x.touch(i.Slot)
}

// Leave gives back what a task that is told to stop no longer holds, and GiveBack the rest.
func (x *Index) Leave(i *fleet.Instance, d *Demand) {
	i.Leave(&d.Needs, d.Group)
	i.HardMemory -= d.HardMemory
	x.touch(i.Slot)
}

// GiveBack follows Leave when the task has stopped.
func (x *Index) GiveBack(i *fleet.Instance, d *Demand) {
	i.GiveBack(&d.Needs)
	if d.Needs.ENIs > 0 || len(d.Needs.StaticPorts) > 0 {
		x.touch(i.Slot)
	}
}

// Changed must be called when an instance's status or agent has changed.
func (x *Index) Changed(i *fleet.Instance) { x.touch(i.Slot) }

func (x *Index) touch(slot int) {
	if len(x.log) > 2*len(x.instances)+1024 {
		// Whoever has not looked by now is better off looking at every instance.
		x.start += uint64(len(x.log))
		x.log = x.log[:0]
	}
	x.log = append(x.log, int32(slot))
}

// Choose is the instance that the task should start on, or nil; then Refusal says why.
func (x *Index) Choose(d *Demand, draw *rand.Rand) *fleet.Instance {
	slot := x.upToDate(d).choose(draw)
	if slot < 0 {
		return nil
	}
	return x.instances[slot]
}

// Refusal fills in why the task fits nowhere. It must follow a Choose that returned nil.
func (x *Index) Refusal(d *Demand, r *Refusal) {
	*r = Refusal{}
	if x.live == 0 {
		r.Reason = NoInstances
		r.ByReason[NoInstances] = 1
		return
	}
	c := x.upToDate(d)
	r.ByReason = c.byReason
	closest := c.closest()
	r.Closest, r.Reason = x.instances[closest], c.seats[closest].reason
}

// upToDate returns the demand's class with all changes looked at.
func (x *Index) upToDate(d *Demand) *class {
	c := d.class
	if c == nil {
		c = x.remember(d)
	}
	x.asked++
	c.used = x.asked
	end := x.start + uint64(len(x.log))
	switch {
	case c.seen == end:
		return c
	case c.seen < x.start || end-c.seen > uint64(len(x.instances)/4):
		x.rebuild(c)
	default:
		for _, slot := range x.log[c.seen-x.start:] {
			x.look(c, int(slot))
		}
	}
	if c.top == nil {
		c.regroup()
	}
	c.seen = end
	return c
}

// look brings one slot of a class up to date.
func (x *Index) look(c *class, slot int) {
	i := x.instances[slot]
	for len(c.seats) <= slot {
		x.admit(c)
	}
	s := &c.seats[slot]
	k, counted := c.look(slot, i)
	t := &c.cells[s.cell].tree
	changed := t.leaf(int(s.pos)) != k
	if changed {
		t.set(int(s.pos), k)
	}
	if (changed || counted) && c.top != nil {
		c.moved(s.cell, counted)
	}
}

// admit gives the class's next slot a seat. An instance that came and went between two looks gets an empty one.
func (x *Index) admit(c *class) {
	x.seats++
	if i := x.instances[len(c.seats)]; i != nil {
		c.admit(i)
		return
	}
	c.admit(&fleet.Instance{})
}

// rebuild looks at every instance.
func (x *Index) rebuild(c *class) {
	for len(c.seats) < len(x.instances) {
		x.admit(c)
	}
	for slot, i := range x.instances {
		s := &c.seats[slot]
		k, _ := c.look(slot, i)
		c.cells[s.cell].tree.put(int(s.pos), k)
	}
	for n := range c.cells {
		c.cells[n].tree.rebuild()
	}
	c.top = nil
}

// remember makes the class of a demand, forgetting the least used ones if memory is short.
func (x *Index) remember(d *Demand) *class {
	for len(x.classes) > 0 && x.seats+len(x.instances) > cmp.Or(x.limit, maxSeats) {
		oldest := 0
		for n, c := range x.classes {
			if c.used < x.classes[oldest].used {
				oldest = n
			}
		}
		x.forget(oldest)
	}
	c := newClass(d)
	d.class = c
	x.classes = append(x.classes, c)
	return c
}

func (x *Index) forget(n int) {
	c := x.classes[n]
	c.demand.class = nil
	x.seats -= len(c.seats)
	x.classes = slices.Delete(x.classes, n, n+1)
}
