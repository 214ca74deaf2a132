package report

import (
	"time"

	"ecssim/model"
	"ecssim/model/placement"
	"ecssim/sim"
)

// owner is what is known of a service or job while the run goes on.
type owner struct {
	name    string
	service bool
	rates   ratesOf
	book    *serviceBook // services only

	desired *sim.Track // services only
	gaps    gapBook    // services only
	waiting *sim.Track // created, not placed
	pending *sim.Track // placed, not RUNNING
	running *sim.Track
	leaving *sim.Track // on their way out: DEACTIVATING and later

	// Of tasks created at or after the warm-up.
	arrived, placed, refused, finished int64
	stopped                            [model.NumStopCodes]int64
	stops                              stopTally
	unhealthy                          int64 // stopped for their health
	wait                               sim.Sample

	// Of attempts made at or after the warm-up.
	failures    int64
	byReason    [numReasons]int64
	first       [numReasons]time.Duration
	lastRefusal refusal
	throttled   int64 // launches that had to wait, at or after the warm-up
	denied      denials
	awaits      string // the capacity provider that the last task waited for

	open failureCell // of the failure log's open bucket, one a reason
}

// refusal is a placement.Refusal that may be kept.
type refusal struct {
	reason    placement.Reason
	dominant  placement.Reason
	by        [placement.NumReasons]int32
	instances int64
	stranded  int64  // instances of the cluster that run and have never registered
	named     string // the one instance that was asked, for StartTask; empty where all were
}

func newOwner(l *sim.Timeline, name string, service bool) *owner {
	o := &owner{name: name, service: service}
	o.waiting, o.pending, o.running, o.leaving = l.Track(), l.Track(), l.Track(), l.Track()
	if service {
		o.desired, o.gaps.start = l.Track(), l.Start()
	}
	for i := range o.first {
		o.first[i] = -1
	}
	return o
}

// denials counts tasks whose calls AWS denies.
type denials struct {
	tasks  int64
	first  time.Duration
	reason string // of the first
}

// fail counts one failure after the warm-up.
func (o *owner) fail(now time.Duration, r placement.Reason) {
	o.byReason[r]++
	if o.first[r] < 0 {
		o.first[r] = now
	}
}
