package plot

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
)

// maxText is the most runes of a text that are looked at; no line holds more.
const maxText = 400

// clean makes a text safe for one line of a picture and for XML.
func clean(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	n := 0
	s = strings.Map(func(r rune) rune {
		n++
		switch {
		case n > maxText:
			return -1
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), r&0xFFFE == 0xFFFE: // not characters of XML 1.0
			return '\uFFFD'
		}
		return r
	}, s)
	return strings.TrimSpace(s)
}

// width is what the text takes. A letter that Liberation does not have is
// drawn as a box in the PNG and by another font in the SVG: it counts as an em.
func (s textStyle) width(text string) vg.Length {
	face := s.face()
	var measurable strings.Builder
	missing := 0
	for _, r := range text {
		if known(face, r) {
			measurable.WriteRune(r)
		} else {
			missing++
		}
	}
	return face.Width(measurable.String()) + vg.Length(missing)*s.size
}

func known(face font.Face, r rune) bool {
	i, err := face.Face.GlyphIndex(nil, r)
	return err == nil && i != 0
}

// fit shortens a text with an ellipsis until it is no wider than room.
func (s textStyle) fit(text string, room vg.Length) string {
	text = clean(text)
	if s.width(text) <= room {
		return text
	}
	runes := []rune(text)
	lo, hi := 0, len(runes)
	for lo < hi {
		mid := (lo + hi + 1) / 2
		if s.width(string(runes[:mid])+"…") <= room {
			lo = mid
		} else {
			hi = mid - 1
		}
	}
	return strings.TrimSpace(string(runes[:lo])) + "…"
}

// fitEnd shortens a text at its beginning, as suits the path of a key: what it
// sets is said by the end.
func (s textStyle) fitEnd(text string, room vg.Length) string {
	text = clean(text)
	if s.width(text) <= room {
		return text
	}
	runes := []rune(text)
	lo, hi := 0, len(runes)
	for lo < hi {
		mid := (lo + hi) / 2
		if s.width("…"+string(runes[mid:])) <= room {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	return "…" + strings.TrimSpace(string(runes[lo:]))
}

// wrap breaks a text at spaces into at most lines lines, the last shortened.
func (s textStyle) wrap(text string, room vg.Length, lines int) []string {
	text = clean(text)
	var out []string
	for text != "" {
		if len(out) == lines-1 || s.width(text) <= room {
			return append(out, s.fit(text, room))
		}
		cut := s.breakAt(text, room)
		out = append(out, s.fit(text[:cut], room))
		text = strings.TrimSpace(text[cut:])
	}
	return out
}

// breakAt is the byte at which the first line of a text ends: the last space
// that fits, or else the last rune that does, at least one.
func (s textStyle) breakAt(text string, room vg.Length) int {
	_, first := utf8.DecodeRuneInString(text)
	space, last := 0, first
	for i, r := range text {
		if i > 0 && s.width(text[:i]) > room {
			break
		}
		if last = max(i, first); r == ' ' {
			space = i
		}
	}
	if space > 0 {
		return space
	}
	return last
}
