package report

import (
	"time"

	"ecssim/model"
	"ecssim/model/fleet"
)

// Events of scaling in events.ndjson.

// logDecision logs a decision; one that says the same again is counted in its row, and is no event.
func (r *Recorder) logDecision(now time.Duration, row *DecisionRow) int64 {
	e := r.events.add()
	if e == nil {
		return 0
	}
	*e = eventRow{
		at: now, kind: eventScaling, owner: int32(row.Service), extra: int32(r.scaling.log.rows.len() - 1),
		cause: uint32(r.scaling.log.eventOf(row.Cause)),
	}
	return r.events.last()
}

// logLaunch logs that EC2 runs an instance; its cause is the decision that wanted it.
func (r *Recorder) logLaunch(now time.Duration, i *fleet.Instance) int64 {
	e := r.events.add()
	if e == nil {
		return 0
	}
	*e = eventRow{
		at: now, kind: eventLaunched, instance: r.events.instance(i), cause: uint32(r.scaling.log.eventOf(i.Cause)),
		name: r.events.text(r.clusters[r.fleetCluster[i.Fleet]].name), on: i.Spot,
	}
	if p := r.provider(i.Provider); p != nil {
		e.text = r.events.text(p.name)
	}
	return r.events.last()
}

func (r *Recorder) logLaunchFailure(now time.Duration, f *model.LaunchFailure) {
	e := r.events.add()
	if e == nil {
		return
	}
	*e = eventRow{at: now, kind: eventLaunchFailed, extra: int32(len(r.events.rows.refusals)), text: r.events.text(f.Message)}
	r.events.rows.refusals = append(r.events.rows.refusals, *f)
	if p := r.provider(f.Provider); p != nil {
		e.name = r.events.text(p.name)
	}
}

func (r *Record) writeDecisionEvent(l *jsonLine, e *eventRow) {
	d := r.Decisions.at(int(e.extra))
	l.word("type", "SCALING_DECISION")
	l.integer("decision", d.ID)
	r.writeDecision(l, d)
}

func (r *Record) writeLaunch(l *jsonLine, e *eventRow) {
	i := r.Events.instances[e.instance-1]
	l.word("type", "CONTAINER_INSTANCE_LAUNCHED")
	l.text("cluster", r.Events.text(e.name))
	l.text("instance", i.Name)
	l.text("capacity_provider", r.Events.text(e.text))
	l.text("instance_type", i.Type.Name)
	l.text("zone", i.Zone)
	l.word("market", market(e.on))
	l.positive("decision", i.Cause)
}

func (r *Record) writeLaunchFailure(l *jsonLine, e *eventRow) {
	f := &r.Events.refusals[e.extra]
	l.word("type", "LAUNCH_FAILED")
	l.text("capacity_provider", r.Events.text(e.name))
	l.text("instance_type", f.Type)
	l.text("zone", f.Zone)
	l.word("market", market(f.Spot))
	if f.Until >= 0 {
		l.seconds("until_s", f.Until)
	}
	l.text("reason", r.Events.text(e.text))
}

// market is where an instance is bought.
func market(spot bool) string {
	if spot {
		return "spot"
	}
	return "on-demand"
}
