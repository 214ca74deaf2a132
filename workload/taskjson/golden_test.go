package taskjson

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ecssim/workload/diag"
)

var update = flag.Bool("update", false, "rewrite the golden files of testdata")

func line(d diag.Diagnostic) string {
	severity := "error"
	if d.Severity == diag.Warning {
		severity = "warning"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s[%s] %d:%d+%d %s\n", severity, d.Code, d.At.Line, d.At.Column, d.At.Length, d.Message)
	if d.Label != "" {
		fmt.Fprintf(&b, "  label: %s\n", d.Label)
	}
	for _, n := range d.Notes {
		fmt.Fprintf(&b, "  note: %s\n", n)
	}
	for _, h := range d.Help {
		fmt.Fprintf(&b, "  help: %s\n", h)
	}
	return b.String()
}

func TestBadFilesSayWhatIsWrong(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*.json")
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(files), 15)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data, err := os.ReadFile(file)
			require.NoError(t, err)
			_, found, _ := Parse(filepath.ToSlash(file), data)
			require.NotEmpty(t, found)
			got := render(found)
			golden := strings.TrimSuffix(file, ".json") + ".golden"
			if *update {
				require.NoError(t, os.WriteFile(golden, []byte(got), 0o644))
			}
			want, err := os.ReadFile(golden)
			require.NoError(t, err)
			require.Equal(t, string(want), got)
		})
	}
}
