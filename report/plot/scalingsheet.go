package plot

import (
	"fmt"
	"math"
	"strings"
	"time"

	"gonum.org/v1/plot/vg"
)

const (
	maxScaled = 3 // services, and groups, that are drawn

	scalingHeight = vg.Length(560) // of all panels together, within these bounds each:
	shortestPanel = vg.Length(46)
	tallestPanel  = vg.Length(150)
)

// scalingSheet is the page, laid out.
type scalingSheet struct {
	header header
	panels []*scalingPanel
	time   timeAxis
	marks  []label
	lanes  int
	notes  []string
	height vg.Length
}

func newScalingSheet(in Scaling) *scalingSheet {
	s := &scalingSheet{header: newHeader(in.Title, in.Subtitle, nil)}
	end := in.length()
	for _, one := range in.Services[:min(len(in.Services), maxScaled)] {
		s.add(one.panels(end)...)
	}
	for _, one := range in.Groups[:min(len(in.Groups), maxScaled)] {
		s.add(one.panels(end)...)
	}
	s.add(costPanel(in.Costs, end))
	s.height = marginTop + s.header.height() + marginBottom
	if len(s.panels) == 0 {
		s.height += emptyHeight
		return s
	}
	s.share()
	s.time = newTimeAxis(time.Time{}, end, snap(s.gutter()), snap(pageWidth-s.border()))
	s.marks, s.lanes = placeMarks(in.Marks, s.time)
	for _, p := range s.panels {
		p.fold(s.time.x1)
		s.height += p.above() + p.tall + panelGap
	}
	s.notes = s.remarks(in)
	s.height += vg.Length(s.lanes)*laneHeight - panelGap + axisHeight + vg.Length(len(s.notes))*noteHeight
	return s
}

// add leaves out panels without data.
func (s *scalingSheet) add(panels ...*scalingPanel) {
	for _, p := range panels {
		if p != nil {
			s.panels = append(s.panels, p)
		}
	}
}

// share gives each panel its part of the height.
func (s *scalingSheet) share() {
	sum := vg.Length(0)
	for _, p := range s.panels {
		sum += p.weight
	}
	for _, p := range s.panels {
		p.tall = max(shortestPanel, min(tallestPanel, p.weight*scalingHeight/sum))
	}
}

// gutter is where the data begins, right of the widest value label.
func (s *scalingSheet) gutter() vg.Length {
	w := vg.Length(14)
	for _, p := range s.panels {
		for _, v := range p.ticks() {
			w = max(w, tickText.width(p.tickLabel(v)))
		}
	}
	return marginLeft + w + 6
}

// border is the room right of the data, where rules are named.
func (s *scalingSheet) border() vg.Length {
	w := marginRight
	for _, p := range s.panels {
		for _, r := range p.rules {
			w = max(w, ruleIndent+tickText.width(r.label(p.top, p.tickLabel))+16)
		}
	}
	return w
}

// fold moves the keys below the title where both do not fit on one line.
func (p *scalingPanel) fold(x1 vg.Length) {
	title := nameText.width(p.fitName()) + 6 + bodyText.width(p.fact)
	if p.alarm != "" {
		title += 6 + bodyText.width(p.alarm)
	}
	if room := x1 - marginLeft; title+14+smallWidth(p.keys) > room {
		p.legend = smallRows(p.keys, room)
	}
}

// fitName keeps what the panel shows where the name of its service is long.
func (p *scalingPanel) fitName() string {
	const room = (pageWidth - marginLeft - marginRight) * 0.42
	i := strings.LastIndex(p.name, ": ")
	if nameText.width(p.name) <= room || i < 0 {
		return nameText.fit(p.name, room)
	}
	what := nameText.fit(p.name[i:], room*0.7)
	return nameText.fit(p.name[:i], room-nameText.width(what)) + what
}

// above is the room a panel takes above its data.
func (p *scalingPanel) above() vg.Length {
	h := panelTitle + vg.Length(len(p.legend))*bodyLine
	if p.decides {
		h += strip - 4
	}
	return h
}

// remarks are what stands at the foot: what was asked for, and what the
// picture leaves out.
func (s *scalingSheet) remarks(in Scaling) []string {
	notes := tickText.wrap(in.Remark, pageWidth-marginLeft-marginRight, 3)
	var out []string
	if n := len(in.Services) - maxScaled; n > 0 {
		out = append(out, counted(n, "more service"))
	}
	if n := len(in.Groups) - maxScaled; n > 0 {
		out = append(out, counted(n, "more group"))
	}
	thin, band, metrics, rules, all, drawn := false, false, 0, 0, 0, 0
	for _, p := range s.panels {
		thin, band = thin || p.thin, band || len(p.bands) > 0
		metrics, rules = metrics+p.leftMetric, rules+p.leftRules
		all += len(p.outs) + len(p.ins)
		drawn += len(spaced(p.outs, s.time)) + len(spaced(p.ins, s.time))
	}
	for _, left := range []struct {
		n    int
		noun string
	}{{metrics, "more metric"}, {rules, "more threshold"}, {moments(in.Marks) - maxMarks, "more mark"}} {
		if left.n > 0 {
			out = append(out, counted(left.n, left.noun))
		}
	}
	if len(out) > 0 {
		notes = append(notes, "Left out: "+strings.Join(out, ", ")+".")
	}
	if drawn < all {
		notes = append(notes, fmt.Sprintf("%s of %s decisions have a triangle of their own; the others were within %s of one.",
			number(float64(drawn)), number(float64(all)), duration(math.Ceil(s.time.span*float64(2*triangle/(s.time.x1-s.time.x0))))))
	}
	cell := duration(max(1, math.Round(s.time.span/maxColumns*2)))
	if thin {
		notes = append(notes, fmt.Sprintf("Where more changed within %s, the lowest and the highest sum are drawn.", cell))
	}
	if band {
		notes = append(notes, "Lines are means; the pale bands behind them reach from the lowest to the highest.")
	}
	return notes
}

func (s *scalingSheet) paint(to vg.Canvas) {
	p := pen{to, s.height}
	s.header.draw(p, marginTop)
	y := marginTop + s.header.height()
	if len(s.panels) == 0 {
		p.text(nameText, centre, pageWidth/2, y+emptyHeight/2, "nothing was recorded")
		return
	}
	lanesTop := y
	y += vg.Length(s.lanes) * laneHeight
	top := y
	frames := make([]frame, len(s.panels))
	for i, one := range s.panels {
		y += one.above()
		frames[i] = frame{p, box{s.time.x0, snap(y), s.time.x1, snap(y + one.tall)}, s.time, one.top}
		one.draw(frames[i])
		y += one.tall + panelGap
	}
	bottom := snap(y - panelGap)
	drawMarks(p, s.marks, s.time, lanesTop, top, bottom)
	y = top
	for i, one := range s.panels {
		one.drawTitle(p, y, s.time.x1)
		one.drawDecisions(frames[i])
		y += one.above() + one.tall + panelGap
	}
	s.time.draw(p, bottom)
	for i, note := range s.notes {
		p.text(tickText, left, marginLeft, bottom+axisHeight+vg.Length(i)*noteHeight+8, tickText.fit(note, pageWidth-marginLeft-marginRight))
	}
}

// drawTitle writes over the marks, which run through all panels.
func (p *scalingPanel) drawTitle(pen pen, y, x1 vg.Length) {
	room := x1
	if p.legend == nil && len(p.keys) > 0 {
		room = x1 - smallWidth(p.keys)
		drawSmall(pen, room, y, p.keys)
		room -= 12
	}
	alarm := bodyText
	alarm.colour = alarmText
	x := marginLeft
	after := func(s textStyle, text string) {
		w := s.width(text)
		pen.fillBox(white, box{x - 3, y + 1, x + w + 3, y + panelTitle - 6})
		pen.text(s, left, x, y+11.5, text)
		x += w + 6
	}
	after(nameText, p.fitName())
	behind := vg.Length(0)
	if p.alarm != "" {
		behind = 6 + alarm.width(p.alarm)
	}
	after(bodyText, bodyText.fit(p.fact, room-x-behind))
	if p.alarm != "" {
		after(alarm, p.alarm)
	}
	for i, row := range p.legend {
		drawSmall(pen, marginLeft, y+vg.Length(i+1)*bodyLine, row)
	}
}

func (s *scalingSheet) describe() string {
	if len(s.panels) == 0 {
		return "Load and capacity: nothing was recorded."
	}
	var parts []string
	for _, p := range s.panels {
		fact := p.fact
		if p.alarm != "" {
			fact += " " + p.alarm
		}
		parts = append(parts, p.name+" ("+fact+")")
	}
	return fmt.Sprintf("Load and capacity over %s: %s.", duration(s.time.span), strings.Join(parts, ", "))
}
