package model_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ecssim/model"
)

// A revision that may get the traffic back is not INACTIVE although it has lost all of its tasks: here the service is
// scaled to nothing while green bakes, and updated and scaled up again before the end of it.
func TestBlueLivesOnWithoutTasks(t *testing.T) {
	cfg := shifting(t, 2, canary)
	s := &cfg.Services[0]
	s.Rollouts = append(s.Rollouts, model.Rollout{At: 13 * time.Minute, DesiredCount: 0})
	rollout(cfg, 25*time.Minute)
	s.Rollouts[len(s.Rollouts)-1].DesiredCount = 3
	h := watch(t, cfg, 1, func(h *history) {
		for n, d := range h.deps {
			if d.Status == model.InactiveDeployment {
				require.Zero(t, d.Waiting+d.Starting+d.Running+d.Leaving, "deployment %d at %v", n, h.world.Now())
			}
		}
	})
	require.Equal(t, "INACTIVE COMPLETED, INACTIVE IN_PROGRESS, PRIMARY COMPLETED", h.rollouts())
}
