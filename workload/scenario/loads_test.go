package scenario

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ecssim/model"
	"ecssim/model/load"
	"ecssim/sim"
	"ecssim/workload/diag"
)

// loads are the loads of the services of testdata/good/load.toml, by name.
func loads(t *testing.T) map[string]*model.Load {
	t.Helper()
	s, ds := Load([]string{"testdata/good/load.toml"}, Options{})
	require.Empty(t, ds, rendered(t, s, ds))
	byName := map[string]*model.Load{}
	for _, s := range s.Config.Services {
		byName[s.Name] = s.Load
	}
	return byName
}

// steps are the first steps of a demand.
func steps(l *model.Load, n int) (list []load.Step) {
	c := l.Curve(sim.NewStreams(1))
	for range n {
		if s, ok := c.Next(); ok {
			list = append(list, s)
		}
	}
	return list
}

func TestALoadIsTheProfileThatItSays(t *testing.T) {
	l := loads(t)
	require.Equal(t, load.Profile{
		CPUBase: 128, CPUPerUnit: 25.6, MemoryBase: 300, MemoryPerUnit: 1.5, ServiceTime: 50 * time.Millisecond, Timeout: time.Minute,
	}, l["constant"].Profile, "25.6 CPU-unit-seconds on 512 units take 50 ms")
	require.Equal(t, load.Profile{
		CPUPerUnit: 5, ServiceTime: 40 * time.Millisecond, Timeout: 10 * time.Second, Routing: load.LeastOutstanding,
	}, l["day"].Profile)
	require.Equal(t, "messages", l["day"].Unit)
	require.Equal(t, load.Profile{Timeout: time.Minute}, l["week"].Profile, "a unit that takes nothing is counted")
	require.Equal(t, "requests", l["week"].Unit)
}

func TestALoadIsTheCurveThatItSays(t *testing.T) {
	l := loads(t)
	require.Equal(t, []load.Step{{At: 0, Rate: 10}}, steps(l["constant"], 9))
	require.Equal(t, []load.Step{
		{At: 0, Rate: 1.0 / 60}, {At: time.Minute}, {At: 5 * time.Minute, Rate: 1.0 / 60}, {At: 6 * time.Minute},
	}, steps(l["counted"], 4), "rows of kind api, one request each")
	require.Equal(t, []load.Step{
		{At: 0, Rate: 1.5}, {At: 20 * time.Second, Rate: 10.5}, {At: 40 * time.Second, Rate: 0}, {At: time.Minute, Rate: 6},
		{At: 80 * time.Second, Rate: 15}, {At: 100 * time.Second, Rate: 1.5},
	}, steps(l["listed"], 6), "30 times what is counted in 10 s")
	require.Equal(t, []load.Step{
		{At: 30 * time.Minute, Rate: 40}, {At: 32*time.Minute + 30*time.Second, Rate: 80}, {At: 37*time.Minute + 30*time.Second, Rate: 20},
		{At: 40 * time.Minute, Rate: 40},
	}, steps(l["recorded"], 4), "both kinds together, from half past two on, at half past eight, again after ten minutes")

	day := steps(l["day"], 1)
	require.InDelta(t, 1.5*(80+5), day[0].Rate, 3*12, "four hours before the peak: three quarters of the way up from 20, noise of a tenth; the step at 5")
	require.Equal(t, day, steps(l["day"], 1), "opened anew it is the same")
	require.InDelta(t, 6.04, steps(l["week"], 1)[0].Rate, 0.02, "five hours before the peak of a Thursday: cos 75° is 0.26")
}

func TestTheResolvedLoadMeansTheSame(t *testing.T) {
	s, _ := Load([]string{"testdata/good/load.toml"}, Options{})
	golden(t, "testdata/good/load.resolved", string(s.Resolved))
	again := filepath.Join("testdata", "good", "load-again.toml")
	t.Cleanup(func() { require.NoError(t, os.Remove(again)) })
	require.NoError(t, os.WriteFile(again, s.Resolved, 0o600))
	r, ds := Load([]string{again}, Options{})
	require.False(t, diag.HasErrors(ds), rendered(t, r, ds))
	require.Equal(t, s.SHA256, r.SHA256)
}

func TestTheHashCoversTheRecordedCurve(t *testing.T) {
	text := func(csv string) string {
		files := memory{"load.toml": `
schema = 1
duration = "1h"
[services.web]
launch_type = "FARGATE"
task = { cpu = 256, memory = 512, network_mode = "awsvpc" }
desired_count = 1
load = { trace = { csv = "rps.csv", time = "t", value = "v", loop = true } }
`, "rps.csv": csv}
		s, ds := Load([]string{"load.toml"}, Options{Open: files.open})
		require.Empty(t, ds, rendered(t, s, ds))
		return s.SHA256
	}
	require.NotEqual(t, text("t,v\n0,1\n60,2\n"), text("t,v\n0,1\n60,3\n"))
}

func TestAShapeThatIsWrittenAnewReplacesTheOldOne(t *testing.T) {
	base := `
schema = 1
duration = "1h"
[services.web]
launch_type = "FARGATE"
task = { cpu = 256, memory = 512, network_mode = "awsvpc" }
desired_count = 1
[services.web.load]
shape = { kind = "daily", low = 3, high = 9, peak_at = "12:00" }
`
	files := memory{"base.toml": base, "new.toml": `
schema = 1
extends = "base.toml"
[services.web.load.shape]
kind = "constant"
rate = 7
`, "trace.toml": `
schema = 1
extends = "base.toml"
[services.web.load]
trace = { list = "n.txt", step = "1h" }
`, "n.txt": "4 5"}
	for file, rate := range map[string]float64{"base.toml": 3, "new.toml": 7, "trace.toml": 4} {
		s, ds := Load([]string{file}, Options{Open: files.open})
		require.Empty(t, ds, rendered(t, s, ds))
		require.InDelta(t, rate, steps(s.Config.Services[0].Load, 1)[0].Rate, 0.01, file)
	}
	s := accepted(t, base, "services.web.load.scale=2")
	require.InDelta(t, 6, steps(s.Config.Services[0].Load, 1)[0].Rate, 0.01, "a scale for what if")
}

func TestPeaksThatDoNotComeTogetherAreNotTooMuch(t *testing.T) {
	text := `
schema = 1
duration = "1h"
[services.web]
launch_type = "FARGATE"
task = { cpu = 256, memory = 512, network_mode = "awsvpc" }
desired_count = 1
[services.web.load]
cpu_per_unit = 2.56
shape = [
  { kind = "spike", high = 80, at = "10m", for = "5m" }, # of the 100 that a task serves
  { kind = "spike", high = 80, at = "20m", for = "5m" },
  { kind = "step", to = 900, at = "2h" },
]
`
	_, ds := loadText(t, text)
	require.Empty(t, codesOf(ds))
	_, ds = loadText(t, text, `services.web.load.scale=1.5`)
	require.Equal(t, []string{"W241"}, codesOf(ds))
}
