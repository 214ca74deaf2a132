package containers

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ecssim/model/taskdef"
)

// ECS rules, services.
func TestR1_11HealthChecks(t *testing.T) {
	const never = never
	for name, c := range map[string]struct {
		ready, fails         time.Duration
		interval, grace      time.Duration
		retries              int
		early, healthy, late time.Duration
	}{
		"ready at once: the first probe is one interval after the start": {0, -1, 30 * s, 0, 3, never, 30 * s, never},
		"ready at the instant of a probe":                                {60 * s, -1, 30 * s, 0, 3, never, 60 * s, never},
		"ready just after it":                                            {60*s + 1, -1, 30 * s, 0, 3, never, 90 * s, never},
		"never ready: UNHEALTHY after retries":                           {-1, -1, 30 * s, 0, 3, 90 * s, never, never},
		"never ready: the start period delays it":                        {-1, -1, 30 * s, 60 * s, 3, 150 * s, never, never},
		"a start period that is no multiple":                             {-1, -1, 30 * s, 61 * s, 3, 150 * s, never, never},
		"success inside the start period":                                {20 * s, -1, 10 * s, 300 * s, 1, never, 20 * s, never},
		"… and later failures count, also inside it":                     {20 * s, 35 * s, 10 * s, 300 * s, 2, never, 20 * s, 50 * s},
		"late: UNHEALTHY, then HEALTHY":                                  {50 * s, -1, 10 * s, 0, 3, 30 * s, 50 * s, never},
		"ceases to answer":                                               {0, 95 * s, 30 * s, 0, 3, never, 30 * s, 180 * s},
		"ceases to answer at the instant of a probe":                     {0, 90 * s, 30 * s, 0, 3, never, 30 * s, 150 * s},
		"ceases before the first probe":                                  {0, 30 * s, 30 * s, 0, 3, 90 * s, never, never},
		"one retry":                                                      {0, 40 * s, 10 * s, 0, 1, never, 10 * s, 40 * s},
		"the end of time":                                                {never, never, 30 * s, never, 3, never, never, never},
	} {
		check := &taskdef.HealthCheck{Interval: c.interval, StartPeriod: c.grace, Retries: c.retries}
		early, healthy, late := changes(check, Drawn{ReadyAfter: c.ready, FailsAfter: c.fails})
		require.Equal(t, [3]time.Duration{c.early, c.healthy, c.late}, [3]time.Duration{early, healthy, late}, name)
	}
}

// Two routes to one answer: computed at once, and probe by probe as docker does it (moby/moby, daemon/health.go).
func TestHealthEqualsProbingStepByStep(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string, low, high int) time.Duration {
			return time.Duration(rapid.IntRange(low, high).Draw(t, name)) * s
		}
		check := &taskdef.HealthCheck{
			Interval: draw("interval", 1, 20), StartPeriod: draw("startPeriod", 0, 60), Retries: rapid.IntRange(1, 5).Draw(t, "retries"),
		}
		d := does(func(d *Drawn) {
			d.Start, d.ReadyAfter, d.FailsAfter = draw("start", 0, 9), draw("ready", -1, 90), draw("fails", -1, 200)
			d.ExitsAfter = draw("exits", -1, 400)
		})
		if d.ReadyAfter < 0 {
			d.ReadyAfter = -1
		}
		def := app()
		def.Health = check
		x := set([]taskdef.Container{def}, d)
		x.Begin(0)
		naive, streak := Unknown, 0
		for now := time.Duration(0); now <= 400*s; now += s {
			x.Advance(now)
			up := now - d.Start
			if d.ExitsAfter >= 0 && up >= d.ExitsAfter {
				naive = Unknown
			} else if up > 0 && up%check.Interval == 0 {
				switch {
				case d.ReadyAfter >= 0 && up >= d.ReadyAfter && (d.FailsAfter < 0 || up < d.FailsAfter):
					naive, streak = Healthy, 0
				case naive != Unknown || up > check.StartPeriod:
					if streak++; streak >= check.Retries {
						naive = Unhealthy
					}
				}
			}
			require.Equal(t, naive, x.Health(), now)
		}
	})
}

func TestHealthyTaskCostsNoEvents(t *testing.T) {
	def := app()
	def.Health = &taskdef.HealthCheck{Interval: 30 * s, Retries: 3}
	x := set([]taskdef.Container{def}, steady)
	x.Begin(0)
	require.Equal(t, Unknown, x.Health())
	x.Advance(30 * s)
	require.Equal(t, Healthy, x.Health())
	require.Negative(t, x.Next())
}

// ECS rules, services 1.5: UNHEALTHY, then UNKNOWN, then HEALTHY, of the essential containers with a health check.
func TestHealthOfTheTaskIsTheWorst(t *testing.T) {
	check := &taskdef.HealthCheck{Interval: 10 * s, Retries: 1}
	good, bad := steady, does(func(d *Drawn) { d.ReadyAfter = -1 })
	late := does(func(d *Drawn) { d.Start = time.Hour })
	for name, c := range map[string]struct {
		defs  []taskdef.Container
		drawn []Drawn
		want  Health
		any   bool
	}{
		"no checks":      {[]taskdef.Container{{Essential: true}}, []Drawn{good}, Unknown, false},
		"not essential":  {[]taskdef.Container{{Essential: true}, {Name: "b", Health: check}}, []Drawn{good, bad}, Unknown, false},
		"one of two has": {[]taskdef.Container{{Essential: true, Health: check}, {Name: "b", Essential: true}}, []Drawn{good, bad}, Healthy, true},
		"healthy and unknown": {[]taskdef.Container{
			{Essential: true, Health: check}, {Name: "b", Essential: true, Health: check},
		}, []Drawn{good, late}, Unknown, true},
		"unknown and unhealthy": {[]taskdef.Container{
			{Essential: true, Health: check}, {Name: "b", Essential: true, Health: check},
		}, []Drawn{late, bad}, Unhealthy, true},
		"healthy and unhealthy": {[]taskdef.Container{
			{Essential: true, Health: check}, {Name: "b", Essential: true, Health: check},
		}, []Drawn{good, bad}, Unhealthy, true},
	} {
		x := set(c.defs, c.drawn...)
		x.Begin(0)
		x.Advance(time.Minute)
		require.Equal(t, c.want, x.Health(), name)
		require.Equal(t, c.any, x.HasHealthChecks(), name)
	}
	require.Equal(t, "UNHEALTHY", Unhealthy.String())
}

func TestHealthBeginsAnewWithARestart(t *testing.T) {
	def := app()
	def.Health = &taskdef.HealthCheck{Interval: 10 * s, Retries: 1}
	def.Restart = &taskdef.RestartPolicy{AttemptPeriod: 60 * s}
	x := set([]taskdef.Container{def}, does(func(d *Drawn) { d.Start, d.ExitsAfter = 2*s, 60*s }))
	x.Begin(0)
	x.Advance(61 * s)
	require.Equal(t, Healthy, x.Health())
	ready, fails := x.ReadyAt()
	require.Equal(t, [2]time.Duration{2 * s, 62 * s}, [2]time.Duration{ready, fails})
	x.Advance(62 * s)
	require.Equal(t, Unknown, x.Health())
	ready, _ = x.ReadyAt()
	require.Negative(t, ready)
	x.Advance(74 * s)
	require.Equal(t, Healthy, x.Health())
	ready, fails = x.ReadyAt()
	require.Equal(t, [2]time.Duration{64 * s, 124 * s}, [2]time.Duration{ready, fails})
	x.Advance(time.Hour)
	require.Equal(t, 58, x.Restarts())
}
