package experiment

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"ecssim/sim"
	"ecssim/workload/diag"
	"ecssim/workload/scenario"
)

// Expansion is what became of a scenario with a matrix.
type Expansion struct {
	Plan *Plan // nil if something is wrong
	// Diags are those of all cells, each told once.
	Diags []diag.Diagnostic
	// Sources are the files that they may point into.
	Sources map[string][]byte
	// Ignored lists the AWS fields of task definitions that are not used.
	Ignored []string
}

// ErrNoMatrix is the error of Expand for a scenario that varies nothing.
var ErrNoMatrix = errors.New("has no [matrix], so there is nothing to sweep")

// Expand reads the scenario of every cell of a matrix on the given number of goroutines, and plans their runs as one
// shard. The scenario itself need not be whole: a cell may give what it lacks. Errors are of the command line.
func Expand(ctx context.Context, file string, o scenario.Options, workers int) (*Expansion, error) {
	files, err := record(&o, file)
	if err != nil {
		return nil, err
	}
	stdin := files.files[scenario.Stdin] // once, since the cells are read at the same time, and files are added to the others
	load := func(cell []scenario.Placed) (*scenario.Scenario, []diag.Diagnostic) {
		o := o
		o.Cell, o.Stdin = cell, bytes.NewReader(stdin)
		return scenario.Load([]string{file}, o)
	}
	base, diags := load(nil)
	x := &Expansion{Sources: base.Sources}
	m := base.Matrix
	if m == nil {
		if x.Diags = diags; diag.HasErrors(diags) {
			return x, nil
		}
		return nil, fmt.Errorf("%s %w; write for example: [matrix] with \"services.web.desired_count\" = [4, 8]", file, ErrNoMatrix)
	}
	if err := settled(m, o.Sets); err != nil {
		return nil, err
	}
	cells := m.Cells()
	plan := &Plan{Tool: planTool, Schema: PlanSchema, Shards: 1, File: file, Sets: allSets(&o), Base: m.Base(cells)}
	for _, a := range m.Axes {
		plan.Axes = append(plan.Axes, a.Path)
	}
	for _, v := range variants(settings(m, cells)) {
		plan.Cells = append(plan.Cells, Cell{Variant: v})
	}
	read, err := sim.Replicate(ctx, len(cells), workers, func(_ context.Context, n int) (cellRead, error) {
		s, ds := load(placed(m, cells[n]))
		return readCell(s, ds), nil
	})
	if err != nil {
		return nil, err
	}
	x.Diags = fold(plan.Cells, read)
	if diag.HasErrors(x.Diags) {
		return x, nil
	}
	first := read[0]
	plan.Name, plan.About, plan.Seed, plan.Runs = first.name, first.about, first.seed, first.runs
	for n := range read {
		plan.Cells[n].SHA256 = read[n].sha256
		x.Ignored = append(x.Ignored, read[n].ignored...)
	}
	slices.Sort(x.Ignored)
	x.Ignored = slices.Compact(x.Ignored)
	if plan.Files, err = files.pack(); err != nil {
		return nil, err
	}
	x.Plan = plan
	return x, nil
}

// allSets are the settings of the command line, those with flags of their own included.
func allSets(o *scenario.Options) []string {
	sets := slices.Clone(o.Sets)
	for _, s := range []struct{ key, value string }{{"seed", o.Seed}, {"runs", o.Runs}, {"duration", o.Until}} {
		if s.value != "" {
			sets = append(sets, s.key+"="+s.value)
		}
	}
	return sets
}

// settled refuses a setting of the command line that takes an axis its meaning.
func settled(m *scenario.Matrix, sets []string) error {
	for _, s := range sets {
		path, _, ok := cutPath(s)
		if !ok {
			continue
		}
		for _, a := range m.Axes {
			if keys := Keys(path); len(keys) <= len(Keys(a.Path)) && slices.Equal(Keys(a.Path)[:len(keys)], keys) {
				return fmt.Errorf("--set %s would give all cells the same value of the axis `%s`; change the axis instead: --set 'matrix.\"%s\"=[…]'", s, a.Path, a.Path)
			}
		}
	}
	return nil
}

// cellRead is what is kept of a cell's scenario: ten thousand whole ones would not fit.
type cellRead struct {
	name, about, sha256 string
	seed                uint64
	runs                int
	ignored             []string
	diags               []diag.Diagnostic
}

func readCell(s *scenario.Scenario, ds []diag.Diagnostic) cellRead {
	return cellRead{name: s.Name, about: s.About, sha256: s.SHA256, seed: s.Seed, runs: s.Runs, ignored: s.Ignored, diags: ds}
}

// placed are the settings of a cell with their places in the file.
func placed(m *scenario.Matrix, cell []int) []scenario.Placed {
	all := make([]scenario.Placed, len(cell))
	for axis, value := range cell {
		all[axis] = m.Axes[axis].Setting(value)
	}
	return all
}

func settings(m *scenario.Matrix, cells [][]int) [][]Setting {
	all := make([][]Setting, len(cells))
	for n, cell := range cells {
		for _, s := range placed(m, cell) {
			all[n] = append(all[n], Setting{Path: s.Path, Text: s.Text})
		}
	}
	return all
}

// fold tells what is wrong in several cells once, with the first cell and how many there are.
func fold(cells []Cell, read []cellRead) []diag.Diagnostic {
	type key struct {
		severity            diag.Severity
		code, message, via  string
		file                string
		line, column, extra int
	}
	found := map[key]int{}
	var all []diag.Diagnostic
	var first, count []int
	for n := range read {
		for _, d := range read[n].diags {
			k := key{d.Severity, d.Code, d.Message, d.Via, d.At.File, d.At.Line, d.At.Column, d.At.Length}
			at, known := found[k]
			if !known {
				at = len(all)
				found[k] = at
				all, first, count = append(all, d), append(first, n), append(count, 0)
			}
			count[at]++
		}
	}
	for i := range all {
		note := ""
		switch cell := cells[first[i]]; {
		case count[i] == len(cells):
		case count[i] == 1:
			note = fmt.Sprintf("in cell %s: %s", cell.ID, cell.Name)
		default:
			note = fmt.Sprintf("in %d of %d cells, the first of them %s: %s", count[i], len(cells), cell.ID, cell.Name)
		}
		if note != "" {
			all[i].Notes = append(slices.Clip(all[i].Notes), note)
		}
	}
	return diag.Sorted(all)
}
