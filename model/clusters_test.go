package model_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ecssim/model"
	"ecssim/model/network"
	"ecssim/model/service"
)

// twoClusters are a fleet of two instances with room for four tasks each, and a service, in each of two clusters.
func twoClusters(desired int) *model.Config {
	cfg := world()
	cfg.Clusters = []string{"blue", "green"}
	for n, name := range cfg.Clusters {
		cfg.Fleets = append(cfg.Fleets, model.Fleet{Name: name, Type: slots(4), Count: 2, Subnets: []int{0}, Cluster: n})
		s := replicas("web-"+name, desired, placing(task(1, 1)))
		s.Cluster, s.Subnets = n, []int{0}
		cfg.Services = append(cfg.Services, s)
	}
	return cfg
}

// A service uses the instances of its own cluster, even if the others are empty.
func TestServicesStayInTheirCluster(t *testing.T) {
	cfg := twoClusters(12)
	cfg.Services[1].DesiredCount = 1
	c := chronicled(t, cfg, nil)
	require.Len(t, c.running, 8+1)
	for _, m := range c.ran {
		require.Equal(t, strings.TrimPrefix(m.owner, "web-"), m.machine[:strings.Index(m.machine, "/")])
	}
	require.NotZero(t, c.told("web-blue", "was unable to place a task"))
	require.Zero(t, c.told("web-green", "was unable to place a task"))
}

// Capacity that comes back in one cluster prompts the services of that cluster.
func TestCapacityOfAnotherClusterDoesNotHelp(t *testing.T) {
	cfg := twoClusters(8)
	cfg.Faults = []model.Fault{
		fault(model.InstanceLoss, 5*minute, 10*minute, func(f *model.Fault) { f.Fleet = "blue" }),
		fault(model.InstanceLoss, 5*minute, 20*minute, func(f *model.Fault) { f.Instance = "green/1" }),
	}
	c := chronicled(t, cfg, nil)
	require.Len(t, c.running, 16)
	for _, m := range during(c.ran, minute, time.Hour) {
		require.Equal(t, map[string]time.Duration{"web-blue": 15 * minute, "web-green": 25 * minute}[m.owner], m.at)
	}
}

// ECS rules, placement 1.3: StartTask on an instance of another cluster is refused as MISSING, one of its own is taken.
func TestStartTaskOnAnotherCluster(t *testing.T) {
	cfg := twoClusters(0)
	p := placing(task(1, 1))
	p.Cluster = 1
	cfg.Jobs = []model.Job{{Name: "job", Placing: p, Arrivals: at(minute, 2*minute, 3*minute), StartOn: []string{"blue/1", "green/1", "red/1"}}}
	c := chronicled(t, cfg, nil)
	require.Contains(t, c.lines, "1m0s job/1 refused MISSING")
	require.Contains(t, c.lines, "3m0s job/3 refused MISSING")
	require.Equal(t, []string{"job/2"}, names(c.ran))
	require.Equal(t, "green/1", c.ran[0].machine)
}

// ECS rules, placement 2.7: a daemon has a task on every instance of its cluster, and on none of another.
func TestDaemonsPerCluster(t *testing.T) {
	cfg := twoClusters(1)
	d := replicas("agent", 0, placing(task(1, 1)))
	d.Scheduling, d.Cluster, d.Subnets = service.Daemon, 1, []int{0}
	d.Deployment.MaximumPercent, d.Deployment.MinimumHealthyPercent = 100, 0
	cfg.Services = append(cfg.Services, d)
	cfg.Fleets[1].Count = 3
	cfg.Faults = []model.Fault{
		fault(model.InstanceLoss, 5*minute, 10*minute, func(f *model.Fault) { f.Instance = "green/1" }),
		fault(model.InstanceLoss, 5*minute, 10*minute, func(f *model.Fault) { f.Instance = "blue/1" }),
	}
	c := chronicled(t, cfg, nil)
	var on []string
	for _, m := range c.ran {
		if m.owner == "agent" {
			on = append(on, fmt.Sprint(m.at, " ", m.machine))
		}
	}
	require.Equal(t, []string{"0s green/1", "0s green/2", "0s green/3", "15m0s green/4"}, on)
}

// Draining in one cluster is none of the other's business.
func TestDrainingInOneCluster(t *testing.T) {
	cfg := twoClusters(4)
	cfg.Faults = []model.Fault{fault(model.InstanceDraining, 5*minute, 0, func(f *model.Fault) { f.Instance = "blue/2" })}
	c := chronicled(t, cfg, nil)
	require.Len(t, c.ended, 2)
	for _, m := range c.ended {
		require.Equal(t, "blue/2", m.machine)
	}
}

// Two clusters share a subnet: the tasks of one take the addresses that the instances and tasks of the other need. That is
// no matter of placement: the tasks fail to start.
func TestClustersShareAddresses(t *testing.T) {
	cfg := twoClusters(0)
	cfg.Subnets = []network.Subnet{{Name: "small", Zone: "a", Prefix: 28}} // 11 addresses, 4 for instances
	for n := range cfg.Services {
		cfg.Services[n].Task = awsvpc(1, 1)
	}
	cfg.Services[0].DesiredCount = 6
	cfg.Services[1].DesiredCount = 5
	cfg.Services[1].StartAt = minute
	cfg.Services[0].Rollouts = []model.Rollout{{At: 30 * minute, DesiredCount: 2}}
	c := chronicled(t, cfg, func(c *chronicle) {
		if now := c.world.Now(); now >= minute && now < 30*minute {
			require.Len(t, c.running, 7)
		}
	})
	starved := during(c.stops(model.TaskFailedToStart), 0, 30*minute)
	require.NotEmpty(t, starved)
	for _, m := range starved {
		require.Equal(t, "web-green", m.owner)
		require.Contains(t, m.reason, "InsufficientFreeAddressesInSubnet")
	}
	require.NotZero(t, c.told("web-green", "is unable to consistently start tasks successfully"))
	require.Zero(t, c.told("RESOURCE:ENI"))
	require.Len(t, c.running, 2+5, "what blue gives back, green takes")

	cfg.Services[0].DesiredCount, cfg.Services[0].Rollouts = 8, nil
	cfg.Faults = []model.Fault{fault(model.InstanceLoss, 0, 5*minute, func(f *model.Fault) { f.Fleet = "green" })}
	cfg.Fleets[0].Type = slots(20)
	c = chronicled(t, cfg, nil)
	require.Len(t, during(c.joined, 5*minute, 5*minute), 1, "one address is left: the other instance waits for one")
}

// ECS rules, services 2.2: FARGATE and FARGATE_SPOT have a launch bucket each, and a quota each, whichever cluster asks.
func TestSpotHasItsOwnBucketAndQuota(t *testing.T) {
	cfg := world()
	cfg.Clusters = []string{"blue", "green"}
	cfg.Services = []model.Service{onFargate("a", 80), onFargate("b", 80), spot("c", 80), spot("d", 80)}
	for n := range cfg.Services {
		cfg.Services[n].Subnets, cfg.Services[n].Cluster = []int{0}, n%2
	}
	c := chronicled(t, cfg, nil)
	at := map[bool]map[time.Duration]int{false: {}, true: {}}
	for _, m := range c.placed {
		at[m.owner >= "c"][m.at]++
	}
	for isSpot, n := range at {
		require.Equal(t, 100, n[0], "spot: %v", isSpot)
		require.Equal(t, 1, n[50*time.Millisecond])
		require.Equal(t, 1, n[3*time.Second])
		require.Len(t, n, 61)
	}

	cfg.Quotas.FargateVCPU, cfg.Quotas.FargateSpotVCPU = 10, 5 // of a quarter each
	c = chronicled(t, cfg, nil)
	running := map[bool]int{}
	for name := range c.running {
		running[name >= "c"]++
	}
	require.Equal(t, map[bool]int{false: 40, true: 20}, running)
	require.NotZero(t, c.told("(service d)", "You've reached the limit on the number of vCPUs"))
}
