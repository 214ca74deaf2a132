package plot

import (
	"fmt"
	"math"
	"time"

	"gonum.org/v1/plot/vg"
)

const (
	minute = 60.0
	hour   = 60 * minute
	day    = 24 * hour

	maxDated  = 100 * 365 * day // beyond, dates say nothing
	timeTicks = 9               // about as many as there is room for
)

// timeAxis maps seconds since the start to the page.
type timeAxis struct {
	x0, x1  vg.Length
	span    float64
	ticks   []timeTick
	caption string
}

type timeTick struct {
	at    float64
	label string
}

func newTimeAxis(start time.Time, span float64, x0, x1 vg.Length) timeAxis {
	if span <= 0 {
		span = 1
	}
	a := timeAxis{x0: x0, x1: x1, span: span}
	switch {
	case start.IsZero() || span > maxDated || start.Year() < 1 || start.Year() > 9000:
		a.elapsed()
	case span > 75*day:
		a.months(zoned(start))
	default:
		a.clock(zoned(start))
	}
	return a
}

// zoned freezes the start's offset, so that a day has 24 hours and neither
// the zone of the machine nor its database of zones shows.
func zoned(start time.Time) time.Time {
	_, offset := start.Zone()
	return start.In(time.FixedZone("", offset))
}

func zoneName(start time.Time) string {
	if _, offset := start.Zone(); offset == 0 {
		return "UTC"
	}
	return "UTC" + start.Format("-07:00")
}

// x is where a time is on the page; times outside are at the border.
func (a timeAxis) x(at float64) vg.Length {
	share := min(max(at/a.span, 0), 1)
	return a.x0 + vg.Length(share)*(a.x1-a.x0)
}

// niceStep is the smallest usual step that needs no more than timeTicks ticks.
func niceStep(span float64, days ...float64) float64 {
	least := span / timeTicks
	if least < 1 {
		return roundStep(max(least, 1e-9))
	}
	for _, s := range []float64{1, 2, 5, 10, 15, 30, minute, 2 * minute, 5 * minute, 10 * minute, 15 * minute,
		30 * minute, hour, 2 * hour, 3 * hour, 6 * hour, 12 * hour} {
		if s >= least {
			return s
		}
	}
	for _, d := range days {
		if d*day >= least {
			return d * day
		}
	}
	return roundStep(least/day) * day
}

func (a *timeAxis) elapsed() {
	step := niceStep(a.span)
	var label func(at float64) string
	a.caption = "elapsed time"
	switch {
	case step >= day:
		label = func(at float64) string { return "day " + number(math.Round(at/day)) }
	case step >= hour:
		label = func(at float64) string { return number(math.Round(at/hour)) + " h" }
	case a.span > 2*minute && step < minute:
		a.caption += " (mm:ss)"
		label = func(at float64) string { return fmt.Sprintf("%02d:%02d", int(at/minute), int(at)%60) }
	case step >= minute:
		a.caption += " (hh:mm)"
		label = func(at float64) string { return fmt.Sprintf("%02d:%02d", int(at/hour), int(at/minute)%60) }
	case a.span < 0.01:
		label = func(at float64) string { return number(math.Round(at*1e9)/1e3) + " µs" }
	case a.span < 1:
		label = func(at float64) string { return number(math.Round(at*1e4)/10) + " ms" }
	default:
		label = func(at float64) string { return number(at) + " s" }
	}
	for i := 0; i <= 2*timeTicks && float64(i)*step <= a.span*(1+1e-9); i++ {
		a.ticks = append(a.ticks, timeTick{float64(i) * step, label(float64(i) * step)})
	}
}

// clock puts ticks at round times of the day, or at midnights.
func (a *timeAxis) clock(start time.Time) {
	step := niceStep(a.span, 1, 2, 7, 14)
	midnight := time.Date(start.Year(), start.Month(), start.Day(), 0, 0, 0, 0, start.Location())
	offset := start.Sub(midnight).Seconds()
	first := math.Ceil(offset/step) * step
	a.caption = zoneName(start)
	if a.span < day {
		a.caption = start.Format("2 January 2006, ") + a.caption
	} else {
		a.caption = start.Format("2006, ") + a.caption
	}
	for i := 0; i <= 2*timeTicks; i++ {
		since := first + float64(i)*step - offset
		if since > a.span*(1+1e-9) {
			break
		}
		at := start.Add(time.Duration(math.Round(since*1e3)) * time.Millisecond)
		a.ticks = append(a.ticks, timeTick{since, clockLabel(at, step, a.span)})
	}
}

func clockLabel(at time.Time, step, span float64) string {
	midnight := at.Hour() == 0 && at.Minute() == 0 && at.Second() == 0
	switch {
	case step >= day, midnight && span >= day:
		return at.Format("Mon 2 Jan")
	case step < 1:
		return at.Format("15:04:05.000")
	case step < minute:
		return at.Format("15:04:05")
	}
	return at.Format("15:04")
}

// months puts ticks at the first of months or of years.
func (a *timeAxis) months(start time.Time) {
	total := a.span / (30.4 * day)
	step := 12 * 50
	for _, s := range []int{1, 2, 3, 6, 12, 24, 60, 120, 240} {
		if total/float64(s) <= timeTicks {
			step = s
			break
		}
	}
	format := "2 Jan"
	if total > 11 || start.Add(time.Duration(a.span*1e9)).Year() != start.Year() {
		format = "Jan 2006"
	}
	a.caption = start.Format("from 2 January 2006, ") + zoneName(start)
	first := (int(start.Month()) - 1) / step * step
	for i := 0; i <= 2*timeTicks; i++ {
		at := time.Date(start.Year(), time.Month(1+first+i*step), 1, 0, 0, 0, 0, start.Location())
		since := at.Sub(start).Seconds()
		if since >= 0 && since <= a.span {
			a.ticks = append(a.ticks, timeTick{since, at.Format(format)})
		}
	}
}

// draw writes the labels below a panel, leaving out those that would touch.
func (a timeAxis) draw(p pen, top vg.Length) {
	free := marginLeft
	for _, t := range a.ticks {
		w := tickText.width(t.label)
		x := min(max(a.x(t.at)-w/2, marginLeft), pageWidth-10-w)
		if x < free {
			continue
		}
		p.text(tickText, left, x, top+12, t.label)
		free = x + w + 8
	}
	p.text(tickText, right, a.x1, top+24, a.caption)
}
