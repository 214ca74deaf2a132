package arrivals

import "time"

// timeForm is how a file writes instants: all alike, as its first row does.
type timeForm int

const (
	unknown timeForm = iota
	numbers
	timestamps
)

// layouts of timestamps; fractions of a second may follow the seconds. Without a zone the time is UTC, and a
// date alone is its midnight.
var layouts = []string{time.RFC3339, "2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006-01-02 15:04:05Z07:00", time.DateOnly}

// Years that a timestamp may have, so that differences are below longest.
const (
	firstYear = 1970
	lastYear  = 2069
)

// instant reads an arrival or an end. Numbers count from the scenario's start, timestamps from r.origin.
func (r *reader) instant(i int) (time.Duration, bool) {
	s, ok := r.cell(i)
	if !ok {
		return 0, false
	}
	if s == "" {
		r.fault(i, codeBlank, "", "column `%s` is empty in this row", r.header[i])
		return 0, false
	}
	d, reading := parseDecimal(s)
	if reading != notANumber {
		if !r.inForm(i, numbers, s) {
			return 0, false
		}
		return r.scaled(i, s, d, reading)
	}
	when, ok := r.timestamp(s)
	if !ok {
		const note = "times are numbers in time_unit, or timestamps such as 2024-03-01T08:00:00Z or 2024-03-01 08:00:00"
		r.fault(i, codeNumber, "", "%s is not a time", quote(s))
		r.note(note)
		return 0, false
	}
	if !r.inForm(i, timestamps, s) {
		return 0, false
	}
	if when.Year() < firstYear || when.Year() > lastYear {
		r.fault(i, codeLarge, "", "the year of %s is not in %d to %d", quote(s), firstYear, lastYear)
		return 0, false
	}
	if r.origin.IsZero() {
		r.origin = when
	}
	return when.Sub(r.origin), true
}

// inForm holds the file to the form of its first instant.
func (r *reader) inForm(i int, form timeForm, s string) bool {
	if r.times == unknown {
		r.times = form
	}
	if r.times == form {
		return true
	}
	if form == numbers {
		r.fault(i, codeMixed, "", "%s is a number, but earlier times are timestamps", quote(s))
	} else {
		r.fault(i, codeMixed, "", "%s is a timestamp, but earlier times are numbers", quote(s))
	}
	return false
}

// timestamp tries the layout of the last one first, since files keep to one.
func (r *reader) timestamp(s string) (time.Time, bool) {
	if when, err := time.Parse(layouts[r.layout], s); err == nil {
		return when.UTC(), true
	}
	for i, layout := range layouts {
		if when, err := time.Parse(layout, s); err == nil {
			r.layout = i
			return when.UTC(), true
		}
	}
	return time.Time{}, false
}

// duration reads a number in the trace's unit.
func (r *reader) duration(i int) (time.Duration, bool) {
	d, s, ok := r.amount(i)
	if !ok {
		return 0, false
	}
	return r.scaled(i, s, d, good)
}

// scaled is a number of the trace's unit as a duration, to the nearest nanosecond.
func (r *reader) scaled(i int, s string, d decimal, reading reading) (time.Duration, bool) {
	if d.negative {
		r.fault(i, codeNegative, "", "%s is negative", quote(s))
		return 0, false
	}
	ns, fits := d.times(uint64(r.unit), 1, false)
	if reading == tooLarge || !fits || ns > uint64(longest) {
		r.fault(i, codeLarge, "", "%s %s is more than 100 years", quote(s), r.spec.TimeUnit)
		r.note("time_unit may be us, ms, s, min or h")
		return 0, false
	}
	return time.Duration(ns), true
}
