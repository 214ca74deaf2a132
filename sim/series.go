package sim

import (
	"fmt"
	"math"
	"time"
)

// widths is the ladder of bucket widths. Each divides the next, so that buckets merge without being cut; all are
// lengths that people read off a time axis.
var widths = func() []time.Duration {
	const day = 24 * time.Hour
	return []time.Duration{
		time.Second, 5 * time.Second, 10 * time.Second, 30 * time.Second,
		time.Minute, 5 * time.Minute, 10 * time.Minute, 30 * time.Minute,
		time.Hour, 6 * time.Hour, 12 * time.Hour,
		day, 7 * day, 35 * day, 70 * day, 350 * day, 700 * day, 3500 * day, 7000 * day, 35000 * day, 70000 * day,
	}
}()

// GaugeColumn names a step function of Buckets; the zero column is the first one added.
type GaugeColumn int

// CountColumn names a column of event counts of Buckets; the zero column is the first one added.
type CountColumn int

// Buckets records many step functions and event counts over time in bounded memory: at most limit time buckets,
// which all columns share. When a run outgrows them, neighbours merge into wider ones; sums, minima, maxima and
// counts survive that exactly.
//
// It is made for a recorder that is called at every event: Advance is two comparisons unless a bucket ends, and a
// column whose value does not change costs nothing until then. A bucket holds [start, start+width).
type Buckets struct {
	now   time.Duration
	end   time.Duration // of the open bucket
	open  int           // index of the open bucket
	rung  int           // of the ladder
	limit int

	gauges []gaugeColumn
	counts [][]int64
}

// gaugeColumn is one step function. Its last cell is that of the open bucket.
type gaugeColumn struct {
	value int64
	since time.Duration // when value was last accounted for
	cells []cell
}

// cell is what is known of one step function in one bucket. Where nothing was held yet, low is above high.
type cell struct {
	sum       wide // value × ns
	low, high int64
}

var emptyCell = cell{low: math.MaxInt64, high: math.MinInt64}

func (c *cell) hold(value int64, length time.Duration) {
	c.sum.addProduct(value, int64(length))
	c.low, c.high = min(c.low, value), max(c.high, value)
}

func (c *cell) merge(other cell) {
	c.sum.add(other.sum, false)
	c.low, c.high = min(c.low, other.low), max(c.high, other.high)
}

// NewBuckets returns a record from time 0 of at most limit buckets; limit must be at least 2.
func NewBuckets(limit int) *Buckets {
	if limit < 2 {
		panic(fmt.Sprintf("sim: a record needs at least 2 buckets, not %d", limit))
	}
	return &Buckets{limit: limit, end: widths[0]}
}

// AddGauge adds a step function that has been 0 so far.
func (b *Buckets) AddGauge() GaugeColumn {
	column := gaugeColumn{cells: make([]cell, b.open, b.open+1), since: b.openStart()}
	column.cells = append(column.cells, emptyCell)
	b.gauges = append(b.gauges, column)
	return GaugeColumn(len(b.gauges) - 1)
}

// AddCount adds a count of events.
func (b *Buckets) AddCount() CountColumn {
	b.counts = append(b.counts, make([]int64, b.open+1))
	return CountColumn(len(b.counts) - 1)
}

// Advance moves the clock of the record. What is set or counted from here on happens at now.
func (b *Buckets) Advance(now time.Duration) {
	if now < b.now || now >= b.end {
		b.cross(now)
	}
	b.now = now
}

// Set changes a step function at the time of the last Advance. A value that is replaced in the same instant leaves
// no trace.
func (b *Buckets) Set(column GaugeColumn, value int64) {
	g := &b.gauges[column]
	if g.value == value {
		return
	}
	g.settle(b.now)
	g.value = value
}

// Add changes a step function by delta.
func (b *Buckets) Add(column GaugeColumn, delta int64) {
	b.Set(column, b.gauges[column].value+delta)
}

// Count counts n events at the time of the last Advance.
func (b *Buckets) Count(column CountColumn, n int64) { b.counts[column][b.open] += n }

// Value is the present value of a step function.
func (b *Buckets) Value(column GaugeColumn) int64 { return b.gauges[column].value }

func (g *gaugeColumn) settle(now time.Duration) {
	if held := now - g.since; held > 0 {
		g.cells[len(g.cells)-1].hold(g.value, held)
		g.since = now
	}
}

// cross closes the open bucket and opens the one that holds now, after widening all until that one is allowed.
// There may be one bucket more than limit as long as it has no length: a run that ends exactly at limit buckets
// does not climb.
func (b *Buckets) cross(now time.Duration) {
	if now < b.now {
		panic(fmt.Sprintf("sim: record moved to %v, but it stands at %v", now, b.now))
	}
	for b.rung+1 < len(widths) && now > 0 && int64((now-1)/b.Width()) >= int64(b.limit) {
		b.climb()
	}
	target := int(now / b.Width())
	for i := range b.gauges {
		g := &b.gauges[i]
		for at := b.open; at < target; at++ {
			g.settle(b.Width() * time.Duration(at+1))
			g.cells = append(g.cells, emptyCell)
		}
	}
	for i := range b.counts {
		b.counts[i] = append(b.counts[i], make([]int64, target-b.open)...)
	}
	b.open = target
	switch b.end = b.openStart() + b.Width(); {
	case b.open == b.limit:
		b.end = b.openStart() // one bucket too many: time may not pass in it
	case b.end < 0:
		b.end = math.MaxInt64 // the last bucket before the end of time
	}
}

// climb merges neighbours into buckets of the next width. The open bucket stays open: it becomes part of a wider one.
func (b *Buckets) climb() {
	ratio := int(widths[b.rung+1] / widths[b.rung])
	for i := range b.gauges {
		cells := b.gauges[i].cells
		for at, c := range cells {
			if at%ratio == 0 {
				cells[at/ratio] = c
			} else {
				cells[at/ratio].merge(c)
			}
		}
		b.gauges[i].cells = cells[:b.open/ratio+1]
	}
	for i, counts := range b.counts {
		for at, n := range counts {
			if at%ratio == 0 {
				counts[at/ratio] = n
			} else {
				counts[at/ratio] += n
			}
		}
		b.counts[i] = counts[:b.open/ratio+1]
	}
	b.rung++
	b.open /= ratio
}

func (b *Buckets) openStart() time.Duration { return b.Width() * time.Duration(b.open) }

// Width is the present width of a bucket.
func (b *Buckets) Width() time.Duration { return widths[b.rung] }

// Len is the number of buckets that have a length, at least 1. A bucket that has just begun has none; its counts
// are told with the bucket before it.
func (b *Buckets) Len() int {
	if b.open > 0 && b.now == b.openStart() {
		return b.open
	}
	return b.open + 1
}

// Bucket is one stretch of time. Covered is below Width only in the last one, which the run may have left early.
type Bucket struct{ Start, Width, Covered time.Duration }

// Bucket describes bucket i.
func (b *Buckets) Bucket(i int) Bucket {
	start := b.Width() * time.Duration(i)
	return Bucket{Start: start, Width: b.Width(), Covered: min(b.Width(), b.now-start)}
}

// Level is what a step function did in one bucket; Mean is weighted by time.
type Level struct {
	Mean     float64
	Min, Max int64
}

// Level is what a step function did in bucket i. Where no time has passed yet it is the present value.
func (b *Buckets) Level(column GaugeColumn, i int) Level {
	g := &b.gauges[column]
	c := g.cells[i]
	covered := b.Bucket(i).Covered
	if i == b.open && b.now > g.since {
		c.hold(g.value, b.now-g.since)
	}
	if c.low > c.high || covered == 0 {
		return Level{Mean: float64(g.value), Min: g.value, Max: g.value}
	}
	return Level{Mean: c.sum.over(int64(covered)), Min: c.low, Max: c.high}
}

// Counted is the number of events in bucket i.
func (b *Buckets) Counted(column CountColumn, i int) int64 {
	n := b.counts[column][i]
	if i+1 == b.Len() && i < b.open {
		n += b.counts[column][b.open]
	}
	return n
}
