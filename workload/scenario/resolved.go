package scenario

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// baseFolder is the folder of the first file; names in the resolved scenario count from it.
func baseFolder(files []string) string {
	if len(files) == 0 || files[0] == Stdin {
		return "."
	}
	return filepath.Dir(files[0])
}

// resolve prints the tree with the origin of every value, and its hash. The hash covers the values and the contents of
// the files that they name, but neither comments nor names of scenario files: what means the same has the same hash.
func resolve(root *node, digests map[string]string, base string) (text []byte, sum string) {
	w := &resolvedWriter{base: base}
	w.table(root, nil)
	h := sha256.New()
	h.Write([]byte(w.values.String()))
	for _, file := range slices.Sorted(maps.Keys(digests)) {
		fmt.Fprintf(h, "%s %s\n", digests[file], w.file(file))
	}
	return []byte(w.text.String()), hex.EncodeToString(h.Sum(nil))
}

type resolvedWriter struct {
	base         string
	text, values strings.Builder
}

// fileKeys hold names of files, which count from the folder of the file that writes them.
var fileKeys = []string{"task_definition", "csv", "file", "list"}

// table writes a table with all its values, then its tables. Keys are sorted, except that known first keys lead.
func (w *resolvedWriter) table(n *node, p path) {
	keys := slices.SortedFunc(slices.Values(n.keys), func(a, b string) int {
		return cmp.Or(cmp.Compare(leading(p, a), leading(p, b)), strings.Compare(a, b))
	})
	headed := len(p) == 0
	for _, k := range keys {
		c := n.table[k]
		if c.kind == aTable {
			continue
		}
		if !headed {
			headed = true
			w.header(p)
		}
		value := w.value(k, c)
		line := bareOrQuoted(k) + " = " + value
		fmt.Fprintf(&w.text, "%-50s # %s\n", line, w.origin(c)+noted(c))
		w.values.WriteString(line + "\n")
	}
	if !headed && len(n.keys) == 0 {
		w.header(p)
	}
	for _, k := range keys {
		if c := n.table[k]; c.kind == aTable {
			w.table(c, p.join(k))
		}
	}
}

func (w *resolvedWriter) header(p path) {
	fmt.Fprintf(&w.text, "\n[%s]\n", p)
	fmt.Fprintf(&w.values, "[%s]\n", p)
}

// leading puts the keys first that every scenario begins with.
func leading(p path, key string) int {
	if len(p) > 0 {
		return 0
	}
	if i := slices.Index([]string{"schema", "name", "about", "start", "duration", "warmup", "seed", "runs"}, key); i >= 0 {
		return i
	}
	return 100
}

// value writes a value in one line.
func (w *resolvedWriter) value(key string, n *node) string {
	switch n.kind {
	case aString:
		if slices.Contains(fileKeys, key) && !n.byDefault {
			return quoted(w.file(relative(n.at.File, n.text)))
		}
		return quoted(n.text)
	case anInteger:
		return fmt.Sprint(n.whole)
	case aFloat:
		s := plain(n.number)
		if !strings.ContainsAny(s, ".e") {
			s += ".0"
		}
		return s
	case aBoolean:
		return fmt.Sprint(n.boolean)
	case aDateTime:
		return n.instant.Format(time.RFC3339Nano)
	case aLocalDateTime:
		return n.instant.Format("2006-01-02T15:04:05.999999999")
	case aLocalDate:
		return n.instant.Format("2006-01-02")
	case aLocalTime:
		return n.instant.Format("15:04:05.999999999")
	case aList:
		parts := make([]string, len(n.list))
		for i, e := range n.list {
			parts[i] = w.value(key, e)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	default: // a table inside a list
		parts := make([]string, 0, len(n.keys))
		for _, k := range slices.Sorted(slices.Values(n.keys)) {
			parts = append(parts, bareOrQuoted(k)+" = "+w.value(k, n.table[k]))
		}
		return "{ " + strings.Join(parts, ", ") + " }"
	}
}

// file is a name as seen from the folder of the scenario, with slashes on every system.
func (w *resolvedWriter) file(name string) string {
	if filepath.IsAbs(name) != filepath.IsAbs(w.base) {
		return filepath.ToSlash(name)
	}
	if r, err := filepath.Rel(w.base, name); err == nil {
		name = r
	}
	return filepath.ToSlash(name)
}

func (w *resolvedWriter) origin(n *node) string {
	switch {
	case n.byDefault:
		return "default"
	case n.at.File == setsName:
		return setsName
	case n.at.File == stdinName:
		return fmt.Sprintf("%s:%d", stdinName, n.at.Line)
	}
	return strings.Map(oneLine, fmt.Sprintf("%s:%d", w.file(n.at.File), n.at.Line))
}

// noted is what is known of the file that a value names.
func noted(n *node) string {
	if n.note == "" {
		return ""
	}
	return " · " + strings.Map(oneLine, n.note)
}
