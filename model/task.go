package model

import (
	"time"

	"ecssim/model/containers"
	"ecssim/model/fleet"
	"ecssim/model/iam"
	"ecssim/model/taskdef"
	"ecssim/sim"
)

// work is the World's side of a task: which step comes next and when.
type work struct {
	world  *World
	owner  *owner
	rev    *revision
	step   step
	ticket sim.Ticket
	place  int // index in World.live
	// accepted: the agent has booked the task. up: its containers were started and have not all stopped. gone: its
	// machine is.
	accepted, up, gone bool
	// assigned is the counter of its offer, until it is on its way out; nil where there is no choice.
	assigned *int
	// awaits: it waits in PROVISIONING for capacity of its provider.
	awaits bool
	// broken counts the faults that keep just this task's programs from answering.
	broken int
	// life is what only tasks with containers to watch, images to pull or targets have; nil for all others.
	life *life
	// standing is the service's side of it; tasks of jobs do not use theirs, if they have one.
	standing *standing
}

// step is what a task's next event does.
type step uint8

const (
	// tryAgain: the caller of RunTask tries another placement.
	tryAgain  step = iota
	launching      // Fargate has the token that the launch waited for
	attached       // the task interface is there, the order goes to the agent
	ordered        // the agent pulls the images
	pulled         // the containers start
	started        // they run
	ended          // the essential container ends
	living         // something happens among the containers
	drained        // the targets have drained, or something happens among the containers meanwhile
	contained      // the containers have stopped
	detached       // the task interface is gone
	stranded       // it waits for somebody else: the agent, a pull, a role
)

// Fire takes the task one step on. Tickets of steps that were overtaken by the task's end are ignored.
func (t *Task) Fire(now time.Duration) {
	w := t.work.world
	if w.engine.Firing() != t.work.ticket {
		return
	}
	switch t.work.step {
	case tryAgain:
		w.attempt(now, t)
	case launching:
		w.launch(now, t)
	case ended:
		t.work.up = false
		t.leave(now, EssentialContainerExited, containers.EssentialExited)
	case attached, ordered, pulled, started:
		t.proceed(now)
	case living:
		t.live(now)
	case drained:
		t.drain(now)
	case contained:
		t.detach(now)
	case detached:
		t.stopped(now)
	case stranded:
	}
}

// begin starts the life of a task that has its place: PROVISIONING with an interface, or PENDING at once.
func (t *Task) begin(now time.Duration, i *fleet.Instance) {
	w, o := t.work.world, t.work.owner
	t.Instance, t.Placed = i, now
	t.LastReason = 0
	if i != nil {
		w.index(t).Reserve(i, t.Demand)
		t.occupy(1)
	}
	var refused *iam.Failure
	if !w.roles.Flawless() {
		refused = w.roles.LaunchFailure(o.path(), t.work.rev.roles)
	}
	needsAddress := t.Placing.Task.NetworkMode == taskdef.Awsvpc && refused == nil
	if needsAddress {
		t.Subnet = w.takeAddress(t)
	}
	if i == nil && t.Subnet >= 0 {
		o.inZone[w.cfg.Subnets[t.Subnet].Zone]++
	}
	w.observer.TaskPlaced(now, t)
	if s := o.service; s != nil {
		s.taskPlaced(now, t)
	}
	if needsAddress && t.Subnet < 0 {
		// The scheduler does not look at subnets: the shortage shows when the interface is created.
		t.leave(now, TaskFailedToStart, noAddressLeft)
		return
	}
	if refused != nil {
		t.refuse(now, refused)
		return
	}
	t.work.step = attached
	if delay := t.provisioning(); delay > 0 {
		t.schedule(after(now, delay))
		return
	}
	t.proceed(now)
}

// provisioning is how long the task stays in PROVISIONING.
func (t *Task) provisioning() time.Duration {
	l := &t.work.world.cfg.Latency
	switch {
	case t.Instance == nil:
		return t.delay(l.FargateProvision)
	case t.Demand.Needs.ENIs > 0:
		return t.delay(l.ENIAttach)
	}
	return 0
}

// proceed runs through the steps of a start as far as no delay lies between them.
func (t *Task) proceed(now time.Duration) {
	l := &t.work.world.cfg.Latency
	for {
		var delay time.Duration
		switch t.work.step {
		case attached:
			t.become(now, Pending)
			t.work.step = ordered
			if t.Instance != nil {
				delay = t.delay(l.Agent)
			}
		case ordered:
			if t.Instance != nil && !t.work.world.accept(t) {
				t.work.step = stranded // until the agent has room or is connected
				return
			}
			if !t.authorised(now) {
				return
			}
			t.PullStarted = now
			t.work.step = pulled
			if len(t.work.rev.images) > 0 {
				t.work.step = stranded
				t.pull(now)
				return
			}
			if t.Instance != nil {
				delay = t.delay(l.ImagePull)
			} else {
				delay = t.delay(l.FargateImagePull)
			}
		case pulled:
			t.PullStopped = now
			if !t.startContainers(now) {
				return
			}
			t.work.step = started
			delay = t.delay(l.ContainerStart)
		case started:
			t.work.up = true
			t.up(now)
			return
		default:
			panic("model: a task proceeds that has not begun")
		}
		if delay > 0 {
			t.schedule(after(now, delay))
			return
		}
	}
}

// authorised asks the roles for the secrets and images that come before the pull, and fails the task without them.
func (t *Task) authorised(now time.Duration) bool {
	return !t.startFails(now, false)
}

// startFails refuses a task that cannot start for want of a role, if it is the logs' turn or not, as logs says.
func (t *Task) startFails(now time.Duration, logs bool) bool {
	roles := &t.work.world.roles
	if roles.Flawless() {
		return false
	}
	f := roles.StartFailure(t.work.owner.path(), t.work.rev.roles)
	if f == nil || (f.Stage == iam.Logs) != logs {
		return false
	}
	t.refuse(now, f)
	return true
}

// startContainers lets the agent pick the ports and start the containers. It returns true for a task whose one
// container is then a delay away from running; others live their own life, or have failed.
func (t *Task) startContainers(now time.Duration) bool {
	if t.startFails(now, true) {
		return false
	}
	if !t.pickPorts() {
		t.leave(now, TaskFailedToStart, "a host port is unavailable")
		return false
	}
	if t.work.rev.plain {
		return true
	}
	t.work.up = true
	t.openContainers(now)
	return false
}

// pickPorts lets the agent pick the dynamic host ports, and reports whether there were enough.
func (t *Task) pickPorts() bool {
	if t.Instance == nil {
		return true
	}
	for range t.Demand.Needs.DynamicPorts {
		port, ok := t.Instance.Ports().PickDynamic(t.Instance.DynamicRange)
		if !ok {
			return false
		}
		t.DynamicPorts = append(t.DynamicPorts, port)
	}
	return true
}

// up: the essential containers run. A task with several target groups or a discovery record is ACTIVATING until it is
// registered (ECS rules, services 1.1); one with a single target group registers while it is RUNNING.
func (t *Task) up(now time.Duration) {
	s := t.work.owner.service
	switch {
	case s == nil || len(s.cfg.Targets) == 0 && s.cfg.Discovery == nil:
		t.run(now)
	case len(s.cfg.Targets) > 1 || s.cfg.Discovery != nil:
		t.become(now, Activating)
		t.later(now, t.delay(t.work.world.cfg.Latency.TargetRegistration), (*Task).register)
	default:
		t.run(now)
		t.later(now, t.delay(t.work.world.cfg.Latency.TargetRegistration), (*Task).register)
	}
}

// run is RUNNING.
func (t *Task) run(now time.Duration) {
	w := t.work.world
	t.Running, t.Status = now, Running
	w.observer.TaskRunning(now, t)
	if t.runTime >= 0 && t.work.rev.plain {
		t.work.step = ended
		t.schedule(after(now, t.runTime))
	}
	t.checkCalls(now)
	if s := t.work.owner.service; s != nil {
		s.taskRunning(now, t)
	}
	t.awaitReclaim(now)
}

// awaitReclaim draws when Fargate Spot takes the task back.
func (t *Task) awaitReclaim(now time.Duration) {
	if !t.Placing.Spot || t.Provider < 0 {
		return
	}
	w, o := t.work.world, t.work.owner
	r := w.cfg.CapacityProviders[t.Provider].Reclaim
	if r == nil {
		return
	}
	if o.reclaims == nil {
		o.reclaims = w.streams.Named("reclaim/" + o.scope)
	}
	t.later(now, sim.Seconds(r.TimeTo, o.reclaims), func(t *Task, now time.Duration) { t.reclaim(now, r.Notice) })
}

// checkCalls tells of a task that runs while AWS denies the calls of its programs: without its task role.
func (t *Task) checkCalls(now time.Duration) {
	w := t.work.world
	if !w.roles.Flawless() && w.roles.CallsDenied(t.work.owner.path(), t.work.rev.roles) {
		w.observer.CallsDenied(now, t, callsDenied)
	}
}

const callsDenied = "AccessDeniedException: the task role is missing, cannot be assumed or lacks the permission"

// become changes lastStatus.
func (t *Task) become(now time.Duration, s Status) {
	if t.Status != s {
		t.Status = s
		t.work.world.observer.TaskChanged(now, t)
	}
}

func (t *Task) schedule(at time.Duration) {
	t.work.ticket = t.work.world.engine.At(at, t)
}

func (t *Task) delay(d sim.Dist) time.Duration {
	if d == nil {
		return 0
	}
	return sim.Seconds(d, t.work.owner.chance)
}

// Zone is where the task is; empty while it has no place.
func (t *Task) Zone(cfg *Config) string {
	switch {
	case t.Instance != nil:
		return t.Instance.Zone
	case t.Subnet >= 0:
		return cfg.Subnets[t.Subnet].Zone
	}
	return ""
}

// takeAddress takes an IPv4 address for a task interface and returns the subnet's index, or -1.
//
// On an instance the subnet must lie in the instance's zone. On Fargate, ECS balances the zones as well as it can:
// the zone with the fewest of the owner's tasks among those with an address left. Within a zone the rule is not
// published: the subnet with the most free addresses, ties in the order given.
func (w *World) takeAddress(t *Task) int {
	best, o, i := -1, t.work.owner, t.Instance
	for _, n := range t.Placing.Subnets {
		zone := w.cfg.Subnets[n].Zone
		if i != nil && i.Zone != zone || i == nil && !w.fargateServes(t, zone) || w.subnets[n].Free() == 0 {
			continue
		}
		if best < 0 {
			best = n
			continue
		}
		here, there := o.inZone[zone], o.inZone[w.cfg.Subnets[best].Zone]
		if i != nil {
			here, there = 0, 0
		}
		if here < there || here == there && w.subnets[n].Free() > w.subnets[best].Free() {
			best = n
		}
	}
	if best >= 0 {
		w.subnets[best].Take(1)
	}
	return best
}
