package demand

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"ecssim/workload/arrivals"
	"ecssim/workload/diag"
)

// row is what a row says: 24 bytes.
type row struct {
	at     time.Duration
	amount float64
	line   uint32
}

// MaxRows is how many rows of a file may be used: they are held while the file is read.
const MaxRows = 10_000_000

// csvReader turns the rows of a file into a curve.
type csvReader struct {
	*arrivals.Rows
	spec        Spec
	file        string
	time, value int // columns; value is -1 without one
	where       []int
	rows        []row
	count       int
}

// ReadCSV reads a file whole; it returns nil where a diagnostic is an error. Positions are in the file; what does not go
// together with it in the spec has no file, so the caller can say where that stands.
func ReadCSV(file string, open Open, spec Spec) (*Recorded, []diag.Diagnostic) {
	if spec.TimeUnit == "" {
		spec.TimeUnit = "s"
	}
	r := &csvReader{Rows: arrivals.OpenRows(file, open, spec.Delimiter, spec.TimeUnit), spec: spec, file: file, value: -1}
	defer r.Close()
	for _, step := range []func(){r.columns, r.read, r.order, r.group} {
		if step(); r.Failed() {
			return nil, r.Problems()
		}
	}
	source := fmt.Sprintf("%s, %s", arrivals.Count(r.count, "row"), r.Span(r.rows[0].at, r.rows[len(r.rows)-1].at))
	w, ok := r.window()
	if !ok {
		return nil, r.Problems()
	}
	var curve *resampler
	if r.value < 0 {
		curve = r.events(w)
	} else {
		curve = r.values(w)
	}
	if r.Failed() {
		return nil, r.Problems()
	}
	return spec.finish(curve, file, source)
}

func (r *csvReader) columns() {
	if r.Failed() { // it could not be opened
		return
	}
	r.time = r.Column("time", r.spec.Time)
	if r.spec.Value != "" {
		r.value = r.Column("value", r.spec.Value)
	}
	for _, f := range r.spec.Where {
		r.where = append(r.where, r.Column("where", f.Column))
	}
}

// read reads all rows that count.
func (r *csvReader) read() {
	latest := time.Duration(math.MinInt64)
	for r.Next() {
		if !r.kept() {
			continue
		}
		at, ok := r.Instant(r.time)
		if ok && at < latest && !r.spec.Sort {
			r.Add(diag.Diagnostic{
				Code: codeBackwards, At: r.At(r.time), Message: "time goes backwards: an earlier row is later than this one",
				Help: []string{"write sort = true if the rows are only out of order"},
			})
			ok = false
		}
		latest = max(latest, at)
		amount, fine := r.amount()
		if !ok || !fine || r.Failed() {
			continue
		}
		if len(r.rows) == MaxRows {
			r.Add(diag.Diagnostic{Code: codeLimit, At: r.At(0), Message: fmt.Sprintf("more than %s are to be used", arrivals.Count(MaxRows, "row"))})
			return
		}
		r.rows = append(r.rows, row{at, amount, uint32(r.Line())})
	}
	r.count = len(r.rows)
	if r.count == 0 && !r.Failed() {
		r.Add(diag.Diagnostic{Code: codeNoRows, At: diag.Position{File: r.file}, Message: "no row has what `where` asks for"})
	}
}

// kept reports whether a row has the texts that are asked for.
func (r *csvReader) kept() bool {
	for i, f := range r.spec.Where {
		if text, ok := r.Text(r.where[i]); !ok || text != f.Text {
			return false
		}
	}
	return true
}

// amount is the value of a row; without a column of values, one.
func (r *csvReader) amount() (float64, bool) {
	if r.value < 0 {
		return r.spec.Scale, true
	}
	v, ok := r.Number(r.value)
	if !ok {
		return 0, false
	}
	amount := r.spec.amount(v)
	switch {
	case amount < 0:
		r.Add(diag.Diagnostic{Code: codeNegative, At: r.At(r.value), Message: fmt.Sprintf("`%v` is negative", v)})
		return 0, false
	case !(amount <= math.MaxFloat64):
		r.Add(diag.Diagnostic{Code: codeLarge, At: r.At(r.value), Message: fmt.Sprintf("`%v` is too large", v)})
		return 0, false
	}
	return amount, true
}

// order puts the rows in order of time; those of one instant stay in that of the file.
func (r *csvReader) order() {
	if r.spec.Sort {
		slices.SortStableFunc(r.rows, func(a, b row) int { return cmp.Compare(a.at, b.at) })
	}
}

// group makes one row of those of one instant. Units that come one by one need no grouping.
func (r *csvReader) group() {
	if r.value < 0 {
		return
	}
	kept, alike := r.rows[:1], 1.0
	for _, row := range r.rows[1:] {
		last := &kept[len(kept)-1]
		switch {
		case row.at > last.at:
			kept, alike = append(kept, row), 1
		case r.spec.Group == "":
			r.Add(diag.Diagnostic{
				Code: codeSameTime, At: r.lineAt(row), Message: fmt.Sprintf("two rows of one time: this one and line %d", last.line),
				Help: []string{`write group = "sum" to add them up, or where = { COLUMN = "TEXT" } to take some of them`},
			})
		case r.spec.Group == "mean":
			alike++
			last.amount += (row.amount - last.amount) / alike
		default:
			last.amount += row.amount
		}
	}
	r.rows = kept
}

// lineAt is the place of a row that was read before.
func (r *csvReader) lineAt(row row) diag.Position {
	return diag.Position{File: r.file, Line: int(row.line), Column: 1}
}

// window is the part of the file that the scenario asks for.
func (r *csvReader) window() (window, bool) {
	w := r.spec.window(r.rows[0].at)
	if r.spec.FromDate.IsZero() {
		return w, true
	}
	origin, dated := r.Origin()
	if !dated {
		r.Add(diag.Diagnostic{
			Code: codeSpec, Message: "`from` is a date, but the times of the file are numbers",
			Help: []string{"write from as a duration from the first row"},
		})
		return w, false
	}
	shift := r.spec.FromDate.Sub(origin) - w.from
	w.from += shift
	if r.spec.For > 0 {
		w.to += shift
	}
	return w, true
}

// events counts units that come one by one. Buckets begin with the window, or with the first row.
func (r *csvReader) events(w window) *resampler {
	bucket := r.spec.Resample
	if bucket <= 0 {
		bucket = time.Minute
	}
	var c resampler
	begin, units := max(w.from, r.rows[0].at), 0.0
	close := func(empty time.Duration) {
		c.add(bucket, min(units/bucket.Seconds(), MaxRate))
		if empty > 0 {
			c.add(empty, 0)
		}
		begin, units = begin+bucket+empty, 0
	}
	for _, row := range r.rows {
		if row.at < w.from || row.at >= w.to {
			continue
		}
		if passed := (row.at - begin) / bucket; passed > 0 {
			close((passed - 1) * bucket)
		}
		units += row.amount
	}
	if units > 0 {
		close(0)
	}
	return &c
}
