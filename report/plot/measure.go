package plot

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// measure is how the values of a figure are written: divided by per, and with
// the unit before or after.
type measure struct {
	per           float64
	before, after string // "$", " min"
	name          string // of the unit, for captions
}

// maxUnit is the most letters of a unit.
const maxUnit = 24

// newMeasure chooses the unit in which values up to top are easy to read.
// "s" are seconds, "USD" and "$" dollars, "share" is a share of one.
func newMeasure(name string, top float64) measure {
	name, top = clean(name), math.Abs(top)
	switch {
	case name == "USD", name == "$":
		return measure{per: 1, before: "$", name: "$"}
	case name == "share":
		return measure{per: 0.01, after: " %", name: "%"}
	case name == "s" && top >= 2*day:
		return measure{per: day, after: " d", name: "days"}
	case name == "s" && top >= 2*hour:
		return measure{per: hour, after: " h", name: "hours"}
	case name == "s" && top > 3*minute:
		return measure{per: minute, after: " min", name: "minutes"}
	case name == "s":
		return measure{per: 1, after: " s", name: "seconds"}
	case name == "":
		return measure{per: 1}
	}
	u := naturalUnit(name, top)
	if runes := []rune(u.name); len(runes) > maxUnit {
		u.name = string(runes[:maxUnit]) + "…"
	}
	return measure{per: u.per, after: " " + u.name, name: u.name}
}

// text is a value with its unit.
func (m measure) text(v float64) string { return minus(v) + m.before + m.size(v) + m.after }

// bare is a value without its unit, where a caption says it.
func (m measure) bare(v float64) string { return minus(v) + m.size(v) }

// change is a difference with its unit and always with a sign.
func (m measure) change(v float64) string { return sign(v) + m.before + m.size(v) + m.after }

func (m measure) size(v float64) string {
	v = math.Abs(v) / m.per
	if m.before != "" && v >= 0.01 && v < 99.995 { // dollars have cents
		return strconv.FormatFloat(v, 'f', 2, 64)
	}
	return fine(v)
}

// caption names a figure and its unit.
func (m measure) caption(name string) string {
	name = clean(name)
	switch {
	case m.name == "":
		return name
	case name == "":
		return m.name
	}
	return name + " (" + m.name + ")"
}

func minus(v float64) string {
	if v < 0 {
		return "−"
	}
	return ""
}

func sign(v float64) string {
	if v > 0 {
		return "+"
	}
	return minus(v)
}

// changedShare writes a difference as a share of what was.
func changedShare(share float64) string {
	v := math.Abs(share) * 100
	switch {
	case v == 0:
		return ""
	case v >= 1e6:
		return "> 1,000,000 %"
	case v < 0.1:
		return "< 0.1 %"
	case v < 10:
		return sign(share) + strings.TrimSuffix(strconv.FormatFloat(v, 'f', 1, 64), ".0") + " %"
	}
	return sign(share) + number(math.Round(v)) + " %"
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// checkSigned lets negative numbers pass.
func checkSigned(path string, values ...float64) error {
	for _, v := range values {
		if !(math.Abs(v) <= maxValue) {
			return fmt.Errorf("%s: cannot draw %v (allowed: %g to %g)", path, v, -maxValue, maxValue)
		}
	}
	return nil
}

// checkGaps lets NaN pass as well, which is no value.
func checkGaps(path string, values []float64) error {
	for i, v := range values {
		if math.IsNaN(v) {
			continue
		}
		if err := checkSigned(fmt.Sprintf("%s: value %d", path, i), v); err != nil {
			return err
		}
	}
	return nil
}
