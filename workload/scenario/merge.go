package scenario

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"ecssim/workload/diag"
)

// loader reads files and lays them over one another.
type loader struct {
	options Options
	sources map[string][]byte
	diags   []diag.Diagnostic
	// stack holds the files that are being read, to find cycles.
	stack []string
}

func (l *loader) add(ds ...diag.Diagnostic) { l.diags = append(l.diags, ds...) }

// file reads one file with everything that it extends. It returns nil if that cannot be read.
func (l *loader) file(name string, from diag.Position) *node {
	absolute := canonical(name)
	if slices.Contains(l.stack, absolute) {
		l.add(diag.Diagnostic{
			Code: "E008", At: from, Message: "`extends` goes in a circle: " + l.circle(absolute),
			Help: []string{"take one of them out: a file cannot build on itself"},
		})
		return nil
	}
	l.stack = append(l.stack, absolute)
	defer func() { l.stack = l.stack[:len(l.stack)-1] }()
	shown, data, problem := l.read(name)
	if problem != nil {
		l.add(fromWhere(*problem, from))
		return nil
	}
	root, ds := decode(shown, data)
	l.add(ds...)
	if root == nil {
		return nil
	}
	return l.extended(root, shown)
}

// canonical tells whether two names are the same file.
func canonical(file string) string {
	absolute, err := filepath.Abs(file)
	if err != nil {
		return filepath.Clean(file)
	}
	if real, err := filepath.EvalSymlinks(absolute); err == nil {
		return real
	}
	return absolute
}

func (l *loader) circle(back string) string {
	names := []string{}
	for _, f := range l.stack[slices.Index(l.stack, back):] {
		names = append(names, filepath.Base(f))
	}
	return strings.Join(append(names, filepath.Base(back)), " → ")
}

// fromWhere moves the problem of a file to the place that names it, so that the place can be corrected.
func fromWhere(d diag.Diagnostic, from diag.Position) diag.Diagnostic {
	if from.Line == 0 {
		return d
	}
	if d.At.Line == 0 {
		d.At = from
		d.Notes = append(d.Notes, "paths count from the folder of the file that writes them")
		return d
	}
	d.Via = referenced(from)
	return d
}

func referenced(from diag.Position) string {
	return fmt.Sprintf("referenced from %s:%d", from.File, from.Line)
}

// extended lays a file over the ones that it extends.
func (l *loader) extended(root *node, file string) *node {
	extends := root.child("extends")
	if extends == nil {
		return root
	}
	root.remove("extends")
	names, ok := l.extendsList(extends)
	if !ok {
		return root
	}
	var base *node
	for _, name := range names {
		below := l.file(relative(file, name.text), name.at)
		if below == nil {
			continue
		}
		if base == nil {
			base = below
		} else {
			overlay(base, below)
		}
	}
	if base == nil {
		return root
	}
	overlay(base, root)
	base.at = root.at
	return base
}

func (l *loader) extendsList(n *node) ([]*node, bool) {
	list := n.list
	if n.kind == aString {
		list = []*node{n}
	} else if n.kind != aList {
		l.add(wrongType(n, path{"extends"}, "a list of file names", `extends = ["base.toml"]`))
		return nil, false
	}
	for _, e := range list {
		if e.kind != aString || e.text == "" {
			l.add(wrongType(e, path{"extends"}, "a file name", `extends = ["base.toml"]`))
			return nil, false
		}
	}
	return list, true
}

// relative resolves a path from the folder of the file that wrote it.
func relative(file, name string) string {
	if filepath.IsAbs(name) || file == stdinName || file == setsName {
		return name
	}
	return filepath.Join(filepath.Dir(file), name)
}

// overlay lays one tree over another: tables merge by key, everything else replaces. What chooses a kind replaces the
// whole table, since the parameters below belong to another kind.
func overlay(below, above *node) {
	for _, k := range above.keys {
		for _, other := range alternatives(k) {
			if above.child(other) == nil {
				below.remove(other)
			}
		}
		a, b := above.table[k], below.child(k)
		if b != nil && a.kind == aTable && b.kind == aTable && !choosesKind(a) && !choosesShape(k, a) {
			overlay(b, a)
			b.key, b.at = a.key, a.at
			continue
		}
		below.put(k, a.clone())
	}
}

// choosesKind: a distribution, an arrival process or a trace that is written anew.
func choosesKind(n *node) bool {
	for _, key := range []string{"dist", "process", "csv", "file", "values", "list"} {
		if c := n.child(key); c != nil && c.kind != aTable {
			return true
		}
	}
	return false
}

// choosesShape: a shape of load that is written anew.
func choosesShape(key string, n *node) bool { return key == "shape" && n.child("kind") != nil }

// alternatives are the keys that exclude a key: who writes one in a file above does not want the other below.
func alternatives(key string) []string {
	switch key {
	case "task":
		return []string{"task_definition"}
	case "task_definition":
		return []string{"task"}
	case "launch_type":
		return []string{"capacity_provider", strategyKey}
	case "capacity_provider":
		return []string{"launch_type", strategyKey}
	case strategyKey:
		return []string{"launch_type", "capacity_provider"}
	case "type":
		return []string{"types"}
	case "types":
		return []string{"type"}
	case "arrivals":
		return []string{"trace", "at", "count"}
	case "trace":
		return []string{"arrivals", "at", "count", "shape"}
	case "shape":
		return []string{"trace"}
	case "at":
		return []string{"arrivals", "trace"}
	case "size":
		return []string{"layers"}
	case "layers":
		return []string{"size"}
	}
	return nil
}

// collections are the tables of named things; NAME = false removes one.
var collections = []path{
	{"services"}, {"jobs"}, {"instances"}, {"capacity_providers"}, {"vpc", "subnets"}, {"catalog", "types"}, {"cluster"}, {"vpc", "security_groups"},
	{"images"}, {"registries"}, {"load_balancers"}, {"alarms"}, {"faults"},
}

// dropRemoved takes out what a file above removed by writing false.
func dropRemoved(root *node) {
	for _, p := range collections {
		n := root
		for _, k := range p {
			n = n.child(k)
		}
		if n == nil || n.kind != aTable {
			continue
		}
		for _, k := range slices.Clone(n.keys) {
			if c := n.table[k]; c.kind == aBoolean && !c.boolean {
				n.remove(k)
			}
		}
	}
}
