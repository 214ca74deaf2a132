package scenario

import (
	"errors"
	"fmt"

	"ecssim/model"
	"ecssim/model/expect"
	"ecssim/workload/diag"
)

const expectExample = `quick_start = "p95(task_wait) < 120s"`

// maxExpectations is far more than anybody reads.
const maxExpectations = 1000

// expectations reads [expect] and [expect_options].
func (b *builder) expectations(t *table) {
	n := t.get("expect")
	if n != nil {
		b.config.ExpectQuantile = 1
	}
	if options, ok := t.sub("expect_options", "[expect_options]"); ok && t.get("expect_options") != nil {
		b.expectOptions(options, n != nil)
	}
	if n == nil {
		return
	}
	p := path{"expect"}
	if n.kind != aTable {
		d := wrongType(n, p, "a table of expressions", "")
		d.Help = []string{"write [expect], and below it for example: " + expectExample}
		b.add(d)
		return
	}
	if len(n.keys) > maxExpectations {
		b.fail("E043", n.key, fmt.Sprintf("`expect` has %d expressions: it can have %d", len(n.keys), maxExpectations), "")
		return
	}
	for _, name := range n.keys {
		b.expectation(name, n.table[name])
	}
}

func (b *builder) expectOptions(o *table, used bool) {
	b.config.ExpectQuantile = o.number("quantile", 0, 1, 1)
	if q := o.get("quantile"); b.config.ExpectQuantile == 0 && !b.failed(q.at) {
		b.fail("E032", q.at, "`expect_options.quantile` is 0: every expectation would hold", "it is above 0, up to 1",
			"0.95 asks for 95 % of the seeds, 1 for all")
	}
	o.done()
	if !used {
		b.warn("W224", o.where(), "`expect_options` is without effect: there is no [expect]")
	}
}

func (b *builder) expectation(name string, n *node) {
	p := path{"expect", name}
	if n.kind != aString {
		b.add(wrongType(n, p, "an expression in quotes", expectExample))
		return
	}
	e, err := expect.Parse(n.text)
	var wrong *expect.Error
	switch {
	case errors.As(err, &wrong):
		b.add(expectProblem(n, p, wrong))
	case err != nil:
		b.fail("E066", n.at, fmt.Sprintf("`%s`: %v", p, err), "")
	default:
		b.config.Expect = append(b.config.Expect, expect.Named{Name: name, Text: n.text, Expr: e})
		b.expected = append(b.expected, n)
		b.scenario.ExpectAt = append(b.scenario.ExpectAt, n.at)
	}
}

// expectProblem points into the string.
func expectProblem(n *node, p path, e *expect.Error) diag.Diagnostic {
	d := diag.Diagnostic{
		Code: "E066", At: inside(n, e.Offset+1, e.Length), Message: fmt.Sprintf("`%s`: %s", p, e.Message),
		Label: didYouMean(backquoted, e.Nearest),
	}
	if e.Help != "" {
		d.Help = []string{e.Help}
	}
	return d
}

// checkExpectations comes last, when everything that an expression can name is known.
func (b *builder) checkExpectations() {
	if len(b.expected) == 0 {
		return
	}
	w := b.config.Expectable()
	for i, n := range b.expected {
		named := &b.config.Expect[i]
		if wrong := named.Expr.Check(w); wrong != nil {
			b.add(expectProblem(n, path{"expect", named.Name}, wrong))
		}
	}
}

// ParseExpectation reads an expression for a world that was accepted, as --fail-on has it. Its error is an
// *expect.Error.
func ParseExpectation(cfg *model.Config, text string) (*expect.Expr, error) {
	e, err := expect.Parse(text)
	if err != nil {
		return nil, err
	}
	if wrong := e.Check(cfg.Expectable()); wrong != nil {
		return nil, wrong
	}
	return e, nil
}
