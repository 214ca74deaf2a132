package plot

import (
	"bytes"
	"errors"
	"fmt"
	"image/png"
	"io"
	"math"
	"strings"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// Sizes of a picture: drawn in points on a page of pageWidth, shown at
// cssWidth pixels, rastered at twice that for sharpness.
const (
	pageWidth = 720
	cssWidth  = 1200
	pngScale  = 2
	pngDPI    = pngScale * cssWidth * 72 / pageWidth
)

// Picture is a finished drawing that can be written in several formats. The
// zero Picture cannot be written.
type Picture struct {
	height vg.Length
	title  string
	alt    string
	paint  func(vg.Canvas)
}

var errEmpty = errors.New("plot: nothing was drawn")

// Alt describes the picture in a sentence, for those who cannot see it.
func (p Picture) Alt() string { return p.alt }

// Size is the size at which the picture is meant to be shown, in CSS pixels.
func (p Picture) Size() (width, height int) {
	return cssWidth, int(math.Round(float64(p.height) * cssWidth / pageWidth))
}

// PNG writes the picture with twice as many pixels as Size says.
func (p Picture) PNG(w io.Writer) error {
	if p.paint == nil {
		return errEmpty
	}
	c := vgimg.NewWith(vgimg.UseWH(pageWidth, p.height), vgimg.UseDPI(pngDPI))
	p.paint(raster{c})
	enc := png.Encoder{CompressionLevel: png.DefaultCompression}
	if err := enc.Encode(w, indexed(c.Image())); err != nil {
		return fmt.Errorf("encoding PNG: %w", err)
	}
	return nil
}

// SVG writes the picture with its text as text.
func (p Picture) SVG(w io.Writer) error {
	if p.paint == nil {
		return errEmpty
	}
	c := vgsvg.New(pageWidth, p.height)
	p.paint(c)
	var buf bytes.Buffer
	if _, err := c.WriteTo(&buf); err != nil {
		return fmt.Errorf("drawing SVG: %w", err)
	}
	if _, err := w.Write(p.dress(buf.Bytes())); err != nil {
		return fmt.Errorf("writing SVG: %w", err)
	}
	return nil
}

// dress gives vgsvg's document a size in pixels, a name for screen readers,
// and fonts of equal widths for machines without Liberation. Text in the
// document has its quotes escaped, so the replaced strings are never text.
func (p Picture) dress(svg []byte) []byte {
	_, rest, _ := bytes.Cut(svg, []byte("<svg "))
	_, body, _ := bytes.Cut(rest, []byte(">\n"))
	body = bytes.ReplaceAll(body, []byte(`style="font-family:Liberation Sans;`),
		[]byte(`style="font-family:'Liberation Sans',Arial,Helvetica,sans-serif;`))
	width, height := p.Size()
	head := fmt.Sprintf(`<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %.5g" role="img">
<title>%s</title>
<desc>%s</desc>
<rect width="100%%" height="100%%" fill="#fff"/>
`, width, height, pageWidth, float64(p.height), escape(p.title), escape(p.alt))
	return append([]byte(head), body...)
}

func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(clean(s))
}

// raster draws a box for each letter that Liberation does not have. A viewer
// of an SVG has other fonts; a PNG would show nothing.
type raster struct{ *vgimg.Canvas }

func (r raster) FillString(face font.Face, at vg.Point, text string) {
	for _, letter := range text {
		if !known(face, letter) {
			text = strings.Map(func(l rune) rune {
				if known(face, l) {
					return l
				}
				return '□'
			}, text)
			break
		}
	}
	r.Canvas.FillString(face, at, text)
}
