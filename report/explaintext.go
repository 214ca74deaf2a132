package report

import (
	"fmt"
	"slices"
	"strings"
)

// ExplainOptions says how an explanation is written.
type ExplainOptions struct {
	TerminalOptions
	// All lists every instance, row and candidate.
	All bool
	// Seeds: the run has several, so that the text says which one it is about.
	Seeds bool
}

// maxLooks is how many instances are listed one by one; where two attempts are shown, fewer of each.
const (
	maxLooks   = 12
	maxOfTwo   = 4
	labelWidth = 8
)

// explainer text is written into a terminal's.
type explainText struct {
	terminal
	ExplainOptions
	x *Explanation
}

// newTerminal prepares the text for a width.
func newTerminal(o TerminalOptions) terminal {
	t := terminal{TerminalOptions: o}
	if t.Width == 0 {
		t.Width = termWidth
	}
	t.Width = max(t.Width, leastWidth)
	t.prose = min(t.Width, termWidth)
	return t
}

// Terminal is the explanation for people.
func (x *Explanation) Terminal(o ExplainOptions) string {
	t := &explainText{terminal: newTerminal(o.TerminalOptions), ExplainOptions: o, x: x}
	if b := x.Bottleneck; b != nil {
		t.bottleneckLine(b)
	}
	life := x.Task.life()
	if o.Seeds {
		life += fmt.Sprintf(" · seed\u00a0%d", x.Seed)
	}
	t.behind(pad(x.Task.Name, labelWidth), life)
	if len(x.Needs) > 0 {
		t.behind(pad("needs", labelWidth), strings.ReplaceAll(strings.Join(x.Needs, " · "), "  ", " "))
	}
	t.refused()
	t.capacity()
	t.placed()
	t.fargate()
	t.subnets()
	t.fixes()
	if x.Said != "" {
		said, _, _ := strings.Cut(x.Said, " For more information")
		t.behind("ECS says  ", clean(said))
	}
	return t.text.String()
}

// pad makes a label at least so wide, with two spaces behind it.
func pad(s string, width int) string {
	return clean(s) + strings.Repeat(" ", max(0, width-2-length(s))) + "  "
}

// behind writes a sentence behind a label, indented.
func (t *terminal) behind(label, text string) {
	for _, line := range wrap(text, label, strings.Repeat(" ", length(label)), t.prose) {
		t.line(strings.ReplaceAll(line, "\u00a0", " "))
	}
}

// life says what became of the task.
func (s *TaskStory) life() string {
	parts := []string{"wanted " + s.Wanted.clock()}
	switch {
	case s.PlacedAt.there():
		where := s.Instance
		if where == "" {
			where = s.Launch
		}
		if s.Zone != "" {
			where += " (" + s.Zone + ")"
		}
		wait := ""
		if s.PlacedAt > s.Wanted {
			wait = fmt.Sprintf(" after %s", (s.PlacedAt - s.Wanted).before())
		}
		parts = append(parts, fmt.Sprintf("placed %s%s on %s", s.PlacedAt.clock(), wait, clean(where)))
		if s.Running.there() {
			parts = append(parts, "RUNNING "+s.Running.clock())
		}
		if s.Stopped.there() {
			parts = append(parts, "stopped "+s.Stopped.clock()+": "+clean(s.StopReason))
		}
	case s.GivenUp.there():
		parts = append(parts, "given up "+s.GivenUp.clock())
	case s.Stopped.there():
		parts = append(parts, "stopped "+s.Stopped.clock()+" without a place")
	case s.Awaited.there():
		parts = append(parts, "still in PROVISIONING at the end")
	default:
		parts = append(parts, "never placed")
	}
	switch {
	case s.Failed == 1:
		parts = append(parts, "1 attempt in vain at "+s.LastFailed.clock())
	case s.Failed > 1:
		parts = append(parts, fmt.Sprintf("%s attempts in vain (last %s)", thousands(int64(s.Failed)), s.LastFailed.clock()))
	}
	return strings.Join(parts, ", ")
}

// refused shows the last attempt in vain.
func (t *explainText) refused() {
	l, most := t.x.Refused, maxLooks
	if l == nil {
		return
	}
	if t.x.Placed != nil {
		most = maxOfTwo
		t.blankOnce()
		title := "LAST ATTEMPT IN VAIN, "
		if t.x.Task.Awaited == l.At {
			title = "WHEN IT BEGAN TO WAIT, "
		}
		t.paint(bold, title+l.At.clock())
	}
	t.funnel(l)
	t.blank()
	t.instances(l, most)
	if l.Nearest != "" {
		t.behind("nearest miss  ", clean(l.Nearest))
	}
	if l.Scattered != "" {
		t.behind("scattered     ", l.Scattered)
	}
}

// funnel: 3 registered → 3 ACTIVE → 0 eni.
func (t *explainText) funnel(l *Look) {
	parts := make([]string, 0, len(l.Funnel)+1)
	for _, p := range l.Funnel {
		parts = append(parts, thousands(int64(p.Left))+"\u00a0"+strings.ReplaceAll(clean(p.Test), " ", "\u00a0"))
	}
	if l.Only == "" && l.Chosen != "" {
		parts = append(parts, "1\u00a0strategy")
	}
	text := strings.Join(parts, " → ")
	if l.Only != "" {
		text = "only " + clean(l.Only) + " is asked: " + text
	}
	t.behind(pad("funnel", labelWidth), text)
}

// instances lists every instance with every test, or what has the same verdict together.
func (t *explainText) instances(l *Look, most int) {
	if len(l.Instances) == 0 {
		return
	}
	if len(l.Instances) <= most || t.All {
		t.table(t.instanceTable(l), "")
		return
	}
	tab, left := t.groupTable(l, most)
	note := fmt.Sprintf("--all lists the %s instances", thousands(int64(len(l.Instances))))
	if left > 0 {
		note = fmt.Sprintf("and %s of other kinds; %s", thousands(int64(left)), note)
	}
	t.table(tab, note)
}

func (t *explainText) instanceTable(l *Look) *table {
	tab := &table{columns: []column{{title: "INSTANCE", least: 8}, {title: "TYPE", spare: true}, {title: "ZONE", spare: true}}}
	tests := t.tests(l)
	for _, c := range tests {
		tab.columns = append(tab.columns, column{title: c.title, right: true, spare: c.spare()})
	}
	tab.columns = append(tab.columns, column{title: "VERDICT", least: 10})
	for k := range l.Instances {
		i := &l.Instances[k]
		cells := []string{clean(i.Name), i.Type, clean(i.Zone)}
		for _, c := range tests {
			cells = append(cells, c.cell(i))
		}
		verdict := i.Verdict
		if i.Name == l.Chosen {
			verdict = "chosen"
		}
		tab.add(append(cells, verdict)...)
	}
	return tab
}

// lookColumn is a column about one test: its text for one instance, and for many of a kind.
type lookColumn struct {
	title string
	cell  func(*InstanceLook) string
	many  func([]*InstanceLook) string
}

// tests are the columns that concern the task.
func (t *explainText) tests(l *Look) []lookColumn {
	cols := []lookColumn{
		amountColumn("CPU FREE", reasonCPU, func(i *InstanceLook) int64 { return i.CPU }),
		amountColumn("MEM FREE", reasonMemory, func(i *InstanceLook) int64 { return i.Memory }),
	}
	if l.needs.ports {
		cols = append(cols, flagColumn("PORTS", reasonPorts))
	}
	if l.needs.enis {
		cols = append(cols, lookColumn{"ENI FREE", func(i *InstanceLook) string {
			return verdictOf(fmt.Sprintf("%d/%d", i.ENIs, i.HasENIs), i, reasonENI)
		}, rangeOf(reasonENI, func(i *InstanceLook) int64 { return i.ENIs })})
	}
	if l.needs.gpus {
		cols = append(cols, amountColumn("GPU FREE", reasonGPU, func(i *InstanceLook) int64 { return i.GPUs }))
	}
	if l.needs.constraints {
		cols = append(cols, flagColumn("CONSTRAINT", reasonConstraint))
	}
	if l.Chosen != "" {
		cols = append(cols, lookColumn{"OF GROUP", func(i *InstanceLook) string { return fmt.Sprint(i.Group) },
			func(list []*InstanceLook) string {
				return fromTo(list, func(i *InstanceLook) int64 { return int64(i.Group) })
			}})
	}
	return cols
}

// chosenKind stands for the type of the instance that was chosen, which has a row of its own.
const chosenKind = "\x00"

// groupTable has a row for all instances of one type that fail the same tests, the most numerous first; left counts those
// without a row.
func (t *explainText) groupTable(l *Look, most int) (tab *table, left int) {
	type kind struct{ kind, fails string }
	groups := map[kind][]*InstanceLook{}
	var order []kind
	for k := range l.Instances {
		i := &l.Instances[k]
		key := kind{i.Type, i.Verdict + "\x00" + strings.Join(i.Fails, ", ")}
		if i.Name == l.Chosen {
			key.kind = chosenKind
		}
		if groups[key] == nil {
			order = append(order, key)
		}
		groups[key] = append(groups[key], i)
	}
	slices.SortStableFunc(order, func(a, b kind) int { return len(groups[b]) - len(groups[a]) })
	if at := slices.IndexFunc(order, func(k kind) bool { return k.kind == chosenKind }); at > 0 {
		first := order[at]
		order = slices.Insert(slices.Delete(order, at, at+1), 0, first)
	}
	tab = &table{columns: []column{{title: "INSTANCES", least: 12}}}
	tests := t.tests(l)
	for _, c := range tests {
		tab.columns = append(tab.columns, column{title: c.title, right: true, spare: c.spare()})
	}
	tab.columns = append(tab.columns, column{title: "VERDICT", least: 10})
	for n, key := range order {
		list := groups[key]
		if n >= most {
			left += len(list)
			continue
		}
		name := fmt.Sprintf("%s × %s", thousands(int64(len(list))), list[0].Type)
		verdict := list[0].Verdict
		if key.kind == chosenKind {
			name, verdict = clean(list[0].Name), "chosen"
		}
		cells := []string{name}
		for _, c := range tests {
			cells = append(cells, c.many(list))
		}
		tab.add(append(cells, verdict)...)
	}
	return tab, left
}
