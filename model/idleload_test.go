package model_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ecssim/model"
	"ecssim/model/load"
)

// A task with a size of its own uses at most that, also before it gets its first request (ECS rules, services 4.5).
func TestATaskThatDoesNotServeUsesNoMoreThanItsSize(t *testing.T) {
	cfg := behindALB(t, 2)
	cfg.Latency.FirstProbe = seconds(t, 300) // they run, and get nothing
	cfg.Duration = 5 * time.Minute
	cfg.Services[0].Load = &model.Load{Profile: load.Profile{CPUBase: 1000, CPUPerUnit: 1}, Curve: rates(load.Step{Rate: 1})}
	var seen scaled
	run(t, cfg, 1, &seen)
	require.Equal(t, 100.0, seen.minutes[2].CPU)
	require.Equal(t, 512.0, seen.minutes[2].UsedCPU)
}
