package model

import (
	"time"

	"ecssim/model/service"
)

// bulletin gathers what happens to many tasks of a service at one instant, for one event each: ECS lists tasks together.
type bulletin struct {
	scheduler                *scheduler
	open                     bool
	started, stopped         []string
	pending, draining        int
	registered, deregistered []int // by target group
}

// batch opens the bulletin of this instant.
func (s *scheduler) batch(now time.Duration) *bulletin {
	b := &s.bulletin
	if !b.open {
		if b.scheduler == nil {
			groups := len(s.world.cfg.TargetGroups)
			b.scheduler, b.registered, b.deregistered = s, make([]int, groups), make([]int, groups)
		}
		b.open = true
		s.world.engine.AtEnd(now, b)
	}
	return b
}

// listed is how many tasks one event names at most.
const listed = 10

// Fire tells what the instant brought.
func (b *bulletin) Fire(now time.Duration) {
	s := b.scheduler
	b.open = false
	for len(b.started) > 0 {
		n := min(listed, len(b.started))
		s.tell(now, service.TasksStarted(s.Name, b.started[:n], 0))
		b.started = b.started[n:]
	}
	for len(b.stopped) > 0 {
		n := min(listed, len(b.stopped))
		s.tell(now, service.TasksStopped(s.Name, b.stopped[:n]))
		b.stopped = b.stopped[n:]
	}
	if b.pending > 0 {
		s.tell(now, service.PendingStopped(s.Name, b.pending))
	}
	for n := range b.registered {
		name := s.world.cfg.TargetGroups[n].Name
		if b.registered[n] > 0 {
			s.tell(now, service.TargetsRegistered(s.Name, b.registered[n], name))
		}
		if b.deregistered[n] > 0 {
			s.tell(now, service.TargetsDeregistered(s.Name, b.deregistered[n], name))
		}
		b.registered[n], b.deregistered[n] = 0, 0
	}
	if b.draining > 0 {
		s.tell(now, service.Draining(s.Name, b.draining))
	}
	b.pending, b.draining = 0, 0
}
