package report

import (
	"math"
	"strings"
	"time"

	"ecssim/model"
	"ecssim/model/service"
)

// rolloutEvent is how the names of service events about a rollout begin; its state follows.
const rolloutEvent = "SERVICE_DEPLOYMENT_"

// announcement is a rollout that came to another state: the service event and the change of the deployment, which are
// told one after the other, make one line.
type announcement struct {
	at    time.Duration
	line  int64 // 0 beyond the limit
	state string
	// What was told first: the deployment's ID, or the event's message.
	deployment, message string
	waits               bool
}

// completes says that an event, or a change of a deployment, of this instant belongs to what was told before it.
func (a *announcement) completes(now time.Duration, state, message, deployment string) bool {
	return a.waits && a.at == now && a.state == state && strings.Contains(message, deployment)
}

// ServiceEvent implements model.Observer.
func (r *Recorder) ServiceEvent(now time.Duration, m *model.Owner, e service.Event) {
	r.tick(now)
	index := r.index(m)
	o := r.owners[index]
	o.wants(now, m)
	o.book.events.add(now, e)
	state, rollout := strings.CutPrefix(e.Name, rolloutEvent)
	a := &o.book.announced
	if rollout && a.deployment != "" && a.completes(now, state, e.Message, a.deployment) {
		a.waits = false
		if a.line > 0 {
			row := r.events.rows.at(int(a.line - 1))
			row.extra, row.level = r.events.text(e.Message), e.Level
		}
		return
	}
	row := r.events.add()
	if row != nil {
		*row = eventRow{
			at: now, kind: eventService, owner: int32(index), name: r.events.text(e.Name), text: r.events.text(e.Message), level: e.Level,
		}
	}
	if rollout {
		*a = announcement{at: now, state: state, message: e.Message, waits: true}
		if row != nil {
			a.line = r.events.last()
		}
	}
}

// DeploymentChanged implements model.Observer.
func (r *Recorder) DeploymentChanged(now time.Duration, m *model.Owner, d *model.Deployment) {
	r.tick(now)
	index := r.index(m)
	o := r.owners[index]
	o.wants(now, m)
	book, turned := o.book.deployed(now, d)
	id := r.logDeployment(now, o, index, d, turned)
	if book != nil && id > 0 {
		book.event = id
	}
}

// logDeployment logs a deployment that changed; turned says that its rollout did.
func (r *Recorder) logDeployment(now time.Duration, o *owner, index int, d *model.Deployment, turned bool) (id int64) {
	log, a, state := &r.events, &o.book.announced, d.Rollout.String()
	var row *eventRow
	message, level := int32(0), service.Info
	if turned && a.message != "" && a.completes(now, state, a.message, d.ID) {
		a.waits = false
		if id = a.line; id > 0 {
			row = log.rows.at(int(id - 1))
			message, level = row.text, row.level
		}
	} else {
		if row = log.add(); row != nil {
			id = log.last()
		}
		*a = announcement{at: now, line: id, state: state, deployment: d.ID, waits: turned}
	}
	if row != nil {
		*row = eventRow{
			at: now, kind: eventDeployment, owner: int32(index), deployment: uint16(min(d.Number, math.MaxUint16)), on: turned,
			standing: d.Status, rollout: d.Rollout, text: log.text(d.Reason), extra: message, level: level,
			number: uint32(math.Round(d.Share * wholeTraffic)),
		}
	}
	return id
}

// TargetChanged implements model.Observer.
func (r *Recorder) TargetChanged(now time.Duration, c model.TargetChange) {
	r.tick(now)
	if c.Task != nil {
		c.Owner, c.Number = c.Task.Owner, c.Task.Number
	}
	index := r.index(c.Owner)
	b := r.owners[index].book
	if b == nil {
		return
	}
	refused := refusedTarget(&c)
	if refused {
		r.notRegistered(now, &c, index)
	} else {
		r.targets.count(r.cfg, &c)
		b.target(now, c)
	}
	row := r.logOf(now, eventTarget, index, c.Number)
	if row == nil {
		return
	}
	row.name, row.text, row.from, row.to = r.events.text(r.targetGroup(c.Group)), r.events.text(string(c.Reason)), c.From, c.To
	if c.Task == nil || refused {
		return
	}
	if e := r.live.lookup(c.Task.Serial); e != nil {
		e.cause = r.events.last()
	}
}

func (r *Recorder) targetGroup(n int) string {
	if n < 0 || n >= len(r.cfg.TargetGroups) {
		return ""
	}
	return r.cfg.TargetGroups[n].Name
}
