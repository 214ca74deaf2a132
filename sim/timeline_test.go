package sim

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestWidthsDivideEachOther(t *testing.T) {
	for i := 1; i < len(widths); i++ {
		require.Zero(t, widths[i]%widths[i-1], "%v in %v", widths[i-1], widths[i])
	}
	require.Less(t, int64(math.MaxInt64/widths[len(widths)-1]), int64(minBuckets), "a few buckets reach the end of time")
}

// Random step functions against a recount of every stretch: sums, extremes, warm-up, and the number of buckets.
func TestTimelineEqualsRecount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		longest := rapid.SampledFrom([]time.Duration{time.Second, time.Minute, time.Hour, 500 * time.Hour}).Draw(t, "gap")
		warmup := time.Duration(rapid.Int64Range(0, 20*int64(longest)).Draw(t, "warmup"))
		l := NewTimeline(warmup, 0, 2)
		track, other := l.Track(), l.Track()
		var now time.Duration
		var stretches []stretch
		for range rapid.IntRange(0, 120).Draw(t, "steps") {
			gap := time.Duration(rapid.Int64Range(0, int64(longest)).Draw(t, "length"))
			stretches = append(stretches, stretch{now, now + gap, track.Value()})
			now += gap
			l.Advance(now)
			track.Add(now, rapid.Int64Range(-track.Value(), 1000).Draw(t, "delta"))
			other.Add(now, 1)
		}
		l.Finish(now)
		require.LessOrEqual(t, l.Buckets(), l.Limit()+1)
		require.Len(t, track.Cells(), l.Buckets())
		for i, c := range track.Cells() {
			at := time.Duration(i) * l.Width()
			requireCell(t, recountCell(stretches, at, at+l.Width()), c)
		}
		mean, peak := l.Statistics(track, now)
		if want := recountCell(stretches, warmup, now); !want.Empty() {
			require.InEpsilon(t, 1+want.Sum/float64(now-warmup), 1+mean, 1e-9)
			require.Equal(t, max(want.High, track.Value()), peak)
		} else {
			require.Equal(t, track.Value(), peak)
		}
	})
}

// stretch is a time in which a value was held.
type stretch struct {
	from, to time.Duration
	value    int64
}

func recountCell(stretches []stretch, from, to time.Duration) Cell {
	c := emptyCell
	for _, s := range stretches {
		if held := min(s.to, to) - max(s.from, from); held > 0 {
			c.merge(Cell{Sum: float64(s.value) * float64(held), Low: s.value, High: s.value})
		}
	}
	return c
}

func requireCell(t *rapid.T, want, got Cell) {
	require.Equal(t, want.Empty(), got.Empty())
	if want.Empty() {
		return
	}
	require.InEpsilon(t, 1+want.Sum, 1+got.Sum, 1e-9)
	require.Equal(t, [2]int64{want.Low, want.High}, [2]int64{got.Low, got.High})
}
