package report

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ecssim/model"
	"ecssim/model/balance"
	"ecssim/model/catalog"
	"ecssim/model/fleet"
	"ecssim/model/network"
	"ecssim/model/placement"
	"ecssim/model/taskdef"
	"ecssim/sim"
)

// script is a fake world: it tells a recorder what a test says, and keeps the books that RunEnded hands over.
type script struct {
	t         testing.TB
	cfg       *model.Config
	r         *Recorder
	now       time.Duration
	owners    map[string]*model.Owner
	numbers   map[string]int64
	serial    int64
	live      []*model.Task
	instances []*fleet.Instance
	stranded  []*fleet.Instance
	targets   map[*model.Task]balance.State
	built     int   // instances
	booted    int   // those of the group
	decisions int64 // told so far
	cause     int64 // of the next task
}

func newScript(t testing.TB, cfg *model.Config, seed uint64, opts RecorderOptions) *script {
	s := &script{t: t, cfg: cfg, r: NewRecorder(cfg, seed, opts), owners: map[string]*model.Owner{}, numbers: map[string]int64{}, targets: map[*model.Task]balance.State{}}
	for i := range cfg.Services {
		c := &cfg.Services[i]
		s.owners[c.Name] = &model.Owner{Name: c.Name, Service: true, Index: i, Placing: &c.Placing, Desired: c.DesiredCount}
	}
	for i := range cfg.Jobs {
		c := &cfg.Jobs[i]
		s.owners[c.Name] = &model.Owner{Name: c.Name, Index: i, Placing: &c.Placing}
	}
	return s
}

func (s *script) nextInstance() int { s.built++; return s.built - 1 }

func (s *script) at(d time.Duration) *script { s.now = d; return s }

func (s *script) join(fleetName string, ty catalog.InstanceType, subnet int) *fleet.Instance {
	i := &fleet.Instance{
		Serial: s.nextInstance(), Name: fmt.Sprintf("%s/%d", fleetName, len(s.instances)+1), Fleet: fleetName, Number: len(s.instances) + 1, Type: &ty,
		Zone: s.cfg.Subnets[subnet].Zone, Subnet: subnet, Addresses: 1, Launched: s.now, Registered: s.now, Terminated: model.Never,
		Has: fleet.Resources{CPU: ty.CPU, Memory: ty.Memory, GPUs: ty.GPUs, ENIs: ty.TaskENIs},
	}
	i.Free, i.Status, i.Connected = i.Has, fleet.Active, true
	s.instances = append(s.instances, i)
	s.r.InstanceJoined(s.now, i)
	return i
}

func (s *script) lose(i *fleet.Instance) {
	i.Terminated, i.Status = s.now, fleet.Inactive
	s.instances = slices.DeleteFunc(s.instances, func(o *fleet.Instance) bool { return o == i })
	s.r.InstanceLost(s.now, i)
}

func (s *script) create(owner string, d *placement.Demand) *model.Task {
	return s.createOf(owner, nil, d)
}

// createOf is create for a task of a deployment.
func (s *script) createOf(owner string, deployment *model.Deployment, d *placement.Demand) *model.Task {
	s.numbers[owner]++
	t := &model.Task{
		Deployment: deployment,
		Owner:      s.owners[owner], Placing: s.owners[owner].Placing, Number: s.numbers[owner], Serial: s.serial, Demand: d, Subnet: -1, Created: s.now,
		Placed: model.Never, PullStarted: model.Never, Running: model.Never, Stopping: model.Never, Stopped: model.Never,
		Cause: s.cause,
	}
	s.serial++
	s.live = append(s.live, t)
	s.r.TaskCreated(s.now, t)
	return t
}

func (s *script) place(t *model.Task, i *fleet.Instance, subnet int) {
	t.Attempts++
	t.LastReason = 0
	t.Instance, t.Placed, t.Subnet = i, s.now, subnet
	if i != nil {
		i.Reserve(&t.Demand.Needs, t.Demand.Group)
	}
	s.r.TaskPlaced(s.now, t)
}

func (s *script) refuse(t *model.Task, by map[placement.Reason]int32) {
	var refusal placement.Refusal
	for reason, n := range by {
		refusal.ByReason[reason] = n
		if n > refusal.ByReason[refusal.Reason] || n == refusal.ByReason[refusal.Reason] && reason < refusal.Reason {
			refusal.Reason = reason
		}
	}
	if len(s.instances) > 0 {
		refusal.Closest = s.instances[0]
	}
	t.Attempts++
	t.LastReason = refusal.Reason
	s.r.PlacementFailed(s.now, t, &refusal)
}

func (s *script) run(t *model.Task) {
	t.PullStarted, t.Running = s.now, s.now
	s.r.TaskRunning(s.now, t)
}

func (s *script) stop(t *model.Task, code model.StopCode, reason string) {
	if !t.Leaving {
		t.Stopping, t.StopCode, t.StoppedReason = s.now, code, reason
	}
	t.Stopped = s.now
	if t.Instance != nil && !t.Leaving {
		t.Instance.Release(&t.Demand.Needs, t.Demand.Group)
	}
	s.r.TaskStopped(s.now, t)
	s.forget(t)
}

func (s *script) giveUp(t *model.Task) {
	s.r.TaskGivenUp(s.now, t)
	s.forget(t)
}

func (s *script) forget(t *model.Task) {
	s.live = slices.DeleteFunc(s.live, func(o *model.Task) bool { return o == t })
}

func (s *script) end(now time.Duration, outcome sim.Outcome) *Record {
	s.r.RunEnded(now, model.Ending{
		Outcome: outcome, Events: 77, Tasks: slices.Values(s.live), Instances: slices.Values(s.instances),
		Stranded: slices.Values(s.stranded),
	})
	return s.r.Record()
}

// demandOf is what a task definition asks for.
func demandOf(needs taskdef.Needs) *placement.Demand {
	return &placement.Demand{Needs: needs, Group: &fleet.Group{Name: "service:web"}}
}

func m5large(t testing.TB) catalog.InstanceType {
	ty, ok := catalog.Builtin().Type("m5.large")
	require.True(t, ok)
	return ty
}

func firstConfig(t testing.TB) *model.Config {
	task := &taskdef.TaskDefinition{Family: "web", Revision: 1, CPU: 256, Memory: 512, NetworkMode: taskdef.Awsvpc}
	return &model.Config{
		Name: "first", Duration: 30 * time.Minute, Catalog: catalog.Builtin(), Region: "us-east-1",
		Subnets: []network.Subnet{{Name: "default", Zone: "a", Prefix: 24}},
		Fleets:  []model.Fleet{{Name: "main", Type: m5large(t), Count: 3, Subnets: []int{0}}},
		Services: []model.Service{{Name: "web", DesiredCount: 10, Placing: model.Placing{
			Task: task, Subnets: []int{0}, Group: "service:web",
		}}},
	}
}

// first is the first run of UX.md: ten awsvpc tasks on three m5.large, which have two task interfaces each.
func first(t testing.TB, seed uint64, opts RecorderOptions, outcome sim.Outcome) *Record {
	cfg := firstConfig(t)
	s := newScript(t, cfg, seed, opts)
	for range 3 {
		s.join("main", cfg.Fleets[0].Type, 0)
	}
	d := demandOf(taskdef.Needs{CPU: 256, Memory: 512, ENIs: 1})
	all := make([]*model.Task, 10)
	for k := range all {
		all[k] = s.create("web", d)
	}
	for k, task := range all[:6] {
		s.place(task, s.instances[k%3], 0)
	}
	refuseRest := func() {
		for _, task := range all[6:] {
			s.refuse(task, map[placement.Reason]int32{placement.NoENI: 3})
		}
	}
	refuseRest()
	for k, task := range all[:6] {
		s.at(time.Duration(20+k) * time.Second / 2).run(task)
	}
	for at := time.Minute; at < cfg.Duration; at += time.Minute {
		s.at(at)
		refuseRest()
	}
	end := cfg.Duration
	if outcome == sim.Stopped {
		end = s.now + 30*time.Second
	}
	return s.end(end, outcome)
}

// mixed has a service on EC2 that hits several limits, a job on Fargate under a quota, a lost instance, a subnet that
// runs dry, and a warm-up of an hour.
func mixed(t testing.TB, seed uint64, opts RecorderOptions) *Record {
	cfg := firstConfig(t)
	cfg.Name, cfg.Duration, cfg.Warmup = "mixed", 3*time.Hour, time.Hour
	cfg.Quotas.FargateVCPU = 1
	cfg.Subnets = append(cfg.Subnets, network.Subnet{Name: "tiny", Zone: "b", Prefix: 28, OtherIPsUsed: 9})
	arm := &taskdef.TaskDefinition{Family: "thumbs", Revision: 3, NetworkMode: taskdef.Awsvpc, Architecture: "ARM64", EphemeralStorageGiB: 30}
	cfg.Jobs = []model.Job{{Name: "thumbs", Placing: model.Placing{Task: arm, Launch: model.Fargate, Subnets: []int{1}}}}
	s := newScript(t, cfg, seed, opts)
	for range 3 {
		s.join("main", cfg.Fleets[0].Type, 0)
	}
	web, thumbs := demandOf(taskdef.Needs{CPU: 1024, Memory: 2048, ENIs: 1}), demandOf(taskdef.Needs{CPU: 512, Memory: 1024})
	var running []*model.Task
	for k := range 4 {
		task := s.at(time.Duration(k)*time.Second).create("web", web)
		s.place(task, s.instances[k%3], 0)
		s.run(task)
		running = append(running, task)
	}
	early := s.at(10*time.Minute).create("web", web)
	s.refuse(early, map[placement.Reason]int32{placement.NoCPU: 3}) // in the warm-up: not in the statistics
	s.at(50*time.Minute).lose2(s.instances[0], running)
	step := time.Duration(seed) * time.Second
	for k := range 6 {
		s.at(time.Hour + time.Duration(k)*20*time.Minute/4 + step)
		task := s.create("thumbs", thumbs)
		switch k {
		case 3:
			s.refuse(task, map[placement.Reason]int32{placement.FargateVCPUQuota: 1})
			s.giveUp(task)
		case 4:
			s.stop(s.live[len(s.live)-3], model.EssentialContainerExited, "Essential container in task exited")
			s.join("edge", cfg.Fleets[0].Type, 1) // takes the address that came free
			s.place(task, nil, -1)
			s.stop(task, model.TaskFailedToStart, "Unexpected EC2 error while attempting to Create Network Interface: InsufficientFreeAddressesInSubnet")
		case 2:
			s.stop(s.live[len(s.live)-2], model.EssentialContainerExited, "Essential container in task exited")
			s.place(task, nil, 1)
			s.now += 31 * time.Second
			s.run(task)
		case 5:
		default:
			s.place(task, nil, 1)
			s.now += 30*time.Second + step/2
			s.run(task)
		}
	}
	s.at(2 * time.Hour)
	s.refuse(early, map[placement.Reason]int32{placement.NoCPU: 2, placement.NoMemory: 1})
	return s.end(cfg.Duration, sim.Reached)
}

// lose2 loses an instance with the tasks on it.
func (s *script) lose2(i *fleet.Instance, tasks []*model.Task) {
	for _, t := range tasks {
		if t.Instance == i && t.Stopped < 0 {
			s.stop(t, model.HostLost, "Host EC2 (instance "+i.Name+") terminated.")
		}
	}
	s.lose(i)
}

func near(t testing.TB, want, got float64) {
	t.Helper()
	require.InDelta(t, want, got, 1e-9*math.Max(1, math.Abs(want)))
}
