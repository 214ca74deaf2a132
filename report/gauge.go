package report

import (
	"math"
	"math/bits"
	"time"
)

// gauge is a step function on the hot path: its value, and what it did since the last edge of the timeline. Only what
// was held counts: a value that is replaced in the instant in which it was set leaves no trace.
//
// sim.Buckets does nearly the same, but it cannot leave a warm-up out, so a sim.Gauge would have to stand beside it
// and each change would cost twice. A task changes ten of these, and sim.Buckets alone takes 86 ns for ten changes
// [measured], which is more than the recorder may take for everything.
type gauge struct {
	value     int64
	since     time.Duration // when value was last accounted for
	low, high int64         // of the values held since the last edge; low is above high where there was none
	sumHigh   uint64        // value × ns since the last edge,
	sumLow    uint64        // as one number of 128 bits
}

func newGauge() gauge { return gauge{low: math.MaxInt64, high: math.MinInt64} }

// add changes the value at now by delta. The value must never become negative; callers check what can.
func (g *gauge) add(now time.Duration, delta int64) {
	if held := now - g.since; held > 0 {
		g.hold(uint64(held))
		g.since = now
	}
	g.value += delta
}

func (g *gauge) hold(ns uint64) {
	high, low := bits.Mul64(uint64(g.value), ns)
	var carry uint64
	g.sumLow, carry = bits.Add64(g.sumLow, low, 0)
	g.sumHigh, _ = bits.Add64(g.sumHigh, high, carry)
	g.low, g.high = min(g.low, g.value), max(g.high, g.value)
}

// cell is what a step function did between two instants.
type cell struct {
	sum       float64 // value × ns; exact up to 2^53, then rounded once an edge
	low, high int64   // low is above high where no time has passed
}

var emptyCell = cell{low: math.MaxInt64, high: math.MinInt64}

func (c *cell) merge(o cell) {
	c.sum += o.sum
	c.low, c.high = min(c.low, o.low), max(c.high, o.high)
}

// take is what happened since the last edge; now is the next edge.
func (g *gauge) take(now time.Duration) cell {
	g.add(now, 0)
	// The product is exact, so it does not matter whether a processor fuses it with the sum.
	c := cell{sum: float64(g.sumHigh)*(1<<64) + float64(g.sumLow), low: g.low, high: g.high}
	g.sumHigh, g.sumLow, g.low, g.high = 0, 0, math.MaxInt64, math.MinInt64
	return c
}
