package report

import (
	"cmp"
	"io"
	"strconv"

	"ecssim/model/service"
)

// writeEvents writes events.ndjson: what happened, one event a line, in order of time. What its fields mean is in
// eventfields.go.
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
			line.positive("cause", int64(e.cause))
			if err := line.end(w); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *Record) writeEvent(l *jsonLine, e *eventRow) {
	name, text := r.Events.text(e.name), r.Events.text(e.text)
	switch e.kind {
	case eventTask:
		r.writeTask(l, e)
	case eventGivenUp:
		l.word("type", "TASK_GIVEN_UP")
		r.writeTaskName(l, e)
	case eventService:
		l.text("type", cmp.Or(name, "SERVICE_EVENT"))
		l.text("service", r.Owners[e.owner].Name)
		l.word("level", e.level.String())
		l.text("message", text)
	case eventDeployment:
		r.writeDeployment(l, e)
	case eventTarget:
		l.word("type", "TARGET_HEALTH")
		r.writeTaskName(l, e)
		l.text("target_group", name)
		l.word("from", e.from.String())
		l.word("to", e.to.String())
		l.text("reason", text)
	case eventInstance:
		l.word("type", "CONTAINER_INSTANCE_STATE_CHANGE")
		l.text("cluster", name)
		r.writeInstance(l, e)
		l.word("status", r.Events.text(e.extra))
		l.truth("agent_connected", e.on)
		l.text("reason", text)
	case eventFault:
		l.word("type", map[bool]string{true: "FAULT_STARTED", false: "FAULT_ENDED"}[e.on])
		l.text("fault", name)
		l.text("kind", text)
	case eventPulled:
		l.word("type", "IMAGE_PULLED")
		r.writeTaskName(l, e)
		r.writeInstance(l, e)
		l.text("image", name)
		l.integer("bytes", r.Events.pulls[e.extra].bytes)
		l.seconds("took_s", r.Events.pulls[e.extra].took)
	case eventScaling:
		r.writeDecisionEvent(l, e)
	case eventLaunched:
		r.writeLaunch(l, e)
	case eventLaunchFailed:
		r.writeLaunchFailure(l, e)
	case eventDenied:
		l.word("type", "CALLS_DENIED")
		r.writeTaskName(l, e)
		l.text("reason", text)
	}
}

func (r *Record) writeTask(l *jsonLine, e *eventRow) {
	l.word("type", "TASK_STATE_CHANGE")
	r.writeTaskName(l, e)
	if d := r.Owners[e.owner].deployment(int(e.deployment)); d != nil {
		l.text("deployment", d.ID)
		l.integer("revision", int64(d.Revision))
	}
	r.writeInstance(l, e)
	l.word("last_status", e.status.String())
	desired := "STOPPED"
	if e.on {
		desired = "RUNNING"
	}
	l.word("desired_status", desired)
	if e.health != 0 {
		l.word("health_status", e.health.String())
	}
	l.word("stop_code", e.stopCode.String())
	l.text("stopped_reason", r.Events.text(e.text))
	if e.extra != 0 {
		l.integer("exit_code", int64(e.extra))
	}
}

// writeDeployment writes a rollout that is in another state, or a deployment whose status or share of the traffic is
// another one.
func (r *Record) writeDeployment(l *jsonLine, e *eventRow) {
	o := &r.Owners[e.owner]
	if e.on {
		l.word("type", rolloutEvent+e.rollout.String())
	} else {
		l.word("type", "DEPLOYMENT_STATE_CHANGE")
	}
	l.text("service", o.Name)
	d := o.deployment(int(e.deployment))
	if d != nil {
		l.text("deployment", d.ID)
	}
	l.integer("number", int64(e.deployment))
	if d != nil {
		l.integer("revision", int64(d.Revision))
	}
	l.word("status", e.standing.String())
	l.word("rollout_state", e.rollout.String())
	if r.Config.Services[e.owner].Deployment.Strategy != service.Rolling {
		l.decimal("traffic_percent", float64(e.number)*100/wholeTraffic, 3)
	}
	l.text("reason", r.Events.text(e.text))
	if e.extra != 0 {
		l.word("level", e.level.String())
		l.text("message", r.Events.text(e.extra))
	}
}

// deployment is the deployment with a number, or nil.
func (o *OwnerRecord) deployment(number int) *DeploymentRecord {
	if number < 1 || o.Serving == nil {
		return nil
	}
	all := o.Serving.Deployments
	if number <= len(all) && all[number-1].Number == number {
		return &all[number-1]
	}
	for i := range all {
		if all[i].Number == number {
			return &all[i]
		}
	}
	return nil
}

// writeTaskName names the task and whose it is.
func (r *Record) writeTaskName(l *jsonLine, e *eventRow) {
	o := &r.Owners[e.owner]
	if o.Service {
		l.text("service", o.Name)
	} else {
		l.text("job", o.Name)
	}
	l.numbered("task", o.Name, int64(e.number))
}

func (r *Record) writeInstance(l *jsonLine, e *eventRow) {
	if e.instance > 0 {
		l.text("instance", r.Events.instances[e.instance-1].Name)
	}
}
