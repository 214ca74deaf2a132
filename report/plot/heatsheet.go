package plot

import (
	"cmp"
	"fmt"
	"math"

	"gonum.org/v1/plot/vg"
)

const (
	maxHeats   = 12
	maxHeatX   = 100
	maxHeatY   = 60
	heatLabels = 0.33          // of the room of a map, at most, for the labels of y
	heatNames  = vg.Length(13) // of the line with the name of an axis
	heatGap    = vg.Length(22) // between maps
	heatWide   = vg.Length(92) // of a cell, at most
	heatLeast  = vg.Length(5)  // of a cell
	heatInside = vg.Length(4)  // that a number in a cell leaves free at each side
)

// heatSheet is the page, laid out.
type heatSheet struct {
	header header
	name   string
	scale  heatScale
	maps   []heatMap
	foot   foot
	height vg.Length
}

// heatMap is one map, laid out.
type heatMap struct {
	Heat
	place         box       // of the cells
	titleY, nameY vg.Length // base lines of the title and of the name of y
	x0            vg.Length // where titles and names begin
	texts         bool      // the cells are large enough for their values
	every         [2]int    // how many rows and columns share a label
	titleRoom     vg.Length
}

func newHeatSheet(in Heats) *heatSheet {
	s := &heatSheet{}
	var notes []string
	if n := len(in.Heats) - maxHeats; n > 0 {
		notes = append(notes, "Left out: "+counted(n, "more map")+".")
	}
	cutX, cutY := 0, 0
	var heats []Heat
	for _, h := range in.Heats[:min(len(in.Heats), maxHeats)] {
		if !h.empty() {
			cutX, cutY = max(cutX, len(h.X.Labels)-maxHeatX), max(cutY, len(h.Y.Labels)-maxHeatY)
			heats = append(heats, h.cut())
		}
	}
	if cutX > 0 {
		notes = append(notes, "Left out: "+counted(cutX, "more column")+".")
	}
	if cutY > 0 {
		notes = append(notes, "Left out: "+counted(cutY, "more row")+".")
	}
	s.scale = newHeatScale(heats)
	if len(heats) > 0 {
		s.name = heats[0].Name
	}
	s.header = newHeader(in.Title, in.Subtitle, heatKeys(heats))
	s.foot = newFoot(in.Remark, notes...)
	y := marginTop + s.header.height()
	if len(heats) == 0 {
		s.height = y + emptyHeight + s.foot.height() + marginBottom
		return s
	}
	s.height = s.layOut(heats, y+heatKey) + s.foot.height() + marginBottom
	return s
}

// cut keeps as many rows and columns as there is room for.
func (h Heat) cut() Heat {
	h.X.Labels = h.X.Labels[:min(len(h.X.Labels), maxHeatX)]
	h.Y.Labels = h.Y.Labels[:min(len(h.Y.Labels), maxHeatY)]
	values, infeasible := h.Values, h.Infeasible
	h.Values, h.Infeasible = nil, nil
	for y := range h.Y.Labels {
		h.Values = append(h.Values, values[y][:len(h.X.Labels)])
		if infeasible != nil {
			h.Infeasible = append(h.Infeasible, infeasible[y][:len(h.X.Labels)])
		}
	}
	return h
}

// layOut puts the maps into a grid and returns where it ends.
func (s *heatSheet) layOut(heats []Heat, y vg.Length) vg.Length {
	columns := map[int]int{1: 1, 2: 2, 3: 3, 4: 2, 5: 3, 6: 3, 9: 3}[len(heats)]
	if columns == 0 {
		columns = 4
	}
	room := (pageWidth - marginLeft - marginRight - heatGap*vg.Length(columns-1)) / vg.Length(columns)
	for first := 0; first < len(heats); first += columns {
		end := y
		for i, h := range heats[first:min(first+columns, len(heats))] {
			m := s.newMap(h, marginLeft+vg.Length(i)*(room+heatGap), y, room, columns)
			s.maps = append(s.maps, m)
			end = max(end, m.place.y1+heatNames*2+4)
		}
		y = end + 8
	}
	return y - 8
}

func (s *heatSheet) newMap(h Heat, x, y, room vg.Length, columns int) heatMap {
	m := heatMap{Heat: h, x0: x, titleRoom: room}
	if columns > 1 || clean(h.Title) != "" {
		m.titleY = y + 11
		y += panelTitle - 3
	}
	m.nameY = y + 9
	y += heatNames + 1
	labels := vg.Length(0)
	for _, l := range h.Y.Labels {
		labels = max(labels, tickText.width(tickText.fit(l, room*heatLabels)))
	}
	nx, ny := vg.Length(len(h.X.Labels)), vg.Length(len(h.Y.Labels))
	x0 := snap(x + labels + 6)
	w := floorPixel(min((x+room-x0)/nx, heatWide))
	tall, low := vg.Length(26), vg.Length(330)
	if columns > 1 {
		tall, low = 21, 200
	}
	h1 := floorPixel(max(heatLeast, min(tall, low/ny)))
	m.place = box{x0, snap(y), x0 + w*nx, snap(y) + h1*ny}
	m.texts = s.valuesFit(h, w, h1)
	m.every = [2]int{int(math.Ceil(float64(9.6 / h1))), spacing(tickText, h.X.Labels, w)}
	return m
}

// floorPixel is the largest number of whole pixels that is no more.
func floorPixel(v vg.Length) vg.Length {
	return max(1, vg.Length(math.Floor(float64(v/pixel)+1e-6))) * pixel
}

// valuesFit reports whether all values can be written into cells of that size.
func (s *heatSheet) valuesFit(h Heat, w, tall vg.Length) bool {
	if tall < 11 {
		return false
	}
	for _, row := range h.Values {
		for _, v := range row {
			if finite(v) && tickText.width(s.scale.unit.bare(v))+2*heatInside > w {
				return false
			}
		}
	}
	return true
}

// cell is where a value is drawn.
func (m heatMap) cell(y, x int) box {
	w := (m.place.x1 - m.place.x0) / vg.Length(len(m.X.Labels))
	h := (m.place.y1 - m.place.y0) / vg.Length(len(m.Y.Labels))
	return box{snap(m.place.x0 + vg.Length(x)*w), snap(m.place.y0 + vg.Length(y)*h),
		snap(m.place.x0 + vg.Length(x+1)*w), snap(m.place.y0 + vg.Length(y+1)*h)}
}

// inner is a cell without the gap to its neighbours, if it is large enough for one.
func (m heatMap) inner(y, x int) box {
	b := m.cell(y, x)
	if b.x1-b.x0 >= 8 && b.y1-b.y0 >= 8 {
		return box{b.x0 + pixel, b.y0 + pixel, b.x1 - pixel, b.y1 - pixel}
	}
	return b
}

func (h Heat) infeasible(y, x int) bool { return h.Infeasible != nil && h.Infeasible[y][x] }

// best is the value of the best cell, if there is one.
func (h Heat) best() (y, x int, ok bool) {
	y, x = h.Best[0], h.Best[1]
	ok = y >= 0 && x >= 0 && y < len(h.Values) && x < len(h.Values[y]) && finite(h.Values[y][x])
	return y, x, ok
}

func (s *heatSheet) describe() string {
	if len(s.maps) == 0 || !s.scale.seen {
		return "One figure over two others: nothing was recorded."
	}
	first := s.maps[0]
	fit := func(text, other string) string { return cmp.Or(bodyText.fit(text, pageWidth/3), other) }
	text := fmt.Sprintf("%s over %s and %s: from %s to %s", fit(s.name, "A figure"), fit(first.X.Name, "x"), fit(first.Y.Name, "y"),
		s.scale.unit.text(s.scale.low), s.scale.unit.text(s.scale.high))
	for i, m := range s.maps {
		if y, x, ok := m.best(); ok && i < 3 {
			where := fit(m.X.Labels[x], "–") + " and " + fit(m.Y.Labels[y], "–")
			if title := clean(m.Title); title != "" {
				where += " of " + fit(title, "")
			}
			text += fmt.Sprintf("; best %s at %s", s.scale.unit.text(m.Values[y][x]), where)
		}
	}
	return text + "."
}
