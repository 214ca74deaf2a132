package main

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const seeds = 20

// erlangB is the share of arrivals that c servers turn away when a are offered.
func erlangB(c int, a float64) float64 {
	b := 1.0
	for n := 1; n <= c; n++ {
		b = a * b / (float64(n) + a*b)
	}
	return b
}

// slots is a fleet of machines with some places for a task of 1024 units and 1000 MiB each, without any delay.
func slots(machines, each int, strategy, rate, duration string) string {
	return lines("schema = 1", fmt.Sprintf("name = \"slots-%dx%d\"", machines, each), "duration = "+quote("%s", duration), `latency = "none"`,
		"[catalog.types.slot]", fmt.Sprintf("cpu = %d\nmemory = %d", 1024*each, 1000*each), "price_per_hour = 0.36",
		"[instances.main]", `type = "slot"`, fmt.Sprintf("count = %d", machines),
		"[jobs.calls]", `task = { cpu = 1024, memory = 1000, network_mode = "bridge" }`, "placement_strategy = "+quote("%s", strategy),
		"arrivals = { process = \"poisson\", rate = "+quote("%s", rate)+" }", `run_time = { dist = "exponential", mean = "60s" }`)
}

// fates is tasks.csv without where a task ran.
func fates(t *testing.T, folder string) string {
	t.Helper()
	c, err := readCSV(filepath.Join(folder, "data", "tasks.csv"))
	require.NoError(t, err)
	var b strings.Builder
	for _, row := range c.rows {
		row = slices.Clone(row)
		row[c.column["instance"]] = ""
		b.WriteString(strings.Join(row, ",") + "\n")
	}
	return b.String()
}

// How ten slots are divided and who chooses among them cannot matter to who is turned away.
func TestErlangBThroughTheFrontDoor(t *testing.T) {
	const c, a = 10, 7.0
	const same = 4 // seeds for which all shapes are compared
	r := play(t, slots(5, 2, "binpack-memory", "7/min", "4h"), "-q", "--no-plots", "--runs", fmt.Sprint(seeds))
	mean, standardError := blocking(t, &r.summary)
	assert.InDelta(t, erlangB(c, a), mean, 5*standardError)
	assert.Less(t, standardError, 0.01)
	assert.Equal(t, []string{"RESOURCE:CPU"}, reasons(&r.summary))
	want := fates(t, r.folder)
	for _, shape := range [][2]int{{1, 10}, {10, 1}, {5, 2}} {
		for _, strategy := range []string{"binpack-memory", "spread-instance", "random"} {
			t.Run(fmt.Sprintf("%d x %d %s", shape[0], shape[1], strategy), func(t *testing.T) {
				r := play(t, slots(shape[0], shape[1], strategy, "7/min", "4h"), "-q", "--no-plots", "--runs", fmt.Sprint(same))
				got := fates(t, r.folder)
				require.Greater(t, strings.Count(got, "\n"), 6000)
				require.True(t, strings.HasPrefix(want, got), "another fate of some task")
				require.Equal(t, []string{"RESOURCE:CPU"}, reasons(&r.summary))
			})
		}
	}
}

func reasons(s *summaryFile) (names []string) {
	for _, f := range s.Failures {
		names = append(names, f.Reason)
	}
	return names
}

// blocking is the mean share of refused tasks over the seeds, with its standard error.
func blocking(t *testing.T, s *summaryFile) (mean, standardError float64) {
	t.Helper()
	require.Len(t, s.PerSeed, seeds)
	var shares []float64
	for _, p := range s.PerSeed {
		shares = append(shares, p.Metrics["placement_failures"]/p.Metrics["tasks_wanted"])
	}
	for _, x := range shares {
		mean += x / seeds
	}
	for _, x := range shares {
		standardError += (x - mean) * (x - mean) / (seeds - 1) / seeds
	}
	return mean, math.Sqrt(standardError)
}

// One slot loses a/(1+a) of its calls.
func TestErlangBOfOneSlot(t *testing.T) {
	r := play(t, slots(1, 1, "random", "1/min", "12h"), "-q", "--no-plots", "--runs", fmt.Sprint(seeds))
	mean, standardError := blocking(t, &r.summary)
	assert.InDelta(t, 0.5, mean, 5*standardError)
}

// Little's law: what runs on average is what starts by the second times how long it runs.
func TestLittlesLaw(t *testing.T) {
	r := play(t, slots(4, 10, "spread-instance", "20/min", "24h"), "-q", "--no-plots")
	job := r.summary.Jobs["calls"]
	throughput := float64(job.Placed) / r.summary.Scenario.Duration
	assert.InEpsilon(t, throughput*60, job.MeanRunning, 0.03, "the mean run time is 60 s")

	tasks, err := readCSV(filepath.Join(r.folder, "data", "tasks.csv"))
	require.NoError(t, err)
	seconds := 0.0
	for _, row := range tasks.rows {
		from, to := tasks.number(row, "running_s"), tasks.number(row, "stopped_s")
		if math.IsNaN(to) {
			to = r.summary.Scenario.Duration
		}
		if !math.IsNaN(from) {
			seconds += to - from
		}
	}
	assert.InDelta(t, seconds/r.summary.Scenario.Duration, job.MeanRunning, 1e-4, "and exactly, from the tasks")
	assert.InDelta(t, job.MeanRunning*1024, r.summary.resource("cpu").Mean, 0.1)
}

// Fargate without a quota turns nobody away: Poisson arrivals make Poisson counts.
func TestFargateIsAnInfiniteServer(t *testing.T) {
	r := play(t, lines("schema = 1", `name = "infinite"`, `duration = "24h"`, `warmup = "1h"`, `latency = "none"`, "[jobs.calls]",
		`task = { cpu = 256, memory = 512, network_mode = "awsvpc" }`, `launch_type = "FARGATE"`,
		`arrivals = { process = "poisson", rate = "20/min" }`, `run_time = { dist = "lognormal", mean = "2m", sd = "2m" }`), "-q")
	job := r.summary.Jobs["calls"]
	assert.Zero(t, job.Refused)
	assert.InEpsilon(t, 40, job.MeanRunning, 0.05)
}

// What is over before the warm-up ends leaves no trace in the statistics, and all its traces in the totals.
func TestWarmupLeavesTheFirstPartOut(t *testing.T) {
	scenario := lines("schema = 1", `name = "warm"`, `duration = "1h"`, `latency = "none"`, "[instances.main]", `type = "m5.large"`, "count = 3",
		"[jobs.early]", `task = { cpu = 1024, memory = 512, network_mode = "bridge" }`, `at = "00:00"`, "count = 8", `run_time = "10m"`,
		"[jobs.late]", `task = { cpu = 1024, memory = 512, network_mode = "bridge" }`, `at = "00:40"`, "count = 3", `run_time = "10m"`)
	cold, warm := play(t, scenario, "--no-plots"), play(t, scenario, "--no-plots", "--set", `warmup="30m"`)

	// Six of eight find a place for 10 of 60 minutes, then three for 10 of 60; the warm half sees the three alone.
	assert.InDelta(t, 1.0, cold.summary.Jobs["early"].MeanRunning, 1e-6)
	assert.InDelta(t, 0.5, cold.summary.Jobs["late"].MeanRunning, 1e-6)
	assert.InDelta(t, 1536, cold.summary.resource("cpu").Mean, 1e-3)
	assert.EqualValues(t, 2, cold.summary.Jobs["early"].Refused)

	assert.InDelta(t, 0, warm.summary.Jobs["early"].MeanRunning, 1e-6)
	assert.InDelta(t, 1.0, warm.summary.Jobs["late"].MeanRunning, 1e-6)
	assert.InDelta(t, 1024, warm.summary.resource("cpu").Mean, 1e-3)
	assert.Zero(t, warm.summary.Jobs["early"].Arrived)
	assert.Empty(t, warm.summary.Failures)
	assert.Equal(t, cold.summary.Totals.Wanted, warm.summary.Totals.Wanted)
	assert.Equal(t, cold.summary.Totals.GivenUp, warm.summary.Totals.GivenUp)
	assert.InDelta(t, cold.summary.Totals.Cost, warm.summary.Totals.Cost, 0)
}
