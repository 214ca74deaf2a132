package query

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

const needsQuotes = `letters, digits, one of - _ . : / * @ \ + ^ $ ?, or the whole value in quotes`

// argument reads one value or a list and decodes it for the subject.
func (p *parser) argument(pred *predicate) *SyntaxError {
	p.skipBlanks()
	if !pred.op.takesList() {
		if p.peek() == '[' {
			return p.errorAt(p.pos, p.pos+1, `found "[" after the operator %s`, pred.op).
				expecting("one value, a regular expression with brackets in quotes")
		}
		return p.element(pred)
	}
	if !p.acceptByte('[') {
		e := p.unexpected(`a list such as [a, b]`)
		if p.placeholder(p.pos) == "" {
			e.Message += " after the operator " + pred.op.String()
		}
		return e
	}
	open := p.pos - 1
	for {
		if err := p.element(pred); err != nil {
			return err
		}
		if p.acceptByte(',') {
			continue
		}
		if p.acceptByte(']') {
			return nil
		}
		if p.atEnd() {
			return p.errorAt(open, open+1, `the list "[" is never closed`).expecting(`","`, `"]"`)
		}
		return p.unexpected(`","`, `"]"`)
	}
}

// element reads one value and decodes it.
func (p *parser) element(pred *predicate) *SyntaxError {
	p.skipBlanks()
	start := p.pos
	value, err := p.value(pred.op)
	if err != nil {
		return err
	}
	from, to := start, p.pos
	if c := p.text[start]; c == '\'' || c == '"' {
		from, to = from+1, to-1
	}
	value, err = p.decode(pred, value, from, to)
	pred.values = append(pred.values, value)
	return err
}

// value reads a bareword or a quoted text.
func (p *parser) value(op operator) (string, *SyntaxError) {
	if c := p.peek(); c == '\'' || c == '"' {
		return p.quoted(c)
	}
	start := p.pos
	word := p.run(start, isValueByte)
	for i := range len(word) { // $ is a value character, ${ begins a template
		if template := p.placeholder(start + i); template != "" {
			return "", p.unfilled(start+i, template)
		}
	}
	end := start + len(word)
	switch {
	case word == "":
		return "", p.noValue(op)
	case isReserved(word):
		return "", p.errorAt(start, end, "found %s where the operator %s needs a value", shown(word), op).
			expecting("a value; the words and, or, not are values only in quotes")
	case end < len(p.text) && !p.endsValue(end, op):
		return "", p.misplaced(end, "a value without quotes", needsQuotes)
	}
	p.pos = end
	return word, nil
}

func (p *parser) noValue(op operator) *SyntaxError {
	allowed := "a value"
	if op.takesRegex() {
		allowed = "a regular expression, in quotes if it has more than letters, digits and - _ . : / * @ \\ + ^ $ ?"
	}
	e := p.unexpected(allowed)
	if p.placeholder(p.pos) == "" {
		e.Message += " after the operator " + op.String()
	}
	return e
}

// endsValue accepts what may follow a bareword: a blank, ")", "&&" or "||", and
// in a list "," and "]".
func (p *parser) endsValue(at int, op operator) bool {
	rest := p.text[at:]
	switch c := rest[0]; c {
	case ',', ']':
		return op.takesList()
	case ')':
		return true
	default:
		return isBlank(c) || strings.HasPrefix(rest, "&&") || strings.HasPrefix(rest, "||")
	}
}

// quoted reads up to the same quote. There are no escapes.
func (p *parser) quoted(quote byte) (string, *SyntaxError) {
	start := p.pos
	length := strings.IndexByte(p.text[start+1:], quote)
	if length < 0 {
		return "", p.errorAt(start, start+1, "the quote %c is never closed", quote)
	}
	value := p.text[start+1 : start+1+length]
	for i, r := range value {
		at := start + 1 + i
		if unicode.IsControl(r) {
			return "", p.errorAt(at, at+utf8.RuneLen(r), "found a control character in a quoted value")
		}
		if template := p.placeholder(at); template != "" && !namesGroup(value[:i]) {
			return "", p.unfilled(at, template)
		}
	}
	if value == "" {
		return "", p.errorAt(start, start+2, "the value is empty").expecting("at least one character; ask for a missing attribute with !exists")
	}
	p.pos = start + 1 + length + 1
	return value, nil
}

// namesGroup tells the <name> of a regular expression from a placeholder.
func namesGroup(before string) bool {
	return strings.HasSuffix(before, "(?") || strings.HasSuffix(before, "(?P") || strings.HasSuffix(before, `\k`)
}

// decode checks a value against its subject; [from, to) is where it stands.
func (p *parser) decode(pred *predicate, value string, from, to int) (string, *SyntaxError) {
	if pred.op.takesRegex() {
		var err *SyntaxError
		pred.pattern, err = p.compile(value, from)
		return value, err
	}
	switch pred.subject {
	case subjectAgentConnected:
		if value != "true" && value != "false" {
			return value, p.errorAt(from, to, "found %s as value of agentConnected", shown(value)).
				expecting("true", "false").suggesting(nearest(value, []string{"true", "false"}))
		}
	case subjectAgentVersion:
		if !isVersion(value) {
			return value, p.errorAt(from, to, "found %s as value of agentVersion", shown(value)).
				expecting("numbers joined by dots, such as 1.14.5").suggesting(bareVersion(value))
		}
	case subjectRunningTasksCount:
		n, err := strconv.Atoi(value)
		if err != nil || !isDigit(value[0]) {
			return value, p.errorAt(from, to, "found %s as value of runningTasksCount", shown(value)).
				expecting("a whole number from 0")
		}
		pred.count = n
		return strconv.Itoa(n), nil
	case subjectRegisteredAt:
		at, ok := parseInstant(value)
		if !ok {
			return value, p.errorAt(from, to, "found %s as value of registeredAt", shown(value)).
				expecting("2018-06-18", "2018-06-18T22:28:28", "2018-06-18T22:28:28Z", "2018-06-18T22:28:28+00:00")
		}
		pred.instant = at
	case subjectAttribute, subjectEC2InstanceID, subjectTaskGroup: // any text
	}
	return value, nil
}

func bareVersion(value string) string {
	if v, ok := strings.CutPrefix(value, "v"); ok && isVersion(v) {
		return v
	}
	return ""
}

// parseInstant accepts the four forms of the developer guide, with fractions of
// a second as an extension. Without a zone it is UTC.
func parseInstant(value string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", time.DateOnly} {
		if at, err := time.Parse(layout, value); err == nil {
			return at, true
		}
	}
	return time.Time{}, false
}
