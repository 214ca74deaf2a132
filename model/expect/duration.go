package expect

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// units of time, from the longest to the shortest, with their spellings.
var units = []struct {
	symbols []string
	of      time.Duration
}{
	{[]string{"d"}, 24 * time.Hour}, {[]string{"h"}, time.Hour}, {[]string{"m", "min"}, time.Minute},
	{[]string{"s"}, time.Second}, {[]string{"ms"}, time.Millisecond}, {[]string{"us"}, time.Microsecond},
}

// longest is the longest duration: a hundred years, as in scenarios.
const longest = 100 * 365 * 24 * time.Hour

// readSpan reads 1h30m. The problem is empty if it could be read.
func readSpan(text string) (d time.Duration, problem string) {
	rest := text
	for rest != "" {
		end := strings.IndexFunc(rest, func(r rune) bool { return (r < '0' || r > '9') && r != '.' })
		if end < 0 {
			return 0, "has no unit"
		}
		v, err := strconv.ParseFloat(rest[:end], 64)
		if err != nil {
			return 0, "is not a duration"
		}
		rest = rest[end:]
		symbol := rest
		if next := strings.IndexFunc(rest, func(r rune) bool { return r >= '0' && r <= '9' || r == '.' }); next >= 0 {
			symbol = rest[:next]
		}
		of, known := unitOf(symbol)
		if !known {
			return 0, "has the unknown unit " + strconv.Quote(symbol)
		}
		if v *= float64(of); v > float64(longest) || d > longest {
			return 0, "is longer than 100 years"
		}
		d += time.Duration(math.Round(v))
		rest = rest[len(symbol):]
	}
	if d > longest {
		return 0, "is longer than 100 years"
	}
	return d, ""
}

func unitOf(symbol string) (time.Duration, bool) {
	for _, u := range units {
		for _, s := range u.symbols {
			if s == symbol {
				return u.of, true
			}
		}
	}
	return 0, false
}

// spanText writes a duration that readSpan reads: 1h30m. What is below a microsecond is lost.
func spanText(d time.Duration) string {
	var b strings.Builder
	for _, u := range units {
		if n := d / u.of; n > 0 {
			b.WriteString(strconv.FormatInt(int64(n), 10) + u.symbols[0])
			d -= n * u.of
		}
	}
	if b.Len() == 0 {
		return "0s"
	}
	return b.String()
}

// readClock reads 10:00 or 10:00:30 as the time since midnight.
func readClock(text string) (time.Duration, bool) {
	for _, layout := range []string{"15:04", time.TimeOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.Sub(time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC)).Truncate(time.Second), true
		}
	}
	return 0, false
}
