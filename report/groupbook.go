package report

import (
	"slices"
	"time"

	"ecssim/model"
	"ecssim/model/fleet"
	"ecssim/sim"
)

// providerBook is what is known of a capacity provider with an Auto Scaling group, or of Managed Instances, while the
// run goes on.
type providerBook struct {
	name string
	cfg  *model.CapacityProvider

	// desired, minimum, maximum, leaving and pooled are what the group says; booting, registered and waiting are counted.
	desired, minimum, maximum, leaving, pooled *sim.Track
	booting, registered                        *sim.Track
	waiting                                    *sim.Track // tasks in PROVISIONING
	reservation, needed, running               dataSeries
	sumReservation, seconds                    float64 // after the warm-up

	launched, spot, lost, refused int64 // over the whole run
	lastJoin                      time.Duration
	waits                         sim.Sample
	waitingOf                     []int64 // by owner
	misfit                        string  // of the first task that fits none of the types
	cause                         int64   // the latest decision of a service whose tasks wait here
	moves                         oscillator
	counts                        decisionCounts
}

// ProviderRecord is what became of a capacity provider.
type ProviderRecord struct {
	Name    string
	cluster int
	// Instances, Booting and Waiting are at the end; Launched, Spot of them, Lost and Refused over the whole run.
	Instances, Booting, Waiting     int64
	Launched, Spot, Lost, Refused   int64
	InstancesMean                   float64
	InstancesPeak, DesiredPeak      int64
	Desired                         int64
	Reservation                     float64 // the mean; negative without a datapoint
	Wait                            *Wait   // in PROVISIONING, for capacity
	Outs, Ins, Blocked              int64
	Oscillation                     *Oscillation
	DesiredLevels, MinLevels        Levels
	MaxLevels, BootingLevels        Levels
	RegisteredLevels, LeavingLevels Levels
	PooledLevels, WaitingLevels     Levels
	// In millionths.
	ReservationLevels, NeededLevels, RunningLevels Levels
}

// providerTracks is how many tracks newProviderBook makes, and as many again for its datapoints.
const providerTracks = 8 + 3

func newProviderBook(l *sim.Timeline, cfg *model.CapacityProvider, owners int) *providerBook {
	b := &providerBook{name: cfg.Name, cfg: cfg, waitingOf: make([]int64, owners), lastJoin: model.Never}
	for _, t := range []**sim.Track{
		&b.desired, &b.minimum, &b.maximum, &b.leaving, &b.pooled, &b.booting, &b.registered, &b.waiting,
	} {
		*t = l.Track()
	}
	b.desired.Add(0, int64(cfg.Group.Desired))
	b.minimum.Add(0, int64(cfg.Group.Min))
	b.maximum.Add(0, int64(cfg.Group.Max))
	return b
}

// provider is the book of a capacity provider with a group; nil for all others, and for what has none.
func (r *Recorder) provider(index int) *providerBook {
	if index < 0 || index >= len(r.scaling.providers) {
		return nil
	}
	return r.scaling.providers[index]
}

func setTrack(t *sim.Track, now time.Duration, v int) { t.Add(now, int64(v)-t.Value()) }

// changed takes in what the group says of itself.
func (b *providerBook) changed(now time.Duration, g *model.GroupState) {
	setTrack(b.desired, now, g.Desired)
	setTrack(b.minimum, now, g.Min)
	setTrack(b.maximum, now, g.Max)
	setTrack(b.leaving, now, g.Leaving)
	setTrack(b.pooled, now, g.Pooled)
}

// measured takes in a datapoint of CapacityProviderReservation, which is that of the minute before now.
func (b *providerBook) measured(line *sim.Timeline, now time.Duration, m *model.Reservation) {
	from := max(0, now-time.Minute)
	b.reservation.add(line, from, now, m.Value, m.Value)
	b.needed.add(line, from, now, float64(m.Needed), float64(m.Needed))
	b.running.add(line, from, now, float64(m.Running), float64(m.Running))
	if from >= line.Start() {
		b.sumReservation += float64(m.Value * (now - from).Seconds())
		b.seconds += (now - from).Seconds()
	}
}

// launches takes in an instance that EC2 runs from now on.
func (b *providerBook) launches(now time.Duration, i *fleet.Instance) {
	if b == nil {
		return
	}
	b.launched++
	if i.Spot {
		b.spot++
	}
	b.booting.Add(now, 1)
}

// joins takes in an instance that registers; booted says that its launch was told.
func (b *providerBook) joins(now time.Duration, booted bool) {
	if b == nil {
		return
	}
	if booted {
		b.booting.Add(now, -1)
	}
	b.registered.Add(now, 1)
	b.lastJoin = now
}

// loses takes in an instance that is gone, whether it had registered or not.
func (b *providerBook) loses(now time.Duration, i *fleet.Instance) {
	if b == nil {
		return
	}
	b.lost++
	switch {
	case i.Registered >= 0:
		b.registered.Add(now, -1)
	case b.booting.Value() > 0:
		b.booting.Add(now, -1)
	}
}

// mostWaiting is the owner most of whose tasks wait, and whether tasks of others wait as well.
func (b *providerBook) mostWaiting() (owner int, others bool) {
	for k, n := range b.waitingOf {
		if n > b.waitingOf[owner] {
			owner = k
		}
	}
	return owner, b.waitingOf[owner] < b.waiting.Value()
}

func (r *Recorder) providerRecords(now time.Duration) []ProviderRecord {
	var rows []ProviderRecord
	for _, b := range r.scaling.providers {
		if b != nil {
			rows = append(rows, r.providerRecord(b, now))
		}
	}
	return rows
}

func (r *Recorder) providerRecord(b *providerBook, now time.Duration) ProviderRecord {
	rec := ProviderRecord{
		Name: b.name, cluster: b.cfg.Group.Template.Cluster, Instances: b.registered.Value(), Booting: b.booting.Value(), Waiting: b.waiting.Value(),
		Launched: b.launched, Spot: b.spot, Lost: b.lost, Refused: b.refused, Desired: b.desired.Value(),
		Reservation: -1, Wait: waits(&b.waits), Outs: b.counts.outs, Ins: b.counts.ins, Blocked: b.counts.blocked,
		Oscillation:   b.moves.found(),
		DesiredLevels: r.levels(b.desired, now), MinLevels: r.levels(b.minimum, now), MaxLevels: r.levels(b.maximum, now),
		BootingLevels: r.levels(b.booting, now), RegisteredLevels: r.levels(b.registered, now),
		LeavingLevels: r.levels(b.leaving, now), PooledLevels: r.levels(b.pooled, now), WaitingLevels: r.levels(b.waiting, now),
		ReservationLevels: b.reservation.levels(r.line, now), NeededLevels: b.needed.levels(r.line, now),
		RunningLevels: b.running.levels(r.line, now),
	}
	rec.InstancesMean, rec.InstancesPeak = r.line.Statistics(b.registered, now)
	_, rec.DesiredPeak = r.line.Statistics(b.desired, now)
	if b.seconds > 0 {
		rec.Reservation = b.sumReservation / b.seconds
	}
	return rec
}

// timeseries are the group's metrics under the names of CloudWatch: AWS/AutoScaling counts instances that are on their
// way out apart from those in service.
func (p *ProviderRecord) timeseries(s series) []series {
	s.capacityProvider = p.Name
	var all []series
	add := func(metric, unit string, divisor float64, levels Levels) {
		s.metric, s.unit, s.divisor, s.levels = metric, unit, divisor, levels
		all = append(all, s)
	}
	add("GroupDesiredCapacity", "instances", 1, p.DesiredLevels)
	add("GroupMinSize", "instances", 1, p.MinLevels)
	add("GroupMaxSize", "instances", 1, p.MaxLevels)
	add("GroupInServiceInstances", "instances", 1, less(p.RegisteredLevels, p.LeavingLevels))
	add("GroupPendingInstances", "instances", 1, p.BootingLevels)
	add("GroupTerminatingInstances", "instances", 1, p.LeavingLevels)
	if p.PooledLevels.any() {
		add("WarmPoolWarmedCapacity", "instances", 1, p.PooledLevels)
	}
	add("tasks_awaiting_capacity", "tasks", 1, p.WaitingLevels)
	if len(p.ReservationLevels) > 0 {
		add("CapacityProviderReservation", "percent", dataUnit, p.ReservationLevels)
		add("instances_needed", "instances", dataUnit, p.NeededLevels)
		add("instances_running", "instances", dataUnit, p.RunningLevels)
	}
	return all
}

// less is what is left of the first when the second is taken away. An instance leaves one and the other at the same
// time, so the extremes are near those of the means.
func less(a, b Levels) Levels {
	if !b.any() {
		return a
	}
	out := slices.Clone(a)
	for k := range out {
		out[k].Mean = max(0, out[k].Mean-b[k].Mean)
		out[k].Min, out[k].Max = max(0, out[k].Min-b[k].Max), max(0, out[k].Max-b[k].Min)
		out[k].Last = max(0, out[k].Last-b[k].Last)
	}
	return out
}
