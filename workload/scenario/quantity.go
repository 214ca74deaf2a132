package scenario

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"ecssim/model/taskdef"
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
	}
	r.add(wrongType(n, p, "a duration", p[len(p)-1]+` = "90s"`))
	return 0, false
}

// duration reads an optional duration; the default is not noted where it is zero.
func (t *table) duration(key string, standard time.Duration) time.Duration {
	n := t.get(key)
	if n == nil {
		if standard > 0 {
			t.fill(key, &node{kind: aString, text: short(standard)})
		}
		return standard
	}
	d, ok := t.r.durationOf(n, t.p.join(key))
	if !ok {
		return standard
	}
	return d
}

// short writes a duration with the units of scenarios: "1h30m".
func short(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

const momentExamples = `"90s" after the start, or a time of day such as "10:00"`

// momentOf reads an instant since the start: a duration, a time of day, or a date.
func (r *reader) momentOf(n *node, p path, start time.Time) (time.Duration, bool) {
	switch {
	case n.kind == aString && strings.Contains(n.text, ":"):
		clock, ok := parseClock(n.text)
		if !ok {
			r.fail("E034", n.at, fmt.Sprintf("`%s` is not a time of day: %q", p, n.text), "hours are 00 to 23, minutes 00 to 59",
				"write "+momentExamples)
			return 0, false
		}
		return sinceStart(clock, start), true
	case n.kind == aLocalTime:
		c := n.instant
		return sinceStart(c.Sub(time.Date(c.Year(), c.Month(), c.Day(), 0, 0, 0, 0, c.Location())), start), true
	case n.kind == aDateTime, n.kind == aLocalDateTime, n.kind == aLocalDate:
		at := asUTC(n)
		if at.Before(start) || at.Sub(start) > longest {
			r.fail("E032", n.at, fmt.Sprintf("`%s` is not after the start of the scenario, %s", p, start.Format(time.RFC3339)), "")
			return 0, false
		}
		return at.Sub(start), true
	}
	return r.durationOf(n, p)
}

// asUTC takes dates without an offset as UTC.
func asUTC(n *node) time.Time {
	t := n.instant
	if n.kind == aDateTime {
		return t.UTC()
	}
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
}

// parseClock reads "10:00" or "10:00:30" as the time since midnight.
func parseClock(s string) (time.Duration, bool) {
	for _, layout := range []string{"15:04", "15:04:05"} {
		if t, err := time.Parse(layout, strings.TrimSpace(s)); err == nil {
			return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute + time.Duration(t.Second())*time.Second, true
		}
	}
	return 0, false
}

// sinceStart is how long after the start a time of day comes for the first time.
func sinceStart(clock time.Duration, start time.Time) time.Duration {
	midnight := time.Date(start.Year(), start.Month(), start.Day(), 0, 0, 0, 0, start.Location())
	d := midnight.Add(clock).Sub(start)
	if d < 0 {
		d += 24 * time.Hour
	}
	return d
}

const rateExamples = `"30/min", "0.5/s", "5/h", or a plain number a second`

// rateOf reads a rate as a number a second.
func (r *reader) rateOf(n *node, p path) (float64, bool) {
	if n.kind != aString {
		if n.kind != anInteger && n.kind != aFloat {
			r.add(wrongType(n, p, "a rate", p[len(p)-1]+` = "30/min"`))
			return 0, false
		}
		return r.numberOf(n, p)
	}
	amount, per, ok := strings.Cut(n.text, "/")
	v, err := strconv.ParseFloat(strings.TrimSpace(amount), 64)
	seconds := map[string]float64{
		"ms": 0.001, "s": 1, "sec": 1, "second": 1, "min": 60, "m": 60, "minute": 60, "h": 3600, "hour": 3600, "d": 86400, "day": 86400,
	}[strings.TrimSpace(per)]
	if !ok || err != nil || seconds == 0 || math.IsNaN(v) || math.IsInf(v, 0) {
		r.fail("E034", n.at, fmt.Sprintf("`%s` is not a rate: %q", p, n.text), "", "write "+rateExamples)
		return 0, false
	}
	return v / seconds, true
}

// sizeOf reads CPU units or MiB: an integer, or a string such as "0.5 vCPU" or "1 GB".
func (r *reader) sizeOf(n *node, p path, parse func(string) (int, error)) (int, bool) {
	switch n.kind {
	case anInteger:
		v, ok := r.wholeOf(n, p, 0, mostSize)
		return int(v), ok
	case aString:
		v, err := parse(n.text)
		if err != nil {
			r.fail("E034", n.at, fmt.Sprintf("`%s`: %v", p, err), "")
		}
		return v, err == nil
	}
	r.add(wrongType(n, p, "an integer or a size with its unit", p[len(p)-1]+` = 512, or "1 GB" for memory, "0.5 vCPU" for cpu`))
	return 0, false
}

// mostSize of CPU units or MiB: far above any machine, far below an overflow.
const mostSize = 1 << 30

// cpu and memory read optional sizes; 0 means absent.
func (t *table) cpu(key string) int    { return t.size(key, taskdef.ParseCPU) }
func (t *table) memory(key string) int { return t.size(key, taskdef.ParseMemory) }

func (t *table) size(key string, parse func(string) (int, error)) int {
	n := t.get(key)
	if n == nil {
		return 0
	}
	v, _ := t.r.sizeOf(n, t.p.join(key), parse)
	return v
}

// none is the position of what nobody wrote.
var none diag.Position

func (r *reader) cpuOf(n *node, p path) (int64, bool) {
	v, ok := r.sizeOf(n, p, taskdef.ParseCPU)
	return int64(v), ok
}

func (r *reader) memoryOf(n *node, p path) (int64, bool) {
	v, ok := r.sizeOf(n, p, taskdef.ParseMemory)
	return int64(v), ok
}
