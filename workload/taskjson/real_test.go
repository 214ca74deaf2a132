package taskjson

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"ecssim/model/taskdef"
	"ecssim/workload/diag"
)

// realFiles lists what each real file reserves, computed by hand from the file and ECS rules, placement 4.3.
var realFiles = []struct {
	file  string
	needs taskdef.Needs
}{
	{"taskdefs/agent-busybox-static-port-5180.json", taskdef.Needs{Memory: 50, StaticPorts: tcp(5180)}},
	{"taskdefs/agent-efs-volume-read.json", taskdef.Needs{CPU: 10, Memory: 128}}, // memory 256, reservation 128
	{"taskdefs/agent-nvidia-gpu.json", taskdef.Needs{CPU: 100, Memory: 100, GPUs: 1}},
	{"taskdefs/agent-ordering-healthy.json", taskdef.Needs{Memory: 64 + 64}},
	// Its name says Windows, but without runtimePlatform it is Linux to ECS.
	{"taskdefs/agent-port-80-windows.json", taskdef.Needs{CPU: 1024, Memory: 256, StaticPorts: tcp(5180)}},
	{"taskdefs/blog-maximum-lifespan-2c.json", taskdef.Needs{CPU: 256, Memory: 512, ENIs: 1}},
	{"taskdefs/cfl-openmrs-register-output.json", taskdef.Needs{CPU: 512, Memory: 2048, ENIs: 1}},
	{"taskdefs/consul-client-host.json", taskdef.Needs{CPU: 128, Memory: 64}}, // memory 256, reservation 64
	{"taskdefs/course-wisdom-api.json", taskdef.Needs{CPU: 256, Memory: 512, ENIs: 1}},
	{"taskdefs/cwagent-combination-ec2.json", taskdef.Needs{CPU: 256, Memory: 256}},
	{"taskdefs/cwagent-daemon-bridge.json", taskdef.Needs{CPU: 128, Memory: 64}},
	{"taskdefs/docs-arm64-fargate.json", taskdef.Needs{CPU: 256, Memory: 512, ENIs: 1}},
	{"taskdefs/docs-inferentia-memberof-hostport0.json", taskdef.Needs{
		Memory: 1000, StaticPorts: tcp(8500, 8501), DynamicPorts: 1,
	}},
	{"taskdefs/ecspresso-daemon-host.json", taskdef.Needs{CPU: 256, Memory: 512, StaticPorts: tcp(80)}},
	{"taskdefs/ecspresso-ephemeral-proxy.json", taskdef.Needs{CPU: 1024, Memory: 2048, ENIs: 1}},
	{"taskdefs/firelens-emf-bridge-links.json", taskdef.Needs{Memory: 50 + 100, DynamicPorts: 1}},
	{"taskdefs/firelens-newrelic-vcpu-gb-units.json", taskdef.Needs{CPU: 1024, Memory: 2048, ENIs: 1}},
	{"taskdefs/firelens-tcp-healthcheck.json", taskdef.Needs{Memory: 50 + 100}},
	{"taskdefs/gunicorn-ec2-awsvpc.json", taskdef.Needs{CPU: 512, Memory: 1024, ENIs: 1}},
	{"taskdefs/gunicorn-fargate.json", taskdef.Needs{CPU: 512, Memory: 1024, ENIs: 1}},
	{"taskdefs/kibana-fargate.json", taskdef.Needs{CPU: 1024, Memory: 2048, ENIs: 1}},
	{"taskdefs/nginx-ec2-bridge.json", taskdef.Needs{CPU: 256, Memory: 256, DynamicPorts: 1}},
	{"taskdefs/otel-fargate-sidecar-4c.json", taskdef.Needs{CPU: 256, Memory: 512, ENIs: 1}},
	{"taskdefs/wildfly-fargate.json", taskdef.Needs{CPU: 512, Memory: 1024, ENIs: 1}},
	{"aws-cli/describe-task-definition_1.json", taskdef.Needs{CPU: 10 + 10, Memory: 500 + 500, StaticPorts: tcp(80)}},
	{"aws-cli/register-task-definition_2.json", taskdef.Needs{CPU: 10, Memory: 10}},
	{"aws-cli/recorded/ecs_task_def__ecs.DescribeTaskDefinition_1.json", taskdef.Needs{CPU: 256, Memory: 512, ENIs: 1}},
}

func tcp(ports ...int) (static []taskdef.HostPort) {
	for _, p := range ports {
		static = append(static, taskdef.HostPort{Port: p, Protocol: taskdef.TCP})
	}
	return static
}

func realData(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("ECSSIM_REAL_DATA")
	if dir == "" {
		t.Skip("ECSSIM_REAL_DATA is not set: the real task definitions are not checked")
	}
	return dir
}

func TestRealFilesReserveWhatTheAgentWould(t *testing.T) {
	dir := realData(t)
	for _, c := range realFiles {
		t.Run(filepath.Base(c.file), func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join(dir, c.file))
			require.NoError(t, err)
			got, found, _ := Parse(c.file, data)
			require.Empty(t, render(found))
			if diff := cmp.Diff(c.needs, got.Needs()); diff != "" {
				t.Errorf("needs (-want +got):\n%s", diff)
			}
		})
	}
}

func TestEveryRealFileHasARow(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(realData(t), "taskdefs", "*.json"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, f := range files {
		name := "taskdefs/" + filepath.Base(f)
		i := slices.IndexFunc(realFiles, func(c struct {
			file  string
			needs taskdef.Needs
		},
		) bool {
			return c.file == name
		})
		require.GreaterOrEqual(t, i, 0, "no row for %s", name)
	}
}

func TestRealFilesListWhatIsIgnored(t *testing.T) {
	dir := realData(t)
	for file, want := range map[string]string{
		"nginx-ec2-bridge":                   "logConfiguration.options",
		"course-wisdom-api":                  "logConfiguration.options portMappings.appProtocol portMappings.name",
		"cfl-openmrs-register-output":        "environment logConfiguration.options",
		"agent-efs-volume-read":              "command mountPoints volumes.efsVolumeConfiguration",
		"agent-ordering-healthy":             "command mountPoints workingDirectory",
		"ecspresso-ephemeral-proxy":          "dockerLabels environment logConfiguration.options proxyConfiguration ulimits",
		"docs-inferentia-memberof-hostport0": "entryPoint linuxParameters",
		"agent-busybox-static-port-5180":     "command",
	} {
		data, err := os.ReadFile(filepath.Join(dir, "taskdefs", file+".json"))
		require.NoError(t, err)
		_, _, ignored := Parse(file, data)
		require.Equal(t, want, strings.Join(ignored, " "), file)
	}
}

func TestRealFileIsConvertedWhole(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(realData(t), "taskdefs/docs-inferentia-memberof-hostport0.json"))
	require.NoError(t, err)
	got, _, _ := Parse("", data)
	want := &taskdef.TaskDefinition{
		Family:                  "ecs-neuron",
		RequiresCompatibilities: []string{"EC2"},
		MemberOf:                []string{"attribute:ecs.os-type == linux", "attribute:ecs.instance-type == inf1.xlarge"},
		ExecutionRoleARN:        "${YOUR_EXECUTION_ROLE}",
		Containers: []taskdef.Container{{
			Name:  "resnet50",
			Image: "763104351884.dkr.ecr.us-east-1.amazonaws.com/tensorflow-inference-neuron:1.15.4-neuron-py37-ubuntu18.04",
			Ports: []taskdef.PortMapping{
				{HostPort: 8500, ContainerPort: 8500, Protocol: taskdef.TCP},
				{HostPort: 8501, ContainerPort: 8501, Protocol: taskdef.TCP},
				{ContainerPort: 80, Protocol: taskdef.TCP},
			},
			MemoryReservation: 1000,
			Essential:         true,
		}},
	}
	require.Empty(t, cmp.Diff(want, got))
}

// render writes diagnostics as the golden files hold them.
func render(found []diag.Diagnostic) string {
	var b strings.Builder
	for _, d := range found {
		b.WriteString(line(d))
	}
	return b.String()
}
