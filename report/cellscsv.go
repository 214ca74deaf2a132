package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// CellColumn is a column of cells.csv, with its meaning.
type CellColumn struct {
	Name, Type, Unit, Meaning string
	value                     func(c *Cells, r *CellRow) any // string, float64, uint64, bool or nil
}

// Columns of a sweep: what the run is, how it ended, and all figures that any run has.
func (c *Cells) Columns() []CellColumn {
	columns := []CellColumn{{
		"cell", "text", "", "ID of the cell: its number, and a hash of its settings",
		func(c *Cells, r *CellRow) any { return c.Cells[r.Cell].ID },
	}}
	for axis, path := range c.Axes {
		columns = append(columns, CellColumn{
			path, "text", "", "value of this path of the scenario in the cell",
			func(c *Cells, r *CellRow) any { return unquoted(c.Cells[r.Cell].Values[axis]) },
		})
	}
	columns = append(columns,
		CellColumn{"seed", "integer", "", "seed of the run; cells have the same seeds, so that runs of one seed compare pair by pair", func(_ *Cells, r *CellRow) any { return r.Seed }},
		CellColumn{"complete", "boolean", "", "1 if the run came to its end, 0 if a limit on events or tasks stopped it", func(_ *Cells, r *CellRow) any { return r.Complete }},
		CellColumn{"duration_s", "number", "s", "simulated time at the end of the run", func(_ *Cells, r *CellRow) any { return r.Duration }},
		CellColumn{"first_bottleneck", "text", "", "the limit that bound first, as RESOURCE or RESOURCE:SCOPE; empty if none did", func(_ *Cells, r *CellRow) any { return filled(r.Bottleneck) }},
		CellColumn{"expect", "boolean", "", "1 if all expectations of the scenario held, 0 if one did not; empty without any", func(_ *Cells, r *CellRow) any {
			if r.Expect == 0 {
				return nil
			}
			return len(r.Failed) == 0
		}},
		CellColumn{"expect_failed", "text", "", "names of the expectations that did not hold, with a space between them", func(_ *Cells, r *CellRow) any { return filled(strings.Join(r.Failed, " ")) }},
	)
	for _, name := range c.figureNames() {
		unit, meaning := figureMeaning(name)
		columns = append(columns, CellColumn{name, "number", unit, meaning, func(_ *Cells, r *CellRow) any {
			if x, ok := r.Value(name); ok {
				return x
			}
			return nil
		}})
	}
	return columns
}

func filled(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// Cell is the value of a column in a row: a string, float64, uint64 or bool, or nil for none.
func (c *Cells) Cell(column *CellColumn, row *CellRow) any { return column.value(c, row) }

// unquoted is a TOML value as a table shows it: a string without its quotes.
func unquoted(text string) string {
	if n := len(text); n >= 2 && text[0] == '"' && text[n-1] == '"' && !strings.Contains(text[1:n-1], `\`) {
		return text[1 : n-1]
	}
	return text
}

// CSV writes cells.csv: a row a run.
func (c *Cells) CSV(w io.Writer) error {
	var line csvLine
	columns := c.Columns()
	line.begin()
	for _, col := range columns {
		line.text(col.Name)
	}
	if err := line.end(w); err != nil {
		return err
	}
	for i := range c.Rows {
		line.begin()
		for k := range columns {
			switch v := columns[k].value(c, &c.Rows[i]).(type) {
			case nil:
				line.cell()
			case string:
				line.text(v)
			case float64:
				line.decimal(v, 6)
			case uint64:
				line.text(fmt.Sprint(v))
			case bool:
				line.text(map[bool]string{false: "0", true: "1"}[v])
			}
		}
		if err := line.end(w); err != nil {
			return err
		}
	}
	return nil
}

// columnsCSV writes columns.csv: what each column of cells.csv means.
func (c *Cells) columnsCSV(w io.Writer) error {
	var line csvLine
	line.begin()
	line.texts("file", "column", "type", "unit", "meaning")
	if err := line.end(w); err != nil {
		return err
	}
	for _, col := range c.Columns() {
		line.begin()
		line.texts("cells.csv", col.Name, col.Type, col.Unit, col.Meaning)
		if err := line.end(w); err != nil {
			return err
		}
	}
	return nil
}

// meaningOf are the figures by the last part of their names, and what they count.
var meaningOf = []struct{ end, unit, meaning string }{
	{"cost_usd", "USD", "cost of the run"},
	{"task_wait_s", "s", "time of tasks from their creation until RUNNING; those that waited or started at the end count with their time so far"},
	{"capacity_wait_s", "s", "time that tasks waited for capacity of this capacity provider"},
	{"tasks_wanted", "tasks", "tasks that services and jobs asked for"},
	{"tasks_started", "tasks", "tasks that reached RUNNING"},
	{"tasks_finished", "tasks", "tasks that came to their own end"},
	{"tasks_running_end", "tasks", "tasks that ran at the end"},
	{"tasks_waiting_end", "tasks", "tasks that waited for a place at the end"},
	{"tasks_never_placed", "tasks", "tasks that never found a place: refused, given up, or waiting at the end"},
	{"placement_attempts", "attempts", "attempts to place a task"},
	{"placement_failures", "attempts", "attempts that found no place"},
	{"instances_peak", "instances", "most container instances at once"},
	{"instances_mean", "instances", "container instances of this capacity provider, averaged over time"},
	{"mean_running", "tasks", "RUNNING tasks, averaged over time"},
	{"used_mean_fraction", "fraction", "share of this resource that was reserved, averaged over time"},
	{"running", "tasks", "RUNNING tasks of this service at the end"},
	{"never_placed", "tasks", "tasks of this service that waited for a place at the end"},
	{"arrived", "tasks", "tasks of this job that arrived"},
	{"refused", "tasks", "tasks of this job that found no place and were given up"},
	{"refused_fraction", "fraction", "share of the tasks of this job that were refused"},
	{"dropped_fraction", "fraction", "share of the load of this service that was lost"},
	{"lag_s", "s", "time from when the load asked for more tasks until they served"},
}

// figureMeaning is the unit and the meaning of a figure, from its name.
func figureMeaning(name string) (unit, meaning string) {
	how := ""
	for _, h := range []struct{ end, text string }{
		{".mean", "mean of the "}, {".p50", "median of the "}, {".p95", "95th percentile of the "}, {".p99", "99th percentile of the "}, {".max", "longest "},
	} {
		if cut, ok := strings.CutSuffix(name, h.end); ok {
			name, how = cut, h.text
			break
		}
	}
	end := name[strings.LastIndexByte(name, '.')+1:]
	at := slices.IndexFunc(meaningOf, func(m struct{ end, unit, meaning string }) bool { return m.end == end })
	if at < 0 {
		return "", "figure of the run, as summary.json has it in per_seed"
	}
	m := meaningOf[at]
	if how == "" && end != name {
		how = "of " + name[:strings.LastIndexByte(name, '.')] + ": "
	} else if end != name {
		how = "of " + name[:strings.LastIndexByte(name, '.')] + ": " + how
	}
	return m.unit, how + m.meaning
}
