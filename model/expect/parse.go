package expect

import (
	"slices"
	"strconv"
	"strings"
)

// Limits on what is read.
const (
	maxText  = 2000 // bytes
	maxDepth = 20   // parentheses
)

// Parse reads an expression. Its error is an *Error.
func Parse(text string) (*Expr, error) {
	p := &parser{text: text}
	e, wrong := p.whole()
	if wrong != nil {
		return nil, wrong
	}
	return e, nil
}

func (p *parser) whole() (*Expr, *Error) {
	if len(p.text) > maxText {
		return nil, p.errorAt(0, 0, "the expression is longer than %d characters", maxText)
	}
	if p.peek() == 0 && p.pos == len(p.text) {
		return nil, p.errorAt(0, 0, "the expression is empty").helping("write for example tasks_never_placed == 0")
	}
	e, wrong := p.joined(Or)
	if wrong != nil {
		return nil, wrong
	}
	if p.peek(); p.pos < len(p.text) {
		return nil, p.behind()
	}
	return e, nil
}

// behind reports what follows a whole expression.
func (p *parser) behind() *Error {
	e := p.unexpected(`"and", "or" or the end`)
	word := p.word()
	switch run := p.run(isOperatorByte); {
	case run == "&&" || run == "&" || strings.EqualFold(word, "and"):
		e.Nearest = "and"
	case run == "||" || run == "|" || strings.EqualFold(word, "or"):
		e.Nearest = "or"
	case run != "":
		e = e.helping("write two comparisons: a < b and b < c")
	case word != "" && p.pos > 0 && unitBehind(p.text[:p.pos], word):
		e = e.helping("write a duration without blanks: 120s, 2m")
	case strings.HasPrefix(p.text[p.pos:], "%"):
		e = e.helping("percentages are plain numbers: 85")
	}
	return e
}

// unitBehind says that a word looks like the unit of the number before it.
func unitBehind(before, word string) bool {
	before = strings.TrimRight(before, " ")
	_, known := unitOf(word)
	return before != "" && isDigit(before[len(before)-1]) && (known || nearest(word, []string{"seconds", "minutes", "hours", "days", "secs", "mins"}) != "")
}

// joined reads parts that "or" joins, each of parts that "and" joins.
func (p *parser) joined(by Join) (*Expr, *Error) {
	next, word := p.primary, "and"
	if by == Or {
		next, word = func() (*Expr, *Error) { return p.joined(And) }, "or"
	}
	first, wrong := next()
	if wrong != nil {
		return nil, wrong
	}
	e := &Expr{Join: by, Parts: []*Expr{first}}
	for p.acceptWord(word) {
		part, wrong := next()
		if wrong != nil {
			return nil, wrong
		}
		e.Parts = append(e.Parts, part)
	}
	if len(e.Parts) == 1 {
		return first, nil
	}
	return e, nil
}

// primary reads a comparison, or an expression in parentheses.
func (p *parser) primary() (*Expr, *Error) {
	if p.peek() != '(' {
		return p.comparison()
	}
	open := p.pos
	p.pos++
	if p.depth++; p.depth > maxDepth {
		return nil, p.errorAt(open, open+1, "more than %d parentheses in one another", maxDepth)
	}
	e, wrong := p.joined(Or)
	if wrong != nil {
		return nil, wrong
	}
	p.depth--
	if !p.accept(')') {
		if p.pos == len(p.text) {
			return nil, p.errorAt(open, open+1, "this parenthesis is never closed")
		}
		return nil, p.behind()
	}
	return e, nil
}

func (p *parser) comparison() (*Expr, *Error) {
	s, wrong := p.subject()
	if wrong != nil {
		return nil, wrong
	}
	c := &Comparison{Subject: *s}
	p.peek()
	opAt := p.pos
	if c.Op, wrong = p.operator(); wrong != nil {
		return nil, wrong
	}
	p.peek()
	valueAt := p.pos
	if c.Value, wrong = p.value(); wrong != nil {
		return nil, wrong
	}
	if wrong := p.fits(c, opAt, valueAt); wrong != nil {
		return nil, wrong
	}
	return &Expr{Compare: c}, nil
}

// otherOperators are spellings of neighbouring languages.
var otherOperators = map[string]string{
	"=": "==", "===": "==", "=>": ">=", "=<": "<=", "<>": "!=", "!==": "!=", "=!": "!=", "!": "!=", "~": "==", "=~": "==",
}

func (p *parser) operator() (Op, *Error) {
	run := p.run(isOperatorByte)
	if at := slices.Index(operators[:], run); at >= 0 {
		p.pos += len(run)
		return Op(at), nil
	}
	e := p.unexpected("one of " + listed(operators[:]))
	if other := otherOperators[run]; other != "" {
		e.Nearest = other
	}
	return 0, e
}

// value reads the right side.
func (p *parser) value() (Value, *Error) {
	c := p.peek()
	from := p.pos
	switch {
	case c == '\'' || c == '"':
		text, wrong := p.quote()
		return Value{Kind: Text, Text: text}, wrong
	case isDigit(c), c == '-', c == '.':
		return p.number()
	case c == '$':
		return Value{}, p.errorAt(from, from+1, "found \"$\", expected a number").helping("US dollars are plain numbers: 12.50")
	}
	e := p.unexpected("a number, a duration or a text in quotes")
	if p.word() != "" {
		e = e.helping("the right side is a number such as 10, a duration such as 120s or a text such as 'eni'")
	}
	return Value{}, e
}

// number reads a number, or a duration.
func (p *parser) number() (Value, *Error) {
	from := p.pos
	rest := strings.TrimPrefix(p.text[from:], "-")
	digits := len(p.text[from:]) - len(rest)
	all := digits + len(leading(rest, func(c byte) bool { return isDigit(c) || c == '.' || isLetter(c) || c == '_' }))
	text := p.text[from : from+all]
	if exponent := strings.TrimLeft(text, "-0123456789."); strings.EqualFold(exponent, "e") && all < len(p.text[from:]) &&
		strings.IndexByte("+-", p.text[from+all]) >= 0 { // 1e-3
		all += 1 + len(leading(p.text[from+all+1:], isDigit))
		text = p.text[from : from+all]
	}
	p.pos += all
	if strings.TrimLeft(text, "-.0123456789eE+") == "" {
		v, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return Value{}, p.errorAt(from, p.pos, "%s is not a number", shown(text))
		}
		return Value{Kind: Number, Number: v + 0}, nil // -0 becomes 0
	}
	if strings.Contains(text, "_") {
		return Value{}, p.errorAt(from, p.pos, "%s is not a number", shown(text)).helping("write it without underscores")
	}
	if digits > 0 {
		return Value{}, p.errorAt(from, p.pos, "%s is not a duration: it is negative", shown(text))
	}
	d, problem := readSpan(text)
	if problem != "" {
		return Value{}, p.errorAt(from, p.pos, "%s %s", shown(text), problem).helping("durations are written as 90s, 30m, 1h30m or 2d")
	}
	return Value{Kind: Span, Number: d.Seconds()}, nil
}

func leading(text string, such func(byte) bool) string {
	q := parser{text: text}
	return q.run(such)
}

// quote reads a text in quotes of either kind.
func (p *parser) quote() (string, *Error) {
	from := p.pos
	length := strings.IndexByte(p.text[from+1:], p.text[from])
	if length < 0 {
		return "", p.errorAt(from, len(p.text), "these quotes are never closed")
	}
	text := p.text[from+1 : from+1+length]
	p.pos = from + length + 2
	if strings.ContainsAny(text, `'"`) {
		return "", p.errorAt(from, p.pos, "the text %s holds quotes", shown(text))
	}
	return text, nil
}

// fits checks that the value is of the subject's kind.
func (p *parser) fits(c *Comparison, opAt, valueAt int) *Error {
	s, text := &c.Subject, p.text[valueAt:p.pos]
	switch {
	case s.Figure == FirstBottleneck && c.Value.Kind != Text:
		return p.errorAt(valueAt, p.pos, "%s is a text, found %s", s, text).helping("write for example first_bottleneck != 'eni', or == 'none'")
	case s.Figure == FirstBottleneck && c.Op != Equal && c.Op != NotEqual:
		return p.errorAt(opAt, opAt+len(c.Op.String()), "a text is compared with == or !=, found %s", c.Op)
	case s.Figure == FirstBottleneck:
		resource, _, _ := strings.Cut(c.Value.Text, ":")
		if !slices.Contains(Limits, resource) {
			return p.errorAt(valueAt, p.pos, "no limit is called %s", shown(resource)).meaning(resource, Limits).
				helping("it can be %s", listed(Limits))
		}
	case c.Value.Kind == Text:
		e := p.errorAt(valueAt, p.pos, "%s is a number, found the text %s", s, shown(c.Value.Text))
		if _, problem := readSpan(c.Value.Text); problem == "" || problem == "has no unit" {
			e = e.helping("write it without quotes")
		}
		return e
	case c.Value.Kind == Span && s.Unit() != "s":
		return p.errorAt(valueAt, p.pos, "%s is no time, found the duration %s", s, text).helping("write a plain number")
	}
	return nil
}

// Unit is that of the subject's number: "s" for times, empty where it depends or there is none.
func (s *Subject) Unit() string {
	switch {
	case s.Metric == nil && s.Figure == "cost_usd":
		return "USD"
	case s.Metric == nil && isSeconds(s.Figure):
		return "s"
	case s.Metric == nil || s.Of == Count:
		return ""
	}
	return s.Metric.Unit
}
