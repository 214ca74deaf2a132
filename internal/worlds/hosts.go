package worlds

import (
	"slices"
	"time"

	"ecssim/model"
	"ecssim/model/balance"
	"ecssim/model/fleet"
	"ecssim/model/taskdef"
)

// host is what the checker knows of one instance.
type host struct {
	instance  *fleet.Instance
	cluster   int
	status    fleet.Status
	connected bool
	stranded  bool

	// What the checker knows of instances of groups besides: when one registers (from a warm pool perhaps earlier), when
	// EC2 takes it back, when it began to be idle, what was on it when its end began, and when tasks of it were killed.
	// troubled: a fault has drained it or cut it off.
	booting                          bool
	boots                            []time.Duration
	interrupted, idleSince, killedAt time.Duration
	endBegan                         time.Duration
	endedBusy, troubled              bool
	ordered                          bool // a scale-out launched it

	has      fleet.Resources
	used     fleet.Resources // by tasks that are not told to stop; interfaces until STOPPED
	tasks    int             // until STOPPED
	ports    map[taskdef.HostPort]string
	dynamic  map[int]string
	ofGroup  map[*fleet.Group]int // not told to stop
	daemonOf map[*servicebook]int // until STOPPED
}

const (
	standing = "tasks are placed on ACTIVE, connected instances of their cluster, in zones that are there"
	capacity = "nobody uses more than there is"
)

func (c *Checker) newHost(now time.Duration, i *fleet.Instance, stranded bool) *host {
	c.hear(now)
	c.note("instance %s is there (stranded: %v) in zone %s", i.Name, stranded, i.Zone)
	c.must(c.hosts[i] == nil && i.Terminated == model.Never, "an instance comes once", "%s comes", i.Name)
	c.must(c.zones[i.Zone] == 0, standing, "%s starts in zone %s, which is out", i.Name, i.Zone)
	h := &host{
		instance: i, status: i.Status, connected: i.Connected, stranded: stranded, has: i.Has, ports: map[taskdef.HostPort]string{},
		dynamic: map[int]string{}, ofGroup: map[*fleet.Group]int{}, daemonOf: map[*servicebook]int{}, killedAt: -1,
	}
	if b := c.groupOf(i); b != nil {
		h.cluster = b.cfg.Group.Template.Cluster
	} else {
		f := slices.IndexFunc(c.cfg.Fleets, func(f model.Fleet) bool { return f.Name == i.Fleet })
		h.cluster = c.cfg.Fleets[f].Cluster
	}
	c.hosts[i] = h
	c.addresses[i.Subnet] += i.Addresses
	return h
}

// InstanceJoined opens the book of an instance.
func (c *Checker) InstanceJoined(now time.Duration, i *fleet.Instance) {
	h := c.joined(now, i, false)
	c.must(h.status == fleet.Active && h.connected, standing, "%s joins as %s, connected: %v", i.Name, h.status, h.connected)
}

// InstanceStranded opens the book of an instance that never joins.
func (c *Checker) InstanceStranded(now time.Duration, i *fleet.Instance, _ string) {
	c.joined(now, i, true)
	c.Seen["stranded"]++
}

// InstanceLost closes it.
func (c *Checker) InstanceLost(now time.Duration, i *fleet.Instance) {
	c.hear(now)
	c.note("instance %s is lost", i.Name)
	h := c.hosts[i]
	c.must(h != nil, "an instance goes once", "%s goes", i.Name)
	c.must(h.tasks == 0, "no task outlives its instance", "%s goes with %d tasks", i.Name, h.tasks)
	if i.Provider >= 0 {
		c.left(now, i, h)
	} else {
		c.must(c.mayLose(now, i), "an instance goes for a reason", "%s goes", i.Name)
	}
	c.addresses[i.Subnet] -= i.Addresses
	delete(c.hosts, i)
	c.Seen["instance lost"]++
}

// mayLose: something in the scenario can end the instance at this instant.
func (c *Checker) mayLose(now time.Duration, i *fleet.Instance) bool {
	for k := range c.cfg.Fleets {
		if f := &c.cfg.Fleets[k]; f.Name == i.Fleet && f.TimeToFailure != nil {
			return true
		}
	}
	return slices.ContainsFunc(c.cfg.Faults, func(f model.Fault) bool {
		switch f.Kind { //nolint:exhaustive // the others end no instance
		case model.InstanceLoss, model.HostRetirement, model.SpotInterruption, model.ZoneOutage:
			return now == f.At+f.Notice
		}
		return false
	})
}

// InstanceChanged is another standing.
func (c *Checker) InstanceChanged(now time.Duration, i *fleet.Instance) {
	c.hear(now)
	c.note("instance %s is %s, connected: %v", i.Name, i.Status, i.Connected)
	h := c.hosts[i]
	c.must(h != nil && !h.stranded, "an instance that changes is there", "%s", i.Name)
	c.must(h.status != i.Status || h.connected != i.Connected, "a change is a change", "%s is as before", i.Name)
	h.status, h.connected = i.Status, i.Connected
	c.endBegins(now, h)
	if h.status == fleet.Draining {
		c.Seen["draining"]++
	}
}

// checkPlace holds a placement against everything that keeps a task from a place.
func (c *Checker) checkPlace(k *card, t *model.Task) {
	p := t.Placing
	if t.Subnet >= 0 {
		zone := c.cfg.Subnets[t.Subnet].Zone
		c.must(c.zones[zone] == 0, standing, "%s is placed in zone %s, which is out", t, zone)
		c.must(slices.Contains(p.Subnets, t.Subnet), "a task takes an address of its own subnets", "%s takes one of %d", t, t.Subnet)
		c.must(t.Instance == nil || t.Instance.Zone == zone, "a task's address is in its instance's zone", "%s: %s and %s", t, zone, place(t))
	}
	c.must((t.Instance == nil) == (p.Launch == model.Fargate), standing, "%s is %s and runs on %s", t, p.Launch, place(t))
	if t.Instance == nil {
		return
	}
	h := c.hosts[t.Instance]
	c.must(h != nil && !h.stranded && h.status == fleet.Active && h.connected && h.cluster == p.Cluster, standing, "%s is placed on %s: %+v", t, place(t), h)
	if !t.Owner.Service && len(c.cfg.Jobs[t.Owner.Index].StartOn) > 0 {
		return // StartTask does not ask for constraints
	}
	for _, one := range p.Constraints {
		if one.Query == nil {
			c.must(h.ofGroup[t.Demand.Group] == 0, "distinctInstance keeps tasks of a group apart", "%s is the second on %s", t, place(t))
		}
	}
	c.must(p.MaxTasksPerInstance == 0 || h.ofGroup[t.Demand.Group] < p.MaxTasksPerInstance, "max_tasks_per_instance is kept",
		"%s is one of %d on %s", t, h.ofGroup[t.Demand.Group]+1, place(t))
	if s := k.serviceOf(c); s != nil && s.daemon() {
		c.must(h.daemonOf[s] == 0, "a daemon has one task on an instance", "%s is the second on %s", t, place(t))
	}
}

// checkNoAddress: a task that finds no address has looked where there is none.
func (c *Checker) checkNoAddress(t *model.Task) {
	for _, n := range t.Placing.Subnets {
		s := &c.cfg.Subnets[n]
		if t.Instance != nil && t.Instance.Zone != s.Zone || c.zones[s.Zone] > 0 || t.Instance == nil && c.fargateShort(t, s.Zone) || t.Demand.Zones != nil && !slices.Contains(t.Demand.Zones, s.Zone) {
			continue
		}
		c.must(c.addresses[n]+c.balancerAddresses(n) >= s.Usable(), "a task without an address found none",
			"%s has none, and %s has %d of %d left", t, s.Name, s.Usable()-c.addresses[n]-c.balancerAddresses(n), s.Usable())
	}
	c.Seen["no address"]++
}

// fargateShort: Fargate has nothing for the task in a zone.
func (c *Checker) fargateShort(t *model.Task, zone string) bool {
	for f, on := range c.faults {
		if on && f.Kind == model.InsufficientCapacity && f.Type == "" && (f.Provider == 0 || f.Provider == t.Provider+1) &&
			(f.Zone == "" || f.Zone == zone) && (f.Market == model.BothMarkets || t.Placing.Spot == (f.Market == model.SpotMarket)) {
			return true
		}
	}
	return false
}

func (c *Checker) balancerAddresses(subnet int) (taken int64) {
	for k := range c.cfg.LoadBalancers {
		for _, n := range c.cfg.LoadBalancers[k].Subnets {
			if n == subnet {
				taken += balance.AddressesPerSubnet(c.cfg.LoadBalancers[k].Type)
			}
		}
	}
	return taken
}

// serviceOf is the book of the task's service; nil for a job.
func (k *card) serviceOf(c *Checker) *servicebook {
	if !k.owner.Service {
		return nil
	}
	return c.services[k.owner.Index]
}

// occupy books what a task takes, vacate what it gives back when it is told to stop, and release what it holds until it
// has stopped.
func (c *Checker) occupy(k *card, t *model.Task) {
	if k.subnet >= 0 {
		c.addresses[k.subnet]++
	}
	if t.Instance == nil {
		c.pool(k).launch(c, k)
		return
	}
	h := c.hosts[t.Instance]
	k.host = h
	h.tasks++
	h.used.CPU += k.needs.CPU
	h.used.Memory += k.needs.Memory
	h.used.GPUs += k.needs.GPUs
	h.used.ENIs += k.needs.ENIs
	h.ofGroup[k.group]++
	if k.service != nil && k.service.daemon() {
		h.daemonOf[k.service]++
	}
	for _, p := range k.needs.StaticPorts {
		c.must(h.ports[p] == "", capacity, "%s takes port %v of %s, which %s has", k.name, p, h.instance.Name, h.ports[p])
		h.ports[p] = k.name
	}
}

func (c *Checker) vacate(k *card) {
	if h := k.host; h != nil {
		h.used.CPU -= k.needs.CPU
		h.used.Memory -= k.needs.Memory
		h.used.GPUs -= k.needs.GPUs
		h.ofGroup[k.group]--
	}
}

func (c *Checker) release(k *card) {
	if k.subnet >= 0 {
		c.addresses[k.subnet]--
	}
	h := k.host
	if h == nil {
		c.pool(k).used -= k.needs.CPU
		return
	}
	h.tasks--
	if h.others() == 0 && !(k.service != nil && k.service.daemon()) {
		h.idleSince = c.now
	}
	h.used.ENIs -= k.needs.ENIs
	if k.service != nil && k.service.daemon() {
		h.daemonOf[k.service]--
	}
	for _, p := range k.needs.StaticPorts {
		delete(h.ports, p)
	}
	for _, p := range k.dynamic {
		delete(h.dynamic, p)
	}
}

// pickedPorts books the ports that the agent picked.
func (c *Checker) pickedPorts(k *card, t *model.Task) {
	if k.host == nil {
		return
	}
	c.must(len(t.DynamicPorts) == k.needs.DynamicPorts, capacity, "%s has the dynamic ports %v and asked for %d", t, t.DynamicPorts, k.needs.DynamicPorts)
	for _, p := range t.DynamicPorts {
		in := k.host.instance.DynamicRange
		c.must(k.host.dynamic[p] == "" && p >= in.First && p <= in.Last, capacity, "%s takes port %d of %s: %q", t, p, place(t), k.host.dynamic[p])
		k.host.dynamic[p] = k.name
		k.dynamic = append(k.dynamic, p)
	}
}

func (c *Checker) checkHosts() {
	for i, h := range c.hosts {
		left := fleet.Resources{
			CPU: h.has.CPU - h.used.CPU, Memory: h.has.Memory - h.used.Memory, GPUs: h.has.GPUs - h.used.GPUs, ENIs: h.has.ENIs - h.used.ENIs,
		}
		if left != i.Free || left.CPU < 0 || left.Memory < 0 || left.GPUs < 0 || left.ENIs < 0 {
			c.fail(capacity, "%s says it has %+v left, and the count is %+v", i.Name, i.Free, left)
		}
		if !h.stranded && (h.status != i.Status || h.connected != i.Connected) {
			c.fail("every change is told", "%s is %s, connected: %v, and nobody heard", i.Name, i.Status, i.Connected)
		}
		if len(h.ports)+5 > 100 {
			c.fail(capacity, "%s has %d ports", i.Name, len(h.ports))
		}
	}
	for n := range c.addresses {
		if s := &c.cfg.Subnets[n]; c.addresses[n] < 0 || c.addresses[n]+c.balancerAddresses(n) > s.Usable() {
			c.fail(capacity, "%d addresses of %s are taken, and it has %d", c.addresses[n], s.Name, s.Usable())
		}
	}
}
