package balance

import (
	"slices"
	"time"

	"ecssim/model/taskdef"
)

// RecordType is a type of DNS record.
type RecordType string

// The types that tasks can have.
const (
	RecordA   RecordType = "A"
	RecordSRV RecordType = "SRV"
)

// Limits of Cloud Map (ECS rules, services 5.5).
const (
	// MaxInstances of one Cloud Map service, and so tasks of an ECS service that registers there.
	MaxInstances = 1000
	// MaxAnswers are the records of one DNS answer.
	MaxAnswers = 8
)

// RecordTypes lists what tasks of a network mode can register. An A record has no port, so it takes an address of
// the task's own; without a network there is nothing to register (ECS rules, services 5.5).
func RecordTypes(mode taskdef.NetworkMode) []RecordType {
	switch mode {
	case taskdef.Awsvpc:
		return []RecordType{RecordA, RecordSRV}
	case taskdef.Bridge, taskdef.Host:
		return []RecordType{RecordSRV}
	default:
		return nil
	}
}

// Record is one instance of a Cloud Map service: one task.
type Record struct {
	owner   any
	healthy bool
	removed time.Duration // Never while it is registered
}

// Owner is what the record was registered with.
func (r *Record) Owner() any { return r.owner }

// Healthy reports whether answers prefer the record.
func (r *Record) Healthy() bool { return r.healthy }

// SetHealthy is what ECS tells Cloud Map about a task.
func (r *Record) SetHealthy(healthy bool) { r.healthy = healthy }

// Discovery is the Cloud Map service of one ECS service during a run.
type Discovery struct {
	ttl     time.Duration
	records []*Record // registered, in that order
	removed []*Record // deregistered, in that order, until no client can know them
	next    int       // where the next answer begins among the candidates
}

// NewDiscovery returns a service without instances; clients keep its answers for the TTL.
func NewDiscovery(ttl time.Duration) *Discovery { return &Discovery{ttl: ttl} }

// Register adds a task and reports whether there was room.
func (d *Discovery) Register(healthy bool, owner any) (*Record, bool) {
	if len(d.records) >= MaxInstances {
		return nil, false
	}
	r := &Record{owner: owner, healthy: healthy, removed: Never}
	d.records = append(d.records, r)
	return r, true
}

// Deregister takes a task out of the answers, and returns when the last client has forgotten it: one that asked just
// before keeps it for the TTL.
func (d *Discovery) Deregister(now time.Duration, r *Record) (forgotten time.Duration) {
	k := slices.Index(d.records, r)
	if k < 0 {
		panic("balance: a record is removed that is not registered here")
	}
	d.records = slices.Delete(d.records, k, k+1)
	r.removed = now
	d.forget(now)
	d.removed = append(d.removed, r)
	return now + d.ttl
}

// Registered counts the instances, which the limit is about.
func (d *Discovery) Registered() int { return len(d.records) }

// Answer is what a client is told that asks now: up to eight healthy records, or if none is healthy up to eight of
// the others. Cloud Map picks at random; here answers take turns, which is the same on average and needs no chance.
func (d *Discovery) Answer() []*Record {
	var candidates []*Record
	for _, r := range d.records {
		if r.healthy {
			candidates = append(candidates, r)
		}
	}
	if len(candidates) == 0 {
		candidates = d.records
	}
	n := min(len(candidates), MaxAnswers)
	answer := make([]*Record, 0, n)
	for range n {
		d.next %= len(candidates)
		answer = append(answer, candidates[d.next])
		d.next++
	}
	return answer
}

// Stale lists the tasks that are gone, but that clients may still send to, since they asked before and the TTL has
// not passed.
func (d *Discovery) Stale(now time.Duration) []*Record {
	d.forget(now)
	return slices.Clone(d.removed)
}

// Seen is what the clients may use at an instant: the answer to those who ask, then what the others remember.
func (d *Discovery) Seen(now time.Duration) []*Record { return append(d.Answer(), d.Stale(now)...) }

func (d *Discovery) forget(now time.Duration) {
	k := 0
	for k < len(d.removed) && now >= d.removed[k].removed+d.ttl {
		k++
	}
	d.removed = slices.Delete(d.removed, 0, k)
}
