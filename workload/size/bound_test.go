package size

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ecssim/model"
	"ecssim/workload/diag"
	"ecssim/workload/scenario"
)

// read makes the world of a scenario's text.
func read(t *testing.T, text string, sets ...string) *model.Config {
	t.Helper()
	s, diags := scenario.Load([]string{"a.toml"}, scenario.Options{
		Sets: sets,
		Open: func(string) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil },
	})
	var b bytes.Buffer
	require.NoError(t, diag.Render(&b, diags, s.Source, diag.Options{}))
	require.False(t, diag.HasErrors(diags), b.String())
	return s.Config
}

// slots: three instances of 4,096 units, 8,192 MiB and 3 task ENIs, $0.10 an hour.
const slots = `schema = 1
duration = "2h"
[catalog.types.slot]
cpu = 4096
memory = 8192
max_enis = 4
branch_enis = 10
price_per_hour = 0.1
[instances.main]
type = "slot"
count = 3
`

func TestShortages(t *testing.T) {
	const web = "[services.web]\ntask = { cpu = 1024, memory = 1024, network_mode = \"bridge\" }\ndesired_count = 12\nlaunch_type = \"EC2\"\n"
	for _, c := range []struct {
		name, text string
		sets       []string
		want       []string
	}{
		{"just enough", slots + web, nil, nil},
		{"cpu", slots + web, []string{"services.web.desired_count=13"}, []string{
			"cpu: 13312 units wanted, 12288 there (all tasks)", "instances: 13 places wanted, 12 there (service `web`)",
		}},
		{"tasks do not divide", slots + web, []string{"services.web.task.memory=5000", "services.web.desired_count=4"}, []string{
			"instances: 4 places wanted, 3 there (service `web`)",
		}},
		{"memory that ECS does not get", slots + web, []string{"services.web.task.memory=2048", "instances.main.reserved_memory=1024"}, []string{
			"memory: 24576 MiB wanted, 21504 there (all tasks)", "instances: 12 places wanted, 9 there (service `web`)",
		}},
		{"interfaces", slots + web, []string{"services.web.task.network_mode=awsvpc", "services.web.desired_count=10"}, []string{
			"eni: 10 task ENIs wanted, 9 there (all tasks)", "instances: 10 places wanted, 9 there (service `web`)",
		}},
		{"trunks", slots + web, []string{"services.web.task.network_mode=awsvpc", "account.settings.awsvpcTrunking=enabled"}, nil},
		{"a host port", slots + web, []string{"services.web.desired_count=4", "services.web.task.container_port=80", "services.web.task.host_port=80"}, []string{
			"instances: 4 places wanted, 3 there (service `web`)", "ports: 4 instances wanted, 3 there (host port 80)",
		}},
		{"distinct instances", slots + web, []string{"services.web.desired_count=4", `services.web.placement_constraints=[{ type = "distinctInstance" }]`}, []string{
			"instances: 4 places wanted, 3 there (service `web`)",
		}},
		{"tasks of an instance", slots + web, []string{"services.web.desired_count=7", "services.web.max_tasks_per_instance=2"}, []string{
			"instances: 7 places wanted, 6 there (service `web`)",
		}},
		{
			"daemons come first", slots + web + "[services.agent]\nscheduling_strategy = \"DAEMON\"\ntask = { cpu = 100, memory = 100 }\n", nil,
			[]string{"cpu: 12288 units wanted, 11988 there (all tasks)", "instances: 12 places wanted, 9 there (service `web`)"},
		},
		{"addresses", slots + web, []string{
			"services.web.task.network_mode=awsvpc", "services.web.desired_count=9", `vpc.subnets={ a = { zone = "us-east-1a", cidr = "10.0.0.0/28" } }`,
		}, []string{"ip: 12 addresses wanted, 11 there (tasks and instances)"}},
		{"a quota", slots + web, []string{"services.web.launch_type=FARGATE", "services.web.task.memory=2048", "services.web.task.network_mode=awsvpc", "account.quotas.fargate_vcpu=8"}, []string{
			"fargate_vcpu: 12 vCPUs wanted, 8 there (tasks on Fargate)",
		}},
		{
			"a job by Little's law: 2 a second for 8 s", slots + "[jobs.batch]\ntask = { cpu = 1024, memory = 512 }\narrivals = { process = \"fixed\", every = \"500ms\" }\nrun_time = \"8s\"\n", nil,
			[]string{"cpu: 16375 units wanted, 12288 there (all tasks)", "instances: 15 places wanted, 12 there (job `batch`)"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, s := range Shortages(read(t, c.text, c.sets...), 1) {
				got = append(got, s.Sentence())
			}
			require.Equal(t, c.want, got)
		})
	}
}

// The tasks of a provider must fit there, whatever others have; those that may also go to Fargate are not counted.
func TestShortagesOfACapacityProvider(t *testing.T) {
	text := strings.Replace(slots, "[instances.main]\ntype = \"slot\"\ncount = 3\n", `[capacity_providers.small]
type = "slot"
min_size = 0
max_size = 1
[capacity_providers.large]
type = "slot"
min_size = 2
max_size = 9
[services.web]
task = { cpu = 1024, memory = 1024, network_mode = "bridge" }
desired_count = 6
capacity_provider = "small"
`, 1)
	c := read(t, text)
	require.Equal(t, []Shortage{
		{"cpu", "capacity provider small", 6144, 4096, "units"}, {"instances", "service `web`", 6, 4, "places"},
	}, Shortages(c, 1))
	require.InDelta(t, 2*0.1*2, Floor(c), 1e-6, "two are always there")
	require.Empty(t, Shortages(read(t, text, "services.web.capacity_provider=large"), 1))
}

func TestTheFloorIsWhatIsThereAllTheTime(t *testing.T) {
	c := read(t, slots)
	require.InDelta(t, 3*0.1*2, Floor(c), 1e-6)
	require.LessOrEqual(t, Floor(c), 3*0.1*2.0)
	require.InDelta(t, 3*0.1*2*0.6, Floor(read(t, slots, "pricing.ec2_discount=0.4")), 1e-6)
	require.Zero(t, Floor(read(t, slots, "instances.main.time_to_failure=1h")), "who is lost is not paid for")
	require.Zero(t, Floor(read(t, slots, `faults.loss={ at = "1h", kind = "instance_loss", count = 1 }`)))
}
