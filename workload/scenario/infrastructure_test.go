package scenario

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"ecssim/model"
	"ecssim/model/balance"
	"ecssim/model/iam"
	"ecssim/model/image"
	"ecssim/model/network"
	"ecssim/workload/diag"
)

func infrastructure(t *testing.T) *model.Config {
	t.Helper()
	s, ds := Load([]string{"testdata/good/infrastructure.toml"}, Options{})
	require.False(t, diag.HasErrors(ds), rendered(t, s, ds))
	return s.Config
}

// equal compares with a readable difference.
func equal(t *testing.T, want, got any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestNetworkAndLoadBalancersAreRead(t *testing.T) {
	c := infrastructure(t)
	require.Equal(t, []string{"back", "front"}, c.Clusters)
	require.Equal(t, 64.0, c.Quotas.FargateSpotVCPU)
	require.Equal(t, 250, c.Quotas.ServiceLaunches)
	equal(t, []network.SecurityGroup{
		{Name: "alb", Ingress: []network.IngressRule{{Group: -1, CIDR: "0.0.0.0/0", Ports: network.PortRange{First: 443, Last: 443}}}},
		{Name: "closed"},
		{Name: "tasks", Ingress: []network.IngressRule{
			{Group: 0, Ports: network.PortRange{First: 32768, Last: 65535}}, {Group: 2, Ports: network.PortRange{First: 53, Last: 53}, UDP: true},
		}},
	}, c.SecurityGroups)
	equal(t, []balance.LoadBalancer{
		{Name: "inner", Type: balance.Network, Subnets: []int{2}, Targets: 500},
		{Name: "public", Subnets: []int{0, 2}, SecurityGroups: []int{0}, Targets: 1000},
	}, c.LoadBalancers)
	equal(t, []balance.TargetGroup{
		{Name: "inner/dns", Health: balance.DefaultHealthCheck(balance.Network), DeregistrationDelay: 5 * time.Minute, Targets: 1000},
		{
			Name: "public/web", LoadBalancer: 1, Type: balance.IPTarget, DeregistrationDelay: 30 * time.Second, Targets: 50,
			Health: balance.HealthCheck{Interval: 10 * time.Second, Timeout: 3 * time.Second, Healthy: 3, Unhealthy: 4},
		},
	}, c.TargetGroups)
	equal(t, []model.Alarm{
		{Name: "errors", InAlarm: []model.Stretch{{From: time.Hour, To: 2 * time.Hour}, {From: 365 * time.Minute, To: 375 * time.Minute}}},
		{Name: "quiet", InAlarm: []model.Stretch{}},
		{Name: "stuck", InAlarm: []model.Stretch{{From: 2 * time.Hour, To: -1}}},
	}, c.Alarms)
}

func TestImagesAndRegistriesAreRead(t *testing.T) {
	c := infrastructure(t)
	limit, window := image.Defaults(image.ECRPublic)
	equal(t, []image.Registry{
		{Name: "hub", Kind: image.DockerHub, PullLimit: 200, PullWindow: 6 * time.Hour, PerInstance: true},
		{Name: "registry.example.com:5000", Kind: image.PrivateRegistry, PullLimit: 10, PullWindow: time.Minute, Rate: 50e6},
		{Name: "111122223333.dkr.ecr.eu-west-1.amazonaws.com", Kind: image.ECR},
		{Name: "public.ecr.aws", Kind: image.ECRPublic, PullLimit: limit, PullWindow: window},
	}, c.Registries)
	base := image.Layer{ID: "base", Size: 120e6, Unpacked: 330e6}
	redis := "public.ecr.aws/docker/library/redis:7"
	whole := image.DefaultLayers(redis, 1<<30)
	for i := range whole {
		whole[i].Unpacked = 2 * whole[i].Size
	}
	equal(t, []image.Image{
		{
			Name: "111122223333.dkr.ecr.eu-west-1.amazonaws.com/cart@sha256:feed", Registry: 2,
			Layers: []image.Layer{base, {ID: "cart", Size: 400e3, Unpacked: 1100e3}},
		},
		{Name: "nginx:latest", Registry: 0, Layers: image.DefaultLayers("nginx:latest", 60e6)},
		{Name: redis, Registry: 3, Layers: whole},
		{
			Name: "registry.example.com:5000/shop:latest", Registry: 1, Lazy: true,
			Layers: []image.Layer{{ID: "app", Size: 80e6, Unpacked: 220e6}, base},
		},
		{Name: "shop/gone:2", Registry: 1, Missing: true},
	}, c.Images)
	equal(t, image.Speed{Network: 1.25e9}, c.FargateSpeed)
	main := c.Fleets[0]
	equal(t, image.Speed{Network: 100e6, Unpack: image.UnpackRate}, main.Speed)
	require.Equal(t, image.PreferCached, main.Pull)
	require.Equal(t, []int{1, 3}, main.Cached)
	require.True(t, main.SpotDraining)
	require.Equal(t, []int{2, 1}, main.SecurityGroups)
	require.Equal(t, 1, main.Cluster)
}

func TestFaultsAreRead(t *testing.T) {
	fault := func(f model.Fault) model.Fault { // with the indexes that are no reference
		f.Image, f.Registry, f.SecurityGroup = f.Image-1, f.Registry-1, f.SecurityGroup-1
		return f
	}
	h := time.Hour
	var want []model.Fault
	for _, f := range []model.Fault{
		{Name: "agents", Kind: model.AgentDisconnect, At: h, For: 10 * time.Minute, Fleet: "main", Fraction: 0.5},
		{Name: "instance", Kind: model.InstanceLoss, At: h, For: 5 * time.Minute, Instance: "main/2"},
		{Name: "drain", Kind: model.InstanceDraining, At: 2 * h, Zone: "eu-west-1a", Count: 1},
		{Name: "no-execution-role", Kind: model.RoleMissing, At: 2 * h, For: 20 * time.Minute, Owner: "services.fraud", Role: iam.TaskExecution, Gap: iam.NoPermission},
		{Name: "retire", Kind: model.HostRetirement, At: 3 * h, Notice: 14 * 24 * h},
		{Name: "spot", Kind: model.SpotInterruption, At: 3 * h, Count: 2, Notice: 2 * time.Minute},
		{Name: "role", Kind: model.RoleMissing, At: 5 * h, Role: iam.ContainerInstance, Gap: iam.NoTrust},
		{Name: "secrets", Kind: model.RoleMissing, At: 5 * h, Role: iam.TaskExecution, Gap: iam.NoPermission, Permission: "secrets"},
		{Name: "down", Kind: model.RegistryDown, At: 6 * h},
		{Name: "rule", Kind: model.RuleMissing, At: 6 * h, SecurityGroup: 3},
		{Name: "slow", Kind: model.RegistrySlow, At: 6 * h, Registry: 4, Factor: 2.5},
		{Name: "corrupt", Kind: model.ImageCorrupt, At: 7 * h, Image: 2},
		{Name: "tag", Kind: model.ImageMissing, At: 7 * h, Image: 2},
		{Name: "zone-b-down", Kind: model.ZoneOutage, At: 7 * h, For: h, Zone: "eu-west-1b"},
		{Name: "kill", Kind: model.TaskKill, At: 8 * h, Owner: "jobs.batch", Count: 1},
		{Name: "sick", Kind: model.HealthCheckFailing, At: 8 * h, Owner: "services.fraud", Revision: 2, Fraction: 0.25},
	} {
		want = append(want, fault(f))
	}
	equal(t, want, infrastructure(t).Faults)
}

func TestDelaysAroundTheStartOfATask(t *testing.T) {
	c := infrastructure(t)
	require.Equal(t, "constant(2)", c.Latency.PullStart.String())
	require.Nil(t, c.Latency.ContainerStop)
	require.Equal(t, "constant(5)", c.Latency.FirstProbe.String())
	require.False(t, c.Latency.RandomPhase)

	s := accepted(t, minimal)
	require.True(t, s.Config.Latency.RandomPhase)
	require.Nil(t, s.Config.Latency.FirstProbe)
	require.Equal(t, "uniform(low 1, high 5)", s.Config.Latency.TargetRegistration.String())
	require.Equal(t, image.Speed{Network: image.NetworkRate, Unpack: image.UnpackRate}, s.Config.FargateSpeed)

	s = accepted(t, minimal, `latency="none"`)
	equal(t, model.Latency{}, s.Config.Latency)
	require.Equal(t, image.Speed{}, s.Config.FargateSpeed)
	s = accepted(t, minimal, `latency="none"`, `fargate.pull_speed.network="1 MB/s"`)
	require.Equal(t, image.Speed{Network: 1e6}, s.Config.FargateSpeed, "what is written holds all the same")
}

func TestOneClusterNeedsNoName(t *testing.T) {
	require.Equal(t, []string{"default"}, accepted(t, minimal).Config.Clusters)
	require.Equal(t, []string{"shop"}, accepted(t, minimal+"\n[cluster.shop]\n").Config.Clusters)
}

func TestALaterFileTakesBackAndReplaces(t *testing.T) {
	text := minimal + `
[images.a]
size = "1 MB"
[faults.down]
at = "1m"
kind = "registry_down"
`
	s := accepted(t, text, "faults.down=false", `images.a.layers={ base = "2 MB" }`)
	require.Empty(t, s.Config.Faults)
	equal(t, []image.Layer{{ID: "base", Size: 2e6, Unpacked: 5.5e6}}, s.Config.Images[0].Layers)
}

func TestNamesOfImagesHaveATag(t *testing.T) {
	for name, want := range map[string]string{
		"nginx": "nginx:latest", "nginx:1.27": "nginx:1.27", "host:5000/shop": "host:5000/shop:latest", "a/b@sha256:00": "a/b@sha256:00",
	} {
		require.Equal(t, want, taggedName(name))
	}
}

func TestSpeedsAreBytesASecond(t *testing.T) {
	for text, want := range map[string]float64{
		"80 MB/s": 80e6, "1MiB/s": 1 << 20, "10 Gbit/s": 1.25e9, "500 kB/s": 500e3, "unlimited": 0,
	} {
		s := accepted(t, minimal, `fargate.pull_speed.network="`+text+`"`)
		require.InDelta(t, want, s.Config.FargateSpeed.Network, 1e-3, text)
	}
}
