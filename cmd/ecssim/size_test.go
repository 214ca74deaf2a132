package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ecssim/model"
	"ecssim/report"
	"ecssim/workload/diag"
	"ecssim/workload/experiment"
	"ecssim/workload/scenario"
	"ecssim/workload/size"
)

// sized is what `ecssim size --format json` says of a scenario's text.
func sized(t *testing.T, text string, args ...string) (report.Sizing, int) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "a.toml")
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	var stdout, stderr bytes.Buffer
	code := execute(context.Background(), streams{in: strings.NewReader(""), out: &stdout, err: &stderr},
		append([]string{"size", file, "--format", "json"}, args...))
	var s report.Sizing
	require.NoError(t, json.Unmarshal(stdout.Bytes(), &s), "%s%s", stdout.String(), stderr.String())
	require.Equal(t, report.SizingSchema, s.SchemaVersion)
	return s, code
}

// bruteForce simulates the whole grid: every cell until it fails or has been simulated with all seeds. It gives the
// cheapest cell that holds, the first of equals.
func bruteForce(t *testing.T, text string, axes []experiment.Axis, seeds int) (best []string, cost float64) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "a.toml")
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	for _, v := range experiment.Product(axes) {
		s, diags := scenario.Load([]string{file}, scenario.Options{Sets: v.Sets()})
		require.False(t, diag.HasErrors(diags), "%v", diags)
		sum, holds := 0.0, true
		for n := 0; n < seeds && holds; n++ {
			recorder := report.NewRecorder(s.Config, s.Seed+uint64(n), report.RecorderOptions{LogLimit: report.LogNothing})
			model.NewWorld(s.Config, s.Seed+uint64(n), recorder).Run(context.Background())
			r := recorder.Record()
			for _, e := range report.Expectations([]*report.Record{r}) {
				holds = holds && e.OK
			}
			sum += report.Figures(r)[0].Value
		}
		if mean := sum / float64(seeds); holds && (best == nil || mean < cost-1e-9) {
			best, cost = v.Sets(), mean
		}
	}
	return best, cost
}

// sizing is a service and a stream of jobs, as in scenarios/smallest-fleet.toml, but shorter.
const sizingWorld = `schema = 1
name = "sized"
duration = "12m"
[instances.main]
type = "m6i.large"
count = 12
zones = ["a", "b"]
[services.web]
task = { cpu = 512, memory = 1024, network_mode = "bridge" }
desired_count = 7
launch_type = "EC2"
[jobs.batch]
task = { cpu = 1024, memory = 1536 }
arrivals = { process = "poisson", rate = "4/min" }
run_time = { dist = "lognormal", median = "1m", p95 = "4m" }
on_failure = { retry = { every = "5s", for = "5m" } }
[expect]
up = "last(RunningTaskCount, service='web') == 7"
quick = "p95(task_wait, job='batch') < 30s"
nothing_lost = "tasks_never_placed == 0"
`

// The answer is that of the whole grid, in a tenth of its runs.
func TestSizeFindsWhatTheWholeGridHolds(t *testing.T) {
	const seeds = 5
	for _, c := range []struct {
		name, text string
		vary       []string
	}{
		{"how many", sizingWorld, []string{"instances.main.count=1..60"}},
		{"which type and how many", sizingWorld, []string{
			"instances.main.type=m6i.large,m6i.xlarge,c6i.xlarge,r6i.large", "instances.main.count=1..24",
		}},
		{"type, number and strategy", sizingWorld, []string{
			"instances.main.type=m6i.large,c6i.xlarge,m6i.2xlarge", "instances.main.count=1..14",
			"jobs.batch.placement_strategy=random,spread-az,binpack-memory",
		}},
		{"the cheapest mix", sizingWorld + "[instances.large]\ntype = \"c6i.2xlarge\"\ncount = 1\nzones = [\"a\", \"b\"]\n", []string{
			"instances.main.count=0..12", "instances.large.count=0..8",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var axes []experiment.Axis
			args := []string{"--runs", fmt.Sprint(seeds)}
			for _, v := range c.vary {
				a, err := experiment.ParseVary(v)
				require.NoError(t, err)
				axes, args = append(axes, a), append(args, "--vary", v)
			}
			s, code := sized(t, c.text, args...)
			require.Equal(t, exitOK, code)
			best, cost := bruteForce(t, c.text, axes, seeds)
			require.NotNil(t, best)
			require.Equal(t, best, s.Answer.Settings)
			require.InDelta(t, cost, *s.Answer.Value, 1e-6)
			require.LessOrEqual(t, s.Runs, s.RunsOfGrid/10, "%d of %d runs", s.Runs, s.RunsOfGrid)
			require.NotEmpty(t, s.Below)
			for _, b := range s.Below {
				require.False(t, b.Holds, b.Name)
			}
			require.LessOrEqual(t, s.Bound.FloorUSD, cost+1e-6)
			t.Logf("%s for $%.3f: %d of %d runs in %d of %d cells", s.Answer.Name, cost, s.Runs, s.RunsOfGrid, s.CellsAsked, s.Cells)
		})
	}
}

// What arithmetic calls too little is too little: some task finds no place.
func TestNoFleetBeatsTheLowerBound(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		text := "schema = 1\nname = \"bound\"\nduration = \"10m\"\nlatency = \"none\"\n" +
			"[catalog.types.slot]\ncpu = 4096\nmemory = 8192\nmax_enis = 4\nprice_per_hour = 0.1\n[instances.main]\ntype = \"slot\"\ncount = 1\n"
		for i := range rapid.IntRange(1, 3).Draw(rt, "services") {
			mode := rapid.SampledFrom([]string{"bridge", "awsvpc"}).Draw(rt, "mode")
			port, distinct := "", ""
			if mode == "bridge" && rapid.IntRange(0, 3).Draw(rt, "port") == 0 {
				port = ", container_port = 80, host_port = 80"
			}
			if rapid.IntRange(0, 3).Draw(rt, "distinct") == 0 {
				distinct = "placement_constraints = [{ type = \"distinctInstance\" }]\n"
			}
			text += fmt.Sprintf("[services.s%d]\ntask = { cpu = %d, memory = %d, network_mode = %q%s }\ndesired_count = %d\nlaunch_type = \"EC2\"\n%s", i,
				rapid.IntRange(64, 4096).Draw(rt, "cpu"), rapid.IntRange(64, 8192).Draw(rt, "memory"), mode, port,
				rapid.IntRange(1, 20).Draw(rt, "desired"), distinct)
		}
		file := filepath.Join(t.TempDir(), "a.toml")
		require.NoError(rt, os.WriteFile(file, []byte(text), 0o600))
		count := rapid.IntRange(1, 40).Draw(rt, "count")
		s, diags := scenario.Load([]string{file}, scenario.Options{Sets: []string{fmt.Sprintf("instances.main.count=%d", count)}})
		require.False(rt, diag.HasErrors(diags), "%v\n%s", diags, text)
		short := size.Shortages(s.Config, 1)
		recorder := report.NewRecorder(s.Config, 1, report.RecorderOptions{LogLimit: report.LogNothing})
		model.NewWorld(s.Config, 1, recorder).Run(context.Background())
		r := recorder.Record()
		if len(short) > 0 {
			require.Positive(rt, r.Totals.WaitingEnd, "%v\n%s", short, text)
		}
		require.LessOrEqual(rt, size.Floor(s.Config), report.Figures(r)[0].Value+1e-9)
	})
}

// What the comments of the scenario invite to find out.
func TestTheSmallestFleet(t *testing.T) {
	text, err := os.ReadFile("../../scenarios/smallest-fleet.toml")
	require.NoError(t, err)
	s, code := sized(t, string(text), "--vary", "instances.main.count=1..30",
		"--vary", "instances.main.type=m6i.large,m6i.xlarge,c6i.xlarge,c6i.2xlarge,r6i.large")
	require.Equal(t, exitOK, code)
	require.Equal(t, "count=5 type=c6i.xlarge", s.Answer.Name)
	require.Less(t, s.Runs, s.RunsOfGrid/10)
	require.Equal(t, "3", s.Bound.Value, "two lie between what arithmetic and what the peaks want")
	require.Contains(t, s.Bound.Lacks[0], "cpu")
}

// A quantile lets a few seeds fail, and then fewer instances do.
func TestSizeKnowsTheQuantile(t *testing.T) {
	strict, code := sized(t, sizingWorld, "--vary", "instances.main.count=1..40", "--runs", "20")
	require.Equal(t, exitOK, code)
	loose, code := sized(t, sizingWorld+"[expect_options]\nquantile = 0.6\n", "--vary", "instances.main.count=1..40", "--runs", "20")
	require.Equal(t, exitOK, code)
	assert.Less(t, *loose.Answer.Value, *strict.Answer.Value)
	for _, e := range loose.Answer.Expect {
		assert.GreaterOrEqual(t, e.Held, 12)
	}
	for _, e := range strict.Answer.Expect {
		assert.Equal(t, 20, e.Held)
	}
}

func TestMayFail(t *testing.T) {
	for _, c := range []struct {
		seeds    int
		quantile float64
		want     int
	}{{10, 0, 0}, {10, 1, 0}, {10, 0.95, 0}, {20, 0.95, 1}, {10, 0.9, 1}, {3, 0.5, 1}, {10, 0.3, 7}} {
		assert.Equal(t, c.want, mayFail(c.seeds, c.quantile), "%+v", c)
	}
}

// Waiting falls where there is more: both ends are looked at.
func TestSizeOfAnotherFigure(t *testing.T) {
	s, code := sized(t, sizingWorld, "--vary", "instances.main.count=6..20", "--minimise", "task_wait_s.mean", "--runs", "3", "--for", "tasks_never_placed == 0")
	require.Equal(t, exitOK, code)
	require.Equal(t, "task_wait_s.mean", s.Minimise)
	best, last := *s.Answer.Value, false
	for _, c := range s.Asked {
		last = last || c.Name == "count=20"
		if c.Holds {
			require.GreaterOrEqual(t, *c.Value, best, c.Name)
		}
	}
	require.True(t, last, "the last cell is asked as well")
}

func TestSizeRefuses(t *testing.T) {
	dir := t.TempDir()
	shop, plain := filepath.Join(dir, "shop.toml"), filepath.Join(dir, "plain.toml")
	require.NoError(t, os.WriteFile(shop, []byte(sizingWorld), 0o600))
	text, _, _ := strings.Cut(sizingWorld, "[expect]")
	require.NoError(t, os.WriteFile(plain, []byte(text), 0o600))
	for _, c := range []struct{ args, want string }{
		{"", "which scenario? give a file, or - for stdin"},
		{"a.toml b.toml", "one scenario is sized at a time, found 2"},
		{shop, "what may change? give --vary PATH=LO..HI"},
		{shop + " --vary instances.main.cuont=1..9", "did you mean `count`?"},
		{shop + " --vary instances.man.count=1..9", "the scenario has no instances.man: did you mean --vary instances.main.count?"},
		{shop + " --vary capacity_providers.asg.max_size=1..9", "`capacity_providers.asg.type` is missing"},
		{shop + " --vary instances.fleet.count=1..9", "the scenario has no instances.fleet: there is main"},
		{shop + " --vary servces.web.desired_count=1..9", "did you mean --vary services.web.desired_count?"},
		{shop + " --vary instances.main.type=m6i.large,m6i.lrge", `did you mean "m6i.large"?`},
		{shop + " --vary instances.main.count=-1..3", "`instances.main.count`"},
		{shop + " --vary instances.main.count=9..1", "goes down; write the smaller end first"},
		{shop + " --vary instances.main.count", "is not PATH=VALUES"},
		{shop + " --vary instances.main.count=1..9 --vary instances.main.count=1..9", "instances.main.count is varied twice"},
		{shop + " --vary instances.main.count=1..9999 --vary services.web.desired_count=1..9999", "the grid has more than 100000 cells"},
		{shop + " --vary instances.main.count=1..9 --minimise cost_use", `no figure is called "cost_use", did you mean cost_usd?`},
		{shop + " --vary instances.main.count=1..9 --for p95(task_wiat)<3", `unknown metric "task_wiat", did you mean task_wait?`},
		{shop + " --vary instances.main.count=1..9 --for p95(task_wait,service='wbe')<3", "did you mean 'web'?"},
		{shop + " --vary instances.main.count=1..9 --format csv", `--format is table, json or markdown, found "csv"`},
		{shop + " --vary instances.main.count=1..9 -j 0", "--jobs must be at least 1, found 0"},
		{plain + " --vary instances.main.count=1..9", "sized expects nothing: write [expect] into it, or give --for EXPR"},
		{shop + " --vray instances.main.count=1..9", "did you mean --vary?"},
	} {
		var stdout, stderr bytes.Buffer
		code := execute(context.Background(), streams{in: strings.NewReader(""), out: &stdout, err: &stderr}, append([]string{"size"}, strings.Fields(c.args)...))
		assert.Equal(t, exitUsage, code, c.args)
		assert.Contains(t, stderr.String(), c.want, c.args)
		assert.Empty(t, stdout.String())
	}
}

// An interruption prints the best of what was simulated.
func TestSizeInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	file := filepath.Join(t.TempDir(), "a.toml")
	require.NoError(t, os.WriteFile(file, []byte(sizingWorld), 0o600))
	var stdout, stderr bytes.Buffer
	code := execute(ctx, streams{in: strings.NewReader(""), out: &stdout, err: &stderr}, []string{"size", file, "--vary", "instances.main.count=1..9"})
	require.Equal(t, exitInterrupted, code, stderr.String())
	require.Empty(t, stdout.String())
	require.Contains(t, stderr.String(), "interrupted")
}
