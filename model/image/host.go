package image

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Host is one machine that pulls: an EC2 instance, or the one below a Fargate task, which begins empty and ends with the
// task. Layers are the same by ID, images by pointer.
//
// A pull asks, then fetches the layers that are not there and that no other pull is fetching, one at a time in the order
// of the image, then unpacks them one after another. What another pull fetches or unpacks it waits for. Pulls of one
// image therefore fetch different layers of it at the same time.
type Host struct {
	speed     Speed
	caches    bool
	behaviour Behaviour // of the last pull: an instance has one

	now, since time.Duration // where the host is, and when its rates last changed
	begun      int
	pulls      []*Pull // under way, in the order of their Begin
	active     []*Pull // scratch of share
	done       []*Pull // completed, not yet returned
	spare      []*Pull // the slice that Advance returned last

	layers map[string]*held // looked up, never walked
	images []*kept          // in the order in which they came
}

// NewHost returns a machine without images. It caches if the agent's pull behaviour and clean-up hold for it. A Fargate
// task's does not: every pull asks the registry, and only the containers of the task share layers (ECS rules, services
// 1.6).
func NewHost(speed Speed, caches bool) *Host {
	return &Host{speed: speed, caches: caches, layers: map[string]*held{}}
}

// Begin starts a pull at now. The registry is asked if the behaviour wants that (Remote), which takes fixed, drawn by the
// caller: manifest and authentication. If all layers are there, that is all. slow, 1 or more, divides what the registry
// serves to this pull, and the network where that is less.
func (h *Host) Begin(now time.Duration, img *Image, reg *Registry, b Behaviour, fixed time.Duration, slow float64) *Pull {
	h.run(now)
	h.behaviour = b
	p := &Pull{
		Image: img,
		Asked: !h.caches || Remote(b, h.Has(img), h.Pulled(img)),
		order: h.begun,
		lazy:  isLazy(img),
		most:  min(rateOf(reg.Rate), rateOf(h.speed.Network)) / max(1, slow),
		at:    now,
	}
	if p.Asked {
		p.at += max(0, fixed)
	}
	h.begun++
	h.pulls = append(h.pulls, p)
	return p
}

// Next is the instant of the next event, at which something may complete; negative if nothing is under way. It is the
// present if pulls have completed that Advance has not yet returned.
func (h *Host) Next() time.Duration {
	if len(h.done) > 0 {
		return h.now
	}
	if next := h.next(); next < never {
		return next
	}
	return -1
}

func (h *Host) next() time.Duration {
	next := never
	for _, p := range h.pulls {
		next = min(next, p.next())
	}
	return next
}

// Advance moves the host to now and returns the pulls that completed, in the order of their Begin: their containers can
// be created. The slice holds until the next call.
func (h *Host) Advance(now time.Duration) []*Pull {
	h.run(now)
	completed := h.done
	h.done, h.spare = h.spare[:0], completed
	slices.SortFunc(completed, func(a, b *Pull) int { return cmp.Compare(a.order, b.order) })
	return completed
}

// Cancel ends a pull whose task was stopped, or the background of a lazy one. Layers that are there in full stay; of
// others the bytes stay only if another pull wants them. A pull that is over is left alone, but Advance does not return
// it any more.
func (h *Host) Cancel(now time.Duration, p *Pull) {
	h.run(now)
	isIt := func(other *Pull) bool { return other == p }
	h.done = slices.DeleteFunc(h.done, isIt)
	if p.phase == over {
		return
	}
	h.accrue(now)
	if l := p.layer; l != nil {
		// What is left is whole bytes again, so that those of all pulls of a layer add up to its size.
		got := p.got()
		p.whole += got
		l.left, l.by, p.layer = float64(p.from-got), nil, nil
	}
	p.Fetched, p.phase = p.whole, over
	h.pulls = slices.DeleteFunc(h.pulls, isIt)
	for k := range p.Image.Layers {
		id := p.Image.Layers[k].ID
		l := h.layers[id]
		switch {
		case l == nil:
		case l.state == partial && l.by == nil && !h.isWanted(id):
			delete(h.layers, id)
		case l.state == unpacked && l.by == p && l.at > now:
			l.state, l.by = fetched, nil
		}
	}
	for _, other := range h.pulls {
		if other.phase == unpacking {
			h.unpack(other, now)
		}
	}
	h.settle(now)
}

// isWanted reports whether a pull that is fetching has this layer.
func (h *Host) isWanted(id string) bool {
	return slices.ContainsFunc(h.pulls, func(p *Pull) bool { return p.fetches() && p.Image.has(id) })
}

// run moves the host to now, event by event.
func (h *Host) run(now time.Duration) {
	if now < h.now {
		panic(fmt.Sprintf("image: a host at %s is moved back to %s", h.now, now))
	}
	for t := h.next(); t <= now && t < never; t = h.next() {
		h.now = t
		h.step(t)
	}
	h.now = now
}

// step carries out what is due at t.
func (h *Host) step(t time.Duration) {
	h.accrue(t)
	for _, p := range h.pulls {
		switch {
		case p.phase == asking && p.at <= t:
			p.phase = fetching
			p.missing = h.missing(p.Image)
		case p.phase == unpacking && p.at <= t:
			h.complete(p)
		case p.layer != nil && p.at <= t:
			p.layer.state, p.layer.left, p.layer.by = fetched, 0, nil
			p.whole += p.from
			p.Fetched, p.layer = p.whole, nil
		}
	}
	h.settle(t)
}

// missing are the bytes of the image that are not there.
func (h *Host) missing(img *Image) (n int64) {
	for _, layer := range img.Layers {
		if l := h.layers[layer.ID]; l == nil || l.state == partial {
			n += layer.Size
		}
	}
	return n
}

// settle gives every pull that needs one a layer, in the order of their Begin, and divides the network anew.
func (h *Host) settle(t time.Duration) {
	for _, p := range h.pulls {
		if p.fetches() && p.layer == nil {
			h.pick(p, t)
		}
	}
	h.share(t)
	for _, p := range h.pulls {
		if p.lazy && p.phase == fetching && p.ready <= t {
			p.phase, p.Fetched = background, p.whole+p.got()
			h.done = append(h.done, p)
		}
	}
	h.pulls = slices.DeleteFunc(h.pulls, func(p *Pull) bool { return p.phase == over })
}

// pick takes the first layer of the image that is not there and that nobody fetches. If all are there, the pull
// unpacks; if some are being fetched, it waits.
func (h *Host) pick(p *Pull, t time.Duration) {
	waits := false
	for _, layer := range p.Image.Layers {
		l := h.layers[layer.ID]
		switch {
		case l == nil:
			l = &held{Layer: layer, left: float64(layer.Size)}
			h.layers[layer.ID] = l
		case l.state != partial:
			continue
		case l.by != nil:
			waits = true
			continue
		}
		l.by, p.layer, p.from = p, l, int64(l.left)
		return
	}
	switch {
	case waits:
	case p.lazy:
		// Its files are read out of the layers as they are.
		h.complete(p)
	default:
		p.phase = unpacking
		h.unpack(p, t)
	}
}

// unpack takes the layers that wait for being unpacked, and sets when the last one of the image is.
func (h *Host) unpack(p *Pull, t time.Duration) {
	begin, bytes := max(t, p.busy), 0.0
	p.at = t
	for _, layer := range p.Image.Layers {
		l := h.layers[layer.ID]
		if l.state == fetched {
			bytes += float64(l.Unpacked)
			l.state, l.by = unpacked, p
			l.at = later(begin, bytes, rateOf(h.speed.Unpack))
			p.busy = l.at
		}
		p.at = max(p.at, l.at)
	}
}

// complete ends a pull: the image is there.
func (h *Host) complete(p *Pull) {
	if p.phase != background {
		h.done = append(h.done, p)
	}
	p.phase = over
	h.keep(p)
}
