package model

import (
	"slices"
	"time"
)

// shortage opens or closes a lack of capacity. When it is over, groups try again at once: how long they would go on
// backing off is not published.
func (e *faultEvent) shortage(now time.Duration) {
	w, f := e.world, e.fault
	if e.on {
		w.outages.shortage = append(w.outages.shortage, f)
		return
	}
	w.outages.shortage = slices.DeleteFunc(w.outages.shortage, func(x *Fault) bool { return x == f })
	for _, c := range w.clusters {
		w.clusterGrew(now, c)
	}
	for _, g := range w.groupOf {
		if g != nil {
			for z := range g.backoffs {
				g.backoffs[z].Reset()
			}
		}
	}
	w.noticeGroups(now)
}

// noticeGroups has every group look at itself: EC2 may launch where it could not before.
func (w *World) noticeGroups(now time.Duration) {
	for _, g := range w.groupOf {
		if g != nil {
			g.notice(now)
		}
	}
}

// shortOf reports whether EC2, or Fargate Spot, has none of a type in a zone and market. An empty type is Fargate.
func (o *outages) shortOf(provider int, kind, zone string, spot bool) bool {
	return slices.ContainsFunc(o.shortage, func(f *Fault) bool {
		switch {
		case kind == "" && !spot && f.Provider == 0: // FARGATE, which a fault about instances does not mean
			return false
		case f.Provider > 0 && f.Provider != provider+1, f.Type != "" && f.Type != kind, f.Zone != "" && f.Zone != zone:
			return false
		}
		return f.Market == BothMarkets || spot == (f.Market == SpotMarket)
	})
}
