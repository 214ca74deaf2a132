package house

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ecssim/model"
	"ecssim/model/placement"
	"ecssim/sim"
	"ecssim/workload/diag"
	"ecssim/workload/scenario"
)

// silent watches a run and keeps its end.
type silent struct {
	model.Unheard
	outcome          sim.Outcome
	running, waiting map[string]int
	reasons          map[placement.Reason]int
}

func (s *silent) RunEnded(_ time.Duration, e model.Ending) {
	s.outcome = e.Outcome
	s.running, s.waiting, s.reasons = map[string]int{}, map[string]int{}, map[placement.Reason]int{}
	for task := range e.Tasks {
		switch {
		case task.Running != model.Never:
			s.running[task.Owner.Name]++
		case task.Placed == model.Never:
			s.waiting[task.Owner.Name]++
			s.reasons[task.LastReason]++
		}
	}
}

// play loads a scenario of the repository and plays it to its end. The world checks its books by itself.
func play(t *testing.T, file string, sets ...string) *silent {
	t.Helper()
	end := &silent{}
	watch(loaded(t, file, sets...), end)
	return end
}

func watch(s *scenario.Scenario, o model.Observer) {
	model.NewWorld(s.Config, s.Seed, o).Run(context.Background())
}

// shorter cuts what takes seconds as it stands.
var shorter = map[string][]string{
	"reference.toml":   {"jobs.load.arrivals.count=20_000"},
	"erlang-loss.toml": {"duration=10h"},
}

func TestScenariosRun(t *testing.T) {
	list, err := filepath.Glob(filepath.Join(root, "scenarios", "*.toml"))
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(list), 19)
	index := read(t, "scenarios/README.md")
	for _, file := range list {
		name := filepath.Base(file)
		t.Run(name, func(t *testing.T) {
			text := read(t, "scenarios/"+name)
			require.True(t, strings.HasPrefix(text, "# "), "a scenario opens with what to look at")
			require.Contains(t, text, "ecssim run scenarios/"+name, "its comment says how to run it")
			require.Contains(t, index, "`"+name+"`", "scenarios/README.md lists it")

			s, diags := scenario.Load([]string{file}, scenario.Options{})
			require.False(t, diag.HasErrors(diags), "%v", diags)
			require.Equal(t, strings.TrimSuffix(name, ".toml"), s.Name)
			require.NotEmpty(t, s.About)

			outcome := play(t, file, shorter[name]...).outcome
			require.Contains(t, []sim.Outcome{sim.Reached, sim.Drained}, outcome)
		})
	}
}

// The quickstart is what its comment says: interfaces bind first, and each of the settings that it proposes has the
// effect that ECS documents (developer guide, container instance ENI; task networking).
func TestQuickstart(t *testing.T) {
	file := filepath.Join(root, "scenarios", "quickstart.toml")
	for _, c := range []struct {
		name             string
		sets             []string
		running, waiting int
		reason           placement.Reason
	}{
		{"as it is", nil, 6, 4, placement.NoENI},
		{"trunking", []string{"account.settings.awsvpcTrunking=enabled"}, 10, 0, 0},
		{"five instances", []string{"instances.main.count=5"}, 10, 0, 0},
		{"bridge", []string{"services.web.task.network_mode=bridge"}, 10, 0, 0},
		{"host", []string{"services.web.task.network_mode=host", "services.web.task.host_port=8080"}, 3, 7, placement.PortInUse},
	} {
		t.Run(c.name, func(t *testing.T) {
			end := play(t, file, c.sets...)
			require.Equal(t, c.running, end.running["web"])
			require.Equal(t, c.waiting, end.waiting["web"])
			if c.waiting > 0 {
				require.Equal(t, map[placement.Reason]int{c.reason: c.waiting}, end.reasons)
			}
		})
	}
}
