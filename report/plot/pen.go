package plot

import (
	"image/color"
	"math"

	"gonum.org/v1/plot/vg"
)

// pen draws on a page whose origin is the top left corner, as one reads.
type pen struct {
	to     vg.Canvas
	height vg.Length
}

type align int

const (
	left align = iota
	centre
	right
)

// box is a rectangle on the page: x to the right, y downwards.
type box struct{ x0, y0, x1, y1 vg.Length }

// snap moves a coordinate to a pixel border of the PNG, so that hairlines
// and edges are sharp.
func snap(v vg.Length) vg.Length {
	return vg.Length(math.Round(float64(v/pixel))) * pixel
}

func (p pen) at(x, y vg.Length) vg.Point { return vg.Point{X: x, Y: p.height - y} }

func (p pen) text(s textStyle, a align, x, baseline vg.Length, text string) {
	if text == "" {
		return
	}
	switch a {
	case left:
	case centre:
		x -= s.width(text) / 2
	case right:
		x -= s.width(text)
	}
	p.to.SetColor(s.colour)
	p.to.FillString(s.face(), p.at(x, baseline), text)
}

func (p pen) line(c color.Color, width vg.Length, pts ...vg.Point) {
	var path vg.Path
	p.trace(&path, pts)
	p.stroke(c, width, path)
}

func (p pen) stroke(c color.Color, width vg.Length, path vg.Path) {
	if len(path) == 0 {
		return
	}
	p.to.SetColor(c)
	p.to.SetLineWidth(width)
	p.to.Stroke(path)
}

func (p pen) fill(c color.Color, path vg.Path) {
	if len(path) == 0 {
		return
	}
	p.to.SetColor(c)
	p.to.Fill(path)
}

func (p pen) dashes(pattern ...vg.Length) { p.to.SetLineDash(pattern, 0) }

// trace adds points of the page to a path as one line.
func (p pen) trace(path *vg.Path, pts []vg.Point) {
	for i, pt := range pts {
		if i == 0 {
			path.Move(p.at(pt.X, pt.Y))
		} else {
			path.Line(p.at(pt.X, pt.Y))
		}
	}
}

// rect adds a rectangle to a path.
func (p pen) rect(path *vg.Path, b box) {
	p.trace(path, []vg.Point{{X: b.x0, Y: b.y0}, {X: b.x1, Y: b.y0}, {X: b.x1, Y: b.y1}, {X: b.x0, Y: b.y1}})
	path.Close()
}

func (p pen) fillBox(c color.Color, b box) {
	var path vg.Path
	p.rect(&path, b)
	p.fill(c, path)
}

func (p pen) outline(c color.Color, width vg.Length, b box) {
	var path vg.Path
	p.rect(&path, b)
	p.stroke(c, width, path)
}
