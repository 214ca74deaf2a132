package report

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ecssim/model"
	"ecssim/model/balance"
	"ecssim/model/service"
	"ecssim/model/taskdef"
	"ecssim/sim"
)

// eventsOf reads events.ndjson.
func eventsOf(t *testing.T, r *Record) []map[string]any {
	var b bytes.Buffer
	require.NoError(t, writeEvents(&b, []*Record{r}))
	var all []map[string]any
	for line := range strings.Lines(b.String()) {
		var e map[string]any
		require.NoError(t, json.Unmarshal([]byte(line), &e), line)
		all = append(all, e)
	}
	return all
}

// everyEvent has events of all types with all fields.
func everyEvent(t *testing.T) []*Record {
	cfg := shopConfig(t)
	cfg.Jobs = []model.Job{{Name: "batch", Placing: cfg.Services[0].Placing}}
	cfg.Services[0].Deployment.Strategy = service.Canary
	s := newScript(t, cfg, 1, RecorderOptions{})
	i := s.join("main", cfg.Fleets[0].Type, 0)
	d := demandOf(taskdef.Needs{CPU: 256, Memory: 512})
	s.giveUp(s.create("batch", d))
	green := s.deploy("web", 1, 1)
	green.Share = 0.125
	s.deployment("web", green)
	task := s.createOf("web", green, d)
	s.place(task, i, -1)
	task.ExitCode = 137
	s.stop(task, model.EssentialContainerExited, "Essential container in task exited")
	return []*Record{shop(t), surge(t), s.end(time.Hour, sim.Reached)}
}

func TestEveryFieldOfEventsIsExplained(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range everyEvent(t) {
		for _, e := range eventsOf(t, r) {
			for name := range e {
				seen[name] = true
			}
			kind, _ := e["type"].(string)
			if known := strings.Contains(eventFields[3].meaning, kind); !known {
				assert.Regexp(t, "^(SERVICE|TASKS|TASKSET|ECS)_", kind)
			}
		}
	}
	var explained []string
	for _, f := range eventFields {
		explained = append(explained, f.name)
	}
	slices.Sort(explained)
	assert.Equal(t, explained, slices.Sorted(maps.Keys(seen)))
}

// A rollout is told twice, by the service and of its deployment, in either order: the file has one line.
func TestARolloutIsOneLine(t *testing.T) {
	for _, limit := range []int64{DefaultLogLimit, LogNothing} {
		cfg := shopConfig(t)
		s := newScript(t, cfg, 1, RecorderOptions{LogLimit: limit})
		first := s.deploy("web", 1, 1)
		s.at(time.Minute).finish("web", first, model.RolloutCompleted, "")
		second := s.at(2*time.Minute).deploy("web", 2, 2)
		first.Status = model.ActiveDeployment
		s.deployment("web", first)
		s.at(3*time.Minute).finish("web", second, model.RolloutFailed, "tasks failed to start")
		first.Status, first.Rollout = model.PrimaryDeployment, model.RolloutInProgress
		s.deployment("web", first) // a rollback has no event of its name
		s.says("web", "SERVICE_DEPLOYMENT_IN_PROGRESS", service.Info, "ECS deployment of somebody else in progress.")
		r := s.end(time.Hour, sim.Reached)
		assert.EqualValues(t, 7, r.EventsTotal)
		if limit == LogNothing {
			continue
		}
		var got []string
		for _, e := range eventsOf(t, r) {
			id, _ := e["deployment"].(string)
			message, _ := e["message"].(string)
			got = append(got, strings.TrimLeft(id, "ecs-v/0")+" "+e["type"].(string)+" "+message)
		}
		assert.Equal(t, []string{
			"1 SERVICE_DEPLOYMENT_IN_PROGRESS ECS deployment ecs-svc/0000000000000000001 in progress.",
			"1 SERVICE_DEPLOYMENT_COMPLETED (service web) (deployment ecs-svc/0000000000000000001) deployment completed.",
			"2 SERVICE_DEPLOYMENT_IN_PROGRESS ECS deployment ecs-svc/0000000000000000002 in progress.",
			"1 DEPLOYMENT_STATE_CHANGE ",
			"2 SERVICE_DEPLOYMENT_FAILED (service web) (deployment ecs-svc/0000000000000000002) deployment failed: tasks failed to start.",
			"1 SERVICE_DEPLOYMENT_IN_PROGRESS ",
			" SERVICE_DEPLOYMENT_IN_PROGRESS ECS deployment of somebody else in progress.",
		}, got)
	}
}

// A registration that fails is counted with the reason, and in no state.
func TestTargetsThatAreNotRegistered(t *testing.T) {
	for _, c := range []struct {
		why                           balance.Reason
		group, lb                     int
		sentence, service, bottleneck string
	}{
		{balance.TooManyTargets, 2, 0, "target group alb/web has 2 of 2 targets; web/3 is never registered", "targets are not registered: TooManyTargets", "targets alb/web"},
		{balance.TooManyTargets, 9, 2, "load balancer alb has 2 of 2 targets in all its groups; web/3 is never registered", "targets are not registered: TooManyTargets", "targets alb/web"},
		{balance.TooManyTargets, 0, 0, "load balancer alb has 500 targets in zone a, as many as it may; web/3 is never registered", "targets are not registered: TooManyTargets", "targets alb/web"},
		{balance.AccessDenied, 9, 9, "ECS may not register targets with target group alb/web; web/3 is never registered", "targets are not registered: AccessDenied", ""},
	} {
		cfg := shopConfig(t)
		cfg.LoadBalancers = []balance.LoadBalancer{{Name: "alb", Targets: c.lb}}
		cfg.TargetGroups[0].Targets = c.group
		s := newScript(t, cfg, 1, RecorderOptions{})
		i := s.join("main", cfg.Fleets[0].Type, 0)
		first := s.deploy("web", 1, 1)
		for k := range 3 {
			task := s.createOf("web", first, demandOf(taskdef.Needs{CPU: 1, Memory: 1}))
			s.place(task, i, -1)
			if k < 2 {
				s.serve(task)
				continue
			}
			task.Status = model.Running
			s.run(task)
			s.r.TargetChanged(s.now, model.TargetChange{Owner: task.Owner, Task: task, Number: 3, From: balance.Unused, To: balance.Unused, Reason: c.why})
		}
		r := s.end(time.Hour, sim.Reached)
		sum := Summarise(Set{Records: []*Record{r}})
		require.Len(t, sum.Failures, 1)
		assert.Equal(t, FailureSummary{Reason: string(c.why), Service: "web", Count: 1}, sum.Failures[0])
		assert.Equal(t, c.sentence, r.Failures[0].Detail)
		assert.Equal(t, c.service, r.Owners[0].Why)
		assert.Equal(t, map[string]int64{"initial": 0, "healthy": 2, "unhealthy": 0, "draining": 0}, sum.Services["web"].Targets)
		assert.EqualValues(t, []int64{2}, s.r.targets.groups)
		if c.bottleneck == "" {
			assert.Nil(t, sum.FirstBottleneck)
			continue
		}
		require.NotNil(t, sum.FirstBottleneck)
		assert.Equal(t, c.bottleneck, sum.FirstBottleneck.Resource+" "+sum.FirstBottleneck.Scope)
		assert.Equal(t, c.sentence, sum.FirstBottleneck.Sentence)
	}
}
