package query

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Instance is what an expression asks about one container instance.
type Instance interface {
	Attribute(name string) (value string, ok bool)
	AgentConnected() bool
	AgentVersion() string  // dotted numbers; anything else counts as missing
	EC2InstanceID() string // "" if there is none (an external instance)
	RegisteredAt() time.Time
	RunningTasksCount() int             // tasks with desiredStatus RUNNING
	HostsTaskOfGroup(group string) bool // a task with desiredStatus RUNNING of that group
	TaskGroups() []string               // groups of those tasks; any order, repeats allowed
}

// Expr is a parsed expression. It is immutable and may be shared.
type Expr struct {
	root     *node
	text     string
	warnings []string
}

type nodeKind uint8

const (
	nodePredicate nodeKind = iota
	nodeNot
	nodeAnd
	nodeOr
)

// node is one part of an expression. And/or nodes hold at least two kids, none
// of their own kind, so that equal expressions have equal trees.
type node struct {
	kind nodeKind
	kids []*node
	pred *predicate
}

// predicate is "subject operator [argument]" with its argument decoded.
type predicate struct {
	subject subject
	name    string // of the attribute
	op      operator
	values  []string // as written, without quotes
	column  int      // of the predicate, for warnings

	pattern *regexp.Regexp // =~ and !~
	count   int            // runningTasksCount
	instant time.Time      // registeredAt
}

// joined makes an and/or node, taking in the kids of its own kind.
func joined(kind nodeKind, kids []*node) *node {
	if len(kids) == 1 {
		return kids[0]
	}
	flat := make([]*node, 0, len(kids))
	for _, k := range kids {
		if k.kind == kind {
			flat = append(flat, k.kids...)
		} else {
			flat = append(flat, k)
		}
	}
	return &node{kind: kind, kids: flat}
}

// Match reports whether the instance satisfies the expression.
func (e *Expr) Match(i Instance) bool { return e.root.match(i) }

// String is the canonical text: one space between words, symbols instead of
// word operators, no needless quotes or parentheses.
func (e *Expr) String() string { return e.text }

// Static reports whether the answer for an instance cannot change while the
// instance lives: nothing asks about its agent connection or its tasks.
func (e *Expr) Static() bool {
	static := true
	e.root.each(func(p *predicate) {
		switch p.subject {
		case subjectAgentConnected, subjectRunningTasksCount, subjectTaskGroup:
			static = false
		case subjectAttribute, subjectAgentVersion, subjectEC2InstanceID, subjectRegisteredAt:
		}
	})
	return static
}

// Groups lists the task groups that the expression names, each once, in order
// of appearance. Regular expressions name no group.
func (e *Expr) Groups() []string {
	var groups []string
	e.root.each(func(p *predicate) {
		if p.subject != subjectTaskGroup || p.op.takesRegex() {
			return
		}
		for _, g := range p.values {
			if !slices.Contains(groups, g) {
				groups = append(groups, g)
			}
		}
	})
	return groups
}

// Warnings lists parts that are legal but probably not what was meant.
func (e *Expr) Warnings() []string { return slices.Clone(e.warnings) }

// each visits the predicates from left to right.
func (n *node) each(visit func(*predicate)) {
	if n.kind == nodePredicate {
		visit(n.pred)
		return
	}
	for _, k := range n.kids {
		k.each(visit)
	}
}

// canonical is the usual text unless that is longer than an expression may be;
// then it is the compact text, which is never longer than what was parsed.
func canonical(root *node) string {
	text := printed(root, false)
	if utf8.RuneCountInString(text) > MaxLength {
		text = printed(root, true)
	}
	return text
}

func printed(root *node, compact bool) string {
	w := printer{compact: compact}
	w.node(root)
	return w.String()
}

type printer struct {
	strings.Builder
	compact bool
}

func (w *printer) node(n *node) {
	switch n.kind {
	case nodePredicate:
		w.predicate(n.pred)
	case nodeNot:
		w.not(n.kids[0])
	case nodeAnd:
		w.joined(n, " and ", "&&")
	case nodeOr:
		w.joined(n, " or ", "||")
	}
}

// not keeps the parentheses of AWS's examples. The compact text drops them
// around a predicate, where the grammar allows it.
func (w *printer) not(kid *node) {
	if !w.compact {
		w.WriteString("not(")
		w.node(kid)
		w.WriteByte(')')
		return
	}
	w.WriteByte('!')
	w.grouped(kid, kid.kind != nodePredicate)
}

func (w *printer) joined(n *node, usual, compact string) {
	for i, k := range n.kids {
		if i > 0 && w.compact {
			w.WriteString(compact)
		} else if i > 0 {
			w.WriteString(usual)
		}
		w.grouped(k, n.kind == nodeAnd && k.kind == nodeOr)
	}
}

func (w *printer) grouped(n *node, parentheses bool) {
	if parentheses {
		w.WriteByte('(')
	}
	w.node(n)
	if parentheses {
		w.WriteByte(')')
	}
}

func (w *printer) predicate(p *predicate) {
	w.WriteString(p.subjectText())
	op := p.op.String()
	if !w.compact || isLetter(op[0]) {
		w.WriteByte(' ')
	}
	w.WriteString(op)
	if p.op.takesNothing() {
		return
	}
	comma := ", "
	if w.compact {
		comma = ","
	} else {
		w.WriteByte(' ')
	}
	if p.op.takesList() {
		w.WriteByte('[')
	}
	for i, v := range p.values {
		if i > 0 {
			w.WriteString(comma)
		}
		w.WriteString(quotedIfNeeded(v))
	}
	if p.op.takesList() {
		w.WriteByte(']')
	}
}

func (p *predicate) subjectText() string {
	if p.subject == subjectAttribute {
		return attributePrefix + p.name
	}
	return p.subject.String()
}

// quotedIfNeeded cannot meet both kinds of quotes: one value is written with
// one kind and there are no escapes.
func quotedIfNeeded(value string) string {
	bare := value != "" && !isReserved(value)
	for i := 0; i < len(value) && bare; i++ {
		bare = isValueByte(value[i])
	}
	switch {
	case bare:
		return value
	case strings.Contains(value, "'"):
		return `"` + value + `"`
	default:
		return "'" + value + "'"
	}
}
