package model_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ecssim/model"
	"ecssim/model/balance"
	"ecssim/model/containers"
	"ecssim/model/placement"
	"ecssim/model/taskdef"
)

// ECS rules, services: without Spot draining the tasks of a Spot instance die with it two minutes after the notice,
// and nobody replaces them before; with it the instance is DRAINING a second after the notice, and they are replaced.
func TestR1_8SpotInterruptionOnEC2(t *testing.T) {
	for draining, replaced := range map[bool]time.Duration{false: 7 * minute, true: 5*minute + time.Second} {
		cfg := threeZones(1, 8, 6)
		cfg.Fleets[0].SpotDraining = draining
		cfg.Faults = []model.Fault{fault(model.SpotInterruption, 5*minute, 0, func(f *model.Fault) { f.Instance, f.Notice = "main/3", 2*minute })}
		c := chronicled(t, cfg, nil)
		require.Equal(t, []string{"main/3"}, names(c.lost))
		require.Equal(t, 7*minute, c.lost[0].at)
		require.Equal(t, replaced, during(c.placed, minute, time.Hour)[0].at)
		require.Len(t, c.running, 6)
		if draining {
			require.Contains(t, c.lines, "5m1s main/3 DRAINING connected=true")
			require.Equal(t, model.ServiceSchedulerInitiated, c.ended[0].code)
		} else {
			require.Equal(t, model.SpotInterrupted, c.ended[0].code)
			require.Equal(t, 7*minute, c.ended[0].at)
		}
	}
}

// ECS rules, services: at 100 % with slow health checks draining is too slow for the notice.
func TestR1_8DrainingIsTooSlow(t *testing.T) {
	cfg := instanceTargets(t, 2, taskdef.Bridge, taskdef.PortMapping{ContainerPort: 80})
	cfg.Fleets[0].Count, cfg.Fleets[0].SpotDraining = 2, true
	cfg.Services[0].Strategy = placement.ServiceDefault()
	cfg.TargetGroups[0].Health.FirstSuccess = false // 15 + 4 × 30 s
	cfg.Faults = []model.Fault{fault(model.SpotInterruption, 10*minute, 0, func(f *model.Fault) { f.Instance, f.Notice = "main/1", 2*minute })}
	c := chronicled(t, cfg, nil)
	require.Equal(t, model.SpotInterrupted, c.ended[0].code)
	require.Equal(t, 12*minute, c.ended[0].at)
}

// spot is a service on Fargate Spot.
func spot(name string, desired int) model.Service {
	s := onFargate(name, desired)
	s.Spot, s.Subnets = true, []int{0}
	return s
}

// ECS rules, services: a Fargate Spot task gets SIGTERM with the notice and stops with the code TerminationNotice, at
// the latest when the notice is over, whatever the deregistration delay. The service tries Spot again (services 3.7); tasks
// on Fargate are none of the fault's business.
func TestR1_5SpotInterruptionOnFargate(t *testing.T) {
	for timeout, c := range map[time.Duration]struct {
		needs float64
		exit  int
		after time.Duration
	}{
		0: {20, 143, 20 * time.Second}, time.Second: {20, 137, time.Second}, 110 * time.Second: {200, 137, 110 * time.Second},
		120 * time.Second: {200, 137, 120 * time.Second},
	} {
		cfg := behindALB(t, 3)
		cfg.Services[0].Spot = true
		cfg.Services[0].Task.Containers[0].StopTimeout = timeout
		cfg.Latency.ContainerStop = seconds(t, c.needs)
		cfg.Services = append(cfg.Services, onFargate("api", 2))
		cfg.Services[1].Subnets = []int{0}
		cfg.Faults = []model.Fault{fault(model.SpotInterruption, 10*minute, 0, func(f *model.Fault) { f.Notice = 2 * minute })}
		seen := chronicled(t, cfg, nil)
		seen.show()
		require.Len(t, seen.ended, 3)
		for _, m := range seen.ended {
			require.Equal(t, []any{"web", model.TerminationNotice, "Your Spot Task was interrupted.", c.exit, 10*minute + c.after},
				[]any{m.owner, m.code, m.reason, m.exit, m.at})
		}
		require.Len(t, seen.running, 5)
		require.Equal(t, 3, seen.count(balance.Healthy))
		require.Len(t, during(seen.placed, 10*minute, 10*minute), 3, "at once, on Spot again")
		require.Zero(t, seen.told("consistently"), "no failed start")
	}
}

// Count, fraction and zone choose among the Spot tasks; in a world with Spot tasks instances are not meant, even if none of
// the tasks is there at the moment.
func TestSpotInterruptionOfSomeTasks(t *testing.T) {
	for want, change := range map[int]func(*model.Fault){
		2: func(f *model.Fault) { f.Count = 2 }, 5: func(f *model.Fault) { f.Fraction = 0.45 },
		10: func(f *model.Fault) { f.Owner = "services.web" }, 0: func(f *model.Fault) { f.At = 0 },
	} {
		cfg := threeZones(1, 8, 3)
		cfg.Services[0].Name = "base"
		cfg.Services = append(cfg.Services, spot("web", 10))
		cfg.Faults = []model.Fault{fault(model.SpotInterruption, 5*minute, 0, change, func(f *model.Fault) { f.Notice = 2 * minute })}
		c := chronicled(t, cfg, nil)
		require.Len(t, c.leaving, want)
		require.Empty(t, c.lost)
	}
}

// ECS rules, services: a killed task ends with 137, has no grace, and is replaced at once; a restart policy does
// not apply since the whole task is hit.
func TestTaskKill(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*model.Fault)
		killed int
	}{
		"all":        {func(f *model.Fault) {}, 6},
		"count":      {func(f *model.Fault) { f.Count = 2 }, 2},
		"fraction":   {func(f *model.Fault) { f.Fraction = 0.1 }, 1},
		"service":    {func(f *model.Fault) { f.Owner = "services.web" }, 6},
		"another":    {func(f *model.Fault) { f.Owner = "services.api" }, 0},
		"instance":   {func(f *model.Fault) { f.Instance = "main/1" }, 2},
		"revision 1": {func(f *model.Fault) { f.Revision = 1 }, 6},
		"revision 2": {func(f *model.Fault) { f.Revision = 2 }, 0},
		"at 0":       {func(f *model.Fault) { f.At = 0 }, 0},
		"too late":   {func(f *model.Fault) { f.At = 2 * time.Hour }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			for _, apps := range [][]containers.App{nil, {{FailsAfter: seconds(t, 7200)}}} {
				cfg := threeZones(1, 8, 6)
				cfg.Services[0].Apps = apps
				cfg.Faults = []model.Fault{fault(model.TaskKill, 5*minute, 0, c.change)}
				seen := chronicled(t, cfg, nil)
				require.Len(t, seen.ended, c.killed)
				for _, m := range seen.ended {
					require.Equal(t, []any{5 * minute, model.EssentialContainerExited, 137, "Essential container in task exited"}, []any{m.at, m.code, m.exit, m.reason})
				}
				require.Len(t, during(seen.placed, minute, time.Hour), c.killed)
				require.Len(t, seen.running, 6)
			}
		})
	}
}

// Programs that cease to answer are found by the load balancer or by the container's health check; those that start while
// the fault goes on do not answer either, and all is well again after its end.
func TestHealthCheckFailing(t *testing.T) {
	check := &taskdef.HealthCheck{Interval: 10 * time.Second, Timeout: 5 * time.Second, Retries: 3}
	for name, c := range map[string]struct {
		targets bool
		check   *taskdef.HealthCheck
		reason  string
		first   time.Duration // earliest and latest
		last    time.Duration
	}{
		"load balancer": {true, nil, "Task failed ELB health checks in (target-group public/web)", 30 * time.Second, 60 * time.Second},
		"container":     {false, check, "Task failed container health checks", 20 * time.Second, 30 * time.Second},
		"both":          {true, check, "Task failed container health checks", 20 * time.Second, 30 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := behindALB(t, 4)
			cfg.TargetGroups[0].DeregistrationDelay = 10 * time.Second
			if !c.targets {
				cfg.Services[0].Targets = nil
			}
			cfg.Services[0].Task.Containers[0].Health = c.check
			cfg.Faults = []model.Fault{fault(model.HealthCheckFailing, 10*minute, 10*minute)}
			seen := chronicled(t, cfg, nil)
			seen.show()
			require.NotEmpty(t, seen.leaving)
			first := seen.leaving[0]
			require.Equal(t, []any{c.reason, model.ServiceSchedulerInitiated}, []any{first.reason, first.code})
			require.GreaterOrEqual(t, first.at, 10*minute+c.first)
			require.LessOrEqual(t, first.at, 10*minute+c.last)
			require.Greater(t, len(seen.leaving), 8, "the loop goes on with those that start meanwhile")
			require.Less(t, seen.leaving[len(seen.leaving)-1].at, 21*minute)
			require.Equal(t, 4, strings.Count(strings.Join(seen.lines, "\n"), " HEALTHY")-4, "four at first, and four in the end")
			require.Len(t, seen.running, 4)
			require.Equal(t, 2, seen.told("steady state"))
		})
	}
}

// A fault of the new revision alone: the rollout does not complete until it ends.
func TestHealthCheckFailingByRevision(t *testing.T) {
	cfg := behindALB(t, 3)
	rollout(cfg, 10*minute)
	cfg.TargetGroups[0].DeregistrationDelay = 10 * time.Second
	cfg.Faults = []model.Fault{fault(model.HealthCheckFailing, minute, 30*minute, func(f *model.Fault) { f.Revision, f.Owner = 2, "services.web" })}
	c := chronicled(t, cfg, nil)
	for _, m := range during(c.leaving, 0, 31*minute) {
		require.Equal(t, 2, m.revision)
	}
	require.Greater(t, len(c.leaving), 20)
	require.Equal(t, model.RolloutCompleted, c.deps[2].Rollout)
	require.Greater(t, c.deps[2].Ended, 31*minute)
}
