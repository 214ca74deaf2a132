package scenario

import (
	"fmt"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"ecssim/workload/diag"
)

// setsName is the file that flags stand for in messages: its lines are the settings as they were given, in order.
const setsName = "command line"

// setting is a value from the command line: --set PATH=VALUE, or a flag that is short for one.
type setting struct {
	text string // PATH=VALUE
	flag string // what was typed: "--set PATH=VALUE", "--until VALUE"
}

// settings are the shortcuts and the --set flags, in the order in which they are laid over the files.
func (o *Options) settings() []setting {
	var all []setting
	for _, s := range o.Sets {
		all = append(all, setting{s, "--set " + s})
	}
	for _, short := range []struct{ key, flag, value string }{
		{"seed", "--seed", o.Seed}, {"runs", "--runs", o.Runs}, {"duration", "--until", o.Until},
	} {
		if short.value != "" {
			all = append(all, setting{short.key + "=" + short.value, short.flag + " " + short.value})
		}
	}
	return all
}

// shift is how far the columns of the text lie left of those of what was typed.
func (s setting) shift() int { return len([]rune(s.flag)) - len([]rune(s.text)) }

// applySets lays PATH=VALUE settings over the tree. They take part in messages as a file of their own.
func (l *loader) applySets(root *node) {
	settings := l.options.settings()
	if len(settings) == 0 {
		return
	}
	var typed strings.Builder
	for i := range settings {
		s := &settings[i]
		s.text, s.flag = strings.Map(oneLine, s.text), strings.Map(oneLine, s.flag)
		typed.WriteString(s.flag + "\n")
	}
	l.sources[setsName] = []byte(typed.String())
	for i, s := range settings {
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

// applyCell lays the values of a cell over the tree. They stand in a file, and that is where messages point.
func (l *loader) applyCell(root *node) {
	for _, s := range l.options.Cell {
		tree, problem := decodeSet(setting{s.Path + "=" + s.Text, ""}, 1)
		if problem == nil {
			atPlace(tree, s)
			problem = replacesScalar(root, tree, nil)
		}
		if problem != nil {
			problem.At = s.KeyAt
			l.add(*problem)
			continue
		}
		overlay(root, tree)
		dropRemoved(root)
	}
}

// atPlace puts all positions of a setting where the file has it: those of its path at the path, its value's at the value.
func atPlace(n *node, s Placed) {
	at := s.At
	if n.kind == aTable && n.key == n.at {
		at = s.KeyAt
	}
	n.key, n.at = s.KeyAt, at
	for _, c := range n.list {
		atPlace(c, s)
	}
	for _, c := range n.table {
		atPlace(c, s)
	}
}

func oneLine(r rune) rune {
	if r == '\n' || r == '\r' {
		return ' '
	}
	return r
}

// decodeSet makes a tree of one setting. The value is TOML, or else a string as it stands.
func decodeSet(typed setting, line int) (*node, *diag.Diagnostic) {
	set := typed.text
	at := diag.Position{File: setsName, Line: line, Column: 1 + max(0, typed.shift()), Length: max(1, len([]rune(set)))}
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
	atLine(tree, line, typed.shift())
	return tree, nil
}

// atLine puts all positions of a setting where they were typed.
func atLine(n *node, line, shift int) {
	for _, p := range []*diag.Position{&n.key, &n.at} {
		p.File, p.Line, p.Column = setsName, line, max(1, p.Column+shift)
	}
	for _, c := range n.list {
		atLine(c, line, shift)
	}
	for _, c := range n.table {
		atLine(c, line, shift)
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
