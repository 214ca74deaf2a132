package taskjson

import (
	"bytes"
	"encoding/json"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"ecssim/workload/diag"
)

// kind is the JSON type of a value, named as messages name it.
type kind string

const (
	isObject kind = "an object"
	isList   kind = "a list"
	isString kind = "a string"
	isNumber kind = "a number"
	isBool   kind = "true or false"
	isNull   kind = "null"
)

// span is a stretch of bytes of the file.
type span struct{ start, end int }

// node is a JSON value and where it stands.
type node struct {
	kind    kind
	at      span
	text    string // of a string, unquoted, or a number or bool as written
	members []member
	items   []*node
}

// member is a key of an object with its value.
type member struct {
	key   string
	at    span // of the key
	value *node
}

// get returns the value of a key, the last one if it is there twice, as every JSON reader does.
func (n *node) get(key string) *node {
	for i := len(n.members) - 1; i >= 0; i-- {
		if n.members[i].key == key {
			return n.members[i].value
		}
	}
	return nil
}

// empty reports whether a value says nothing: null, "", false, [] or {}.
func (n *node) empty() bool {
	switch n.kind {
	case isNull:
		return true
	case isString:
		return n.text == ""
	case isBool:
		return n.text == "false"
	case isNumber:
		return false
	case isObject, isList:
	}
	return len(n.members) == 0 && len(n.items) == 0
}

// parseTree reads data, which must be valid JSON.
func parseTree(data []byte) *node {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	return (&treeReader{data: data, d: d}).value()
}

type treeReader struct {
	data []byte
	d    *json.Decoder
}

// next returns a token and its place. The decoder tells only where a token ends; it starts after the blanks, commas
// and colons that follow the token before.
func (r *treeReader) next() (json.Token, span) {
	start := int(r.d.InputOffset())
	token, err := r.d.Token()
	if err != nil {
		panic("taskjson: token error in valid JSON: " + err.Error())
	}
	for strings.IndexByte(" \t\r\n,:", r.data[start]) >= 0 {
		start++
	}
	return token, span{start, int(r.d.InputOffset())}
}

func (r *treeReader) value() *node {
	token, at := r.next()
	n := &node{at: at}
	switch v := token.(type) {
	case json.Delim:
		if v == '{' {
			n.kind = isObject
			for r.d.More() {
				key, keyAt := r.next()
				n.members = append(n.members, member{key: key.(string), at: keyAt, value: r.value()})
			}
		} else {
			n.kind = isList
			for r.d.More() {
				n.items = append(n.items, r.value())
			}
		}
		_, end := r.next()
		n.at.end = end.end
	case string:
		n.kind, n.text = isString, v
	case json.Number:
		n.kind, n.text = isNumber, v.String()
	case bool:
		n.kind, n.text = isBool, strconv.FormatBool(v)
	default:
		n.kind = isNull
	}
	return n
}

// find follows a path ("containerDefinitions[0].portMappings[1].hostPort") and returns where its value stands. If a
// part is missing it is the name of the innermost object that is there, or else its opening bracket.
func (n *node) find(path string) span {
	for part := range strings.SplitSeq(strings.ReplaceAll(path, "[", ".["), ".") {
		var child *node
		if digits, ok := strings.CutPrefix(part, "["); ok {
			if i, err := strconv.Atoi(strings.TrimSuffix(digits, "]")); err == nil && i < len(n.items) {
				child = n.items[i]
			}
		} else {
			child = n.get(part)
		}
		if child == nil {
			return n.label()
		}
		n = child
	}
	return n.brief()
}

// brief is the place to underline for a value: all of it, or the opening bracket of an object or list.
func (n *node) brief() span {
	if n.kind == isObject || n.kind == isList {
		return span{n.at.start, n.at.start + 1}
	}
	return n.at
}

func (n *node) label() span {
	if name := n.get("name"); name != nil {
		return name.brief()
	}
	return n.brief()
}

// lines turns byte offsets into lines and columns.
type lines struct {
	file   string
	data   []byte
	starts []int // of lines
	runes  []int // before each block, so that a long line is not counted again for every problem on it
}

const block = 1024

func newLines(file string, data []byte) *lines {
	l := &lines{file: file, data: data, starts: []int{0}}
	for i, b := range data {
		if b == '\n' {
			l.starts = append(l.starts, i+1)
		}
	}
	count := 0
	for rest := data; ; rest = rest[block:] {
		l.runes = append(l.runes, count)
		if len(rest) < block {
			return l
		}
		count += countRunes(rest[:block])
	}
}

// countRunes counts the bytes that start a character, so that parts of a text can be added up wherever it is cut.
func countRunes(text []byte) (n int) {
	for _, b := range text {
		if utf8.RuneStart(b) {
			n++
		}
	}
	return n
}

func (l *lines) runesBefore(offset int) int {
	whole := offset / block
	return l.runes[whole] + countRunes(l.data[whole*block:offset])
}

func (l *lines) position(at span) diag.Position {
	start := min(max(at.start, 0), len(l.data))
	end := min(max(at.end, start), len(l.data))
	line := sort.SearchInts(l.starts, start+1)
	if line < len(l.starts) {
		end = max(start, min(end, l.starts[line]-1)) // underline within one line
	}
	before := l.runesBefore(start)
	return diag.Position{
		File: l.file, Line: line,
		Column: before - l.runesBefore(l.starts[line-1]) + 1,
		Length: l.runesBefore(end) - before,
	}
}
