package model_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ecssim/model"
	"ecssim/model/placement"
)

// ECS rules, placement 7.3: of 150 launches at time 0 a hundred happen at once, the others by and by until 2.5 s.
// Nobody is refused.
func TestThrottledLaunchesAreTold(t *testing.T) {
	for name, owner := range map[string]func(*model.Config){
		"service": withService("web", 150, fargate(awsvpc(256, 512))),
		"job": withJob(model.Job{
			Name: "batch", Placing: fargate(awsvpc(256, 512)), Arrivals: at(make([]time.Duration, 150)...),
		}),
	} {
		t.Run(name, func(t *testing.T) {
			cfg := world(owner)
			cfg.Duration = time.Minute
			var seen counter
			run(t, cfg, 1, &seen)
			require.Equal(t, 50, seen.throttled)
			require.Equal(t, 2500*time.Millisecond, seen.lastLaunch)
			require.Zero(t, seen.failed)
			require.Equal(t, 150, seen.running)
		})
	}
}

// What the quota refuses takes no token, so it is not throttled.
func TestTheQuotaComesBeforeTheLaunchRate(t *testing.T) {
	cfg := world(withService("web", 150, fargate(awsvpc(1024, 2048))))
	cfg.Quotas.FargateVCPU = 100
	cfg.Duration = time.Second
	var seen counter
	run(t, cfg, 1, &seen)
	require.Zero(t, seen.throttled)
	require.Equal(t, 50, seen.byReason[placement.FargateVCPUQuota])
}
