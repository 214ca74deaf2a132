package scenario

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ecssim/model"
	"ecssim/model/containers"
	"ecssim/model/placement"
	"ecssim/model/service"
	"ecssim/model/taskdef"
	"ecssim/workload/diag"
)

// lifecycles loads the scenario that has every key of services.
func lifecycles(t *testing.T) (services map[string]model.Service, jobs map[string]model.Job) {
	t.Helper()
	s, ds := Load([]string{"testdata/good/services.toml"}, Options{})
	require.Empty(t, ds, rendered(t, s, ds))
	services, jobs = map[string]model.Service{}, map[string]model.Job{}
	for _, one := range s.Config.Services {
		services[one.Name] = one
	}
	for _, j := range s.Config.Jobs {
		jobs[j.Name] = j
	}
	return services, jobs
}

func TestAServiceIsDeployedAsItSays(t *testing.T) {
	all, _ := lifecycles(t)
	web := all["web"]
	require.Equal(t, service.DeploymentConfiguration{
		MinimumHealthyPercent: 50, MaximumPercent: 150,
		Breaker: service.BreakerConfiguration{Enable: true, Threshold: service.Count, Value: 5},
		Alarms:  service.AlarmConfiguration{Enable: true, Rollback: true, Alarms: []int{0}, BakeTime: 3 * time.Minute},
	}, web.Deployment)
	require.Equal(t, []int{1, 0}, web.SecurityGroups, "tasks, alb")
	require.Equal(t, 45*time.Second, web.Grace)
	require.Equal(t, &model.Discovery{TTL: 30 * time.Second}, web.Discovery)
	require.Equal(t, &model.Protection{Fraction: 0.5, For: time.Hour}, web.Protection)
	require.True(t, web.Rebalancing)

	both := rolling(100, 200)
	both.Breaker.Enable, both.Breaker.Rollback = true, true
	require.Equal(t, both, all["dns"].Deployment, "circuit_breaker = true is both flags")
	both.Breaker.Threshold = service.UnboundedPercent
	require.Equal(t, both, all["fixed"].Deployment)
	require.False(t, all["fixed"].Rebalancing)
	require.Equal(t, rolling(50, 100), all["agent"].Deployment)
	require.Equal(t, service.Daemon, all["agent"].Scheduling)
	require.Equal(t, placement.ServiceDefault(), all["agent"].Strategy)

	green := rolling(100, 200)
	green.Strategy, green.BakeTime = service.BlueGreen, 10*time.Minute
	require.Equal(t, green, all["green"].Deployment)
	require.True(t, all["green"].Spot)
	line := rolling(100, 200)
	line.Strategy, line.BakeTime, line.StepPercent, line.StepBakeTime = service.Linear, 10*time.Minute, 12.5, 5*time.Minute
	require.Equal(t, line, all["line"].Deployment)
	canary := rolling(100, 200)
	canary.Strategy, canary.CanaryPercent, canary.CanaryBakeTime = service.Canary, 5, 10*time.Minute
	require.Equal(t, canary, all["canary"].Deployment)
	require.False(t, all["packed"].Rebalancing, "binpack does not spread over zones")
	require.Equal(t, &model.Discovery{TTL: time.Minute}, all["packed"].Discovery)
}

// TestRolloutsBuildOnOneAnother: what an update does not say stays, and a new task definition runs the program of the
// service unless the update brings its own.
func TestRolloutsBuildOnOneAnother(t *testing.T) {
	all, _ := lifecycles(t)
	web := all["web"]
	require.Equal(t, []int{-1, -1, 0}, imagesByName(&web.Placing, "log", "proxy", "app"))
	require.Equal(t, []model.Target{{Group: groupIndex(t, "public/web"), Port: 8080}, {Group: groupIndex(t, "public/admin"), Port: 8080}}, web.Targets)
	require.Equal(t, []string{"app", "proxy", "log"}, containerNames(web.Task), "what is behind a target group is in front in every revision")
	require.Equal(t, "lognormal(median 20, sigma 0.421404)", web.Apps[0].ReadyAfter.String())
	require.Nil(t, web.Apps[0].ExitsAfter)
	require.Equal(t, 3, web.Apps[1].ExitCode)
	require.Equal(t, "constant(3)", web.Apps[1].ShutdownTime.String(), "a container's own keys are laid over those of all")
	require.Equal(t, containers.App{}, web.Apps[2], "not essential")

	r := web.Rollouts
	require.Len(t, r, 5)
	require.Equal(t, []time.Duration{6 * time.Hour, 8 * time.Hour, 10 * time.Hour, 11 * time.Hour, 12 * time.Hour},
		[]time.Duration{r[0].At, r[1].At, r[2].At, r[3].At, r[4].At})
	require.Equal(t, 6, r[0].DesiredCount)
	require.Equal(t, 2, r[0].Placing.Task.Revision)
	require.True(t, r[0].Placing.Apps[0].NeverReady)
	require.Equal(t, []int{1}, r[0].Placing.Images)
	require.Equal(t, web.SecurityGroups, r[0].Placing.SecurityGroups)
	require.Equal(t, "service:web", r[0].Placing.Group)

	require.Equal(t, -1, r[1].DesiredCount)
	require.Equal(t, 512, r[1].Placing.Task.CPU)
	require.Equal(t, 256, r[0].Placing.Task.CPU)
	require.Equal(t, 3, r[1].Placing.Task.Revision)
	require.True(t, r[1].Placing.Apps[0].NeverReady, "only sizes change")

	require.Equal(t, model.Rollout{At: 10 * time.Hour, DesiredCount: 8}, r[2], "only scales")
	require.Equal(t, model.Rollout{At: 11 * time.Hour, DesiredCount: -1, Force: true}, r[3])
	require.Equal(t, web.Task, r[4].Placing.Task, "back to the first revision")
	require.False(t, r[4].Placing.Apps[0].NeverReady)

	green := all["green"].Rollouts[0].Placing
	require.Equal(t, 2, green.Task.Revision, "a new program is a new revision")
	require.Equal(t, 1, green.Apps[0].ExitCode)
	require.Nil(t, all["green"].Apps)

	packed := all["packed"]
	require.Equal(t, []string{"packed", "seed"}, containerNames(packed.Task))
	require.Equal(t, []string{"packed"}, containerNames(packed.Rollouts[0].Placing.Task))
	require.Equal(t, packed.Strategy, packed.Rollouts[0].Placing.Strategy)
}

func containerNames(d *taskdef.TaskDefinition) (names []string) {
	for _, c := range d.Containers {
		names = append(names, c.Name)
	}
	return names
}

func imagesByName(p *model.Placing, names ...string) (list []int) {
	for _, name := range names {
		for i, c := range p.Task.Containers {
			if c.Name == name {
				list = append(list, p.Images[i])
			}
		}
	}
	return list
}

func groupIndex(t *testing.T, name string) int {
	t.Helper()
	s, _ := Load([]string{"testdata/good/services.toml"}, Options{})
	for i, g := range s.Config.TargetGroups {
		if g.Name == name {
			return i
		}
	}
	require.Fail(t, "no target group "+name)
	return 0
}

func TestContainersStartAndEndAsTheTaskSays(t *testing.T) {
	services, jobs := lifecycles(t)
	report := jobs["report"]
	require.True(t, report.Spot)
	require.Equal(t, 2, report.Apps[0].ExitCode)
	require.Equal(t, containers.App{}, report.Apps[2], "not essential")
	d := report.Task
	require.Equal(t, 50, d.EphemeralStorageGiB)
	require.Equal(t, "arn:aws:iam::123456789012:role/ecsTaskExecutionRole", d.ExecutionRoleARN)
	require.Equal(t, "arn:aws:iam::123456789012:role/report", d.TaskRoleARN)
	require.Equal(t, []taskdef.Container{
		{
			Name: "app", Memory: 1024, Essential: true, Image: "web:2", Secrets: 2, LogDriver: "awslogs", Credentials: true,
			Health:    &taskdef.HealthCheck{Interval: 10 * time.Second, Timeout: 2 * time.Second, Retries: 2, StartPeriod: 30 * time.Second},
			DependsOn: []taskdef.Dependency{{Container: "db", Condition: taskdef.WhenHealthy}, {Container: "init", Condition: taskdef.WhenComplete}},
		},
		{
			Name: "db", Memory: 256, Essential: true, LogDriver: "awsfirelens",
			Health:  &taskdef.HealthCheck{Interval: 30 * time.Second, Timeout: 5 * time.Second, Retries: 3},
			Restart: &taskdef.RestartPolicy{AttemptPeriod: time.Minute, IgnoredExitCodes: []int{0, 143}},
		},
		{Name: "init", Memory: 64},
	}, d.Containers)
	packed := services["packed"].Task.Containers
	require.Equal(t, []taskdef.Dependency{{Container: "seed", Condition: taskdef.WhenSuccess}}, packed[0].DependsOn)
	require.Equal(t, time.Minute, packed[0].StopTimeout)
	require.Equal(t, 30*time.Second, packed[1].StartTimeout)
	require.Equal(t, 2, packed[1].Secrets)
	require.Equal(t, &taskdef.RestartPolicy{AttemptPeriod: 5 * time.Minute}, services["agent"].Task.Containers[0].Restart)
}

// TestServicesAreRebalancedByDefaultWhereECSCan: by default every service that can be rebalanced is.
func TestServicesAreRebalancedByDefaultWhereECSCan(t *testing.T) {
	for extra, want := range map[string]bool{
		"": true,
		"deployment = { minimum_healthy_percent = 50, maximum_percent = 100 }":                                    false,
		`placement_strategy = "spread-instance"`:                                                                  false,
		`placement_strategy = "spread-az+binpack-cpu"`:                                                            true,
		`placement_constraints = [{ type = "memberOf", expression = "attribute:ecs.availability-zone == a" }]`:    false,
		`placement_constraints = [{ type = "memberOf", expression = "attribute:ecs.instance-type == m5.large" }]`: true,
		`launch_type = "FARGATE"`: true,
	} {
		s, ds := loadText(t, `schema = 1
duration = "1h"
[instances.main]
type = "m5.large"
count = 3
[services.web]
task = { cpu = 256, memory = 512, network_mode = "awsvpc" }
desired_count = 2
`+extra)
		require.False(t, diag.HasErrors(ds), rendered(t, s, ds))
		require.Equal(t, want, s.Config.Services[0].Rebalancing, extra)
	}
}

// TestAnUpdateMayChangeTheNetworkMode: the network configuration comes and goes with it.
func TestAnUpdateMayChangeTheNetworkMode(t *testing.T) {
	s := accepted(t, `schema = 1
duration = "1h"
[vpc.security_groups]
tasks = {}
[instances.main]
type = "m5.large"
count = 3
zones = ["a", "b"]
[services.web]
task = { cpu = 256, memory = 512, network_mode = "awsvpc" }
desired_count = 2
security_groups = ["tasks"]
subnets = ["b"]
placement_constraints = [{ type = "distinctInstance" }]
rollouts = [{ at = "10m", task = { cpu = 256, memory = 512 } }, { at = "20m", task = { cpu = 256, memory = 512, network_mode = "awsvpc" } }]
[services.bridge]
task = { cpu = 256, memory = 512 }
desired_count = 2
rollouts = [{ at = "10m", task = { cpu = 256, memory = 512, network_mode = "awsvpc" } }]
`, "services.bridge.deployment.maximum_percent=150")
	bridge, web := s.Config.Services[0], s.Config.Services[1]
	require.Equal(t, 150, bridge.Deployment.MaximumPercent)
	require.Equal(t, []int{0, 1}, bridge.Rollouts[0].Placing.Subnets, "all of them, since the service names none")
	require.Empty(t, web.Rollouts[0].Placing.Subnets)
	require.Empty(t, web.Rollouts[0].Placing.SecurityGroups)
	require.Len(t, web.Rollouts[0].Placing.Constraints, 1)
	require.Equal(t, []int{1}, web.Rollouts[1].Placing.Subnets)
	require.Equal(t, []int{0}, web.Rollouts[1].Placing.SecurityGroups)
	require.Equal(t, []int{1, 2, 1}, []int{
		web.Task.Revision, web.Rollouts[0].Placing.Task.Revision, web.Rollouts[1].Placing.Task.Revision,
	}, "the first definition again is the first revision again")
}
