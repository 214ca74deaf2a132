package containers

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ecssim/model/taskdef"
)

func startOf(t *testing.T, x *Set, name string) time.Duration {
	t.Helper()
	x.Begin(0)
	for x.Next() >= 0 {
		x.Advance(x.Next())
	}
	return x.list[x.index(name)].first
}

// ECS rules, services.
func TestR1_9ContainerStartsWhenAllItsDependenciesHold(t *testing.T) {
	checked := &taskdef.HealthCheck{Interval: 10 * s, Retries: 3}
	for name, c := range map[string]struct {
		defs  []taskdef.Container
		drawn []Drawn
		want  time.Duration
	}{
		"none": {[]taskdef.Container{app()}, []Drawn{steady}, 0},
		"START": {
			[]taskdef.Container{app(on("b", "START")), {Name: "b"}},
			[]Drawn{steady, does(func(d *Drawn) { d.Start = 4 * s })}, 4 * s,
		},
		"START of one that has exited": {
			[]taskdef.Container{app(on("b", "START"), on("c", "START")), {Name: "b"}, {Name: "c"}},
			[]Drawn{steady, exits(s, 1), does(func(d *Drawn) { d.Start = 4 * s })}, 4 * s,
		},
		"COMPLETE": {[]taskdef.Container{app(on("b", "COMPLETE")), {Name: "b"}}, []Drawn{steady, exits(7*s, 1)}, 7 * s},
		"SUCCESS":  {[]taskdef.Container{app(on("b", "SUCCESS")), {Name: "b"}}, []Drawn{steady, exits(7*s, 0)}, 7 * s},
		"HEALTHY": {
			[]taskdef.Container{app(on("b", "HEALTHY")), {Name: "b", Health: checked}},
			[]Drawn{steady, does(func(d *Drawn) { d.Start, d.ReadyAfter = 2*s, 15*s })}, 22 * s,
		},
		"the last of three": {
			[]taskdef.Container{
				app(on("b", "HEALTHY"), on("c", "COMPLETE"), on("d", "START")),
				{Name: "b", Health: checked}, {Name: "c"}, {Name: "d"},
			},
			[]Drawn{steady, steady, exits(12*s, 0), does(func(d *Drawn) { d.Start = 3 * s })}, 12 * s,
		},
		"a chain, and its own start": {
			[]taskdef.Container{app(on("b", "START")), {Name: "b", DependsOn: []taskdef.Dependency{on("c", "SUCCESS")}}, {Name: "c"}},
			[]Drawn{does(func(d *Drawn) { d.Start = s }), does(func(d *Drawn) { d.Start = 2 * s }), exits(4*s, 0)}, 7 * s,
		},
	} {
		require.Equal(t, c.want, startOf(t, set(c.defs, c.drawn...), "app"), name)
	}
}

// ECS rules, services 1.4: a dependency that cannot come true any more ends the task.
func TestDependencyThatNeverHoldsEndsTheTask(t *testing.T) {
	const graph = "TaskDependencyError: dependency graph: "
	checked := &taskdef.HealthCheck{Interval: 10 * s, Retries: 3}
	for _, c := range []struct {
		condition taskdef.Condition
		timeout   time.Duration
		other     Drawn
		at        time.Duration // negative: the task goes on
		reason    string
	}{
		{"SUCCESS", 0, exits(5*s, 2), 5 * s,
			graph + "failed to resolve container ordering dependency [b] for target [app] as dependency did not exit successfully"},
		{"HEALTHY", 0, exits(5*s, 0), 5 * s,
			graph + "failed to resolve container ordering dependency [b] for target [app] as dependency exited before it was healthy"},
		{"COMPLETE", 8 * s, exits(9*s, 0), 10 * s, graph + "container ordering dependency [b] for target [app] has timed out"},
		{"SUCCESS", 8 * s, exits(9*s, 0), 10 * s, graph + "container ordering dependency [b] for target [app] has timed out"},
		{"HEALTHY", 8 * s, steady, 10 * s, graph + "container ordering dependency [b] for target [app] has timed out"},
		{"HEALTHY", 10 * s, steady, -1, ""}, // just in time
		{"COMPLETE", 9 * s, exits(9*s, 0), -1, ""},
		{"START", s, does(func(d *Drawn) { d.Start = 2 * s }), -1, ""}, // a start is not awaited with a timeout
		{"COMPLETE", 0, exits(time.Hour, 0), -1, ""},
	} {
		if c.timeout > 0 && c.at > 0 {
			c.other.Start = 2 * s // the timeout counts from the start
		}
		x := set([]taskdef.Container{
			app(on("b", c.condition)), {Name: "b", Health: checked, StartTimeout: c.timeout},
		}, steady, c.other)
		x.Begin(0)
		if c.at < 0 {
			x.Advance(2 * time.Hour)
			require.True(t, x.Running(), c)
			continue
		}
		x.Advance(c.at - 1)
		_, ended := x.Ended()
		require.False(t, ended, c)
		x.Advance(c.at)
		ending, ended := x.Ended()
		require.True(t, ended, c)
		require.Equal(t, Ending{
			Container: "b", ExitCode: ending.ExitCode, BeforeRunning: true, Name: TaskDependencyError, Reason: c.reason,
		}, ending)
		require.True(t, x.Stopped())
	}
}

func TestTaskWithDependenciesThatCannotBeResolvedNeverStarts(t *testing.T) {
	for name, defs := range map[string][]taskdef.Container{
		"unknown":        {app(on("x", "START"))},
		"itself":         {app(on("app", "START"))},
		"circle":         {app(on("b", "START")), {Name: "b", DependsOn: []taskdef.Dependency{on("app", "START")}}},
		"no healthCheck": {app(on("b", "HEALTHY")), {Name: "b"}},
	} {
		x := set(defs, steady, steady)
		x.Begin(0)
		ending, ended := x.Ended()
		require.True(t, ended, name)
		require.Equal(t, TaskDependencyError, ending.Name)
		require.Contains(t, ending.Reason, "Task dependencies cannot be resolved")
		require.True(t, x.Stopped())
		require.Empty(t, x.Exits())
	}
}
