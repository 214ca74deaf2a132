package containers

import (
	"time"

	"ecssim/model/taskdef"
)

// verdict is what becomes of a dependency.
type verdict uint8

const (
	open verdict = iota
	holds
	impossible
)

// judge tells whether a dependency holds, and which container it is on. START and the agent's own CREATE hold from the
// first start on, COMPLETE and SUCCESS after the last exit, HEALTHY while the container is healthy (ECS rules, services
// 1.4).
func (s *Set) judge(d *taskdef.Dependency) (verdict, int) {
	i := s.index(d.Container)
	c := &s.list[i]
	switch d.Condition {
	case taskdef.WhenComplete:
		if c.state == finished {
			return holds, i
		}
	case taskdef.WhenSuccess:
		if c.state == finished {
			if c.code == 0 {
				return holds, i
			}
			return impossible, i
		}
	case taskdef.WhenHealthy:
		if c.health == Healthy {
			return holds, i
		}
		if c.state == finished {
			return impossible, i
		}
	default:
		if c.first >= 0 {
			return holds, i
		}
	}
	return open, i
}

func (s *Set) index(name string) int {
	for i := range s.list {
		if s.list[i].def.Name == name {
			return i
		}
	}
	return -1
}

// start starts the containers whose dependencies all hold, and ends the task if one never will: the container could
// not start any more.
func (s *Set) start(at time.Duration) {
	for i := range s.list {
		c := &s.list[i]
		if c.state != waiting {
			continue
		}
		ready := true
		for k := range c.def.DependsOn {
			switch v, on := s.judge(&c.def.DependsOn[k]); v {
			case impossible:
				why := unsuccessful
				if c.def.DependsOn[k].Condition == taskdef.WhenHealthy {
					why = neverHealthy
				}
				s.end(why, on, i)
				return
			case open:
				ready = false
			case holds:
			}
		}
		if ready {
			c.begin(at)
			s.waiting--
		}
	}
}

// deadline is the next startTimeout: of which container, and for whom. It counts from the container's start, and only
// for conditions beyond START (ECS rules, services 1.4). A container that has exited has kept or missed its chance.
func (s *Set) deadline() (at time.Duration, culprit, victim int) {
	at = never
	for i := range s.list {
		c := &s.list[i]
		if c.state != waiting {
			continue
		}
		for k := range c.def.DependsOn {
			v, on := s.judge(&c.def.DependsOn[k])
			other := &s.list[on]
			if v != open || other.first < 0 || other.def.StartTimeout <= 0 {
				continue
			}
			if t := after(other.first, other.def.StartTimeout); t < at {
				at, culprit, victim = t, on, i
			}
		}
	}
	return at, culprit, victim
}

// expire ends the task because of a startTimeout.
func (s *Set) expire(at time.Duration) {
	_, culprit, victim := s.deadline()
	s.end(timedOut, culprit, victim)
	s.settle(at)
}

// unresolvable returns a container that can never start, or -1: it depends on one that is not there, on itself in a
// circle, or on the health of one without a health check. The agent refuses such a task before it pulls anything.
func (s *Set) unresolvable() int {
	for progress := true; progress; {
		progress = false
		for i := range s.list {
			if c := &s.list[i]; !c.resolved && s.resolves(c) {
				c.resolved, progress = true, true
			}
		}
	}
	for i := range s.list {
		if !s.list[i].resolved {
			return i
		}
	}
	return -1
}

func (s *Set) resolves(c *container) bool {
	for _, d := range c.def.DependsOn {
		on := s.index(d.Container)
		if on < 0 || !s.list[on].resolved || d.Condition == taskdef.WhenHealthy && s.list[on].def.Health == nil {
			return false
		}
	}
	return true
}
