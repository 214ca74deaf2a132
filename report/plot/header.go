package plot

import "gonum.org/v1/plot/vg"

const (
	titleLine  = vg.Length(16)
	bodyLine   = vg.Length(12.6)
	legendLine = vg.Length(15)
	keyWidth   = vg.Length(20) // of a legend's sample
	keyHeight  = vg.Length(8.4)
)

// key is an entry of a legend: a sample and what it means.
type key struct {
	label  string
	sample func(pen, box)
}

// header is what stands above the data of every picture.
type header struct {
	title, subtitle []string
	legend          [][]key
}

func newHeader(title, subtitle string, keys []key) header {
	const room = pageWidth - marginLeft - marginRight
	h := header{title: titleText.wrap(title, room, 2), subtitle: bodyText.wrap(subtitle, room, 2)}
	used := vg.Length(0)
	for _, k := range keys {
		k.label = bodyText.fit(k.label, room-keyWidth-5)
		w := k.width()
		if len(h.legend) == 0 || used+w > room {
			h.legend = append(h.legend, nil)
			used = 0
		}
		used += w
		last := len(h.legend) - 1
		h.legend[last] = append(h.legend[last], k)
	}
	return h
}

// width is what a key takes with the space to the next.
func (k key) width() vg.Length { return keyWidth + 5 + bodyText.width(k.label) + 16 }

// height includes the space below.
func (h header) height() vg.Length {
	y := vg.Length(len(h.title))*titleLine + vg.Length(len(h.subtitle))*bodyLine
	if len(h.legend) > 0 {
		y += 5 + vg.Length(len(h.legend))*legendLine
	}
	return y + 7
}

func (h header) draw(p pen, y vg.Length) {
	for _, line := range h.title {
		p.text(titleText, left, marginLeft, y+11, line)
		y += titleLine
	}
	for _, line := range h.subtitle {
		p.text(bodyText, left, marginLeft, y+9, line)
		y += bodyLine
	}
	y += 5
	for _, row := range h.legend {
		x := marginLeft
		for _, k := range row {
			k.sample(p, box{snap(x), snap(y + 2), snap(x + keyWidth), snap(y + 2 + keyHeight)})
			p.text(bodyText, left, x+keyWidth+5, y+9.3, k.label)
			x += k.width()
		}
		y += legendLine
	}
}
