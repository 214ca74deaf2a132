package model_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ecssim/model"
	"ecssim/model/balance"
	"ecssim/model/network"
	"ecssim/model/service"
	"ecssim/model/taskdef"
)

// guarded is behindALB with security groups: that of the load balancer (0), and that of the tasks (1), which lets the
// load balancer in on a range of ports.
func guarded(t *testing.T, desired int, ports network.PortRange) *model.Config {
	t.Helper()
	cfg := behindALB(t, desired)
	cfg.SecurityGroups = []network.SecurityGroup{
		{Name: "balancer"},
		{Name: "task", Ingress: []network.IngressRule{{Group: 0, Ports: ports}}},
	}
	cfg.LoadBalancers[0].SecurityGroups = []int{0}
	cfg.TargetGroups[0].DeregistrationDelay = 30 * time.Second
	cfg.Services[0].SecurityGroups = []int{1}
	return cfg
}

var port80 = network.PortRange{First: 80, Last: 80}

// ECS rules, services 5.3: the rule may name the load balancer's group or addresses; it must cover the port.
func TestRulesThatLetTheLoadBalancerIn(t *testing.T) {
	for name, c := range map[string]struct {
		rule    network.IngressRule
		healthy bool
	}{
		"group":         {network.IngressRule{Group: 0, Ports: port80}, true},
		"addresses":     {network.IngressRule{Group: -1, CIDR: "0.0.0.0/0", Ports: port80}, true},
		"another port":  {network.IngressRule{Group: 0, Ports: network.PortRange{First: 81, Last: 65535}}, false},
		"another group": {network.IngressRule{Group: 1, Ports: network.AllPorts}, false},
		"UDP":           {network.IngressRule{Group: 0, Ports: port80, UDP: true}, false},
		"abroad":        {network.IngressRule{Group: -1, CIDR: "8.8.8.0/24", Ports: port80}, false},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := guarded(t, 1, port80)
			cfg.SecurityGroups[1].Ingress[0] = c.rule
			cfg.Duration = 60 * time.Second
			require.Equal(t, c.healthy, chronicled(t, cfg, nil).count(balance.Healthy) == 1)
		})
	}
}

// ECS rules, services: without the rule probes time out. The target is unhealthy after two of them, ECS says why,
// stops the task and starts another, for ever; there are never more tasks than desired, and never a healthy target.
func TestR5_3MissingRuleLoopsForEver(t *testing.T) {
	cfg := guarded(t, 3, network.PortRange{First: 443, Last: 443})
	c := chronicled(t, cfg, nil)
	c.show()
	require.Equal(t, 3, c.most)
	require.Zero(t, c.became(target{0, "web", 1}, balance.Healthy)+1)
	require.Equal(t, []any{66 * time.Second, balance.TimedOut}, []any{c.changes[3].at, c.changes[3].reason}, "16 s, and probes at 31 and 61 s")
	require.Contains(t, c.lines, "1m6s EVENT (service web) (task web/1) (port 80) is unhealthy in (target-group public/web) due to (reason Request timed out)")
	for _, m := range c.leaving {
		require.Equal(t, model.ServiceSchedulerInitiated, m.code)
		require.Equal(t, "Task failed ELB health checks in (target-group public/web)", m.reason)
	}
	for _, x := range c.changes {
		require.NotEqual(t, balance.Healthy, x.to)
	}
	// 16 s to start, 50 s to fail, three at a time, and no longer delays: crashes after RUNNING are no failed starts.
	require.InDelta(t, 3*3600/66, len(c.leaving), 9)
	require.Zero(t, c.told("unable to consistently start"))
	require.Zero(t, c.told("steady state"))
}

// ECS rules, services, 2.6: the circuit breaker ends the loop of a deployment after so many replacements.
func TestR5_3BreakerEndsTheLoop(t *testing.T) {
	for desired, threshold := range map[int]int{1: 3, 3: 3, 8: 4, 12: 6} {
		cfg := guarded(t, desired, network.PortRange{First: 443, Last: 443})
		cfg.Services[0].Deployment.Breaker = service.BreakerConfiguration{Enable: true}
		c := chronicled(t, cfg, nil)
		require.Equal(t, model.RolloutFailed, c.deps[1].Rollout)
		require.Equal(t, 1, c.told("deployment failed: tasks failed to start"))
		replaced := 0
		for _, m := range c.leaving {
			if m.at <= c.deps[1].Ended {
				replaced++
			}
		}
		require.GreaterOrEqual(t, replaced, threshold, "desired %d", desired)
		require.Less(t, replaced, threshold+desired, "desired %d", desired)
		require.Empty(t, c.running, "nothing is launched any more")
	}
}

// ECS rules, services 5.3: behind dynamic host ports the rule must cover the range that the agent picks from.
func TestR5_3DynamicPortsNeedTheEphemeralRange(t *testing.T) {
	for ports, healthy := range map[network.PortRange]int{
		{First: 80, Last: 80}: 0, {First: 49153, Last: 65535}: 0, {First: 32768, Last: 65535}: 5, {First: 32768, Last: 32770}: 3,
	} {
		cfg := instanceTargets(t, 5, taskdef.Bridge, taskdef.PortMapping{ContainerPort: 80})
		cfg.SecurityGroups = []network.SecurityGroup{{Name: "balancer"}, {Name: "host", Ingress: []network.IngressRule{{Group: 0, Ports: ports}}}}
		cfg.LoadBalancers[0].SecurityGroups = []int{0}
		cfg.Fleets[0].SecurityGroups = []int{1}
		cfg.Duration = 45 * time.Second
		c := chronicled(t, cfg, nil)
		require.Equal(t, healthy, c.count(balance.Healthy), "%v", ports)

		cfg.Duration = 10 * time.Minute
		cfg.TargetGroups[0].DeregistrationDelay = 10 * time.Second
		if c = chronicled(t, cfg, nil); healthy == 0 {
			require.Greater(t, len(c.ended), 5*6)
			require.Equal(t, 5, c.most)
			require.NotZero(t, c.told("(instance main/1)", "is unhealthy in (target-group public/web) due to (reason Request timed out)"))
		}
	}
}

// ECS rules, services 5.3: a rule that goes missing for a while makes targets unhealthy, and its return heals the service.
func TestServiceHealsWhenTheRuleComesBack(t *testing.T) {
	for _, of := range []int{-1, 1} {
		cfg := guarded(t, 4, port80)
		cfg.Faults = []model.Fault{fault(model.RuleMissing, 10*time.Minute, 20*time.Minute, func(f *model.Fault) { f.SecurityGroup = of })}
		dark := false
		c := chronicled(t, cfg, func(c *chronicle) {
			if now := c.world.Now(); now > 11*time.Minute+10*time.Second && now < 30*time.Minute {
				require.Zero(t, c.count(balance.Healthy))
				dark = true
			}
			require.LessOrEqual(t, len(c.running), 4)
		})
		require.True(t, dark)
		require.Greater(t, len(c.ended), 20)
		require.Equal(t, 4, c.count(balance.Healthy))
		require.Less(t, c.leaving[len(c.leaving)-1].at, 33*time.Minute)
		require.Equal(t, 2, c.told("steady state"))
	}
}

// The rule of another security group is none of this service's business.
func TestMissingRuleOfAnotherGroup(t *testing.T) {
	cfg := guarded(t, 2, port80)
	cfg.Faults = []model.Fault{fault(model.RuleMissing, 10*time.Minute, 0, func(f *model.Fault) { f.SecurityGroup = 0 })}
	require.Empty(t, chronicled(t, cfg, nil).ended)
}

// A probe that is under way when the rule comes back is answered: every instant of the return is fine, also one at which
// the programs come back as well.
func TestRuleComesBackWhileAProbeIsUnderWay(t *testing.T) {
	for at := range 40 {
		cfg := guarded(t, 2, port80)
		lasts := time.Duration(at+1) * time.Second
		cfg.Faults = []model.Fault{fault(model.RuleMissing, 80*time.Second, lasts), fault(model.HealthCheckFailing, 80*time.Second, lasts)}
		cfg.Duration = 10 * time.Minute
		c := chronicled(t, cfg, nil)
		require.Equal(t, 2, c.count(balance.Healthy), "back after %d s", at+1)
	}
}

// A rule that is missing from the start is missing for what starts later.
func TestRuleMissingFromTheStart(t *testing.T) {
	cfg := guarded(t, 1, port80)
	cfg.Faults = []model.Fault{fault(model.RuleMissing, 0, 5*time.Minute)}
	c := chronicled(t, cfg, nil)
	require.Equal(t, 66*time.Second, c.leaving[0].at)
	require.Equal(t, 1, c.count(balance.Healthy))
}
