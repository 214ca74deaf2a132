package model

import (
	"slices"
	"time"

	"ecssim/model/fleet"
	"ecssim/model/placement"
	"ecssim/model/service"
)

// move is one step of rebalancing: a task that starts in the zone with the fewest, and then one that stops in the zone
// with the most (ECS rules, services 2.9).
type move struct {
	task     *Task // the one that starts; nil without a move
	demand   *placement.Demand
	from, to string
	// going: the service was unbalanced, and steps follow one another.
	going bool
	// notBefore is when the next step may begin after one in vain.
	notBefore time.Duration
}

// extra is how many tasks more than desired the service has because of the move.
func (m *move) extra() int {
	if m.task != nil {
		return 1
	}
	return 0
}

// rebalanceRetry is how long the service waits after a step that found no place. AWS publishes nothing.
const rebalanceRetry = 5 * time.Minute

// rebalance goes on with the step, or begins the next when the service is steady.
func (s *scheduler) rebalance(now time.Duration) {
	if !s.cfg.Rebalancing {
		return
	}
	if t := s.move.task; t != nil {
		s.finishMove(now, t)
		return
	}
	if now < s.move.notBefore || !s.steady() {
		return
	}
	zones := s.zones()
	counts := make([]int, len(zones))
	for _, t := range s.tasks {
		if k := slices.Index(zones, t.Zone(s.world.cfg)); k >= 0 {
			counts[k]++
		}
	}
	to, from, ok := service.NextMove(counts, s.desired)
	_, upper := s.bounds()
	switch {
	case !ok && s.move.going:
		s.move = move{}
		s.tell(now, service.RebalancingCompleted(s.Name, zones, counts))
	case ok && s.total() < upper:
		if !s.move.going {
			s.tell(now, service.RebalancingStarted(s.Name, zones, counts))
		}
		s.move.going = true
		if n := s.protectedIn(now, zones[from]); n == counts[from] {
			s.tell(now, service.RebalancingProtected(s.Name, s.primary.ID, n))
			s.pauseMoves(now)
			return
		}
		s.beginMove(now, zones[to], zones[from])
	}
}

// protectedIn is how many tasks of a zone are protected.
func (s *scheduler) protectedIn(now time.Duration, zone string) (n int) {
	for _, t := range s.tasks {
		if t.Zone(s.world.cfg) == zone {
			n += s.protects(now, t)
		}
	}
	return n
}

// pauseMoves has the next step wait.
func (s *scheduler) pauseMoves(now time.Duration) {
	s.move.task, s.move.notBefore = nil, after(now, rebalanceRetry)
	s.world.engine.At(s.move.notBefore, strike(s.notice))
}

// beginMove starts a task in a zone. If it finds no place there, the move ends and is tried again later.
func (s *scheduler) beginMove(now time.Duration, to, from string) {
	t := s.wantOne(now, s.primary)
	t.Demand = s.primary.rev.offerOf(t).inZone(to)
	s.move = move{task: t, demand: t.Demand, from: from, to: to, going: true}
	s.place(now)
	if s.move.task == nil || t.Placed != Never || t.work.step == launching {
		if s.move.task != nil {
			s.tell(now, service.RebalancingTasksStarted(s.Name, to, []string{t.String()}))
		}
		return
	}
	s.stop(now, t, service.StoppedRebalancing(s.primary.ID))
	s.pauseMoves(now)
}

// finishMove stops a task where there are too many, once the other is healthy.
func (s *scheduler) finishMove(now time.Duration, t *Task) {
	from := s.move.from
	surplus := func(x *Task) bool { return x != t && x.Zone(s.world.cfg) == from }
	if !t.work.standing.healthy || !s.spares(now, surplus) {
		return
	}
	s.move.task = nil
	names := s.stopChosen(now, 1, surplus, service.StoppedRebalancing(s.primary.ID))
	if len(names) > 0 {
		s.tell(now, service.RebalancingTasksStopped(s.Name, from, names))
	} else {
		s.stopChosen(now, 1, func(x *Task) bool { return x == t }, service.StoppedRebalancing(s.primary.ID))
		s.tell(now, service.RebalancingProtected(s.Name, s.primary.ID, 1))
		s.pauseMoves(now)
	}
}

// spares reports whether the lower bound lets one of some tasks go: others may have become unhealthy since the move began.
func (s *scheduler) spares(now time.Duration, is func(*Task) bool) bool {
	lower, _ := s.bounds()
	for _, t := range s.tasks {
		if !t.work.standing.healthy && !t.Leaving && is(t) && s.protects(now, t) == 0 {
			return true // it does not count, and goes first
		}
	}
	return s.healthy() > lower
}

// stopMove ends rebalancing because a deployment begins.
func (s *scheduler) stopMove(now time.Duration) {
	if s.move.going {
		s.tell(now, service.RebalancingStopped(s.Name))
	}
	s.move = move{}
}

// zones are those among which the tasks can be balanced, in order of name: of the subnets on Fargate, of instances that
// take tasks on EC2, for which none is launched.
func (s *scheduler) zones() (zones []string) {
	w := s.world
	add := func(zone string) {
		if !slices.Contains(zones, zone) && !w.outages.zone(zone) {
			zones = append(zones, zone)
		}
	}
	if s.cfg.Launch == Fargate {
		for _, n := range s.primary.rev.placing.Subnets {
			add(w.cfg.Subnets[n].Zone)
		}
	} else {
		for _, i := range s.cluster.index.Instances() {
			if i.Status == fleet.Active && i.Connected && s.matches(i) {
				add(i.Zone)
			}
		}
	}
	slices.Sort(zones)
	return zones
}
