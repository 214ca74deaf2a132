package report

import (
	"fmt"
	"time"

	"ecssim/model"
	"ecssim/model/scaling"
)

// capacityWatch follows the capacity provider that a task waits for. A nil one follows nothing.
type capacityWatch struct {
	story    CapacityStory
	provider int
}

// awaits begins to follow the provider of a task.
func (e *Explainer) awaits(now time.Duration, t *model.Task) *capacityWatch {
	p := &e.cfg.CapacityProviders[t.Provider]
	return &capacityWatch{provider: t.Provider, story: CapacityStory{
		Provider: p.Name, Kind: p.Kind.String(), Since: Instant(now), Launched: never, Registered: never, FailedAt: never,
	}}
}

// follows reports whether it still follows that provider.
func (w *capacityWatch) follows(provider int) bool { return w != nil && w.provider == provider }

// ReservationMeasured implements model.Observer.
func (e *Explainer) ReservationMeasured(now time.Duration, m model.Reservation) {
	e.Recorder.ReservationMeasured(now, m)
	if !e.waits.follows(m.Provider) || e.x.Capacity != nil {
		return
	}
	s := &e.waits.story
	s.Last = &MetricLook{Instant(now), round(m.Value), m.Needed, m.Running, m.Incompatible}
	if s.Metric == nil {
		s.Metric = s.Last
	}
}

// ScalingDecided implements model.Observer.
func (e *Explainer) ScalingDecided(now time.Duration, d model.ScalingDecision) {
	e.Recorder.ScalingDecided(now, d)
	if d.Owner != nil || !e.waits.follows(d.Provider) || e.x.Capacity != nil {
		return
	}
	s := &e.waits.story
	look := &DecisionLook{
		At: Instant(now), From: d.From, To: d.To, Formula: d.Formula, Blocked: d.Blocked.String(), Until: Instant(d.Until),
	}
	switch {
	case d.To > d.From && s.Decided == nil:
		s.Decided = look
	case d.Blocked != scaling.NotBlocked && d.Wanted > d.From:
		s.Blocked = look
	}
}

// LaunchFailed implements model.Observer.
func (e *Explainer) LaunchFailed(now time.Duration, f model.LaunchFailure) {
	e.Recorder.LaunchFailed(now, f)
	if e.waits.follows(f.Provider) && e.x.Capacity == nil {
		e.waits.story.FailedAt = Instant(now)
		e.waits.story.Failure = fmt.Sprintf("%s in %s, next try %s", f.Type, f.Zone, clock(f.Until))
	}
}

// ended closes the story: the task has its place, is gone, or the run is over.
func (w *capacityWatch) ended(r *Recorder, x *Explanation, t *model.Task) {
	if w == nil || x.Capacity != nil {
		return
	}
	s := &w.story
	if b := r.provider(w.provider); b != nil {
		s.Desired, s.Max = int(b.desired.Value()), int(b.maximum.Value())
		s.InService, s.Booting = int(b.registered.Value()), int(b.booting.Value())
		if t.Placed < 0 {
			s.WaitsFor = w.waitsFor(b)
		}
	}
	if i := t.Instance; i != nil {
		s.Instance, s.Launched, s.Registered = i.Name, Instant(i.Launched), Instant(i.Registered)
	}
	x.Capacity = s
}

// waitsFor says what keeps capacity from coming.
func (w *capacityWatch) waitsFor(b *providerBook) string {
	s := &w.story
	switch {
	case b.cfg.Managed == nil && b.cfg.Kind == model.GroupProvider:
		return "nobody: managed scaling is off, and the group stays as it is"
	case s.Last != nil && s.Last.Incompatible > 0:
		return "an instance type that holds the task: none of the group's does"
	case s.Booting > 0:
		return fmt.Sprintf("%s that boot", plural(int64(s.Booting), "instance"))
	case s.Failure != "":
		return "EC2, which has none: " + s.Failure
	case s.Desired >= s.Max:
		return fmt.Sprintf("a larger group: it is at its maximum of %s", plural(int64(s.Max), "instance"))
	case s.Blocked != nil:
		return fmt.Sprintf("%s, until %s", s.Blocked.Blocked, s.Blocked.Until.clock())
	}
	return "the next datapoint of CapacityProviderReservation"
}
