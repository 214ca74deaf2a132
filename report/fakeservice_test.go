package report

import (
	"fmt"
	"testing"
	"time"

	"ecssim/model"
	"ecssim/model/balance"
	"ecssim/model/containers"
	"ecssim/model/fleet"
	"ecssim/model/image"
	"ecssim/model/network"
	"ecssim/model/service"
	"ecssim/model/taskdef"
	"ecssim/sim"
)

// The part of the fake world that concerns what services do.

// deploy begins a deployment.
func (s *script) deploy(owner string, number, revision int) *model.Deployment {
	d := &model.Deployment{
		ID: fmt.Sprintf("ecs-svc/%019d", number), Number: number, Revision: revision, Created: s.now, Ended: model.Never, Share: 1,
	}
	s.deployment(owner, d)
	e := service.DeploymentStarted(d.ID)
	s.says(owner, e.Name, e.Level, e.Message)
	return d
}

func (s *script) deployment(owner string, d *model.Deployment) {
	s.r.DeploymentChanged(s.now, s.owners[owner], d)
}

// finish ends a deployment.
func (s *script) finish(owner string, d *model.Deployment, state model.RolloutState, reason string) {
	d.Rollout, d.Reason, d.Ended = state, reason, s.now
	switch state {
	case model.RolloutCompleted:
		e := service.DeploymentCompleted(owner, d.ID)
		s.says(owner, e.Name, e.Level, e.Message)
	case model.RolloutFailed:
		e := service.DeploymentFailed(owner, d.ID, service.TasksFailedToStart)
		s.says(owner, e.Name, e.Level, e.Message)
	case model.RolloutInProgress:
	}
	s.deployment(owner, d)
}

func (s *script) status(t *model.Task, to model.Status) {
	t.Status = to
	s.r.TaskChanged(s.now, t)
}

// serve lets a task run and become healthy, with a target if its service has one.
func (s *script) serve(t *model.Task) {
	t.Status = model.Running
	s.run(t)
	if len(s.cfg.Services[t.Owner.Index].Targets) > 0 {
		s.target(t, balance.Initial, "Elb.RegistrationInProgress")
		s.target(t, balance.Healthy, "")
	}
	s.health(t, containers.Healthy)
}

func (s *script) health(t *model.Task, h containers.Health) {
	t.Health = h
	s.r.TaskHealth(s.now, t)
}

func (s *script) target(t *model.Task, to balance.State, reason balance.Reason) {
	from, known := s.targets[t]
	if !known {
		from = balance.Unused
	}
	s.targets[t] = to
	if to == balance.Unused {
		delete(s.targets, t)
	}
	s.r.TargetChanged(s.now, model.TargetChange{Task: t, From: from, To: to, Reason: reason})
}

// leave begins the end of a task.
func (s *script) leave(t *model.Task, code model.StopCode, reason string) {
	t.Leaving, t.Stopping, t.StopCode, t.StoppedReason = true, s.now, code, reason
	if t.Instance != nil {
		t.Instance.Release(&t.Demand.Needs, t.Demand.Group)
	}
	s.r.TaskLeaving(s.now, t)
}

// gone is the rest of the way.
func (s *script) gone(t *model.Task) {
	if _, known := s.targets[t]; known {
		s.status(t, model.Deactivating)
		s.target(t, balance.Draining, "Target.DeregistrationInProgress")
		s.target(t, balance.Unused, "")
	}
	s.status(t, model.Stopping)
	s.stop(t, t.StopCode, t.StoppedReason)
}

func (s *script) fault(f *model.Fault, on bool) { s.r.FaultChanged(s.now, f, on) }

func (s *script) says(owner, name string, level service.Level, message string) {
	s.r.ServiceEvent(s.now, s.owners[owner], service.Event{Name: name, Level: level, Message: message})
}

// strand launches an instance that never registers.
func (s *script) strand(subnet int) *fleet.Instance {
	ty := s.cfg.Fleets[0].Type
	i := &fleet.Instance{
		Serial: s.nextInstance(), Name: "main/99", Fleet: "main", Number: 99, Type: &ty, Zone: s.cfg.Subnets[subnet].Zone, Subnet: subnet, Addresses: 1,
		Launched: s.now, Registered: model.Never, Terminated: model.Never,
	}
	s.stranded = append(s.stranded, i)
	s.r.InstanceStranded(s.now, i, "the instance role is missing")
	return i
}

// shopConfig has a service behind a load balancer in two zones, which is updated once.
func shopConfig(t testing.TB) *model.Config {
	cfg := firstConfig(t)
	cfg.Name, cfg.Duration = "shop", time.Hour
	cfg.Subnets = []network.Subnet{{Name: "a", Zone: "a", Prefix: 24}, {Name: "b", Zone: "b", Prefix: 24}}
	cfg.Fleets[0].Subnets = []int{0, 1}
	cfg.Registries = []image.Registry{{Name: "dockerhub", Kind: image.DockerHub, PullLimit: 100, PullWindow: 6 * time.Hour}}
	cfg.Images = []image.Image{{Name: "shop:1"}, {Name: "shop:2", Missing: true}}
	cfg.TargetGroups = []balance.TargetGroup{{Name: "alb/web"}}
	web := &cfg.Services[0]
	web.DesiredCount, web.Subnets = 4, []int{0, 1}
	web.Task.NetworkMode, web.Targets = taskdef.Bridge, []model.Target{{}}
	web.Deployment = service.DeploymentConfiguration{MinimumHealthyPercent: 50, MaximumPercent: 200}
	next := web.Placing
	web.Placing.Images, next.Images = []int{0}, []int{1}
	web.Rollouts = []model.Rollout{{At: 20 * time.Minute, Placing: &next, DesiredCount: -1}}
	return cfg
}

// shop is an hour of a service: it starts, loses an instance and heals, is updated to an image that does not exist and
// rolls back, and in the end fails its health checks.
func shop(t testing.TB) *Record {
	cfg := shopConfig(t)
	s := newScript(t, cfg, 1, RecorderOptions{})
	for k := range 3 {
		s.join("main", cfg.Fleets[0].Type, k%2)
	}
	s.strand(1)
	d := demandOf(taskdef.Needs{CPU: 256, Memory: 512})
	first := s.deploy("web", 1, 1)
	start := func(i *fleet.Instance, wait time.Duration) *model.Task {
		task := s.createOf("web", first, d)
		s.place(task, i, -1)
		s.status(task, model.Pending)
		s.now += wait
		s.r.ImagePulled(s.now, task, model.Pulled{Image: 0, Bytes: 52_428_800, Took: wait})
		s.status(task, model.Activating)
		s.serve(task)
		return task
	}
	tasks := make([]*model.Task, 4)
	for k := range tasks {
		tasks[k] = start(s.instances[k%3], 10*time.Second)
	}
	s.at(time.Minute).finish("web", first, model.RolloutCompleted, "")
	s.says("web", "SERVICE_STEADY_STATE", service.Info, "(service web) has reached a steady state.")
	s.r.CallsDenied(s.now, tasks[1], "s3:GetObject is not allowed for the task role")

	loss := &model.Fault{Name: "lose-one", Kind: model.InstanceLoss, Instance: "main/1"}
	s.at(10*time.Minute).fault(loss, true)
	s.fault(loss, false)
	for _, task := range []*model.Task{tasks[0], tasks[3]} {
		s.leave(task, model.HostLost, "Host EC2 (instance main/1) terminated.")
		s.gone(task)
	}
	s.lose(s.instances[0])
	tasks[0] = s.at(10*time.Minute+5*time.Second).heal(start, 0)
	tasks[3] = s.heal(start, 1)

	second := s.at(20*time.Minute).deploy("web", 2, 2)
	first.Status = model.ActiveDeployment
	s.deployment("web", first)
	for range 3 {
		task := s.createOf("web", second, d)
		task.Placing = cfg.Services[0].Rollouts[0].Placing
		s.place(task, s.instances[1], -1)
		s.status(task, model.Pending)
		s.now += 20 * time.Second
		s.leave(task, model.TaskFailedToStart, "CannotPullContainerError: pull image manifest has been retried 1 time(s): shop:2: not found")
		s.gone(task)
		second.Failed++
	}
	s.finish("web", second, model.RolloutFailed, "tasks failed to start")
	second.Status = model.InactiveDeployment
	s.deployment("web", second)
	first.Status, first.Rollout, first.Ended = model.PrimaryDeployment, model.RolloutInProgress, model.Never
	first.Reason = "rolled back from deployment " + second.ID
	s.deployment("web", first)
	s.now += time.Second
	s.finish("web", first, model.RolloutCompleted, first.Reason)

	ill := &model.Fault{Name: "hang", Kind: model.HealthCheckFailing, Owner: "services.web", For: 10 * time.Minute}
	s.at(40*time.Minute).fault(ill, true)
	s.at(41 * time.Minute)
	for k, task := range tasks[:3] {
		s.target(task, balance.Unhealthy, "Target.Timeout")
		s.health(task, containers.Unhealthy)
		s.leave(task, model.ServiceSchedulerInitiated, "Task failed ELB health checks in (target-group alb/web)")
		s.status(task, model.Deactivating)
		tasks[k] = s.heal(start, k%2)
		s.gone(task)
	}
	s.at(50*time.Minute).fault(ill, false)
	quiet := &model.Fault{Name: "slow-hub", Kind: model.RegistrySlow, Factor: 3}
	s.at(55*time.Minute).fault(quiet, true)
	return s.end(cfg.Duration, sim.Reached)
}

// heal starts a task in the place of one that is gone.
func (s *script) heal(start func(*fleet.Instance, time.Duration) *model.Task, instance int) *model.Task {
	return start(s.instances[instance], 20*time.Second)
}
