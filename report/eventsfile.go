package report

import (
	"cmp"
	"io"
	"strconv"
)

// writeEvents writes events.ndjson: what happened, one event a line, in order of time.
func writeEvents(w io.Writer, records []*Record) error {
	var line jsonLine
	for _, r := range records {
		id := int64(0)
		for e := range r.Events.all() {
			id++
			line.begin()
			line.key("seed")
			line.buffer = strconv.AppendUint(line.buffer, r.Seed, 10)
			line.integer("id", id)
			line.seconds("t", e.at)
			r.writeEvent(&line, e)
			line.positive("cause", e.cause)
			if err := line.end(w); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *Record) writeEvent(l *jsonLine, e *eventRow) {
	switch e.kind {
	case eventTask:
		r.writeTask(l, e)
	case eventGivenUp:
		l.text("type", "TASK_GIVEN_UP")
		r.writeTaskName(l, e)
	case eventService:
		l.text("type", cmp.Or(e.name, "SERVICE_EVENT"))
		l.text("service", r.Owners[e.owner].Name)
		l.text("level", e.level.String())
		l.text("message", e.text)
	case eventDeployment:
		l.text("type", "SERVICE_DEPLOYMENT_"+e.rollout.String())
		l.text("service", r.Owners[e.owner].Name)
		l.text("deployment", e.name)
		l.integer("number", e.number)
		l.integer("revision", int64(e.revision))
		l.text("status", e.deployment.String())
		l.text("reason", e.text)
	case eventTarget:
		l.text("type", "TARGET_HEALTH")
		r.writeTaskName(l, e)
		l.text("target_group", e.name)
		l.text("from", e.from.String())
		l.text("to", e.to.String())
		l.text("reason", e.text)
	case eventInstance:
		l.text("type", "CONTAINER_INSTANCE_STATE_CHANGE")
		l.text("cluster", e.name)
		l.text("instance", e.instance.Name)
		l.text("status", e.status)
		l.truth("agent_connected", e.on)
		l.text("reason", e.text)
	case eventFault:
		l.text("type", map[bool]string{true: "FAULT_STARTED", false: "FAULT_ENDED"}[e.on])
		l.text("fault", e.name)
		l.text("kind", e.text)
	case eventPulled:
		l.text("type", "IMAGE_PULLED")
		r.writeTaskName(l, e)
		r.writeInstance(l, e)
		l.text("image", e.name)
		l.integer("bytes", e.bytes)
		l.seconds("took_s", e.took)
	case eventDenied:
		l.text("type", "CALLS_DENIED")
		r.writeTaskName(l, e)
		l.text("reason", e.text)
	}
}

func (r *Record) writeTask(l *jsonLine, e *eventRow) {
	l.text("type", "TASK_STATE_CHANGE")
	r.writeTaskName(l, e)
	l.text("deployment", e.name)
	l.positive("revision", int64(e.revision))
	r.writeInstance(l, e)
	l.text("last_status", e.status)
	l.text("desired_status", map[bool]string{true: "RUNNING", false: "STOPPED"}[e.on])
	l.text("health_status", e.health)
	l.text("stop_code", e.stopCode.String())
	l.text("stopped_reason", e.text)
	if e.exitCode != 0 {
		l.integer("exit_code", int64(e.exitCode))
	}
}

// writeTaskName names the task and whose it is.
func (r *Record) writeTaskName(l *jsonLine, e *eventRow) {
	service, job := r.Owners[e.owner].labels()
	l.text("service", service)
	l.text("job", job)
	l.text("task", service+job+"/"+strconv.FormatInt(e.number, 10))
}

func (r *Record) writeInstance(l *jsonLine, e *eventRow) {
	if e.instance != nil {
		l.text("instance", e.instance.Name)
	}
}
