package house

import (
	"context"
	"math"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ecssim/model"
	"ecssim/report"
	"ecssim/workload/scenario"
)

// The scenarios in which capacity follows load are held to their comments by what the summary says of them.
func init() {
	for name, check := range scalingFindings {
		findings[name] = check
	}
}

// recorded plays a scenario and returns its record and summary.
func recorded(t *testing.T, s *scenario.Scenario) (*report.Record, *report.Summary) {
	t.Helper()
	r := report.NewRecorder(s.Config, s.Seed, report.RecorderOptions{})
	model.NewWorld(s.Config, s.Seed, r).Run(context.Background())
	return r.Record(), report.Summarise(report.Set{Records: []*report.Record{r.Record()}})
}

func summary(t *testing.T, name string, sets ...string) *report.Summary {
	t.Helper()
	_, s := recorded(t, loaded(t, filepath.Join(root, "scenarios", name+".toml"), sets...))
	return s
}

var scalingFindings = map[string]func(t *testing.T){
	"day-of-load": func(t *testing.T) {
		s := summary(t, "day-of-load")
		web, asg := s.Services["web"], s.CapacityProviders["asg"]
		require.EqualValues(t, 4, web.Desired, "at midnight again")
		require.Greater(t, web.Scaling.DesiredMax, int64(30))
		require.Greater(t, asg.Peak, int64(8))
		mean := web.Scaling.Lags.Mean
		between(t, 210, 280, mean.Detection)
		between(t, 300, 420, mean.Total)
		require.Greater(t, mean.Detection, mean.Total/2, "most of the time goes by before the alarm")
		require.Less(t, *web.Load.DroppedFraction, 0.01)
		require.Nil(t, web.Scaling.Oscillation, "a daily curve with noise is none")
		roomy := summary(t, "day-of-load", "capacity_providers.asg.managed_scaling.target_capacity=80")
		lag := roomy.Services["web"].Scaling.Lags.Mean
		require.Less(t, lag.Capacity+lag.Boot, (mean.Capacity+mean.Boot)/3, "few tasks need a new instance")
		between(t, 1.1, 1.35, roomy.Cost.TotalUSD/s.Cost.TotalUSD)
	},
	"from-zero": func(t *testing.T) {
		s := summary(t, "from-zero")
		require.EqualValues(t, 22, s.Services["web"].Running)
		require.EqualValues(t, 11, s.CapacityProviders["asg"].Now)
		require.GreaterOrEqual(t, s.CapacityProviders["asg"].Blocked, int64(2), "the warm-up of the first and of the second burst")
		require.Greater(t, s.CapacityProviders["asg"].Wait.P95, 300.0, "a warm-up")
		at := summary(t, "from-zero", "capacity_providers.asg.desired_capacity=1")
		require.Less(t, at.CapacityProviders["asg"].Wait.P50, 240.0, "the estimate counts at once")
		few := summary(t, "from-zero", "account.quotas.provisioning_tasks=10")
		require.Positive(t, few.Totals.Failures)
		require.Equal(t, "provisioning", few.FirstBottleneck.Resource)
	},
	"spread-or-binpack": func(t *testing.T) {
		spread := summary(t, "spread-or-binpack")
		binpack := summary(t, "spread-or-binpack", "services.web.placement_strategy=binpack-memory")
		require.EqualValues(t, 10, spread.CapacityProviders["asg"].Now)
		require.Zero(t, spread.CapacityProviders["asg"].Terminated)
		require.InDelta(t, 100, *spread.CapacityProviders["asg"].Reservation, 0.01)
		require.EqualValues(t, 3, binpack.CapacityProviders["asg"].Now)
		require.Equal(t, spread.Services["web"].Desired, binpack.Services["web"].Desired)
		require.InDelta(t, 10*24*0.192, spread.Cost.TotalUSD, 0.01)
		between(t, 28, 32, spread.Cost.TotalUSD-binpack.Cost.TotalUSD)
	},
	"oscillation": func(t *testing.T) {
		s := summary(t, "oscillation")
		steps := s.Services["steps"].Scaling.Oscillation
		require.NotNil(t, steps)
		require.Greater(t, steps.Reversals, 20)
		require.Contains(t, steps.Sentence, "cooldown")
		require.Nil(t, s.Services["tracking"].Scaling.Oscillation)
		require.LessOrEqual(t, s.Services["tracking"].Scaling.Out+s.Services["tracking"].Scaling.In, int64(3))
		require.Contains(t, steps.Sentence, "try a cooldown of 4m")
		calm := loaded(t, filepath.Join(root, "scenarios", "oscillation.toml"))
		for k := range calm.Config.Services[0].Scaling.Policies {
			calm.Config.Services[0].Scaling.Policies[k].Step.Cooldown = 4 * time.Minute
		}
		_, s = recorded(t, calm)
		require.Nil(t, s.Services["steps"].Scaling.Oscillation, "the advice helps")
		require.LessOrEqual(t, s.Services["steps"].Scaling.Out+s.Services["steps"].Scaling.In, int64(4))
	},
	"launch-curve": func(t *testing.T) {
		one, ten, ec2 := summary(t, "launch-curve"), summary(t, "launch-curve-ten"), summary(t, "launch-curve-ec2")
		minute := 60.0
		between(t, 6*minute, 8*minute, one.Services["web"].Wait.Max)
		most := 0.0
		for _, web := range ten.Services {
			require.EqualValues(t, 350, web.Running)
			most = max(most, web.Wait.Max)
		}
		between(t, 170, 300, most)
		between(t, 30*minute, 45*minute, ec2.Services["web"].Wait.Max)
		cold := summary(t, "launch-curve-ec2", "capacity_providers.asg.managed_scaling.instance_warmup_period=0s")
		between(t, 8*minute, 12*minute, cold.Services["web"].Wait.Max) // 600 s in the benchmark of 2022
	},
	"launch-curve-ten": func(*testing.T) {}, // with launch-curve
	"launch-curve-ec2": func(*testing.T) {},
	"spot-share": func(t *testing.T) {
		s := summary(t, "spot-share")
		mixed := s.CapacityProviders["mixed"]
		require.Positive(t, mixed.Spot)
		require.Positive(t, mixed.Terminated, "interruptions")
		require.Positive(t, mixed.Failed, "three hours without Spot")
		rude := summary(t, "spot-share", "capacity_providers.mixed.managed_draining=DISABLED")
		require.Less(t, s.Services["web"].Stopped["SpotInterruption"], rude.Services["web"].Stopped["SpotInterruption"]/2)
		f := look(t, "spot-share", nil)
		require.Equal(t, 10, f.running["api"])
		require.Equal(t, map[string]int{"FARGATE": 4, "FARGATE_SPOT": 6}, f.by["api"], "2 + 2 and 6")
	},
	"managed-instances": func(t *testing.T) {
		s := summary(t, "managed-instances")
		auto := s.CapacityProviders["auto"]
		require.EqualValues(t, 12, s.Jobs["reports"].Finished)
		require.Less(t, auto.Wait.P95, 90.0, "half a minute, not three")
		require.Positive(t, auto.Terminated, "idle ones go")
		fee := 0.0
		for _, item := range s.Cost.Items {
			if item.Item == "ECS Managed Instances fee" {
				fee = item.USD
			}
		}
		between(t, 0.10, 0.12, fee/s.Cost.TotalUSD)
		slow := summary(t, "managed-instances", "capacity_providers.auto.scale_in_after=1h")
		require.Greater(t, slow.Cost.TotalUSD, s.Cost.TotalUSD)
	},
	"forecast": func(t *testing.T) {
		s, only := summary(t, "forecast"), summary(t, "forecast", "services.web.scaling.predictive.mode=ForecastOnly")
		require.Less(t, s.Services["web"].Load.Short, only.Services["web"].Load.Short*2/3)
		require.Less(t, s.Services["web"].Load.Dropped, only.Services["web"].Load.Dropped*2/3)
	},
}

func between(t *testing.T, low, high, got float64) {
	t.Helper()
	require.False(t, math.IsNaN(got))
	require.GreaterOrEqual(t, got, low)
	require.LessOrEqual(t, got, high)
}
