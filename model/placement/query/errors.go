package query

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// SyntaxError is the only error of Parse: one mistake and where it is.
type SyntaxError struct {
	Text       string   // the whole expression
	Column     int      // first wrong character, from 1, in characters
	Length     int      // characters concerned; 0 at the end of the text
	Message    string   // what was found
	Expected   []string // what is allowed there; may be empty
	Suggestion string   // replaces the characters concerned; may be empty
}

// Error gives column, finding, what is allowed and the nearest spelling.
func (e *SyntaxError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "column %d: %s", e.Column, e.Message)
	if len(e.Expected) > 0 {
		b.WriteString(": expected ")
		b.WriteString(alternatives(e.Expected))
	}
	if e.Suggestion != "" {
		fmt.Fprintf(&b, " (did you mean %s?)", shown(e.Suggestion))
	}
	return b.String()
}

// alternatives joins "a, b or c".
func alternatives(items []string) string {
	last := len(items) - 1
	if last == 0 {
		return items[0]
	}
	return strings.Join(items[:last], ", ") + " or " + items[last]
}

// shown is text in double quotes, cut when long. Backslashes stay as written,
// so that a message shows a regular expression the way the user typed it.
func shown(text string) string {
	const limit = 60
	if utf8.RuneCountInString(text) > limit {
		text = string([]rune(text)[:limit]) + "…"
	}
	return `"` + text + `"`
}

// errorAt builds the error for the bytes [from, to) of the text.
func (p *parser) errorAt(from, to int, format string, args ...any) *SyntaxError {
	return &SyntaxError{
		Text:    p.text,
		Column:  utf8.RuneCountInString(p.text[:from]) + 1,
		Length:  utf8.RuneCountInString(p.text[from:to]),
		Message: fmt.Sprintf(format, args...),
	}
}

func (e *SyntaxError) expecting(allowed ...string) *SyntaxError {
	e.Expected = allowed
	return e
}

func (e *SyntaxError) suggesting(text string) *SyntaxError {
	e.Suggestion = text
	return e
}
