package model_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ecssim/model"
	"ecssim/model/balance"
	"ecssim/model/iam"
	"ecssim/model/image"
	"ecssim/model/network"
	"ecssim/model/service"
	"ecssim/model/taskdef"
)

// everything is a world with something of all kinds: bridge tasks behind two target groups and a daemon on three zones of
// instances, Fargate tasks behind a load balancer with an image and a health check, Spot tasks, and standalone tasks on
// both.
func everything(t testing.TB) *model.Config {
	t.Helper()
	cfg := threeZones(2, 1100, 9)
	cfg.Duration, cfg.EventLimit = 5*time.Hour, 300_000
	cfg.Registries = []image.Registry{{Name: "ecr"}}
	cfg.Images = []image.Image{{Name: "api:1", Layers: []image.Layer{{ID: "l1", Size: 100, Unpacked: 100}}}}
	cfg.FargateSpeed = image.Speed{Network: 10}
	cfg.SecurityGroups = []network.SecurityGroup{{Name: "balancer"}, {Name: "tasks", Ingress: []network.IngressRule{{Group: 0, Ports: network.AllPorts}}}}
	cfg.Fleets[0].SecurityGroups, cfg.Fleets[0].SpotDraining, cfg.Fleets[0].Speed = []int{1}, true, image.Speed{Network: 10}
	cfg.LoadBalancers = []balance.LoadBalancer{{Name: "public", Subnets: []int{0, 1, 2}, SecurityGroups: []int{0}}}
	health := balance.HealthCheck{Interval: 10 * time.Second, Timeout: 5 * time.Second, Healthy: 3, Unhealthy: 2, FirstSuccess: true}
	for _, name := range []string{"web", "admin", "api"} {
		cfg.TargetGroups = append(cfg.TargetGroups, balance.TargetGroup{Name: "public/" + name, Health: health, DeregistrationDelay: 20 * time.Second})
	}
	cfg.TargetGroups[2].Type = balance.IPTarget
	cfg.Latency = model.Latency{
		Agent: seconds(t, 0.5), FargateProvision: seconds(t, 7), ContainerStart: seconds(t, 1), ContainerStop: seconds(t, 8),
		ENIDetach: seconds(t, 4), TargetRegistration: seconds(t, 2), RandomPhase: true, Scheduler: seconds(t, 1),
	}
	web := &cfg.Services[0]
	web.Rebalancing = true
	web.Task.Containers[0].Ports = []taskdef.PortMapping{{ContainerPort: 80}, {ContainerPort: 81}}
	web.Targets = []model.Target{{Group: 0, Port: 80}, {Group: 1, Port: 81}}

	agent := replicas("agent", 0, placing(task(1, 1)))
	agent.Scheduling, agent.Deployment.MaximumPercent, agent.Deployment.MinimumHealthyPercent = service.Daemon, 100, 0

	api := onFargate("api", 6)
	api.SecurityGroups, api.Images, api.Rebalancing = []int{1}, []int{0}, true
	api.Targets, api.Discovery = []model.Target{{Group: 2, Port: 80}}, &model.Discovery{TTL: 10 * time.Second}
	api.Task.Containers[0].Health = &taskdef.HealthCheck{Interval: 10 * time.Second, Timeout: 5 * time.Second, Retries: 3}

	cfg.Services = append(cfg.Services, agent, api, spot("cheap", 5))
	cfg.Services[3].Subnets = []int{0, 1, 2}

	var minutes []time.Duration
	for k := range 100 {
		minutes = append(minutes, time.Duration(k)*minute+minute/3)
	}
	onEC2, onSpot := placing(task(1, 1)), cfg.Services[3].Placing
	onEC2.Group, onSpot.Group = "family:batch", "family:far"
	cfg.Jobs = []model.Job{
		{Name: "batch", Placing: onEC2, Arrivals: at(minutes...), RunTime: seconds(t, 100)},
		{Name: "far", Placing: onSpot, Arrivals: at(minutes...), RunTime: seconds(t, 100)},
	}
	return cfg
}

// drawFault draws any fault that ends within two hours. Times are round, so that many things happen at one instant.
func drawFault(t *rapid.T, n int) model.Fault {
	f := model.Fault{
		Name: fmt.Sprint("fault", n), Kind: model.FaultKind(rapid.IntRange(0, int(model.NumFaultKinds)-1).Draw(t, "kind")),
		At:     time.Duration(rapid.IntRange(0, 360).Draw(t, "at")) * 10 * time.Second,
		For:    time.Duration(rapid.IntRange(1, 360).Draw(t, "for")) * 10 * time.Second,
		Notice: time.Duration(rapid.IntRange(0, 1).Draw(t, "notice")) * 2 * minute,
		Zone:   rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "zone"), Image: -1, Registry: -1, SecurityGroup: -1, Factor: 3,
		// Without the role of the instance, those that launch meanwhile never register: that is not over with the fault.
		Role: rapid.SampledFrom([]iam.Role{iam.TaskExecution, iam.Task, iam.ServiceLinked}).Draw(t, "role"), Gap: iam.NoRole,
	}
	f.For = max(f.For, f.Notice)
	if f.Kind == model.ZoneOutage {
		return f
	}
	f.Zone = rapid.SampledFrom([]string{"", "", f.Zone}).Draw(t, "zone")
	switch rapid.IntRange(0, 5).Draw(t, "victims") {
	case 0:
		f.Instance, f.Zone = fmt.Sprintf("main/%d", rapid.IntRange(1, 8).Draw(t, "instance")), ""
	case 1:
		f.Count = rapid.IntRange(1, 9).Draw(t, "count")
	case 2:
		f.Fraction = rapid.Float64Range(0.1, 1).Draw(t, "fraction")
	case 3:
		f.Owner = rapid.SampledFrom([]string{"services.web", "services.api", "services.cheap", "jobs.batch"}).Draw(t, "owner")
	}
	return f
}

// Whatever goes wrong, and however it overlaps: no resource is lost or used twice, nothing starts where it cannot, no
// target outlives its task except to drain, and when all is over all services are whole again and balanced.
func TestAllIsWellAfterAnyFaults(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		cfg := everything(t)
		if rapid.Bool().Draw(r, "instant") { // many things at one instant
			cfg.Latency = model.Latency{}
		}
		if rapid.Bool().Draw(r, "on EC2") { // interfaces of their own on instances
			cfg.Services[2].Launch = model.EC2
		}
		for n := range rapid.IntRange(1, 8).Draw(r, "faults") {
			cfg.Faults = append(cfg.Faults, drawFault(r, n))
		}
		for _, at := range []time.Duration{20 * minute, 50 * minute} {
			for n := range cfg.Services {
				p := cfg.Services[n].Placing
				cfg.Services[n].Rollouts = append(cfg.Services[n].Rollouts, model.Rollout{At: at, Placing: &p, DesiredCount: -1})
			}
		}
		c := chronicled(r, cfg, nil)
		zones := []map[string]int{c.zones("web"), c.zones("agent"), c.zones("api"), c.zones("cheap")}
		want := []map[string]int{{"a": 3, "b": 3, "c": 3}, {"a": 2, "b": 2, "c": 2}, {"a": 2, "b": 2, "c": 2}}
		require.Equal(r, want, zones[:3])
		require.Equal(r, 5, zones[3]["a"]+zones[3]["b"]+zones[3]["c"])
		require.Equal(r, []int{9 + 9 + 6, 9 + 6 + 6 + 5}, []int{c.count(balance.Healthy), len(c.running)})
		require.Len(r, c.targets, 9+9+6)
		for n := range cfg.Services {
			name := cfg.Services[n].Name
			require.Equal(r, model.RolloutCompleted, c.newest[name].Rollout, name)
		}
	})
}
