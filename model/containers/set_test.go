package containers

import (
	"testing"
	"time"
	"unsafe"

	"github.com/stretchr/testify/require"

	"ecssim/model/taskdef"
)

const s = time.Second

// steady is a program that starts at once, is ready at once, and runs until it is told to stop, which it does at once.
var steady = Drawn{FailsAfter: -1, ExitsAfter: -1}

// does is steady, changed.
func does(edit func(d *Drawn)) Drawn {
	d := steady
	edit(&d)
	return d
}

func exits(at time.Duration, code int) Drawn {
	return does(func(d *Drawn) { d.ExitsAfter, d.ExitCode = at, code })
}

// set is a task whose containers behave the same at every attempt.
func set(defs []taskdef.Container, drawn ...Drawn) *Set {
	return New(defs, func(container, _ int) Drawn { return drawn[container] })
}

// app is an essential container named "app" that depends on others.
func app(on ...taskdef.Dependency) taskdef.Container {
	return taskdef.Container{Name: "app", Essential: true, DependsOn: on}
}

func on(container string, c taskdef.Condition) taskdef.Dependency {
	return taskdef.Dependency{Container: container, Condition: c}
}

func TestOneContainerRunsAndExits(t *testing.T) {
	x := set([]taskdef.Container{app()}, does(func(d *Drawn) { d.Start, d.ExitsAfter, d.ExitCode = 2*s, 10*s, 3 }))
	require.Negative(t, x.Next(), "nothing happens before Begin")
	x.Begin(5 * s)
	require.False(t, x.Running())
	require.Equal(t, 7*s, x.Next())
	x.Advance(7 * s)
	require.True(t, x.Running())
	require.Equal(t, 17*s, x.Next())
	x.Advance(17*s - 1)
	_, ended := x.Ended()
	require.False(t, ended)
	x.Advance(17 * s)
	ending, ended := x.Ended()
	require.True(t, ended)
	require.Equal(t, Ending{
		Container: "app", ExitCode: 3, Name: EssentialContainerExited, Reason: "Essential container in task exited",
	}, ending)
	require.True(t, x.Stopped())
	require.Equal(t, []Exit{{"app", 3, 17 * s}}, x.Exits())
	require.Negative(t, x.Next())
}

// ECS rules, services.
func TestR1_7ContainerStopsAtTheSoonerOfShutdownAndTimeout(t *testing.T) {
	for _, c := range []struct {
		shutdown, timeout, exits time.Duration
		at                       time.Duration
		code                     int
	}{
		{shutdown: 5 * s, timeout: 10 * s, exits: -1, at: 5 * s, code: 143},
		{shutdown: 10 * s, timeout: 10 * s, exits: -1, at: 10 * s, code: 143},
		{shutdown: 11 * s, timeout: 10 * s, exits: -1, at: 10 * s, code: 137},
		{shutdown: -1, timeout: 10 * s, exits: -1, at: 10 * s, code: 137},
		{shutdown: 31 * s, timeout: 0, exits: -1, at: 30 * s, code: 137},
		{shutdown: 0, timeout: 10 * s, exits: -1, at: 0, code: 143},
		{shutdown: 9 * s, timeout: 10 * s, exits: 103 * s, at: 3 * s, code: 7},
		{shutdown: 9 * s, timeout: 10 * s, exits: 109 * s, at: 9 * s, code: 7},
		{shutdown: 9 * s, timeout: 10 * s, exits: 110 * s, at: 9 * s, code: 143},
	} {
		def := app()
		def.StopTimeout = c.timeout
		x := set([]taskdef.Container{def}, Drawn{FailsAfter: -1, ExitsAfter: c.exits, ExitCode: 7, Shutdown: c.shutdown})
		x.Begin(0)
		x.Stop(100 * s)
		x.Stop(101 * s)
		x.Advance(200 * s)
		require.Equal(t, []Exit{{"app", c.code, 100*s + c.at}}, x.Exits(), c)
		_, ended := x.Ended()
		require.False(t, ended, "a task that is stopped does not end by itself")
	}
}

// ECS rules, services.
func TestR1_10RestartInPlace(t *testing.T) {
	restart := func(period time.Duration, ignored ...int) taskdef.Container {
		c := app()
		c.Restart = &taskdef.RestartPolicy{AttemptPeriod: period, IgnoredExitCodes: ignored}
		return c
	}
	for name, c := range map[string]struct {
		def   taskdef.Container
		first Drawn
		want  int // restarts
	}{
		"ran long enough":       {restart(60 * s), exits(60*s, 1), 1},
		"ran less":              {restart(60 * s), exits(60*s-1, 1), 0},
		"default is 300 s":      {restart(0), exits(299*s, 1), 0},
		"300 s":                 {restart(0), exits(300*s, 1), 1},
		"also after success":    {restart(60 * s), exits(60*s, 0), 1},
		"ignored exit code":     {restart(60*s, 0, 9), exits(60*s, 9), 0},
		"not in the list":       {restart(60*s, 0, 9), exits(60*s, 1), 1},
		"without restartPolicy": {app(), exits(time.Hour, 1), 0},
	} {
		x := New([]taskdef.Container{c.def}, func(_, attempt int) Drawn {
			if attempt == 0 {
				return c.first
			}
			require.Equal(t, 1, attempt)
			return does(func(d *Drawn) { d.Start, d.ReadyAfter, d.ExitsAfter, d.ExitCode = 2*s, 3*s, s, 4 })
		})
		x.Begin(0)
		ran := c.first.ExitsAfter
		x.Advance(ran)
		require.Equal(t, c.want, x.Restarts(), name)
		require.True(t, x.Running(), name)
		_, ended := x.Ended()
		require.Equal(t, c.want == 0, ended, name)
		if c.want == 0 {
			require.Equal(t, []Exit{{"app", c.first.ExitCode, ran}}, x.Exits(), name)
			continue
		}
		x.Advance(ran + 3*s)
		require.Equal(t, []Exit{{"app", 4, ran + 3*s}}, x.Exits(), "%s: the second run is too short", name)
	}
}

func TestExitOfANonEssentialContainerLeavesTheTask(t *testing.T) {
	x := set([]taskdef.Container{app(), {Name: "b"}}, exits(time.Hour, 0), exits(5*s, 1))
	x.Begin(0)
	x.Advance(time.Minute)
	_, ended := x.Ended()
	require.False(t, ended)
	require.Equal(t, []Exit{{"b", 1, 5 * s}}, x.Exits())
	x.Advance(time.Hour)
	require.True(t, x.Stopped())
}

// ECS rules, services 1.4: the exit of an essential container stops the others, in the reverse order.
func TestEssentialExitStopsTheOthersInReverse(t *testing.T) {
	slow := does(func(d *Drawn) { d.Shutdown = 5 * s })
	x := set([]taskdef.Container{
		{Name: "proxy"},
		{Name: "agent", DependsOn: []taskdef.Dependency{on("proxy", "START")}},
		{Name: "app", Essential: true},
		{Name: "late", DependsOn: []taskdef.Dependency{on("proxy", "COMPLETE")}},
	}, slow, slow, exits(60*s, 1), steady)
	x.Begin(0)
	x.Advance(60 * s)
	require.False(t, x.Stopped())
	x.Advance(time.Hour)
	require.Equal(t, []Exit{{"app", 1, 60 * s}, {"agent", 143, 65 * s}, {"proxy", 143, 70 * s}}, x.Exits())
	require.Equal(t, Unknown, x.Health())
}

func TestEssentialExitBeforeRunning(t *testing.T) {
	x := set([]taskdef.Container{{Name: "b", Essential: true}, app(on("c", "COMPLETE")), {Name: "c"}},
		exits(5*s, 1), steady, exits(60*s, 0))
	x.Begin(0)
	x.Advance(5 * s)
	ending, ended := x.Ended()
	require.True(t, ended && ending.BeforeRunning)
	require.Equal(t, EssentialContainerExited, ending.Name)
	require.True(t, x.Stopped())
	require.False(t, x.Running())
}

func TestKill(t *testing.T) {
	x := set([]taskdef.Container{app(), {Name: "b"}, {Name: "c", DependsOn: []taskdef.Dependency{on("app", "COMPLETE")}}},
		steady, exits(5*s, 0), steady)
	x.Begin(0)
	x.Kill(10 * s)
	require.True(t, x.Stopped())
	require.Equal(t, []Exit{{"b", 0, 5 * s}, {"app", 137, 10 * s}}, x.Exits())
	require.Negative(t, x.Next())
}

func TestStopBeforeBegin(t *testing.T) {
	x := set([]taskdef.Container{app()}, steady)
	x.Stop(0)
	require.True(t, x.Stopped())
	x.Begin(s)
	require.True(t, x.Stopped())
	require.Empty(t, x.Exits())
}

func TestTaskAnswersWhileAllItsEssentialContainersDo(t *testing.T) {
	defs := []taskdef.Container{app(), {Name: "b", Essential: true, DependsOn: []taskdef.Dependency{on("app", "START")}}, {Name: "c"}}
	x := set(defs,
		does(func(d *Drawn) { d.ReadyAfter, d.FailsAfter = 5*s, 50*s }),
		does(func(d *Drawn) { d.Start, d.ReadyAfter = 2*s, 8*s }),
		does(func(d *Drawn) { d.ReadyAfter = -1 }))
	ready, fails := x.ReadyAt()
	require.True(t, ready < 0 && fails < 0)
	x.Begin(0)
	ready, _ = x.ReadyAt()
	require.Negative(t, ready, "not all have started")
	x.Advance(2 * s)
	ready, fails = x.ReadyAt()
	require.Equal(t, [2]time.Duration{10 * s, 50 * s}, [2]time.Duration{ready, fails})

	x = set(defs[:1], steady)
	x.Begin(3 * s)
	ready, fails = x.ReadyAt()
	require.Equal(t, 3*s, ready)
	require.Negative(t, fails)
	x = set(defs[:1], does(func(d *Drawn) { d.ReadyAfter = -1 }))
	x.Begin(0)
	ready, fails = x.ReadyAt()
	require.True(t, ready < 0 && fails < 0, "never ready")
	x = set(defs[:1], exits(9*s, 0))
	x.Begin(0)
	_, fails = x.ReadyAt()
	require.Equal(t, 9*s, fails, "a program that has exited does not answer")
}

// A service of many tasks has many Sets: one allocation for a task of one container, two for others, none to use again.
func TestMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("the race detector, which runs the short tests, allocates as well")
	}
	require.LessOrEqual(t, unsafe.Sizeof(container{}), uintptr(120))
	defs := []taskdef.Container{app(), {Name: "b"}}
	drawn := func(int, int) Drawn { return steady }
	var keep *Set
	require.LessOrEqual(t, testing.AllocsPerRun(100, func() { keep = New(defs[:1], drawn) }), 1.0)
	require.LessOrEqual(t, testing.AllocsPerRun(100, func() { keep = New(defs, drawn) }), 2.0)
	require.Zero(t, testing.AllocsPerRun(100, func() {
		keep.Reset(defs, drawn)
		keep.Begin(0)
		keep.Stop(s)
	}))
	for _, n := range []int{1, 2, 1} {
		keep.Reset(defs[:n], drawn)
		require.Equal(t, New(defs[:n], drawn).list, keep.list)
	}
}
