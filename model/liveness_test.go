package model_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ecssim/model"
	"ecssim/model/balance"
	"ecssim/model/containers"
	"ecssim/model/iam"
	"ecssim/model/image"
	"ecssim/model/network"
	"ecssim/model/service"
	"ecssim/model/taskdef"
	"ecssim/sim"
)

// lives checks the life of every task: its states come in order, it is told of as ECS would tell, nothing comes after its
// end.
type lives struct {
	model.Unheard
	t     *testing.T
	tasks map[*model.Task]*life
	log   strings.Builder
	ran   int
	codes map[model.StopCode]int
}

// life is what an observer knows of one task.
type life struct {
	serial         int64
	status         model.Status
	placed, leaves bool
}

func (l *lives) see(now time.Duration, t *model.Task, what string) *life {
	x := l.tasks[t]
	require.NotNil(l.t, x, "%v %s %s", now, t, what)
	require.Equal(l.t, x.serial, t.Serial, "%v %s %s is of another task", now, t, what)
	require.GreaterOrEqual(l.t, t.Status, x.status, "%v %s goes back", now, t)
	require.Equal(l.t, x.leaves, t.Leaving, "%v %s %s", now, t, what)
	x.status = t.Status
	fmt.Fprintf(&l.log, "%v %d %s %s\n", now, t.Serial, what, t.Status)
	return x
}

func (l *lives) TaskCreated(now time.Duration, t *model.Task) {
	require.NotContains(l.t, l.tasks, t)
	l.tasks[t] = &life{serial: t.Serial}
	l.see(now, t, "created")
}

func (l *lives) TaskPlaced(now time.Duration, t *model.Task) {
	x := l.see(now, t, "placed")
	require.False(l.t, x.placed)
	x.placed = true
}

func (l *lives) TaskChanged(now time.Duration, t *model.Task) { l.see(now, t, "changed") }
func (l *lives) TaskHealth(now time.Duration, t *model.Task)  { l.see(now, t, "health") }

func (l *lives) TaskRunning(now time.Duration, t *model.Task) {
	x := l.see(now, t, "running")
	require.False(l.t, x.leaves)
	if t.Instance != nil {
		require.Equal(l.t, model.Never, t.Instance.Terminated, "%v %s runs on an instance that is gone", now, t)
	}
	l.ran++
}

func (l *lives) TaskLeaving(now time.Duration, t *model.Task) {
	require.True(l.t, l.tasks[t].placed)
	l.tasks[t].leaves = true
	l.see(now, t, "leaving")
}

func (l *lives) TaskStopped(now time.Duration, t *model.Task) {
	x := l.tasks[t]
	require.Equal(l.t, x.placed, x.leaves, "%v %s stops without leaving", now, t)
	x.leaves = t.Leaving
	l.see(now, t, "stopped")
	require.NotEmpty(l.t, t.StoppedReason)
	l.codes[t.StopCode]++
	delete(l.tasks, t)
}

func (l *lives) TaskGivenUp(now time.Duration, t *model.Task) {
	l.see(now, t, "given up")
	delete(l.tasks, t)
}

// In a first hour everything goes wrong by chance; then all is well again, and every service is scaled in to nothing in
// the third. However it began: no task is left, none went back or came twice, and a second run is the same.
func TestEveryTaskStops(t *testing.T) {
	codes, ran := map[model.StopCode]int{}, 0
	for seed := range uint64(60) {
		cfg := troubled(t, rand.New(rand.NewPCG(seed, 5)))
		logs := [2]string{}
		for n := range logs {
			l := &lives{t: t, tasks: map[*model.Task]*life{}, codes: codes}
			w := model.NewWorld(cfg, seed, l)
			w.CheckAfterEvent(func() { model.CheckConservation(w) })
			require.Equal(t, sim.Reached, w.Run(t.Context()), "seed %d", seed)
			for task := range l.tasks {
				daemon := task.Owner.Service && cfg.Services[task.Owner.Index].Scheduling == service.Daemon
				require.True(t, daemon, "seed %d: %s is %s (leaving %t, %s)", seed, task, task.Status, task.Leaving, task.StoppedReason)
			}
			ran += l.ran
			logs[n] = l.log.String()
		}
		require.Equal(t, logs[0], logs[1], "seed %d", seed)
	}
	require.Greater(t, ran, 3000)
	for _, code := range []model.StopCode{
		model.TaskFailedToStart, model.EssentialContainerExited, model.ServiceSchedulerInitiated, model.HostLost, model.TerminationNotice,
		model.InfrastructureHealth,
	} {
		require.Positive(t, codes[code], code)
	}
}

// troubled is a small world with a bit of everything.
func troubled(t *testing.T, r *rand.Rand) *model.Config {
	uniform := func(most float64) sim.Dist {
		d, err := sim.Uniform(0, most)
		require.NoError(t, err)
		return d
	}
	maybe := func(most float64) sim.Dist {
		if r.IntN(3) == 0 {
			return nil
		}
		return uniform(1 + r.Float64()*most)
	}
	cfg := world()
	cfg.Duration = 12 * time.Hour
	cfg.Subnets = []network.Subnet{{Name: "a", Zone: "a", Prefix: 27}, {Name: "b", Zone: "b", Prefix: 27}}
	cfg.Latency = model.Latency{
		Agent: maybe(3), ENIAttach: maybe(10), FargateProvision: maybe(30), ImagePull: maybe(30), FargateImagePull: maybe(30),
		ContainerStart: maybe(5), Scheduler: uniform(10), PullStart: maybe(3), ContainerStop: maybe(60), ENIDetach: maybe(10),
		TargetRegistration: maybe(5), FirstProbe: maybe(10),
	}
	cfg.Registries = []image.Registry{{Name: "hub", Kind: image.DockerHub, PullLimit: r.IntN(40), PullWindow: time.Hour}}
	cfg.Images = []image.Image{twoGB(), {Name: "lazy:1", Lazy: true, Layers: image.DefaultLayers("lazy:1", 1e9)}}
	cfg.FargateSpeed = hundred
	cfg.LoadBalancers = []balance.LoadBalancer{{Name: "public", Subnets: []int{0, 1}}}
	for _, kind := range []balance.TargetType{balance.InstanceTarget, balance.IPTarget} {
		cfg.TargetGroups = append(cfg.TargetGroups, balance.TargetGroup{
			Name: fmt.Sprint("public/", kind), Type: kind, DeregistrationDelay: time.Duration(r.IntN(200)) * time.Second,
			Health: balance.HealthCheck{Interval: 10 * time.Second, Timeout: 5 * time.Second, Healthy: 2, Unhealthy: 2},
		})
	}
	for n := range 1 + r.IntN(2) {
		f := model.Fleet{
			Name: fmt.Sprint("fleet", n), Type: slots(int64(1 + r.IntN(6))), Count: 1 + r.IntN(4), Subnets: []int{0, 1}, Speed: hundred,
			Pull: image.Behaviour(r.IntN(4)), SpotDraining: r.IntN(2) == 0,
		}
		if r.IntN(3) == 0 {
			f.TimeToFailure, f.TimeToRepair = uniform(7200), uniform(600)
		}
		cfg.Fleets = append(cfg.Fleets, f)
	}
	for n := range 1 + r.IntN(4) {
		cfg.Services = append(cfg.Services, troubledService(fmt.Sprint("s", n), r, maybe))
	}
	p := troubledPlacing(r, maybe)
	p.Group, p.Task.Containers[0].Restart = "family:job", nil // one that restarts would never end
	cfg.Jobs = []model.Job{{Name: "job", Placing: p, Arrivals: poisson{0.02, 60}.open, RunTime: uniform(300),
		Retry: &model.Retry{Every: time.Minute, For: time.Hour}}}
	for n := range r.IntN(8) {
		cfg.Faults = append(cfg.Faults, troubles(fmt.Sprint("f", n), r))
	}
	return cfg
}

func troubledService(name string, r *rand.Rand, maybe func(float64) sim.Dist) model.Service {
	p := troubledPlacing(r, maybe)
	p.Group = "service:" + name
	s := model.Service{
		Name: name, Placing: p, DesiredCount: 1 + r.IntN(6), StartAt: time.Duration(r.IntN(100)) * time.Second, Rebalancing: r.IntN(3) == 0,
		Deployment: service.DeploymentConfiguration{MinimumHealthyPercent: 50 * r.IntN(3), MaximumPercent: 100 + 50*r.IntN(3)},
		Rollouts: []model.Rollout{
			{At: time.Duration(r.IntN(3600)) * time.Second, Force: true, DesiredCount: -1}, {At: 2 * time.Hour, DesiredCount: 0},
		},
	}
	if s.Launch == model.EC2 && r.IntN(5) == 0 {
		s.Scheduling, s.DesiredCount, s.Rebalancing, s.Deployment.MaximumPercent = service.Daemon, 0, false, 100
	}
	if r.IntN(2) == 0 && s.Scheduling == service.Replica {
		group := 0
		if s.Task.NetworkMode == taskdef.Awsvpc {
			group = 1
		}
		s.Targets = []model.Target{{Group: group, Port: 8080}}
		s.Grace = time.Duration(r.IntN(60)) * time.Second
	}
	return s
}

// troubledPlacing is a task of any kind, with programs of any kind.
func troubledPlacing(r *rand.Rand, maybe func(float64) sim.Dist) model.Placing {
	def := publishing(taskdef.Bridge, 0)
	def.CPU, def.Memory = 1, 1
	switch r.IntN(3) {
	case 0:
		def.Containers[0].Ports[0].HostPort = 8080
	case 1:
		def.NetworkMode = taskdef.Awsvpc
	}
	if r.IntN(3) == 0 {
		def.ExecutionRoleARN, def.TaskRoleARN = "exec", "app"
	}
	p := placing(def)
	p.Subnets = []int{0, 1}
	if r.IntN(3) == 0 {
		def.NetworkMode, def.CPU, def.Memory, def.Containers[0].Ports[0].HostPort = taskdef.Awsvpc, 256, 512, 0
		p.Launch, p.Spot = model.Fargate, r.IntN(2) == 0
	}
	c := &def.Containers[0]
	if r.IntN(2) == 0 {
		c.Health = probed(10 * time.Second)
	}
	if r.IntN(3) == 0 {
		c.Restart = &taskdef.RestartPolicy{AttemptPeriod: time.Minute}
	}
	if r.IntN(3) == 0 {
		condition := []taskdef.Condition{taskdef.WhenStarted, taskdef.WhenSuccess, taskdef.WhenComplete}[r.IntN(3)]
		c.DependsOn = []taskdef.Dependency{{Container: "side", Condition: condition}}
		def.Containers = append(def.Containers, taskdef.Container{Name: "side", StartTimeout: time.Minute})
	}
	if r.IntN(2) == 0 {
		p.Apps = make([]containers.App, len(def.Containers))
		for n := range p.Apps {
			p.Apps[n] = containers.App{ReadyAfter: maybe(60), ShutdownTime: maybe(60), ExitCode: r.IntN(2)}
			if r.IntN(2) == 0 {
				p.Apps[n].ExitsAfter = maybe(1000)
			}
			if r.IntN(4) == 0 {
				p.Apps[n].FailsAfter = maybe(1000)
			}
		}
	}
	if r.IntN(2) == 0 {
		p.Images = []int{r.IntN(2), 0}[:len(def.Containers)]
	}
	return p
}

// troubles is a fault that is over within an hour.
func troubles(name string, r *rand.Rand) model.Fault {
	f := model.Fault{
		Name: name, Kind: model.FaultKind(r.IntN(int(model.InsufficientCapacity))), At: time.Duration(r.IntN(3600)) * time.Second,
		For: time.Duration(1+r.IntN(1800)) * time.Second, Image: -1, Registry: -1, SecurityGroup: -1, Fraction: r.Float64(),
		Factor: 1 + 10*r.Float64(), Notice: time.Duration(r.IntN(180)) * time.Second,
	}
	switch f.Kind { //nolint:exhaustive // the others need no more
	case model.ZoneOutage:
		f.Zone = []string{"a", "b"}[r.IntN(2)]
	case model.RoleMissing:
		f.Role, f.Gap = iam.Role(r.IntN(int(iam.NumRoles))), gaps[r.IntN(len(gaps))]
	case model.SpotInterruption, model.HostRetirement, model.InstanceLoss:
		if r.IntN(2) == 0 {
			f.Fleet = "fleet0"
		}
		f.For += f.Notice
	}
	return f
}
