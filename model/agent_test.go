package model_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ecssim/model"
	"ecssim/model/containers"
	"ecssim/model/placement"
	"ecssim/model/taskdef"
)

// once is a job that starts one task at an instant.
func once(name string, when time.Duration, p model.Placing) func(*model.Config) {
	return withJob(model.Job{Name: name, Placing: p, Arrivals: at(when)})
}

// scaledTo sets the desired count of the first service at an instant.
func scaledTo(desired int, when time.Duration) func(*model.Config) {
	return func(c *model.Config) {
		c.Services[0].Rollouts = append(c.Services[0].Rollouts, model.Rollout{At: when, DesiredCount: desired})
	}
}

func strikes(f model.Fault) func(*model.Config) {
	return func(c *model.Config) {
		f.Image, f.Registry, f.SecurityGroup = -1, -1, -1
		c.Faults = append(c.Faults, f)
	}
}

const scaledIn = "STOPPED ServiceSchedulerInitiated: Scaling activity initiated by (deployment ecs-svc/0000000000000000001)"

// ECS rules, placement 4.4: the scheduler places on what a stopping task gives back, but the agent starts the new one
// only when the old one's containers are gone, and those behind it wait although they had room.
func TestAgentStartsTasksInOrder(t *testing.T) {
	cfg := world(unhurried(t), withFleet("main", slots(1000), 1), withService("old", 1, placing(task(500, 1))),
		scaledTo(0, time.Minute), once("big", 65*time.Second, placing(task(600, 1))), once("small", 66*time.Second, placing(task(100, 1))))
	d := follow(t, cfg)
	require.Equal(t, []string{
		"0s old/1 placed PROVISIONING", "0s old/1 PENDING", "4s old/1 RUNNING",
		"1m0s old/1 leaving", "1m0s old/1 STOPPING",
		"1m5s big/1 placed PROVISIONING", "1m5s big/1 PENDING",
		"1m6s small/1 placed PROVISIONING", "1m6s small/1 PENDING",
		"1m20s old/1 " + scaledIn,
		"1m23s big/1 RUNNING", "1m23s small/1 RUNNING",
	}, d.lines)
}

// A task that waits for the agent and is stopped lets those behind it through.
func TestStoppedTaskLeavesTheAgentsQueue(t *testing.T) {
	cfg := world(unhurried(t), withFleet("main", slots(1000), 1), withService("big", 1, placing(task(600, 1))),
		scaledTo(0, 70*time.Second), withService("old", 1, placing(task(500, 1))), once("small", 66*time.Second, placing(task(100, 1))))
	cfg.Services[0].StartAt = 65 * time.Second
	cfg.Services[1].Rollouts = []model.Rollout{{At: 64 * time.Second}}
	d := follow(t, cfg)
	require.Equal(t, []string{
		"0s old/1 placed PROVISIONING", "0s old/1 PENDING", "4s old/1 RUNNING",
		"1m4s old/1 leaving", "1m4s old/1 STOPPING",
		"1m5s big/1 placed PROVISIONING", "1m5s big/1 PENDING",
		"1m6s small/1 placed PROVISIONING", "1m6s small/1 PENDING",
		"1m10s big/1 leaving", "1m10s big/1 " + scaledIn,
		"1m13s small/1 RUNNING",
		"1m24s old/1 STOPPED ServiceSchedulerInitiated: Scaling activity initiated by (deployment ecs-svc/0000000001000000001)",
	}, d.lines)
}

// ECS rules, placement 6.1: an instance whose agent is disconnected takes no tasks, those on it go on, and the order to
// stop waits. What waited for the agent starts when it is back.
func TestDisconnectedAgent(t *testing.T) {
	cfg := world(unhurried(t), withFleet("main", slots(8), 1), withService("web", 1, placing(task(1, 1))),
		scaledTo(0, 100*time.Second), once("early", 59500*time.Millisecond, placing(task(1, 1))), once("late", 70*time.Second, placing(task(1, 1))),
		strikes(model.Fault{Name: "cut", Kind: model.AgentDisconnect, At: time.Minute, For: 140 * time.Second}))
	var refusals counter
	run(t, cfg, 1, &refusals)
	require.Equal(t, 1, refusals.byReason[placement.Agent])
	d := follow(t, cfg)
	require.Equal(t, []string{
		"0s web/1 placed PROVISIONING", "0s web/1 PENDING", "4s web/1 RUNNING",
		"59.5s early/1 placed PROVISIONING", "59.5s early/1 PENDING",
		"1m40s web/1 leaving", "1m40s web/1 STOPPING",
		"3m23s early/1 RUNNING",
		"3m40s web/1 " + scaledIn,
	}, d.lines)
}

// What ends by itself needs no order: a disconnected agent stops the other containers, and the resources are free.
func TestDisconnectedAgentEndsTasksByItself(t *testing.T) {
	two := task(1, 1)
	two.Containers = append(two.Containers, taskdef.Container{Name: "side"})
	exits := placing(two)
	exits.Apps = []containers.App{{ExitsAfter: seconds(t, 86), ExitCode: 3}, {ShutdownTime: seconds(t, 10)}}
	plain := placing(task(1, 1))
	cfg := world(unhurried(t), withFleet("main", slots(8), 1), once("two", 0, exits), once("plain", 0, plain),
		strikes(model.Fault{Name: "cut", Kind: model.AgentDisconnect, At: time.Minute, For: time.Hour}))
	cfg.Jobs[1].RunTime = seconds(t, 86)
	d := follow(t, cfg)
	require.Equal(t, []string{
		"1m30s two/1 leaving", "1m30s two/1 STOPPING",
		"1m30s plain/1 leaving", "1m30s plain/1 STOPPED EssentialContainerExited: Essential container in task exited",
		"1m40s two/1 STOPPED EssentialContainerExited: Essential container in task exited",
	}, d.lines[len(d.lines)-5:])
	require.Equal(t, map[string]int{"two/1": 3, "plain/1": 0}, d.exits)
}

// The agent does not hear either that a task shall stop whose images it pulls: its book keeps the task until it does.
func TestDisconnectedAgentPullsOn(t *testing.T) {
	cfg := world(unhurried(t), withFleet("main", slots(8), 1), withService("web", 1, placing(task(1, 1))), scaledTo(0, 100*time.Second),
		strikes(model.Fault{Name: "cut", Kind: model.AgentDisconnect, At: time.Minute, For: 140 * time.Second}))
	cfg.Latency.ImagePull = seconds(t, 120)
	d := follow(t, cfg, func(d *diary) {
		d.holds = func(task *model.Task) string {
			if task.Instance.Accepted.CPU > 0 {
				return "accepted"
			}
			return ""
		}
	})
	require.Equal(t, []string{
		"0s web/1 placed PROVISIONING ", "0s web/1 PENDING ",
		"1m40s web/1 leaving accepted", "1m40s web/1 STOPPING accepted", "3m20s web/1 " + scaledIn + " ",
	}, d.lines)
}

// A task that waits for its agent is not started by the loss of the instance, which frees what it waited for.
func TestLostInstanceStartsNothing(t *testing.T) {
	cfg := world(withFleet("main", slots(10), 1), withService("old", 1, placing(task(10, 10))),
		scaledTo(0, time.Minute), once("new", 65*time.Second, placing(task(10, 10))),
		strikes(model.Fault{Name: "loss", Kind: model.InstanceLoss, At: 70 * time.Second}))
	cfg.Latency.ContainerStop = seconds(t, 20)
	d := follow(t, cfg)
	require.Equal(t, []string{
		"0s old/1 placed PROVISIONING", "0s old/1 PENDING", "0s old/1 RUNNING", "1m0s old/1 leaving", "1m0s old/1 STOPPING",
		"1m5s new/1 placed PROVISIONING", "1m5s new/1 PENDING",
		"1m10s old/1 " + scaledIn,
		"1m10s new/1 leaving", "1m10s new/1 STOPPED : Host EC2 (instance main/1) stopped/terminated",
	}, d.lines)
}

// The order that a disconnected agent never got ends with its instance.
func TestLostInstanceEndsWaitingOrders(t *testing.T) {
	cfg := world(unhurried(t), withFleet("main", slots(8), 1), withService("web", 1, placing(task(1, 1))), scaledTo(0, 100*time.Second),
		strikes(model.Fault{Name: "cut", Kind: model.AgentDisconnect, At: time.Minute, For: 140 * time.Second}),
		strikes(model.Fault{Name: "loss", Kind: model.InstanceLoss, At: 150 * time.Second, For: 10 * time.Second}),
		once("next", 170*time.Second, placing(task(1, 1))))
	d := follow(t, cfg)
	require.Equal(t, []string{
		"1m40s web/1 leaving", "1m40s web/1 STOPPING", "2m30s web/1 " + scaledIn,
		"2m50s next/1 placed PROVISIONING", "2m50s next/1 PENDING", "2m54s next/1 RUNNING",
	}, d.lines[3:])
}

// ECS rules, services 2.3: who waits for room tries again when another's task stops, not only when the back-off is over.
func TestFreedCapacityPromptsOthers(t *testing.T) {
	cfg := world(unhurried(t), withFleet("main", slots(1), 1), withService("old", 1, placing(task(1, 1))), scaledTo(0, 100*time.Second),
		withService("new", 1, placing(task(1, 1))))
	cfg.Services[1].StartAt = 50 * time.Second // tries at 50, 65, 95 and 155 s
	d := follow(t, cfg)
	require.Equal(t, []string{
		"1m40s old/1 leaving", "1m40s old/1 STOPPING", "2m0s old/1 " + scaledIn,
		"2m0s new/1 placed PROVISIONING", "2m0s new/1 PENDING", "2m4s new/1 RUNNING",
	}, d.lines[3:])
}
