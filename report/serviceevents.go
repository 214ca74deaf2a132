package report

import (
	"time"

	"ecssim/model"
	"ecssim/model/service"
)

// ServiceEvent implements model.Observer.
func (r *Recorder) ServiceEvent(now time.Duration, m *model.Owner, e service.Event) {
	r.tick(now)
	index := r.index(m)
	o := r.owners[index]
	o.wants(now, m)
	o.book.events.add(now, e)
	if row := r.events.add(); row != nil {
		*row = eventRow{at: now, kind: eventService, owner: int32(index), name: e.Name, text: e.Message, level: e.Level}
	}
}

// DeploymentChanged implements model.Observer.
func (r *Recorder) DeploymentChanged(now time.Duration, m *model.Owner, d *model.Deployment) {
	r.tick(now)
	index := r.index(m)
	o := r.owners[index]
	o.wants(now, m)
	book := o.book.deployed(now, d)
	row := r.events.add()
	if row == nil {
		return
	}
	*row = eventRow{
		at: now, kind: eventDeployment, owner: int32(index), number: int64(d.Number), revision: int32(d.Revision),
		name: d.ID, text: d.Reason, deployment: d.Status, rollout: d.Rollout,
	}
	if book != nil {
		book.event = r.events.last()
	}
}

// TargetChanged implements model.Observer.
func (r *Recorder) TargetChanged(now time.Duration, c model.TargetChange) {
	r.tick(now)
	o, number := c.Owner, c.Number
	if c.Task != nil {
		o, number = c.Task.Owner, c.Task.Number
	}
	index := r.index(o)
	b := r.owners[index].book
	if b == nil {
		return
	}
	b.target(now, c)
	row := r.events.add()
	if row == nil {
		return
	}
	*row = eventRow{
		at: now, kind: eventTarget, owner: int32(index), number: number, name: r.targetGroup(c.Group),
		text: string(c.Reason), from: c.From, to: c.To,
	}
	if c.Task == nil {
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
