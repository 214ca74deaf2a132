package report

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
)

// listedCells is up to how many cells a text lists all; of more it shows those that matter.
const listedCells = 12

// Terminal is the summary of a sweep for people.
func (s *Sweep) Terminal(opts TerminalOptions) string {
	t := &terminal{TerminalOptions: opts}
	t.Width = max(cmp.Or(opts.Width, termWidth), leastWidth)
	t.prose = min(t.Width, termWidth)
	t.line(clean(fmt.Sprintf("%s   %s × %s", s.Scenario, plural(int64(len(s.Cells)), "cell"), plural(int64(s.Runs), "seed"))))
	for _, a := range s.Axes {
		for _, l := range wrap(clean(a.Path+": "+strings.Join(a.Values, ", ")), "varied  ", "        ", t.prose) {
			t.line(l)
		}
	}
	base := s.Cells[s.base()]
	t.line(cut(clean("base    "+cellNumber(base.ID)+" "+base.Name), t.prose))
	t.blank()
	tab, remark := s.table()
	t.table(tab, remark)
	for _, l := range s.sentences() {
		for _, w := range wrap(clean(l), "", "", t.prose) {
			t.line(w)
		}
	}
	if t.Folder != "" {
		t.blank()
		t.line("a row a run: " + t.Folder + "/cells.csv")
		t.line("pictures:    " + t.Folder + "/plots")
	}
	return t.text.String()
}

// cellNumber is the ID of a cell without its hash.
func cellNumber(id string) string {
	short, _, _ := strings.Cut(id, "-")
	return short
}

// shown are the cells that a text lists, with what makes each worth a line.
func (s *Sweep) shown() (cells []int, why map[int]string) {
	why = map[int]string{}
	say := func(i int, what string) {
		if i < 0 {
			return
		}
		if why[i] != "" {
			what = why[i] + ", " + what
		} else {
			cells = append(cells, i)
		}
		why[i] = what
	}
	candidates := s.candidates()
	say(s.base(), "base")
	say(s.extreme(candidates, costFigure, -1), "cheapest")
	say(s.extreme(candidates, waitFigure, -1), "fastest")
	all := make([]int, len(s.Cells))
	for i := range all {
		all[i] = i
	}
	say(s.extreme(all, costFigure, 1), "dearest")
	say(s.extreme(all, waitFigure, 1), "slowest")
	for i := range s.Cells {
		switch {
		case len(s.Cells) <= listedCells && why[i] == "":
			cells = append(cells, i)
		case s.Cells[i].Front && why[i] == "" && len(cells) < listedCells:
			say(i, "front")
		}
	}
	if len(s.Cells) <= listedCells {
		slices.Sort(cells)
	}
	return cells, why
}

// table ranks cells by cost and wait.
func (s *Sweep) table() (*table, string) {
	t := &table{columns: []column{
		{title: "CELL"}, {title: "SETTINGS", least: 12, worth: 24}, {title: "COST", right: true}, {title: "vs BASE", right: true},
		{title: "WAIT", right: true}, {title: "vs BASE", right: true}, {title: "UNPLACED", right: true, spare: true},
		{title: "MET"}, {title: "FIRST", spare: true}, {title: "", least: 4, worth: 17},
	}}
	cells, why := s.shown()
	for _, i := range cells {
		c := &s.Cells[i]
		expect := "yes"
		if !c.Met {
			expect = "no"
		}
		role := bothWays.Replace(why[i])
		t.add(cellNumber(c.ID), s.settings(c), meanText(c, costFigure, dollars), c.versus(costFigure), meanText(c, waitFigure, spanOf),
			c.versus(waitFigure), meanText(c, "tasks_never_placed", figure), expect, clean(c.mostly()), role)
	}
	if !s.judged() {
		t.drop("MET")
	}
	var remarks []string
	if left := len(s.Cells) - len(cells); left > 0 {
		remarks = append(remarks, fmt.Sprintf("%s more: sweep.md lists them, front = no other cell is better on both", plural(int64(left), "cell")))
	}
	remarks = append(remarks, "means over seeds; WAIT is the p95 of tasks; vs BASE is paired by seed, ~ where\nthe 95 % interval of the difference contains 0")
	if s.Runs < minSeeds {
		remarks[len(remarks)-1] = "means over seeds; WAIT is the p95 of tasks; vs BASE is paired by seed;\nneed >= 6 seeds for a 95 % interval"
	}
	return t, strings.Join(remarks, "\n")
}

// bothWays shortens what a cell is in both figures.
var bothWays = strings.NewReplacer("cheapest, fastest", "best", "dearest, slowest", "worst")

// settings are the values of a cell, in the order of the axes.
func (s *Sweep) settings(c *SweepCell) string {
	values := make([]string, len(s.Axes))
	for i, a := range s.Axes {
		values[i] = c.Settings[a.Path]
	}
	return clean(strings.Join(values, ", "))
}

func meanText(c *SweepCell, name string, text func(float64) string) string {
	if m, ok := c.Metrics[name]; ok {
		return text(m.Mean)
	}
	return noInterval
}

// versus is the relative difference to the base.
func (c *SweepCell) versus(name string) string {
	d := c.Differences[name]
	switch {
	case d == nil:
		return ""
	case d.Verdict == VerdictSame || d.Mean == 0:
		return "="
	case d.Verdict == VerdictUnclear:
		return "~"
	case d.Relative == nil:
		if name == waitFigure {
			return signed(spanOf(math.Abs(d.Mean)), d.Mean)
		}
		return signed(figure(math.Abs(d.Mean)), d.Mean)
	case *d.Relative >= 9.995:
		return "×" + figure(math.Round(*d.Relative+1))
	}
	return signed(percent(math.Abs(*d.Relative)), *d.Relative)
}

// mostly is the limit that bound first in most runs.
func (c *SweepCell) mostly() string {
	best := ""
	for _, name := range slices.Sorted(maps.Keys(c.First)) {
		if best == "" || c.First[name] > c.First[best] {
			best = name
		}
	}
	if n := c.First[best]; n < c.N {
		return fmt.Sprintf("%s %d/%d", best, n, c.N)
	}
	return best
}

// sentences say what a manager reads.
func (s *Sweep) sentences() []string {
	var lines []string
	met := 0
	for i := range s.Cells {
		if s.Cells[i].Met {
			met++
		}
	}
	among := ""
	switch {
	case s.judged() && met == 0:
		lines = append(lines, "no cell meets all expectations in every run: "+s.misses())
		among = ", none of which meets all expectations,"
	case s.judged():
		lines = append(lines, fmt.Sprintf("%d of %s: all expectations met in every run (MET)", met, plural(int64(len(s.Cells)), "cell")))
		among = " that meet them"
	}
	one := strings.Replace(among, "meet ", "meets ", 1)
	cheap, fast := s.best(costFigure), s.best(waitFigure)
	switch {
	case cheap == nil:
	case fast == nil:
		lines = append(lines, fmt.Sprintf("cheapest of the cells%s: %s %s", among, cellNumber(cheap.ID), cheap.Name))
	case cheap.ID == fast.ID:
		lines = append(lines, fmt.Sprintf("%s (%s) is both the cheapest of the cells%s and the one with the shortest wait", cellNumber(cheap.ID), cheap.Name, among))
	default:
		lines = append(lines, fmt.Sprintf("no cell%s is best on both: %s is the cheapest (%s, wait p95 %s), %s waits least (%s, wait p95 %s)", one,
			cellNumber(cheap.ID), dollars(cheap.mean(costFigure)), meanText(cheap, waitFigure, spanOf),
			cellNumber(fast.ID), dollars(fast.mean(costFigure)), meanText(fast, waitFigure, spanOf)))
	}
	if !s.Complete {
		lines = append(lines, "some runs were stopped by a limit on events or tasks: complete = 0 in cells.csv")
	}
	return lines
}

// misses counts the cells that miss each expectation.
func (s *Sweep) misses() string {
	count := map[string]int{}
	for i := range s.Cells {
		for _, name := range s.Cells[i].failedNames() {
			count[name]++
		}
	}
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(count)) {
		parts = append(parts, fmt.Sprintf("%s in %s", name, plural(int64(count[name]), "cell")))
	}
	return strings.Join(parts, ", ")
}

func (s *Sweep) best(name string) *SweepCell {
	id, ok := s.Best[name]
	if !ok {
		return nil
	}
	return &s.Cells[slices.IndexFunc(s.Cells, func(c SweepCell) bool { return c.ID == id })]
}

// mostMarkdown cells are listed in sweep.md: a comment on a pull request has a limit of 60 kB.
const mostMarkdown = 200

// Markdown is sweep.md: all cells, for a pull request.
func (s *Sweep) Markdown() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "## %s: %s × %s\n\n", markdownText(s.Scenario), plural(int64(len(s.Cells)), "cell"), plural(int64(s.Runs), "seed"))
	for _, l := range s.sentences() {
		fmt.Fprintf(&b, "- %s\n", markdownText(l))
	}
	b.WriteString("\n| cell |")
	for _, a := range s.Axes {
		fmt.Fprintf(&b, " %s |", markdownText(a.Path))
	}
	b.WriteString(" cost | vs base | wait p95 | vs base | never placed | expectations | first bottleneck |\n|---|" +
		strings.Repeat("---|", len(s.Axes)) + "---:|---:|---:|---:|---:|---|---|\n")
	for i := range s.Cells[:min(len(s.Cells), mostMarkdown)] {
		c := &s.Cells[i]
		id := cellNumber(c.ID)
		if c.ID == s.Base {
			id += " (base)"
		}
		fmt.Fprintf(&b, "| %s |", id)
		for _, a := range s.Axes {
			fmt.Fprintf(&b, " %s |", markdownText(cut(c.Settings[a.Path], 60)))
		}
		expect := "met"
		if !c.Met {
			expect = "not met: " + strings.Join(c.failedNames(), ", ")
		}
		fmt.Fprintf(&b, " %s | %s | %s | %s | %s | %s | %s |\n", meanText(c, costFigure, dollars), c.versus(costFigure),
			meanText(c, waitFigure, spanOf), c.versus(waitFigure), meanText(c, "tasks_never_placed", figure), markdownText(expect), markdownText(c.mostly()))
	}
	if left := len(s.Cells) - mostMarkdown; left > 0 {
		fmt.Fprintf(&b, "\n%s more are in sweep.json and cells.csv.\n", plural(int64(left), "cell"))
	}
	b.WriteString("\nMeans over seeds. vs base: paired by seed; ~ where the 95 % interval of the difference contains 0.\n")
	return []byte(b.String())
}
