package plot

import (
	"cmp"
	"fmt"
	"image/color"

	"gonum.org/v1/plot/vg"
)

const (
	barsHeight = vg.Length(230)
	calmHeight = vg.Length(120) // of the picture without failures
	rowHeight  = vg.Length(24)  // of a reason without a time axis
	yCaption   = vg.Length(15)
)

// look is how a reason's bars differ from the others', with and without colour.
type look struct {
	colour color.NRGBA
	hatch  pattern
	lines  color.NRGBA
}

var (
	looks = [maxReasons]look{
		{okabeVermillion, solid, white},
		{okabeSky, rising, ink},
		{okabeYellow, level, ink},
		{okabeBlue, falling, white},
		{okabePurple, crossed, ink},
		{okabeGreen, upright, white},
		{okabeOrange, grid, ink},
	}
	otherLook = look{softGrey, solid, white}
)

// DrawFailures draws failed placements as bars stacked by reason, with the
// totals in the legend. Without failures the picture says so. NaN, infinite
// and negative numbers are refused.
func DrawFailures(f Failures) (Picture, error) {
	if err := f.problems(); err != nil {
		return Picture{}, fmt.Errorf("drawing placement failures: %w", err)
	}
	s := newFailureSheet(f)
	return Picture{
		height: s.height,
		title:  cmp.Or(clean(f.Title), "Placement failures"),
		alt:    s.describe(),
		paint:  s.paint,
	}, nil
}

// failureSheet is the page, laid out.
type failureSheet struct {
	binned
	header header
	rows   bool // one bar a reason, no time axis
	time   timeAxis
	top    float64
	height vg.Length
}

func newFailureSheet(f Failures) *failureSheet {
	s := &failureSheet{binned: bin(f)}
	s.rows = f.Instant || s.total > 0 && len(s.reasons[0].bins) == 1
	s.height = marginTop + marginBottom
	switch {
	case s.total == 0:
		s.header = newHeader(f.Title, f.Subtitle, nil)
		s.height += calmHeight
	case s.rows:
		s.header = newHeader(f.Title, f.Subtitle, nil)
		s.height += yCaption + rowHeight*vg.Length(len(s.reasons))
	default:
		s.header = newHeader(f.Title, f.Subtitle, s.keys())
		s.top = s.tallest() * 1.05
		s.height += yCaption + barsHeight + axisHeight
		s.time = newTimeAxis(f.Start, s.end, snap(s.gutter()), snap(pageWidth-marginRight))
	}
	s.height += s.header.height()
	return s
}

func (s *failureSheet) ticks() []float64 {
	return valueTicks(s.top, 7, false, s.top >= 1) // no half failures
}

func (s *failureSheet) gutter() vg.Length {
	w := vg.Length(14)
	for _, v := range s.ticks() {
		w = max(w, tickText.width(number(v)))
	}
	return marginLeft + w + 6
}

func (s *failureSheet) keys() []key {
	var keys []key
	for _, r := range s.reasons {
		total := ": " + number(r.total)
		room := pageWidth - marginLeft - marginRight - keyWidth - 5 - bodyText.width(total)
		keys = append(keys, key{bodyText.fit(r.name, room) + total, r.look.sample})
	}
	return keys
}

func (l look) sample(p pen, b box) { l.bars(p, []box{b}) }

// bars draws boxes with colour, hatching and a thin white outline that
// parts them from their neighbours.
func (l look) bars(p pen, boxes []box) {
	var fill, lines, edge vg.Path
	for _, b := range boxes {
		p.rect(&fill, b)
		if b.x1-b.x0 >= 2 && b.y1-b.y0 >= 2 {
			p.hatch(&lines, b, l.hatch)
		}
		if b.x1-b.x0 >= 3 && b.y1-b.y0 >= 1.5 {
			p.rect(&edge, b)
		}
	}
	p.fill(l.colour, fill)
	p.stroke(l.lines, hatchWidth, lines)
	p.stroke(white, 3*pixel, edge)
}

func (s *failureSheet) paint(to vg.Canvas) {
	p := pen{to, s.height}
	s.header.draw(p, marginTop)
	y := marginTop + s.header.height()
	switch {
	case s.total == 0:
		s.paintCalm(p, y)
	case s.rows:
		s.paintRows(p, y)
	default:
		s.paintTime(p, y)
	}
}

// paintCalm is the picture that everybody hopes for.
func (s *failureSheet) paintCalm(p pen, y vg.Length) {
	const text = "no placement failed"
	p.outline(hairGrey, hairWidth, box{snap(marginLeft), snap(y), snap(pageWidth - marginRight), snap(y + calmHeight)})
	mid := y + calmHeight/2
	x := (pageWidth - titleText.width(text) - 26) / 2
	p.line(okabeGreen, 3, vg.Point{X: x, Y: mid}, vg.Point{X: x + 6, Y: mid + 6}, vg.Point{X: x + 17, Y: mid - 8})
	p.text(titleText, left, x+26, mid+4, text)
}

// paintRows draws one bar a reason, its name before and its number behind.
func (s *failureSheet) paintRows(p pen, y vg.Length) {
	p.text(tickText, left, marginLeft, y+7, "failed placements")
	y += yCaption
	names, numbers, most := vg.Length(0), vg.Length(0), 0.0
	for _, r := range s.reasons {
		names = max(names, bodyText.width(bodyText.fit(r.name, pageWidth*0.4)))
		numbers = max(numbers, bodyText.width(number(r.total)))
		most = max(most, r.total)
	}
	x0 := snap(marginLeft + names + 8)
	room := pageWidth - marginRight - numbers - 6 - x0
	for _, r := range s.reasons {
		b := box{x0, snap(y + 4), snap(x0 + max(1, room*vg.Length(r.total/most))), snap(y + rowHeight - 4)}
		p.text(bodyText, right, x0-8, y+rowHeight/2+3, bodyText.fit(r.name, pageWidth*0.4))
		r.look.bars(p, []box{b})
		p.text(markText, left, b.x1+6, y+rowHeight/2+3, number(r.total))
		y += rowHeight
	}
	p.line(baseGrey, hairWidth, vg.Point{X: x0, Y: y}, vg.Point{X: x0, Y: y - rowHeight*vg.Length(len(s.reasons))})
}

func (s *failureSheet) paintTime(p pen, y vg.Length) {
	p.text(tickText, left, marginLeft, y+7, "failed placements per "+perTime(s.width))
	y += yCaption
	f := frame{p, box{s.time.x0, snap(y), s.time.x1, snap(y + barsHeight)}, s.time, s.top}
	f.grid(s.ticks(), number)
	floor := make([]float64, len(s.reasons[0].bins))
	for _, r := range s.reasons {
		var boxes []box
		for i, v := range r.bins {
			if v == 0 {
				continue
			}
			b := s.column(f, i)
			b.y0, b.y1 = f.y(floor[i]+v), f.y(floor[i])
			floor[i] += v
			boxes = append(boxes, b)
		}
		r.look.bars(p, boxes)
	}
	f.line(baseGrey, hairWidth, vg.Point{X: f.x0, Y: f.y1}, vg.Point{X: f.x1, Y: f.y1})
	s.time.draw(p, f.y1)
}

// column is where bin i is, never too thin to see.
func (s *failureSheet) column(f frame, i int) box {
	b := box{x0: snap(f.time.x(float64(i) * s.width)), x1: snap(f.time.x(float64(i+1) * s.width))}
	if b.x1-b.x0 < 1.5 {
		b.x0 = min(b.x0, f.x1-1.5)
		b.x1 = b.x0 + 1.5
	}
	return b
}

func (s *failureSheet) describe() string {
	if s.total == 0 {
		return "Placement failures: no placement failed."
	}
	most := s.reasons[0]
	for _, r := range s.reasons {
		if r.total > most.total {
			most = r
		}
	}
	over := ""
	if !s.rows {
		over = " over " + duration(s.end)
	}
	return fmt.Sprintf("%s placements failed%s; the most frequent reason is %s (%s).",
		number(s.total), over, most.name, number(most.total))
}
