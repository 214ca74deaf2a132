package main

import (
	"fmt"
	"slices"
	"sort"
	"strconv"

	"ecssim/workload/size"
)

// estimate is the arithmetic of one column.
type estimate struct {
	guess int
	// enough: the cell at guess lacks nothing; lacks is what the one below it, or the last cell, has too little of.
	enough bool
	lacks  []string
	// floors at the first, the middle and the last cell. linear: all others lie on the line between them.
	floors [3]float64
	linear bool
}

// estimate loads a few cells of a column and compares what they want with what they have.
func (g *grid) estimate(c size.Cell) *estimate {
	main := size.Main(g.directions())
	column := slices.Clone(c)
	last := 0
	if main >= 0 {
		column[main], last = 0, len(g.axes[main].Values)-1
	}
	key := fmt.Sprint(column)
	if e, ok := g.estimates[key]; ok {
		return e
	}
	e := &estimate{}
	g.estimates[key] = e
	at := func(i int) size.Cell {
		d := slices.Clone(column)
		if main >= 0 {
			d[main] = i
		}
		return d
	}
	top := len(g.lacks(at(last)))
	e.guess = sort.Search(last, func(i int) bool { return len(g.lacks(at(i))) <= top })
	e.enough = top == 0
	switch {
	case !e.enough:
		e.lacks = g.lacks(at(last))
	case e.guess > 0:
		e.lacks = g.lacks(at(e.guess - 1))
	}
	for k, i := range []int{0, last / 2, last} {
		if s, err := g.quietly(at(i)); err == nil {
			e.floors[k] = size.Floor(s.Config)
		}
	}
	middle := g.between(e.floors, last/2, last, main)
	e.linear = e.floors[1] == 0 && e.floors[2] == 0 || abs(middle-e.floors[1]) <= 1e-9*e.floors[2]
	return e
}

func abs(x float64) float64 { return max(x, -x) }

// between is the floor at an index on the line between the first and the last, by the values of the axis.
func (g *grid) between(floors [3]float64, i, last, main int) float64 {
	if main < 0 || last == 0 {
		return floors[0]
	}
	value := func(i int) float64 {
		x, err := strconv.ParseFloat(g.axes[main].Values[i], 64)
		if err != nil {
			return float64(i)
		}
		return x
	}
	return floors[0] + (floors[2]-floors[0])*(value(i)-value(0))/(value(last)-value(0))
}

// lacks are the shortages of a cell; one that is refused lacks nothing, and is told of when it is asked.
func (g *grid) lacks(c size.Cell) (list []string) {
	s, err := g.quietly(c)
	if err != nil {
		return nil
	}
	for _, short := range size.Shortages(s.Config, s.Seed) {
		list = append(list, short.Sentence())
	}
	return list
}

// guess is where a column has enough of everything by arithmetic.
func (g *grid) guess(c size.Cell) int { return g.estimate(c).guess }

// floor is what a cell's instances cost at least.
func (g *grid) floor(c size.Cell) float64 {
	e, main := g.estimate(c), size.Main(g.directions())
	if main < 0 {
		return e.floors[0]
	}
	if !e.linear {
		return 0
	}
	return g.between(e.floors, c[main], len(g.axes[main].Values)-1, main)
}
