package scenario

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"ecssim/workload/diag"
)

// Matrix is [matrix] with [matrix_options]: what a sweep varies. It belongs to the file, not to the world: the
// resolved scenario and its hash do not hold it.
type Matrix struct {
	// Axes are in the order in which they are written.
	Axes []MatrixAxis
	// Zip holds groups of axes, by their numbers, that move together and so have as many values.
	Zip [][]int
	// Exclude leaves out the cells that agree with any of its choices, and Baseline chooses the cell that the others are
	// compared with: the first that agrees.
	Exclude  []MatrixChoice
	Baseline MatrixChoice
}

// MatrixAxis is one path with its values.
type MatrixAxis struct {
	Path   string
	At     diag.Position
	Values []MatrixValue
}

// MatrixValue is a value as TOML in one line, and where it is written.
type MatrixValue struct {
	Text string
	At   diag.Position
}

// MatrixChoice names a value, by its number, of some axes; -1 stands for an axis that it leaves open.
type MatrixChoice []int

// Agrees reports whether a cell, given as the number of the value of every axis, is one of those that are meant.
func (c MatrixChoice) Agrees(cell []int) bool {
	for axis, value := range c {
		if value >= 0 && cell[axis] != value {
			return false
		}
	}
	return true
}

// Placed is a setting that is written in a file: problems with it are told there.
type Placed struct {
	Path, Text string
	KeyAt, At  diag.Position
}

// Setting is what a cell lays over the scenario for the value of an axis.
func (a *MatrixAxis) Setting(value int) Placed {
	return Placed{Path: a.Path, Text: a.Values[value].Text, KeyAt: a.At, At: a.Values[value].At}
}

// mostCells a matrix can have: more are a slip of the pen.
const mostCells = 1_000_000

// decisive are what no axis can vary: a sweep takes them from the file, for all cells alike.
var decisive = map[string]string{
	"schema": "the version of the format is that of the file", "extends": "an axis lays values over the scenario; files cannot be exchanged",
	"runs": "every cell has the same number of runs: write `runs` at the top", "seed": "every cell has the same seeds: `runs` says how many",
	"name": "cells have names of their own", "about": "cells have names of their own",
}

// takeMatrix reads [matrix] and [matrix_options] and takes them out of the tree. It returns nil if there is no matrix
// or something is wrong with it.
func (r *reader) takeMatrix(root *node) *Matrix {
	n, o := root.child("matrix"), root.child("matrix_options")
	root.remove("matrix")
	root.remove("matrix_options")
	before := len(r.diags)
	if n == nil {
		if o != nil {
			r.fail("E023", o.key, "`matrix_options` without a `matrix`", "", "write [matrix] with the paths to vary, or take the options out")
		}
		return nil
	}
	m := &Matrix{}
	if n.kind != aTable {
		r.add(wrongType(n, path{"matrix"}, "a table of paths with their values", `[matrix] with "services.web.desired_count" = [4, 8]`))
		return nil
	}
	r.axes(m, n, nil)
	if len(m.Axes) == 0 && len(r.diags) == before {
		r.fail("E032", n.key, "`matrix` has no axes", "", `write a path with its values: "services.web.desired_count" = [4, 8]`)
	}
	if len(r.diags) > before {
		return nil
	}
	r.matrixOptions(m, o)
	if len(r.diags) == before {
		r.countCells(m, n)
	}
	if len(r.diags) > before {
		return nil
	}
	return m
}

// axes reads a table of [matrix]. A path is one quoted key, or tables inside one another; its values are a list.
func (r *reader) axes(m *Matrix, n *node, prefix path) {
	for _, key := range n.keys {
		c, p := n.table[key], prefix.join(key)
		if keys, ok := pathOf(key); ok {
			p = slices.Concat(prefix, keys)
		} else if c.kind != aTable {
			r.fail("E010", c.key, fmt.Sprintf("`%s` is not a path of a scenario", key), "",
				`a path is the keys joined by dots, in quotes: "services.web.desired_count"`)
			continue
		}
		if c.kind == aTable {
			r.axes(m, c, p)
			continue
		}
		r.axis(m, c, p)
	}
}

// pathOf divides a path as TOML does.
func pathOf(text string) (path, bool) {
	var tree map[string]any
	if _, err := toml.Decode(text+" = 0", &tree); err != nil {
		return nil, false
	}
	var p path
	for {
		if len(tree) != 1 {
			return nil, false
		}
		for key, value := range tree {
			p = p.join(key)
			inner, more := value.(map[string]any)
			if !more {
				return p, true
			}
			tree = inner
		}
	}
}

func (r *reader) axis(m *Matrix, c *node, p path) {
	name := p.String()
	if why, ok := decisive[p[0]]; ok {
		r.fail("E023", c.key, fmt.Sprintf("`%s` cannot be an axis of the matrix", name), "", why)
		return
	}
	if slices.ContainsFunc(m.Axes, func(a MatrixAxis) bool { return a.Path == name }) {
		r.fail("E023", c.key, fmt.Sprintf("`%s` is an axis twice", name), "", "put all of its values into one list")
		return
	}
	if c.kind != aList {
		d := wrongType(c, path{"matrix"}.join(name), "a list of values", "")
		d.Help = []string{fmt.Sprintf("write the values that it takes in a list: %s = [%s, …]", quoted(name), textOf(name, c))}
		r.add(d)
		return
	}
	if len(c.list) == 0 {
		r.fail("E032", c.at, fmt.Sprintf("the axis `%s` has no values", name), "", "give it one at least, or take it out")
		return
	}
	a := MatrixAxis{Path: name, At: c.key}
	for _, e := range c.list {
		text := textOf(p[len(p)-1], e)
		if slices.ContainsFunc(a.Values, func(v MatrixValue) bool { return v.Text == text }) {
			r.fail("E023", e.at, fmt.Sprintf("the axis `%s` has %s twice", name, text), "", "two cells would be the same")
			continue
		}
		a.Values = append(a.Values, MatrixValue{Text: text, At: e.at})
	}
	m.Axes = append(m.Axes, a)
}

// textOf is a value in one line, with names of files as they are written.
func textOf(key string, n *node) string {
	w := &resolvedWriter{base: filepath.Dir(n.at.File)}
	return w.value(key, n)
}

func (r *reader) matrixOptions(m *Matrix, n *node) {
	if n != nil && n.kind != aTable {
		r.add(wrongType(n, path{"matrix_options"}, "a table", `[matrix_options] with exclude = [{ "services.web.desired_count" = 4 }]`))
		return
	}
	t := r.table(n, path{"matrix_options"})
	r.zips(m, t)
	m.Baseline = m.open()
	if b := t.get("baseline"); b != nil {
		m.Baseline = r.choice(m, b, "baseline")
	}
	if e := t.get("exclude"); e != nil {
		list := e.list
		if e.kind != aList {
			list = []*node{e}
		}
		for _, one := range list {
			m.Exclude = append(m.Exclude, r.choice(m, one, "exclude"))
		}
	}
	t.done()
}

// open is the choice that leaves every axis open.
func (m *Matrix) open() MatrixChoice {
	return slices.Repeat(MatrixChoice{-1}, len(m.Axes))
}

// choice reads a partial assignment: { "services.web.desired_count" = 4 }.
func (r *reader) choice(m *Matrix, n *node, key string) MatrixChoice {
	c := m.open()
	if n.kind != aTable {
		r.add(wrongType(n, path{"matrix_options", key}, "a table of paths with one value each", key+` = { "services.web.desired_count" = 4 }`))
		return c
	}
	if len(n.keys) == 0 {
		r.fail("E032", n.at, fmt.Sprintf("`matrix_options.%s` names no value", key), "", `write for example { "services.web.desired_count" = 4 }`)
	}
	r.picks(m, n, nil, c)
	return c
}

func (r *reader) picks(m *Matrix, n *node, prefix path, c MatrixChoice) {
	for _, key := range n.keys {
		v := n.table[key]
		keys, ok := pathOf(key)
		if !ok {
			keys = path{key}
		}
		p := slices.Concat(prefix, keys)
		axis := m.axis(p)
		switch {
		case axis >= 0:
			c[axis] = r.valueOf(&m.Axes[axis], v)
		case v.kind == aTable && len(v.keys) > 0 && slices.ContainsFunc(m.Axes, func(a MatrixAxis) bool { return strings.HasPrefix(a.Path, p.String()+".") }):
			r.picks(m, v, p, c)
		default:
			r.noAxis(m, v.key, p.String())
		}
	}
}

// axis is the number of the axis with a path, or -1.
func (m *Matrix) axis(p path) int {
	return slices.IndexFunc(m.Axes, func(a MatrixAxis) bool { return a.Path == p.String() })
}

func (r *reader) noAxis(m *Matrix, at diag.Position, name string) {
	var known []string
	for _, a := range m.Axes {
		known = append(known, a.Path)
	}
	r.add(diag.Diagnostic{
		Code: "E036", At: at, Message: fmt.Sprintf("the matrix has no axis `%s`", name),
		Label: didYouMean(backquoted, diag.Nearest(name, known)), Help: []string{"its axes are " + enumerate(known, "and")},
	})
}

// valueOf is the number of a value of an axis.
func (r *reader) valueOf(a *MatrixAxis, n *node) int {
	keys, _ := pathOf(a.Path)
	text := textOf(keys[len(keys)-1], n)
	var known []string
	for i, v := range a.Values {
		if v.Text == text {
			return i
		}
		known = append(known, v.Text)
	}
	r.add(diag.Diagnostic{
		Code: "E036", At: n.at, Message: fmt.Sprintf("the axis `%s` has no value %s", a.Path, text),
		Label: didYouMean(func(s string) string { return s }, diag.Nearest(text, known)), Help: []string{"it takes " + enumerate(known, "and")},
	})
	return -1
}

// zips reads groups of axes that move together.
func (r *reader) zips(m *Matrix, t *table) {
	n := t.get("zip")
	if n == nil {
		return
	}
	p := path{"matrix_options", "zip"}
	const example = `zip = [["instances.main.type", "instances.main.count"]]`
	if n.kind != aList {
		r.add(wrongType(n, p, "a list of groups of axes", example))
		return
	}
	groups := n.list
	if len(groups) > 0 && groups[0].kind == aString { // one group without the brackets around it
		groups = []*node{n}
	}
	used := map[int]bool{}
	for i, g := range groups {
		if g.kind != aList {
			r.add(wrongType(g, p.index(i), "a list of paths", example))
			continue
		}
		if len(g.list) < 2 {
			r.fail("E032", g.at, "a group of `matrix_options.zip` has fewer than two axes", "", "name the axes that move together: "+example)
			continue
		}
		m.Zip = append(m.Zip, r.zipGroup(m, g, used))
	}
}

func (r *reader) zipGroup(m *Matrix, g *node, used map[int]bool) []int {
	var group []int
	for _, e := range g.list {
		if e.kind != aString {
			r.add(wrongType(e, path{"matrix_options", "zip"}, "a path in quotes", `["instances.main.type", "instances.main.count"]`))
			continue
		}
		p, ok := pathOf(e.text)
		axis := -1
		if ok {
			axis = m.axis(p)
		}
		if axis < 0 {
			r.noAxis(m, e.at, e.text)
			continue
		}
		if used[axis] {
			r.fail("E023", e.at, fmt.Sprintf("`%s` is zipped twice", e.text), "", "an axis moves with one group; make it one larger group")
			continue
		}
		used[axis] = true
		group = append(group, axis)
	}
	for _, axis := range group[min(1, len(group)):] {
		a, first := &m.Axes[axis], &m.Axes[group[0]]
		if len(a.Values) != len(first.Values) {
			r.fail("E032", a.At, fmt.Sprintf("`%s` has %d values, but `%s`, which it moves with, has %d", a.Path, len(a.Values), first.Path, len(first.Values)),
				"", "axes that are zipped have as many values")
		}
	}
	return group
}

// countCells refuses a matrix that nobody would wait for, and one without a cell, or without its base.
func (r *reader) countCells(m *Matrix, n *node) {
	cells := 1
	zipped := map[int]bool{}
	for _, group := range m.Zip {
		for _, axis := range group[min(1, len(group)):] {
			zipped[axis] = true
		}
	}
	for i, a := range m.Axes {
		if !zipped[i] {
			cells *= len(a.Values)
		}
		if cells > mostCells {
			r.fail("E032", n.key, fmt.Sprintf("the matrix has more than %d cells", mostCells), "", "give the axes fewer values, or vary fewer at once")
			return
		}
	}
	all := m.Cells()
	switch {
	case len(all) == 0:
		r.fail("E032", n.key, "no cell of the matrix is left: `exclude` takes all of them out", "")
	case m.Base(all) < 0:
		r.fail("E036", n.key, "`matrix_options.baseline` is no cell of the matrix: `exclude` takes it out, or its values never go together", "")
	}
}

// Cells are the cells in order, each as the number of the value of every axis; the last axis varies fastest.
func (m *Matrix) Cells() [][]int {
	with := make([]int, len(m.Axes)) // the axis that an axis follows, itself if none
	for i := range with {
		with[i] = i
	}
	for _, group := range m.Zip {
		for _, axis := range group {
			with[axis] = slices.Min(group)
		}
	}
	cells := [][]int{make([]int, 0, len(m.Axes))}
	for i, a := range m.Axes {
		var next [][]int
		for _, c := range cells {
			if with[i] != i {
				next = append(next, append(slices.Clip(c), c[with[i]]))
				continue
			}
			for v := range a.Values {
				next = append(next, append(slices.Clip(c), v))
			}
		}
		cells = next
	}
	return slices.DeleteFunc(cells, func(c []int) bool {
		return slices.ContainsFunc(m.Exclude, func(e MatrixChoice) bool { return e.Agrees(c) })
	})
}

// Base is the number of the cell that the others are compared with, or -1.
func (m *Matrix) Base(cells [][]int) int { return slices.IndexFunc(cells, m.Baseline.Agrees) }
