package scenario

import (
	"io"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ecssim/model"
	"ecssim/model/taskdef"
	"ecssim/sim"
	"ecssim/workload/diag"
)

// A trace whose rows bring the sizes needs no task: the job is the trace and nothing else.
func TestTraceAloneIsAJob(t *testing.T) {
	files := map[string]string{
		"replay.toml": `
schema = 1
[instances.main]
type = "m5.large"
count = 1
[jobs.replayed]
trace = { csv = "pods.csv", arrival = "creation_time", end = "deletion_time", cpu = "cpu_milli", cpu_unit = "milli", memory = "memory_mib", name = "name", time_unit = "s" }
`,
		"pods.csv": "name,creation_time,deletion_time,cpu_milli,memory_mib\na,0,10,1000,512\nb,5,25,500,1024\n",
	}
	open := func(name string) (io.ReadCloser, error) {
		text, ok := files[name]
		if !ok {
			return nil, fs.ErrNotExist
		}
		return io.NopCloser(strings.NewReader(text)), nil
	}
	s, ds := Load([]string{"replay.toml"}, Options{Open: open})
	require.False(t, diag.HasErrors(ds), rendered(t, s, ds))
	job := s.Config.Jobs[0]
	require.Equal(t, taskdef.Bridge, job.Task.NetworkMode)
	rows := job.Arrivals(sim.NewStreams(1))
	first, ok := rows.Next()
	require.True(t, ok)
	require.Equal(t, model.Arrival{At: 0, RunTime: 10 * time.Second, CPU: 1024, Memory: 512, GPUs: -1}, first)
	second, ok := rows.Next()
	require.True(t, ok)
	require.Equal(t, model.Arrival{At: 5 * time.Second, RunTime: 20 * time.Second, CPU: 512, Memory: 1024, GPUs: -1}, second)

	files["replay.toml"] = strings.Replace(files["replay.toml"], `memory = "memory_mib", `, "", 1)
	_, ds = Load([]string{"replay.toml"}, Options{Open: open})
	require.Contains(t, codesOf(ds), "E022", "without sizes in the rows somebody must say what a task is")
}
