package report

import (
	"cmp"
	"slices"
	"time"

	"ecssim/model"
)

// faultEcho is how long after a fault a service may begin to suffer and still blame it: health checks take that long.
const faultEcho = 2 * time.Minute

// maxFaults bounds the faults that are told of one by one.
const maxFaults = 500

// faultBook collects the faults of a run.
type faultBook struct {
	rows  []FaultRecord
	total int64
	// begun is the event of the fault that began last, at; several at one instant share the blame.
	begun int64
	at    time.Duration
}

// FaultRecord is one fault and who suffered from it.
type FaultRecord struct {
	Name string
	Kind model.FaultKind
	// To is negative for one that lasts up to the end.
	From, To time.Duration
	Impact   []FaultImpact

	fault *model.Fault
	event int64
}

// FaultImpact is a service that fell below its strength during a fault: fewer tasks RUNNING, or healthy, than it had
// when the fault began, or than it wants if that is less.
type FaultImpact struct {
	Owner                        int // index into Record.Owners
	Desired                      int64
	RunningBefore, HealthyBefore int64
	LowestRunning, LowestHealthy int64
	Below                        time.Duration // in all
	RecoveredAfter               time.Duration // from the beginning of the fault; negative if not by the end
	// Zones are the RUNNING tasks by Record.Zones; nil with a single zone.
	Zones []ZoneImpact
}

// ZoneImpact is how many tasks of a service ran in one zone: when the fault began, at the worst, and when the service
// had recovered, or was no longer watched.
type ZoneImpact struct{ Before, Lowest, After int64 }

// begunAt is the event of a fault that begins at this very instant; 0 if none does.
func (b *faultBook) begunAt(now time.Duration) int64 {
	if b.begun > 0 && b.at == now {
		return b.begun
	}
	return 0
}

// FaultChanged implements model.Observer.
func (r *Recorder) FaultChanged(now time.Duration, f *model.Fault, on bool) {
	r.tick(now)
	if !on {
		r.endFault(now, f)
		return
	}
	event := r.logFault(now, f, true, 0)
	r.faults.begun, r.faults.at = event, now
	r.faults.total++
	if len(r.faults.rows) == maxFaults {
		return
	}
	r.faults.rows = append(r.faults.rows, FaultRecord{Name: f.Name, Kind: f.Kind, From: now, To: -1, fault: f, event: event})
	for i := range r.cfg.Services {
		r.owners[i].book.watchFault(now, f, len(r.faults.rows)-1)
	}
}

func (r *Recorder) endFault(now time.Duration, f *model.Fault) {
	event := int64(0)
	for i := len(r.faults.rows) - 1; i >= 0; i-- {
		row := &r.faults.rows[i]
		if row.fault != f || row.To >= 0 {
			continue
		}
		row.To, event = now, row.event
		for k := range r.cfg.Services {
			for _, w := range r.owners[k].book.watches {
				if w.fault == i && w.until < 0 {
					w.until = now + faultEcho
				}
			}
		}
		break
	}
	r.logFault(now, f, false, event)
}

// watch follows one service through one fault. It looks at what was held for some time: what is gone and back within
// an instant is no harm.
type watch struct {
	fault int           // index into faultBook.rows
	from  time.Duration // where the fault began
	since time.Duration // up to where the watch has looked
	until time.Duration // a weakness that begins later has another cause; negative while the fault lasts

	impact     FaultImpact
	felt, weak bool
}

// watchFault opens a window on the service.
func (b *serviceBook) watchFault(now time.Duration, f *model.Fault, fault int) {
	b.settle(now)
	running, healthy := b.owner.running.Value(), b.healthy.Value()
	w := &watch{fault: fault, from: now, since: now, until: -1}
	switch f.Kind { //nolint:exhaustive // the others last
	case model.TaskKill, model.InstanceLoss, model.HostRetirement, model.SpotInterruption:
		w.until = now + f.Notice + faultEcho
	}
	w.impact = FaultImpact{
		Owner:   b.index,
		Desired: b.owner.desired.Value(), RunningBefore: running, HealthyBefore: healthy,
		LowestRunning: running, LowestHealthy: healthy, RecoveredAfter: -1,
	}
	if len(b.zones) > 1 {
		w.impact.Zones = make([]ZoneImpact, len(b.zones))
		for z := range b.zones {
			n := b.zones[z].n
			w.impact.Zones[z] = ZoneImpact{n, n, n}
		}
	}
	b.watches = append(b.watches, w)
}

// settle lets the open windows see what was held up to now. It comes before every change of what runs, is healthy or
// is wanted.
func (b *serviceBook) settle(now time.Duration) {
	if len(b.watches) == 0 {
		return
	}
	open := b.watches[:0]
	for _, w := range b.watches {
		if now > w.since {
			w.look(now, b)
		}
		if !w.weak && w.until >= 0 && now > w.until {
			b.close(w)
		} else {
			open = append(open, w)
		}
	}
	clear(b.watches[len(open):])
	b.watches = open
}

// close notes what a window has seen, if it has seen anything.
func (b *serviceBook) close(w *watch) {
	if w.felt {
		row := &b.faults.rows[w.fault]
		row.Impact = append(row.Impact, w.impact)
	}
}

func (w *watch) look(now time.Duration, b *serviceBook) {
	running, healthy, desired := b.owner.running.Value(), b.healthy.Value(), b.owner.desired.Value()
	m := &w.impact
	w.lookAtZones(b)
	if w.strong(running, healthy, desired) {
		if w.weak {
			w.weak, m.RecoveredAfter = false, w.since-w.from
		}
	} else if w.weak || w.until < 0 || w.since <= w.until {
		w.weak, w.felt, m.RecoveredAfter = true, true, -1
		m.Desired = desired
		m.LowestRunning, m.LowestHealthy = min(m.LowestRunning, running), min(m.LowestHealthy, healthy)
		m.Below += now - w.since
	}
	w.since = now
}

// lookAtZones follows the zones until the service has recovered.
func (w *watch) lookAtZones(b *serviceBook) {
	if w.felt && !w.weak {
		return
	}
	for z := range w.impact.Zones {
		m, n := &w.impact.Zones[z], b.zones[z].n
		m.Lowest, m.After = min(m.Lowest, n), n
	}
}

// endFaults closes all windows.
func (r *Recorder) endFaults(now time.Duration) {
	for i := range r.cfg.Services {
		b := r.owners[i].book
		b.settle(now)
		for _, w := range b.watches {
			if w.weak && b.strong(w) { // what was won back in the last instant counts
				w.impact.RecoveredAfter = now - w.from
				w.lookAtZones(b)
			}
			b.close(w)
		}
	}
	for _, row := range r.faults.rows {
		slices.SortFunc(row.Impact, func(a, b FaultImpact) int { return cmp.Compare(a.Owner, b.Owner) })
	}
}

func (b *serviceBook) strong(w *watch) bool {
	return w.strong(b.owner.running.Value(), b.healthy.Value(), b.owner.desired.Value())
}

// strong says that a service has the tasks that it had, or wants no more.
func (w *watch) strong(running, healthy, desired int64) bool {
	return running >= min(w.impact.RunningBefore, desired) && healthy >= min(w.impact.HealthyBefore, desired)
}
