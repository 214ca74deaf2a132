package report

import (
	"time"

	"ecssim/model"
	"ecssim/model/placement"
	"ecssim/sim"
)

// Reasons of failures: those of placement, and two more for tasks that were placed and failed to start.
const (
	noAddress  = placement.Reason(placement.NumReasons)
	noHostPort = noAddress + 1
	numReasons = placement.NumReasons + 2
	// launchRate is no failure: it delays a launch. It can be the first bottleneck.
	launchRate = placement.Reason(numReasons)

	noAddressIs  = "InsufficientFreeAddressesInSubnet" // EC2's error code for CreateNetworkInterface
	noHostPortIs = "HostPortUnavailable"               // of our own: ECS passes on what Docker says
)

// reasonText is a reason as files and tables spell it.
func reasonText(r placement.Reason) string {
	switch r { //nolint:exhaustive // the others are those of placement
	case noAddress:
		return noAddressIs
	case noHostPort:
		return noHostPortIs
	case launchRate:
		return "Fargate launch rate"
	}
	return r.String()
}

// reasonResource is the limit behind a reason.
func reasonResource(r placement.Reason) string {
	switch r { //nolint:exhaustive // the others are those of placement
	case noAddress:
		return "ip"
	case noHostPort:
		return "ports"
	case launchRate:
		return "fargate_launch_rate"
	}
	return r.Resource()
}

// owner is what is known of a service or job while the run goes on.
type owner struct {
	name    string
	service bool
	class   int // of Fargate rates; negative on EC2

	desired *sim.Track // services only
	waiting *sim.Track // created, not placed
	pending *sim.Track // placed, not RUNNING
	running *sim.Track

	// Of tasks created at or after the warm-up.
	arrived, placed, refused, finished int64
	stopped                            [model.NumStopCodes]int64
	wait                               sim.Sample

	// Of attempts made at or after the warm-up.
	failures    int64
	byReason    [numReasons]int64
	first       [numReasons]time.Duration
	lastRefusal refusal
	throttled   int64 // launches that had to wait, at or after the warm-up

	open failureCell // of the failure log's open bucket, one a reason
}

// refusal is a placement.Refusal that may be kept.
type refusal struct {
	reason    placement.Reason
	dominant  placement.Reason
	by        [placement.NumReasons]int32
	instances int64
	named     string // the one instance that was asked, for StartTask; empty where all were
}

func newOwner(l *sim.Timeline, name string, service bool) *owner {
	o := &owner{name: name, service: service, class: -1}
	o.waiting, o.pending, o.running = l.Track(), l.Track(), l.Track()
	if service {
		o.desired = l.Track()
	}
	for i := range o.first {
		o.first[i] = -1
	}
	return o
}

// fail counts one failure after the warm-up.
func (o *owner) fail(now time.Duration, r placement.Reason) {
	o.byReason[r]++
	if o.first[r] < 0 {
		o.first[r] = now
	}
}
