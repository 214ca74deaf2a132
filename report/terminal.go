package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// maxRows is how many services, jobs or subnets are listed; the most affected come first.
const maxRows = 12

// TerminalOptions says how the terminal text looks.
type TerminalOptions struct {
	// Color writes ANSI colours.
	Color bool
	// Folder is where the results are, for the last line; empty if none were written.
	Folder string
	// Next is the command that a person may want to run now; empty leaves the hint out.
	Next string
	// Elapsed is the wall time, for the first line; 0 leaves it out.
	Elapsed time.Duration
}

// terminal writes the text for people.
type terminal struct {
	TerminalOptions
	text strings.Builder
}

// Colours: one for what matters, one for headings. High use is not a fault and has no colour.
const (
	bold  = "\x1b[1m"
	alarm = "\x1b[1;31m"
	faint = "\x1b[2m"
	reset = "\x1b[0m"
)

// Terminal is the summary for people, 80 columns wide.
func (s *Summary) Terminal(opts TerminalOptions) string {
	t := &terminal{TerminalOptions: opts}
	if s.empty() {
		t.notes(s)
		return t.text.String()
	}
	t.header(s)
	if s.Replications != nil {
		t.replications(s.Replications)
		t.expectations(s)
		t.paint(faint, fmt.Sprintf("below: seed %d alone", s.Scenario.Seed))
		t.blank()
		t.bottleneck(s)
	} else {
		t.bottleneck(s)
		t.expectations(s)
	}
	t.table(serviceTable(s))
	t.table(jobTable(s))
	t.table(resourceTable(s))
	t.table(failureTable(s))
	t.money(s)
	t.notes(s)
	t.next()
	return t.text.String()
}

func (t *terminal) line(s string) { t.text.WriteString(strings.TrimRight(s, " ") + "\n") }
func (t *terminal) blank()        { t.text.WriteString("\n") }

func (t *terminal) paint(color, s string) {
	if t.Color && s != "" {
		s = color + s + reset
	}
	t.line(s)
}

// table prints a table and an empty line; nothing if it has no rows. A last row of a single cell is a remark.
func (t *terminal) table(tab *table, remark string) {
	if len(tab.rows) == 0 {
		return
	}
	for i, line := range tab.lines() {
		if i == 0 {
			t.paint(bold, line)
		} else {
			t.line(line)
		}
	}
	if remark != "" {
		t.paint(faint, remark)
	}
	t.blank()
}

func (t *terminal) header(s *Summary) {
	what := []string{}
	if s.Scenario.About != "" {
		what = append(what, s.Scenario.About)
	}
	what = append(what, tasks(s.Totals.Wanted), spanOf(s.Scenario.Duration)+" simulated", seeds(s))
	name := cut(clean(s.Scenario.Name), 24)
	elapsed := ""
	if t.Elapsed > 0 {
		elapsed = fmt.Sprintf("%.2fs", t.Elapsed.Seconds())
	}
	for i := range what {
		what[i] = strings.ReplaceAll(clean(what[i]), " ", unbroken)
	}
	lines := wrap(strings.Join(what, ", "), name+"   ", "   ", termWidth-len(elapsed)-2)
	if elapsed != "" {
		lines[0] += strings.Repeat(" ", max(2, termWidth-length(lines[0])-len(elapsed))) + elapsed
	}
	for _, line := range lines {
		t.line(strings.ReplaceAll(line, unbroken, " "))
	}
	t.blank()
}

// unbroken stands for a space at which no line may be broken.
const unbroken = "\u2007"

func tasks(n int64) string {
	if n == 1 {
		return "1 task"
	}
	return thousands(n) + " tasks"
}

// seeds: "seed 1" or "20 seeds (1 to 20)".
func seeds(s *Summary) string {
	r := s.Replications
	if r == nil || len(r.Seeds) == 0 {
		return fmt.Sprintf("seed %d", s.Scenario.Seed)
	}
	return fmt.Sprintf("%d seeds (%d to %d)", len(r.Seeds), r.Seeds[0], r.Seeds[len(r.Seeds)-1])
}

func (t *terminal) bottleneck(s *Summary) {
	b := s.FirstBottleneck
	if b == nil {
		what := "every placement attempt found a place"
		if s.Totals.Attempts == 0 {
			what = "nothing was to be placed"
		}
		t.line("NO BOTTLENECK     " + what)
		t.blank()
		return
	}
	const title, indent = "FIRST BOTTLENECK  ", "                  "
	at := clock(time.Duration(b.At * float64(time.Second)))
	text := fmt.Sprintf("%s at %s — %s", bottleneckName(b.Resource, b.Scope), at, b.Sentence)
	for i, line := range wrap(clean(text), title, indent, termWidth) {
		if i == 0 && t.Color {
			line = alarm + strings.TrimRight(title, " ") + reset + "  " + strings.TrimPrefix(line, title)
		}
		t.line(line)
	}
	if beside := b.beside(); beside != "" {
		t.line(indent + "(" + beside + ")")
	}
	t.blank()
}

// beside says what was not the limit: "cpu is only 25 % reserved, memory 13 %".
func (b *BottleneckSummary) beside() string {
	if b.CPUReserved == nil || b.MemoryReserved == nil {
		return ""
	}
	only := func(share float64) string {
		if share < 0.5 {
			return "only " + percent(share)
		}
		return percent(share)
	}
	switch b.Resource {
	case "instances", "fargate_vcpu":
		return ""
	case "cpu":
		return "memory is " + only(*b.MemoryReserved) + " reserved"
	case "memory":
		return "cpu is " + only(*b.CPUReserved) + " reserved"
	}
	return "cpu is " + only(*b.CPUReserved) + " reserved, memory " + percent(*b.MemoryReserved)
}

func (t *terminal) expectations(s *Summary) {
	tab := &table{columns: []column{{title: "EXPECT", least: 12}, {title: ""}, {title: "EXPRESSION", least: 20}, {title: "GOT", least: 8}}}
	for _, e := range s.Expect {
		verdict := "ok"
		if !e.OK {
			verdict = "FAILED"
		}
		tab.add(clean(e.Name), verdict, clean(e.Expression), got(e))
	}
	t.table(tab, "")
}

func got(e Expectation) string {
	text := "–"
	switch v := e.Got.(type) {
	case nil:
	case float64:
		text = figure(v)
	default:
		text = clean(fmt.Sprint(v))
	}
	if e.At != nil {
		text += " at " + clock(time.Duration(*e.At*float64(time.Second)))
	}
	return text
}

// shownMetrics are those of the table over all seeds.
var shownMetrics = []string{
	"cost_usd", "task_wait_s.mean", "task_wait_s.p95", "task_wait_s.max", "tasks_wanted", "tasks_never_placed",
	"placement_failures", "mean_running", "instances_peak", "cpu.used_mean_fraction", "memory.used_mean_fraction",
	"eni.used_mean_fraction",
}

func (t *terminal) replications(r *Replications) {
	tab := &table{columns: []column{
		{title: fmt.Sprintf("OVER %d SEEDS", r.N)}, {title: "MEAN", right: true}, {title: "95 % INTERVAL"},
		{title: "MIN", right: true}, {title: "MAX", right: true},
	}}
	for _, name := range shownMetrics {
		if m, ok := r.Metrics[name]; ok {
			tab.add(name, figure(m.Mean), interval(m), figure(m.Min), figure(m.Max))
		}
	}
	remark := "95 % intervals after Student, over seeds"
	if r.Note != "" {
		remark = r.Note
	}
	t.table(tab, remark)
	names := slices.Sorted(maps.Keys(r.First))
	slices.SortStableFunc(names, func(a, b string) int { return r.First[b] - r.First[a] })
	parts := make([]string, 0, len(names))
	for _, name := range names {
		parts = append(parts, fmt.Sprintf("%s %d", clean(name), r.First[name]))
	}
	for _, line := range wrap(strings.Join(parts, ", "), "first bottleneck by seeds: ", "   ", termWidth) {
		t.line(line)
	}
	t.blank()
}

func interval(m Metric) string {
	switch {
	case m.Min == m.Max:
		return "all equal"
	case m.Low == nil:
		return "–"
	}
	return "[" + figure(*m.Low) + ", " + figure(*m.High) + "]"
}

func (t *terminal) money(s *Summary) {
	where := "catalog " + s.Scenario.Catalog
	if s.Scenario.Region != "" {
		where = s.Scenario.Region + ", " + where
	}
	text := fmt.Sprintf("cost %s for %s (%s)", price(s.Cost), spanOf(s.Scenario.Duration), where)
	if len(s.Expect) == 0 {
		t.line(text)
		return
	}
	met := 0
	for _, e := range s.Expect {
		if e.OK {
			met++
		}
	}
	expect := fmt.Sprintf("%d of %s met", met, plural(int64(len(s.Expect)), "expectation"))
	if both := text + " · " + expect; length(both) <= termWidth {
		t.line(both)
		return
	}
	t.line(text)
	t.line(expect)
}

// price is the total, "at least" where a price is not known.
func price(c CostSummary) string {
	if !c.Known {
		return "at least " + dollars(c.TotalUSD)
	}
	return dollars(c.TotalUSD)
}

func (t *terminal) notes(s *Summary) {
	for _, n := range s.Notes {
		for _, line := range wrap(clean(n), "note: ", "      ", termWidth) {
			t.line(line)
		}
	}
}

// next says where to look now.
func (t *terminal) next() {
	var parts []string
	if t.Next != "" {
		parts = append(parts, "next: "+t.Next)
	}
	if t.Folder != "" {
		parts = append(parts, "results: "+t.Folder)
	}
	if line := strings.Join(parts, "      "); length(line) <= termWidth {
		parts = []string{line}
	}
	for _, p := range parts {
		if p != "" {
			t.line(p)
		}
	}
}
