package report

import (
	"bytes"
	"encoding/json"
)

// SchemaVersion is that of summary.json: minor versions add fields, major versions break.
const SchemaVersion = "1.2"

// Summary is summary.json. With several seeds the fields up to Notes are those of the first seed; Replications and
// PerSeed tell of all. Instants and waits are in seconds.
type Summary struct {
	SchemaVersion   string             `json:"schema_version"`
	Complete        bool               `json:"complete"`
	Scenario        ScenarioSummary    `json:"scenario"`
	FirstBottleneck *BottleneckSummary `json:"first_bottleneck"`
	// Trouble is the worst that befell a service, in a sentence; empty if nothing did.
	Trouble   string                    `json:"trouble"`
	Totals    TotalsSummary             `json:"totals"`
	Failures  []FailureSummary          `json:"failures"`
	Services  map[string]ServiceSummary `json:"services"`
	Jobs      map[string]JobSummary     `json:"jobs"`
	Resources []ResourceSummary         `json:"resources"`
	Faults    []FaultSummary            `json:"faults"`
	// CapacityProviders are those with an Auto Scaling group, and Managed Instances; left out without any.
	CapacityProviders map[string]ProviderSummary `json:"capacity_providers,omitempty"`
	Images            []ImageSummary             `json:"images"`
	Cost              CostSummary                `json:"cost"`
	Expect            []Expectation              `json:"expect"`
	Notes             []string                   `json:"notes"`
	Replications      *Replications              `json:"replications,omitempty"`
	PerSeed           []SeedRow                  `json:"per_seed,omitempty"`
}

// ScenarioSummary says what was simulated.
type ScenarioSummary struct {
	Name string `json:"name"`
	// About is the world in a few words: "3 × m5.large, 1 service".
	About    string  `json:"about"`
	Seed     uint64  `json:"seed"`
	Duration float64 `json:"duration_s"`
	Warmup   float64 `json:"warmup_s"`
	Region   string  `json:"region"`
	Catalog  string  `json:"catalog"`
	SHA256   string  `json:"sha256"`
}

// BottleneckSummary is the limit that bound first.
type BottleneckSummary struct {
	Resource string  `json:"resource"`
	Scope    string  `json:"scope"`
	Cluster  string  `json:"cluster,omitempty"` // whose task met the limit, where there are several clusters
	At       float64 `json:"at_s"`
	Sentence string  `json:"sentence"`
	Reason   string  `json:"reason"`
	// CPUReserved and MemoryReserved are shares of the cluster at that moment; null without instances.
	CPUReserved    *float64 `json:"cpu_reserved_fraction"`
	MemoryReserved *float64 `json:"memory_reserved_fraction"`
}

// TotalsSummary counts over the whole run, warm-up included.
type TotalsSummary struct {
	Wanted        int64   `json:"tasks_wanted"`
	Placed        int64   `json:"tasks_placed"`
	Started       int64   `json:"tasks_started"`
	Finished      int64   `json:"tasks_finished"`
	GivenUp       int64   `json:"tasks_given_up"`
	RunningEnd    int64   `json:"tasks_running_end"`
	StartingEnd   int64   `json:"tasks_starting_end"`
	LeavingEnd    int64   `json:"tasks_leaving_end"`
	WaitingEnd    int64   `json:"tasks_waiting_end"`
	NeverPlaced   int64   `json:"tasks_never_placed"`
	Attempts      int64   `json:"placement_attempts"`
	Failures      int64   `json:"placement_failures"`
	Throttled     int64   `json:"launches_throttled"`
	InstancesPeak int64   `json:"instances_peak"`
	InstancesEnd  int64   `json:"instances_end"`
	Events        uint64  `json:"events"`
	CostUSD       float64 `json:"cost_usd"`
}

// FailureSummary counts the failures of one owner for one reason.
type FailureSummary struct {
	Reason  string  `json:"reason"`
	Service string  `json:"service,omitempty"`
	Job     string  `json:"job,omitempty"`
	Count   int64   `json:"count"`
	FirstAt float64 `json:"first_at_s"`
}

// WaitSummary is the time from creation to RUNNING; what has not come to RUNNING at the end counts with its wait so far.
type WaitSummary struct {
	Mean float64 `json:"mean"`
	P50  float64 `json:"p50"`
	P95  float64 `json:"p95"`
	P99  float64 `json:"p99"`
	Max  float64 `json:"max"`
}

// ServiceSummary is one service.
type ServiceSummary struct {
	Desired int64 `json:"desired"`
	Running int64 `json:"running"`
	// Healthy counts those of Running that are healthy, as far as anybody checks their health: where nobody does, all of
	// them, from RUNNING on. The scheduler itself counts those towards minimumHealthyPercent 40 s later.
	Healthy     int64 `json:"healthy"`
	Starting    int64 `json:"starting"`
	Leaving     int64 `json:"leaving"`
	NeverPlaced int64 `json:"never_placed"`
	Failures    int64 `json:"placement_failures"`
	// FailedToStart counts those of Stopped that were placed and never ran.
	FailedToStart int64 `json:"failed_to_start"`
	// Throttled counts the launches that Fargate's launch rate delayed.
	Throttled   int64            `json:"launches_throttled"`
	Wait        *WaitSummary     `json:"task_wait_s"`
	Stopped     map[string]int64 `json:"stopped"`
	MeanRunning float64          `json:"mean_running"`
	Why         string           `json:"why"`

	StoppedReasons []StopSummary `json:"stopped_reasons"`
	// Unhealthy counts those of Stopped that were stopped for their health.
	Unhealthy   int64               `json:"stopped_unhealthy"`
	Deployments []DeploymentSummary `json:"deployments"`
	EventsTotal int64               `json:"events_total"`
	LastEvent   *string             `json:"last_event"`
	Targets     map[string]int64    `json:"targets"`
	Zones       map[string]int64    `json:"zones"`
	// Denied counts the tasks whose calls AWS denied.
	Denied int64 `json:"calls_denied_tasks"`
	// Load and Scaling are left out where there are none.
	Load    *LoadSummary    `json:"load,omitempty"`
	Scaling *ScalingSummary `json:"scaling,omitempty"`
}

// JobSummary is one job.
type JobSummary struct {
	Arrived    int64 `json:"arrived"`
	Placed     int64 `json:"placed"`
	Refused    int64 `json:"refused"`
	Finished   int64 `json:"finished"`
	WaitingEnd int64 `json:"waiting_end"`
	Failures   int64 `json:"placement_failures"`
	// FailedToStart counts those of Stopped that were placed and never ran.
	FailedToStart int64 `json:"failed_to_start"`
	// Throttled counts the launches that Fargate's launch rate delayed.
	Throttled   int64            `json:"launches_throttled"`
	Wait        *WaitSummary     `json:"task_wait_s"`
	Stopped     map[string]int64 `json:"stopped"`
	MeanRunning float64          `json:"mean_running"`
	Why         string           `json:"why"`

	StoppedReasons []StopSummary `json:"stopped_reasons"`
	Denied         int64         `json:"calls_denied_tasks"`
}

// ResourceSummary is something that can run out.
type ResourceSummary struct {
	Resource string `json:"resource"`
	Scope    string `json:"scope"`
	Unit     string `json:"unit"`
	// CapacityPeak and UsedMeanFraction are null where nothing limits the resource.
	CapacityPeak     *float64 `json:"capacity_peak"`
	UsedPeak         float64  `json:"used_peak"`
	UsedMean         float64  `json:"used_mean"`
	UsedMeanFraction *float64 `json:"used_mean_fraction"`
	// FullSince is null unless the resource was full at the end; FirstFull is null if it never was.
	FullSince *float64 `json:"full_since_s"`
	FirstFull *float64 `json:"first_full_s"`
	Full      float64  `json:"full_s"`
}

// empty says that no replication was finished.
func (s *Summary) empty() bool {
	return s.Scenario.Duration == 0 && s.Totals.Events == 0 && s.Scenario.Name == ""
}

// JSON is summary.json.
func (s *Summary) JSON() ([]byte, error) { return marshal(s) }

// marshal writes indented JSON that does not mangle < and &.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
