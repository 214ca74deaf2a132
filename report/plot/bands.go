package plot

import (
	"cmp"
	"slices"

	"gonum.org/v1/plot/vg"
)

const (
	maxBandLanes = 3
	maxBandTexts = 40
)

var (
	bandGrey = rgb(0xE4E7EA)
	bandEdge = rgb(0x7A7F85)
)

// placedBand is a band on the page, with the place of its text.
type placedBand struct {
	x0, x1 vg.Length
	text   string
	x      vg.Length // left end of the text
	lane   int       // from the top; -1 = no room for the text
}

// placeBands gives each text a lane in which it touches no other, over the
// middle of its band where it can be.
func placeBands(bands []Band, t timeAxis) (placed []placedBand, lanes int) {
	bands = slices.Clone(bands)
	slices.SortStableFunc(bands, func(a, b Band) int { return cmp.Compare(a.From, b.From) })
	var taken [maxBandLanes][]box
	texts := 0
	for _, in := range bands {
		to := in.To
		if to == 0 {
			to = t.span
		}
		b := placedBand{x0: snap(t.x(in.From)), x1: snap(t.x(to)), text: markText.fit(in.Text, 220), lane: -1}
		if b.x1-b.x0 < 1.5 {
			b.x0 = min(b.x0, snap(t.x1-1.5))
			b.x1 = b.x0 + 1.5
		}
		w := markText.width(b.text)
		b.x = min(max((b.x0+b.x1-w)/2, marginLeft), pageWidth-14-w)
		for lane := range taken {
			room := box{x0: b.x - 5, x1: b.x + w + 5}
			if b.text == "" || texts >= maxBandTexts || slices.ContainsFunc(taken[lane], room.touches) {
				continue
			}
			taken[lane] = append(taken[lane], room)
			b.lane, lanes, texts = lane, max(lanes, lane+1), texts+1
			break
		}
		placed = append(placed, b)
	}
	return placed, lanes
}

// shades are the stretches that any band covers, from left to right.
func shades(placed []placedBand) []box {
	var out []box
	for _, b := range placed {
		if n := len(out); n > 0 && b.x0 <= out[n-1].x1 {
			out[n-1].x1 = max(out[n-1].x1, b.x1)
		} else {
			out = append(out, box{x0: b.x0, x1: b.x1})
		}
	}
	return out
}

// drawBands shades the page behind everything else.
func drawBands(p pen, placed []placedBand, top, bottom vg.Length) {
	var path vg.Path
	for _, b := range shades(placed) {
		b.y0, b.y1 = top, bottom
		p.rect(&path, b)
	}
	p.fill(bandGrey, path)
}

// drawBandEdges shows over the data where bands begin and end.
func drawBandEdges(p pen, placed []placedBand, top, bottom vg.Length) {
	var path vg.Path
	for _, b := range shades(placed) {
		if b.x1-b.x0 < 4 {
			continue
		}
		p.trace(&path, []vg.Point{{X: b.x0, Y: top}, {X: b.x0, Y: bottom}})
		p.trace(&path, []vg.Point{{X: b.x1, Y: top}, {X: b.x1, Y: bottom}})
	}
	p.dashes(1, 1.5)
	p.stroke(bandEdge, hairWidth, path)
	p.dashes()
}

func drawBandTexts(p pen, placed []placedBand, y vg.Length) {
	for _, b := range placed {
		if b.lane >= 0 {
			p.text(markText, left, b.x, y+vg.Length(b.lane)*laneHeight+10, b.text)
		}
	}
}
