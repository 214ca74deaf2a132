package report

import (
	"cmp"
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
	// Width is how wide tables may be: that of the terminal, 0 for 80, never below 60. Sentences stay within 80.
	Width int
}

// terminal writes the text for people.
type terminal struct {
	TerminalOptions
	text  strings.Builder
	prose int // how wide sentences may be
}

// Colours: one for what matters, one for headings. High use is not a fault and has no colour.
const (
	bold  = "\x1b[1m"
	alarm = "\x1b[1;31m"
	faint = "\x1b[2m"
	reset = "\x1b[0m"
)

// Terminal is the summary for people.
func (s *Summary) Terminal(opts TerminalOptions) string {
	t := &terminal{TerminalOptions: opts}
	t.Width = max(cmp.Or(opts.Width, termWidth), leastWidth)
	t.prose = min(t.Width, termWidth)
	if s.empty() {
		t.notes(s)
		return t.text.String()
	}
	t.header(s)
	if s.Replications != nil {
		t.replications(s)
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
	t.table(deploymentTable(s))
	t.table(faultTable(s))
	t.table(loadTable(s))
	t.table(scalingTable(s))
	t.table(lagTable(s))
	t.table(providerTable(s))
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

// table prints a table, a remark if there is one, and an empty line; nothing if it has no rows.
func (t *terminal) table(tab *table, remark string) {
	if len(tab.rows) == 0 {
		return
	}
	for i, line := range tab.lines(t.Width) {
		if i == 0 {
			t.paint(bold, line)
		} else {
			t.line(line)
		}
	}
	for _, line := range strings.Split(remark, "\n") {
		if line != "" {
			t.paint(faint, line)
		}
	}
	t.blank()
}

func (t *terminal) bottleneck(s *Summary) {
	b := s.FirstBottleneck
	if b == nil {
		what := "every placement attempt found a place"
		if s.Totals.Attempts == 0 {
			what = "nothing was to be placed"
		}
		if s.Trouble != "" {
			what += ", but " + s.Trouble
		}
		for _, line := range wrap(clean(what), "NO BOTTLENECK     ", "                  ", t.prose) {
			t.line(line)
		}
		t.blank()
		return
	}
	const title, indent = "FIRST BOTTLENECK  ", "                  "
	at := clockOf(b.At)
	text := fmt.Sprintf("%s at %s — %s", bottleneckName(b.Resource, b.Scope), at, b.Sentence)
	for i, line := range wrap(clean(text), title, indent, t.prose) {
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
	case "instances", "fargate_vcpu", "fargate_spot_vcpu", "fargate_launch_rate", "pull_limit", "targets",
		"max_size", "max_capacity", "instance_type", "ec2_capacity", "provisioning":
		return ""
	case "cpu":
		return "memory is " + only(*b.MemoryReserved) + " reserved"
	case "memory":
		return "cpu is " + only(*b.CPUReserved) + " reserved"
	}
	cpu := "cpu is "
	if b.Cluster != "" && b.Scope != b.Cluster {
		cpu = "cpu of cluster " + clean(b.Cluster) + " is "
	}
	return cpu + only(*b.CPUReserved) + " reserved, memory " + percent(*b.MemoryReserved)
}

func (t *terminal) replications(s *Summary) {
	t.table(replicationTable(s))
	r := s.Replications
	names := slices.Sorted(maps.Keys(r.First))
	slices.SortStableFunc(names, func(a, b string) int { return r.First[b] - r.First[a] })
	parts := make([]string, 0, len(names))
	for _, name := range names {
		parts = append(parts, fmt.Sprintf("%s %d", clean(name), r.First[name]))
	}
	for _, line := range wrap(strings.Join(parts, ", "), "first bottleneck by seeds: ", "   ", t.prose) {
		t.line(line)
	}
	t.blank()
}

func (t *terminal) money(s *Summary) {
	where := "catalog " + s.Scenario.Catalog
	if s.Scenario.Region != "" {
		where = s.Scenario.Region + ", " + where
	}
	text := fmt.Sprintf("cost %s for %s (%s)", price(s.Cost), spanOf(s.Scenario.Duration), where)
	if len(s.Expect) == 0 {
		t.line(text)
		t.waste(s)
		return
	}
	expect := s.Met()
	if both := text + " · " + expect; length(both) <= t.prose {
		t.line(both)
		t.waste(s)
		return
	}
	t.line(text)
	t.line(expect)
	t.waste(s)
}

// waste is the second line of the cost.
func (t *terminal) waste(s *Summary) {
	if text := s.Cost.wasted(); text != "" {
		for _, line := range wrap(text, "     ", "     ", t.prose) {
			t.line(line)
		}
	}
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
		for _, line := range wrap(clean(n), "note: ", "      ", t.prose) {
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
	if line := strings.Join(parts, "      "); length(line) <= t.prose {
		parts = []string{line}
	}
	for _, p := range parts {
		if p != "" {
			t.line(p)
		}
	}
}
