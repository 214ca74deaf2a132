package house

import (
	"cmp"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ecssim/model"
	"ecssim/model/service"
	"ecssim/workload/scenario"
)

// finding is what a run shows of its services, under their names.
type finding struct {
	model.Unheard
	cfg *model.Config

	running, peak, fewest map[string]int                       // RUNNING now, at most, and at least since all ran once
	on                    map[string]map[string]int            // RUNNING at the end, by instance and by zone
	by                    map[string]map[string]int            // RUNNING at the end, by capacity provider
	neverRan, killed      map[string]int                       // stopped before and after they were RUNNING
	deployments           map[string]map[int]*model.Deployment // by number
	ready                 map[string]time.Duration             // the last that became RUNNING
	events, denied        map[string]int                       // events by a part of their text; tasks whose calls are denied
	stranded              int
}

func (f *finding) TaskRunning(now time.Duration, t *model.Task) {
	o := t.Owner.Name
	f.running[o]++
	f.peak[o] = max(f.peak[o], f.running[o])
	f.ready[o] = now
	if _, once := f.fewest[o]; !once && f.running[o] >= t.Owner.Desired {
		f.fewest[o] = f.running[o]
	}
}

func (f *finding) TaskStopped(_ time.Duration, t *model.Task) {
	o := t.Owner.Name
	if t.Running == model.Never {
		f.neverRan[o]++
		return
	}
	f.killed[o]++
	f.running[o]--
	if least, once := f.fewest[o]; once {
		f.fewest[o] = min(least, f.running[o])
	}
}

func (f *finding) DeploymentChanged(_ time.Duration, o *model.Owner, d *model.Deployment) {
	if f.deployments[o.Name] == nil {
		f.deployments[o.Name] = map[int]*model.Deployment{}
	}
	f.deployments[o.Name][d.Number] = d
}

func (f *finding) ServiceEvent(_ time.Duration, _ *model.Owner, e service.Event) {
	for part := range f.events {
		if strings.Contains(e.Message, part) {
			f.events[part]++
		}
	}
}

func (f *finding) CallsDenied(_ time.Duration, t *model.Task, _ string) { f.denied[t.Owner.Name]++ }

func (f *finding) RunEnded(_ time.Duration, e model.Ending) {
	for t := range e.Tasks {
		if t.Running == model.Never || t.Leaving {
			continue
		}
		o := t.Owner.Name
		if f.on[o] == nil {
			f.on[o] = map[string]int{}
		}
		f.on[o][t.Zone(f.cfg)]++
		if t.Provider >= 0 {
			if f.by[o] == nil {
				f.by[o] = map[string]int{}
			}
			f.by[o][f.cfg.CapacityProviders[t.Provider].Name]++
		}
		if t.Instance != nil {
			f.on[o][t.Instance.Name]++
		}
	}
	for range e.Stranded {
		f.stranded++
	}
}

// look plays a scenario and notes what it shows. counted are parts of events' texts.
func look(t *testing.T, name string, counted []string, sets ...string) *finding {
	t.Helper()
	f := &finding{
		running: map[string]int{}, peak: map[string]int{}, fewest: map[string]int{}, on: map[string]map[string]int{}, by: map[string]map[string]int{},
		neverRan: map[string]int{}, killed: map[string]int{}, deployments: map[string]map[int]*model.Deployment{},
		ready: map[string]time.Duration{}, events: map[string]int{}, denied: map[string]int{},
	}
	for _, part := range counted {
		f.events[part] = 0
	}
	s := loaded(t, filepath.Join(root, "scenarios", name+".toml"), sets...)
	f.cfg = s.Config
	watch(s, f)
	return f
}

// took is how long the second deployment of the service web took.
func (f *finding) took(t *testing.T) time.Duration {
	t.Helper()
	d := f.deployments["web"][2]
	require.NotNil(t, d)
	require.Equal(t, model.RolloutCompleted, d.Rollout)
	return d.Ended - d.Created
}

// minutes checks that a duration is between so many of them.
func minutes(t *testing.T, low, high float64, d time.Duration) {
	t.Helper()
	require.GreaterOrEqual(t, d.Minutes(), low)
	require.LessOrEqual(t, d.Minutes(), high)
}

// TestTheScenariosShowWhatTheySay holds the scenarios about services and faults to their comments. The numbers follow from
// what is written there; where delays are drawn, only their order of size does.
func TestTheScenariosShowWhatTheySay(t *testing.T) {
	for name, check := range findings {
		t.Run(name, check)
	}
	names := slices.Sorted(maps.Keys(findings))
	index := read(t, "scenarios/README.md")
	for _, n := range names {
		require.Contains(t, index, "`"+n+".toml`")
	}
}

var findings = map[string]func(t *testing.T){
	"rollout": func(t *testing.T) {
		f := look(t, "rollout", nil)
		require.Equal(t, 12, f.running["web"])
		require.Equal(t, 24, f.peak["web"], "twelve that drain, twelve that are new")
		minutes(t, 5.5, 8, f.took(t)) // of which 300 s drain
		f = look(t, "rollout", nil, "services.web.deployment.minimum_healthy_percent=50", "services.web.deployment.maximum_percent=100")
		require.Equal(t, 12, f.peak["web"])
		minutes(t, 11, 15, f.took(t)) // twice 300 s
		f = look(t, "rollout", nil, "load_balancers.public.target_groups.web.deregistration_delay=10s")
		minutes(t, 0.5, 3, f.took(t))
	},
	"bad-revision": func(t *testing.T) {
		f := look(t, "bad-revision", nil)
		require.Equal(t, map[string]int{"web": 8}, f.running)
		require.GreaterOrEqual(t, f.fewest["web"], 8, "the old tasks run all the time")
		require.Equal(t, model.RolloutFailed, f.deployments["web"][2].Rollout)
		require.Equal(t, 4, f.deployments["web"][2].Failed, "half of eight")
		require.Equal(t, model.RolloutCompleted, f.deployments["web"][1].Rollout)
		require.Zero(t, f.neverRan["web"])
		f = look(t, "bad-revision", nil, "services.web.deployment.circuit_breaker=false")
		require.Equal(t, model.RolloutInProgress, f.deployments["web"][2].Rollout)
		require.Greater(t, f.killed["web"], 50)
		f = look(t, "bad-revision", nil, `images."web:2".missing=true`)
		require.Equal(t, model.RolloutFailed, f.deployments["web"][2].Rollout)
		require.GreaterOrEqual(t, f.neverRan["web"], 4)
		require.Zero(t, f.killed["web"])
	},
	"stuck-by-rounding": func(t *testing.T) {
		const held = "unable to stop or start tasks during a deployment"
		f := look(t, "stuck-by-rounding", []string{held})
		require.Equal(t, 3, f.running["web"])
		require.Equal(t, 3, f.peak["web"])
		require.Equal(t, model.RolloutInProgress, f.deployments["web"][2].Rollout)
		require.Equal(t, 1, f.events[held], "and not again within six hours")
		for _, set := range []string{"maximum_percent=134", "minimum_healthy_percent=66"} {
			f = look(t, "stuck-by-rounding", []string{held}, "services.web.deployment."+set)
			minutes(t, 1, 5, f.took(t)) // three times 40 s until a task counts as healthy
			require.Zero(t, f.events[held])
		}
	},
	"fargate-rollout-28": func(t *testing.T) {
		f := look(t, "fargate-rollout-28", nil)
		require.Equal(t, 8, f.running["web"])
		require.LessOrEqual(t, f.peak["web"], 11, "addresses of a /28")
		require.GreaterOrEqual(t, f.neverRan["web"], 5, "eight at once, for three addresses")
		minutes(t, 4, 15, f.took(t))
		f = look(t, "fargate-rollout-28", nil, "services.web.deployment.maximum_percent=125")
		require.Equal(t, 10, f.peak["web"])
		require.Zero(t, f.neverRan["web"])
		minutes(t, 6, 15, f.took(t)) // four times two tasks
		f = look(t, "fargate-rollout-28", nil, "vpc.subnets.a.cidr=10.0.0.0/27")
		require.Zero(t, f.neverRan["web"])
		minutes(t, 1, 4, f.took(t))
	},
	"zone-outage": func(t *testing.T) {
		zones := func(sets ...string) (string, *finding) {
			f := look(t, "zone-outage", nil, sets...)
			on := f.on["web"]
			return strings.Join([]string{
				string(rune('0' + on["us-east-1a"])), string(rune('0' + on["us-east-1b"])), string(rune('0' + on["us-east-1c"])),
			}, " "), f
		}
		balanced, f := zones()
		require.Equal(t, "3 3 3", balanced)
		require.Equal(t, 6, f.fewest["web"], "three of nine are lost")
		left, f := zones("services.web.availability_zone_rebalancing=DISABLED")
		require.True(t, strings.HasSuffix(left, " 0"), "nobody goes back by himself: %s", left)
		require.Equal(t, 9, f.running["web"])
		_, f = zones("services.web.placement_strategy=binpack-cpu", "faults.zone-c-down.zone=us-east-1a")
		require.Equal(t, 5, f.fewest["web"], "four tasks of 512 units fill an m5.large")
	},
	"roles": func(t *testing.T) {
		f := look(t, "roles", nil)
		require.Equal(t, map[string]int{"reports": 3, "orders": 3, "search": 3, "shop": 3}, f.running)
		require.Positive(t, f.neverRan["reports"])
		require.Positive(t, f.neverRan["shop"])
		require.Zero(t, f.neverRan["orders"]+f.neverRan["search"])
		require.Equal(t, map[string]int{"orders": 4}, f.denied, "three that run, and the one that replaces another")
		require.Equal(t, 1, f.stranded, "the instance that came back")
		f = look(t, "roles", nil, "faults.task-role.gap=trust")
		require.Positive(t, f.neverRan["orders"], "nothing is launched with a role that cannot be assumed")
	},
	"pull-storm": func(t *testing.T) {
		f := look(t, "pull-storm", nil)
		require.Equal(t, 200, f.running["model"])
		minutes(t, 2.5, 3.5, f.ready["model"]) // 2 GB / 75 MB/s + 5.5 GB / 40 MB/s = 164 s, and the start
		f = look(t, "pull-storm", nil, `instances.main.cached_images=["111122223333.dkr.ecr.us-east-1.amazonaws.com/model:1"]`)
		minutes(t, 0, 0.2, f.ready["model"])
		f = look(t, "pull-storm", nil, `images."111122223333.dkr.ecr.us-east-1.amazonaws.com/model:1".registry=hub`)
		require.Equal(t, 100, f.neverRan["model"], "200 pulls, 100 granted")
		require.Equal(t, 200, f.running["model"])
	},
	"blue-green": func(t *testing.T) {
		f := look(t, "blue-green", nil)
		require.Equal(t, 8, f.running["web"])
		require.Equal(t, 16, f.peak["web"])
		minutes(t, 10, 13, f.took(t)) // ten of them bake
		f = look(t, "blue-green", nil, "services.web.deployment.strategy=CANARY")
		minutes(t, 20, 23, f.took(t))
		f = look(t, "blue-green", nil, `alarms.errors.in_alarm=[{ at = "00:15", for = "5m" }]`)
		require.Equal(t, model.RolloutFailed, f.deployments["web"][2].Rollout)
		require.Equal(t, 15*time.Minute, f.deployments["web"][2].Ended)
		require.Equal(t, 8, f.deployments["web"][1].Healthy)
		require.GreaterOrEqual(t, f.fewest["web"], 8)
		f = look(t, "blue-green", nil, "instances.main.count=4")
		require.Equal(t, model.RolloutInProgress, f.deployments["web"][2].Rollout)
		require.Equal(t, 12, f.running["web"], "as many as there are interfaces")
		require.Zero(t, f.deployments["web"][2].Share)
	},
	"missing-rule": func(t *testing.T) {
		f := look(t, "missing-rule", nil)
		require.Equal(t, 6, f.deployments["web"][1].Healthy)
		require.Greater(t, f.killed["web"], 150, "six tasks, an hour, a minute or two each")
		require.Zero(t, f.neverRan["web"])
		patient := look(t, "missing-rule", nil, "services.web.health_check_grace_period=30m")
		require.LessOrEqual(t, patient.killed["web"], 18, "twice in an hour, and those that ran before")
	},
	"two-clusters": func(t *testing.T) {
		f := look(t, "two-clusters", nil)
		require.Equal(t, map[string]int{"web": 10, "batch": 10}, f.running, "32 addresses are wanted, 30 are free")
		require.Positive(t, f.neverRan["batch"])
		for _, set := range []string{"vpc.subnets.shared.cidr=10.0.0.0/25", "services.batch.task.network_mode=bridge"} {
			f = look(t, "two-clusters", nil, set)
			require.Equal(t, map[string]int{"web": 10, "batch": 12}, f.running)
			require.Zero(t, f.neverRan["batch"])
		}
	},
	"drain": func(t *testing.T) {
		drained := func(f *finding, service string) int { return f.on[service]["main/1"] + f.on[service]["main/2"] }
		f := look(t, "drain", nil)
		require.Equal(t, []int{0, 0, 2, 2}, []int{drained(f, "web"), drained(f, "api"), drained(f, "pinned"), drained(f, "agent")})
		require.GreaterOrEqual(t, f.fewest["web"], 4)
		require.Equal(t, 2, f.fewest["api"], "half of four")
		require.Equal(t, 4, f.fewest["pinned"])
		f = look(t, "drain", nil, "services.pinned.deployment.minimum_healthy_percent=50")
		require.Zero(t, cmp.Or(drained(f, "pinned"), drained(f, "agent")), "without replicas the daemon goes as well")
	},
}

var _ model.Observer = (*finding)(nil)

// loaded reads a scenario that has no errors.
func loaded(t *testing.T, file string, sets ...string) *scenario.Scenario {
	t.Helper()
	s, ds := scenario.Load([]string{file}, scenario.Options{Sets: sets})
	require.NotNil(t, s.Config, "%s: %v", file, ds)
	return s
}
