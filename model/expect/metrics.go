package expect

import (
	"slices"
	"strings"
)

// Aggregate makes one number of a metric.
type Aggregate uint8

// The aggregates. P50 to P99 are nearest-rank quantiles.
const (
	Min Aggregate = iota
	Max
	Mean
	Last
	P50
	P95
	P99
	Count
)

var aggregates = []string{Min: "min", Max: "max", Mean: "mean", Last: "last", P50: "p50", P95: "p95", P99: "p99", Count: "count"}

func (a Aggregate) String() string { return aggregates[a] }

// Nature is what a metric consists of.
type Nature uint8

// The natures: a Level has a value at every instant; Data are measured minute by minute, and there may be none;
// Values are one for each thing that happened; Events only happen.
const (
	Level Nature = iota
	Data
	Values
	Events
)

// aggregatesOf is what can be asked of each nature.
var aggregatesOf = map[Nature][]Aggregate{
	Level: {Min, Max, Mean, Last, P50, P95, P99}, Data: {Min, Max, Mean, Last, P50, P95, P99},
	Values: {Min, Max, Mean, P50, P95, P99, Count}, Events: {Count},
}

// Metric is something that is known of a run over time.
type Metric struct {
	// Name is CloudWatch's or ECS's where there is one, else ours.
	Name string
	// Unit is "s" for times.
	Unit   string
	Nature Nature
	// Per are the labels of which one says whose metric it is; empty for the account's.
	Per []string
	// All: without a label it is that of all together.
	All bool
	// Whole: it is known of the whole run only, not between bounds.
	Whole bool
	// Sparse: where it was 0 all the time, nothing was recorded.
	Sparse bool
}

// The labels.
const (
	Service          = "service"
	Job              = "job"
	Cluster          = "cluster"
	Subnet           = "subnet"
	CapacityProvider = "capacity_provider"
)

var labelKeys = []string{Service, Job, Cluster, Subnet, CapacityProvider}

// Metrics are all there are, in the order in which they are documented.
var Metrics = slices.Concat(
	group([]string{Service, Job}, "tasks", Level, "RunningTaskCount", "PendingTaskCount", "tasks_waiting"),
	group([]string{Service}, "tasks", Level, "DesiredTaskCount", "HealthyTaskCount"),
	sparse([]string{Service}, "tasks", "tasks_leaving", "tasks_provisioning", "tasks_pending", "tasks_activating",
		"tasks_deactivating", "tasks_stopping", "tasks_deprovisioning"),
	sparse([]string{Service}, "targets", "targets_initial", "targets_healthy", "targets_unhealthy", "targets_draining", "targets_unused"),
	group([]string{Service}, "percent", Data, "CPUUtilization", "MemoryUtilization"),
	group([]string{Service}, "", Data, "RequestCountPerTarget", "load_offered", "load_served", "load_dropped", "load_backlog"),
	group([]string{Service}, "s", Data, "load_latency"),
	group([]string{Service}, "tasks", Data, "tasks_serving", "tasks_needed"),
	[]Metric{{Name: "ContainerInstanceCount", Unit: "instances", Per: []string{Cluster}, All: true}},
	group([]string{Cluster}, "percent", Level, "CPUReservation", "MemoryReservation", "GPUReservation"),
	group([]string{Cluster}, "", Level, "cpu_used", "cpu_capacity", "memory_used", "memory_capacity", "gpu_used", "gpu_capacity",
		"ports_used", "ports_capacity", "eni_used", "eni_capacity"),
	group([]string{Subnet}, "addresses", Level, "ip_used", "ip_capacity"),
	group(nil, "vCPU", Level, "fargate_vcpu_used", "fargate_vcpu_capacity", "fargate_spot_vcpu_used", "fargate_spot_vcpu_capacity"),
	group([]string{CapacityProvider}, "percent", Data, "CapacityProviderReservation"),
	group([]string{CapacityProvider}, "instances", Data, "instances_needed", "instances_running"),
	group([]string{CapacityProvider}, "instances", Level, "GroupDesiredCapacity", "GroupMinSize", "GroupMaxSize",
		"GroupInServiceInstances", "GroupPendingInstances", "GroupTerminatingInstances"),
	sparse([]string{CapacityProvider}, "instances", "WarmPoolWarmedCapacity"),
	group([]string{CapacityProvider}, "tasks", Level, "tasks_awaiting_capacity"),
	[]Metric{
		{Name: "task_wait", Unit: "s", Nature: Values, Per: []string{Service, Job}, All: true},
		{Name: "task_gap", Unit: "s", Nature: Values, Per: []string{Service}, All: true},
		{Name: "capacity_wait", Unit: "s", Nature: Values, Per: []string{CapacityProvider}, Whole: true},
		{Name: "stopped_tasks", Unit: "tasks", Nature: Events, Per: []string{Service, Job}, All: true, Whole: true},
	},
)

func group(per []string, unit string, n Nature, names ...string) []Metric {
	all := make([]Metric, len(names))
	for i, name := range names {
		all[i] = Metric{Name: name, Unit: unit, Nature: n, Per: per}
	}
	return all
}

func sparse(per []string, unit string, names ...string) []Metric {
	all := group(per, unit, Level, names...)
	for i := range all {
		all[i].Sparse = true
	}
	return all
}

// metricOf is nil for a name that is none.
func metricOf(name string) *Metric {
	for i := range Metrics {
		if Metrics[i].Name == name {
			return &Metrics[i]
		}
	}
	return nil
}

func metricNames() []string {
	names := make([]string, len(Metrics))
	for i := range Metrics {
		names[i] = Metrics[i].Name
	}
	return names
}

// FirstBottleneck is the figure that is a text: the limit that bound first, as the summary calls it, or none.
const FirstBottleneck = "first_bottleneck"

// runFigures are those of every run.
var runFigures = []string{
	FirstBottleneck, "cost_usd", "task_wait_s.mean", "task_wait_s.p95", "task_wait_s.max", "tasks_wanted", "tasks_started",
	"tasks_finished", "tasks_running_end", "tasks_waiting_end", "tasks_never_placed", "placement_attempts", "placement_failures",
	"instances_peak", "mean_running",
}

// Figures of each thing, behind its name.
var (
	waitFigures     = []string{".mean", ".p95", ".max"}
	usedFraction    = ".used_mean_fraction"
	serviceFigures  = []string{"mean_running", "placement_failures", "running", "never_placed", "dropped_fraction", "lag_s.p50", "lag_s.max"}
	jobFigures      = []string{"mean_running", "placement_failures", "arrived", "refused", "refused_fraction"}
	providerFigures = []string{"instances_mean"}
)

// isSeconds tells figures that are times.
func isSeconds(figure string) bool {
	return strings.Contains(figure, "_wait_s.") || strings.Contains(figure, ".lag_s.")
}

// Limits are what can bind first, as first_bottleneck calls it; some have a scope behind them: ip:b.
var Limits = []string{
	"none", "cpu", "memory", "gpu", "ports", "eni", "ip", "fargate_vcpu", "fargate_spot_vcpu", "fargate_launch_rate", "pull_limit",
	"targets", "constraint", "instances", "agent", "location", "attribute", "max_size", "max_capacity", "instance_type",
	"ec2_capacity", "provisioning",
}
