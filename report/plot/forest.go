package plot

import (
	"cmp"
	"errors"
	"fmt"
	"math"
)

// Forest is the picture of a comparison with paired seeds: per metric the
// difference of each variant from the base, with its 95 % interval.
type Forest struct {
	Title, Subtitle string
	Base            string // name of the variant that the others are compared with
	Metrics         []ForestMetric
	Remark          string // stands at the foot
}

// ForestMetric is one panel.
type ForestMetric struct {
	Name, Unit string  // unit: "s", "USD", "share" (of one), "tasks"
	Base       float64 // the metric's value in the base; NaN = it has none
	Better     string  // "lower", "higher" or "" where neither is
	Rows       []ForestRow
}

// ForestRow is one variant. Low and High bound the 95 % interval of Diff.
type ForestRow struct {
	Variant         string
	Diff, Low, High float64
	Relative        float64 // Diff as a share of the base; 0, NaN or infinite = not given
	Equal           bool    // the same difference in every seed, which may be none; Low and High do not count
	Unknown         bool    // no interval: too few seeds, or no value (Diff is NaN)
}

const (
	lowerIsBetter  = "lower"
	higherIsBetter = "higher"
)

// DrawForest draws one panel a metric, with a row for each variant, in the
// order given, so that rows can be followed from panel to panel. Of many
// metrics and variants the first are drawn, and the foot says so. NaN and
// infinite numbers are refused, except where they mean that there is no value.
func DrawForest(f Forest) (Picture, error) {
	if err := f.problems(); err != nil {
		return Picture{}, fmt.Errorf("drawing differences: %w", err)
	}
	s := newForestSheet(f)
	return Picture{
		height: s.height,
		title:  cmp.Or(clean(f.Title), "Differences"),
		alt:    s.describe(),
		paint:  s.paint,
	}, nil
}

func (f Forest) problems() error {
	var errs []error
	for i, m := range f.Metrics {
		path := fmt.Sprintf("metric %d (%s)", i, m.Name)
		errs = append(errs, checkGaps(path+": base", []float64{m.Base}))
		if m.Better != "" && m.Better != lowerIsBetter && m.Better != higherIsBetter {
			errs = append(errs, fmt.Errorf("%s: better is %q (allowed: %q, %q or nothing)", path, m.Better, lowerIsBetter, higherIsBetter))
		}
		for j, r := range m.Rows {
			if err := r.problem(); err != nil {
				errs = append(errs, fmt.Errorf("%s: row %d (%s): %w", path, j, r.Variant, err))
				break // one bad row says enough of a metric
			}
		}
	}
	return errors.Join(errs...)
}

func (r ForestRow) problem() error {
	switch {
	case r.Unknown && math.IsNaN(r.Diff):
		return nil
	case r.Unknown, r.Equal:
		return checkSigned("difference", r.Diff)
	}
	return cmp.Or(checkSigned("difference", r.Diff), checkSigned("interval", r.Low, r.High))
}
