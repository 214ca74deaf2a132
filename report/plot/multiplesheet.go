package plot

import (
	"cmp"
	"fmt"
	"math"
	"time"

	"gonum.org/v1/plot/vg"
)

const (
	multipleGap  = vg.Length(13) // between columns
	multipleName = vg.Length(17) // of the line with the names of the variants
	multipleFact = vg.Length(12) // of the line with a cell's peak
)

// multipleHeights are the heights of a cell where there are 1 to maxMultipleRows rows.
var multipleHeights = [maxMultipleRows]vg.Length{130, 96, 82, 70, 62, 56}

// multipleSheet is the page, laid out.
type multipleSheet struct {
	header   header
	variants []string
	rows     []multipleLine
	columns  []timeAxis
	span     float64
	tall     vg.Length
	foot     foot
	height   vg.Length
}

// multipleLine is one resource in all variants.
type multipleLine struct {
	name, unit string
	cells      []*panel // one a variant; nil = the variant does not have the resource
	scale      panel    // with the ticks that all cells have
}

func newMultipleSheet(in Multiples) *multipleSheet {
	s := &multipleSheet{span: in.length()}
	var notes []string
	all := len(in.Panels)
	in.Panels = in.Panels[:min(all, maxMultiples)]
	names := in.resources()
	if n := all - len(in.Panels); n > 0 {
		notes = append(notes, "Left out: "+counted(n, "more variant")+".")
	}
	if n := len(names) - maxMultipleRows; n > 0 {
		notes = append(notes, "Left out: "+counted(n, "more resource")+".")
	}
	for _, p := range in.Panels {
		s.variants = append(s.variants, cmp.Or(clean(p.Variant), "unnamed"))
	}
	var panels []panel
	for _, name := range names[:min(len(names), maxMultipleRows)] {
		line := newMultipleLine(name, in.Panels, s.span)
		s.rows = append(s.rows, line)
		for _, c := range line.cells {
			if c != nil {
				panels = append(panels, *c)
			}
		}
	}
	s.header = newHeader(in.Title, in.Subtitle, utilisationKeys(panels))
	s.foot = newFoot(in.Remark, notes...)
	s.height = marginTop + s.header.height() + s.foot.height() + marginBottom
	if len(s.rows) == 0 {
		s.height += emptyHeight
		return s
	}
	s.tall = multipleHeights[len(s.rows)-1]
	s.height += multipleName + vg.Length(len(s.rows))*(panelTitle-5+multipleFact+s.tall+panelGap) - panelGap + axisHeight
	s.split()
	return s
}

// newMultipleLine brings the cells of a resource to one scale and one unit.
func newMultipleLine(name string, variants []MultiplePanel, end float64) multipleLine {
	line := multipleLine{name: cmp.Or(clean(name), "unnamed")}
	var found []Resource
	var of []int
	for i, v := range variants {
		for _, r := range v.Rows {
			if r.Resource == name {
				found = append(found, Resource{Unit: r.Unit, Used: r.Used, Capacity: r.Capacity})
				of = append(of, i)
				break
			}
		}
	}
	line.cells = make([]*panel, len(variants))
	line.scale.whole = true
	for k, r := range found {
		p := newPanel(r, end)
		line.cells[of[k]] = &p
		line.scale.top = max(line.scale.top, p.top)
	}
	if len(found) > 0 {
		line.scale.unit = naturalUnit(found[0].Unit, line.scale.top/1.07)
	}
	line.unit = line.scale.unit.name
	for _, p := range line.cells {
		if p != nil {
			p.top, p.unit = line.scale.top, line.scale.unit
			line.scale.whole = line.scale.whole && line.scale.unit.per == 1 && wholeNumbers(p.used) && wholeNumbers(p.capacity)
		}
	}
	for _, p := range line.cells {
		if p != nil {
			p.whole = line.scale.whole
			p.fact = p.shortFact()
			p.used = coarserTo(p.used, maxColumns/len(variants))
			p.capacity = coarserTo(p.capacity, maxColumns/len(variants))
		}
	}
	return line
}

// shortFact is the peak in two words, for there is no room for more.
func (p panel) shortFact() string {
	at, share := peak(p.used, p.capacity)
	switch {
	case len(p.used) == 0:
		return "nothing recorded"
	case math.IsInf(at.capacity, 1):
		return "peak " + number(at.used/p.unit.per)
	case at.capacity == 0 && at.used == 0:
		return "no capacity"
	case at.capacity == 0 || share > 1:
		return fmt.Sprintf("%s of %s", number(at.used/p.unit.per), number(at.capacity/p.unit.per))
	}
	return "peak " + percent(share)
}

// split gives each variant its column, right of the widest value label.
func (s *multipleSheet) split() {
	w := vg.Length(14)
	for _, r := range s.rows {
		for _, v := range r.scale.ticks(s.tall) {
			w = max(w, tickText.width(r.scale.tickLabel(v)))
		}
	}
	x0, x1 := marginLeft+w+6, pageWidth-marginRight
	n := vg.Length(len(s.variants))
	wide := (x1 - x0 - multipleGap*(n-1)) / n
	for i := range s.variants {
		from := x0 + vg.Length(i)*(wide+multipleGap)
		s.columns = append(s.columns, newTimeAxis(time.Time{}, s.span, snap(from), snap(from+wide)))
	}
}

func (s *multipleSheet) paint(to vg.Canvas) {
	p := pen{to, s.height}
	s.header.draw(p, marginTop)
	y := marginTop + s.header.height()
	if len(s.rows) == 0 {
		p.text(nameText, centre, pageWidth/2, y+emptyHeight/2, "nothing was recorded")
		s.foot.draw(p, y+emptyHeight)
		return
	}
	for i, t := range s.columns {
		p.text(nameText, left, t.x0, y+11.5, nameText.fitEnd(s.variants[i], t.x1-t.x0))
	}
	y += multipleName
	for _, row := range s.rows {
		y = s.drawRow(p, row, y) + panelGap
	}
	bottom := snap(y - panelGap)
	for _, t := range s.columns {
		t.drawNarrow(p, bottom)
	}
	p.text(tickText, right, s.columns[len(s.columns)-1].x1, bottom+24, s.columns[0].caption)
	s.foot.draw(p, s.height-marginBottom-s.foot.height())
}

// drawRow draws one resource and returns where it ends.
func (s *multipleSheet) drawRow(p pen, row multipleLine, y vg.Length) vg.Length {
	name := nameText.fit(row.name, footRoom/2)
	p.text(nameText, left, marginLeft, y+11.5, name)
	x := marginLeft + nameText.width(name) + 6
	p.text(bodyText, left, x, y+11.5, bodyText.fit(row.unit, pageWidth-marginRight-x))
	y += panelTitle - 5
	top := snap(y + multipleFact)
	bottom := snap(top + s.tall)
	for i, t := range s.columns {
		label := func(float64) string { return "" }
		if i == 0 {
			label = row.scale.tickLabel
		}
		f := frame{p, box{t.x0, top, t.x1, bottom}, t, row.scale.top}
		c := row.cells[i]
		if c == nil {
			f.grid(row.scale.ticks(s.tall), label)
			p.text(tickText, left, t.x0, top-3, tickText.fit("not in this variant", t.x1-t.x0))
			continue
		}
		fact := tickText
		if c.over {
			fact.colour = alarmText
		}
		c.drawWith(f, label)
		p.text(fact, left, t.x0, top-3, fact.fit(c.fact, t.x1-t.x0))
	}
	return bottom
}

// drawNarrow writes every label, every second or so on, none of which leaves the column.
func (a timeAxis) drawNarrow(p pen, top vg.Length) {
	widest := vg.Length(0)
	for _, t := range a.ticks {
		widest = max(widest, tickText.width(t.label))
	}
	// The first label may stand a little to the right of its time.
	const over = multipleGap/2 - 2
	need := widest + 7 + max(0, widest/2-over)
	every := 1
	for every < len(a.ticks) && a.x(a.ticks[every].at)-a.x0 < need {
		every++
	}
	free := a.x0 - over
	for i := 0; i < len(a.ticks); i += every {
		t := a.ticks[i]
		w := tickText.width(t.label)
		x := min(max(a.x(t.at)-w/2, a.x0-over), a.x1+over-w)
		if x < free {
			continue
		}
		p.text(tickText, left, x, top+12, t.label)
		free = x + w + 5
	}
}
