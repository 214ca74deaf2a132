package model_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"ecssim/model"
	"ecssim/model/load"
	"ecssim/model/scaling"
	"ecssim/sim"
)

var inf = math.Inf(1)

// A load that no number of tasks serves drives a service to its maximum and no further: formulas begin with the tasks that
// run, which keeps them from running away (ECS rules, services 4.1). What nobody serves is dropped, and nothing else breaks.
func TestARunawayLoadStopsAtTheMaximum(t *testing.T) {
	cfg := behindALB(t, 4)
	timed(t, cfg)
	cfg.Duration = 3 * hour
	cfg.Services[0].Load = &model.Load{
		Profile: load.Profile{CPUPerUnit: 1}, Curve: rates(load.Step{Rate: 1}, load.Step{At: hour, Rate: 1e9}),
	}
	cfg.Services[0].Scaling = tracking(4, 50)
	var seen scaled
	require.Equal(t, sim.Reached, run(t, cfg, 1, &seen))
	got := changes(seen.service)
	for _, c := range got {
		require.LessOrEqual(t, c.to, 2*c.from, "twice what runs, since the CPU cannot be above 100 %")
	}
	require.Equal(t, 50, got[len(got)-1].to)
	last := seen.service[len(seen.service)-1]
	require.Equal(t, scaling.AtMaximum, last.Blocked)
	end := seen.minutes[len(seen.minutes)-1]
	require.InEpsilon(t, 1e9, end.Offered, 1e-9)
	require.InEpsilon(t, 50*256, end.Served, 1e-9)
	require.InEpsilon(t, 1e9-50*256, end.Dropped, 1e-9)
}

// Two policies that fight: one wants out above 30 %, the other in below 60 %. Out wins as often as both speak, so that the
// service ends where only one of them does (ECS rules, services 4.1).
func TestOfTwoPoliciesThatFightTheOneForMoreWins(t *testing.T) {
	cfg := behindALB(t, 4)
	timed(t, cfg)
	cfg.Duration = 3 * hour
	cfg.Services[0].Load = &model.Load{Profile: load.Profile{CPUPerUnit: 1}, Curve: rates(load.Step{Rate: 512})}
	step := func(name string, c scaling.Comparison, threshold float64, move scaling.Step) scaling.Policy {
		return scaling.Policy{Name: name, Metric: scaling.CPUUtilization, Period: scaling.Minute, Step: &scaling.StepScaling{
			Alarm: scaling.AlarmConfig{Comparison: c, Threshold: threshold, Periods: 1}, Steps: []scaling.Step{move}, Cooldown: s(120),
		}}
	}
	cfg.Services[0].Scaling = &scaling.Config{Min: 1, Max: 50, Policies: []scaling.Policy{
		step("out", scaling.GreaterThanThreshold, 30, scaling.Step{Lower: 0, Upper: inf, Adjustment: 1}),
		step("in", scaling.LessThanThreshold, 60, scaling.Step{Lower: -inf, Upper: 0, Adjustment: -1}),
	}}
	var seen scaled
	run(t, cfg, 1, &seen)
	overruled := 0
	for _, d := range seen.service {
		if d.Policy == "in" && d.Blocked == scaling.OtherPolicy {
			overruled++
		}
		if d.Changes() && d.To < d.From {
			require.LessOrEqual(t, d.Value, 30.0, "while the other wants more, nothing goes")
		}
	}
	require.Positive(t, overruled)
}
