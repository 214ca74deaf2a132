package scenario

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"ecssim/model"
	"ecssim/workload/diag"
)

// alarmTables reads [alarms.NAME]: the scenario says when an alarm is in ALARM, since what it measures is not simulated.
func (b *builder) alarmTables(t *table) {
	b.named(t, "alarms", func(name string, a *table) {
		b.goodName(a, "an alarm")
		b.alarms[name] = len(b.config.Alarms)
		b.config.Alarms = append(b.config.Alarms, model.Alarm{Name: name, InAlarm: b.inAlarm(a)})
		a.done()
	})
}

// placedStretch is a stretch of time and where it is written.
type placedStretch struct {
	model.Stretch
	at diag.Position
}

func (b *builder) inAlarm(a *table) []model.Stretch {
	const example = `in_alarm = [{ at = "14:05", for = "10m" }]`
	n, p := a.get("in_alarm"), a.p.join("in_alarm")
	if n == nil {
		a.missing("in_alarm", example)
		return nil
	}
	if n.kind != aList {
		b.add(wrongType(n, p, "a list of stretches of time", example))
		return nil
	}
	var read []placedStretch
	for i, e := range n.list {
		if e.kind != aTable {
			b.add(wrongType(e, p.index(i), "a stretch of time", example))
			continue
		}
		if s, ok := b.stretch(b.table(e, p.index(i))); ok {
			read = append(read, placedStretch{s, e.at})
		}
	}
	slices.SortStableFunc(read, func(x, y placedStretch) int { return cmp.Compare(x.From, y.From) })
	stretches := make([]model.Stretch, len(read))
	for i, s := range read {
		stretches[i] = s.Stretch
		if i > 0 && (read[i-1].To < 0 || read[i-1].To > s.From) {
			b.fail("E023", s.at, fmt.Sprintf("`%s` has two stretches that overlap", p), "the alarm is already in ALARM then",
				"make one longer stretch of them")
		}
	}
	return stretches
}

// stretch reads when the alarm goes off, and for how long; without `for`, until the end.
func (b *builder) stretch(t *table) (model.Stretch, bool) {
	s := model.Stretch{To: -1}
	n := t.get("at")
	ok := n != nil
	if n == nil {
		t.missing("at", `at = "14:05"`)
	} else {
		s.From, ok = b.momentOf(n, t.p.join("at"), b.config.Start)
	}
	if d, given := b.span(t); given {
		s.To = s.From + d
	}
	t.done()
	return s, ok
}

// span reads an optional `for`, which cannot be zero.
func (b *builder) span(t *table) (d time.Duration, given bool) {
	n := t.get("for")
	if n == nil {
		return 0, false
	}
	d, ok := b.durationOf(n, t.p.join("for"))
	if ok && d == 0 {
		b.fail("E032", n.at, fmt.Sprintf("`%s` is 0: it would be over at once", t.p.join("for")), "", "leave it out for what lasts up to the end")
	}
	return d, ok && d > 0
}
