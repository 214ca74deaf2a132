package plot

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot/vg"
)

const (
	restName  = "others"
	olderName = "older"
	maxLines  = 8 // of a panel
	absent    = -1

	// A peak is cut off if it is so many times the rest, for such a share of
	// the run at most.
	outlier     = 12
	outlierTime = 0.01
)

// stackPanel is one stack, ready to be drawn.
type stackPanel struct {
	name, fact string
	old        bool // the series are deployments
	areas      []stackArea
	lines      []stackPath
	top        float64 // of the value axis
	thin       bool    // not every change is drawn
	legend     header  // its own, if any
	marks      []label
	lanes      int
	left       int // lines or marks that were too many
}

// stackArea is one layer: its steps reach from Min to Max.
type stackArea struct {
	name  string
	look  look
	steps []Step
}

// stackPath is one line; Min of a step is how far it is moved aside.
type stackPath struct {
	name  string
	style LineStyle
	look  lineLook
	thin  bool
	steps []Step
}

func newStackPanel(in StackPanel, end float64, unit string) stackPanel {
	p := stackPanel{name: clean(in.Name), old: ages(in.Series)}
	kept, rest := folded(in.Series, p.old)
	var all [][]Step
	for _, s := range slices.Concat(kept, rest) {
		all = append(all, s.Steps)
	}
	total := columns(all, end, 0)
	for i := range total {
		c := &total[i]
		if rest != nil { // is one value from here on
			c.values = append(c.values[:len(kept):len(kept)], column{values: c.values[len(kept):]}.sum())
		}
	}
	peak := slices.MaxFunc(append(total, column{}), func(a, b column) int { return cmp.Compare(a.sum(), b.sum()) })
	total, p.thin = thinned(total, end)
	p.areas = layers(total, kept, rest != nil, p.old)
	p.addLines(in.Lines, end)
	p.left += max(0, moments(in.Marks)-maxMarks)
	p.scale(total, end)
	p.fact = p.peakFact(in.Peak, peak.sum(), in.Series, unit)
	return p
}

// layers turns columns into one area a series.
func layers(total []column, kept []StackSeries, rest, old bool) []stackArea {
	areas := make([]stackArea, len(kept), len(kept)+1)
	for i, s := range kept {
		areas[i].name = cmp.Or(clean(s.Name), "unnamed")
	}
	order := make([]int, len(kept))
	for i := range order {
		order[i] = i
	}
	if rest {
		areas = append(areas, stackArea{name: restName})
		order = append(order, len(kept))
	}
	if rest && old { // the oldest are at the bottom
		areas[len(kept)].name = olderName
		order = slices.Insert(order[:len(kept)], 0, len(kept))
	}
	for _, c := range total {
		floor := 0.0
		for _, i := range order {
			if v := c.values[i]; v > 0 {
				areas[i].steps = append(areas[i].steps, Step{c.from, c.to - c.from, v, floor, floor + v})
				floor += v
			}
		}
	}
	out := make([]stackArea, len(areas))
	for to, from := range order {
		out[to] = areas[from]
	}
	return out
}

// addLines moves a line aside where it would hide an earlier one.
func (p *stackPanel) addLines(in []StackLine, end float64) {
	p.left += max(0, len(in)-maxLines)
	in = in[:min(len(in), maxLines)]
	all := make([][]Step, len(in))
	for i, l := range in {
		cs, thin := thinned(columns([][]Step{swings(ordered(l.Steps, end))}, end, absent), end)
		p.thin = p.thin || thin
		for _, c := range cs {
			if c.values[0] != absent {
				all[i] = append(all[i], Step{At: c.from, Width: c.to - c.from, Mean: c.values[0]})
			}
		}
		p.lines = append(p.lines, stackPath{name: cmp.Or(clean(l.Name), "unnamed"), style: min(l.Style, Dotted), thin: thin})
	}
	for _, c := range columns(all, end, absent) {
		for i, v := range c.values {
			if v == absent {
				continue
			}
			s := Step{At: c.from, Width: c.to - c.from, Mean: v}
			for _, earlier := range c.values[:i] {
				if earlier == v {
					s.Min++
				}
			}
			p.lines[i].steps = append(p.lines[i].steps, s)
		}
	}
}

// swings halves each step within which the value varied into its extremes, the
// one nearer to the value before it first. So a change within a step looks like
// one, and a dip is as deep as it was.
func swings(steps []Step) []Step {
	var out []Step
	for i, s := range steps {
		if s.Max == s.Min || s.Width == 0 {
			out = append(out, s)
			continue
		}
		a, b := s.Min, s.Max
		if i > 0 && math.Abs(out[len(out)-1].Mean-b) < math.Abs(out[len(out)-1].Mean-a) {
			a, b = b, a
		}
		half := s.Width / 2
		out = append(out, Step{s.At, half, a, a, a}, Step{s.At + half, half, b, b, b})
	}
	return out
}

// scale ends the value axis above everything, except above a short peak next
// to which nothing else could be seen.
func (p *stackPanel) scale(total []column, end float64) {
	var held []Step
	for _, c := range total {
		held = append(held, Step{Mean: c.sum(), Width: c.to - c.from})
	}
	for _, l := range p.lines {
		held = append(held, l.steps...)
	}
	slices.SortStableFunc(held, func(a, b Step) int { return cmp.Compare(b.Mean, a.Mean) })
	p.top = 1
	if len(held) > 0 {
		p.top = max(p.top, held[0].Mean)
	}
	time := 0.0
	for _, s := range held {
		if time += s.Width; time > outlierTime*end {
			if s.Mean >= 1 && p.top > outlier*s.Mean {
				p.top = s.Mean * 1.4
			}
			break
		}
	}
	p.top *= 1.07
}

// peakFact is the peak in words. Within steps that hide how their values
// vary, the sum may have been higher than the means' sum.
func (p stackPanel) peakFact(known, most float64, series []StackSeries, unit string) string {
	text, drawn := "peak ", most
	for _, one := range series {
		top, _ := extent(one.Steps)
		hidden := slices.ContainsFunc(one.Steps, func(s Step) bool { return s.Max > s.Mean })
		switch {
		case known >= drawn && known > 0:
			most = known
		case hidden && len(series) == 1:
			most = top
		case hidden && most > 0:
			most, text = math.Ceil(most-1e-9*most), "peak at least "
		}
	}
	switch {
	case len(series) == 0 && len(p.lines) == 0:
		return "nothing recorded"
	case most == 0:
		return "no " + cmp.Or(unit, "values")
	}
	text = strings.TrimSpace(text + number(most) + " " + unit)
	if drawn > p.top || most > p.top && known == 0 {
		text += ", beyond the scale (▲)"
	}
	return text
}

func (p stackPanel) ticks(height vg.Length) []float64 {
	return valueTicks(p.top, min(int(height/17), 6), false, true)
}
