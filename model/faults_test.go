package model_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ecssim/model"
)

const minute = time.Minute

// names lists the names of moments.
func names(list []moment) (n []string) {
	for _, m := range list {
		n = append(n, m.name)
	}
	return n
}

// during are the moments of a stretch of time, both ends included.
func during(list []moment, from, to time.Duration) (n []moment) {
	for _, m := range list {
		if m.at >= from && m.at <= to {
			n = append(n, m)
		}
	}
	return n
}

// An instance is lost by name, by fleet and count, by a fraction rounded up, or by zone; others take its place at the end.
func TestInstanceLoss(t *testing.T) {
	for name, c := range map[string]struct {
		victims func(*model.Fault)
		lost    int
	}{
		"instance":       {func(f *model.Fault) { f.Instance = "main/2" }, 1},
		"fleet, count":   {func(f *model.Fault) { f.Fleet, f.Count = "main", 4 }, 4},
		"fraction":       {func(f *model.Fault) { f.Fraction = 0.25 }, 2}, // of 6
		"zone, fraction": {func(f *model.Fault) { f.Zone, f.Fraction = "b", 0.5 }, 1},
		"more than all":  {func(f *model.Fault) { f.Count = 99 }, 6},
		"all":            {func(f *model.Fault) {}, 6},
		"another fleet":  {func(f *model.Fault) { f.Fleet = "spot" }, 0},
		"unknown":        {func(f *model.Fault) { f.Instance = "main/7" }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			for lasts, back := range map[time.Duration]int{10 * minute: c.lost, 0: 0} {
				cfg := threeZones(2, 4, 12)
				cfg.Faults = []model.Fault{fault(model.InstanceLoss, 5*minute, lasts, c.victims)}
				seen := chronicled(t, cfg, nil)
				require.Len(t, during(seen.lost, 5*minute, 5*minute), c.lost)
				require.Len(t, during(seen.joined, 15*minute, 15*minute), back)
				require.Len(t, seen.joined, 6+back)
				require.Len(t, seen.stops(model.HostLost), 2*c.lost)
				require.Len(t, seen.running, min(12, 4*(6-c.lost+back)), "all are replaced, within the room that is left")
				for _, m := range seen.stops(model.HostLost) {
					require.Equal(t, "Host EC2 (instance "+m.machine+") stopped/terminated", m.reason)
				}
			}
		})
	}
}

// A fault whose victim is gone already finds nobody, and brings nobody back twice.
func TestFaultWhoseVictimIsGone(t *testing.T) {
	cfg := threeZones(1, 10, 6)
	one := func(f *model.Fault) { f.Instance = "main/1" }
	cfg.Faults = []model.Fault{
		fault(model.InstanceLoss, 5*minute, 20*minute, one), fault(model.InstanceLoss, 6*minute, minute, one),
		fault(model.AgentDisconnect, 6*minute, minute, one), fault(model.InstanceDraining, 6*minute, minute, one),
		fault(model.HostRetirement, 6*minute, minute, one), fault(model.TaskKill, 6*minute, 0, func(f *model.Fault) { f.Instance = "main/1" }),
	}
	c := chronicled(t, cfg, nil)
	require.Len(t, c.lost, 1)
	require.Equal(t, []string{"main/1", "main/2", "main/3", "main/4"}, names(c.joined))
	require.Equal(t, 25*minute, c.joined[3].at)
	require.Len(t, c.faults, 12)
}

// Victims that go while a fault lasts: lost while disconnected and draining, lost twice at one instant, retired while a
// zone is out.
func TestFaultsOnTheSameInstance(t *testing.T) {
	one := func(f *model.Fault) { f.Instance = "main/1" }
	for _, second := range []model.FaultKind{model.InstanceLoss, model.HostRetirement, model.SpotInterruption, model.ZoneOutage} {
		for _, at := range []time.Duration{5 * minute, 6 * minute, 15 * minute} {
			for _, first := range []model.FaultKind{model.AgentDisconnect, model.InstanceDraining, model.InstanceLoss, model.HostRetirement} {
				cfg := threeZones(1, 10, 6)
				cfg.Faults = []model.Fault{fault(first, 5*minute, 10*minute, one), fault(second, at, 7*minute, one)}
				cfg.Faults[0].Notice, cfg.Faults[1].Notice = minute, 2*minute
				if second == model.ZoneOutage {
					cfg.Faults[1].Zone, cfg.Faults[1].Instance = "a", ""
				}
				c := chronicled(t, cfg, nil)
				require.Len(t, c.running, 6, "%v, then %v at %v", first, second, at)
				require.Equal(t, len(c.lost), len(c.joined)-3, "%v, then %v at %v", first, second, at)
			}
		}
	}
}

// A retirement is about the instance that had the notice, not about the one that took its place meanwhile.
func TestNoticeIsForOneInstance(t *testing.T) {
	cfg := threeZones(1, 10, 6)
	one := func(f *model.Fault) { f.Instance, f.Notice = "main/1", 10*minute }
	cfg.Faults = []model.Fault{fault(model.HostRetirement, 4*minute, 0, one), fault(model.InstanceLoss, 5*minute, minute, one)}
	cfg.Faults[1].Notice = 0
	c := chronicled(t, cfg, nil)
	require.Equal(t, []string{"main/1"}, names(c.lost))
	require.Equal(t, 6*minute, c.joined[3].at)
}

// A launch that waits for an address and is overtaken by another does not happen, nor does it cost the instance its life.
func TestLaunchThatIsOvertaken(t *testing.T) {
	cfg := world(withFleet("main", slots(8), 1))
	cfg.Subnets[0].Prefix = 28
	cfg.Services = []model.Service{onFargate("web", 11)}
	cfg.Services[0].Subnets, cfg.Services[0].StartAt = []int{0}, 6*minute
	cfg.Services[0].Rollouts = []model.Rollout{{At: 10*minute + 20*time.Second, DesiredCount: 0}}
	cfg.Faults = []model.Fault{
		fault(model.HostRetirement, 30*time.Second, 10*minute, func(f *model.Fault) { f.Fleet, f.Notice = "main", 10*minute }),
		fault(model.InstanceLoss, 5*minute, 5*minute),
	}
	c := chronicled(t, cfg, nil)
	require.Equal(t, []time.Duration{0, 10*minute + 30*time.Second}, []time.Duration{c.joined[0].at, c.joined[1].at})
	require.Len(t, c.joined, 2)
	require.Len(t, c.lost, 1)
}

// ECS rules, placement 6.1: a disconnected instance gets no tasks, for want of an AGENT; what runs there runs on, and
// nothing is replaced. Orders to stop reach it when it is back.
func TestAgentDisconnect(t *testing.T) {
	cfg := threeZones(1, 4, 3)
	cfg.Faults = []model.Fault{fault(model.AgentDisconnect, 5*minute, 20*minute, func(f *model.Fault) { f.Instance = "main/2" })}
	cfg.Services[0].Rollouts = []model.Rollout{{At: 10 * minute, DesiredCount: 10}, {At: 15 * minute, DesiredCount: 0}}
	cfg.Jobs = []model.Job{{Name: "batch", Placing: placing(task(1, 1)), Arrivals: at(12 * minute), StartOn: []string{"main/2"}}}
	c := chronicled(t, cfg, nil)
	c.show()
	require.Contains(t, c.lines, "5m0s main/2 ACTIVE connected=false")
	require.Contains(t, c.lines, "25m0s main/2 ACTIVE connected=true")
	require.Empty(t, during(c.ended, 0, 14*minute))
	require.Contains(t, c.lines, "10m0s web/10 refused RESOURCE:CPU", "eight places are left on the others")
	require.Contains(t, c.lines, "12m0s batch/1 refused AGENT")
	for _, m := range during(c.placed, 5*minute, 24*minute) {
		require.NotEqual(t, "main/2", m.machine)
	}
	require.Len(t, during(c.ended, 15*minute, 15*minute), 9, "on connected instances, or not placed")
	require.Equal(t, "main/2", during(c.ended, 25*minute, 25*minute)[0].machine)
	require.Empty(t, c.running)
}

// Overlapping faults nest: the instance is connected, or ACTIVE, when the last of them is over.
func TestOverlappingFaultsNest(t *testing.T) {
	for kind, want := range map[model.FaultKind][]string{
		model.AgentDisconnect:  {"5m0s main/1 ACTIVE connected=false", "30m0s main/1 ACTIVE connected=true"},
		model.InstanceDraining: {"5m0s main/1 DRAINING connected=true", "30m0s main/1 ACTIVE connected=true"},
	} {
		cfg := threeZones(1, 4, 0)
		one := func(f *model.Fault) { f.Instance = "main/1" }
		cfg.Faults = []model.Fault{
			fault(kind, 5*minute, 10*minute, one), fault(kind, 6*minute, minute, one), fault(kind, 10*minute, 20*minute, one),
		}
		c := chronicled(t, cfg, nil)
		var seen []string
		for _, l := range c.lines {
			if len(l) > 12 && (l[:12] == want[0][:12] || l[5:11] == "main/1" || l[6:12] == "main/1") {
				seen = append(seen, l)
			}
		}
		require.Equal(t, want, seen)
	}
}

// ECS rules, placement 6.2: from a DRAINING instance service tasks move within the bounds, standalone tasks stay, and
// nothing new comes; at the end of the fault the instance is ACTIVE again.
func TestInstanceDraining(t *testing.T) {
	cfg := threeZones(1, 8, 6)
	cfg.Jobs = []model.Job{{Name: "batch", Placing: placing(task(1, 1)), Arrivals: at(minute), StartOn: []string{"main/1"}}}
	cfg.Faults = []model.Fault{fault(model.InstanceDraining, 5*minute, 20*minute, func(f *model.Fault) { f.Zone = "a" })}
	cfg.Services[0].Rollouts = []model.Rollout{{At: 30 * minute, DesiredCount: 9}}
	c := chronicled(t, cfg, func(c *chronicle) {
		if now := c.world.Now(); now > 2*minute {
			require.GreaterOrEqual(t, len(c.running), 7, "six, and the standalone one")
		}
	})
	c.show()
	require.Len(t, during(c.placed, 5*minute, 5*minute), 2, "replacements start first")
	gone := during(c.ended, 5*minute+40*time.Second, 5*minute+40*time.Second)
	require.Len(t, gone, 2, "healthy after 40 s")
	require.Equal(t, []string{"main/1", "main/1"}, []string{gone[0].machine, gone[1].machine})
	require.Len(t, c.ended, 2, "the standalone task stays")
	require.Equal(t, map[string]int{"a": 3, "b": 3, "c": 3}, c.zones("web"), "the scale-out fills zone a again")
}

// ECS rules, placement 6.2: with minimum and maximum at 100 % draining never ends.
func TestDrainingIsStuckWithoutBounds(t *testing.T) {
	cfg := threeZones(1, 8, 6)
	cfg.Services[0].Deployment.MaximumPercent = 100
	cfg.Faults = []model.Fault{fault(model.InstanceDraining, 5*minute, 0, func(f *model.Fault) { f.Zone = "a" })}
	c := chronicled(t, cfg, nil)
	require.Empty(t, c.ended)
	require.Equal(t, 1, c.told("was unable to stop or start tasks during a deployment"))
}

// A host retires: its instance is lost when the notice is over, and not before.
func TestHostRetirementOnEC2(t *testing.T) {
	cfg := threeZones(1, 8, 6)
	cfg.Faults = []model.Fault{fault(model.HostRetirement, 5*minute, 0, func(f *model.Fault) { f.Fleet, f.Count, f.Notice = "main", 1, 10*minute })}
	c := chronicled(t, cfg, nil)
	require.Len(t, c.lost, 1)
	require.Equal(t, 15*minute, c.lost[0].at)
	require.Len(t, c.ended, 2)
	require.Equal(t, c.lost[0].name, c.ended[0].machine)
	require.Len(t, c.running, 6)
	require.Len(t, c.joined, 3)

	cfg.Faults[0].For = minute // less than the notice: the other one comes with the loss
	require.Equal(t, 15*minute, chronicled(t, cfg, nil).joined[3].at)
}

// ECS rules, placement 7.2: on Fargate services replace the tasks within their bounds; standalone tasks, and what is left,
// stop when the notice is over.
func TestHostRetirementOnFargate(t *testing.T) {
	for maximum, stuck := range map[int]bool{200: false, 125: false, 100: true} {
		cfg := world()
		cfg.Services = []model.Service{onFargate("web", 8)}
		cfg.Services[0].Subnets = []int{0}
		cfg.Services[0].Deployment.MaximumPercent = maximum
		job := model.Job{Name: "batch", Placing: cfg.Services[0].Placing, Arrivals: at(minute)}
		job.Group = "family:batch"
		cfg.Jobs = []model.Job{job}
		cfg.Faults = []model.Fault{fault(model.HostRetirement, 5*minute, 0, func(f *model.Fault) { f.Notice = 30 * minute })}
		c := chronicled(t, cfg, func(c *chronicle) {
			if now := c.world.Now(); now > minute && now < 35*minute {
				require.GreaterOrEqual(t, len(c.running), 8)
			}
		})
		late := during(c.leaving, 35*minute, 35*minute)
		require.Contains(t, names(late), "batch/1")
		require.Equal(t, model.InfrastructureHealth, late[0].code)
		require.Contains(t, late[0].reason, "performing maintenance on the underlying infrastructure")
		require.Len(t, c.leaving, 9)
		require.Len(t, late, map[bool]int{false: 1, true: 9}[stuck])
		require.Len(t, c.running, 8)
	}
}

// A count or a fraction of the tasks, those of one service, those in one zone.
func TestHostRetirementOfSomeTasks(t *testing.T) {
	for want, change := range map[int]func(*model.Fault){
		3: func(f *model.Fault) { f.Count = 3 }, 6: func(f *model.Fault) { f.Fraction = 0.5 },
		8: func(f *model.Fault) { f.Owner = "services.web" }, 4: func(f *model.Fault) { f.Owner = "services.api" },
		0: func(f *model.Fault) { f.Zone = "b" },
	} {
		cfg := world()
		cfg.Services = []model.Service{onFargate("web", 8), onFargate("api", 4)}
		cfg.Services[0].Subnets, cfg.Services[1].Subnets = []int{0}, []int{0}
		cfg.Faults = []model.Fault{fault(model.HostRetirement, 5*minute, 0, change, func(f *model.Fault) { f.Notice = 30 * minute })}
		require.Len(t, chronicled(t, cfg, nil).leaving, want)
	}
}

// With a service on EC2 its hosts are meant.
func TestHostRetirementOfAServiceOnEC2(t *testing.T) {
	cfg := threeZones(1, 8, 1)
	cfg.Faults = []model.Fault{fault(model.HostRetirement, 5*minute, 0, func(f *model.Fault) { f.Owner = "services.web" })}
	c := chronicled(t, cfg, nil)
	require.Equal(t, []string{c.ran[0].machine}, names(c.lost))
}
