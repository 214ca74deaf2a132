package model_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ecssim/model"
	"ecssim/model/containers"
	"ecssim/model/iam"
	"ecssim/model/image"
	"ecssim/model/taskdef"
)

// described is a Fargate service with an image of 100 MB in ECR, which takes 10 s to pull, and one that asks for a task
// every minute.
func described(t *testing.T) *model.Config {
	t.Helper()
	cfg := behindALB(t, 1)
	cfg.Services[0].Targets = nil
	cfg.Registries = []image.Registry{{Name: "ecr", Kind: image.ECR}, {Name: "hub", Kind: image.DockerHub}}
	cfg.Images = []image.Image{{Name: "web:1", Layers: []image.Layer{{ID: "l1", Size: 100, Unpacked: 100}}}, {Name: "db:1", Registry: 1}}
	cfg.FargateSpeed = image.Speed{Network: 10}
	cfg.Services[0].Images = []int{0}
	minutes := make([]time.Duration, 59)
	for k := range minutes {
		minutes[k] = time.Duration(k+1) * minute
	}
	cfg.Jobs = []model.Job{{Name: "job", Placing: cfg.Services[0].Placing, Arrivals: at(minutes...), RunTime: seconds(t, 10)}}
	return cfg
}

// A registry that is down, an image that is missing or corrupt: tasks that pull meanwhile fail to start, with ECS's words;
// those before and after do not. Overlapping faults nest, and one about something else does nothing.
func TestImagesFailWhileTheFaultLasts(t *testing.T) {
	for kind, c := range map[model.FaultKind]struct {
		words   string
		another func(*model.Fault)
	}{
		model.RegistryDown: {"ResourceInitializationError: unable to pull secrets or registry auth", func(f *model.Fault) { f.Registry = 1 }},
		model.ImageMissing: {"CannotPullContainerError: ", func(f *model.Fault) { f.Image = 1 }},
		model.ImageCorrupt: {"CannotPullContainerError: ", func(f *model.Fault) { f.Image = 1 }},
	} {
		for _, of := range []int{-1, 0} {
			cfg := described(t)
			this := func(f *model.Fault) { f.Image, f.Registry = of, of }
			cfg.Faults = []model.Fault{
				fault(kind, 10*minute+30*time.Second, 10*minute, this), fault(kind, 15*minute+30*time.Second, minute, this),
				fault(kind, 18*minute+30*time.Second, 10*minute, this), fault(kind, 40*minute, 10*minute, c.another),
			}
			seen := chronicled(t, cfg, nil)
			var failed []int64
			for _, m := range seen.stops(model.TaskFailedToStart) {
				require.True(t, strings.HasPrefix(m.reason, c.words), m.reason)
				failed = append(failed, m.number)
			}
			require.Equal(t, []int64{11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28}, failed, "%v", kind)
		}
	}
}

// A slow registry takes as many times as long, and is itself again afterwards; overlapping factors multiply.
func TestRegistrySlow(t *testing.T) {
	cfg := described(t)
	slow := func(factor float64) func(*model.Fault) { return func(f *model.Fault) { f.Factor = factor } }
	cfg.Registries[0].Rate = 10
	cfg.Faults = []model.Fault{
		fault(model.RegistrySlow, 10*minute, 20*minute, slow(2)), fault(model.RegistrySlow, 20*minute+30*time.Second, 10*minute, slow(1.5)),
		fault(model.RegistrySlow, 40*minute, 0, slow(9), func(f *model.Fault) { f.Registry = 1 }),
	}
	c := chronicled(t, cfg, nil)
	took := map[int64]time.Duration{}
	for _, m := range c.ran {
		if m.owner == "job" {
			took[m.number] = m.at - time.Duration(m.number)*minute - 6*time.Second
		}
	}
	for number, want := range map[int64]float64{9: 10, 10: 20, 20: 20, 21: 30, 29: 30, 30: 15, 31: 10, 45: 10} {
		require.InDelta(t, want, took[number].Seconds(), 0.01, "job/%d", number)
	}
}

// Only that the gap opens and closes: without the container instance role agents lose their connection, without the
// service-linked role nothing is registered.
func TestRolesGoAndComeBack(t *testing.T) {
	cfg := threeZones(1, 8, 3)
	cfg.Faults = []model.Fault{
		fault(model.RoleMissing, 5*minute, 10*minute, func(f *model.Fault) { f.Role = iam.ContainerInstance }),
		fault(model.AgentDisconnect, 8*minute, 20*minute, func(f *model.Fault) { f.Instance = "main/1" }),
	}
	c := chronicled(t, cfg, nil)
	for _, line := range []string{
		"5m0s main/1 ACTIVE connected=false", "5m0s main/3 ACTIVE connected=false", "15m0s main/3 ACTIVE connected=true",
		"28m0s main/1 ACTIVE connected=true",
	} {
		require.Contains(t, c.lines, line)
	}
	require.NotContains(t, c.lines, "15m0s main/1 ACTIVE connected=true", "the other fault keeps it away")

	cfg = behindALB(t, 2)
	cfg.Faults = []model.Fault{fault(model.RoleMissing, 0, 5*minute, func(f *model.Fault) { f.Role, f.Gap = iam.ServiceLinked, iam.NoPermission })}
	cfg.Services[0].Task.NetworkMode = taskdef.Awsvpc
	c = chronicled(t, cfg, nil)
	require.Len(t, c.running, 2)
	for _, x := range c.changes {
		require.GreaterOrEqual(t, x.at, 5*minute)
	}
}

// Faults that end when the world does, after it, or not at all; faults at the start of a world that lasts until its jobs
// are done.
func TestFaultsAtTheEdges(t *testing.T) {
	for kind := range model.NumFaultKinds {
		for _, f := range []struct{ at, lasts time.Duration }{
			{0, 0}, {0, minute}, {30 * minute, 30 * minute}, {59 * minute, 2 * minute}, {time.Hour, minute}, {2 * time.Hour, minute},
		} {
			cfg := threeZones(1, 8, 6)
			cfg.Services = append(cfg.Services, spot("spot", 3))
			cfg.Registries = []image.Registry{{Name: "ecr"}}
			cfg.Images = []image.Image{{Name: "web:1"}}
			cfg.Faults = []model.Fault{fault(kind, f.at, f.lasts, func(x *model.Fault) { x.Zone, x.Factor, x.Notice = "a", 2, minute })}
			c := chronicled(t, cfg, nil)
			switch {
			case f.at > time.Hour:
				require.Empty(t, c.faults)
			case kind == model.TaskKill && f.lasts == 0 || f.lasts > 0 && f.at+f.lasts <= time.Hour:
				require.Len(t, c.faults, 2, "%v at %v", kind, f.at)
			default:
				require.Len(t, c.faults, 1, "%v at %v", kind, f.at)
			}

			cfg = world(withFleet("main", slots(4), 2), withJob(model.Job{
				Name: "job", Placing: placing(task(1, 1)), Arrivals: at(0, minute, 5*minute), RunTime: seconds(t, 30),
			}))
			cfg.Duration, cfg.Registries, cfg.Images = 0, []image.Registry{{Name: "ecr"}}, []image.Image{{Name: "web:1"}}
			cfg.Faults = []model.Fault{fault(kind, f.at, f.lasts, func(x *model.Fault) { x.Zone, x.Factor, x.Notice = "b", 2, minute })}
			c = chronicled(t, cfg, nil)
			require.Len(t, c.ended, 3, "%v at %v", kind, f.at)
			require.Equal(t, 5*minute+30*time.Second, c.world.Now())
		}
	}
}

// Whatever a task is doing when its zone goes: it is over at once, with all that it held, and its service starts anew.
func TestTasksVanishAtEveryStep(t *testing.T) {
	health := &taskdef.HealthCheck{Interval: 10 * time.Second, Timeout: 5 * time.Second, Retries: 3}
	for name, change := range map[string]func(*model.Config){
		"plain":      func(*model.Config) {},
		"containers": func(cfg *model.Config) { cfg.Services[0].Task.Containers[0].Health = health },
		"image": func(cfg *model.Config) {
			cfg.Registries = []image.Registry{{Name: "ecr"}}
			cfg.Images = []image.Image{{Name: "web:1", Layers: []image.Layer{{ID: "l1", Size: 100, Unpacked: 100}}}}
			cfg.FargateSpeed, cfg.Services[0].Images = image.Speed{Network: 10}, []int{0}
		},
		"two groups": func(cfg *model.Config) {
			cfg.TargetGroups = append(cfg.TargetGroups, cfg.TargetGroups[0])
			cfg.TargetGroups[1].Name = "public/admin"
			cfg.Services[0].Targets = []model.Target{{Port: 80}, {Group: 1, Port: 80}}
			cfg.Services[0].Discovery = &model.Discovery{TTL: 10 * time.Second}
		},
		"EC2": func(cfg *model.Config) {
			kind := slots(4096)
			kind.TaskENIs = 3
			cfg.Fleets = []model.Fleet{{Name: "main", Type: kind, Count: 2, Subnets: []int{0}}}
			cfg.Services[0].Launch = model.EC2
			cfg.Latency.ENIAttach, cfg.Latency.Agent = cfg.Latency.FargateProvision, cfg.Latency.ContainerStart
		},
	} {
		t.Run(name, func(t *testing.T) {
			for s := range 60 { // 31 s of starting, 60 s of rolling, 20 of draining, 30 of stopping, 10 of detaching
				cfg := behindALB(t, 3)
				cfg.Latency.TargetRegistration, cfg.Latency.ENIDetach = seconds(t, 3), seconds(t, 10)
				cfg.TargetGroups[0].DeregistrationDelay = 20 * time.Second
				rollout(cfg, 60*time.Second)
				change(cfg)
				cfg.Services[0].Apps = []containers.App{}
				cfg.Faults = []model.Fault{fault(model.ZoneOutage, time.Duration(3*s)*time.Second+time.Second/2, 40*time.Second, func(f *model.Fault) { f.Zone = "a" })}
				seen := chronicled(t, cfg, nil)
				begin := cfg.Faults[0].At
				require.Len(t, seen.running, 3, "outage at %v", begin)
				require.Empty(t, during(seen.leaving, begin+1, begin+40*time.Second-1))
				require.Empty(t, during(seen.ran, begin, begin+40*time.Second-1))
				for _, m := range during(seen.ended, begin+1, begin+40*time.Second-1) {
					require.Equal(t, 60*time.Second, m.at, "only the rollout ends tasks, which wait for the zone")
				}
				require.Equal(t, model.RolloutCompleted, seen.deps[2].Rollout)
				require.Zero(t, seen.told("consistently"))
			}
		})
	}
}
