package model_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ecssim/model"
	"ecssim/model/image"
	"ecssim/model/service"
)

// A revision that cannot start is slowed down more and more, but not the one that mends it: the tasks of the former that
// still wait make way, and are not replaced.
func TestAMendedRevisionStartsAtOnce(t *testing.T) {
	cfg := behindALB(t, 20)
	cfg.Duration = 2 * time.Hour
	cfg.Services[0].Deployment.MinimumHealthyPercent = 0 // the revision that works is gone at once
	cfg.Latency = model.Latency{}                        // so that one task fails before the next one starts
	cfg.Registries = []image.Registry{{Name: "ecr"}}
	cfg.Images = []image.Image{{Name: "web:2", Missing: true}}
	rollout(cfg, 10*time.Minute, func(p *model.Placing) { p.Images = []int{0} })
	rollout(cfg, 70*time.Minute)
	h := watch(t, cfg, 1, nil)
	require.Equal(t, "INACTIVE COMPLETED, INACTIVE IN_PROGRESS, PRIMARY COMPLETED", h.rollouts())
	require.Less(t, h.deps[3].Ended, 80*time.Minute)
}

// A deployment that has all of the traffic, and whose predecessor still drains, gives the traffic up when the next one
// fails and the service goes back to the last that was completed.
func TestTrafficAddsUpAfterARollback(t *testing.T) {
	cfg := shifting(t, 2, service.DeploymentConfiguration{Strategy: service.BlueGreen, Alarms: service.AlarmConfiguration{
		Enable: true, Rollback: true, Alarms: []int{0},
	}})
	cfg.Alarms = []model.Alarm{{Name: "errors", InAlarm: []model.Stretch{{From: 12 * time.Minute, To: 13 * time.Minute}}}}
	rollout(cfg, 11*time.Minute+45*time.Second)
	h := watch(t, cfg, 1, traffic(t, 2))
	require.Equal(t, 1.0, h.deps[1].Share)
	require.Zero(t, h.deps[2].Share)
}
