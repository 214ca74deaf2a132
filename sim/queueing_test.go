package sim

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat"
)

// station is a queueing system on nothing but the kernel: if it obeys the textbook, so do clock, queue, streams,
// distributions and statistics together. servers 0 means as many as needed; room is how many may wait.
type station struct {
	engine        Engine
	servers, room int
	gap, work     Dist
	gaps, works   *rand.Rand

	busy, inside Gauge
	waiting      []*visitor
	wait, stay   Sample
	warmup       time.Duration
	arrived      int64
	refused      int64
}

// visitor is a customer; firing, it leaves.
type visitor struct {
	station *station
	came    time.Duration
}

func (s *station) Fire(now time.Duration) { // an arrival
	s.engine.At(now+Seconds(s.gap, s.gaps), s)
	counted := now >= s.warmup
	if counted {
		s.arrived++
	}
	v := &visitor{s, now}
	switch free := s.servers == 0 || int(s.busy.Value()) < s.servers; {
	case free:
		s.begin(v, now)
	case len(s.waiting) < s.room:
		s.waiting = append(s.waiting, v)
	default:
		if counted {
			s.refused++
		}
		return
	}
	s.inside.Add(now, 1)
}

func (s *station) begin(v *visitor, now time.Duration) {
	s.busy.Add(now, 1)
	if v.came >= s.warmup {
		s.wait.ObserveDuration(now - v.came)
	}
	s.engine.At(now+Seconds(s.work, s.works), v)
}

func (v *visitor) Fire(now time.Duration) {
	s := v.station
	s.busy.Add(now, -1)
	s.inside.Add(now, -1)
	if v.came >= s.warmup {
		s.stay.ObserveDuration(now - v.came)
	}
	if len(s.waiting) > 0 {
		next := s.waiting[0]
		s.waiting = s.waiting[1:]
		s.begin(next, now)
	}
}

// observe runs 20 replications with mean gap 1 s and returns what measure sees in each.
func observe(t *testing.T, servers, room int, work Dist, hours float64, measure func(s *station, end time.Duration) []float64) [][]float64 {
	const seeds = 20
	end := time.Duration(hours * float64(time.Hour))
	rows, err := Replicate(t.Context(), seeds, 2, func(_ context.Context, i int) ([]float64, error) {
		streams := NewStreams(uint64(i))
		s := &station{servers: servers, room: room, gap: exponential{1}, work: work, warmup: end / 10}
		s.gaps, s.works = streams.Named("arrivals"), streams.Named("work")
		s.busy.StartAt(s.warmup)
		s.inside.StartAt(s.warmup)
		s.engine.At(Seconds(s.gap, s.gaps), s)
		if outcome := s.engine.Run(end); outcome != Reached {
			t.Errorf("run ended with %v", outcome)
		}
		return measure(s, end), nil
	})
	require.NoError(t, err)
	columns := make([][]float64, len(rows[0]))
	for _, row := range rows {
		for i, x := range row {
			columns[i] = append(columns[i], x)
		}
	}
	return columns
}

// near asserts that a formula lies within 5 standard errors, and that these are small enough to mean something.
func near(t *testing.T, want float64, got []float64, what string) {
	t.Helper()
	mean, sd := stat.MeanStdDev(got, nil)
	se := sd / math.Sqrt(float64(len(got)))
	assert.InDelta(t, want, mean, 5*se, what)
	assert.Less(t, se, want/40, "%s: the check is too blunt", what)
}

// erlangB is the share of customers that a loss system of c servers refuses at a offered Erlang.
func erlangB(c int, a float64) float64 {
	b := 1.0
	for k := 1; k <= c; k++ {
		b = a * b / (float64(k) + a*b)
	}
	return b
}

func TestLossSystemFollowsErlangB(t *testing.T) {
	const c, a = 5, 4.0
	// The formula holds for every distribution of work with that mean; exponential is the textbook's.
	for _, work := range []Dist{exponential{a}, uniform{0, 2 * a}} {
		got := observe(t, c, 0, work, 2, func(s *station, end time.Duration) []float64 {
			return []float64{float64(s.refused) / float64(s.arrived), s.busy.Mean(end)}
		})
		near(t, erlangB(c, a), got[0], "share refused")
		near(t, a*(1-erlangB(c, a)), got[1], "servers busy")
	}
}

func TestWaitingSystemFollowsErlangCAndLittle(t *testing.T) {
	const c, a = 4, 3.0 // 75 % busy
	b := erlangB(c, a)
	chanceToWait := b / (1 - a/c*(1-b))
	meanWait := chanceToWait * a / (c - a) // mean work is a seconds, as the gap is 1
	got := observe(t, c, math.MaxInt, exponential{a}, 12, func(s *station, end time.Duration) []float64 {
		rate := float64(s.arrived) / (end - s.warmup).Seconds()
		assert.InEpsilon(t, s.inside.Mean(end), rate*s.stay.Mean(), 0.02, "Little's law, in every single run")
		return []float64{s.wait.Mean(), s.inside.Mean(end), s.busy.Mean(end)}
	})
	near(t, meanWait, got[0], "mean wait")
	near(t, a+meanWait, got[1], "customers inside, by Little's law")
	near(t, a, got[2], "servers busy")
}

func TestUnlimitedServersArePoisson(t *testing.T) {
	const load = 6.0
	work, err := WeibullFromShapeMean(0.8, load)
	require.NoError(t, err)
	got := observe(t, 0, 0, work, 3, func(s *station, end time.Duration) []float64 {
		return []float64{s.inside.Mean(end), s.inside.Variance(end)}
	})
	near(t, load, got[0], "mean inside")
	near(t, load, got[1], "variance inside")
}
