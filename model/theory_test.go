package model_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ecssim/model"
	"ecssim/model/placement"
	"ecssim/sim"
)

const seeds = 20

// within5SE checks the mean of independent replications against a formula.
func within5SE(t *testing.T, want float64, got []float64, what string) {
	t.Helper()
	var s sim.Sample
	for _, x := range got {
		s.Observe(x)
	}
	se := s.SD() / math.Sqrt(float64(len(got)))
	require.InDelta(t, want, s.Mean(), 5*se, "%s: %d seeds, standard error %g", what, len(got), se)
}

// erlangB is the blocking probability of an M/G/c/c loss system offered a erlangs (A. K. Erlang, 1917).
func erlangB(a float64, c int) float64 {
	b := 1.0
	for n := 1; n <= c; n++ {
		b = a * b / (float64(n) + a*b)
	}
	return b
}

// blocking writes down every arrival's fate.
type blocking struct {
	counter
	fates []bool
}

func (b *blocking) TaskPlaced(now time.Duration, t *model.Task) {
	b.counter.TaskPlaced(now, t)
	b.fates = append(b.fates, true)
}

func (b *blocking) TaskGivenUp(now time.Duration, t *model.Task) {
	b.counter.TaskGivenUp(now, t)
	b.fates = append(b.fates, false)
}

// lossSystem is c slots on so many instances, offered 0.8 c erlangs (1 erlang for c = 1).
func lossSystem(t *testing.T, c, instances int, tasks int64, rules ...placement.Rule) (*model.Config, float64) {
	t.Helper()
	const mean = 60
	offered := max(1, 0.8*float64(c))
	runTime, err := sim.Exponential(mean)
	require.NoError(t, err)
	cfg := world(withFleet("main", slots(int64(c/instances)), instances), withJob(model.Job{
		Name: "job", Placing: placing(task(1, 1), rules...),
		Arrivals: poisson{rate: offered / mean, count: tasks}.open, RunTime: runTime,
	}))
	cfg.Duration = 0
	return cfg, offered
}

// Erlang B: an arrival is blocked exactly when all c slots are busy, however the slots lie on instances and whichever
// strategy fills them; so for one seed the fates are the same event by event, and their share follows the formula.
func TestErlangB(t *testing.T) {
	strategies := [][]placement.Rule{
		{{Kind: placement.Binpack, Memory: true}}, {{Kind: placement.Spread}}, {{Kind: placement.Random}},
	}
	for _, c := range []struct {
		slots   int
		layouts []int // numbers of instances
	}{{1, []int{1}}, {10, []int{1, 5, 10}}, {100, []int{1, 10, 100}}} {
		t.Run(fmt.Sprintf("c=%d", c.slots), func(t *testing.T) {
			var blocked []float64
			var offered float64
			for seed := range uint64(seeds) {
				var first []bool
				for _, instances := range c.layouts {
					for _, rules := range strategies {
						var cfg *model.Config
						cfg, offered = lossSystem(t, c.slots, instances, 5000, rules...)
						o := &blocking{}
						run(t, cfg, seed+1, o)
						if first == nil {
							first = o.fates
							blocked = append(blocked, float64(o.givenUp)/float64(o.created))
						}
						require.Equal(t, first, o.fates, "seed %d, %d instances, %v", seed, instances, rules)
					}
				}
			}
			within5SE(t, erlangB(offered, c.slots), blocked, "blocking")
		})
	}
}

// busy watches how many tasks run.
type busy struct {
	counter
	gauge sim.Gauge
	work  float64
}

func (b *busy) TaskRunning(now time.Duration, t *model.Task) { b.gauge.Add(now, 1) }
func (b *busy) TaskStopped(now time.Duration, t *model.Task) {
	b.gauge.Add(now, -1)
	b.work += (now - t.Running).Seconds()
}

// M/G/infinity on Fargate: the number of running tasks is Poisson, so its mean and its variance are both the offered
// load, whatever the distribution of run times.
func TestMGInfinityOnFargate(t *testing.T) {
	lognormal, err := sim.LogNormalFromMedianP95(40, 180)
	require.NoError(t, err)
	constant, err := sim.Constant(60)
	require.NoError(t, err)
	for _, runTime := range []sim.Dist{lognormal, constant} {
		t.Run(runTime.String(), func(t *testing.T) {
			const rate = 0.5
			offered := rate * runTime.Mean()
			var means, variances []float64
			for seed := range uint64(seeds) {
				cfg := world(withJob(model.Job{
					Name: "job", Placing: fargate(awsvpc(256, 512)), Arrivals: poisson{rate: rate}.open, RunTime: runTime,
				}))
				cfg.Duration = 24 * time.Hour
				o := &busy{}
				o.gauge.StartAt(time.Hour) // the empty start is not steady state
				run(t, cfg, seed+1, o)
				means = append(means, o.gauge.Mean(cfg.Duration))
				variances = append(variances, o.gauge.Variance(cfg.Duration))
			}
			within5SE(t, offered, means, "mean of running tasks")
			within5SE(t, offered, variances, "variance of running tasks")
		})
	}
}
