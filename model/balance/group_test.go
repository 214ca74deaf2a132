package balance

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ecssim/model/network"
)

// ECS rules, services: of 1200 registrations in one target group 200 fail; a slot that comes free is taken again.
func TestR5_4RegistrationsBeyondTheLimitFail(t *testing.T) {
	g := group(HealthCheck{})
	var last *Target
	failed := 0
	for n := range 1200 {
		target, ok := g.Register(0, 0, "a", n)
		require.Equal(t, n < 1000, ok)
		if !ok {
			failed++
			continue
		}
		last = target
	}
	require.Equal(t, 200, failed)
	g.Deregister(0, last)
	_, ok := g.Register(0, 0, "a", nil)
	require.False(t, ok, "a draining target keeps its slot")
	g.Unregister(last)
	_, ok = g.Register(0, 0, "a", nil)
	require.True(t, ok)
}

// ECS rules, services 5.4: the targets of an Application Load Balancer are counted over all its groups.
func TestLimitOfTheLoadBalancer(t *testing.T) {
	b := NewBalancer(LoadBalancer{Targets: 3}, nil, []*TargetGroup{{}, {Targets: 2}})
	one, two := b.Groups()[0], b.Groups()[1]
	for _, step := range []struct {
		group *Group
		want  bool
	}{{two, true}, {two, true}, {two, false}, {one, true}, {one, false}} {
		_, ok := step.group.Register(0, 0, "", nil)
		require.Equal(t, step.want, ok)
	}
	require.Equal(t, 3, b.Registered())
	require.Equal(t, 2, two.Registered())
	require.Equal(t, []int{1000, 3000}, []int{DefaultTargets(Application), DefaultTargets(Network)})
}

// ECS rules, services 5.4: a Network Load Balancer takes 500 targets in a zone, unless its quota was raised.
func TestLimitOfAZone(t *testing.T) {
	for targets, want := range map[int]int{0: 500, 3000: 500, 5000: 600} {
		b := NewBalancer(LoadBalancer{Type: Network, Targets: targets}, nil, []*TargetGroup{{}})
		for range 600 {
			b.Groups()[0].Register(0, 0, "a", nil)
		}
		require.Equal(t, want, b.Registered(), "quota %d", targets)
		_, ok := b.Groups()[0].Register(0, 0, "b", nil)
		require.True(t, ok)
	}
}

// ECS rules, services 5.1: if no target is healthy, requests go to all that are not draining.
func TestFailOpen(t *testing.T) {
	g := group(HealthCheck{})
	require.False(t, g.FailsOpen(), "nobody there is no fail-open")
	serving := func() (owners []any) {
		for target := range g.Serving() {
			owners = append(owners, target.Owner())
		}
		return owners
	}
	add := func(zone, name string) *Target {
		target, _ := g.Register(0, 0, zone, name)
		return target
	}
	one, _, three, four := add("a", "1"), add("b", "2"), add("a", "3"), add("a", "4")
	g.Deregister(0, four)
	follow(t, one, Never, Never, true)
	require.Equal(t, []any{"1", "3"}, serving(), "not those in a zone without a node, nor draining ones")
	require.True(t, g.FailsOpen())
	follow(t, three, 0, Never, false)
	require.Equal(t, []any{"3"}, serving())
	require.False(t, g.FailsOpen())
	require.Equal(t, 1, g.Healthy())
	for range g.Serving() {
		break
	}
}

// ECS rules, services 5.3: a target in a zone that is not enabled is not used, and not probed.
func TestZoneNotEnabled(t *testing.T) {
	subnets := []network.Subnet{{Zone: "a"}, {Zone: "b"}, {Zone: "c"}, {Zone: "b"}}
	lbs := []LoadBalancer{{Subnets: []int{0}}, {Subnets: []int{3, 0, 1}}}
	require.Equal(t, []string{"b", "a"}, Zones(lbs[1], subnets))
	balancers, groups := NewBalancers(lbs, []TargetGroup{{Name: "x", LoadBalancer: 1}, {Name: "y"}}, subnets)
	require.Same(t, balancers[1], groups[0].Balancer())
	require.Equal(t, "y", balancers[0].Groups()[0].Config().Name)

	target, ok := groups[0].Register(7*second, 0, "c", nil)
	require.True(t, ok)
	require.Equal(t, []any{Unused, NotInUse, Never}, []any{target.State(), target.Reason(), target.NextProbe()})
	_, _, ok = target.Forecast(0, Never, false)
	require.False(t, ok)
	require.Equal(t, 1, balancers[1].Registered(), "it counts")
	require.Equal(t, 9*second, groups[0].Deregister(9*second, target), "there is nothing to drain")
	groups[0].Unregister(target)
	require.Zero(t, balancers[1].Registered())
}

// Whatever happens, the counts are those of a recount, and the order is that of registration.
func TestCountsEqualARecount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := NewBalancer(LoadBalancer{Targets: 12}, []string{"a"}, []*TargetGroup{{Targets: 8}, {}})
		now := time.Duration(0)
		for n := range rapid.IntRange(1, 60).Draw(t, "steps") {
			now += second
			g := b.Groups()[rapid.IntRange(0, 1).Draw(t, "group")]
			all := slices.Collect(g.All())
			action := rapid.IntRange(0, 3).Draw(t, "action")
			if action == 0 || len(all) == 0 {
				_, ok := g.Register(now, 0, rapid.SampledFrom([]string{"a", "b"}).Draw(t, "zone"), n)
				require.Equal(t, b.Registered() < 12 && len(all) < g.Config().Targets || ok, ok)
				continue
			}
			target := rapid.SampledFrom(all).Draw(t, "target")
			switch {
			case action == 1 && target.State() != Draining:
				g.Deregister(now, target)
			case action == 2:
				g.Unregister(target)
			case action == 3 && target.NextProbe() >= 0:
				answer := Answer(rapid.IntRange(0, 3).Draw(t, "answer"))
				target.Probe(target.Result(answer), answer)
			}
			recount(t, b)
		}
	})
}

func recount(t require.TestingT, b *Balancer) {
	total := 0
	for _, g := range b.Groups() {
		var counts [NumStates]int
		last := -1
		for target := range g.All() {
			counts[target.State()]++
			require.Greater(t, target.Owner(), last)
			last, _ = target.Owner().(int)
		}
		for s, n := range counts {
			require.Equal(t, n, g.Count(State(s)), State(s).String())
		}
		total += g.Registered()
		serving := len(slices.Collect(g.Serving()))
		if g.Healthy() > 0 {
			require.Equal(t, g.Healthy(), serving)
		} else {
			require.Equal(t, counts[Initial]+counts[Unhealthy], serving)
		}
	}
	require.Equal(t, b.Registered(), total)
}

// ECS rules, placement 5.4: an Application Load Balancer wants a /27 with eight free addresses; a Network Load Balancer
// takes one.
func TestAddressesOfLoadBalancers(t *testing.T) {
	require.Empty(t, ProblemsInSubnet(Application, network.Subnet{Name: "a", Prefix: 27}, 8))
	require.Equal(t, []string{"subnet a has 7 free addresses, but a load balancer of this type needs 8"},
		ProblemsInSubnet(Application, network.Subnet{Name: "a", Prefix: 24}, 7))
	require.Equal(t, []string{"subnet a is a /28, but an Application Load Balancer needs a /27 or larger"},
		ProblemsInSubnet(Application, network.Subnet{Name: "a", Prefix: 28}, 11))
	require.Empty(t, ProblemsInSubnet(Network, network.Subnet{Prefix: 28}, 1))
	require.Len(t, ProblemsInSubnet(Network, network.Subnet{Prefix: 28}, 0), 1)
	require.Equal(t, int64(1), AddressesPerSubnet(Application))
}

// ECS rules, services 5.1: the defaults are legal, and what lies outside the ranges is not.
func TestProblemsOfHealthChecks(t *testing.T) {
	for _, kind := range []Type{Application, Network} {
		require.Empty(t, TargetGroup{Health: DefaultHealthCheck(kind), DeregistrationDelay: DefaultDeregistrationDelay}.Problems(kind))
	}
	h := HealthCheck{Interval: 10 * second, Timeout: 10 * second, Healthy: 2, Unhealthy: 10}
	require.Empty(t, h.Problems(Network))
	require.Equal(t, []string{"the time-out (10s) has to be shorter than the interval (10s)"}, h.Problems(Application))
	require.Len(t, TargetGroup{Health: HealthCheck{Timeout: second}, DeregistrationDelay: 2 * time.Hour}.Problems(Network), 6)
}
