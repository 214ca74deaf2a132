package arrivals

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"ecssim/workload/diag"
)

// Rows reads a CSV file row by row for others who make something else than tasks of it, with the same care: gzip is
// unpacked, what is wrong is noted with its place, and a file with a problem is refused whole.
type Rows struct{ r reader }

// OpenRows opens a file up to its header; it must be closed. Times that are numbers are in unit: "us", "ms", "s", "min" or
// "h". An empty delimiter takes the most frequent of comma, semicolon and tab in the header.
func OpenRows(file string, open Open, delimiter, unit string) *Rows {
	comma, _ := utf8.DecodeRuneInString(delimiter)
	if delimiter == "" {
		comma = 0
	}
	return &Rows{r: reader{table: openTable(file, open, comma), unit: timeUnits[unit], spec: TraceSpec{TimeUnit: unit}}}
}

// Close gives the file back.
func (r *Rows) Close() { r.r.close() }

// Failed reports whether the file is refused.
func (r *Rows) Failed() bool { return r.r.any() }

// Problems is what to tell the user.
func (r *Rows) Problems() []diag.Diagnostic { return r.r.all() }

// Add notes a problem that only the caller can see.
func (r *Rows) Add(d diag.Diagnostic) { r.r.add(d) }

// Column finds a column by name; -1 where there is none, which is a problem. Key is what the scenario calls it.
func (r *Rows) Column(key, name string) int { return r.r.column(key, name) }

// Name of a column.
func (r *Rows) Name(i int) string { return r.r.header[i] }

// Next goes to the next row that has all fields. False is the end.
func (r *Rows) Next() bool { return r.r.next() }

// Line is that of the row.
func (r *Rows) Line() int { return r.r.line }

// At is the place of a field of the row.
func (r *Rows) At(i int) diag.Position { return r.r.at(i) }

// Text is a field without the blanks around it; false where that is a problem.
func (r *Rows) Text(i int) (string, bool) { return r.r.cell(i) }

// Instant reads a time: since the first one of the file if it is a timestamp, and as it is if it is a number.
func (r *Rows) Instant(i int) (time.Duration, bool) { return r.r.instant(i) }

// Origin is the first timestamp; false if the file has numbers.
func (r *Rows) Origin() (time.Time, bool) { return r.r.origin, !r.r.origin.IsZero() }

// Number reads a finite number of any sign.
func (r *Rows) Number(i int) (float64, bool) {
	s, ok := r.r.cell(i)
	if !ok {
		return 0, false
	}
	if _, reading := r.r.number(i, s); reading == notANumber {
		return 0, false
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsInf(v, 0) {
		r.r.fault(i, codeLarge, "", "%s is too large", quote(s))
		return 0, false
	}
	return v, true
}

// Span describes instants of the file in its own terms: "2014-04-10 00:04:00Z to 2014-04-24 00:39:00Z", "0 s to 300 s".
func (r *Rows) Span(first, last time.Duration) string {
	if start, ok := r.Origin(); ok {
		const layout = "2006-01-02 15:04:05Z07:00"
		return fmt.Sprintf("%s to %s", start.Add(first).Format(layout), start.Add(last).Format(layout))
	}
	unit := r.r.spec.TimeUnit
	return fmt.Sprintf("%s to %s", inUnit(first, unit), inUnit(last, unit))
}

// Count writes a number of things: "4,032 rows", "1 row".
func Count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return grouped(int64(n)) + " " + thing + "s"
}

// GoodDelimiter reports whether a CSV file may be delimited by it.
func GoodDelimiter(s string) bool {
	c, size := utf8.DecodeRuneInString(s)
	return s != "" && size == len(s) && c != utf8.RuneError && !strings.ContainsRune("\"\r\n\x00", c)
}
