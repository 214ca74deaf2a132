package plot

import (
	"os"
	"path/filepath"
	"testing"
)

func scalingOf(t tb, s Scaling) Picture {
	t.Helper()
	p, err := DrawScaling(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func lagsOf(t tb, l Lags) Picture {
	t.Helper()
	p, err := DrawLags(l)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func scalingPictures(t tb) map[string]Picture {
	all := map[string]Picture{}
	for name, s := range scalingSamples() {
		all[name] = scalingOf(t, s)
	}
	for name, l := range lagSamples() {
		all[name] = lagsOf(t, l)
	}
	return all
}

// TestShowScaling writes the samples to the directory PLOT_SHOW, for people to look at.
func TestShowScaling(t *testing.T) {
	dir := os.Getenv("PLOT_SHOW")
	if dir == "" {
		t.Skip("PLOT_SHOW is not set")
	}
	for name, p := range scalingPictures(t) {
		t.Logf("%s: %s", name, p.Alt())
		for ext, data := range map[string][]byte{".png": pngOf(t, p), ".svg": svgOf(t, p)} {
			if err := os.WriteFile(filepath.Join(dir, name+ext), data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestScalingIsWellMade(t *testing.T) {
	for name, p := range scalingPictures(t) {
		for _, problem := range misplaced(p) {
			t.Errorf("%s: %s", name, problem)
		}
	}
}
