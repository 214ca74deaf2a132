package model_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ecssim/model"
	"ecssim/model/placement"
	"ecssim/model/scaling"
)

// Two of the waiting tasks ask for the same; between them one of another capacity provider is beyond the quota of tasks in
// PROVISIONING (ECS rules, services 3.4). Each is told its own reason.
func TestATaskIsRefusedForItsOwnReason(t *testing.T) {
	cfg := onEmptyGroup(t, 8, 20)
	p := onGroup(t, cfg, 0, 20)
	fixed := *p
	group := *p.Group
	fixed.Name, fixed.Group, fixed.Managed = "fixed", &group, nil // nothing comes there by itself
	group.Template.Name = "fixed"
	cfg.CapacityProviders = append(cfg.CapacityProviders, fixed)
	cfg.Services[0].Providers = []model.ProviderShare{
		{Provider: 0, Share: scaling.Share{Weight: 1}}, {Provider: 1, Share: scaling.Share{Weight: 1}},
	}
	cfg.Quotas.ProvisioningTasks = 1
	cfg.Duration = time.Second
	w := reasonsSeen{by: map[int][]placement.Reason{}}
	run(t, cfg, 1, &w)
	require.Len(t, w.by[0], 3, "of four one waits")
	require.Len(t, w.by[1], 4)
	for _, r := range w.by[0] {
		require.Equal(t, placement.ProvisioningLimit, r)
	}
	for _, r := range w.by[1] {
		require.NotEqual(t, placement.ProvisioningLimit, r)
	}
}

// reasonsSeen are the refusals by capacity provider.
type reasonsSeen struct {
	model.Unheard
	by map[int][]placement.Reason
}

func (w *reasonsSeen) PlacementFailed(_ time.Duration, t *model.Task, r *placement.Refusal) {
	w.by[t.Provider] = append(w.by[t.Provider], r.Reason)
}
