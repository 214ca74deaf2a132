package plot

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func experimentPictures(t tb) map[string]Picture {
	t.Helper()
	all := map[string]Picture{}
	add := func(name string, p Picture, err error) {
		if err != nil {
			t.Fatal(err)
		}
		all[name] = p
	}
	for name, f := range forestSamples() {
		p, err := DrawForest(f)
		add(name, p, err)
	}
	for name, l := range lineSamples() {
		p, err := DrawLines(l)
		add(name, p, err)
	}
	for name, h := range heatSamples() {
		p, err := DrawHeats(h)
		add(name, p, err)
	}
	for name, one := range paretoSamples() {
		p, err := DrawPareto(one)
		add(name, p, err)
	}
	for name, m := range multipleSamples() {
		p, err := DrawMultiples(m)
		add(name, p, err)
	}
	return all
}

// TestShowExperiments writes the samples to the directory PLOT_SHOW, for people to look at.
func TestShowExperiments(t *testing.T) {
	dir := os.Getenv("PLOT_SHOW")
	if dir == "" {
		t.Skip("PLOT_SHOW is not set")
	}
	for name, p := range experimentPictures(t) {
		if only := os.Getenv("PLOT_ONLY"); !strings.Contains(name, only) {
			continue
		}
		t.Logf("%s: %s", name, p.Alt())
		for ext, data := range map[string][]byte{".png": pngOf(t, p), ".svg": svgOf(t, p)} {
			if err := os.WriteFile(filepath.Join(dir, name+ext), data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestExperimentsAreWellMade(t *testing.T) {
	for name, p := range experimentPictures(t) {
		for _, problem := range misplaced(p) {
			t.Errorf("%s: %s", name, problem)
		}
		svg := svgOf(t, p)
		wellFormed(t, svg)
		if n := len(pngOf(t, p)); n > 600e3 || len(svg) > 800e3 {
			t.Errorf("%s: PNG of %d bytes, SVG of %d", name, n, len(svg))
		}
		if !strings.HasSuffix(p.Alt(), ".") {
			t.Errorf("%s: description %q", name, p.Alt())
		}
	}
}
