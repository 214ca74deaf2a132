package plot

import (
	"bytes"
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestLagsSayWhatTheyShow(t *testing.T) {
	for name, want := range map[string][]string{
		"variants-lags": {"target tracking, empty group", "7 min 1 s", "detection 3 min", "boot 1 min 35 s", "30 s", "health", "0", "7 min"},
		"many-lags":     {"The 12 longest of 40; the others took 6 min 25 s at most.", "8 min 34 s"},
		"odd-lags":      {"others", "others 1 min 16 s", "15 s", "The 12 longest of 14; the others took 1 min 32 s at most."},
		"no-lags":       {"nothing was recorded"},
		"zero-lags":     {"web", "unnamed", "0 s"},
		"one-lag":       {"boot 0.25 s", "0.25 s", "0.2 s"},
		"hours-lags":    {"4 h 27 min", "0.5 h", "4 h", "20 s"},
	} {
		texts := textsOf(lagsOf(t, lagSamples()[name]))
		for _, w := range want {
			if count(texts, w) == 0 {
				t.Errorf("%s does not say %q: %q", name, w, texts)
			}
		}
	}
	if texts := textsOf(lagsOf(t, lagSamples()["hours-lags"])); count(texts, "boot") > 0 {
		t.Errorf("a phase that took no time is in the legend: %q", texts)
	}
}

func TestLongestLagIsOnTop(t *testing.T) {
	s := newLagSheet(Lags{Phases: []string{"boot", "pull"}, Rows: []LagRow{{"a", []float64{3}}, {"b", []float64{2, 2}}, {"c", []float64{0, 3}}, {"d", nil}}})
	order := ""
	for _, r := range s.rows {
		order += r.label
	}
	if order != "bacd" {
		t.Errorf("rows are drawn in the order %s", order)
	}
}

// TestPartsOfALagAddUp: the parts of a bar follow each other without gaps, as
// long as their time, and end at the total, whatever the number of phases.
func TestPartsOfALagAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 12).Draw(t, "phases")
		in := Lags{Phases: make([]string, n), Rows: []LagRow{{"a", rapid.SliceOfN(rapid.Float64Range(0, 500), n, n).Draw(t, "seconds")}}}
		s := newLagSheet(in)
		sum := 0.0
		for _, v := range in.Rows[0].Seconds {
			sum += v
		}
		boxes := make([][]box, len(s.phases))
		s.place(s.rows[0], 0, boxes)
		at, drawn := s.axis.x0, 0.0
		for i, of := range boxes {
			drawn += s.rows[0].parts[i]
			for _, b := range of {
				if math.Abs(float64(b.x0-at)) > 2*float64(pixel) || b.x1 <= b.x0 {
					t.Fatalf("part %d reaches from %v to %v, the one before ends at %v", i, b.x0, b.x1, at)
				}
				at = b.x1
			}
		}
		if math.Abs(drawn-sum) > 1e-9*sum || sum > 0 && math.Abs(float64(at-s.axis.x1)) > float64(n)*float64(pixel) {
			t.Fatalf("%v s are drawn as %v s, up to %v of %v", sum, drawn, at, s.axis.x1)
		}
	})
}

func TestLagText(t *testing.T) {
	for seconds, want := range map[float64]string{0: "0 s", 0.25: "0.25 s", 38: "38 s", 9.46: "9.46 s", 59.4: "59 s", 59.7: "1 min", 60: "1 min", 61: "1 min 1 s",
		252.4: "4 min 12 s", 3599.9: "1 h", 3660: "1 h 1 min", 3690: "1 h 2 min", 90000: "1 d 1 h"} {
		if got := lagText(seconds); got != want {
			t.Errorf("%v s are written %q, want %q", seconds, got, want)
		}
	}
}

func TestLagWithMoreNumbersThanPhasesIsRefused(t *testing.T) {
	_, err := DrawLags(Lags{Phases: []string{"boot"}, Rows: []LagRow{{"web", []float64{1, 2}}}})
	const want = "drawing lags: row 0 (web): has 2 phases, there are 1"
	if err == nil || err.Error() != want {
		t.Errorf("error is %q, want %q", err, want)
	}
}

func TestAnyLagsDraw(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := Lags{Title: words.Draw(t, "title"), Subtitle: words.Draw(t, "subtitle"), Phases: rapid.SliceOfN(words, 0, 11).Draw(t, "phases")}
		for i := range rapid.IntRange(0, 15).Draw(t, "rows") {
			of := fmt.Sprintf("row %d", i)
			in.Rows = append(in.Rows, LagRow{words.Draw(t, of), rapid.SliceOfN(seconds, 0, len(in.Phases)).Draw(t, of)})
		}
		p := lagsOf(t, in)
		checkPicture(t, p)
		if svg := svgOf(t, p); bytes.Contains(svg, []byte("NaN")) || bytes.Contains(svg, []byte("Inf")) {
			t.Fatal("NaN or Inf in the SVG")
		}
	})
}
