package demand

import (
	"fmt"
	"slices"
	"time"

	"ecssim/workload/diag"
)

// mostPieces is how finely a gap is interpolated at most.
const mostPieces = 1000

// values makes a curve of rows that each hold until the next. The last holds as long as is usual.
func (r *csvReader) values(w window) *resampler {
	c := &resampler{bucket: r.spec.Resample}
	if len(r.rows) < 2 {
		r.Add(diag.Diagnostic{Code: codeOneRow, At: r.lineAt(r.rows[0]), Message: "a single row does not say how long it holds"})
		return c
	}
	usual := r.usual()
	most := r.spec.MaxGap
	if most <= 0 {
		most = usualGap * min(usual, century/usualGap)
	}
	put := func(begin, end time.Duration, rate float64) {
		if part := w.clip(begin, end); part > 0 && !c.full {
			c.add(part, rate)
		}
	}
	for i, row := range r.rows {
		until := row.at + usual
		if i+1 < len(r.rows) {
			until = r.rows[i+1].at
		}
		length := until - row.at
		gap := length > most
		if gap {
			length = min(usual, length)
		}
		rate := r.spec.rate(row.amount, length)
		if rate > MaxRate {
			r.Add(diag.Diagnostic{Code: codeLarge, At: r.lineAt(row), Message: fmt.Sprintf("a rate of %.3g/s is above %g/s", rate, MaxRate)})
			continue
		}
		if !gap {
			put(row.at, until, rate)
			continue
		}
		put(row.at, row.at+length, rate)
		r.bridge(put, i, row.at+length, rate, usual)
	}
	return c
}

// usual is the median of the steps, the upper one of two.
func (r *csvReader) usual() time.Duration {
	steps := make([]time.Duration, len(r.rows)-1)
	for i := range steps {
		steps[i] = r.rows[i+1].at - r.rows[i].at
	}
	slices.Sort(steps)
	return steps[len(steps)/2]
}

// bridge fills the gap after row i, which has held for its usual time.
func (r *csvReader) bridge(put func(begin, end time.Duration, rate float64), i int, from time.Duration, rate float64, usual time.Duration) {
	next := r.rows[i+1]
	switch r.spec.Gaps {
	case "hold":
		put(from, next.at, rate)
	case "zero":
		put(from, next.at, 0)
	case "interpolate":
		target := r.spec.rate(next.amount, usual)
		if i+2 < len(r.rows) {
			target = r.spec.rate(next.amount, min(usual, r.rows[i+2].at-next.at))
		}
		width := next.at - from
		piece := max(usual, width/mostPieces)
		for begin := from; begin < next.at; begin += piece {
			end := min(begin+piece, next.at)
			middle := (begin - from) + (end-begin)/2
			put(begin, end, rate+(target-rate)*(float64(middle)/float64(width)))
		}
	default:
		r.Add(diag.Diagnostic{
			Code: codeGap, At: r.lineAt(next),
			Message: fmt.Sprintf("no row for %s before this one, where %s is usual", diag.Duration(next.at-r.rows[i].at), diag.Duration(usual)),
			Help: []string{
				`write gaps = "hold" to keep the rate before it, "zero" for none, or "interpolate"`,
				fmt.Sprintf(`if that is no gap: max_gap = "%s"`, diag.Duration(next.at-r.rows[i].at)),
			},
		})
	}
}
