package report

import (
	"slices"
	"strings"

	"ecssim/model"
)

// comparedMetrics are those of a comparison if nobody chooses others, besides those of services and jobs.
var comparedMetrics = []string{
	"cost_usd", "task_wait_s.p95", "tasks_never_placed", "placement_failures", "instances_peak",
	"cpu.used_mean_fraction", "memory.used_mean_fraction",
}

// ownerMetrics are compared for every service and job, as long as there are few.
var ownerMetrics = []string{".dropped_fraction", ".lag_s.max", ".refused_fraction"}

// allMetrics stands for all names where metrics are chosen.
const allMetrics = "all"

// choose says which metrics are compared: of the names those that were asked for, with a "+" in front of one the usual
// ones and these; without any the usual ones, as far as they are not 0 everywhere.
func choose(variants []Variant, asked []string) []string {
	names := metricNames(variants)
	if slices.Contains(asked, allMetrics) {
		return names
	}
	var chosen []string
	if len(asked) == 0 || slices.ContainsFunc(asked, func(name string) bool { return strings.HasPrefix(name, "+") }) {
		chosen = usualMetrics(variants, names)
	}
	for _, name := range asked {
		if name = strings.TrimPrefix(name, "+"); !slices.Contains(chosen, name) {
			chosen = append(chosen, name)
		}
	}
	return chosen
}

// metricNames are all metrics that any run has: the usual ones first, the others by name.
func metricNames(variants []Variant) []string {
	has := map[string]bool{}
	for _, v := range variants {
		for _, row := range v.Rows {
			for name := range row.Metrics {
				has[name] = true
			}
		}
	}
	var names, rest []string
	for _, name := range comparedMetrics {
		if has[name] {
			names = append(names, name)
			delete(has, name)
		}
	}
	for name := range has {
		rest = append(rest, name)
	}
	slices.Sort(rest)
	return append(names, rest...)
}

func usualMetrics(variants []Variant, names []string) []string {
	owners := 0
	for _, name := range names {
		if strings.HasSuffix(name, ".mean_running") {
			owners++
		}
	}
	var usual []string
	for _, name := range names {
		of := func(suffix string) bool { return strings.HasSuffix(name, suffix) }
		if !slices.Contains(comparedMetrics, name) && (owners > maxOwnerRows || !slices.ContainsFunc(ownerMetrics, of)) {
			continue
		}
		if name == "cost_usd" || slices.ContainsFunc(variants, func(v Variant) bool { return v.any(name) }) {
			usual = append(usual, name)
		}
	}
	return usual
}

// any says whether a metric is not 0 in any run.
func (v *Variant) any(metric string) bool {
	return slices.ContainsFunc(v.Rows, func(row SeedRow) bool { return row.Metrics[metric] != 0 })
}

// PossibleMetrics are the names that a run of a scenario can have, but for those of RESOURCE.used_mean_fraction: a
// command refuses a name that was mistyped before it simulates for an hour.
func PossibleMetrics(cfg *model.Config) []string {
	names := []string{
		"cost_usd", "tasks_wanted", "tasks_started", "tasks_finished", "tasks_running_end", "tasks_waiting_end",
		"tasks_never_placed", "placement_attempts", "placement_failures", "instances_peak", "mean_running",
	}
	wait := func(of string) {
		names = append(names, of+".mean", of+".p95", of+".max")
	}
	wait("task_wait_s")
	for i := range cfg.Services {
		name := "services." + cfg.Services[i].Name
		wait(name + ".task_wait_s")
		names = append(names, name+".mean_running", name+".placement_failures", name+".running", name+".never_placed",
			name+".dropped_fraction", name+".lag_s.p50", name+".lag_s.max")
	}
	for i := range cfg.Jobs {
		name := "jobs." + cfg.Jobs[i].Name
		wait(name + ".task_wait_s")
		names = append(names, name+".mean_running", name+".placement_failures", name+".arrived", name+".refused", name+".refused_fraction")
	}
	for i := range cfg.CapacityProviders {
		name := "capacity_providers." + cfg.CapacityProviders[i].Name
		names = append(names, name+".instances_mean")
		wait(name + ".capacity_wait_s")
	}
	return names
}

// better is the side on which a metric is good: lower, or empty where it depends on what one wants.
func better(metric string) string {
	for _, bad := range []string{
		"cost_usd", "_wait_s.", ".lag_s.", "never_placed", "placement_failures", "tasks_waiting_end", ".dropped_fraction",
		".refused", ".refused_fraction",
	} {
		if strings.Contains(metric, bad) {
			return "lower"
		}
	}
	return ""
}

// metricUnit is the unit of a metric; empty for shares.
func metricUnit(metric string) string {
	switch {
	case metric == "cost_usd":
		return "USD"
	case strings.Contains(metric, "_s."):
		return "s"
	case strings.HasSuffix(metric, "_fraction"):
		return ""
	case strings.Contains(metric, "instances_"):
		return "instances"
	case strings.HasPrefix(metric, "placement_"), strings.HasSuffix(metric, ".placement_failures"):
		return "attempts"
	}
	return "tasks"
}

var metricLabels = strings.NewReplacer(
	"services.", "", "jobs.", "", "capacity_providers.", "", ".used_mean_fraction", " used mean", "_fraction", "", "_s.", " ", ".", " ",
)

// metricLabel is what a person reads: task_wait p95 for task_wait_s.p95, web lag max for services.web.lag_s.max,
// large refused for jobs.large.refused_fraction.
func metricLabel(metric string) string {
	if metric == "instances_peak" {
		return "instances peak"
	}
	return clean(metricLabels.Replace(metric))
}
