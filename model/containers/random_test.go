package containers

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ecssim/model/taskdef"
)

// drawSet draws a task of up to six containers without circles, in any order of definition.
func drawSet(t *rapid.T) (*Set, func() *Set) {
	n := rapid.IntRange(1, 6).Draw(t, "n")
	names := rapid.Permutation([]string{"a", "b", "c", "d", "e", "f"}[:n]).Draw(t, "names")
	seconds := func(name string, low, high int) time.Duration {
		return time.Duration(rapid.IntRange(low, high).Draw(t, name)) * s
	}
	defs, behaviour := make([]taskdef.Container, n), make([][3]Drawn, n)
	for i, name := range names {
		c := taskdef.Container{Name: name, Essential: i == n-1 || rapid.Bool().Draw(t, "essential")}
		c.StopTimeout, c.StartTimeout = seconds("stopTimeout", 0, 40), max(seconds("startTimeout", -60, 60), 0)
		if rapid.Bool().Draw(t, "checked") {
			c.Health = &taskdef.HealthCheck{Interval: 5 * s, Retries: 2, StartPeriod: seconds("startPeriod", 0, 12)}
		}
		if rapid.Bool().Draw(t, "restarts") {
			c.Restart = &taskdef.RestartPolicy{AttemptPeriod: 60 * s, IgnoredExitCodes: []int{2}}
		}
		for _, other := range names[:i] {
			condition := rapid.SampledFrom([]taskdef.Condition{"", "", "START", "COMPLETE", "SUCCESS", "HEALTHY"}).Draw(t, "condition")
			k := slices.IndexFunc(defs[:i], func(c taskdef.Container) bool { return c.Name == other })
			if condition != "" && (condition != "HEALTHY" || defs[k].Health != nil) {
				c.DependsOn = append(c.DependsOn, on(other, condition))
			}
		}
		defs[i] = c
		for k := range behaviour[i] {
			behaviour[i][k] = Drawn{
				ReadyAfter: seconds("ready", -1, 20), FailsAfter: seconds("fails", -1, 90), ExitsAfter: seconds("exits", -1, 120),
				ExitCode: rapid.IntRange(0, 2).Draw(t, "code"), Shutdown: seconds("shutdown", -1, 50), Start: seconds("start", 0, 5),
			}
		}
	}
	if rapid.Bool().Draw(t, "reversed") { // the order of definition means nothing
		slices.Reverse(defs)
		slices.Reverse(behaviour)
	}
	again := func() *Set {
		return New(defs, func(i, attempt int) Drawn { return behaviour[i][attempt%3] })
	}
	return again(), again
}

// held reports whether a dependency held at some instant up to now, by the state alone.
func held(x *Set, d taskdef.Dependency) bool {
	c := x.list[x.index(d.Container)]
	switch d.Condition {
	case taskdef.WhenComplete:
		return c.state == finished
	case taskdef.WhenSuccess:
		return c.state == finished && c.code == 0
	case taskdef.WhenHealthy:
		return c.health == Healthy
	default:
		return c.first >= 0
	}
}

// ECS rules, services 1.4 and, for any task: nobody starts before what it depends on, nobody has SIGTERM while a
// container runs that depends on it, and all stops within the sum of the stopTimeouts.
func TestOrderOfAnyTask(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x, _ := drawSet(t)
		stopAt := time.Duration(rapid.IntRange(0, 400).Draw(t, "stop")) * s
		x.Begin(0)
		before := make([]state, len(x.list))
		var stopped time.Duration
		for now := time.Duration(0); ; now = x.Next() {
			require.GreaterOrEqual(t, now, time.Duration(0))
			if now >= stopAt {
				now = stopAt
				x.Stop(now)
				stopped = now
				break
			}
			x.Advance(now)
			for i, c := range x.list {
				for _, d := range c.def.DependsOn {
					if before[i] == waiting && (c.state == starting || c.state == running) {
						require.True(t, held(x, d), "%s waits for %s %s at %v", c.def.Name, d.Container, d.Condition, now)
					}
				}
				before[i] = c.state
			}
			if _, ended := x.Ended(); ended {
				stopped = now
				break
			}
			if x.Next() < 0 {
				x.Stop(now)
				stopped = now
				break
			}
		}
		limit := stopped
		for _, c := range x.list {
			if limit += c.def.StopTimeout; c.def.StopTimeout == 0 {
				limit += 30 * s
			}
		}
		for x.Next() >= 0 {
			for _, c := range x.list {
				for _, d := range c.def.DependsOn {
					if c.state == running || c.state == stopping {
						require.NotEqual(t, stopping, x.list[x.index(d.Container)].state, "%s has SIGTERM before %s", d.Container, c.def.Name)
					}
				}
			}
			x.Advance(x.Next())
		}
		require.True(t, x.Stopped())
		for _, e := range x.Exits() {
			require.LessOrEqual(t, e.At, limit)
		}
		require.Equal(t, Unknown, x.Health())
	})
}

// One Advance for a long time does the same as many for short ones, and a second one at the same instant nothing.
func TestAdvanceDoesNotDependOnHowOftenItIsCalled(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x, again := drawSet(t)
		y := again()
		x.Begin(0)
		y.Begin(0)
		stop, kill := time.Duration(rapid.IntRange(0, 300).Draw(t, "stop"))*s, rapid.Bool().Draw(t, "kill")
		for now := time.Duration(0); now < stop; now += s / 2 {
			x.Advance(now)
			x.Advance(now)
			next := x.Next()
			require.True(t, next < 0 || next > now, "what is due is done")
		}
		if kill {
			x.Kill(stop)
			y.Kill(stop)
		} else {
			x.Stop(stop)
			y.Stop(stop)
		}
		for x.Next() >= 0 {
			x.Advance(x.Next())
		}
		y.Advance(time.Hour)
		x.draw, y.draw = nil, nil // functions cannot be compared
		require.Equal(t, x, y)
	})
}
