package plot

import (
	"image/color"
	"slices"

	"gonum.org/v1/plot/vg"
)

// keys are those of what the picture has.
func (s *forestSheet) keys() []key {
	has := func(wanted ...verdict) bool {
		return slices.ContainsFunc(s.panels, func(p forestPanel) bool {
			return slices.ContainsFunc(p.rows, func(l forestLine) bool { return slices.Contains(wanted, l.verdict) })
		})
	}
	var keys []key
	for _, k := range []struct {
		verdict verdict
		label   string
	}{
		{better, "better"}, {worse, "worse"}, {different, "different"},
		{unclear, "not clear: the 95 % interval contains 0"}, {same, "equal in every seed"}, {unknown, "no interval: too few seeds"},
	} {
		if has(k.verdict) {
			l := forestLine{verdict: k.verdict}
			keys = append(keys, key{k.label, func(p pen, b box) { l.draw(p, b.x0, (b.x0+b.x1)/2, b.x1, (b.y0+b.y1)/2) }})
		}
	}
	return keys
}

func (s *forestSheet) paint(to vg.Canvas) {
	p := pen{to, s.height}
	s.header.draw(p, marginTop)
	y := marginTop + s.header.height()
	if len(s.panels) == 0 {
		p.text(nameText, centre, pageWidth/2, y+emptyHeight/2, "nothing was compared")
		s.foot.draw(p, y+emptyHeight)
		return
	}
	for i, one := range s.panels {
		s.drawPanel(p, one, y, i == 0)
		y += one.height()
	}
	s.foot.draw(p, y-panelGap)
}

func (s *forestSheet) drawPanel(p pen, one forestPanel, y vg.Length, first bool) {
	const room = pageWidth - marginLeft - marginRight
	name := nameText.fit(one.name, room*0.55)
	p.text(nameText, left, marginLeft, y+11.5, name)
	x := marginLeft + nameText.width(name) + 6
	p.text(bodyText, left, x, y+11.5, bodyText.fit(one.fact, pageWidth-marginRight-x))
	y += panelTitle - 3
	top := snap(y + forestHead + 3)
	bottom := snap(top + vg.Length(len(one.rows))*forestRow)
	one.drawGround(p, s.plot, y, top, bottom)
	if first {
		p.text(tickText, right, s.share, y+9, "difference")
		p.text(tickText, left, s.share+10, y+9, "95 % interval")
	}
	for i, l := range one.rows {
		mid := top + (vg.Length(i)+0.5)*forestRow
		p.text(bodyText, right, s.plot.x0-10, mid+3, l.name)
		if l.verdict != missing {
			l.draw(p, one.axis.pos(l.low), one.axis.pos(l.at), one.axis.pos(l.high), snap(mid))
		}
		s.write(p, l, mid+3)
	}
	one.axis.below(p, bottom)
}

// write puts the numbers behind a row, pale where they are not clear.
func (s *forestSheet) write(p pen, l forestLine, base vg.Length) {
	style := markText
	if l.verdict != better && l.verdict != worse && l.verdict != different {
		style = bodyText
	}
	x := s.share
	if l.share != "" {
		p.text(style, right, x, base, l.share)
	}
	if w := s.shareWidth(); w > 0 {
		x -= w + 8
	}
	p.text(style, right, x, base, l.diff)
	p.text(bodyText, left, s.share+10, base, l.interval)
}

// shareWidth is that of the column of shares.
func (s *forestSheet) shareWidth() vg.Length {
	w := vg.Length(0)
	for _, p := range s.panels {
		for _, l := range p.rows {
			w = max(w, markText.width(l.share))
		}
	}
	return w
}

// drawGround tints the better side, and draws the grid and the line at zero.
func (p forestPanel) drawGround(to pen, plot box, words, top, bottom vg.Length) {
	zero := snap(p.axis.pos(0))
	switch p.better {
	case lowerIsBetter:
		to.fillBox(betterTint, box{plot.x0, top, zero, bottom})
		to.text(tickText, right, zero-5, words+9, "← better")
		to.text(tickText, left, zero+5, words+9, "worse →")
	case higherIsBetter:
		to.fillBox(betterTint, box{zero, top, plot.x1, bottom})
		to.text(tickText, right, zero-5, words+9, "← worse")
		to.text(tickText, left, zero+5, words+9, "better →")
	default:
		to.text(tickText, right, zero-5, words+9, "← less")
		to.text(tickText, left, zero+5, words+9, "more →")
	}
	for _, t := range p.axis.ticks {
		x := snap(p.axis.pos(t.at))
		to.line(hairGrey, hairWidth, vg.Point{X: x, Y: top}, vg.Point{X: x, Y: bottom})
	}
	to.line(capColour, 3*pixel, vg.Point{X: zero, Y: top - 3}, vg.Point{X: zero, Y: bottom})
}

// draw is the interval with its dot: filled where it is clear.
func (l forestLine) draw(p pen, low, at, high, y vg.Length) {
	colour := l.colour()
	whisker := func() {
		var path vg.Path
		p.trace(&path, []vg.Point{{X: low, Y: y}, {X: high, Y: y}})
		p.trace(&path, []vg.Point{{X: low, Y: y - 2.6}, {X: low, Y: y + 2.6}})
		p.trace(&path, []vg.Point{{X: high, Y: y - 2.6}, {X: high, Y: y + 2.6}})
		p.stroke(colour, 4*pixel, path)
	}
	switch l.verdict {
	case better, worse, different:
		if low < high {
			whisker()
		}
		p.fillDot(colour, circle, at, y, dotRadius)
	case unclear:
		whisker()
		p.hollowDot(colour, circle, at, y, dotRadius)
	case same:
		p.fillDot(colour, diamond, at, y, dotRadius)
	case unknown:
		p.hollowDot(colour, diamond, at, y, dotRadius)
	case missing:
	}
}

func (l forestLine) colour() color.NRGBA {
	switch l.verdict {
	case better:
		return okabeBlue
	case worse:
		return okabeVermillion
	case different:
		return capColour
	case unclear, same, unknown, missing:
	}
	return grey
}
