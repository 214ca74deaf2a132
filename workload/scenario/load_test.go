package scenario

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"

	"ecssim/model"
	"ecssim/model/catalog"
	"ecssim/model/image"
	"ecssim/model/network"
	"ecssim/model/placement"
	"ecssim/model/service"
	"ecssim/model/taskdef"
	"ecssim/sim"
	"ecssim/workload/diag"
)

// accepted loads text as a scenario that must be accepted; warnings are allowed.
func accepted(t *testing.T, text string, sets ...string) *Scenario {
	t.Helper()
	s, ds := loadText(t, text, sets...)
	require.False(t, diag.HasErrors(ds), rendered(t, s, ds))
	require.NotNil(t, s.Config)
	return s
}

func loadText(t *testing.T, text string, sets ...string) (*Scenario, []diag.Diagnostic) {
	t.Helper()
	return Load([]string{Stdin}, Options{Stdin: strings.NewReader(text), Sets: sets})
}

// codesOf are the codes of all diagnostics, in order.
func codesOf(ds []diag.Diagnostic) []string {
	var codes []string
	for _, d := range ds {
		codes = append(codes, d.Code)
	}
	return codes
}

func TestTheTenLineScenarioIsTheConfigurationThatItSays(t *testing.T) {
	s, ds := Load([]string{"testdata/good/first.toml"}, Options{})
	require.Equal(t, []string{"W204"}, codesOf(ds), "10 tasks, 6 interfaces")
	m5, ok := catalog.Builtin().Type("m5.large")
	require.True(t, ok)
	speed := image.Speed{Network: image.NetworkRate, Unpack: image.UnpackRate}
	want := &model.Config{
		Name: "first", Start: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), Duration: 30 * time.Minute,
		Region: "us-east-1", Quotas: model.Quotas{FargateLaunchBurst: 100, FargateLaunchRate: 20, ServiceLaunches: 500, ProvisioningTasks: 500},
		Clusters: []string{"default"},
		Subnets:  []network.Subnet{{Name: "default", Zone: "a", Prefix: 24, Implicit: true}},
		Fleets:   []model.Fleet{{Name: "main", Type: m5, Count: 3, Subnets: []int{0}, Speed: speed}}, FargateSpeed: speed,
		Services: []model.Service{{Name: "web", DesiredCount: 10, Rebalancing: true, Deployment: rolling(100, 200), Placing: model.Placing{
			Group: "service:web", Subnets: []int{0}, Strategy: placement.ServiceDefault(),
			Task: &taskdef.TaskDefinition{
				Family: "web", Revision: 1, NetworkMode: taskdef.Awsvpc,
				ExecutionRoleARN: "arn:aws:iam::123456789012:role/web-execution-role", TaskRoleARN: "arn:aws:iam::123456789012:role/web-task-role",
				Containers: []taskdef.Container{{Name: "web", CPU: 256, Memory: 512, Essential: true}},
			},
		}}},
	}
	ignored := cmpopts.IgnoreFields(model.Config{}, "Catalog", "Latency")
	if d := cmp.Diff(want, s.Config, ignored, cmpopts.EquateEmpty()); d != "" {
		t.Error(d)
	}
	require.Equal(t, "lognormal(median 18, sigma 0.404277)", s.Config.Latency.FargateProvision.String())
	require.Equal(t, uint64(1), s.Seed)
	require.Equal(t, 1, s.Runs)
}

// rolling is a deployment configuration that says nothing but the percentages.
func rolling(least, most int) service.DeploymentConfiguration {
	return service.DeploymentConfiguration{
		MinimumHealthyPercent: least, MaximumPercent: most, Breaker: service.BreakerConfiguration{ResetOnHealthyTask: true, Value: 50},
	}
}

func TestEveryKeyOfThisVersionIsRead(t *testing.T) {
	s, ds := Load([]string{"testdata/good/everything.toml"}, Options{})
	require.False(t, diag.HasErrors(ds), rendered(t, s, ds))
	c := s.Config
	require.Equal(t, []string{"dockerLabels"}, s.Ignored)
	require.Equal(t, uint64(7), s.Seed)
	require.Equal(t, 3, s.Runs)
	require.Equal(t, time.Hour, c.Warmup)
	require.Equal(t, model.RandomTie, c.TieBreak)
	require.Equal(t, uint64(1_000_000), c.EventLimit)
	require.True(t, c.Settings.AwsvpcTrunking)
	require.Equal(t, model.Quotas{FargateVCPU: 64, FargateLaunchBurst: 25, FargateLaunchRate: 5, ServiceLaunches: 500, ProvisioningTasks: 500}, c.Quotas)
	require.Nil(t, c.Latency.Agent)
	require.Equal(t, "constant(5)", c.Latency.ENIAttach.String())
	require.Equal(t, []network.Subnet{
		{Name: "a", Zone: "eu-west-1a", Prefix: 24, OtherIPsUsed: 40}, {Name: "b", Zone: "eu-west-1b", Prefix: 26, OtherIPsUsed: 12},
	}, c.Subnets)

	main := c.Fleets[0]
	require.Equal(t, []int{0, 1}, main.Subnets)
	require.Equal(t, int64(8192), main.Type.CPU)
	require.Equal(t, int64(1024), main.ReservedMemory)
	require.Equal(t, map[string]string{"stack": "prod"}, main.Attributes)
	require.Equal(t, []int{1}, c.Fleets[1].Subnets)
	require.Equal(t, 0.071, c.Fleets[1].Type.PricePerHour)

	var names []string
	for _, s := range c.Services {
		names = append(names, s.Name)
	}
	require.Equal(t, []string{"multi", "web", "late"}, names, "by order, then by name; gone is removed")
	web := c.Services[1]
	require.Equal(t, model.Fargate, web.Launch)
	require.Equal(t, 1024, web.Task.Memory)
	require.Equal(t, 2*time.Hour, web.StartAt, "10:00 when the scenario starts at 08:00")
	require.Equal(t, []int{1}, web.Subnets)
	require.Empty(t, web.Strategy)
	late := c.Services[2]
	require.Len(t, late.Constraints, 2)
	require.Equal(t, []placement.Rule{{Kind: placement.Spread, Attribute: "ecs.availability-zone"}, {Kind: placement.Binpack, Memory: true}}, late.Strategy)
	require.Equal(t, int64(256), late.Task.Needs().Memory, "the soft limit is what is reserved")
	require.Equal(t, []placement.Rule{
		{Kind: placement.Spread, Attribute: "stack"}, {Kind: placement.Spread}, {Kind: placement.Binpack}, {Kind: placement.Random},
	}, c.Services[0].Strategy)
}

func TestJobsComeWhenTheScenarioSays(t *testing.T) {
	s, _ := Load([]string{"testdata/good/everything.toml"}, Options{})
	jobs := map[string]model.Job{}
	var names []string
	for _, j := range s.Config.Jobs {
		jobs[j.Name] = j
		names = append(names, j.Name)
	}
	require.Equal(t, []string{"burst", "fixed", "mmpp", "nightly", "pinned", "poisson", "renewal", "replayed"}, names)
	first := func(name string) model.Arrival {
		a, ok := jobs[name].Arrivals(sim.Streams{}).Next()
		require.True(t, ok)
		return a
	}
	require.Equal(t, time.Hour, first("burst").At, "09:00 when the scenario starts at 08:00")
	require.Equal(t, time.Minute, first("fixed").At)
	require.Equal(t, 18*time.Hour, first("nightly").At, "02:00 is on the next day")
	require.Equal(t, time.Hour, first("pinned").At)
	require.Equal(t, int64(256), first("replayed").CPU)
	require.Equal(t, 40*time.Second, first("replayed").RunTime)

	require.Equal(t, &model.Retry{Every: 10 * time.Second, For: 10 * time.Minute}, jobs["poisson"].Retry)
	require.Equal(t, &model.Retry{Every: 10 * time.Second, For: 10 * time.Minute}, jobs["fixed"].Retry)
	require.Nil(t, jobs["burst"].RunTime, "for ever")
	require.Equal(t, "batch", jobs["poisson"].Group)
	require.Equal(t, "family:web", jobs["nightly"].Group)
	require.Equal(t, []string{"main/1", "main/2"}, jobs["pinned"].StartOn)
	require.Equal(t, placement.RunTaskDefault(), jobs["fixed"].Strategy)
}

// TestTheResolvedScenarioMeansTheSame loads what was resolved once more: same values, same hash.
func TestTheResolvedScenarioMeansTheSame(t *testing.T) {
	again := filepath.Join("testdata", "good", "resolved-again.toml")
	t.Cleanup(func() { require.NoError(t, os.Remove(again)) })
	for _, name := range []string{"first", "everything", "batch", "infrastructure", "services", "capacity", "scaling", "expect"} {
		s, ds := Load([]string{"testdata/good/" + name + ".toml"}, Options{})
		require.False(t, diag.HasErrors(ds), rendered(t, s, ds))
		require.NoError(t, os.WriteFile(again, s.Resolved, 0o600))
		r, ds := Load([]string{again}, Options{})
		require.False(t, diag.HasErrors(ds), rendered(t, r, ds)+string(s.Resolved))
		require.Equal(t, s.SHA256, r.SHA256, name)
		require.Equal(t, s.Name, r.Name)
		golden(t, "testdata/good/"+name+".resolved", string(s.Resolved))
	}
}
