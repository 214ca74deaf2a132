package model

import (
	"time"

	"ecssim/model/fleet"
)

// pooled is an instance of a warm pool: it has booted once, or is about to, and was stopped. It holds no address, and the
// minutes of its first boot are not billed.
type pooled struct {
	zone  int
	ready time.Duration
}

// fillPool brings the warm pool to its size (ECS rules, services 3.6).
func (g *group) fillPool(now time.Duration) {
	p := g.spec.WarmPool
	if p == nil {
		return
	}
	want := p.Size.PoolSize(g.spec.Max, g.desired)
	for len(g.pool) > want {
		g.pool = g.pool[:len(g.pool)-1]
	}
	for len(g.pool) < want {
		loads := g.zoneLoads(now)
		for _, x := range g.pool {
			loads[x.zone].Instances++
		}
		zone := fleet.ChooseZone(loads, false)
		if zone < 0 {
			return
		}
		g.pool = append(g.pool, pooled{zone, after(now, drawn(g.spec.BootTime, g.chance, 0))})
	}
}

// fromPool takes an instance of a zone out of the warm pool, if one is ready.
func (g *group) fromPool(now time.Duration, zone int) bool {
	for k, x := range g.pool {
		if x.zone == zone && x.ready <= now {
			g.pool = append(g.pool[:k], g.pool[k+1:]...)
			return true
		}
	}
	return false
}
