package model_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ecssim/model"
	"ecssim/model/containers"
	"ecssim/model/taskdef"
)

// two is a bridge task of the containers main, which is essential and depends on side, and side.
func two(condition taskdef.Condition, sideEssential bool) *taskdef.TaskDefinition {
	d := task(1, 1)
	d.Containers[0].DependsOn = []taskdef.Dependency{{Container: "side", Condition: condition}}
	d.Containers = append(d.Containers, taskdef.Container{Name: "side", Essential: sideEssential})
	return d
}

func probed(interval time.Duration) *taskdef.HealthCheck {
	return &taskdef.HealthCheck{Interval: interval, Timeout: 5 * time.Second, Retries: 3}
}

// ECS rules, services: side starts at 4 s and answers from 12 s on, so its second probe finds it healthy
// after 20 s; main starts within a second, and only then the task is RUNNING.
func TestTaskRunsWhenItsDependenciesAreHealthy(t *testing.T) {
	def := two(taskdef.WhenHealthy, true)
	def.Containers[1].Health = probed(10 * time.Second)
	p := placing(def)
	p.Apps = []containers.App{{}, {ReadyAfter: seconds(t, 12)}}
	d := follow(t, world(unhurried(t), withFleet("main", slots(8), 1), alone(p)))
	require.Equal(t, []string{"0s one/1 placed PROVISIONING", "0s one/1 PENDING", "25s one/1 RUNNING"}, d.lines)
}

// ECS rules, services 1.4: a startTimeout that expires, a dependency that fails, and one that exits before it was healthy
// stop the task before it runs.
func TestDependenciesThatFail(t *testing.T) {
	const graph = "STOPPED TaskFailedToStart: TaskDependencyError: dependency graph: "
	for _, c := range []struct {
		condition taskdef.Condition
		app       containers.App
		want      string
	}{
		{taskdef.WhenHealthy, containers.App{NeverReady: true},
			"14s one/1 " + graph + "container ordering dependency [side] for target [main] has timed out"},
		{taskdef.WhenSuccess, containers.App{ExitsAfter: seconds(t, 5), ExitCode: 1},
			"9s one/1 " + graph + "failed to resolve container ordering dependency [side] for target [main] as dependency did not exit successfully"},
		{taskdef.WhenHealthy, containers.App{ExitsAfter: seconds(t, 5)},
			"9s one/1 " + graph + "failed to resolve container ordering dependency [side] for target [main] as dependency exited before it was healthy"},
		{taskdef.WhenSuccess, containers.App{ExitsAfter: seconds(t, 5)}, "10s one/1 RUNNING"},
		{taskdef.WhenComplete, containers.App{ExitsAfter: seconds(t, 5), ExitCode: 1}, "10s one/1 RUNNING"},
		{taskdef.WhenStarted, containers.App{}, "5s one/1 RUNNING"},
	} {
		def := two(c.condition, false)
		def.Containers[1].StartTimeout = 10 * time.Second
		if c.condition == taskdef.WhenHealthy {
			def.Containers[1].Health = probed(30 * time.Second)
		}
		p := placing(def)
		p.Apps = []containers.App{{}, c.app}
		cfg := world(unhurried(t), withFleet("main", slots(8), 1), alone(p))
		cfg.Latency.ContainerStop = nil
		d := follow(t, cfg)
		require.Equal(t, c.want, d.lines[len(d.lines)-1])
	}
}

// ECS rules, services 1.4: containers stop in the reverse order of their dependencies.
func TestContainersStopInReverse(t *testing.T) {
	cfg := world(unhurried(t), withFleet("main", slots(8), 1), withService("web", 1, placing(two(taskdef.WhenStarted, true))), scaledTo(0, time.Minute))
	d := follow(t, cfg)
	require.Equal(t, []string{"1m0s web/1 leaving", "1m0s web/1 STOPPING", "1m40s web/1 " + scaledIn}, d.lines[3:])
	require.Equal(t, map[string]int{"web/1": 143}, d.exits)
}

// ECS rules, services: a container that ran for the attempt period restarts in place, and the task stays RUNNING;
// one that ran for less, or exits with a code that is ignored, ends it.
func TestRestartInPlace(t *testing.T) {
	for _, c := range []struct {
		exits   float64
		ignored []int
		want    []string
	}{
		{60, nil, nil},
		{59, nil, []string{"59s one/1 leaving", "59s one/1 STOPPED EssentialContainerExited: Essential container in task exited"}},
		{60, []int{7}, []string{"1m0s one/1 leaving", "1m0s one/1 STOPPED EssentialContainerExited: Essential container in task exited"}},
		{60, []int{8}, nil},
	} {
		def := task(1, 1)
		def.Containers[0].Restart = &taskdef.RestartPolicy{AttemptPeriod: time.Minute, IgnoredExitCodes: c.ignored}
		p := placing(def)
		p.Apps = []containers.App{{ExitsAfter: seconds(t, c.exits), ExitCode: 7}}
		d := follow(t, world(withFleet("main", slots(8), 1), alone(p)))
		require.Equal(t, append([]string{"0s one/1 placed PROVISIONING", "0s one/1 PENDING", "0s one/1 RUNNING"}, c.want...), d.lines)
		if c.want != nil {
			require.Equal(t, map[string]int{"one/1": 7}, d.exits)
		}
	}
}

// ECS rules, services and table 1.2: a program that crashes a second after it is RUNNING is replaced when the
// scheduler looks, 10 s later, again and again, without a throttle.
func TestCrashLoop(t *testing.T) {
	p := placing(task(1, 1))
	p.Apps = []containers.App{{ExitsAfter: seconds(t, 1), ExitCode: 139}}
	cfg := world(unhurried(t), withFleet("main", slots(8), 1), withService("web", 1, p))
	cfg.Latency.Scheduler = seconds(t, 10)
	d := follow(t, cfg)
	var want []string
	for n := 1; n <= 240; n++ {
		at := time.Duration(n-1) * 15 * time.Second // 1 + 2 + 1 s to start, 1 s to live, 10 s until it is replaced
		want = append(want, fmt.Sprintf("%v web/%d placed PROVISIONING", at, n), fmt.Sprintf("%v web/%d PENDING", at, n),
			fmt.Sprintf("%v web/%d RUNNING", at+4*time.Second, n), fmt.Sprintf("%v web/%d leaving", at+5*time.Second, n),
			fmt.Sprintf("%v web/%d STOPPED EssentialContainerExited: Essential container in task exited", at+5*time.Second, n))
	}
	require.Equal(t, want, d.lines[:len(want)])
	require.Equal(t, 139, d.exits["web/100"])
	require.NotContains(t, strings.Join(d.events, "\n"), "unable to consistently start")
}

// A program that exits while its target drains ends the wait: there is nothing left to drain for.
func TestExitWhileDraining(t *testing.T) {
	p := placing(publishing(taskdef.Bridge, 0))
	p.Apps = []containers.App{{ExitsAfter: seconds(t, 660), ExitCode: 5}}
	cfg := world(unhurried(t), withFleet("main", slots(1024), 1), withService("web", 1, p), behind(0))
	d := follow(t, cfg)
	require.Equal(t, []string{
		"10m0s web/1 leaving", "10m0s web/1 DEACTIVATING", "11m4s web/1 " + scaledIn,
	}, d.lines[3:])
	require.Equal(t, map[string]int{"web/1": 5}, d.exits)
}

// A task killed has no time to stop, and exits with 137 (ECS rules, services ).
func TestKilledTask(t *testing.T) {
	for _, def := range []*taskdef.TaskDefinition{task(1, 1), two(taskdef.WhenStarted, true)} {
		cfg := world(unhurried(t), withFleet("main", slots(8), 1), alone(placing(def)),
			strikes(model.Fault{Name: "oom", Kind: model.TaskKill, At: time.Minute}))
		d := follow(t, cfg)
		require.Equal(t, []string{"1m0s one/1 leaving", "1m0s one/1 STOPPED EssentialContainerExited: Essential container in task exited"}, d.lines[3:])
		require.Equal(t, map[string]int{"one/1": 137}, d.exits)
	}
}
