package image

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// accrue counts what came since the rates last changed. It is called where they change and nowhere else, so that the
// numbers do not depend on how often somebody looks.
func (h *Host) accrue(t time.Duration) {
	for _, p := range h.pulls {
		if p.layer == nil || t <= h.since {
			continue
		}
		// The conversion keeps the compiler from fusing the two operations, which would round differently on some
		// machines.
		p.layer.left = max(0, p.layer.left-float64(p.rate*(t-h.since).Seconds()))
	}
	h.since = t
}

// share divides the network among the pulls that fetch, and sets when their layers are there. Nobody gets more than its
// registry serves; what that leaves is divided among the others.
func (h *Host) share(t time.Duration) {
	h.active = h.active[:0]
	for _, p := range h.pulls {
		if p.layer != nil {
			h.active = append(h.active, p)
		}
	}
	slices.SortStableFunc(h.active, func(a, b *Pull) int { return cmp.Compare(a.most, b.most) })
	left := rateOf(h.speed.Network)
	for n, p := range h.active {
		p.rate = min(p.most, left/float64(len(h.active)-n))
		if p.rate < p.most {
			// So are all that follow, and equals get the same to the last bit.
			for _, other := range h.active[n:] {
				other.rate = p.rate
			}
			break
		}
		if !math.IsInf(left, 1) {
			left = max(0, left-p.rate)
		}
	}
	for _, p := range h.pulls {
		rate := 0.0
		if p.layer != nil {
			rate = p.rate
			p.at = later(t, p.layer.left, rate)
		}
		if p.lazy && p.phase == fetching {
			p.ready = later(t, p.wants(h.layers), rate)
		}
	}
}
