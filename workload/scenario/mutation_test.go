package scenario

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ecssim/workload/diag"
)

// nasty values, one of each type and at each edge.
var nasty = []string{
	"nan", "-inf", "-1", "0", "1e308", "9223372036854775807", `""`, `"x"`, `"10:61"`, `"1h"`, `"\u0000\u001b[31m"`, "true", "false",
	"[]", "{}", "[1]", `["a"]`, "[[1]]", "[{}]", "{a=1}", `{dist="pareto",shape=1e-9,mean=1}`, "1979-05-27", "07:32:00", "1979-05-27T00:00:00",
}

// TestEveryKeySurvivesEveryValue puts every nasty value in the place of every key of the largest scenario. Whatever is
// refused is refused with words that point somewhere, and whatever is accepted resolves to something accepted.
func TestEveryKeySurvivesEveryValue(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	t.Chdir("testdata/good")
	l := &loader{sources: map[string][]byte{}}
	root := l.merged([]string{"everything.toml"})
	var paths []string
	var walk func(n *node, p path)
	walk = func(n *node, p path) {
		if len(p) > 0 {
			paths = append(paths, p.String())
		}
		for _, k := range n.keys {
			walk(n.table[k], p.join(k))
		}
	}
	walk(root, nil)
	require.Greater(t, len(paths), 150)
	refused := 0
	for i, p := range paths {
		for j, v := range nasty {
			if (i+j)%4 != 0 && !*update { // a quarter in turn; all of them with -update
				continue
			}
			s, ds := Load([]string{"everything.toml"}, Options{Sets: []string{p + "=" + v}})
			if s.Config == nil {
				require.True(t, diag.HasErrors(ds), "%s=%s", p, v)
				refused++
			}
			for _, d := range ds {
				points(t, s, d)
			}
		}
	}
	require.Greater(t, refused, len(paths)*len(nasty)/8)
}

// points fails unless the diagnostic lies within its file.
func points(t *testing.T, s *Scenario, d diag.Diagnostic) {
	t.Helper()
	require.NotEmpty(t, d.At.File, "%+v", d)
	if d.At.Line == 0 {
		return
	}
	lines := strings.Split(string(s.Source(d.At.File)), "\n")
	require.LessOrEqual(t, d.At.Line, len(lines), "%+v", d)
	width := len([]rune(lines[d.At.Line-1]))
	require.LessOrEqual(t, d.At.Column, width+1, "%+v\n%s", d, strconv.Quote(lines[d.At.Line-1]))
}
