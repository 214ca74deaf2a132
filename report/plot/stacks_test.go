package plot

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func stacksOf(t tb, s Stacks) Picture {
	t.Helper()
	p, err := DrawStacks(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestShowStacks writes the samples to the directory PLOT_SHOW, for people to look at.
func TestShowStacks(t *testing.T) {
	dir := os.Getenv("PLOT_SHOW")
	if dir == "" {
		t.Skip("PLOT_SHOW is not set")
	}
	for name, s := range stackSamples() {
		p := stacksOf(t, s)
		t.Logf("%s: %s", name, p.Alt())
		for ext, data := range map[string][]byte{".png": pngOf(t, p), ".svg": svgOf(t, p)} {
			if err := os.WriteFile(filepath.Join(dir, name+ext), data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestStackTextsNeverTouchNorLeaveThePage(t *testing.T) {
	for _, name := range slices.Sorted(maps.Keys(stackSamples())) {
		for _, problem := range misplaced(stacksOf(t, stackSamples()[name])) {
			t.Errorf("%s: %s", name, problem)
		}
	}
}
