package query

import (
	"strings"
	"unicode/utf8"
)

const (
	// MaxLength is the longest expression, in characters (PlacementConstraint).
	MaxLength = 2000
	// MaxDepth is how deep parentheses and not may nest; our own bound.
	MaxDepth = 64
	// maxName is the longest name or value of an attribute.
	maxName = 128
)

const legalInName = `letters, digits, "-", "_", ".", "/" or "\"`

// parser is a recursive-descent parser over the text, one method per level:
// disjunction, conjunction, factor, predicate.
type parser struct {
	text  string
	pos   int
	depth int // of parentheses and not
	open  int // parentheses
}

// Parse reads one expression. The error is a *SyntaxError.
func Parse(text string) (*Expr, error) {
	root, err := parse(text)
	if err != nil {
		return nil, err
	}
	return &Expr{root: root, text: canonical(root), warnings: warnings(root)}, nil
}

func parse(text string) (*node, *SyntaxError) {
	p := &parser{text: text}
	if err := p.checkText(); err != nil {
		return nil, err
	}
	root, err := p.disjunction()
	if err != nil {
		return nil, err
	}
	if p.skipBlanks(); !p.atEnd() {
		return nil, p.leftover()
	}
	return root, nil
}

// checkText is about the text as a whole.
func (p *parser) checkText() *SyntaxError {
	for at := 0; at < len(p.text); {
		r, size := utf8.DecodeRuneInString(p.text[at:])
		if r == utf8.RuneError && size == 1 {
			return p.errorAt(at, at+1, "the text is not valid UTF-8 here")
		}
		at += size
	}
	if n := utf8.RuneCountInString(p.text); n > MaxLength {
		e := p.errorAt(0, 0, "the expression has %d characters, the limit is %d", n, MaxLength)
		e.Column, e.Length = MaxLength+1, n-MaxLength
		return e
	}
	if p.skipBlanks(); p.atEnd() {
		p.pos = 0
		return p.errorAt(0, 0, "the expression is empty").expecting("an expression such as attribute:ecs.instance-type == t2.small")
	}
	return nil
}

func (p *parser) disjunction() (*node, *SyntaxError) {
	return p.chain(nodeOr, "||", "or", p.conjunction)
}

func (p *parser) conjunction() (*node, *SyntaxError) {
	return p.chain(nodeAnd, "&&", "and", p.factor)
}

func (p *parser) chain(kind nodeKind, symbol, word string, next func() (*node, *SyntaxError)) (*node, *SyntaxError) {
	var kids []*node
	for {
		kid, err := next()
		if err != nil {
			return nil, err
		}
		kids = append(kids, kid)
		if !p.acceptJoin(symbol, word) {
			return joined(kind, kids), nil
		}
	}
}

// factor is [not] ( "(" expression ")" | predicate ).
func (p *parser) factor() (*node, *SyntaxError) {
	p.skipBlanks()
	start := p.pos
	negated := p.acceptNot()
	grouped := p.acceptByte('(')
	if negated || grouped {
		if p.depth++; p.depth > MaxDepth {
			return nil, p.errorAt(start, p.pos, "parentheses and not nest deeper than %d levels", MaxDepth)
		}
		defer func() { p.depth-- }()
	}
	var inner *node
	var err *SyntaxError
	if grouped {
		inner, err = p.group(p.pos - 1)
	} else {
		inner, err = p.predicate(negated)
	}
	if err != nil || !negated {
		return inner, err
	}
	return &node{kind: nodeNot, kids: []*node{inner}}, nil
}

func (p *parser) acceptNot() bool {
	if p.peek() == '!' {
		p.pos++
		return true
	}
	return p.acceptWord("not")
}

// group reads what follows an open parenthesis, and the closing one.
func (p *parser) group(open int) (*node, *SyntaxError) {
	p.open++
	inner, err := p.disjunction()
	if err != nil {
		return nil, err
	}
	if p.acceptByte(')') {
		p.open--
		return inner, nil
	}
	if p.atEnd() {
		return nil, p.errorAt(open, open+1, `the parenthesis "(" is never closed`).expecting(`"and"`, `"or"`, `")"`)
	}
	return nil, p.leftover()
}

// leftover reports text after a complete predicate or group that neither joins
// nor closes.
func (p *parser) leftover() *SyntaxError {
	at := p.pos
	switch c := p.peek(); {
	case c == ')' && p.open == 0:
		return p.errorAt(at, at+1, `found ")" but no parenthesis is open`)
	case c == '&' || c == '|':
		return p.errorAt(at, at+1, "found a single %s", shown(string(c))).expecting(`"and"`, `"or"`).suggesting(string([]byte{c, c}))
	}
	allowed := []string{`"and"`, `"or"`, "the end of the expression"}
	if p.open > 0 {
		allowed[2] = `")"`
	}
	e := p.unexpected(allowed...)
	if word := p.run(at, isSubjectByte); word != "" && e.Suggestion == "" {
		e.Suggestion = nearestJoin(word)
	}
	return e
}

// nearestJoin knows other cases, one wrong letter, and words of other languages.
func nearestJoin(word string) string {
	switch strings.ToLower(word) {
	case "and", "adn", "nad", "an", "ad", "annd", "plus":
		return "and"
	case "or", "ro", "ore", "orr":
		return "or"
	}
	return ""
}

// predicate is subject operator [argument].
func (p *parser) predicate(negated bool) (*node, *SyntaxError) {
	p.skipBlanks()
	start := p.pos
	pred := &predicate{column: utf8.RuneCountInString(p.text[:start]) + 1}
	if err := p.subject(pred, negated); err != nil {
		return nil, err
	}
	if err := p.operator(pred); err != nil {
		return nil, err
	}
	if pred.op.takesNothing() {
		return &node{pred: pred}, p.noArgument(pred)
	}
	if err := p.argument(pred); err != nil {
		return nil, err
	}
	return &node{pred: pred}, nil
}

// subject reads a name out of the closed list, or attribute:NAME.
func (p *parser) subject(pred *predicate, negated bool) *SyntaxError {
	start := p.pos
	word := p.run(start, isSubjectByte)
	if word == "" || isReserved(word) {
		return p.noSubject(negated)
	}
	if rest, ok := strings.CutPrefix(word, attributePrefix); ok {
		return p.attributeName(pred, rest)
	}
	for s, entry := range subjects {
		if word == entry.name && subject(s) != subjectAttribute {
			pred.subject = subject(s)
			p.pos += len(word)
			return nil
		}
	}
	return p.errorAt(start, start+len(word), "unknown subject %s", shown(word)).
		expecting(subjectNames()...).suggesting(nearestSubject(word))
}

func (p *parser) noSubject(negated bool) *SyntaxError {
	if !negated {
		return p.unexpected(append(subjectNames(), "not", `"("`)...)
	}
	e := p.unexpected(append(subjectNames(), `"("`)...)
	if c := p.peek(); c == '!' || isWord(p.run(p.pos, isSubjectByte), "not") {
		e.Message = "found a second not; negate twice with not(not(...))"
	}
	return e
}

// nearestSubject also repairs a missing or misspelt "attribute:".
func nearestSubject(word string) string {
	if head, name, found := strings.Cut(word, ":"); found && name != "" && nearest(head, []string{"attribute"}) != "" {
		return attributePrefix + name
	}
	if name := builtIn(word); name != "" {
		return attributePrefix + name
	}
	if rest, ok := strings.CutPrefix(word, "attribute."); ok && rest != "" {
		return attributePrefix + rest
	}
	if s := nearest(word, subjectNames()[1:]); s != "" {
		return s
	}
	switch strings.ToLower(word) {
	case "runningtasks", "runningcount", "taskscount", "taskcount", "tasks":
		return "runningTasksCount"
	case "instanceid", "ec2instance":
		return "ec2InstanceId"
	case "group", "taskgroup":
		return "task:group"
	}
	return ""
}

func (p *parser) attributeName(pred *predicate, rest string) *SyntaxError {
	from := p.pos + len(attributePrefix)
	name := p.run(from, isNameByte)
	to := from + len(name)
	switch {
	case len(name) < len(rest):
		return p.misplaced(to, "the name of an attribute", legalInName)
	case to < len(p.text) && !endsName(p.text[to]), p.placeholder(to) != "":
		return p.misplaced(to, "the name of an attribute", legalInName)
	case name == "":
		return p.errorAt(p.pos, from, `the name after "attribute:" is missing`).expecting("attribute:NAME, without a blank")
	case len(name) > maxName:
		return p.errorAt(from, to, "the name of the attribute has %d characters, the limit is %d", len(name), maxName)
	}
	pred.subject, pred.name, p.pos = subjectAttribute, name, to
	return nil
}

// endsName accepts what may follow a name without a blank, rightly or not: an
// operator, a bracket, a joining symbol.
func endsName(c byte) bool {
	return isBlank(c) || isOperatorByte(c) || strings.IndexByte("&|()[],", c) >= 0
}

// operator reads a symbol or a word and checks that the subject allows it.
func (p *parser) operator(pred *predicate) *SyntaxError {
	allowed := symbols(subjects[pred.subject].allowed)
	p.skipBlanks()
	text := p.operatorText()
	to := p.pos + len(text)
	if template := p.placeholder(p.pos); template != "" {
		return p.unfilled(p.pos, template)
	}
	if text == "" || isReserved(text) && p.spacedNot(text) == "" {
		e := p.unexpected(allowed...)
		e.Message += " where " + shown(pred.subjectText()) + " needs an operator"
		return e
	}
	op, ok := operatorOf(text)
	if !ok {
		return p.unknownOperator(text, allowed)
	}
	for _, a := range subjects[pred.subject].allowed {
		if a == op {
			pred.op, p.pos = op, to
			return nil
		}
	}
	return p.errorAt(p.pos, to, "the operator %s is not allowed for %s", shown(text), pred.subject).expecting(allowed...)
}

// spacedNot sees "not in" and "not exists", a slip worth its own message.
func (p *parser) spacedNot(text string) string {
	if !isWord(text, "not") {
		return ""
	}
	from := p.pos + len(text)
	blanks := p.run(from, isBlank)
	word := p.run(from+len(blanks), isLetter)
	if blanks != "" && (isWord(word, "in") || isWord(word, "exists")) {
		return text + blanks + word
	}
	return ""
}

func (p *parser) unknownOperator(text string, allowed []string) *SyntaxError {
	if spaced := p.spacedNot(text); spaced != "" {
		e := p.errorAt(p.pos, p.pos+len(spaced), "unknown operator %s", shown(spaced)).expecting(allowed...)
		return e.suggesting("!" + strings.ToLower(spaced[strings.LastIndexAny(spaced, " \t\r\n")+1:]))
	}
	e := p.errorAt(p.pos, p.pos+len(text), "unknown operator %s", shown(text)).expecting(allowed...)
	if other, ok := otherSpellings[strings.ToLower(text)]; ok {
		return e.suggesting(other)
	}
	var known []string
	for _, n := range operatorNames {
		known = append(known, n.symbol, n.word)
	}
	if isOperatorByte(text[0]) && len(text) < 4 {
		return e
	}
	return e.suggesting(nearest(text, known))
}

// noArgument refuses a value after exists and !exists.
func (p *parser) noArgument(pred *predicate) *SyntaxError {
	at := p.pos
	p.skipBlanks()
	text := p.run(p.pos, isValueByte)
	if text == "" || nearestJoin(text) != "" {
		p.pos = at
		return nil
	}
	return p.errorAt(p.pos, p.pos+len(text), "found %s after the operator %s, which takes no value", shown(text), pred.op).
		expecting(`"and"`, `"or"`, "the end of the expression")
}
