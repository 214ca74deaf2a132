package plot

import (
	"cmp"
	"fmt"
	"slices"

	"gonum.org/v1/plot/vg"
)

const (
	maxBandLanes = 3
	maxBandTexts = 24
	maxSameText  = 3 // bands that repeat their text
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

// placeBands gives each text a lane in which it touches no other. A text of
// many bands is written once.
func placeBands(bands []Band, t timeAxis) (placed []placedBand, lanes int) {
	bands = slices.Clone(bands)
	slices.SortStableFunc(bands, func(a, b Band) int { return cmp.Compare(a.From, b.From) })
	var taken [maxBandLanes][]box
	count := map[string]int{}
	for _, in := range bands {
		count[in.Text]++
	}
	texts := 0
	for _, in := range bands {
		b := newPlacedBand(in, t)
		text, times := in.Text, ""
		switch n := count[text]; {
		case n < 0: // written already
			text = ""
		case n > maxSameText:
			times = fmt.Sprintf(" (%s times)", number(float64(n)))
			count[text] = -1
		}
		for _, room := range []vg.Length{220, 75} { // shortened where there is no room
			if text == "" || texts >= maxBandTexts || !b.write(markText.fit(text, room)+times, taken[:]) {
				continue
			}
			lanes, texts = max(lanes, b.lane+1), texts+1
			break
		}
		placed = append(placed, b)
	}
	return placed, lanes
}

// newPlacedBand is wide enough to be seen.
func newPlacedBand(in Band, t timeAxis) placedBand {
	to := in.To
	if to == 0 {
		to = t.span
	}
	b := placedBand{x0: snap(t.x(in.From)), x1: snap(t.x(to)), lane: -1}
	if b.x1-b.x0 < 1.5 {
		b.x0 = min(b.x0, snap(t.x1-1.5))
		b.x1 = b.x0 + 1.5
	}
	return b
}

// write puts the text into the first lane with room for it, if there is one.
func (b *placedBand) write(text string, taken [][]box) bool {
	w := markText.width(text)
	x := b.x0 + 4
	if x+w > pageWidth-14 {
		x = max(marginLeft, min(b.x1-4, pageWidth-14)-w)
	}
	room := box{x0: min(x, b.x0) - 4, x1: max(x+w, b.x0) + 4}
	for lane := range taken {
		if !slices.ContainsFunc(taken[lane], room.touches) {
			taken[lane] = append(taken[lane], room)
			b.text, b.x, b.lane = text, x, lane
			return true
		}
	}
	return false
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

// drawBands shades the page from the lane of each text to the bottom, behind
// everything else, and writes the texts. Bands without one begin at top.
func drawBands(p pen, placed []placedBand, lanesTop, top, bottom vg.Length) {
	top = snap(top)
	for _, b := range shades(placed) { // one by one: many in one path take long
		p.fillBox(bandGrey, box{b.x0, top, b.x1, bottom})
	}
	for _, b := range placed {
		if b.lane >= 0 {
			p.fillBox(bandGrey, box{b.x0, snap(lanesTop + vg.Length(b.lane)*laneHeight), b.x1, top})
		}
	}
	for _, b := range placed {
		if b.lane >= 0 {
			p.text(markText, left, b.x, lanesTop+vg.Length(b.lane)*laneHeight+10, b.text)
		}
	}
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
