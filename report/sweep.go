package report

import (
	"cmp"
	"encoding/json"
	"maps"
	"math"
	"slices"
)

// SweepSchema is the version of sweep.json: another minor number adds, another major one breaks.
const SweepSchema = "1.0"

// The two figures by which cells are ranked: what it costs, and how long tasks wait.
const (
	costFigure = "cost_usd"
	waitFigure = "task_wait_s.p95"
)

// Sweep is sweep.json: what a sweep found, cell by cell.
type Sweep struct {
	Schema   string      `json:"schema_version"`
	Scenario string      `json:"scenario"`
	SHA256   string      `json:"sha256"` // of the plan, however many shards it has
	Axes     []SweepAxis `json:"axes"`
	Seed     uint64      `json:"seed"`
	Runs     int         `json:"runs_per_cell"`
	Complete bool        `json:"complete"` // false if a limit on events or tasks stopped a run
	Base     string      `json:"base"`
	// Best names the cells that are best, among those that meet all expectations in every run.
	Best  map[string]string `json:"best"`
	Cells []SweepCell       `json:"cells"`
}

// SweepAxis is a path that varies, with the values that cells have.
type SweepAxis struct {
	Path   string   `json:"path"`
	Values []string `json:"values"`
}

// SweepCell is one cell over its seeds.
type SweepCell struct {
	ID       string            `json:"id"`
	Name     string            `json:"name"`
	Settings map[string]string `json:"settings"`
	SHA256   string            `json:"scenario_sha256"`
	N        int               `json:"n"`
	Complete bool              `json:"complete"`
	// Met says that every expectation held in every run; true too where there are none.
	Met bool `json:"expectations_met"`
	// Failed counts the runs in which an expectation did not hold, by its name.
	Failed  map[string]int    `json:"expectations_failed"`
	First   map[string]int    `json:"first_bottlenecks"`
	Metrics map[string]Metric `json:"metrics"`
	// Front says that no other cell is better on both cost and wait.
	Front bool `json:"front"`
	// Differences are those to the base, seed by seed, of cost and wait; none for the base itself.
	Differences map[string]*Difference `json:"differences"`
}

// Summarise makes sweep.json of the rows.
func (c *Cells) Summarise() *Sweep {
	s := &Sweep{
		Schema: SweepSchema, Scenario: c.Scenario, SHA256: c.SHA256, Seed: c.Seed, Runs: c.Runs, Complete: true,
		Base: c.Cells[c.Base].ID, Best: map[string]string{},
	}
	for axis, path := range c.Axes {
		a := SweepAxis{Path: path}
		for _, cell := range c.Cells {
			if v := unquoted(cell.Values[axis]); !slices.Contains(a.Values, v) {
				a.Values = append(a.Values, v)
			}
		}
		s.Axes = append(s.Axes, a)
	}
	base := c.of(c.Base)
	for n := range c.Cells {
		cell := c.summariseCell(n, c.of(n))
		if n != c.Base {
			for _, name := range []string{costFigure, waitFigure} {
				if d := pairedRows(c.of(n), base, name); d != nil {
					cell.Differences[name] = d
				}
			}
		}
		s.Complete = s.Complete && cell.Complete
		s.Cells = append(s.Cells, cell)
	}
	s.rank()
	return s
}

func (c *Cells) summariseCell(n int, rows []CellRow) SweepCell {
	info := c.Cells[n]
	cell := SweepCell{
		ID: info.ID, Name: info.Name, Settings: map[string]string{}, SHA256: info.SHA256, N: len(rows), Complete: true, Met: true,
		Failed: map[string]int{}, First: map[string]int{}, Metrics: map[string]Metric{}, Differences: map[string]*Difference{},
	}
	for axis, path := range c.Axes {
		cell.Settings[path] = unquoted(info.Values[axis])
	}
	values := map[string][]float64{}
	for i := range rows {
		r := &rows[i]
		cell.Complete = cell.Complete && r.Complete
		cell.Met = cell.Met && len(r.Failed) == 0
		cell.First[cmp.Or(r.Bottleneck, "none")]++
		for _, name := range r.Failed {
			cell.Failed[name]++
		}
		for k, name := range r.Names {
			values[name] = append(values[name], r.Values[k])
		}
	}
	for name, xs := range values {
		cell.Metrics[name] = summariseMetric(xs)
	}
	return cell
}

// pairedRows is the difference of a figure, seed by seed; nil without a common seed.
func pairedRows(rows, base []CellRow, name string) *Difference {
	var own, other []float64
	for i := range rows {
		at := slices.IndexFunc(base, func(r CellRow) bool { return r.Seed == rows[i].Seed })
		if at < 0 {
			continue
		}
		x, ok := rows[i].Value(name)
		y, both := base[at].Value(name)
		if ok && both {
			own, other = append(own, x), append(other, y)
		}
	}
	if len(own) == 0 {
		return nil
	}
	return compareRuns(own, other)
}

// mean of a figure over the seeds; NaN for none.
func (c *SweepCell) mean(name string) float64 {
	if m, ok := c.Metrics[name]; ok {
		return m.Mean
	}
	return math.NaN()
}

// rank finds the best cells, and the front: those that no other beats on both cost and wait. Cells that do not meet the
// expectations take no part, unless none does.
func (s *Sweep) rank() {
	candidates := s.candidates()
	for _, name := range []string{costFigure, waitFigure} {
		if best := s.extreme(candidates, name, -1); best >= 0 {
			s.Best[name] = s.Cells[best].ID
		}
	}
	for _, i := range candidates {
		a := &s.Cells[i]
		x, y := a.mean(costFigure), a.mean(waitFigure)
		beaten := slices.ContainsFunc(candidates, func(k int) bool {
			u, v := s.Cells[k].mean(costFigure), s.Cells[k].mean(waitFigure)
			return u <= x && v <= y && (u < x || v < y || k < i) // of equals the first stands for all
		})
		a.Front = !beaten && !math.IsNaN(x) && !math.IsNaN(y)
	}
}

// candidates are the cells that meet all expectations; all cells if none does.
func (s *Sweep) candidates() []int {
	var met, all []int
	for i := range s.Cells {
		all = append(all, i)
		if s.Cells[i].Met {
			met = append(met, i)
		}
	}
	if len(met) == 0 {
		return all
	}
	return met
}

// extreme is the cell with the lowest mean of a figure (sign -1) or the highest (+1), of equals the better on the other
// figure, and of equals in both the first; -1 for none.
func (s *Sweep) extreme(among []int, name string, sign float64) int {
	other := costFigure
	if name == costFigure {
		other = waitFigure
	}
	best := -1
	for _, i := range among {
		c := &s.Cells[i]
		if math.IsNaN(c.mean(name)) {
			continue
		}
		if best < 0 || cmp.Or(cmp.Compare(sign*s.Cells[best].mean(name), sign*c.mean(name)), cmp.Compare(c.mean(other), s.Cells[best].mean(other))) < 0 {
			best = i
		}
	}
	return best
}

// base is the number of the base.
func (s *Sweep) base() int {
	return slices.IndexFunc(s.Cells, func(c SweepCell) bool { return c.ID == s.Base })
}

// judged says whether the scenario has expectations that some run did not meet.
func (s *Sweep) judged() bool {
	return slices.ContainsFunc(s.Cells, func(c SweepCell) bool { return !c.Met })
}

// JSON is sweep.json.
func (s *Sweep) JSON() ([]byte, error) { return marshal(s) }

// CellLine is a finished cell as a line of NDJSON.
func (c *Cells) CellLine(n int, rows []CellRow) ([]byte, error) {
	rows = slices.Clone(rows)
	slices.SortFunc(rows, func(a, b CellRow) int { return a.Run - b.Run })
	text, err := json.Marshal(struct {
		Type string `json:"type"`
		SweepCell
		Front       *struct{} `json:"front,omitempty"`       // only known when all cells are
		Differences *struct{} `json:"differences,omitempty"` // only known when the base is
	}{Type: "cell", SweepCell: c.summariseCell(n, rows)})
	return append(text, '\n'), err
}

// failedNames are the expectations that failed in any run, sorted.
func (c *SweepCell) failedNames() []string { return slices.Sorted(maps.Keys(c.Failed)) }
