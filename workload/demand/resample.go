package demand

import (
	"math"
	"time"

	"ecssim/model/load"
)

// MaxSteps is how long a recorded curve may be: 160 MB.
const MaxSteps = 10_000_000

// resampler makes steps of stretches of time with a rate, one after the other. With a bucket it makes one step of all
// that falls into it: their mean, so that sums stay.
type resampler struct {
	bucket time.Duration // 0 keeps every stretch
	at     time.Duration // the end of what was added
	filled float64       // units in the present bucket
	steps  []load.Step
	full   bool // more than MaxSteps
	total  float64
	peak   float64
}

// add lets a stretch pass.
func (r *resampler) add(takes time.Duration, rate float64) {
	r.total += rate * takes.Seconds()
	if r.bucket <= 0 {
		r.step(r.at, rate)
		r.at += takes
		return
	}
	for takes > 0 {
		room := r.bucket - r.at%r.bucket
		if room == r.bucket && takes > r.bucket { // many whole buckets with one rate are one step
			whole := takes / r.bucket * r.bucket
			r.step(r.at, rate)
			r.at, takes = r.at+whole, takes-whole
			continue
		}
		part := min(takes, room)
		r.filled += rate * part.Seconds()
		r.at, takes = r.at+part, takes-part
		if part == room {
			r.close()
		}
	}
}

// close makes a step of the bucket that ends now; the last one may be short.
func (r *resampler) close() {
	begin := (r.at - 1) / r.bucket * r.bucket
	r.step(begin, r.filled/(r.at-begin).Seconds())
	r.filled = 0
}

// step keeps a step that changes something.
func (r *resampler) step(at time.Duration, rate float64) {
	r.peak = math.Max(r.peak, rate)
	if n := len(r.steps); n > 0 && r.steps[n-1].Rate == rate {
		return
	}
	if len(r.steps) >= MaxSteps {
		r.full = true
		return
	}
	r.steps = append(r.steps, load.Step{At: at, Rate: rate})
}

// finish is the curve of all that was added.
func (r *resampler) finish() *Recorded {
	if r.bucket > 0 && r.at%r.bucket != 0 {
		r.close()
	}
	return &Recorded{steps: r.steps, end: r.at, peak: r.peak, total: r.total}
}
