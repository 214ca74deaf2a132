package image

import (
	"math/big"
	"slices"
	"time"
)

// The reference pulls in fractions without rounding and keeps nothing that it could work out anew: at every event it
// moves every byte of every layer and divides the network from scratch.

type refLayer struct {
	Layer
	left, packed     *big.Rat // bytes to fetch and to unpack
	fetcher, unpacks *refPull
	here, open       bool // fetched, unpacked
}

type refPull struct {
	op
	phase   phase
	lazy    bool
	fixed   *big.Rat // left of it
	most    *big.Rat // nil: no limit
	rate    *big.Rat
	layer   *refLayer
	queue   []*refLayer // to unpack
	missing *big.Rat
	fetched *big.Rat
	at      *big.Rat // completion; nil if there was none
}

type machine struct {
	speed  Speed
	now    *big.Rat
	pulls  []*refPull
	layers map[string]*refLayer
}

func rat(n int64) *big.Rat                { return new(big.Rat).SetInt64(n) }
func ratOf(f float64) *big.Rat            { return new(big.Rat).SetFloat64(f) }
func seconds(d time.Duration) *big.Rat    { return big.NewRat(int64(d), int64(time.Second)) }
func less(a, b *big.Rat) bool             { return a.Cmp(b) < 0 }
func add(a *big.Rat, b *big.Rat) *big.Rat { return new(big.Rat).Add(a, b) }
func sub(a *big.Rat, b *big.Rat) *big.Rat { return new(big.Rat).Sub(a, b) }
func mul(a *big.Rat, b *big.Rat) *big.Rat { return new(big.Rat).Mul(a, b) }
func quo(a *big.Rat, b *big.Rat) *big.Rat { return new(big.Rat).Quo(a, b) }
func (p *refPull) fetches() bool          { return p.phase == fetching || p.phase == background }
func (r *machine) of(l Layer) *refLayer   { return r.layers[l.ID] }

// whole rounds a number of bytes down.
func whole(a *big.Rat) *big.Rat {
	return new(big.Rat).SetInt(new(big.Int).Quo(a.Num(), a.Denom()))
}

// pullAll carries the operations out and returns the pulls, long after the last.
func pullAll(speed Speed, ops []op) []*refPull {
	r := &machine{speed: speed, now: rat(0), layers: map[string]*refLayer{}}
	type action struct {
		at  time.Duration
		act func()
	}
	var all []*refPull
	var actions []action
	for _, o := range ops {
		p := &refPull{op: o, lazy: isLazy(o.img), fixed: seconds(o.fixed), missing: rat(0), fetched: rat(0)}
		for _, limit := range []float64{o.reg.Rate, speed.Network} {
			if limit := quo(ratOf(limit), ratOf(o.slow)); limit.Sign() > 0 && (p.most == nil || less(limit, p.most)) {
				p.most = limit
			}
		}
		all = append(all, p)
		actions = append(actions, action{o.begin, func() { r.pulls = append(r.pulls, p) }})
	}
	for _, p := range all {
		if p.cancel > 0 {
			actions = append(actions, action{p.cancel, func() { r.cancel(p) }})
		}
	}
	slices.SortStableFunc(actions, func(a, b action) int { return int(a.at - b.at) })
	for _, a := range actions {
		r.runTo(seconds(a.at))
		a.act()
		r.settle()
	}
	r.runTo(rat(1_000_000_000))
	return all
}

func (r *machine) cancel(p *refPull) {
	if p.phase == over {
		return
	}
	if l := p.layer; l != nil {
		lost := sub(p.fetched, whole(p.fetched))
		p.fetched, l.left = whole(p.fetched), add(l.left, lost)
		l.fetcher = nil
	}
	p.phase, p.layer = over, nil
	for _, l := range p.queue {
		l.unpacks, l.packed = nil, r.packed(l.Layer)
	}
	p.queue = nil
	for id, l := range r.layers {
		wanted := slices.ContainsFunc(r.pulls, func(q *refPull) bool { return q.fetches() && q.img.has(id) })
		if !l.here && l.fetcher == nil && !wanted {
			delete(r.layers, id)
		}
	}
	for _, q := range r.pulls {
		if q.phase == unpacking {
			r.enqueue(q)
		}
	}
}

// packed is what a machine has to unpack of a layer.
func (r *machine) packed(l Layer) *big.Rat {
	if r.speed.Unpack == 0 {
		return rat(0)
	}
	return rat(l.Unpacked)
}

func (r *machine) enqueue(p *refPull) {
	for _, layer := range p.img.Layers {
		if l := r.of(layer); !l.open && l.unpacks == nil {
			l.unpacks = p
			p.queue = append(p.queue, l)
		}
	}
}

// settle does what takes no time, until nothing is left to do.
func (r *machine) settle() {
	for changed := true; changed; {
		changed = false
		for _, p := range r.pulls {
			changed = r.due(p) || changed
		}
		for _, p := range r.pulls {
			changed = r.choose(p) || changed
		}
		for _, p := range r.pulls {
			if p.lazy && p.phase == fetching && r.wants(p).Sign() <= 0 {
				p.phase, p.at, changed = background, r.now, true
			}
		}
	}
}

func (r *machine) due(p *refPull) bool {
	switch {
	case p.phase == asking && p.fixed.Sign() == 0:
		p.phase = fetching
		for _, layer := range p.img.Layers {
			if l := r.of(layer); l == nil || !l.here {
				p.missing = add(p.missing, rat(layer.Size))
			}
		}
	case p.layer != nil && p.layer.left.Sign() == 0:
		p.layer.here, p.layer.fetcher, p.layer = true, nil, nil
	case len(p.queue) > 0 && p.queue[0].packed.Sign() == 0:
		p.queue[0].open = true
		p.queue = p.queue[1:]
	case p.phase == unpacking && !slices.ContainsFunc(p.img.Layers, func(l Layer) bool { return !r.of(l).open }):
		p.phase, p.at = over, r.now
	default:
		return false
	}
	return true
}

func (r *machine) choose(p *refPull) bool {
	if !p.fetches() || p.layer != nil {
		return false
	}
	waits := false
	for _, layer := range p.img.Layers {
		l := r.of(layer)
		if l == nil {
			l = &refLayer{Layer: layer, left: rat(layer.Size), packed: r.packed(layer)}
			r.layers[layer.ID] = l
		}
		if !l.here && l.fetcher == nil {
			l.fetcher, p.layer = p, l
			return true
		}
		waits = waits || !l.here
	}
	switch {
	case waits:
		return false
	case p.lazy:
		if p.phase == fetching {
			p.at = r.now
		}
		p.phase = over
	default:
		p.phase = unpacking
		r.enqueue(p)
	}
	return true
}

func (r *machine) wants(p *refPull) *big.Rat {
	wants := whole(quo(add(mul(p.missing, rat(LazyPerMille)), rat(999)), rat(1000)))
	there := p.missing
	for _, layer := range p.img.Layers {
		switch l := r.of(layer); {
		case l == nil:
			there = sub(there, rat(layer.Size))
		case l == p.layer:
			there = sub(there, l.left)
		case !l.here:
			there = sub(there, rat(l.Size))
		}
	}
	return sub(wants, there)
}

// divide gives everybody an equal share, again and again from what those leave who cannot use theirs.
func (r *machine) divide() {
	var open []*refPull
	for _, p := range r.pulls {
		if p.layer != nil {
			open = append(open, p)
		}
	}
	left := ratOf(r.speed.Network)
	for len(open) > 0 {
		share := quo(left, rat(int64(len(open))))
		var rest []*refPull
		for _, p := range open {
			p.rate = share
			if p.most == nil || !less(p.most, share) {
				rest = append(rest, p)
				continue
			}
			p.rate = p.most
			left = sub(left, p.most)
		}
		if len(rest) == len(open) {
			return
		}
		open = rest
	}
}

// runTo moves from event to event until then.
func (r *machine) runTo(then *big.Rat) {
	for r.settle(); less(r.now, then); r.settle() {
		r.divide()
		step := sub(then, r.now)
		for _, p := range r.pulls {
			events := []*big.Rat{}
			if p.phase == asking {
				events = append(events, p.fixed)
			}
			if p.layer != nil {
				events = append(events, quo(p.layer.left, p.rate))
				if p.lazy && p.phase == fetching {
					events = append(events, quo(r.wants(p), p.rate))
				}
			}
			if len(p.queue) > 0 {
				events = append(events, quo(p.queue[0].packed, ratOf(r.speed.Unpack)))
			}
			for _, e := range events {
				if less(e, step) {
					step = e
				}
			}
		}
		for _, p := range r.pulls {
			if p.phase == asking {
				p.fixed = sub(p.fixed, step)
			}
			if p.layer != nil {
				bytes := mul(p.rate, step)
				p.layer.left, p.fetched = sub(p.layer.left, bytes), add(p.fetched, bytes)
			}
			if len(p.queue) > 0 {
				p.queue[0].packed = sub(p.queue[0].packed, mul(ratOf(r.speed.Unpack), step))
			}
		}
		r.now = add(r.now, step)
	}
}
