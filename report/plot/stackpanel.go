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
	p.fact = p.peakFact(peak.sum(), in.Series, unit)
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
		cs, thin := thinned(columns([][]Step{l.Steps}, end, absent), end)
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
func (p stackPanel) peakFact(most float64, series []StackSeries, unit string) string {
	text := "peak "
	for _, one := range series {
		top, _ := extent(one.Steps)
		hidden := slices.ContainsFunc(one.Steps, func(s Step) bool { return s.Max > s.Mean })
		switch {
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
	if most > p.top {
		text += ", beyond the scale (▲)"
	}
	return text
}

func (p stackPanel) ticks(height vg.Length) []float64 {
	return valueTicks(p.top, min(int(height/17), 6), false, true)
}

func (p stackPanel) draw(f frame) {
	f.grid(p.ticks(f.y1-f.y0), number)
	for _, a := range p.areas {
		a.draw(f)
	}
	f.line(baseGrey, hairWidth, vg.Point{X: f.x0, Y: snap(f.y1)}, vg.Point{X: f.x1, Y: snap(f.y1)})
	for _, l := range slices.Backward(p.lines) {
		l.look.stroke(f.pen, f.asideLines(l.steps), !l.thin)
	}
}

// draw fills the layer, hatches it and parts it from the one above.
func (a stackArea) draw(f frame) {
	var hatch, edge vg.Path
	for _, s := range a.steps {
		b := box{f.time.x(s.At), f.y(s.Max), f.time.x(s.end()), f.y(s.Min)}
		if b.y1-b.y0 >= 1 {
			f.hatch(&hatch, b, a.look.hatch)
		}
		if b.x1-b.x0 >= 3 && b.y1-b.y0 >= 1.5 {
			f.trace(&edge, []vg.Point{{X: b.x0, Y: b.y0}, {X: b.x1, Y: b.y0}})
		}
	}
	f.fill(a.look.colour, f.areas(a.steps, lowest, highest))
	f.stroke(a.look.lines, hatchWidth, connected(hatch))
	f.stroke(white, 3*pixel, edge)
}

// connected joins strokes that go on where an earlier one ends, so that a
// hatch across many columns has few of them.
func connected(path vg.Path) vg.Path {
	var out vg.Path
	for i := 0; i+1 < len(path); i += 2 {
		from, to := path[i], path[i+1]
		joined := false
		for k := len(out) - 1; k > 0 && k > len(out)-160; k -= 2 {
			start, end := out[k-1].Pos, out[k].Pos
			cross := (end.X-start.X)*(to.Pos.Y-from.Pos.Y) - (end.Y-start.Y)*(to.Pos.X-from.Pos.X)
			if near(end.X, from.Pos.X) && near(end.Y, from.Pos.Y) && math.Abs(float64(cross)) < 1e-6 {
				out[k].Pos, joined = to.Pos, true
				break
			}
		}
		if !joined {
			out = append(out, from, to)
		}
	}
	return out
}

func near(a, b vg.Length) bool { return a-b < 1e-6 && b-a < 1e-6 }

// asideLines are step lines through the means, moved down and up by turns.
func (f frame) asideLines(steps []Step) vg.Path {
	var path vg.Path
	for _, run := range runs(steps) {
		var pts []vg.Point
		for _, s := range run {
			aside := vg.Length(math.Ceil(s.Min/2)) * 6 * pixel
			if int(s.Min)%2 == 0 {
				aside = -aside
			}
			pts = f.stair(pts, s, f.y(s.Mean)+aside)
		}
		f.trace(&path, f.visible(pts))
	}
	return path
}

// drawCuts puts arrows where peaks are cut off.
func (p stackPanel) drawCuts(f frame) {
	last := vg.Length(-100)
	var path vg.Path
	for _, a := range p.areas {
		for _, s := range a.steps {
			x := (f.time.x(s.At) + f.time.x(s.end())) / 2
			if s.Max <= p.top || x-last < 8 && last-x < 8 {
				continue
			}
			last = x
			f.trace(&path, []vg.Point{{X: x - 4, Y: f.y0 + 9}, {X: x, Y: f.y0 + 1}, {X: x + 4, Y: f.y0 + 9}})
			path.Close()
		}
	}
	f.stroke(white, 6*pixel, path)
	f.fill(ink, path)
}
