package containers

import (
	"time"

	"ecssim/model/taskdef"
)

// Stop stops the task: its containers have SIGTERM in the reverse order of their dependencies, and SIGKILL when their
// stopTimeout is over. One that has not started never will. Stopping a task that stops already does nothing.
func (s *Set) Stop(now time.Duration) {
	s.Advance(now)
	if s.stopping {
		return
	}
	s.stopping = true
	s.settle(now)
	s.Advance(now)
}

// Kill ends all containers at once: their machine is gone.
func (s *Set) Kill(now time.Duration) {
	s.Advance(now)
	s.stopping, s.waiting = true, 0
	for i := range s.list {
		c := &s.list[i]
		if c.state == running || c.state == stopping {
			c.ends, c.code = now, ExitKilled
		}
		c.finish()
	}
}

func (c *container) finish() {
	c.state, c.health, c.changes = finished, Unknown, never
}

// terminate sends SIGTERM to the running containers on which no other depends that still runs (ECS rules, services
// 1.4). What has not started is given up.
func (s *Set) terminate(at time.Duration) {
	for i := range s.list {
		if c := &s.list[i]; c.state == waiting || c.state == starting {
			c.finish()
		}
	}
	s.waiting = 0
	for i := range s.list {
		if c := &s.list[i]; c.state == running && !s.needed(c.def.Name) {
			c.terminate(at)
		}
	}
}

// needed reports whether a container that depends on the named one has not finished.
func (s *Set) needed(name string) bool {
	for i := range s.list {
		if s.list[i].state == finished {
			continue
		}
		for k := range s.list[i].def.DependsOn {
			if s.list[i].def.DependsOn[k].Container == name {
				return true
			}
		}
	}
	return false
}

// terminate sends SIGTERM. The container exits after its shutdown time with 143, what a program exits with that leaves
// the signal to its default, or is killed after its stopTimeout with 137, whichever is first (ECS rules, services,
// ), unless it exits by itself before.
func (c *container) terminate(at time.Duration) {
	timeout := c.def.StopTimeout
	if timeout <= 0 {
		timeout = taskdef.DefaultStopTimeout
	}
	c.state, c.changes = stopping, never
	end, code := after(at, timeout), ExitKilled
	if shutdown := c.drawn.Shutdown; shutdown >= 0 && shutdown <= timeout {
		end, code = after(at, shutdown), ExitTerminated
	}
	if c.ends <= end {
		end, code = c.ends, c.drawn.ExitCode
	}
	c.ends, c.code = end, code
}
