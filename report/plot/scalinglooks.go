package plot

import (
	"image/color"
	"slices"

	"gonum.org/v1/plot/vg"
)

// Looks of the picture of scaling. What is there is solid, what is on its way
// in or out is hatched, what was asked for is a bold line: the same for tasks
// and for instances. Only what was dropped has the alarm's colour.
var (
	servedLook  = look{rgb(0xC4DDEE), solid, white}
	droppedLook = look{okabeVermillion, rising, white}
	thereLook   = look{okabeSky, solid, white}
	comingLook  = look{rgb(0xF7D58C), rising, ink}
	goingLook   = look{rgb(0xEBCBDC), upright, grey}

	offeredLine = lineLook{colour: ink, width: 5 * pixel}
	latencyLine = lineLook{colour: alarmFree, width: 5 * pixel}
	desiredLine = lineLook{colour: capColour, width: capWidth}

	// metricLines are those of the metrics in one panel.
	metricLines = [maxMetrics]lineLook{
		{colour: okabeBlue, width: 5 * pixel},
		{colour: alarmFree, width: 5 * pixel, dashes: [4]vg.Length{6, 1.5, 6, 1.5}},
		{colour: rgb(0x00664A), width: 6 * pixel, dashes: [4]vg.Length{1.5, 1.8, 1.5, 1.8}},
	}

	// Rules are level lines of what does not change.
	targetRule = lineLook{colour: ink, width: 3 * pixel, dashes: [4]vg.Length{5, 3, 5, 3}}
	alarmRule  = lineLook{colour: grey, width: 3 * pixel, dashes: [4]vg.Length{1.2, 2.4, 1.2, 2.4}}
	boundRule  = lineLook{colour: baseGrey, width: 3 * pixel}
)

const (
	smallKey    = vg.Length(14) // width of a sample in a panel's title
	smallKeyGap = vg.Length(9)
	triangle    = vg.Length(2.8) // half of its base
	strip       = vg.Length(12)  // of the triangles above a panel
)

func (k key) small() vg.Length { return smallKey + 3.5 + tickText.width(k.label) }

// smallWidth is what keys take next to each other.
func smallWidth(keys []key) vg.Length {
	w := vg.Length(0)
	for i, k := range keys {
		if i > 0 {
			w += smallKeyGap
		}
		w += k.small()
	}
	return w
}

// drawSmall draws keys next to each other, on white where marks run below.
func drawSmall(p pen, x, y vg.Length, keys []key) {
	for _, k := range keys {
		p.fillBox(white, box{x - 3, y + 1, x + k.small() + 3, y + panelTitle - 6})
		k.sample(p, box{snap(x), snap(y + 4.8), snap(x + smallKey), snap(y + 12)})
		p.text(tickText, left, x+smallKey+3.5, y+11.4, k.label)
		x += k.small() + smallKeyGap
	}
}

// smallRows breaks keys into rows.
func smallRows(keys []key, room vg.Length) [][]key {
	var rows [][]key
	for _, k := range keys {
		last := len(rows) - 1
		if last < 0 || smallWidth(append(slices.Clip(rows[last]), k)) > room {
			rows = append(rows, nil)
			last++
		}
		rows[last] = append(rows[last], k)
	}
	return rows
}

func sampleOut(p pen, b box) {
	drawTriangles(p, []vg.Length{(b.x0 + b.x1) / 2}, (b.y0+b.y1)/2+triangle*0.8, true)
}

func sampleIn(p pen, b box) {
	drawTriangles(p, []vg.Length{(b.x0 + b.x1) / 2}, (b.y0+b.y1)/2-triangle*0.8, false)
}

// drawTriangles stands triangles on a level line, or hangs them from it.
func drawTriangles(p pen, xs []vg.Length, y vg.Length, up bool) {
	tip := y - 1.75*triangle
	if !up {
		tip = y + 1.75*triangle
	}
	var path vg.Path
	for _, x := range xs {
		p.trace(&path, []vg.Point{{X: x - triangle, Y: y}, {X: x, Y: tip}, {X: x + triangle, Y: y}})
		path.Close()
	}
	p.fill(capColour, path)
}

// spaced are the places of moments, without those too close to an earlier one.
func spaced(times []float64, t timeAxis) []vg.Length {
	times = slices.Clone(times)
	slices.Sort(times)
	var out []vg.Length
	for _, at := range times {
		if x := t.x(at); len(out) == 0 || x-out[len(out)-1] >= 2*triangle {
			out = append(out, x)
		}
	}
	return out
}

// pale is a colour for surfaces behind a line of the colour.
func pale(c color.NRGBA) color.NRGBA {
	lift := func(v uint8) uint8 { return uint8(255 - (255-int(v))*3/10) }
	return color.NRGBA{lift(c.R), lift(c.G), lift(c.B), 255}
}

// dark reports whether white text is easier to read than black on a colour.
func dark(c color.NRGBA) bool {
	return 0.299*float64(c.R)+0.587*float64(c.G)+0.114*float64(c.B) < 128
}
