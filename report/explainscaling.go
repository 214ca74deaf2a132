package report

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// maxDecisions is how many decisions are listed: the first half of them and the last.
const maxDecisions = 24

// ScalingLog is what auto scaling and managed scaling decided in a run, in order.
type ScalingLog struct {
	record *Record
	rows   []*DecisionRow
	// About is the service or capacity provider that it is restricted to; empty for all.
	About string
}

// ScalingOf picks the decisions about a service or a capacity provider, or all of them.
func ScalingOf(r *Record, service, provider string) *ScalingLog {
	l := &ScalingLog{record: r, About: cmp.Or(service, provider)}
	for d := range r.Decisions.all() {
		switch {
		case service != "" && (d.Service < 0 || r.Owners[d.Service].Name != service):
		case provider != "" && (d.Service >= 0 || r.providerName(d.Provider) != provider):
		default:
			l.rows = append(l.rows, d)
		}
	}
	return l
}

// MarshalJSON implements json.Marshaler: a list of what decisions.ndjson has.
func (l *ScalingLog) MarshalJSON() ([]byte, error) {
	list := make([]json.RawMessage, len(l.rows))
	for n, d := range l.rows {
		var line jsonLine
		line.begin()
		line.integer("id", d.ID)
		line.seconds("t", d.At)
		l.record.writeDecision(&line, d)
		l.record.writeRest(&line, d)
		var text strings.Builder
		if err := line.end(&text); err != nil {
			return nil, err
		}
		list[n] = json.RawMessage(text.String())
	}
	return json.Marshal(map[string]any{"scenario": l.record.Config.Name, "seed": l.record.Seed, "decisions": list})
}

// who made the decision.
func (l *ScalingLog) who(d *DecisionRow) string {
	if d.Service >= 0 {
		return l.record.Owners[d.Service].Name
	}
	return l.record.providerName(d.Provider)
}

// Terminal is the log for people.
func (l *ScalingLog) Terminal(o ExplainOptions) string {
	t := newTerminal(o.TerminalOptions)
	if len(l.rows) == 0 {
		t.line(l.nothing())
		return t.text.String()
	}
	policies := l.policies()
	for _, p := range policies {
		t.line(clean(p))
	}
	t.blank()
	several := len(policies) > l.owners()
	tab := &table{columns: []column{
		{title: "AT"}, {title: "WHO", least: 4}, {title: "VALUE", right: true, spare: true}, {title: "FORMULA", least: 20}, {title: "RESULT", right: true},
		{title: "EFFECT", least: 16},
	}}
	if l.About != "" && !several {
		tab.drop("WHO")
	}
	for n, d := range l.rows {
		if half := maxDecisions / 2; !o.All && len(l.rows) > maxDecisions && n >= half && n < len(l.rows)-half {
			if n == half {
				gap := make([]string, len(tab.columns))
				gap[0], gap[len(gap)-1] = "…", fmt.Sprintf("%d more: --all", len(l.rows)-maxDecisions)
				tab.rows = append(tab.rows, gap)
			}
			continue
		}
		tab.rows = append(tab.rows, l.cells(d, len(tab.columns), several))
	}
	tab.insist("FORMULA", 28)
	tab.insist("EFFECT", 26)
	remark := ""
	if slices.ContainsFunc(l.rows, func(d *DecisionRow) bool { return d.LastRunning >= 0 || d.LastRegistered >= 0 }) {
		remark = "by: when the last of them was RUNNING, or had registered"
	}
	t.table(tab, remark)
	outs, ins, held := l.count()
	t.line(fmt.Sprintf("%s: %d out, %d in, %d held up · seed %d", plural(int64(len(l.rows)), "decision"), outs, ins, held, l.record.Seed))
	return t.text.String()
}

func (l *ScalingLog) nothing() string {
	if l.About != "" {
		return fmt.Sprintf("nothing was decided about %s with seed %d", clean(l.About), l.record.Seed)
	}
	return fmt.Sprintf("nothing scales in %s with seed %d", clean(l.record.Config.Name), l.record.Seed)
}

// policies: one line for each that decided.
func (l *ScalingLog) policies() (list []string) {
	for _, d := range l.rows {
		text := fmt.Sprintf("%s  %s", l.who(d), d.Policy)
		if d.Metric != "" {
			text += fmt.Sprintf(" on %s, target %s", d.Metric, figure(d.Target))
		}
		if !slices.Contains(list, text) {
			list = append(list, text)
		}
	}
	const few = 8
	if len(list) > few {
		list = append(list[:few], fmt.Sprintf("and %d more policies", len(list)-few))
	}
	return list
}

func (l *ScalingLog) owners() int {
	var names []string
	for _, d := range l.rows {
		if who := l.who(d); !slices.Contains(names, who) {
			names = append(names, who)
		}
	}
	return len(names)
}

// cells of one decision: what was measured, what follows, and what came of it.
func (l *ScalingLog) cells(d *DecisionRow, columns int, several bool) []string {
	value := "–"
	if d.Metric != "" {
		value = figure(d.Value)
	}
	result := fmt.Sprintf("%d → %d", d.From, d.To)
	if !d.Changes() {
		result = fmt.Sprintf("stays %d", d.From)
	}
	cells := []string{clock(d.At)}
	if columns == 6 {
		who := l.who(d)
		if several {
			who += " " + d.Policy
		}
		cells = append(cells, clean(who))
	}
	return append(cells, value, d.Formula, result, l.effect(d))
}

// effect is what came of a decision, and what held it up.
func (l *ScalingLog) effect(d *DecisionRow) string {
	var parts []string
	if d.Tasks > 0 {
		text := tasks(d.Tasks)
		if d.LastRunning >= 0 {
			text += " by " + clock(d.LastRunning)
		}
		parts = append(parts, text)
	}
	if d.Instances > 0 {
		text := plural(d.Instances, "instance")
		if d.LastRegistered >= 0 {
			text += " by " + clock(d.LastRegistered)
		}
		parts = append(parts, text)
	}
	if d.Blocked != 0 {
		text := d.Blocked.String()
		if d.Until >= 0 && !d.Changes() { // else it is the cooldown that begins
			text += " to " + clock(d.Until)
		}
		if d.Count > 1 {
			text += fmt.Sprintf(" (%d times)", d.Count)
		}
		parts = append(parts, text)
	}
	if len(parts) == 0 {
		return "–"
	}
	return strings.Join(parts, "; ")
}

func (l *ScalingLog) count() (outs, ins, held int) {
	for _, d := range l.rows {
		switch {
		case d.To > d.From:
			outs++
		case d.To < d.From:
			ins++
		default:
			held++
		}
	}
	return outs, ins, held
}
