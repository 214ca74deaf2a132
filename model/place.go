package model

import (
	"cmp"
	"slices"
	"time"

	"ecssim/model/fleet"
	"ecssim/model/placement"
	"ecssim/model/service"
)

// place tries the waiting tasks in order. Tasks that ask for the same find a place or none together, so where one finds
// none the others are not tried.
func (s *scheduler) place(now time.Duration) {
	var refused refusals
	failed := false // somebody found no place who does not wait for capacity
	attempt := now >= s.retryAt
	list := s.waiting
	s.waiting = nil
	var kept []*Task
	for n, t := range list {
		if at := s.throttle.Until(); now < at {
			s.due(at)
			kept = append(kept, list[n:]...)
			break
		}
		pinned := t.work.standing.pinned
		if pinned == nil && refused.recall(t.Demand, &s.world.refusal) {
			failed = s.fails(now, t, attempt) || failed
			kept = append(kept, t)
			continue
		}
		found, launched := s.tryOne(now, t, pinned)
		switch {
		case launched:
			s.backoff.Reset()
			attempt = true // if the next finds no place, that is news
		case found: // the launch rate holds it up; others wait with it
			kept = append(kept, t)
		case t != s.move.task && s.world.await(now, t):
			refused.add(t.Demand, &s.world.refusal)
			kept = append(kept, t)
		default:
			refused.add(t.Demand, &s.world.refusal)
			failed = true
			if attempt {
				s.tellRefused(now, t)
			}
			kept = append(kept, t)
		}
		if found && !launched {
			kept = append(kept, list[n+1:]...)
			break
		}
	}
	s.waiting = append(kept, s.waiting...) // what began and failed at once has asked for no new task yet
	if failed {
		if attempt {
			s.retryAt = s.backoff.Next(now)
		}
		s.due(max(s.retryAt, s.throttle.Until()))
	}
}

// refusals are why demands have found no place in this round, so that others which ask for the same are told the same:
// between them a task with another demand, or one beyond the quota of PROVISIONING, may have been refused for another reason.
type refusals []struct {
	demand *placement.Demand
	why    placement.Refusal
}

func (r *refusals) add(d *placement.Demand, why *placement.Refusal) {
	*r = append(*r, struct {
		demand *placement.Demand
		why    placement.Refusal
	}{d, *why})
}

// recall reports whether the demand has been refused, and why.
func (r refusals) recall(d *placement.Demand, why *placement.Refusal) bool {
	for k := range r {
		if r[k].demand == d {
			*why = r[k].why
			return true
		}
	}
	return false
}

// tryOne places one task or takes its launch token, and reports whether there was room; if not, w.refusal says why.
// With room it may still be held up by the launch rate of the service (ECS rules, services ).
func (s *scheduler) tryOne(now time.Duration, t *Task, pinned *fleet.Instance) (found, launched bool) {
	w := s.world
	var i *fleet.Instance
	if t.Placing.Launch == EC2 {
		if i = w.findFor(t, pinned); i == nil {
			return false, false
		}
	}
	if granted, next := s.rate.Take(now, 1); granted == 0 {
		s.due(next)
		return true, false
	}
	if i == nil {
		placed := w.requestLaunch(now, t)
		return placed, placed
	}
	t.Attempts++
	w.served(now, t)
	t.begin(now, i)
	return true, true
}

// findFor is where a task can start now: on the one instance that a daemon's task is meant for, or where the strategy
// says.
func (w *World) findFor(t *Task, pinned *fleet.Instance) *fleet.Instance {
	if pinned == nil {
		return w.find(t)
	}
	w.aboutToPlace(t)
	if r := t.Demand.Test(pinned); r != placement.Fits {
		w.refusal = placement.Refusal{Reason: r, Closest: pinned}
		w.refusal.ByReason[r] = 1
		return nil
	}
	return pinned
}

func (s *scheduler) refuse(now time.Duration, t *Task) {
	t.Attempts++
	s.world.refused(now, t)
}

// fails reports whether a task that finds no place does not wait for capacity either, and tells so if it is an attempt.
func (s *scheduler) fails(now time.Duration, t *Task, attempt bool) bool {
	if s.world.await(now, t) {
		return false
	}
	if attempt {
		s.refuse(now, t)
	}
	return true
}

// tellRefused is a failed attempt of the first of the tasks that ask for the same.
func (s *scheduler) tellRefused(now time.Duration, t *Task) {
	if t != s.move.task { // nobody lacks a task that only evens out the zones
		s.refuse(now, t)
	}
	s.tellUnplaced(now, t)
}

// tellUnplaced is the service event about a placement that failed.
func (s *scheduler) tellUnplaced(now time.Duration, t *Task) {
	r, closest := &s.world.refusal, ""
	if r.Closest != nil {
		closest = r.Closest.Name
	}
	if d := s.move.demand; d != nil && t.Demand == d {
		s.tell(now, service.RebalancingNotPlaced(s.Name, d.Zones[0], t.Placing.Launch == Fargate))
		return
	}
	s.tell(now, service.NotPlaced(s.Name, closest, r.Reason))
}

// putBack lets a task wait again whose launch was refused when its turn came.
func (s *scheduler) putBack(now time.Duration, t *Task) {
	at, _ := slices.BinarySearchFunc(s.waiting, t.Number, func(w *Task, n int64) int { return cmp.Compare(w.Number, n) })
	s.waiting = slices.Insert(s.waiting, at, t)
	s.retryAt = max(s.retryAt, s.backoff.Next(now))
	s.due(s.retryAt)
}

// capacityGrew prompts the services whose tasks wait, where t gave something back: on Fargate only if there is a quota. Else
// tasks that have nothing to do with each other would move each other's draws.
func (w *World) capacityGrew(now time.Duration, t *Task) {
	if t.Instance == nil && !w.bounded(t) {
		return
	}
	for _, s := range w.services {
		if len(s.waiting) > 0 && s.cfg.Launch == t.Placing.Launch && (t.Instance == nil || s.cfg.Cluster == t.Placing.Cluster) {
			s.notice(now)
		}
	}
	if t.Instance != nil {
		w.clusters[t.Placing.Cluster].serveAwaiting(w, now)
	}
}

// bounded reports whether a quota of vCPUs bounds the market of a Fargate task.
func (w *World) bounded(t *Task) bool {
	if t.Placing.Spot {
		return w.cfg.Quotas.FargateSpotVCPU > 0
	}
	return w.cfg.Quotas.FargateVCPU > 0
}

// clusterGrew prompts the services whose tasks wait, and those that may even out their zones, when instances or a zone
// have come.
func (w *World) clusterGrew(now time.Duration, c *cluster) {
	for _, s := range w.services {
		if s.cluster == c && (len(s.waiting) > 0 || s.cfg.Rebalancing) {
			s.move.notBefore = 0
			s.notice(now)
		}
	}
	c.serveAwaiting(w, now)
}
