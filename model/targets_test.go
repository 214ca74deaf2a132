package model_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ecssim/model"
	"ecssim/model/balance"
	"ecssim/model/containers"
	"ecssim/model/network"
	"ecssim/model/taskdef"
)

// ECS rules, services: registered at t, with probes at a random phase, a target is healthy within one interval.
func TestR5_1TargetsAreHealthyWithinOneInterval(t *testing.T) {
	cfg := behindALB(t, 60)
	cfg.Latency.FirstProbe, cfg.Latency.RandomPhase = nil, true
	c := chronicled(t, cfg, nil)
	registered, longest := map[target]time.Duration{}, time.Duration(0)
	for _, x := range c.changes {
		if x.to == balance.Initial {
			registered[x.target] = x.at
		} else {
			took := x.at - registered[x.target]
			require.Less(t, took, 30*time.Second)
			longest = max(longest, took)
		}
	}
	require.Len(t, registered, 60)
	require.Greater(t, longest, 20*time.Second, "phases are spread")
	require.Equal(t, 60, c.count(balance.Healthy))
}

// ECS rules, services: a program that ceases to answer is unhealthy after two probes in a row, 30 to 60 s later.
func TestR5_2TargetsAreUnhealthyAfterTwoFailures(t *testing.T) {
	for _, at := range []float64{100, 104, 105, 106, 119, 134.9} {
		cfg := behindALB(t, 1)
		cfg.Services[0].Apps = []containers.App{{FailsAfter: seconds(t, at)}}
		cfg.Duration = 250 * time.Second
		c := chronicled(t, cfg, nil)
		fails := c.ran[0].at + time.Duration(at*float64(time.Second))
		last := c.changes[2]
		require.Equal(t, []balance.State{balance.Unhealthy, balance.Healthy}, []balance.State{last.to, last.from}, at)
		require.GreaterOrEqual(t, last.at-fails, 30*time.Second, at)
		require.LessOrEqual(t, last.at-fails, 60*time.Second, at)
		require.Equal(t, balance.FailedHealthChecks, last.reason)
	}
}

// instanceTargets is a service of bridge or host tasks on one large instance behind a load balancer.
func instanceTargets(t *testing.T, desired int, mode taskdef.NetworkMode, ports ...taskdef.PortMapping) *model.Config {
	t.Helper()
	cfg := behindALB(t, desired)
	cfg.TargetGroups[0].Type = balance.InstanceTarget
	cfg.Latency = model.Latency{FirstProbe: seconds(t, 15), ContainerStart: seconds(t, 1)}
	cfg.Fleets = []model.Fleet{{Name: "main", Type: slots(5000), Count: 1, Subnets: []int{0}}}
	p := &cfg.Services[0].Placing
	p.Launch = model.EC2
	p.Task = task(1, 1)
	p.Task.NetworkMode = mode
	p.Task.Containers[0].Ports = ports
	return cfg
}

// ECS rules, services: of 1,200 bridge tasks 200 find no room in the target group. They run, and never become
// healthy; nor are they unhealthy, so that nobody stops them.
func TestR5_4AThousandTargetsInAGroup(t *testing.T) {
	cfg := instanceTargets(t, 1200, taskdef.Bridge, taskdef.PortMapping{ContainerPort: 80})
	cfg.Quotas.ServiceLaunches = 0
	cfg.Duration = 20 * time.Minute
	h := opened(t, cfg)
	h.world.Run(t.Context())
	require.Equal(t, 1000, h.count(balance.Healthy))
	require.Equal(t, []int{1000, 1200, 0}, []int{len(h.targets), len(h.running), len(h.ended)})
	require.Equal(t, 1, h.told("target-group public/web", "TooManyTargets"))
	require.Zero(t, h.told("steady state"))
}

// A slot that comes free is taken by a task that found none before, so that a rollout over the limit goes on.
func TestATargetWaitsForASlot(t *testing.T) {
	cfg := behindALB(t, 4)
	cfg.TargetGroups[0].Targets = 6
	cfg.Duration = 2 * time.Hour
	rollout(cfg, 600*time.Second)
	c := chronicled(t, cfg, nil)
	c.show()
	require.Equal(t, model.RolloutCompleted, c.deps[2].Rollout)
	require.Equal(t, 4, c.count(balance.Healthy))
	require.NotZero(t, c.told("target-group public/web"))
}

// A task that has gone waits no longer, and the one that came after it waits in its own turn.
func TestWaitingForASlotEndsWithTheTask(t *testing.T) {
	cfg := behindALB(t, 6)
	cfg.TargetGroups[0].Targets = 4
	cfg.Faults = []model.Fault{fault(model.TaskKill, 10*time.Minute, 0)}
	c := chronicled(t, cfg, nil)
	require.Equal(t, []int{4, 4, 6}, []int{len(c.targets), c.count(balance.Healthy), len(c.running)})
	for n := int64(7); n <= 10; n++ {
		require.Equal(t, 15*time.Minute, c.became(target{0, "web", n}, balance.Initial))
	}
}

// ECS rules, services 1.1, 5.2: a task with two target groups is ACTIVATING until it is registered with both; with one it
// registers while it is RUNNING. One that is unhealthy is enough to stop it.
func TestTwoTargetGroups(t *testing.T) {
	cfg := behindALB(t, 1)
	second := cfg.TargetGroups[0]
	second.Name = "public/admin"
	cfg.TargetGroups = append(cfg.TargetGroups, second)
	cfg.Latency.TargetRegistration = seconds(t, 3)
	cfg.SecurityGroups = []network.SecurityGroup{{Name: "task", Ingress: []network.IngressRule{
		{Group: -1, CIDR: "10.0.0.0/8", Ports: network.PortRange{First: 80, Last: 80}},
	}}}
	s := &cfg.Services[0]
	s.Targets = []model.Target{{Group: 0, Port: 80}, {Group: 1, Port: 81}}
	s.SecurityGroups = []int{0}
	cfg.Duration = 150 * time.Second
	c := chronicled(t, cfg, nil)
	c.show()
	require.Contains(t, c.lines, "16s web/1 ACTIVATING")
	require.Equal(t, 19*time.Second, c.ran[0].at)
	require.Equal(t, 2, c.told("(port 81) is unhealthy in (target-group public/admin) due to (reason Request timed out)"))
	require.Zero(t, c.told("(port 80) is unhealthy"))
	stop := c.stopping("web/1")
	require.Equal(t, "Task failed ELB health checks in (target-group public/admin)", stop.reason)
	require.Equal(t, model.ServiceSchedulerInitiated, stop.code)
	require.Equal(t, 69*time.Second, stop.at, "registered at 19 s, probes at 34 and 64 s, which time out 5 s later")

	s.Targets, s.SecurityGroups = s.Targets[:1], nil
	c = chronicled(t, cfg, nil)
	require.NotContains(t, c.lines, "16s web/1 ACTIVATING")
	require.Equal(t, 16*time.Second, c.ran[0].at)
	require.Equal(t, 19*time.Second, c.changes[0].at)
}

// ECS rules, services 5.3: a target in a zone without the load balancer gets no probe, and its task is replaced for ever.
func TestTargetInAZoneWithoutTheLoadBalancer(t *testing.T) {
	cfg := behindALB(t, 1)
	cfg.Subnets = append(cfg.Subnets, network.Subnet{Name: "b", Zone: "b", Prefix: 20})
	cfg.Services[0].Subnets = []int{1}
	cfg.TargetGroups[0].DeregistrationDelay = 60 * time.Second
	c := chronicled(t, cfg, nil)
	c.show()
	require.Greater(t, len(c.ended), 10)
	require.Equal(t, "Task failed ELB health checks in (target-group public/web)", c.ended[0].reason)
	require.NotZero(t, c.told("(port 80) is unhealthy in (target-group public/web)", "Availability Zone that is not enabled"))
	for _, x := range c.changes {
		require.Equal(t, balance.Unused, x.to)
	}
}

// ECS rules, services 2.10: within the grace period nobody looks at unhealthy targets; at its end they count.
func TestGracePeriodSparesUnhealthyTargets(t *testing.T) {
	for grace, stops := range map[time.Duration]time.Duration{
		0: 61 * time.Second, 60 * time.Second: 76 * time.Second, 200 * time.Second: model.Never,
	} {
		cfg := behindALB(t, 1)
		cfg.Duration = 400 * time.Second
		cfg.Services[0].Grace = grace
		cfg.Services[0].Apps = []containers.App{{ReadyAfter: seconds(t, 70)}}
		c := chronicled(t, cfg, nil)
		if stops == model.Never {
			require.Empty(t, c.leaving, "ready after 70 s, healthy again at 211 s")
			continue
		}
		require.Equal(t, stops, c.leaving[0].at, "grace %v", grace)
	}
}

// ECS rules, services 5.1: ECS keeps the task DEACTIVATING while its target drains; a draining target keeps its slot.
func TestDeregistrationDelayIsObserved(t *testing.T) {
	cfg := behindALB(t, 2)
	rollout(cfg, 600*time.Second)
	c := chronicled(t, cfg, nil)
	c.show()
	for _, line := range []string{
		"10m31s web/1 DEACTIVATING", "15m31s web/1 STOPPING", "16m1s web/1 STOPPED ServiceSchedulerInitiated Scaling activity initiated by (deployment ecs-svc/0000000000000000002)",
	} {
		require.Contains(t, c.lines, line)
	}
	begin, end := c.became(target{0, "web", 1}, balance.Draining), c.became(target{0, "web", 1}, balance.Unused)
	require.Equal(t, []time.Duration{631 * time.Second, 931 * time.Second}, []time.Duration{begin, end})

	cfg.TargetGroups[0].Targets = 3 // of the new tasks one has a slot at once, the other only after a drain
	c = chronicled(t, cfg, nil)
	require.Equal(t, 931*time.Second, c.became(target{0, "web", 4}, balance.Initial))
}

// ECS rules, placement 5.4: a load balancer holds an address in each of its subnets.
func TestLoadBalancersHoldAddresses(t *testing.T) {
	cfg := behindALB(t, 12)
	cfg.Subnets[0].Prefix = 28
	cfg.Duration = 30 * time.Second
	require.Len(t, chronicled(t, cfg, nil).ran, 10, "11 addresses less the load balancer's")
	cfg.LoadBalancers = append(cfg.LoadBalancers, balance.LoadBalancer{Name: "inner", Type: balance.Network, Subnets: []int{0}})
	require.Len(t, chronicled(t, cfg, nil).ran, 9)
}

// ECS rules, services 5.2: a target of an instance is its host port: the fixed one, the one that the agent picked, or in
// host mode the container's. With several mappings the one that the service names counts.
func TestInstanceTargetsAreHostPorts(t *testing.T) {
	two := []taskdef.PortMapping{{ContainerPort: 9000}, {ContainerPort: 80}}
	ranges := []taskdef.PortMapping{{RangeFirst: 9000, RangeLast: 9004}, {ContainerPort: 80}}
	for name, c := range map[string]struct {
		mode  taskdef.NetworkMode
		ports []taskdef.PortMapping
		want  int
	}{
		"fixed":               {taskdef.Bridge, []taskdef.PortMapping{{ContainerPort: 80, HostPort: 8080}}, 8080},
		"dynamic":             {taskdef.Bridge, []taskdef.PortMapping{{ContainerPort: 80}}, 32768},
		"second dynamic":      {taskdef.Bridge, two, 32769},
		"behind a range":      {taskdef.Bridge, ranges, 32773},
		"host":                {taskdef.Host, []taskdef.PortMapping{{ContainerPort: 80}}, 80},
		"fixed after dynamic": {taskdef.Bridge, []taskdef.PortMapping{{ContainerPort: 9000}, {ContainerPort: 80, HostPort: 81}}, 81},
	} {
		t.Run(name, func(t *testing.T) {
			for open, told := range map[int]int{c.want: 0, c.want + 1: 1} {
				cfg := instanceTargets(t, 1, c.mode, c.ports...)
				cfg.Duration = 60 * time.Second
				cfg.SecurityGroups = []network.SecurityGroup{{Name: "host", Ingress: []network.IngressRule{
					{Group: -1, CIDR: "10.0.0.0/8", Ports: network.PortRange{First: open, Last: open}},
				}}}
				cfg.Fleets[0].SecurityGroups = []int{0}
				h := chronicled(t, cfg, nil)
				require.Equal(t, told, h.told("is unhealthy"))
				require.Equal(t, 1-told, h.count(balance.Healthy))
			}
		})
	}
}
