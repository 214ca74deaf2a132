package query

import (
	"errors"
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode/utf8"
)

// maxPatternSize bounds the states of a compiled expression: a{1000}{1000} is
// short as text and huge as a machine. Values have at most 128 characters.
const maxPatternSize = 10_000

// compile makes a regular expression of Java that has to match a whole value.
// [from, …) is where it stands in the text.
func (p *parser) compile(pattern string, from int) (*regexp.Regexp, *SyntaxError) {
	check := javaCheck{pattern: pattern}
	if at, problem := check.run(); problem != "" {
		_, size := utf8.DecodeRuneInString(pattern[at:])
		return nil, p.errorAt(from+at, from+at+size, "in the regular expression %s: %s", shown(pattern), problem)
	}
	tree, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return nil, p.errorAt(from, from+len(pattern), "in the regular expression %s: %s", shown(pattern), reason(err))
	}
	if patternSize(tree) > maxPatternSize {
		return nil, p.errorAt(from, from+len(pattern), "in the regular expression %s: its repetitions multiply to more than %d states",
			shown(pattern), maxPatternSize)
	}
	if check.quoting {
		pattern += `\E`
	}
	whole, err := regexp.Compile(`\A(?:` + pattern + `)\z`)
	if err != nil {
		return nil, p.errorAt(from, from+len(pattern), "in the regular expression %s: %s", shown(pattern), reason(err))
	}
	return whole, nil
}

// reason is the text of the regexp package without its "error parsing regexp".
func reason(err error) string {
	var e *syntax.Error
	if !errors.As(err, &e) {
		return err.Error()
	}
	if e.Code == syntax.ErrInvalidRepeatSize {
		return "a repetition count, multiplied by those around it, is above 1000, or its bounds are exchanged (" + e.Expr + ")"
	}
	return string(e.Code) + " (" + e.Expr + ")"
}

// patternSize counts states with repetitions written out; it saturates.
func patternSize(re *syntax.Regexp) int {
	size := 1
	if re.Op == syntax.OpLiteral {
		size = len(re.Rune)
	}
	for _, sub := range re.Sub {
		size += patternSize(sub)
	}
	if re.Op == syntax.OpRepeat {
		size *= max(re.Max, re.Min, 1)
	}
	return min(size, maxPatternSize+1)
}

// javaCheck walks over a pattern and finds what Java and RE2 do not agree on.
// Everything else is left to the regexp package, which knows its own syntax.
type javaCheck struct {
	pattern  string
	at       int
	inClass  bool
	quoting  bool // after \Q
	repeated bool // the last thing was a quantifier
}

// run gives the place and the description of the first disagreement.
func (c *javaCheck) run() (int, string) {
	for c.at < len(c.pattern) {
		start := c.at
		rest := c.pattern[start:]
		var problem string
		switch {
		case c.quoting:
			c.quote(rest)
		case rest[0] == '\\':
			problem = c.escape(rest)
		case c.inClass:
			problem = c.class(rest)
		default:
			problem = c.outside(rest)
		}
		if problem != "" {
			return start, problem
		}
	}
	return 0, ""
}

func (c *javaCheck) quote(rest string) {
	if strings.HasPrefix(rest, `\E`) {
		c.quoting = false
		c.at++
	}
	c.at++
}

func (c *javaCheck) escape(rest string) string {
	c.repeated = false
	if len(rest) < 2 {
		c.at++
		return "a backslash at its end escapes nothing"
	}
	c.at += 2
	switch next := rest[1]; {
	case next == 'Q' && c.inClass:
		return `\Q inside a character class is not supported`
	case next == 'Q':
		c.quoting = true
	case '1' <= next && next <= '9', next == 'k':
		return "back-references are not supported, because matching runs on RE2"
	case next == 'v':
		return `\v means any vertical space in Java and one character in RE2; it is not supported`
	case next == 'E' || strings.IndexByte("cehHGNRuVXZC0", next) >= 0:
		return `the escape \` + string(next) + " is not supported"
	case strings.HasPrefix(rest[1:], "p{Is"), strings.HasPrefix(rest[1:], "P{Is"):
		return `write the script without "Is": \p{Latin}`
	case strings.IndexByte("pPx", next) >= 0 && strings.HasPrefix(rest[2:], "{"):
		c.at += 1 + max(0, strings.IndexByte(rest[2:], '}'))
	}
	return ""
}

// class is a character inside [...].
func (c *javaCheck) class(rest string) string {
	c.at++
	switch {
	case rest[0] == '[':
		return `"[" inside a character class is a union in Java and a character in RE2; write \[ for the character`
	case strings.HasPrefix(rest, "&&"):
		return `"&&" inside a character class is an intersection in Java and is not supported`
	case rest[0] == ']':
		c.inClass = false
	}
	return ""
}

func (c *javaCheck) outside(rest string) string {
	quantifier := 0
	switch rest[0] {
	case '*', '+', '?':
		quantifier = 1
	case '{':
		if quantifier = braces(rest); quantifier == 0 {
			return `"{" begins no repetition such as {2} or {1,3}; write \{ for the character`
		}
	case '[':
		c.openClass(rest)
		return ""
	case '(':
		if problem := group(rest); problem != "" {
			return problem
		}
	}
	if quantifier == 0 {
		c.repeated = false
		c.at++
		return ""
	}
	switch {
	case c.repeated && rest[0] == '+':
		return "possessive quantifiers are not supported, because matching runs on RE2; leave out this +"
	case c.repeated && rest[0] != '?':
		return "a quantifier follows a quantifier"
	}
	c.repeated = !c.repeated // a*? is complete, a second quantifier starts anew
	c.at += quantifier
	return ""
}

// openClass steps over "[", "[^" and a "]" that stands first, which is a
// character.
func (c *javaCheck) openClass(rest string) {
	c.repeated, c.inClass = false, true
	c.at++
	if strings.HasPrefix(rest, "[^") {
		c.at++
	}
	if c.at < len(c.pattern) && c.pattern[c.at] == ']' {
		c.at++
	}
}

// braces is the length of {n}, {n,} or {n,m}; 0 for anything else.
func braces(rest string) int {
	end := strings.IndexByte(rest, '}')
	if end < 2 || !isDigit(rest[1]) {
		return 0
	}
	comma := false
	for i := 1; i < end; i++ {
		switch {
		case rest[i] == ',' && !comma:
			comma = true
		case !isDigit(rest[i]):
			return 0
		}
	}
	return end + 1
}

const (
	noLookAround = "look-around is not supported, because matching runs on RE2; combine two expressions with and, or use !~"
	noAtomic     = "atomic groups are not supported, because matching runs on RE2"
	notJava      = "(?P belongs to other languages than Java; write (?<name>...)"
)

// openings of groups that Java has and RE2 lacks, or the other way round.
var openings = []struct{ text, problem string }{
	{"(?=", noLookAround}, {"(?!", noLookAround}, {"(?<=", noLookAround}, {"(?<!", noLookAround},
	{"(?>", noAtomic}, {"(?P", notJava},
}

func group(rest string) string {
	for _, o := range openings {
		if strings.HasPrefix(rest, o.text) {
			return o.problem
		}
	}
	flags, found := strings.CutPrefix(rest, "(?")
	if !found {
		return ""
	}
	for i := 0; i < len(flags) && (isLetter(flags[i]) || flags[i] == '-'); i++ {
		if strings.IndexByte("Uxud", flags[i]) >= 0 {
			return "the flag " + flags[i:i+1] + " is not supported; i, m and s are"
		}
	}
	return ""
}
