package service

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ecssim/model/placement"
)

// ECS rules, placement 1.4: the sentences.
func TestMessages(t *testing.T) {
	const svc, dep = "web", "ecs-svc/0000000003000000001"
	const noInstance = "was unable to place a task because no container instance met all of its requirements."
	const trouble = " For more information, see the Troubleshooting section of the Amazon ECS Developer Guide."
	zones := []string{"eu-central-1a", "eu-central-1b"}
	for want, e := range map[string]Event{
		"has reached a steady state.":                                                            SteadyState(svc),
		"has started 2 tasks: (task a) (task b).":                                                TasksStarted(svc, []string{"a", "b"}, 0),
		"has stopped 1 running tasks: (task a).":                                                 TasksStopped(svc, []string{"a"}),
		"stopped 2 pending tasks.":                                                               PendingStopped(svc, 2),
		"registered 2 targets in (target-group g)":                                               TargetsRegistered(svc, 2, "g"),
		"deregistered 1 targets in (target-group g)":                                             TargetsDeregistered(svc, 1, "g"),
		"has begun draining connections on 3 tasks.":                                             Draining(svc, 3),
		"(task a) failed container health checks.":                                               UnhealthyContainer(svc, "a"),
		"(deployment " + dep + ") deployment completed.":                                         DeploymentCompleted(svc, dep),
		"rolling back to deployment " + dep + ".":                                                RollingBack(svc, dep),
		"has started 1 tasks: (task a). Amazon ECS replaced 1 tasks due to an unhealthy status.": TasksStarted(svc, []string{"a"}, 1),

		"(port 80) is unhealthy in (target-group g) due to (reason Request timed out)":                                                                                                   UnhealthyTarget(svc, "", 80, "g", "Request timed out"),
		"(task a) (port 80) is unhealthy in (target-group g) due to (reason Request timed out)":                                                                                          UnhealthyTarget(svc, "task a", 80, "g", "Request timed out"),
		"(deployment " + dep + ") deployment failed: tasks failed to start.":                                                                                                             DeploymentFailed(svc, dep, TasksFailedToStart),
		"(deployment " + dep + ") deployment failed: alarm detected.":                                                                                                                    DeploymentFailed(svc, dep, AlarmDetected),
		"was unable to stop or start tasks during a deployment because of the service deployment configuration. Update the minimumHealthyPercent or maximumPercent value and try again.": Stuck(svc),
		"was unable to reach steady state because task set (" + dep + ") was unable to scale in. Reason: The number of protected tasks are more than the desired count of tasks":         Protected(svc, dep),
		"could not launch 3 tasks for deployment " + dep + ".":                                                                                                                           NotLaunched(svc, 3, dep),
		"is unable to consistently start tasks successfully.":                                                                                                                            Impaired(svc),

		noInstance + " Reason: No Container Instances were found in your cluster." + trouble:                                                    NotPlaced(svc, "", placement.NoInstances),
		noInstance + " The closest matching container-instance i has insufficient CPU units available." + trouble:                               NotPlaced(svc, "i", placement.NoCPU),
		noInstance + " The closest matching container-instance i has insufficient memory available." + trouble:                                  NotPlaced(svc, "i", placement.NoMemory),
		noInstance + " The closest matching container-instance i is already using a port required by your task." + trouble:                      NotPlaced(svc, "i", placement.PortInUse),
		noInstance + ` The closest matching container-instance i encountered error "AGENT".` + trouble:                                          NotPlaced(svc, "i", placement.Agent),
		noInstance + ` The closest matching container-instance i encountered error "RESOURCE:ENI".` + trouble:                                   NotPlaced(svc, "i", placement.NoENI),
		noInstance + ` The closest matching container-instance i encountered error "MemberOf placement constraint unsatisfied.".` + trouble:     NotPlaced(svc, "i", placement.MemberOf),
		"was unable to place a task. Reason: You've reached the limit on the number of vCPUs you can run concurrently":                          NotPlaced(svc, "", placement.FargateVCPUQuota),
		"was unable to place a task. Reason: Capacity is unavailable at this time. Please try again later or in a different availability zone.": NotPlaced(svc, "", placement.FargateCapacity),

		"is not AZ balanced with 3 tasks in eu-central-1a, 1 tasks in eu-central-1b. AZ Rebalancing in progress.": RebalancingStarted(svc, zones, []int{3, 1}),
		"is AZ balanced with 2 tasks in eu-central-1a, 2 tasks in eu-central-1b.":                                 RebalancingCompleted(svc, zones, []int{2, 2}),
		"stopped AZ Rebalancing.": RebalancingStopped(svc),
		"has started 1 tasks in eu-central-1b to AZ Rebalance: (task a).":                                                          RebalancingTasksStarted(svc, zones[1], []string{"a"}),
		"has stopped 1 running tasks in eu-central-1a due to AZ rebalancing: (task b).":                                            RebalancingTasksStopped(svc, zones[0], []string{"b"}),
		"is unable to place a task in eu-central-1b because no container instance met all of its requirements.":                    RebalancingNotPlaced(svc, zones[1], false),
		"is unable to place a task in eu-central-1b.":                                                                              RebalancingNotPlaced(svc, zones[1], true),
		"was unable to AZ Rebalance because (taskSet " + dep + ") was unable to scale in due to (reason 2 tasks under protection)": RebalancingProtected(svc, dep, 2),
	} {
		require.Equal(t, "(service web) "+want, e.Message)
	}
	require.Equal(t, "(service web) failed to launch a task with (error ECS was unable to assume the role)", LaunchRefused(svc, "ECS was unable to assume the role").Message)
	require.Equal(t, "ECS deployment "+dep+" in progress.", DeploymentStarted(dep).Message)
	for r := placement.NoInstances; int(r) < placement.NumReasons; r++ {
		require.Contains(t, NotPlaced(svc, "i", r).Message, "was unable to place a task")
	}
	require.Equal(t, "WARN", Impaired(svc).Level.String())
}

// ECS rules, placement 1.4: the same CPU failure every 30 s for 7 h makes two messages.
func TestLogSuppressesRepeats(t *testing.T) {
	var l Log
	for now := time.Duration(0); now <= 7*time.Hour; now += 30 * time.Second {
		l.Add(now, NotPlaced("web", "i-1", placement.NoCPU))
	}
	var at []time.Duration
	for e := range l.All() {
		at = append(at, e.At)
	}
	require.Equal(t, []time.Duration{0, 6 * time.Hour}, at)
}

// ECS rules, services 2.1: suppressed until its cause is resolved; another message, or another cause, is not.
func TestLogUntilResolved(t *testing.T) {
	var l Log
	require.True(t, l.Add(0, NotPlaced("web", "i-1", placement.NoCPU)))
	require.True(t, l.Add(1, NotPlaced("web", "i-1", placement.NoMemory)))
	require.False(t, l.Add(2, NotPlaced("web", "i-1", placement.NoCPU)))
	l.Resolve(Steady)
	require.False(t, l.Add(3, NotPlaced("web", "i-1", placement.NoCPU)))
	l.Resolve(Unplaced)
	require.True(t, l.Add(4, NotPlaced("web", "i-1", placement.NoCPU)))
	require.True(t, l.Add(5, Draining("web", 1)))
	require.True(t, l.Add(6, Draining("web", 1)), "what passes happened twice")
}

// ECS rules, services 2.1: the newest hundred, in their order.
func TestLogKeepsTheNewest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var l Log
		n := rapid.IntRange(0, 350).Draw(t, "events")
		var want []string
		for k := range n {
			e := Event{Message: fmt.Sprint(k)}
			require.True(t, l.Add(time.Duration(k), e))
			want = append(want, e.Message)
		}
		var got []string
		for e := range l.All() {
			got = append(got, e.Message)
		}
		require.Equal(t, want[max(0, n-100):], slices.Clip(got))
	})
}

// ECS rules, services 1.2; ECS rules, placement 2.5: stoppedReason.
func TestStopReasons(t *testing.T) {
	id := DeploymentID(0, 1)
	require.Equal(t, "ecs-svc/0000000000000000001", id)
	require.Len(t, strings.TrimPrefix(DeploymentID(12, 345), "ecs-svc/"), 19)
	require.Equal(t, "Scaling activity initiated by (deployment ecs-svc/0000000000000000001)", StoppedScaling(id))
	require.Equal(t, "Task failed ELB health checks in (target-group g)", StoppedTargetHealth("g"))
	require.Equal(t, "Availability-zone rebalancing initiated by (deployment ecs-svc/0000000000000000001)", StoppedRebalancing(id))
	require.Equal(t, "Host EC2 (instance i-1) stopped/terminated", StoppedHostLost("i-1"))
}
