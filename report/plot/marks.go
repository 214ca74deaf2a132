package plot

import (
	"cmp"
	"slices"

	"gonum.org/v1/plot/vg"
)

const (
	laneHeight = vg.Length(13)
	maxLanes   = 4
	maxMarks   = 40
)

// label is a mark with the place of its text.
type label struct {
	at   float64
	text string
	x    vg.Length // left end of the text
	lane int       // from the top; -1 = no room for the text
}

// placeMarks gives each text a lane in which it touches no other. Later marks
// go to lower lanes, so that no vertical line starts above a text it crosses.
func placeMarks(marks []Mark, t timeAxis) (labels []label, lanes int) {
	marks = slices.Clone(marks)
	slices.SortStableFunc(marks, func(a, b Mark) int { return cmp.Compare(a.At, b.At) })
	const border = pageWidth - 14
	var taken [maxLanes][]box
	for _, m := range joined(marks) {
		x := t.x(m.At)
		l := label{at: m.At, text: markText.fit(m.Text, 300), x: x + 5, lane: -1}
		w := markText.width(l.text)
		if l.x+w > border {
			l.x = x - 5 - w
		}
		for lane := range taken {
			b := box{x0: min(l.x, x) - 4, x1: max(l.x+w, x) + 4}
			if l.text == "" || slices.ContainsFunc(taken[lane], b.touches) {
				continue
			}
			taken[lane] = append(taken[lane], b)
			l.lane, lanes = lane, max(lanes, lane+1)
			break
		}
		labels = append(labels, l)
	}
	return labels, lanes
}

// moments is how many different times the marks have.
func moments(marks []Mark) int {
	at := make([]float64, len(marks))
	for i, m := range marks {
		at[i] = m.At
	}
	slices.Sort(at)
	return len(slices.Compact(at))
}

// joined makes one mark of those at the same time.
func joined(marks []Mark) []Mark {
	var out []Mark
	for _, m := range marks {
		last := len(out) - 1
		if last < 0 || out[last].At != m.At {
			out = append(out, m)
		} else if m.Text != out[last].Text {
			out[last].Text += "; " + m.Text
		}
	}
	return out[:min(len(out), maxMarks)]
}

func (b box) touches(o box) bool { return b.x0 < o.x1 && o.x0 < b.x1 }

// drawMarks draws the lines from their lanes to the bottom, then the texts.
func drawMarks(p pen, labels []label, t timeAxis, lanesTop, top, bottom vg.Length) {
	p.dashes(4, 2.5)
	for _, l := range labels {
		from := top
		if l.lane >= 0 {
			from = lanesTop + vg.Length(l.lane)*laneHeight + 1.5
		}
		x := snap(t.x(l.at))
		p.line(capColour, 3*pixel, vg.Point{X: x, Y: from}, vg.Point{X: x, Y: bottom})
	}
	p.dashes()
	for _, l := range labels {
		if l.lane < 0 {
			continue
		}
		y := lanesTop + vg.Length(l.lane)*laneHeight
		p.fillBox(white, box{l.x - 2, y + 1, l.x + markText.width(l.text) + 2, y + laneHeight - 1})
		p.text(markText, left, l.x, y+10, l.text)
	}
}
