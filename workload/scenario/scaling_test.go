package scenario

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ecssim/model/scaling"
)

func TestScalingIsRead(t *testing.T) {
	c := good(t, "scaling.toml")
	require.Equal(t, &scaling.Config{
		Min: 2, Max: 40,
		Policies: []scaling.Policy{
			{
				Name: "out", Period: time.Minute, Step: &scaling.StepScaling{
					Alarm: scaling.AlarmConfig{
						Comparison: scaling.GreaterThanOrEqualToThreshold, Threshold: 50, Periods: 3, DatapointsToAlarm: 2, Missing: scaling.MissingIsNotBreaching,
					},
					Adjustment: scaling.PercentChangeInCapacity, MinMagnitude: 2, Cooldown: 90 * time.Second,
					Steps: []scaling.Step{{Lower: 0, Upper: 10, Adjustment: 10}, {Lower: 10, Upper: math.Inf(1), Adjustment: 25}},
				},
			},
			{
				Name: "step-scaling-CPUUtilization", Period: time.Minute, Step: &scaling.StepScaling{
					Alarm: scaling.AlarmConfig{Comparison: scaling.LessThanThreshold, Threshold: 20, Periods: 1}, Cooldown: scaling.DefaultCooldown,
					Steps: []scaling.Step{{Lower: math.Inf(-1), Upper: 0, Adjustment: -1}},
				},
			},
			{
				Name: "step-scaling-CPUUtilization-2", Period: time.Minute, Step: &scaling.StepScaling{
					Alarm: scaling.AlarmConfig{Threshold: 95, Periods: 1}, Adjustment: scaling.ExactCapacity, Cooldown: scaling.DefaultCooldown,
					Steps: []scaling.Step{{Lower: 0, Upper: math.Inf(1), Adjustment: 30}},
				},
			},
		},
	}, c.Services[0].Scaling)
	h := time.Hour
	require.Equal(t, &scaling.Config{
		Min: 4, Max: 40,
		Policies: []scaling.Policy{
			{
				Name: "target-tracking-CPUUtilization", Period: 20 * time.Second, Target: 60, ScaleOutCooldown: time.Minute, ScaleInCooldown: 10 * time.Minute,
			},
			{
				Name: "target-tracking-MemoryUtilization", Metric: scaling.MemoryUtilization, Period: time.Minute, Target: 70.5,
				ScaleOutCooldown: scaling.DefaultCooldown, ScaleInCooldown: scaling.DefaultCooldown, DisableScaleIn: true,
			},
			{
				Name: "requests", Metric: scaling.ALBRequestCountPerTarget, Period: time.Minute, Target: 12000,
				ScaleOutCooldown: scaling.DefaultCooldown, ScaleInCooldown: scaling.DefaultCooldown,
			},
		},
		Schedule: []scaling.ScheduledAction{
			{Name: "morning", At: []time.Duration{90 * time.Minute}, Min: 10, Max: -1}, // a Friday; Monday's is at the end
			{Name: "scheduled", At: []time.Duration{10 * h}, Min: 4, Max: 20},
			{Name: "scheduled-2", At: []time.Duration{24 * h, 48 * h}, Min: -1, Max: 30},
		},
		Suspended:  scaling.Suspension{In: true},
		Predictive: &scaling.Predictive{Target: 50, Scale: true, Buffer: 10 * time.Minute, IncreaseMax: true, MaxBuffer: 10},
	}, c.Services[1].Scaling)
}

// TestStepsAreThoseOfThePolicy: what is accepted here has no gap and no overlap for the model either; what the model
// refuses is refused here, with a place.
func TestStepsAreThoseOfThePolicy(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bound := rapid.IntRange(-3, 3)
		list := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) placedStep {
			s := scaling.Step{Lower: math.Inf(-1), Upper: math.Inf(1), Adjustment: 1}
			n := &node{kind: aTable}
			if rapid.IntRange(0, 4).Draw(t, "lower") > 0 {
				s.Lower = float64(bound.Draw(t, "from"))
				n.put("lower", &node{})
			}
			if math.IsInf(s.Lower, -1) || rapid.IntRange(0, 4).Draw(t, "upper") > 0 {
				s.Upper = max(s.Lower, -4) + float64(rapid.IntRange(1, 3).Draw(t, "length"))
				n.put("upper", &node{})
			}
			return placedStep{s, n, path{"steps"}}
		}), 1, 4).Draw(t, "steps")
		b := &builder{reader: &reader{}}
		b.stepProblems(list)
		var steps []scaling.Step
		open := false // a side that ends before infinity
		for _, s := range list {
			steps = append(steps, s.Step)
		}
		low, high := math.Inf(1), math.Inf(-1)
		for _, s := range steps {
			low, high = min(low, s.Lower), max(high, s.Upper)
		}
		open = low < 0 && !math.IsInf(low, -1) || high > 0 && !math.IsInf(high, 1)
		require.Equal(t, scaling.StepProblem(steps) != "" || open, len(b.diags) > 0, "%v: %s", steps, scaling.StepProblem(steps))
	})
}

// TestPoliciesThatFight row by row: a target of 60 scales out above 60 and in below 54.
func TestPoliciesThatFight(t *testing.T) {
	tracking := scaling.Policy{Target: 60}
	noIn := scaling.Policy{Target: 60, DisableScaleIn: true}
	step := func(c scaling.Comparison, threshold, adjustment float64) scaling.Policy {
		s := scaling.Step{Lower: 0, Upper: math.Inf(1), Adjustment: adjustment}
		if below(c) {
			s = scaling.Step{Lower: math.Inf(-1), Upper: 0, Adjustment: adjustment}
		}
		return scaling.Policy{Step: &scaling.StepScaling{Alarm: scaling.AlarmConfig{Comparison: c, Threshold: threshold}, Steps: []scaling.Step{s}}}
	}
	for _, c := range []struct {
		name       string
		one, other scaling.Policy
		want       bool
		low, high  float64
	}{
		{"scale-in above the target", tracking, step(scaling.LessThanThreshold, 65, -1), true, 60, 65},
		{"scale-in at the target", tracking, step(scaling.LessThanThreshold, 60, -1), false, 0, 0},
		{"scale-out below the low alarm", tracking, step(scaling.GreaterThanThreshold, 50, 1), true, 50, 54},
		{"scale-out between both alarms", tracking, step(scaling.GreaterThanThreshold, 55, 1), false, 0, 0},
		{"scale-out below, and no scale-in", noIn, step(scaling.GreaterThanThreshold, 50, 1), false, 0, 0},
		{"out above 50, in below 60", step(scaling.GreaterThanThreshold, 50, 1), step(scaling.LessThanThreshold, 60, -1), true, 50, 60},
		{"out above 60, in below 50", step(scaling.GreaterThanThreshold, 60, 1), step(scaling.LessThanThreshold, 50, -1), false, 0, 0},
	} {
		low, high, ok := opposed(pulls(&c.one), pulls(&c.other))
		require.Equal(t, c.want, ok, c.name)
		if ok {
			require.Equal(t, []float64{c.low, c.high}, []float64{low, high}, c.name)
		}
	}
}
