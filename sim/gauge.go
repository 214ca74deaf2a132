package sim

import (
	"fmt"
	"math/big"
	"time"
)

// Gauge is the time-weighted statistic of a number that changes in steps: tasks running, memory used. The zero
// Gauge has been 0 since time 0.
//
// Only what was held counts: a value that is replaced in the instant in which it was set leaves no trace, neither
// in the mean nor as a peak.
type Gauge struct {
	value     int64
	since     time.Duration // when value was last accounted for
	from      time.Duration // where the statistics begin
	held      bool          // whether low and high have seen a value
	low, high int64
	sum       wide // value × ns
	squares   wide // value² × ns
}

// StartAt begins the statistics anew at from, now or in the future, so that a warm-up is left out. The value
// carries over. from must not lie before the last change, which is already accounted for.
func (g *Gauge) StartAt(from time.Duration) {
	if from < g.since {
		panic(fmt.Sprintf("sim: gauge shall start at %v, but it changed at %v", from, g.since))
	}
	*g = Gauge{value: g.value, since: from, from: from}
}

// Set changes the value at now.
func (g *Gauge) Set(now time.Duration, value int64) {
	g.settle(now)
	g.value = value
}

// Add changes the value at now by delta.
func (g *Gauge) Add(now time.Duration, delta int64) {
	g.settle(now)
	g.value += delta
}

// settle accounts for the value up to now. During a warm-up since lies ahead of the clock and nothing is counted.
func (g *Gauge) settle(now time.Duration) {
	held := now - g.since
	if held <= 0 {
		if held < 0 && g.since != g.from {
			panic(fmt.Sprintf("sim: gauge set at %v, but it changed at %v", now, g.since))
		}
		return
	}
	if !g.held {
		g.held, g.low, g.high = true, g.value, g.value
	}
	g.low, g.high = min(g.low, g.value), max(g.high, g.value)
	g.sum.addProduct(g.value, int64(held))
	g.squares.addSquare(g.value, int64(held))
	g.since = now
}

// Value is the value now.
func (g *Gauge) Value() int64 { return g.value }

// Peak is the highest value held, the one held now included.
func (g *Gauge) Peak() int64 {
	if !g.held {
		return g.value
	}
	return max(g.high, g.value)
}

// Min is the lowest value held, the one held now included.
func (g *Gauge) Min() int64 {
	if !g.held {
		return g.value
	}
	return min(g.low, g.value)
}

// Integral is the sum of value × seconds from the start of the statistics until until.
func (g *Gauge) Integral(until time.Duration) float64 {
	settled := *g
	settled.settle(until)
	return settled.sum.over(int64(time.Second))
}

// Mean is the time-weighted mean until until; where no time has passed, the value.
func (g *Gauge) Mean(until time.Duration) float64 {
	if until <= g.from {
		return float64(g.value)
	}
	settled := *g
	settled.settle(until)
	return settled.sum.over(int64(until - g.from))
}

// Variance is the time-weighted variance until until: the mean of value² minus the square of the mean. It is
// computed in whole numbers, since the difference of two large floats would be noise.
func (g *Gauge) Variance(until time.Duration) float64 {
	if until <= g.from {
		return 0
	}
	settled := *g
	settled.settle(until)
	length := big.NewInt(int64(until - g.from))
	sum := settled.sum.big()
	spread := new(big.Int).Mul(settled.squares.big(), length)
	spread.Sub(spread, sum.Mul(sum, sum))
	variance, _ := new(big.Rat).SetFrac(spread, length.Mul(length, length)).Float64()
	return variance
}
