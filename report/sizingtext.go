package report

import (
	"cmp"
	"fmt"
	"strings"
)

// Terminal is the sizing for people.
func (s *Sizing) Terminal(opts TerminalOptions) string {
	t := &terminal{TerminalOptions: opts}
	t.Width = max(cmp.Or(opts.Width, termWidth), leastWidth)
	t.prose = min(t.Width, termWidth)
	for _, line := range wrap(clean(s.Scenario)+": "+s.grid(), "", "   ", t.prose) {
		t.line(line)
	}
	t.blank()
	if s.Answer != nil {
		t.sizingAnswer(s)
	} else {
		t.sizingNone(s)
	}
	t.sizingBound(s)
	t.table(s.columnTable())
	for _, n := range s.Notes {
		for _, line := range wrap(clean(n), "note: ", "      ", t.prose) {
			t.line(line)
		}
	}
	t.line(s.effort())
	return t.text.String()
}

// headed prints a paragraph behind a heading.
func (t *terminal) headed(label, text string) {
	const indent = "               "
	first := label + strings.Repeat(" ", max(1, len(indent)-length(label)))
	for i, line := range wrap(text, first, indent, t.prose) {
		if i == 0 && t.Color {
			line = bold + label + reset + strings.TrimPrefix(line, label)
		}
		t.line(line)
	}
}

// sizingSets are the settings to paste, as many a line as there is room for.
func (t *terminal) sizingSets(c *SizingCell) {
	for _, set := range c.Settings {
		t.line("               --set " + shellWord(clean(set)))
	}
}

func (t *terminal) sizingAnswer(s *Sizing) {
	t.headed("ANSWER", clean(s.Answer.Name)+s.heldIn())
	t.sizingSets(s.Answer)
	t.blank()
	t.table(s.Answer.expectTable())
	t.table(s.figureTable(s.Answer))
	for i := range s.Below {
		t.headed("ONE LESS", s.Below[i].sentence(s))
	}
	for i := range s.Above {
		t.headed("ONE MORE", s.Above[i].sentence(s))
	}
}

func (t *terminal) sizingNone(s *Sizing) {
	if s.Closest == nil {
		t.headed("NO ANSWER", "nothing was simulated to its end")
		t.blank()
		return
	}
	t.headed("NO ANSWER", "nothing that was asked holds")
	t.headed("CLOSEST", s.Closest.sentence(s))
	t.sizingSets(s.Closest)
	if f := s.Closest.Failure; f != nil {
		t.headed("LIMIT", clean(cmp.Or(f.Bottleneck, "none: every placement attempt found a place")))
	}
	t.blank()
	t.table(s.Closest.expectTable())
}

// heldIn: "holds in all 10 seeds".
func (s *Sizing) heldIn() string {
	n := len(s.Seeds)
	if n == 1 {
		return fmt.Sprintf(" holds with seed %d", s.Seeds[0])
	}
	all := fmt.Sprintf("all %d", n)
	if n == 2 {
		all = "both"
	}
	for _, e := range s.Answer.Expect {
		if e.Held < e.Seeds {
			return fmt.Sprintf(" holds in as many of %d seeds as it has to", n)
		}
	}
	return " holds in " + all + " seeds"
}

// sentence says what became of a neighbour.
func (c *SizingCell) sentence(s *Sizing) string {
	name := clean(c.Name)
	switch {
	case !c.Holds && c.Failure != nil:
		e := &c.Failure.Expect
		if strings.HasPrefix(e.Name, "--for") { // an expression of the command line has no name of its own
			return fmt.Sprintf("%s fails with seed %d: %s", name, c.Failure.Seed, e.Sentence())
		}
		return fmt.Sprintf("%s fails %s with seed %d: %s", name, clean(e.Name), c.Failure.Seed, e.Sentence())
	case !c.Holds:
		return name + " fails"
	case c.Value != nil:
		return fmt.Sprintf("%s holds too, with %s %s", name, s.Minimise, s.value(*c.Value))
	}
	return name + " holds too"
}

// value is a figure of what is minimised.
func (s *Sizing) value(x float64) string {
	if s.Minimise == "cost_usd" {
		return dollars(x)
	}
	return figure(x)
}

func (t *terminal) sizingBound(s *Sizing) {
	if b := s.Bound; b != nil {
		t.said("LOWER BOUND", b.limit())
		t.said("GAP", b.gap(s))
		t.said("LEAST COST", b.least(s))
	}
	t.blank()
}

func (t *terminal) said(label, text string) {
	if text != "" {
		t.headed(label, text)
	}
}

// limit is what no fleet can go below, and why.
func (b *SizingBound) limit() string {
	switch {
	case b.Name == "" && len(b.Lacks) > 0:
		return "in this range not every task can have a place: " + clean(strings.Join(b.Lacks, "; "))
	case b.Name == "" || len(b.Lacks) == 0: // the first of the range has enough of everything already
		return ""
	}
	return fmt.Sprintf("%s by arithmetic; one less has not enough %s", clean(b.Name), clean(b.Lacks[0]))
}

// gap is how far the answer is from the limit.
func (b *SizingBound) gap(s *Sizing) string {
	switch {
	case s.Answer == nil || b.limit() == "" || b.Name == "":
		return ""
	case b.Steps == 0:
		return "none: no fleet of this kind can do with less"
	case b.Steps > 0:
		return fmt.Sprintf("the answer is %s above it: loads have peaks, and tasks do not divide", plural(int64(b.Steps), "step"))
	}
	return fmt.Sprintf("the answer is %s below it: what is expected leaves tasks without a place", plural(int64(-b.Steps), "step"))
}

// least is what no cell can cost less than.
func (b *SizingBound) least(s *Sizing) string {
	if s.Answer == nil || b.FloorUSD <= 0 || s.Minimise != "cost_usd" {
		return ""
	}
	text := fmt.Sprintf("%s for instances with room for every task (%s)", dollars(b.FloorUSD), clean(b.FloorCell))
	if b.GapUSD > 0 {
		text += fmt.Sprintf("; the answer costs %s more, %s", dollars(b.GapUSD), percent(b.GapUSD/b.FloorUSD))
	}
	return text
}

// grid: "the least cost_usd that holds, over type (4) × count 1 to 24".
func (s *Sizing) grid() string {
	parts := make([]string, len(s.Axes))
	for i, a := range s.Axes {
		n := len(a.Values)
		parts[i] = fmt.Sprintf("%s (%d)", clean(a.Short), n)
		if a.Ordered {
			parts[i] = fmt.Sprintf("%s %s to %s", clean(a.Short), a.Values[0], a.Values[n-1])
		}
	}
	return fmt.Sprintf("the least %s that holds, over %s", s.Minimise, strings.Join(parts, " × "))
}

// across is what the columns differ in.
func (s *Sizing) across() string {
	var names []string
	for i, a := range s.Axes {
		if i != s.Main {
			names = append(names, clean(a.Short))
		}
	}
	return strings.Join(names, " ")
}

func (s *Sizing) effort() string {
	return fmt.Sprintf("%s of %s in %s of %s (%s)", amount(int64(s.Runs)), plural(int64(s.RunsOfGrid), "run"),
		amount(int64(s.CellsAsked)), plural(int64(s.Cells), "cell"), percent(float64(s.Runs)/float64(max(1, s.RunsOfGrid))))
}

// expectTable is that of a run; what is expected is worth more than how far it is off.
func (c *SizingCell) expectTable() (*table, string) {
	t, remark := expectTable(&Summary{Expect: c.Expect})
	t.insist("EXPRESSION", widestExpression)
	return t, remark
}

// widestExpression is up to how many characters an expression is worth more than its margin.
const widestExpression = 48

func (s *Sizing) figureTable(c *SizingCell) (*table, string) {
	t := &table{columns: []column{
		{title: "FIGURE", least: 16}, {title: "MEAN", right: true}, {title: "95 % INTERVAL"},
		{title: "MIN", right: true, spare: true}, {title: "MAX", right: true, spare: true},
	}}
	for _, name := range c.shown(s.Minimise) {
		m := c.Metrics[name]
		t.add(clean(name), figure(m.Mean), interval(m), figure(m.Min), figure(m.Max))
	}
	if len(s.Seeds) == 1 {
		for _, title := range []string{"95 % INTERVAL", "MIN", "MAX"} {
			t.drop(title)
		}
		t.columns[1].title = "VALUE"
	}
	return t, ""
}

// columnTable says of each column why it is, or is not, the answer; empty with a single one.
func (s *Sizing) columnTable() (*table, string) {
	holds := "HOLDS FROM"
	if s.Main < 0 {
		holds = "HOLDS"
	}
	t := &table{columns: []column{
		{title: strings.ToUpper(s.across()), least: 16}, {title: holds, right: true},
		{title: strings.ToUpper(s.Minimise), right: true}, {title: "VERDICT", least: 20},
	}}
	if len(s.Columns) < 2 {
		return t, ""
	}
	for i, c := range s.Columns {
		if i == maxRows {
			break
		}
		holds, value := noInterval, noInterval
		if c.Holds != "" {
			holds = c.Holds
		}
		if c.Value != nil {
			value = s.value(*c.Value)
		}
		t.add(clean(c.Name), holds, value, clean(c.Verdict))
	}
	return t, more(len(s.Columns))
}

// Markdown is the sizing in GitHub's flavour.
func (s *Sizing) Markdown() []byte {
	blocks := []string{"## ecssim size: " + markdownText(s.Scenario), markdownText(s.grid())}
	block := func(text string) {
		if text != "" {
			blocks = append(blocks, text)
		}
	}
	c := cmp.Or(s.Answer, s.Closest)
	switch {
	case s.Answer != nil:
		block("**Answer: " + markdownText(s.Answer.Name) + "**" + markdownText(s.heldIn()))
	case s.Closest != nil:
		block("**No answer**: nothing that was asked holds. Closest: " + markdownText(s.Closest.sentence(s)))
		if f := s.Closest.Failure; f != nil && f.Bottleneck != "" {
			block("First bottleneck: " + markdownText(f.Bottleneck))
		}
	default:
		block("**No answer**: nothing was simulated to its end.")
	}
	if c != nil {
		block(c.markdownSets())
		t, remark := c.expectTable()
		block(t.markdown(remark))
	}
	if s.Answer != nil {
		t, remark := s.figureTable(s.Answer)
		block(t.markdown(remark))
	}
	block(s.markdownSaid())
	t, remark := s.columnTable()
	block(t.markdown(remark))
	for _, n := range s.Notes {
		block("> " + markdownText(n))
	}
	block(markdownText(s.effort()))
	return join(blocks)
}

// markdownSets are the settings to paste.
func (c *SizingCell) markdownSets() string {
	words := make([]string, len(c.Settings))
	for i, set := range c.Settings {
		words[i] = "--set " + shellWord(clean(set))
	}
	return "```\n" + strings.ReplaceAll(strings.Join(words, " \\\n"), "```", "'''") + "\n```"
}

// markdownSaid lists what the terminal says of the neighbours and of the lower bound.
func (s *Sizing) markdownSaid() string {
	var said []string
	say := func(label, text string) {
		if text != "" {
			said = append(said, "- "+label+": "+markdownText(text))
		}
	}
	for i := range s.Below {
		say("One less", s.Below[i].sentence(s))
	}
	for i := range s.Above {
		say("One more", s.Above[i].sentence(s))
	}
	if b := s.Bound; b != nil {
		say("Lower bound", b.limit())
		say("Gap", b.gap(s))
		say("Least cost", b.least(s))
	}
	return strings.Join(said, "\n")
}

// shellWord quotes what a shell would take apart.
func shellWord(word string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.,:/=+@%"
	if word != "" && strings.Trim(word, plain) == "" {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
