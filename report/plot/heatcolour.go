package plot

import (
	"image/color"
	"math"

	"gonum.org/v1/plot/vg"
)

// heatLevels is how many shades there are; more cannot be told apart.
const heatLevels = 24

// heatStops are blues whose lightness falls evenly, so that they keep their
// order without colour. Neither end is white or black, which are paper and ink.
var heatStops = []color.NRGBA{rgb(0xE9F2F8), rgb(0xBAD6EA), rgb(0x7FB4DA), rgb(0x448FC3), rgb(0x1768A0), rgb(0x0B4272)}

// heatScale maps values to shades.
type heatScale struct {
	reach
	log  bool
	unit measure
}

func newHeatScale(heats []Heat) heatScale {
	var s heatScale
	for _, h := range heats {
		for _, row := range h.Values {
			s.add(row...)
		}
	}
	s.log = s.wide()
	name := ""
	if len(heats) > 0 {
		name = heats[0].Unit
	}
	s.unit = newMeasure(name, s.top())
	return s
}

// share is how far a value is from the lowest to the highest.
func (s heatScale) share(v float64) float64 {
	share := 0.0
	switch {
	case s.high <= s.low:
		return 0.4
	case s.log:
		share = math.Log(v/s.low) / math.Log(s.high/s.low)
	default: // halves, for the difference of two numbers of maxValue has no room
		share = (v/2 - s.low/2) / (s.high/2 - s.low/2)
	}
	return min(max(share, 0), 1)
}

func (s heatScale) level(v float64) int { return min(int(s.share(v)*heatLevels), heatLevels-1) }

func heatShade(level int) color.NRGBA {
	at := float64(min(max(level, 0), heatLevels-1)) / (heatLevels - 1) * float64(len(heatStops)-1)
	i := min(int(at), len(heatStops)-2)
	return mixed(heatStops[i], heatStops[i+1], at-float64(i))
}

// mixed is between two colours.
func mixed(a, b color.NRGBA, share float64) color.NRGBA {
	mix := func(x, y uint8) uint8 { return uint8(math.Round(float64(x) + share*(float64(y)-float64(x)))) }
	return color.NRGBA{mix(a.R, b.R), mix(a.G, b.G), mix(a.B, b.B), 0xFF}
}

// readable is the colour of a text on a ground: black or white, whichever
// contrasts more. Ink is too pale for the shades in the middle.
func readable(ground color.NRGBA) color.NRGBA {
	if contrast(ground, black) >= contrast(ground, white) {
		return black
	}
	return white
}

// contrast is that of the accessibility guidelines (WCAG 2), from 1 to 21.
func contrast(a, b color.NRGBA) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(c color.NRGBA) float64 {
	linear := func(v uint8) float64 {
		if s := float64(v) / 255; s > 0.04045 {
			return math.Pow((s+0.055)/1.055, 2.4)
		}
		return float64(v) / 255 / 12.92
	}
	return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
}

const (
	heatBar    = vg.Length(216) // a whole number of pixels for each shade
	heatBarTop = vg.Length(10)
	heatKey    = vg.Length(32) // the bar with its numbers and the space below
)

// drawKey draws the shades with numbers below, behind the name of the figure.
func (s heatScale) drawKey(p pen, name string, y vg.Length) {
	caption := bodyText.fit(s.unit.caption(name), footRoom-heatBar-30)
	p.text(bodyText, left, marginLeft, y+9, caption)
	x0 := snap(marginLeft)
	if caption != "" {
		x0 = snap(marginLeft + bodyText.width(caption) + 14)
	}
	y0, y1 := snap(y+0.5), snap(y+0.5+heatBarTop)
	if s.high <= s.low {
		p.fillBox(heatShade(s.level(s.low)), box{x0, y0, x0 + keyWidth, y1})
		p.text(tickText, left, x0+keyWidth+5, y+9, s.unit.text(s.low)+" in all cells")
		return
	}
	for i := range heatLevels {
		step := heatBar / heatLevels
		p.fillBox(heatShade(i), box{snap(x0 + vg.Length(i)*step), y0, snap(x0 + vg.Length(i+1)*step), y1})
	}
	axis := s.axis(x0)
	for _, t := range axis.ticks {
		x := snap(axis.pos(t.at))
		p.line(capColour, hairWidth, vg.Point{X: x, Y: y1}, vg.Point{X: x, Y: y1 + 2.5})
	}
	axis.below(p, y1+0.5)
	if s.log {
		p.text(tickText, left, x0+heatBar+24, y+9, "logarithmic")
	}
}

// axis has its ends named, and round numbers where there is room between them.
func (s heatScale) axis(x0 vg.Length) numberAxis {
	a := newNumberAxis(x0, x0+heatBar, s.reach, s.unit, 4)
	if s.log {
		a = newLogAxis(x0, x0+heatBar, s.reach, s.unit, 4)
		a.low, a.high = s.low, s.high
	}
	low, high := numberTick{s.low, s.unit.bare(s.low)}, numberTick{s.high, s.unit.bare(s.high)}
	ticks := []numberTick{low}
	for _, t := range a.ticks {
		apart := func(o numberTick) bool {
			gap := a.pos(t.at) - a.pos(o.at)
			return max(gap, -gap) > (tickText.width(t.label)+tickText.width(o.label))/2+8
		}
		if apart(low) && apart(high) {
			ticks = append(ticks, t)
		}
	}
	a.ticks = append(ticks, high)
	return a
}
