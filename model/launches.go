package model

import (
	"time"

	"ecssim/model/fargate"
	"ecssim/model/placement"
	"ecssim/sim"
)

// fargateLimits are the limits of FARGATE or of FARGATE_SPOT, which do not share them.
type fargateLimits struct {
	quota    *fargate.VCPUQuota
	launches *sim.TokenBucket
}

func newFargateLimits(vcpus float64, q *Quotas) fargateLimits {
	return fargateLimits{fargate.NewVCPUQuota(vcpus), sim.NewTokenBucket(q.FargateLaunchBurst, q.FargateLaunchRate)}
}

// limits are those that bind a Fargate task.
func (w *World) limits(t *Task) *fargateLimits {
	if t.Placing.Spot {
		return &w.spot
	}
	return &w.onDemand
}

// requestLaunch asks Fargate for one task and reports whether the vCPU quota had room; if not, w.refusal says why.
// With room the task launches when the account's launch rate lets it: at once, or when its token comes. Requests are
// served in order.
func (w *World) requestLaunch(now time.Duration, t *Task) bool {
	w.aboutToPlace(t)
	if w.noFargateZone(t) {
		w.refusal = fargateRefusal(placement.FargateCapacity)
		return false
	}
	limits := w.limits(t)
	if !limits.quota.HasRoom(t.Demand.Needs.CPU) {
		w.refusal = fargateRefusal(placement.FargateVCPUQuota)
		return false
	}
	if at := limits.launches.Take(now); at > now {
		t.work.step = launching
		t.work.ticket = w.engine.AtEnd(at, t)
		w.observer.LaunchThrottled(now, t, at)
		return true
	}
	w.launch(now, t)
	return true
}

func fargateRefusal(reason placement.Reason) (r placement.Refusal) {
	r.Reason = reason
	r.ByReason[reason] = 1
	return r
}

// launch starts a Fargate task that has its token. Others may have used the quota up in the meantime, or its zones may be
// gone.
func (w *World) launch(now time.Duration, t *Task) {
	w.aboutToPlace(t)
	t.Attempts++
	reason := placement.FargateVCPUQuota
	switch {
	case w.noFargateZone(t):
		reason = placement.FargateCapacity
	case w.limits(t).quota.Take(t.Demand.Needs.CPU):
		t.begin(now, nil)
		return
	}
	w.refusal = fargateRefusal(reason)
	w.refused(now, t)
	if s := t.work.owner.service; s != nil {
		s.putBack(now, t)
	}
}
