package plot

import (
	"os"
	"path/filepath"
	"testing"
)

// TestShow writes the samples to the directory PLOT_SHOW, for people to look at.
func TestShow(t *testing.T) {
	dir := os.Getenv("PLOT_SHOW")
	if dir == "" {
		t.Skip("PLOT_SHOW is not set")
	}
	for _, s := range samples() {
		u, err := DrawUtilisation(s.utilisation)
		if err != nil {
			t.Fatal(err)
		}
		f, err := DrawFailures(s.failures)
		if err != nil {
			t.Fatal(err)
		}
		for name, p := range map[string]Picture{"used": u, "failed": f} {
			t.Logf("%s-%s: %s", s.name, name, p.Alt())
			for ext, data := range map[string][]byte{"png": pngOf(t, p), "svg": svgOf(t, p)} {
				file := filepath.Join(dir, s.name+"-"+name+"."+ext)
				if err := os.WriteFile(file, data, 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}
