package report

import (
	"slices"
	"strings"
)

// Cells is the result of a sweep: the runs of all cells of a matrix.
type Cells struct {
	Scenario string
	Axes     []string // the paths that vary
	Cells    []CellInfo
	Base     int // number of the cell that the others are compared with
	Seed     uint64
	Runs     int // of every cell
	// Rows are the runs, in order of their numbers: cell by cell, and within a cell seed by seed.
	Rows []CellRow
	// SHA256 is the checksum of what was planned.
	SHA256 string
}

// CellInfo is one cell of a matrix.
type CellInfo struct {
	ID, Name string
	Values   []string // of each axis, as TOML
	SHA256   string   // of the resolved scenario
}

// CellRow is what a sweep keeps of one run.
type CellRow struct {
	Run, Cell  int
	Seed       uint64
	Complete   bool
	Duration   float64 // in seconds
	Bottleneck string  // RESOURCE:SCOPE; empty where nothing bound
	// Expect is how many expectations the scenario has, and Failed the names of those that did not hold.
	Expect int
	Failed []string
	// Names and Values are the figures of the run. Rows of the same figures share their names.
	Names  []string
	Values []float64
}

// RowOf keeps of a record what a sweep needs. Values are rounded as everywhere in results.
func RowOf(run, cell int, r *Record) CellRow {
	row := CellRow{Run: run, Cell: cell, Seed: r.Seed, Complete: r.Complete(), Duration: inSeconds(r.End)}
	if b := r.Bottleneck; b != nil {
		row.Bottleneck = bottleneckName(b.Resource, b.Scope)
	}
	for _, f := range Figures(r) {
		row.Names, row.Values = append(row.Names, f.Name), append(row.Values, round(f.Value))
	}
	for _, e := range Expectations([]*Record{r}) {
		if row.Expect++; !e.OK {
			row.Failed = append(row.Failed, e.Name)
		}
	}
	return row
}

// Value is a figure of the run; ok is false for one that it has not.
func (r *CellRow) Value(name string) (x float64, ok bool) {
	if i := slices.Index(r.Names, name); i >= 0 {
		return r.Values[i], true
	}
	return 0, false
}

// names makes rows with equal figures share the list of their names: a sweep of many runs has few such lists.
type names map[string][]string

func (n names) share(r *CellRow) {
	key := strings.Join(r.Names, "\n")
	if known, ok := n[key]; ok {
		r.Names = known
		return
	}
	n[key] = slices.Clip(r.Names)
}

// columns of all rows: in the order of the rows, and what only later rows have behind what it follows there.
func (c *Cells) figureNames() []string {
	var all []string
	at := map[string]bool{}
	var last []string
	for i := range c.Rows {
		if names := c.Rows[i].Names; !slices.Equal(names, last) {
			last = names
			all = mergeNames(all, names, at)
		}
	}
	return all
}

func mergeNames(all, names []string, known map[string]bool) []string {
	behind := 0
	for _, name := range names {
		if known[name] {
			behind = slices.Index(all, name) + 1
			continue
		}
		known[name] = true
		all = slices.Insert(all, behind, name)
		behind++
	}
	return all
}

// of are the rows of a cell. Rows may be missing.
func (c *Cells) of(cell int) []CellRow {
	from, _ := slices.BinarySearchFunc(c.Rows, cell, func(r CellRow, cell int) int { return r.Cell - cell })
	to, _ := slices.BinarySearchFunc(c.Rows, cell+1, func(r CellRow, cell int) int { return r.Cell - cell })
	return c.Rows[from:to]
}
