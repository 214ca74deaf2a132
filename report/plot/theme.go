package plot

import (
	"image/color"
	"sync"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/font/liberation"
	"gonum.org/v1/plot/vg"
)

// Okabe and Ito's palette, as far as it is used, and greys.
var (
	okabeOrange     = rgb(0xE69F00)
	okabeSky        = rgb(0x56B4E9)
	okabeGreen      = rgb(0x009E73)
	okabeYellow     = rgb(0xF0E442)
	okabeBlue       = rgb(0x0072B2)
	okabeVermillion = rgb(0xD55E00)
	okabePurple     = rgb(0xCC79A7)

	white     = rgb(0xFFFFFF)
	black     = rgb(0x000000)
	ink       = rgb(0x222222) // titles
	grey      = rgb(0x5F6368) // labels: contrast 6:1 on white
	softGrey  = rgb(0xB4B9BE) // bars of "other reasons"
	hairGrey  = rgb(0xD5D9DD) // grid
	baseGrey  = rgb(0xA8ADB2) // the line at zero
	roomGrey  = rgb(0xF0F2F4) // headroom
	usedTint  = rgb(0xD6E7F2) // below the used line
	bandTint  = rgb(0x8FC1E0) // minimum to maximum
	capColour = rgb(0x2B2F33)
	alarmText = rgb(0xA84A00) // vermillion, dark enough to read
)

func rgb(v uint32) color.NRGBA {
	return color.NRGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 0xFF}
}

// Measures of the page in points.
const (
	pixel = vg.Length(72.0 / pngDPI) // of the PNG

	marginLeft   = vg.Length(21)
	marginRight  = vg.Length(30)
	marginTop    = vg.Length(18)
	marginBottom = vg.Length(15)

	hairWidth = 2 * pixel
	usedWidth = 5 * pixel
	capWidth  = 8 * pixel
)

// Kinds of text.
var (
	titleText = textStyle{12, true, ink}
	nameText  = textStyle{10, true, ink}
	bodyText  = textStyle{9, false, grey}
	markText  = textStyle{9, false, ink}
	tickText  = textStyle{8.4, false, grey}
)

type textStyle struct {
	size   vg.Length
	bold   bool
	colour color.NRGBA
}

// fonts are parsed when the first picture is drawn, not when the program starts.
var fonts = sync.OnceValue(func() *font.Cache { return font.NewCache(liberation.Collection()) })

func (s textStyle) face() font.Face {
	f := font.Font{Typeface: "Liberation", Variant: "Sans"}
	if s.bold {
		f.Weight = 3 // bold, in golang.org/x/image/font
	}
	return fonts().Lookup(f, s.size)
}
