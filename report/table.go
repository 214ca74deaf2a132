package report

import (
	"strings"
	"unicode/utf8"
)

// termWidth is how wide terminal text may be.
const termWidth = 80

// column of a table for people.
type column struct {
	title string
	right bool // numbers stand to the right
	least int  // if above 0 the column may be cut down to this width
}

// table lays text out in columns with two spaces between them.
type table struct {
	columns []column
	rows    [][]string
}

func (t *table) add(cells ...string) { t.rows = append(t.rows, cells) }

// lines are the header and the rows, none wider than termWidth as long as the columns that may be cut allow it.
func (t *table) lines() []string {
	widths := t.widths()
	lines := make([]string, 0, len(t.rows)+1)
	titles := make([]string, len(t.columns))
	for i, c := range t.columns {
		titles[i] = c.title
	}
	for _, cells := range append([][]string{titles}, t.rows...) {
		var b strings.Builder
		for i, cell := range cells {
			if i > 0 {
				b.WriteString("  ")
			}
			cell = cut(cell, widths[i])
			gap := strings.Repeat(" ", widths[i]-length(cell))
			if t.columns[i].right {
				b.WriteString(gap + cell)
			} else {
				b.WriteString(cell + gap)
			}
		}
		lines = append(lines, strings.TrimRight(b.String(), " "))
	}
	return lines
}

// widths are what the cells need, less what must be cut: always from the widest column that may be.
func (t *table) widths() []int {
	widths := make([]int, len(t.columns))
	total := 2 * (len(t.columns) - 1)
	for i, c := range t.columns {
		widths[i] = length(c.title)
		for _, cells := range t.rows {
			widths[i] = max(widths[i], length(cells[i]))
		}
		total += widths[i]
	}
	for total > termWidth {
		widest := -1
		for i, c := range t.columns {
			if c.least > 0 && widths[i] > c.least && (widest < 0 || widths[i] > widths[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			break
		}
		widths[widest]--
		total--
	}
	return widths
}

func length(s string) int { return utf8.RuneCountInString(s) }

// cut shortens text to so many characters, the last of them an ellipsis.
func cut(s string, width int) string {
	if length(s) <= width {
		return s
	}
	return string([]rune(s)[:max(width-1, 0)]) + "…"
}

// wrap breaks text into lines at spaces. Every line but the first is indented; words longer than a line stay whole.
func wrap(text, first, indent string, width int) []string {
	var lines []string
	line := first
	begun := false
	for _, word := range strings.Fields(text) {
		if begun && length(line)+1+length(word) > width {
			lines = append(lines, line)
			line, begun = indent, false
		}
		if begun {
			line += " "
		}
		line += word
		begun = true
	}
	return append(lines, line)
}

// clean makes a name from a scenario safe to print: control characters would move the cursor.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return '·'
		}
		return r
	}, s)
}
