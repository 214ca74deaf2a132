package scenario

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	"github.com/stretchr/testify/require"

	"ecssim/workload/diag"
)

// TestPositionsAndValuesAgree: what go-toml's parser places is what BurntSushi decodes, in every scenario there is,
// and every place holds the text of its key or value.
func TestPositionsAndValuesAgree(t *testing.T) {
	var files []string
	for _, root := range []string{"testdata", filepath.Join("..", "..", "scenarios"), filepath.Join("..", "..", "cmd")} {
		_ = filepath.WalkDir(root, func(file string, d os.DirEntry, err error) error {
			if err == nil && !d.IsDir() && strings.HasSuffix(file, ".toml") {
				files = append(files, file)
			}
			return nil
		})
	}
	checked := 0
	for _, f := range files {
		data, err := os.ReadFile(f)
		require.NoError(t, err)
		var values map[string]any
		if _, err := toml.Decode(string(data), &values); err != nil || filepath.Base(f) == "deep.toml" {
			continue
		}
		placesAgree(t, f, data, values)
		checked++
	}
	require.Greater(t, checked, 50)
}

// placesAgree fails unless every decoded value has one place, and every place a value.
func placesAgree(t *testing.T, file string, data []byte, values map[string]any) {
	t.Helper()
	l, problem := locate(file, data)
	require.Nil(t, l.deep, file)
	require.Nil(t, problem, file)
	seen := 0
	lines := strings.Split(string(data), "\n")
	var walk func(v any, p path)
	walk = func(v any, p path) {
		if len(p) > 0 {
			at := l.byPath[joined(p)]
			require.NotNil(t, at, "%s: %s has no place", file, p)
			seen++
			placeHolds(t, lines, at, p)
		}
		switch x := v.(type) {
		case map[string]any:
			for k, c := range x {
				walk(c, p.join(k))
			}
		case []map[string]any:
			walk(asList(x), p)
		case []any:
			for i, c := range x {
				walk(c, p.join(strconv.Itoa(i)))
			}
		}
	}
	// The root has no place of its own; an array of tables is walked as a list of the same path.
	for k, c := range values {
		walk(c, path{k})
	}
	unique := map[string]bool{}
	for k := range l.byPath {
		unique[k] = true
	}
	require.LessOrEqual(t, len(unique), seen, "%s: places without a value", file)
}

// placeHolds: the characters at the place of a key are the key, those at the place of a value its spelling.
func placeHolds(t *testing.T, lines []string, at *place, p path) {
	t.Helper()
	slice := func(d diag.Position) string {
		require.LessOrEqual(t, d.Line, len(lines))
		runes := []rune(lines[d.Line-1])
		require.LessOrEqual(t, d.Column-1+d.Length, len(runes)+1)
		return string(runes[d.Column-1 : min(len(runes), d.Column-1+d.Length)])
	}
	name := p[len(p)-1]
	if _, err := strconv.Atoi(name); err != nil {
		key := strings.Trim(slice(at.key), `"'`)
		require.True(t, key == name || strings.Contains(slice(at.key), `\`), "%q is not at %v: %q", name, at.key, key)
	}
	if at.raw != "" && !strings.Contains(at.raw, "\n") {
		require.Equal(t, at.raw, slice(at.at))
	}
}

// TestColumnsCountCharacters: an error inside an expression is underlined where it is, also behind escapes.
func TestColumnsCountCharacters(t *testing.T) {
	for _, c := range []struct {
		raw            string
		column, length int // of the decoded text
		at, underlined int // in the file
	}{
		{`"abc"`, 1, 1, 2, 1},
		{`"abc"`, 3, 1, 4, 1},
		{`'abc'`, 2, 2, 3, 2},
		{`"\"a\" = b"`, 5, 1, 8, 1},
		{`"\u00e9x"`, 2, 1, 8, 1},
		{`"äöü"`, 3, 1, 4, 1},
		{`"abc"`, 4, 0, 5, 1}, // behind the end
	} {
		n := &node{raw: c.raw, at: diag.Position{Line: 1, Column: 1}}
		got := inside(n, c.column, c.length)
		require.Equal(t, c.at, got.Column, c.raw)
		require.Equal(t, c.underlined, got.Length, c.raw)
	}
}

// TestEveryProblemIsToldOnce: loading is a function of its input, in one process and in any order.
func TestEveryProblemIsToldOnce(t *testing.T) {
	t.Chdir("testdata/bad")
	files, err := filepath.Glob("*.toml")
	require.NoError(t, err)
	for _, f := range files {
		_, first := loadFile(t, f)
		for range 5 {
			_, again := loadFile(t, f)
			require.Equal(t, first, again, f)
		}
		require.Equal(t, len(first), len(slices.CompactFunc(slices.Clone(first), func(a, b diag.Diagnostic) bool {
			return a.At == b.At && a.Message == b.Message
		})), f)
	}
}
