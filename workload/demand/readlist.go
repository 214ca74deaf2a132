package demand

import (
	"fmt"
	"math"
	"time"

	"ecssim/workload/arrivals"
	"ecssim/workload/diag"
)

// Limits of files.
const (
	maxNumbers = 100_000_000
	century    = 100 * 365 * day
)

// ReadList reads a file of numbers, each the value of the next step. It returns nil where a diagnostic is an error. The file
// is resampled while it is read, and never held.
func ReadList(file string, open Open, spec Spec) (*Recorded, []diag.Diagnostic) {
	n := arrivals.OpenNumbers(file, open)
	defer n.Close()
	r := resampler{bucket: spec.Resample}
	w := spec.window(0)
	var at time.Duration
	count := 0
	for !n.Failed() || count < maxNumbers {
		v, more := n.Next()
		if !more {
			break
		}
		if count++; count > maxNumbers || at > century-spec.Step {
			n.Fault(codeLimit, "the list has more than %s, or lasts more than 100 years", arrivals.Count(maxNumbers, "number"))
			break
		}
		rate := spec.rate(spec.amount(v), spec.Step)
		switch {
		case rate < 0:
			n.Fault(codeNegative, "%v is negative", v)
		case !(rate <= MaxRate):
			n.Fault(codeLarge, "%v is a rate above %g/s", v, MaxRate)
		default:
			if part := w.clip(at, at+spec.Step); part > 0 {
				r.add(part, rate)
			}
		}
		at += spec.Step
	}
	if n.Failed() {
		return nil, n.Problems()
	}
	return spec.finish(&r, file, arrivals.Count(count, "number")+" for "+diag.Duration(at))
}

// window is the part of a file that begins at an instant of its own.
func (s *Spec) window(first time.Duration) window {
	w := window{from: first + s.From, to: math.MaxInt64}
	if s.For > 0 {
		w.to = w.from + s.For
	}
	return w
}

// finish makes a curve, unless there is nothing in it or too much.
func (s *Spec) finish(r *resampler, file, source string) (*Recorded, []diag.Diagnostic) {
	recorded := r.finish()
	at := diag.Position{File: file}
	switch {
	case r.full:
		return nil, []diag.Diagnostic{{
			Code: codeLimit, At: at, Message: fmt.Sprintf("the curve has more than %s", arrivals.Count(MaxSteps, "step")),
			Help: []string{`write resample = "1m", or take a part of it with from and for`},
		}}
	case recorded.end <= 0:
		d := diag.Diagnostic{Code: codeNoRows, At: at, Message: "there are no numbers in the file"}
		if s.From > 0 || !s.FromDate.IsZero() {
			d = diag.Diagnostic{Code: codeSpec, Message: fmt.Sprintf("nothing is left of the file: it has %s", source), Help: []string{"`from` counts from its first row"}}
		}
		return nil, []diag.Diagnostic{d}
	}
	recorded.offset, recorded.loop, recorded.source = s.Offset, s.Loop, source
	return recorded, nil
}
