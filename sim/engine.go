package sim

import (
	"fmt"
	"time"
)

// Event is something that happens to one entity. It is an interface on a pointer to that entity, so scheduling
// allocates nothing.
type Event interface {
	// Fire lets the event happen. now is the clock, which has already moved to the event's instant.
	Fire(now time.Duration)
}

// Ticket identifies one scheduling of one event. Tickets are unique in an engine and never zero.
type Ticket uint64

// lastLane is the bit of a ticket that puts an event behind all ordinary events of its instant.
const lastLane = Ticket(1) << 63

// Engine owns the clock and the queue. There is one loop (Run) and one total order: (instant, ticket).
// The zero Engine is ready to use and stands at time 0.
type Engine struct {
	now    time.Duration
	queue  queue
	issued Ticket
	firing Ticket
	fired  uint64

	// Limit stops a run that fires more events than this; 0 means no limit.
	Limit uint64
	// Interrupted, if set, is asked every few thousand events whether the run shall stop.
	Interrupted func() bool
	// AfterEvent, if set, is called after each event: for checkers in tests.
	AfterEvent func()

	finished bool
}

// Now is the simulated time since the start.
func (e *Engine) Now() time.Duration { return e.now }

// Fired counts the events that have happened.
func (e *Engine) Fired() uint64 { return e.fired }

// Pending counts the events that wait, cancelled ones that have not come up yet included.
func (e *Engine) Pending() int { return e.queue.len() }

// Firing is the ticket of the event that is happening. An entity that reschedules itself compares it with the
// ticket it last got and ignores any other: that is how a scheduled event is cancelled.
func (e *Engine) Firing() Ticket { return e.firing }

// At schedules ev. Events of the same instant fire in the order in which they were scheduled.
// Scheduling into the past is a bug of the caller and panics.
func (e *Engine) At(at time.Duration, ev Event) Ticket {
	return e.schedule(at, ev, 0)
}

// AtEnd schedules ev behind every event of the same instant that was scheduled with At, also those that are yet
// to be scheduled. Arrivals use it, so that what is released at an instant is free for what arrives at it.
func (e *Engine) AtEnd(at time.Duration, ev Event) Ticket {
	return e.schedule(at, ev, lastLane)
}

func (e *Engine) schedule(at time.Duration, ev Event, lane Ticket) Ticket {
	if at < e.now {
		panic(fmt.Sprintf("sim: event scheduled at %v, but the clock stands at %v", at, e.now))
	}
	e.issued++
	ticket := e.issued | lane
	e.queue.push(item{at: at, ticket: ticket, event: ev})
	return ticket
}

// Finish makes Run return Drained after the current event, whatever is still scheduled: nothing of it matters.
func (e *Engine) Finish() { e.finished = true }

// Outcome says why Run returned.
type Outcome int

const (
	// Drained: no event is left, or none that matters.
	Drained Outcome = iota
	// Reached: the next event lies beyond the end; the clock stands at the end.
	Reached
	// Limited: the limit on events was hit.
	Limited
	// Stopped: Interrupted said so.
	Stopped
)

// interruptEvery is how many events pass between two looks at Interrupted: rarely enough to cost nothing, often
// enough that a person does not notice the delay.
const interruptEvery = 4096

// Run fires events in order until none is left or the next lies beyond end. Events at end itself still fire, and
// the clock then stands at end. With no events left it stands at the last one.
func (e *Engine) Run(end time.Duration) Outcome {
	for {
		e.queue.close()
		if e.queue.len() == 0 {
			break
		}
		if e.queue.first().at > end {
			e.now = end
			return Reached
		}
		if e.Limit > 0 && e.fired >= e.Limit {
			return Limited
		}
		if e.Interrupted != nil && e.fired%interruptEvery == 0 && e.Interrupted() {
			return Stopped
		}
		next := e.queue.take()
		e.now = next.at // first the clock …
		e.firing = next.ticket
		e.fired++
		next.event.Fire(next.at) // … then the event
		if e.AfterEvent != nil {
			e.AfterEvent()
		}
		if e.finished {
			break
		}
	}
	return Drained
}
