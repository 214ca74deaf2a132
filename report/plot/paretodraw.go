package plot

import (
	"slices"

	"gonum.org/v1/plot/vg"
)

// paretoGround lies behind what is no better than the front.
var paretoGround = rgb(0xF4F6F7)

func (s *paretoSheet) keys() []key {
	var front, others, base, infeasible, known bool
	for _, p := range s.points {
		front = front || p.Front
		base = base || p.Base
		others = others || p.rank() == 2 && p.Feasible
		infeasible = infeasible || !p.Feasible
		_, _, x := interval(p.XLow, p.XHigh)
		_, _, y := interval(p.YLow, p.YHigh)
		known = known || x || y
	}
	var keys []key
	for _, k := range []struct {
		has  bool
		name string
		draw func(p pen, b box)
	}{
		{front, "front: no other is better on both", sampleFront},
		{others, "others", func(p pen, b box) { ParetoPoint{Feasible: true}.draw(p, b.middle()) }},
		{base, "base", func(p pen, b box) { ParetoPoint{Base: true, Feasible: true}.draw(p, b.middle()) }},
		{infeasible, "an expectation does not hold", func(p pen, b box) { ParetoPoint{}.draw(p, b.middle()) }},
		{known, "95 % interval", sampleCross},
	} {
		if k.has {
			keys = append(keys, key{k.name, k.draw})
		}
	}
	return keys
}

func (b box) middle() vg.Point { return vg.Point{X: (b.x0 + b.x1) / 2, Y: (b.y0 + b.y1) / 2} }

func sampleFront(p pen, b box) {
	m := b.middle()
	p.line(okabeBlue, 4*pixel, vg.Point{X: b.x0, Y: m.Y}, vg.Point{X: b.x1, Y: m.Y})
	ParetoPoint{Front: true, Feasible: true}.draw(p, m)
}

func sampleCross(p pen, b box) {
	m := b.middle()
	p.line(bandTint, 3*pixel, vg.Point{X: m.X - 8, Y: m.Y}, vg.Point{X: m.X + 8, Y: m.Y})
	p.line(bandTint, 3*pixel, vg.Point{X: m.X, Y: b.y0}, vg.Point{X: m.X, Y: b.y1})
}

func (s *paretoSheet) paint(to vg.Canvas) {
	p := pen{to, s.height}
	s.header.draw(p, marginTop)
	y := marginTop + s.header.height()
	if len(s.points) == 0 {
		p.text(nameText, centre, pageWidth/2, y+emptyHeight/2, "nothing was recorded")
		s.foot.draw(p, y+emptyHeight)
		return
	}
	s.drawAxes(p, y)
	s.drawIntervals(p)
	p.line(okabeBlue, 4*pixel, s.stairs()...)
	for _, n := range s.labels {
		n.lead(p)
	}
	for _, one := range slices.Backward(s.points) { // the front on top
		one.draw(p, s.at(one))
	}
	for _, n := range s.labels {
		n.draw(p)
	}
	s.foot.draw(p, s.frame.y1+xAxisRoom)
}

// drawAxes draws what is no better than the front, the grid, and which way is better.
func (s *paretoSheet) drawAxes(p pen, y vg.Length) {
	f := s.frame
	if stairs := s.stairs(); len(stairs) > 0 {
		var path vg.Path
		p.trace(&path, append(slices.Clone(stairs), vg.Point{X: f.x1, Y: f.y0}))
		path.Close()
		p.fill(paretoGround, path)
	}
	for _, t := range s.y.ticks {
		at := snap(s.y.pos(t.at))
		p.line(hairGrey, hairWidth, vg.Point{X: f.x0, Y: at}, vg.Point{X: f.x1, Y: at})
	}
	for _, t := range s.x.ticks {
		at := snap(s.x.pos(t.at))
		p.line(hairGrey, hairWidth, vg.Point{X: at, Y: f.y0}, vg.Point{X: at, Y: f.y1})
	}
	p.line(baseGrey, hairWidth, vg.Point{X: f.x0, Y: f.y0}, vg.Point{X: f.x0, Y: f.y1}, vg.Point{X: f.x1, Y: f.y1})
	s.y.beside(p, f.x0)
	s.x.below(p, f.y1+1)
	const better = "better"
	room := tickText.width("↓ " + better)
	p.text(bodyText, left, marginLeft, y+9, bodyText.fitEnd(s.captions[1], footRoom-room-14))
	p.text(tickText, right, f.x1, y+9, "↓ "+better)
	p.text(bodyText, right, f.x1, f.y1+26, bodyText.fitEnd(s.captions[0], f.x1-marginLeft-room-14))
	p.text(tickText, left, marginLeft, f.y1+26, "← "+better)
}

func (s *paretoSheet) drawIntervals(p pen) {
	for _, one := range slices.Backward(s.points) {
		colour := hairGrey
		if one.Front {
			colour = bandTint
		}
		at := s.at(one)
		if low, high, ok := interval(one.XLow, one.XHigh); ok {
			p.line(colour, 3*pixel, vg.Point{X: s.x.pos(low), Y: at.Y}, vg.Point{X: s.x.pos(high), Y: at.Y})
		}
		if low, high, ok := interval(one.YLow, one.YHigh); ok {
			p.line(colour, 3*pixel, vg.Point{X: at.X, Y: s.y.pos(low)}, vg.Point{X: at.X, Y: s.y.pos(high)})
		}
	}
}

// draw draws the point: × where an expectation does not hold.
func (p ParetoPoint) draw(to pen, at vg.Point) {
	colour := softGrey
	switch {
	case p.Front:
		colour = okabeBlue
	case p.Base:
		colour = grey
	}
	switch {
	case !p.Feasible:
		if !p.Front && !p.Base {
			colour = okabeOrange
		}
		to.saltire(colour, at.X, at.Y, 2.8)
	case p.Base:
		to.fillDot(colour, diamond, at.X, at.Y, dotRadius*1.2)
	default:
		to.fillDot(colour, circle, at.X, at.Y, dotRadius)
	}
	if p.Base && (p.Front || !p.Feasible) {
		to.ring(capColour, at.X, at.Y, dotRadius*1.9)
	}
}

// lead draws a line from a point to its name, where that is away from it.
func (n paretoName) lead(p pen) {
	if n.far {
		p.line(baseGrey, hairWidth, n.anchor, n.end())
	}
}

func (n paretoName) draw(p pen) {
	if n.veiled {
		veil := paretoGround
		veil.A = 0xC0
		p.fillBox(veil, n.box)
	}
	p.text(n.style, left, n.box.x0+1.5, n.box.y1-0.5-0.22*n.style.size, n.text)
}
