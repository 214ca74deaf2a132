package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"

	"ecssim/model/expect"
	"ecssim/report"
	"ecssim/workload/diag"
	"ecssim/workload/experiment"
	"ecssim/workload/scenario"
	"ecssim/workload/size"
)

// grid is what `ecssim size` searches: the cells of a scenario with what was learned of them.
type grid struct {
	app   *app
	file  string
	stdin []byte
	flags sizeFlags
	axes  []experiment.Axis
	short []string
	// ordered axes are those that were given as a range.
	ordered []bool
	goals   []expect.Named // of --for; nil for those of the scenario
	base    *scenario.Scenario
	seeds   []uint64
	// hard is the order in which seeds are asked: the one that refused a cell last comes first.
	hard []int

	asked     map[string]*report.SizingCell
	order     []string
	runs      int
	estimates map[string]*estimate // by column
}

// mostSizeCells a grid may have.
const mostSizeCells = 100_000

func (a *app) sizeGrid(file string, f sizeFlags) (*grid, error) {
	g := &grid{
		app: a, file: file, flags: f, asked: map[string]*report.SizingCell{}, estimates: map[string]*estimate{},
	}
	if err := g.readAxes(); err != nil {
		return nil, err
	}
	var err error
	if g.goals, err = f.goals(); err != nil {
		return nil, err
	}
	if file == "-" {
		if g.stdin, err = io.ReadAll(a.in); err != nil {
			return nil, failure(err)
		}
	}
	if err := g.loadCorners(); err != nil {
		return nil, err
	}
	if len(g.goals) == 0 && len(g.base.Config.Expect) == 0 {
		return nil, usageError("%s expects nothing: write [expect] into it, or give --for EXPR", g.base.Name)
	}
	if names := g.base.Config.Expectable().Figures(); !slices.Contains(names, f.minimise) {
		near := ""
		if n := diag.Nearest(f.minimise, names); n != "" {
			near = ", did you mean " + n + "?"
		}
		return nil, usageError("--minimise: no figure is called %q%s", f.minimise, near)
	}
	runs := g.base.Runs
	if f.runs == "" && runs == 1 {
		runs = defaultSizeRuns
	}
	for n := range runs {
		g.seeds = append(g.seeds, g.base.Seed+uint64(n))
		g.hard = append(g.hard, n)
	}
	return g, nil
}

func (g *grid) readAxes() error {
	cells := 1
	for _, text := range g.flags.vary {
		axis, err := experiment.ParseVary(text)
		if err != nil {
			return usageError("--vary: %v", err)
		}
		if slices.ContainsFunc(g.axes, func(x experiment.Axis) bool { return x.Path == axis.Path }) {
			return usageError("--vary: %s is varied twice", axis.Path)
		}
		g.axes = append(g.axes, axis)
		g.ordered = append(g.ordered, isRange(text, axis.Values))
		if cells *= len(axis.Values); cells > mostSizeCells {
			return usageError("--vary: the grid has more than %d cells; take larger steps, as in %s=LO..HI/5", mostSizeCells, axis.Path)
		}
	}
	paths := make([]string, len(g.axes))
	for i, axis := range g.axes {
		paths[i] = axis.Path
	}
	g.short = experiment.ShortPaths(paths)
	return nil
}

// isRange: the values were written as LO..HI, so they are numbers in ascending order.
func isRange(text string, values []string) bool {
	for _, v := range values {
		if _, err := strconv.ParseFloat(v, 64); err != nil {
			return false
		}
	}
	_, written, _ := strings.Cut(text, "=")
	return strings.Contains(written, "..")
}

func (g *grid) directions() []size.Axis {
	axes := make([]size.Axis, len(g.axes))
	for i, a := range g.axes {
		axes[i] = size.Axis{Values: len(a.Values), Ordered: g.ordered[i]}
	}
	return axes
}

// settings of a cell, in the order of the axes.
func (g *grid) settings(c size.Cell) []string {
	list := make([]string, len(c))
	for i, index := range c {
		list[i] = experiment.Setting{Path: g.axes[i].Path, Text: g.axes[i].Values[index]}.String()
	}
	return list
}

// name is what a cell is called; without one axis, where its value goes without saying.
func (g *grid) name(c size.Cell, without int) string {
	var parts []string
	for i, index := range c {
		if i != without {
			parts = append(parts, g.short[i]+"="+g.axes[i].Values[index])
		}
	}
	return strings.Join(parts, " ")
}

// load reads the scenario of a cell. What is wrong with it has been told then.
func (g *grid) load(c size.Cell, warn bool) (*scenario.Scenario, error) {
	s, diags := scenario.Load([]string{g.file}, scenario.Options{
		Sets: append(slices.Clone(g.flags.sets), g.settings(c)...),
		Seed: g.flags.seed, Runs: g.flags.runs, Until: g.flags.until, Stdin: bytes.NewReader(g.stdin),
	})
	refused := diag.HasErrors(diags)
	if refused || warn {
		if err := g.app.tell(diags, s); err != nil {
			return nil, err
		}
	}
	if refused {
		return nil, told(exitUsage, "scenario refused")
	}
	if g.goals != nil {
		s.Config.Expect = g.goals
	}
	for _, e := range g.goals {
		var wrong *expect.Error
		if wrong = e.Expr.Check(s.Config.Expectable()); wrong != nil {
			return nil, usageError("--for %q: %v", e.Text, wrong)
		}
	}
	return s, nil
}

// loadCorners reads the scenario with every value of the lists and with both ends of the ranges, so that a mistake is told
// before anything is simulated.
func (g *grid) loadCorners() error {
	first := make(size.Cell, len(g.axes))
	var err error
	if g.base, err = g.load(first, false); err != nil {
		g.hint()
		return err
	}
	for i, a := range g.axes {
		for v := 1; v < len(a.Values); v++ {
			if g.ordered[i] && v < len(a.Values)-1 {
				continue
			}
			c := slices.Clone(first)
			c[i] = v
			if _, err := g.load(c, false); err != nil {
				return err
			}
		}
	}
	return nil
}

// fewNames are listed where none is near.
const fewNames = 8

// hint names the path that was meant where a range begins a table of its own, instances.man, which no key of it is wrong
// in: it only lacks most of what a fleet has.
func (g *grid) hint() {
	s, err := g.quietly(nil)
	if err != nil {
		return
	}
	var root map[string]any
	if _, err := toml.Decode(string(s.Resolved), &root); err != nil {
		return
	}
	for _, a := range g.axes {
		keys := experiment.Keys(a.Path)
		for i, table := 0, root; i < len(keys)-1 && table != nil; i++ {
			below, there := table[strings.Trim(keys[i], `"'`)]
			if !there {
				names, is := slices.Sorted(maps.Keys(table)), strings.Join(keys[:i+1], ".")
				if near := diag.Nearest(keys[i], names); near != "" {
					meant := slices.Concat(keys[:i], []string{near}, keys[i+1:])
					fmt.Fprintf(g.app.err, "the scenario has no %s: did you mean --vary %s?\n", is, strings.Join(meant, "."))
				} else if i > 0 && len(names) <= fewNames {
					fmt.Fprintf(g.app.err, "the scenario has no %s: there is %s\n", is, strings.Join(names, ", "))
				}
				break
			}
			table, _ = below.(map[string]any)
		}
	}
}

// quietly loads a cell for arithmetic alone.
func (g *grid) quietly(c size.Cell) (*scenario.Scenario, error) {
	s, diags := scenario.Load([]string{g.file}, scenario.Options{
		Sets: append(slices.Clone(g.flags.sets), g.settings(c)...), Seed: g.flags.seed, Until: g.flags.until, Stdin: bytes.NewReader(g.stdin),
	})
	if diag.HasErrors(diags) {
		return nil, errors.New("refused")
	}
	return s, nil
}
