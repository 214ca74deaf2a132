package plot

import (
	"fmt"
	"math"
	"slices"
)

const (
	maxReasons = 7   // that are told apart
	maxBins    = 150 // bars next to each other
	someBins   = 60  // when the input has no buckets of its own
)

// reason is one series of failures, sorted into bins.
type reason struct {
	name  string
	total float64
	bins  []float64
	look  look
}

// binned is the input on one regular grid of time.
type binned struct {
	reasons []reason
	width   float64 // of a bin in seconds
	end     float64
	total   float64
}

// bin sums the counts into equal buckets of the input's own width, or of a
// multiple of it where there would be too many. A bucket of the input goes
// where its middle is, so the totals stay exact.
func bin(f Failures) binned {
	b := binned{end: f.End}
	for _, s := range f.Series {
		for _, c := range s.Counts {
			b.width = max(b.width, c.Width)
			b.end = max(b.end, c.At+c.Width)
		}
	}
	if b.end == 0 {
		b.end = 1
	}
	if b.width == 0 {
		b.width = b.end / someBins
	}
	if n := b.end / b.width; n > maxBins {
		b.width *= math.Ceil(n / maxBins)
	}
	n := max(1, int(math.Ceil(b.end/b.width-1e-9)))
	for _, s := range f.Series {
		r := reason{name: clean(s.Reason), bins: make([]float64, n)}
		for _, c := range s.Counts {
			i := min(int((c.At+c.Width/2)/b.width), n-1)
			r.bins[i] += c.Count
			r.total += c.Count
		}
		b.total += r.total
		b.reasons = append(b.reasons, r)
	}
	b.reasons = mainReasons(b.reasons)
	return b
}

// mainReasons drops reasons that never struck, sums up the rarest if there
// are too many to be told apart, and gives the rest their looks.
func mainReasons(all []reason) []reason {
	all = slices.DeleteFunc(all, func(r reason) bool { return r.total == 0 })
	var rare []reason
	for len(all)+min(len(rare), 1) > maxReasons {
		least := 0
		for i, r := range all {
			if r.total <= all[least].total {
				least = i
			}
		}
		rare = append(rare, all[least])
		all = slices.Delete(all, least, least+1)
	}
	for i := range all {
		all[i].look = looks[i]
	}
	if len(rare) > 0 {
		all = append(all, sum(rare))
	}
	return all
}

func sum(rare []reason) reason {
	s := reason{name: fmt.Sprintf("%d other reasons", len(rare)), look: otherLook}
	s.bins = make([]float64, len(rare[0].bins))
	for _, r := range rare {
		s.total += r.total
		for i, v := range r.bins {
			s.bins[i] += v
		}
	}
	return s
}

// tallest is the height of the highest stack.
func (b binned) tallest() float64 {
	top := 0.0
	for i := range len(b.reasons[0].bins) {
		sum := 0.0
		for _, r := range b.reasons {
			sum += r.bins[i]
		}
		top = max(top, sum)
	}
	return top
}
