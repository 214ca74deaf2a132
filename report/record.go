package report

import (
	"time"

	"ecssim/model"
	"ecssim/model/cost"
	"ecssim/model/placement"
	"ecssim/sim"
)

// Record is what became of one replication: everything that is shown anywhere is read from it. It is not changed
// after RunEnded.
type Record struct {
	Config *model.Config
	Seed   uint64
	// End is where the clock stood; Outcome says why it stopped there, Runaway names who made a run hit a limit.
	End     time.Duration
	Outcome sim.Outcome
	Runaway string

	Totals     Totals
	Owners     []OwnerRecord // the services, then the jobs, each in the order of the configuration
	Pools      []PoolRecord  // what can run out, without what nobody has
	Wait       *Wait         // of all owners
	Instances  Levels        // how many container instances there were
	Bottleneck *Bottleneck   // nil if nothing ever failed after the warm-up
	Oversold   *Oversold     // nil if hard memory limits never added up to more than an instance has
	Failures   []FailureRow
	// FailureGrain is the width of the buckets of Failures: a minute, wider in runs with very many failures.
	FailureGrain time.Duration
	Bill         []cost.Item // over the whole run
	BillHours    []cost.Hour
	Cost         CostRecord

	// BucketWidth is that of all Levels.
	BucketWidth time.Duration

	// Logs, in order of creation, of registration and of time. They stop at LogLimit.
	LogLimit      int64
	Tasks         logRows[TaskRow]
	InstanceRows  []InstanceRow
	Placements    logRows[PlacementRow]
	Exclusions    [][placement.NumReasons]int32
	InstancesLeft int // instances that are not in InstanceRows for want of room
	// Events hold EventsTotal events, or the first of them.
	Events      eventLists
	EventsTotal int64

	Zones    []string // of the subnets, in order of name
	Clusters []ClusterRecord
	Stranded int64 // instances at the end that run and have never registered
	// NeverRegistered counts all that did not, over the whole run; NeverWhy is why the first of them did not.
	NeverRegistered int64
	NeverWhy        string
	Faults          []FaultRecord
	FaultsAll       int64 // Faults hold the first of so many
	Images          []ImageRecord

	// Providers are the capacity providers with a group, in the order of the configuration.
	Providers []ProviderRecord
	// Decisions hold DecisionsTotal decisions, or the first of them; what says the same again is counted in its row.
	Decisions      logRows[DecisionRow]
	DecisionsTotal int64
	Episodes       []Episode // in order of their beginning
	EpisodesLeft   int64     // episodes that are not in Episodes for want of room
	Booting        int64     // instances at the end that have been launched and have not registered yet
}

// Complete says whether the run came to its proper end.
func (r *Record) Complete() bool { return r.Outcome == sim.Drained || r.Outcome == sim.Reached }

// Warmup is the part that statistics leave out.
func (r *Record) Warmup() time.Duration { return min(r.Config.Warmup, r.End) }

// Oversold is an instance on which the hard memory limits of the tasks add up to more than it registers. Placement looks
// at the reservations (soft limits), so this is legal, and the tasks can run out of memory.
type Oversold struct {
	Instance  string
	At        time.Duration // when it was worst
	Hard, Has int64         // MiB
}

// Totals are counts over the whole run, warm-up included.
type Totals struct {
	Wanted          int64 // tasks created
	Placed          int64
	Started         int64 // reached RUNNING
	Finished        int64 // stopped, whatever the reason
	StoppedUnplaced int64 // of Finished: never placed
	GivenUp         int64
	RunningEnd      int64
	StartingEnd     int64 // placed, not RUNNING
	LeavingEnd      int64 // on their way out
	WaitingEnd      int64
	Attempts        int64
	Failures        int64 // of Attempts
	Throttled       int64 // launches that Fargate's launch rate delayed; no failures
	InstancesPeak   int64
	InstancesEnd    int64
	Events          uint64
}

// NeverPlaced counts the tasks that were never placed.
func (t Totals) NeverPlaced() int64 { return t.WaitingEnd + t.GivenUp + t.StoppedUnplaced }

// Wait summarises the time from creation to RUNNING, in seconds. Tasks that waited or started when the run ended
// count with their wait so far; tasks that were given up or stopped before RUNNING do not count.
type Wait struct {
	Count                         int64
	Mean, Min, P50, P95, P99, Max float64
}

// OwnerRecord is one service or job.
type OwnerRecord struct {
	Name    string
	Service bool
	Desired int64 // at the end; services only
	// Waiting, Pending (placed, not RUNNING), Running and Leaving are at the end, whatever the age of the tasks.
	Waiting, Pending, Running, Leaving int64
	// Arrived to Stopped count tasks created at or after the warm-up; NewWaiting are those of Waiting.
	Arrived, Placed, Refused, Finished, NewWaiting int64
	Stopped                                        [model.NumStopCodes]int64
	// Stops are Stopped by reason, the most frequent first; Unhealthy are those that were stopped for their health.
	Stops       []StopReason
	Unhealthy   int64
	Wait        *Wait // nil without a single task
	MeanRunning float64
	// Failures counts the placement attempts in vain at or after the warm-up; Reasons also holds tasks that got no
	// address or no host port.
	Failures int64
	Reasons  []ReasonCount
	// Throttled counts the launches that Fargate's launch rate delayed, at or after the warm-up.
	Throttled int64
	Why       string // in a few words, what kept the last task from being placed; empty if nothing did

	// Denied counts the tasks whose calls AWS denied, over the whole run.
	Denied       int64
	DeniedFirst  time.Duration
	DeniedReason string

	WaitingLevels, PendingLevels, RunningLevels, LeavingLevels, DesiredLevels Levels

	// Gaps are those of a service.
	Gaps Gaps
	// Serving is nil for jobs.
	Serving *ServiceRecord
	// Load and Scaling are nil without.
	Load    *LoadRecord
	Scaling *ScalingRecord
}

// ReasonCount counts failures of one reason.
type ReasonCount struct {
	Reason placement.Reason
	Count  int64
	First  time.Duration
}

// PoolRecord is something that can run out.
type PoolRecord struct {
	Resource, Scope, Unit string
	// Unbounded: there is no limit, and CapacityPeak means nothing.
	Unbounded bool
	// Divisor turns the whole numbers below into Unit: 1024 for Fargate vCPUs, which are counted in CPU units.
	Divisor                int64
	CapacityPeak, UsedPeak int64
	UsedMean, CapacityMean float64
	// FullSince is negative unless the pool was full at the end; FirstFull is negative if it never was.
	FullSince, FirstFull time.Duration
	FullFor              time.Duration
	Used, Capacity       Levels
}

// MeanFraction is the mean of what was used over the mean of what there was.
func (p *PoolRecord) MeanFraction() float64 {
	if p.CapacityMean <= 0 {
		return 0
	}
	return p.UsedMean / p.CapacityMean
}

// Level is what a step function did in one bucket; Mean is weighted by time.
type Level struct {
	At, Width time.Duration // Width is what the run covered of the bucket
	Mean      float64
	Min, Max  int64
	// Last is the value at the end of the run; of the last level alone.
	Last int64
}

// Levels is a step function over the whole run, warm-up included.
type Levels []Level

// levels reads a finished track.
func (r *Recorder) levels(t *sim.Track, end time.Duration) Levels {
	width, cells := r.line.Width(), t.Cells()
	out := make(Levels, len(cells))
	for i, c := range cells {
		at := width * time.Duration(i)
		v := Level{At: at, Width: min(width, end-at)}
		if c.Empty() || v.Width <= 0 {
			v.Mean, v.Min, v.Max = float64(t.Value()), t.Value(), t.Value()
		} else {
			v.Mean, v.Min, v.Max = c.Sum/float64(v.Width), c.Low, c.High
		}
		out[i] = v
	}
	if n := len(out); n > 0 {
		out[n-1].Last = t.Value()
	}
	return out
}

// ClusterRecord is one cluster; Instances is nil where there is but one, since Record.Instances says it.
type ClusterRecord struct {
	Name      string
	Instances Levels
}

// ImageRecord sums up the pulls of an image at or after the warm-up.
type ImageRecord struct {
	Name         string
	Pulls, Bytes int64
	Mean, Max    time.Duration
}
