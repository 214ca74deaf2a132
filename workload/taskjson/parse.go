package taskjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"ecssim/model/catalog"
	"ecssim/model/taskdef"
	"ecssim/workload/diag"
)

// Reader reads task definitions. The zero value is ready and leaves out the check of Fargate sizes.
type Reader struct {
	// FargateSizes tells which task sizes Fargate has.
	FargateSizes taskdef.FargateSizes
}

// Parse reads one file and checks sizes against the built-in catalog of Fargate sizes.
func Parse(file string, data []byte) (*taskdef.TaskDefinition, []diag.Diagnostic, []string) {
	return Reader{FargateSizes: BuiltinFargateSizes}.Parse(file, data)
}

// BuiltinFargateSizes is the built-in catalog as taskdef.Problems asks for it.
func BuiltinFargateSizes(cpu, memory int, os, arch string) (ok bool, help string) {
	err := catalog.ValidFargate(cpu, memory, os, arch)
	var size *catalog.FargateSizeError
	if errors.As(err, &size) {
		return false, size.Allowed()
	}
	return err == nil, ""
}

// Parse reads one task definition: the bare register form, `{"taskDefinition": …}` as describe-task-definition prints
// it, or `{"data": {"taskDefinition": …}}` of a recorded response. The name of the file is for positions only.
//
// It returns every problem of the file, sorted by place; the definition is nil if one of them is an error. Ignored
// names the AWS keys that say something ecssim does not model, sorted, each once.
func (rd Reader) Parse(file string, data []byte) (t *taskdef.TaskDefinition, found []diag.Diagnostic, ignored []string) {
	l := newLines(file, bytes.TrimPrefix(data, utf8BOM))
	if d := unreadable(l); d != nil {
		return nil, []diag.Diagnostic{*d}, nil
	}
	whole := parseTree(l.data)
	root, d := unwrap(l, whole)
	if d != nil {
		return nil, []diag.Diagnostic{*d}, nil
	}
	r := &reader{lines: l, root: root, bad: make(map[string]bool), ignored: make(map[string]bool)}
	if whole != root {
		r.duplicates(whole)
	}
	t = r.definition()
	for _, p := range t.Problems(rd.FargateSizes) {
		if !r.muted(p) && !r.mutedElsewhere(p) {
			r.problem(p)
		}
	}
	if diag.HasErrors(r.found) {
		t = nil
	}
	return t, diag.Sorted(r.found), slices.Sorted(maps.Keys(r.ignored))
}

// maxFile is far above the 64 KB that ECS allows a task definition (ECS rules, placement 8), for indentation and output
// fields, and keeps the work on a file given by mistake small.
const maxFile = 512 << 10

// unreadable returns why there is no JSON value to look at, or nil.
func unreadable(l *lines) *diag.Diagnostic {
	if d := encoding(l); d != nil {
		return d
	}
	if n := len(l.data); n > maxFile {
		return &diag.Diagnostic{
			Code: CodeNotTask, At: diag.Position{File: l.file},
			Message: fmt.Sprintf("the file has %d bytes: a task definition has at most 64 KB", n),
		}
	}
	if len(bytes.TrimSpace(l.data)) == 0 {
		return &diag.Diagnostic{
			Code: CodeNotTask, Message: "the file is empty", At: diag.Position{File: l.file},
			Help: []string{"`aws ecs describe-task-definition --task-definition NAME` prints a task definition"},
		}
	}
	return syntax(l)
}

// unwrap finds the task definition in what the AWS tools wrap around it, or says what the file is instead.
func unwrap(l *lines, whole *node) (*node, *diag.Diagnostic) {
	root := whole
	for _, key := range []string{"data", "taskDefinition"} {
		if inner := root.get(key); inner != nil && inner.kind == isObject {
			root = inner
		}
	}
	message, help := foreign(root)
	if message == "" {
		return root, nil
	}
	d := &diag.Diagnostic{Code: CodeNotTask, Message: message, At: l.position(root.brief())}
	if help != "" {
		d.Help = []string{help}
	}
	return nil, d
}

// foreign tells what JSON is if it is something else than a task definition.
func foreign(n *node) (message, help string) {
	const describe = "`aws ecs describe-task-definition --task-definition NAME` prints a task definition"
	has := func(keys ...string) bool {
		return slices.ContainsFunc(keys, func(k string) bool { return n.get(k) != nil })
	}
	switch {
	case n.kind == isList && len(n.items) > 0 && n.items[0].get("image") != nil:
		return "the file is a list of containers, not a task definition",
			`put the list into an object: {"family": "…", "containerDefinitions": […]}`
	case n.kind == isList:
		return "the file is a list, not a task definition", "give one file for each task definition, without the list around it"
	case n.kind != isObject:
		return "the file is " + string(n.kind) + ", not a task definition", describe
	case has("containerDefinitions", "family"):
		return "", ""
	case has("ContainerDefinitions", "AWSTemplateFormatVersion", "Resources"):
		return "the keys are CloudFormation's, not those of the ECS API", "register the stack and save what describe-task-definition prints"
	case has("serviceName", "serviceArn", "services", "desiredCount"):
		return "the file describes a service, not a task definition", describe
	case has("tasks", "taskArns", "taskDefinitionArns", "containerInstances", "clusters"):
		return "the file is the output of another AWS command, not a task definition", describe
	case has("taskDefinition"):
		return "the file names a task definition, but does not hold one", describe
	case !slices.ContainsFunc(n.members, func(m member) bool { return plausible(m.key) }):
		return "the file is not a task definition: it has neither family nor containerDefinitions", describe
	}
	return "", ""
}

// plausible reports whether a key belongs to a task definition, or nearly so.
func plausible(key string) bool {
	return definition.awsKnows(key) || diag.Nearest(key, []string{"family", "containerDefinitions"}) != ""
}

// definition reads the root into the SDK's type and converts it.
func (r *reader) definition() *taskdef.TaskDefinition {
	clean, err := json.Marshal(r.read(r.root, definition, ""))
	var aws types.TaskDefinition
	if err == nil {
		err = json.Unmarshal(clean, &aws)
	}
	if err != nil { // the shapes have checked every value, so this is a fault of ours
		panic("taskjson: " + err.Error())
	}
	return r.convert(&aws)
}

// mutes lists, for a rule, the keys whose misreading would make it speak without cause. A key counts in the object that
// the rule speaks of and in those around it.
var mutes = map[string][]string{
	taskdef.CodeMemory:     {"memory", "memoryReservation"},
	taskdef.CodeFargate:    {"cpu", "memory", operatingSystem, "runtimePlatform.cpuArchitecture", "runtimePlatform"},
	taskdef.CodeMode:       {"networkMode", operatingSystem, "runtimePlatform"},
	taskdef.CodeHostPort:   {"networkMode", operatingSystem, "runtimePlatform"},
	taskdef.CodeModePorts:  {"networkMode", operatingSystem, "runtimePlatform"},
	taskdef.CodeHostTwice:  {"networkMode", operatingSystem, "runtimePlatform"},
	taskdef.CodeLinks:      {"networkMode", operatingSystem, "runtimePlatform"},
	taskdef.CodeTaskSum:    {operatingSystem, "runtimePlatform"},
	taskdef.CodePort:       {"containerPortRange"},
	taskdef.CodeConstraint: {"type"},
}

const operatingSystem = "runtimePlatform.operatingSystemFamily"

// muted reports whether a problem only follows from a value that could not be read and is reported already.
func (r *reader) muted(p taskdef.Problem) bool {
	for scope := p.Path; ; scope = scope[:max(strings.LastIndexAny(scope, ".["), 0)] {
		if r.bad[scope] {
			return true
		}
		for _, key := range mutes[p.Code] {
			if r.bad[strings.TrimPrefix(scope+"."+key, ".")] {
				return true
			}
		}
		if scope == "" {
			return false
		}
	}
}

func (r *reader) problem(p taskdef.Problem) {
	d := diag.Diagnostic{Code: p.Code, Message: p.Message, At: r.lines.position(r.root.find(p.Path))}
	if p.Warning {
		d.Severity = diag.Warning
	}
	if p.Help != "" {
		d.Help = []string{p.Help}
	}
	r.found = append(r.found, d)
}
