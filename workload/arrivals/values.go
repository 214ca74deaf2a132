package arrivals

import (
	"math"
	"strconv"

	"ecssim/workload/diag"
)

// Values reads one column of non-negative numbers, in the order of the file, for an empirical distribution. It
// returns nil where anything is wrong. The delimiter is the most frequent of comma, semicolon and tab in the header.
func Values(file string, open Open, column string) ([]float64, []diag.Diagnostic) {
	t := openTable(file, open, 0)
	defer t.close()
	if t.any() {
		return nil, t.all()
	}
	i := t.column("column", column)
	if t.any() {
		return nil, t.all()
	}
	var values []float64
	for t.next() {
		s, ok := t.cell(i)
		if !ok {
			continue
		}
		d, reading := t.number(i, s)
		if reading == notANumber {
			continue
		}
		v, err := strconv.ParseFloat(s, 64)
		switch {
		case err != nil || math.IsInf(v, 0):
			t.fault(i, codeLarge, "", "%s is too large", quote(s))
		case d.negative:
			t.fault(i, codeNegative, "", "%s is negative", quote(s))
		case !t.any():
			values = append(values, math.Abs(v)) // -0 is 0
		}
	}
	if t.any() {
		return nil, t.all()
	}
	return values, nil
}

// number reads a cell that must hold a number; a cell that does not is a problem.
func (t *table) number(i int, s string) (decimal, reading) {
	if s == "" {
		t.fault(i, codeBlank, "", "column `%s` is empty in this row", t.header[i])
		return decimal{}, notANumber
	}
	d, reading := parseDecimal(s)
	if reading == notANumber {
		t.fault(i, codeNumber, "", "%s is not a number", quote(s))
	}
	return d, reading
}

// quote is a cell as a message shows it.
func quote(s string) string {
	if runes := []rune(s); len(runes) > 40 {
		s = string(runes[:40]) + "…"
	}
	return "`" + s + "`"
}
