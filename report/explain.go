package report

import (
	"encoding/json"
	"fmt"
	"time"

	"ecssim/model/placement"
)

// Explanation says why one task is where it is, or is nowhere. It is made by an Explainer; the command adds the fixes.
type Explanation struct {
	Scenario string `json:"scenario"`
	Seed     uint64 `json:"seed"`
	// Bottleneck is set where the task was chosen because it met the first bottleneck.
	Bottleneck *BottleneckSummary `json:"first_bottleneck"`
	Task       TaskStory          `json:"task"`
	// Needs are what it asks for, one short text each.
	Needs []string `json:"needs"`
	// Refused is the last attempt in vain, Placed the one that found a place; nil without, and for Fargate.
	Refused *Look `json:"last_refusal"`
	Placed  *Look `json:"placement"`
	// Fargate is the account at its last attempt; nil on instances.
	Fargate *FargateLook `json:"fargate"`
	// Subnets are those that could have given it an address, at that attempt; none without a network interface.
	Subnets []SubnetLook `json:"subnets"`
	// Capacity is the wait for a capacity provider that scales; nil without.
	Capacity *CapacityStory `json:"capacity"`
	// Said is what ECS would have told the owner of the task.
	Said string `json:"ecs_says"`
	// Fixes are changes that would have helped, and Vain those that were tried and would not; each was simulated.
	Fixes []Fix `json:"fixes"`
	Vain  []Fix `json:"no_help"`
	// Before is how many tasks of the owner found a place as it is.
	Before Outcome `json:"as_it_is"`

	// reason is the last that kept it from its place; Fits without one.
	reason placement.Reason
}

// Instant is a point of simulated time: seconds since the start in JSON, null if it never came.
type Instant time.Duration

// MarshalJSON implements json.Marshaler.
func (i Instant) MarshalJSON() ([]byte, error) {
	if i < 0 {
		return []byte("null"), nil
	}
	return json.Marshal(inSeconds(time.Duration(i)))
}

func (i Instant) there() bool    { return i >= 0 }
func (i Instant) clock() string  { return clock(time.Duration(i)) }
func (i Instant) before() string { return span(time.Duration(i)) }

// never is an Instant that has not come.
const never Instant = -1

// TaskStory is the life of one task.
type TaskStory struct {
	Name    string `json:"name"`
	Owner   string `json:"owner"`
	Service bool   `json:"service"`
	Number  int64  `json:"number"`
	Cluster string `json:"cluster"`
	Launch  string `json:"launch_type"`
	// Attempts counts the placement attempts, Failed those in vain.
	Attempts int `json:"attempts"`
	Failed   int `json:"failed_attempts"`

	Wanted      Instant `json:"wanted_s"`
	FirstFailed Instant `json:"first_failed_s"`
	LastFailed  Instant `json:"last_failed_s"`
	Awaited     Instant `json:"awaited_capacity_s"`
	// Throttled is until when the launch rate held it up.
	Throttled  Instant `json:"throttled_until_s"`
	PlacedAt   Instant `json:"placed_s"`
	Running    Instant `json:"running_s"`
	Stopped    Instant `json:"stopped_s"`
	GivenUp    Instant `json:"given_up_s"`
	Instance   string  `json:"instance"`
	Zone       string  `json:"zone"`
	StopCode   string  `json:"stop_code"`
	StopReason string  `json:"stopped_reason"`
	End        Instant `json:"end_s"` // of the run
}

// Look is a cluster as placement saw it, before one attempt.
type Look struct {
	At Instant `json:"at_s"`
	// Only names the instance that alone was asked: of StartTask, or of a task of a daemon.
	Only      string         `json:"only"`
	Funnel    []Passed       `json:"funnel"`
	Instances []InstanceLook `json:"instances"`
	// Nearest says what the instance lacks that came closest; empty after a success.
	Nearest string `json:"nearest_miss"`
	// Scattered says how much is free in all where no instance has enough of it.
	Scattered string `json:"scattered"`
	// Steps are the rules of the strategy, and Tie what chose among those that they left.
	Steps  []Step `json:"strategy"`
	Tie    string `json:"tie"`
	Chosen string `json:"chosen"`

	needs shown
}

// shown says which tests concern the task, so that a table has no columns about nothing.
type shown struct{ ports, enis, gpus, constraints bool }

// Passed is how many instances are left after a test.
type Passed struct {
	Test string `json:"test"`
	Left int    `json:"left"`
}

// InstanceLook is an instance and the tests that it fails.
type InstanceLook struct {
	Name    string `json:"name"`
	Type    string `json:"type"`
	Zone    string `json:"zone"`
	CPU     int64  `json:"cpu_free"`
	Memory  int64  `json:"memory_free_mib"`
	ENIs    int64  `json:"enis_free"`
	HasENIs int64  `json:"enis"`
	GPUs    int64  `json:"gpus_free"`
	// Group counts the tasks of the task's group there.
	Group int `json:"tasks_of_group"`
	// Fails are the tests that it fails, in the order of the tests; the first is the verdict.
	Fails   []string `json:"fails"`
	Verdict string   `json:"verdict"`

	fails []placement.Reason
}

// lacks reports whether the instance fails a test.
func (i *InstanceLook) lacks(r placement.Reason) bool {
	for _, f := range i.fails {
		if f == r {
			return true
		}
	}
	return false
}

// Step is what one rule of a strategy did.
type Step struct {
	Rule   string `json:"rule"`
	Before int    `json:"before"`
	After  int    `json:"after"`
	Keeps  string `json:"keeps"`
}

// FargateLook is what binds Fargate tasks.
type FargateLook struct {
	At Instant `json:"at_s"`
	// Quota and Used are vCPUs; Quota is 0 where none binds.
	Quota float64 `json:"vcpu_quota"`
	Used  float64 `json:"vcpu_used"`
	Needs float64 `json:"vcpu_needed"`
	Spot  bool    `json:"spot"`
	Burst int     `json:"launch_burst"`
	Rate  float64 `json:"launch_rate_per_s"`
}

// SubnetLook is a subnet with its free addresses.
type SubnetLook struct {
	Name   string `json:"name"`
	Zone   string `json:"zone"`
	Free   int64  `json:"free"`
	Usable int64  `json:"usable"`
}

// CapacityStory is a wait for capacity.
type CapacityStory struct {
	Provider string  `json:"capacity_provider"`
	Kind     string  `json:"kind"`
	Since    Instant `json:"since_s"`
	// Desired to Booting are those of the group when the wait ended, or at the end.
	Desired   int `json:"desired"`
	Max       int `json:"max"`
	InService int `json:"in_service"`
	Booting   int `json:"booting"`
	// Metric is the first datapoint of CapacityProviderReservation in the wait, Last the latest.
	Metric *MetricLook `json:"first_datapoint"`
	Last   *MetricLook `json:"last_datapoint"`
	// Decided is the first decision in the wait that grew the group, Blocked the last that did not.
	Decided *DecisionLook `json:"decision"`
	Blocked *DecisionLook `json:"blocked"`
	// Launched and Registered are those of the instance that took the task; Failure is what EC2 said to the last launch.
	Launched   Instant `json:"launched_s"`
	Registered Instant `json:"registered_s"`
	Instance   string  `json:"instance"`
	Failure    string  `json:"launch_failure"`
	FailedAt   Instant `json:"launch_failed_s"`
	// WaitsFor says what keeps the capacity from coming, for a task that still waits.
	WaitsFor string `json:"waits_for"`
}

// MetricLook is a datapoint of CapacityProviderReservation.
type MetricLook struct {
	At           Instant `json:"at_s"`
	Value        float64 `json:"value"`
	Needed       int     `json:"needed"`
	Running      int     `json:"running"`
	Incompatible int     `json:"incompatible"`
}

// DecisionLook is a decision about a group.
type DecisionLook struct {
	At      Instant `json:"at_s"`
	From    int     `json:"from"`
	To      int     `json:"to"`
	Formula string  `json:"formula"`
	Blocked string  `json:"blocked"`
	Until   Instant `json:"until_s"`
}

// Fix is one change of a scenario and what the run with it gave.
type Fix struct {
	// Sets are PATH=VALUE as for --set.
	Sets []string `json:"set"`
	Note string   `json:"note"`
	// Placed of Wanted tasks of the owner found a place: of those wanted at the end for services, of all for jobs.
	Placed int64 `json:"placed"`
	Wanted int64 `json:"wanted"`
	// At is when the task that is explained was placed; null if it was not.
	At Instant `json:"task_placed_s"`
	// Cost is the difference to the run that is explained, in dollars.
	Cost float64 `json:"cost_difference_usd"`
	// Smallest: one less was tried, and is not enough.
	Smallest bool `json:"smallest"`
}

// TaskName is the name of the task that is explained.
func (x *Explanation) TaskName() TaskName {
	return TaskName{Owner: x.Task.Owner, Service: x.Task.Service, Number: x.Task.Number}
}

// BottleneckOf is the first bottleneck of a run; nil if there is none.
func BottleneckOf(r *Record) *BottleneckSummary { return summariseBottleneck(r.Bottleneck) }

// BottleneckText is the first bottleneck in a sentence.
func BottleneckText(b *BottleneckSummary) string {
	t := newTerminal(TerminalOptions{})
	t.bottleneckLine(b)
	return t.text.String()
}

// bottleneckLine is the sentence and an empty line.
func (t *terminal) bottleneckLine(b *BottleneckSummary) {
	t.behind("FIRST BOTTLENECK  ", fmt.Sprintf("%s at %s — %s", bottleneckName(b.Resource, b.Scope), clockOf(b.At), clean(b.Sentence)))
	t.blank()
}
