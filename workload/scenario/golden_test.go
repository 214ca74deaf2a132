package scenario

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"ecssim/workload/diag"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// loadFile loads a scenario of testdata. Lines that begin with "#set " are settings of the command line.
func loadFile(t *testing.T, file string) (*Scenario, []diag.Diagnostic) {
	t.Helper()
	var o Options
	if data, err := os.ReadFile(file); err == nil {
		for _, line := range strings.Split(string(data), "\n") {
			if set, ok := strings.CutPrefix(line, "#set "); ok {
				o.Sets = append(o.Sets, set)
			}
		}
	}
	return Load([]string{file}, o)
}

func rendered(t *testing.T, s *Scenario, ds []diag.Diagnostic) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, diag.Render(&b, ds, s.Source, diag.Options{}))
	return b.String()
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
		return
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err, "run the test with -update, and read the file aloud")
	if d := cmp.Diff(string(want), got); d != "" {
		t.Error(d)
	}
}

// TestBadScenarios compares what is said about every file of testdata/bad, character by character.
func TestBadScenarios(t *testing.T) {
	t.Chdir("testdata/bad")
	files, err := filepath.Glob("*.toml")
	require.NoError(t, err)
	require.Greater(t, len(files), 40)
	for _, f := range append(files, "no-such-file.toml") {
		t.Run(f, func(t *testing.T) {
			s, ds := loadFile(t, f)
			require.NotEmpty(t, ds)
			warns := strings.HasPrefix(f, "warn-")
			require.Equal(t, !warns, diag.HasErrors(ds))
			require.Equal(t, warns, s.Config != nil)
			golden(t, strings.TrimSuffix(f, ".toml")+".txt", rendered(t, s, ds))
		})
	}
}

// TestEveryCodeIsListed: a code that `ecssim rule` does not know is a code that nobody can look up.
func TestEveryCodeIsListed(t *testing.T) {
	t.Chdir("testdata/bad")
	listed := diag.Codes()
	files, err := filepath.Glob("*.toml")
	require.NoError(t, err)
	for _, f := range files {
		_, ds := loadFile(t, f)
		for _, d := range ds {
			ecs := strings.HasPrefix(d.Code, "E1") || strings.HasPrefix(d.Code, "W1")
			require.True(t, ecs || listed[d.Code] != "", "%s in %s", d.Code, f)
			require.NotEmpty(t, d.At.File, f)
			require.NotEmpty(t, d.Message, f)
			require.False(t, strings.HasSuffix(d.Message, "."), "%s: %q ends in a full stop", f, d.Message)
		}
	}
}
