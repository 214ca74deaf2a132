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

// step is one change of a step function, kept by the tests to count again what the program counted as it went.
type step struct {
	at    time.Duration
	value int64
}

// drawSteps draws changes in the order of time, several at one instant included.
func drawSteps(t *rapid.T, longest time.Duration, value *rapid.Generator[int64]) []step {
	whole := rapid.Map(rapid.Int64Range(0, 7), func(n int64) int64 { return n * int64(longest) }) // meets boundaries
	gap := rapid.OneOf(rapid.Just(int64(0)), rapid.Int64Range(0, int64(longest)), whole)
	var steps []step
	at := time.Duration(0)
	for range rapid.IntRange(0, 60).Draw(t, "steps") {
		at += time.Duration(gap.Draw(t, "gap"))
		steps = append(steps, step{at, value.Draw(t, "value")})
	}
	return steps
}

// recount is the integral, lowest and highest value held in [from, until), from 0 at time 0.
func recount(steps []step, from, until time.Duration) (sum, squares *big.Int, low, high int64, held bool) {
	sum, squares = new(big.Int), new(big.Int)
	value, since := int64(0), time.Duration(0)
	for _, s := range append(steps, step{at: math.MaxInt64}) {
		if length := min(s.at, until) - max(since, from); length > 0 {
			product := new(big.Int).Mul(big.NewInt(value), big.NewInt(int64(length)))
			sum.Add(sum, product)
			squares.Add(squares, product.Mul(product, big.NewInt(value)))
			if !held {
				held, low, high = true, value, value
			}
			low, high = min(low, value), max(high, value)
		}
		value, since = s.value, s.at
	}
	return sum, squares, low, high, held
}

func TestGaugeEqualsRecount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		steps := drawSteps(t, 1000*time.Hour, rapid.Int64())
		end := time.Duration(0)
		if len(steps) > 0 {
			end = steps[len(steps)-1].at
		}
		from := time.Duration(rapid.Int64Range(0, int64(end)).Draw(t, "from"))
		until := end + time.Duration(rapid.Int64Range(1, int64(time.Hour)).Draw(t, "tail"))
		ahead := rapid.Bool().Draw(t, "start is told ahead")

		var g Gauge
		if ahead {
			g.StartAt(from)
		}
		started := ahead
		for _, s := range steps {
			if !started && s.at >= from {
				g.StartAt(from)
				started = true
			}
			g.Set(s.at, s.value)
		}
		sum, squares, low, high, held := recount(steps, from, until)
		settled := g
		settled.settle(until)
		require.Zero(t, sum.Cmp(settled.sum.big()))
		require.Zero(t, squares.Cmp(settled.squares.big()))
		require.True(t, held && settled.held)
		require.Equal(t, [2]int64{low, high}, [2]int64{settled.low, settled.high})
		mean, _ := new(big.Rat).SetFrac(sum, big.NewInt(int64(until-from))).Float64()
		require.Equal(t, mean, g.Mean(until))
		require.GreaterOrEqual(t, g.Variance(until), 0.0)
	})
}

func TestGaugeByHand(t *testing.T) {
	var g Gauge
	g.Set(0, 4)              // the 0 before was not held
	g.Add(10*time.Second, 2) // 6
	g.Set(20*time.Second, 9) // replaced at once
	g.Set(20*time.Second, 2)
	assert.Equal(t, int64(2), g.Value())
	assert.Equal(t, int64(6), g.Peak())
	assert.Equal(t, int64(2), g.Min())
	assert.Equal(t, 120.0, g.Integral(30*time.Second))
	assert.Equal(t, 4.0, g.Mean(30*time.Second))
	assert.InDelta(t, (16.0+36+4)/3-16, g.Variance(30*time.Second), 1e-12)
	assert.Equal(t, 4.0, g.Mean(30*time.Second), "reading does not change what is read")

	g.StartAt(40 * time.Second)
	assert.Equal(t, 2.0, g.Mean(50*time.Second))
	assert.Equal(t, int64(2), g.Peak(), "the peak before the start is forgotten")
	g.Set(30*time.Second, 8) // still before the start
	assert.Equal(t, 8.0, g.Mean(50*time.Second))
	assert.Equal(t, 8.0, g.Mean(40*time.Second))
	assert.Zero(t, g.Variance(40*time.Second))
}

func TestGaugeKeepsSmallChangesOfLargeSums(t *testing.T) {
	var g Gauge
	const year = 365 * 24 * time.Hour
	g.Set(0, 1<<40)
	g.Set(year, 1<<40+1)
	g.Set(year+1, 1<<40)
	assert.InEpsilon(t, 1/float64(year+1), g.Variance(year+1), 1e-6)
}

func TestGaugeRefusesThePast(t *testing.T) {
	var g Gauge
	g.Set(2, 1)
	assert.PanicsWithValue(t, "sim: gauge set at 1ns, but it changed at 2ns", func() { g.Set(1, 1) })
	assert.Panics(t, func() { g.StartAt(1) })
}
