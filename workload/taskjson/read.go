package taskjson

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ecssim/workload/diag"
)

// reader checks one file against the shapes and collects what is wrong with it.
type reader struct {
	lines   *lines
	root    *node
	found   []diag.Diagnostic
	ignored map[string]bool
	// bad holds the paths of values that could not be read; they count as absent.
	bad map[string]bool
}

// read returns the value as plain JSON that the SDK's types decode without error: unknown keys and output of ECS are
// gone, and what could not be read is null, so that the positions in lists stay.
func (r *reader) read(n *node, s *shape, path string) any {
	if n.kind == isNull {
		return nil
	}
	if !s.want.takes(n.kind) {
		r.wrongType(n, s, path)
		return nil
	}
	switch n.kind {
	case isObject:
		return r.object(n, s, path)
	case isList:
		values := make([]any, len(n.items))
		for i, item := range n.items {
			values[i] = r.read(item, s.elem, fmt.Sprintf("%s[%d]", path, i))
		}
		return values
	case isBool:
		return n.text == "true"
	case isString:
		return r.word(n, s, path)
	default:
		if s.want == wantInt {
			return r.number(n, path)
		}
		return n.text
	}
}

func (r *reader) object(n *node, s *shape, path string) any {
	latest := r.duplicates(n)
	values := make(map[string]any, len(n.members))
	for _, m := range n.members {
		field, ok := s.fields[m.key]
		if !ok {
			r.unknown(n, m, s)
			continue
		}
		if m.value != latest[m.key] {
			continue // every JSON reader takes the last one
		}
		values[m.key] = r.read(m.value, field, strings.TrimPrefix(path+"."+m.key, "."))
	}
	for _, key := range s.required {
		if v := n.get(key); v == nil || v.empty() {
			r.report(n.label(), CodeMissing, "`%s` is missing", key)
		}
	}
	return values
}

// duplicates reports keys that appear again and returns the value that counts for each key: the last one.
func (r *reader) duplicates(n *node) (latest map[string]*node) {
	latest = make(map[string]*node, len(n.members))
	first := make(map[string]span, len(n.members))
	for _, m := range n.members {
		latest[m.key] = m.value
		if before, ok := first[m.key]; ok {
			d := r.report(m.at, CodeDuplicate, "key `%s` appears twice in one object", short(m.key))
			d.Help = []string{fmt.Sprintf("first on line %d; keep one of them", r.lines.position(before).Line)}
			continue
		}
		first[m.key] = m.at
	}
	return latest
}

// unknown notes a key that ecssim does not read: AWS's own silently or as ignored, a misspelt one with a warning.
func (r *reader) unknown(n *node, m member, s *shape) {
	if slices.Contains(s.silent, m.key) || m.value.empty() {
		return
	}
	if !s.awsKnows(m.key) && m.key != "tags" {
		absent := slices.DeleteFunc(s.keys(), func(key string) bool { return n.get(key) != nil })
		if near := diag.Nearest(m.key, absent); near != "" {
			d := r.report(m.at, CodeSpelling, "unknown key `%s` is ignored", short(m.key))
			d.Severity, d.Label = diag.Warning, fmt.Sprintf("did you mean `%s`?", near)
		}
	}
	r.ignored[s.prefix+m.key] = true
}

func (r *reader) number(n *node, path string) any {
	if _, err := strconv.ParseInt(n.text, 10, 32); err == nil {
		return json.Number(n.text)
	}
	rule := "must be a whole number"
	if _, err := strconv.ParseFloat(n.text, 64); err != nil || !strings.ContainsAny(n.text, ".eE") {
		rule = "must be a whole number up to 2147483647"
	}
	r.reject(n, path, CodeType, "`%s` %s, found %s", last(path), rule, short(n.text))
	return nil
}

func (r *reader) word(n *node, s *shape, path string) any {
	if s.enum == nil || n.text == "" || slices.Contains(s.enum, n.text) {
		return n.text
	}
	code := CodeEnum
	if s.soft { // ECS has a meaning for every other word, so the value counts
		code = CodeProtocol
	} else {
		r.bad[path] = true
	}
	d := r.report(n.brief(), code, "unknown %s %q", s.what, short(n.text))
	near, known := aliases[strings.ToLower(n.text)]
	if !known || !slices.Contains(s.enum, near) {
		near = diag.Nearest(n.text, s.enum)
	}
	if near != "" {
		d.Label = fmt.Sprintf("did you mean %q?", near)
	}
	d.Notes = []string{"allowed: " + strings.Join(s.enum, ", ")}
	if n.text == "distinctInstance" {
		d.Help = []string{"distinctInstance belongs to the service or to RunTask, not to a task definition"}
	}
	if s.soft {
		d.Severity = diag.Warning
		d.Notes = append(d.Notes, "ECS takes any other value as tcp")
	}
	return nil
}

func (r *reader) wrongType(n *node, s *shape, path string) {
	must := map[want]string{
		wantObject: "an object", wantList: "a list", wantString: "a string", wantInt: "a whole number",
		wantBool: "true or false", wantText: `a string such as "256"`,
	}[s.want]
	found := string(n.kind)
	if n.kind == isString {
		found = fmt.Sprintf("the string %q", short(n.text))
	} else if n.kind == isNumber || n.kind == isBool {
		found = short(n.text)
	}
	d := r.reject(n, path, CodeType, "`%s` must be %s, found %s", last(path), must, found)
	bare := strings.TrimSpace(n.text)
	_, err := strconv.ParseInt(bare, 10, 32)
	switch {
	case n.kind == isString && s.want == wantInt && err == nil,
		n.kind == isString && s.want == wantBool && (bare == "true" || bare == "false"):
		d.Help = []string{fmt.Sprintf("write %s without quotes", bare)}
	case n.kind == isNumber && s.want == wantString:
		d.Help = []string{fmt.Sprintf("write %q with quotes", short(n.text))}
	}
}

// reject reports a value that cannot be read and makes it count as absent. The result is valid until the next report.
func (r *reader) reject(n *node, path, code, format string, args ...any) *diag.Diagnostic {
	r.bad[path] = true
	return r.report(n.brief(), code, format, args...)
}

func (r *reader) report(at span, code, format string, args ...any) *diag.Diagnostic {
	r.found = append(r.found, diag.Diagnostic{
		Code: code, Message: fmt.Sprintf(format, args...), At: r.lines.position(at),
	})
	return &r.found[len(r.found)-1]
}

// last is the last key of a path, with its index: "requiresCompatibilities[0]".
func last(path string) string { return path[strings.LastIndexByte(path, '.')+1:] }

// short keeps a message on one line.
func short(s string) string {
	const longest = 40
	s = strings.Join(strings.Fields(s), " ")
	if runes := []rune(s); len(runes) > longest {
		return string(runes[:longest]) + "…"
	}
	return s
}
