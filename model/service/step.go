package service

// Counts are the tasks of one deployment. Live ones have desired status RUNNING; the others are on their way out.
type Counts struct {
	// Want is the desired count of this deployment. Of an older one it begins with what the deployment had when the
	// next began, and sinks by every task that a Move stops; of one that failed it is 0.
	Want int
	Live int // waiting, starting and running
	// Healthy is how many of Live count towards the lower bound.
	Healthy int
	// Leaving are DEACTIVATING, STOPPING or DEPROVISIONING: they hold their place until they are STOPPED.
	Leaving int
	// Protected is how many of Live are protected against scale-in. They are taken to be healthy ones: a task asks for
	// its protection itself, so it runs.
	Protected int
}

// stoppable are the tasks that neither count nor are protected, and those that count and are not.
func (c Counts) stoppable() (unhealthy, healthy int) {
	unhealthy = c.Live - c.Healthy - max(0, c.Protected-c.Healthy)
	healthy = max(0, c.Healthy-c.Protected)
	return unhealthy, healthy
}

// Move is what the scheduler does at once.
type Move struct {
	Start int // of the newest deployment
	// Restart, StopUnhealthy and StopHealthy have an element for each older deployment: replacements of its own
	// revision, and how many of its tasks to stop that do not count towards the lower bound, and that do.
	Restart                    []int
	StopUnhealthy, StopHealthy []int
	// Stuck: work is left, nothing may start or stop, and nothing is under way that would change that. ECS says so in
	// an event (ECS rules, services ).
	Stuck bool
	// Blocked: the same, but without protected tasks there would be a move.
	Blocked bool
}

// Step decides what a deployment does next, given the bounds and what there is. The newest deployment is to reach
// desired, the older ones (in the order in which they shall shrink) are to vanish. launch is false once the newest has
// failed: then nothing is started of it and no older task makes way for it.
//
// ECS publishes the bounds, but neither the order of a round nor who gets a free place first. Here it is:
//
//  1. An older deployment that has more tasks than it wants loses the surplus.
//  2. Older tasks that the healthy tasks of the newest make superfluous are stopped, the unhealthy first.
//  3. Of the healthy older tasks as many are stopped as the lower bound allows, even if there is still room to start:
//     with a minimum below 100 % that is what it is for.
//  4. If the newest lacks tasks, has none under way and no place is free or becoming free, unhealthy older tasks make
//     room. Otherwise a service whose old tasks all crash could never be repaired within 100 %.
//  5. Older tasks that died are replaced with their own revision as long as they are needed, and the newest gets the
//     room that is left; but one place goes to the newest if it has nothing under way, so that it is never starved.
//
// Tasks on their way out count against the upper bound until they are STOPPED: the API speaks of RUNNING and PENDING
// tasks only, but the draining guide has a replacement at maximum 100 % wait until the task has stopped (ECS rules,
// placement 6.2).
func Step(desired, lower, upper int, newest Counts, old []Counts, launch bool) Move {
	s := step{desired: desired, lower: lower, upper: upper, newest: newest, old: old, launch: launch}
	m := s.move()
	if !m.none() || !s.workLeft() || s.underWay() {
		return m
	}
	bare := s
	bare.old = make([]Counts, len(old))
	for i, c := range old {
		c.Protected = 0
		bare.old[i] = c
	}
	free := bare.move()
	m.Stuck, m.Blocked = free.none(), !free.none()
	return m
}

// step is the question.
type step struct {
	desired, lower, upper int
	newest                Counts
	old                   []Counts
	launch                bool
}

func (s *step) move() Move {
	m := Move{
		Restart:       make([]int, len(s.old)),
		StopUnhealthy: make([]int, len(s.old)),
		StopHealthy:   make([]int, len(s.old)),
	}
	s.stopSurplus(&m)
	if s.launch {
		s.stopUnhealthy(&m)
		s.stopHealthy(&m, func(c Counts) int { return c.Live })
	}
	s.start(&m)
	return m
}

// stopSurplus brings older deployments down to what they want.
func (s *step) stopSurplus(m *Move) {
	for i, c := range s.old {
		unhealthy, _ := c.stoppable()
		m.StopUnhealthy[i] = max(0, min(unhealthy, c.Live-c.Want))
	}
	s.stopHealthy(m, func(c Counts) int { return max(0, c.Live-c.Want) })
}

// stopHealthy stops tasks that count, as many as stay above the lower bound, and no more of a deployment than most
// says, the unhealthy ones that go included.
func (s *step) stopHealthy(m *Move, most func(Counts) int) {
	above := s.newest.Healthy - s.lower
	for i, c := range s.old {
		above += c.Healthy - m.StopHealthy[i]
	}
	for i, c := range s.old {
		_, healthy := c.stoppable()
		n := max(0, min(above, healthy-m.StopHealthy[i], most(c)-m.StopUnhealthy[i]-m.StopHealthy[i]))
		m.StopHealthy[i] += n
		above -= n
	}
}

// stopUnhealthy stops older tasks that do not count: those that are superfluous, or stand in the newest's way.
func (s *step) stopUnhealthy(m *Move) {
	superfluous := s.newest.Healthy + s.oldLive(m) - s.desired
	inTheWay := 0
	if s.idle() {
		inTheWay = s.missing() - max(0, s.upper-s.total()) - s.leaving(m)
	}
	stop := max(superfluous, inTheWay)
	for i, c := range s.old {
		unhealthy, _ := c.stoppable()
		n := max(0, min(stop, unhealthy-m.StopUnhealthy[i]))
		m.StopUnhealthy[i] += n
		stop -= n
	}
}

// start fills the room that is there now; what this move stops still holds its place.
func (s *step) start(m *Move) {
	room := max(0, s.upper-s.total())
	kept := 0 // for the newest
	if s.idle() {
		kept = min(1, room)
	}
	needed := s.desired - s.newest.Healthy - s.oldLive(m)
	for i, c := range s.old {
		left := c.Live - m.StopUnhealthy[i] - m.StopHealthy[i]
		want := c.Want - m.StopUnhealthy[i] - m.StopHealthy[i]
		n := max(0, min(want-left, needed, room-kept))
		m.Restart[i] = n
		needed -= n
		room -= n
	}
	m.Start = min(s.missing(), room)
}

// missing is how many tasks the newest may still launch.
func (s *step) missing() int {
	if !s.launch {
		return 0
	}
	return max(0, s.desired-s.newest.Live)
}

// idle: the newest lacks tasks, and none of it is about to become healthy.
func (s *step) idle() bool { return s.missing() > 0 && s.newest.Live == s.newest.Healthy }

// total is everything that holds a place.
func (s *step) total() int {
	n := s.newest.Live + s.newest.Leaving
	for _, c := range s.old {
		n += c.Live + c.Leaving
	}
	return n
}

// leaving is what will give its place back, this move's stops included.
func (s *step) leaving(m *Move) int {
	n := s.newest.Leaving
	for i, c := range s.old {
		n += c.Leaving + m.StopUnhealthy[i] + m.StopHealthy[i]
	}
	return n
}

// oldLive is how many older tasks this move leaves.
func (s *step) oldLive(m *Move) int {
	n := 0
	for i, c := range s.old {
		n += c.Live - m.StopUnhealthy[i] - m.StopHealthy[i]
	}
	return n
}

// workLeft: the deployment is not complete, and may go on.
func (s *step) workLeft() bool {
	left := s.missing()
	for _, c := range s.old {
		left += c.Live
	}
	return s.launch && left > 0
}

// underWay: some task starts, or leaves, or may yet become healthy.
func (s *step) underWay() bool {
	under := s.newest.Live > s.newest.Healthy || s.newest.Leaving > 0
	for _, c := range s.old {
		under = under || c.Live > c.Healthy || c.Leaving > 0
	}
	return under
}

// none reports whether a move does nothing.
func (m Move) none() bool {
	n := m.Start
	for i := range m.Restart {
		n += m.Restart[i] + m.StopUnhealthy[i] + m.StopHealthy[i]
	}
	return n == 0
}
