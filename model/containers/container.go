package containers

import (
	"slices"
	"time"

	"ecssim/model/taskdef"
)

// Drawn is how the program in one container behaves, with its chances drawn. Durations count from the container's start
// and are negative for never, unless said otherwise.
type Drawn struct {
	// ReadyAfter is when it begins to answer health checks, FailsAfter when it ceases to.
	ReadyAfter, FailsAfter time.Duration
	// ExitsAfter is when it exits by itself, with ExitCode.
	ExitsAfter time.Duration
	ExitCode   int
	// Shutdown is how long it takes to exit after SIGTERM.
	Shutdown time.Duration
	// Start is how long docker takes to create and start the container, before its start; negative counts as 0.
	Start time.Duration
}

// state is where a container stands.
type state uint8

const (
	waiting  state = iota // for what it depends on, or for Begin
	starting              // docker creates and starts it
	running
	stopping // it has SIGTERM
	finished // it has exited for good, or will never run
)

type container struct {
	def   *taskdef.Container
	drawn Drawn
	// first is its first start, negative before; restarts do not change it.
	first time.Duration
	// at is when it starts (starting) or started (running, stopping).
	at time.Duration
	// ends is when it will exit (running, stopping), or the last time it did; negative before it ran.
	ends time.Duration
	// changes is when its health changes next.
	changes  time.Duration
	code     int // of the last exit
	restarts int32
	state    state
	health   Health
	resolved bool // scratch of unresolvable
	// sound is drawn.FailsAfter without a Break.
	sound time.Duration
}

// due is when something happens to the container by itself.
func (c *container) due() time.Duration {
	switch c.state {
	case starting:
		return c.at
	case running:
		return min(c.ends, c.changes)
	case stopping:
		return c.ends
	case waiting, finished:
	}
	return never
}

func (c *container) begin(at time.Duration) {
	c.state, c.at = starting, after(at, max(c.drawn.Start, 0))
}

func (c *container) run(at time.Duration) {
	c.state = running
	if c.first < 0 {
		c.first = at
	}
	c.ends = after(at, c.drawn.ExitsAfter)
	c.watch(at)
}

// exit lets a container exit. It restarts in place, and the task stays as it is, if it has a restart policy and ran
// for at least the attempt period (ECS rules, services ); else the exit of an essential container ends the task.
func (s *Set) exit(i int, at time.Duration) {
	c := &s.list[i]
	if c.state == running {
		c.code = c.drawn.ExitCode
	}
	c.health, c.changes = Unknown, never
	if !s.stopping && c.mayRestart(at) {
		c.restarts++
		c.drawn = s.draw(i, int(c.restarts))
		if s.broken {
			c.breakDown(at)
		}
		c.begin(at)
		return
	}
	c.state = finished
	if c.def.Essential {
		s.end(essentialExited, i, i)
	}
}

func (c *container) mayRestart(at time.Duration) bool {
	policy := c.def.Restart
	if policy == nil || slices.Contains(policy.IgnoredExitCodes, c.code) {
		return false
	}
	period := policy.AttemptPeriod
	if period <= 0 {
		period = taskdef.DefaultAttemptPeriod
	}
	return at-c.at >= period
}

// answers is the span in which the program answers; empty if it never does or does not run.
func (c *container) answers() (from, to time.Duration) {
	if c.state != running && c.state != stopping {
		return never, never
	}
	return after(c.at, c.drawn.ReadyAfter), min(after(c.at, c.drawn.FailsAfter), c.ends)
}
