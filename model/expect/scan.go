package expect

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// parser reads one text from left to right.
type parser struct {
	text  string
	pos   int
	depth int // of parentheses
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
func isDigit(c byte) bool  { return '0' <= c && c <= '9' }

// isNameByte accepts what names of figures and metrics hold: letters and digits, and what joins them.
func isNameByte(c byte) bool { return isLetter(c) || isDigit(c) || strings.IndexByte("_.:-", c) >= 0 }

func isOperatorByte(c byte) bool { return strings.IndexByte("<>=!~&|", c) >= 0 }

func (p *parser) skipBlanks() {
	for p.pos < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.pos]) >= 0 {
		p.pos++
	}
}

// peek is the next byte behind blanks, 0 at the end.
func (p *parser) peek() byte {
	p.skipBlanks()
	if p.pos == len(p.text) {
		return 0
	}
	return p.text[p.pos]
}

// accept takes one byte behind blanks.
func (p *parser) accept(c byte) bool {
	if p.peek() != c {
		return false
	}
	p.pos++
	return true
}

// run is what stands at the position as long as the bytes are such.
func (p *parser) run(such func(byte) bool) string {
	to := p.pos
	for to < len(p.text) && such(p.text[to]) {
		to++
	}
	return p.text[p.pos:to]
}

// word is the name behind blanks; empty where none stands. It is not taken.
func (p *parser) word() string {
	if !isLetter(p.peek()) {
		return ""
	}
	return p.run(isNameByte)
}

// acceptWord takes a whole word.
func (p *parser) acceptWord(w string) bool {
	if p.word() != w {
		return false
	}
	p.pos += len(w)
	return true
}

// unexpected reports what stands at the position instead of something else.
func (p *parser) unexpected(wanted string) *Error {
	c := p.peek()
	from := p.pos
	if c == 0 && from == len(p.text) {
		return p.errorAt(from, from, "the expression ends, expected %s", wanted)
	}
	found := p.word()
	if found == "" && (isDigit(c) || c == '-' || c == '.') {
		found = p.run(func(c byte) bool { return isNameByte(c) })
	}
	if found == "" && isOperatorByte(c) {
		found = p.run(isOperatorByte)
	}
	if found != "" {
		return p.errorAt(from, from+len(found), "found %s, expected %s", shown(found), wanted)
	}
	r, size := utf8.DecodeRuneInString(p.text[from:])
	e := p.errorAt(from, from+size, "found %s, expected %s", named(r), wanted)
	e.Nearest = plainForm(r)
	return e
}

// named shows a character; one that cannot be seen by its kind.
func named(r rune) string {
	if !unicode.IsPrint(r) && r != ' ' {
		return "an invisible character"
	}
	return shown(string(r))
}

// plainForm is the character that was probably meant.
func plainForm(r rune) string {
	switch r {
	case '‘', '’', '“', '”', '„', '`':
		return "'"
	case '–', '—', '−':
		return "-"
	case '≤':
		return "<="
	case '≥':
		return ">="
	case '≠':
		return "!="
	}
	return ""
}
