package report

import (
	"time"

	"ecssim/model"
)

// Trial records a run with a change, and what became of one task in it.
type Trial struct {
	*Recorder
	task            TaskName
	met             bool
	placed, running time.Duration
}

var _ model.Observer = (*Trial)(nil)

// NewTrial makes the observer of a replication that tries a change out.
func NewTrial(cfg *model.Config, seed uint64, task TaskName) *Trial {
	return &Trial{
		Recorder: NewRecorder(cfg, seed, RecorderOptions{LogLimit: LogNothing}), task: task, placed: model.Never, running: model.Never,
	}
}

// TaskCreated implements model.Observer.
func (t *Trial) TaskCreated(now time.Duration, task *model.Task) {
	t.Recorder.TaskCreated(now, task)
	t.met = t.met || t.task.is(task)
}

// TaskPlaced implements model.Observer.
func (t *Trial) TaskPlaced(now time.Duration, task *model.Task) {
	t.Recorder.TaskPlaced(now, task)
	if t.task.is(task) {
		t.placed = now
	}
}

// TaskRunning implements model.Observer.
func (t *Trial) TaskRunning(now time.Duration, task *model.Task) {
	t.Recorder.TaskRunning(now, task)
	if t.task.is(task) {
		t.running = now
	}
}

// Outcome is what a trial gave.
type Outcome struct {
	// Placed of Wanted tasks of the owner found a place.
	Placed int64   `json:"placed"`
	Wanted int64   `json:"wanted"`
	Cost   float64 `json:"cost_usd"`
	// Met: the task exists. At and Running are when it was placed and RUNNING; Never if it was not.
	Met         bool          `json:"-"`
	At, Running time.Duration `json:"-"`
}

// Outcome is the result; Run must have ended.
func (t *Trial) Outcome() Outcome {
	o := outcomeOf(t.Record(), t.task)
	o.Met, o.At, o.Running = t.met, t.placed, t.running
	return o
}

// Outcome is that of the run which is explained.
func (e *Explainer) Outcome() Outcome {
	o, s := outcomeOf(e.Record(), e.task), &e.x.Task
	o.Met, o.At, o.Running = e.met, time.Duration(s.PlacedAt), time.Duration(s.Running)
	return o
}

// outcomeOf counts the owner's tasks: those of a service at the end, those of a job over the whole run.
func outcomeOf(r *Record, task TaskName) Outcome {
	var out Outcome
	for _, it := range r.Bill {
		out.Cost += it.USD
	}
	out.Cost = round(out.Cost)
	for i := range r.Owners {
		o := &r.Owners[i]
		if o.Name != task.Owner || o.Service != task.Service {
			continue
		}
		out.Placed, out.Wanted = o.Placed, o.Arrived
		if o.Service {
			out.Placed, out.Wanted = o.Running+o.Pending, o.Desired
		}
	}
	return out
}

// whole: every task that was wanted has its place.
func (o Outcome) whole() bool { return o.Placed >= o.Wanted }

// Helps reports whether the task fares better than it did: it is placed, or RUNNING, where it was not, or earlier. Where
// there is no such task any more, everything that is wanted must have its place.
func (o Outcome) Helps(before Outcome) bool {
	switch {
	case !o.Met:
		return o.whole()
	case before.At < 0:
		return o.At >= 0
	case before.Running < 0:
		return o.Running >= 0
	}
	return o.At >= 0 && o.At < before.At
}

// Fixed describes the change for the explanation.
func (o Outcome) Fixed(c Candidate, sets []string, before Outcome) Fix {
	return Fix{Sets: sets, Note: c.Note, Placed: o.Placed, Wanted: o.Wanted, At: Instant(o.At), Cost: round(o.Cost - before.Cost)}
}

// Enough is what the search for a number aims at: the task fares better, and so do all others of a service.
func (o Outcome) Enough(before Outcome, service bool) bool {
	return o.Helps(before) && (!service || o.whole())
}
