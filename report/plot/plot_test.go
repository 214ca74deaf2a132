package plot

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"image/color"
	"image/png"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestShow writes the samples to the directory PLOT_SHOW, for people to look at.
func TestShow(t *testing.T) {
	dir := os.Getenv("PLOT_SHOW")
	if dir == "" {
		t.Skip("PLOT_SHOW is not set")
	}
	write := func(name string, data []byte) {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, s := range samples() {
		for name, p := range s.pictures(t) {
			t.Logf("%s: %s", name, p.Alt())
			write(name+".png", pngOf(t, p))
			write(name+".svg", svgOf(t, p))
		}
	}
}

func (s sample) pictures(t tb) map[string]Picture {
	return map[string]Picture{
		s.name + "-used":   utilisationOf(t, s.utilisation),
		s.name + "-failed": failuresOf(t, s.failures),
	}
}

func TestTextsNeverTouchNorLeaveThePage(t *testing.T) {
	for _, s := range samples() {
		for name, p := range s.pictures(t) {
			for _, problem := range misplaced(p) {
				t.Errorf("%s: %s", name, problem)
			}
		}
	}
}

func TestFormats(t *testing.T) {
	for _, s := range samples() {
		for name, p := range s.pictures(t) {
			data := pngOf(t, p)
			if len(data) > 300e3 {
				t.Errorf("%s: PNG of %d bytes", name, len(data))
			}
			img, err := png.DecodeConfig(bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			w, h := p.Size()
			if img.Width != 2*w || math.Abs(float64(img.Height-2*h)) > 1 || w != 1200 {
				t.Errorf("%s: PNG is %d×%d, its size is said to be %d×%d", name, img.Width, img.Height, w, h)
			}
			svg := svgOf(t, p)
			wellFormed(t, svg)
			if !bytes.Contains(svg, []byte("<text ")) || !strings.HasSuffix(p.Alt(), ".") {
				t.Errorf("%s: no text in the SVG, or no description: %q", name, p.Alt())
			}
		}
	}
}

// coloursOf counts the pixels of each colour.
func coloursOf(t *testing.T, p Picture) map[color.NRGBA]int {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(pngOf(t, p)))
	if err != nil {
		t.Fatal(err)
	}
	count := map[color.NRGBA]int{}
	b := img.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			count[color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA)]++
		}
	}
	return count
}

func TestUsedAndCapacityAreToldApart(t *testing.T) {
	got := coloursOf(t, utilisationOf(t, eniCase()))
	for name, want := range map[string]color.NRGBA{"used": okabeBlue, "below used": usedTint,
		"capacity": capColour, "headroom": roomGrey, "page": white} {
		if got[want] < 2000 {
			t.Errorf("%s (%v): %d pixels", name, want, got[want])
		}
	}
	if n := got[okabeVermillion]; n > 0 {
		t.Errorf("%d pixels of alarm in a run within its limits", n)
	}
	if n := coloursOf(t, utilisationOf(t, oddCase()))[okabeVermillion]; n < 2000 {
		t.Errorf("use above capacity: %d pixels of alarm", n)
	}
}

func TestReasonsDifferInColourAndHatching(t *testing.T) {
	got := coloursOf(t, failuresOf(t, longFailures(time.Time{})))
	seen := map[look]bool{}
	for i, l := range looks {
		if i < 4 && got[l.colour] < 2000 {
			t.Errorf("reason %d: %d pixels of %v", i, got[l.colour], l.colour)
		}
		bare := look{hatch: l.hatch}
		if seen[bare] {
			t.Errorf("reason %d has another's hatching", i)
		}
		seen[bare] = true
	}
}

func TestRefusesWhatIsNoNumber(t *testing.T) {
	for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), -1, 1e300} {
		for name, u := range map[string]Utilisation{
			"end":      {End: v},
			"mark":     {Marks: []Mark{{At: v}}},
			"at":       {Resources: []Resource{{Used: []Step{{At: v}}}}},
			"width":    {Resources: []Resource{{Used: []Step{{Width: v}}}}},
			"mean":     {Resources: []Resource{{Used: []Step{{Mean: v}}}}},
			"max":      {Resources: []Resource{{Used: []Step{{Max: v}}}}},
			"capacity": {Resources: []Resource{{Name: "cpu", Capacity: []Step{{}, {Min: v}}}}},
			"peak":     {Resources: []Resource{{Peak: v}}},
		} {
			if _, err := DrawUtilisation(u); err == nil {
				t.Errorf("utilisation with %s %v was drawn", name, v)
			}
		}
		for _, c := range []FailureCount{{At: v}, {Width: v}, {Count: v}} {
			if _, err := DrawFailures(Failures{Series: []FailureSeries{{"x", []FailureCount{c}}}}); err == nil {
				t.Errorf("failures with %v were drawn", c)
			}
		}
	}
	_, err := DrawUtilisation(Utilisation{Resources: []Resource{{Name: "cpu", Capacity: []Step{{}, {Min: -1}}}}})
	const want = "drawing utilisation: resource 0 (cpu): capacity: step 1: min: cannot draw -1 (allowed: 0 to 1e+30)"
	if err == nil || err.Error() != want {
		t.Errorf("error is %q, want %q", err, want)
	}
	if err := (Picture{}).PNG(io.Discard); err == nil {
		t.Error("the zero picture was written")
	}
}

// digest is a fingerprint of some samples in both formats.
func digest(t tb) string {
	h := sha256.New()
	for _, s := range samples()[5:] {
		for _, p := range []Picture{utilisationOf(t, s.utilisation), failuresOf(t, s.failures)} {
			h.Write(pngOf(t, p))
			h.Write(svgOf(t, p))
		}
	}
	for _, s := range []Stacks{killedStacks(), bandStacks()} {
		h.Write(pngOf(t, stacksOf(t, s)))
		h.Write(svgOf(t, stacksOf(t, s)))
	}
	for _, p := range []Picture{scalingOf(t, burstScaling()), lagsOf(t, lagSamples()["many-lags"])} {
		h.Write(pngOf(t, p))
		h.Write(svgOf(t, p))
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}

func TestSameInputSameBytesEverywhere(t *testing.T) {
	if os.Getenv("PLOT_DIGEST") != "" {
		fmt.Println("digest " + digest(t))
		return
	}
	here := digest(t)
	if again := digest(t); again != here {
		t.Error("drawn twice, the bytes differ")
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe, "-test.run=^TestSameInputSameBytesEverywhere$")
	cmd.Env = append(os.Environ(), "PLOT_DIGEST=1", "TZ=Asia/Kathmandu", "LANG=de_DE.UTF-8", "LC_ALL=tr_TR.UTF-8", "GOMAXPROCS=1")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(out), "digest "+here) {
		t.Errorf("in another zone and language: %s, here: %s", out, here)
	}
}

func TestZoneIsTheStartsOwn(t *testing.T) {
	at := time.Date(2026, 6, 1, 8, 0, 0, 0, time.FixedZone("Nowhere", 5*3600))
	other := at.In(time.FixedZone("", 5*3600))
	u, v := dayCase(), dayCase()
	u.Start, v.Start = at, other
	if !bytes.Equal(svgOf(t, utilisationOf(t, u)), svgOf(t, utilisationOf(t, v))) {
		t.Error("the name of a zone shows")
	}
}

func BenchmarkRun(b *testing.B) { // two pictures, two formats: less than 0.4 s
	for range b.N {
		for _, p := range []Picture{utilisationOf(b, dayCase()), failuresOf(b, dayFailures())} {
			pngOf(b, p)
			svgOf(b, p)
		}
	}
}
