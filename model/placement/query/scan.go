package query

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The scanner reads by context: the same characters are an operator after a
// subject and part of a value after an operator. So !exists, !in, != and !~ are
// only looked for where an operator stands, and ! alone where a subject does.

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// isNameByte accepts what AWS allows in the name of an attribute.
func isNameByte(c byte) bool {
	return isLetter(c) || isDigit(c) || strings.IndexByte(`-_./\`, c) >= 0
}

func isSubjectByte(c byte) bool { return isNameByte(c) || c == ':' }

// isValueByte accepts what a value without quotes may hold.
func isValueByte(c byte) bool {
	return isSubjectByte(c) || strings.IndexByte(`*@+^$?`, c) >= 0
}

func isOperatorByte(c byte) bool { return strings.IndexByte("=!<>~", c) >= 0 }

func (p *parser) skipBlanks() {
	for p.pos < len(p.text) && isBlank(p.text[p.pos]) {
		p.pos++
	}
}

// peek is the next byte, 0 at the end.
func (p *parser) peek() byte {
	if p.pos == len(p.text) {
		return 0
	}
	return p.text[p.pos]
}

func (p *parser) atEnd() bool { return p.pos == len(p.text) }

// run is the longest text from the position on that consists of such bytes.
func (p *parser) run(from int, accept func(byte) bool) string {
	to := from
	for to < len(p.text) && accept(p.text[to]) {
		to++
	}
	return p.text[from:to]
}

// acceptByte takes one byte after blanks.
func (p *parser) acceptByte(c byte) bool {
	p.skipBlanks()
	if p.atEnd() || p.text[p.pos] != c {
		return false
	}
	p.pos++
	return true
}

// acceptJoin takes a joining symbol or a whole joining word.
func (p *parser) acceptJoin(symbol, word string) bool {
	p.skipBlanks()
	if strings.HasPrefix(p.text[p.pos:], symbol) {
		p.pos += len(symbol)
		return true
	}
	return p.acceptWord(word)
}

func (p *parser) acceptWord(word string) bool {
	if run := p.run(p.pos, isSubjectByte); isWord(run, word) {
		p.pos += len(run)
		return true
	}
	return false
}

// operatorText is the text that stands where an operator is wanted: a run of
// symbols, a word, or ! with a word.
func (p *parser) operatorText() string {
	isWordByte := func(c byte) bool { return isLetter(c) || isDigit(c) || c == '_' }
	if p.peek() == '!' {
		if word := p.run(p.pos+1, isWordByte); word != "" {
			return "!" + word
		}
	}
	if symbols := p.run(p.pos, isOperatorByte); symbols != "" {
		return symbols
	}
	return p.run(p.pos, isWordByte)
}

// placeholders of Terraform and shells, of Jinja and Go, of documentation.
var placeholders = regexp.MustCompile(`^(?:[$%]\{[^0-9}][^}]*\}?|\{\{[^{}]*\}\}|<[A-Za-z_][^<>'"&|]{0,63}>)`)

// placeholder gives the unrendered template text at a byte, if there is one.
func (p *parser) placeholder(at int) string {
	if at >= len(p.text) || strings.IndexByte("$%{<", p.text[at]) < 0 {
		return ""
	}
	return placeholders.FindString(p.text[at:])
}

func (p *parser) unfilled(at int, template string) *SyntaxError {
	return p.errorAt(at, at+len(template),
		"the placeholder %s was not filled in; render the template before the expression is used", shown(template))
}

// unexpected reports the text at the position: what it is, and what may stand
// there instead.
func (p *parser) unexpected(allowed ...string) *SyntaxError {
	at := p.pos
	if p.atEnd() {
		return p.errorAt(at, at, "found the end of the expression").expecting(allowed...)
	}
	if template := p.placeholder(at); template != "" {
		return p.unfilled(at, template)
	}
	if word := p.run(at, isValueByte); word != "" {
		return p.errorAt(at, at+len(word), "found %s", shown(word)).expecting(allowed...)
	}
	if symbols := p.run(at, isOperatorByte); symbols != "" {
		return p.errorAt(at, at+len(symbols), "found %s", shown(symbols)).expecting(allowed...)
	}
	r, size := utf8.DecodeRuneInString(p.text[at:])
	e := p.errorAt(at, at+size, "found %s", named(r)).expecting(allowed...)
	if plain := plainForm(r); plain != "" {
		e.Suggestion = plain
	}
	return e
}

// misplaced reports one character that is not legal inside the thing named.
func (p *parser) misplaced(at int, where, legal string) *SyntaxError {
	if template := p.placeholder(at); template != "" {
		return p.unfilled(at, template)
	}
	r, size := utf8.DecodeRuneInString(p.text[at:])
	e := p.errorAt(at, at+size, "found %s in %s", named(r), where).expecting(legal)
	return e.suggesting(plainForm(r))
}

// named shows a character; one that looks like another also by its name.
func named(r rune) string {
	switch r {
	case '—':
		return `"—" (em dash)`
	case '–':
		return `"–" (en dash)`
	case '−':
		return `"−" (minus sign)`
	case '‘', '’', '“', '”', '„', '«', '»':
		return shown(string(r)) + " (typographic quote)"
	case '\u00a0', '\u2007', '\u202f':
		return "a no-break space"
	}
	if !unicode.IsPrint(r) {
		return "an invisible character (" + codePoint(r) + ")"
	}
	return shown(string(r))
}

func codePoint(r rune) string {
	const digits = "0123456789ABCDEF"
	out := []byte("U+")
	for shift := 20; shift >= 0; shift -= 4 {
		if d := r >> shift & 15; d != 0 || len(out) > 2 || shift < 16 {
			out = append(out, digits[d])
		}
	}
	return string(out)
}

// plainForm is the character of the language that was probably meant.
func plainForm(r rune) string {
	switch r {
	case '—', '–', '−':
		return "-"
	case '‘', '’':
		return "'"
	case '“', '”', '„', '«', '»':
		return `"`
	case '\u00a0', '\u2007', '\u202f':
		return " "
	}
	return ""
}
