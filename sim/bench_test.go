package sim

import (
	"fmt"
	"testing"
	"time"
)

// BenchmarkQueue is the hold model on the bare queue: take the first event, schedule another one exponentially later.
func BenchmarkQueue(b *testing.B) {
	for _, pending := range []int{1e2, 1e3, 1e4, 1e5, 1e6} {
		b.Run(fmt.Sprintf("pending=%d", pending), func(b *testing.B) {
			gaps := exponentialGaps()
			var q queue
			issued := Ticket(0)
			for range pending {
				issued++
				q.push(item{at: gaps[issued%holdGaps], ticket: issued})
			}
			var last item
			b.ReportAllocs()
			for b.Loop() {
				next := q.pop()
				if next.before(&last) {
					b.Fatalf("%v came after %v", next, last)
				}
				last = next
				issued++
				q.push(item{at: next.at + gaps[issued%holdGaps], ticket: issued, event: next.event})
			}
			if q.len() != pending {
				b.Fatalf("%d events pending, not %d", q.len(), pending)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}

// BenchmarkEngine is the same on the engine: the loop, tickets and the call of the event included.
func BenchmarkEngine(b *testing.B) {
	for _, pending := range []int{1e2, 1e3, 1e4, 1e5, 1e6} {
		b.Run(fmt.Sprintf("pending=%d", pending), func(b *testing.B) {
			gaps := exponentialGaps()
			e := &Engine{Limit: 1}
			holders := make([]holder, pending)
			h := hold{engine: e, gaps: gaps}
			for i := range holders {
				holders[i].hold = &h
				e.At(gaps[i%holdGaps], &holders[i])
			}
			b.ReportAllocs()
			b.ResetTimer()
			e.Limit = uint64(b.N)
			if e.Run(1<<62) != Limited || e.Fired() != uint64(b.N) || h.disorder {
				b.Fatal("events were lost or out of order")
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}

// holder is an entity with one event, as a task is; hold is what all share.
type (
	holder struct{ hold *hold }
	hold   struct {
		engine   *Engine
		gaps     []time.Duration
		last     time.Duration
		ticket   Ticket
		disorder bool
	}
)

func (h *holder) Fire(now time.Duration) {
	s := h.hold
	ticket := s.engine.Firing()
	s.disorder = s.disorder || now < s.last || now == s.last && ticket < s.ticket
	s.last, s.ticket = now, ticket
	s.engine.At(now+s.gaps[ticket%holdGaps], h)
}

// holdGaps is how many gaps are drawn beforehand, so that the benchmark does not time the generator.
const holdGaps = 1 << 16

func exponentialGaps() []time.Duration {
	r := NewStreams(1).Named("gaps")
	gaps := make([]time.Duration, holdGaps)
	for i := range gaps {
		gaps[i] = Seconds(exponential{1}, r)
	}
	return gaps
}

// BenchmarkTimeline is one event of a recorder that keeps 100 tracks and changes 10 of them.
func BenchmarkTimeline(b *testing.B) {
	l := NewTimeline(0, 0, 100)
	var tracks []*Track
	for range 100 {
		tracks = append(tracks, l.Track())
	}
	now := time.Duration(0)
	b.ReportAllocs()
	for b.Loop() {
		now += time.Millisecond
		l.Advance(now)
		for _, t := range tracks[:10] {
			t.Add(now, 1)
		}
	}
	if tracks[9].Value() == 0 || tracks[10].Value() != 0 {
		b.Fatal("the tracks missed events")
	}
}

func BenchmarkGauge(b *testing.B) {
	var g Gauge
	now := time.Duration(0)
	b.ReportAllocs()
	for b.Loop() {
		now += time.Millisecond
		g.Add(now, 1)
	}
	if g.Mean(now) == 0 {
		b.Fatal("the gauge missed changes")
	}
}

func BenchmarkSampleObserve(b *testing.B) {
	var s Sample
	gaps := exponentialGaps()
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		s.ObserveDuration(gaps[i%holdGaps])
		i++
	}
	if s.Count() != int64(b.N) {
		b.Fatal("the sample missed values")
	}
}

func BenchmarkDraw(b *testing.B) {
	for _, c := range laws {
		b.Run(c.name, func(b *testing.B) {
			d, err := c.make()
			if err != nil {
				b.Fatal(err)
			}
			r := NewStreams(1).Named("draws")
			b.ReportAllocs()
			for b.Loop() {
				if Seconds(d, r) < 0 {
					b.Fatal("negative")
				}
			}
		})
	}
}
