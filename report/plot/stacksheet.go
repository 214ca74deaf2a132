package plot

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"gonum.org/v1/plot/vg"
)

const (
	maxStacks  = 8
	noteHeight = vg.Length(12)
)

// stackHeights are the heights of 1 to maxStacks panels.
var stackHeights = [maxStacks]vg.Length{220, 150, 120, 100, 88, 78, 72, 66}

// stackSheet is the page, laid out.
type stackSheet struct {
	header header
	panels []stackPanel
	more   string // "and 4 more services"
	tall   vg.Length
	time   timeAxis
	bands  []placedBand
	lanes  int // of the bands' texts
	notes  []string
	height vg.Length
}

func newStackSheet(in Stacks) *stackSheet {
	s := &stackSheet{}
	end := in.length()
	shown := in.Panels[:min(len(in.Panels), maxStacks)]
	for _, p := range shown {
		s.panels = append(s.panels, newStackPanel(p, end, clean(in.Unit)))
	}
	dress(s.panels)
	keys, shared := sharedKeys(s.panels)
	s.header = newHeader(in.Title, in.Subtitle, nil)
	if shared {
		s.header = newHeader(in.Title, in.Subtitle, keys)
	}
	s.height = marginTop + s.header.height() + marginBottom
	if len(shown) == 0 {
		s.height += emptyHeight
		return s
	}
	s.tall = stackHeights[len(shown)-1]
	s.time = newTimeAxis(time.Time{}, end, snap(s.gutter()), snap(pageWidth-marginRight))
	s.bands, s.lanes = placeBands(in.Bands, s.time)
	s.notes = s.remarks(in)
	s.height += vg.Length(s.lanes)*laneHeight + axisHeight + vg.Length(len(s.notes))*noteHeight
	for i := range s.panels {
		p := &s.panels[i]
		p.marks, p.lanes = placeMarks(in.Panels[i].Marks, s.time)
		if !shared {
			var own []key
			for _, k := range p.keys() {
				own = append(own, k.key)
			}
			p.legend = newHeader("", "", own)
		}
		s.height += p.above() + s.tall + panelGap
	}
	s.height -= panelGap
	return s
}

// above is the room a panel takes above its data.
func (p stackPanel) above() vg.Length {
	h := panelTitle + vg.Length(p.lanes)*laneHeight
	if n := len(p.legend.legend); n > 0 {
		h += vg.Length(n)*legendLine + 2
	}
	return h
}

// remarks are what stands at the foot: what the picture leaves out.
func (s *stackSheet) remarks(in Stacks) []string {
	var notes []string
	if out := len(in.Panels) - len(s.panels); out > 0 {
		s.more = fmt.Sprintf("and %d more %s", out, noun(in.Panels, out))
		notes = append(notes, s.more)
	}
	thin, left := false, 0
	for _, p := range s.panels {
		thin = thin || p.thin
		left += p.left
	}
	if thin {
		notes = append(notes, fmt.Sprintf("Where more changed within %s, the lowest and the highest sum are drawn.",
			duration(max(1, s.time.span/maxColumns*2))))
	}
	if left > 0 {
		notes = append(notes, fmt.Sprintf("%d more lines or marks are left out.", left))
	}
	return notes
}

// noun is what the panels are: their common first word, or panels.
func noun(panels []StackPanel, n int) string {
	word := ""
	for _, p := range panels {
		first, _, more := strings.Cut(clean(p.Name), " ")
		if !more || word != "" && first != word {
			word = "panel"
			break
		}
		word = first
	}
	if n == 1 {
		return word
	}
	return word + "s"
}

func (s *stackSheet) gutter() vg.Length {
	w := vg.Length(14)
	for _, p := range s.panels {
		for _, v := range p.ticks(s.tall) {
			w = max(w, tickText.width(number(v)))
		}
	}
	return marginLeft + w + 6
}

func (s *stackSheet) paint(to vg.Canvas) {
	p := pen{to, s.height}
	s.header.draw(p, marginTop)
	y := marginTop + s.header.height()
	if len(s.panels) == 0 {
		p.text(nameText, centre, pageWidth/2, y+emptyHeight/2, "nothing was recorded")
		return
	}
	bandsTop := y
	bottom := snap(s.height - marginBottom - axisHeight - vg.Length(len(s.notes))*noteHeight)
	y += vg.Length(s.lanes) * laneHeight
	drawBands(p, s.bands, bandsTop, y, bottom)
	for _, one := range s.panels {
		lanesTop := y + one.above() - vg.Length(one.lanes)*laneHeight
		one.drawTitle(p, y)
		y += one.above()
		f := frame{p, box{s.time.x0, snap(y), s.time.x1, snap(y + s.tall)}, s.time, one.top}
		one.draw(f)
		drawBandEdges(p, s.bands, f.y0, f.y1)
		drawMarks(p, one.marks, s.time, lanesTop, f.y0, f.y1)
		one.drawCuts(f)
		y += s.tall + panelGap
	}
	s.time.draw(p, bottom)
	for i, note := range s.notes {
		p.text(tickText, left, marginLeft, bottom+axisHeight+vg.Length(i)*noteHeight+8, note)
	}
}

func (p stackPanel) drawTitle(pen pen, y vg.Length) {
	const half = (pageWidth - marginLeft - marginRight) / 2
	name := nameText.fit(p.name, half)
	x := marginLeft
	if name != "" {
		pen.text(nameText, left, x, y+11.5, name)
		x += nameText.width(name) + 6
	}
	pen.text(bodyText, left, x, y+11.5, bodyText.fit(p.fact, pageWidth-marginRight-x))
	p.legend.draw(pen, y+panelTitle-9)
}

func (s *stackSheet) describe() string {
	if len(s.panels) == 0 {
		return "Stacked areas: nothing was recorded."
	}
	var parts []string
	for _, p := range s.panels {
		parts = append(parts, cmp.Or(p.name, "unnamed")+": "+strings.TrimSuffix(p.fact, " (▲)"))
	}
	if s.more != "" {
		parts = append(parts, s.more)
	}
	return fmt.Sprintf("Stacked areas over %s; %s.", duration(s.time.span), strings.Join(parts, "; "))
}
