package report

import (
	"ecssim/model"
	"ecssim/model/balance"
)

// StopSummary counts the tasks that stopped for one reason. Reason is ECS's stoppedReason with … for names that differ
// from task to task.
type StopSummary struct {
	Code   string `json:"code"`
	Reason string `json:"reason"`
	Count  int64  `json:"count"`
}

// DeploymentSummary is one deployment of a service.
type DeploymentSummary struct {
	ID           string  `json:"id"`
	Number       int     `json:"number"`
	Revision     int     `json:"revision"`
	Status       string  `json:"status"`
	RolloutState string  `json:"rollout_state"`
	Reason       string  `json:"reason"`
	Created      float64 `json:"created_s"`
	// Began is Created, or when a rollback took the deployment up again; Ended is null for one that goes on.
	Began       float64  `json:"began_s"`
	Ended       *float64 `json:"ended_s"`
	Running     int64    `json:"running"`
	Healthy     int64    `json:"healthy"`
	FailedTasks int      `json:"failed_tasks"`
}

// FaultSummary is one fault. To is null for one that lasts up to the end.
type FaultSummary struct {
	Name   string          `json:"name"`
	Kind   string          `json:"kind"`
	From   float64         `json:"from_s"`
	To     *float64        `json:"to_s"`
	Impact []ImpactSummary `json:"impact"`
}

// ImpactSummary is a service that had fewer tasks RUNNING, or healthy, during a fault than before and than it wants.
// RecoveredAfter counts from the beginning of the fault; it is null for a service that never recovered.
type ImpactSummary struct {
	Service        string   `json:"service"`
	Desired        int64    `json:"desired"`
	RunningBefore  int64    `json:"running_before"`
	LowestRunning  int64    `json:"lowest_running"`
	LowestHealthy  int64    `json:"lowest_healthy"`
	Below          float64  `json:"below_s"`
	RecoveredAfter *float64 `json:"recovered_after_s"`
	// Zones are the RUNNING tasks by zone, where there are several.
	Zones map[string]ZoneSummary `json:"zones"`
}

// ZoneSummary is how many tasks ran in a zone when a fault began, at the worst, and when the service had recovered.
type ZoneSummary struct {
	Before int64 `json:"before"`
	Lowest int64 `json:"lowest"`
	After  int64 `json:"after"`
}

// ImageSummary sums up the pulls of an image.
type ImageSummary struct {
	Image string  `json:"image"`
	Pulls int64   `json:"pulls"`
	Bytes int64   `json:"bytes"`
	Mean  float64 `json:"mean_s"`
	Max   float64 `json:"max_s"`
}

// maxStopRows is how many reasons of stops are listed.
const maxStopRows = 20

func summariseStopReasons(o *OwnerRecord) []StopSummary {
	rows := []StopSummary{}
	for _, s := range o.Stops[:min(len(o.Stops), maxStopRows)] {
		rows = append(rows, StopSummary{stopName(s.Code), s.Reason, s.Count})
	}
	return rows
}

// stopName is a stop code; hosts that were lost have none in ECS.
func stopName(c model.StopCode) string {
	if c == model.HostLost {
		return hostTerminated
	}
	return c.String()
}

// summariseService fills in what only services have.
func summariseService(s *ServiceSummary, r *Record, o *OwnerRecord) {
	v := o.Serving
	s.Healthy, s.EventsTotal, s.Denied, s.Unhealthy = v.Healthy, v.EventsTotal, o.Denied, o.Unhealthy
	s.Deployments, s.Targets, s.Zones = []DeploymentSummary{}, map[string]int64{}, map[string]int64{}
	for i := range v.Deployments {
		d := &v.Deployments[i]
		s.Deployments = append(s.Deployments, DeploymentSummary{
			ID: d.ID, Number: d.Number, Revision: d.Revision, Status: d.Status.String(), RolloutState: d.Rollout.String(),
			Reason: d.Reason, Created: inSeconds(d.Created), Began: inSeconds(d.Began), Ended: knownInstant(d.Ended),
			Running: d.Running, Healthy: d.Healthy, FailedTasks: d.Failed,
		})
	}
	if n := len(v.Events); n > 0 {
		s.LastEvent = &v.Events[n-1].Message
	}
	if v.HasTargets {
		for state := range balance.Unused {
			s.Targets[state.String()] = v.Targets[state]
		}
	}
	for i, n := range v.ByZone {
		if n > 0 {
			s.Zones[r.Zones[i]] = n
		}
	}
}

func summariseFaults(r *Record) []FaultSummary {
	rows := []FaultSummary{}
	for i := range r.Faults {
		f := &r.Faults[i]
		row := FaultSummary{
			Name: f.Name, Kind: f.Kind.String(), From: inSeconds(f.From), To: knownInstant(f.To), Impact: []ImpactSummary{},
		}
		for _, m := range f.Impact {
			zones := map[string]ZoneSummary{}
			for z, n := range m.Zones {
				zones[r.Zones[z]] = ZoneSummary(n)
			}
			row.Impact = append(row.Impact, ImpactSummary{
				Service: r.Owners[m.Owner].Name, Desired: m.Desired, RunningBefore: m.RunningBefore,
				LowestRunning: m.LowestRunning, LowestHealthy: m.LowestHealthy,
				Below: inSeconds(m.Below), RecoveredAfter: knownInstant(m.RecoveredAfter), Zones: zones,
			})
		}
		rows = append(rows, row)
	}
	return rows
}

func summariseImages(r *Record) []ImageSummary {
	rows := []ImageSummary{}
	for _, i := range r.Images {
		rows = append(rows, ImageSummary{i.Name, i.Pulls, i.Bytes, inSeconds(i.Mean), inSeconds(i.Max)})
	}
	return rows
}
