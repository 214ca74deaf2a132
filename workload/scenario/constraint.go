package scenario

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"ecssim/model/placement"
	"ecssim/model/placement/query"
	"ecssim/workload/diag"
)

// constraints reads placement_constraints and adds those of the task definition in front.
func (b *builder) constraints(o *owner, n *node) {
	p := o.table.p.join("placement_constraints")
	var own []placement.Constraint
	switch {
	case n == nil:
	case n.kind != aList:
		b.add(wrongType(n, p, "a list of constraints", `placement_constraints = [{ type = "distinctInstance" }]`))
	default:
		for i, e := range n.list {
			q := p.index(i)
			if e.kind != aTable {
				b.add(wrongType(e, q, "a constraint", `{ type = "memberOf", expression = "attribute:ecs.instance-type =~ m5.*" }`))
				continue
			}
			if c, ok := b.constraint(b.table(e, q)); ok {
				own = append(own, c)
			}
		}
	}
	o.own = own
	o.placing.Constraints = slices.Concat(o.spec.constraints, own)
	if all := len(o.placing.Constraints); all > placement.MaxConstraints && n != nil {
		found := fmt.Sprintf("%d placement constraints, those of the task definition included: ECS allows %d", all, placement.MaxConstraints)
		b.fail("E043", n.at, found, "", "join expressions with `and`")
	}
}

func (b *builder) constraint(t *table) (placement.Constraint, bool) {
	expression := t.get("expression")
	word, ok := t.choice("type", []string{"distinctInstance", "memberOf"}, "")
	if t.get("type") == nil {
		t.missing("type", `{ type = "distinctInstance" }`)
	}
	if expression == nil && word == "memberOf" {
		t.missing("expression", `expression = "attribute:ecs.instance-type =~ m5.*"`)
		ok = false
	}
	t.done()
	q := t.p.join("expression")
	switch {
	case expression != nil && expression.kind != aString:
		b.add(wrongType(expression, q, "an expression", `expression = "attribute:ecs.instance-type =~ m5.*"`))
		return placement.Constraint{}, false
	case !ok:
		return placement.Constraint{}, false
	case word == "distinctInstance":
		if expression != nil {
			b.fail("E023", expression.key, fmt.Sprintf("`%s`: distinctInstance has no expression", q), "", "remove it, or use type = \"memberOf\"")
		}
		return placement.Constraint{}, expression == nil
	}
	if n := len([]rune(expression.text)); n > maxExpression {
		b.fail("E043", expression.at, fmt.Sprintf("`%s` has %d characters: ECS allows %d", q, n, maxExpression), "")
		return placement.Constraint{}, false
	}
	e, ok := b.expression(expression.text, q.String(), func(column, length int) diag.Position {
		return inside(expression, column, length)
	})
	return placement.Constraint{Query: e}, ok
}

// expression parses the cluster query language and points into it.
func (b *builder) expression(text, name string, at func(column, length int) diag.Position) (*query.Expr, bool) {
	e, err := query.Parse(text)
	var wrong *query.SyntaxError
	if errors.As(err, &wrong) {
		d := diag.Diagnostic{Code: "E042", At: at(wrong.Column, wrong.Length), Message: fmt.Sprintf("`%s`: %s", name, wrong.Message)}
		d.Label = didYouMean(backquoted, wrong.Suggestion)
		if len(wrong.Expected) > 0 {
			d.Help = []string{"expected here: " + enumerate(wrong.Expected, "or")}
		}
		d.Notes = []string{"the cluster query language is that of ECS: attribute:NAME OPERATOR VALUE, joined by and, or, not"}
		b.add(d)
		return nil, false
	}
	if err != nil {
		b.fail("E042", at(1, 0), fmt.Sprintf("`%s`: %v", name, err), "")
		return nil, false
	}
	for _, w := range e.Warnings() {
		b.warn("W208", at(1, len([]rune(text))), fmt.Sprintf("`%s`: %s", name, w))
	}
	return e, true
}

// inside is the position of a character of a string, counted in the decoded text.
func inside(n *node, column, length int) diag.Position {
	at := n.at
	quote := 1
	if strings.HasPrefix(n.raw, `"""`) || strings.HasPrefix(n.raw, `'''`) || n.raw == "" {
		return at // over several lines, or not from a file
	}
	raw := []rune(n.raw)
	k := quote
	for i := 1; i < column && k < len(raw)-1; i++ {
		k += escapeLength(raw[k:])
	}
	at.Column += k
	at.Length = 0
	for range max(1, length) {
		if k >= len(raw)-1 {
			break
		}
		step := escapeLength(raw[k:])
		at.Length, k = at.Length+step, k+step
	}
	at.Length = max(1, at.Length)
	return at
}

// escapeLength is how many characters of a basic string make one. Literal strings have no backslash that escapes, but
// a column that is off by one there does no harm.
func escapeLength(raw []rune) int {
	if raw[0] != '\\' || len(raw) < 2 {
		return 1
	}
	switch raw[1] {
	case 'u':
		return 6
	case 'U':
		return 10
	case 'x':
		return 4
	}
	return 2
}
