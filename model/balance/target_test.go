package balance

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

const second = time.Second

// group returns the only group of an Application Load Balancer in zone a.
func group(h HealthCheck) *Group {
	b := NewBalancer(LoadBalancer{}, []string{"a"}, []*TargetGroup{{Health: h, DeregistrationDelay: 300 * second}})
	return b.Groups()[0]
}

func register(t require.TestingT, g *Group, now, phase time.Duration) *Target {
	target, ok := g.Register(now, phase, "a", nil)
	require.True(t, ok)
	return target
}

// follow lets a forecast come true.
func follow(t require.TestingT, target *Target, readyAt, failsAt time.Duration, blocked bool) time.Duration {
	at, to, ok := target.Forecast(readyAt, failsAt, blocked)
	require.True(t, ok)
	target.Become(at, to, target.Group().Why(to, blocked))
	return at
}

// ECS rules, services: registered at t with a phase in [0, 30), a target is healthy between t and t+30 s.
func TestR5_1HealthyWithinOneInterval(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		now := time.Duration(rapid.Int64Range(0, int64(time.Hour)).Draw(t, "now"))
		phase := time.Duration(rapid.Int64Range(0, int64(30*second)-1).Draw(t, "phase"))
		target := register(t, group(HealthCheck{}), now, phase)
		require.Equal(t, Initial, target.State())
		require.Equal(t, InitialHealthChecking, target.Reason())
		require.Equal(t, Never, target.HealthySince())
		at := follow(t, target, 0, Never, false)
		require.Equal(t, now+phase, at)
		require.Equal(t, Healthy, target.State())
		require.Empty(t, target.Reason())
		require.Equal(t, at, target.HealthySince())
	})
}

// ECS rules, services: two failures in a row make a target unhealthy, up to 60 s after the application died.
func TestR5_2UnhealthyAfterTwoFailures(t *testing.T) {
	g := group(HealthCheck{})
	target := register(t, g, 0, 0)
	require.Equal(t, time.Duration(0), follow(t, target, 0, 61*second, false))
	require.Equal(t, 120*second, follow(t, target, 0, 61*second, false), "probes of 90 and 120 s fail")
	require.Equal(t, FailedHealthChecks, target.Reason())
	_, _, ok := target.Forecast(0, 61*second, false)
	require.False(t, ok, "it stays unhealthy")
	require.Equal(t, 1, g.Count(Unhealthy))

	target = register(t, g, 0, 0)
	follow(t, target, 0, 60*second, false)
	at := follow(t, target, 0, 60*second+1, false)
	require.InDelta(t, 60*second, at-60*second, 1)
}

// ECS rules, services 5.1: one failure in between starts the count anew.
func TestFailuresCountInARow(t *testing.T) {
	target := register(t, group(HealthCheck{}), 0, 0)
	for _, step := range []struct {
		answer Answer
		want   State
	}{
		{Refused, Initial}, {OK, Healthy}, {WrongCode, Healthy}, {OK, Healthy}, {WrongCode, Healthy}, {WrongCode, Unhealthy},
		{OK, Unhealthy}, {OK, Unhealthy}, {OK, Unhealthy}, {OK, Unhealthy}, {Refused, Unhealthy},
		{OK, Unhealthy}, {OK, Unhealthy}, {OK, Unhealthy}, {OK, Unhealthy}, {OK, Healthy},
	} {
		before := target.State()
		changed := target.Probe(target.Result(step.answer), step.answer)
		require.Equal(t, step.want, target.State())
		require.Equal(t, before != step.want, changed)
		if target.State() == Unhealthy {
			require.Equal(t, ResponseCodeMismatch, target.Reason())
		}
	}
	require.Equal(t, 15*30*second, target.Since())
}

// ECS rules, services 5.1: a fresh target is healthy after its first success; the conservative reading wants five.
func TestFreshTargetFirstSuccessOrFive(t *testing.T) {
	require.Equal(t, 15*second, follow(t, register(t, group(HealthCheck{}), 0, 15*second), 0, Never, false))
	h := DefaultHealthCheck(Application)
	h.FirstSuccess = false
	require.Equal(t, (15+4*30)*second, follow(t, register(t, group(h), 0, 15*second), 0, Never, false))
	require.Equal(t, 150*second, follow(t, register(t, group(h), 0, 30*second), 0, Never, false), "5 × 30 s")
}

// ECS rules, services 5.1: back from unhealthy a target needs five successes in a row.
func TestReturnFromUnhealthyNeedsFive(t *testing.T) {
	target := register(t, group(HealthCheck{}), 0, 0)
	require.Equal(t, 30*second, follow(t, target, 50*second, Never, false))
	require.Equal(t, Unhealthy, target.State())
	require.Equal(t, 180*second, follow(t, target, 50*second, Never, false), "successes at 60, 90, 120, 150 and 180 s")
	require.Equal(t, Healthy, target.State())
}

// ECS rules, services: no grace period, 30 s, two failures, and an application that needs 70 s: unhealthy 60 s
// after the registration, before it ever answered.
func TestR2_12SlowBootIsKilledAt60s(t *testing.T) {
	target := register(t, group(HealthCheck{}), 100*second, 30*second)
	require.Equal(t, 160*second, follow(t, target, 170*second, Never, false))
	require.Equal(t, Unhealthy, target.State())
	require.Equal(t, "Health checks failed", target.Reason().Description())
}

// ECS rules, services 5.3: without a rule of the security group probes time out, each five seconds after it was sent.
func TestBlockedProbesTimeOut(t *testing.T) {
	target := register(t, group(HealthCheck{}), 0, 30*second)
	require.Equal(t, 30*second, target.NextProbe())
	require.Equal(t, 35*second, target.Result(Timeout))
	require.Equal(t, 65*second, follow(t, target, 0, Never, true))
	require.Equal(t, TimedOut, target.Reason())
	require.Equal(t, "Request timed out", target.Reason().Description())

	b := NewBalancer(LoadBalancer{Type: Network}, nil, []*TargetGroup{{}})
	target = register(t, b.Groups()[0], 0, 0)
	require.Equal(t, 40*second, follow(t, target, 0, Never, true))
	require.Equal(t, FailedHealthChecks, target.Reason(), "Target.Timeout is of Application Load Balancers")
}

// A probe that was dropped is still under way when the path opens: it gets through then, and not before.
func TestProbeUnderWayWhenThePathOpens(t *testing.T) {
	target := register(t, group(HealthCheck{}), 0, 10*second)
	target.Forecast(0, Never, true)
	target.Settle(12*second, 0, Never, true)
	require.Equal(t, 12*second, target.Result(OK))
	require.Equal(t, 12*second, follow(t, target, 0, Never, false))
	require.Equal(t, Healthy, target.State())
	require.Equal(t, 40*second, target.NextProbe())
}

// ECS rules, services 5.1: a deregistered target drains for the delay, without probes, and keeps its slot.
func TestDrainingEndsAfterTheDelay(t *testing.T) {
	g := group(HealthCheck{})
	target := register(t, g, 0, 0)
	follow(t, target, 0, Never, false)
	require.Equal(t, 310*second, g.Deregister(10*second, target))
	require.Equal(t, Draining, target.State())
	require.Equal(t, DeregistrationInProgress, target.Reason())
	require.Equal(t, []time.Duration{Never, Never}, []time.Duration{target.NextProbe(), target.HealthySince()})
	_, _, ok := target.Forecast(0, Never, false)
	require.False(t, ok)
	require.Equal(t, []int{0, 1, 1}, []int{g.Healthy(), g.Count(Draining), g.Registered()})
	require.Panics(t, func() { g.Deregister(20*second, target) })

	g.Unregister(target)
	require.Equal(t, []any{Unused, NotRegistered}, []any{target.State(), target.Reason()})
	require.Equal(t, []int{0, 0, 0, 0}, []int{g.Count(Draining), g.Count(Unused), g.Registered(), g.Balancer().Registered()})
	require.Panics(t, func() { g.Unregister(target) })
	require.Panics(t, func() { g.Deregister(400*second, target) })
}

func TestOnlyWhatWasForecastComesTrue(t *testing.T) {
	target := register(t, group(HealthCheck{}), 0, 0)
	require.Panics(t, func() { target.Become(0, Healthy, "") })
	target.Forecast(0, Never, false)
	require.Panics(t, func() { target.Become(1, Healthy, "") })
	require.Panics(t, func() { target.Become(0, Unhealthy, "") })
	require.Panics(t, func() { target.Settle(1, 0, Never, false) }, "the change was missed")
	require.Panics(t, func() { target.Probe(1, OK) }, "not due")
}

// ECS rules, services 9.1, case D: new tasks start in 16 s and are probed 15 s later; then the old ones drain for 300 s.
func TestRollingUpdateOfFour(t *testing.T) {
	const update = 1000 * second
	g := group(HealthCheck{})
	var old []*Target
	for range 4 {
		old = append(old, register(t, g, 0, 0))
		follow(t, old[len(old)-1], 0, Never, false)
	}
	for range 4 {
		require.Equal(t, update+31*second, follow(t, register(t, g, update+16*second, 15*second), update, Never, false))
	}
	require.Equal(t, 8, g.Healthy())
	for _, target := range old {
		require.Equal(t, update+331*second, g.Deregister(update+31*second, target))
	}
	require.Equal(t, []int{4, 4, 8}, []int{g.Healthy(), g.Count(Draining), g.Registered()})
}
