package scenario

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"ecssim/model"
	"ecssim/model/scaling"
	"ecssim/workload/diag"
)

const scalingExample = `scaling = { min_capacity = 2, max_capacity = 20, target_tracking = [{ metric = "CPUUtilization", target = 60 }] }`

// scaler is what is known while a scaling table is read: the service, and the names that its policies have.
type scaler struct {
	*owner
	config *scaling.Config
	names  []string
	// places are those of the policies, for warnings.
	places []diag.Position
}

// scaling reads the scalable target of a service and its policies; nil without a table.
func (b *builder) scaling(o *owner, s *model.Service) *scaling.Config {
	n := o.table.get("scaling")
	t, ok := o.table.sub("scaling", scalingExample)
	if n == nil || !ok {
		return nil
	}
	if o.daemon {
		b.fail("E023", n.key, fmt.Sprintf("`%s`: a DAEMON service does not scale", t.p), "",
			"it keeps one task on every instance, and so follows the number of instances: remove it")
		return nil
	}
	before := len(b.diags)
	c := &scaling.Config{}
	so := &scaler{owner: o, config: c}
	b.bounds(t, c)
	b.each(t, "target_tracking", trackingExample, func(p *table) { b.tracking(so, p) })
	b.each(t, "step_scaling", stepExample, func(p *table) { b.stepScaling(so, p) })
	b.each(t, "scheduled", scheduledExample, func(p *table) { b.scheduledAction(so, p) })
	c.Predictive = b.predictive(so, t)
	b.suspended(t, c)
	t.done()
	if diag.HasErrors(b.diags[before:]) {
		return nil
	}
	b.scalingWarnings(so, t, s)
	return c
}

// bounds reads the minimum and the maximum.
func (b *builder) bounds(t *table, c *scaling.Config) {
	before := len(b.diags)
	for _, k := range []struct {
		key, example string
		to           *int
	}{{"min_capacity", "min_capacity = 2", &c.Min}, {"max_capacity", "max_capacity = 20", &c.Max}} {
		if t.get(k.key) == nil {
			t.missing(k.key, k.example)
			continue
		}
		*k.to = int(t.whole(k.key, 0, mostTasks, 0))
	}
	if !diag.HasErrors(b.diags[before:]) && c.Max < c.Min {
		b.fail("E032", t.valueAt("max_capacity"), fmt.Sprintf("`%s` of %d is below `min_capacity` of %d", t.p.join("max_capacity"), c.Max, c.Min), "")
	}
}

// mostPolicies is the quota of policies of a scalable target, scheduled actions counted by themselves.
const mostPolicies = 50

// each goes through a list of tables.
func (b *builder) each(t *table, key, example string, one func(p *table)) {
	n := t.get(key)
	if n == nil {
		return
	}
	p := t.p.join(key)
	switch {
	case n.kind != aList:
		b.add(wrongType(n, p, "a list of tables", example))
		return
	case len(n.list) == 0:
		b.fail("E032", n.at, fmt.Sprintf("`%s` is empty", p), "", "leave the key out, or write "+example)
	case len(n.list) > mostPolicies:
		b.fail("E043", n.at, fmt.Sprintf("`%s` has %d elements: Application Auto Scaling allows %d", p, len(n.list), mostPolicies), "")
		return
	}
	for i, e := range n.list {
		q := p.index(i)
		if e.kind != aTable {
			b.add(wrongType(e, q, "a table", example))
			continue
		}
		inner := b.table(e, q)
		one(inner)
		inner.done()
	}
}

// policyName reads the name of a policy or scheduled action. Without one it is called after what it does, and numbered
// from the second on.
func (b *builder) policyName(so *scaler, t *table, standard string) string {
	n := t.get("name")
	if n == nil {
		name := standard
		for i := 2; slices.Contains(so.names, name); i++ {
			name = standard + "-" + strconv.Itoa(i)
		}
		so.names = append(so.names, name)
		return name
	}
	switch {
	case n.kind != aString:
		b.add(wrongType(n, t.p.join("name"), "a string", `name = "`+standard+`"`))
	case n.text == "" || len(n.text) > maxGroup:
		b.fail("E026", n.at, fmt.Sprintf("`%s` has %d characters", t.p.join("name"), len(n.text)), fmt.Sprintf("it can have 1 to %d", maxGroup))
	case slices.Contains(so.names, n.text):
		b.fail("E023", n.at, fmt.Sprintf("`%s`: there is a policy or scheduled action %q already", t.p.join("name"), n.text), "", "give each a name of its own")
	default:
		so.names = append(so.names, n.text)
		return n.text
	}
	return standard
}

// metric reads the metric of a policy. One that nobody describes never gets a datapoint, and nothing would scale on it.
func (b *builder) metric(so *scaler, t *table) (scaling.Metric, bool) {
	var words []string
	for m := scaling.CPUUtilization; m < scaling.NumMetrics; m++ {
		words = append(words, m.String())
	}
	n := t.get("metric")
	if n == nil {
		t.missing("metric", `metric = "CPUUtilization"`)
		return 0, false
	}
	word, ok := b.oneOf(n, t.p.join("metric"), words)
	if !ok {
		return 0, false
	}
	m := scaling.Metric(slices.Index(words, word))
	return m, b.described(so, t, n, m)
}

// described refuses a metric that nothing in the scenario moves.
func (b *builder) described(so *scaler, t *table, n *node, m scaling.Metric) bool {
	s := so.table
	load := s.n.child("load")
	says := func(keys ...string) bool {
		return load.kind != aTable || slices.ContainsFunc(keys, func(k string) bool { return load.child(k) != nil })
	}
	switch {
	case load == nil:
		b.fail("E022", n.at, fmt.Sprintf("`%s` scales on %s, and nobody says what load the service has", t.p, m), "",
			"the metric would never get a datapoint, and nothing would ever scale",
			fmt.Sprintf("write for example: [%s] shape = { kind = \"constant\", rate = 100 }, cpu_per_unit = 6.5", s.p.join("load")))
	case m == scaling.CPUUtilization && !says("cpu_per_unit", "cpu_base"):
		b.fail("E022", n.at, fmt.Sprintf("`%s` scales on %s, and `%s` says nothing of CPU", t.p, m, s.p.join("load")), "", "write for example: cpu_per_unit = 6.5")
	case m == scaling.MemoryUtilization && !says("memory_per_unit", "memory_base"):
		b.fail("E022", n.at, fmt.Sprintf("`%s` scales on %s, and `%s` says nothing of memory", t.p, m, s.p.join("load")), "", "write for example: memory_base = 200, memory_per_unit = 0.5")
	case m == scaling.ALBRequestCountPerTarget && s.n.child("target_group") == nil && s.n.child("target_groups") == nil:
		b.fail("E022", n.at, fmt.Sprintf("`%s` counts requests of a target group, and `%s` has none", t.p, s.p), "", `write for example: target_group = "public/web"`)
	default:
		return true
	}
	return false
}

// period reads how long the periods of the metric are.
func (b *builder) period(t *table, m scaling.Metric) time.Duration {
	const key = "period"
	p := t.duration(key, 0)
	n := t.get(key)
	switch {
	case n == nil:
		return scaling.Minute
	case b.failed(n.at):
	case p != scaling.Minute && p != scaling.HighResolution:
		b.fail("E032", n.at, fmt.Sprintf("`%s` of %s is not a period of the metric", t.p.join(key), diag.Duration(p)), "it can be 60s or 20s")
	case p == scaling.HighResolution && m == scaling.ALBRequestCountPerTarget:
		b.fail("E023", n.at, fmt.Sprintf("`%s`: %s has no periods of 20 s", t.p.join(key), m), "", "high resolution is for CPUUtilization and MemoryUtilization")
	default:
		return p
	}
	return scaling.Minute
}

// suspended reads SuspendedState.
func (b *builder) suspended(t *table, c *scaling.Config) {
	if t.get("suspended") == nil {
		return
	}
	s, ok := t.sub("suspended", "suspended = { dynamic_scaling_in = true }")
	if !ok {
		return
	}
	c.Suspended = scaling.Suspension{
		In: s.flag("dynamic_scaling_in", false), Out: s.flag("dynamic_scaling_out", false), Scheduled: s.flag("scheduled_scaling", false),
	}
	s.done()
}
