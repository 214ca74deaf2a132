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

// TestEveryKeySurvivesEveryValue puts every nasty value in the place of every key of the largest scenarios. Whatever is
// refused is refused with words that point somewhere, and whatever is accepted resolves to something accepted.
func TestEveryKeySurvivesEveryValue(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	t.Chdir("testdata/good")
	for _, file := range []string{"everything.toml", "services.toml", "infrastructure.toml", "capacity.toml", "scaling.toml"} {
		t.Run(file, func(t *testing.T) {
			l := &loader{sources: map[string][]byte{}}
			settings := mutations(l.merged([]string{file}), nil)
			require.Greater(t, len(settings), 100)
			refused := 0
			for i, set := range settings {
				for j, v := range nasty {
					if (i+j)%8 != 0 && !*update { // an eighth in turn; all of them with -update
						continue
					}
					s, ds := Load([]string{file}, Options{Sets: []string{set(v)}})
					if s.Config == nil {
						require.True(t, diag.HasErrors(ds), set(v))
						refused++
					}
					for _, d := range ds {
						points(t, s, d)
					}
				}
			}
			require.Greater(t, refused, len(settings)*len(nasty)/16)
		})
	}
}

// mutations are the settings that replace each value of a tree, those inside lists of tables included.
func mutations(n *node, p path) []func(v string) string {
	var all []func(v string) string
	if len(p) > 0 {
		all = append(all, func(v string) string { return p.String() + "=" + v })
	}
	w := &resolvedWriter{base: "."}
	for i, e := range n.list {
		for _, k := range e.keys {
			all = append(all, func(v string) string {
				before, other := "", ""
				for _, o := range n.list[:i] {
					before += w.value("", o) + ", "
				}
				for _, o := range e.keys {
					if o != k {
						other += bareOrQuoted(o) + " = " + w.value("", e.table[o]) + ", "
					}
				}
				return p.String() + "=[" + before + "{ " + other + bareOrQuoted(k) + " = " + v + " }]"
			})
		}
	}
	for _, k := range n.keys {
		all = append(all, mutations(n.table[k], p.join(k))...)
	}
	return all
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
