package report

import (
	"io"
	"strconv"
	"strings"
	"time"
)

// csvLine builds one row of a CSV file after RFC 4180 in a buffer that serves for all rows: a run logs hundreds of
// thousands of them, and a string a cell would cost more than the simulation.
type csvLine struct {
	buffer []byte
	cells  int
}

// begin starts a row.
func (l *csvLine) begin() { l.buffer, l.cells = l.buffer[:0], 0 }

// cell starts the next cell.
func (l *csvLine) cell() {
	if l.cells++; l.cells > 1 {
		l.buffer = append(l.buffer, ',')
	}
}

// text adds a cell, quoted if it must be.
func (l *csvLine) text(s string) {
	l.cell()
	if !needsQuotes(s) {
		l.buffer = append(l.buffer, s...)
		return
	}
	l.buffer = append(l.buffer, '"')
	l.buffer = append(l.buffer, strings.ReplaceAll(s, `"`, `""`)...)
	l.buffer = append(l.buffer, '"')
}

// needsQuotes: most cells are short, so a plain loop beats a search for a set of characters.
func needsQuotes(s string) bool {
	for i := range len(s) {
		switch s[i] {
		case ',', '"', '\r', '\n':
			return true
		case ' ':
			if i == 0 {
				return true
			}
		}
	}
	return false
}

func (l *csvLine) texts(cells ...string) {
	for _, s := range cells {
		l.text(s)
	}
}

// numbered adds OWNER/NUMBER.
func (l *csvLine) numbered(owner string, n int64) {
	l.text(owner) // names hold nothing that needs quotes, see workload
	l.buffer = append(l.buffer, '/')
	l.buffer = strconv.AppendInt(l.buffer, n, 10)
}

func (l *csvLine) integer(n int64) {
	l.cell()
	l.buffer = strconv.AppendInt(l.buffer, n, 10)
}

// positive adds a number above 0, and an empty cell for any other.
func (l *csvLine) positive(n int64) {
	if n <= 0 {
		l.cell()
		return
	}
	l.integer(n)
}

// decimal adds a number with at most so many decimals, without an exponent and without zeros at the end.
func (l *csvLine) decimal(x float64, places int) {
	l.cell()
	l.buffer = append(l.buffer, decimal(x, places)...)
}

// seconds adds an instant, up to microseconds; nothing for what never happened.
func (l *csvLine) seconds(d time.Duration) {
	l.cell()
	if d >= 0 {
		l.buffer = appendSeconds(l.buffer, d)
	}
}

// appendSeconds writes a time that is not negative in seconds, up to microseconds.
func appendSeconds(b []byte, d time.Duration) []byte {
	micros := (uint64(d) + 500) / 1000
	whole := micros / 1e6
	b = strconv.AppendUint(b, whole, 10)
	fraction := micros - whole*1e6
	if fraction == 0 {
		return b
	}
	var digits [6]byte
	last := 0
	for at := 5; at >= 0; at-- {
		tenth := fraction / 10
		digits[at] = byte('0' + fraction - 10*tenth)
		if last == 0 && digits[at] != '0' {
			last = at + 1
		}
		fraction = tenth
	}
	return append(append(b, '.'), digits[:last]...)
}

// end writes the row.
func (l *csvLine) end(w io.Writer) error {
	l.buffer = append(l.buffer, '\n')
	_, err := w.Write(l.buffer)
	return err
}
