package scaling

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

var inf = math.Inf(1)

// ECS rules, services.
func TestStepForTheMetric(t *testing.T) {
	for metric, want := range map[float64]int{60: 6, 59.9: 5, 85: 8, 70: 8, 50.1: 5} {
		up := steps("up", GreaterThanThreshold, 50, ChangeInCapacity, Step{0, 10, 1}, Step{10, 20, 2}, Step{20, inf, 4})
		c := start(upTo(1, 20, up))
		require.True(t, c.minutes(1, CPUUtilization, metric))
		require.Equal(t, want, only(t, c.decide(4, 4)).To, "at %v", metric)
	}
}

// ECS rules, services 4.3: above the threshold the lower bound belongs to a step, below it the upper one.
func TestStepBoundsOnBothSidesOfTheThreshold(t *testing.T) {
	list := []Step{{-inf, -20, 1}, {-20, -10, 2}, {-10, 0, 3}, {0, 10, 4}, {10, 20, 5}, {20, inf, 6}}
	for _, tt := range []struct {
		c     Comparison
		value float64
		want  float64
	}{
		{GreaterThanThreshold, 60, 5},
		{GreaterThanThreshold, 59.99, 4},
		{GreaterThanThreshold, 70, 6},
		{GreaterThanOrEqualToThreshold, 50, 4},
		{LessThanThreshold, 40, 2},
		{LessThanThreshold, 40.01, 3},
		{LessThanThreshold, 30, 1},
		{LessThanOrEqualToThreshold, 50, 3},
		{GreaterThanThreshold, 40, 2}, // with M out of N the newest datapoint need not breach
	} {
		s := StepScaling{Alarm: AlarmConfig{Comparison: tt.c, Threshold: 50}, Steps: list}
		step, ok := s.at(tt.value)
		require.True(t, ok)
		require.Equal(t, tt.want, step.Adjustment, "%v %v", tt.value, tt.c)
	}
	s := StepScaling{Alarm: AlarmConfig{Threshold: 60.1}, Steps: []Step{{0, 10, 1}, {10, 20, 2}}}
	step, _ := s.at(70.1)
	require.Equal(t, 2.0, step.Adjustment, "70.1 − 60.1 is less than 10 in floating point")
}

func TestNoStepForTheMetricNoScaling(t *testing.T) {
	c := start(upTo(1, 20, steps("up", GreaterThanThreshold, 50, ChangeInCapacity, Step{10, 20, 2})))
	require.True(t, c.minutes(1, CPUUtilization, 55))
	require.Empty(t, c.decide(4, 4))
	c.minutes(1, CPUUtilization, 90)
	require.Empty(t, c.decide(4, 4))
}

// ECS rules, services, and the rounding of 4.3.
func TestAdjustments(t *testing.T) {
	for _, tt := range []struct {
		kind       Adjustment
		adjustment float64
		magnitude  int
		count      int
		want       int
		formula    string
	}{
		{PercentChangeInCapacity, 25, 2, 4, 6, "4 + 25 %, at least 2, = 6"},
		{PercentChangeInCapacity, 25, 0, 4, 5, "4 + 25 % = 5"},
		{PercentChangeInCapacity, 10, 0, 19, 20, "19 + 10 % = 20"},
		{PercentChangeInCapacity, 10, 0, 29, 31, "29 + 10 % = 31"},
		{PercentChangeInCapacity, 10, 0, 4, 5, "4 + 10 % = 5"},
		{PercentChangeInCapacity, -10, 0, 29, 27, "29 − 10 % = 27"},
		{PercentChangeInCapacity, -10, 0, 4, 3, "4 − 10 % = 3"},
		{PercentChangeInCapacity, -25, 2, 4, 2, "4 − 25 %, at least 2, = 2"},
		{PercentChangeInCapacity, -200, 0, 4, 0, "4 − 200 % = 0"},
		{PercentChangeInCapacity, 0, 5, 4, 4, "4 + 0 %, at least 5, = 4"},
		{PercentChangeInCapacity, 50, 0, 0, 1, "0 + 50 % = 1"},
		{ChangeInCapacity, 3, 0, 4, 7, "4 + 3 = 7"},
		{ChangeInCapacity, -3, 0, 4, 1, "4 − 3 = 1"},
		{ChangeInCapacity, -9, 0, 4, 0, "4 − 9 = 0"},
		{ExactCapacity, 6, 0, 4, 6, "exactly 6"},
	} {
		s := StepScaling{Adjustment: tt.kind, MinMagnitude: tt.magnitude}
		got, direction, formula := s.apply(tt.adjustment, tt.count)
		require.Equal(t, tt.want, got, tt.formula)
		require.Equal(t, tt.formula, formula)
		require.Equal(t, sign(tt.want-tt.count), direction, tt.formula)
	}
}

// "The previous increase of 2 is considered part of the current capacity. Therefore, only 1 is added" (API Reference,
// StepScalingPolicyConfiguration), whether the two run already or not.
func TestMoreAggressiveStepInsideTheCooldownAddsTheDifference(t *testing.T) {
	for _, running := range []int{10, 11, 12} {
		c := start(upTo(1, 30, steps("up", GreaterThanThreshold, 50, ChangeInCapacity, Step{0, 10, 2}, Step{10, inf, 3})))
		c.minutes(1, CPUUtilization, 55)
		require.Equal(t, 12, only(t, c.decide(10, 10)).To)
		c.minutes(1, CPUUtilization, 65)
		require.Equal(t, 13, only(t, c.decide(running, 12)).To, "%d run", running)
	}
}

func TestSameStepInsideTheCooldownAddsNothing(t *testing.T) {
	c := start(upTo(1, 30, steps("up", GreaterThanThreshold, 50, ChangeInCapacity, Step{0, inf, 2})))
	c.minutes(1, CPUUtilization, 55)
	until := only(t, c.decide(10, 10)).Until
	c.minutes(4, CPUUtilization, 55)
	d := only(t, c.decide(12, 12))
	require.Equal(t, InCooldown, d.Blocked)
	require.Equal(t, until, d.Until)
	require.Equal(t, 14, d.Wanted)
	c.minutes(2, CPUUtilization, 55)
	require.Equal(t, 14, only(t, c.decide(12, 12)).To)
}

func TestStepScalingInWaitsForItsCooldown(t *testing.T) {
	c := start(upTo(1, 30, steps("down", LessThanOrEqualToThreshold, 30, PercentChangeInCapacity, Step{-inf, 0, -50})))
	c.minutes(1, CPUUtilization, 30)
	d := only(t, c.decide(10, 10))
	require.Equal(t, 5, d.To)
	require.Equal(t, time.Minute, d.Alarmed)
	require.Zero(t, d.Breached)
	require.InDelta(t, 30, d.Target, 0, "the threshold")
	c.minutes(4, CPUUtilization, 30)
	require.Equal(t, InCooldown, only(t, c.decide(5, 5)).Blocked)
	c.minutes(2, CPUUtilization, 30)
	require.Equal(t, 3, only(t, c.decide(5, 5)).To)
}

func TestExactCapacityGoesEitherWay(t *testing.T) {
	for _, desired := range []int{2, 6, 9} {
		c := start(upTo(1, 30, steps("exact", GreaterThanThreshold, 50, ExactCapacity, Step{0, inf, 6})))
		c.minutes(1, CPUUtilization, 80)
		said := c.decide(desired, desired)
		if desired == 6 {
			require.Empty(t, said)
			continue
		}
		require.Equal(t, 6, only(t, said).To)
	}
}

// ECS rules, services 4.3.
func TestStepProblem(t *testing.T) {
	for _, tt := range []struct {
		steps []Step
		want  string
	}{
		{[]Step{{0, 10, 1}, {10, 20, 2}, {20, inf, 4}}, ""},
		{[]Step{{20, inf, 4}, {0, 10, 1}, {10, 20, 2}}, ""},
		{[]Step{{-inf, -10, -2}, {-10, 0, -1}}, ""},
		{[]Step{{0, inf, 1}}, ""},
		{nil, "there is no step"},
		{[]Step{{-inf, inf, 1}}, "a step has neither a lower nor an upper bound"},
		{[]Step{{10, 10, 1}}, "the lower bound of a step (10) is not below its upper bound (10)"},
		{[]Step{{0, 10, 1}, {-inf, 0, 1}, {-inf, -5, 1}}, "2 steps have no lower bound, at most one may"},
		{[]Step{{0, inf, 1}, {10, inf, 2}}, "2 steps have no upper bound, at most one may"},
		{[]Step{{0, 10, 1}, {12.5, inf, 2}}, "there is no step between 10 and 12.5"},
		{[]Step{{0, 10, 1}, {5, inf, 2}}, "two steps overlap between 5 and 10"},
		{[]Step{{0, 10, 1}, {0, 4, 2}}, "two steps overlap between 0 and 4"},
	} {
		require.Equal(t, tt.want, StepProblem(tt.steps), "%v", tt.steps)
	}
}

// Steps without a problem that have both ends leave no value out and give none two adjustments.
func TestSoundStepsCoverEveryValueOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cuts := rapid.SliceOfNDistinct(rapid.IntRange(-50, 50), 1, 6, rapid.ID[int]).Draw(t, "cuts")
		bounds := []float64{-inf}
		for v := -50; v <= 50; v++ {
			for _, c := range cuts {
				if c == v {
					bounds = append(bounds, float64(v))
				}
			}
		}
		bounds = append(bounds, inf)
		var list []Step
		for i := range bounds[1:] {
			list = append(list, Step{bounds[i], bounds[i+1], float64(i)})
		}
		list = rapid.Permutation(list).Draw(t, "order")
		if p := StepProblem(list); p != "" {
			t.Fatal(p)
		}
		s := StepScaling{Steps: list, Alarm: AlarmConfig{Comparison: Comparison(rapid.IntRange(0, 3).Draw(t, "comparison"))}}
		value := float64(rapid.IntRange(-60, 60).Draw(t, "value"))
		first, ok := s.at(value)
		if !ok {
			t.Fatalf("no step for %v", value)
		}
		for _, l := range list {
			if l != first && l.Lower < value && value < l.Upper {
				t.Fatalf("%v is in %v and %v", value, first, l)
			}
		}
	})
}
