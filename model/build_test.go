package model_test

import (
	"context"
	"testing"
	"time"

	"ecssim/model"
	"ecssim/model/catalog"
	"ecssim/model/fleet"
	"ecssim/model/network"
	"ecssim/model/placement"
	"ecssim/model/taskdef"
	"ecssim/sim"
)

// The helpers below build small worlds by hand; defaults are no latency and a subnet that never binds.

func world(change ...func(*model.Config)) *model.Config {
	cfg := &model.Config{
		Name: t1, Duration: time.Hour, Quotas: model.DefaultQuotas(),
		Start:   time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
		Subnets: []network.Subnet{{Name: "default", Zone: "a", Prefix: 8}},
	}
	for _, c := range change {
		c(cfg)
	}
	return cfg
}

const t1 = "test"

// slots is an instance type with room for so many tasks of one unit of everything.
func slots(n int64) catalog.InstanceType {
	return catalog.InstanceType{
		Name: "slots", CPU: n, Memory: n, Architecture: "x86_64", TaskENIs: n, PricePerHour: 0.1, Custom: true,
	}
}

func withFleet(name string, t catalog.InstanceType, count int) func(*model.Config) {
	return func(c *model.Config) {
		c.Fleets = append(c.Fleets, model.Fleet{Name: name, Type: t, Count: count, Subnets: []int{0}})
	}
}

// task is a bridge task of one container.
func task(cpu, memory int) *taskdef.TaskDefinition {
	return &taskdef.TaskDefinition{
		Family: "task", NetworkMode: taskdef.Bridge, CPU: cpu, Memory: memory,
		Containers: []taskdef.Container{{Name: "main", Essential: true}},
	}
}

func placing(t *taskdef.TaskDefinition, rules ...placement.Rule) model.Placing {
	if len(rules) == 0 {
		rules = placement.RunTaskDefault()
	}
	return model.Placing{Task: t, Strategy: rules, Group: "family:" + t.Family, Subnets: []int{0}}
}

// poisson is a Poisson process with a rate in tasks a second that ends after count tasks (0: never).
type poisson struct {
	rate  float64
	count int64
}

func (p poisson) open(s sim.Streams) model.Arrivals {
	draw := s.Named("arrivals/job")
	gap, err := sim.Exponential(1 / p.rate)
	if err != nil {
		panic(err)
	}
	now, n := time.Duration(0), int64(0)
	return arrivalFunc(func() (model.Arrival, bool) {
		if n++; p.count > 0 && n > p.count {
			return model.Arrival{}, false
		}
		now += sim.Seconds(gap, draw)
		return plain(now), true
	})
}

func plain(at time.Duration) model.Arrival {
	return model.Arrival{At: at, RunTime: -1, CPU: -1, Memory: -1, GPUs: -1}
}

type arrivalFunc func() (model.Arrival, bool)

func (f arrivalFunc) Next() (model.Arrival, bool) { return f() }

// at is a list of instants at which one task arrives each.
func at(instants ...time.Duration) func(sim.Streams) model.Arrivals {
	return func(sim.Streams) model.Arrivals {
		n := 0
		return arrivalFunc(func() (model.Arrival, bool) {
			if n++; n > len(instants) {
				return model.Arrival{}, false
			}
			return plain(instants[n-1]), true
		})
	}
}

// run plays a world with an observer.
func run(t testing.TB, cfg *model.Config, seed uint64, o model.Observer) sim.Outcome {
	t.Helper()
	return model.NewWorld(cfg, seed, o).Run(context.Background())
}

// counter is an observer that counts.
type counter struct {
	model.Unheard
	created, failed, placed, running, stopped, givenUp int
	joined, lost                                       int
	throttled                                          int
	lastLaunch                                         time.Duration // of the throttled ones
	live                                               int
	byReason                                           [placement.NumReasons]int
	ending                                             model.Ending
	end                                                time.Duration
}

func (c *counter) InstanceJoined(time.Duration, *fleet.Instance) { c.joined++ }
func (c *counter) InstanceLost(time.Duration, *fleet.Instance)   { c.lost++ }
func (c *counter) TaskCreated(time.Duration, *model.Task)        { c.created++ }
func (c *counter) PlacementFailed(_ time.Duration, _ *model.Task, r *placement.Refusal) {
	c.failed++
	c.byReason[r.Reason]++
}
func (c *counter) LaunchThrottled(_ time.Duration, _ *model.Task, until time.Duration) {
	c.throttled++
	c.lastLaunch = max(c.lastLaunch, until)
}
func (c *counter) TaskPlaced(time.Duration, *model.Task)  { c.placed++; c.live++ }
func (c *counter) TaskRunning(time.Duration, *model.Task) { c.running++ }
func (c *counter) TaskStopped(time.Duration, *model.Task) { c.stopped++; c.live-- }
func (c *counter) TaskGivenUp(time.Duration, *model.Task) { c.givenUp++ }
func (c *counter) RunEnded(now time.Duration, e model.Ending) {
	c.ending, c.end = e, now
}
