package containers

import "time"

// Break makes all programs of the task cease to answer health checks, those that start later included, until Mend. It
// may come before Begin. Probes of the same instant came before it, as they come before Mend.
func (s *Set) Break(now time.Duration) {
	if s.broken {
		return
	}
	s.Advance(now)
	s.broken = true
	for i := range s.list {
		s.list[i].breakDown(now)
	}
}

// instant is the least time there is.
const instant = time.Nanosecond

// Mend ends what Break began: programs answer again from now on, if they would have without it.
func (s *Set) Mend(now time.Duration) {
	if !s.broken {
		return
	}
	s.Advance(now)
	s.broken = false
	for i := range s.list {
		c := &s.list[i]
		c.drawn.FailsAfter = c.sound
		if c.state != running {
			continue
		}
		if c.drawn.ReadyAfter >= 0 {
			c.drawn.ReadyAfter = max(c.drawn.ReadyAfter, now-c.at+instant)
		}
		c.rewatch(now)
	}
}

// breakDown makes one program fail from now on, or from its start.
func (c *container) breakDown(now time.Duration) {
	c.sound = c.drawn.FailsAfter
	if c.state != running {
		c.drawn.FailsAfter = 0
		return
	}
	if since := now - c.at + instant; c.sound < 0 || c.sound > since {
		c.drawn.FailsAfter = since
	}
	c.rewatch(now)
}

// rewatch finds the next change of health by a new behaviour.
func (c *container) rewatch(now time.Duration) {
	if c.def.Health != nil {
		c.changes = c.next(now)
	}
}
