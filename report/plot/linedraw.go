package plot

import (
	"cmp"
	"slices"

	"gonum.org/v1/plot/vg"
)

// placedName is the name of a curve beside its end.
type placedName struct {
	curve  int
	at, to vg.Length // the end of the line, and where the name stands
	from   vg.Length // x of the end of the line
}

// keys explain what is not written beside the lines.
func (s *lineSheet) keys() []key {
	for _, c := range s.curves {
		for _, p := range c.points {
			if p.known {
				return []key{{"mean", s.sampleMean}, {"95 % interval", s.sampleInterval}}
			}
		}
	}
	return nil
}

func (s *lineSheet) sampleMean(p pen, b box) {
	y := (b.y0 + b.y1) / 2
	if s.numeric {
		p.line(okabeBlue, usedWidth, vg.Point{X: b.x0, Y: y}, vg.Point{X: b.x1, Y: y})
	}
	p.fillDot(okabeBlue, circle, (b.x0+b.x1)/2, y, dotRadius)
}

func (s *lineSheet) sampleInterval(p pen, b box) {
	if s.numeric {
		shade := okabeBlue
		shade.A = bandShade
		p.fillBox(shade, b)
		return
	}
	p.whisker(okabeBlue, (b.x0+b.x1)/2, b.y0, b.y1)
}

// placeNames spreads the names so that none touches another, in the order in
// which the lines end.
func (s *lineSheet) placeNames() []placedName {
	var out []placedName
	for i, c := range s.curves {
		if c.name == "" {
			continue
		}
		last := c.points[len(c.points)-1]
		at := s.y.pos(last.mean)
		out = append(out, placedName{i, at, at, s.pos(i, last)})
	}
	slices.SortStableFunc(out, func(a, b placedName) int { return cmp.Compare(a.at, b.at) })
	for i := 1; i < len(out); i++ {
		out[i].to = max(out[i].to, out[i-1].to+lineGap)
	}
	bottom := s.frame.y1 - 4
	for i := len(out) - 1; i >= 0; i-- {
		out[i].to = min(out[i].to, bottom)
		bottom = out[i].to - lineGap
	}
	return out
}

// step is between the points of two series at one category.
func (s *lineSheet) step() vg.Length {
	return min(aside, (s.frame.x1-s.frame.x0)/vg.Length(len(s.xs))*0.7/vg.Length(len(s.curves)))
}

// pos is where a point is along x; series share a category side by side.
func (s *lineSheet) pos(of int, p linePoint) vg.Length {
	x := s.x.pos(s.xs[p.place])
	if s.numeric || len(s.curves) == 1 {
		return x
	}
	return x + s.step()*(vg.Length(of)-vg.Length(len(s.curves)-1)/2)
}

func (s *lineSheet) paint(to vg.Canvas) {
	p := pen{to, s.height}
	s.header.draw(p, marginTop)
	y := marginTop + s.header.height()
	if len(s.curves) == 0 {
		p.text(nameText, centre, pageWidth/2, y+emptyHeight/2, "nothing was recorded")
		s.foot.draw(p, y+emptyHeight)
		return
	}
	p.text(bodyText, left, marginLeft, y+9, bodyText.fit(s.captions[1], footRoom))
	s.drawAxes(p)
	if s.numeric {
		for _, c := range s.curves {
			s.drawBand(p, c)
		}
	}
	for i := range slices.Backward(s.curves) {
		s.drawCurve(p, i)
	}
	s.drawNames(p)
	s.foot.draw(p, s.frame.y1+xAxisRoom)
}

func (s *lineSheet) drawAxes(p pen) {
	f := s.frame
	for _, t := range s.y.ticks {
		y := snap(s.y.pos(t.at))
		p.line(hairGrey, hairWidth, vg.Point{X: f.x0, Y: y}, vg.Point{X: f.x1, Y: y})
	}
	s.y.beside(p, f.x0)
	p.line(baseGrey, hairWidth, vg.Point{X: f.x0, Y: f.y1}, vg.Point{X: f.x1, Y: f.y1})
	p.text(bodyText, right, f.x1, f.y1+26, bodyText.fitEnd(s.captions[0], f.x1-marginLeft))
	if !s.numeric {
		s.drawCategories(p)
		return
	}
	for _, t := range s.x.ticks {
		x := snap(s.x.pos(t.at))
		p.line(baseGrey, hairWidth, vg.Point{X: x, Y: f.y1}, vg.Point{X: x, Y: f.y1 + 3})
	}
	s.x.below(p, f.y1+1)
}

// drawCategories writes every label, or every second and so on, shortened to their room.
func (s *lineSheet) drawCategories(p pen) {
	room := (s.frame.x1 - s.frame.x0) / vg.Length(len(s.labels))
	every := spacing(tickText, s.labels, room)
	free := vg.Length(0)
	for i := 0; i < len(s.labels); i += every {
		text := tickText.fit(s.labels[i], room*vg.Length(every)-4)
		w := tickText.width(text)
		x := min(max(s.x.pos(s.xs[i])-w/2, marginLeft/2), pageWidth-10-w)
		if x < free {
			continue
		}
		p.text(tickText, left, x, s.frame.y1+13, text)
		free = x + w + 3
	}
}

// spacing is how many rooms a label takes so that none is shortened to less
// than a word; the longest are.
func spacing(style textStyle, labels []string, room vg.Length) int {
	const word = vg.Length(58)
	widest := vg.Length(0)
	for _, l := range labels {
		widest = max(widest, min(style.width(l), word))
	}
	every := 1
	for room*vg.Length(every) < widest+5 && every < len(labels) {
		every++
	}
	return every
}

// drawBand fills between the bounds, wherever two neighbours have them.
func (s *lineSheet) drawBand(p pen, c curve) {
	shade := c.look.colour
	shade.A = bandShade
	for _, run := range bandRuns(c.points) {
		var pts []vg.Point
		for _, q := range run {
			pts = append(pts, vg.Point{X: s.x.pos(s.xs[q.place]), Y: s.y.pos(q.high)})
		}
		for _, q := range slices.Backward(run) {
			pts = append(pts, vg.Point{X: s.x.pos(s.xs[q.place]), Y: s.y.pos(q.low)})
		}
		var path vg.Path
		p.trace(&path, pts)
		path.Close()
		p.fill(shade, path)
	}
}

// bandRuns are neighbours with known intervals, at least two each.
func bandRuns(points []linePoint) (out [][]linePoint) {
	from := 0
	for i := 0; i <= len(points); i++ {
		if i < len(points) && points[i].known && (i == from || points[i].place == points[i-1].place+1) {
			continue
		}
		if i-from >= 2 {
			out = append(out, points[from:i])
		}
		from = i
		if i < len(points) && !points[i].known {
			from = i + 1
		}
	}
	return out
}

// drawCurve draws the means. Categories have no line between them, for there is
// nothing between them.
func (s *lineSheet) drawCurve(p pen, of int) {
	c := s.curves[of]
	r := dotRadius
	if s.numeric {
		s.drawMeans(p, of)
	} else {
		r = max(1.6, min(dotRadius, s.step()*0.6))
	}
	for i, q := range c.points {
		x, alone := s.pos(of, q), c.alone(i)
		if q.known && (alone || !s.numeric) {
			p.whisker(c.look.colour, x, s.y.pos(q.high), s.y.pos(q.low))
		}
		if alone || !s.numeric || len(s.xs) <= lineDots {
			p.fillDot(c.look.colour, c.look.shape, x, s.y.pos(q.mean), r)
		}
	}
}

// drawMeans draws the line, parted where values are missing.
func (s *lineSheet) drawMeans(p pen, of int) {
	c := s.curves[of]
	var path vg.Path
	var pts []vg.Point
	for i, q := range c.points {
		if i > 0 && q.place != c.points[i-1].place+1 {
			p.trace(&path, pts)
			pts = nil
		}
		pts = append(pts, vg.Point{X: s.pos(of, q), Y: s.y.pos(q.mean)})
	}
	p.trace(&path, pts)
	p.dashes(c.look.dashes...)
	p.stroke(c.look.colour, usedWidth, path)
	p.dashes()
}

// alone reports whether neither neighbour of a point has a value.
func (c curve) alone(i int) bool {
	at := c.points[i].place
	before := i > 0 && c.points[i-1].place == at-1
	after := i+1 < len(c.points) && c.points[i+1].place == at+1
	return !before && !after
}

// drawNames writes the names beside the ends, with a dotted line where they had to move.
func (s *lineSheet) drawNames(p pen) {
	x := s.frame.x1 + nameIndent
	for _, n := range s.names {
		c := s.curves[n.curve]
		if gap := x - 4 - n.from; gap > 24 || n.to-n.at > 2 || n.at-n.to > 2 {
			p.dashes(1, 2)
			p.line(c.look.colour, hairWidth, vg.Point{X: n.from + 6, Y: n.at}, vg.Point{X: max(s.frame.x1, n.from+6), Y: n.at}, vg.Point{X: x - 3, Y: n.to})
			p.dashes()
		}
		p.fillDot(c.look.colour, c.look.shape, x+2, n.to, dotRadius)
		p.text(bodyText, left, x+9, n.to+3, c.fitName())
	}
}
