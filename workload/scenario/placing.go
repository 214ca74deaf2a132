package scenario

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"ecssim/model"
	"ecssim/model/placement"
	"ecssim/model/placement/query"
	"ecssim/model/taskdef"
	"ecssim/workload/diag"
)

// owner is a service or job while it is read, with the places that warnings point to.
type owner struct {
	table   *table
	name    string
	service bool
	placing *model.Placing
	// copies that are wanted at once: the desired count; 0 for jobs whose number is not known.
	copies int
	order  int64
	// ends: a job whose last task ends without the end of the simulation.
	ends bool
	spec *taskSpec
	// sized: a trace brings the sizes of the tasks.
	sized bool
}

// Limits of ECS that are not in package placement.
const (
	maxSubnets    = 16
	maxExpression = 2000
	maxGroup      = 255
)

// placing reads what services and jobs say alike.
func (b *builder) placing(o *owner) {
	t, p := o.table, &model.Placing{}
	o.placing = p
	o.order = t.whole("order", -1_000_000, 1_000_000, 0)
	launchGood := b.launch(t, p)
	o.spec = b.task(o, p.Launch, launchGood)
	if o.spec.definition != nil {
		p.Task = o.spec.definition
	}
	if t.get("max_tasks_per_instance") != nil {
		p.MaxTasksPerInstance = int(t.whole("max_tasks_per_instance", 1, mostTasks, 0))
	}
	strategy, constraints := t.get("placement_strategy"), t.get("placement_constraints")
	if strategy != nil {
		p.Strategy = b.strategy(strategy, t.p.join("placement_strategy"))
	}
	b.constraints(o, constraints)
	subnets := b.subnetList(t)
	if !launchGood || p.Task == nil {
		return
	}
	b.taskSubnets(o, subnets)
	if p.Launch == model.Fargate {
		b.notOnFargate(t)
		return
	}
	if len(p.Strategy) == 0 && strategy == nil {
		p.Strategy = placement.RunTaskDefault()
		text := "random"
		if o.service {
			p.Strategy, text = placement.ServiceDefault(), "spread-az+spread-instance"
		}
		if t.n.child("start_on") == nil { // StartTask takes none
			t.fill("placement_strategy", &node{kind: aString, text: text})
		}
	}
}

// launch reads launch_type or capacity_provider.
func (b *builder) launch(t *table, p *model.Placing) bool {
	provider := t.get("capacity_provider")
	if provider == nil {
		word, ok := t.choice("launch_type", []string{"EC2", "FARGATE"}, "EC2")
		if word == "FARGATE" {
			p.Launch = model.Fargate
		}
		return ok
	}
	q := t.p.join("capacity_provider")
	switch {
	case t.get("launch_type") != nil:
		b.fail("E023", provider.key, fmt.Sprintf("`%s` has `launch_type` and `capacity_provider`", t.p), "keep one of them",
			"ECS refuses a request with both")
	case provider.kind != aString:
		b.add(wrongType(provider, q, "the name of a capacity provider", `capacity_provider = "FARGATE"`))
	case provider.text == "FARGATE":
		p.Launch = model.Fargate
		return true
	case provider.text == "FARGATE_SPOT":
		d := notBuilt(q, provider, "")
		d.At, d.Message = provider.at, "FARGATE_SPOT is not built yet: this version would ignore it, so it refuses it"
		d.Notes, d.Help = nil, []string{"write capacity_provider = \"FARGATE\" to simulate it without interruptions"}
		b.add(d)
	default:
		b.fail("E033", provider.at, fmt.Sprintf("`%s` cannot be %q", q, provider.text),
			didYouMean(quoted, diag.Nearest(provider.text, []string{"FARGATE"})),
			"it can be \"FARGATE\"; capacity providers of Auto Scaling groups are not built yet",
			"for container instances write launch_type = \"EC2\"")
	}
	return false
}

// notOnFargate refuses what has no meaning without container instances.
func (b *builder) notOnFargate(t *table) {
	for _, key := range []string{"placement_strategy", "placement_constraints", "max_tasks_per_instance", "start_on"} {
		if t.n.child(key) != nil {
			b.fail("E044", t.at(key), fmt.Sprintf("`%s` does not exist on Fargate", t.p.join(key)), "",
				"Fargate has no container instances to choose among: remove it, or use launch_type = \"EC2\"")
		}
	}
}

// taskSubnets checks the subnets against the network mode.
func (b *builder) taskSubnets(o *owner, subnets []int) {
	t, mode := o.table, o.placing.Task.Mode()
	given := t.get("subnets")
	switch {
	case mode != taskdef.Awsvpc && given != nil:
		b.fail("E047", given.key, fmt.Sprintf("`%s` is for awsvpc tasks, and these are in %s mode", t.p.join("subnets"), mode), "",
			"a task without an interface of its own takes no address: remove it, or set network_mode = \"awsvpc\"")
	case mode == taskdef.Awsvpc && given == nil:
		o.placing.Subnets = b.allSubnets()
	case mode == taskdef.Awsvpc:
		o.placing.Subnets = subnets
		if len(subnets) > maxSubnets {
			b.fail("E043", given.at, fmt.Sprintf("`%s` names %d subnets: ECS allows %d", t.p.join("subnets"), len(subnets), maxSubnets), "")
		}
	}
}

// shorthands of placement strategies.
var shorthands = []struct {
	word string
	rule placement.Rule
}{
	{"spread-az", placement.Rule{Kind: placement.Spread, Attribute: "ecs.availability-zone"}},
	{"spread-instance", placement.Rule{Kind: placement.Spread}},
	{"binpack-cpu", placement.Rule{Kind: placement.Binpack}},
	{"binpack-memory", placement.Rule{Kind: placement.Binpack, Memory: true}},
	{"random", placement.Rule{Kind: placement.Random}},
}

func shorthandWords() []string {
	list := make([]string, len(shorthands))
	for i, s := range shorthands {
		list[i] = s.word
	}
	return list
}

// strategy reads a placement strategy: "spread-az+binpack-memory", or a list of rules.
func (b *builder) strategy(n *node, p path) []placement.Rule {
	var rules []placement.Rule
	switch n.kind {
	case aString:
		rules = b.shorthand(n, p)
	case aList:
		for i, e := range n.list {
			q := p.index(i)
			switch e.kind {
			case aString:
				rules = append(rules, b.shorthand(e, q)...)
			case aTable:
				if r, ok := b.rule(b.table(e, q)); ok {
					rules = append(rules, r)
				}
			default:
				b.add(wrongType(e, q, "a strategy", `{ type = "spread", field = "instanceId" }`))
			}
		}
		if len(n.list) == 0 {
			b.fail("E032", n.at, fmt.Sprintf("`%s` is empty", p), "", "leave the key out for the default")
		}
	default:
		b.add(wrongType(n, p, "a strategy or a list of them", `placement_strategy = "spread-az+binpack-memory"`))
	}
	if len(rules) > placement.MaxRules {
		b.fail("E043", n.at, fmt.Sprintf("`%s` has %d rules: ECS allows %d", p, len(rules), placement.MaxRules), "")
	}
	return rules
}

func (b *builder) shorthand(n *node, p path) []placement.Rule {
	var rules []placement.Rule
	for _, word := range strings.Split(n.text, "+") {
		found := false
		for _, s := range shorthands {
			if s.word == strings.TrimSpace(word) {
				rules, found = append(rules, s.rule), true
			}
		}
		if found {
			continue
		}
		help := []string{"it can be " + words(shorthandWords()) + ", joined by +"}
		if word = strings.TrimSpace(word); word == "spread" || word == "binpack" {
			help = append(help, `or in full: placement_strategy = [{ type = "spread", field = "attribute:ecs.availability-zone" }]`)
		}
		b.fail("E033", n.at, fmt.Sprintf("`%s`: unknown strategy %q", p, word), didYouMean(quoted, diag.Nearest(word, shorthandWords())), help...)
	}
	return rules
}

// rule reads one element of a list, as the API has it.
func (b *builder) rule(t *table) (placement.Rule, bool) {
	field := t.get("field")
	word, ok := t.choice("type", []string{"random", "spread", "binpack"}, "")
	if t.get("type") == nil {
		t.missing("type", `{ type = "spread", field = "instanceId" }`)
	}
	if field == nil && (word == "spread" || word == "binpack") {
		t.missing("field", map[string]string{"spread": `field = "attribute:ecs.availability-zone"`, "binpack": `field = "memory"`}[word])
		ok = false
	}
	t.done()
	q := t.p.join("field")
	if field != nil && field.kind != aString {
		b.add(wrongType(field, q, "a string", `field = "instanceId"`))
		return placement.Rule{}, false
	}
	if !ok {
		return placement.Rule{}, false
	}
	if word == "random" {
		if field != nil {
			b.fail("E023", field.key, fmt.Sprintf("`%s`: random has no field", q), "", "remove it")
		}
		return placement.Rule{Kind: placement.Random}, field == nil
	}
	if word == "binpack" {
		return b.binpack(field, q)
	}
	return b.spread(field, q)
}

// binpack takes its field in any case: the console and the CDK write CPU and MEMORY.
func (b *builder) binpack(field *node, p path) (placement.Rule, bool) {
	lower := &node{kind: aString, text: strings.ToLower(field.text), at: field.at}
	word, ok := b.oneOf(lower, p, []string{"cpu", "memory"})
	return placement.Rule{Kind: placement.Binpack, Memory: word == "memory"}, ok
}

func (b *builder) spread(field *node, p path) (placement.Rule, bool) {
	name, isAttribute := strings.CutPrefix(field.text, "attribute:")
	switch {
	case field.text == "instanceId", field.text == "host":
		return placement.Rule{Kind: placement.Spread}, true
	case isAttribute && strings.TrimSpace(name) != "":
		return placement.Rule{Kind: placement.Spread, Attribute: name}, true
	}
	label := didYouMean(quoted, diag.Nearest(field.text, []string{"instanceId", "attribute:ecs.availability-zone"}))
	if strings.HasPrefix(field.text, "ecs.") {
		label = didYouMean(quoted, "attribute:"+field.text)
	}
	b.fail("E033", field.at, fmt.Sprintf("`%s` cannot be %q", p, field.text), label,
		`it can be "instanceId", or "attribute:NAME" such as "attribute:ecs.availability-zone"`)
	return placement.Rule{}, false
}

// constraints reads placement_constraints and adds those of the task definition in front.
func (b *builder) constraints(o *owner, n *node) {
	p := o.table.p.join("placement_constraints")
	var own []placement.Constraint
	switch {
	case n == nil:
	case n.kind != aList:
		b.add(wrongType(n, p, "a list of constraints", `placement_constraints = [{ type = "distinctInstance" }]`))
	default:
		for i, e := range n.list {
			q := p.index(i)
			if e.kind != aTable {
				b.add(wrongType(e, q, "a constraint", `{ type = "memberOf", expression = "attribute:ecs.instance-type =~ m5.*" }`))
				continue
			}
			if c, ok := b.constraint(b.table(e, q)); ok {
				own = append(own, c)
			}
		}
	}
	o.placing.Constraints = append(o.spec.constraints, own...)
	if all := len(o.placing.Constraints); all > placement.MaxConstraints && n != nil {
		b.fail("E043", n.at, fmt.Sprintf("%d placement constraints, those of the task definition included: ECS allows %d", all, placement.MaxConstraints), "",
			"join expressions with `and`")
	}
}

func (b *builder) constraint(t *table) (placement.Constraint, bool) {
	expression := t.get("expression")
	word, ok := t.choice("type", []string{"distinctInstance", "memberOf"}, "")
	if t.get("type") == nil {
		t.missing("type", `{ type = "distinctInstance" }`)
	}
	if expression == nil && word == "memberOf" {
		t.missing("expression", `expression = "attribute:ecs.instance-type =~ m5.*"`)
		ok = false
	}
	t.done()
	q := t.p.join("expression")
	switch {
	case expression != nil && expression.kind != aString:
		b.add(wrongType(expression, q, "an expression", `expression = "attribute:ecs.instance-type =~ m5.*"`))
		return placement.Constraint{}, false
	case !ok:
		return placement.Constraint{}, false
	case word == "distinctInstance":
		if expression != nil {
			b.fail("E023", expression.key, fmt.Sprintf("`%s`: distinctInstance has no expression", q), "", "remove it, or use type = \"memberOf\"")
		}
		return placement.Constraint{}, expression == nil
	}
	if n := len([]rune(expression.text)); n > maxExpression {
		b.fail("E043", expression.at, fmt.Sprintf("`%s` has %d characters: ECS allows %d", q, n, maxExpression), "")
		return placement.Constraint{}, false
	}
	e, ok := b.expression(expression.text, q.String(), func(column, length int) diag.Position {
		return inside(expression, column, length)
	})
	return placement.Constraint{Query: e}, ok
}

// expression parses the cluster query language and points into it.
func (b *builder) expression(text, name string, at func(column, length int) diag.Position) (*query.Expr, bool) {
	e, err := query.Parse(text)
	var wrong *query.SyntaxError
	if errors.As(err, &wrong) {
		d := diag.Diagnostic{Code: "E042", At: at(wrong.Column, wrong.Length), Message: fmt.Sprintf("`%s`: %s", name, wrong.Message)}
		d.Label = didYouMean(backquoted, wrong.Suggestion)
		if len(wrong.Expected) > 0 {
			d.Help = []string{"expected here: " + enumerate(wrong.Expected, "or")}
		}
		d.Notes = []string{"the cluster query language is that of ECS: attribute:NAME OPERATOR VALUE, joined by and, or, not"}
		b.add(d)
		return nil, false
	}
	if err != nil {
		b.fail("E042", at(1, 0), fmt.Sprintf("`%s`: %v", name, err), "")
		return nil, false
	}
	for _, w := range e.Warnings() {
		b.warn("W208", at(1, len([]rune(text))), fmt.Sprintf("`%s`: %s", name, w))
	}
	return e, true
}

// inside is the position of a character of a string, counted in the decoded text.
func inside(n *node, column, length int) diag.Position {
	at := n.at
	quote := 1
	if strings.HasPrefix(n.raw, `"""`) || strings.HasPrefix(n.raw, `'''`) || n.raw == "" {
		return at // over several lines, or not from a file
	}
	raw := []rune(n.raw)
	k := quote
	for i := 1; i < column && k < len(raw)-1; i++ {
		k += escapeLength(raw[k:])
	}
	at.Column += k
	at.Length = 0
	for range max(1, length) {
		if k >= len(raw)-1 {
			break
		}
		step := escapeLength(raw[k:])
		at.Length, k = at.Length+step, k+step
	}
	at.Length = max(1, at.Length)
	return at
}

// escapeLength is how many characters of a basic string make one. Literal strings have no backslash that escapes, but
// a column that is off by one there does no harm.
func escapeLength(raw []rune) int {
	if raw[0] != '\\' || len(raw) < 2 {
		return 1
	}
	switch raw[1] {
	case 'u':
		return 6
	case 'U':
		return 10
	case 'x':
		return 4
	}
	return 2
}

// startAt reads start_at.
func (b *builder) startAt(t *table) time.Duration {
	n := t.get("start_at")
	if n == nil {
		return 0
	}
	d, _ := b.momentOf(n, t.p.join("start_at"), b.config.Start)
	return d
}
