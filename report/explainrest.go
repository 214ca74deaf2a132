package report

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// placed shows the attempt that found a place, and how the strategy chose.
func (t *explainText) placed() {
	l := t.x.Placed
	if l == nil {
		return
	}
	if t.x.Refused != nil {
		t.blankOnce()
		t.paint(bold, "PLACED, "+l.At.clock())
	}
	t.funnel(l)
	t.blank()
	if t.x.Refused == nil || t.All { // the other attempt has them already
		t.instances(l, maxLooks)
	}
	if l.Only != "" {
		return
	}
	tab := &table{columns: []column{{title: "STRATEGY", least: 20}, {title: "LEFT", right: true}, {title: "KEEPS", least: 24}}}
	for _, s := range l.Steps {
		tab.add(s.Rule, fmt.Sprintf("%s of %s", thousands(int64(s.After)), thousands(int64(s.Before))), clean(s.Keeps))
	}
	if l.Tie != "" {
		tab.add("tie", "1", l.Tie)
	}
	t.table(tab, "")
}

// capacity tells of the wait for a capacity provider, step by step.
func (t *explainText) capacity() {
	c := t.x.Capacity
	if c == nil {
		return
	}
	t.blankOnce()
	title := "WAITS FOR"
	if t.x.Task.PlacedAt.there() {
		title = "WAITED FOR"
	}
	tab := &table{columns: []column{{title: title}, {title: clean(c.Provider) + ": " + c.size(), least: 30}}}
	c.steps(tab, t.x.Task.PlacedAt)
	slices.SortStableFunc(tab.rows, func(a, b []string) int { return strings.Compare(order(a[0]), order(b[0])) })
	t.table(tab, "")
	if c.WaitsFor != "" {
		t.behind("waits for  ", clean(c.WaitsFor))
	}
}

// size is that of the group.
func (c *CapacityStory) size() string {
	text := fmt.Sprintf("%s of at most %s in service", thousands(int64(c.InService)), plural(int64(c.Max), "instance"))
	if c.Max >= 1_000_000 {
		text = plural(int64(c.InService), "instance") + " in service"
	}
	if c.Booting > 0 {
		text += fmt.Sprintf(", %d booting", c.Booting)
	}
	return text
}

// steps adds a row for everything that happened in the wait.
func (c *CapacityStory) steps(tab *table, placed Instant) {
	add := func(at Instant, text string) { tab.add(at.clock(), text) }
	add(c.Since, "the task is in PROVISIONING")
	if m := c.Metric; m != nil {
		add(m.At, m.text())
	}
	if c.Last != nil && c.Last != c.Metric && !placed.there() {
		add(c.Last.At, c.Last.text())
	}
	if d := c.Blocked; d != nil {
		text := fmt.Sprintf("%s, held up by %s", d.Formula, d.Blocked)
		if d.Until.there() {
			text += " until " + d.Until.clock()
		}
		add(d.At, text)
	}
	if c.Failure != "" {
		add(c.FailedAt, "EC2 launches nothing: "+clean(c.Failure))
	}
	if d := c.Decided; d != nil {
		add(d.At, fmt.Sprintf("managed scaling %d → %d: %s", d.From, d.To, d.Formula))
	}
	if c.Launched > c.Since {
		add(c.Launched, clean(c.Instance)+" is launched")
	}
	if c.Registered > c.Since {
		add(c.Registered, clean(c.Instance)+" registers")
	}
	if placed.there() {
		add(placed, "the task has its place")
	}
}

// order makes clocks of different days comparable: the day of a clock with one stands in front.
func order(clock string) string {
	if day, rest, found := strings.Cut(clock, "d "); found {
		return fmt.Sprintf("%6s ", day) + rest
	}
	return "       " + clock
}

func (m *MetricLook) text() string {
	text := fmt.Sprintf("CapacityProviderReservation %s: %s needed, %d there", figure(m.Value), plural(int64(m.Needed), "instance"), m.Running)
	if m.Incompatible > 0 {
		text += fmt.Sprintf("; %s fit no type of the group", tasks(int64(m.Incompatible)))
	}
	return text
}

// fargate tells of the limits of the account.
func (t *explainText) fargate() {
	f := t.x.Fargate
	if f == nil {
		return
	}
	tab := &table{columns: []column{{title: "LIMIT"}, {title: "USED", right: true}, {title: "OF", right: true}, {title: "NEEDS", right: true}, {title: "VERDICT"}}}
	name := "Fargate vCPU"
	if f.Spot {
		name = "Fargate Spot vCPU"
	}
	of, verdict := "no limit", "ok"
	if f.Quota > 0 {
		of = decimal(f.Quota, 2)
		if f.Used+f.Needs > f.Quota {
			verdict = "NO"
		}
	}
	tab.add(name, decimal(f.Used, 2), of, decimal(f.Needs, 2), verdict)
	verdict = "ok"
	if s := &t.x.Task; s.Throttled.there() {
		verdict = fmt.Sprintf("held up for %s, to %s", (s.Throttled - s.Wanted).before(), s.Throttled.clock())
	}
	tab.add("launches", "", fmt.Sprintf("%d, then %s/s", f.Burst, decimal(f.Rate, 2)), "1", verdict)
	t.blankOnce()
	t.table(tab, "")
}

// subnets lists those that could have given an address.
func (t *explainText) subnets() {
	if len(t.x.Subnets) == 0 || t.x.Fargate == nil && !t.x.lacksAddress() {
		return
	}
	tab := &table{columns: []column{{title: "SUBNET", least: 8}, {title: "ZONE"}, {title: "FREE", right: true}, {title: "OF", right: true}, {title: "VERDICT"}}}
	for n, s := range t.x.Subnets {
		if n == maxLooks && !t.All {
			break
		}
		verdict := "ok"
		if s.Free < 1 {
			verdict = "NO"
		}
		tab.add(clean(s.Name), clean(s.Zone), thousands(s.Free), thousands(s.Usable), verdict)
	}
	t.table(tab, "")
}

func (x *Explanation) lacksAddress() bool { return x.reason == noAddress }

// fixes lists what would have helped, and what would not.
func (t *explainText) fixes() {
	x := t.x
	if len(x.Fixes)+len(x.Vain) > 0 {
		t.blankOnce()
		tab := &table{columns: []column{
			{title: "WOULD HELP", least: 24}, {title: "PLACED", right: true}, {title: clean(x.Task.Name) + " AT", right: true}, {title: "COST", right: true},
		}}
		var notes []string
		for k := range x.Fixes {
			f := &x.Fixes[k]
			mark := ""
			if f.Note != "" {
				notes = append(notes, f.Note)
				mark = " " + strings.Repeat("*", len(notes))
			}
			lines := f.settings()
			lines[len(lines)-1] += mark
			tab.add(lines[0], fmt.Sprintf("%s/%s", thousands(f.Placed), thousands(f.Wanted)), f.at(), f.cost())
			for _, line := range lines[1:] {
				tab.add("  "+line, "", "", "")
			}
		}
		t.table(tab, t.remarks(notes))
		if len(x.Vain) > 0 {
			t.behind("no help   ", vain(x.Vain))
		}
	}
}

// remarks explain the stars, and say what the list is.
func (t *explainText) remarks(notes []string) string {
	x := t.x
	text := fmt.Sprintf("each change simulated alone (as it is: %s/%s)", thousands(x.Before.Placed), thousands(x.Before.Wanted))
	if slices.ContainsFunc(x.Fixes, func(f Fix) bool { return f.Smallest }) {
		text += "; counts are the smallest"
	}
	lines := wrap(text, "", "", t.prose)
	for n, note := range notes {
		lines = append(lines, strings.Repeat("*", n+1)+" "+clean(note))
	}
	return strings.Join(lines, "\n")
}

// blankOnce writes an empty line where none stands.
func (t *terminal) blankOnce() {
	if s := t.text.String(); s != "" && !strings.HasSuffix(s, "\n\n") {
		t.blank()
	}
}

// settings are the changes as a scenario has them.
func (f *Fix) settings() []string {
	parts := make([]string, len(f.Sets))
	for k, s := range f.Sets {
		path, value, _ := strings.Cut(s, "=")
		parts[k] = clean(path + " = " + tomlText(value))
	}
	return parts
}

// tomlText quotes what is no number, truth value or list.
func tomlText(value string) string {
	if _, err := strconv.ParseFloat(value, 64); err == nil || value == "true" || value == "false" || strings.HasPrefix(value, "[") {
		return value
	}
	return strconv.Quote(value)
}

func (f *Fix) at() string {
	if !f.At.there() {
		return "–"
	}
	return f.At.clock()
}

// cost: +$0.096, −$0.010.
func (f *Fix) cost() string {
	sign := "+"
	if f.Cost < -0.0005 {
		sign = "−"
	}
	return sign + dollars(math.Abs(f.Cost))
}

func vain(list []Fix) string {
	parts := make([]string, len(list))
	for k := range list {
		parts[k] = strings.Join(list[k].settings(), ", ")
	}
	return strings.Join(parts, "; ")
}
