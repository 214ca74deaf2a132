package scaling

import (
	"fmt"
	"time"
)

// Decide lets the policies act on the datapoints that came since the last call. At most one of the decisions changes the
// desired count, and it is the last; the others say what was blocked, and why.
//
// Policies of both kinds come together like this. Any that asks for more is heard, and the largest count is taken. Target
// tracking scales in only when every target tracking policy with scale-in enabled is ready to, and then takes the largest
// of their counts; a step scaling policy does not wait for them ("the scale-in activity will not be blocked", API Reference,
// PutScalingPolicy), nor they for it. If several want less, the largest count is taken. Whoever wants less while another
// wants more is overruled (ECS rules, services 4.1).
//
// What is blocked is told once, and again when something about it changes: another reason, another desired count, a wish
// that goes further, or an alarm that ended in between.
func (s *Scaler) Decide(now time.Duration, c Counts) []Decision {
	b := ballot{s: s, now: now, c: c}
	b.most = s.forecast.most(now, s.max)
	more := b.outwards()
	if b.change == nil {
		b.inwards(more)
	}
	for _, p := range s.policies {
		p.fresh = false
	}
	s.empty = c.Running == 0
	if b.change != nil {
		s.empty = s.empty || b.change.To == 0
		b.said = append(b.said, *b.change)
	}
	return b.said
}

// ballot is one decision being made.
type ballot struct {
	s    *Scaler
	now  time.Duration
	c    Counts
	most int // the maximum at this moment

	said   []Decision
	change *Decision // goes to the end of said
}

// wish is what a policy asks for.
type wish struct {
	p       *policy
	watch   *watch
	count   int
	formula string
	// full is the count without regard to a cooldown, which base is the running tasks for.
	full, base int
}

// decision is the wish as a decision that changes nothing yet.
func (b *ballot) decision(w *wish) Decision {
	d := Decision{
		Policy: w.p.Name, Metric: w.p.Metric.String(), Value: w.p.last.Value, Target: w.p.threshold(), Formula: w.formula,
		From: b.c.Desired, To: b.c.Desired, Wanted: w.count, Until: -1, Breached: -1, Alarmed: -1,
	}
	if w.watch.on() {
		d.Breached, d.Alarmed = w.watch.Breached(), w.watch.alarmed
	}
	return d
}

// block says that a wish is not carried out, unless it was said already.
func (b *ballot) block(w *wish, why Block, until time.Duration) {
	d := b.decision(w)
	d.Blocked, d.Until = why, until
	if w.p.told.covers(&d) {
		return
	}
	w.p.told = told{Decision: d, yes: true}
	b.said = append(b.said, d)
}

// carry carries out a wish.
func (b *ballot) carry(d Decision) {
	for _, p := range b.s.policies {
		p.told = told{}
	}
	b.change = &d
}

// told is the last block that a policy was told of.
type told struct {
	Decision
	yes bool
}

// covers reports whether a block says nothing new.
func (t *told) covers(d *Decision) bool {
	if !t.yes || t.Blocked != d.Blocked || t.From != d.From {
		return false
	}
	before, now := t.Wanted-t.From, d.Wanted-d.From
	return sign(before) == sign(now) && now*sign(now) <= before*sign(before)
}

// limited writes the bound that cut a formula.
func limited(formula, word string, bound int) string {
	return fmt.Sprintf("%s, at %s %d", formula, word, bound)
}
