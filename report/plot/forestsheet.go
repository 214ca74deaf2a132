package plot

import (
	"cmp"
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/plot/vg"
)

const (
	maxCompared  = 6
	maxRows      = 72 // of all panels; at most maxVariants of one
	maxVariants  = 40
	minVariants  = 8
	forestRow    = vg.Length(18)
	forestHead   = vg.Length(13)  // the words above the rows
	forestAxis   = vg.Length(17)  // labels of the axis
	forestName   = 0.27           // of the page, at most, for the variants' names
	forestText   = vg.Length(84)  // of a difference, at most
	forestBounds = vg.Length(128) // of an interval, at most
	forestSide   = 0.2            // of the other side, that each side of zero has at least
)

// betterTint is the ground on the better side of zero.
var betterTint = rgb(0xEDF5FA)

// verdict is what a row tells.
type verdict int

const (
	unclear   verdict = iota // the interval contains 0
	better                   // …is on the better side
	worse                    // …on the other
	different                // …on one side, and neither is better
	same                     // no difference in any seed
	unknown                  // no interval
	missing                  // no value
)

var verdictWords = map[verdict]string{better: " (better)", worse: " (worse)"}

// forestSheet is the page, laid out.
type forestSheet struct {
	header header
	base   string
	panels []forestPanel
	plot   box       // its x only
	share  vg.Length // right end of the differences and their shares
	foot   foot
	height vg.Length
}

// forestPanel is one metric.
type forestPanel struct {
	name, fact, better string
	rows               []forestLine
	unit               measure
	axis               numberAxis
}

// forestLine is one variant in words and in places.
type forestLine struct {
	name                  string
	verdict               verdict
	at, low, high         float64
	diff, share, interval string
}

func newForestSheet(in Forest) *forestSheet {
	s := &forestSheet{base: cmp.Or(bodyText.fit(in.Base, pageWidth*forestName), "the base")}
	var notes []string
	if n := len(in.Metrics) - maxCompared; n > 0 {
		notes = append(notes, "Left out: "+counted(n, "more metric")+".")
	}
	left := 0
	rows := max(minVariants, min(maxVariants, maxRows/max(1, min(len(in.Metrics), maxCompared))))
	for _, m := range in.Metrics[:min(len(in.Metrics), maxCompared)] {
		if len(m.Rows) == 0 {
			continue
		}
		left = max(left, len(m.Rows)-rows)
		m.Rows = m.Rows[:min(len(m.Rows), rows)]
		s.panels = append(s.panels, s.newPanel(m))
	}
	if left > 0 {
		notes = append(notes, "Left out: "+counted(left, "more variant")+".")
	}
	s.header = newHeader(in.Title, in.Subtitle, s.keys())
	s.foot = newFoot(in.Remark, notes...)
	s.height = marginTop + s.header.height() + s.foot.height() + marginBottom
	if len(s.panels) == 0 {
		s.height += emptyHeight
		return s
	}
	for _, p := range s.panels {
		s.height += p.height()
	}
	s.scale()
	return s
}

func (s *forestSheet) newPanel(m ForestMetric) forestPanel {
	var all reach
	for _, r := range m.Rows {
		all.add(r.Diff)
	}
	top := all.top()
	if finite(m.Base) {
		top = max(top, math.Abs(m.Base))
	}
	unit := newMeasure(m.Unit, top)
	p := forestPanel{name: cmp.Or(clean(m.Name), "unnamed"), better: m.Better, unit: unit}
	p.fact = "no value in " + s.base
	if finite(m.Base) {
		p.fact = unit.text(m.Base) + " in " + s.base
	}
	if unit.name != "" {
		p.fact += "; differences in " + unit.name
	}
	for _, r := range m.Rows {
		p.rows = append(p.rows, newForestLine(r, unit, m.Better))
	}
	return p
}

func newForestLine(r ForestRow, unit measure, side string) forestLine {
	l := forestLine{name: cmp.Or(clean(r.Variant), "unnamed"), verdict: judge(r, side), at: r.Diff, low: r.Diff, high: r.Diff}
	l.diff = unit.change(r.Diff)
	if finite(r.Relative) {
		l.share = changedShare(r.Relative)
	}
	switch {
	case l.verdict == missing:
		l.at, l.low, l.high = 0, 0, 0
		l.diff, l.share, l.interval = "no value", "", ""
	case l.verdict == unknown:
		l.interval = "no interval"
	case l.verdict == same:
		l.diff, l.share, l.interval = "equal", "", "in every seed"
	case r.Equal:
		l.interval = "in every seed"
	default:
		l.low, l.high = min(r.Low, r.High), max(r.Low, r.High)
		l.interval = fmt.Sprintf("[%s, %s]", sign(l.low)+unit.size(l.low), sign(l.high)+unit.size(l.high))
	}
	return l
}

// judge compares an interval with zero.
func judge(r ForestRow, side string) verdict {
	low, high := min(r.Low, r.High), max(r.Low, r.High)
	if r.Equal {
		low, high = r.Diff, r.Diff
	}
	switch {
	case r.Unknown && math.IsNaN(r.Diff):
		return missing
	case r.Unknown:
		return unknown
	case r.Equal && r.Diff == 0:
		return same
	case low <= 0 && high >= 0:
		return unclear
	case side == "":
		return different
	case (high < 0) == (side == lowerIsBetter):
		return better
	}
	return worse
}

// scale leaves room for the names before and the numbers behind the rows.
func (s *forestSheet) scale() {
	before, diff, share, bounds := vg.Length(40), vg.Length(0), vg.Length(0), tickText.width("95 % interval")
	for i := range s.panels {
		for j := range s.panels[i].rows {
			r := &s.panels[i].rows[j]
			r.name = bodyText.fit(r.name, pageWidth*forestName)
			r.diff, r.interval = markText.fit(r.diff, forestText), bodyText.fit(r.interval, forestBounds)
			before = max(before, bodyText.width(r.name))
			diff = max(diff, markText.width(r.diff))
			share = max(share, markText.width(r.share))
			bounds = max(bounds, bodyText.width(r.interval))
		}
	}
	s.plot.x0 = snap(marginLeft + before + 10)
	s.share = pageWidth - 14 - bounds - 10
	if share > 0 {
		share += 8
	}
	s.plot.x1 = snap(s.share - share - max(diff, tickText.width("difference")) - 12)
	for i := range s.panels {
		s.panels[i].scale(s.plot)
	}
}

// scale has zero in it, and room at both sides for the words.
func (p *forestPanel) scale(plot box) {
	var r reach
	r.add(0)
	for _, l := range p.rows {
		r.add(l.at, l.low, l.high)
	}
	if r.top() <= 1/maxValue { // all at zero, or as good as there
		p.axis = numberAxis{from: plot.x0, to: plot.x1, low: -1, high: 1, ticks: []numberTick{{0, "0"}}}
		return
	}
	r.low, r.high = min(r.low*1.06, -forestSide*r.high), max(r.high*1.06, -forestSide*r.low)
	top := max(r.high, -r.low)
	r.low, r.high = min(r.low, -1e-9*top), max(r.high, 1e-9*top)
	p.axis = newNumberAxis(plot.x0, plot.x1, r, p.unit, 5)
}

func (p forestPanel) height() vg.Length {
	return panelTitle + forestHead + vg.Length(len(p.rows))*forestRow + forestAxis + panelGap
}

// describe tells of what is clear, metric by metric.
func (s *forestSheet) describe() string {
	if len(s.panels) == 0 {
		return "Differences between variants: nothing was compared."
	}
	var parts []string
	for _, p := range s.panels {
		var clear []string
		for _, l := range p.rows {
			if l.verdict == better || l.verdict == worse || l.verdict == different {
				clear = append(clear, strings.TrimSpace(l.name+" "+l.diff+" "+l.interval)+verdictWords[l.verdict])
			}
		}
		if len(clear) == 0 {
			clear = []string{"no clear difference"}
		}
		if n := len(clear); n > 3 {
			clear = append(clear[:3], counted(n-3, "more clear difference"))
		}
		parts = append(parts, p.name+": "+strings.Join(clear, ", "))
	}
	return fmt.Sprintf("Differences from %s with 95 %% intervals; %s.", s.base, strings.Join(parts, "; "))
}
