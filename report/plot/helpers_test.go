package plot

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"image"
	"image/color"
	"io"
	"testing"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
)

// tb is what testing.T, testing.B and rapid.T have in common here.
type tb interface {
	Helper()
	Fatal(...any)
	Fatalf(string, ...any)
}

var _ tb = (*testing.T)(nil)

func utilisationOf(t tb, u Utilisation) Picture {
	t.Helper()
	p, err := DrawUtilisation(u)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func failuresOf(t tb, f Failures) Picture {
	t.Helper()
	p, err := DrawFailures(f)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func pngOf(t tb, p Picture) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := p.PNG(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func svgOf(t tb, p Picture) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := p.SVG(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func wellFormed(t tb, svg []byte) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(svg))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("SVG is not XML: %v", err)
		}
	}
}

// recorder is a canvas that remembers where texts stand.
type recorder struct {
	height vg.Length
	boxes  []box
	texts  []string
	astray []vg.Point // points of lines and surfaces that no page has
}

func (*recorder) SetLineWidth(vg.Length)              {}
func (*recorder) SetLineDash([]vg.Length, vg.Length)  {}
func (*recorder) SetColor(color.Color)                {}
func (*recorder) Rotate(float64)                      {}
func (*recorder) Translate(vg.Point)                  {}
func (*recorder) Scale(float64, float64)              {}
func (*recorder) Push()                               {}
func (*recorder) Pop()                                {}
func (r *recorder) Stroke(p vg.Path)                  { r.check(p) }
func (r *recorder) Fill(p vg.Path)                    { r.check(p) }
func (*recorder) DrawImage(vg.Rectangle, image.Image) {}
func (r *recorder) FillString(f font.Face, at vg.Point, text string) {
	style := textStyle{size: f.Font.Size, bold: f.Font.Weight > 0}
	y := r.height - at.Y
	r.boxes = append(r.boxes, box{at.X, y - 0.72*style.size, at.X + style.width(text), y + 0.2*style.size})
	r.texts = append(r.texts, text)
}

// check is written so that NaN fails.
func (r *recorder) check(p vg.Path) {
	for _, c := range p {
		if c.Type != vg.CloseComp && !(c.Pos.X >= -1 && c.Pos.X <= pageWidth+1 && c.Pos.Y >= -1 && c.Pos.Y <= r.height+1) {
			r.astray = append(r.astray, c.Pos)
		}
	}
}

// misplaced lists texts that leave the page or touch another, and points that
// are not on the page.
func misplaced(p Picture) []string {
	r := &recorder{height: p.height}
	p.paint(r)
	var out []string
	if len(r.astray) > 0 {
		out = append(out, fmt.Sprintf("%d points not on the page, such as %v", len(r.astray), r.astray[0]))
	}
	for i, b := range r.boxes {
		if b.x0 < 0 || b.x1 > pageWidth || b.y0 < 0 || b.y1 > p.height {
			out = append(out, fmt.Sprintf("%q leaves the page: %.0f", r.texts[i], b))
		}
		for j, o := range r.boxes[:i] {
			if b.touches(o) && b.y0 < o.y1 && o.y0 < b.y1 {
				out = append(out, fmt.Sprintf("%q %.0f touches %q %.0f", r.texts[i], b, r.texts[j], o))
			}
		}
	}
	return out
}
