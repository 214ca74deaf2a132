package image

import (
	"math"
	"time"
)

// Pull is one container's pull of an image.
type Pull struct {
	Image *Image
	// Fetched are the bytes that this pull brought over the network; those of a lazy image go on after its completion,
	// and are counted with every layer that arrives.
	Fetched int64
	// Asked: the registry was asked for the manifest.
	Asked bool
	// Owner is the caller's.
	Owner any

	order int // of the pull's Begin on its host
	phase phase
	lazy  bool
	most  float64 // bytes a second that the registry serves at most
	rate  float64 // bytes a second at which layer comes

	layer *held // being fetched by this pull; nil if none is, and when it waits for layers that others fetch
	from  int64 // what was left of layer when this pull took it
	whole int64 // fetched in earlier layers

	at      time.Duration // end of asking, of layer, or of unpacking
	ready   time.Duration // when a lazy image has enough for its containers to start
	missing int64         // bytes of the layers that were not there when the fetching began
	busy    time.Duration // until when this pull unpacks
}

// phase is where a pull stands.
type phase uint8

const (
	asking     phase = iota
	fetching         // or waiting for layers that other pulls fetch
	unpacking        // or waiting for layers that other pulls unpack
	background       // the containers of a lazy image run; the rest comes
	over
)

// never is later than any event.
const never = time.Duration(math.MaxInt64)

// fetches reports whether the pull wants layers from the network.
func (p *Pull) fetches() bool { return p.phase == fetching || p.phase == background }

// next is the instant of the pull's next event; never if it waits for another pull.
func (p *Pull) next() time.Duration {
	if !p.fetches() {
		return p.at
	}
	next := never
	if p.layer != nil {
		next = p.at
	}
	if p.lazy && p.phase == fetching {
		next = min(next, p.ready)
	}
	return next
}

// got are the bytes of its present layer that the pull fetched so far.
func (p *Pull) got() int64 {
	if p.layer == nil {
		return 0
	}
	return p.from - int64(math.Ceil(p.layer.left))
}

// wants are the bytes that a lazy pull still needs before its containers start. A layer that another pull fetches counts
// when it is there.
func (p *Pull) wants(layers map[string]*held) float64 {
	wants := float64((p.missing*LazyPerMille + 999) / 1000)
	there := float64(p.missing)
	for k := range p.Image.Layers {
		l := layers[p.Image.Layers[k].ID]
		switch {
		case l == nil:
			there -= float64(p.Image.Layers[k].Size)
		case l == p.layer:
			there -= l.left
		case l.state == partial:
			there -= float64(l.Size)
		}
	}
	return wants - there
}

// later is the instant at which so many bytes at this rate, begun at t, are through, to the nearest nanosecond.
func later(t time.Duration, bytes, rate float64) time.Duration {
	if bytes <= 0 {
		return t
	}
	ns := math.Round(bytes / rate * float64(time.Second))
	if !(ns < float64(never-t)) {
		return never
	}
	return t + time.Duration(ns)
}

// rateOf reads a rate of which 0 is infinitely fast.
func rateOf(rate float64) float64 {
	if rate <= 0 {
		return math.Inf(1)
	}
	return rate
}
