package demand

import (
	"fmt"
	"strconv"
	"time"

	"ecssim/model/load"
	"ecssim/sim"
)

// Recorded is a demand that somebody measured: steps from time 0 to an end.
type Recorded struct {
	steps  []load.Step // the first at 0, with increasing times, all before end
	end    time.Duration
	peak   float64
	total  float64 // units from 0 to end
	offset time.Duration
	loop   bool
	source string // the rows and their range
}

// Steps is how many steps are left of the rows, which are not kept.
func (r *Recorded) Steps() int { return len(r.steps) }

// Length is the time from the first row to the end of the last.
func (r *Recorded) Length() time.Duration { return r.end }

// Total is how many units come in that time.
func (r *Recorded) Total() float64 { return r.total }

// Peak is the highest rate.
func (r *Recorded) Peak() float64 { return r.peak }

// End is when the demand is over; not ok if it begins again.
func (r *Recorded) End() (time.Duration, bool) { return r.offset + r.end, !r.loop }

// Summary is one line: "4,032 rows, 2014-04-10 00:04:00Z to 2014-04-24 00:44:00Z, mean 0.21/s, peak 2.19/s".
func (r *Recorded) Summary() string {
	return fmt.Sprintf("%s, mean %s/s, peak %s/s", r.source, brief(r.total/r.end.Seconds()), brief(r.peak))
}

func brief(v float64) string { return strconv.FormatFloat(v, 'g', 3, 64) }

// Open starts the curve anew. There is no chance in it.
func (r *Recorded) Open(sim.Streams, string) load.Curve {
	return &recordedCurve{recorded: r, origin: r.offset, last: -1}
}

type recordedCurve struct {
	recorded *Recorded
	next     int
	origin   time.Duration // of this time round
	last     float64
	ended    bool
}

// Next passes over steps that change nothing, as where a loop begins again with the rate with which it ended.
func (c *recordedCurve) Next() (load.Step, bool) {
	r := c.recorded
	for !c.ended {
		if c.next == len(r.steps) {
			c.next, c.origin = 0, c.origin+r.end
			if !r.loop {
				c.ended = true
				return load.Step{At: c.origin}, c.last != 0
			}
			if len(r.steps) == 1 || c.origin > century { // it would go round for ever without a change, or longer than any scenario
				return load.Step{}, false
			}
		}
		step := r.steps[c.next]
		c.next++
		if step.Rate != c.last {
			c.last = step.Rate
			return load.Step{At: c.origin + step.At, Rate: step.Rate}, true
		}
	}
	return load.Step{}, false
}
