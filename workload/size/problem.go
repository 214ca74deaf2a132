package size

import (
	"cmp"
	"slices"
)

// Axis is one direction of the grid.
type Axis struct {
	// Values is how many there are.
	Values int
	// Ordered: a later value is expected to hold wherever an earlier one does, and to cost no less.
	Ordered bool
}

// Cell is an index into the values of each axis.
type Cell []int

// at is the cell with another index on one axis.
func (c Cell) at(axis, index int) Cell {
	other := slices.Clone(c)
	other[axis] = index
	return other
}

// Verdict is what became of a cell.
type Verdict struct {
	Holds bool
	// Cost is what is to be small; of a cell that does not hold it means nothing.
	Cost float64
}

// Probe is a cell that was asked.
type Probe struct {
	Cell Cell
	Verdict
}

// before orders probes that hold: the cheaper, then the earlier in the grid.
func (p *Probe) before(o *Probe) bool {
	return cmp.Or(cmp.Compare(p.Cost, o.Cost), slices.Compare(p.Cell, o.Cell)) < 0
}

// Problem is what to search, and what is known of it.
type Problem struct {
	Axes []Axis
	// Ask simulates a cell. Its error ends the search.
	Ask func(Cell) (Verdict, error)
	// Floor is what a cell costs at least; nil where nothing is known. It must never be above the cost.
	Floor func(Cell) float64
	// Guess is the index on the main axis where a column probably begins to hold; nil is the middle. A poor guess costs
	// probes and never changes the answer.
	Guess func(column Cell) int
	// BothEnds also asks the last cell of every column: what is to be small may fall along the main axis.
	BothEnds bool
}

// Result is what a search found out.
type Result struct {
	// Best is the answer; nil if nothing that was asked holds.
	Best *Probe
	// Probes are all cells that were asked, in order.
	Probes []Probe
	// Below and Above are the neighbours of the answer on ordered axes that were asked: one less, one more.
	Below, Above []Probe
	// Columns tell what became of each, in the order of the grid.
	Columns []Column
	// Inversions are pairs of probes against the order: less holds, more does not. Falling says that they are all of one
	// kind: in their column less always holds where more does.
	Inversions []Inversion
	Falling    bool
	// Exhausted: with an order that does not hold, every cell of the answer's column that could be better was asked.
	// It is true where the order holds.
	Exhausted bool
	// Falls: what is to be small was found to fall along the main axis.
	Falls bool
	// Main is the main axis; negative without an ordered one.
	Main int
}

// Inversion is a pair of probes against the order of an axis.
type Inversion struct{ Less, More Probe }

// Column is what became of one column.
type Column struct {
	// At is its cell with index 0 on the main axis.
	At Cell
	// Holds is its cheapest cell that holds, Fails the largest that does not; nil if none was asked.
	Holds, Fails *Probe
}

// Main is the longest of the ordered axes, the first of equals; negative if there is none.
func Main(axes []Axis) int {
	main := -1
	for i, a := range axes {
		if a.Ordered && (main < 0 || a.Values > axes[main].Values) {
			main = i
		}
	}
	return main
}

// Cells is how many cells a grid has.
func Cells(axes []Axis) int {
	n := 1
	for _, a := range axes {
		n *= a.Values
	}
	return n
}

// Columns are the first cells of all columns, in the order of the grid.
func Columns(axes []Axis) []Cell {
	main := Main(axes)
	columns := []Cell{make(Cell, len(axes))}
	for i, a := range axes {
		if i == main {
			continue
		}
		var wider []Cell
		for _, c := range columns {
			for v := range a.Values {
				wider = append(wider, c.at(i, v))
			}
		}
		columns = wider
	}
	return columns
}
