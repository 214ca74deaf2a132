package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"ecssim/model"
	"ecssim/model/fleet"
	"ecssim/model/placement"
	"ecssim/model/service"
)

// TaskName names one task of a run: its owner and its number.
type TaskName struct {
	Owner   string
	Service bool
	Number  int64
}

// String is web/7.
func (n TaskName) String() string { return n.Owner + "/" + strconv.FormatInt(n.Number, 10) }

// is reports whether it is that task.
func (n TaskName) is(t *model.Task) bool {
	return t.Number == n.Number && t.Owner.Service == n.Service && t.Owner.Name == n.Owner
}

// Explainer records a run, and watches one task of it: what the cluster looked like when a place was sought for it.
type Explainer struct {
	*Recorder
	world *model.World
	task  TaskName
	x     Explanation
	// before is the cluster as it was before the attempt that goes on, and at which instant.
	before    *Look
	instances []*fleet.Instance
	asked     *placement.Demand
	met       bool
	tasks     int64 // the highest number of a task of the owner
	waits     *capacityWatch
}

var _ model.Observer = (*Explainer)(nil)

// NewExplainer makes the observer of a replication that explains one task. Watch must be called before Run.
func NewExplainer(cfg *model.Config, seed uint64, task TaskName) *Explainer {
	e := &Explainer{Recorder: NewRecorder(cfg, seed, RecorderOptions{LogLimit: LogNothing}), task: task}
	e.x = Explanation{
		Scenario: cfg.Name, Seed: seed, Needs: []string{}, Subnets: []SubnetLook{}, Fixes: []Fix{}, Vain: []Fix{},
		Task: TaskStory{
			Name: task.String(), Owner: task.Owner, Service: task.Service, Number: task.Number, Wanted: never, FirstFailed: never,
			LastFailed: never, Awaited: never, Throttled: never, PlacedAt: never, Running: never, Stopped: never, GivenUp: never, End: never,
		},
	}
	return e
}

// Watch hands over the world that the explainer observes.
func (e *Explainer) Watch(w *model.World) {
	e.world = w
	w.OnPlacing(func(now time.Duration, t *model.Task) {
		if e.task.is(t) {
			e.see(now, t, nil)
		}
	})
}

// Explanation is what became of the task; false if the run had no such task.
func (e *Explainer) Explanation() (*Explanation, bool) { return &e.x, e.met }

// Tasks is how many tasks the owner of the task has had.
func (e *Explainer) Tasks() int64 { return e.tasks }

// see looks at everything that a place for the task depends on.
func (e *Explainer) see(now time.Duration, t *model.Task, closest *fleet.Instance) {
	e.before, e.instances = nil, nil
	if t.Demand.Needs.ENIs > 0 {
		e.x.Subnets = e.subnetsOf(t)
	}
	if placing(t).Launch == model.Fargate {
		e.x.Fargate = e.fargateNow(now, t)
		return
	}
	d, only := t.Demand, ""
	e.instances = e.world.Instances(placing(t).Cluster)
	named := e.namedInstances(t)
	switch {
	case named != nil:
		bare := d.Fresh() // naming an instance takes the place of constraints and strategies
		bare.Constraints, bare.MaxTasksPerInstance, bare.Strategy = nil, 0, nil
		d, only = &bare, strings.Join(named, ", ")
		e.instances = slices.DeleteFunc(e.instances, func(i *fleet.Instance) bool { return !slices.Contains(named, i.Name) })
	case e.daemon(t) && closest != nil:
		only = closest.Name
		e.instances = slices.DeleteFunc(e.instances, func(i *fleet.Instance) bool { return i != closest })
	}
	e.asked = d
	e.before = look(Instant(now), e.instances, d, e.providerName(t))
	e.before.Only = only
	e.before.choose(e.instances, d, "placement/"+e.ownerPath())
}

func (e *Explainer) namedInstances(t *model.Task) []string {
	if t.Owner.Service {
		return nil
	}
	return e.cfg.Jobs[t.Owner.Index].StartOn
}

func (e *Explainer) daemon(t *model.Task) bool {
	return t.Owner.Service && e.cfg.Services[t.Owner.Index].Scheduling == service.Daemon
}

func (e *Explainer) providerName(t *model.Task) string {
	if t.Provider < 0 {
		return ""
	}
	return e.cfg.CapacityProviders[t.Provider].Name
}

// subnetsOf are the subnets that can give the task an address: on an instance those of its zone.
func (e *Explainer) subnetsOf(t *model.Task) []SubnetLook {
	list := []SubnetLook{}
	for _, n := range placing(t).Subnets {
		p := e.subnets[n]
		list = append(list, SubnetLook{Name: p.Scope, Zone: e.cfg.Subnets[n].Zone, Free: p.left(), Usable: p.capacity.Value()})
	}
	return list
}

func (e *Explainer) fargateNow(now time.Duration, t *model.Task) *FargateLook {
	p, q := e.vcpu(t), &e.cfg.Quotas
	f := &FargateLook{
		At: Instant(now), Used: float64(p.used.Value()) / 1024, Needs: float64(t.Demand.Needs.CPU) / 1024, Spot: p == e.spot,
		Burst: q.FargateLaunchBurst, Rate: q.FargateLaunchRate,
	}
	if !p.unbounded {
		f.Quota = float64(p.capacity.Value()) / 1024
	}
	return f
}

// TaskCreated implements model.Observer.
func (e *Explainer) TaskCreated(now time.Duration, t *model.Task) {
	e.Recorder.TaskCreated(now, t)
	if t.Owner.Service == e.task.Service && t.Owner.Name == e.task.Owner {
		e.tasks = max(e.tasks, t.Number)
	}
	if !e.task.is(t) {
		return
	}
	e.met = true
	s := &e.x.Task
	s.Wanted, s.Cluster = Instant(now), e.clusters[placing(t).Cluster].name
	s.Launch = launchName(e.cfg, t)
	e.x.Needs = needsOf(e.cfg, t)
}

// launchName is the launch type, or the capacity provider.
func launchName(cfg *model.Config, t *model.Task) string {
	if t.Provider >= 0 {
		return cfg.CapacityProviders[t.Provider].Name
	}
	if placing(t).Spot {
		return "FARGATE_SPOT"
	}
	return placing(t).Launch.String()
}

// PlacementFailed implements model.Observer.
func (e *Explainer) PlacementFailed(now time.Duration, t *model.Task, r *placement.Refusal) {
	e.Recorder.PlacementFailed(now, t, r)
	if !e.task.is(t) {
		return
	}
	s := &e.x.Task
	s.Failed++
	s.Attempts = t.Attempts
	s.LastFailed = Instant(now)
	if !s.FirstFailed.there() {
		s.FirstFailed = Instant(now)
	}
	e.refuse(now, t, r)
}

// refuse keeps what the cluster looked like to a task that found no place.
func (e *Explainer) refuse(now time.Duration, t *model.Task, r *placement.Refusal) {
	if placing(t).Launch == model.Fargate || e.before == nil || e.before.At != Instant(now) || e.daemon(t) {
		e.see(now, t, r.Closest) // it was told what another of the same demand had been told
	}
	e.x.reason = r.Dominant()
	if e.before != nil {
		e.before.miss(e.instances, e.asked, r.Closest)
		e.x.Refused, e.before = e.before, nil
	}
	e.x.Said = said(t, r)
}

// said is what ECS tells whoever asked.
func said(t *model.Task, r *placement.Refusal) string {
	if !t.Owner.Service {
		call := "RunTask"
		if r.Reason == placement.Missing {
			call = "StartTask"
		}
		return fmt.Sprintf("%s, failures[].reason: %s", call, r.Reason)
	}
	closest := ""
	if r.Closest != nil {
		closest = r.Closest.Name
	}
	return service.NotPlaced(t.Owner.Name, closest, r.Reason).Message
}

// LaunchThrottled implements model.Observer.
func (e *Explainer) LaunchThrottled(now time.Duration, t *model.Task, until time.Duration) {
	e.Recorder.LaunchThrottled(now, t, until)
	if e.task.is(t) {
		e.x.Task.Throttled = Instant(until)
		e.x.reason = launchRate
	}
}

// CapacityAwaited implements model.Observer.
func (e *Explainer) CapacityAwaited(now time.Duration, t *model.Task, r *placement.Refusal) {
	e.Recorder.CapacityAwaited(now, t, r)
	if !e.task.is(t) {
		return
	}
	e.x.Task.Awaited = Instant(now)
	e.refuse(now, t, r)
	e.x.Said = fmt.Sprintf("nothing: the task stays in PROVISIONING until %s has capacity", launchName(e.cfg, t))
	e.waits = e.awaits(now, t)
}

// TaskPlaced implements model.Observer.
func (e *Explainer) TaskPlaced(now time.Duration, t *model.Task) {
	e.Recorder.TaskPlaced(now, t)
	if !e.task.is(t) {
		return
	}
	s := &e.x.Task
	s.PlacedAt, s.Attempts = Instant(now), t.Attempts
	if t.Subnet >= 0 {
		s.Zone = e.cfg.Subnets[t.Subnet].Zone
	}
	if i := t.Instance; i != nil {
		s.Instance, s.Zone = i.Name, i.Zone
		if e.daemon(t) {
			e.before = nil
		}
		if e.before != nil {
			e.before.Chosen = i.Name
			e.x.Placed, e.before = e.before, nil
		}
		e.x.Subnets = slices.DeleteFunc(e.x.Subnets, func(n SubnetLook) bool { return n.Zone != i.Zone })
	}
	e.waits.ended(e.Recorder, &e.x, t)
}

func (e *Explainer) ownerPath() string {
	if e.task.Service {
		return "services/" + e.task.Owner
	}
	return "jobs/" + e.task.Owner
}

// TaskRunning implements model.Observer.
func (e *Explainer) TaskRunning(now time.Duration, t *model.Task) {
	e.Recorder.TaskRunning(now, t)
	if e.task.is(t) {
		e.x.Task.Running = Instant(now)
	}
}

// TaskStopped implements model.Observer.
func (e *Explainer) TaskStopped(now time.Duration, t *model.Task) {
	if e.task.is(t) {
		s := &e.x.Task
		s.Stopped, s.StopCode, s.StopReason = Instant(now), t.StopCode.String(), t.StoppedReason
		switch {
		case !s.PlacedAt.there():
			e.waits.ended(e.Recorder, &e.x, t)
		case !s.Running.there() && t.StopCode == model.TaskFailedToStart:
			e.x.reason, e.x.Said = noStart(t), "stoppedReason: "+t.StoppedReason
		}
	}
	e.Recorder.TaskStopped(now, t)
}

// TaskGivenUp implements model.Observer.
func (e *Explainer) TaskGivenUp(now time.Duration, t *model.Task) {
	e.Recorder.TaskGivenUp(now, t)
	if e.task.is(t) {
		e.x.Task.GivenUp = Instant(now)
	}
}

// RunEnded implements model.Observer.
func (e *Explainer) RunEnded(now time.Duration, end model.Ending) {
	if !e.x.Task.PlacedAt.there() && !e.x.Task.Stopped.there() {
		for t := range end.Tasks {
			if e.task.is(t) {
				e.lookAgain(now, t)
				e.waits.ended(e.Recorder, &e.x, t)
			}
		}
	}
	e.x.Task.End = Instant(now)
	e.Recorder.RunEnded(now, end)
}

// lookAgain looks at the end at what keeps a task from its place that waits for capacity: nobody has told since it began.
func (e *Explainer) lookAgain(now time.Duration, t *model.Task) {
	if e.waits == nil {
		return
	}
	if e.see(now, t, nil); e.before != nil && e.before.refuses() {
		e.before.miss(e.instances, e.asked, nil)
		e.x.Refused = e.before
	}
}

// needsOf says what a task asks for.
func needsOf(cfg *model.Config, t *model.Task) []string {
	d, p := t.Demand, placing(t)
	n := &d.Needs
	if p.Launch == model.Fargate {
		return []string{vcpus(n.CPU) + " vCPU", thousands(n.Memory) + " MiB", launchName(cfg, t), "1 address in " + subnetNames(cfg, p)}
	}
	list := []string{"cpu " + thousands(n.CPU), "memory " + thousands(n.Memory) + " MiB"}
	if n.GPUs > 0 {
		list = append(list, plural(n.GPUs, "GPU"))
	}
	if n.ENIs > 0 {
		list = append(list, plural(n.ENIs, "task ENI")+" (awsvpc)")
	}
	switch {
	case len(n.StaticPorts) > 0:
		list = append(list, portNames(d))
	case n.DynamicPorts > 0:
		list = append(list, plural(int64(n.DynamicPorts), "dynamic host port"))
	default:
		list = append(list, "no host port")
	}
	if d.Provider > 0 {
		list = append(list, "an instance of "+cfg.CapacityProviders[d.Provider-1].Name)
	}
	if d.Zones != nil {
		list = append(list, "zone "+strings.Join(d.Zones, " or "))
	} else {
		list = append(list, "any zone")
	}
	for _, c := range d.Constraints {
		if c.Query == nil {
			list = append(list, "distinctInstance")
		} else {
			list = append(list, fmt.Sprintf("memberOf %q", c.Query.String()))
		}
	}
	if d.MaxTasksPerInstance > 0 {
		list = append(list, fmt.Sprintf("at most %d tasks an instance", d.MaxTasksPerInstance))
	}
	return list
}

func subnetNames(cfg *model.Config, p *model.Placing) string {
	names := make([]string, len(p.Subnets))
	for k, n := range p.Subnets {
		names[k] = cfg.Subnets[n].Name
	}
	return strings.Join(names, " or ")
}
