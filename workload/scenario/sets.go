package scenario

import (
	"fmt"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"ecssim/workload/diag"
)

// setsName is the file that --set stands for in messages: its lines are the settings, in order.
const setsName = "--set"

// applySets lays PATH=VALUE settings over the tree. They take part in messages as a file of their own.
func (l *loader) applySets(root *node) {
	if len(l.options.Sets) == 0 {
		return
	}
	lines := make([]string, len(l.options.Sets))
	for i, s := range l.options.Sets {
		lines[i] = strings.Map(oneLine, s)
	}
	l.sources[setsName] = []byte(strings.Join(lines, "\n") + "\n")
	for i, s := range lines {
		tree, problem := decodeSet(s, i+1)
		if problem != nil {
			l.add(*problem)
			continue
		}
		if d := replacesScalar(root, tree, nil); d != nil {
			l.add(*d)
			continue
		}
		overlay(root, tree)
		dropRemoved(root)
	}
}

func oneLine(r rune) rune {
	if r == '\n' || r == '\r' {
		return ' '
	}
	return r
}

// decodeSet makes a tree of one setting. The value is TOML, or else a string as it stands.
func decodeSet(set string, line int) (*node, *diag.Diagnostic) {
	at := diag.Position{File: setsName, Line: line, Column: 1, Length: max(1, len([]rune(set)))}
	equals := equalsSign(set)
	if equals < 0 {
		return nil, &diag.Diagnostic{
			Code: "E010", At: at, Message: fmt.Sprintf("`--set %s` is not PATH=VALUE", set),
			Help: []string{"write for example --set services.web.desired_count=12"},
		}
	}
	pathText, value := set[:equals], strings.TrimSpace(set[equals+1:])
	if _, err := toml.Decode(pathText+" = 0", new(map[string]any)); err != nil {
		at.Length = max(1, len([]rune(pathText)))
		return nil, &diag.Diagnostic{
			Code: "E010", At: at, Message: fmt.Sprintf("`%s` is not a path of a scenario", pathText),
			Help: []string{
				"a path is the keys joined by dots: services.web.desired_count",
				"quote what is not a plain word: catalog.types.\"m5.large\".price_per_hour",
			},
		}
	}
	text := set
	if _, err := toml.Decode("v = "+value, new(map[string]any)); err != nil || value == "" {
		text = pathText + "=" + quoted(value)
	}
	tree, ds := decode(setsName, []byte(text))
	if tree == nil {
		return nil, &diag.Diagnostic{Code: "E010", At: at, Message: ds[0].Message, Help: ds[0].Help}
	}
	atLine(tree, line)
	return tree, nil
}

// atLine puts all positions of a setting on its line.
func atLine(n *node, line int) {
	n.key.Line, n.at.Line = line, line
	n.key.File, n.at.File = setsName, setsName
	for _, c := range n.list {
		atLine(c, line)
	}
	for _, c := range n.table {
		atLine(c, line)
	}
}

// equalsSign finds the first = outside quotes.
func equalsSign(s string) int {
	var quote rune
	for i, r := range s {
		switch {
		case quote != 0:
			if r == quote {
				quote = 0
			}
		case r == '"' || r == '\'':
			quote = r
		case r == '=':
			return i
		}
	}
	return -1
}

// replacesScalar refuses a setting that goes through a value which is no table: services.web.desired_count.x.
func replacesScalar(below, above *node, p path) *diag.Diagnostic {
	for _, k := range above.keys {
		a, b, q := above.table[k], below.child(k), p.join(k)
		if b == nil || a.kind != aTable {
			continue
		}
		if b.kind == aTable {
			if d := replacesScalar(b, a, q); d != nil {
				return d
			}
			continue
		}
		inline := a.at != a.key
		if !inline && !slices.Contains([]kind{aBoolean, aString}, b.kind) {
			return &diag.Diagnostic{
				Code: "E010", At: a.key, Message: fmt.Sprintf("`%s` is %s, so nothing can be set inside it", q, b.kind),
				Help: []string{fmt.Sprintf("set the whole of it: --set '%s=…'", q)},
			}
		}
	}
	return nil
}
