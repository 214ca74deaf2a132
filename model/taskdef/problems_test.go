package taskdef

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// one is a definition without problems; edit changes it.
func one(edit func(t *TaskDefinition, c *Container)) *TaskDefinition {
	t := &TaskDefinition{Family: "web", Containers: []Container{{Name: "web", Image: "nginx", Memory: 128, Essential: true}}}
	if edit != nil {
		edit(t, &t.Containers[0])
	}
	return t
}

// onFargate is a definition without problems that requires FARGATE.
func onFargate(edit func(t *TaskDefinition, c *Container)) *TaskDefinition {
	return one(func(t *TaskDefinition, c *Container) {
		t.CPU, t.Memory, t.NetworkMode, t.RequiresCompatibilities = 256, 512, Awsvpc, []string{"FARGATE"}
		if edit != nil {
			edit(t, c)
		}
	})
}

// places renders problems as "code path", one a line, warnings marked.
func places(found []Problem) string {
	lines := make([]string, len(found))
	for i, p := range found {
		lines[i] = p.Code + " " + p.Path
	}
	return strings.Join(lines, "\n")
}

type rule struct {
	rule string
	task *TaskDefinition
	want string
}

func check(t *testing.T, rules []rule) {
	t.Helper()
	for _, c := range rules {
		t.Run(c.rule, func(t *testing.T) {
			found := c.task.Problems(table71)
			require.Equal(t, c.want, places(found))
			for _, p := range found {
				require.Contains(t, Codes(), p.Code)
				require.NotEmpty(t, p.Message)
				require.Equal(t, p.Code[0] == 'W', p.Warning)
			}
		})
	}
}

// ECS rules, placement 4.3.
func TestMemoryRules(t *testing.T) {
	const memory, soft = "E115 containerDefinitions[0].memory", "E115 containerDefinitions[0].memoryReservation"
	check(t, []rule{
		{"nothing wrong", one(nil), ""},
		{"no memory anywhere", one(func(_ *TaskDefinition, c *Container) { c.Memory = 0 }), memory},
		{"task memory alone is enough", one(func(t *TaskDefinition, c *Container) { t.Memory, c.Memory = 512, 0 }), ""},
		{"reservation alone is enough", one(func(_ *TaskDefinition, c *Container) { c.Memory, c.MemoryReservation = 0, 64 }), ""},
		{"soft above hard", one(func(_ *TaskDefinition, c *Container) { c.MemoryReservation = 129 }), soft},
		{"soft equal to hard passes", one(func(_ *TaskDefinition, c *Container) { c.MemoryReservation = 128 }), ""},
		{"6 MiB passes", one(func(_ *TaskDefinition, c *Container) { c.Memory = 6 }), ""},
		{"5 MiB does not", one(func(_ *TaskDefinition, c *Container) { c.Memory = 5 }), memory},
		{"nor as a reservation", one(func(_ *TaskDefinition, c *Container) { c.MemoryReservation = 5 }), soft},
		{"container above the task", one(func(t *TaskDefinition, _ *Container) { t.Memory = 127 }), "E116 containerDefinitions[0].memory"},
		{"container equal to the task", one(func(t *TaskDefinition, _ *Container) { t.Memory = 128 }), ""},
		{"reservations above the task", one(func(t *TaskDefinition, c *Container) {
			t.Memory, c.MemoryReservation = 200, 101
			other := *c
			other.Name = "b"
			t.Containers = append(t.Containers, other)
		}), "E116 memory"},
		{"cpu above the task", one(func(t *TaskDefinition, c *Container) { t.CPU, c.CPU = 256, 257 }), "E116 cpu"},
		{"cpu equal to the task", one(func(t *TaskDefinition, c *Container) { t.CPU, c.CPU = 256, 256 }), ""},
		{"Windows on EC2 compares nothing", one(func(t *TaskDefinition, c *Container) {
			t.OperatingSystem, t.Memory, t.CPU, c.CPU = "WINDOWS_SERVER_2022_CORE", 1, 1, 9
		}), ""},
		{"negative sizes", one(func(t *TaskDefinition, c *Container) { t.CPU, c.CPU, c.Memory = -1, -1, -1 }),
			"E128 cpu\nE128 containerDefinitions[0].cpu\nE128 containerDefinitions[0].memory"},
	})
}

// ECS rules, placement 4.3.
func TestTaskCPURangeOnEC2(t *testing.T) {
	for cpu, want := range map[int]string{127: "E117 cpu", 128: "", 196608: "", 196609: "E117 cpu"} {
		task := one(func(t *TaskDefinition, _ *Container) { t.CPU = cpu })
		require.Equal(t, want, places(task.Problems(nil)), cpu)
	}
	external := one(func(t *TaskDefinition, _ *Container) { t.CPU, t.RequiresCompatibilities = 64, []string{"EXTERNAL"} })
	require.Empty(t, external.Problems(nil))
}

// ECS rules, placement 8.
func TestContainerRules(t *testing.T) {
	many := func(n int) *TaskDefinition {
		return one(func(t *TaskDefinition, c *Container) {
			first := *c
			t.Containers = nil
			for i := range n {
				first.Name = fmt.Sprint("c", i)
				t.Containers = append(t.Containers, first)
			}
		})
	}
	check(t, []rule{
		{"none", many(0), "E111 containerDefinitions"},
		{"ten", many(10), ""},
		{"eleven", many(11), "E111 containerDefinitions"},
		{"none essential", one(func(_ *TaskDefinition, c *Container) { c.Essential = false }), "E113 containerDefinitions"},
		{"same name", one(func(t *TaskDefinition, c *Container) { t.Containers = append(t.Containers, *c) }),
			"E112 containerDefinitions[1].name"},
		{"names missing", one(func(t *TaskDefinition, c *Container) { t.Family, c.Name = "", "" }),
			"E110 family\nE110 containerDefinitions[0].name"},
		{"characters", one(func(t *TaskDefinition, c *Container) { t.Family, c.Name = "a b", "é" }),
			"E110 family\nE110 containerDefinitions[0].name"},
		{"length", one(func(t *TaskDefinition, _ *Container) { t.Family = strings.Repeat("a", 256) }), "E110 family"},
	})
}

// ECS rules, placement 5.1.
func TestModeRules(t *testing.T) {
	mode := func(m NetworkMode, os string, compat ...string) *TaskDefinition {
		return one(func(t *TaskDefinition, _ *Container) {
			t.NetworkMode, t.OperatingSystem, t.RequiresCompatibilities = m, os, compat
		})
	}
	const windows = "WINDOWS_SERVER_2022_CORE"
	rules := []rule{
		{"default on Linux", mode(Default, ""), "E118 networkMode"},
		{"Windows needs no mode", mode("", windows), ""},
		{"Windows default", mode(Default, windows), ""},
		{"Windows awsvpc", mode(Awsvpc, windows), ""},
		{"links in bridge", one(func(_ *TaskDefinition, c *Container) { c.Links = []string{"db"} }), ""},
		{"links in host", one(func(t *TaskDefinition, c *Container) { t.NetworkMode, c.Links = Host, []string{"db"} }),
			"E129 containerDefinitions[0].links"},
	}
	for _, m := range []NetworkMode{Bridge, Host, Awsvpc, None} {
		rules = append(rules, rule{"Linux " + string(m), mode(m, "LINUX", "EC2"), ""})
	}
	for _, m := range []NetworkMode{Bridge, Host, None} {
		rules = append(rules, rule{"Windows " + string(m), mode(m, windows), "E118 networkMode"})
	}
	check(t, rules)
}

func ported(mode NetworkMode, ports ...PortMapping) *TaskDefinition {
	return one(func(t *TaskDefinition, c *Container) { t.NetworkMode, c.Ports = mode, ports })
}

// ECS rules, placement 5.1.
func TestPortRules(t *testing.T) {
	const m = "containerDefinitions[0].portMappings"
	check(t, []rule{
		{"bridge maps", ported(Bridge, PortMapping{ContainerPort: 80, HostPort: 8080}), ""},
		{"host equal", ported(Host, PortMapping{ContainerPort: 80, HostPort: 80}), ""},
		{"host blank", ported(Host, PortMapping{ContainerPort: 80}), ""},
		{"host differs", ported(Host, PortMapping{ContainerPort: 80, HostPort: 81}), "E120 " + m + "[0].hostPort"},
		{"awsvpc equal", ported(Awsvpc, PortMapping{ContainerPort: 80, HostPort: 80}), ""},
		{"awsvpc differs", ported(Awsvpc, PortMapping{ContainerPort: 80, HostPort: 81}), "E120 " + m + "[0].hostPort"},
		{"none with mappings", ported(None, PortMapping{ContainerPort: 80}), "E121 " + m},
		{"no port", ported(Bridge, PortMapping{}), "E119 " + m + "[0].containerPort"},
		{"port 65535", ported(Bridge, PortMapping{ContainerPort: 65535, HostPort: 65535}), ""},
		{"port 65536", ported(Bridge, PortMapping{ContainerPort: 65536}), "E119 " + m + "[0].containerPort"},
		{"host port 65536", ported(Bridge, PortMapping{ContainerPort: 80, HostPort: 65536}), "E119 " + m + "[0].hostPort"},
		{"negative host port", ported(Bridge, PortMapping{ContainerPort: 80, HostPort: -1}), "E119 " + m + "[0].hostPort"},
		{"container port twice", ported(Bridge, PortMapping{ContainerPort: 80}, PortMapping{ContainerPort: 80, HostPort: 1}),
			"E122 " + m + "[1].containerPort"},
		{"container port for tcp and udp", ported(Bridge, PortMapping{ContainerPort: 53}, PortMapping{ContainerPort: 53, Protocol: UDP}),
			"W122 " + m + "[1].containerPort"},
		{"host port twice", ported(Bridge, PortMapping{ContainerPort: 80, HostPort: 9}, PortMapping{ContainerPort: 81, HostPort: 9}),
			"E123 " + m + "[1].hostPort"},
		{"host port for tcp and udp", ported(Bridge,
			PortMapping{ContainerPort: 80, HostPort: 9}, PortMapping{ContainerPort: 81, HostPort: 9, Protocol: UDP}), ""},
	})
	for _, mode := range []NetworkMode{Host, Awsvpc} {
		two := ported(mode, PortMapping{ContainerPort: 80})
		second := two.Containers[0]
		second.Name = "b"
		two.Containers = append(two.Containers, second)
		require.Equal(t, "E123 containerDefinitions[1].portMappings[0].containerPort", places(two.Problems(nil)), mode)
		two.NetworkMode = Bridge
		require.Empty(t, two.Problems(nil), "each bridge container has a network of its own")
	}
}

// ECS rules, placement 5.2.
func TestRangeRules(t *testing.T) {
	const m, r = "containerDefinitions[0].portMappings", "E124 containerDefinitions[0].portMappings[0].containerPortRange"
	span := func(first, last int) PortMapping { return PortMapping{RangeFirst: first, RangeLast: last} }
	var hundred []PortMapping
	for i := range 101 {
		hundred = append(hundred, span(10*i+1, 10*i+2))
	}
	check(t, []rule{
		{"bridge", ported(Bridge, span(1, 65535)), ""},
		{"awsvpc", ported(Awsvpc, span(8000, 8010)), ""},
		{"host", ported(Host, span(8000, 8010)), "E121 " + m + "[0].containerPortRange"},
		{"from 0", ported(Bridge, span(0, 10)), r},
		{"to 65536", ported(Bridge, span(1, 65536)), r},
		{"falling", ported(Bridge, span(10, 9)), r},
		{"a single port", ported(Bridge, span(10, 10)), r},
		{"with hostPort", ported(Bridge, PortMapping{RangeFirst: 1, RangeLast: 2, HostPort: 3}), "E124 " + m + "[0].hostPort"},
		{"with containerPort", ported(Bridge, PortMapping{RangeFirst: 1, RangeLast: 2, ContainerPort: 3}),
			"E124 " + m + "[0].containerPort"},
		{"overlap of ranges", ported(Bridge, span(1, 10), span(10, 20)), "E124 " + m + "[1].containerPortRange"},
		{"neighbours", ported(Bridge, span(1, 10), span(11, 20)), ""},
		{"port inside a range", ported(Bridge, span(1, 10), PortMapping{ContainerPort: 5}), "E124 " + m + "[1].containerPort"},
		{"100 ranges", ported(Bridge, hundred[:100]...), ""},
		{"101 ranges", ported(Bridge, hundred...), "E124 " + m},
	})
}

// ECS rules, placement 3.1.
func TestConstraintRules(t *testing.T) {
	constrained := func(expressions ...string) *TaskDefinition {
		return one(func(t *TaskDefinition, _ *Container) { t.MemberOf = expressions })
	}
	long := strings.Repeat("ä", 2000)
	check(t, []rule{
		{"ten", constrained(strings.Split("a a a a a a a a a a", " ")...), ""},
		{"eleven", constrained(strings.Split("a a a a a a a a a a a", " ")...), "E127 placementConstraints"},
		{"2000 characters", constrained(long), ""},
		{"2001 characters", constrained(long + "a"), "E127 placementConstraints[0].expression"},
		{"empty", constrained("a", " "), "E127 placementConstraints[1].expression"},
	})
}

// ECS rules, placement 7.1.
func TestSizeRules(t *testing.T) {
	sized := func(cpu, memory int) *TaskDefinition {
		return onFargate(func(t *TaskDefinition, _ *Container) { t.CPU, t.Memory = cpu, memory })
	}
	check(t, []rule{
		{"512/512 rejected", sized(512, 512), "E114 memory"},
		{"8192/18432 rejected", sized(8192, 18432), "E114 memory"},
		{"16384/40960 accepted", sized(16384, 40960), ""},
		{"256/512 accepted", sized(256, 512), ""},
		{"cpu 100 is one problem, not two", sized(100, 512), "E114 memory"},
		{"cpu required", sized(0, 512), "E114 cpu"},
		{"memory required", sized(256, 0), "E114 memory"},
		{"both required", sized(0, 0), "E114 cpu\nE114 memory"},
		{"checked although EC2 is listed too", onFargate(func(t *TaskDefinition, _ *Container) {
			t.RequiresCompatibilities, t.Memory = []string{"EC2", "FARGATE"}, 4096
		}), "E114 memory"},
		{"not checked for EC2 alone", onFargate(func(t *TaskDefinition, _ *Container) {
			t.RequiresCompatibilities, t.Memory = []string{"EC2"}, 4096
		}), ""},
	})
	require.Equal(t, Problem{
		Path: "memory", Code: "E114", Message: "Fargate has no size with cpu 256 and memory 4096", Help: "of the table",
	}, sized(256, 4096).Problems(table71)[0])
}

// ECS rules, placement 7.2.
func TestFargateRules(t *testing.T) {
	rules := []rule{
		{"nothing wrong", onFargate(nil), ""},
		{"no mode is bridge", onFargate(func(t *TaskDefinition, _ *Container) { t.NetworkMode = "" }), "E118 networkMode"},
		{"constraints", onFargate(func(t *TaskDefinition, _ *Container) { t.MemberOf = []string{"a"} }), "E125 placementConstraints"},
		{"GPU", onFargate(func(_ *TaskDefinition, c *Container) { c.GPUs = 1 }), "E125 containerDefinitions[0].resourceRequirements"},
		{"privileged", onFargate(func(_ *TaskDefinition, c *Container) { c.Privileged = true }),
			"E125 containerDefinitions[0].privileged"},
		{"links", onFargate(func(_ *TaskDefinition, c *Container) { c.Links = []string{"db"} }), "E129 containerDefinitions[0].links"},
		{"host volume", onFargate(func(t *TaskDefinition, _ *Container) { t.Volumes = []Volume{{Name: "a"}, {HostPath: "/proc"}} }),
			"E125 volumes[1].host.sourcePath"},
	}
	for _, m := range []NetworkMode{Bridge, Host, None} {
		rules = append(rules, rule{"" + string(m), onFargate(func(t *TaskDefinition, _ *Container) { t.NetworkMode = m }),
			"E118 networkMode"})
	}
	for gib, want := range map[int]string{
		0: "", 19: "E126 ephemeralStorage.sizeInGiB", 20: "", 21: "", 200: "", 201: "E126 ephemeralStorage.sizeInGiB",
	} {
		rules = append(rules, rule{fmt.Sprint("storage ", gib),
			onFargate(func(t *TaskDefinition, _ *Container) { t.EphemeralStorageGiB = gib }), want})
	}
	check(t, rules)
}

func TestFargateLaunchChecksADefinitionThatDoesNotListIt(t *testing.T) {
	task := one(nil)
	require.Empty(t, task.Problems(table71))
	require.Equal(t, "E118 networkMode\nE114 cpu\nE114 memory", places(task.FargateProblems(table71)))
	require.Empty(t, onFargate(nil).FargateProblems(nil))
}

func TestEC2LaunchChecksADefinitionThatDoesNotListIt(t *testing.T) {
	task := one(func(t *TaskDefinition, _ *Container) {
		t.OperatingSystem, t.NetworkMode, t.RequiresCompatibilities = "WINDOWS_SERVER_2022_CORE", Host, []string{"EXTERNAL"}
	})
	require.Empty(t, task.Problems(nil))
	require.Equal(t, "E118 networkMode", places(task.EC2Problems()))
}

func TestProblemsAreSaidOnceEach(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		task := drawTask(t)
		task.RequiresCompatibilities = rapid.SliceOfN(rapid.SampledFrom([]string{"EC2", "FARGATE"}), 0, 2).Draw(t, "compat")
		seen := make(map[string]bool)
		for _, p := range task.Problems(table71) {
			require.False(t, seen[p.Code+p.Path], p)
			seen[p.Code+p.Path] = true
			require.Contains(t, Codes(), p.Code)
		}
	})
}

// table71 is the table of Fargate sizes (ECS rules, placement 7.1).
func table71(cpu, memory int, _, _ string) (ok bool, help string) {
	rows := map[int][3]int{ // least, most, step; 256 has no constant step
		512: {1024, 4096, 1024}, 1024: {2048, 8192, 1024}, 2048: {4096, 16384, 1024}, 4096: {8192, 30720, 1024},
		8192: {16384, 61440, 4096}, 16384: {32768, 122880, 8192},
	}
	if cpu == 256 {
		return memory == 512 || memory == 1024 || memory == 2048, "of the table"
	}
	r, ok := rows[cpu]
	return ok && memory >= r[0] && memory <= r[1] && (memory-r[0])%r[2] == 0, "of the table"
}
