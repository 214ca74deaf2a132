package report

import (
	"time"

	"ecssim/model"
	"ecssim/model/balance"
)

// ServiceRecord is what became of a service besides what every owner has.
type ServiceRecord struct {
	// Healthy, ByZone and Targets are at the end.
	Healthy    int64
	ByZone     []int64 // RUNNING, by Record.Zones
	Targets    [balance.NumStates]int64
	HasTargets bool
	// TargetReason is why the last target that became unhealthy did.
	TargetReason string
	Deployments  []DeploymentRecord
	// Events are the newest service events, the oldest of them first; there were EventsTotal.
	Events      []EventRow
	EventsTotal int64

	HealthyLevels Levels
	// StatusLevels counts the placed tasks that are not RUNNING by lastStatus; nil for RUNNING and STOPPED.
	StatusLevels [model.NumStatuses]Levels
	ZoneLevels   []Levels // nil with a single zone
	TargetLevels [balance.NumStates]Levels
}

// DeploymentRecord is one deployment of a service.
type DeploymentRecord struct {
	ID               string
	Number, Revision int
	Status           model.DeploymentStatus
	Rollout          model.RolloutState
	Reason           string
	// Created is when it began; Began is the same, or when a rollback took it up again; Ended is negative for one that
	// goes on.
	Created, Began, Ended     time.Duration
	Waiting, Starting         int
	Running, Healthy, Leaving int64
	Failed                    int
	Changes                   []DeploymentChange
	RunningLevels             Levels // nil where the service has but one
	HealthyLevels             Levels
}

// settleServices takes in what no call has told of before the end.
func (r *Recorder) settleServices(now time.Duration) {
	for i := range r.cfg.Services {
		if o := r.owners[i]; o.book.model != nil {
			o.wants(now, o.book.model)
		}
	}
	r.endFaults(now)
}

func (r *Recorder) serviceRecord(b *serviceBook, now time.Duration) *ServiceRecord {
	rec := &ServiceRecord{
		Healthy: b.healthy.Value(), HasTargets: len(b.cfg.Targets) > 0, TargetReason: b.targetReason, Events: b.events.newest(), EventsTotal: b.events.total,
		HealthyLevels: r.levels(b.healthy, now),
	}
	for s, track := range b.byStatus {
		if track != nil {
			rec.StatusLevels[s] = r.levels(track, now)
		}
	}
	for _, z := range b.zones {
		rec.ByZone = append(rec.ByZone, z.n)
		if z.track != nil {
			rec.ZoneLevels = append(rec.ZoneLevels, r.levels(z.track, now))
		}
	}
	for s, track := range b.targets {
		if track != nil {
			rec.Targets[s], rec.TargetLevels[s] = track.Value(), r.levels(track, now)
		}
	}
	for i := range b.deployments {
		if d := &b.deployments[i]; d.model != nil {
			rec.Deployments = append(rec.Deployments, r.deploymentRecord(d, now))
		}
	}
	return rec
}

func (r *Recorder) deploymentRecord(b *deploymentBook, now time.Duration) DeploymentRecord {
	d := b.model
	rec := DeploymentRecord{
		ID: d.ID, Number: d.Number, Revision: d.Revision, Status: d.Status, Rollout: d.Rollout, Reason: d.Reason,
		Created: d.Created, Ended: d.Ended, Waiting: d.Waiting, Starting: d.Starting,
		Running: b.running.n, Healthy: b.healthy.n, Leaving: int64(d.Leaving), Failed: d.Failed, Changes: b.changes,
	}
	if len(b.changes) > 0 {
		rec.Created = min(rec.Created, b.changes[0].At) // the world has a rollback begin it anew
	}
	rec.Began = rec.Created
	for k, c := range b.changes {
		if k > 0 && c.Rollout == model.RolloutInProgress && b.changes[k-1].Rollout != model.RolloutInProgress {
			rec.Began = c.At
		}
	}
	if b.running.track != nil {
		rec.RunningLevels, rec.HealthyLevels = r.levels(b.running.track, now), r.levels(b.healthy.track, now)
	}
	return rec
}

// imageRecords are the images that somebody pulled.
func (r *Recorder) imageRecords() []ImageRecord {
	var rows []ImageRecord
	for i, p := range r.pulls {
		if p.count > 0 {
			rows = append(rows, ImageRecord{
				Name: r.cfg.Images[i].Name, Pulls: p.count, Bytes: p.bytes, Mean: p.total / time.Duration(p.count), Max: p.most,
			})
		}
	}
	return rows
}
