package sim

import (
	"math"
	"time"
)

// Limits on the memory of a timeline: buckets, and cells of all tracks together.
const (
	maxBuckets = 400
	minBuckets = 50
	maxCells   = 200_000
)

// widths is the ladder of bucket widths. Each divides the next, so that buckets merge without being cut.
var widths = func() []time.Duration {
	const day = 24 * time.Hour
	return []time.Duration{
		time.Second, 5 * time.Second, 10 * time.Second, 30 * time.Second,
		time.Minute, 5 * time.Minute, 10 * time.Minute, 30 * time.Minute,
		time.Hour, 6 * time.Hour, 12 * time.Hour,
		day, 7 * day, 35 * day, 70 * day, 350 * day, 700 * day, 3500 * day, 7000 * day, 35000 * day, 70000 * day,
	}
}()

// Timeline cuts time into buckets that all its tracks share, and leaves a warm-up out of their statistics. Its edges are the ends of buckets and the end of the warm-up;
// between two edges a change of a track touches that track alone. Memory does not grow with a run: when it outgrows its
// buckets, neighbours merge into wider ones.
type Timeline struct {
	edge   time.Duration // the next one
	passed time.Duration // the last one; negative before the first
	start  time.Duration // of the statistics
	open   int           // index of the open bucket
	rung   int           // of the ladder
	limit  int
	tracks []*Track
}

// NewTimeline makes a timeline for the given number of tracks, whose statistics begin at warmup. length is how long the run is meant to be, 0 if nobody
// knows; it saves climbing the ladder.
func NewTimeline(warmup, length time.Duration, tracks int) *Timeline {
	l := &Timeline{start: warmup, passed: -1, limit: max(minBuckets, min(maxBuckets, maxCells/max(tracks, 1)))}
	for length > 0 && l.rung+1 < len(widths) && int64((length-1)/l.Width()) >= int64(l.limit) {
		l.rung++
	}
	l.setEdge()
	return l
}

// Track adds a step function that is 0 until somebody changes it. It must be added before time passes.
func (l *Timeline) Track() *Track {
	t := &Track{low: math.MaxInt64, high: math.MinInt64, stats: emptyCell, cells: []Cell{emptyCell}}
	l.tracks = append(l.tracks, t)
	return t
}

// Width is the width of a bucket; buckets follow each other from time 0 on.
func (l *Timeline) Width() time.Duration { return widths[l.rung] }

// Buckets is the number of buckets so far.
func (l *Timeline) Buckets() int { return l.open + 1 }

// Start is where statistics begin: the end of the warm-up.
func (l *Timeline) Start() time.Duration { return l.start }

// Limit is the most buckets that there can be.
func (l *Timeline) Limit() int { return l.limit }

// Advance moves the timeline to now; it must come before the changes of that instant.
func (l *Timeline) Advance(now time.Duration) {
	if now >= l.edge {
		l.cross(now)
	}
}

// Statistics are the mean of a finished track from the warm-up to end, weighted by time, and its peak. What is there in
// the last instant counts as a peak.
func (l *Timeline) Statistics(t *Track, end time.Duration) (mean float64, peak int64) {
	if t.stats.Empty() || end <= l.start {
		return float64(t.value), t.value
	}
	return t.stats.Sum / float64(end-l.start), max(t.stats.High, t.value)
}

func (l *Timeline) openStart() time.Duration { return l.Width() * time.Duration(l.open) }

// setEdge finds the edge after the one that was passed.
func (l *Timeline) setEdge() {
	l.edge = l.openStart() + l.Width()
	if l.edge < 0 { // the last bucket before the end of time
		l.edge = math.MaxInt64
	}
	if l.start > l.passed && l.start < l.edge {
		l.edge = l.start
	}
}

// cross passes every edge up to and with now.
func (l *Timeline) cross(now time.Duration) {
	for l.rung+1 < len(widths) && now > 0 && int64((now-1)/l.Width()) >= int64(l.limit) {
		l.climb()
	}
	l.setEdge()
	for l.edge <= now && l.edge < math.MaxInt64 {
		l.pass(l.edge)
	}
}

// pass closes what lies before an edge.
func (l *Timeline) pass(edge time.Duration) {
	l.close(edge)
	if edge == l.start {
		for _, t := range l.tracks {
			t.stats = emptyCell
		}
	}
	if edge == l.openStart()+l.Width() {
		l.open++
		for _, t := range l.tracks {
			t.cells = append(t.cells, emptyCell)
		}
	}
	l.passed = edge
	l.setEdge()
}

// close accounts for all tracks up to now.
func (l *Timeline) close(now time.Duration) {
	for _, t := range l.tracks {
		c := t.take(now)
		t.stats.merge(c)
		t.cells[l.open].merge(c)
	}
}

// climb merges neighbours into buckets of the next width; the open bucket becomes part of a wider one.
func (l *Timeline) climb() {
	ratio := int(widths[l.rung+1] / widths[l.rung])
	for _, t := range l.tracks {
		for at, c := range t.cells {
			if at%ratio == 0 {
				t.cells[at/ratio] = c
			} else {
				t.cells[at/ratio].merge(c)
			}
		}
		t.cells = t.cells[:l.open/ratio+1]
	}
	l.rung++
	l.open /= ratio
}

// Finish ends the timeline at now. A last bucket without a length is dropped, unless it is the only one.
func (l *Timeline) Finish(now time.Duration) {
	if now >= l.edge {
		l.cross(now)
	}
	l.close(now)
	if now < l.start { // the warm-up never ended
		for _, t := range l.tracks {
			t.stats = emptyCell
		}
	}
	if l.open > 0 && now == l.openStart() {
		for _, t := range l.tracks {
			t.cells = t.cells[:l.open]
		}
		l.open--
	}
}
