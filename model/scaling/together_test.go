package scaling

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// ECS rules, services 4.1: out if any policy wants it, and the largest count is taken.
func TestSeveralPoliciesScaleOutToTheLargest(t *testing.T) {
	c := start(upTo(1, 20, cpu(50), memory(60)))
	for range 3 {
		c.minutes(1, CPUUtilization, 75)
		c.also(MemoryUtilization, 120)
	}
	d := only(t, c.decide(4, 4))
	require.Equal(t, "memory", d.Policy)
	require.Equal(t, 8, d.To)

	c = start(upTo(1, 20, cpu(50), memory(60)))
	for range 3 {
		c.minutes(1, CPUUtilization, 75)
		c.also(MemoryUtilization, 10)
	}
	require.Equal(t, 6, only(t, c.decide(4, 4)).To, "memory has nothing against it")
}

// ECS rules, services 4.1: in only if all want it, and again the largest count is taken.
func TestSeveralPoliciesScaleInTogetherOnly(t *testing.T) {
	c := start(upTo(1, 20, cpu(50), memory(60)))
	feed := func(minutes int, memoryValue float64) {
		for range minutes {
			c.minutes(1, CPUUtilization, 10)
			c.also(MemoryUtilization, memoryValue)
		}
	}
	feed(15, 58)
	d := only(t, c.decide(10, 10))
	require.Equal(t, "cpu", d.Policy)
	require.Equal(t, OtherPolicy, d.Blocked)
	require.Equal(t, 2, d.Wanted)
	feed(15, 30)
	said := c.decide(10, 10)
	require.Len(t, said, 1, "that CPU wants 2 was told already")
	require.Equal(t, "memory", said[0].Policy)
	require.Equal(t, 5, said[0].To)
}

func TestScaleInToTheLargestSaysWhoWasOverruled(t *testing.T) {
	c := start(upTo(1, 20, cpu(50), memory(60)))
	for range 15 {
		c.minutes(1, CPUUtilization, 10)
		c.also(MemoryUtilization, 30)
	}
	said := c.decide(10, 10)
	require.Len(t, said, 2)
	require.Equal(t, "cpu", said[0].Policy)
	require.Equal(t, OtherPolicy, said[0].Blocked)
	require.False(t, said[0].Changes())
	require.Equal(t, "memory", said[1].Policy)
	require.Equal(t, 5, said[1].To)
}

// A policy whose formula says that the tasks are just right holds them, although its alarm is in ALARM.
func TestReadyPolicyThatIsContentHoldsTheTasks(t *testing.T) {
	c := start(upTo(1, 20, cpu(50), memory(50)))
	for range 15 {
		c.minutes(1, CPUUtilization, 10)
		c.also(MemoryUtilization, 44)
	}
	d := only(t, c.decide(8, 8))
	require.Equal(t, "cpu", d.Policy)
	require.Equal(t, OtherPolicy, d.Blocked)
}

// ECS rules, services 4.1: policies that do not scale in have no say in it, those without data have.
func TestWhoHasASayInScalingIn(t *testing.T) {
	other := memory(60)
	other.DisableScaleIn = true
	c := start(upTo(1, 20, cpu(50), other))
	for range 15 {
		c.minutes(1, CPUUtilization, 10)
		c.also(MemoryUtilization, 58)
	}
	require.Equal(t, 2, only(t, c.decide(10, 10)).To)

	c = start(upTo(1, 20, cpu(50), memory(60)))
	c.minutes(15, CPUUtilization, 10)
	require.Equal(t, OtherPolicy, only(t, c.decide(10, 10)).Blocked, "memory is INSUFFICIENT_DATA")
}

func TestOneWantsMoreAndOneLess(t *testing.T) {
	c := start(upTo(1, 20, steps("down", LessThanThreshold, 30, ChangeInCapacity, Step{math.Inf(-1), 0, -2}), memory(60)))
	for range 3 {
		c.minutes(1, CPUUtilization, 10)
		c.also(MemoryUtilization, 120)
	}
	d := only(t, c.decide(4, 4))
	require.Equal(t, "memory", d.Policy)
	require.Equal(t, 8, d.To)
	c.minutes(1, CPUUtilization, 10)
	c.also(MemoryUtilization, 120)
	said := c.decide(8, 8)
	require.Len(t, said, 2)
	require.Equal(t, InCooldown, said[0].Blocked)
	require.Equal(t, "down", said[1].Policy)
	require.Equal(t, OtherPolicy, said[1].Blocked, "who wants more overrules, also when nothing comes of it")
	require.Equal(t, 6, said[1].Wanted)
}

// "If the step scaling policy initiates a scale-in activity before the target tracking policy is ready to scale in, the
// scale-in activity will not be blocked" (API Reference, PutScalingPolicy).
func TestStepScalingInDoesNotWaitForTargetTracking(t *testing.T) {
	c := start(upTo(1, 20, steps("down", LessThanThreshold, 50, ChangeInCapacity, Step{math.Inf(-1), 0, -2}), memory(60)))
	c.minutes(1, CPUUtilization, 10)
	c.also(MemoryUtilization, 58)
	d := only(t, c.decide(8, 8))
	require.Equal(t, "down", d.Policy)
	require.Equal(t, 6, d.To)
}

func TestTargetTrackingInDoesNotWaitForStepScaling(t *testing.T) {
	c := start(upTo(1, 20, steps("up", GreaterThanThreshold, 80, ChangeInCapacity, Step{0, math.Inf(1), 2}), memory(60)))
	for range 15 {
		c.minutes(1, CPUUtilization, 50)
		c.also(MemoryUtilization, 30)
	}
	require.Equal(t, 4, only(t, c.decide(8, 8)).To)
}

func TestStepAndTargetTrackingScaleInToTheLarger(t *testing.T) {
	c := start(upTo(1, 20, steps("down", LessThanThreshold, 50, ChangeInCapacity, Step{math.Inf(-1), 0, -1}), memory(60)))
	for range 15 {
		c.minutes(1, CPUUtilization, 10)
		c.also(MemoryUtilization, 30)
	}
	said := c.decide(8, 8)
	require.Len(t, said, 2)
	require.Equal(t, OtherPolicy, said[0].Blocked)
	require.Equal(t, 4, said[0].Wanted)
	require.Equal(t, 7, said[1].To)
}
