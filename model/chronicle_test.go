package model_test

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"ecssim/model"
	"ecssim/model/balance"
	"ecssim/model/fleet"
	"ecssim/model/placement"
	"ecssim/model/service"
)

// chronicle writes down what an observer hears, who ran where and when, and what became of targets. After every event it
// checks what must hold in every world.
type chronicle struct {
	model.Unheard
	t      tester
	cfg    *model.Config
	world  *model.World
	lines  []string
	events []string                  // messages of service events
	deps   map[int]*model.Deployment // of the first service, by number
	newest map[string]*model.Deployment

	placed, ran, leaving, ended []moment
	joined, lost                []moment
	changes                     []change
	faults                      []moment
	running                     map[string]bool // tasks whose lastStatus is RUNNING
	targets                     map[target]balance.State
	dark                        map[string]bool // zones that are out
	most                        int             // tasks RUNNING at once
	ending                      model.Ending
}

// tester is a test, or one try of a property.
type tester interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
	FailNow()
	Failed() bool
	Log(args ...any)
	Cleanup(func())
	Context() context.Context
}

// moment is something that happened to a task or an instance.
type moment struct {
	at                         time.Duration
	name, owner, zone, machine string
	number                     int64
	revision                   int
	code                       model.StopCode
	reason                     string
	exit                       int
	on                         bool
}

type target struct {
	group  int
	owner  string
	number int64
}

type change struct {
	at time.Duration
	target
	from, to balance.State
	reason   balance.Reason
}

// opened is a world that has not run yet. Faults may be there from the start.
func opened(t tester, cfg *model.Config) *chronicle {
	t.Helper()
	c := &chronicle{t: t, cfg: cfg, running: map[string]bool{}, targets: map[target]balance.State{}, dark: map[string]bool{}, deps: map[int]*model.Deployment{}, newest: map[string]*model.Deployment{}}
	c.world = model.NewWorld(cfg, 1, c)
	return c
}

// chronicled runs a world; check, if any, runs after every event.
func chronicled(t tester, cfg *model.Config, check func(c *chronicle)) *chronicle {
	t.Helper()
	c := opened(t, cfg)
	c.world.CheckAfterEvent(func() {
		model.CheckConservation(c.world)
		c.most = max(c.most, len(c.running))
		if check != nil {
			check(c)
		}
	})
	c.world.Run(t.Context())
	return c
}

func (c *chronicle) note(now time.Duration, format string, args ...any) {
	c.lines = append(c.lines, fmt.Sprintf("%v ", now)+fmt.Sprintf(format, args...))
}

func (c *chronicle) TaskHealth(now time.Duration, x *model.Task) { c.note(now, "%s %s", x, x.Health) }

func (c *chronicle) ServiceEvent(now time.Duration, _ *model.Owner, e service.Event) {
	c.events = append(c.events, e.Message)
	c.note(now, "EVENT %s", e.Message)
}

func (c *chronicle) DeploymentChanged(now time.Duration, o *model.Owner, d *model.Deployment) {
	if o.Index == 0 {
		c.deps[d.Number] = d
	}
	if d.Status == model.PrimaryDeployment {
		c.newest[o.Name] = d
	}
	c.note(now, "deployment %d of %s %s %s %s", d.Number, o.Name, d.Status, d.Rollout, d.Reason)
}

func (c *chronicle) of(now time.Duration, x *model.Task) moment {
	m := moment{
		at: now, name: x.String(), owner: x.Owner.Name, number: x.Number, zone: x.Zone(c.cfg), code: x.StopCode,
		reason: x.StoppedReason, exit: x.ExitCode,
	}
	if x.Instance != nil {
		m.machine = x.Instance.Name
	}
	if x.Deployment != nil {
		m.revision = x.Deployment.Revision
	}
	return m
}

func (c *chronicle) TaskPlaced(now time.Duration, x *model.Task) {
	m := c.of(now, x)
	require.False(c.t, c.dark[m.zone], "%s starts in zone %s, which is out", m.name, m.zone)
	c.placed = append(c.placed, m)
}

func (c *chronicle) TaskRunning(now time.Duration, x *model.Task) {
	c.note(now, "%s RUNNING", x)
	require.True(c.t, x.Instance == nil || x.Instance.Terminated == model.Never, "%s runs on an instance that is gone", x)
	require.False(c.t, x.Leaving, "%s runs although it leaves", x)
	c.running[x.String()] = true
	c.ran = append(c.ran, c.of(now, x))
}

func (c *chronicle) TaskChanged(now time.Duration, x *model.Task) {
	c.note(now, "%s %s", x, x.Status)
	delete(c.running, x.String())
}

func (c *chronicle) TaskStopped(now time.Duration, x *model.Task) {
	c.note(now, "%s STOPPED %s %s", x, x.StopCode, x.StoppedReason)
	delete(c.running, x.String())
	c.ended = append(c.ended, c.of(now, x))
	for g, s := range c.targets {
		if g.owner == x.Owner.Name && g.number == x.Number {
			require.Equal(c.t, balance.Draining, s, "%s has stopped, and its target is not on its way out", x)
		}
	}
}

func (c *chronicle) TargetChanged(now time.Duration, x model.TargetChange) {
	k := target{x.Group, x.Owner.Name, x.Number}
	if x.Reason == balance.TooManyTargets || x.Reason == balance.AccessDenied {
		c.note(now, "%s/%d not registered: %s", k.owner, k.number, x.Reason)
		return
	}
	if c.changes = append(c.changes, change{now, k, x.From, x.To, x.Reason}); x.To == balance.Unused && x.Task == nil {
		delete(c.targets, k)
		return
	}
	if before, there := c.targets[k]; there {
		require.Equal(c.t, before, x.From)
	}
	c.targets[k] = x.To
}

func (c *chronicle) InstanceJoined(now time.Duration, i *fleet.Instance) {
	require.False(c.t, c.dark[i.Zone], "%s launches in zone %s, which is out", i.Name, i.Zone)
	c.joined = append(c.joined, moment{at: now, name: i.Name, zone: i.Zone})
}

func (c *chronicle) InstanceLost(now time.Duration, i *fleet.Instance) {
	c.lost = append(c.lost, moment{at: now, name: i.Name, zone: i.Zone})
}

func (c *chronicle) InstanceChanged(now time.Duration, i *fleet.Instance) {
	c.note(now, "%s %v connected=%v", i.Name, i.Status, i.Connected)
}

func (c *chronicle) PlacementFailed(now time.Duration, x *model.Task, r *placement.Refusal) {
	c.note(now, "%s refused %v", x, r.Reason)
}

func (c *chronicle) FaultChanged(now time.Duration, f *model.Fault, on bool) {
	c.note(now, "fault %s %v", f.Name, on)
	c.faults = append(c.faults, moment{at: now, name: f.Name, on: on})
	if f.Kind == model.ZoneOutage {
		c.dark[f.Zone] = on
	}
}

func (c *chronicle) RunEnded(_ time.Duration, e model.Ending) { c.ending = e }

// zones counts the tasks of a service that are RUNNING at the end, by zone.
func (c *chronicle) zones(owner string) map[string]int {
	n := map[string]int{}
	for x := range c.ending.Tasks {
		if x.Owner.Name == owner && x.Status == model.Running {
			n[x.Zone(c.cfg)]++
		}
	}
	return n
}

// count is the number of targets in a state.
func (c *chronicle) count(s balance.State) (n int) {
	for _, x := range c.targets {
		if x == s {
			n++
		}
	}
	return n
}

// told is how many service events contain all the words.
func (c *chronicle) told(words ...string) (n int) {
next:
	for _, e := range c.events {
		for _, w := range words {
			if !strings.Contains(e, w) {
				continue next
			}
		}
		n++
	}
	return n
}

// stops lists the tasks that stopped with a code.
func (c *chronicle) stops(code model.StopCode) (list []moment) {
	for _, m := range c.ended {
		if m.code == code {
			list = append(list, m)
		}
	}
	return list
}

// show prints the history if the test fails.
func (c *chronicle) show() {
	c.t.Cleanup(func() {
		if c.t.Failed() {
			c.t.Log("\n" + strings.Join(c.lines[:min(len(c.lines), 120)], "\n"))
		}
	})
}

// became is when a target got into a state first; Never if it did not.
func (c *chronicle) became(x target, s balance.State) time.Duration {
	for _, y := range c.changes {
		if y.target == x && y.to == s {
			return y.at
		}
	}
	return model.Never
}

// stopping is when and why a task was told to stop.
func (c *chronicle) stopping(name string) moment {
	for _, m := range c.leaving {
		if m.name == name {
			return m
		}
	}
	c.t.Fatalf("%s was never told to stop", name)
	return moment{}
}

func (c *chronicle) TaskLeaving(now time.Duration, x *model.Task) {
	c.leaving = append(c.leaving, c.of(now, x))
}
