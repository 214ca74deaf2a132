package report

import (
	"time"

	"ecssim/sim"
)

// Gap is a stretch of time in which a service had fewer tasks RUNNING than it wanted.
type Gap struct{ From, To time.Duration }

// Gaps are those of a service, the first ones one by one, each as far as it lies behind the warm-up. One that lasts at the
// end goes up to there.
type Gaps struct {
	Rows  []Gap
	Total int64
	Wait  *Wait // of their lengths; nil without any
}

// maxGaps bounds the gaps that are kept one by one.
const maxGaps = 10_000

// gapBook follows the gaps of a service while the run goes on.
type gapBook struct {
	start   time.Duration // of the statistics
	open    bool
	since   time.Duration
	rows    []Gap
	lengths sim.Sample
}

// compare takes in that one of the two numbers has changed.
func (b *gapBook) compare(now time.Duration, running, desired int64) {
	switch lacks := running < desired; {
	case lacks && !b.open:
		b.open, b.since = true, now
	case !lacks && b.open:
		b.open = false
		b.count(Gap{max(b.since, b.start), now})
	}
}

// count leaves out what had no length.
func (b *gapBook) count(g Gap) {
	if g.To <= g.From {
		return
	}
	b.lengths.ObserveDuration(g.To - g.From)
	if len(b.rows) < maxGaps {
		b.rows = append(b.rows, g)
	}
}

// ended closes what is open.
func (b *gapBook) ended(now time.Duration) Gaps {
	if b.open {
		b.count(Gap{max(b.since, b.start), now})
	}
	return Gaps{Rows: b.rows, Total: b.lengths.Count(), Wait: waits(&b.lengths)}
}
