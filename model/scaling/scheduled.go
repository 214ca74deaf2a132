package scaling

import (
	"fmt"
	"slices"
	"time"
)

// schedule is what is left of the scheduled actions, in order of time; actions of the same instant in the order of the list.
type schedule []due

type due struct {
	at     time.Duration
	action *ScheduledAction
}

func newSchedule(actions []ScheduledAction) schedule {
	var s schedule
	for i := range actions {
		for _, at := range actions[i].At {
			s = append(s, due{at, &actions[i]})
		}
	}
	slices.SortStableFunc(s, func(a, b due) int { return sign(int(a.at - b.at)) })
	return s
}

// NextSchedule is when the next scheduled action is due; ok is false if none is left.
func (s *Scaler) NextSchedule() (at time.Duration, ok bool) {
	if len(s.schedule) == 0 {
		return 0, false
	}
	return s.schedule[0].at, true
}

// Scheduled carries out the scheduled actions that are due: each sets its bounds and moves the desired count between them,
// at once and without regard to cooldowns (ECS rules, services 4.4). There is a decision for each, also when the count is
// between the new bounds already.
//
// A deployment keeps scheduled actions from scaling in as well; the bounds are set all the same, and the next alarm for less
// brings the count to the maximum (ECS rules, services 4.1).
func (s *Scaler) Scheduled(now time.Duration, c Counts) []Decision {
	var said []Decision
	for len(s.schedule) > 0 && s.schedule[0].at <= now {
		d := s.scheduled(s.schedule[0].action, c)
		s.schedule = s.schedule[1:]
		c.Desired = d.To
		said = append(said, d)
	}
	if len(said) > 0 {
		s.empty = c.Running == 0 || c.Desired == 0
	}
	return said
}

// scheduled carries out one action.
func (s *Scaler) scheduled(a *ScheduledAction, c Counts) Decision {
	d := Decision{Policy: a.Name, From: c.Desired, To: c.Desired, Until: -1, Breached: -1, Alarmed: -1}
	least, most := a.bounds(s.min, s.max)
	d.Wanted = min(max(c.Desired, least), most)
	d.Formula = fmt.Sprintf("minimum %d, maximum %d", least, most)
	if s.cfg.Suspended.Scheduled {
		d.Blocked = IsSuspended
		return d
	}
	s.min, s.max = least, most
	if d.Wanted < c.Desired && c.Deploying {
		d.Blocked = InDeployment
		return d
	}
	d.To = d.Wanted
	return d
}

// bounds are the bounds after the action. If it sets one beyond the other it takes the other along, where AWS refuses the
// action: our choice, the reader of a scenario can tell before.
func (a *ScheduledAction) bounds(least, most int) (newLeast, newMost int) {
	if a.Max >= 0 {
		most = a.Max
		least = min(least, most)
	}
	if a.Min >= 0 {
		least = a.Min
		most = max(least, most)
	}
	return least, most
}
