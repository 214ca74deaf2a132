package scenario

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2/unstable"

	"ecssim/workload/diag"
)

// place is where one key and its value stand.
type place struct {
	key, at diag.Position
	raw     string
	order   int
}

// places maps every path of a file to its place. Elements of lists have their index as the last part.
type places struct {
	file   string
	data   []byte
	lines  []int // byte offset at which each line starts
	byPath map[string]*place
	arrays map[string]int // number of elements of an array of tables
	tables map[string]bool
	again  string // the table that is being written for the second time
	twice  []diag.Diagnostic
	// deep is where the file nests deeper than anything that a scenario needs.
	deep *diag.Diagnostic
}

// deepest nesting of keys, tables and lists. The schema needs six.
const deepest = 64

// tooDeep reports, and remembers, what is nested too deeply to be walked.
func (l *places) tooDeep(depth int, at diag.Position) bool {
	if depth <= deepest {
		return false
	}
	if l.deep == nil {
		l.deep = &diag.Diagnostic{
			Code: "E005", At: at, Message: fmt.Sprintf("tables and lists are nested more than %d levels deep", deepest),
			Help: []string{"a scenario needs no more than six"},
		}
	}
	return true
}

// separator of the parts of a path inside keys of byPath; no TOML key may hold it unescaped.
const separator = "\x00"

func joined(p path) string { return strings.Join(p, separator) }

// locate walks the file with go-toml's parser. The diagnostic is not nil where that parser gives up.
func locate(file string, data []byte) (*places, *diag.Diagnostic) {
	l := &places{
		file: file, data: data, lines: []int{0},
		byPath: map[string]*place{}, arrays: map[string]int{}, tables: map[string]bool{},
	}
	for i, c := range data {
		if c == '\n' {
			l.lines = append(l.lines, i+1)
		}
	}
	var parser unstable.Parser
	parser.Reset(data)
	var prefix path
	for parser.NextExpression() {
		switch e := parser.Expression(); e.Kind {
		case unstable.Table, unstable.ArrayTable:
			prefix = l.header(e)
		case unstable.KeyValue:
			l.keyValue(prefix, e)
		default: // comments
		}
	}
	if err := parser.Error(); err != nil {
		if strings.Contains(err.Error(), "nested more than") {
			l.tooDeep(deepest+1, diag.Position{File: file})
		}
		at := len(data) - len(parserLeft(err, data))
		return l, &diag.Diagnostic{
			Code: "E005", Message: "this is not TOML: " + err.Error(), At: position(file, data, at, at+1),
		}
	}
	return l, nil
}

// parserLeft finds where the parser gave up: its highlight is a slice of the data.
func parserLeft(err error, data []byte) []byte {
	if p, ok := err.(*unstable.ParserError); ok && cap(p.Highlight) <= cap(data) {
		if at := cap(data) - cap(p.Highlight); at <= len(data) {
			return data[at:]
		}
	}
	return nil
}

// header enters [a.b] or [[a.b]] and returns its path, with indexes into arrays of tables.
func (l *places) header(e *unstable.Node) path {
	parts := l.parts(e)
	l.again = ""
	var p path
	if l.tooDeep(len(parts), parts[0].at) {
		return p
	}
	for i, part := range parts {
		p = p.join(part.name)
		last := i == len(parts)-1
		key := joined(p)
		if last && e.Kind == unstable.Table {
			l.noteTable(p, part)
		}
		l.remember(p, place{key: part.at, at: part.at})
		switch n, ok := l.arrays[key]; {
		case last && e.Kind == unstable.ArrayTable:
			l.arrays[key] = n + 1
			p = p.join(strconv.Itoa(n))
			l.remember(p, place{key: part.at, at: part.at})
		case ok && n > 0:
			p = p.join(strconv.Itoa(n - 1))
		}
	}
	return p
}

// noteTable records a header that is written for the second time.
func (l *places) noteTable(p path, part part) {
	key := joined(p)
	if l.tables[key] {
		l.again = key
		l.repeated(p, part.at, fmt.Sprintf("table `[%s]` is written twice", p))
	}
	l.tables[key] = true
}

func (l *places) repeated(p path, at diag.Position, message string) {
	first := l.byPath[joined(p)].key
	l.twice = append(l.twice, diag.Diagnostic{
		Code: "E006", Message: message, At: at,
		Label: fmt.Sprintf("it was first written in line %d", first.Line),
		Help:  []string{"keep one of them; a key means one thing only"},
	})
}

// keyValue records `a.b = value` below a prefix.
func (l *places) keyValue(prefix path, e *unstable.Node) {
	parts := l.parts(e)
	if l.tooDeep(len(prefix)+len(parts), parts[0].at) {
		return
	}
	start, end := l.valueRange(e, parts[len(parts)-1])
	p := prefix
	for i, part := range parts {
		p = p.join(part.name)
		if i < len(parts)-1 {
			l.remember(p, place{key: part.at, at: part.at})
			continue
		}
		if known := l.byPath[joined(p)]; known != nil {
			if l.again != "" && strings.HasPrefix(joined(p), l.again) {
				return // the table itself was reported
			}
			l.repeated(p, part.at, fmt.Sprintf("key `%s` is set twice", p))
			return
		}
		l.remember(p, place{key: part.at, at: l.position(start, end)})
	}
	l.value(p, e.Value(), start, end)
}

// value records what stands inside a value, and how a scalar is spelled.
func (l *places) value(p path, v *unstable.Node, start, end int) {
	own := l.byPath[joined(p)]
	if l.tooDeep(len(p), own.at) {
		return
	}
	switch v.Kind {
	case unstable.InlineTable:
		for it := v.Children(); it.Next(); {
			if it.Node().Kind == unstable.KeyValue {
				l.keyValue(p, it.Node())
			}
		}
	case unstable.Array:
		i := 0
		for it := v.Children(); it.Next(); {
			element := it.Node()
			if element.Kind == unstable.Comment {
				continue
			}
			from, to := start, end // a list inside a list has no range of its own
			if element.Raw.Length > 0 {
				from = int(element.Raw.Offset)
				to = from + int(element.Raw.Length)
			}
			at := l.position(from, to)
			q := p.join(strconv.Itoa(i))
			l.remember(q, place{key: at, at: at})
			l.value(q, element, from, to)
			i++
		}
	default:
		own.raw = string(l.data[start:end])
	}
}

func (l *places) remember(p path, at place) {
	key := joined(p)
	if l.byPath[key] == nil {
		at.order = len(l.byPath)
		l.byPath[key] = &at
	}
}

// part is one part of a dotted key.
type part struct {
	name string
	at   diag.Position
	end  int
}

func (l *places) parts(e *unstable.Node) []part {
	var parts []part
	for it := e.Key(); it.Next() && len(parts) <= deepest; {
		k := it.Node()
		start := int(k.Raw.Offset)
		end := start + int(k.Raw.Length)
		parts = append(parts, part{name: string(k.Data), at: l.position(start, end), end: end})
	}
	return parts
}

// valueRange is the range of bytes of a value: what follows the equals sign.
func (l *places) valueRange(e *unstable.Node, last part) (start, end int) {
	start = last.end
	for start < len(l.data) && (l.data[start] == ' ' || l.data[start] == '\t') {
		start++
	}
	start++ // the equals sign
	for start < len(l.data) && (l.data[start] == ' ' || l.data[start] == '\t') {
		start++
	}
	end = int(e.Raw.Offset) + int(e.Raw.Length)
	return start, max(start, start+len(bytes.TrimRight(l.data[start:end], " \t\r\n")))
}

// position is the package's position, but with the lines found by bisection.
func (l *places) position(start, end int) diag.Position {
	n, exact := slices.BinarySearch(l.lines, start)
	if !exact {
		n--
	}
	from := l.lines[n]
	p := position(l.file, l.data[from:], start-from, end-from)
	p.Line = n + 1
	return p
}

// plant makes the tree of nodes from the decoded values and their places.
func (l *places) plant(v any, p path) *node {
	n := &node{}
	if at := l.byPath[joined(p)]; at != nil {
		n.key, n.at, n.raw = at.key, at.at, at.raw
	}
	switch x := v.(type) {
	case map[string]any:
		n.kind, n.table = aTable, map[string]*node{}
		for k := range x {
			n.keys = append(n.keys, k)
		}
		slices.SortFunc(n.keys, func(a, b string) int { return cmp.Or(l.order(p.join(a))-l.order(p.join(b)), strings.Compare(a, b)) })
		for _, k := range n.keys {
			n.table[k] = l.plant(x[k], p.join(k))
		}
	case []map[string]any:
		return l.plant(asList(x), p)
	case []any:
		n.kind = aList
		for i := range x {
			n.list = append(n.list, l.plant(x[i], p.join(strconv.Itoa(i))))
		}
	case string:
		n.kind, n.text = aString, x
	case int64:
		n.kind, n.whole = anInteger, x
	case float64:
		n.kind, n.number = aFloat, x
	case bool:
		n.kind, n.boolean = aBoolean, x
	case time.Time:
		n.kind, n.instant = timeKind(x), x
	}
	return n
}

func (l *places) order(p path) int {
	if at := l.byPath[joined(p)]; at != nil {
		return at.order
	}
	return len(l.byPath)
}
