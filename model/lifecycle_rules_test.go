package model_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ecssim/model"
	"ecssim/model/balance"
	"ecssim/model/containers"
	"ecssim/model/service"
	"ecssim/model/taskdef"
)

// diary writes down each change of a task: when, which, its status, and what it then holds if holds is set.
type diary struct {
	model.Unheard
	world  *model.World
	lines  []string
	events []string // messages of service events
	holds  func(t *model.Task) string
	began  map[string]time.Duration // when its pull began
	exits  map[string]int
	denied []string
	pulled []string
}

func (d *diary) write(now time.Duration, t *model.Task, what string) {
	line := fmt.Sprintf("%v %s %s", now, t, what)
	if d.holds != nil {
		line += " " + d.holds(t)
	}
	d.lines = append(d.lines, line)
}

func (d *diary) TaskPlaced(now time.Duration, t *model.Task) {
	d.write(now, t, "placed "+t.Status.String())
}
func (d *diary) TaskChanged(now time.Duration, t *model.Task) { d.write(now, t, t.Status.String()) }
func (d *diary) TaskLeaving(now time.Duration, t *model.Task) { d.write(now, t, "leaving") }
func (d *diary) TaskRunning(now time.Duration, t *model.Task) {
	d.began[t.String()] = t.PullStarted
	d.write(now, t, "RUNNING")
}
func (d *diary) TaskStopped(now time.Duration, t *model.Task) {
	d.exits[t.String()] = t.ExitCode
	d.write(now, t, fmt.Sprintf("STOPPED %s: %s", t.StopCode, t.StoppedReason))
}
func (d *diary) ServiceEvent(_ time.Duration, _ *model.Owner, e service.Event) {
	d.events = append(d.events, e.Message)
}
func (d *diary) CallsDenied(now time.Duration, t *model.Task, _ string) {
	d.denied = append(d.denied, fmt.Sprintf("%v %s", now, t))
}
func (d *diary) ImagePulled(now time.Duration, t *model.Task, p model.Pulled) {
	d.pulled = append(d.pulled, fmt.Sprintf("%v %s %d took %v", now, t, p.Bytes, p.Took))
}

// follow plays a world and checks its books after every event.
func follow(t testing.TB, cfg *model.Config, change ...func(*diary)) *diary {
	t.Helper()
	d := &diary{began: map[string]time.Duration{}, exits: map[string]int{}}
	for _, c := range change {
		c(d)
	}
	d.world = model.NewWorld(cfg, 1, d)
	d.world.CheckAfterEvent(func() { model.CheckConservation(d.world) })
	d.world.Run(t.Context())
	return d
}

// alone is one job that starts one task at time 0.
func alone(p model.Placing) func(*model.Config) {
	return withJob(model.Job{Name: "one", Placing: p, Arrivals: at(0)})
}

// unhurried are delays that tell every step from every other.
func unhurried(t testing.TB) func(*model.Config) {
	return func(c *model.Config) {
		c.Latency = model.Latency{
			Agent: seconds(t, 1), ENIAttach: seconds(t, 5), FargateProvision: seconds(t, 18), ImagePull: seconds(t, 2),
			FargateImagePull: seconds(t, 10), ContainerStart: seconds(t, 1), ContainerStop: seconds(t, 20), ENIDetach: seconds(t, 8),
		}
	}
}

// behind puts the first service behind a load balancer whose targets drain for 300 s, and scales it in to nothing at 600 s.
func behind(kind balance.TargetType) func(*model.Config) {
	return func(c *model.Config) {
		c.LoadBalancers = []balance.LoadBalancer{{Name: "public", Subnets: []int{0}}}
		c.TargetGroups = []balance.TargetGroup{{
			Name: "public/web", Type: kind, DeregistrationDelay: 300 * time.Second,
			Health: balance.HealthCheck{Interval: 30 * time.Second, Timeout: 5 * time.Second, Healthy: 5, Unhealthy: 2, FirstSuccess: true},
		}}
		s := &c.Services[0]
		s.Targets = []model.Target{{Port: 8080}}
		s.Rollouts = []model.Rollout{{At: 600 * time.Second}}
	}
}

// ECS rules, services and table 1.1: what a bridge task goes through, and what it holds meanwhile. The
// scheduler's book counts CPU as free as soon as the task is told to stop; the agent's when the containers have stopped;
// ports are given back at the end (placement 4.4). There is no PROVISIONING and no DEPROVISIONING.
func TestR1_1BridgeTaskLifecycle(t *testing.T) {
	two := publishing(taskdef.Bridge, 8080)
	two.Containers[0].Ports = append(two.Containers[0].Ports, taskdef.PortMapping{ContainerPort: 9090})
	cfg := world(unhurried(t), withFleet("main", slots(1024), 1), withService("web", 1, placing(two)), behind(balance.InstanceTarget))
	d := follow(t, cfg, func(d *diary) {
		d.holds = func(task *model.Task) string {
			i := task.Instance
			return fmt.Sprintf("free=%d agent=%d static=%t dynamic=%d", i.Free.CPU, i.Accepted.CPU,
				i.Ports().Reserved() > 0, len(task.DynamicPorts))
		}
	})
	require.Equal(t, []string{
		"0s web/1 placed PROVISIONING free=768 agent=0 static=true dynamic=0",
		"0s web/1 PENDING free=768 agent=0 static=true dynamic=0",
		"4s web/1 RUNNING free=768 agent=256 static=true dynamic=1",
		"10m0s web/1 leaving free=1024 agent=256 static=true dynamic=1",
		"10m0s web/1 DEACTIVATING free=1024 agent=256 static=true dynamic=1",
		"15m0s web/1 STOPPING free=1024 agent=256 static=true dynamic=1",
		"15m20s web/1 STOPPED ServiceSchedulerInitiated: Scaling activity initiated by (deployment ecs-svc/0000000000000000001) " +
			"free=1024 agent=0 static=false dynamic=1",
	}, d.lines)
}

// ECS rules, services: with an interface of its own the task is PROVISIONING while it is attached and
// DEPROVISIONING while it is detached. The slot and the address are held until STOPPED, the agent's CPU is not.
func TestR1_2R1_3AwsvpcTaskLifecycleOnEC2(t *testing.T) {
	p := placing(publishing(taskdef.Awsvpc, 0))
	cfg := world(unhurried(t), withFleet("main", slots(1024), 1), withService("web", 1, p), behind(balance.IPTarget))
	d := follow(t, cfg, func(d *diary) {
		d.holds = func(task *model.Task) string {
			i := task.Instance // one address is the instance's, one the load balancer's
			return fmt.Sprintf("free=%d agent=%d slots=%d addresses=%d", i.Free.CPU, i.Accepted.CPU, i.Free.ENIs,
				model.TakenAddresses(d.world, 0)-2)
		}
	})
	require.Equal(t, []string{
		"0s web/1 placed PROVISIONING free=768 agent=0 slots=1023 addresses=1",
		"5s web/1 PENDING free=768 agent=0 slots=1023 addresses=1",
		"9s web/1 RUNNING free=768 agent=256 slots=1023 addresses=1",
		"10m0s web/1 leaving free=1024 agent=256 slots=1023 addresses=1",
		"10m0s web/1 DEACTIVATING free=1024 agent=256 slots=1023 addresses=1",
		"15m0s web/1 STOPPING free=1024 agent=256 slots=1023 addresses=1",
		"15m20s web/1 DEPROVISIONING free=1024 agent=0 slots=1023 addresses=1",
		"15m28s web/1 STOPPED ServiceSchedulerInitiated: Scaling activity initiated by (deployment ecs-svc/0000000000000000001) " +
			"free=1024 agent=0 slots=1024 addresses=0",
	}, d.lines)
}

// The same on Fargate, where it holds an address and vCPUs of the account; billing begins with the pull (7.1).
func TestR1_3FargateTaskLifecycle(t *testing.T) {
	p := placing(publishing(taskdef.Awsvpc, 0))
	p.Launch = model.Fargate
	cfg := world(unhurried(t), withService("web", 1, p), behind(balance.IPTarget))
	d := follow(t, cfg, func(d *diary) {
		d.holds = func(*model.Task) string {
			return fmt.Sprintf("cpu=%d addresses=%d", model.TakenVCPUs(d.world), model.TakenAddresses(d.world, 0)-1)
		}
	})
	require.Equal(t, []string{
		"0s web/1 placed PROVISIONING cpu=256 addresses=1",
		"18s web/1 PENDING cpu=256 addresses=1",
		"29s web/1 RUNNING cpu=256 addresses=1",
		"10m0s web/1 leaving cpu=256 addresses=1",
		"10m0s web/1 DEACTIVATING cpu=256 addresses=1",
		"15m0s web/1 STOPPING cpu=256 addresses=1",
		"15m20s web/1 DEPROVISIONING cpu=256 addresses=1",
		"15m28s web/1 STOPPED ServiceSchedulerInitiated: Scaling activity initiated by (deployment ecs-svc/0000000000000000001) " +
			"cpu=0 addresses=0",
	}, d.lines)
	require.Equal(t, 18*time.Second, d.began["web/1"])
}

// ECS rules, services 1.1: with several target groups, or Cloud Map, the task is ACTIVATING until it is registered; with
// one target group it registers while it is RUNNING.
func TestActivatingUntilRegistered(t *testing.T) {
	for _, c := range []struct {
		name    string
		change  func(*model.Service)
		running string
	}{
		{"one group", func(s *model.Service) { s.Targets = []model.Target{{Port: 8080}} }, "4s web/1 RUNNING"},
		{"two groups", func(s *model.Service) { s.Targets = []model.Target{{Port: 8080}, {Group: 1, Port: 8080}} }, "7s web/1 RUNNING"},
		{"discovery", func(s *model.Service) { s.Targets, s.Discovery = nil, &model.Discovery{TTL: time.Minute} }, "7s web/1 RUNNING"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := world(unhurried(t), withFleet("main", slots(1024), 1), withService("web", 1, placing(publishing(taskdef.Bridge, 0))),
				behind(balance.InstanceTarget))
			cfg.TargetGroups = append(cfg.TargetGroups, cfg.TargetGroups[0])
			cfg.Latency.TargetRegistration = seconds(t, 3)
			cfg.Duration = time.Minute
			c.change(&cfg.Services[0])
			d := follow(t, cfg)
			want := []string{"0s web/1 placed PROVISIONING", "0s web/1 PENDING"}
			if c.running != "4s web/1 RUNNING" {
				want = append(want, "4s web/1 ACTIVATING")
			}
			require.Equal(t, append(want, c.running), d.lines)
		})
	}
}

// ECS rules, services: a standalone task is UNHEALTHY and runs on; a service replaces it.: the first
// failures count after the start period, so retries 3 at 10 s make it UNHEALTHY at 20 + 3 × 10 s.
func TestR1_4HealthStopsTasksOfServicesOnly(t *testing.T) {
	sick := task(1, 1)
	sick.Containers[0].Health = &taskdef.HealthCheck{
		Interval: 10 * time.Second, Timeout: 5 * time.Second, StartPeriod: 20 * time.Second, Retries: 3,
	}
	p := placing(sick)
	p.Apps = []containers.App{{NeverReady: true}}
	d := follow(t, world(withFleet("main", slots(8), 1), alone(p)))
	require.Equal(t, []string{"0s one/1 placed PROVISIONING", "0s one/1 PENDING", "0s one/1 RUNNING"}, d.lines)

	cfg := world(withFleet("main", slots(8), 1), withService("web", 1, p))
	cfg.Duration = 51 * time.Second
	d = follow(t, cfg)
	require.Equal(t, []string{
		"0s web/1 placed PROVISIONING", "0s web/1 PENDING", "0s web/1 RUNNING",
		"50s web/1 leaving", "50s web/1 STOPPED ServiceSchedulerInitiated: Task failed container health checks",
		"50s web/2 placed PROVISIONING", "50s web/2 PENDING", "50s web/2 RUNNING",
	}, d.lines)
}

// ECS rules, services: the container stops after min(S, T); 137 if it had to be killed, 143 else. So does the
// state machine of tasks that have more to them than one container.
func TestR1_6R1_7StopTimeoutBoundsTheShutdown(t *testing.T) {
	for _, c := range []struct {
		timeout time.Duration
		needs   float64
		took    time.Duration
		code    int
	}{
		{0, 20, 20 * time.Second, 143},
		{0, 30, 30 * time.Second, 143},
		{0, 31, 30 * time.Second, 137},
		{120 * time.Second, 31, 31 * time.Second, 143},
		{10 * time.Second, 20, 10 * time.Second, 137},
	} {
		for _, plain := range []bool{true, false} {
			def := task(1, 1)
			def.Containers[0].StopTimeout = c.timeout
			p := placing(def)
			p.Apps = []containers.App{{ShutdownTime: seconds(t, c.needs)}}
			if !plain {
				p.Apps[0].ReadyAfter = seconds(t, 0)
			}
			cfg := world(withFleet("main", slots(1), 1), withService("web", 1, p))
			cfg.Services[0].Rollouts = []model.Rollout{{At: time.Minute}}
			d := follow(t, cfg)
			require.Contains(t, d.lines, fmt.Sprintf("%v web/1 STOPPED ServiceSchedulerInitiated: "+
				"Scaling activity initiated by (deployment ecs-svc/0000000000000000001)", time.Minute+c.took))
			require.Equal(t, map[string]int{"web/1": c.code}, d.exits)
		}
	}
}
