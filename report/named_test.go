package report

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ecssim/model"
	"ecssim/model/placement"
	"ecssim/model/taskdef"
	"ecssim/sim"
)

// oneBox is one instance of firstConfig's type with a job that arrives so many times at once.
func oneBox(t *testing.T, containers []taskdef.Container, count int, startOn ...string) *Summary {
	t.Helper()
	cfg := firstConfig(t)
	cfg.Duration, cfg.Services = time.Minute, nil
	cfg.Fleets[0].Count = 2
	task := &taskdef.TaskDefinition{Family: "batch", NetworkMode: taskdef.Bridge, Containers: containers}
	cfg.Jobs = []model.Job{{
		Name: "batch", Placing: model.Placing{Task: task, Strategy: placement.RunTaskDefault(), Group: "family:batch"},
		Arrivals: func(sim.Streams) model.Arrivals {
			return &poisson{n: count, draw: func() time.Duration { return 0 }}
		},
		StartOn: startOn,
	}}
	r := NewRecorder(cfg, 1, RecorderOptions{})
	model.NewWorld(cfg, 1, r).Run(context.Background())
	return Summarise(Set{Records: []*Record{r.Record()}})
}

// StartTask asks one instance: the sentence speaks of that one, not of the fleet.
func TestStartTaskIsRefusedByTheInstanceItNames(t *testing.T) {
	s := oneBox(t, []taskdef.Container{{Name: "c", CPU: 2048, Memory: 100, Essential: true}}, 2, "main/2")
	require.Equal(t, "main/2, which batch names, lacks cpu", s.FirstBottleneck.Sentence)
	require.Equal(t, "RESOURCE:CPU on main/2", s.Jobs["batch"].Why)
}

// ECS rules, placement 11.8: soft limits are reserved, so hard limits can add up to more than there is; that is said.
func TestHardMemoryOversoldIsSaid(t *testing.T) {
	soft := []taskdef.Container{{Name: "c", Memory: 4096, MemoryReservation: 100, Essential: true}}
	s := oneBox(t, soft, 4, "main/1")
	require.Len(t, s.Notes, 1)
	require.Regexp(t, `^the hard memory limits of the tasks on main/1 add up to 16,384 MiB, it registers 7,811`, s.Notes[0])
	require.Empty(t, oneBox(t, soft, 1, "main/1").Notes)
}

// A narrow column leaves words out; what is left must still say something, for every reason.
func TestEveryReasonSurvivesTheNarrowColumn(t *testing.T) {
	for r := placement.Reason(1); int(r) < placement.NumReasons; r++ {
		k := refusal{reason: r, dominant: r, instances: 3}
		k.by[r] = 3
		require.Greater(t, len(shortWhy(k.why())), len("no"), "%v", r)
	}
	require.Equal(t, "empty cluster", shortWhy(shortReason(placement.NoInstances)))
}
