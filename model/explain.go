package model

import (
	"iter"
	"slices"
	"time"

	"ecssim/model/fleet"
)

// What somebody needs who explains a run: a look at the world before a decision, and at an instant. Looking changes
// nothing.

// OnPlacing lets somebody look at the world whenever a place for a task is about to be sought, before anything is
// reserved. It must be set before Run.
func (w *World) OnPlacing(look func(now time.Duration, t *Task)) { w.placing = look }

// aboutToPlace tells whoever looks.
func (w *World) aboutToPlace(t *Task) {
	if w.placing != nil {
		w.placing(w.engine.Now(), t)
	}
}

// LookAt lets somebody look at the world at an instant, when all that happens at it has happened. It must be asked for
// before Run; what lies behind the end is never looked at.
func (w *World) LookAt(at time.Duration, look func()) {
	event := strike(func(time.Duration) { look() })
	if w.cfg.Duration > 0 && at >= w.cfg.Duration {
		w.engine.AtEnd(at, event) // nothing behind the end fires
		return
	}
	w.engine.At(at+1, event)
}

// Instances are the registered instances of a cluster, in order of registration.
func (w *World) Instances(cluster int) []*fleet.Instance {
	return w.clusters[cluster].index.Instances()
}

// Instance is the instance of that name; nil if it is gone, known says whether there ever was one.
func (w *World) Instance(name string) (i *fleet.Instance, known bool) {
	i, known = w.instances[name]
	return i, known
}

// Tasks yields every task that waits, starts, runs or leaves, in no particular but always the same order.
func (w *World) Tasks() iter.Seq[*Task] { return slices.Values(w.live) }

// Owners yields the services that exist, then the jobs, with what they are now.
func (w *World) Owners() iter.Seq[*Owner] {
	return func(yield func(*Owner) bool) {
		for _, s := range w.services {
			if !yield(&s.Owner) {
				return
			}
		}
		for _, j := range w.jobs {
			if !yield(&j.Owner) {
				return
			}
		}
	}
}
