package taskdef

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func web(ports ...PortMapping) []Container { return []Container{{Name: "web", Ports: ports}} }

// accounting holds what a task takes (ECS rules, placement 4.3, 5.1 and 5.2).
var accounting = []struct {
	rule string
	task TaskDefinition
	want Needs
}{
	{"the soft limit wins over the hard one", TaskDefinition{Containers: []Container{
		{Memory: 300, MemoryReservation: 128},
	}}, Needs{Memory: 128}},
	{"task memory wins over both", TaskDefinition{Memory: 512, Containers: []Container{
		{Memory: 300, MemoryReservation: 128},
	}}, Needs{Memory: 512}},
	{"each container has its own choice of limit", TaskDefinition{Containers: []Container{
		{Memory: 200, MemoryReservation: 100}, {Memory: 50},
	}}, Needs{Memory: 150}},
	{"task cpu wins over the containers' sum", TaskDefinition{CPU: 256, Containers: []Container{
		{CPU: 100}, {CPU: 100},
	}}, Needs{CPU: 256}},
	{"without task cpu the containers' sum", TaskDefinition{Containers: []Container{
		{CPU: 100}, {CPU: 28},
	}}, Needs{CPU: 128}},
	{"cpu 0 reserves nothing", TaskDefinition{Containers: []Container{{Memory: 6}}}, Needs{Memory: 6}},
	{"GPUs are summed", TaskDefinition{Containers: []Container{{GPUs: 1}, {GPUs: 2}}}, Needs{GPUs: 3}},
	{"Windows ignores the task level", TaskDefinition{
		CPU: 1024, Memory: 2048, OperatingSystem: "WINDOWS_SERVER_2022_CORE",
		Containers: []Container{{CPU: 256, Memory: 512}},
	}, Needs{CPU: 256, Memory: 512}},

	{"Linux without a mode is bridge: hostPort is taken", TaskDefinition{
		Containers: web(PortMapping{ContainerPort: 80, HostPort: 8080}),
	}, Needs{StaticPorts: []HostPort{{8080, TCP}}}},
	{"Windows without a mode has static ports too", TaskDefinition{
		OperatingSystem: "WINDOWS_SERVER_2019_FULL", Containers: web(PortMapping{ContainerPort: 80, HostPort: 80}),
	}, Needs{StaticPorts: []HostPort{{80, TCP}}}},
	{"bridge without hostPort is dynamic", TaskDefinition{
		NetworkMode: Bridge, Containers: web(PortMapping{ContainerPort: 80}, PortMapping{ContainerPort: 81}),
	}, Needs{DynamicPorts: 2}},
	{"host mode takes the container port", TaskDefinition{
		NetworkMode: Host, Containers: web(PortMapping{ContainerPort: 80}, PortMapping{ContainerPort: 81, HostPort: 81}),
	}, Needs{StaticPorts: []HostPort{{80, TCP}, {81, TCP}}}},
	{"host mode without mappings takes no port", TaskDefinition{NetworkMode: Host, Containers: web()}, Needs{}},
	{"awsvpc takes an interface and no ports of the instance", TaskDefinition{
		NetworkMode: Awsvpc, Containers: web(PortMapping{ContainerPort: 80, HostPort: 80}, PortMapping{ContainerPort: 81}),
	}, Needs{ENIs: 1}},
	{"none takes nothing", TaskDefinition{NetworkMode: None, Containers: web()}, Needs{}},
	{"a range takes its length in dynamic ports", TaskDefinition{
		Containers: web(PortMapping{RangeFirst: 8000, RangeLast: 8009}, PortMapping{ContainerPort: 80}),
	}, Needs{DynamicPorts: 11}},
	{"a range in awsvpc takes none", TaskDefinition{
		NetworkMode: Awsvpc, Containers: web(PortMapping{RangeFirst: 8000, RangeLast: 8009}),
	}, Needs{ENIs: 1}},
	{"11.9: tcp and udp are separate, sorted and once", TaskDefinition{Containers: web(
		PortMapping{ContainerPort: 2, HostPort: 8080, Protocol: UDP},
		PortMapping{ContainerPort: 1, HostPort: 8080},
		PortMapping{ContainerPort: 3, HostPort: 80, Protocol: TCP},
		PortMapping{ContainerPort: 3, HostPort: 80, Protocol: TCP},
	)}, Needs{StaticPorts: []HostPort{{80, TCP}, {8080, TCP}, {8080, UDP}}}},
}

func TestNeedsAreTheAgentsAccounting(t *testing.T) {
	for _, c := range accounting {
		t.Run(c.rule, func(t *testing.T) {
			require.Empty(t, cmp.Diff(c.want, c.task.Needs()))
			require.Empty(t, cmp.Diff(c.want, c.task.Defaults().Needs()), "with defaults filled in")
		})
	}
}

// ECS rules, placement 4.3: 1000 tasks of cpu 0 pass the CPU check of any instance.
func TestThousandTasksWithoutCPUReserveNoCPU(t *testing.T) {
	task := TaskDefinition{Containers: []Container{{Memory: 6}}}
	require.Zero(t, 1000*task.Needs().CPU)
}

// ECS rules, placement 11.8: hard 1024, soft 256 on 2000 MiB: 7 tasks fit, and their hard limits sum up to 7168.
func TestHardMemoryShowsOversubscription(t *testing.T) {
	task := TaskDefinition{Containers: []Container{{Memory: 1024, MemoryReservation: 256}}}
	fit := 2000 / task.Needs().Memory
	hard, bounded := task.HardMemory()
	require.Equal(t, int64(7), fit)
	require.Equal(t, int64(7168), fit*hard)
	require.True(t, bounded)
}

func TestHardMemory(t *testing.T) {
	for _, c := range []struct {
		rule    string
		task    TaskDefinition
		want    int64
		bounded bool
	}{
		{"task memory caps all", TaskDefinition{Memory: 512, Containers: []Container{{MemoryReservation: 100}}}, 512, true},
		{"a soft limit alone has no ceiling", TaskDefinition{Containers: []Container{
			{MemoryReservation: 100}, {Memory: 200},
		}}, 300, false},
		{"Windows ignores task memory", TaskDefinition{
			Memory: 512, OperatingSystem: "WINDOWS_SERVER_2022_CORE", Containers: []Container{{Memory: 200}},
		}, 200, true},
	} {
		t.Run(c.rule, func(t *testing.T) {
			got, bounded := c.task.HardMemory()
			require.Equal(t, c.want, got)
			require.Equal(t, c.bounded, bounded)
		})
	}
}

func TestFargateNeedsAreTheTaskSize(t *testing.T) {
	task := TaskDefinition{
		CPU: 1024, Memory: 2048, NetworkMode: Awsvpc, OperatingSystem: "WINDOWS_SERVER_2022_CORE",
		Containers: []Container{{CPU: 1, Memory: 8}},
	}
	require.Equal(t, Needs{CPU: 1024, Memory: 2048, ENIs: 1}, task.FargateNeeds())
}

func TestDefaults(t *testing.T) {
	task := &TaskDefinition{NetworkMode: Host, Containers: []Container{{Ports: []PortMapping{{ContainerPort: 80}}}}}
	got := task.Defaults()
	require.Equal(t, "LINUX", got.OperatingSystem)
	require.Equal(t, "X86_64", got.Architecture)
	require.Equal(t, PortMapping{ContainerPort: 80, HostPort: 80, Protocol: TCP}, got.Containers[0].Ports[0])
	require.Zero(t, task.Containers[0].Ports[0].HostPort, "the original must not change")

	require.Equal(t, Bridge, (&TaskDefinition{}).Mode(), "networkMode omitted, Linux")
	require.Equal(t, Default, (&TaskDefinition{OperatingSystem: "WINDOWS_SERVER_2022_FULL"}).Mode())
}

func drawTask(t *rapid.T) *TaskDefinition {
	size := rapid.IntRange(0, 4096)
	return &TaskDefinition{
		Family: "f", CPU: size.Draw(t, "cpu"), Memory: size.Draw(t, "memory"),
		NetworkMode:     rapid.SampledFrom([]NetworkMode{"", Bridge, Host, Awsvpc, None, Default}).Draw(t, "mode"),
		OperatingSystem: rapid.SampledFrom([]string{"", "LINUX", "WINDOWS_SERVER_2022_CORE"}).Draw(t, "os"),
		Containers:      rapid.SliceOfN(rapid.Custom(drawContainer), 0, 4).Draw(t, "containers"),
	}
}

func drawContainer(t *rapid.T) Container {
	size := rapid.IntRange(0, 2048)
	port := rapid.IntRange(0, 90)
	return Container{
		Name: rapid.StringMatching(`[a-c]{0,2}`).Draw(t, "name"),
		CPU:  size.Draw(t, "cpu"), Memory: size.Draw(t, "memory"), MemoryReservation: size.Draw(t, "soft"),
		GPUs: rapid.IntRange(0, 8).Draw(t, "gpus"), Essential: rapid.Bool().Draw(t, "essential"),
		Ports: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) PortMapping {
			return PortMapping{
				ContainerPort: port.Draw(t, "container"), HostPort: port.Draw(t, "host"),
				Protocol:   rapid.SampledFrom([]Protocol{"", TCP, UDP}).Draw(t, "protocol"),
				RangeFirst: rapid.SampledFrom([]int{0, 0, 0, 85, 9}).Draw(t, "first"), RangeLast: rapid.SampledFrom([]int{0, 0, 89}).Draw(t, "last"),
			}
		}), 0, 4).Draw(t, "ports"),
		DependsOn: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Dependency {
			return Dependency{
				Container: rapid.StringMatching(`[a-c]{0,2}`).Draw(t, "on"),
				Condition: rapid.SampledFrom([]Condition{WhenStarted, WhenComplete, WhenSuccess, WhenHealthy, "x"}).Draw(t, "condition"),
			}
		}), 0, 3).Draw(t, "dependsOn"),
		StopTimeout: time.Duration(rapid.IntRange(-1, 200).Draw(t, "stopTimeout")) * time.Second,
	}
}

func TestNeedsAreNeverNegative(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := drawTask(t).Needs()
		if n.CPU < 0 || n.Memory < 0 || n.GPUs < 0 || n.ENIs < 0 || n.DynamicPorts < 0 {
			t.Fatalf("%+v", n)
		}
	})
}

func TestNeedsGrowWithEveryContainer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		task := drawTask(t)
		before := task.Needs()
		hardBefore, _ := task.HardMemory()
		task.Containers = append(task.Containers, drawContainer(t))
		after := task.Needs()
		hardAfter, _ := task.HardMemory()
		if after.CPU < before.CPU || after.Memory < before.Memory || after.GPUs < before.GPUs || after.ENIs != before.ENIs ||
			after.DynamicPorts < before.DynamicPorts || len(after.StaticPorts) < len(before.StaticPorts) || hardAfter < hardBefore {
			t.Fatalf("%+v shrank to %+v", before, after)
		}
	})
}

func TestDefaultsChangeNeitherNeedsNorProblems(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		task := drawTask(t)
		d := task.Defaults()
		require.Equal(t, task.Needs(), d.Needs())
		require.Len(t, d.Problems(nil), len(task.Problems(nil)))
	})
}
