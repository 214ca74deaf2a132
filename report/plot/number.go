package plot

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// number writes a value as people read it: thousands separators, no more
// decimals than it takes, and prefixes from ten million on.
func number(v float64) string {
	if v >= 1e19 {
		return fmt.Sprintf("%.3g", v)
	}
	for _, p := range []struct {
		factor float64
		prefix string
	}{{1e18, " E"}, {1e15, " P"}, {1e12, " T"}, {1e9, " G"}, {1e7, " M"}} {
		if v >= p.factor {
			if p.factor == 1e7 {
				p.factor = 1e6
			}
			return plain(v/p.factor) + p.prefix
		}
	}
	return plain(v)
}

// plain writes a whole number whole, and others with three digits or so.
func plain(v float64) string {
	decimals := 0
	switch {
	case math.Abs(v-math.Round(v)) < 1e-9*max(1, v):
	case v < 10:
		decimals = 2
	case v < 100:
		decimals = 1
	}
	text := strconv.FormatFloat(v, 'f', decimals, 64)
	whole, part, _ := strings.Cut(text, ".")
	if part = strings.TrimRight(part, "0"); part != "" {
		part = "." + part
	}
	return group(whole) + part
}

func group(digits string) string {
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// percent never rounds something to nothing, nor nearly full to full.
func percent(share float64) string {
	v := share * 100
	switch {
	case v > 0 && v < 1:
		return "< 1 %"
	case v > 99 && v < 100:
		return "99 %"
	case v > 100 && v < 101:
		return "> 100 %"
	case v > 1e6:
		return "> 1,000,000 %"
	}
	return number(math.Round(v)) + " %"
}

// A unit of display: natural values are divided by per and called name.
type unit struct {
	name   string
	per    float64
	binary bool // ticks at powers of two are rounder than at powers of ten
}

// naturalUnit chooses the unit in which values up to top are easy to read.
func naturalUnit(name string, top float64) unit {
	switch {
	case name == "units" && top >= 1<<16: // CPU units, 1,024 a vCPU
		return unit{"vCPU", 1 << 10, false}
	case name == "MiB" && top >= 1<<24:
		return unit{"TiB", 1 << 20, false}
	case name == "MiB" && top >= 1<<13:
		return unit{"GiB", 1 << 10, false}
	}
	return unit{clean(name), 1, (name == "units" || name == "MiB") && top >= 256}
}

// valueTicks are round values from 0 to at most top, no more than count apart
// from the zero; whole numbers only if the values are.
func valueTicks(top float64, count int, binary, whole bool) []float64 {
	ticks := []float64{0}
	if top <= 1e-6 {
		return ticks
	}
	step := roundStep(top / float64(count))
	if binary {
		step = math.Exp2(math.Ceil(math.Log2(top / float64(count))))
	}
	if whole {
		step = max(step, 1)
	}
	for i := 1; i <= count && float64(i)*step <= top*(1+1e-9); i++ {
		ticks = append(ticks, float64(i)*step)
	}
	return ticks
}

// roundStep is the smallest 1, 2 or 5 times a power of ten that is no less.
func roundStep(v float64) float64 {
	base := math.Pow(10, math.Floor(math.Log10(v)))
	for _, f := range []float64{1, 2, 5} {
		if base*f >= v*(1-1e-9) {
			return base * f
		}
	}
	return base * 10
}

// perTime names the bucket in "per minute".
func perTime(seconds float64) string {
	switch seconds {
	case 1:
		return "second"
	case minute:
		return "minute"
	case hour:
		return "hour"
	case day:
		return "day"
	}
	return duration(seconds)
}

// duration writes a length of time in its two largest units.
func duration(seconds float64) string {
	units := []struct {
		size float64
		name string
	}{{day, "d"}, {hour, "h"}, {minute, "min"}}
	for i, u := range units {
		if seconds < u.size {
			continue
		}
		whole := math.Floor(seconds / u.size)
		text := number(whole) + " " + u.name
		if i+1 < len(units) {
			if rest := math.Floor((seconds - whole*u.size) / units[i+1].size); rest > 0 {
				text += " " + number(rest) + " " + units[i+1].name
			}
		}
		return text
	}
	return number(seconds) + " s"
}
