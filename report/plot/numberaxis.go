package plot

import (
	"math"
	"strconv"

	"gonum.org/v1/plot/vg"
)

// logRange is how many times the lowest the highest must be for a logarithmic axis.
const logRange = 100

// numberAxis maps numbers to the page, along x or y.
type numberAxis struct {
	from, to  vg.Length // where low and high are
	low, high float64
	log       bool
	ticks     []numberTick
}

type numberTick struct {
	at    float64
	label string
}

// reach is the lowest and the highest of what is to be drawn.
type reach struct {
	low, high float64
	seen      bool
}

func (r *reach) add(values ...float64) {
	for _, v := range values {
		if !finite(v) {
			continue
		}
		if !r.seen {
			r.low, r.high, r.seen = v, v, true
		}
		r.low, r.high = min(r.low, v), max(r.high, v)
	}
}

// wide reports whether the values are so far apart that a linear axis would
// press most of them into a corner. What is as good as zero has no logarithm.
func (r reach) wide() bool { return r.low > 1/maxValue && r.high > logRange*r.low }

// top is the value of the largest size, which decides on the unit.
func (r reach) top() float64 { return max(math.Abs(r.low), math.Abs(r.high)) }

// roomy leaves a margin at both ends, and shows zero where it is near.
func (r reach) roomy() reach {
	if !r.seen {
		return reach{0, 1, true}
	}
	span := r.high - r.low
	if least := max(r.top()*1e-3, 1e-9); span < least {
		half := max(r.top()*0.1, 1e-6)
		return reach{floor(r.low, r.low-half), r.high + half, true}
	}
	out := reach{floor(r.low, r.low-0.07*span), r.high + 0.07*span, true}
	if r.low >= 0 && r.low < 0.4*r.high {
		out.low = 0
	}
	return out
}

// floor does not let a margin make something negative of what is not.
func floor(low, margin float64) float64 {
	if low >= 0 {
		return max(0, margin)
	}
	return margin
}

// newNumberAxis has about count ticks at round numbers of the measure.
func newNumberAxis(from, to vg.Length, r reach, m measure, count int) numberAxis {
	a := numberAxis{from: from, to: to, low: r.low, high: r.high}
	low, high := r.low/m.per, r.high/m.per
	step := roundStep((high - low) / float64(max(count, 1)))
	for k := math.Ceil(low/step - 1e-9); k*step <= high+step*1e-9 && len(a.ticks) < 2*count+2; k++ {
		a.ticks = append(a.ticks, numberTick{k * step * m.per, stepLabel(k*step, step)})
	}
	return a
}

// newLogAxis has ticks at powers of ten, and between them where there are few.
func newLogAxis(from, to vg.Length, r reach, m measure, count int) numberAxis {
	a := numberAxis{from: from, to: to, low: r.low / 1.25, high: r.high * 1.25, log: true}
	first, last := math.Floor(math.Log10(a.low/m.per)), math.Ceil(math.Log10(a.high/m.per))
	every := max(1, math.Ceil((last-first)/float64(max(count, 1))))
	factors := []float64{1}
	switch {
	case last-first <= float64(count)/3:
		factors = []float64{1, 2, 5}
	case last-first <= float64(count)/2:
		factors = []float64{1, 3}
	}
	for k := first; k <= last; k += every {
		for _, f := range factors {
			if v := f * math.Pow(10, k); v*m.per >= a.low && v*m.per <= a.high {
				a.ticks = append(a.ticks, numberTick{v * m.per, fine(v)})
			}
		}
	}
	return a
}

// pos is where a number is on the page; what lies outside is at the border.
func (a numberAxis) pos(v float64) vg.Length {
	share := (v - a.low) / (a.high - a.low)
	if a.log {
		share = math.Log(max(v, a.low)/a.low) / (math.Log(a.high) - math.Log(a.low))
	}
	return a.from + vg.Length(min(max(share, 0), 1))*(a.to-a.from)
}

// stepLabel has as many decimals as the step needs, so that neighbours differ.
func stepLabel(v, step float64) string {
	size, prefix := math.Abs(v), ""
	switch {
	case size < step/2:
		return "0"
	case size >= 1e19:
		return minus(v) + strconv.FormatFloat(size, 'g', 3, 64)
	}
	for _, p := range []struct {
		factor float64
		prefix string
	}{{1e18, " E"}, {1e15, " P"}, {1e12, " T"}, {1e9, " G"}, {1e6, " M"}} {
		if size >= p.factor && (size >= 1e7 || p.factor > 1e6) {
			size, step, prefix = size/p.factor, step/p.factor, p.prefix
			break
		}
	}
	if size >= 1e6 || step < 1e-6 {
		return minus(v) + strconv.FormatFloat(size, 'g', 3, 64) + prefix
	}
	decimals := int(max(0, math.Ceil(-math.Log10(step)-1e-9)))
	text := strconv.FormatFloat(size, 'f', decimals, 64)
	whole, part := text, ""
	if decimals > 0 {
		whole, part = text[:len(text)-decimals-1], text[len(text)-decimals-1:]
	}
	return minus(v) + group(whole) + part + prefix
}

// below writes the ticks under a panel, leaving out labels that would touch.
func (a numberAxis) below(p pen, y vg.Length) {
	free := vg.Length(0)
	for _, t := range a.ticks {
		w := tickText.width(t.label)
		x := min(max(a.pos(t.at)-w/2, marginLeft/2), pageWidth-10-w)
		if x < free {
			continue
		}
		p.text(tickText, left, x, y+12, t.label)
		free = x + w + 8
	}
}

// beside writes the ticks at the left of a panel.
func (a numberAxis) beside(p pen, x vg.Length) {
	for _, t := range a.ticks {
		p.text(tickText, right, x-6, snap(a.pos(t.at))+3, t.label)
	}
}

// width is what the labels beside a panel take.
func (a numberAxis) width() vg.Length {
	w := vg.Length(14)
	for _, t := range a.ticks {
		w = max(w, tickText.width(t.label))
	}
	return w
}
