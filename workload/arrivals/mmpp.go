package arrivals

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"

	"ecssim/model"
	"ecssim/sim"
)

// State is one state of a Markov-modulated Poisson process.
type State struct {
	// Rate of arrivals in this state, a second; 0 is silence.
	Rate float64
	// MeanStay is the mean of the exponential stay, in seconds.
	MeanStay float64
}

// maxChanges bounds how many changes of state one arrival may take on average.
const maxChanges = 1_000_000

// MMPP is a Markov-modulated Poisson process. It begins in the first state, stays there for an exponential time,
// goes on to the next state, and after the last begins again (with two states this is the general case; a transition
// matrix is not offered). Its long-run rate is the mean of the rates weighted by the mean stays.
func MMPP(states []State, l Limit) (Process, error) {
	if len(states) == 0 {
		return nil, fault("mmpp", "rates", "must name at least one state")
	}
	var tasks float64 // in one round
	for i, s := range states {
		if s.Rate != 0 {
			if err := checkRate("mmpp", fmt.Sprintf("rates[%d]", i), s.Rate); err != nil {
				return nil, err
			}
		}
		if !(s.MeanStay >= 1/maxRate) {
			return nil, fault("mmpp", fmt.Sprintf("mean_stay[%d]", i), "must be at least 1ns, found %g s%s", s.MeanStay, neverPasses)
		}
		if math.IsInf(s.MeanStay, 0) {
			return nil, fault("mmpp", fmt.Sprintf("mean_stay[%d]", i), "must be finite, found %g", s.MeanStay)
		}
		tasks += s.Rate * s.MeanStay
	}
	if tasks == 0 {
		return nil, fault("mmpp", "rates", "must not all be 0: nothing would ever arrive")
	}
	if tasks*maxChanges < float64(len(states)) {
		return nil, fault("mmpp", "mean_stay", "is too short for these rates: the state would change more than %s times an arrival", grouped(maxChanges))
	}
	if err := l.check("mmpp"); err != nil {
		return nil, err
	}
	return mmpp{states: append([]State(nil), states...), limit: l}, nil
}

type mmpp struct {
	states []State
	limit  Limit
}

func (p mmpp) Endless() bool { return p.limit.endless() }

func (p mmpp) String() string {
	parts := make([]string, len(p.states))
	for i, s := range p.states {
		parts[i] = fmt.Sprintf("%.6g/s for %.6g s", s.Rate, s.MeanStay)
	}
	return fmt.Sprintf("mmpp(%s%v)", strings.Join(parts, ", "), p.limit)
}

func (p mmpp) Open(s sim.Streams, name string) model.Arrivals {
	o := &openMMPP{mmpp: p, chance: s.Named(name), changes: s.Named(name + "/states")}
	o.left = o.changes.ExpFloat64() * p.states[0].MeanStay
	return o
}

type openMMPP struct {
	clock
	mmpp
	chance, changes *rand.Rand
	state           int
	left            float64 // seconds of stay in this state
	made            int64
}

func (o *openMMPP) Next() (model.Arrival, bool) {
	for {
		gap := math.Inf(1)
		if rate := o.states[o.state].Rate; rate > 0 {
			gap = o.chance.ExpFloat64() / rate
		}
		if gap <= o.left {
			o.left -= gap
			if !o.advance(gap) || !o.limit.allows(o.now, o.made) {
				return model.Arrival{}, false
			}
			o.made++
			return noTask(o.now), true
		}
		// The exponential law has no memory, so the gap is drawn anew in the next state.
		if !o.advance(o.left) || !o.limit.allows(o.now, o.made) {
			return model.Arrival{}, false
		}
		o.state = (o.state + 1) % len(o.states)
		o.left = o.changes.ExpFloat64() * o.states[o.state].MeanStay
	}
}
