package sim

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// eventFunc lets tests write events in place.
type eventFunc func(now time.Duration)

func (f eventFunc) Fire(now time.Duration) { f(now) }

// endless reschedules itself, as a runaway scenario does.
type endless struct{ engine *Engine }

func (e *endless) Fire(now time.Duration) { e.engine.At(now, e) }

func TestEventsOfOneInstantFireInTheOrderScheduled(t *testing.T) {
	var e Engine
	var order []string
	note := func(name string) Event { return eventFunc(func(time.Duration) { order = append(order, name) }) }
	e.At(2, note("c"))
	e.At(1, note("a"))
	e.At(2, note("d"))
	e.At(1, note("b"))
	assert.Equal(t, Drained, e.Run(10))
	assert.Equal(t, []string{"a", "b", "c", "d"}, order)
	assert.Equal(t, time.Duration(2), e.Now(), "drained: the clock stands at the last event")
	assert.Equal(t, uint64(4), e.Fired())
}

func TestAtEndComesBehindWhatIsYetToBeScheduled(t *testing.T) {
	var e Engine
	var order []string
	note := func(name string) Event { return eventFunc(func(time.Duration) { order = append(order, name) }) }
	e.AtEnd(5, note("arrival 1"))
	e.AtEnd(5, note("arrival 2"))
	e.At(5, eventFunc(func(now time.Duration) {
		order = append(order, "release")
		e.At(now, note("release scheduled late"))
	}))
	e.At(6, note("next instant"))
	e.Run(10)
	assert.Equal(t, []string{"release", "release scheduled late", "arrival 1", "arrival 2", "next instant"}, order)
}

func TestTheClockMovesBeforeTheEvent(t *testing.T) {
	var e Engine
	var ticket Ticket
	ticket = e.At(7, eventFunc(func(now time.Duration) {
		assert.Equal(t, time.Duration(7), now)
		assert.Equal(t, now, e.Now())
		assert.Equal(t, ticket, e.Firing())
		assert.Equal(t, uint64(1), e.Fired())
		assert.Zero(t, e.Pending())
	}))
	assert.NotZero(t, ticket)
	e.Run(7)
	assert.Equal(t, uint64(1), e.Fired())
}

func TestSchedulingIntoThePastPanics(t *testing.T) {
	var e Engine
	e.At(7, eventFunc(func(now time.Duration) {
		e.At(now, eventFunc(func(time.Duration) {}))
		assert.PanicsWithValue(t, "sim: event scheduled at 6ns, but the clock stands at 7ns",
			func() { e.At(6, eventFunc(func(time.Duration) {})) })
		assert.Panics(t, func() { e.AtEnd(6, eventFunc(func(time.Duration) {})) })
	}))
	e.Run(10)
	assert.Panics(t, func() { new(Engine).At(-1, eventFunc(func(time.Duration) {})) })
}

func TestRunStopsAtTheEndAndGoesOn(t *testing.T) {
	var e Engine
	var fired []time.Duration
	for _, at := range []time.Duration{1, 5, 9} {
		e.At(at, eventFunc(func(now time.Duration) { fired = append(fired, now) }))
	}
	assert.Equal(t, Reached, e.Run(5))
	assert.Equal(t, []time.Duration{1, 5}, fired, "events at the end itself fire")
	assert.Equal(t, time.Duration(5), e.Now())
	assert.Equal(t, 1, e.Pending())
	assert.Equal(t, Reached, e.Run(7))
	assert.Equal(t, time.Duration(7), e.Now())
	assert.Equal(t, Drained, e.Run(20))
	assert.Equal(t, []time.Duration{1, 5, 9}, fired)
}

func TestTheLimitStopsARunaway(t *testing.T) {
	e := Engine{Limit: 100}
	e.At(0, &endless{&e})
	assert.Equal(t, Limited, e.Run(time.Hour))
	assert.Equal(t, uint64(100), e.Fired())
	assert.Equal(t, 1, e.Pending(), "what did not fire still waits")
}

func TestInterruptionStopsTheRun(t *testing.T) {
	asked := 0
	e := Engine{Interrupted: func() bool { asked++; return asked == 3 }}
	e.At(0, &endless{&e})
	assert.Equal(t, Stopped, e.Run(time.Hour))
	assert.Equal(t, uint64(2*interruptEvery), e.Fired())
}

func TestAStaleTicketCancels(t *testing.T) {
	var e Engine
	var current Ticket
	fired := 0
	timer := eventFunc(func(time.Duration) {
		if e.Firing() == current {
			fired++
		}
	})
	current = e.At(5, timer)
	current = e.At(6, timer) // moved
	e.Run(10)
	assert.Equal(t, 1, fired)
}

func TestSchedulingAllocatesNothing(t *testing.T) {
	var e Engine
	ev := &endless{&e}
	e.At(0, ev)
	e.Limit = 1
	assert.Zero(t, testing.AllocsPerRun(1000, func() { e.Run(0); e.Limit++ }))
}

func TestQueueIsAStableSort(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var q queue
		var waiting []item
		issued := Ticket(0)
		take := func() {
			slices.SortStableFunc(waiting, func(a, b item) int {
				switch {
				case a.at != b.at:
					return int(a.at - b.at)
				case a.ticket < b.ticket:
					return -1
				}
				return 1
			})
			require.Equal(t, waiting[0], *q.first())
			require.Equal(t, waiting[0], q.pop())
			waiting = waiting[1:]
		}
		for range rapid.IntRange(0, 300).Draw(t, "operations") {
			if len(waiting) > 0 && rapid.IntRange(0, 2).Draw(t, "pop") == 0 {
				take()
				continue
			}
			issued++
			it := item{at: time.Duration(rapid.IntRange(0, 20).Draw(t, "at")), ticket: issued}
			if rapid.Bool().Draw(t, "last lane") {
				it.ticket |= lastLane
			}
			q.push(it)
			waiting = append(waiting, it)
			require.Equal(t, len(waiting), q.len())
		}
		for len(waiting) > 0 {
			take()
		}
		require.Zero(t, q.len())
	})
}

func TestTheQueueForgetsWhatItGave(t *testing.T) {
	var q queue
	for i := range 9 {
		q.push(item{at: time.Duration(i), ticket: Ticket(i + 1), event: eventFunc(func(time.Duration) {})})
	}
	for range 9 {
		q.pop()
	}
	for _, it := range q.heap[:cap(q.heap)] {
		assert.Nil(t, it.event, "a popped entity must not be kept alive")
	}
}

// The open place of the queue changes nothing: taking, pushing any number of items, and closing gives the same order as
// a sorted list.
func TestQueueWithAnOpenPlace(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var q queue
		var want []item
		ticket := Ticket(0)
		add := func() {
			ticket++
			it := item{at: time.Duration(rapid.IntRange(0, 20).Draw(t, "at")), ticket: ticket}
			q.push(it)
			want = append(want, it)
			slices.SortFunc(want, func(a, b item) int {
				if a.before(&b) {
					return -1
				}
				return 1
			})
		}
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			for range rapid.IntRange(0, 3).Draw(t, "pushes") {
				add()
			}
			require.Equal(t, len(want), q.len())
			q.close()
			if len(want) > 0 && rapid.IntRange(0, 2).Draw(t, "take") > 0 {
				require.Equal(t, want[0], q.take())
				want = want[1:]
			}
			require.Equal(t, len(want), q.len())
		}
	})
}
