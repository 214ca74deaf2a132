package report

import (
	"time"

	"ecssim/model"
	"ecssim/model/balance"
	"ecssim/model/fleet"
	"ecssim/model/service"
)

// eventKind is what happened.
type eventKind uint8

const (
	eventTask eventKind = iota
	eventGivenUp
	eventService
	eventDeployment
	eventTarget
	eventInstance
	eventFault
	eventPulled
	eventDenied
)

// eventRow is one line of events.ndjson; which fields count depends on its kind. Its number is its place in the log.
type eventRow struct {
	at    time.Duration
	kind  eventKind
	owner int32 // index into Record.Owners
	// cause is the event that made this one happen; 0 where that is not known.
	cause int64
	// number is that of the task or the deployment.
	number     int64
	revision   int32
	instance   *fleet.Instance
	name, text string

	// Of tasks and instances.
	status   string // lastStatus
	on       bool   // desired status RUNNING; agent connected; fault begins
	health   string
	stopCode model.StopCode
	exitCode int

	level      service.Level
	deployment model.DeploymentStatus
	rollout    model.RolloutState
	from, to   balance.State
	bytes      int64
	took       time.Duration
}

// eventLog keeps rows up to a limit, and counts all.
type eventLog struct {
	limit, total int64
	rows         logRows[eventRow]
}

// add returns the row to fill in, or nil beyond the limit.
func (e *eventLog) add() *eventRow {
	if e.total++; e.total > e.limit {
		return nil
	}
	return e.rows.add()
}

// last is the number of the row that was added last.
func (e *eventLog) last() int64 { return int64(e.rows.len()) }

// logTask logs that a task has changed, and returns the event's number; 0 beyond the limit.
func (r *Recorder) logTask(now time.Duration, t *model.Task, owner int, cause int64) int64 {
	e := r.events.add()
	if e == nil {
		return 0
	}
	*e = eventRow{
		at: now, kind: eventTask, owner: int32(owner), cause: cause, number: t.Number, instance: t.Instance,
		on: !t.Leaving && t.Stopped < 0, stopCode: t.StopCode, text: t.StoppedReason, exitCode: t.ExitCode,
	}
	switch status := statusOf(t); {
	case t.Stopped >= 0:
		e.status = model.Stopped.String()
	default:
		e.status = status.String()
	}
	if t.Health != 0 {
		e.health = t.Health.String()
	}
	if d := t.Deployment; d != nil {
		e.revision = int32(d.Revision)
		e.name = d.ID
	}
	return r.events.last()
}

func (r *Recorder) logInstance(now time.Duration, i *fleet.Instance, stranded string) {
	e := r.events.add()
	if e == nil {
		return
	}
	*e = eventRow{at: now, kind: eventInstance, instance: i, status: i.Status.String(), on: i.Connected, text: stranded}
	if i.Registered < 0 && i.Terminated < 0 {
		e.status = "NOT_REGISTERED"
	}
	e.name = r.clusters[r.fleetCluster[i.Fleet]].name
}

func (r *Recorder) logFault(now time.Duration, f *model.Fault, on bool, cause int64) int64 {
	e := r.events.add()
	if e == nil {
		return 0
	}
	*e = eventRow{at: now, kind: eventFault, cause: cause, name: f.Name, text: f.Kind.String(), on: on}
	return r.events.last()
}
