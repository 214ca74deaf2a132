package plot

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func forestOf(t tb, f Forest) Picture { t.Helper(); p, err := DrawForest(f); return drawn(t, p, err) }
func linesOf(t tb, l Lines) Picture   { t.Helper(); p, err := DrawLines(l); return drawn(t, p, err) }
func heatsOf(t tb, h Heats) Picture   { t.Helper(); p, err := DrawHeats(h); return drawn(t, p, err) }
func paretoOf(t tb, x Pareto) Picture { t.Helper(); p, err := DrawPareto(x); return drawn(t, p, err) }
func multiplesOf(t tb, m Multiples) Picture {
	t.Helper()
	p, err := DrawMultiples(m)
	return drawn(t, p, err)
}

func drawn(t tb, p Picture, err error) Picture {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// experimentPictures are all samples whose name has a part in it.
func experimentPictures(t tb, part string) map[string]Picture {
	t.Helper()
	all := map[string]Picture{}
	add := func(name string, draw func() Picture) {
		if strings.Contains(name, part) {
			all[name] = draw()
		}
	}
	for name, x := range forestSamples() {
		add(name, func() Picture { return forestOf(t, x) })
	}
	for name, x := range lineSamples() {
		add(name, func() Picture { return linesOf(t, x) })
	}
	for name, x := range heatSamples() {
		add(name, func() Picture { return heatsOf(t, x) })
	}
	for name, x := range paretoSamples() {
		add(name, func() Picture { return paretoOf(t, x) })
	}
	for name, x := range multipleSamples() {
		add(name, func() Picture { return multiplesOf(t, x) })
	}
	return all
}

// TestShowExperiments writes the samples to the directory PLOT_SHOW, for people
// to look at; PLOT_ONLY is a part of their names.
func TestShowExperiments(t *testing.T) {
	dir := os.Getenv("PLOT_SHOW")
	if dir == "" {
		t.Skip("PLOT_SHOW is not set")
	}
	for name, p := range experimentPictures(t, os.Getenv("PLOT_ONLY")) {
		t.Logf("%s: %s", name, p.Alt())
		for ext, data := range map[string][]byte{".png": pngOf(t, p), ".svg": svgOf(t, p)} {
			if err := os.WriteFile(filepath.Join(dir, name+ext), data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestExperimentsAreWellMade(t *testing.T) {
	again := experimentPictures(t, "")
	for name, p := range experimentPictures(t, "") {
		for _, problem := range misplaced(p) {
			t.Errorf("%s: %s", name, problem)
		}
		svg := svgOf(t, p)
		wellFormed(t, svg)
		if len(svg) > 800e3 {
			t.Errorf("%s: SVG of %d bytes", name, len(svg))
		}
		if !bytes.Equal(svg, svgOf(t, again[name])) {
			t.Errorf("%s: drawn twice, it differs", name)
		}
		if alt := p.Alt(); !strings.HasSuffix(alt, ".") || strings.Contains(alt, "NaN") {
			t.Errorf("%s: description %q", name, alt)
		}
	}
}

// TestExperimentsFitTheDisk: the PNG of the largest picture stays small.
func TestExperimentsFitTheDisk(t *testing.T) {
	for name, p := range experimentPictures(t, "many-forest") {
		if n := len(pngOf(t, p)); n > 600e3 || n < 5000 {
			t.Errorf("%s: PNG of %d bytes", name, n)
		}
	}
}

func TestExperimentsSayWhatTheyShow(t *testing.T) {
	for name, want := range map[string][]string{
		"strategies-forest": {"cost_usd", "$92.10 in spread-az; differences in $", "binpack-memory", "−$13.80", "−15 %", "[−14.90, −12.60]",
			"+26 s", "[+21, +33]", "← better", "worse →", "← less", "equal", "in every seed", "not clear: the 95 % interval contains 0"},
		"pair-forest":        {"no interval: too few seeds", "no interval", "no value", "no value in none; differences in %", "+$0.41", "+13 %"},
		"many-forest":        {"Left out: 3 more metrics.", "Left out: 18 more variants."},
		"no-forest":          {"nothing was compared", "Nothing to compare with."},
		"fleet-lines":        {"mean", "95 % interval", "task_wait_s.p95 (minutes)", "instances of provider main", "24", "binpack(memory)"},
		"strategy-lines":     {"cost_usd ($)", "FARGATE_SPOT", "random", "80"},
		"many-lines":         {"Left out: 2 more lines.", "8,192", "family-h"},
		"odd-lines":          {"1e+27"},
		"gap-lines":          {"nothing was recorded"},
		"point-lines":        {"4", "cost_usd ($)"},
		"fleet-heat":         {"best", "an expectation does not hold", "no value", "cost_usd ($)", "18.36", "8.16", "111", "→ capacity_providers.main.instances", "Smallest that holds: 9 × c5.large."},
		"fine-heat":          {"logarithmic", "5800", "50"},
		"zones-heat":         {"zones = 3", "jobs.batch.refused_fraction (%)", "60"},
		"many-heat":          {"Left out: 2 more maps."},
		"odd-heat":           {"Left out: 20 more columns.", "Left out: 10 more rows."},
		"cell-heat":          {"$3.20 in all cells", "3.20"},
		"fleet-pareto":       {"front: no other is better on both", "base", "others", "95 % interval", "↓ better", "← better", "8 × m5.large, binpack(memory)", "8 × m5.large, random"},
		"log-pareto":         {"cost_usd ($), logarithmic", "services.web.dropped_fraction (%), logarithmic", "0.1", "EC2 7"},
		"tight-pareto":       {"Left out: 200 more points beside the front."},
		"point-pareto":       {"the only one"},
		"none-pareto":        {"nothing was recorded", "No run was complete."},
		"strategy-multiples": {"spread-az", "memory", "GiB", "peak 51 %", "peak 7", "not in this variant", "elapsed time (hh:mm)"},
		"many-multiples":     {"Left out: 2 more variants.", "Left out: 3 more resources.", "190 of 180", "…esired_count = 10", "above capacity"},
	} {
		pictures := experimentPictures(t, name)
		if len(pictures) != 1 {
			t.Fatalf("%d samples are called %s", len(pictures), name)
		}
		texts := textsOf(pictures[name])
		for _, w := range want {
			if count(texts, w) == 0 {
				t.Errorf("%s does not say %q: %q", name, w, texts)
			}
		}
	}
}

func TestExperimentsDescribeThemselves(t *testing.T) {
	for name, want := range map[string]string{
		"point-lines":   "cost_usd ($) over instances: web from $3.00 to $3.00.",
		"fleet-heat":    "cost_usd over capacity_providers.main.instances and capacity_providers.main.instance_type: from $8.16 to $111; best $18.36 at 9 and c5.large.",
		"point-pareto":  "Trade-off of 1 variant between cost_usd ($) and task_wait_s.p95 (seconds); on the front: the only one ($3.00, 20 s).",
		"one-multiples": "Utilisation of 1 variant over 1 min; eni: base peak 100 %.",
		"zero-forest":   "Differences from a with 95 % intervals; unnamed: no clear difference.",
	} {
		if got := experimentPictures(t, name)[name].Alt(); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	alt := experimentPictures(t, "strategies-forest")["strategies-forest"].Alt()
	if want := "cost_usd: binpack-memory −$13.80 [−14.90, −12.60] (better); task_wait_s.p95: binpack-memory +26 s [+21, +33] (worse)"; !strings.Contains(alt, want) {
		t.Errorf("%q does not say %q", alt, want)
	}
}

func TestExperimentsRefuseWhatIsNoNumber(t *testing.T) {
	for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), 1e300} {
		gap := math.IsNaN(v) // where there may be no value
		bad := []float64{v}
		for _, c := range []struct {
			name string
			ok   bool
			err  func() error
		}{
			{"base", gap, func() error { _, err := DrawForest(Forest{Metrics: []ForestMetric{{Base: v}}}); return err }},
			{"diff", false, func() error { return forestError(ForestRow{Diff: v}) }},
			{"diff of all", false, func() error { return forestError(ForestRow{Diff: v, Equal: true}) }},
			{"unknown diff", gap, func() error { return forestError(ForestRow{Diff: v, Unknown: true}) }},
			{"low", false, func() error { return forestError(ForestRow{Low: v}) }},
			{"high", false, func() error { return forestError(ForestRow{High: v}) }},
			{"low of an unknown", true, func() error { return forestError(ForestRow{Low: v, Unknown: true}) }},
			{"share", true, func() error { return forestError(ForestRow{Relative: v}) }},
			{"x", false, func() error { _, err := DrawLines(Lines{Numeric: true, XValues: bad}); return err }},
			{"mean", gap, func() error { return linesError(LineSeries{Mean: bad}) }},
			{"low", gap, func() error { return linesError(LineSeries{Mean: []float64{1}, Low: bad, High: []float64{1}}) }},
			{"high", gap, func() error { return linesError(LineSeries{Mean: []float64{1}, Low: []float64{1}, High: bad}) }},
			{"cell", gap, func() error {
				_, err := DrawHeat(Heat{X: HeatAxis{"", []string{""}}, Y: HeatAxis{"", []string{""}}, Values: [][]float64{bad}})
				return err
			}},
			{"place", false, func() error { _, err := DrawPareto(Pareto{Points: []ParetoPoint{{X: v}}}); return err }},
			{"place", false, func() error { _, err := DrawPareto(Pareto{Points: []ParetoPoint{{Y: v}}}); return err }},
			{"interval", gap, func() error { _, err := DrawPareto(Pareto{Points: []ParetoPoint{{YHigh: v}}}); return err }},
			{"end", false, func() error { _, err := DrawMultiples(Multiples{End: v}); return err }},
			{"used", false, func() error {
				_, err := DrawMultiples(Multiples{Panels: []MultiplePanel{{"", []MultipleRow{{Used: []Step{{Mean: v}}}}}}})
				return err
			}},
			{"capacity", false, func() error {
				_, err := DrawMultiples(Multiples{Panels: []MultiplePanel{{"", []MultipleRow{{Capacity: []Step{{Mean: v}}}}}}})
				return err
			}},
		} {
			if err := c.err(); (err == nil) != c.ok {
				t.Errorf("%s of %v: %v", c.name, v, err)
			}
		}
	}
}

func forestError(r ForestRow) error {
	_, err := DrawForest(Forest{Metrics: []ForestMetric{{Rows: []ForestRow{r}}}})
	return err
}

func linesError(s LineSeries) error {
	_, err := DrawLines(Lines{XLabels: []string{"a"}, Series: []LineSeries{s}})
	return err
}

func TestExperimentsNameWhatIsWrong(t *testing.T) {
	_, better := DrawForest(Forest{Metrics: []ForestMetric{{Name: "cost_usd", Better: "less"}}})
	_, row := DrawForest(Forest{Metrics: []ForestMetric{{Name: "cost_usd", Rows: []ForestRow{{Variant: "b", Low: math.Inf(1)}}}}})
	_, labels := DrawLines(Lines{Numeric: true, XValues: []float64{1, 2}, XLabels: []string{"1"}})
	_, cells := DrawHeat(Heat{X: HeatAxis{"x", []string{"1", "2"}}, Y: HeatAxis{"y", []string{"1"}}, Values: [][]float64{{1}}})
	_, rows := DrawHeats(Heats{Heats: []Heat{{}, {Title: "b", Values: [][]float64{{1}}}}})
	_, hatched := DrawHeat(Heat{X: HeatAxis{"x", []string{"1"}}, Y: HeatAxis{"y", []string{"1"}}, Values: [][]float64{{1}}, Infeasible: [][]bool{{}}})
	_, point := DrawPareto(Pareto{Points: []ParetoPoint{{Label: "a", X: math.Inf(-1)}}})
	for _, c := range []struct {
		err  error
		want string
	}{
		{better, `drawing differences: metric 0 (cost_usd): better is "less" (allowed: "lower", "higher" or nothing)`},
		{row, "drawing differences: metric 0 (cost_usd): row 0 (b): interval: cannot draw +Inf (allowed: -1e+30 to 1e+30)"},
		{labels, "drawing lines: x: 1 labels of 2 values"},
		{linesError(LineSeries{Name: "a"}), "drawing lines: series 0 (a): mean: 0 values for 1 x"},
		{linesError(LineSeries{Name: "a", Mean: []float64{1}, Low: []float64{1}}), "drawing lines: series 0 (a): has one bound of its interval, needs both or none"},
		{cells, "drawing heat: map: row 0: 1 values for 2 labels of x"},
		{rows, "drawing heat: map 1 (b): 1 rows of values for 0 labels of y"},
		{hatched, "drawing heat: map: row 0: 0 infeasible cells for 1 values"},
		{point, "drawing a trade-off: point 0 (a): cannot draw -Inf (allowed: -1e+30 to 1e+30)"},
	} {
		if c.err == nil || c.err.Error() != c.want {
			t.Errorf("error is %v, want %s", c.err, c.want)
		}
	}
}

// checkExperiment is what holds for every picture of an experiment.
func checkExperiment(t *rapid.T, p Picture) {
	for _, problem := range misplaced(p) {
		t.Fatal(problem)
	}
	svg := svgOf(t, p)
	wellFormed(t, svg)
	if bytes.Contains(svg, []byte("NaN")) || bytes.Contains(svg, []byte("Inf")) {
		t.Fatal("NaN or Inf in the SVG")
	}
	if rapid.IntRange(0, 99).Draw(t, "png") == 0 && len(pngOf(t, p)) < 1000 {
		t.Fatal("empty PNG")
	}
}

var (
	signed = rapid.OneOf(rapid.SampledFrom([]float64{0, -5e-324, 1e-9, -1, 0.5, 60, -86400, 1e12, maxValue, -maxValue}), rapid.Float64Range(-9000, 9000))
	gaps   = rapid.OneOf(signed, rapid.Just(math.NaN()))
	units  = rapid.OneOf(rapid.SampledFrom([]string{"", "s", "USD", "share", "MiB", "units", "tasks", "個"}), words)
)

func TestAnyForestDraws(t *testing.T) {
	row := rapid.Custom(func(t *rapid.T) ForestRow {
		r := ForestRow{words.Draw(t, "variant"), signed.Draw(t, "diff"), signed.Draw(t, "low"), signed.Draw(t, "high"), gaps.Draw(t, "share"),
			rapid.Bool().Draw(t, "equal"), rapid.Bool().Draw(t, "unknown")}
		if r.Unknown {
			r.Diff = gaps.Draw(t, "perhaps")
		}
		return r
	})
	metric := rapid.Custom(func(t *rapid.T) ForestMetric {
		return ForestMetric{words.Draw(t, "name"), units.Draw(t, "unit"), gaps.Draw(t, "base"), rapid.SampledFrom([]string{"", "lower", "higher"}).Draw(t, "better"),
			rapid.SliceOfN(row, 0, 12).Draw(t, "rows")}
	})
	rapid.Check(t, func(t *rapid.T) {
		checkExperiment(t, forestOf(t, Forest{words.Draw(t, "title"), words.Draw(t, "subtitle"), words.Draw(t, "base"), rapid.SliceOfN(metric, 0, 8).Draw(t, "metrics"), words.Draw(t, "remark")}))
	})
}

func TestAnyLinesDraw(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 50).Draw(t, "x")
		several := func(g *rapid.Generator[float64], name string) []float64 { return rapid.SliceOfN(g, n, n).Draw(t, name) }
		l := Lines{Title: words.Draw(t, "title"), X: words.Draw(t, "x"), Name: words.Draw(t, "name"), Unit: units.Draw(t, "unit"),
			Numeric: rapid.Bool().Draw(t, "numeric"), XValues: several(signed, "xs"), Remark: words.Draw(t, "remark")}
		if !l.Numeric || rapid.Bool().Draw(t, "labelled") {
			l.XLabels = rapid.SliceOfN(words, n, n).Draw(t, "labels")
		}
		for range rapid.IntRange(0, 10).Draw(t, "series") {
			s := LineSeries{Name: words.Draw(t, "name"), Mean: several(gaps, "mean")}
			if rapid.Bool().Draw(t, "interval") {
				s.Low, s.High = several(gaps, "low"), several(gaps, "high")
			}
			l.Series = append(l.Series, s)
		}
		checkExperiment(t, linesOf(t, l))
	})
}

func TestAnyHeatsDraw(t *testing.T) {
	one := rapid.Custom(func(t *rapid.T) Heat {
		x, y := rapid.IntRange(0, 30).Draw(t, "columns"), rapid.IntRange(0, 12).Draw(t, "rows")
		h := Heat{Title: words.Draw(t, "title"), Name: words.Draw(t, "name"), Unit: units.Draw(t, "unit"),
			X:    HeatAxis{words.Draw(t, "x"), rapid.SliceOfN(words, x, x).Draw(t, "xs")},
			Y:    HeatAxis{words.Draw(t, "y"), rapid.SliceOfN(words, y, y).Draw(t, "ys")},
			Best: [2]int{rapid.IntRange(-2, 40).Draw(t, "best row"), rapid.IntRange(-2, 40).Draw(t, "best column")}}
		marked := rapid.Bool().Draw(t, "marked")
		for range y {
			h.Values = append(h.Values, rapid.SliceOfN(gaps, x, x).Draw(t, "values"))
			if marked {
				h.Infeasible = append(h.Infeasible, rapid.SliceOfN(rapid.Bool(), x, x).Draw(t, "infeasible"))
			}
		}
		return h
	})
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.SampledFrom([]int{0, 1, 1, 1, 2, 3, 5, 14}).Draw(t, "maps")
		checkExperiment(t, heatsOf(t, Heats{words.Draw(t, "title"), words.Draw(t, "subtitle"), rapid.SliceOfN(one, n, n).Draw(t, "heats"), words.Draw(t, "remark")}))
	})
}

func TestAnyParetoDraws(t *testing.T) {
	point := rapid.Custom(func(t *rapid.T) ParetoPoint {
		return ParetoPoint{words.Draw(t, "label"), signed.Draw(t, "x"), signed.Draw(t, "y"), gaps.Draw(t, "x low"), gaps.Draw(t, "x high"), gaps.Draw(t, "y low"), gaps.Draw(t, "y high"),
			rapid.Bool().Draw(t, "front"), rapid.Bool().Draw(t, "base"), rapid.Bool().Draw(t, "feasible")}
	})
	rapid.Check(t, func(t *rapid.T) {
		checkExperiment(t, paretoOf(t, Pareto{words.Draw(t, "title"), words.Draw(t, "subtitle"), words.Draw(t, "x"), units.Draw(t, "x unit"), words.Draw(t, "y"), units.Draw(t, "y unit"),
			rapid.SliceOfN(point, 0, 40).Draw(t, "points"), words.Draw(t, "remark")}))
	})
}

func TestAnyMultiplesDraw(t *testing.T) {
	row := rapid.Custom(func(t *rapid.T) MultipleRow {
		return MultipleRow{words.Draw(t, "resource"), units.Draw(t, "unit"), steps().Draw(t, "used"), steps().Draw(t, "capacity")}
	})
	variant := rapid.Custom(func(t *rapid.T) MultiplePanel {
		return MultiplePanel{words.Draw(t, "variant"), rapid.SliceOfN(row, 0, 5).Draw(t, "rows")}
	})
	rapid.Check(t, func(t *rapid.T) {
		checkExperiment(t, multiplesOf(t, Multiples{words.Draw(t, "title"), words.Draw(t, "subtitle"), seconds.Draw(t, "end"), rapid.SliceOfN(variant, 0, 8).Draw(t, "variants"), words.Draw(t, "remark")}))
	})
}
