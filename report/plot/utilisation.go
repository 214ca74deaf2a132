package plot

import (
	"cmp"
	"fmt"
	"slices"

	"gonum.org/v1/plot/vg"
)

const (
	maxPanels   = 6
	panelTitle  = vg.Length(21)
	panelGap    = vg.Length(9)
	axisHeight  = vg.Length(27) // labels and caption of the time axis
	emptyHeight = vg.Length(130)
)

// panelHeights are the heights of 1 to maxPanels panels.
var panelHeights = [maxPanels]vg.Length{210, 132, 104, 88, 76, 68}

// DrawUtilisation lays out one panel a resource on a shared time axis: used
// as a step line, capacity as a bold one, the headroom between them shaded.
// Of many resources the fullest are drawn. NaN, infinite and negative numbers
// are refused.
func DrawUtilisation(u Utilisation) (Picture, error) {
	if err := u.problems(); err != nil {
		return Picture{}, fmt.Errorf("drawing utilisation: %w", err)
	}
	s := newUtilisationSheet(u)
	return Picture{
		height: s.height,
		title:  cmp.Or(clean(u.Title), "Utilisation"),
		alt:    s.describe(u),
		paint:  s.paint,
	}, nil
}

// utilisationSheet is the page, laid out.
type utilisationSheet struct {
	header header
	panels []panel
	tall   vg.Length // of each panel
	time   timeAxis
	marks  []label
	lanes  int
	note   string
	height vg.Length
}

func newUtilisationSheet(u Utilisation) *utilisationSheet {
	s := &utilisationSheet{}
	end := u.End
	for _, r := range u.Resources {
		_, last := extent(r.Used, r.Capacity)
		end = max(end, last)
	}
	if end == 0 {
		end = 1
	}
	s.panels, s.note = fullest(u.Resources, end)
	s.header = newHeader(u.Title, u.Subtitle, utilisationKeys(s.panels))
	s.height = marginTop + s.header.height() + marginBottom
	n := len(s.panels)
	if n == 0 {
		s.height += emptyHeight
		return s
	}
	s.tall = panelHeights[n-1]
	s.time = newTimeAxis(u.Start, end, snap(s.gutter()), snap(pageWidth-marginRight))
	s.marks, s.lanes = placeMarks(u.Marks, s.time)
	s.height += vg.Length(s.lanes)*laneHeight + axisHeight
	s.height += vg.Length(n)*(panelTitle+s.tall) + vg.Length(n-1)*panelGap
	return s
}

// fullest chooses the panels; as long as all fit, their order is kept.
func fullest(resources []Resource, end float64) (panels []panel, note string) {
	for _, r := range resources {
		panels = append(panels, newPanel(r, end))
	}
	out := len(panels) - maxPanels
	if out <= 0 {
		return panels, ""
	}
	slices.SortStableFunc(panels, func(a, b panel) int { return cmp.Compare(b.share, a.share) })
	note = fmt.Sprintf("The %d fullest of %d resources; %d left out, none of them above %s.",
		maxPanels, len(panels), out, percent(panels[maxPanels].share))
	return panels[:maxPanels], note
}

// gutter is where the data begins, right of the widest value label.
func (s *utilisationSheet) gutter() vg.Length {
	w := vg.Length(14)
	for _, p := range s.panels {
		for _, v := range p.ticks(s.tall) {
			w = max(w, tickText.width(p.tickLabel(v)))
		}
	}
	return marginLeft + w + 6
}

func utilisationKeys(panels []panel) []key {
	var limited, band, over bool
	for _, p := range panels {
		limited = limited || len(p.capacity) > 0
		band = band || p.band
		over = over || p.over
	}
	keys := []key{{"used", sampleUsed}}
	if band {
		keys = append(keys, key{"lowest to highest use within a bucket", sampleBand})
	}
	if limited {
		keys = append(keys, key{"capacity", sampleCapacity}, key{"headroom", sampleRoom})
	}
	if over {
		keys = append(keys, key{"above capacity", sampleOver})
	}
	if len(panels) == 0 {
		return nil
	}
	return keys
}

func sampleUsed(p pen, b box) {
	y := (b.y0 + b.y1) / 2
	p.fillBox(usedTint, box{b.x0, y, b.x1, b.y1})
	p.line(okabeBlue, usedWidth, vg.Point{X: b.x0, Y: y}, vg.Point{X: b.x1, Y: y})
}

func sampleBand(p pen, b box) { p.fillBox(bandTint, b) }

func sampleCapacity(p pen, b box) {
	y := (b.y0 + b.y1) / 2
	p.line(capColour, capWidth, vg.Point{X: b.x0, Y: y}, vg.Point{X: b.x1, Y: y})
}

func sampleRoom(p pen, b box) {
	p.fillBox(roomGrey, b)
	p.outline(hairGrey, hairWidth, b)
}

func sampleOver(p pen, b box) {
	p.fillBox(okabeVermillion, b)
	var path vg.Path
	p.hatch(&path, b, rising)
	p.stroke(white, hatchWidth, path)
}

func (s *utilisationSheet) paint(to vg.Canvas) {
	p := pen{to, s.height}
	s.header.draw(p, marginTop)
	y := marginTop + s.header.height()
	if len(s.panels) == 0 {
		p.text(nameText, centre, pageWidth/2, y+emptyHeight/2, "no resource was recorded")
		return
	}
	lanesTop := y
	y += vg.Length(s.lanes) * laneHeight
	top := y
	for _, one := range s.panels {
		y += panelTitle
		one.draw(frame{p, box{s.time.x0, snap(y), s.time.x1, snap(y + s.tall)}, s.time, one.top})
		y += s.tall + panelGap
	}
	bottom := snap(y - panelGap)
	drawMarks(p, s.marks, s.time, lanesTop, top, bottom)
	for i, one := range s.panels {
		one.drawTitle(p, top+vg.Length(i)*(panelTitle+s.tall+panelGap))
	}
	s.time.draw(p, bottom)
	p.text(tickText, left, marginLeft, bottom+24, s.note)
}

// drawTitle writes over the marks, which run through all panels.
func (p panel) drawTitle(pen pen, y vg.Length) {
	const half = (pageWidth - marginLeft - marginRight) / 2
	name := nameText.fit(p.name, half)
	scope := bodyText.fit(p.scope, half/2)
	x := marginLeft
	after := func(s textStyle, text string, gap vg.Length) {
		if text == "" {
			return
		}
		w := s.width(text)
		pen.fillBox(white, box{x - 3, y + 1, x + w + 3, y + panelTitle - 6})
		pen.text(s, left, x, y+11.5, text)
		x += w + gap
	}
	after(nameText, name, 6)
	after(bodyText, scope, 6)
	fact := bodyText
	if p.over {
		fact.colour = alarmText
	}
	after(fact, fact.fit(p.fact, pageWidth-marginRight-x), 0)
}

func (s *utilisationSheet) describe(u Utilisation) string {
	if len(s.panels) == 0 {
		return "Utilisation: no resource was recorded."
	}
	best := slices.MaxFunc(s.panels, func(a, b panel) int { return cmp.Compare(a.share, b.share) })
	name := best.name
	if best.scope != "" {
		name += " of " + best.scope
	}
	if len(u.Resources) == 1 {
		return fmt.Sprintf("Utilisation of %s over %s: %s.", name, duration(s.time.span), best.fact)
	}
	return fmt.Sprintf("Utilisation of %d resources over %s; the fullest is %s (%s).",
		len(u.Resources), duration(s.time.span), name, best.fact)
}
