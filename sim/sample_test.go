package sim

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat"
	"pgregory.net/rapid"
)

// drawValues repeats a few drawn values with drawn jitter, so that rapid need not draw ten thousand.
func drawValues(t *rapid.T) []float64 {
	n := rapid.SampledFrom([]int{1, 2, 3, 20, 999, exactValues, exactValues + 1, 3 * exactValues}).Draw(t, "n")
	low, high := rapid.Float64Range(-9, 9).Draw(t, "low"), rapid.Float64Range(-9, 9).Draw(t, "high")
	zeros := rapid.Float64Range(0, 1).Draw(t, "zeros")
	r := NewStreams(rapid.Uint64().Draw(t, "seed")).Named("values")
	values := make([]float64, n)
	for i := range values {
		if r.Float64() >= zeros {
			values[i] = math.Pow(10, low+(high-low)*r.Float64())
		}
	}
	return values
}

func TestQuantilesOfASampleEqualThoseOfTheSortedValues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := drawValues(t)
		var whole, merged, rest Sample
		cut := rapid.IntRange(0, len(values)).Draw(t, "cut")
		for i, x := range values {
			whole.Observe(x)
			if i < cut {
				merged.Observe(x)
			} else {
				rest.Observe(x)
			}
		}
		merged.Merge(&rest)
		sorted := slices.Sorted(slices.Values(values))
		mean, sd := stat.MeanStdDev(values, nil)
		for _, s := range []*Sample{&whole, &merged} {
			require.Equal(t, int64(len(values)), s.Count())
			require.Equal(t, sorted[0], s.Min())
			require.Equal(t, sorted[len(sorted)-1], s.Max())
			require.InDelta(t, mean, s.Mean(), mean*1e-9)
			if len(values) > 1 {
				require.InDelta(t, sd, s.SD(), sd*1e-9+mean*1e-9)
			}
			for _, q := range []float64{0, 0.01, 0.07, 0.5, 0.9, 0.95, 0.99, 0.999, 1} {
				want := sorted[nearestRank(q, s.Count())-1]
				if s.Exact() {
					require.Equal(t, want, s.Quantile(q))
				} else {
					require.InDelta(t, want, s.Quantile(q), 0.004*want, "q %v", q)
				}
				require.Equal(t, whole.Quantile(q), s.Quantile(q), "whole and merged agree")
			}
		}
	})
}

func TestNearestRankByHand(t *testing.T) {
	for _, c := range []struct {
		q    float64
		n    int64
		rank int64
	}{{0, 5, 1}, {0.2, 5, 1}, {0.21, 5, 2}, {0.5, 4, 2}, {0.95, 20, 19}, {0.07, 100, 7}, {0.95, 100, 95}, {1, 5, 5}, {0.5, 1, 1}} {
		assert.Equal(t, c.rank, nearestRank(c.q, c.n), "%v of %d", c.q, c.n)
	}
}

func TestSampleAtTheEdges(t *testing.T) {
	var s Sample
	assert.Zero(t, s.Quantile(0.5))
	assert.Zero(t, s.SD())
	s.ObserveDuration(1500 * time.Millisecond)
	assert.Equal(t, 1.5, s.Quantile(0.95))
	for range exactValues {
		s.Observe(math.MaxFloat64)
		s.Observe(math.SmallestNonzeroFloat64)
	}
	assert.InEpsilon(t, math.MaxFloat64, s.Quantile(0.9), 0.004)
	assert.LessOrEqual(t, len(s.classes), 1<<(11+subBits))
	for _, x := range []float64{-1, math.NaN(), math.Inf(1)} {
		assert.Panics(t, func() { s.Observe(x) })
	}
	assert.Panics(t, func() { s.Quantile(95) })
}

func TestSampleStopsAllocating(t *testing.T) {
	var s Sample
	for i := range 2 * exactValues {
		s.Observe(float64(i))
	}
	assert.Zero(t, testing.AllocsPerRun(1000, func() { s.Observe(77) }))
}
