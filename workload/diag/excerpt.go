package diag

import (
	"bytes"
	"path"
	"strings"
	"unicode"

	"github.com/mattn/go-runewidth"
)

// excerpt is one line of a file made fit for a terminal, with what to underline, in columns of the terminal.
type excerpt struct {
	line           int
	text           string
	indent, carets int
	// The header of the table that the line is in, if the file is TOML, or the header row of a CSV.
	headerLine int
	header     string
}

// Lengths in columns of the terminal.
const (
	tabWidth   = 4
	widest     = 110 // longer lines are cut around the caret
	headerCut  = 80
	lead       = 40 // what stays before the caret of a cut line
	mostCarets = 60
)

// terminal measures characters the same on every machine, whatever its locale.
var terminal = &runewidth.Condition{}

// cut makes the excerpt of a position; nil if the file has no such line.
func cut(source []byte, at Position) *excerpt {
	source = bytes.TrimPrefix(source, []byte("\xef\xbb\xbf"))
	lines := bytes.Split(source, []byte("\n"))
	if at.Line < 1 || at.Line > len(lines) || len(source) == 0 {
		return nil
	}
	e := &excerpt{line: at.Line}
	e.underline([]rune(line(lines, at.Line)), max(0, at.Column-1), max(1, at.Length))
	switch path.Ext(at.File) {
	case ".toml", "":
		e.headerLine = tableHeader(lines, at.Line)
	case ".csv":
		if at.Line > 1 {
			e.headerLine = 1
		}
	}
	if e.headerLine > 0 {
		e.header = shorten(line(lines, e.headerLine), headerCut)
	}
	return e
}

func line(lines [][]byte, n int) string {
	return strings.ToValidUTF8(strings.TrimSuffix(string(lines[n-1]), "\r"), "\uFFFD")
}

// underline draws the characters from start on, n of them, and cuts the line around them if it is long.
func (e *excerpt) underline(runes []rune, start, n int) {
	start = min(start, len(runes))
	end := min(start+n, len(runes))
	before, marked, after := drawn(runes[:start]), drawn(runes[start:end]), drawn(runes[end:])
	e.indent = width(before)
	e.carets = min(max(1, width(marked)), mostCarets)
	if width(before)+width(marked)+width(after) <= widest {
		e.text = before + marked + after
		return
	}
	if e.indent > lead {
		before = "…" + terminal.TruncateLeft(before, e.indent-lead, "")
		e.indent = width(before)
	}
	e.text = terminal.Truncate(before+marked+after, widest, "…")
	e.carets = max(1, min(e.carets, width(e.text)-e.indent))
}

func width(s string) int { return terminal.StringWidth(s) }

func shorten(text string, columns int) string {
	return terminal.Truncate(drawn([]rune(text)), columns, "…")
}

// drawn makes tabs wide and everything that moves the cursor visible.
func drawn(runes []rune) string {
	var b strings.Builder
	for _, r := range runes {
		switch {
		case r == '\t':
			b.WriteString(strings.Repeat(" ", tabWidth))
		case unsafeToPrint(r):
			b.WriteRune('\uFFFD')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// unsafeToPrint holds for what would move the cursor, ring the bell or turn the direction of writing.
func unsafeToPrint(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029'
}

// printable makes a text that quotes a file safe for a terminal.
func printable(text string) string {
	if !strings.ContainsFunc(text, unsafeToPrint) {
		return strings.ToValidUTF8(text, "\uFFFD")
	}
	return drawn([]rune(text))
}

// tableHeader is the line of the [table] that a line of TOML stands in; 0 if the line is one itself or stands above
// all of them.
func tableHeader(lines [][]byte, n int) int {
	for k := n; k >= 1; k-- {
		text := bytes.TrimSpace(lines[k-1])
		if !isHeader(text) {
			continue
		}
		if k == n {
			return 0
		}
		return k
	}
	return 0
}

// isHeader recognises "[services.web]  # comment" and not an element of an array that is spread over lines.
func isHeader(text []byte) bool {
	if len(text) < 3 || text[0] != '[' {
		return false
	}
	if comment := bytes.IndexByte(text, '#'); comment > 0 {
		text = bytes.TrimSpace(text[:comment])
	}
	return text[len(text)-1] == ']' && !bytes.ContainsAny(text, ",={")
}
