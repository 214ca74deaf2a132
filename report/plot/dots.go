package plot

import (
	"image/color"
	"math"

	"gonum.org/v1/plot/vg"
)

// shape is how a point can be told from another without its colour.
type shape int

const (
	circle shape = iota
	square
	triangleUp
	diamond
	triangleDown
	pentagon
	bar
	star
)

const dotRadius = vg.Length(3.4)

// dot adds a shape of about the same surface as the circle of that radius.
func (p pen) dot(path *vg.Path, s shape, x, y, r vg.Length) {
	switch s {
	case square:
		p.polygon(path, x, y, 1.2*r, 4, math.Pi/4)
	case triangleUp:
		p.polygon(path, x, y+0.25*r, 1.4*r, 3, -math.Pi/2)
	case diamond:
		p.polygon(path, x, y, 1.3*r, 4, 0)
	case triangleDown:
		p.polygon(path, x, y-0.25*r, 1.4*r, 3, math.Pi/2)
	case pentagon:
		p.polygon(path, x, y, 1.2*r, 5, -math.Pi/2)
	case bar:
		p.rect(path, box{x - 0.6*r, y - 1.3*r, x + 0.6*r, y + 1.3*r})
	case star:
		p.star(path, x, y, 1.5*r)
	case circle:
		p.polygon(path, x, y, r, 28, 0)
	}
}

// polygon adds a regular polygon; a corner is at the angle turn.
func (p pen) polygon(path *vg.Path, x, y, r vg.Length, corners int, turn float64) {
	pts := make([]vg.Point, corners)
	for i := range pts {
		sin, cos := math.Sincos(turn + 2*math.Pi*float64(i)/float64(corners))
		pts[i] = vg.Point{X: x + r*vg.Length(cos), Y: y + r*vg.Length(sin)}
	}
	p.trace(path, pts)
	path.Close()
}

// star adds a star of four points.
func (p pen) star(path *vg.Path, x, y, r vg.Length) {
	pts := make([]vg.Point, 8)
	for i := range pts {
		sin, cos := math.Sincos(math.Pi * float64(i) / 4)
		if i%2 == 1 {
			sin, cos = 0.4*sin, 0.4*cos
		}
		pts[i] = vg.Point{X: x + r*vg.Length(cos), Y: y + r*vg.Length(sin)}
	}
	p.trace(path, pts)
	path.Close()
}

// fillDot draws a point with a white rim that parts it from what is behind.
func (p pen) fillDot(c color.Color, s shape, x, y, r vg.Length) {
	var path vg.Path
	p.dot(&path, s, x, y, r)
	p.stroke(white, 5*pixel, path)
	p.fill(c, path)
}

// hollowDot draws the outline of a point.
func (p pen) hollowDot(c color.Color, s shape, x, y, r vg.Length) {
	var path vg.Path
	p.dot(&path, s, x, y, r)
	p.stroke(white, 9*pixel, path)
	p.fill(white, path)
	p.stroke(c, 4*pixel, path)
}

// ring draws a circle around a point.
func (p pen) ring(c color.Color, x, y, r vg.Length) {
	var path vg.Path
	p.dot(&path, circle, x, y, r)
	p.stroke(c, 3*pixel, path)
}

// saltire draws an ×.
func (p pen) saltire(c color.Color, x, y, r vg.Length) {
	var path vg.Path
	p.trace(&path, []vg.Point{{X: x - r, Y: y - r}, {X: x + r, Y: y + r}})
	p.trace(&path, []vg.Point{{X: x - r, Y: y + r}, {X: x + r, Y: y - r}})
	p.stroke(c, 4*pixel, path)
}

// whisker draws an upright interval.
func (p pen) whisker(c color.Color, x, y0, y1 vg.Length) {
	var path vg.Path
	p.trace(&path, []vg.Point{{X: x, Y: y0}, {X: x, Y: y1}})
	p.trace(&path, []vg.Point{{X: x - 2.6, Y: y0}, {X: x + 2.6, Y: y0}})
	p.trace(&path, []vg.Point{{X: x - 2.6, Y: y1}, {X: x + 2.6, Y: y1}})
	p.stroke(c, 4*pixel, path)
}
