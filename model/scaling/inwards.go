package scaling

import (
	"fmt"
	"time"
)

// inwards hears who wants less, and carries out the largest of the counts, if nothing speaks against it. more says that
// somebody wants more.
func (b *ballot) inwards(more bool) {
	var best *wish
	for _, w := range b.wishesForLess() {
		why, until := b.against(&w, more)
		if why != NotBlocked {
			b.block(&w, why, until)
			continue
		}
		switch {
		case best == nil:
			best = &w
		case w.count > best.count:
			b.block(best, OtherPolicy, -1)
			best = &w
		case w.count < best.count:
			b.block(&w, OtherPolicy, -1)
		}
	}
	if best != nil {
		b.scaleIn(best)
	}
}

// wishesForLess are the wishes for less than the desired count of policies that have not acted on their last datapoint.
// Above the maximum every alarm for less counts, whatever its formula says.
func (b *ballot) wishesForLess() []wish {
	var wishes []wish
	fresh := false // a target tracking policy that is ready
	for _, p := range b.s.policies {
		w, ok := b.wantsLess(p)
		if !ok || p.Step != nil && !p.fresh {
			continue
		}
		fresh = fresh || p.Step == nil && p.fresh
		wishes = append(wishes, w)
	}
	kept := wishes[:0]
	for _, w := range wishes {
		less := w.count < b.c.Desired || b.c.Desired > b.most
		if less && (w.p.Step != nil || fresh) {
			kept = append(kept, w)
		}
	}
	return kept
}

// wantsLess is what the policy makes of its alarm for less. None scales in while no task runs: there is nothing to compute
// with (our choice).
func (b *ballot) wantsLess(p *policy) (w wish, ok bool) {
	if !p.known || b.c.Running == 0 {
		return w, false
	}
	w = wish{p: p, watch: &p.low}
	if p.Step == nil {
		if p.DisableScaleIn || !p.low.on() {
			return w, false
		}
		w.count, w.formula = p.track(b.c.Running)
		return w, true
	}
	w.watch = &p.high
	if !p.high.on() {
		return w, false
	}
	direction := 0
	w.count, direction, w.formula = p.adjust(b.c)
	return w, direction < 0
}

// against is what speaks against a wish for less, and until when.
func (b *ballot) against(w *wish, more bool) (Block, time.Duration) {
	switch {
	case b.c.Desired <= b.s.min:
		return AtMinimum, -1
	case b.s.cfg.Suspended.In:
		return IsSuspended, -1
	case b.c.Deploying:
		return InDeployment, -1
	case more:
		return OtherPolicy, -1
	case w.p.Step == nil && !b.allReady(w.count):
		return OtherPolicy, -1
	default:
		return NotBlocked, -1
	}
}

// allReady reports whether every target tracking policy with scale-in enabled wants to scale in, and none to a larger count
// than this one. A policy without data is not ready: no data is not low utilisation (ECS rules, services 4.1).
func (b *ballot) allReady(count int) bool {
	for _, p := range b.s.policies {
		if p.Step != nil || p.DisableScaleIn {
			continue
		}
		w, ready := b.wantsLess(p)
		if !ready || w.count > count {
			return false
		}
	}
	return true
}

// scaleIn carries out a wish for less, unless a cooldown goes on or a forecast holds the tasks.
//
// The cooldown of a scale-in is the service's, "to block subsequent scale-in requests". So does the cooldown of a scale-out:
// what it started has not taken effect yet (ECS rules, services 4.2; which policy's is our choice).
func (b *ballot) scaleIn(w *wish) {
	until := b.s.inUntil
	for _, p := range b.s.policies {
		until = max(until, p.outUntil)
	}
	if b.now <= until { // its last instant is part of it
		b.block(w, InCooldown, until)
		return
	}
	d := b.decision(w)
	if b.c.Desired > b.most {
		d.Formula = fmt.Sprintf("%s, first to the maximum of %d", w.formula, b.most)
		d.To = b.most
		b.carry(d)
		return
	}
	d.To = w.count
	if least := b.s.min; d.To < least {
		d.To, d.Blocked, d.Formula = least, AtMinimum, limited(w.formula, "least", least)
	}
	if held, end := b.s.forecast.floor(b.now); d.To < held {
		d.To, d.Blocked, d.Formula = min(held, b.c.Desired), OtherPolicy, limited(w.formula, "least", held)
		if d.To == b.c.Desired {
			b.block(w, OtherPolicy, end)
			return
		}
	}
	d.Until = b.now + w.p.cooldown(false)
	b.s.inUntil = d.Until
	b.carry(d)
}
