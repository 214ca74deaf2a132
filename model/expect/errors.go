package expect

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Error is why a text is no expression, or none of this scenario: the characters from Offset on, Length of them,
// counted from 0. A Length of 0 is the end of the text.
type Error struct {
	Offset, Length int
	Message        string
	// Nearest is what was probably meant; Help says what can stand there. Both may be empty.
	Nearest, Help string
}

// Error gives column, finding, the nearest spelling and what can stand there.
func (e *Error) Error() string {
	text := fmt.Sprintf("column %d: %s", e.Offset+1, e.Message)
	if e.Nearest != "" {
		text += ", did you mean " + e.Nearest + "?"
	}
	if e.Help != "" {
		text += " (" + e.Help + ")"
	}
	return text
}

// meaning adds the nearest of some words.
func (e *Error) meaning(word string, candidates []string) *Error {
	e.Nearest = nearest(word, candidates)
	return e
}

// helping adds what can stand there.
func (e *Error) helping(format string, args ...any) *Error {
	e.Help = fmt.Sprintf(format, args...)
	return e
}

// errorAt points at the bytes from one offset to another.
func (p *parser) errorAt(from, to int, format string, args ...any) *Error {
	return &Error{
		Offset: utf8.RuneCountInString(p.text[:from]), Length: utf8.RuneCountInString(p.text[from:to]),
		Message: fmt.Sprintf(format, args...),
	}
}

// place is where the bytes from an offset up to the position are, in characters.
func (p *parser) place(from int) (at, length int) {
	return utf8.RuneCountInString(p.text[:from]), utf8.RuneCountInString(p.text[from:p.pos])
}

// shown is a piece of the text in double quotes, cut when long.
func shown(text string) string {
	if utf8.RuneCountInString(text) > 40 {
		text = string([]rune(text)[:40]) + "…"
	}
	return strconv.Quote(text)
}

// listed writes "a, b or c".
func listed(words []string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " or " + words[last]
}
