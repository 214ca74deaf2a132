package report

import (
	"time"

	"ecssim/model"
	"ecssim/model/balance"
	"ecssim/model/containers"
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
	eventScaling
	eventLaunched
	eventLaunchFailed
)

// eventRow is one line of events.ndjson; which fields count depends on its kind. Its number is its place in the log.
// Rows are many, so they are small and hold no pointers: names, texts and instances are numbers in eventLists.
type eventRow struct {
	at time.Duration
	// cause is the event that made this one happen; 0 where that is not known.
	cause uint32
	// number is that of the task; of a deployment its share of the traffic.
	number   uint32
	owner    int32 // index into Record.Owners
	instance int32
	// name is the name of the service event, the target group, the cluster, the fault or the image.
	name, text int32
	// extra is the exit code of a task, the message of a deployment, the status of an instance, a place in pulls, in the
	// log of decisions or in refusals.
	extra      int32
	deployment uint16 // its number; 0 without one

	kind eventKind
	// on: desired status RUNNING; agent connected; fault begins; rollout state is another one.
	on       bool
	status   model.Status
	health   containers.Health
	stopCode model.StopCode
	level    service.Level
	standing model.DeploymentStatus
	rollout  model.RolloutState
	from, to balance.State
}

// wholeTraffic is a share of 1 as eventRow counts it.
const wholeTraffic = 100_000

// eventLists are what rows refer to.
type eventLists struct {
	logRows[eventRow]
	texts     []string          // from 1; 0 is no text
	instances []*fleet.Instance // from 1
	pulls     []pullSize
	refusals  []model.LaunchFailure
}

// pullSize is what an image took.
type pullSize struct {
	bytes int64
	took  time.Duration
}

// eventLog keeps rows up to a limit, and counts all.
type eventLog struct {
	limit, total int64
	rows         eventLists
	textOf       map[string]int32
	instanceOf   map[*fleet.Instance]int32
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

// text is the number of a text.
func (e *eventLog) text(s string) int32 {
	if s == "" {
		return 0
	}
	n, known := e.textOf[s]
	if !known {
		if e.textOf == nil {
			e.textOf = map[string]int32{}
		}
		e.rows.texts = append(e.rows.texts, s)
		n = int32(len(e.rows.texts))
		e.textOf[s] = n
	}
	return n
}

// instance is the number of an instance.
func (e *eventLog) instance(i *fleet.Instance) int32 {
	if i == nil {
		return 0
	}
	n, known := e.instanceOf[i]
	if !known {
		if e.instanceOf == nil {
			e.instanceOf = map[*fleet.Instance]int32{}
		}
		e.rows.instances = append(e.rows.instances, i)
		n = int32(len(e.rows.instances))
		e.instanceOf[i] = n
	}
	return n
}

// text is the text with a number.
func (e *eventLists) text(n int32) string {
	if n == 0 {
		return ""
	}
	return e.texts[n-1]
}

// logTask logs that a task has changed, and returns the event's number; 0 beyond the limit.
func (r *Recorder) logTask(now time.Duration, t *model.Task, owner int, cause int64) int64 {
	log := &r.events
	e := log.add()
	if e == nil {
		return 0
	}
	*e = eventRow{
		at: now, kind: eventTask, owner: int32(owner), cause: uint32(cause), number: uint32(t.Number), instance: log.instance(t.Instance),
		on: !t.Leaving && t.Stopped < 0, status: statusOf(t), health: t.Health, stopCode: t.StopCode,
		text: log.text(t.StoppedReason), extra: int32(t.ExitCode),
	}
	if t.Stopped >= 0 {
		e.status = model.Stopped
	}
	if d := t.Deployment; d != nil && d.Number <= maxDeployments {
		e.deployment = uint16(d.Number)
	}
	return log.last()
}

// logOf logs something else of a task.
func (r *Recorder) logOf(now time.Duration, kind eventKind, owner int, number int64) *eventRow {
	e := r.events.add()
	if e != nil {
		*e = eventRow{at: now, kind: kind, owner: int32(owner), number: uint32(number)}
	}
	return e
}

func (r *Recorder) logInstance(now time.Duration, i *fleet.Instance, stranded string) *eventRow {
	log := &r.events
	e := log.add()
	if e == nil {
		return nil
	}
	status := i.Status.String()
	if i.Registered < 0 && i.Terminated < 0 {
		status = "NOT_REGISTERED"
	}
	*e = eventRow{
		at: now, kind: eventInstance, instance: log.instance(i), on: i.Connected, text: log.text(stranded), extra: log.text(status),
		name: log.text(r.clusters[r.fleetCluster[i.Fleet]].name),
	}
	return e
}

func (r *Recorder) logFault(now time.Duration, f *model.Fault, on bool, cause int64) int64 {
	e := r.events.add()
	if e == nil {
		return 0
	}
	*e = eventRow{
		at: now, kind: eventFault, cause: uint32(cause), name: r.events.text(f.Name), text: r.events.text(f.Kind.String()), on: on,
	}
	return r.events.last()
}
