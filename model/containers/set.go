package containers

import (
	"cmp"
	"math"
	"slices"
	"time"

	"ecssim/model/taskdef"
)

// Set is the containers of one task. Its instants are the world's clock. The zero value is an empty Set for Reset; a Set
// must not be copied.
type Set struct {
	list []container
	one  [1]container // list, if the task has one container: most tasks do
	draw func(container, attempt int) Drawn

	cause           cause
	culprit, victim int32 // indices into list; which is which depends on the cause
	waiting         int32 // containers in that state
	begun           bool
	running         bool // has been reached, and stays
	stopping        bool
	ended           bool
	beforeRunning   bool
	broken          bool // by Break
}

// Exit is how a container ended.
type Exit struct {
	Container string
	Code      int
	At        time.Duration
}

// The exit codes of signals (ECS rules, services ).
const (
	ExitKilled     = 137 // SIGKILL
	ExitTerminated = 143 // SIGTERM
)

// never is later than everything that happens.
const never = time.Duration(math.MaxInt64)

// New returns the containers of a task before Begin. At least one of defs is essential. drawn gives the behaviour of a
// container by its index: attempt 0 at once for all in order, later ones when the container restarts.
func New(defs []taskdef.Container, drawn func(container, attempt int) Drawn) *Set {
	s := new(Set)
	s.Reset(defs, drawn)
	return s
}

// Reset makes s what New returns, in the memory of s. defs is kept and must not change.
func (s *Set) Reset(defs []taskdef.Container, drawn func(container, attempt int) Drawn) {
	list := s.list
	if len(defs) == 1 {
		list = s.one[:]
	}
	list = slices.Grow(list[:0], len(defs))[:len(defs)]
	*s = Set{list: list, draw: drawn, waiting: int32(len(defs))}
	for i := range defs {
		s.list[i] = container{def: &defs[i], drawn: drawn(i, 0), first: -1, ends: -1}
	}
}

// Begin starts the containers in the order of their dependencies. Their images are there.
func (s *Set) Begin(now time.Duration) {
	if s.begun || s.stopping {
		return
	}
	s.begun = true
	if i := s.unresolvable(); i >= 0 {
		s.end(unresolvable, i, i)
	}
	s.settle(now)
	s.Advance(now)
}

// Next is the next instant at which something happens by itself, for Advance; negative if nothing will.
func (s *Set) Next() time.Duration {
	if at, _ := s.due(); at != never {
		return at
	}
	return -1
}

// Advance does all that is due up to and including now, in order of time. One call for a long time does the same as
// many for short ones.
func (s *Set) Advance(now time.Duration) {
	for {
		at, timeout := s.due()
		switch {
		case at > now || at == never:
			return
		case timeout:
			s.expire(at)
		default:
			s.step(at)
		}
	}
}

// due is when something happens next, and whether that is a startTimeout. What else happens at the same instant goes
// first: a dependency that comes true at the last moment is in time.
func (s *Set) due() (at time.Duration, timeout bool) {
	at = never
	for i := range s.list {
		at = min(at, s.list[i].due())
	}
	if s.begun && s.waiting > 0 {
		if deadline, _, _ := s.deadline(); deadline < at {
			return deadline, true
		}
	}
	return at, false
}

// step does what is due at one instant: exits, starts, changes of health, and what follows from them for others.
func (s *Set) step(at time.Duration) {
	for i := range s.list {
		c := &s.list[i]
		if (c.state == running || c.state == stopping) && c.ends == at {
			s.exit(i, at)
		}
	}
	for i := range s.list {
		c := &s.list[i]
		switch {
		case c.state == starting && c.at == at && !s.stopping:
			c.run(at)
		case c.state == running && c.changes == at:
			c.probe(at)
		}
	}
	s.running = s.running || !s.stopping && s.essentialStarted()
	s.settle(at)
}

// settle does what follows at once from a new state: containers start whose dependencies hold, or have SIGTERM once
// nobody depends on them any more.
func (s *Set) settle(at time.Duration) {
	if s.begun && !s.stopping && s.waiting > 0 {
		s.start(at)
	}
	if s.stopping {
		s.terminate(at)
	}
}

func (s *Set) essentialStarted() bool {
	for i := range s.list {
		if s.list[i].def.Essential && s.list[i].first < 0 {
			return false
		}
	}
	return true
}

// Running reports whether every essential container has started, which makes the task RUNNING. It stays true.
func (s *Set) Running() bool { return s.running }

// Stopped reports whether no container runs and none will.
func (s *Set) Stopped() bool {
	for i := range s.list {
		if s.list[i].state != finished {
			return false
		}
	}
	return true
}

// ReadyAt is when the task begins to answer and when it ceases to, as far as is known: it answers while the programs of
// all essential containers do. readyAt is negative if they never do or have not all started, failsAt if it never
// ceases. A program answers until it exits, also after SIGTERM. A restart changes both.
func (s *Set) ReadyAt() (readyAt, failsAt time.Duration) {
	failsAt = never
	for i := range s.list {
		if c := &s.list[i]; c.def.Essential {
			from, to := c.answers()
			readyAt, failsAt = max(readyAt, from), min(failsAt, to)
		}
	}
	switch {
	case readyAt >= failsAt:
		return -1, -1
	case failsAt == never:
		return readyAt, -1
	}
	return readyAt, failsAt
}

// Exits lists the containers that have exited, the last exit of each, in order of time.
func (s *Set) Exits() (exits []Exit) {
	for i := range s.list {
		if c := &s.list[i]; c.state == finished && c.first >= 0 {
			exits = append(exits, Exit{Container: c.def.Name, Code: c.code, At: c.ends})
		}
	}
	slices.SortStableFunc(exits, func(a, b Exit) int { return cmp.Compare(a.At, b.At) })
	return exits
}

// Restarts counts the restarts in place of all containers.
func (s *Set) Restarts() (n int) {
	for i := range s.list {
		n += int(s.list[i].restarts)
	}
	return n
}

// after adds a delay; a negative one never passes, and what comes after the end of time never comes.
func after(at, delay time.Duration) time.Duration {
	if delay < 0 || at > never-delay {
		return never
	}
	return at + delay
}
