package model

import (
	"time"

	"ecssim/model/placement"
)

// requestLaunch asks Fargate for one task and reports whether the vCPU quota had room; if not, w.refusal says why.
// With room the task launches when the account's launch rate lets it: at once, or when its token comes. Requests are
// served in order.
func (w *World) requestLaunch(now time.Duration, t *Task) bool {
	if !w.quota.HasRoom(t.Demand.Needs.CPU) {
		w.refusal = quotaRefusal
		return false
	}
	if at := w.launches.Take(now); at > now {
		t.work.step = launching
		t.work.ticket = w.engine.AtEnd(at, t)
		w.observer.LaunchThrottled(now, t, at)
		return true
	}
	w.launch(now, t)
	return true
}

var quotaRefusal = func() (r placement.Refusal) {
	r.Reason = placement.FargateVCPUQuota
	r.ByReason[placement.FargateVCPUQuota] = 1
	return r
}()

// launch starts a Fargate task that has its token. Others may have used the quota up in the meantime.
func (w *World) launch(now time.Duration, t *Task) {
	t.Attempts++
	if w.quota.Take(t.Demand.Needs.CPU) {
		t.begin(now, nil)
		return
	}
	w.refusal = quotaRefusal
	w.refused(now, t)
	if s := t.work.owner.service; s != nil {
		s.putBack(now, t)
	}
}
