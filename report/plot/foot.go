package plot

import "gonum.org/v1/plot/vg"

const (
	footRoom  = pageWidth - marginLeft - marginRight
	footLines = 3 // of one note, at most
)

// foot is what stands below the data: a remark, and what is left out.
type foot []string

func newFoot(remark string, notes ...string) foot {
	var f foot
	for _, note := range append([]string{remark}, notes...) {
		f = append(f, tickText.wrap(note, footRoom, footLines)...)
	}
	return f
}

// height includes the space above.
func (f foot) height() vg.Length {
	if len(f) == 0 {
		return 0
	}
	return 5 + vg.Length(len(f))*noteHeight
}

func (f foot) draw(p pen, y vg.Length) {
	for i, line := range f {
		p.text(tickText, left, marginLeft, y+5+vg.Length(i)*noteHeight+8, line)
	}
}
