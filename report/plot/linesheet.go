package plot

import (
	"cmp"
	"fmt"
	"image/color"
	"slices"
	"strings"

	"gonum.org/v1/plot/vg"
)

const (
	maxLineX   = 200
	linesTall  = vg.Length(250)
	lineName   = 0.24           // of the page, at most, for the names at the right
	lineGap    = vg.Length(12)  // between these names
	lineDots   = 40             // numbers of x up to which each has a dot
	axisName   = vg.Length(15)  // the caption above an axis of values
	xAxisRoom  = vg.Length(31)  // labels and caption below
	bandShade  = uint8(0x38)    // how opaque a band is
	aside      = vg.Length(9)   // between the points of two series at one category
	nameIndent = vg.Length(14)  // from the end of a line to its name
	categories = vg.Length(150) // the widest room of a category
)

// curveLooks leave vermillion to what is worse. They differ in lightness, shape
// and dashes as well as in hue.
var curveLooks = [maxSeries]curveLook{
	{okabeBlue, circle, nil},
	{okabeOrange, square, nil},
	{okabeGreen, triangleUp, []vg.Length{6, 2.5}},
	{alarmFree, diamond, []vg.Length{6, 2.5}},
	{okabeSky, triangleDown, []vg.Length{2.5, 2}},
	{darkGrey, pentagon, []vg.Length{2.5, 2}},
	{okabePurple, bar, []vg.Length{7, 2, 1.5, 2}},
	{rgb(0x7A5A12), star, []vg.Length{7, 2, 1.5, 2}},
}

type curveLook struct {
	colour color.NRGBA
	shape  shape
	dashes []vg.Length
}

// lineSheet is the page, laid out.
type lineSheet struct {
	header   header
	curves   []curve
	numeric  bool
	x        numberAxis
	xs       []float64 // in order
	labels   []string  // of the xs; none = the axis has round ticks
	y        numberAxis
	unit     measure
	captions [2]string // x and y
	names    []placedName
	frame    box // y from the top of the data
	foot     foot
	height   vg.Length
}

// curve is a series, ready to be drawn.
type curve struct {
	name   string
	look   curveLook
	points []linePoint
}

type linePoint struct {
	place           int // among the xs
	mean, low, high float64
	known           bool // the interval is
}

func newLineSheet(in Lines) *lineSheet {
	s := &lineSheet{numeric: in.Numeric}
	var notes []string
	order := s.arrange(in)
	if n := in.count() - len(order); n > 0 {
		notes = append(notes, "Left out: "+counted(n, "more value")+" of "+cmp.Or(clean(in.X), "x")+".")
	}
	if n := len(in.Series) - maxSeries; n > 0 {
		notes = append(notes, "Left out: "+counted(n, "more line")+".")
	}
	for i, one := range in.Series[:min(len(in.Series), maxSeries)] {
		if points := one.points(order); len(points) > 0 {
			s.curves = append(s.curves, curve{clean(one.Name), curveLooks[i], points})
		}
	}
	s.header = newHeader(in.Title, in.Subtitle, s.keys())
	s.foot = newFoot(in.Remark, notes...)
	s.height = marginTop + s.header.height() + s.foot.height() + marginBottom
	if len(s.curves) == 0 {
		s.height += emptyHeight
		return s
	}
	s.height += axisName + linesTall + xAxisRoom
	s.scale(in)
	return s
}

// arrange puts the numbers in order; categories have theirs.
func (s *lineSheet) arrange(in Lines) (order []int) {
	for i := range in.count() {
		order = append(order, i)
	}
	if in.Numeric {
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(in.XValues[a], in.XValues[b]) })
	}
	order = order[:min(len(order), maxLineX)]
	for place, i := range order {
		if in.Numeric {
			s.xs = append(s.xs, in.XValues[i])
		} else {
			s.xs = append(s.xs, float64(place))
		}
		switch {
		case len(in.XLabels) > 0:
			s.labels = append(s.labels, cmp.Or(clean(in.XLabels[i]), "–"))
		case len(order) <= lineDots:
			s.labels = append(s.labels, measure{per: 1}.bare(in.XValues[i]))
		}
	}
	return order
}

// scale chooses both axes; the names at the right come last, for they need the axes.
func (s *lineSheet) scale(in Lines) {
	var x, y reach
	x.add(s.xs...)
	behind := vg.Length(0)
	for _, c := range s.curves {
		for _, p := range c.points {
			y.add(p.mean, p.low, p.high)
		}
		if w := bodyText.width(c.fitName()); c.name != "" {
			behind = max(behind, w+nameIndent+14)
		}
	}
	s.unit = newMeasure(in.Unit, y.top())
	s.captions = [2]string{clean(in.X), s.unit.caption(in.Name)}
	top := snap(marginTop + s.header.height() + axisName)
	s.frame = box{y0: top, y1: snap(top + linesTall)}
	values, bottom := y.roomy(), s.frame.y1-4
	if values.low == 0 {
		bottom = s.frame.y1
	}
	s.y = newNumberAxis(bottom, s.frame.y0+4, values, s.unit, 6)
	s.frame.x0 = snap(marginLeft + s.y.width() + 6)
	s.frame.x1 = snap(pageWidth - marginRight - behind)
	s.scaleX(x)
	s.names = s.placeNames()
}

// scaleX has the ends of numbers at the ends of the frame, and gives each
// category a room of its own.
func (s *lineSheet) scaleX(x reach) {
	const inset = vg.Length(10)
	from, to := s.frame.x0+inset, s.frame.x1-inset
	switch {
	case !s.numeric:
		n := vg.Length(len(s.xs))
		room := min((s.frame.x1-s.frame.x0)/n, categories)
		s.x = numberAxis{from: s.frame.x0 + room/2, to: s.frame.x0 + room*(n-0.5), high: float64(len(s.xs) - 1)}
		s.x.high = max(s.x.high, 1)
		s.frame.x1 = snap(s.frame.x0 + room*n)
	case x.low == x.high:
		s.x = numberAxis{from: from, to: to, low: x.low - max(x.top(), 1), high: x.high + max(x.top(), 1)}
		s.x.ticks = []numberTick{{x.low, measure{per: 1}.bare(x.low)}}
	case x.wide():
		s.x = newLogAxis(from, to, x, measure{per: 1}, 8)
		s.x.low, s.x.high = x.low, x.high
	default:
		s.x = newNumberAxis(from, to, x, measure{per: 1}, 8)
	}
	if s.numeric && s.labelsFit() {
		s.x.ticks = nil
		for i, v := range s.xs {
			s.x.ticks = append(s.x.ticks, numberTick{v, s.labels[i]})
		}
	}
}

// labelsFit reports whether every number can have its own label.
func (s *lineSheet) labelsFit() bool {
	free := vg.Length(0)
	for i, text := range s.labels {
		w := tickText.width(text)
		x := s.x.pos(s.xs[i]) - w/2
		if i > 0 && s.xs[i] == s.xs[i-1] && text == s.labels[i-1] {
			continue
		}
		if x < free || x+w > pageWidth-10 {
			return false
		}
		free = x + w + 8
	}
	return len(s.labels) > 0
}

func (c curve) fitName() string { return bodyText.fit(c.name, pageWidth*lineName) }

func (s *lineSheet) describe() string {
	if len(s.curves) == 0 {
		return "One figure over another: nothing was recorded."
	}
	var parts []string
	for _, c := range s.curves {
		first, last := c.points[0], c.points[len(c.points)-1]
		parts = append(parts, fmt.Sprintf("%s from %s to %s", cmp.Or(c.fitName(), "it goes"), s.unit.text(first.mean), s.unit.text(last.mean)))
	}
	return fmt.Sprintf("%s over %s: %s.", cmp.Or(bodyText.fit(s.captions[1], pageWidth/2), "A figure"),
		cmp.Or(bodyText.fit(s.captions[0], pageWidth/2), "what was varied"), strings.Join(parts, ", "))
}
