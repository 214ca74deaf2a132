package scenario

import (
	"fmt"
	"strings"
	"time"
)

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
