package plot

import (
	"bytes"
	"image"
	"image/color"
	"math"
	"slices"
	"testing"

	"gonum.org/v1/plot/vg"
	"pgregory.net/rapid"
)

func TestIntervalsAreJudgedByZero(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		row    ForestRow
		better string
		want   verdict
	}{
		{ForestRow{Diff: -2, Low: -3, High: -1}, "lower", better},
		{ForestRow{Diff: -2, Low: -3, High: -1}, "higher", worse},
		{ForestRow{Diff: -2, Low: -3, High: -1}, "", different},
		{ForestRow{Diff: 2, Low: 1, High: 3}, "lower", worse},
		{ForestRow{Diff: 2, Low: 1, High: 3}, "higher", better},
		{ForestRow{Diff: 2, Low: 3, High: 1}, "higher", better}, // bounds the wrong way round
		{ForestRow{Diff: 2, Low: 0, High: 3}, "higher", unclear},
		{ForestRow{Diff: -2, Low: -3, High: 0}, "lower", unclear},
		{ForestRow{Diff: 1, Low: -1, High: 3}, "", unclear},
		{ForestRow{Diff: -3, Equal: true, Low: -9, High: 9}, "lower", better},
		{ForestRow{Diff: 3, Equal: true}, "", different},
		{ForestRow{Equal: true, Low: 1, High: 2}, "lower", same},
		{ForestRow{Diff: 4, Unknown: true, Low: 3, High: 5}, "lower", unknown},
		{ForestRow{Diff: 4, Unknown: true, Equal: true}, "lower", unknown},
		{ForestRow{Diff: nan, Unknown: true}, "lower", missing},
	} {
		if got := judge(c.row, c.better); got != c.want {
			t.Errorf("%+v, better %q: verdict %d, want %d", c.row, c.better, got, c.want)
		}
	}
}

// TestOnlyWhatIsWorseHasTheAlarmColour: better is blue, unclear grey.
func TestOnlyWhatIsWorseHasTheAlarmColour(t *testing.T) {
	f := Forest{Metrics: []ForestMetric{{Name: "cost_usd", Better: "lower", Rows: []ForestRow{{Variant: "b", Diff: -2, Low: -3, High: -1}, {Variant: "c", Diff: 0, Low: -1, High: 1}}}}}
	got := coloursOf(t, forestOf(t, f))
	if got[okabeVermillion] > 0 || got[okabeBlue] < 300 {
		t.Errorf("%d pixels of alarm where nothing is worse, %d of what is better", got[okabeVermillion], got[okabeBlue])
	}
	f.Metrics[0].Better = "higher"
	got = coloursOf(t, forestOf(t, f))
	if got[okabeVermillion] < 300 || got[okabeBlue] > 0 {
		t.Errorf("%d pixels of alarm where one is worse, %d of what is better", got[okabeVermillion], got[okabeBlue])
	}
}

// TestShadesKeepTheirOrderInGrey: every shade is darker than the one before,
// and a number on it can be read.
func TestShadesKeepTheirOrderInGrey(t *testing.T) {
	for level := range heatLevels {
		c := heatShade(level)
		if level > 0 && luminance(c) >= luminance(heatShade(level-1)) {
			t.Errorf("shade %d is no darker than the one before", level)
		}
		if r := contrast(c, readable(c)); r < 4.5 {
			t.Errorf("a number on shade %d has a contrast of %.1f", level, r)
		}
		if r := contrast(heatLines(level), c); r < 1.8 {
			t.Errorf("hatching on shade %d has a contrast of %.1f", level, r)
		}
	}
	if r := contrast(heatShade(0), white); r < 1.1 {
		t.Errorf("the lightest shade cannot be told from paper: contrast %.2f", r)
	}
}

// TestCellsAreSharp: every cell has its own shade up to its border; nothing is
// blended with its neighbours.
func TestCellsAreSharp(t *testing.T) {
	h := fineHeat()
	h.Infeasible = nil
	s := newHeatSheet(one(h))
	img := decode(t, pngOf(t, heatsOf(t, one(h))))
	for y, row := range h.Values {
		for x, v := range row {
			b, want := s.maps[0].inner(y, x), heatShade(s.scale.level(v))
			for _, p := range []vg.Point{{X: b.x0, Y: b.y0}, {X: b.x1 - pixel, Y: b.y0}, {X: b.x0, Y: b.y1 - pixel}, {X: b.x1 - pixel, Y: b.y1 - pixel}} {
				if got := pixelOf(img, p); got != want {
					t.Fatalf("cell %d, %d has %v at its corner %v, want %v", y, x, got, p, want)
				}
			}
		}
	}
}

// TestCellsAreHatchedFramedAndNumbered where they should be.
func TestCellsAreHatchedFramedAndNumbered(t *testing.T) {
	h := Heat{X: HeatAxis{"x", []string{"a", "b"}}, Y: HeatAxis{"y", []string{"c"}}, Values: [][]float64{{1, 2}}, Best: [2]int{-1, -1}}
	plain := coloursOf(t, heatsOf(t, one(h)))
	h.Infeasible = [][]bool{{true, false}}
	hatched := coloursOf(t, heatsOf(t, one(h)))
	lines := heatLines(0)
	if plain[lines] > 0 || hatched[lines] < 1000 {
		t.Errorf("%d pixels of hatching, %d without infeasible cells", hatched[lines], plain[lines])
	}
	h.Best = [2]int{0, 1}
	if framed := coloursOf(t, heatsOf(t, one(h))); framed[ink] < hatched[ink]+2000 {
		t.Errorf("the best cell has no frame: %d pixels, %d without", framed[ink], hatched[ink])
	}
	h.X.Labels, h.Values, h.Infeasible = nil, [][]float64{nil}, nil
	for i := range 60 {
		h.X.Labels, h.Values[0] = append(h.X.Labels, "a"), append(h.Values[0], 1000+float64(i))
	}
	if texts := textsOf(heatsOf(t, one(h))); count(texts, "1,030") > 0 {
		t.Errorf("numbers in cells that have no room for them: %q", texts)
	}
}

// TestNumbersAreDrawnInTheirOrder: the order in which a sweep lists its values does not show.
func TestNumbersAreDrawnInTheirOrder(t *testing.T) {
	l := fleetLines()
	want := svgOf(t, linesOf(t, l))
	slices.Reverse(l.XValues)
	for i := range l.Series {
		s := &l.Series[i]
		for _, part := range [][]float64{s.Mean, s.Low, s.High} {
			slices.Reverse(part)
		}
	}
	if !bytes.Equal(svgOf(t, linesOf(t, l)), want) {
		t.Error("a sweep listed backwards is drawn differently")
	}
}

func TestBandsEndWhereValuesAreMissing(t *testing.T) {
	known := func(places ...int) (out []linePoint) {
		for _, p := range places {
			out = append(out, linePoint{place: max(p, -p), known: p >= 0})
		}
		return out
	}
	for _, c := range []struct {
		points []linePoint
		want   []int // lengths of the bands
	}{
		{nil, nil}, {known(0), nil}, {known(0, 1, 2), []int{3}}, {known(0, 1, 3, 4, 5), []int{2, 3}}, {known(0, 1, -2, 3, 4), []int{2, 2}}, {known(0, 2, 4), nil},
		{known(0, -1, 2), nil}, {known(-1, 2, 3), []int{2}},
	} {
		var got []int
		for _, run := range bandRuns(c.points) {
			got = append(got, len(run))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%v: bands over %v points, want %v", c.points, got, c.want)
		}
	}
}

// TestFrontIsBelowEveryOther: no point lies to the lower left of the stairs.
func TestFrontIsBelowEveryOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 40).Draw(t, "points")
		p := Pareto{}
		for range n {
			p.Points = append(p.Points, ParetoPoint{X: rapid.Float64Range(1, 5000).Draw(t, "x"), Y: float64(rapid.IntRange(0, 50).Draw(t, "y")), Feasible: true})
		}
		markFront(p.Points)
		s := newParetoSheet(p)
		stairs := s.stairs()
		for i := 1; i < len(stairs); i++ {
			if a, b := stairs[i-1], stairs[i]; b.X < a.X || b.Y < a.Y || a.X != b.X && a.Y != b.Y {
				t.Fatalf("stairs from %v to %v", a, b) // y grows downwards
			}
		}
		for _, q := range p.Points {
			at, y := s.at(q), s.frame.y0
			for _, step := range s.front() {
				if step.X <= at.X {
					y = step.Y
				}
			}
			if at.Y > y+0.01 {
				t.Fatalf("%v lies below the front, which is at %v there", at, y)
			}
		}
	})
}

func TestAxesAreLogarithmicWhereLinearOnesWouldHide(t *testing.T) {
	for _, c := range []struct {
		low, high float64
		want      bool
	}{{1, 100, false}, {1, 101, true}, {0, 1e6, false}, {-1, 1e6, false}, {5e-324, 1e30, false}, {1e-3, 1, true}} {
		p := Pareto{Points: []ParetoPoint{{X: c.low, Y: 1}, {X: c.high, Y: 1}}}
		if got := newParetoSheet(p).x.log; got != c.want {
			t.Errorf("from %v to %v: logarithmic is %v", c.low, c.high, got)
		}
	}
}

// TestAxesHoldWhatTheyShow: values keep their order and stay between the ends,
// ticks differ from each other.
func TestAxesHoldWhatTheyShow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(signed, 1, 6).Draw(t, "values")
		var r reach
		r.add(values...)
		m := newMeasure(units.Draw(t, "unit"), r.top())
		a := newNumberAxis(100, 500, r.roomy(), m, rapid.IntRange(1, 9).Draw(t, "ticks"))
		if r.wide() && rapid.Bool().Draw(t, "log") {
			a = newLogAxis(100, 500, r, m, 8)
		}
		slices.Sort(values)
		last := vg.Length(99)
		for _, v := range values {
			x := a.pos(v)
			if !(x >= 100 && x <= 500 && x >= last) {
				t.Fatalf("%v is at %v, after %v", v, x, last)
			}
			last = x
		}
		for i, tick := range a.ticks {
			if x := a.pos(tick.at); !(x >= 100 && x <= 500) {
				t.Fatalf("tick %v is at %v", tick, x)
			}
			if i > 0 && (tick.at <= a.ticks[i-1].at || tick.label == a.ticks[i-1].label) {
				t.Fatalf("tick %v after %v", tick, a.ticks[i-1])
			}
		}
	})
}

func TestNumbersAreWrittenInTheirUnit(t *testing.T) {
	for _, c := range []struct {
		unit           string
		top, v         float64
		text, bare, by string
	}{
		{"s", 100, -41, "−41 s", "−41", "−41 s"},
		{"s", 600, 90, "1.5 min", "1.5", "+1.5 min"},
		{"s", 20000, 9000, "2.5 h", "2.5", "+2.5 h"},
		{"s", 1e6, 0, "0 d", "0", "0 d"},
		{"USD", 92, -13.8, "−$13.80", "−13.80", "−$13.80"},
		{"USD", 9200, 1234.5, "$1,234", "1,234", "+$1,234"},
		{"$", 1, 0.0042, "$0.0042", "0.0042", "+$0.0042"},
		{"share", 1, 0.153, "15.3 %", "15.3", "+15.3 %"},
		{"MiB", 1 << 14, 1 << 13, "8 GiB", "8", "+8 GiB"},
		{"units", 512, 256, "256 units", "256", "+256 units"},
		{"", 5, 3, "3", "3", "+3"},
	} {
		m := newMeasure(c.unit, c.top)
		if text, bare, by := m.text(c.v), m.bare(c.v), m.change(c.v); text != c.text || bare != c.bare || by != c.by {
			t.Errorf("%v %s: %q, %q, %q, want %q, %q, %q", c.v, c.unit, text, bare, by, c.text, c.bare, c.by)
		}
	}
	for share, want := range map[float64]string{0: "", -0.15: "−15 %", 0.0043: "+0.4 %", 0.02: "+2 %", 1e-9: "< 0.1 %", -3e5: "> 1,000,000 %", 1.583: "+158 %"} {
		if got := changedShare(share); got != want {
			t.Errorf("a share of %v is %q, want %q", share, got, want)
		}
	}
}

func TestLongPathsKeepTheirEnd(t *testing.T) {
	const path = "capacity_providers.main.instance_type"
	got := bodyText.fitEnd(path, 100)
	if bodyText.width(got) > 100 || !bytes.HasSuffix([]byte(path), []byte(got[len("…"):])) || len(got) < 15 {
		t.Errorf("%s became %s", path, got)
	}
	if got := bodyText.fitEnd(path, 1000); got != path {
		t.Errorf("%s became %s though there is room", path, got)
	}
}

// TestVariantsShareAScale: a row of small multiples has one value axis.
func TestVariantsShareAScale(t *testing.T) {
	s := newMultipleSheet(Multiples{Panels: []MultiplePanel{
		{"a", []MultipleRow{{"memory", "MiB", flat(60, 100), flat(60, 200)}, {"eni", "ENIs", flat(60, 2), nil}}},
		{"b", []MultipleRow{{"eni", "ENIs", flat(60, 9), nil}, {"memory", "MiB", flat(60, 1<<14), flat(60, 1<<15)}}}}})
	if len(s.rows) != 2 || s.rows[0].name != "memory" || s.rows[0].unit != "GiB" || s.rows[1].name != "eni" {
		t.Fatalf("rows are %+v", s.rows)
	}
	for _, row := range s.rows {
		if a, b := row.cells[0], row.cells[1]; a.top != b.top || a.unit != b.unit || a.top != row.scale.top || a.top < 9 {
			t.Errorf("%s: scales up to %v and %v, of the row %v", row.name, a.top, b.top, row.scale.top)
		}
	}
}

// TestFrontIsDrawnOverOthers: pale points never hide it.
func TestFrontIsDrawnOverOthers(t *testing.T) {
	p := Pareto{Points: []ParetoPoint{{X: 1, Y: 1, Front: true, Feasible: true}}}
	for range 9 {
		p.Points = append(p.Points, ParetoPoint{X: 1, Y: 1, Feasible: true})
	}
	s := newParetoSheet(p)
	img, at := decode(t, pngOf(t, paretoOf(t, p))), s.at(p.Points[0])
	if c := pixelOf(img, at); c != okabeBlue {
		t.Errorf("the point of the front is %v", c)
	}
}

func pixelOf(img image.Image, at vg.Point) color.NRGBA {
	r, g, b, _ := img.At(int(math.Round(float64(at.X/pixel))), int(math.Round(float64(at.Y/pixel)))).RGBA()
	return color.NRGBA{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8), 0xFF}
}
