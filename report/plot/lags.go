package plot

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/plot/vg"
)

const (
	maxLags   = 12
	lagHeight = vg.Length(25) // of a row
	lagLabels = 0.3           // of the page, at most, for the rows' labels
	lagAxis   = vg.Length(16) // labels of the axis, which needs no caption
	lagInside = vg.Length(6)  // that a text in a bar leaves free
)

// Lags is the picture of where the time goes between more load and more
// capacity: one bar an episode, or a variant of a scenario, split into phases.
type Lags struct {
	Title, Subtitle string
	Phases          []string // in the order of time: "detection", "decision", "boot"
	Rows            []LagRow
}

// LagRow is one bar.
type LagRow struct {
	Label   string
	Seconds []float64 // of each phase; missing = 0
}

// DrawLags draws horizontal bars, the longest on top. Of many rows the longest
// are drawn. NaN, infinite and negative numbers are refused, and more numbers
// in a row than there are phases.
func DrawLags(l Lags) (Picture, error) {
	if err := l.problems(); err != nil {
		return Picture{}, fmt.Errorf("drawing lags: %w", err)
	}
	s := newLagSheet(l)
	return Picture{
		height: s.height,
		title:  cmp.Or(clean(l.Title), "Where the time goes"),
		alt:    s.describe(),
		paint:  s.paint,
	}, nil
}

func (l Lags) problems() error {
	var errs []error
	for i, r := range l.Rows {
		path := fmt.Sprintf("row %d (%s)", i, r.Label)
		if len(r.Seconds) > len(l.Phases) {
			errs = append(errs, fmt.Errorf("%s: has %d phases, there are %d", path, len(r.Seconds), len(l.Phases)))
		}
		for j, v := range r.Seconds {
			if err := checkTime(fmt.Sprintf("%s: phase %d", path, j), v); err != nil {
				errs = append(errs, err)
				break
			}
		}
	}
	return errors.Join(errs...)
}

// lagSheet is the page, laid out.
type lagSheet struct {
	header header
	phases []lagPhase
	rows   []lagBar
	axis   timeAxis // from no time to the longest
	note   string
	height vg.Length
}

type lagPhase struct {
	name string
	look look
}

// lagBar is a row with one length for each phase that is drawn.
type lagBar struct {
	label string
	parts []float64
	total float64
}

func newLagSheet(in Lags) *lagSheet {
	s := &lagSheet{}
	s.split(in)
	slices.SortStableFunc(s.rows, func(a, b lagBar) int { return cmp.Compare(b.total, a.total) })
	if n := len(s.rows); n > maxLags {
		s.note = fmt.Sprintf("The %d longest of %s; the others took %s at most.", maxLags, number(float64(n)), lagText(s.rows[maxLags].total))
		s.rows = s.rows[:maxLags]
	}
	var keys []key
	for i, p := range s.phases {
		if slices.ContainsFunc(s.rows, func(b lagBar) bool { return b.parts[i] > 0 }) {
			keys = append(keys, key{p.name, p.look.sample})
		}
	}
	s.header = newHeader(in.Title, in.Subtitle, keys)
	s.height = marginTop + s.header.height() + marginBottom
	if len(s.rows) == 0 {
		s.height += emptyHeight
		return s
	}
	s.height += 4 + vg.Length(len(s.rows))*lagHeight + lagAxis
	if s.note != "" {
		s.height += noteHeight
	}
	s.scale()
	return s
}

// split gives each phase its look; the last are summed up if there are too
// many to be told apart.
func (s *lagSheet) split(in Lags) {
	kept := len(in.Phases)
	if kept > maxSeries {
		kept = maxSeries - 1
	}
	for i, name := range in.Phases[:kept] {
		s.phases = append(s.phases, lagPhase{cmp.Or(clean(name), "unnamed"), stackLooks[i]})
	}
	if kept < len(in.Phases) {
		s.phases = append(s.phases, lagPhase{restName, otherLook})
	}
	for _, r := range in.Rows {
		b := lagBar{label: cmp.Or(clean(r.Label), "unnamed"), parts: make([]float64, len(s.phases))}
		for i, v := range r.Seconds {
			b.parts[min(i, kept)] += v
			b.total += v
		}
		s.rows = append(s.rows, b)
	}
}

// scale leaves room for the labels before and the totals behind the bars.
func (s *lagSheet) scale() {
	before, behind := vg.Length(0), vg.Length(0)
	for _, b := range s.rows {
		before = max(before, bodyText.width(b.fitLabel()))
		behind = max(behind, markText.width(lagText(b.total)))
	}
	x0, x1 := snap(marginLeft+before+8), snap(pageWidth-marginRight-behind-6)
	span := s.rows[0].total
	if span == 0 {
		span = 1
	}
	s.axis = timeAxis{x0: x0, x1: x1, span: span}
	step := niceStep(span)
	for i := 0; float64(i)*step <= span*(1+1e-9) && i <= 2*timeTicks; i++ {
		at := float64(i) * step
		s.axis.ticks = append(s.axis.ticks, timeTick{at, lagTick(at, span)})
	}
}

func (b lagBar) fitLabel() string { return bodyText.fit(b.label, pageWidth*lagLabels) }

// lagTick is in the unit that suits the axis.
func lagTick(at, span float64) string {
	switch {
	case at == 0:
		return "0"
	case span >= 2*day:
		return number(at/day) + " d"
	case span >= 2*hour:
		return number(at/hour) + " h"
	case span > 3*minute:
		return number(at/minute) + " min"
	}
	return fine(at) + " s"
}

// lagText is a length of time with no more digits than matter.
func lagText(seconds float64) string {
	whole := math.Round(seconds)
	switch {
	case whole < 10:
		return fine(seconds) + " s"
	case whole < minute:
		return fine(whole) + " s"
	case whole >= hour:
		return duration(math.Round(whole/minute) * minute)
	case math.Mod(whole, minute) == 0:
		return duration(whole)
	}
	return fmt.Sprintf("%s %g s", duration(whole), math.Mod(whole, minute))
}

func (s *lagSheet) paint(to vg.Canvas) {
	p := pen{to, s.height}
	s.header.draw(p, marginTop)
	y := marginTop + s.header.height()
	if len(s.rows) == 0 {
		p.text(nameText, centre, pageWidth/2, y+emptyHeight/2, "nothing was recorded")
		return
	}
	top := snap(y + 4)
	bottom := snap(top + vg.Length(len(s.rows))*lagHeight)
	for _, t := range s.axis.ticks {
		x := snap(s.axis.x(t.at))
		p.line(hairGrey, hairWidth, vg.Point{X: x, Y: top}, vg.Point{X: x, Y: bottom})
	}
	boxes := make([][]box, len(s.phases))
	for i, b := range s.rows {
		s.place(b, top+vg.Length(i)*lagHeight, boxes)
	}
	for i, phase := range s.phases {
		phase.look.bars(p, boxes[i])
	}
	for i, b := range s.rows {
		s.write(p, b, top+vg.Length(i)*lagHeight)
	}
	p.line(baseGrey, hairWidth, vg.Point{X: s.axis.x0, Y: top}, vg.Point{X: s.axis.x0, Y: bottom})
	s.axis.draw(p, bottom)
	p.text(tickText, left, marginLeft, bottom+lagAxis+8, s.note)
}

// place adds the boxes of a bar to those of their phases.
func (s *lagSheet) place(b lagBar, y vg.Length, boxes [][]box) {
	at := 0.0
	for i, v := range b.parts {
		if v > 0 {
			x0 := snap(s.axis.x(at))
			boxes[i] = append(boxes[i], box{x0, snap(y + 4), max(snap(s.axis.x(at+v)), x0+pixel), snap(y + lagHeight - 4)})
		}
		at += v
	}
}

// write labels the bar: its name before, its parts inside where they have
// room, its total behind.
func (s *lagSheet) write(p pen, b lagBar, y vg.Length) {
	base := y + lagHeight/2 + 3
	p.text(bodyText, right, s.axis.x0-8, base, b.fitLabel())
	at := 0.0
	for i, v := range b.parts {
		x0, x1 := s.axis.x(at), s.axis.x(at+v)
		at += v
		phase := s.phases[i]
		for _, text := range []string{phase.name + " " + lagText(v), lagText(v)} {
			w := tickText.width(text)
			if v == 0 || w+2*lagInside > x1-x0 {
				continue
			}
			mid := (x0 + x1) / 2
			style := tickText
			style.colour = ink
			if dark(phase.look.colour) {
				style.colour = white
			}
			p.fillBox(phase.look.colour, box{mid - w/2 - 3, base - 8.5, mid + w/2 + 3, base + 2.5})
			p.text(style, centre, mid, base, text)
			break
		}
	}
	x, total := s.axis.x(b.total)+6, lagText(b.total)
	p.fillBox(white, box{x - 3, base - 9, x + markText.width(total) + 3, base + 3})
	p.text(markText, left, x, base, total)
}

func (s *lagSheet) describe() string {
	if len(s.rows) == 0 {
		return "Time from more load to more capacity: nothing was recorded."
	}
	worst, most := s.rows[0], 0
	for i, v := range worst.parts {
		if v > worst.parts[most] {
			most = i
		}
	}
	text := fmt.Sprintf("Time from more load to more capacity; the longest is %s (%s", worst.label, lagText(worst.total))
	if worst.total > 0 {
		text += fmt.Sprintf(", of which %s took %s", s.phases[most].name, lagText(worst.parts[most]))
	}
	return text + ")."
}
