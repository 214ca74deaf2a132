package model_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ecssim/model"
	"ecssim/model/balance"
	"ecssim/model/network"
	"ecssim/model/placement"
	"ecssim/model/service"
	"ecssim/model/taskdef"
	"ecssim/sim"
)

// history writes down what an observer hears of services, a line each.
type history struct {
	model.Unheard
	world  *model.World
	lines  []string
	events []string // messages of service events
	deps   map[int]*model.Deployment
	check  func(now time.Duration)
}

func (h *history) note(now time.Duration, format string, args ...any) {
	h.lines = append(h.lines, fmt.Sprintf("%v ", now)+fmt.Sprintf(format, args...))
}

func (h *history) TaskRunning(now time.Duration, t *model.Task) { h.note(now, "%s RUNNING", t) }
func (h *history) TaskChanged(now time.Duration, t *model.Task) { h.note(now, "%s %s", t, t.Status) }
func (h *history) TaskHealth(now time.Duration, t *model.Task)  { h.note(now, "%s %s", t, t.Health) }
func (h *history) TaskStopped(now time.Duration, t *model.Task) {
	h.note(now, "%s STOPPED %s %s", t, t.StopCode, t.StoppedReason)
}

func (h *history) ServiceEvent(now time.Duration, _ *model.Owner, e service.Event) {
	h.events = append(h.events, e.Message)
	h.note(now, "EVENT %s", e.Message)
}

func (h *history) DeploymentChanged(now time.Duration, _ *model.Owner, d *model.Deployment) {
	if h.deps == nil {
		h.deps = map[int]*model.Deployment{}
	}
	h.deps[d.Number] = d
	h.note(now, "deployment %d %s %s %s", d.Number, d.Status, d.Rollout, d.Reason)
}

func seconds(t testing.TB, n float64) sim.Dist {
	t.Helper()
	d, err := sim.Constant(n)
	require.NoError(t, err)
	return d
}

// behindALB is a world of Fargate tasks behind an ALB whose delays are fixed: the timelines of ECS rules, services 9.1.
func behindALB(t testing.TB, desired int) *model.Config {
	t.Helper()
	cfg := world()
	cfg.Subnets = []network.Subnet{{Name: "a", Zone: "a", Prefix: 20}}
	cfg.LoadBalancers = []balance.LoadBalancer{{Name: "public", Subnets: []int{0}}}
	cfg.TargetGroups = []balance.TargetGroup{{
		Name: "public/web", Type: balance.IPTarget, DeregistrationDelay: 300 * time.Second,
		Health: balance.HealthCheck{Interval: 30 * time.Second, Timeout: 5 * time.Second, Healthy: 5, Unhealthy: 2, FirstSuccess: true},
	}}
	cfg.Latency = model.Latency{
		FargateProvision: seconds(t, 5), FargateImagePull: seconds(t, 10), ContainerStart: seconds(t, 1),
		FirstProbe: seconds(t, 15), ContainerStop: seconds(t, 30),
	}
	p := placing(webTask("web"))
	p.Launch = model.Fargate
	p.Group = "service:web"
	cfg.Services = []model.Service{{
		Name: "web", Placing: p, DesiredCount: desired, Targets: []model.Target{{Port: 80}},
		Deployment: service.DeploymentConfiguration{MinimumHealthyPercent: 100, MaximumPercent: 200},
	}}
	return cfg
}

func webTask(family string) *taskdef.TaskDefinition {
	return &taskdef.TaskDefinition{
		Family: family, NetworkMode: taskdef.Awsvpc, CPU: 256, Memory: 512,
		Containers: []taskdef.Container{{Name: "main", Essential: true, Ports: []taskdef.PortMapping{{ContainerPort: 80}}}},
	}
}

// rollout updates the first service at an instant.
func rollout(cfg *model.Config, at time.Duration, change ...func(*model.Placing)) {
	s := &cfg.Services[0]
	p := s.Placing
	p.Task = webTask("web")
	for _, c := range change {
		c(&p)
	}
	s.Rollouts = append(s.Rollouts, model.Rollout{At: at, Placing: &p, DesiredCount: -1})
}

func watch(t testing.TB, cfg *model.Config, seed uint64, check func(h *history)) *history {
	t.Helper()
	h := &history{}
	h.world = model.NewWorld(cfg, seed, h)
	h.world.CheckAfterEvent(func() {
		model.CheckConservation(h.world)
		if check != nil {
			check(h)
		}
	})
	h.world.Run(t.Context())
	return h
}

var _ = placement.Fits

func TestSmoke(t *testing.T) {
	cfg := behindALB(t, 4)
	rollout(cfg, 600*time.Second)
	h := watch(t, cfg, 1, nil)
	for _, l := range h.lines {
		t.Log(l)
	}
	require.NotEmpty(t, h.lines)
}
