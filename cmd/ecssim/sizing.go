package main

import (
	"fmt"
	"slices"
	"strings"

	"ecssim/report"
	"ecssim/workload/size"
)

// sizing is the result of a search, for people and programs.
func (g *grid) sizing(r size.Result, complete bool) *report.Sizing {
	axes := g.directions()
	s := &report.Sizing{
		SchemaVersion: report.SizingSchema, Complete: complete, Scenario: g.base.Name, Seeds: g.seeds, Minimise: g.flags.minimise,
		Cells: size.Cells(axes), CellsAsked: len(g.order), Runs: g.runs, RunsOfGrid: size.Cells(axes) * len(g.seeds),
		Main: r.Main, Below: []report.SizingCell{}, Above: []report.SizingCell{}, Notes: []string{},
	}
	for i, a := range g.axes {
		s.Axes = append(s.Axes, report.SizingAxis{Path: a.Path, Short: g.short[i], Values: a.Values, Ordered: g.ordered[i]})
	}
	for _, key := range g.order {
		s.Asked = append(s.Asked, *g.asked[key])
	}
	if r.Best != nil {
		s.Answer = g.told(r.Best)
		for _, p := range r.Below {
			s.Below = append(s.Below, *g.told(&p))
		}
		for _, p := range r.Above {
			s.Above = append(s.Above, *g.told(&p))
		}
	} else {
		s.Closest = g.closest(r)
	}
	s.Bound = g.bound(r, s)
	s.Columns = g.columns(r, s)
	s.Notes = append(s.Notes, g.notes(r)...)
	return s
}

func (g *grid) told(p *size.Probe) *report.SizingCell { return g.asked[fmt.Sprint(p.Cell)] }

// closest is the largest cell that fails of the column with the fewest expectations against it.
func (g *grid) closest(r size.Result) *report.SizingCell {
	var best *report.SizingCell
	failing := func(c *report.SizingCell) (n int) {
		for _, e := range c.Expect {
			if !e.OK {
				n++
			}
		}
		return n
	}
	for _, c := range r.Columns {
		if c.Fails == nil {
			continue
		}
		if cell := g.told(c.Fails); best == nil || failing(cell) < failing(best) {
			best = cell
		}
	}
	return best
}

// bound is what arithmetic says of the answer's column, and of the whole grid.
func (g *grid) bound(r size.Result, s *report.Sizing) *report.SizingBound {
	b := &report.SizingBound{Lacks: []string{}}
	b.FloorUSD, b.FloorCell = g.leastFloor(r)
	if s.Answer != nil && s.Answer.Value != nil && s.Minimise == "cost_usd" && b.FloorUSD > 0 {
		b.GapUSD = max(0, *s.Answer.Value-b.FloorUSD)
		if b.GapUSD < 1e-6*b.FloorUSD {
			b.GapUSD = 0
		}
	}
	column := r.Columns[0].At
	if r.Best != nil {
		column = r.Best.Cell
	}
	e := g.estimate(column)
	b.Lacks = append(b.Lacks, e.lacks...)
	if !e.enough || r.Main < 0 {
		return b
	}
	first := slices.Clone(column)
	first[r.Main] = e.guess
	b.Name, b.Value = g.name(first, -1), g.axes[r.Main].Values[e.guess]
	if r.Best != nil {
		b.Steps = r.Best.Cell[r.Main] - e.guess
	}
	return b
}

// leastFloor is the cheapest that instances with enough of everything can be, and in which cell.
func (g *grid) leastFloor(r size.Result) (usd float64, name string) {
	for _, c := range r.Columns {
		e, at := g.estimate(c.At), slices.Clone(c.At)
		if r.Main >= 0 {
			at[r.Main] = e.guess
		}
		if floor := g.floor(at); e.enough && floor > 0 && (usd == 0 || floor < usd) {
			usd, name = floor, g.name(at, -1)
		}
	}
	return usd, name
}

// columns say why each is, or is not, the answer.
func (g *grid) columns(r size.Result, s *report.Sizing) (list []report.SizingColumn) {
	value := func(p *size.Probe) string {
		if r.Main < 0 {
			return "yes"
		}
		return g.axes[r.Main].Values[p.Cell[r.Main]]
	}
	for _, c := range r.Columns {
		column := report.SizingColumn{Name: g.values(c.At, r.Main)}
		if c.Holds != nil {
			column.Holds, column.Value = value(c.Holds), g.told(c.Holds).Value
		}
		if c.Fails != nil {
			column.Fails = value(c.Fails)
		}
		column.Answer = r.Best != nil && c.Holds != nil && slices.Equal(c.Holds.Cell, r.Best.Cell)
		column.Verdict = g.verdict(r, c, column)
		list = append(list, column)
	}
	return list
}

// verdict is why a column is not the answer.
func (g *grid) verdict(r size.Result, c size.Column, column report.SizingColumn) string {
	last := ""
	if r.Main >= 0 {
		values := g.axes[r.Main].Values
		last = values[len(values)-1]
	}
	switch {
	case column.Answer:
		return "the answer"
	case c.Holds != nil && c.Holds.Cost == r.Best.Cost:
		return "as good; the answer comes first"
	case c.Holds != nil:
		return "holds, and is no better"
	case c.Fails == nil && r.Best == nil:
		return "not asked"
	case c.Fails == nil && g.flags.minimise == "cost_usd" && g.floor(c.At) >= r.Best.Cost*(1-1e-6):
		return fmt.Sprintf("not asked: costs $%.3f or more", g.floor(c.At))
	case c.Fails == nil:
		return "not asked: what could hold is no better"
	case r.Main < 0:
		return "fails" + g.reason(c.Fails)
	case column.Fails == last:
		return "even " + last + " fails" + g.reason(c.Fails)
	case g.flags.minimise == "cost_usd":
		return column.Fails + " fails" + g.reason(c.Fails) + ", more costs more"
	}
	return column.Fails + " fails" + g.reason(c.Fails) + ", more is no better"
}

func (g *grid) reason(p *size.Probe) string {
	f := g.told(p).Failure
	if f == nil {
		return ""
	}
	return " (" + f.Expect.Name + ")"
}

// values are those of a cell, without that on the main axis.
func (g *grid) values(c size.Cell, without int) string {
	var parts []string
	for i, index := range c {
		if i != without {
			parts = append(parts, g.axes[i].Values[index])
		}
	}
	return strings.Join(parts, " ")
}

// notes say what a reader must know to believe the answer.
func (g *grid) notes(r size.Result) (notes []string) {
	if len(r.Inversions) > 0 {
		i := r.Inversions[0]
		less, more := g.told(&i.Less).Name, g.told(&i.More).Name
		switch {
		case r.Falling:
			notes = append(notes, fmt.Sprintf("less holds where more does not: %s holds, %s fails", less, more))
		default:
			notes = append(notes, fmt.Sprintf("more does not always hold where less does: %s holds, %s fails; the answer holds, and so may others", less, more))
		}
	}
	if r.Falls {
		notes = append(notes, g.flags.minimise+" falls along "+g.short[r.Main]+": the last cell that holds is looked for as well")
	}
	if !r.Exhausted {
		notes = append(notes, "not every cell that could be better was asked")
	}
	return notes
}
