package model_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ecssim/model"
	"ecssim/model/catalog"
	"ecssim/model/containers"
	"ecssim/model/fleet"
	"ecssim/model/service"
)

// onManagedInstances puts a service of two tasks on ECS Managed Instances, which idle for so long.
func onManagedInstances(t testing.TB, idle time.Duration) (*model.Config, *model.CapacityProvider) {
	cfg := behindALB(t, 2)
	timed(t, cfg)
	p := onGroup(t, cfg, 0, 20)
	p.Kind, p.Managed, p.TerminationProtection, p.ScaleInAfter = model.ManagedInstances, nil, false, idle
	p.Group.Types = []catalog.InstanceType{pairs()}
	p.Group.Distribution = fleet.Distribution{Mixed: true, OnDemandPercent: 100, OnDemand: fleet.LowestPrice}
	return cfg, p
}

// instances watches the instances of groups.
type instances struct {
	model.Unheard
	spot, onDemand int
	lost           []time.Duration
}

func (w *instances) InstanceLaunched(_ time.Duration, i *fleet.Instance) {
	if i.Spot {
		w.spot++
	} else {
		w.onDemand++
	}
}
func (w *instances) InstanceLost(now time.Duration, _ *fleet.Instance) { w.lost = append(w.lost, now) }

// ECS rules, services 3.8: capacityOptionType says which market managed instances come from.
func TestManagedInstancesComeFromTheMarketThatWasAskedFor(t *testing.T) {
	cfg, p := onManagedInstances(t, time.Minute)
	var w instances
	run(t, cfg, 1, &w)
	require.Equal(t, 1, w.onDemand)
	require.Zero(t, w.spot)

	p.Group.Distribution = fleet.Distribution{Mixed: true}
	w = instances{}
	run(t, cfg, 1, &w)
	require.Equal(t, 1, w.spot)
	require.Zero(t, w.onDemand)
}

// scaleInAfter is 0 to 3600 s (ECS rules, services 3.8). An instance that goes when it is idle for no time at all still waits
// for the tasks that it was launched for; the scheduler notices it 5 s after it has registered.
func TestAManagedInstanceWaitsForItsFirstTask(t *testing.T) {
	cfg, _ := onManagedInstances(t, 0)
	cfg.Latency.Scheduler = seconds(t, 5)
	var w instances
	var n counter
	run(t, cfg, 1, &w)
	run(t, cfg, 1, &n)
	require.Equal(t, 1, w.onDemand, "one is launched, and not again and again")
	require.Empty(t, w.lost)
	require.Equal(t, 2, n.running)
}

// A daemon keeps no instance: its tasks do not make one busy, nor do their ends begin the idle time anew.
func TestTheEndOfADaemonsTaskDoesNotKeepAManagedInstance(t *testing.T) {
	cfg, _ := onManagedInstances(t, 10*time.Minute)
	scale(cfg, 20*time.Minute, 0)
	p := placing(task(0, 1))
	p.Group = "service:agent"
	exits := seconds(t, 240)
	p.Apps = []containers.App{{ExitsAfter: exits, ExitCode: 1}}
	cfg.Services = append(cfg.Services, model.Service{
		Name: "agent", Placing: p, Scheduling: service.Daemon,
		Deployment: service.DeploymentConfiguration{MaximumPercent: 100},
	})
	var w instances
	run(t, cfg, 1, &w)
	require.Len(t, w.lost, 1)
	// The tasks leave at 20 min, their targets drain for 300 s and their containers stop within 30 s.
	require.Equal(t, 20*time.Minute+330*time.Second+10*time.Minute, w.lost[0])
}
