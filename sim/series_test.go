package sim

import (
	"math"
	"math/big"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestWidthsDivideEachOther(t *testing.T) {
	for i := 1; i < len(widths); i++ {
		assert.Zero(t, widths[i]%widths[i-1], "%v in %v", widths[i-1], widths[i])
	}
	assert.Less(t, int64(math.MaxInt64/widths[len(widths)-1]), int64(2), "two buckets reach the end of time")
}

func TestBucketsEqualRecount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.IntRange(2, 30).Draw(t, "limit")
		longest := rapid.SampledFrom([]time.Duration{time.Second, time.Minute, time.Hour, 500 * time.Hour}).Draw(t, "gap")
		steps := drawSteps(t, longest, rapid.Int64())
		late := rapid.IntRange(0, len(steps)).Draw(t, "late")
		b := NewBuckets(limit)
		first, events := b.AddGauge(), b.AddCount()
		second, secondSteps := GaugeColumn(-1), []step(nil)
		for i, s := range steps {
			b.Advance(s.at)
			b.Set(first, s.value)
			b.Count(events, 1)
			if i == late {
				second = b.AddGauge()
			}
			if second >= 0 {
				b.Add(second, int64(i%5)-2)
				secondSteps = append(secondSteps, step{s.at, b.Value(second)})
			}
		}
		tail := rapid.OneOf(rapid.Just(int64(0)), rapid.Just(int64(longest)), rapid.Int64Range(0, int64(longest)))
		b.Advance(b.now + time.Duration(tail.Draw(t, "tail")))

		require.LessOrEqual(t, b.Len(), limit)
		checkColumn(t, b, first, steps)
		if second >= 0 {
			checkColumn(t, b, second, secondSteps)
		}
		total := int64(0)
		for i := range b.Len() {
			total += b.Counted(events, i)
		}
		require.Equal(t, int64(len(steps)), total)
	})
}

func checkColumn(t *rapid.T, b *Buckets, column GaugeColumn, steps []step) {
	covered := time.Duration(0)
	for i := range b.Len() {
		bucket := b.Bucket(i)
		require.Equal(t, covered, bucket.Start)
		covered += bucket.Covered
		if bucket.Covered == 0 { // only an empty run
			require.Zero(t, b.now)
			continue
		}
		sum, _, low, high, _ := recount(steps, bucket.Start, bucket.Start+bucket.Covered)
		mean, _ := new(big.Rat).SetFrac(sum, big.NewInt(int64(bucket.Covered))).Float64()
		require.Equal(t, Level{Mean: mean, Min: low, Max: high}, b.Level(column, i), "bucket %d", i)
	}
	require.Equal(t, b.now, covered)
}

func TestARunOfExactlyTheLimitDoesNotWiden(t *testing.T) {
	b := NewBuckets(60)
	running, failed := b.AddGauge(), b.AddCount()
	b.Set(running, 3)
	b.Advance(60 * time.Second)
	b.Count(failed, 2) // an event at the very end
	assert.Equal(t, 60, b.Len())
	assert.Equal(t, time.Second, b.Width())
	assert.Equal(t, Level{Mean: 3, Min: 3, Max: 3}, b.Level(running, 59))
	assert.Equal(t, int64(2), b.Counted(failed, 59))

	b.Advance(60*time.Second + 1)
	assert.Equal(t, 5*time.Second, b.Width())
	assert.Equal(t, 13, b.Len())
	assert.Equal(t, Bucket{Start: time.Minute, Width: 5 * time.Second, Covered: 1}, b.Bucket(12))
	assert.Equal(t, int64(2), b.Counted(failed, 12))
}

func TestCountsFallIntoTheBucketThatBeginsThen(t *testing.T) {
	b := NewBuckets(10)
	arrived := b.AddCount()
	b.Advance(3 * time.Second)
	b.Count(arrived, 7)
	b.Advance(5 * time.Second)
	assert.Equal(t, int64(0), b.Counted(arrived, 2))
	assert.Equal(t, int64(7), b.Counted(arrived, 3))
}

func TestBucketsReachTheEndOfTime(t *testing.T) {
	b := NewBuckets(2)
	g := b.AddGauge()
	b.Set(g, 1)
	for _, now := range []time.Duration{math.MaxInt64 / 3, math.MaxInt64 - 1, math.MaxInt64, math.MaxInt64} {
		b.Advance(now)
		assert.LessOrEqual(t, b.Len(), 2)
		assert.Equal(t, Level{Mean: 1, Min: 1, Max: 1}, b.Level(g, b.Len()-1))
	}
}

func TestBucketsRefuseThePast(t *testing.T) {
	b := NewBuckets(2)
	b.Advance(5)
	assert.PanicsWithValue(t, "sim: record moved to 4ns, but it stands at 5ns", func() { b.Advance(4) })
	assert.Panics(t, func() { NewBuckets(1) })
}

func TestMemoryOfBucketsDoesNotFollowEvents(t *testing.T) {
	b := NewBuckets(100)
	g, c := b.AddGauge(), b.AddCount()
	for i := range int64(10_000) {
		b.Advance(time.Duration(i) * time.Second)
		b.Set(g, i)
		b.Count(c, 1)
	}
	at := b.now
	assert.Zero(t, testing.AllocsPerRun(1000, func() {
		at++
		b.Advance(at)
		b.Add(g, 1)
		b.Count(c, 1)
	}))
	assert.LessOrEqual(t, cap(b.gauges[g].cells), 256)
}
