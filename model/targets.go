package model

import (
	"fmt"
	"slices"
	"time"

	"ecssim/model/balance"
	"ecssim/model/image"
	"ecssim/model/network"
	"ecssim/model/service"
	"ecssim/model/taskdef"
	"ecssim/sim"
)

// openNetwork puts load balancers in their subnets and opens what registries and Cloud Map keep.
func (w *World) openNetwork() {
	for i := range w.cfg.LoadBalancers {
		lb := &w.cfg.LoadBalancers[i]
		for _, n := range lb.Subnets {
			if !w.subnets[n].Take(balancerAddresses(lb)) {
				panic(fmt.Sprintf("model: subnet %s has no address for the load balancer %s", w.cfg.Subnets[n].Name, lb.Name))
			}
		}
	}
	_, w.targets = balance.NewBalancers(w.cfg.LoadBalancers, w.cfg.TargetGroups, w.cfg.Subnets)
	for i := range w.cfg.Registries {
		w.pullLimit = append(w.pullLimit, image.NewLimiter(&w.cfg.Registries[i]))
	}
}

// balancerAddresses is what a load balancer takes in each of its subnets.
func balancerAddresses(lb *balance.LoadBalancer) int64 { return balance.AddressesPerSubnet(lb.Type) }

// registration is a task in a target group. It outlives the task while the target drains.
type registration struct {
	world  *World
	owner  *Owner
	task   *Task // nil once it has left
	number int64
	group  int
	port   int
	target *balance.Target
	ticket sim.Ticket
	// The plan that the present forecast follows.
	readyAt, failsAt time.Duration
	blocked          bool
}

// register makes the task a target of its service's groups, and gives it a discovery record. Without the service-linked
// role nothing is registered, until it is back (ECS rules, placement 9).
func (t *Task) register(now time.Duration) {
	w, s, l := t.work.world, t.work.owner.service, t.ensureLife()
	if l.unregistered = !w.roles.RegistersTargets(); l.unregistered {
		for k := range s.cfg.Targets {
			t.notRegistered(now, s.cfg.Targets[k].Group, balance.AccessDenied)
		}
		return
	}
	for k := range s.cfg.Targets {
		t.registerWith(now, &s.cfg.Targets[k])
	}
	if s.discovery != nil {
		l.record, _ = s.discovery.Register(true, t.Number)
	}
	if t.Status == Activating {
		t.run(now)
	}
	t.checkHealth(now)
}

func (t *Task) registerWith(now time.Duration, to *Target) {
	w, s := t.work.world, t.work.owner.service
	g := w.targets[to.Group]
	phase := t.delay(w.cfg.Latency.FirstProbe)
	if w.cfg.Latency.RandomPhase {
		phase = time.Duration(t.work.owner.chance.Int64N(int64(g.Config().Health.Interval)))
	}
	r := &registration{world: w, owner: t.Owner, task: t, number: t.Number, group: to.Group, port: t.hostPort(to)}
	target, ok := g.Register(now, phase, t.Zone(w.cfg), r)
	if !ok {
		t.notRegistered(now, to.Group, balance.TooManyTargets)
		w.slotless = append(w.slotless, slotless{t.visit(), to})
		return
	}
	r.target = target
	t.work.life.registrations = append(t.work.life.registrations, r)
	s.batch(now).registered[to.Group]++
	w.observer.TargetChanged(now, TargetChange{Group: r.group, Task: t, Owner: t.Owner, Number: t.Number, From: balance.Unused, To: target.State(), Reason: target.Reason()})
	if target.State() == balance.Unused {
		s.tell(now, r.unhealthy(t))
	}
	s.touchGroup(now, to.Group)
	r.plan(t)
	r.wait()
}

// touchGroup notes that the targets of a group serve, or do not, which did not before. Others fail open, or no more.
func (s *scheduler) touchGroup(now time.Duration, group int) {
	for _, x := range s.world.services {
		if x.traffic != nil && slices.ContainsFunc(x.cfg.Targets, func(t Target) bool { return t.Group == group }) {
			x.traffic.touch(now)
		}
	}
}

// unhealthy is what ECS says of a task whose target is not healthy.
func (r *registration) unhealthy(t *Task) service.Event {
	return service.UnhealthyTarget(t.Owner.Name, t.where(), r.port, r.target.Group().Config().Name, r.target.Reason().Description())
}

// slotless is a task that found no room in a target group.
type slotless struct {
	visit
	target *Target
}

// slotFreed lets the tasks that wait for room in a target group have it, in the order in which they came. AWS does not
// say that ECS tries again, but a rollout near the limit would never end otherwise.
func (w *World) slotFreed(now time.Duration) {
	if len(w.slotless) == 0 {
		return
	}
	w.engine.At(now, strike(func(now time.Duration) {
		waiting := w.slotless
		w.slotless = nil
		for _, x := range waiting {
			t := x.task
			switch {
			case !x.stays():
			case w.targets[x.target.Group].HasRoom(t.Zone(w.cfg)):
				t.registerWith(now, x.target)
				t.checkHealth(now)
			default:
				w.slotless = append(w.slotless, x)
			}
		}
	}))
}

// notRegistered tells of a target that there could not be.
func (t *Task) notRegistered(now time.Duration, group int, why balance.Reason) {
	w := t.work.world
	t.work.owner.service.tell(now, service.NotRegistered(t.Owner.Name, w.cfg.TargetGroups[group].Name, string(why)))
	w.observer.TargetChanged(now, TargetChange{
		Group: group, Task: t, Owner: t.Owner, Number: t.Number, From: balance.Unused, To: balance.Unused, Reason: why,
	})
}

// hostPort is the port on which a load balancer reaches the task: that of the container on its own interface, that of
// the instance otherwise (ECS rules, services 5.2).
func (t *Task) hostPort(to *Target) int {
	mode := t.Placing.Task.Mode()
	if mode == taskdef.Awsvpc {
		return to.Port
	}
	dynamic := 0
	for c := range t.Placing.Task.Containers {
		for _, p := range t.Placing.Task.Containers[c].Ports {
			fixed := p.HostPort > 0 || mode == taskdef.Host
			if c == to.Container && p.ContainerPort == to.Port {
				switch {
				case p.HostPort > 0:
					return p.HostPort
				case fixed:
					return p.ContainerPort
				case dynamic < len(t.DynamicPorts):
					return t.DynamicPorts[dynamic]
				}
			}
			if !fixed {
				dynamic += max(1, p.RangeLast-p.RangeFirst+1)
			}
		}
	}
	return to.Port
}

// plan is what probes of the task meet from now on.
func (r *registration) plan(t *Task) {
	l := t.work.life
	if l.set != nil {
		r.readyAt, r.failsAt = l.set.ReadyAt()
	} else {
		if l.readyAt == Never {
			l.readyAt = r.world.engine.Now()
			if r.world.outages.fails(t) {
				l.failsAt = l.readyAt
			}
		}
		r.readyAt, r.failsAt = l.readyAt, l.failsAt
	}
	r.blocked = r.world.blocked(t, r)
}

// blocked reports whether a security group keeps the load balancer from the task.
func (w *World) blocked(t *Task, r *registration) bool {
	to := t.Placing.SecurityGroups
	if t.Instance != nil && t.Placing.Task.Mode() != taskdef.Awsvpc {
		to = w.machines[t.Instance].fleet.SecurityGroups
	}
	for _, n := range to {
		if w.outages.ruleMissing(n) {
			to = slices.DeleteFunc(slices.Clone(to), w.outages.ruleMissing)
			if len(to) == 0 {
				return true
			}
			break
		}
	}
	from := w.cfg.LoadBalancers[w.cfg.TargetGroups[r.group].LoadBalancer].SecurityGroups
	return !network.Connection{From: from, To: to}.Reachable(r.port, w.cfg.SecurityGroups)
}

// wait schedules the target's next change of state.
func (r *registration) wait() {
	r.ticket = 0
	if at, _, ok := r.target.Forecast(r.readyAt, r.failsAt, r.blocked); ok {
		r.ticket = r.world.engine.At(at, r)
	}
}

// Fire is a change of state, or the end of draining.
func (r *registration) Fire(now time.Duration) {
	w := r.world
	if w.engine.Firing() != r.ticket {
		return
	}
	from, t := r.target.State(), r.task
	if from == balance.Draining {
		r.unregister(now, from)
		return
	}
	_, to, _ := r.target.Forecast(r.readyAt, r.failsAt, r.blocked)
	r.target.Become(now, to, r.target.Group().Why(to, r.blocked))
	t.work.owner.service.touchGroup(now, r.group)
	w.observer.TargetChanged(now, TargetChange{Group: r.group, Task: t, Owner: r.owner, Number: r.number, From: from, To: to, Reason: r.target.Reason()})
	r.wait()
	if to == balance.Unhealthy {
		t.work.owner.service.tell(now, r.unhealthy(t))
	}
	t.checkHealth(now)
}

// where names a task as unhealthy-target events do.
func (t *Task) where() string {
	if t.Instance != nil && t.Placing.Task.Mode() != taskdef.Awsvpc {
		return "instance " + t.Instance.Name
	}
	return fmt.Sprintf("task %s/%d", t.Owner.Name, t.Number)
}

// replan forecasts anew where the plan of a task has changed.
func (t *Task) replan(now time.Duration) {
	if t.work.life == nil {
		return
	}
	for _, r := range t.work.life.registrations {
		old := *r
		r.plan(t)
		if r.readyAt != old.readyAt || r.failsAt != old.failsAt || r.blocked != old.blocked {
			r.target.Settle(now, old.readyAt, old.failsAt, old.blocked)
			r.wait()
		}
	}
}

// deregister takes a task out of its target groups and returns when the last target has drained.
func (t *Task) deregister(now time.Duration) (until time.Duration) {
	l, s := t.work.life, t.work.owner.service
	if l == nil || s == nil {
		return now
	}
	until = now
	for _, r := range l.registrations {
		r.task, r.ticket = nil, 0
		g, from := r.target.Group(), r.target.State()
		s.batch(now).deregistered[r.group]++
		at := g.Deregister(now, r.target)
		if at <= now {
			r.unregister(now, from)
			continue
		}
		t.work.world.observer.TargetChanged(now, TargetChange{
			Group: r.group, Task: t, Owner: t.Owner, Number: t.Number, From: from, To: r.target.State(), Reason: r.target.Reason(),
		})
		r.ticket = t.work.world.engine.At(at, r)
		until = max(until, at)
	}
	if until > now {
		s.batch(now).draining++
	}
	l.registrations = nil
	if l.record != nil {
		s.discovery.Deregister(now, l.record)
		l.record = nil
	}
	return until
}

// unregister removes a target for good. from is the state that was told last: a target that need not drain was never
// told to be draining.
func (r *registration) unregister(now time.Duration, from balance.State) {
	r.target.Group().Unregister(r.target)
	r.world.slotFreed(now)
	r.world.observer.TargetChanged(now, TargetChange{Group: r.group, Owner: r.owner, Number: r.number, From: from, To: balance.Unused, Reason: r.target.Reason()})
}
