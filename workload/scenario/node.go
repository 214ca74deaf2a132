package scenario

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"ecssim/workload/diag"
)

// node is one value of the merged tree.
type node struct {
	kind kind
	// The value, by kind.
	text    string
	whole   int64
	number  float64
	boolean bool
	instant time.Time
	list    []*node
	table   map[string]*node
	// keys of the table in the order in which they were written.
	keys []string

	// key is where the name was written and at where the value was.
	key, at diag.Position
	// raw is how the value is spelled in the file; empty for tables and lists.
	raw string
	// byDefault: nobody wrote this value.
	byDefault bool
	// note stands beside the value in the resolved scenario: what is in a file that it names.
	note string
}

// kind is the TOML type of a node.
type kind uint8

const (
	aString kind = iota
	anInteger
	aFloat
	aBoolean
	aDateTime // with an offset
	aLocalDateTime
	aLocalDate
	aLocalTime
	aList
	aTable
)

// String is the type as it is told to people.
func (k kind) String() string {
	return [...]string{
		"a string", "an integer", "a float", "a boolean", "a date with a time", "a date with a time", "a date",
		"a time of day", "a list", "a table",
	}[k]
}

// found says what stands there, for messages: `a string ("three")`.
func (n *node) found() string {
	if n.raw == "" || len(n.raw) > 40 || strings.Contains(n.raw, "\n") {
		return n.kind.String()
	}
	return n.kind.String() + " (" + n.raw + ")"
}

func (n *node) child(key string) *node {
	if n == nil || n.kind != aTable {
		return nil
	}
	return n.table[key]
}

// put adds or replaces a key of a table.
func (n *node) put(key string, c *node) {
	if n.table == nil {
		n.table = map[string]*node{}
	}
	if _, ok := n.table[key]; !ok {
		n.keys = append(n.keys, key)
	}
	n.table[key] = c
}

func (n *node) remove(key string) {
	delete(n.table, key)
	n.keys = slices.DeleteFunc(n.keys, func(k string) bool { return k == key })
}

// clone copies a tree down to the leaves, so that a file that is extended twice is not shared.
func (n *node) clone() *node {
	c := *n
	c.list = make([]*node, len(n.list))
	for i := range n.list {
		c.list[i] = n.list[i].clone()
	}
	c.keys = slices.Clone(n.keys)
	if n.table != nil {
		c.table = make(map[string]*node, len(n.table))
		for k, v := range n.table {
			c.table[k] = v.clone()
		}
	}
	return &c
}

// path is where a node stands in the tree.
type path []string

func (p path) join(key string) path { return append(slices.Clip(p), key) }

// index is the path of an element of a list.
func (p path) index(i int) path { return p.join("[" + strconv.Itoa(i) + "]") }

// String is the TOML path, quoted where TOML needs it: services.web, catalog.types."m5.large". Elements of lists stand in brackets.
func (p path) String() string {
	var b strings.Builder
	for i, part := range p {
		switch {
		case strings.HasPrefix(part, "[") && strings.HasSuffix(part, "]"):
			b.WriteString(part)
			continue
		case i > 0:
			b.WriteByte('.')
		}
		b.WriteString(bareOrQuoted(part))
	}
	return b.String()
}

func bareOrQuoted(key string) string {
	bare := key != "" && !strings.ContainsFunc(key, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_' && r != '-'
	})
	if bare {
		return key
	}
	return quoted(key)
}

// quoted writes a TOML basic string.
func quoted(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\r':
			b.WriteString(`\r`)
		case r < ' ' || r == 0x7f:
			b.WriteString(`\u00`)
			b.WriteString(strconv.FormatInt(int64(r)>>4, 16))
			b.WriteString(strconv.FormatInt(int64(r)&15, 16))
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
