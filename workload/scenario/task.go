package scenario

import (
	"fmt"
	"regexp"
	"strings"

	"ecssim/model"
	"ecssim/model/placement"
	"ecssim/model/taskdef"
	"ecssim/workload/diag"
	"ecssim/workload/taskjson"
)

// taskSpec is what a service or job says about its task.
type taskSpec struct {
	// definition is nil if something is wrong with it.
	definition  *taskdef.TaskDefinition
	constraints []placement.Constraint
	// at finds the place of a path of the task definition, spelled as in ECS's JSON; via says who refers to it.
	at  func(jsonPath string) diag.Position
	via string
	// inline: written in the scenario, so that keys are told in snake_case.
	inline bool
	// defaultMode: nobody wrote the network mode of an inline task.
	defaultMode bool
}

// definition is a task definition file that was read.
type definition struct {
	task *taskdef.TaskDefinition
	file string
	data []byte
}

// task reads task or task_definition, with overrides.
func (b *builder) task(o *owner, launch model.LaunchType, launchGood bool) *taskSpec {
	t := o.table
	file, inline := t.get("task_definition"), t.get("task")
	overrides := t.get("overrides")
	spec := &taskSpec{at: func(string) diag.Position { return t.where() }}
	switch {
	case file != nil && inline != nil:
		b.fail("E023", file.key, fmt.Sprintf("`%s` has `task` and `task_definition`", t.p), "keep one of them",
			"`task` is the short form, `task_definition` the JSON file that you register in ECS")
	case file != nil && file.kind != aString:
		b.add(wrongType(file, t.p.join("task_definition"), "a file name", `task_definition = "taskdefs/web.json"`))
	case file != nil:
		b.fromFile(file, spec)
	case inline != nil && inline.kind != aTable:
		b.add(wrongType(inline, t.p.join("task"), "a table", "task = { cpu = 256, memory = 512 }"))
	case inline != nil:
		b.inline(o, b.table(inline, t.p.join("task")), launch, spec)
	case tracedSizes(t):
		spec.definition = rowSized(o.name)
	default:
		b.fail("E022", t.where(), fmt.Sprintf("`%s` does not say what its tasks are: `task` or `task_definition` is missing", t.p), "",
			"write for example: task = { cpu = 256, memory = 512 }", `or name the JSON that you register in ECS: task_definition = "taskdefs/web.json"`)
	}
	b.overrides(t, overrides, spec)
	if spec.definition != nil && launchGood {
		b.launchable(t, launch, spec)
	}
	return spec
}

// tracedSizes: the rows of a trace say how much memory each task takes, so a job needs no task of its own.
func tracedSizes(t *table) bool {
	trace := t.n.child("trace")
	return trace != nil && trace.kind == aTable && trace.child("memory") != nil
}

// rowSized is the task of a trace whose rows bring the sizes: one container in bridge mode, which asks for nothing of
// its own but the least memory that a task definition can name.
func rowSized(family string) *taskdef.TaskDefinition {
	d := &taskdef.TaskDefinition{Family: family, Revision: 1, Containers: []taskdef.Container{{Name: family, Essential: true, MemoryReservation: 6}}}
	return d.Defaults()
}

// fromFile reads a task definition as AWS writes it.
func (b *builder) fromFile(n *node, spec *taskSpec) {
	name := relative(n.at.File, n.text)
	d, ok := b.parsed[name]
	if !ok {
		d = b.parse(name, n)
		b.parsed[name] = d
	}
	if d == nil || d.task == nil {
		return
	}
	copied := *d.task
	spec.definition, spec.via = &copied, referenced(n.at)
	spec.at = func(jsonPath string) diag.Position { return jsonPlace(d.file, d.data, jsonPath) }
	b.memberOf(spec)
}

func (b *builder) parse(name string, n *node) *definition {
	if strings.TrimSpace(n.text) == "" {
		b.fail("E001", n.at, "the name of the task definition is empty", "")
		return nil
	}
	data, err := b.load.all(name)
	if err != nil {
		b.add(fromWhere(*unreadable(name, err), n.at))
		return nil
	}
	b.load.sources[name] = data
	b.digest(name, data)
	task, ds, ignored := taskjson.Parse(name, data)
	b.addFrom(ds, name, n.at, n.at)
	b.ignored = append(b.ignored, ignored...)
	return &definition{task: task, file: name, data: data}
}

// memberOf parses the expressions of the task definition.
func (b *builder) memberOf(spec *taskSpec) {
	for i, text := range spec.definition.MemberOf {
		at := spec.at(fmt.Sprintf("placementConstraints[%d].expression", i))
		e, ok := b.expression(text, "placementConstraints", func(column, length int) diag.Position {
			return inside(&node{at: at, raw: written(b.load.sources[at.File], at)}, column, length)
		})
		if last := len(b.diags) - 1; last >= 0 && b.diags[last].At.File == at.File {
			b.diags[last].Via = spec.via
		}
		if ok {
			spec.constraints = append(spec.constraints, placement.Constraint{Query: e})
		}
	}
}

// overrides applies overrides = { cpu, memory }.
func (b *builder) overrides(t *table, n *node, spec *taskSpec) {
	if n == nil {
		return
	}
	p := t.p.join("overrides")
	if n.kind != aTable {
		b.add(wrongType(n, p, "a table", "overrides = { cpu = 512, memory = 1024 }"))
		return
	}
	o := b.table(n, p)
	cpu, memory := o.cpu("cpu"), o.memory("memory")
	o.done()
	if spec.definition == nil {
		return
	}
	if cpu > 0 {
		spec.definition.CPU = cpu
	}
	if memory > 0 {
		spec.definition.Memory = memory
	}
	written := spec.at
	spec.at = func(jsonPath string) diag.Position {
		if c := n.child(jsonPath); c != nil {
			return c.at
		}
		return written(jsonPath)
	}
	for _, problem := range spec.definition.Problems(nil) {
		b.problem(spec, problem)
	}
}

// launchable checks the definition against where it is to run. A definition that requires FARGATE alone runs on EC2
// all the same: ECS registers it with the compatibilities EC2 and FARGATE (DescribeTaskDefinition shows both). The
// other way round it answers that the definition does not support launch_type FARGATE.
func (b *builder) launchable(t *table, launch model.LaunchType, spec *taskSpec) {
	d := spec.definition
	if launch == model.Fargate && len(d.RequiresCompatibilities) > 0 && !d.Requires(launch.String()) {
		found := fmt.Sprintf("the task definition is registered for %s, but `%s` runs on %s", enumerate(d.RequiresCompatibilities, "and"), t.p, launch)
		b.fail("E045", t.valueAt("task_definition"), found, "",
			fmt.Sprintf("add %q to requiresCompatibilities in the JSON, or change launch_type", launch))
	}
	problems := d.EC2Problems()
	if launch == model.Fargate {
		problems = d.FargateProblems(taskjson.BuiltinFargateSizes)
	}
	for _, p := range problems {
		b.problem(spec, p)
	}
}

// problem turns a rule that a task definition breaks into a diagnostic.
func (b *builder) problem(spec *taskSpec, p taskdef.Problem) {
	d := diag.Diagnostic{Code: p.Code, Message: p.Message, At: spec.at(p.Path), Via: spec.via}
	if p.Warning {
		d.Severity = diag.Warning
	}
	if p.Help != "" {
		d.Help = []string{p.Help}
	}
	if p.Code == taskdef.CodeFargate && p.Path == "memory" && strings.HasPrefix(p.Help, "the cpu") {
		d.At = spec.at("cpu")
	}
	if spec.inline {
		if p.Path == "family" {
			return // the name of the service or job, which has its own check
		}
		if p.Path == "networkMode" && spec.defaultMode {
			d.Message += " (it is the default)"
		}
		d.Message, d.Via = snaked(d.Message), ""
		for i := range d.Help {
			d.Help[i] = snaked(d.Help[i])
		}
	}
	for _, known := range b.diags {
		if known.At == d.At && known.Code == d.Code {
			return
		}
	}
	b.add(d)
}

// apiName finds names of the API in a sentence: memoryReservation, but not vCPU or MiB.
var apiName = regexp.MustCompile(`\b[a-z]{2,}[A-Z][A-Za-z]+\b`)

// setTo finds `networkMode to "awsvpc"`, which in TOML is an assignment.
var setTo = regexp.MustCompile(`\bset ([a-z_]+) to (".*?"|\d+|true|false)`)

// snaked tells the API's names in the scenario's spelling.
func snaked(text string) string {
	return setTo.ReplaceAllString(apiName.ReplaceAllStringFunc(text, diag.Snake), "set $1 = $2")
}
