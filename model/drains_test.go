package model_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ecssim/model"
	"ecssim/model/balance"
	"ecssim/model/containers"
	"ecssim/model/placement"
	"ecssim/model/service"
	"ecssim/model/taskdef"
)

// ECS rules, services: a Fargate Spot task has SIGTERM with the notice, although its target drains for longer, and is
// gone when the notice is over, whatever its stopTimeout. The service has another one at once.
func TestFargateSpot(t *testing.T) {
	for _, c := range []struct {
		name    string
		plain   bool
		timeout time.Duration
		needs   float64
		stops   string
		code    int
	}{
		{"in time", true, 0, 20, "1m20s", 143},
		{"killed", true, 0, 50, "1m30s", 137},
		{"long timeout", true, 120 * time.Second, 200, "3m0s", 137},
		{"longer than the notice", true, 10 * time.Minute, 200, "3m0s", 137},
		{"longer than the notice, watched", false, 10 * time.Minute, 200, "3m0s", 137},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := placing(publishing(taskdef.Awsvpc, 0))
			p.Launch, p.Spot = model.Fargate, true
			p.Task.Containers[0].StopTimeout = c.timeout
			p.Apps = []containers.App{{ShutdownTime: seconds(t, c.needs)}}
			if !c.plain {
				p.Apps[0].ReadyAfter = seconds(t, 0)
			}
			cfg := world(withService("web", 1, p), behind(balance.IPTarget),
				strikes(model.Fault{Name: "spot", Kind: model.SpotInterruption, At: time.Minute, Notice: 2 * time.Minute}))
			cfg.Services[0].Rollouts = nil
			d := follow(t, cfg)
			require.Equal(t, []string{
				"0s web/1 placed PROVISIONING", "0s web/1 PENDING", "0s web/1 RUNNING",
				"1m0s web/1 leaving", "1m0s web/1 STOPPING",
				"1m0s web/2 placed PROVISIONING", "1m0s web/2 PENDING", "1m0s web/2 RUNNING",
				c.stops + " web/1 STOPPED TerminationNotice: Your Spot Task was interrupted.",
			}, d.lines)
			require.Equal(t, map[string]int{"web/1": c.code}, d.exits)
		})
	}
}

// ECS rules, services: without draining the tasks die at the notice + 120 s and are replaced then; with it the
// instance drains a second after the notice, and replacements start elsewhere.
func TestSpotInstance(t *testing.T) {
	for draining, want := range map[bool][]string{
		false: {
			"3m0s web/1 leaving", "3m0s web/1 STOPPED SpotInterruption: Your Spot Task was interrupted.",
			"3m0s web/2 placed PROVISIONING", "3m0s web/2 PENDING", "3m4s web/2 RUNNING",
		},
		true: { // the replacement counts as healthy 40 s after it is RUNNING
			"1m1s web/2 placed PROVISIONING", "1m1s web/2 PENDING", "1m5s web/2 RUNNING",
			"1m45s web/1 leaving", "1m45s web/1 STOPPING", "2m5s web/1 " + scaledIn,
		},
	} {
		cfg := world(unhurried(t), withFleet("spot", slots(1), 1), withFleet("steady", slots(1), 1), withService("web", 1, placing(task(1, 1))),
			strikes(model.Fault{Name: "spot", Kind: model.SpotInterruption, At: time.Minute, Fleet: "spot", Notice: 2 * time.Minute}))
		cfg.Fleets[0].SpotDraining = draining
		d := follow(t, cfg)
		require.Equal(t, want, d.lines[3:])
	}
}

// ECS rules, placement 6.2 and 11.10: PENDING tasks of services stop at once, RUNNING ones are replaced first at 100/200,
// standalone ones stay, and the daemon's task goes last.
func TestDrainingInstance(t *testing.T) {
	cfg := world(unhurried(t), withFleet("main", slots(8), 1), withService("web", 1, placing(task(1, 1))), withService("watch", 0, placing(task(1, 1))),
		withService("late", 1, placing(task(1, 1))), once("job", 0, placing(task(1, 1))), withFleet("next", slots(8), 1),
		strikes(model.Fault{Name: "drain", Kind: model.InstanceDraining, At: time.Minute, Fleet: "main"}))
	cfg.Services[1].Scheduling = service.Daemon
	cfg.Services[2].StartAt = 58 * time.Second
	for n := range cfg.Services {
		cfg.Services[n].Strategy = []placement.Rule{{Kind: placement.Binpack, Memory: true}}
	}
	cfg.Jobs[0].Strategy = cfg.Services[0].Strategy
	d := follow(t, cfg, func(d *diary) { d.holds = func(task *model.Task) string { return task.Instance.Name } })
	require.Equal(t, []string{
		"58s late/1 placed PROVISIONING main/1", "58s late/1 PENDING main/1",
		"1m0s late/1 leaving main/1", "1m0s late/1 " + third + " main/1",
		"1m0s web/2 placed PROVISIONING next/1", "1m0s web/2 PENDING next/1",
		"1m0s late/2 placed PROVISIONING next/1", "1m0s late/2 PENDING next/1",
		"1m4s web/2 RUNNING next/1", "1m4s late/2 RUNNING next/1",
		"1m44s web/1 leaving main/1", "1m44s web/1 STOPPING main/1", "2m4s web/1 " + scaledIn + " main/1",
		"2m4s watch/1 leaving main/1", "2m4s watch/1 STOPPING main/1", "2m24s watch/1 " + second + " main/1",
	}, d.lines[12:])
	require.Contains(t, d.lines, "4s job/1 RUNNING main/1")
}

const (
	second = "STOPPED ServiceSchedulerInitiated: Scaling activity initiated by (deployment ecs-svc/0000000001000000001)"
	third  = "STOPPED ServiceSchedulerInitiated: Scaling activity initiated by (deployment ecs-svc/0000000002000000001)"
)

// ECS rules, placement 6.2 and 11.11: with 100/100 nothing may start or stop, and an event says so; 0/100 stops first,
// and starts when the task has stopped.
func TestDrainingWithoutRoom(t *testing.T) {
	for minimum, want := range map[int][]string{
		100: {},
		0: {
			"1m0s web/1 leaving", "1m0s web/1 STOPPING", "1m20s web/1 " + scaledIn,
			"1m20s web/2 placed PROVISIONING", "1m20s web/2 PENDING", "1m24s web/2 RUNNING",
		},
	} {
		cfg := world(unhurried(t), withFleet("main", slots(1), 1), withFleet("next", slots(1), 1), withService("web", 1, placing(task(1, 1))),
			strikes(model.Fault{Name: "drain", Kind: model.InstanceDraining, At: time.Minute, Fleet: "main"}))
		cfg.Services[0].Deployment = service.DeploymentConfiguration{MinimumHealthyPercent: minimum, MaximumPercent: 100}
		d := follow(t, cfg)
		require.Equal(t, want, append([]string{}, d.lines[3:]...))
		stuck := 0
		for _, e := range d.events {
			if e == service.Stuck("web").Message {
				stuck++
			}
		}
		require.Equal(t, minimum == 100, stuck == 1, d.events)
	}
}

// ECS rules, placement 6.2: an instance set back to ACTIVE in time keeps its tasks; the replacement that found no place
// is not wanted any more.
func TestDrainingTakenBack(t *testing.T) {
	cfg := world(unhurried(t), withFleet("main", slots(1), 1), withService("web", 1, placing(task(1, 1))),
		strikes(model.Fault{Name: "drain", Kind: model.InstanceDraining, At: time.Minute, For: time.Minute, Fleet: "main"}))
	d := follow(t, cfg)
	require.Equal(t, []string{
		"0s web/1 placed PROVISIONING", "0s web/1 PENDING", "4s web/1 RUNNING", "2m0s web/2 " + scaledIn,
	}, d.lines)
}
