package report

import "time"

// Bounds of what is an oscillation: our choice, since AWS has no such word. A reversal is a decision against the one
// before it. Several of them are an oscillation if each decision comes within reversalWithin of the one before, the load
// was nearly the same at all of them, and what was decided moved by more than reversalNoise times what the load did from
// minute to minute: a load that is not steady is a reason to go up and down a little.
const (
	reversalWithin = 30 * time.Minute
	reversalLoad   = 0.1 // of the larger one
	reversalNoise  = 2
	fewReversals   = 3
)

// Oscillation is a desired count, or capacity, that goes up and down while the load does not.
type Oscillation struct {
	Reversals   int
	First, Last time.Duration // of the decisions
	Low, High   int
	LoadSpread  float64 // (highest − lowest) / highest, minute by minute
}

// Every is the mean time between reversals.
func (o *Oscillation) Every() time.Duration {
	return (o.Last - o.First) / time.Duration(max(1, o.Reversals))
}

// move is a decision that changed something.
type move struct {
	at       time.Duration
	from, to int
	load     float64
}

func (m *move) up() bool { return m.to > m.from }

// oscillator looks for oscillations in decisions as they come.
type oscillator struct {
	last    move
	known   bool
	run     Oscillation // of the decisions in a row that it may be made of
	low     float64     // load at its decisions
	high    float64
	calm    float64 // lowest and highest load of all its minutes
	wild    float64
	longest Oscillation
}

// decided takes in a decision. A negative load is not known, and what nobody knows is not the same as before.
func (o *oscillator) decided(m move) {
	if m.load < 0 {
		o.known = false
		return
	}
	last := o.last
	follows := o.known && m.at-last.at <= reversalWithin
	if follows && !o.steady(m.load) {
		// The load has gone too far from where the run began: perhaps a new one begins with the decision before.
		o.begin(last)
		follows = o.steady(m.load)
	}
	if !follows {
		o.begin(m)
	} else {
		o.low, o.high = min(o.low, m.load), max(o.high, m.load)
		o.run.Last = m.at
		o.run.Low, o.run.High = min(o.run.Low, m.from, m.to), max(o.run.High, m.from, m.to)
		o.saw(m.load)
		if m.up() != last.up() {
			o.run.Reversals++
		}
		o.run.LoadSpread = spread(o.calm, o.wild)
		if o.run.Reversals > o.longest.Reversals && o.run.exceeds() {
			o.longest = o.run
		}
	}
	o.last, o.known = m, true
}

// begin starts a run of decisions with one.
func (o *oscillator) begin(m move) {
	o.low, o.high, o.calm, o.wild = m.load, m.load, m.load, m.load
	o.run = Oscillation{First: m.at, Last: m.at, Low: min(m.from, m.to), High: max(m.from, m.to)}
}

// saw takes in the load of a minute.
func (o *oscillator) saw(load float64) {
	if load >= 0 {
		o.calm, o.wild = min(o.calm, load), max(o.wild, load)
	}
}

// exceeds says that what was decided moved by more than the load is a reason for.
func (o *Oscillation) exceeds() bool {
	return float64(o.High-o.Low) > reversalNoise*o.LoadSpread*float64(o.High)
}

func (o *oscillator) steady(load float64) bool {
	return spread(min(o.low, load), max(o.high, load)) < reversalLoad
}

func spread(low, high float64) float64 {
	if high <= 0 {
		return 0
	}
	return (high - low) / high
}

// found is the oscillation with the most reversals, or nil.
func (o *oscillator) found() *Oscillation {
	if o.longest.Reversals < fewReversals {
		return nil
	}
	found := o.longest
	return &found
}
