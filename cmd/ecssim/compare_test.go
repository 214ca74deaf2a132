package main

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat"

	"ecssim/report"
)

const byStrategy = "services.web.placement_strategy=spread-instance,binpack-memory,random"

// comparing runs `ecssim compare` in this process and reads what it prints as JSON.
func comparing(t *testing.T, args ...string) report.Comparison {
	t.Helper()
	var stdout, stderr bytes.Buffer
	args = append([]string{"compare", "-q", "--format", "json"}, args...)
	code := execute(context.Background(), streams{in: strings.NewReader(""), out: &stdout, err: &stderr}, args)
	require.Equal(t, exitOK, code, stderr.String())
	var c report.Comparison
	require.NoError(t, json.Unmarshal(stdout.Bytes(), &c))
	return c
}

// metric of a comparison.
func metric(t *testing.T, c report.Comparison, name string) report.ComparedMetric {
	t.Helper()
	for _, m := range c.Metrics {
		if m.Name == name {
			return m
		}
	}
	t.Fatalf("no metric %s", name)
	return report.ComparedMetric{}
}

// TestStrategiesDiffer is what scenarios/strategies.toml says: binpack costs less than a spread, and its tasks wait longer.
func TestStrategiesDiffer(t *testing.T) {
	c := comparing(t, "../../scenarios/strategies.toml", "--vary", byStrategy)
	require.Len(t, c.Seeds, 20)
	cost, wait := metric(t, c, "cost_usd"), metric(t, c, "task_wait_s.p95")
	require.Equal(t, report.VerdictLower, cost.Values[1].Difference.Verdict)
	require.Less(t, *cost.Values[1].Difference.Relative, -0.2)
	require.Equal(t, report.VerdictLower, cost.Values[2].Difference.Verdict)
	require.Equal(t, report.VerdictHigher, wait.Values[1].Difference.Verdict)
	require.Contains(t, c.Verdict, "no variant is best on both cost_usd and task_wait p95")
}

// TestCommonRandomNumbersBeatIndependentSeeds: the gain that a comparison prints, estimated from its own seeds, is the
// one that independent seeds show when they are really run.
func TestCommonRandomNumbersBeatIndependentSeeds(t *testing.T) {
	const runs = 60
	file := filepath.Join(t.TempDir(), "queue.toml")
	require.NoError(t, os.WriteFile(file, []byte(lines(`schema = 1`, `name = "queue"`, `duration = "6h"`,
		`[instances.main]`, `type = "m5.large"`, `count = 4`,
		`[jobs.batch]`, `task = { cpu = 1024, memory = 2048, network_mode = "bridge" }`,
		`arrivals = { process = "poisson", rate = "40/h" }`, `run_time = { dist = "exponential", mean = "8m" }`,
		`launch_type = "EC2"`, `on_failure = { retry = { every = "20s", for = "1h" } }`)), 0o600))
	paired := comparing(t, file, "--vary", "instances.main.count=4,5", "--runs", "60", "--metric", "task_wait_s.mean", "--metric", "cpu.used_mean_fraction")
	// The same variants with seeds of their own.
	apart := func(count, seed string) []float64 {
		c := t.TempDir()
		comparing(t, file, file, "--set", "instances.main.count="+count, "--runs", "60", "--seed", seed, "-o", c, "--metric", "task_wait_s.mean")
		table, err := readCSV(filepath.Join(c, "cells.csv"))
		require.NoError(t, err)
		var xs []float64
		for _, row := range table.rows[:runs] {
			xs = append(xs, table.number(row, "task_wait_s.mean"))
		}
		return xs
	}
	few, many := apart("4", "1001"), apart("5", "2001")
	d := metric(t, paired, "task_wait_s.mean").Values[1].Difference
	half := 1.96 * math.Sqrt((stat.Variance(few, nil)+stat.Variance(many, nil))/runs)
	ratio := half / ((*d.High - *d.Low) / 2)
	t.Logf("independent seeds: interval %.2f times as wide; estimated %.2f", ratio, *d.Gain)
	require.Greater(t, ratio, 1.1)
	require.InEpsilon(t, ratio, *d.Gain, 0.3)
	require.InDelta(t, d.Mean, stat.Mean(many, nil)-stat.Mean(few, nil), 1.5*half, "and both see the same difference")
	require.Greater(t, *metric(t, paired, "cpu.used_mean_fraction").Values[1].Difference.Gain, 1.5)
	require.Contains(t, paired.CommonRandom, "task_wait mean")
}

// TestInterruptedComparison keeps the seeds that were finished in all variants.
func TestInterruptedComparison(t *testing.T) {
	var stdout, stderr bytes.Buffer
	a := &app{streams: streams{in: strings.NewReader(""), out: &stdout, err: &stderr}}
	f := &compareFlags{varies: []string{byStrategy}, runs: "9", jobs: 2}
	sides, err := a.readSides([]string{"../../scenarios/strategies.toml"}, f)
	require.NoError(t, err)
	over, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = a.compareSides(over, sides, 0, f)
	require.ErrorContains(t, err, "nothing was written")
	require.Equal(t, exitInterrupted, exitCode(err))

	require.NoError(t, a.simulateSides(context.Background(), sides, []uint64{1, 2, 3, 4, 5, 6, 7}, 2))
	delete(sides[1].rows, 4) // was under way when the interruption came
	c, err := a.compareSides(over, sides, 0, f)
	require.NoError(t, err)
	require.Equal(t, []uint64{1, 2, 3, 5, 6, 7}, c.Seeds)
	require.False(t, c.Complete)
	require.Contains(t, c.Notes, "interrupted: only seeds that were finished in all variants are compared")
}

// TestACrashNamesSeedAndVariant is in the hands of eachRun; a runaway run is in ours.
func TestARunawayVariantIsNamed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "runaway.toml")
	require.NoError(t, os.WriteFile(file, []byte(lines(`schema = 1`, `name = "runaway"`, `duration = "1000h"`,
		`[limits]`, `events = 2000`,
		`[instances.main]`, `type = "m5.large"`, `count = 1`,
		`[jobs.batch]`, `task = { cpu = 256, memory = 512, network_mode = "bridge" }`,
		`arrivals = { process = "poisson", rate = "4/h" }`, `run_time = "1m"`, `launch_type = "EC2"`)), 0o600))
	var stdout, stderr bytes.Buffer
	code := execute(context.Background(), streams{in: strings.NewReader(""), out: &stdout, err: &stderr},
		[]string{"compare", file, "--vary", "instances.main.count=1,2", "--runs", "2", "-j", "1"})
	require.Equal(t, exitInternal, code, "%s", stderr.String())
	require.Contains(t, stderr.String(), "1 ran away with seed 1")
}

// TestRealCurveComparesStrategies plays five days of a load balancer's requests with three strategies and twenty seeds.
func TestRealCurveComparesStrategies(t *testing.T) {
	trace := `trace = { csv = ` + quote("%s", realData(t, "load", "nab_elb_request_count_8c0756.csv")) +
		`, time = "timestamp", value = "value", unit = "per step", scale = 500 }`
	group := strings.Replace(onGroup, `placement_strategy = "binpack-memory"`,
		`placement_strategy = "spread-instance"`, 1)
	group = strings.Replace(group, "min_size = 1", "boot_time = { dist = \"lognormal\", median = \"70s\", p95 = \"2m\" }\nmin_size = 1", 1)
	file := filepath.Join(t.TempDir(), "curve.toml")
	require.NoError(t, os.WriteFile(file, []byte(driven("5d", group, trace, "12")), 0o600))
	c := comparing(t, file, "--vary", byStrategy)
	require.Len(t, c.Seeds, 20)
	cost, wait := metric(t, c, "cost_usd"), metric(t, c, "task_wait_s.p95")
	t.Log(c.Verdict)
	require.Equal(t, report.VerdictLower, cost.Values[1].Difference.Verdict, "binpack frees instances")
	require.NotNil(t, wait.Values[1].Difference)
	require.NotEmpty(t, c.Verdict)
	for _, v := range c.Variants {
		total := 0
		for _, n := range v.First {
			total += n
		}
		require.Equal(t, 20, total, "every seed has a first bottleneck, or none")
	}
}
