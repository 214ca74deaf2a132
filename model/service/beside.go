package service

// Beside decides while a deployment of the strategies BLUE_GREEN, LINEAR and CANARY moves its traffic: the newest is to
// reach desired, and nobody makes way for it. Older deployments keep what they want, for they serve: what they lose
// they get back, before the newest gets more. What they do not want is stopped whether or not it is healthy, for it
// gets no traffic (ECS rules, services 2.8).
func Beside(desired, upper int, newest Counts, old []Counts, launch bool) Move {
	s := step{desired: desired, upper: upper, newest: newest, old: old, launch: launch}
	m := Move{
		Restart:       make([]int, len(old)),
		StopUnhealthy: make([]int, len(old)),
		StopHealthy:   make([]int, len(old)),
	}
	room := max(0, upper-s.total())
	for i, c := range old {
		unhealthy, healthy := c.stoppable()
		surplus := max(0, c.Live-c.Want)
		m.StopUnhealthy[i] = min(unhealthy, surplus)
		m.StopHealthy[i] = min(healthy, surplus-m.StopUnhealthy[i])
		m.Restart[i] = max(0, min(c.Want-c.Live, room))
		room -= m.Restart[i]
	}
	m.Start = min(s.missing(), room)
	return m
}
