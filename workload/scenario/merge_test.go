package scenario

import (
	"bytes"
	"io"
	"io/fs"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ecssim/workload/diag"
)

// memory is a file system of texts.
type memory map[string]string

func (m memory) open(file string) (io.ReadCloser, error) {
	text, ok := m[file]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return io.NopCloser(bytes.NewReader([]byte(text))), nil
}

const minimal = `schema = 1
duration = "1h"
[instances.main]
type = "m5.large"
count = 3
[services.web]
task = { cpu = 256, memory = 512 }
desired_count = 2
`

func TestPrecedence(t *testing.T) {
	files := memory{
		"a/one.toml": minimal + "seed = 1\n",
		"a/two.toml": "duration = \"2h\"\n[services.web]\ndesired_count = 3\n",
		"top.toml":   "extends = [\"a/one.toml\", \"a/two.toml\"]\n[services.web]\nmax_tasks_per_instance = 1\n",
		"over.toml":  "[services.web]\ndesired_count = 4\n",
	}
	// "seed" stands behind a table header in one.toml, so it would belong to the service: use a top-level file.
	files["a/one.toml"] = "seed = 5\n" + minimal
	s, ds := Load([]string{"top.toml", "over.toml"}, Options{Open: files.open, Sets: []string{"services.web.task.cpu=512"}, Until: "30m"})
	require.False(t, diag.HasErrors(ds), rendered(t, s, ds))
	require.Equal(t, uint64(5), s.Seed)
	require.Equal(t, 30*time.Minute, s.Config.Duration)
	require.Equal(t, 4, s.Config.Services[0].DesiredCount)
	require.Equal(t, 1, s.Config.Services[0].MaxTasksPerInstance)
	require.Equal(t, 512, s.Config.Services[0].Task.Containers[0].CPU)
	require.Contains(t, string(s.Resolved), "cpu = 512                                          # command line")
	require.Contains(t, string(s.Resolved), "desired_count = 4                                  # over.toml:2")
	require.Contains(t, string(s.Resolved), "memory = 512                                       # a/one.toml:8")
}

func TestWhatIsWrittenAnewReplacesTheOtherKind(t *testing.T) {
	files := memory{
		"base.toml": `schema = 1
duration = "1h"
[instances.main]
type = "m5.large"
count = 3
[jobs.x]
task_definition = "none.json"
launch_type = "EC2"
arrivals = { process = "poisson", rate = "30/min" }
run_time = { dist = "lognormal", median = "40s", p95 = "3m" }
`,
		"top.toml": `extends = ["base.toml"]
[jobs.x]
task = { cpu = 256, memory = 512 }
at = "10m"
run_time = { dist = "exponential", mean = "40s" }
`,
	}
	s, ds := Load([]string{"top.toml"}, Options{Open: files.open})
	require.False(t, diag.HasErrors(ds), rendered(t, s, ds))
	require.Equal(t, "exponential(mean 40)", s.Config.Jobs[0].RunTime.String())
}

func TestSettings(t *testing.T) {
	for _, c := range []struct{ set, code string }{
		{"services.web.desired_count=3", ""},
		{" services . web . desired_count = 3 ", ""},
		{"services.web.placement_strategy=spread-az+binpack-memory", ""},
		{`services.web.placement_strategy=[{type="random"}]`, ""},
		{`catalog.types."m5.large".price_per_hour=0.07`, ""},
		{`account.settings.awsvpcTrunking=enabled`, ""},
		{"start=2026-11-27T00:00:00Z", ""},
		{"duration=90", ""},
		{"name=", "E026"},
		{"name=a=b", ""},
		{"name='it''s'", ""},
		{"services.web=false", "E022"}, // nothing is left, and that is said
		{"services.web.desired_count=", "E031"},
		{"=3", "E010"},
		{"", "E010"},
		{"services.web.desired_count", "E010"},
		{"[services]\nx=3", "E010"},
		{"services.web.desired_count.deep=3", "E010"},
		{"schema=2", "E025"},
	} {
		text := minimal
		if c.set == "services.web=false" {
			text = "schema = 1\n" + minimal[len("schema = 1\nduration = \"1h\"\n"):]
		}
		s, ds := loadText(t, text, c.set)
		if c.code == "" {
			require.False(t, diag.HasErrors(ds), "%q: %s", c.set, rendered(t, s, ds))
			continue
		}
		require.Contains(t, codesOf(ds), c.code, "%q: %s", c.set, rendered(t, s, ds))
	}
}

func TestTheHashSeesValuesAndDataAndNothingElse(t *testing.T) {
	hash := func(o Options, text string) string {
		o.Open = memory{"s.toml": text, "d.csv": "seconds\n1\n2\n", "e.csv": "seconds\n1\n3\n"}.open
		s, ds := Load([]string{"s.toml"}, o)
		require.False(t, diag.HasErrors(ds), rendered(t, s, ds))
		return s.SHA256
	}
	plain := hash(Options{}, minimal)
	require.Equal(t, plain, hash(Options{}, "# a comment\n\n"+minimal))
	require.Equal(t, plain, hash(Options{Sets: []string{"services.web.desired_count=2"}}, minimal))
	require.Equal(t, plain, hash(Options{Seed: "1"}, minimal), "the default")
	require.NotEqual(t, plain, hash(Options{Seed: "2"}, minimal))
	job := minimal + "[jobs.x]\ntask = { cpu = 1, memory = 128 }\nat = 0\nrun_time = { csv = \"%.csv\", column = \"seconds\" }\n"
	d, e := bytes.ReplaceAll([]byte(job), []byte("%"), []byte("d")), bytes.ReplaceAll([]byte(job), []byte("%"), []byte("e"))
	require.NotEqual(t, hash(Options{}, string(d)), hash(Options{}, string(e)))
}
