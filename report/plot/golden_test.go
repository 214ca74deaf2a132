package plot

import (
	"bytes"
	"flag"
	"image"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func goldens(t *testing.T) map[string]Picture {
	return map[string]Picture{
		"eni-used":       utilisationOf(t, eniCase()),
		"day-failed":     failuresOf(t, dayFailures()),
		"many-used":      utilisationOf(t, manyCase()),
		"month-failed":   failuresOf(t, longFailures(time.Date(2026, 3, 3, 9, 30, 0, 0, time.UTC))),
		"nothing-failed": failuresOf(t, Failures{Title: "quickstart: placement failures"}),
		"rolling":        stacksOf(t, rollingStacks()),
		"zone-outage":    stacksOf(t, zoneStacks()),
		"pull-storm":     stacksOf(t, lifecycleStacks()),
		"kill-loop":      stacksOf(t, killedStacks()),
		"tv-spot":        scalingOf(t, burstScaling()),
		"queue":          scalingOf(t, queueScaling()),
		"one-point":      scalingOf(t, pointScaling()),
		"variant-lags":   lagsOf(t, lagSamples()["variants-lags"]),
		"episode-lags":   lagsOf(t, lagSamples()["many-lags"]),
		"forest":         forestOf(t, strategiesForest()),
		"forest-pair":    forestOf(t, pairForest()),
		"lines":          linesOf(t, fleetLines()),
		"categories":     linesOf(t, strategyLines()),
		"heat":           heatsOf(t, one(fleetHeat())),
		"heats":          heatsOf(t, zonesHeat()),
		"pareto":         paretoOf(t, fleetPareto()),
		"pareto-log":     paretoOf(t, logPareto()),
		"multiples":      multiplesOf(t, strategyMultiples()),
	}
}

func golden(t *testing.T, name string, got []byte) []byte {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v (run with -update)", err)
	}
	return want
}

var digits = regexp.MustCompile(`-?[0-9]+(\.[0-9]+)?`)

// TestGoldenSVG compares texts exactly and numbers to a hundredth of a point or
// two, since not all processors round alike.
func TestGoldenSVG(t *testing.T) {
	for name, p := range goldens(t) {
		got := svgOf(t, p)
		want := golden(t, name+".svg", got)
		if !bytes.Equal(digits.ReplaceAll(got, []byte("#")), digits.ReplaceAll(want, []byte("#"))) {
			t.Errorf("%s.svg differs in more than numbers; look at it, then run with -update", name)
			continue
		}
		was := digits.FindAll(want, -1)
		for i, n := range digits.FindAll(got, -1) {
			a, _ := strconv.ParseFloat(string(n), 64)
			b, _ := strconv.ParseFloat(string(was[i]), 64)
			if math.Abs(a-b) > 0.02 {
				t.Errorf("%s.svg: number %d is %s, was %s", name, i, n, was[i])
				break
			}
		}
	}
}

// TestGoldenPNG allows for one pixel in two hundred to differ visibly.
func TestGoldenPNG(t *testing.T) {
	all := goldens(t)
	for _, name := range []string{"eni-used", "day-failed", "zone-outage", "tv-spot", "queue", "variant-lags",
		"forest", "lines", "heat", "pareto", "multiples"} {
		got := pngOf(t, all[name])
		a, b := decode(t, got), decode(t, golden(t, name+".png", got))
		if a.Bounds() != b.Bounds() {
			t.Errorf("%s.png: size %v, was %v", name, a.Bounds(), b.Bounds())
			continue
		}
		if share := differing(a, b); share > 0.005 {
			t.Errorf("%s.png: %.1f %% of the pixels differ; look at it, then run with -update", name, 100*share)
		}
	}
}

func decode(t *testing.T, data []byte) image.Image {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

func differing(a, b image.Image) float64 {
	n := 0
	r := a.Bounds()
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			r1, g1, b1, _ := a.At(x, y).RGBA()
			r2, g2, b2, _ := b.At(x, y).RGBA()
			if far(r1, r2) || far(g1, g2) || far(b1, b2) {
				n++
			}
		}
	}
	return float64(n) / float64(r.Dx()*r.Dy())
}

func far(a, b uint32) bool { return max(a, b)-min(a, b) > 0x1000 }
