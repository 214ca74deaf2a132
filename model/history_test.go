package model_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ecssim/model"
	"ecssim/model/balance"
	"ecssim/model/containers"
	"ecssim/model/network"
	"ecssim/model/placement"
	"ecssim/model/placement/query"
	"ecssim/model/service"
	"ecssim/model/taskdef"
	"ecssim/sim"
)

// history writes down what an observer hears of services, a line each, and counts tasks by itself.
type history struct {
	model.Unheard
	world  *model.World
	lines  []string
	events []string // messages of service events
	said   []said   // the same with their instants
	deps   map[int]*model.Deployment
	// failures is how many tasks of a deployment had failed when it was FAILED.
	failures map[int]int
	shares   []share
	starts   []time.Duration // when tasks were placed
	live     map[*model.Task]bool
	// ended counts the tasks that stopped, by their sentence.
	ended map[string]int
	// leaving is called when a task begins to leave.
	leaving   func(now time.Duration, t *model.Task)
	unchecked bool // nobody checks health: what has been RUNNING for 40 s is healthy
	outcome   sim.Outcome
}

type said struct {
	at time.Duration
	service.Event
}

// share is a deployment's share of the traffic from an instant on.
type share struct {
	at         time.Duration
	deployment int
	of         float64
}

func (h *history) note(now time.Duration, format string, args ...any) {
	h.lines = append(h.lines, fmt.Sprintf("%v ", now)+fmt.Sprintf(format, args...))
}

func (h *history) TaskCreated(_ time.Duration, t *model.Task) {
	if h.live == nil {
		h.live = map[*model.Task]bool{}
	}
	h.live[t] = true
}

func (h *history) TaskPlaced(now time.Duration, _ *model.Task) {
	h.starts = append(h.starts, now)
}
func (h *history) TaskRunning(now time.Duration, t *model.Task) { h.note(now, "%s RUNNING", t) }
func (h *history) TaskChanged(now time.Duration, t *model.Task) { h.note(now, "%s %s", t, t.Status) }
func (h *history) TaskHealth(now time.Duration, t *model.Task)  { h.note(now, "%s %s", t, t.Health) }
func (h *history) TaskLeaving(now time.Duration, t *model.Task) {
	if h.leaving != nil {
		h.leaving(now, t)
	}
}

func (h *history) TaskStopped(now time.Duration, t *model.Task) {
	delete(h.live, t)
	if h.ended == nil {
		h.ended = map[string]int{}
	}
	h.ended[t.StoppedReason]++
	h.note(now, "%s STOPPED %s %s", t, t.StopCode, t.StoppedReason)
}

func (h *history) ServiceEvent(now time.Duration, _ *model.Owner, e service.Event) {
	h.events = append(h.events, e.Message)
	h.said = append(h.said, said{now, e})
	h.note(now, "EVENT %s", e.Message)
}

func (h *history) DeploymentChanged(now time.Duration, _ *model.Owner, d *model.Deployment) {
	if h.deps == nil {
		h.deps, h.failures = map[int]*model.Deployment{}, map[int]int{}
	}
	h.deps[d.Number] = d
	if _, known := h.failures[d.Number]; !known && d.Rollout == model.RolloutFailed {
		h.failures[d.Number] = d.Failed
	}
	h.note(now, "deployment %d %s %s %s", d.Number, d.Status, d.Rollout, d.Reason)
}

// noteShares looks at the shares of the deployments, and keeps those that are new.
func (h *history) noteShares() {
	for n := 1; h.deps[n] != nil; n++ {
		last := -1.0
		for _, s := range h.shares {
			if s.deployment == n {
				last = s.of
			}
		}
		if of := h.deps[n].Share; of != last {
			h.shares = append(h.shares, share{h.world.Now(), n, of})
		}
	}
}

// tally is what tasks there are, recounted from the tasks themselves.
type tally struct{ waiting, starting, running, healthy, leaving int }

func (c tally) live() int  { return c.waiting + c.starting + c.running }
func (c tally) total() int { return c.live() + c.leaving }

// count recounts the tasks of one deployment; 0 is all.
func (h *history) count(deployment int) (c tally) {
	now := h.world.Now()
	for t := range h.live {
		if deployment > 0 && t.Deployment.Number != deployment {
			continue
		}
		switch {
		case t.Leaving:
			c.leaving++
		case t.Running != model.Never:
			c.running++
			if t.Health == containers.Healthy || h.unchecked && now >= t.Running+40*time.Second {
				c.healthy++
			}
		case t.Placed != model.Never:
			c.starting++
		default:
			c.waiting++
		}
	}
	return c
}

// when lists the instants of the events whose message contains a text.
func (h *history) when(text string) (at []time.Duration) {
	for _, e := range h.said {
		if strings.Contains(e.Message, text) {
			at = append(at, e.at)
		}
	}
	return at
}

// at lists the instants of the lines that contain a text.
func (h *history) at(text string) (at []string) {
	for _, l := range h.lines {
		if when, what, _ := strings.Cut(l, " "); strings.Contains(what, text) {
			at = append(at, when)
		}
	}
	return at
}

// rollouts is the state of every deployment, by number.
func (h *history) rollouts() string {
	var all []string
	for n := 1; h.deps[n] != nil; n++ {
		all = append(all, h.deps[n].Status.String()+" "+h.deps[n].Rollout.String())
	}
	return strings.Join(all, ", ")
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

// onInstances is a world of instances with so many slots, and a service of bridge tasks of one unit on them. Nobody
// checks their health.
func onInstances(instances int, room int64, desired int) *model.Config {
	cfg := world(withFleet("main", slots(room), instances))
	p := placing(task(1, 1), placement.ServiceDefault()...)
	p.Group = "service:web"
	cfg.Services = []model.Service{{
		Name: "web", Placing: p, DesiredCount: desired,
		Deployment: service.DeploymentConfiguration{MinimumHealthyPercent: 100, MaximumPercent: 200},
	}}
	return cfg
}

// rollout updates the first service at an instant.
func rollout(cfg *model.Config, at time.Duration, change ...func(*model.Placing)) {
	s := &cfg.Services[0]
	p := s.Placing
	own := *p.Task
	p.Task = &own
	for _, c := range change {
		c(&p)
	}
	s.Rollouts = append(s.Rollouts, model.Rollout{At: at, Placing: &p, DesiredCount: -1})
}

// scale changes the desired count of the first service at an instant, and nothing else.
func scale(cfg *model.Config, at time.Duration, desired int) {
	cfg.Services[0].Rollouts = append(cfg.Services[0].Rollouts, model.Rollout{At: at, DesiredCount: desired})
}

// neverReady programs never answer a health check.
func neverReady(p *model.Placing) { p.Apps = []containers.App{{NeverReady: true}} }

// bounded checks the two bounds of a rolling update after every event: once the lower one is reached, the scheduler
// never breaks it, and what holds a place never exceeds the upper one.
func bounded(t testing.TB, lower, upper int) func(*history) {
	t.Helper()
	reached := false
	return func(h *history) {
		c := h.count(0)
		require.LessOrEqual(t, c.starting+c.running, upper, "RUNNING and PENDING at %v", h.world.Now())
		require.LessOrEqual(t, c.total(), upper, "everything at %v", h.world.Now())
		if reached {
			require.GreaterOrEqual(t, c.healthy, lower, "healthy at %v", h.world.Now())
		}
		reached = reached || c.healthy >= lower
	}
}

// watch plays a world, recounts its books after every event, and returns what was heard.
func watch(t testing.TB, cfg *model.Config, seed uint64, check func(h *history)) *history {
	t.Helper()
	h := &history{}
	if len(cfg.Services) > 0 && len(cfg.Services[0].Targets) == 0 && !checked(&cfg.Services[0].Placing) {
		h.unchecked = true
	}
	h.world = model.NewWorld(cfg, seed, h)
	h.world.CheckAfterEvent(func() {
		model.CheckConservation(h.world)
		h.noteShares()
		if check != nil {
			check(h)
		}
	})
	h.outcome = h.world.Run(t.Context())
	return h
}

func checked(p *model.Placing) bool {
	for _, c := range p.Task.Containers {
		if c.Health != nil {
			return true
		}
	}
	return false
}

// onlyFleet is a constraint on a custom attribute.
func onlyFleet(t testing.TB, name string) []placement.Constraint {
	t.Helper()
	expr, err := query.Parse("attribute:fleet == " + name)
	require.NoError(t, err)
	return []placement.Constraint{{Query: expr}}
}
