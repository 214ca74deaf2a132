package report

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ecssim/model"
	"ecssim/model/network"
	"ecssim/model/placement"
	"ecssim/model/service"
	"ecssim/model/taskdef"
	"ecssim/sim"
)

// poisson brings n tasks.
type poisson struct {
	at   time.Duration
	n    int
	draw func() time.Duration
}

func (p *poisson) Next() (model.Arrival, bool) {
	if p.n == 0 {
		return model.Arrival{}, false
	}
	p.n--
	p.at += p.draw()
	return model.Arrival{At: p.at, RunTime: -1, CPU: -1, Memory: -1, GPUs: -1}, true
}

// busy is a world in which everything happens: services and jobs on EC2 and Fargate, host ports, a small subnet, a
// quota, instances that fail, callers that try again and callers that give up.
func busy(t testing.TB) *model.Config {
	exponential := func(mean float64) sim.Dist {
		d, err := sim.Exponential(mean)
		require.NoError(t, err)
		return d
	}
	arrivals := func(name string, n int, mean float64) func(sim.Streams) model.Arrivals {
		return func(s sim.Streams) model.Arrivals {
			r, gap := s.Named("arrivals/"+name), exponential(mean)
			return &poisson{n: n, draw: func() time.Duration { return sim.Seconds(gap, r) }}
		}
	}
	cfg := firstConfig(t)
	cfg.Name, cfg.Duration, cfg.Warmup = "busy", 4*time.Hour, 30*time.Minute
	cfg.Subnets = append(cfg.Subnets, network.Subnet{Name: "b", Zone: "b", Prefix: 28})
	cfg.Quotas = model.DefaultQuotas()
	cfg.Quotas.FargateVCPU = 4
	cfg.Latency.ImagePull, cfg.Latency.FargateImagePull = exponential(5), exponential(20)
	cfg.Latency.ENIAttach = exponential(3)
	cfg.Fleets[0].Count, cfg.Fleets[0].Subnets = 4, []int{0, 1}
	cfg.Fleets[0].TimeToFailure, cfg.Fleets[0].TimeToRepair = exponential(3600), exponential(600)
	cfg.Services[0].Strategy = placement.ServiceDefault()
	cfg.Services[0].Subnets = []int{0, 1}
	container := func(ports ...taskdef.PortMapping) []taskdef.Container {
		return []taskdef.Container{{Name: "c", Image: "i", CPU: 256, Memory: 256, Essential: true, Ports: ports}}
	}
	cfg.Services[0].Task.Containers = container()
	bridge := &taskdef.TaskDefinition{
		Family: "batch", Revision: 1, CPU: 256, Memory: 256, NetworkMode: taskdef.Bridge,
		Containers: container(taskdef.PortMapping{ContainerPort: 80, HostPort: 8080, Protocol: taskdef.TCP}),
	}
	serverless := &taskdef.TaskDefinition{Family: "fg", Revision: 1, CPU: 512, Memory: 1024, NetworkMode: taskdef.Awsvpc, Containers: container()}
	cfg.Jobs = []model.Job{
		{Name: "batch", Placing: model.Placing{Task: bridge, Strategy: placement.RunTaskDefault(), Group: "family:batch"},
			Arrivals: arrivals("batch", 2000, 6), RunTime: exponential(30)},
		{Name: "fargate", Placing: model.Placing{Task: serverless, Launch: model.Fargate, Subnets: []int{1}, Group: "family:fg"},
			Arrivals: arrivals("fargate", 2000, 6), RunTime: exponential(60),
			Retry: &model.Retry{Every: 10 * time.Second, For: time.Minute}},
	}
	return cfg
}

func TestARealWorldKeepsTheBooks(t *testing.T) {
	cfg := busy(t)
	for seed := uint64(1); seed <= 5; seed++ {
		r := NewRecorder(cfg, seed, RecorderOptions{})
		model.NewWorld(cfg, seed, r).Run(context.Background())
		rec := r.Record()
		require.NotNil(t, rec)
		assert.Greater(t, rec.Totals.Finished, int64(1000))
		assert.Greater(t, rec.Totals.Failures, int64(0))
		assert.Equal(t, int(rec.Totals.Wanted), rec.Tasks.len())
		for row := range rec.Tasks.all() {
			assert.True(t, row.seen)
		}
		for _, o := range rec.Owners {
			if !o.Service && cfg.Warmup > 0 {
				assert.Equal(t, o.Arrived, o.Placed+o.Refused+o.NewWaiting, o.Name)
			}
		}
		if seed == 1 {
			golden(t, "busy.txt", []byte(Summarise(Set{Records: []*Record{rec}}).Terminal(TerminalOptions{})))
		}
	}
}

// The recorder compares all that it counts of services with a recount at the end of the run.
func TestARealServiceIsUpdatedAndSuffers(t *testing.T) {
	cfg := busy(t)
	web := &cfg.Services[0]
	next, task := web.Placing, *web.Task
	task.CPU, task.Revision, next.Task = 512, 2, &task
	web.Deployment = service.DeploymentConfiguration{MinimumHealthyPercent: 50, MaximumPercent: 150}
	web.Rollouts = []model.Rollout{{At: 90 * time.Minute, Placing: &next, DesiredCount: 6}}
	cfg.Faults = []model.Fault{
		{Name: "loss", Kind: model.InstanceLoss, At: time.Hour, For: time.Minute, Count: 1, Image: -1, Registry: -1, SecurityGroup: -1},
		{Name: "outage", Kind: model.ZoneOutage, At: 2 * time.Hour, For: 10 * time.Minute, Zone: "b", Image: -1, Registry: -1, SecurityGroup: -1},
	}
	for seed := uint64(1); seed <= 5; seed++ {
		r := NewRecorder(cfg, seed, RecorderOptions{})
		model.NewWorld(cfg, seed, r).Run(context.Background())
		rec := r.Record()
		require.NotNil(t, rec)
		v := rec.Owners[0].Serving
		require.Len(t, v.Deployments, 2)
		assert.Equal(t, []string{"loss", "outage"}, []string{rec.Faults[0].Name, rec.Faults[1].Name})
		assert.Equal(t, int64(6), rec.Owners[0].Desired)
		assert.Len(t, v.ZoneLevels, 2)
		sum := int64(0)
		for i := range v.Deployments {
			sum += v.Deployments[i].Running
		}
		assert.Equal(t, rec.Owners[0].Running, sum)
		assert.Equal(t, v.Healthy, sum)
		assert.Equal(t, int(rec.EventsTotal), rec.Events.len())
	}
}
