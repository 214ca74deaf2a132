package report

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"ecssim/model"
	"ecssim/model/placement"
)

// Scout records a run and notes which tasks are worth an explanation: of every owner the one that fared worst, and the one
// that met the first bottleneck.
type Scout struct {
	*Recorder
	unplaced map[int64]*scouted // tasks without a place, by serial
	all      []*OwnerTasks      // services, then jobs
	first    TaskName
	reached  bool // the first bottleneck has a task
}

var _ model.Observer = (*Scout)(nil)

// OwnerTasks is what a scout knows of the tasks of a service or job.
type OwnerTasks struct {
	Name    string
	Service bool
	// Created counts its tasks; Worst is the number of the one to explain, 0 without any.
	Created, Worst int64
	worst          hardship
}

// hardship orders tasks by how they fared: without a place before late ones, the first of equals.
type hardship struct {
	unplaced, failedStart bool
	wait                  time.Duration
}

func (h hardship) compare(o hardship) int {
	rank := func(h hardship) int {
		switch {
		case h.unplaced:
			return 2
		case h.failedStart:
			return 1
		}
		return 0
	}
	return cmp.Or(cmp.Compare(rank(h), rank(o)), cmp.Compare(h.wait, o.wait))
}

// scouted is a task without a place.
type scouted struct {
	name    TaskName
	owner   *OwnerTasks
	created time.Duration
}

// NewScout makes the observer of a replication that looks for tasks to explain.
func NewScout(cfg *model.Config, seed uint64) *Scout {
	s := &Scout{Recorder: NewRecorder(cfg, seed, RecorderOptions{}), unplaced: map[int64]*scouted{}}
	for i := range cfg.Services {
		s.all = append(s.all, &OwnerTasks{Name: cfg.Services[i].Name, Service: true})
	}
	for i := range cfg.Jobs {
		s.all = append(s.all, &OwnerTasks{Name: cfg.Jobs[i].Name})
	}
	return s
}

// Owners are the services, then the jobs.
func (s *Scout) Owners() []*OwnerTasks { return s.all }

// Latest is the task that fared worst of all; false if there was no task.
func (s *Scout) Latest() (TaskName, bool) {
	var worst *OwnerTasks
	for _, o := range s.all {
		if o.Worst > 0 && (worst == nil || o.worst.compare(worst.worst) > 0) {
			worst = o
		}
	}
	if worst == nil {
		return TaskName{}, false
	}
	return TaskName{worst.Name, worst.Service, worst.Worst}, true
}

// First is the task that met the first bottleneck; false if there is none, or no task of its own met it.
func (s *Scout) First() (TaskName, bool) { return s.first, s.reached }

// TaskCreated implements model.Observer.
func (s *Scout) TaskCreated(now time.Duration, t *model.Task) {
	s.Recorder.TaskCreated(now, t)
	o := s.all[s.index(t.Owner)]
	o.Created++
	s.unplaced[t.Serial] = &scouted{TaskName{o.Name, o.Service, t.Number}, o, now}
}

// TaskPlaced implements model.Observer.
func (s *Scout) TaskPlaced(now time.Duration, t *model.Task) {
	s.Recorder.TaskPlaced(now, t)
	if e := s.unplaced[t.Serial]; e != nil {
		e.owner.fared(t.Number, hardship{wait: now - e.created})
		delete(s.unplaced, t.Serial)
	}
}

// fared keeps the worst.
func (o *OwnerTasks) fared(number int64, h hardship) {
	if o.Worst == 0 || h.compare(o.worst) > 0 || h.compare(o.worst) == 0 && number < o.Worst {
		o.Worst, o.worst = number, h
	}
}

// met notes whose task made the recorder find its first bottleneck, if there was none before.
func (s *Scout) met(before *Bottleneck, t *model.Task) {
	if before == nil && s.bottle != nil {
		s.first, s.reached = TaskName{t.Owner.Name, t.Owner.Service, t.Number}, true
	}
}

// waiting lets the first task that waits for the provider speak, where the bottleneck was found without a task.
func (s *Scout) waiting(before *Bottleneck) {
	if before != nil || s.bottle == nil {
		return
	}
	var best *scouted
	for _, serial := range slices.Sorted(maps.Keys(s.unplaced)) {
		e := s.unplaced[serial]
		if s.goesTo(e.name, s.bottle.Scope) {
			best = e
			break
		}
	}
	if best != nil {
		s.first, s.reached = best.name, true
	}
}

// goesTo reports whether tasks of an owner may go to a capacity provider.
func (s *Scout) goesTo(n TaskName, provider string) bool {
	p, _ := placingOf(s.cfg, &TaskStory{Owner: n.Owner, Service: n.Service})
	return slices.ContainsFunc(p.Providers, func(x model.ProviderShare) bool {
		return s.cfg.CapacityProviders[x.Provider].Name == provider
	})
}

// PlacementFailed implements model.Observer.
func (s *Scout) PlacementFailed(now time.Duration, t *model.Task, r *placement.Refusal) {
	before := s.bottle
	s.Recorder.PlacementFailed(now, t, r)
	s.met(before, t)
}

// LaunchThrottled implements model.Observer.
func (s *Scout) LaunchThrottled(now time.Duration, t *model.Task, until time.Duration) {
	before := s.bottle
	s.Recorder.LaunchThrottled(now, t, until)
	s.met(before, t)
}

// CapacityAwaited implements model.Observer.
func (s *Scout) CapacityAwaited(now time.Duration, t *model.Task, r *placement.Refusal) {
	before := s.bottle
	s.Recorder.CapacityAwaited(now, t, r)
	s.met(before, t)
}

// TaskStopped implements model.Observer.
func (s *Scout) TaskStopped(now time.Duration, t *model.Task) {
	before := s.bottle
	s.Recorder.TaskStopped(now, t)
	s.met(before, t)
	if t.Placed >= 0 && t.Running < 0 && t.StopCode == model.TaskFailedToStart {
		s.all[s.index(t.Owner)].fared(t.Number, hardship{failedStart: true})
	}
	delete(s.unplaced, t.Serial)
}

// TaskGivenUp implements model.Observer.
func (s *Scout) TaskGivenUp(now time.Duration, t *model.Task) {
	s.Recorder.TaskGivenUp(now, t)
	if e := s.unplaced[t.Serial]; e != nil {
		e.owner.fared(t.Number, hardship{unplaced: true})
		delete(s.unplaced, t.Serial)
	}
}

// ReservationMeasured implements model.Observer.
func (s *Scout) ReservationMeasured(now time.Duration, m model.Reservation) {
	before := s.bottle
	s.Recorder.ReservationMeasured(now, m)
	s.waiting(before)
}

// LaunchFailed implements model.Observer.
func (s *Scout) LaunchFailed(now time.Duration, f model.LaunchFailure) {
	before := s.bottle
	s.Recorder.LaunchFailed(now, f)
	s.waiting(before)
}

// RunEnded implements model.Observer.
func (s *Scout) RunEnded(now time.Duration, e model.Ending) {
	for _, serial := range slices.Sorted(maps.Keys(s.unplaced)) {
		w := s.unplaced[serial]
		w.owner.fared(w.name.Number, hardship{unplaced: true})
	}
	s.Recorder.RunEnded(now, e)
}
