package scenario

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"ecssim/workload/arrivals"
	"ecssim/workload/diag"
)

var processes = []string{"poisson", "fixed", "burst", "renewal", "mmpp"}

// process reads arrivals = { process = … }.
func (b *builder) process(job *table, n *node) arrivals.Process {
	p := job.p.join("arrivals")
	if n.kind != aTable {
		b.add(wrongType(n, p, "a table", `arrivals = { process = "poisson", rate = "30/min" }`))
		return nil
	}
	t := b.table(n, p)
	word, ok := t.choice("process", processes, "")
	if t.get("process") == nil {
		t.missing("process", `arrivals = { process = "poisson", rate = "30/min" }`)
	}
	if !ok {
		return nil
	}
	before := len(b.diags)
	var made arrivals.Process
	var err error
	switch word {
	case "poisson":
		made, err = b.poisson(t)
	case "fixed":
		made, err = b.fixed(t)
	case "burst":
		made, err = b.burst(t)
	case "renewal":
		made, err = b.renewal(t)
	case "mmpp":
		made, err = b.mmpp(t)
	}
	t.done()
	if diag.HasErrors(b.diags[before:]) {
		return nil
	}
	return b.made(t, made, err)
}

// limit reads count and until.
func (b *builder) limit(t *table) arrivals.Limit {
	var l arrivals.Limit
	if t.get("count") != nil {
		l.Count = t.whole("count", 1, 1e15, 0)
	}
	l.Until = b.moment(t, "until")
	return l
}

// moment reads an optional instant.
func (b *builder) moment(t *table, key string) time.Duration {
	n := t.get(key)
	if n == nil {
		return 0
	}
	d, _ := b.momentOf(n, t.p.join(key), b.config.Start)
	return d
}

func (b *builder) poisson(t *table) (arrivals.Process, error) {
	l := b.limit(t)
	n := t.get("rate")
	if n == nil {
		t.missing("rate", `rate = "30/min"`)
		return nil, nil
	}
	rate, ok := b.rateOf(n, t.p.join("rate"))
	if !ok {
		return nil, nil
	}
	return arrivals.Poisson(rate, l)
}

func (b *builder) fixed(t *table) (arrivals.Process, error) {
	l, first := b.limit(t), b.moment(t, "first")
	if t.get("every") == nil {
		t.missing("every", `every = "2s"`)
		return nil, nil
	}
	every := t.duration("every", 0)
	if b.failed(t.get("every").at) {
		return nil, nil
	}
	return arrivals.Fixed(every, first, l)
}

// burst is count tasks at one instant, and again with `every`; `until` ends the repetition.
func (b *builder) burst(t *table) (arrivals.Process, error) {
	at := b.moment(t, "at")
	var l arrivals.Limit
	l.Until = b.moment(t, "until")
	if t.get("count") == nil {
		t.missing("count", "count = 40")
		return nil, nil
	}
	count := t.whole("count", 1, mostTasks, 0)
	every := t.duration("every", 0)
	if n := t.get("every"); n != nil && every == 0 && !b.failed(n.at) {
		b.fail("E039", n.at, fmt.Sprintf("`%s` is 0: arrivals would never let time pass", t.p.join("every")), "", "leave it out for a single burst")
		return nil, nil
	}
	return arrivals.Burst(at, count, every, l)
}

func (b *builder) renewal(t *table) (arrivals.Process, error) {
	l := b.limit(t)
	if t.get("interarrival") == nil {
		t.missing("interarrival", `interarrival = { dist = "gamma", mean = "2s", shape = 2 }`)
		return nil, nil
	}
	d := t.dist("interarrival")
	if d == nil {
		return nil, nil
	}
	return arrivals.Renewal(d, l)
}

// mmpp reads rates and mean_stay, a list each with one element a state.
func (b *builder) mmpp(t *table) (arrivals.Process, error) {
	l := b.limit(t)
	const example = `arrivals = { process = "mmpp", rates = ["60/min", "5/min"], mean_stay = ["10m", "30m"] }`
	rates, stays := t.get("rates"), t.get("mean_stay")
	for _, c := range []struct {
		n   *node
		key string
	}{{rates, "rates"}, {stays, "mean_stay"}} {
		if c.n == nil {
			t.missing(c.key, example)
			return nil, nil
		}
		if c.n.kind != aList {
			b.add(wrongType(c.n, t.p.join(c.key), "a list with one element a state", example))
			return nil, nil
		}
	}
	if len(rates.list) != len(stays.list) {
		b.fail("E023", stays.at, fmt.Sprintf("`%s` has %d rates and %d mean stays", t.p, len(rates.list), len(stays.list)), "",
			"give one of each for every state: "+example)
		return nil, nil
	}
	var states []arrivals.State
	for i := range rates.list {
		rate, ok := b.rateOf(rates.list[i], t.p.join("rates").index(i))
		stay, good := b.durationOf(stays.list[i], t.p.join("mean_stay").index(i))
		if !ok || !good {
			return nil, nil
		}
		states = append(states, arrivals.State{Rate: rate, MeanStay: stay.Seconds()})
	}
	return arrivals.MMPP(states, l)
}

// elementAt is the place of an element that is named as in rates[1], or of the whole value.
func elementAt(n *node, parameter string) diag.Position {
	_, index, ok := strings.Cut(strings.TrimSuffix(parameter, "]"), "[")
	if i, err := strconv.Atoi(index); ok && err == nil && n.kind == aList && i < len(n.list) {
		return n.list[i].at
	}
	return n.at
}

// trace reads trace = { csv = … } and the file.
func (b *builder) trace(job *table, n *node, hasRunTime bool) (arrivals.Process, *table) {
	p := job.p.join("trace")
	const example = `trace = { csv = "tasks.csv", arrival = "submitted", run_time = "seconds" }`
	if n.kind != aTable {
		b.add(wrongType(n, p, "a table", example))
		return nil, b.table(nil, p)
	}
	t := b.table(n, p)
	spec := arrivals.TraceSpec{DrawBlank: hasRunTime}
	for _, c := range []struct {
		key string
		to  *string
	}{
		{"csv", &spec.CSV}, {"arrival", &spec.Arrival}, {"end", &spec.End}, {"run_time", &spec.RunTime}, {"cpu", &spec.CPU},
		{"cpu_unit", &spec.CPUUnit}, {"memory", &spec.Memory}, {"memory_unit", &spec.MemoryUnit}, {"gpu", &spec.GPU},
		{"name", &spec.Name}, {"time_unit", &spec.TimeUnit}, {"delimiter", &spec.Delimiter},
	} {
		*c.to = t.text(c.key, "")
	}
	before := len(b.diags)
	t.done()
	b.unit(t, "cpu_unit", []string{"units", "milli", "vcpu"})
	b.unit(t, "memory_unit", []string{"mib", "gb"})
	b.unit(t, "time_unit", []string{"s", "ms", "us", "min", "h"})
	csv := t.get("csv")
	if csv == nil {
		t.missing("csv", example)
	}
	if t.get("arrival") == nil {
		t.missing("arrival", example)
	}
	if t.get("end") != nil && t.get("run_time") != nil {
		b.fail("E023", t.at("run_time"), fmt.Sprintf("`%s` has `end` and `run_time`", p), "keep one of them")
	}
	if !hasRunTime && t.get("end") == nil && t.get("run_time") == nil {
		b.fail("E022", t.where(), fmt.Sprintf("`%s` does not say how long its tasks run", job.p), "",
			"name the column in the trace: run_time = \"seconds\", or end = \"finished\"",
			`or draw it for all tasks: run_time = { dist = "exponential", mean = "40s" } in the job`)
	}
	if diag.HasErrors(b.diags[before:]) || csv.kind != aString {
		return nil, t
	}
	file := relative(csv.at.File, csv.text)
	if !b.readable(file, csv) {
		return nil, t
	}
	read, ds := arrivals.ReadTrace(file, b.openData, spec)
	b.addFrom(ds, file, csv.at, n.at)
	if read == nil || diag.HasErrors(ds) {
		return nil, t
	}
	return read, t
}

func (b *builder) unit(t *table, key string, allowed []string) {
	if n := t.get(key); n != nil && n.kind == aString {
		b.oneOf(n, t.p.join(key), allowed)
	}
}
