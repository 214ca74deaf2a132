package plot

import (
	"image/color"

	"gonum.org/v1/plot/vg"
)

// heatKeys are those of what the maps have beside values.
func heatKeys(heats []Heat) []key {
	var none, infeasible, best bool
	for _, h := range heats {
		_, _, ok := h.best()
		best = best || ok
		for y, row := range h.Values {
			for x, v := range row {
				none = none || !finite(v)
				infeasible = infeasible || finite(v) && h.infeasible(y, x)
			}
		}
	}
	var keys []key
	if best {
		keys = append(keys, key{"best", func(p pen, b box) {
			p.fillBox(heatShade(4), b)
			p.bestFrame(b)
		}})
	}
	if infeasible {
		keys = append(keys, key{"an expectation does not hold", func(p pen, b box) {
			p.fillBox(heatShade(6), b)
			var path vg.Path
			p.hatch(&path, b, rising)
			p.stroke(heatLines(6), hatchWidth, path)
		}})
	}
	if none {
		keys = append(keys, key{"no value", pen.noCell})
	}
	return keys
}

func (s *heatSheet) paint(to vg.Canvas) {
	p := pen{to, s.height}
	s.header.draw(p, marginTop)
	y := marginTop + s.header.height()
	if len(s.maps) == 0 {
		p.text(nameText, centre, pageWidth/2, y+emptyHeight/2, "nothing was recorded")
		s.foot.draw(p, y+emptyHeight)
		return
	}
	if s.scale.seen {
		s.scale.drawKey(p, s.name, y)
	}
	for _, m := range s.maps {
		m.drawWords(p)
		s.drawCells(p, m)
		if y, x, ok := m.best(); ok {
			p.bestFrame(m.cell(y, x))
		}
	}
	s.foot.draw(p, s.height-marginBottom-s.foot.height())
}

// drawWords writes the title, the names of the axes and their labels.
func (m heatMap) drawWords(p pen) {
	if m.titleY > 0 {
		p.text(nameText, left, m.x0, m.titleY, nameText.fit(m.Title, m.titleRoom))
	}
	if m.Y.Name != "" {
		p.text(bodyText, left, m.x0, m.nameY, "↓ "+bodyText.fitEnd(m.Y.Name, m.titleRoom-12))
	}
	for y := 0; y < len(m.Y.Labels); y += m.every[0] {
		c := m.cell(y, 0)
		p.text(tickText, right, m.place.x0-5, (c.y0+c.y1)/2+3, tickText.fit(m.Y.Labels[y], m.titleRoom*heatLabels))
	}
	w := (m.place.x1 - m.place.x0) / vg.Length(len(m.X.Labels))
	free, end := m.x0-3, m.x0+m.titleRoom+3
	for x := 0; x < len(m.X.Labels); x += m.every[1] {
		c := m.cell(0, x)
		text := tickText.fit(m.X.Labels[x], min(w*vg.Length(m.every[1])-4, m.titleRoom))
		wide := tickText.width(text)
		at := min(max((c.x0+c.x1)/2-wide/2, m.x0-3), end-wide)
		if at < free {
			continue
		}
		p.text(tickText, left, at, m.place.y1+11, text)
		free = at + wide + 3
	}
	if m.X.Name != "" {
		name := "→ " + bodyText.fitEnd(m.X.Name, m.titleRoom-12)
		p.text(bodyText, left, min(m.place.x0, m.x0+m.titleRoom-bodyText.width(name)), m.place.y1+11+heatNames, name)
	}
}

// drawCells draws all cells of a shade at once, which keeps SVGs small.
func (s *heatSheet) drawCells(p pen, m heatMap) {
	var cells, hatches [heatLevels]vg.Path
	for y, row := range m.Values {
		for x, v := range row {
			if !finite(v) {
				p.noCell(m.cell(y, x))
				continue
			}
			level := s.scale.level(v)
			p.rect(&cells[level], m.inner(y, x))
			if m.infeasible(y, x) {
				p.hatch(&hatches[level], m.inner(y, x), rising)
			}
		}
	}
	for level := range cells {
		p.fill(heatShade(level), cells[level])
		p.stroke(heatLines(level), hatchWidth, hatches[level])
	}
	if !m.texts {
		return
	}
	for y, row := range m.Values {
		for x, v := range row {
			if finite(v) {
				s.writeCell(p, m, y, x)
			}
		}
	}
}

// writeCell writes a value, on a ground without hatching.
func (s *heatSheet) writeCell(p pen, m heatMap, y, x int) {
	c, shade := m.inner(y, x), heatShade(s.scale.level(m.Values[y][x]))
	style := tickText
	style.colour = readable(shade)
	text := s.scale.unit.bare(m.Values[y][x])
	mid, base, w := (c.x0+c.x1)/2, (c.y0+c.y1)/2+3, style.width(text)
	if m.infeasible(y, x) {
		p.fillBox(shade, box{max(c.x0, snap(mid-w/2-2.5)), snap(base - 8), min(c.x1, snap(mid+w/2+2.5)), snap(base + 2)})
	}
	p.text(style, centre, mid, base, text)
}

// heatLines is a colour that shows on a shade.
func heatLines(level int) color.NRGBA {
	shade := heatShade(level)
	if readable(shade) == white {
		return mixed(shade, white, 0.7)
	}
	return mixed(shade, ink, 0.55)
}

// noCell draws an empty place: a dot in the middle of paper.
func (p pen) noCell(b box) {
	mid := vg.Point{X: (b.x0 + b.x1) / 2, Y: (b.y0 + b.y1) / 2}
	half := min(2, (b.x1-b.x0)/4)
	p.line(baseGrey, hairWidth, vg.Point{X: mid.X - half, Y: mid.Y}, vg.Point{X: mid.X + half, Y: mid.Y})
}

// bestFrame draws a bold frame along the border of a cell, and a white one within.
func (p pen) bestFrame(b box) {
	bold := min(6*pixel, (b.x1-b.x0)/5)
	p.frame(white, b, bold+4*pixel)
	p.frame(ink, b, bold)
}

// frame fills the border of a box.
func (p pen) frame(c color.Color, b box, width vg.Length) {
	var path vg.Path
	for _, side := range []box{{b.x0, b.y0, b.x1, b.y0 + width}, {b.x0, b.y1 - width, b.x1, b.y1},
		{b.x0, b.y0 + width, b.x0 + width, b.y1 - width}, {b.x1 - width, b.y0 + width, b.x1, b.y1 - width}} {
		p.rect(&path, side)
	}
	p.fill(c, path)
}
