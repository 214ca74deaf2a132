package scenario

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"ecssim/workload/arrivals"
	"ecssim/workload/demand"
	"ecssim/workload/diag"
)

const loadTraceExample = `trace = { csv = "monday.csv", time = "timestamp", value = "rps" }`

// loadTrace reads trace = { csv = … } or { list = … }, and the file.
func (b *builder) loadTrace(load *table, n *node) demand.Demand {
	p := load.p.join("trace")
	if n.kind != aTable {
		b.add(wrongType(n, p, "a table", loadTraceExample))
		return nil
	}
	t := b.table(n, p)
	before := len(b.diags)
	file, list := t.get("csv"), t.get("list")
	spec := b.curveSpec(t)
	switch {
	case file != nil && list != nil:
		b.fail("E023", list.key, fmt.Sprintf("`%s` has `csv` and `list`", p), "keep one of them")
		for _, key := range slices.Concat(columnKeys, []string{"step"}) { // which belong to one of them
			t.get(key)
		}
	case list != nil:
		file = list
		b.listSpec(t, &spec)
	default:
		if file == nil {
			t.missing("csv", loadTraceExample)
		}
		b.columnSpec(t, &spec)
	}
	t.done()
	if file != nil && file.kind != aString {
		b.add(wrongType(file, p.join("csv"), "the name of a file", loadTraceExample))
	}
	if diag.HasErrors(b.diags[before:]) {
		return nil
	}
	name := relative(file.at.File, file.text)
	if !b.readable(name, file) {
		return nil
	}
	read := demand.ReadCSV
	if list != nil {
		read = demand.ReadList
	}
	curve, ds := read(name, b.openData, spec)
	b.addFrom(ds, name, file.at, n.at)
	if curve == nil || diag.HasErrors(ds) {
		return nil
	}
	file.note = curve.Summary() + ", " + loadUnit(load)
	return curve
}

// loadUnit is what the load counts, for the note on a trace.
func loadUnit(load *table) string {
	if n := load.get("unit"); n != nil && n.kind == aString {
		return n.text
	}
	return "requests"
}

// curveSpec reads what CSV files and lists have alike.
func (b *builder) curveSpec(t *table) demand.Spec {
	s := demand.Spec{Scale: t.number("scale", 0, 1e12, 1)}
	s.Unit, _ = t.choice("unit", demand.Units, "")
	word, _ := t.choice("transform", []string{"exp"}, "")
	s.Exp = word == "exp"
	s.Resample = t.duration("resample", 0)
	if n := t.get("resample"); n != nil && s.Resample < demand.MinResolution && !b.failed(n.at) {
		b.outOfRange(n, t.p.join("resample"), diag.Duration(s.Resample), diag.Duration(demand.MinResolution), "100 years")
	}
	s.For = t.duration("for", 0)
	if n := t.get("for"); n != nil && s.For == 0 && !b.failed(n.at) {
		b.fail("E032", n.at, fmt.Sprintf("`%s` is 0: nothing would be left of the file", t.p.join("for")), "")
	}
	s.Offset = b.moment(t, "offset")
	s.Loop = t.boolean("loop", false)
	if n := t.get("from"); n != nil && (n.kind == aDateTime || n.kind == aLocalDateTime || n.kind == aLocalDate) {
		s.FromDate = asUTC(n)
	} else {
		s.From = t.duration("from", 0)
	}
	return s
}

// columnKeys are the keys that only CSV files have.
var columnKeys = []string{"time", "value", "time_unit", "where", "group", "sort", "gaps", "max_gap", "delimiter"}

// listSpec reads what only lists have.
func (b *builder) listSpec(t *table, s *demand.Spec) {
	if n := t.get("step"); n == nil {
		t.missing("step", `step = "1s"`)
	} else if s.Step = t.duration("step", 0); s.Step < time.Millisecond && !b.failed(n.at) {
		b.outOfRange(n, t.p.join("step"), diag.Duration(s.Step), "1ms", "100 years")
	}
	b.defaultUnit(t)
	for _, key := range columnKeys {
		if c := t.get(key); c != nil {
			b.fail("E023", c.key, fmt.Sprintf("`%s`: a list has no columns and no gaps", t.p.join(key)), "", "it is nothing but numbers, one for each step")
		}
	}
}

func (b *builder) defaultUnit(t *table) {
	if t.get("unit") == nil {
		t.fill("unit", &node{kind: aString, text: demand.Units[0]})
	}
}

// columnSpec reads what only CSV files have.
func (b *builder) columnSpec(t *table, s *demand.Spec) {
	if t.get("time") == nil {
		t.missing("time", `time = "timestamp", the column of times`)
	}
	s.Time, s.Value = t.text("time", ""), t.text("value", "")
	unit, _ := t.choice("time_unit", []string{"s", "ms", "us", "min", "m", "h"}, "s")
	s.TimeUnit = unit
	if unit == "m" {
		s.TimeUnit = "min"
	}
	s.Where = b.filters(t)
	s.Sort = t.boolean("sort", false)
	s.Group, _ = t.choice("group", demand.Groups, "")
	s.Gaps, _ = t.choice("gaps", demand.Gaps, "")
	s.MaxGap = t.duration("max_gap", 0)
	s.Delimiter = t.text("delimiter", "")
	if n := t.get("delimiter"); n != nil && n.kind == aString && !arrivals.GoodDelimiter(n.text) {
		b.fail("E216", n.at, fmt.Sprintf("`%s` must be one character and no quote or line end, found %q", t.p.join("delimiter"), n.text), "")
	}
	if n := t.get("value"); n != nil {
		b.defaultUnit(t)
		return
	}
	if t.get("resample") == nil {
		t.fill("resample", &node{kind: aString, text: diag.Duration(time.Minute)})
	}
	for _, key := range []string{"unit", "transform", "group", "gaps", "max_gap"} {
		if c := t.get(key); c != nil {
			b.fail("E023", c.key, fmt.Sprintf("`%s` needs `value`: without a column of values every row is one unit", t.p.join(key)), "",
				`name the column: value = "rps"`)
		}
	}
}

// filters reads where = { COLUMN = "TEXT" }, in the order in which they stand.
func (b *builder) filters(t *table) []demand.Filter {
	if t.get("where") == nil {
		return nil
	}
	const example = `where = { request_type = "API" }`
	w, ok := t.sub("where", example)
	if !ok {
		return nil
	}
	var list []demand.Filter
	for _, key := range w.n.keys {
		switch n := w.get(key); n.kind {
		case aString:
			list = append(list, demand.Filter{Column: key, Text: n.text})
		case anInteger:
			list = append(list, demand.Filter{Column: key, Text: strconv.FormatInt(n.whole, 10)})
		default:
			b.add(wrongType(n, w.p.join(key), "the text of a cell", example))
		}
	}
	return list
}
