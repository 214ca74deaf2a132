package plot

import (
	"fmt"
	"math"

	"gonum.org/v1/plot/vg"
)

// panel is one resource, ready to be drawn.
type panel struct {
	name, scope    string
	used, capacity []Step
	share          float64 // of capacity at the peak
	fact           string  // the peak in words
	unit           unit
	top            float64 // of the value axis
	whole          bool    // all values are whole numbers
	band, over     bool    // buckets hide variation; used exceeds capacity
}

func newPanel(r Resource, end float64) panel {
	p := panel{name: clean(r.Name), scope: clean(r.Scope), used: tidy(r.Used, end), capacity: tidy(r.Capacity, end)}
	top, _ := extent(p.used, p.capacity)
	p.unit = naturalUnit(r.Unit, top)
	p.top = max(top*1.07, 1e-6)
	p.whole = p.unit.per == 1 && wholeNumbers(p.used) && wholeNumbers(p.capacity)
	at, share := peak(p.used, p.capacity)
	p.share, p.fact = share, p.peakFact(r, at, share)
	if r.Peak > 0 {
		p.share = r.Peak
	}
	for _, s := range p.used {
		p.band = p.band || s.Max-s.Min > p.top*0.004
	}
	p.over = len(p.excess()) > 0
	return p
}

func (p panel) peakFact(r Resource, at moment, share float64) string {
	used := number(at.used / p.unit.per)
	switch {
	case len(p.used) == 0:
		return "nothing recorded"
	case math.IsInf(at.capacity, 1) && r.Peak == 0:
		return fmt.Sprintf("peak %s %s, no limit", used, p.unit.name)
	case math.IsInf(at.capacity, 1), r.Peak > 0 && math.Abs(r.Peak-share) > 0.005:
		return "peak " + percent(r.Peak)
	case at.capacity == 0 && at.used == 0:
		return "no capacity"
	case at.capacity == 0:
		return fmt.Sprintf("above capacity: %s of 0 %s", used, p.unit.name)
	}
	return fmt.Sprintf("peak %s: %s of %s %s", percent(share), used, number(at.capacity/p.unit.per), p.unit.name)
}

// excess is when used was above capacity, which only a fault can bring about.
func (p panel) excess() []moment {
	var out []moment
	for _, m := range together(p.used, p.capacity) {
		if m.used > m.capacity*(1+1e-9)+1e-9 {
			out = append(out, m)
		}
	}
	return out
}

func (p panel) ticks(height vg.Length) []float64 {
	ticks := valueTicks(p.top/p.unit.per, min(int(height/17), 6), p.unit.binary, p.whole)
	for i := range ticks {
		ticks[i] *= p.unit.per
	}
	return ticks
}

func (p panel) tickLabel(v float64) string { return number(v / p.unit.per) }

// frame is the part of the page on which values are drawn against time.
type frame struct {
	pen
	box
	time timeAxis
	top  float64
}

func (f frame) y(v float64) vg.Length {
	return f.y1 - vg.Length(min(max(v/f.top, 0), 1))*(f.y1-f.y0)
}

func (p panel) draw(f frame) { p.drawWith(f, p.tickLabel) }

// drawWith lets the ticks have other labels, or none.
func (p panel) drawWith(f frame, label func(float64) string) {
	ticks := p.ticks(f.y1 - f.y0)
	f.fill(roomGrey, f.areas(p.capacity, zero, mean))
	f.fill(usedTint, f.areas(p.used, zero, mean))
	if p.band {
		f.fill(bandTint, f.areas(p.used, lowest, highest))
	}
	f.grid(ticks, label)
	if p.over {
		f.alarm(p.excess())
	}
	f.stroke(capColour, capWidth, f.lines(p.capacity, f.capacityY))
	f.stroke(okabeBlue, usedWidth, f.lines(p.used, f.y))
}

// capacityY lets the bold line rest on its value, so that it shows above a
// used line of the same height.
func (f frame) capacityY(v float64) vg.Length { return f.y(v) - capWidth/2 }

func zero(Step) float64      { return 0 }
func mean(s Step) float64    { return s.Mean }
func lowest(s Step) float64  { return s.Min }
func highest(s Step) float64 { return s.Max }

// areas are the surfaces between two values of each step.
func (f frame) areas(steps []Step, low, high func(Step) float64) vg.Path {
	var path vg.Path
	for _, run := range runs(steps) {
		var pts []vg.Point
		for _, s := range run {
			pts = f.stair(pts, s, f.y(high(s)))
		}
		split := len(pts)
		for i := len(run) - 1; i >= 0; i-- {
			s := run[i]
			y := f.y(low(s))
			pts = append(pts, vg.Point{X: f.time.x(s.end()), Y: y}, vg.Point{X: f.time.x(s.At), Y: y})
		}
		if split > 0 {
			f.trace(&path, pts)
			path.Close()
		}
	}
	return path
}

// lines are step lines through the means.
func (f frame) lines(steps []Step, y func(float64) vg.Length) vg.Path {
	var path vg.Path
	for _, run := range runs(steps) {
		var pts []vg.Point
		for _, s := range run {
			pts = f.stair(pts, s, y(s.Mean))
		}
		f.trace(&path, f.visible(pts))
	}
	return path
}

// stair adds a step, as a longer last step where the height stays.
func (f frame) stair(pts []vg.Point, s Step, y vg.Length) []vg.Point {
	x1 := f.time.x(s.end())
	if n := len(pts); n > 0 && pts[n-1].Y == y {
		pts[n-1].X = x1
		return pts
	}
	return append(pts, vg.Point{X: f.time.x(s.At), Y: y}, vg.Point{X: x1, Y: y})
}

// visible widens a line that is too short to see.
func (f frame) visible(pts []vg.Point) []vg.Point {
	const least = 3
	first, last := &pts[0], &pts[len(pts)-1]
	if last.X-first.X < least {
		first.X = min(first.X, f.x1-least)
		last.X = first.X + least
	}
	return pts
}

// grid draws hairlines at the ticks, their labels, and the line at zero.
func (f frame) grid(ticks []float64, label func(float64) string) {
	for _, v := range ticks {
		y := snap(f.y(v))
		colour := hairGrey
		if v == 0 {
			colour = baseGrey
		}
		f.line(colour, hairWidth, vg.Point{X: f.x0, Y: y}, vg.Point{X: f.x1, Y: y})
		f.text(tickText, right, f.x0-6, y+3, label(v))
	}
}

// alarm fills and hatches what lies above capacity.
func (f frame) alarm(over []moment) {
	var fill, hatch vg.Path
	for _, m := range over {
		b := box{f.time.x(m.from), f.y(m.used), f.time.x(m.to), f.y(m.capacity)}
		b.x1 = max(b.x1, b.x0+1)
		f.rect(&fill, b)
		f.hatch(&hatch, b, rising)
	}
	f.fill(okabeVermillion, fill)
	f.stroke(white, hatchWidth, hatch)
}
