package scenario

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"ecssim/workload/diag"
)

// longest is the longest duration of a scenario: a hundred years.
const longest = 100 * 365 * 24 * time.Hour

const durationExamples = `"90s", "30m", "1h30m", "2d", or a plain number of seconds`

// units of a duration, the longer symbols first where one begins another.
var units = []struct {
	symbol string
	of     time.Duration
}{
	{"ms", time.Millisecond}, {"us", time.Microsecond}, {"s", time.Second}, {"min", time.Minute}, {"m", time.Minute},
	{"h", time.Hour}, {"d", 24 * time.Hour},
}

// parseDuration reads "1h30m". The second result says what is wrong.
func parseDuration(s string) (time.Duration, string) {
	rest := strings.TrimSpace(s)
	if rest == "" {
		return 0, "it is empty"
	}
	if strings.HasPrefix(rest, "-") {
		return 0, "it is negative"
	}
	var total float64
	for rest != "" {
		end := strings.IndexFunc(rest, func(r rune) bool { return (r < '0' || r > '9') && r != '.' })
		if end == 0 {
			return 0, fmt.Sprintf("%q is not a number", rest)
		}
		if end < 0 {
			return 0, fmt.Sprintf("%q has no unit", rest)
		}
		v, err := strconv.ParseFloat(rest[:end], 64)
		if err != nil {
			return 0, fmt.Sprintf("%q is not a number", rest[:end])
		}
		rest = strings.TrimLeft(rest[end:], " ")
		symbol := ""
		for _, u := range units {
			if strings.HasPrefix(rest, u.symbol) {
				symbol = u.symbol
				total += v * float64(u.of)
				break
			}
		}
		if symbol == "" {
			return 0, fmt.Sprintf("%q is not a unit of time", strings.TrimRight(rest, "0123456789."))
		}
		rest = strings.TrimLeft(rest[len(symbol):], " ")
	}
	if total > float64(longest) {
		return 0, "it is longer than 100 years"
	}
	return time.Duration(math.Round(total)), ""
}

// durationOf reads a duration: a string with units, or seconds.
func (r *reader) durationOf(n *node, p path) (time.Duration, bool) {
	switch n.kind {
	case aString:
		d, problem := parseDuration(n.text)
		if problem != "" {
			r.fail("E034", n.at, fmt.Sprintf("`%s` is not a duration: %s", p, problem), "", "write "+durationExamples)
		}
		return d, problem == ""
	case anInteger, aFloat:
		seconds, ok := r.numberOf(n, p)
		if !ok {
			return 0, false
		}
		if seconds < 0 || seconds > longest.Seconds() {
			r.outOfRange(n, p, plain(seconds)+" seconds", "0", "100 years")
			return 0, false
		}
		return time.Duration(math.Round(seconds * float64(time.Second))), true
	default:
		r.add(wrongType(n, p, "a duration", p[len(p)-1]+` = "90s"`))
		return 0, false
	}
}

// duration reads an optional duration; the default is not noted where it is zero.
func (t *table) duration(key string, standard time.Duration) time.Duration {
	n := t.get(key)
	if n == nil {
		if standard > 0 {
			t.fill(key, &node{kind: aString, text: diag.Duration(standard)})
		}
		return standard
	}
	d, ok := t.r.durationOf(n, t.p.join(key))
	if !ok {
		return standard
	}
	return d
}
