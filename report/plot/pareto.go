package plot

import (
	"cmp"
	"errors"
	"fmt"
	"math"
)

// Pareto is the picture of a trade-off: on both axes less is better, as with
// cost and wait.
type Pareto struct {
	Title, Subtitle string
	XName, XUnit    string // unit: "s", "USD", "share" (of one), "tasks"
	YName, YUnit    string
	Points          []ParetoPoint
	Remark          string // stands at the foot
}

// ParetoPoint is one variant. XLow to XHigh is the 95 % interval of X, and
// YLow to YHigh that of Y; both ends zero or NaN = none.
type ParetoPoint struct {
	Label       string
	X, Y        float64
	XLow, XHigh float64
	YLow, YHigh float64
	Front       bool // no other is better on both axes
	Base        bool
	Feasible    bool // all expectations hold
}

// DrawPareto draws the points, and the front as a line of steps: what lies
// above it and to its right is no better on either axis than a point of the
// front. Of many points the first beside the front are drawn, and the foot says
// so. NaN and infinite places are refused.
func DrawPareto(p Pareto) (Picture, error) {
	if err := p.problems(); err != nil {
		return Picture{}, fmt.Errorf("drawing a trade-off: %w", err)
	}
	s := newParetoSheet(p)
	return Picture{
		height: s.height,
		title:  cmp.Or(clean(p.Title), "Trade-off"),
		alt:    s.describe(),
		paint:  s.paint,
	}, nil
}

func (p Pareto) problems() error {
	var errs []error
	for i, one := range p.Points {
		path := fmt.Sprintf("point %d (%s)", i, one.Label)
		errs = append(errs, cmp.Or(checkSigned(path, one.X, one.Y),
			checkGaps(path+": interval", []float64{one.XLow, one.XHigh, one.YLow, one.YHigh})))
	}
	return errors.Join(errs...)
}

// interval puts the ends in order; ok = there is one.
func interval(low, high float64) (from, to float64, ok bool) {
	if math.IsNaN(low) || math.IsNaN(high) || low == 0 && high == 0 {
		return 0, 0, false
	}
	return min(low, high), max(low, high), true
}
