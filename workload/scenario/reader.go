package scenario

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"ecssim/workload/diag"
)

// reader asks the merged tree typed questions and records everything that is wrong with the answers.
type reader struct {
	load  *loader
	root  *node
	diags []diag.Diagnostic
	// ignored collects AWS keys of task definitions that this version does not use.
	ignored []string
	// digests of the files that were read besides TOML, for the hash.
	digests map[string]string
}

func (r *reader) add(ds ...diag.Diagnostic) { r.diags = append(r.diags, ds...) }

// fail records an error at a value.
func (r *reader) fail(code string, at diag.Position, message, label string, help ...string) {
	r.add(diag.Diagnostic{Code: code, At: at, Message: message, Label: label, Help: help})
}

// warn records a warning at a value.
func (r *reader) warn(code string, at diag.Position, message string, help ...string) {
	r.add(diag.Diagnostic{Severity: diag.Warning, Code: code, At: at, Message: message, Help: help})
}

// wrongType is the error for a value of another type than expected.
func wrongType(n *node, p path, expected, example string) diag.Diagnostic {
	d := diag.Diagnostic{
		Code: "E031", At: n.at,
		Message: fmt.Sprintf("`%s`: expected %s, found %s", p, expected, n.found()),
	}
	if example != "" {
		d.Help = []string{"write for example: " + example}
	}
	return d
}

// table is a table of the scenario that is being read. Every key that is asked for is known; done reports the rest.
type table struct {
	r     *reader
	n     *node
	p     path
	asked []string
	// later holds keys of later versions, which are refused and not ignored.
	later map[string]string
	// absent keys were reported as missing.
	absent []absence
}

// absence is a missing key and the message about it.
type absence struct{ key, message string }

// table opens the table at n, which may be absent; it is then empty and nobody wrote it.
func (r *reader) table(n *node, p path) *table {
	if n == nil {
		n = &node{kind: aTable, byDefault: true}
	}
	return &table{r: r, n: n, p: p}
}

// get returns the value of a key, or nil.
func (t *table) get(key string) *node {
	if !slices.Contains(t.asked, key) {
		t.asked = append(t.asked, key)
	}
	return t.n.child(key)
}

// at is the place of a key as a whole, for what its value alone does not explain.
func (t *table) at(key string) diag.Position {
	if c := t.n.child(key); c != nil && !c.byDefault {
		return c.key
	}
	return t.n.key
}

// valueAt is the place of the value of a key.
func (t *table) valueAt(key string) diag.Position {
	if c := t.n.child(key); c != nil && !c.byDefault {
		return c.at
	}
	return t.n.key
}

// where is the place of the table itself: its header, or the file.
func (t *table) where() diag.Position {
	if len(t.p) == 0 {
		return diag.Position{File: t.n.at.File}
	}
	return t.n.key
}

// fill notes the default of an absent key, so that the resolved scenario shows it.
func (t *table) fill(key string, c *node) {
	c.byDefault = true
	t.n.put(key, c)
}

// sub opens a table below, also if it is absent. It returns false if something else stands there.
func (t *table) sub(key, example string) (*table, bool) {
	n := t.get(key)
	p := t.p.join(key)
	if n == nil {
		return t.r.table(nil, p), true
	}
	if n.kind != aTable {
		t.r.add(wrongType(n, p, "a table", example))
		return nil, false
	}
	return t.r.table(n, p), true
}

// missing reports a key that must be there. done takes it back if the key is there with a misspelling.
func (t *table) missing(key, example string) {
	name := "`" + t.p.join(key).String() + "`"
	t.r.fail("E022", t.where(), name+" is missing", "", "write for example: "+example)
	t.absent = append(t.absent, absence{key, name + " is missing"})
}

// text reads a string.
func (t *table) text(key, standard string) string {
	n := t.get(key)
	if n == nil {
		if standard != "" {
			t.fill(key, &node{kind: aString, text: standard})
		}
		return standard
	}
	if n.kind != aString {
		d := wrongType(n, t.p.join(key), "a string", "")
		if n.raw != "" && len(n.raw) < 40 {
			d.Help = []string{"write it in quotes: " + key + " = " + quoted(n.raw)}
		}
		t.r.add(d)
		return standard
	}
	return n.text
}

// choice reads one of a few words, spelled exactly.
func (t *table) choice(key string, allowed []string, standard string) (string, bool) {
	n := t.get(key)
	if n == nil {
		if standard != "" {
			t.fill(key, &node{kind: aString, text: standard})
		}
		return standard, standard != ""
	}
	return t.r.oneOf(n, t.p.join(key), allowed)
}

// oneOf checks a word against what is allowed and offers the nearest.
func (r *reader) oneOf(n *node, p path, allowed []string) (string, bool) {
	if n.kind != aString {
		r.add(wrongType(n, p, "one of "+words(allowed), ""))
		return "", false
	}
	if slices.Contains(allowed, n.text) {
		return n.text, true
	}
	d := diag.Diagnostic{
		Code: "E033", At: n.at, Message: fmt.Sprintf("`%s` cannot be %s", p, strconv.Quote(n.text)),
		Label: didYouMean(strconv.Quote, diag.Nearest(n.text, allowed)), Help: []string{"it can be " + words(allowed)},
	}
	r.add(d)
	return "", false
}

// didYouMean is the label that offers a spelling; empty without one.
func didYouMean(quote func(string) string, nearest string) string {
	if nearest == "" {
		return ""
	}
	return "did you mean " + quote(nearest) + "?"
}

func backquoted(s string) string { return "`" + s + "`" }

// words writes `"a", "b" or "c"`.
func words(list []string) string {
	quotedWords := make([]string, len(list))
	for i, w := range list {
		quotedWords[i] = strconv.Quote(w)
	}
	return enumerate(quotedWords, "or")
}

func enumerate(list []string, last string) string {
	if len(list) < 2 {
		return strings.Join(list, "")
	}
	return strings.Join(list[:len(list)-1], ", ") + " " + last + " " + list[len(list)-1]
}

// whole reads an integer between low and high.
func (t *table) whole(key string, low, high, standard int64) int64 {
	n := t.get(key)
	if n == nil {
		t.fill(key, &node{kind: anInteger, whole: standard})
		return standard
	}
	v, ok := t.r.wholeOf(n, t.p.join(key), low, high)
	if !ok {
		return standard
	}
	return v
}

// wholeOf checks an integer.
func (r *reader) wholeOf(n *node, p path, low, high int64) (int64, bool) {
	if n.kind != anInteger {
		d := wrongType(n, p, "an integer", "")
		if _, err := strconv.ParseInt(strings.TrimSpace(n.text), 10, 64); n.kind == aString && err == nil {
			d.Help = []string{fmt.Sprintf("write it without quotes: %s = %s", p[len(p)-1], strings.TrimSpace(n.text))}
		}
		r.add(d)
		return 0, false
	}
	if n.whole < low || n.whole > high {
		r.outOfRange(n, p, strconv.FormatInt(n.whole, 10), strconv.FormatInt(low, 10), strconv.FormatInt(high, 10))
		return 0, false
	}
	return n.whole, true
}

func (r *reader) outOfRange(n *node, p path, found, low, high string) {
	r.fail("E032", n.at, fmt.Sprintf("`%s` is out of range: %s", p, found), fmt.Sprintf("it can be %s to %s", low, high))
}

// number reads a finite number between low and high.
func (t *table) number(key string, low, high, standard float64) float64 {
	n := t.get(key)
	if n == nil {
		t.fill(key, &node{kind: aFloat, number: standard})
		return standard
	}
	v, ok := t.r.numberOf(n, t.p.join(key))
	if !ok {
		return standard
	}
	if v < low || v > high {
		t.r.outOfRange(n, t.p.join(key), plain(v), plain(low), plain(high))
		return standard
	}
	return v
}

// numberOf reads an integer or a float that is a finite number.
func (r *reader) numberOf(n *node, p path) (float64, bool) {
	switch n.kind {
	case anInteger:
		return float64(n.whole), true
	case aFloat:
		if math.IsNaN(n.number) || math.IsInf(n.number, 0) {
			r.fail("E032", n.at, fmt.Sprintf("`%s` must be a finite number, found %s", p, n.raw), "")
			return 0, false
		}
		return n.number, true
	default:
		r.add(wrongType(n, p, "a number", ""))
		return 0, false
	}
}

// plain writes a number as briefly as it reads back.
func plain(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// names reads a list of strings, each with its place.
func (t *table) names(key, example string) []*node {
	n := t.get(key)
	if n == nil {
		return nil
	}
	p := t.p.join(key)
	if n.kind != aList {
		t.r.add(wrongType(n, p, "a list of strings", example))
		return nil
	}
	if len(n.list) == 0 {
		t.r.fail("E032", n.at, fmt.Sprintf("`%s` is empty", p), "", "name at least one, or leave the key out")
		return nil
	}
	var names []*node
	for i, e := range n.list {
		if e.kind != aString {
			t.r.add(wrongType(e, p.index(i), "a string", example))
			continue
		}
		if slices.ContainsFunc(names, func(o *node) bool { return o.text == e.text }) {
			t.r.fail("E023", e.at, fmt.Sprintf("`%s` names %q twice", p, e.text), "")
			continue
		}
		names = append(names, e)
	}
	return names
}
