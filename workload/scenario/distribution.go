package scenario

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"ecssim/sim"
	"ecssim/workload/arrivals"
	"ecssim/workload/diag"
)

// dist reads an optional distribution of durations; nil if it is absent or wrong.
func (t *table) dist(key string) sim.Dist {
	n := t.get(key)
	if n == nil {
		return nil
	}
	d, _ := t.r.distOf(n, t.p.join(key))
	return d
}

// distOf reads a distribution of durations, in seconds.
func (r *reader) distOf(n *node, p path) (sim.Dist, bool) {
	if n.kind != aTable {
		return r.constantOf(n, p)
	}
	t := r.table(n, p)
	known := append(sim.Kinds(), empirical)
	var kind string
	ok := true
	switch {
	case n.child("dist") != nil:
		kind, ok = t.choice("dist", known, "")
	case n.child("csv") != nil || n.child("file") != nil || n.child("values") != nil:
		kind = empirical
	default:
		r.fail("E022", n.at, fmt.Sprintf("`%s` does not say which distribution: `dist` is missing", p), "",
			`write for example: { dist = "exponential", mean = "40s" }`, "it can be "+words(known))
		return nil, false
	}
	if !ok {
		return nil, false
	}
	var d sim.Dist
	if kind == empirical {
		d, ok = r.empiricalOf(t)
	} else {
		d, ok = r.familyOf(t, kind)
	}
	if !ok {
		return nil, false
	}
	return r.cappedAt(t, d)
}

const empirical = "empirical"

func (r *reader) constantOf(n *node, p path) (sim.Dist, bool) {
	if n.kind != aString && n.kind != anInteger && n.kind != aFloat {
		r.add(wrongType(n, p, "a duration or a distribution", p[len(p)-1]+` = "40s", or { dist = "exponential", mean = "40s" }`))
		return nil, false
	}
	v, ok := r.durationOf(n, p)
	if !ok {
		return nil, false
	}
	d, err := sim.Constant(v.Seconds())
	return d, err == nil
}

// familyOf reads one of the distributions that have parameters.
func (r *reader) familyOf(t *table, kind string) (sim.Dist, bool) {
	parameters := map[string]float64{}
	var names []string
	for _, set := range sim.Combinations(kind) {
		names = append(names, set...)
	}
	slices.Sort(names)
	names = slices.Compact(names)
	for _, name := range names {
		n := t.get(name)
		if n == nil {
			continue
		}
		v, ok := r.parameterOf(n, t.p.join(name), name)
		if !ok {
			return nil, false
		}
		parameters[name] = v
	}
	t.get("max")
	for _, key := range t.n.keys {
		if !slices.Contains(t.asked, key) {
			d := t.unknownKey(key, t.n.table[key])
			d.Message = fmt.Sprintf("`%s` is not a parameter of the %s distribution", key, kind)
			d.Help = []string{kind + " takes " + combinations(kind) + ", and may have max"}
			r.add(d)
			return nil, false
		}
	}
	d, err := sim.FromParameters(kind, parameters)
	if err == nil {
		return d, true
	}
	r.parameterProblem(t, kind, err)
	return nil, false
}

func (r *reader) parameterProblem(t *table, kind string, err error) {
	at, message := t.n.at, err.Error()
	var wrong *sim.ParameterError
	if errors.As(err, &wrong) {
		if c := t.n.child(wrong.Parameter); c != nil {
			at = c.at
		}
		if len(wrong.Allowed) > 0 {
			message = fmt.Sprintf("the %s distribution is not determined: %s", kind, wrong.Reason)
		}
	}
	r.fail("E035", at, fmt.Sprintf("`%s`: %s", t.p, message), "", kind+" takes "+combinations(kind))
}

func combinations(kind string) string {
	var ways []string
	for _, set := range sim.Combinations(kind) {
		ways = append(ways, strings.Join(set, " and "))
	}
	return strings.Join(ways, ", or ")
}

// parameterOf reads a parameter: a pure number for shape and sigma, else a duration in seconds.
func (r *reader) parameterOf(n *node, p path, name string) (float64, bool) {
	if name == "shape" || name == "sigma" {
		return r.numberOf(n, p)
	}
	d, ok := r.durationOf(n, p)
	return d.Seconds(), ok
}

// cappedAt applies `max`.
func (r *reader) cappedAt(t *table, d sim.Dist) (sim.Dist, bool) {
	n := t.get("max")
	if n == nil {
		return d, true
	}
	limit, ok := r.parameterOf(n, t.p.join("max"), "max")
	if !ok {
		return nil, false
	}
	capped, err := sim.Capped(d, limit)
	if err != nil {
		r.fail("E035", n.at, fmt.Sprintf("`%s`: %v", t.p, err), "")
		return nil, false
	}
	return capped, true
}

// empiricalOf reads values that were measured, from the scenario or from a CSV file.
func (r *reader) empiricalOf(t *table) (sim.Dist, bool) {
	t.get("max")
	values, file, column := t.get("values"), t.get("file"), t.text("column", "")
	if file == nil {
		file = t.get("csv")
	} else {
		t.get("csv")
	}
	t.done()
	var numbers []float64
	at := t.n.at
	switch {
	case values != nil && file != nil:
		r.fail("E023", file.key, fmt.Sprintf("`%s` has values and a file", t.p), "keep one of them")
		return nil, false
	case values != nil:
		var ok bool
		at = values.at
		if numbers, ok = r.valuesOf(values, t.p.join("values")); !ok {
			return nil, false
		}
	case file == nil:
		r.fail("E022", t.n.at, fmt.Sprintf("`%s` has no values", t.p), "",
			`write { dist = "empirical", values = ["40s", "55s"] }, or { dist = "empirical", file = "times.csv", column = "seconds" }`)
		return nil, false
	case file.kind != aString:
		r.add(wrongType(file, t.p.join("file"), "a file name", `file = "times.csv"`))
		return nil, false
	case column == "":
		r.fail("E022", t.n.at, fmt.Sprintf("`%s` does not say which column of %s: `column` is missing", t.p, file.text), "",
			`write for example: column = "seconds"`)
		return nil, false
	default:
		name := relative(file.at.File, file.text)
		if !r.readable(name, file) {
			return nil, false
		}
		got, ds := arrivals.Values(name, r.openData, column)
		r.addFrom(ds, name, file.at, t.valueAt("column"))
		if diag.HasErrors(ds) {
			return nil, false
		}
		numbers = got
	}
	d, err := sim.Empirical(numbers)
	if err != nil {
		r.fail("E035", at, fmt.Sprintf("`%s`: %v", t.p, err), "")
		return nil, false
	}
	return d, true
}

func (r *reader) valuesOf(n *node, p path) ([]float64, bool) {
	if n.kind != aList {
		r.add(wrongType(n, p, "a list of durations", `values = ["40s", "55s"]`))
		return nil, false
	}
	numbers, good := make([]float64, 0, len(n.list)), true
	for i, e := range n.list {
		v, ok := r.durationOf(e, p.index(i))
		numbers, good = append(numbers, v.Seconds()), good && ok
	}
	return numbers, good
}
