package model_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ecssim/model"
	"ecssim/model/catalog"
	"ecssim/model/fleet"
	"ecssim/model/network"
	"ecssim/model/placement"
	"ecssim/model/taskdef"
	"ecssim/sim"
)

func realType(t *testing.T, name string) catalog.InstanceType {
	t.Helper()
	kind, ok := catalog.Builtin().Type(name)
	require.True(t, ok)
	return kind
}

func awsvpc(cpu, memory int) *taskdef.TaskDefinition {
	d := task(cpu, memory)
	d.NetworkMode = taskdef.Awsvpc
	return d
}

func publishing(mode taskdef.NetworkMode, hostPort int) *taskdef.TaskDefinition {
	d := task(256, 512)
	d.NetworkMode = mode
	d.Containers[0].Ports = []taskdef.PortMapping{{ContainerPort: 8080, HostPort: hostPort, Protocol: taskdef.TCP}}
	return d
}

func withService(name string, desired int, p model.Placing) func(*model.Config) {
	return func(c *model.Config) {
		p.Strategy = placement.ServiceDefault()
		p.Group = "service:" + name
		c.Services = append(c.Services, model.Service{Name: name, Placing: p, DesiredCount: desired})
	}
}

func withJob(j model.Job) func(*model.Config) {
	return func(c *model.Config) { c.Jobs = append(c.Jobs, j) }
}

// Ten awsvpc tasks of 256/512 on three m5.large: two task interfaces each (ECS rules, placement 5.3), ten with
// trunking; bridge tasks with dynamic ports need no interface; a static port fits once on each instance.
func TestTenTasksOnThreeM5Large(t *testing.T) {
	for _, c := range []struct {
		name     string
		task     *taskdef.TaskDefinition
		trunking bool
		running  int
		reason   placement.Reason
	}{
		{"awsvpc", awsvpc(256, 512), false, 6, placement.NoENI},
		{"awsvpc with trunking", awsvpc(256, 512), true, 10, placement.Fits},
		{"bridge with dynamic port", publishing(taskdef.Bridge, 0), false, 10, placement.Fits},
		{"host with static port", publishing(taskdef.Host, 8080), false, 3, placement.PortInUse},
		{"bridge with static port", publishing(taskdef.Bridge, 80), false, 3, placement.PortInUse},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := world(withFleet("main", realType(t, "m5.large"), 3), withService("web", 10, placing(c.task)))
			cfg.Settings.AwsvpcTrunking = c.trunking
			cfg.Duration = time.Second
			var seen counter
			run(t, cfg, 1, &seen)
			require.Equal(t, c.running, seen.running)
			require.Equal(t, 10-c.running, seen.failed)
			require.Equal(t, seen.failed, seen.byReason[c.reason]*min(1, seen.failed))
		})
	}
}

// ECS rules, placement 5.3: trunking changes nothing on a type that ECS does not trunk on.
func TestTrunkingNeedsACapableType(t *testing.T) {
	cfg := world(withFleet("main", realType(t, "t3.medium"), 1), withService("web", 5, placing(awsvpc(128, 128))))
	cfg.Settings.AwsvpcTrunking = true
	var seen counter
	run(t, cfg, 1, &seen)
	require.Equal(t, 2, seen.running)
}

// ECS rules, placement 4.1 and 11.19: a task that asks for more than an instance registers is refused for ever.
func TestRegisteredMemoryBinds(t *testing.T) {
	kind := realType(t, "m4.large")
	for memory, want := range map[int]int{int(kind.Memory): 1, int(kind.Memory) + 1: 0} {
		cfg := world(withFleet("main", kind, 1), withService("web", 1, placing(task(0, memory))))
		var seen counter
		run(t, cfg, 1, &seen)
		require.Equal(t, want, seen.running, "memory %d", memory)
	}
}

// ECS rules, placement 11.8: the soft limit is what is reserved: 7 tasks of 256 on 2000 MiB, although their hard limits
// add up to far more.
func TestSoftLimitIsReserved(t *testing.T) {
	d := task(0, 0)
	d.Containers[0].Memory, d.Containers[0].MemoryReservation = 1024, 256
	kind := slots(2000)
	cfg := world(withFleet("main", kind, 1), withService("web", 10, placing(d)))
	var seen counter
	run(t, cfg, 1, &seen)
	require.Equal(t, 7, seen.running)
	require.Equal(t, placement.NoMemory, firstReason(&seen))
	for i := range seen.ending.Instances {
		require.Equal(t, int64(7168), i.HardMemory)
	}
}

func firstReason(c *counter) placement.Reason {
	for r, n := range c.byReason {
		if n > 0 {
			return placement.Reason(r)
		}
	}
	return placement.Fits
}

// ECS rules, placement 5.4: a /28 with 11 usable addresses, one instance and its trunk in it, leaves 9 for tasks. The
// shortage is no placement failure: the task is placed and fails to start.
func TestSubnetRunsDry(t *testing.T) {
	kind := slots(100)
	kind.TrunkTaskENIs = 100
	cfg := world(withFleet("main", kind, 1), withService("web", 12, placing(awsvpc(1, 1))))
	cfg.Settings.AwsvpcTrunking = true
	cfg.Subnets[0].Prefix = 28
	cfg.Duration = time.Minute
	var seen counter
	run(t, cfg, 1, &seen)
	require.Equal(t, 9, seen.running)
	require.Zero(t, seen.failed, "the scheduler does not look at subnets")
	require.Equal(t, seen.placed-9, seen.stopped)
	require.Positive(t, seen.stopped)
}

// ECS rules, placement 11.13: Fargate in a /28 that holds a NAT gateway runs ten tasks.
func TestFargateInATinySubnet(t *testing.T) {
	cfg := world(withService("web", 11, fargate(awsvpc(256, 512))))
	cfg.Subnets = []network.Subnet{{Name: "a", Zone: "a", Prefix: 28, OtherIPsUsed: 1}}
	cfg.Duration = time.Minute
	var seen counter
	run(t, cfg, 1, &seen)
	require.Equal(t, 10, seen.running)
	require.Positive(t, seen.stopped)
}

func fargate(d *taskdef.TaskDefinition) model.Placing {
	p := placing(d)
	p.Launch = model.Fargate
	return p
}

// ECS rules, placement 8: a quota of 6 vCPUs, eight tasks of one vCPU: six run.
func TestFargateQuota(t *testing.T) {
	cfg := world(withService("web", 8, fargate(awsvpc(1024, 2048))))
	cfg.Quotas.FargateVCPU = 6
	cfg.Duration = time.Second
	var seen counter
	run(t, cfg, 1, &seen)
	require.Equal(t, 6, seen.running)
	require.Equal(t, 2, seen.byReason[placement.FargateVCPUQuota])
}

// ECS rules, services: of 300 Fargate launches at time 0, by a service and a job, the last starts at 10 s.
func TestFargateLaunchRateIsShared(t *testing.T) {
	cfg := world(withService("web", 150, fargate(awsvpc(256, 512))), withJob(model.Job{
		Name: "batch", Placing: fargate(awsvpc(256, 512)), Arrivals: at(make([]time.Duration, 150)...),
	}))
	cfg.Duration = time.Minute
	o := &lastStart{}
	run(t, cfg, 1, o)
	require.Equal(t, 300, o.running)
	require.Equal(t, 10*time.Second, o.last)
}

type lastStart struct {
	counter
	last time.Duration
}

func (o *lastStart) TaskRunning(now time.Duration, t *model.Task) {
	o.counter.TaskRunning(now, t)
	o.last = now
}

// ECS rules, placement 2.4: Fargate balances zones.
func TestFargateBalancesZones(t *testing.T) {
	cfg := world(withService("web", 9, fargate(awsvpc(256, 512))))
	cfg.Subnets = []network.Subnet{{Name: "a", Zone: "a", Prefix: 20}, {Name: "b", Zone: "b", Prefix: 24}, {Name: "c", Zone: "c", Prefix: 24}}
	cfg.Services[0].Subnets = []int{0, 1, 2}
	o := &zones{tasks: map[int]int{}}
	run(t, cfg, 1, o)
	require.Equal(t, map[int]int{0: 3, 1: 3, 2: 3}, o.tasks)
}

type zones struct {
	counter
	tasks map[int]int
}

func (o *zones) TaskPlaced(now time.Duration, t *model.Task) { o.tasks[t.Subnet]++ }

// What is released at an instant is free for what arrives at it: with one slot, tasks of ten seconds that arrive each
// ten seconds are never refused.
func TestReleaseComesBeforeArrival(t *testing.T) {
	ten, err := sim.Constant(10)
	require.NoError(t, err)
	var instants []time.Duration
	for n := range 100 {
		instants = append(instants, time.Duration(n)*10*time.Second)
	}
	cfg := world(withFleet("main", slots(1), 1), withJob(model.Job{
		Name: "job", Placing: placing(task(1, 1)), Arrivals: at(instants...), RunTime: ten,
	}))
	var seen counter
	run(t, cfg, 1, &seen)
	require.Equal(t, 100, seen.running)
	require.Zero(t, seen.failed)
}

// A caller that tries again every ten seconds for a minute gives up after six retries.
func TestRetryGivesUp(t *testing.T) {
	cfg := world(withFleet("main", slots(1), 1), withJob(model.Job{
		Name: "job", Placing: placing(task(2, 1)), Arrivals: at(0), Retry: &model.Retry{Every: 10 * time.Second, For: time.Minute},
	}))
	cfg.Duration = 0
	var seen counter
	run(t, cfg, 1, &seen)
	require.Equal(t, 7, seen.failed)
	require.Equal(t, 1, seen.givenUp)
	require.Equal(t, time.Minute, seen.end)
}

// ECS rules, placement 1.2 and 1.3: StartTask names the instance, skips the strategies, and still tests the resources.
func TestStartTask(t *testing.T) {
	pinned := placing(task(1, 1))
	pinned.Constraints = []placement.Constraint{{}} // distinctInstance, which StartTask does not look at
	cfg := world(withFleet("main", slots(2), 3), withJob(model.Job{
		Name: "pinned", Placing: pinned, Arrivals: at(0, 0, 0), StartOn: []string{"main/2"},
	}), withJob(model.Job{
		Name: "unknown", Placing: placing(task(1, 1)), Arrivals: at(0), StartOn: []string{"main/9"},
	}))
	o := &hosts{tasks: map[string]int{}}
	run(t, cfg, 1, o)
	require.Equal(t, map[string]int{"main/2": 2}, o.tasks)
	require.Equal(t, 1, o.byReason[placement.NoCPU])
	require.Equal(t, 1, o.byReason[placement.Missing])
}

type hosts struct {
	counter
	tasks map[string]int
}

func (o *hosts) TaskPlaced(_ time.Duration, t *model.Task) { o.tasks[t.Instance.Name]++ }

// ECS rules, placement 1.2: RunTask into a cluster without instances is refused with ECS's sentence.
func TestNoInstances(t *testing.T) {
	cfg := world(withJob(model.Job{Name: "job", Placing: placing(task(1, 1)), Arrivals: at(0)}))
	var seen counter
	run(t, cfg, 1, &seen)
	require.Equal(t, 1, seen.byReason[placement.NoInstances])
}

// A service keeps its desired count: an instance is lost after an hour and replaced ten minutes later.
func TestServiceReplacesLostTasks(t *testing.T) {
	hour, err := sim.Constant(3600)
	require.NoError(t, err)
	tenMinutes, err := sim.Constant(600)
	require.NoError(t, err)
	cfg := world(withFleet("main", slots(2), 2), withService("web", 4, placing(task(1, 1))))
	cfg.Fleets[0].TimeToFailure, cfg.Fleets[0].TimeToRepair = hour, tenMinutes
	cfg.Duration = 90 * time.Minute
	o := &hosts{tasks: map[string]int{}}
	run(t, cfg, 1, o)
	require.Equal(t, map[string]int{"main/1": 2, "main/2": 2, "main/3": 2, "main/4": 2}, o.tasks)
	require.Equal(t, 2, o.lost)
	require.Equal(t, 4, o.joined)
}

// Start-up delays: agent, interface, pull and start add up for awsvpc on EC2; latency none leaves none.
func TestStartUpDelaysAddUp(t *testing.T) {
	second := func(s float64) sim.Dist {
		d, err := sim.Constant(s)
		require.NoError(t, err)
		return d
	}
	latency := model.Latency{
		Agent: second(1), ENIAttach: second(2), FargateProvision: second(4), ImagePull: second(8),
		FargateImagePull: second(16), ContainerStart: second(32),
	}
	for _, c := range []struct {
		name string
		p    model.Placing
		want time.Duration
	}{
		{"bridge on EC2", placing(task(1, 1)), 1 + 8 + 32},
		{"awsvpc on EC2", placing(awsvpc(1, 1)), 1 + 2 + 8 + 32},
		{"Fargate", fargate(awsvpc(256, 512)), 4 + 16 + 32},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := world(withFleet("main", slots(2), 1), withJob(model.Job{Name: "job", Placing: c.p, Arrivals: at(0)}))
			cfg.Latency = latency
			o := &lastStart{}
			run(t, cfg, 1, o)
			require.Equal(t, c.want*time.Second, o.last)
		})
	}
}

// A zero gap between arrivals never lets time pass; the limit on events stops it and names the job.
func TestRunawayIsStopped(t *testing.T) {
	cfg := world(withFleet("main", slots(1), 1), withJob(model.Job{
		Name: "storm", Placing: placing(task(1, 1)),
		Arrivals: func(sim.Streams) model.Arrivals {
			return arrivalFunc(func() (model.Arrival, bool) { return plain(0), true })
		},
	}))
	cfg.EventLimit = 10_000
	var seen counter
	require.Equal(t, sim.Limited, run(t, cfg, 1, &seen))
	require.Equal(t, "jobs.storm", seen.ending.Runaway)
}

// Random worlds with services, jobs, failures, retries, Fargate and tiny subnets hold every invariant after each
// event, and the same seed gives the same history.
func TestRandomWorldsKeepTheirBooks(t *testing.T) {
	for seed := range uint64(60) {
		history := func() string {
			cfg := randomWorld(rand.New(rand.NewPCG(seed, 1)))
			o := &historian{}
			w := model.NewWorld(cfg, seed, o)
			w.CheckAfterEvent(func() { model.CheckConservation(w) })
			w.Run(t.Context())
			return fmt.Sprint(o.lines, o.created == o.placedOrNot())
		}
		first := history()
		require.Equal(t, first, history(), "seed %d", seed)
		require.Contains(t, first, "true", "seed %d", seed)
	}
}

// historian writes down what happened, in few words.
type historian struct {
	counter
	lines []string
}

func (h *historian) TaskPlaced(now time.Duration, t *model.Task) {
	h.counter.TaskPlaced(now, t)
	h.lines = append(h.lines, fmt.Sprintf("%v %s/%d placed", now, t.Owner.Name, t.Number))
}

func (h *historian) TaskStopped(now time.Duration, t *model.Task) {
	h.counter.TaskStopped(now, t)
	h.lines = append(h.lines, fmt.Sprintf("%v %s/%d stopped %v", now, t.Owner.Name, t.Number, t.StopCode))
}

func (h *historian) InstanceLost(now time.Duration, i *fleet.Instance) {
	h.counter.InstanceLost(now, i)
	h.lines = append(h.lines, fmt.Sprintf("%v %s lost", now, i.Name))
}

// placedOrNot is what the created tasks must add up to: stopped, given up, or alive at the end.
func (h *historian) placedOrNot() int {
	alive := 0
	for range h.ending.Tasks {
		alive++
	}
	return h.stopped + h.givenUp + alive
}

func randomWorld(r *rand.Rand) *model.Config {
	some := func(mean float64) sim.Dist {
		d, err := sim.Exponential(mean)
		if err != nil {
			panic(err)
		}
		return d
	}
	cfg := world()
	cfg.Subnets = []network.Subnet{
		{Name: "a", Zone: "a", Prefix: 26 + r.IntN(3)}, {Name: "b", Zone: "b", Prefix: 27}, {Name: "b2", Zone: "b", Prefix: 28},
	}
	cfg.Duration = 20 * time.Minute
	cfg.Quotas.FargateVCPU = float64(r.IntN(4))
	cfg.Latency = model.Latency{ENIAttach: some(3), ImagePull: some(2), Scheduler: some(5)}
	for n := range 1 + r.IntN(2) {
		f := model.Fleet{Name: fmt.Sprint("f", n), Type: slots(int64(2 + r.IntN(6))), Count: 1 + r.IntN(5), Subnets: []int{0, 1, 2}}
		if r.IntN(2) == 0 {
			f.TimeToFailure, f.TimeToRepair = some(300), some(60)
		}
		cfg.Fleets = append(cfg.Fleets, f)
	}
	strategies := [][]placement.Rule{
		placement.ServiceDefault(), placement.RunTaskDefault(), {{Kind: placement.Binpack, Memory: true}},
		{{Kind: placement.Spread, Attribute: "ecs.availability-zone"}, {Kind: placement.Random}},
	}
	shapes := []*taskdef.TaskDefinition{task(1, 1), awsvpc(1, 2), publishing(taskdef.Host, 80), task(2, 1)}
	shapes[2].CPU, shapes[2].Memory = 1, 1
	for n := range 2 + r.IntN(3) {
		p := placing(shapes[r.IntN(len(shapes))], strategies[r.IntN(len(strategies))]...)
		p.Subnets = []int{0, 1, 2}
		if p.Task.NetworkMode == taskdef.Awsvpc && r.IntN(2) == 0 {
			p.Launch = model.Fargate
		}
		if r.IntN(4) == 0 {
			p.Constraints = []placement.Constraint{{}}
		}
		if r.IntN(2) == 0 {
			withService(fmt.Sprint("s", n), 1+r.IntN(12), p)(cfg)
			continue
		}
		j := model.Job{Name: fmt.Sprint("j", n), Placing: p, Arrivals: poisson{rate: 0.2}.open, RunTime: some(60)}
		if r.IntN(2) == 0 {
			j.Retry = &model.Retry{Every: 7 * time.Second, For: time.Minute}
		}
		cfg.Jobs = append(cfg.Jobs, j)
	}
	return cfg
}

// ECS rules, placement 5.2: with two dynamic ports the third task is placed and then stopped by the agent: no
// RESOURCE:PORTS.
func TestDynamicPortsRunOut(t *testing.T) {
	cfg := world(withFleet("main", slots(10_000), 1), withJob(model.Job{
		Name: "job", Placing: placing(publishing(taskdef.Bridge, 0)), Arrivals: at(0, 0, 0),
	}))
	cfg.Fleets[0].DynamicPorts = network.PortRange{First: 40001, Last: 40002}
	var seen counter
	run(t, cfg, 1, &seen)
	require.Equal(t, 3, seen.placed)
	require.Equal(t, 2, seen.running)
	require.Equal(t, 1, seen.stopped)
	require.Zero(t, seen.failed)
}

// A run of ten minutes with an arrival each minute from 0 sees ten of them: it lasts up to its end, not through it.
func TestNothingArrivesAtTheVeryEnd(t *testing.T) {
	var instants []time.Duration
	for n := range 20 {
		instants = append(instants, time.Duration(n)*time.Minute)
	}
	cfg := world(withFleet("main", slots(20), 1), withJob(model.Job{Name: "job", Placing: placing(task(1, 1)), Arrivals: at(instants...)}))
	cfg.Duration = 10 * time.Minute
	var seen counter
	run(t, cfg, 1, &seen)
	require.Equal(t, 10, seen.created)
	require.Equal(t, cfg.Duration, seen.end)
}
