package sim

import (
	"math"
	"math/bits"
	"time"
)

// Track is a step function on the hot path: its value now, what it did in each bucket of its Timeline, and since the
// warm-up. Only what was held counts: a value that is replaced in the instant in which it was set leaves no trace.
type Track struct {
	value     int64
	since     time.Duration // when value was last accounted for
	low, high int64         // of the values held since the last edge; low is above high where there was none
	sumHigh   uint64        // value × ns since the last edge,
	sumLow    uint64        // as one number of 128 bits

	cells []Cell
	stats Cell
}

// Add changes the value at now by delta. The value must never become negative; callers check what can. The Timeline
// must have been advanced to now.
func (t *Track) Add(now time.Duration, delta int64) {
	if held := now - t.since; held > 0 {
		t.hold(uint64(held))
		t.since = now
	}
	t.value += delta
}

func (t *Track) hold(ns uint64) {
	high, low := bits.Mul64(uint64(t.value), ns)
	var carry uint64
	t.sumLow, carry = bits.Add64(t.sumLow, low, 0)
	t.sumHigh, _ = bits.Add64(t.sumHigh, high, carry)
	t.low, t.high = min(t.low, t.value), max(t.high, t.value)
}

// Value is the value now.
func (t *Track) Value() int64 { return t.value }

// Cells are the buckets, from time 0 on; only after Finish are they complete.
func (t *Track) Cells() []Cell { return t.cells }

// Cell is what a step function did between two instants.
type Cell struct {
	// Sum is value × nanoseconds; exact up to 2^53, then rounded once an edge.
	Sum float64
	// Low and High are the extremes of the values that were held.
	Low, High int64
}

var emptyCell = Cell{Low: math.MaxInt64, High: math.MinInt64}

// Empty says that no time passed.
func (c Cell) Empty() bool { return c.Low > c.High }

func (c *Cell) merge(o Cell) {
	c.Sum += o.Sum
	c.Low, c.High = min(c.Low, o.Low), max(c.High, o.High)
}

// take is what happened since the last edge; now is the next edge.
func (t *Track) take(now time.Duration) Cell {
	t.Add(now, 0)
	// The product is exact, so it does not matter whether a processor fuses it with the sum.
	c := Cell{Sum: float64(t.sumHigh)*(1<<64) + float64(t.sumLow), Low: t.low, High: t.high}
	t.sumHigh, t.sumLow, t.low, t.high = 0, 0, math.MaxInt64, math.MinInt64
	return c
}
