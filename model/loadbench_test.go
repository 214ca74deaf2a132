package model_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"ecssim/model"
	"ecssim/model/load"
	"ecssim/sim"
)

// BenchmarkTwoWeeksOfLoad is fifty services that follow the daily rise and fall of their load, each ten minutes at another
// rate, by target tracking on metrics of a minute. One iteration is the whole.
func BenchmarkTwoWeeksOfLoad(b *testing.B) {
	for _, where := range []string{"fargate", "group"} {
		b.Run(where, func(b *testing.B) {
			for range b.N {
				cfg := twoWeeks(b, 50, where == "group")
				var seen tallied
				run(b, cfg, 1, &seen)
				if seen.decisions < 50*14*2 || seen.minutes != 50*14*24*60 {
					b.Fatalf("%d decisions, %d minutes", seen.decisions, seen.minutes)
				}
			}
		})
	}
}

// twoWeeks is so many services on Fargate, or all on one Auto Scaling group.
func twoWeeks(t testing.TB, services int, onGroups bool) *model.Config {
	cfg := behindALB(t, 4)
	timed(t, cfg)
	cfg.Duration = 14 * 24 * time.Hour
	cfg.LoadBalancers, cfg.TargetGroups = nil, nil
	cfg.Subnets[0].Prefix = 16
	if onGroups {
		p := onGroup(t, cfg, 100, 1000)
		p.Managed.TargetCapacity = 90
	}
	template := cfg.Services[0]
	template.Targets = nil
	cfg.Services = nil
	for n := range services {
		s := template
		s.Name = fmt.Sprintf("service-%d", n+1)
		s.Group = "service:" + s.Name
		s.Load = &model.Load{Profile: load.Profile{CPUBase: 5, CPUPerUnit: 1, ServiceTime: time.Millisecond, Timeout: time.Minute}, Curve: daily(n)}
		s.Scaling = tracking(2, 40)
		cfg.Services = append(cfg.Services, s)
	}
	return cfg
}

// daily rises and falls once a day, ten minutes at a time.
func daily(n int) func(sim.Streams) load.Curve {
	return func(sim.Streams) load.Curve {
		at := time.Duration(0)
		return curveFunc(func() (load.Step, bool) {
			s := load.Step{At: at, Rate: 1000 + 800*math.Sin(2*math.Pi*at.Hours()/24+float64(n))}
			at += 10 * time.Minute
			return s, true
		})
	}
}

// tallied counts what scaling told.
type tallied struct {
	model.Unheard
	minutes, decisions int
}

func (c *tallied) LoadMeasured(time.Duration, *model.Owner, model.LoadMinute) { c.minutes++ }
func (c *tallied) ScalingDecided(_ time.Duration, d model.ScalingDecision) {
	if d.Owner != nil && d.Changes() {
		c.decisions++
	}
}
