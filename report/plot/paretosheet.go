package plot

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"gonum.org/v1/plot/vg"
)

const (
	maxPareto   = 300
	paretoTall  = vg.Length(330)
	paretoNamed = 14 // names of the front, about, and others up to which these are named where there is room
	paretoLabel = vg.Length(150)
)

// paretoSheet is the page, laid out.
type paretoSheet struct {
	header   header
	points   []ParetoPoint
	x, y     numberAxis
	units    [2]measure
	captions [2]string
	frame    box
	labels   []paretoName
	foot     foot
	height   vg.Length
}

func newParetoSheet(in Pareto) *paretoSheet {
	s := &paretoSheet{}
	var notes []string
	s.points = foremost(in.Points)
	if n := len(in.Points) - len(s.points); n > 0 {
		notes = append(notes, "Left out: "+counted(n, "more point")+" beside the front.")
	}
	s.header = newHeader(in.Title, in.Subtitle, s.keys())
	top := marginTop + s.header.height()
	if len(s.points) == 0 {
		s.foot = newFoot(in.Remark, notes...)
		s.height = top + emptyHeight + s.foot.height() + marginBottom
		return s
	}
	s.scale(in, snap(top+axisName))
	if front, named := s.placeLabels(); named < front {
		notes = append(notes, fmt.Sprintf("%d of %s of the front have their names here.", named, counted(front, "point")))
	}
	s.foot = newFoot(in.Remark, notes...)
	s.height = s.frame.y1 + xAxisRoom + s.foot.height() + marginBottom
	return s
}

// foremost are the front and the base, then as many others as can be drawn.
func foremost(points []ParetoPoint) []ParetoPoint {
	out := slices.Clone(points)
	slices.SortStableFunc(out, func(a, b ParetoPoint) int { return cmp.Compare(a.rank(), b.rank()) })
	return out[:min(len(out), maxPareto)]
}

func (p ParetoPoint) rank() int {
	switch {
	case p.Front:
		return 0
	case p.Base:
		return 1
	}
	return 2
}

func (s *paretoSheet) scale(in Pareto, top vg.Length) {
	var x, y, xs, ys reach // with and without the intervals
	for _, p := range s.points {
		x.add(p.X)
		y.add(p.Y)
		xs.add(p.X)
		ys.add(p.Y)
		if low, high, ok := interval(p.XLow, p.XHigh); ok {
			x.add(low, high)
		}
		if low, high, ok := interval(p.YLow, p.YHigh); ok {
			y.add(low, high)
		}
	}
	s.units = [2]measure{newMeasure(in.XUnit, x.top()), newMeasure(in.YUnit, y.top())}
	s.captions = [2]string{s.units[0].caption(in.XName), s.units[1].caption(in.YName)}
	s.frame = box{y0: top, y1: snap(top + paretoTall), x1: snap(pageWidth - marginRight)}
	s.y = axisOf(s.frame.y1, s.frame.y0+9, y, ys, s.units[1], 7)
	s.frame.x0 = snap(marginLeft + s.y.width() + 6)
	s.x = axisOf(s.frame.x0, s.frame.x1-9, x, xs, s.units[0], 8)
	if s.x.log {
		s.captions[0] += ", logarithmic"
	}
	if s.y.log {
		s.captions[1] += ", logarithmic"
	}
}

// axisOf is logarithmic where the points are far apart. Intervals that reach
// below the points by far do not stretch it.
func axisOf(from, to vg.Length, all, points reach, m measure, count int) numberAxis {
	if points.wide() {
		if all.low < points.low/10 {
			all.low = points.low / 2
		}
		return newLogAxis(from, to, all, m, count)
	}
	return newNumberAxis(from, to, all.roomy(), m, count)
}

func (s *paretoSheet) at(p ParetoPoint) vg.Point { return vg.Point{X: s.x.pos(p.X), Y: s.y.pos(p.Y)} }

// front are its points on the page from left to right.
func (s *paretoSheet) front() []vg.Point {
	var out []vg.Point
	for _, p := range s.points {
		if p.Front {
			out = append(out, s.at(p))
		}
	}
	slices.SortStableFunc(out, func(a, b vg.Point) int { return cmp.Or(cmp.Compare(a.X, b.X), cmp.Compare(a.Y, b.Y)) })
	return out
}

// stairs go through the front, from the upper border to the right one.
func (s *paretoSheet) stairs() []vg.Point {
	var pts []vg.Point
	y := s.frame.y0
	for _, p := range s.front() {
		pts = append(pts, vg.Point{X: p.X, Y: y}, p)
		y = p.Y
	}
	if len(pts) > 0 {
		pts = append(pts, vg.Point{X: s.frame.x1, Y: y})
	}
	return pts
}

func (s *paretoSheet) describe() string {
	if len(s.points) == 0 {
		return "Trade-off: nothing was recorded."
	}
	var front []string
	for _, p := range s.points {
		if p.Front {
			front = append(front, fmt.Sprintf("%s (%s, %s)", cmp.Or(bodyText.fit(p.Label, paretoLabel), "unnamed"), s.units[0].text(p.X), s.units[1].text(p.Y)))
		}
	}
	text := fmt.Sprintf("Trade-off of %s between %s and %s", counted(len(s.points), "variant"),
		cmp.Or(bodyText.fit(s.captions[0], pageWidth/3), "x"), cmp.Or(bodyText.fit(s.captions[1], pageWidth/3), "y"))
	if n := len(front); n > 6 {
		front = append(front[:6], fmt.Sprintf("%d more", n-6))
	}
	if len(front) > 0 {
		text += "; on the front: " + strings.Join(front, ", ")
	}
	return text + "."
}
