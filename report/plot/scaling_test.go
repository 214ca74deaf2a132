package plot

import (
	"bytes"
	"cmp"
	"image/color"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg"
	"pgregory.net/rapid"
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

func TestScalingSaysWhatItShows(t *testing.T) {
	for name, want := range map[string][]string{
		"burst-scaling": {"web: load", "requests/s; peak 1,348,", "5 % dropped", "web: latency", "milliseconds; lowest 80, peak 480",
			"web: ECSServiceAverageCPUUtilization", "target, alarm 60", "alarm 54", "web: tasks", "peak 24 running, 8 waiting", "min 4", "max 24",
			"6 scale-outs", "1 scale-in", "main: instances", "peak 6 in service", "max 6", "main: CapacityProviderReservation", "target 100",
			"cost", "$ per hour; peak 0.401", "m5.large Spot", "TV spot"},
		"week-scaling": {"web: metrics", "MemoryUtilization", "target 75", "max 60 ↑", "others", "Items below $0.001 an hour are not shown.",
			"Left out: 1 more service, 1 more group.", "461 of 933 decisions have a triangle of their own; the others were within 1 h 36 min of one.",
			"Where more changed within 33 min, the lowest and the highest sum are drawn.",
			"Lines are means; the pale bands behind them reach from the lowest to the highest."},
		"queue-scaling":   {"Left out: 1 more metric, 2 more thresholds.", "max 100 ↑", "seconds; peak 1.29"},
		"point-scaling":   {"web: load", "main: instances", "target 60 ↑", "1 scale-out"},
		"fargate-scaling": {"$ per hour; peak 0.0247", "max 400 ↑", "Fargate memory"},
		"zero-scaling":    {"requests/s; peak 0", "peak 0 running"},
		"no-scaling":      {"nothing was recorded"},
		"odd-scaling":     {"metrics", "906 scale-outs"},
	} {
		texts := textsOf(scalingOf(t, scalingSamples()[name]))
		for _, w := range want {
			if count(texts, w) == 0 && (name != "odd-scaling" || !strings.Contains(strings.Join(texts, "\n"), w)) {
				t.Errorf("%s does not say %q: %q", name, w, texts)
			}
		}
	}
}

// TestPanelsWithoutDataAreLeftOut: every panel goes with the data it shows.
func TestPanelsWithoutDataAreLeftOut(t *testing.T) {
	all := []string{"web: load", "web: latency", "web: ECSServiceAverageCPUUtilization", "web: tasks", "main: instances", "main: CapacityProviderReservation", "cost"}
	for _, c := range []struct {
		gone string
		drop func(*Scaling, *ScalingService, *ScalingGroup)
	}{
		{"", func(*Scaling, *ScalingService, *ScalingGroup) {}},
		{"web: load", func(_ *Scaling, s *ScalingService, _ *ScalingGroup) { s.Offered, s.Served, s.Dropped = nil, nil, nil }},
		{"web: latency", func(_ *Scaling, s *ScalingService, _ *ScalingGroup) { s.Latency = nil }},
		{"web: latency", func(_ *Scaling, s *ScalingService, _ *ScalingGroup) {
			s.Latency = []Step{{0, 60, 1, 1, 1}, {60, 60, 2, 2, 2}}
		}},
		{"web: ECSServiceAverageCPUUtilization", func(_ *Scaling, s *ScalingService, _ *ScalingGroup) { s.Metrics[0].Values = nil }},
		{"web: tasks", func(_ *Scaling, s *ScalingService, _ *ScalingGroup) { s.Desired, s.Running, s.Waiting = nil, nil, nil }},
		{"main: instances", func(_ *Scaling, _ *ScalingService, g *ScalingGroup) {
			g.Desired, g.InService, g.Booting, g.Leaving = nil, nil, nil, nil
		}},
		{"main: CapacityProviderReservation", func(_ *Scaling, _ *ScalingService, g *ScalingGroup) { g.Reservation = nil }},
		{"cost", func(s *Scaling, _ *ScalingService, _ *ScalingGroup) { s.Costs = nil }},
	} {
		s := burstScaling()
		c.drop(&s, &s.Services[0], &s.Groups[0])
		texts := textsOf(scalingOf(t, s))
		for _, name := range all {
			if got, want := count(texts, name) == 1, name != c.gone; got != want {
				t.Errorf("without %q: panel %q drawn: %v", c.gone, name, got)
			}
		}
	}
}

func TestOnlyWhatWasDroppedHasTheAlarmColour(t *testing.T) {
	s := burstScaling()
	if n := coloursOf(t, scalingOf(t, s))[okabeVermillion]; n < 2000 {
		t.Errorf("what was dropped has %d pixels", n)
	}
	s.Services[0].Dropped = nil
	got := coloursOf(t, scalingOf(t, s))
	if n := got[okabeVermillion]; n > 0 {
		t.Errorf("%d pixels of alarm where nothing was dropped", n)
	}
	for name, c := range map[string]color.NRGBA{"served": servedLook.colour, "there": thereLook.colour, "on its way": comingLook.colour, "desired": capColour} {
		if got[c] < 2000 {
			t.Errorf("%s: %d pixels", name, got[c])
		}
	}
}

// TestSurfacesOfScalingDifferWithoutColour: what shares a panel has different hatching.
func TestSurfacesOfScalingDifferWithoutColour(t *testing.T) {
	for _, panel := range [][]look{{servedLook, droppedLook}, {thereLook, comingLook, goingLook}} {
		seen := map[pattern]bool{}
		for _, l := range panel {
			if seen[l.hatch] {
				t.Errorf("%v has another's hatching", l)
			}
			seen[l.hatch] = true
		}
	}
}

func TestDecisionsTooCloseAreDrawnAsOne(t *testing.T) {
	axis := timeAxis{x0: 0, x1: 600, span: 600} // a point is a second
	for _, c := range []struct {
		times []float64
		want  []vg.Length
	}{
		{nil, nil},
		{[]float64{10, 30}, []vg.Length{10, 30}},
		{[]float64{30, 10, 12}, []vg.Length{10, 30}},
		{[]float64{10, 14, 18, 22}, []vg.Length{10, 18}},
	} {
		if got := spaced(c.times, axis); !slices.Equal(got, c.want) {
			t.Errorf("decisions at %v are drawn at %v, want %v", c.times, got, c.want)
		}
	}
}

// TestRulesKeepApart: labels are in the panel, in their order, never touching,
// and stay where they belong if there is room.
func TestRulesKeepApart(t *testing.T) {
	if got := apart([]vg.Length{0, 20, 46}, 0, 46); !slices.Equal(got, []vg.Length{0, 20, 46}) {
		t.Errorf("labels with room are at %v", got)
	}
	rapid.Check(t, func(t *rapid.T) {
		wanted := rapid.SliceOfN(rapid.Float64Range(100, 100+float64(shortestPanel)), 0, maxRules).Draw(t, "wanted")
		slices.Sort(wanted)
		var in []vg.Length
		for _, y := range wanted {
			in = append(in, vg.Length(y))
		}
		out := apart(in, 100, 100+shortestPanel)
		for i, y := range out {
			if y < 100-1e-9 || y > 100+shortestPanel+1e-9 || i > 0 && y < out[i-1]+ruleGap-1e-9 {
				t.Fatalf("%v are moved to %v", in, out)
			}
		}
	})
}

func TestRulesFarAboveTheDataAreOnlyNamed(t *testing.T) {
	for _, c := range []struct {
		target, limit float64
		want          float64 // top of the axis, without the room above
	}{{60, 20, 60}, {31, 14, 31}, {0, 15, 15}, {0, 16, 10}, {40, 40, 10}, {0, 0, 10}, {-1, -1, 10}} {
		p := newScalingPanel("", 1, nil, []layer[lineLook]{{name: "x", steps: flat(60, 10)}}, 60)
		if c.want == 60 {
			p = newScalingPanel("", 1, nil, []layer[lineLook]{{name: "x", steps: flat(60, 20)}}, 60)
		}
		p.addRule(c.target, "target", targetRule, aimFar)
		p.addRule(c.limit, "max", boundRule, boundFar)
		if c.target == 31 { // 3.1 times the data
			c.want = 14
		}
		if got := p.scaled().top / 1.07; math.Abs(got-c.want) > 1e-9 {
			t.Errorf("target %v, bound %v: the axis ends at %v, want %v", c.target, c.limit, got, c.want)
		}
	}
}

// TestCellsKeepExtremesAndVolume: what many steps add up to and how far they
// reach is the same after they are merged.
func TestCellsKeepExtremesAndVolume(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 2000).Draw(t, "steps")
		few := rapid.SliceOfN(rapid.Float64Range(0, 1000), 1, 12).Draw(t, "values")
		var steps []Step
		for i := range n {
			v := few[(i*i+i/7)%len(few)]
			steps = append(steps, Step{float64(i) * 10, 10, v, v, v})
		}
		end := float64(n) * 10
		merged := cells(steps, end)
		top, _ := extent(steps)
		low, high := math.Inf(1), 0.0
		for _, s := range merged {
			low, high = min(low, s.Min), max(high, s.Max)
			if !(s.Min <= s.Mean && s.Mean <= s.Max) {
				t.Fatalf("mean outside of the extremes: %v", s)
			}
		}
		if least := slices.MinFunc(steps, func(a, b Step) int { return cmp.Compare(a.Mean, b.Mean) }); low != least.Mean || high != top {
			t.Fatalf("reaches from %v to %v, want %v to %v", low, high, least.Mean, top)
		}
		if a, b := volume(steps, end), volume(merged, end); math.Abs(a-b) > 1e-6*a || len(merged) > maxColumns/2 {
			t.Fatalf("%d cells add up to %v, want %v", len(merged), b, a)
		}
	})
}

func TestCellsKeepGaps(t *testing.T) {
	var steps []Step
	for i := range 1000 {
		if i < 400 || i >= 600 {
			steps = append(steps, Step{float64(i), 1, 1, 1, 1})
		}
	}
	if n := len(runs(cells(steps, 1000))); n != 2 {
		t.Errorf("a metric with one gap is drawn in %d parts", n)
	}
}

func TestScalingRefusesWhatIsNoNumber(t *testing.T) {
	for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), -1, 1e300} {
		bad := []Step{{Mean: v}}
		for name, s := range map[string]Scaling{
			"end": {End: v}, "mark": {Marks: []Mark{{At: v}}}, "cost": {Costs: []CostSeries{{"x", bad}}},
			"offered": {Services: []ScalingService{{Offered: bad}}}, "served": {Services: []ScalingService{{Served: bad}}},
			"dropped": {Services: []ScalingService{{Dropped: bad}}}, "latency": {Services: []ScalingService{{Latency: bad}}},
			"desired": {Services: []ScalingService{{Desired: bad}}}, "running": {Services: []ScalingService{{Running: bad}}},
			"waiting": {Services: []ScalingService{{Waiting: bad}}}, "metric": {Services: []ScalingService{{Metrics: []ScalingMetric{{Values: bad}}}}},
			"outs": {Services: []ScalingService{{Outs: []float64{v}}}}, "ins": {Services: []ScalingService{{Ins: []float64{v}}}},
			"wanted": {Groups: []ScalingGroup{{Desired: bad}}}, "in service": {Groups: []ScalingGroup{{InService: bad}}},
			"booting": {Groups: []ScalingGroup{{Booting: bad}}}, "leaving": {Groups: []ScalingGroup{{Leaving: bad}}},
			"reservation": {Groups: []ScalingGroup{{Reservation: bad}}}, "group outs": {Groups: []ScalingGroup{{Outs: []float64{v}}}},
		} {
			if _, err := DrawScaling(s); err == nil {
				t.Errorf("scaling with %s %v was drawn", name, v)
			}
		}
		_, err := DrawScaling(Scaling{Services: []ScalingService{{Min: v, Max: v, Metrics: []ScalingMetric{{Target: v, Thresholds: []float64{v}}}}}, Groups: []ScalingGroup{{Max: v, Target: v}}})
		if (err == nil) != (v == -1) {
			t.Errorf("bounds of %v: %v", v, err)
		}
		if _, err := DrawLags(Lags{Phases: []string{"boot"}, Rows: []LagRow{{"x", []float64{v}}}}); err == nil {
			t.Errorf("a lag of %v was drawn", v)
		}
	}
	_, err := DrawScaling(Scaling{Services: []ScalingService{{Name: "web", Metrics: []ScalingMetric{{Name: "cpu", Thresholds: []float64{1, math.Inf(1)}}}}}})
	const want = "drawing scaling: service 0 (web): metric 0 (cpu): threshold 1: cannot draw +Inf (allowed: 0 to 1e+30)"
	if err == nil || err.Error() != want {
		t.Errorf("error is %q, want %q", err, want)
	}
}

func scalings() *rapid.Generator[Scaling] {
	times := rapid.SliceOfN(seconds, 0, 9)
	bounds := rapid.OneOf(values, rapid.Just(-1.0))
	metrics := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) ScalingMetric {
		return ScalingMetric{words.Draw(t, "name"), rapid.SampledFrom([]string{"", "%", "個", "messages"}).Draw(t, "unit"), steps().Draw(t, "values"),
			bounds.Draw(t, "target"), rapid.SliceOfN(bounds, 0, 7).Draw(t, "thresholds")}
	}), 0, 6)
	service := rapid.Custom(func(t *rapid.T) ScalingService {
		return ScalingService{Name: words.Draw(t, "name"), Unit: words.Draw(t, "unit"), Offered: steps().Draw(t, "offered"), Served: steps().Draw(t, "served"),
			Dropped: steps().Draw(t, "dropped"), Latency: steps().Draw(t, "latency"), Metrics: metrics.Draw(t, "metrics"),
			Desired: steps().Draw(t, "desired"), Running: steps().Draw(t, "running"), Waiting: steps().Draw(t, "waiting"),
			Min: bounds.Draw(t, "min"), Max: bounds.Draw(t, "max"), Outs: times.Draw(t, "outs"), Ins: times.Draw(t, "ins")}
	})
	group := rapid.Custom(func(t *rapid.T) ScalingGroup {
		return ScalingGroup{words.Draw(t, "name"), steps().Draw(t, "desired"), steps().Draw(t, "in service"), steps().Draw(t, "booting"),
			steps().Draw(t, "leaving"), steps().Draw(t, "reservation"), bounds.Draw(t, "target"), bounds.Draw(t, "max"), times.Draw(t, "outs"), times.Draw(t, "ins")}
	})
	cost := rapid.Custom(func(t *rapid.T) CostSeries { return CostSeries{words.Draw(t, "item"), steps().Draw(t, "cost")} })
	mark := rapid.Custom(func(t *rapid.T) Mark { return Mark{seconds.Draw(t, "at"), words.Draw(t, "text")} })
	return rapid.Custom(func(t *rapid.T) Scaling {
		return Scaling{words.Draw(t, "title"), words.Draw(t, "subtitle"), seconds.Draw(t, "end"),
			rapid.SliceOfN(service, 0, 4).Draw(t, "services"), rapid.SliceOfN(group, 0, 4).Draw(t, "groups"),
			rapid.SliceOfN(cost, 0, 11).Draw(t, "costs"), rapid.SliceOfN(mark, 0, 8).Draw(t, "marks"), words.Draw(t, "remark")}
	})
}

func TestAnyScalingDraws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := scalingOf(t, scalings().Draw(t, "scaling"))
		checkPicture(t, p)
		if svg := svgOf(t, p); bytes.Contains(svg, []byte("NaN")) || bytes.Contains(svg, []byte("Inf")) {
			t.Fatal("NaN or Inf in the SVG")
		}
	})
}
