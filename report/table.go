package report

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Widths of terminal text: what it is written for, and what it is never narrower than.
const (
	termWidth  = 80
	leastWidth = 60
)

// column of a table for people.
type column struct {
	title string
	right bool // numbers stand to the right
	least int  // if above 0 the column may be cut down to this width
	spare bool // left out where there is no room for all; the first such column goes first
	worth int  // below this width it is only cut when no spare column is left
	// shorten brings a cell down to a width; nil cuts it.
	shorten func(cell string, width int) string
}

// table lays text out in columns with two spaces between them.
type table struct {
	columns []column
	rows    [][]string
}

func (t *table) add(cells ...string) { t.rows = append(t.rows, cells) }

// drop removes a column.
func (t *table) drop(title string) {
	at := slices.IndexFunc(t.columns, func(c column) bool { return c.title == title })
	t.columns = slices.Delete(t.columns, at, at+1)
	for i := range t.rows {
		t.rows[i] = slices.Delete(t.rows[i], at, at+1)
	}
}

// spare says whether a column, if it is there, may be left out.
func (t *table) spare(title string, may bool) {
	if at := slices.IndexFunc(t.columns, func(c column) bool { return c.title == title }); at >= 0 {
		t.columns[at].spare = may
	}
}

// insist keeps a column that may be cut as wide as its cells are, up to a width: spare columns are left out for it.
func (t *table) insist(title string, width int) {
	at := slices.IndexFunc(t.columns, func(c column) bool { return c.title == title })
	widest := 0
	for _, cells := range t.rows {
		widest = max(widest, length(cells[at]))
	}
	t.columns[at].worth = min(widest, width)
}

// lines are the header and the rows, none wider than width as long as the columns that may be cut or left out allow it.
func (t *table) lines(width int) []string {
	shown, widths := t.fit(width)
	lines := make([]string, 0, len(t.rows)+1)
	titles := make([]string, len(t.columns))
	for i, c := range t.columns {
		titles[i] = c.title
	}
	for n, cells := range append([][]string{titles}, t.rows...) {
		var b strings.Builder
		for i, at := range shown {
			if i > 0 {
				b.WriteString("  ")
			}
			c, cell := &t.columns[at], cells[at]
			if c.shorten != nil && n > 0 {
				cell = c.shorten(cell, widths[i])
			}
			cell = cut(cell, widths[i])
			gap := strings.Repeat(" ", widths[i]-length(cell))
			if c.right {
				b.WriteString(gap + cell)
			} else {
				b.WriteString(cell + gap)
			}
		}
		lines = append(lines, strings.TrimRight(b.String(), " "))
	}
	return lines
}

// fit chooses the columns that there is room for, and their widths.
func (t *table) fit(width int) (shown, widths []int) {
	for i := range t.columns {
		shown = append(shown, i)
	}
	for {
		spare := slices.IndexFunc(shown, func(at int) bool { return t.columns[at].spare })
		widths, fits := t.widths(shown, width, spare < 0)
		if fits || spare < 0 {
			return shown, widths
		}
		shown = slices.Delete(shown, spare, spare+1)
	}
}

// widths are what the cells need, less what must be cut: always from the widest column that may be. hard also cuts
// what is worth more than spare columns.
func (t *table) widths(shown []int, width int, hard bool) (widths []int, fits bool) {
	widths = make([]int, len(shown))
	total := 2 * (len(shown) - 1)
	for i, at := range shown {
		widths[i] = length(t.columns[at].title)
		for _, cells := range t.rows {
			widths[i] = max(widths[i], length(cells[at]))
		}
		total += widths[i]
	}
	for total > width {
		widest := -1
		for i, at := range shown {
			least := t.columns[at].least
			if !hard {
				least = max(least, t.columns[at].worth)
			}
			if least > 0 && widths[i] > least && (widest < 0 || widths[i] > widths[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			return widths, false
		}
		widths[widest]--
		total--
	}
	return widths, true
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
