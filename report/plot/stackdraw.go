package plot

import (
	"math"
	"slices"

	"gonum.org/v1/plot/vg"
)

// draw draws the stack, then the lines, the first of them on top.
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
