package model

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"ecssim/model/fleet"
	"ecssim/model/network"
	"ecssim/model/placement"
	"ecssim/model/service"
	"ecssim/sim"
)

// berth is a place of a fleet in which there is an instance, or will be again after a repair.
type berth struct {
	world    *World
	fleet    *Fleet
	launched *int // instances launched so far by the whole fleet
	turn     int  // the berth's own place in the round of subnets
	instance *fleet.Instance
	chance   *rand.Rand
	ticket   sim.Ticket
	// barred: it waits for its zone to come back.
	barred bool

	// group is the Auto Scaling group whose instance it is; nil for a fleet that is simply there.
	group *group
	// booting: the instance has been launched and has not registered. leaving: the group ends it. ending: nothing is left
	// to wait for but the end.
	booting, leaving, ending bool
	ordered                  bool // a scale-out launched it
	// called: its agent has called to register.
	called       bool
	interruption time.Duration // of a Spot instance: when its notice comes
	idleSince    time.Duration // of a managed instance: when its last task left
}

// addressRetry is how long a launch waits that found no address in any of its subnets.
const addressRetry = time.Minute

// launchFleet puts the instances of a fleet in place: they are simply there at the start.
func (w *World) launchFleet(f *Fleet) {
	launched := new(int)
	for n := range f.Count {
		b := &berth{world: w, fleet: f, launched: launched, turn: n}
		if f.TimeToFailure != nil {
			b.chance = w.streams.Named(fmt.Sprintf("failure/%s/%d", f.Name, n+1))
		}
		w.berths = append(w.berths, b)
		b.launch(0)
	}
}

// Fire ends the life of the berth's instance, or brings the next one.
func (b *berth) Fire(now time.Duration) {
	if b.world.engine.Firing() != b.ticket {
		return
	}
	switch {
	case b.instance == nil:
		b.launch(now)
		return
	case b.booting:
		if !b.queues(now) {
			b.enroll(now)
		}
		return
	}
	b.clear(now, HostLost, service.StoppedHostLost(b.instance.Name))
	b.repair(now)
	b.world.finishIfDone()
}

// repair brings another instance after the fleet's time to repair, if it has one.
func (b *berth) repair(now time.Duration) {
	if b.fleet.TimeToRepair != nil {
		b.ticket = b.world.engine.At(after(now, sim.Seconds(b.fleet.TimeToRepair, b.chance)), b)
	}
}

// clear loses the berth's instance; its tasks stop with the code and reason.
func (b *berth) clear(now time.Duration, code StopCode, reason string) {
	b.world.lose(now, b.instance, code, reason)
	b.instance, b.ticket = nil, 0
	if b.group != nil {
		b.group.lost(now, b)
	}
}

// launch registers a new instance with the cluster.
func (b *berth) launch(now time.Duration) {
	w, f := b.world, b.fleet
	b.ticket = 0 // whatever else would have brought an instance here
	if b.barred = w.outages.zone(w.cfg.Subnets[f.Subnets[b.turn%len(f.Subnets)]].Zone); b.barred {
		return // until the zone is back
	}
	subnet := b.takeAddresses(w.addresses(f), "")
	if subnet < 0 {
		b.ticket = w.engine.At(now+addressRetry, b)
		return
	}
	b.build(now, subnet)
	b.enroll(now)
}

// trunks reports whether instances of a fleet get a trunk interface.
func (w *World) trunks(f *Fleet) bool {
	return w.cfg.Settings.AwsvpcTrunking && f.Type.TrunkTaskENIs > 0
}

// addresses is how many an instance of a fleet needs: for the primary interface, and for the trunk (best practices guide,
// networking: two addresses an instance).
func (w *World) addresses(f *Fleet) int64 {
	if w.trunks(f) {
		return 2
	}
	return 1
}

// registers is what an instance of a fleet registers.
func (w *World) registers(f *Fleet) fleet.Resources {
	has := fleet.Resources{
		CPU: f.Type.CPU, Memory: f.Type.Memory - f.ReservedMemory, GPUs: f.Type.GPUs, ENIs: f.Type.TaskENIs,
	}
	if w.trunks(f) {
		has.ENIs = f.Type.TrunkTaskENIs
	}
	return has
}

// build makes the next instance of the berth's fleet, in a subnet. It has not registered.
func (b *berth) build(now time.Duration, subnet int) *fleet.Instance {
	w, f := b.world, b.fleet
	*b.launched++
	i := &fleet.Instance{
		Serial: w.built, Name: nextName(f, *b.launched), Fleet: f.Name, Number: *b.launched, Type: &f.Type,
		Zone: w.cfg.Subnets[subnet].Zone, Subnet: subnet, Addresses: w.addresses(f), Trunk: w.trunks(f),
		Status: fleet.Inactive, Launched: now, Registered: Never, Terminated: Never,
		Provider: -1, PricePerHour: f.Type.PricePerHour, Has: w.registers(f),
	}
	if i.DynamicRange = f.DynamicPorts; i.DynamicRange == (network.PortRange{}) {
		i.DynamicRange = network.DefaultDynamicRange
	}
	w.built++
	i.Free = i.Has
	i.Attributes = w.attributes(i, f)
	b.instance = i
	w.instances[i.Name] = i
	return i
}

// join lets the agent of an instance register with the cluster, if its role allows it.
func (b *berth) join(now time.Duration, i *fleet.Instance) {
	if !b.world.roles.Registers() {
		b.world.strand(now, i)
		return
	}
	i.Status, i.Connected = fleet.Active, true
	i.Registered, i.RegisteredOn = now, b.world.cfg.Start.Add(now)
	b.register(now, i)
}

// register lets an instance join its cluster: the daemons come first.
func (b *berth) register(now time.Duration, i *fleet.Instance) {
	w, c := b.world, b.world.clusters[b.fleet.Cluster]
	w.machines[i] = &machine{world: w, instance: i, cluster: c, berth: b, fleet: b.fleet}
	c.index.Add(i)
	w.observer.InstanceJoined(now, i)
	for _, d := range c.daemons {
		d.instanceChanged(now, i)
	}
	w.clusterGrew(now, c)
}

// strand keeps an instance whose agent could not register: it exits and does not try again (ECS rules, placement 6.1).
func (w *World) strand(now time.Duration, i *fleet.Instance) {
	i.Registered, i.Connected, i.Status = Never, false, fleet.Inactive
	w.stranded = append(w.stranded, i)
	w.observer.InstanceStranded(now, i, neverRegistered)
}

const neverRegistered = "AccessDeniedException: the container instance role does not allow ecs:RegisterContainerInstance"

// takeAddresses takes the instance's own addresses from the fleet's subnets, in turn, and returns the subnet's index;
// -1 if none has room. zone restricts it to the subnets of one; empty does not.
func (b *berth) takeAddresses(n int64, zone string) int {
	subnets := b.fleet.Subnets
	for k := range subnets {
		subnet := subnets[(b.turn+k)%len(subnets)]
		here := b.world.cfg.Subnets[subnet].Zone
		if (zone == "" || zone == here) && !b.world.outages.zone(here) && b.world.subnets[subnet].Take(n) {
			return subnet
		}
	}
	return -1
}

// attributes are the built-in ones that placement can ask for (developer guide, "Container instance attributes"),
// and the fleet's own, which win.
func (w *World) attributes(i *fleet.Instance, f *Fleet) map[string]string {
	a := map[string]string{
		placement.ZoneAttribute:    i.Zone,
		"ecs.instance-type":        f.Type.Name,
		"ecs.os-type":              "linux",
		"ecs.os-family":            "LINUX",
		"ecs.cpu-architecture":     f.Type.Architecture,
		"ecs.subnet-id":            w.cfg.Subnets[i.Subnet].Name,
		"ecs.capability.task-eni":  "",
		"ecs.capability.efs":       "",
		"ecs.capability.ipv6-only": "",
	}
	if i.Trunk {
		a["ecs.awsvpc-trunk-id"] = "eni-" + strings.ReplaceAll(i.Name, "/", "-")
		a["ecs.capability.task-eni-trunking"] = ""
	}
	maps.Copy(a, f.Attributes)
	return a
}

// lose takes an instance out of the world with everything on it.
func (w *World) lose(now time.Duration, i *fleet.Instance, code StopCode, reason string) {
	i.Terminated = now
	w.instances[i.Name] = nil
	w.subnets[i.Subnet].Return(i.Addresses)
	if n := slices.Index(w.stranded, i); n >= 0 {
		w.stranded = slices.Delete(w.stranded, n, n+1)
		w.observer.InstanceLost(now, i)
		return
	}
	m := w.machines[i]
	if i.Status == fleet.Draining {
		m.cluster.draining--
	}
	i.Status = fleet.Inactive
	m.cluster.index.Changed(i)
	for _, t := range w.tasksOn(i) {
		t.vanish(now, code, reason)
	}
	m.cluster.index.Remove(i)
	delete(w.machines, i)
	w.observer.InstanceLost(now, i)
	for _, s := range w.services {
		if s.cluster == m.cluster {
			s.instanceChanged(now, i)
		}
	}
}

// tasksOn lists the tasks of an instance in order of creation.
func (w *World) tasksOn(i *fleet.Instance) []*Task {
	return w.tasksWhere(func(t *Task) bool { return t.Instance == i })
}

// tasksWhere lists live tasks in order of creation.
func (w *World) tasksWhere(is func(*Task) bool) (list []*Task) {
	for _, t := range w.live {
		if is(t) {
			list = append(list, t)
		}
	}
	slices.SortFunc(list, func(a, b *Task) int { return cmp.Compare(a.Serial, b.Serial) })
	return list
}

// after adds a delay to an instant, staying within what a Duration holds.
func after(now, delay time.Duration) time.Duration {
	if sum := now + delay; sum >= now {
		return sum
	}
	return 1<<63 - 1
}
