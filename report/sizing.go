package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
)

// SizingSchema is the version of what `ecssim size --format json` prints: minor versions add fields, major versions break.
const SizingSchema = "1.0"

// Sizing is the answer to the planner's question: the cheapest cell of a grid that holds what is expected.
type Sizing struct {
	SchemaVersion string         `json:"schema_version"`
	Complete      bool           `json:"complete"`
	Scenario      string         `json:"scenario"`
	Seeds         []uint64       `json:"seeds"`
	Minimise      string         `json:"minimise"`
	Axes          []SizingAxis   `json:"axes"`
	Main          int            `json:"main_axis"` // the one that is bisected; -1 without a range
	Cells         int            `json:"cells"`
	CellsAsked    int            `json:"cells_asked"`
	Runs          int            `json:"runs"`
	RunsOfGrid    int            `json:"runs_of_grid"`
	Answer        *SizingCell    `json:"answer"`
	Below         []SizingCell   `json:"one_less"`
	Above         []SizingCell   `json:"one_more"`
	Closest       *SizingCell    `json:"closest"` // of those that fail; only without an answer
	Bound         *SizingBound   `json:"lower_bound"`
	Columns       []SizingColumn `json:"columns"`
	Asked         []SizingCell   `json:"asked"`
	Notes         []string       `json:"notes"`
}

// SizingAxis is one thing that was varied.
type SizingAxis struct {
	Path    string   `json:"path"`
	Short   string   `json:"short"`
	Values  []string `json:"values"`
	Ordered bool     `json:"ordered"`
}

// SizingCell is one cell that was simulated. Where it fails it was simulated until that was certain.
type SizingCell struct {
	Name     string            `json:"name"`
	Settings []string          `json:"settings"` // PATH=VALUE, as after --set
	Holds    bool              `json:"holds"`
	Seeds    int               `json:"seeds"`
	Value    *float64          `json:"value"` // the mean of what is minimised
	Metrics  map[string]Metric `json:"metrics"`
	Expect   []Expectation     `json:"expect"`
	Failure  *SizingFailure    `json:"failure"`
	columns  []string
}

// SizingFailure is the first seed in which a cell fails, on the first expectation that does.
type SizingFailure struct {
	Seed       uint64      `json:"seed"`
	Expect     Expectation `json:"expect"`
	Bottleneck string      `json:"first_bottleneck"` // a sentence; empty if every placement found a place
}

// SizingBound is what arithmetic says before anything is simulated.
type SizingBound struct {
	// Name is the first cell of the answer's column with enough of everything; empty if even the last has too little.
	Name string `json:"name"`
	// Value is its value on the axis, Steps how many values the answer lies above it.
	Value string `json:"value"`
	Steps int    `json:"steps"`
	// Lacks is what one less has too little of, or the last cell of all if there is no such cell.
	Lacks []string `json:"lacks"`
	// FloorUSD is what the container instances cost at least in any cell that has enough; of FloorCell it is true. 0 if
	// nothing is known.
	FloorUSD  float64 `json:"floor_usd"`
	FloorCell string  `json:"floor_cell"`
	// GapUSD is what the answer costs more than that.
	GapUSD float64 `json:"gap_usd"`
}

// SizingColumn is what became of the cells that differ in the main axis alone.
type SizingColumn struct {
	Name string `json:"name"`
	// Holds is the value of its cheapest cell that holds, Fails of its largest that does not; empty if none was asked.
	Holds   string   `json:"holds"`
	Fails   string   `json:"fails"`
	Value   *float64 `json:"value"` // of Holds
	Answer  bool     `json:"answer"`
	Verdict string   `json:"verdict"`
}

// SizeCell sums the runs of a cell up. holds is what the caller found; half of the seeds may be enough to fail.
func SizeCell(name string, settings []string, records []*Record, minimise string, holds bool) SizingCell {
	c := SizingCell{Name: name, Settings: settings, Holds: holds, Seeds: len(records), Metrics: map[string]Metric{}, Expect: Expectations(records)}
	values := map[string][]float64{}
	for _, r := range records {
		for _, f := range Figures(r) {
			if values[f.Name] == nil {
				c.columns = append(c.columns, f.Name)
			}
			values[f.Name] = append(values[f.Name], f.Value)
		}
	}
	for name, xs := range values {
		c.Metrics[name] = summariseMetric(xs)
	}
	if m, ok := c.Metrics[minimise]; ok {
		c.Value = &m.Mean
	}
	if !holds {
		c.Failure = firstFailure(records)
	}
	return c
}

func firstFailure(records []*Record) *SizingFailure {
	for _, r := range records {
		for _, e := range Expectations([]*Record{r}) {
			if e.OK {
				continue
			}
			f := &SizingFailure{Seed: r.Seed, Expect: e}
			if b := r.Bottleneck; b != nil {
				s := Summarise(Set{Records: []*Record{r}})
				f.Bottleneck = fmt.Sprintf("%s at %s: %s", bottleneckName(b.Resource, b.Scope), clockOf(s.FirstBottleneck.At), s.FirstBottleneck.Sentence)
			}
			return f
		}
	}
	return nil
}

// JSON is the whole sizing.
func (s *Sizing) JSON() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(s); err != nil {
		return nil, fmt.Errorf("cannot write the sizing as JSON: %w", err)
	}
	return b.Bytes(), nil
}

// sizingMetrics are the figures of the answer that are printed behind what is minimised.
var sizingMetrics = []string{
	"cost_usd", "task_wait_s.mean", "task_wait_s.p95", "task_wait_s.max", "tasks_never_placed", "placement_failures",
	"instances_peak", "cpu.used_mean_fraction", "memory.used_mean_fraction", "eni.used_mean_fraction",
}

func (c *SizingCell) shown(minimise string) (names []string) {
	for _, name := range append([]string{minimise}, sizingMetrics...) {
		m, ok := c.Metrics[name]
		nothing := m.Min == 0 && m.Max == 0 && name != "tasks_never_placed" && name != minimise
		if ok && !nothing && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}
