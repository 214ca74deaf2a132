package scenario

import (
	"fmt"
	"time"

	"ecssim/model/scaling"
	"ecssim/workload/diag"
)

const scheduledExample = `scheduled = [{ cron = "cron(0 8 * * ? *)", min_capacity = 10 }]`

// mostInstants is how often a scheduled action comes at most.
const mostInstants = 100_000

// scheduledAction reads an action that sets new bounds at instants: once, by cron, or at a rate.
func (b *builder) scheduledAction(so *scaler, t *table) {
	a := scaling.ScheduledAction{Name: b.policyName(so, t, "scheduled"), Min: -1, Max: -1}
	before := len(b.diags)
	if t.get("min_capacity") != nil {
		a.Min = int(t.whole("min_capacity", 0, mostTasks, 0))
	}
	if t.get("max_capacity") != nil {
		a.Max = int(t.whole("max_capacity", 0, mostTasks, 0))
	}
	if !diag.HasErrors(b.diags[before:]) {
		switch {
		case a.Min < 0 && a.Max < 0:
			b.fail("E022", t.n.at, fmt.Sprintf("`%s` has neither `min_capacity` nor `max_capacity`", t.p), "", "write for example: min_capacity = 10")
		case a.Max >= 0 && a.Max < a.Min:
			b.fail("E032", t.valueAt("max_capacity"), fmt.Sprintf("`%s` of %d is below `min_capacity` of %d", t.p.join("max_capacity"), a.Max, a.Min), "")
		}
	}
	a.At = b.instants(t)
	so.config.Schedule = append(so.config.Schedule, a)
}

// instants unrolls at, cron or rate over the duration.
func (b *builder) instants(t *table) []time.Duration {
	at, cron, rate := t.get("at"), t.get("cron"), t.get("rate")
	var given []string
	n := at
	for _, k := range []struct {
		name string
		n    *node
	}{{"at", at}, {"cron", cron}, {"rate", rate}} {
		if k.n != nil {
			given, n = append(given, backquoted(k.name)), k.n
		}
	}
	switch {
	case len(given) == 0:
		b.fail("E022", t.n.at, fmt.Sprintf("`%s` does not say when", t.p), "",
			`write at = "10:00", cron = "cron(0 8 * * ? *)", or rate = "rate(1 hour)"`)
		return nil
	case len(given) > 1:
		b.fail("E023", n.key, fmt.Sprintf("`%s` has %s", t.p, enumerate(given, "and")), "keep one of them")
		return nil
	}
	before := len(b.diags)
	var list []time.Duration
	if at != nil {
		if when, ok := b.momentOf(at, t.p.join("at"), b.config.Start); ok {
			list = []time.Duration{when}
		}
	} else {
		list = b.expressionOf(t, n)
	}
	if diag.HasErrors(b.diags[before:]) || b.config.Duration == 0 {
		return list
	}
	if len(list) == 0 || list[0] >= b.config.Duration {
		b.warn("W210", n.at, fmt.Sprintf("`%s` never comes: the scenario begins at %s and lasts %s", t.p,
			b.config.Start.Format(time.RFC3339), diag.Duration(b.config.Duration)))
	}
	return list
}

// expressionOf unrolls cron(…) or rate(…). A rate counts from the start of the scenario, so that it comes first after
// one period.
func (b *builder) expressionOf(t *table, n *node) []time.Duration {
	key, example := "cron", `cron = "cron(0 8 * * ? *)"`
	if t.n.child("cron") == nil {
		key, example = "rate", `rate = "rate(1 hour)"`
	}
	p := t.p.join(key)
	if n.kind != aString {
		b.add(wrongType(n, p, "a string", example))
		return nil
	}
	var list []time.Duration
	var problem *exprProblem
	if key == "cron" {
		var c *cronSchedule
		if c, problem = parseCron(n.text); problem == nil {
			list = c.instants(b.config.Start, b.config.Duration, mostInstants+1)
		}
	} else {
		var every time.Duration
		if every, problem = parseRate(n.text); problem == nil {
			for at := every; at < b.config.Duration && len(list) <= mostInstants; at += every {
				list = append(list, at)
			}
		}
	}
	if problem != nil {
		b.fail("E065", inside(n, problem.column, problem.length), fmt.Sprintf("`%s`: %s", p, problem.message), "", problem.help)
		return nil
	}
	if len(list) > mostInstants {
		b.fail("E043", n.at, fmt.Sprintf("`%s` comes more than %d times within the duration", p, mostInstants), "")
		return nil
	}
	return list
}
