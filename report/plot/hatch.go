package plot

import (
	"math"

	"gonum.org/v1/plot/vg"
)

// pattern is how a surface can be told from another without its colour.
type pattern int

const (
	solid pattern = iota
	rising
	falling
	level
	crossed
	upright
	grid
	dotted
)

const (
	hatchWidth = 3 * pixel
	hatchStep  = vg.Length(5)
)

// hatch adds the lines of a pattern within a box. The lines continue from
// box to box, since they start at the corner of the page.
func (p pen) hatch(path *vg.Path, b box, style pattern) {
	if b.y0 >= b.y1 {
		return
	}
	switch style {
	case rising:
		p.slanted(path, b, 1)
	case falling:
		p.slanted(path, b, -1)
	case level:
		p.level(path, b)
	case upright:
		p.upright(path, b)
	case crossed:
		p.slanted(path, b, 1)
		p.slanted(path, b, -1)
	case grid:
		p.level(path, b)
		p.upright(path, b)
	case dotted:
		p.dotted(path, b)
	case solid:
	}
}

func (p pen) level(path *vg.Path, b box) {
	for y := firstAfter(b.y0); y < b.y1; y += hatchStep {
		p.trace(path, []vg.Point{{X: b.x0, Y: y}, {X: b.x1, Y: y}})
	}
}

func (p pen) upright(path *vg.Path, b box) {
	for x := firstAfter(b.x0); x < b.x1; x += hatchStep {
		p.trace(path, []vg.Point{{X: x, Y: b.y0}, {X: x, Y: b.y1}})
	}
}

// dotted adds dots in rows that are shifted against each other.
func (p pen) dotted(path *vg.Path, b box) {
	const step, half = hatchStep * 0.8, hatchWidth * 0.7
	for row := int(math.Ceil(float64(b.y0 / step))); vg.Length(row)*step < b.y1; row++ {
		shift := vg.Length(row%2) * step / 2
		for n := math.Ceil(float64((b.x0 - shift - half) / step)); ; n++ {
			x, y := vg.Length(n)*step+shift, vg.Length(row)*step
			if x-half >= b.x1 {
				break
			}
			p.trace(path, []vg.Point{{X: max(x-half, b.x0), Y: y}, {X: min(x+half, b.x1), Y: y}})
		}
	}
}

func firstAfter(v vg.Length) vg.Length {
	return vg.Length(math.Ceil(float64(v/hatchStep))) * hatchStep
}

// slanted adds the lines x + up·y = constant that cross the box.
func (p pen) slanted(path *vg.Path, b box, up vg.Length) {
	const step = hatchStep * math.Sqrt2
	lo, hi := b.x0+up*b.y0, b.x1+up*b.y1
	if up < 0 {
		lo, hi = b.x0-b.y1, b.x1-b.y0
	}
	for c := vg.Length(math.Ceil(float64(lo/step))) * step; c < hi; c += step {
		// y at the left and right side, then kept within the box
		xa, xb := b.x0, b.x1
		for _, edge := range []vg.Length{b.y0, b.y1} {
			cut := c - up*edge
			if (edge == b.y0) == (up > 0) {
				xb = min(xb, cut)
			} else {
				xa = max(xa, cut)
			}
		}
		if xb > xa {
			p.trace(path, []vg.Point{{X: xa, Y: (c - xa) * up}, {X: xb, Y: (c - xb) * up}})
		}
	}
}
