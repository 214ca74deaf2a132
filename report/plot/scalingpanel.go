package plot

import (
	"math"
	"slices"

	"gonum.org/v1/plot/vg"
)

// scalingPanel is one of the panels, ready to be drawn.
type scalingPanel struct {
	name, fact string
	alarm      string // what went wrong, behind the fact
	weight     vg.Length
	bands      []stackArea // behind lines whose cells hide how values vary
	areas      []stackArea
	lines      []stackPath
	rules      []rule
	keys       []key
	decides    bool // there is a strip for decisions
	outs, ins  []float64
	top        float64 // of the value axis
	per        float64 // values are divided by it: 0.001 = milliseconds
	whole      bool
	thin       bool // not every change is drawn
	leftRules  int  // that were too many
	leftMetric int

	tall   vg.Length
	legend [][]key // the keys, where they have no room in the title
}

// layer is an area or a line with its look.
type layer[L any] struct {
	name   string
	steps  []Step
	look   L
	counts bool // a line of what is counted: its extremes are drawn, not means
}

// newScalingPanel is nil where no series has data.
func newScalingPanel(name string, weight vg.Length, areas []layer[look], lines []layer[lineLook], end float64) *scalingPanel {
	p := &scalingPanel{name: name, weight: weight, per: 1}
	areas = slices.DeleteFunc(areas, func(l layer[look]) bool { return len(l.steps) == 0 })
	lines = slices.DeleteFunc(lines, func(l layer[lineLook]) bool { return len(l.steps) == 0 })
	if len(areas)+len(lines) == 0 {
		return nil
	}
	var series []StackSeries
	var steps [][]Step
	for _, l := range areas {
		series, steps = append(series, StackSeries{l.name, l.steps}), append(steps, l.steps)
	}
	total, thin := thinned(columns(steps, end, 0), end)
	p.areas = layers(total, series, false, false)
	p.addLines(lines, end)
	p.thin = p.thin || thin
	for i, l := range areas {
		p.areas[i].look = l.look
		if top, _ := extent(l.steps); top > 0 { // an area that is never there needs no key
			p.keys = append(p.keys, key{p.areas[i].name, l.look.sample})
		}
	}
	return p
}

// addLines draws what is not counted through the means of cells, with a pale
// band from the lowest to the highest where values vary within them.
func (p *scalingPanel) addLines(lines []layer[lineLook], end float64) {
	var paths []StackLine
	for _, l := range lines {
		if !l.counts {
			band := cells(l.steps, end)
			l.steps = slices.Clone(band)
			for i := range l.steps {
				l.steps[i].Min, l.steps[i].Max = l.steps[i].Mean, l.steps[i].Mean
			}
			if slices.ContainsFunc(band, func(s Step) bool { return s.Min < s.Max }) {
				p.bands = append(p.bands, stackArea{look: look{colour: pale(l.look.colour)}, steps: band})
			}
		}
		paths = append(paths, StackLine{Name: l.name, Steps: l.steps})
	}
	drawn := stackPanel{}
	drawn.addLines(paths, end)
	p.lines, p.thin = drawn.lines, drawn.thin
	for i, l := range lines {
		p.lines[i].look = l.look
		p.lines[i].thin = p.lines[i].thin || !l.counts && len(p.bands) > 0
		p.keys = append(p.keys, key{p.lines[i].name, l.look.sample})
	}
}

// cells merges steps into stretches of time that are wide enough to be seen.
// Extremes survive in Min and Max.
func cells(steps []Step, end float64) []Step {
	const most = maxColumns / 2
	steps = ordered(steps, end)
	if len(steps) <= most {
		return steps
	}
	var out []Step
	first := 0
	for i := range most {
		from, to := end*float64(i)/most, end*float64(i+1)/most
		c := Step{At: from, Width: to - from, Min: math.Inf(1)}
		sum, held := 0.0, 0.0
		for k := first; k < len(steps) && steps[k].At < to; k++ {
			s := steps[k]
			if s.end() <= from && s.At < from {
				first = k + 1
				continue
			}
			w := min(s.end(), to) - max(s.At, from)
			sum, held = sum+s.Mean*w, held+w
			c.Min, c.Max = min(c.Min, s.Min), max(c.Max, s.Max)
		}
		if !math.IsInf(c.Min, 1) {
			c.Mean = c.Min
			if held > 0 {
				c.Mean = min(max(sum/held, c.Min), c.Max)
			}
			out = append(out, c)
		}
	}
	return out
}

// scaled ends the value axis above everything, except above rules next to
// which nothing else could be seen.
func (p *scalingPanel) scaled() *scalingPanel {
	for _, a := range p.areas {
		for _, s := range a.steps {
			p.top = max(p.top, s.Max)
		}
	}
	for _, l := range p.lines {
		for _, s := range l.steps {
			p.top = max(p.top, s.Mean)
		}
	}
	for _, b := range p.bands {
		for _, s := range b.steps {
			p.top = max(p.top, s.Max)
		}
	}
	data := p.top
	for _, r := range p.rules {
		if data == 0 || r.at <= r.far*data {
			p.top = max(p.top, r.at)
		}
	}
	if p.whole {
		p.top = max(p.top, 1)
	}
	p.top = max(p.top*1.07, 1e-6)
	return p
}

func (p scalingPanel) ticks() []float64 {
	count := max(2, min(int(p.tall/17), 6))
	ticks := valueTicks(p.top/p.per, count, false, p.whole)
	for ; len(ticks) < 2 && count < 6; count++ { // zero alone is no scale
		ticks = valueTicks(p.top/p.per, count+1, false, p.whole)
	}
	for i := range ticks {
		ticks[i] *= p.per
	}
	return ticks
}

func (p scalingPanel) tickLabel(v float64) string { return fine(v / p.per) }

func (p scalingPanel) draw(f frame) {
	var upright vg.Path
	for _, t := range f.time.ticks {
		if x := snap(f.time.x(t.at)); x > f.x0+1 && x < f.x1-1 {
			f.trace(&upright, []vg.Point{{X: x, Y: f.y0}, {X: x, Y: f.y1}})
		}
	}
	f.stroke(roomGrey, hairWidth, upright)
	f.grid(p.ticks(), p.tickLabel)
	for _, b := range p.bands {
		f.fill(b.look.colour, f.areas(b.steps, lowest, highest))
	}
	for _, a := range p.areas {
		a.draw(f)
	}
	f.line(baseGrey, hairWidth, vg.Point{X: f.x0, Y: snap(f.y1)}, vg.Point{X: f.x1, Y: snap(f.y1)})
	p.drawRules(f)
	for _, l := range slices.Backward(p.lines) {
		l.look.stroke(f.pen, f.asideLines(l.steps), !l.thin)
	}
	p.drawLabels(f)
}

// drawDecisions draws scale-outs as triangles that stand on the middle of the
// strip above the panel, and scale-ins as triangles that hang from it.
func (p scalingPanel) drawDecisions(f frame) {
	if !p.decides {
		return
	}
	mid := snap(f.y0 - strip/2)
	drawTriangles(f.pen, spaced(p.outs, f.time), mid-0.3, true)
	drawTriangles(f.pen, spaced(p.ins, f.time), mid+0.3, false)
}

// decided adds the strip for decisions, if there were any.
func (p *scalingPanel) decided(outs, ins []float64) {
	p.outs, p.ins = outs, ins
	p.decides = len(outs)+len(ins) > 0
	if n := len(outs); n > 0 {
		p.keys = append(p.keys, key{counted(n, "scale-out"), sampleOut})
	}
	if n := len(ins); n > 0 {
		p.keys = append(p.keys, key{counted(n, "scale-in"), sampleIn})
	}
}

func counted(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return number(float64(n)) + " " + noun
}
