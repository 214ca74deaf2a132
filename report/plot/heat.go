package plot

import (
	"cmp"
	"errors"
	"fmt"
)

// Heat is the picture of one figure over two things that were varied.
type Heat struct {
	Title, Subtitle string
	X, Y            HeatAxis
	Values          [][]float64 // Values[y][x], the first y on top; NaN = there is no such cell
	Name, Unit      string      // of the figure; unit: "s", "USD", "share" (of one), "tasks"
	Infeasible      [][]bool    // as Values: cells in which an expectation did not hold; may be nil
	Best            [2]int      // the best cell is Values[Best[0]][Best[1]]; negative = none
	Remark          string      // stands at the foot
}

// HeatAxis is what was varied, and its values in order.
type HeatAxis struct {
	Name   string
	Labels []string
}

// Heats are maps of one figure side by side, with one scale of colours: a
// third axis, and a fourth. The title of a map stands above it, its subtitle
// and its remark nowhere. The name and the unit are those of the first map.
type Heats struct {
	Title, Subtitle string
	Heats           []Heat
	Remark          string
}

// DrawHeat draws a map: a value a cell, dark where it is high, hatched where an
// expectation did not hold, the best cell outlined. Of many values of an axis
// the first are drawn, and the foot says so. Infinite numbers are refused, and
// rows of the wrong length.
func DrawHeat(h Heat) (Picture, error) {
	sheet := Heats{Title: h.Title, Subtitle: h.Subtitle, Remark: h.Remark}
	h.Title = ""
	sheet.Heats = []Heat{h}
	return DrawHeats(sheet)
}

// DrawHeats draws maps side by side. Of many maps the first are drawn, and the
// foot says so.
func DrawHeats(h Heats) (Picture, error) {
	var errs []error
	for i, one := range h.Heats {
		path := "map: "
		if len(h.Heats) > 1 {
			path = fmt.Sprintf("map %d (%s): ", i, one.Title)
		}
		errs = append(errs, one.problems(path))
	}
	if err := errors.Join(errs...); err != nil {
		return Picture{}, fmt.Errorf("drawing heat: %w", err)
	}
	s := newHeatSheet(h)
	return Picture{
		height: s.height,
		title:  cmp.Or(clean(h.Title), "One figure over two others"),
		alt:    s.describe(),
		paint:  s.paint,
	}, nil
}

func (h Heat) problems(path string) error {
	if len(h.Values) != len(h.Y.Labels) {
		return fmt.Errorf("%s%d rows of values for %d labels of y", path, len(h.Values), len(h.Y.Labels))
	}
	if h.Infeasible != nil && len(h.Infeasible) != len(h.Values) {
		return fmt.Errorf("%s%d rows of infeasible cells for %d rows of values", path, len(h.Infeasible), len(h.Values))
	}
	for y, row := range h.Values {
		if len(row) != len(h.X.Labels) {
			return fmt.Errorf("%srow %d: %d values for %d labels of x", path, y, len(row), len(h.X.Labels))
		}
		if h.Infeasible != nil && len(h.Infeasible[y]) != len(row) {
			return fmt.Errorf("%srow %d: %d infeasible cells for %d values", path, y, len(h.Infeasible[y]), len(row))
		}
		if err := checkGaps(fmt.Sprintf("%srow %d", path, y), row); err != nil {
			return err
		}
	}
	return nil
}

// empty reports whether there is nothing to draw.
func (h Heat) empty() bool { return len(h.X.Labels) == 0 || len(h.Y.Labels) == 0 }
