package plot

import (
	"bytes"
	"fmt"
	"image/color"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func stacksOf(t tb, s Stacks) Picture {
	t.Helper()
	p, err := DrawStacks(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// textsOf are the texts of a picture, as they are drawn.
func textsOf(p Picture) []string {
	r := &recorder{height: p.height}
	p.paint(r)
	return r.texts
}

func count(texts []string, one string) int {
	n := 0
	for _, t := range texts {
		if t == one {
			n++
		}
	}
	return n
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

func TestStacksAreWellMade(t *testing.T) {
	for _, name := range slices.Sorted(maps.Keys(stackSamples())) {
		p := stacksOf(t, stackSamples()[name])
		for _, problem := range misplaced(p) {
			t.Errorf("%s: %s", name, problem)
		}
		svg := svgOf(t, p)
		wellFormed(t, svg)
		if n := len(pngOf(t, p)); n > 400e3 || len(svg) > 600e3 {
			t.Errorf("%s: PNG of %d bytes, SVG of %d", name, n, len(svg))
		}
		if !strings.HasSuffix(p.Alt(), ".") || strings.Contains(p.Alt(), "▲") {
			t.Errorf("%s: description %q", name, p.Alt())
		}
	}
}

func TestStackSaysWhatItShows(t *testing.T) {
	for name, want := range map[string][]string{
		"rolling-stacks":    {"deployment 1", "desired", "lower bound", "upper bound", "healthy", "steady state", "peak 20 tasks"},
		"zones-stacks":      {"zone-b-down", "zone a", "zone b", "zone c", "service web", "service api", "service worker"},
		"lifecycle-stacks":  lifecycle,
		"nine-stacks":       {"and 4 more services", "service s8", "family-g", "others", "agent-down", "subnet-exhausted"},
		"deployments":       {"older", "deployment 12 (web:18)", "deployment 1 (web:7)"},
		"week-stacks":       {"Where more changed within 33 min, the lowest and the highest sum are drawn.", "spot interruption (200 times)"},
		"outlier-stacks":    {"peak 4,012 tasks, beyond the scale (▲)"},
		"point-stacks":      {"RUNNING", "PENDING", "peak 2 tasks"},
		"no-stacks":         {"nothing was recorded"},
		"no-series-stacks":  {"nothing recorded"},
		"zero-stacks":       {"no tasks"},
		"many-bands-stacks": {"fault-3-of-the-network", "zone-b-down"},
	} {
		texts := textsOf(stacksOf(t, stackSamples()[name]))
		for _, w := range want {
			if count(texts, w) == 0 {
				t.Errorf("%s does not say %q: %q", name, w, texts)
			}
		}
	}
	texts := textsOf(stacksOf(t, manyStacks(12, 11)))
	for text, n := range map[string]int{"family-a": 1, "family-h": 0, "others": 1, "service s9": 0} {
		if count(texts, text) != n {
			t.Errorf("%q is said %d times, want %d", text, count(texts, text), n)
		}
	}
	if n := count(textsOf(stacksOf(t, deploymentStacks())), "desired"); n != 3 {
		t.Errorf("panels whose deployments differ share %d legends", n)
	}
}

func TestLayersDifferInColourAndHatching(t *testing.T) {
	for name, list := range map[string][maxSeries]look{"series": stackLooks, "ages": ageLooks} {
		colours, hatches := map[color.NRGBA]bool{otherLook.colour: true}, map[pattern]bool{}
		for i, l := range list {
			if colours[l.colour] || hatches[l.hatch] || l.colour == okabeVermillion {
				t.Errorf("%s: look %d has another's colour or hatching, or the alarm's", name, i)
			}
			colours[l.colour], hatches[l.hatch] = true, true
		}
	}
	got := coloursOf(t, stacksOf(t, lifecycleStacks()))
	for i, l := range stackLooks[:len(lifecycle)] {
		if got[l.colour] < 2000 {
			t.Errorf("%s: %d pixels", lifecycle[i], got[l.colour])
		}
	}
	if n := coloursOf(t, stacksOf(t, zoneStacks()))[bandGrey]; n < 20000 {
		t.Errorf("the band has %d pixels", n)
	}
}

func TestNewestDeploymentIsStrong(t *testing.T) {
	var series []StackSeries
	for i := range 11 {
		series = append(series, StackSeries{fmt.Sprintf("Deployment %d", i+1), flat(10, 1)})
		panels := []stackPanel{newStackPanel(StackPanel{Series: series}, 10, "")}
		dress(panels)
		areas := panels[0].areas
		if newest := areas[len(areas)-1]; newest.look != ageLooks[0] || newest.name != series[i].Name {
			t.Errorf("of %d deployments the top one is %s with %v", i+1, newest.name, newest.look)
		}
		if top := areas[len(areas)-1].steps[0].Max; top != float64(i+1) {
			t.Errorf("%d deployments of 1 are %v high", i+1, top)
		}
	}
	for _, names := range [][]string{{"zone 1", "zone 2"}, {"deployment 2", "deployment 1"}, {"RUNNING"}, {"use1-az1", "use1-az2"}} {
		var other []StackSeries
		for _, n := range names {
			other = append(other, StackSeries{Name: n})
		}
		if ages(other) {
			t.Errorf("%q are taken for ascending deployments", names)
		}
	}
}

// TestShortChangesSurvive: a dip and a peak of one second in a week.
func TestShortChangesSurvive(t *testing.T) {
	const end = 7 * day
	for at := 1000.0; at < end; at += 50021.7 {
		for _, v := range []float64{0, 90} {
			steps := []Step{{0, at, 10, 10, 10}, {at, 1, v, v, v}, {at + 1, end - at - 1, 10, 10, 10}}
			cs, _ := thinned(columns([][]Step{steps}, end, 0), end)
			seen := false
			for _, c := range cs {
				seen = seen || c.values[0] == v && c.to-c.from > end/maxColumns/2
			}
			if !seen || len(cs) != 3 {
				t.Errorf("a second of %v at %v is drawn as %v", v, at, cs)
			}
		}
	}
}

func TestLineOfVaryingStepsIsOfItsExtremes(t *testing.T) {
	got := swings([]Step{{0, 2, 12, 12, 12}, {2, 2, 11.9, 10, 12}, {4, 2, 12.5, 12, 13}, {6, 2, 13, 13, 13}})
	var values []float64
	for _, s := range got {
		values = append(values, s.Mean)
	}
	if want := []float64{12, 12, 10, 12, 13, 13}; !slices.Equal(values, want) {
		t.Errorf("drawn at %v, want %v", values, want)
	}
}

func TestColumnsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		series := rapid.SliceOfN(steps(), 1, 4).Draw(t, "series")
		end := Stacks{Panels: []StackPanel{{Lines: []StackLine{{Steps: slices.Concat(series...)}}}}}.length()
		thin, _ := thinned(columns(series, end, 0), end)
		for i, c := range thin {
			if !(c.from < c.to) || c.to > end*(1+1e-9) || i > 0 && c.from < thin[i-1].to-end*1e-9 {
				t.Fatalf("column %d: %v after %v", i, c, thin[max(0, i-1)])
			}
		}
		if len(thin) > maxColumns {
			t.Fatalf("%d columns", len(thin))
		}
	})
}

func TestStacksRefuseWhatIsNoNumber(t *testing.T) {
	for _, v := range []float64{math.NaN(), math.Inf(1), -1, 1e300} {
		bad := []Step{{Mean: v}}
		for name, s := range map[string]Stacks{
			"end":  {End: v},
			"step": {Panels: []StackPanel{{Series: []StackSeries{{Steps: bad}}}}},
			"line": {Panels: []StackPanel{{Lines: []StackLine{{Steps: bad}}}}},
			"mark": {Panels: []StackPanel{{Marks: []Mark{{At: v}}}}},
			"from": {Bands: []Band{{From: v}}},
			"to":   {Bands: []Band{{To: v}}},
		} {
			if _, err := DrawStacks(s); err == nil {
				t.Errorf("stacks with %s %v were drawn", name, v)
			}
		}
	}
	_, err := DrawStacks(Stacks{Bands: []Band{{20, 10, "zone-b-down"}}})
	const want = "drawing stacks: band 0 (zone-b-down): ends at 10, before it begins at 20"
	if err == nil || err.Error() != want {
		t.Errorf("error is %q, want %q", err, want)
	}
}

func TestOrderOfBandsDoesNotShow(t *testing.T) {
	s := bandStacks()
	before := svgOf(t, stacksOf(t, s))
	slices.Reverse(s.Bands)
	if !bytes.Equal(before, svgOf(t, stacksOf(t, s))) {
		t.Error("the order of bands shows")
	}
}

func stacks() *rapid.Generator[Stacks] {
	names := rapid.OneOf(words, rapid.Custom(func(t *rapid.T) string {
		return fmt.Sprintf("deployment %d", rapid.IntRange(0, 12).Draw(t, "n"))
	}))
	series := rapid.Custom(func(t *rapid.T) StackSeries { return StackSeries{names.Draw(t, "name"), steps().Draw(t, "steps")} })
	line := rapid.Custom(func(t *rapid.T) StackLine {
		return StackLine{words.Draw(t, "name"), steps().Draw(t, "steps"), LineStyle(rapid.IntRange(0, 3).Draw(t, "style"))}
	})
	mark := rapid.Custom(func(t *rapid.T) Mark { return Mark{seconds.Draw(t, "at"), words.Draw(t, "text")} })
	panel := rapid.Custom(func(t *rapid.T) StackPanel {
		return StackPanel{words.Draw(t, "name"), rapid.SliceOfN(series, 0, 10).Draw(t, "series"),
			rapid.SliceOfN(line, 0, 5).Draw(t, "lines"), rapid.SliceOfN(mark, 0, 8).Draw(t, "marks"), seconds.Draw(t, "peak")}
	})
	band := rapid.Custom(func(t *rapid.T) Band {
		from := seconds.Draw(t, "from")
		return Band{from, min(maxSeconds, from+seconds.Draw(t, "width")), words.Draw(t, "text")}
	})
	return rapid.Custom(func(t *rapid.T) Stacks {
		return Stacks{words.Draw(t, "title"), words.Draw(t, "subtitle"), seconds.Draw(t, "end"), words.Draw(t, "unit"),
			rapid.SliceOfN(panel, 0, 10).Draw(t, "panels"), rapid.SliceOfN(band, 0, 9).Draw(t, "bands")}
	})
}

func TestAnyStacksDraw(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { checkPicture(t, stacksOf(t, stacks().Draw(t, "stacks"))) })
}
