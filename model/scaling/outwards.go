package scaling

import "fmt"

// outwards hears who wants more, and carries out the largest count. It reports whether anybody wants more, carried out or
// not; those wishes overrule every wish for less.
func (b *ballot) outwards() (more bool) {
	var fresh []wish
	for _, p := range b.s.policies {
		w, ok := b.wantsMore(p)
		switch {
		case !ok:
			continue
		case b.s.cfg.Suspended.Out:
			if p.fresh {
				b.block(&w, IsSuspended, -1)
			}
			continue
		case p.fresh:
			fresh = append(fresh, w)
		}
		more = true
	}
	if len(fresh) == 0 {
		return more
	}
	best := &fresh[0]
	for i := range fresh {
		if w := &fresh[i]; w.count > best.count || w.count == best.count && w.full > best.full {
			best = w
		}
	}
	switch {
	case b.c.Desired < b.s.min:
		b.lift(best)
	case b.c.Desired >= b.most:
		best.count, best.formula = best.full, best.fullFormula(b)
		best.formula = limited(best.formula, "most", b.most)
		b.block(best, AtMaximum, -1)
	case best.count <= b.c.Desired:
		for i := range fresh {
			w := &fresh[i]
			w.count, w.formula = w.full, w.fullFormula(b)
			b.block(w, InCooldown, w.p.outUntil)
		}
	default:
		b.scaleOut(best)
	}
	return true
}

// wantsMore is the policy's wish for more than the desired count; ok false if it has none.
//
// "While the cooldown period is in effect, capacity added by the initiating scale-out activity is calculated as part of the
// desired capacity for the next" (API Reference, StepScalingPolicyConfiguration): the formula is begun again from the count
// with which the first scale-out began, and only what exceeds the desired count is added. Else the datapoints from before
// the new tasks ran would scale out a second time (ECS rules, services 4.2).
func (b *ballot) wantsMore(p *policy) (w wish, ok bool) {
	w = wish{p: p, watch: &p.high, base: b.c.Running}
	demanded := p.high.on() || b.c.Running == 0 && p.known && p.demanded()
	if !p.known || !demanded {
		return w, false
	}
	w.full, w.formula, ok = p.out(b.c)
	// A service below its minimum is lifted whatever the formula says.
	if !ok || w.full <= b.c.Desired && b.c.Desired >= b.s.min {
		return w, false
	}
	w.count = w.full
	if b.now <= p.outUntil && p.outBase < b.c.Running { // its last instant is part of it
		w.base = p.outBase
		w.count, w.formula, _ = p.out(Counts{Running: w.base, Desired: b.c.Desired})
		w.formula += fmt.Sprintf(", %d ran when the cooldown began", w.base)
	}
	return w, true
}

// out is the count that the policy scales out to; ok false if it does not scale out.
func (p *policy) out(c Counts) (count int, formula string, ok bool) {
	if p.Step == nil {
		count, formula = p.track(c.Running)
		return count, formula, true
	}
	count, direction, formula := p.adjust(c)
	return count, formula, direction > 0
}

// fullFormula is the formula without regard to a cooldown.
func (w *wish) fullFormula(b *ballot) string {
	_, formula, _ := w.p.out(b.c)
	return formula
}

// lift brings a service from below its minimum to the minimum first, and goes on from there with the next datapoint. It
// begins no cooldown, which is our choice (ECS rules, services 4.1).
func (b *ballot) lift(w *wish) {
	d := b.decision(w)
	d.Formula = fmt.Sprintf("%s, first to the minimum of %d", w.formula, b.s.min)
	d.To = b.s.min
	b.carry(d)
}

// scaleOut carries out a wish for more, which begins its cooldown and ends that of a scale-in. The first task of none begins
// no cooldown, so that scaling goes on "based on the actual running task count" as soon as it runs (our choice).
func (b *ballot) scaleOut(w *wish) {
	d := b.decision(w)
	d.To = min(w.count, b.most)
	if d.To < w.count {
		d.Blocked, d.Formula = AtMaximum, limited(w.formula, "most", b.most)
	}
	b.s.inUntil = b.now
	if b.c.Running > 0 {
		d.Until = b.now + w.p.cooldown(true)
		w.p.outUntil, w.p.outBase = d.Until, w.base
	}
	b.carry(d)
}
