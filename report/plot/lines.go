package plot

import (
	"cmp"
	"errors"
	"fmt"
	"math"
)

// Lines is the picture of one figure over one thing that was varied.
type Lines struct {
	Title, Subtitle string
	X               string // name of what was varied, with its unit where it has one
	Name, Unit      string // of the figure; unit: "s", "USD", "share" (of one), "tasks"
	Numeric         bool   // XValues are places on a scale; else XLabels are categories
	XValues         []float64
	XLabels         []string // of categories, or of numbers as people write them: "512 MiB"
	Series          []LineSeries
	Remark          string // stands at the foot
}

// LineSeries is one line, with a value for each x. NaN = there is none.
type LineSeries struct {
	Name            string
	Mean, Low, High []float64 // Low and High bound the 95 % interval; may be nil
}

// DrawLines draws the means: over numbers as lines with the bands of their
// intervals, over categories as points with theirs. Of many series and values
// the first are drawn, and the foot says so. Infinite numbers are refused, and
// series of the wrong length.
func DrawLines(l Lines) (Picture, error) {
	if err := l.problems(); err != nil {
		return Picture{}, fmt.Errorf("drawing lines: %w", err)
	}
	s := newLineSheet(l)
	return Picture{
		height: s.height,
		title:  cmp.Or(clean(l.Title), "One figure over another"),
		alt:    s.describe(),
		paint:  s.paint,
	}, nil
}

// count is how many x there are.
func (l Lines) count() int {
	if l.Numeric {
		return len(l.XValues)
	}
	return len(l.XLabels)
}

func (l Lines) problems() error {
	var errs []error
	if l.Numeric {
		errs = append(errs, checkSigned("x", l.XValues...))
		if n := len(l.XLabels); n > 0 && n != len(l.XValues) {
			errs = append(errs, fmt.Errorf("x: %d labels of %d values", n, len(l.XValues)))
		}
	}
	for i, s := range l.Series {
		path := fmt.Sprintf("series %d (%s)", i, s.Name)
		for _, part := range []struct {
			name   string
			values []float64
		}{{"mean", s.Mean}, {"low", s.Low}, {"high", s.High}} {
			if n := len(part.values); n != l.count() && (part.values != nil || part.name == "mean") {
				errs = append(errs, fmt.Errorf("%s: %s: %d values for %d x", path, part.name, n, l.count()))
			}
			errs = append(errs, checkGaps(path+": "+part.name, part.values))
		}
		if (s.Low == nil) != (s.High == nil) {
			errs = append(errs, fmt.Errorf("%s: has one bound of its interval, needs both or none", path))
		}
	}
	return errors.Join(errs...)
}

// points are those of a series that have a value, by the number of their x.
func (s LineSeries) points(order []int) []linePoint {
	var out []linePoint
	for place, i := range order {
		if math.IsNaN(s.Mean[i]) {
			continue
		}
		p := linePoint{place: place, mean: s.Mean[i], low: s.Mean[i], high: s.Mean[i]}
		if s.Low != nil && finite(s.Low[i]) && finite(s.High[i]) {
			p.low, p.high, p.known = min(s.Low[i], s.High[i]), max(s.Low[i], s.High[i]), true
		}
		out = append(out, p)
	}
	return out
}
