package report

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ecssim/model"
	"ecssim/model/catalog"
	"ecssim/model/containers"
	"ecssim/model/fleet"
	"ecssim/model/image"
	"ecssim/model/load"
	"ecssim/model/placement"
	"ecssim/model/scaling"
	"ecssim/model/service"
	"ecssim/model/taskdef"
	"ecssim/sim"
)

// The part of the fake world that concerns capacity that follows load.

// boot lets EC2 run an instance of the first capacity provider.
func (s *script) boot(cause int64) *fleet.Instance {
	g := s.cfg.CapacityProviders[0].Group
	s.booted++
	ty := g.Types[0]
	i := &fleet.Instance{
		Serial: s.nextInstance(), Name: fmt.Sprintf("%s/%d", g.Template.Name, s.booted), Fleet: g.Template.Name, Number: s.booted, Type: &ty,
		Zone: s.cfg.Subnets[0].Zone, Subnet: 0, Addresses: 1, Launched: s.now, Registered: model.Never, Terminated: model.Never, Cause: cause,
		Has: fleet.Resources{CPU: ty.CPU, Memory: ty.Memory, GPUs: ty.GPUs, ENIs: ty.TaskENIs},
	}
	i.Free = i.Has
	s.stranded = append(s.stranded, i)
	s.r.InstanceLaunched(s.now, i)
	return i
}

// register ends the boot of an instance.
func (s *script) register(i *fleet.Instance) {
	s.stranded = slices.DeleteFunc(s.stranded, func(o *fleet.Instance) bool { return o == i })
	s.instances = append(s.instances, i)
	i.Registered, i.Status, i.Connected = s.now, fleet.Active, true
	s.r.InstanceJoined(s.now, i)
}

// there is an instance of the group that is there at the start.
func (s *script) there() *fleet.Instance {
	s.booted++
	i := s.join(s.cfg.CapacityProviders[0].Group.Template.Name, s.cfg.CapacityProviders[0].Group.Types[0], 0)
	return i
}

// dies loses an instance that boots.
func (s *script) dies(i *fleet.Instance) {
	s.stranded = slices.DeleteFunc(s.stranded, func(o *fleet.Instance) bool { return o == i })
	i.Terminated = s.now
	s.r.InstanceLost(s.now, i)
}

func (s *script) group(g model.GroupState) { s.r.GroupChanged(s.now, g) }

// reserved is a datapoint of CapacityProviderReservation.
func (s *script) reserved(m, n, provisioning int) {
	s.r.ReservationMeasured(s.now, model.Reservation{
		Needed: m, Running: n, Value: float64(m) / float64(n) * 100, Provisioning: provisioning,
	})
}

// minute is a minute of load that ends now.
func (s *script) minute(owner string, m model.LoadMinute) {
	m.From = s.now - time.Minute
	s.r.LoadMeasured(s.now, s.owners[owner], m)
}

// decides tells a decision of a service's policy, and gives its number.
func (s *script) decides(owner string, d scaling.Decision, rate float64) int64 {
	s.decisions++
	o := s.owners[owner]
	o.Desired = d.To
	s.r.ScalingDecided(s.now, model.ScalingDecision{Decision: d, ID: s.decisions, Owner: o, Provider: -1, Running: d.From, Load: rate})
	return s.decisions
}

// manages tells a decision of managed scaling.
func (s *script) manages(d scaling.Decision) int64 {
	s.decisions++
	s.r.ScalingDecided(s.now, model.ScalingDecision{Decision: d, ID: s.decisions, Running: d.From, Load: -1})
	return s.decisions
}

// want creates a task that a decision wants.
func (s *script) want(owner string, deployment *model.Deployment, d *placement.Demand, cause int64) *model.Task {
	s.cause = cause
	t := s.createOf(owner, deployment, d)
	s.cause = 0
	return t
}

// await lets a task wait for capacity.
func (s *script) await(t *model.Task, by map[placement.Reason]int32) {
	var refusal placement.Refusal
	for reason, n := range by {
		refusal.Reason, refusal.ByReason[reason] = reason, n
	}
	s.r.CapacityAwaited(s.now, t, &refusal)
}

// decision is one of target tracking.
func outOf(from, to int, value float64, breached, alarmed, until time.Duration) scaling.Decision {
	return scaling.Decision{
		Policy: "cpu50", Metric: "CPUUtilization", Value: value, Target: 50, Formula: fmt.Sprintf("ceil(%d × %g / 50) = %d", from, value, to),
		From: from, To: to, Wanted: to, Breached: breached, Alarmed: alarmed, Until: until,
	}
}

// surgeConfig has a service that follows its load on a group that follows the service.
func surgeConfig(t testing.TB) *model.Config {
	cfg := firstConfig(t)
	cfg.Name, cfg.Duration, cfg.Fleets = "surge", 30*time.Minute, nil
	ty, ok := catalog.Builtin().Type("m5.large")
	require.True(t, ok)
	cfg.CapacityProviders = []model.CapacityProvider{{
		Name: "asg", Kind: model.GroupProvider,
		Group: &model.Group{
			Template: model.Fleet{Name: "asg", Type: ty, Subnets: []int{0}}, Types: []catalog.InstanceType{ty}, Min: 2, Max: 4, Desired: 2,
		},
		Managed: &scaling.ManagedConfig{TargetCapacity: 100, MinStep: 1, MaxStep: 10_000, Warmup: 300 * time.Second},
	}}
	cfg.Registries = []image.Registry{{Name: "ecr"}}
	cfg.Images = []image.Image{{Name: "web:1"}}
	web := &cfg.Services[0]
	web.DesiredCount, web.Images = 4, []int{0}
	web.Providers = []model.ProviderShare{{Provider: 0, Share: scaling.Share{Weight: 1}}}
	web.Load = &model.Load{Unit: "requests", Profile: load.Profile{CPUPerUnit: 10}}
	web.Scaling = &scaling.Config{Min: 4, Max: 8, Policies: []scaling.Policy{{
		Name: "cpu50", Metric: scaling.CPUUtilization, Period: scaling.Minute, Target: 50, ScaleOutCooldown: 5 * time.Minute, ScaleInCooldown: 5 * time.Minute,
	}}}
	web.Task.Containers = []taskdef.Container{{Name: "web", Image: "web:1", Essential: true, Health: &taskdef.HealthCheck{}}}
	return cfg
}

const second = time.Second

// surge is timeline B of ECS rules, services 9.1: at 0 the load doubles, the service asks for four tasks more after 245 s, and
// the group for two instances, on which the last of them serves after 461 s. Then the load doubles again, and the service is
// at its maximum; later it goes, and one task is stopped.
func surge(t testing.TB) *Record { return surgeWith(t, surgeConfig(t), RecorderOptions{}) }

func surgeWith(t testing.TB, cfg *model.Config, opts RecorderOptions) *Record {
	s := newScript(t, cfg, 1, opts)
	d := demandOf(taskdef.Needs{CPU: 1024, Memory: 2048, ENIs: 1})
	first := s.deploy("web", 1, 1)
	var running []*model.Task
	begin := func(task *model.Task, i *fleet.Instance) {
		s.place(task, i, 0)
		s.status(task, model.Pending)
	}
	for range 2 {
		i := s.there()
		for range 2 {
			task := s.createOf("web", first, d)
			begin(task, i)
			s.serve(task)
			running = append(running, task)
		}
	}
	s.finish("web", first, model.RolloutCompleted, "")
	minutes := func(from, to int, m model.LoadMinute) {
		for k := from; k <= to; k++ {
			s.at(time.Duration(k)*time.Minute).minute("web", m)
		}
	}
	double := model.LoadMinute{Offered: 400, Served: 390, Dropped: 10, Backlog: 40, Latency: 0.5, Worst: 0.8, CPU: 100, Memory: 50, Requests: 5850, Serving: 4, Needed: 8}
	minutes(1, 3, double)
	s.at(200*second).r.LaunchFailed(s.now, model.LaunchFailure{
		Type: "m5.large", Zone: "a", Message: "We currently do not have sufficient m5.large capacity in the Availability Zone you requested", Until: 260 * second,
	})
	minutes(4, 4, double)
	out := s.at(245*second).decides("web", outOf(4, 8, 100, 0, 240*second, 545*second), 400)
	var waiting []*model.Task
	for range 4 {
		task := s.want("web", first, d, out)
		s.await(task, map[placement.Reason]int32{placement.NoENI: 2})
		waiting = append(waiting, task)
	}
	minutes(5, 5, double)
	s.reserved(4, 2, 4)
	managed := s.at(365 * second).manages(scaling.Decision{
		Policy: "managed scaling", Metric: "CapacityProviderReservation", Value: 200, Target: 100, Formula: "ceil(2 × 200 / 100) = 4", From: 2, To: 4, Wanted: 4,
		Breached: 240 * second, Alarmed: 360 * second, Until: 665 * second,
	})
	s.group(model.GroupState{Desired: 4, Min: 2, Max: 4, InService: 2})
	s.at(370 * second)
	booting := []*fleet.Instance{s.boot(managed), s.boot(managed)}
	s.group(model.GroupState{Desired: 4, Min: 2, Max: 4, InService: 2, Booting: 2})
	minutes(7, 7, double)
	s.at(430 * second)
	for k, i := range booting {
		s.register(i)
		begin(waiting[2*k], i)
		begin(waiting[2*k+1], i)
	}
	s.group(model.GroupState{Desired: 4, Min: 2, Max: 4, InService: 4})
	for _, task := range waiting {
		task.PullStarted, task.PullStopped = 435*second, 445*second
		s.at(445*second).r.ImagePulled(s.now, task, model.Pulled{Bytes: 52_428_800, Took: 10 * second})
	}
	for _, task := range waiting {
		s.at(446 * second).starts(task)
	}
	for _, task := range waiting {
		s.at(461*second).health(task, containers.Healthy)
	}
	surgeEnd(s, minutes, running)
	return s.end(cfg.Duration, sim.Reached)
}

// surgeEnd: the load is above what the service may follow, and then it goes.
func surgeEnd(s *script, minutes func(from, to int, m model.LoadMinute), running []*model.Task) {
	more := model.LoadMinute{Offered: 800, Served: 760, Dropped: 40, Backlog: 80, Latency: 0.9, Worst: 1.2, CPU: 95, Memory: 55, Requests: 5700, Serving: 8, Needed: 16}
	for k := 10; k < 15; k++ {
		minutes(k, k, more)
		d := outOf(8, 8, 95, 420*second, 600*second, model.Never)
		d.Wanted, d.Blocked, d.Formula = 16, scaling.AtMaximum, "ceil(8 × 95 / 50) = 16, at most 8"
		s.decides("web", d, 800)
		s.reserved(4, 4, 0)
	}
	few := model.LoadMinute{Offered: 320, Served: 320, Latency: 0.05, Worst: 0.06, CPU: 40, Memory: 30, Requests: 2400, Serving: 8, Needed: 7}
	minutes(15, 28, few)
	in := outOf(8, 7, 40, 900*second, 1680*second, 2000*second)
	s.decides("web", in, 320)
	s.leave(running[0], model.ServiceSchedulerInitiated, "Scaling activity initiated by (deployment ecs-svc/0000000000000000001)")
	s.gone(running[0])
	s.says("web", "SERVICE_STEADY_STATE", service.Info, "(service web) has reached a steady state.")
	s.at(29 * time.Minute)
	s.boot(0)
}

// starts is RUNNING without a pull of its own.
func (s *script) starts(t *model.Task) {
	t.Running, t.Status = s.now, model.Running
	s.r.TaskRunning(s.now, t)
}
