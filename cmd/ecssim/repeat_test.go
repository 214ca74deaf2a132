package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// everyKind has services and jobs, EC2 and Fargate, chance at every place where there can be some, and failures.
const everyKind = `schema = 1
name = "ışık <ü>"
duration = "3h"
seed = 11
start = 2026-11-27T22:00:00Z
[vpc.subnets]
a = { zone = "us-east-1a", cidr = "10.0.0.0/27" }
b = { zone = "us-east-1b", cidr = "10.0.1.0/27", other_ips_used = 12 }
[account]
quotas = { fargate_vcpu = 6 }
[instances.main]
type = "m5.large"
count = 3
subnets = ["a", "b"]
time_to_failure = { dist = "exponential", mean = "2h" }
time_to_repair = { dist = "exponential", mean = "10m" }
[services.api]
task = { cpu = 256, memory = 512, network_mode = "awsvpc" }
desired_count = 8
launch_type = "EC2"
[services.edge]
task = { cpu = 512, memory = 1024, network_mode = "awsvpc" }
desired_count = 4
launch_type = "FARGATE"
start_at = "00:10"
[jobs.batch]
task = { cpu = 256, memory = 512, network_mode = "bridge" }
arrivals = { process = "poisson", rate = "12/min" }
run_time = { dist = "lognormal", median = "40s", p95 = "3m" }
placement_strategy = "random"
[jobs.burst]
task = { cpu = 1024, memory = 2048, network_mode = "awsvpc" }
launch_type = "FARGATE"
arrivals = { process = "mmpp", rates = ["2/min", "20/h"], mean_stay = ["10m", "30m"] }
run_time = { dist = "gamma", mean = "4m", shape = 2 }
on_failure = { retry = { every = "20s", for = "5m" } }
[images."shop/web:1"]
layers = { base = "200 MB", app = "90 MB" }
[load_balancers.public]
type = "application"
[load_balancers.public.target_groups.web]
target_type = "instance"
deregistration_delay = "30s"
health_check = { interval = "10s" }
[services.web]
task = { cpu = 128, memory = 256, ports = [80], image = "shop/web:1", health_check = { interval = "10s" } }
desired_count = 6
target_group = "public/web"
health_check_grace_period = "1m"
app = { ready_after = { dist = "uniform", low = "1s", high = "20s" }, exits_after = { dist = "exponential", mean = "2h" }, exit_code = 1 }
deployment = { circuit_breaker = true, rollouts = [{ at = "22:40", overrides = { cpu = 192 } }, { at = "23:30", app = { ready_after = "never" } }] }
[services.probe]
scheduling_strategy = "DAEMON"
task = { cpu = 32, memory = 64 }
[faults.kill]
at = "40m"
kind = "task_kill"
service = "web"
fraction = 0.3
[faults.zone]
at = "100m"
for = "20m"
kind = "zone_outage"
zone = "us-east-1b"
[faults.drain]
at = "150m"
for = "10m"
kind = "instance_draining"
count = 1
`

// ecssim runs the program in a process of its own.
func ecssim(t *testing.T, dir string, env []string, args ...string) {
	t.Helper()
	c := exec.Command("ecssim", args...)
	c.Dir, c.Env = dir, append(os.Environ(), env...)
	out, err := c.CombinedOutput()
	require.NoError(t, err, "%s", out)
}

// folderBytes is a result folder without the one file that may differ.
func folderBytes(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	files, err := listFiles(dir)
	require.NoError(t, err)
	content := map[string][]byte{}
	for _, name := range files {
		if content[name], err = os.ReadFile(filepath.Join(dir, name)); name == "run.json" {
			content[name] = nil
		}
		require.NoError(t, err)
	}
	return content
}

func TestResultsDependOnTheSeedAlone(t *testing.T) {
	runs := "6"
	if testing.Short() {
		runs = "2"
	}
	home, away := t.TempDir(), t.TempDir()
	file := filepath.Join(home, "scenario.toml")
	text := strings.Replace(everyKind, "ışık <ü>", "isik-1", 1)
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	ecssim(t, home, nil, "run", "-q", "scenario.toml", "--runs", runs, "-j", "1", "-o", "first")
	require.NoError(t, recount(filepath.Join(home, "first")))
	want := folderBytes(t, filepath.Join(home, "first"))
	require.Greater(t, len(want), 12)
	for _, c := range []struct {
		name, dir string
		env       []string
		args      []string
	}{
		{"two at a time", home, nil, []string{"-j", "2"}},
		{"another directory", away, nil, []string{"-j", "1"}},
		{"another time zone and locale", home, []string{"TZ=Pacific/Kiritimati", "LC_ALL=tr_TR.UTF-8", "LANG=tr_TR.UTF-8"}, []string{"-j", "2"}},
		{"one processor", home, []string{"GOMAXPROCS=1"}, nil},
		{"two processors", home, []string{"GOMAXPROCS=2"}, nil},
		{"colours and talk", home, []string{"CLICOLOR_FORCE=1", "ECSSIM_VERBOSE=true"}, []string{"--format", "markdown"}},
		{"the seed by flag", home, nil, []string{"-j", "2", "--color", "always"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			out := filepath.Join(c.dir, strings.ReplaceAll(c.name, " ", "-"))
			ecssim(t, c.dir, c.env, append([]string{"run", file, "--runs", runs, "-o", out}, c.args...)...)
			assertSameFolder(t, want, folderBytes(t, out))
		})
	}
	t.Run("another seed", func(t *testing.T) {
		ecssim(t, home, nil, "run", "-q", file, "--runs", runs, "--seed", "12", "-o", "other")
		got := folderBytes(t, filepath.Join(home, "other"))
		for _, name := range []string{"summary.json", "data/tasks.csv", "data/timeseries.csv", "data/placements.csv", "plots/utilisation.svg"} {
			assert.False(t, bytes.Equal(want[name], got[name]), "%s is the same for another seed", name)
		}
	})
}

func assertSameFolder(t *testing.T, want, got map[string][]byte) {
	t.Helper()
	for name := range want {
		if assert.Contains(t, got, name) {
			assert.True(t, bytes.Equal(want[name], got[name]), "%s differs", name)
		}
	}
	assert.Len(t, got, len(want))
}

// Seeds follow each other: run n of --seed s is run n-1 of --seed s+1.
func TestSeedsFollowEachOther(t *testing.T) {
	text := strings.Replace(everyKind, "ışık <ü>", "seeds", 1)
	two, one := play(t, text, "-q", "--runs", "2", "--seed", "5"), play(t, text, "-q", "--seed", "6")
	first, err := readCSV(filepath.Join(two.folder, "data", "tasks.csv"))
	require.NoError(t, err)
	second, err := readCSV(filepath.Join(one.folder, "data", "tasks.csv"))
	require.NoError(t, err)
	assert.Equal(t, first.rows[len(first.rows)-len(second.rows):], second.rows)
}

// A run that was interrupted before it began leaves nothing.
func TestInterruptBeforeTheStart(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	dir := t.TempDir()
	file, out := filepath.Join(dir, "a.toml"), filepath.Join(dir, "out")
	require.NoError(t, os.WriteFile(file, []byte(everyKind), 0o600))
	var stdout, stderr bytes.Buffer
	code := execute(ctx, streams{in: strings.NewReader(""), out: &stdout, err: &stderr}, []string{"run", file, "-o", out})
	assert.Equal(t, exitInterrupted, code)
	assert.Empty(t, stdout.String())
	assert.Contains(t, stderr.String(), "interrupted")
	assert.NoDirExists(t, out)
}

func TestInterruptKeepsWhatWasSimulated(t *testing.T) {
	dir := t.TempDir()
	text := lines("schema = 1", `name = "long"`, `duration = "3000d"`, `latency = "none"`, "[instances.main]", `type = "m5.large"`, "count = 1",
		"[jobs.batch]", `task = { cpu = 256, memory = 512, network_mode = "bridge" }`, `arrivals = { process = "poisson", rate = "20/s" }`,
		`run_time = { dist = "exponential", mean = "300ms" }`)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "long.toml"), []byte(text), 0o600))
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		var stdout, stderr bytes.Buffer
		var exit *exec.ExitError
		// A busy machine may not have begun to simulate by then.
		for wait := time.Second / 2; wait < 10*time.Second && stdout.Len() == 0; wait *= 2 {
			stderr.Reset()
			c := exec.Command("ecssim", "run", "long.toml", "--log-limit", "1000")
			c.Dir, c.Stdout, c.Stderr = dir, &stdout, &stderr
			require.NoError(t, c.Start())
			time.Sleep(wait)
			require.NoError(t, c.Process.Signal(signal))
			require.ErrorAs(t, c.Wait(), &exit)
		}
		assert.Equal(t, exitInterrupted, exit.ExitCode(), "%s%s", stdout.String(), stderr.String())
		assert.Contains(t, stderr.String(), `"complete": false`)
		assert.Contains(t, stdout.String(), "INCOMPLETE")
		s, err := readSummary(filepath.Join(dir, "out", "long"))
		require.NoError(t, err)
		assert.False(t, s.Complete)
		assert.Positive(t, s.Totals.Finished)
		assert.Less(t, s.Scenario.Duration, 3000*86400.0, "the summary tells of what was simulated")
		require.NoError(t, recount(filepath.Join(dir, "out", "long")))
	}
}

// Where no bar can be drawn, -v says every tenth part on stderr, and nothing else changes.
func TestVerboseSaysHowFarItIs(t *testing.T) {
	scenario := slots(10, 100, "random", "15/s", "7h")
	quiet, verbose := play(t, scenario, "-q", "--log-limit", "none", "--format", "json"), play(t, scenario, "-v", "--log-limit", "none", "--format", "json")
	assert.Empty(t, quiet.stderr)
	assert.Regexp(t, `(?m)^slots-10x100: [1-9]0 %$`, verbose.stderr)
	assert.Equal(t, quiet.stdout, verbose.stdout)
}

// The recount of these tests is not blind.
func TestRecountNotices(t *testing.T) {
	r := play(t, strings.Replace(everyKind, "ışık <ü>", "noticed", 1), "-q", "--until", "20m")
	for _, c := range []struct{ file, from, to string }{
		{"summary.json", `"tasks_wanted": `, `"tasks_wanted": 1`},
		{"summary.json", `"cost_usd": 0.`, `"cost_usd": 0.5`},
		{"data/tasks.csv", ",FARGATE,", ",EC2,"},
		{"data/tasks.csv", "\n", "\n11,api/0,default,api,,api:1,EC2,,,,256,512,0,,,,,,,0,,,0\n"},
		{"data/instances.csv", "m5.large", "m5.xlarge"},
		{"data/columns.csv", "costs.csv,usd,", "costs.csv,eur,"},
	} {
		path := filepath.Join(r.folder, filepath.FromSlash(c.file))
		good, err := os.ReadFile(path)
		require.NoError(t, err)
		bad := strings.Replace(string(good), c.from, c.to, 1)
		require.NotEqual(t, string(good), bad, c.from)
		require.NoError(t, os.WriteFile(path, []byte(bad), 0o600))
		assert.Error(t, recount(r.folder), "%s: %s", c.file, c.to)
		require.NoError(t, os.WriteFile(path, good, 0o600))
	}
	require.NoError(t, recount(r.folder))
}
