package main

import (
	"cmp"
	"encoding/xml"
	"errors"
	"fmt"
	"image/png"
	"io"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// nodeKind is what makes a node of the real node list a type of its own.
type nodeKind struct {
	cpuMilli, memory, gpu int64
	model                 string
}

// realFleet makes a custom type and a fleet of every kind of node, keeping one node in every `keep`.
func realFleet(t *testing.T, keep int) string {
	t.Helper()
	nodes, err := readCSV(realData(t, "cluster-traces", "openb_node_list_all_node.csv"))
	require.NoError(t, err)
	kinds := map[nodeKind]int{}
	for _, row := range nodes.rows {
		kinds[nodeKind{
			int64(nodes.number(row, "cpu_milli")), int64(nodes.number(row, "memory_mib")),
			int64(nodes.number(row, "gpu")), nodes.text(row, "model"),
		}]++
	}
	require.Len(t, nodes.rows, 1523)
	order := slices.SortedFunc(maps.Keys(kinds), func(a, b nodeKind) int {
		return cmp.Or(cmp.Compare(a.cpuMilli, b.cpuMilli), cmp.Compare(a.memory, b.memory), cmp.Compare(a.gpu, b.gpu), cmp.Compare(a.model, b.model))
	})
	var b strings.Builder
	for n, k := range order {
		if kinds[k]/keep == 0 {
			continue
		}
		fmt.Fprintf(&b, "[catalog.types.node%02d]\ncpu = %d\nmemory = %d\n", n, k.cpuMilli*1024/1000, k.memory)
		if k.gpu > 0 {
			fmt.Fprintf(&b, "gpu = %d\n", k.gpu)
		}
		fmt.Fprintf(&b, "[instances.node%02d]\ntype = \"node%02d\"\ncount = %d\nattributes = { model = %q }\n", n, n, kinds[k]/keep, "m"+k.model)
	}
	return b.String()
}

// podTotals is what the pod trace alone says, without any simulator.
type podTotals struct {
	pods               int64
	peakGPU            float64
	meanPods, meanGPUs float64
	end                float64
}

func readPods(t *testing.T) podTotals {
	t.Helper()
	pods, err := readCSV(realData(t, "cluster-traces", "openb_pod_list_default.csv"))
	require.NoError(t, err)
	type change struct{ at, gpu float64 }
	var changes []change
	var p podTotals
	for _, row := range pods.rows {
		from, to, gpu := pods.number(row, "creation_time"), pods.number(row, "deletion_time"), pods.number(row, "num_gpu")
		changes = append(changes, change{from, gpu}, change{to, -gpu})
		p.pods++
		p.meanPods += to - from
		p.meanGPUs += gpu * (to - from)
		p.end = max(p.end, to)
	}
	slices.SortFunc(changes, func(a, b change) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.gpu, b.gpu)) })
	now := 0.0
	for _, c := range changes {
		now += c.gpu
		p.peakGPU = max(p.peakGPU, now)
	}
	p.end++ // the last pod ends within the run
	p.meanPods /= p.end
	p.meanGPUs /= p.end
	return p
}

func realScenario(t *testing.T, strategy string, keep int, end float64) string {
	t.Helper()
	return lines("schema = 1", "name = "+quote("openb-%s", strategy), fmt.Sprintf("duration = %q", fmt.Sprintf("%.0fs", end)),
		`latency = "none"`, realFleet(t, keep), "[jobs.pods]", `task = { cpu = 256, memory = 512, network_mode = "bridge" }`,
		`launch_type = "EC2"`, "placement_strategy = "+quote("%s", strategy), `on_failure = "drop"`,
		`trace = { csv = `+quote("%s", realData(t, "cluster-traces", "openb_pod_list_default.csv"))+
			`, arrival = "creation_time", end = "deletion_time", cpu = "cpu_milli", cpu_unit = "milli", memory = "memory_mib", gpu = "num_gpu", name = "name", time_unit = "s" }`)
}

func TestRealPodTrace(t *testing.T) {
	pods := readPods(t)
	require.EqualValues(t, 8152, pods.pods)
	require.EqualValues(t, 71, pods.peakGPU)
	require.InDelta(t, 16.325, pods.meanPods, 0.0005)
	used := map[string]int{}
	for _, strategy := range []string{"binpack-memory", "spread-instance", "random"} {
		t.Run(strategy, func(t *testing.T) {
			r := play(t, realScenario(t, strategy, 1, pods.end), "-q")
			job := r.summary.Jobs["pods"]
			assert.Equal(t, pods.pods, job.Arrived)
			assert.Zero(t, job.Refused)
			assert.Equal(t, pods.pods, job.Finished)
			assert.InDelta(t, pods.meanPods, job.MeanRunning, 1e-5)
			assert.InDelta(t, pods.peakGPU, r.summary.resource("gpu").Peak, 0)
			assert.InDelta(t, pods.meanGPUs, r.summary.resource("gpu").Mean, 1e-5)
			assertPictures(t, r.folder)
			used[strategy] = instancesUsed(t, r.folder)
		})
		t.Run(strategy+" on 1 % of the fleet", func(t *testing.T) {
			r := play(t, realScenario(t, strategy, 100, pods.end), "-q")
			job := r.summary.Jobs["pods"]
			assert.Equal(t, pods.pods, job.Arrived)
			assert.Positive(t, job.Refused)
			assert.Equal(t, pods.pods, job.Refused+job.Finished)
			assert.Less(t, job.MeanRunning, pods.meanPods)
			assertPictures(t, r.folder)
		})
	}
	// Spreading takes the emptiest instance, the first of several: it needs as many as tasks ever ran at once.
	assert.Less(t, used["binpack-memory"], used["spread-instance"])
	assert.Less(t, used["spread-instance"], used["random"])
}

func instancesUsed(t *testing.T, folder string) (n int) {
	t.Helper()
	c, err := readCSV(filepath.Join(folder, "data", "instances.csv"))
	require.NoError(t, err)
	for _, row := range c.rows {
		if c.number(row, "tasks_placed") > 0 {
			n++
		}
	}
	return n
}

// assertPictures wants pictures that a viewer can open and that are not empty.
func assertPictures(t *testing.T, folder string) {
	t.Helper()
	for _, name := range []string{"utilisation", "failures"} {
		f, err := os.Open(filepath.Join(folder, "plots", name+".png"))
		require.NoError(t, err)
		defer f.Close()
		picture, err := png.Decode(f)
		require.NoError(t, err)
		colours := map[[4]uint32]bool{}
		for y := picture.Bounds().Min.Y; y < picture.Bounds().Max.Y; y += 2 {
			for x := picture.Bounds().Min.X; x < picture.Bounds().Max.X; x += 2 {
				r, g, b, a := picture.At(x, y).RGBA()
				colours[[4]uint32{r, g, b, a}] = true
			}
		}
		assert.GreaterOrEqual(t, picture.Bounds().Dx(), 600, name)
		assert.Greater(t, len(colours), 5, "%s.png is empty", name)

		svg, err := os.ReadFile(filepath.Join(folder, "plots", name+".svg"))
		require.NoError(t, err)
		root, d := "", xml.NewDecoder(strings.NewReader(string(svg)))
		for {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			require.NoError(t, err, name)
			if start, ok := token.(xml.StartElement); ok && root == "" {
				root = start.Name.Local
			}
		}
		assert.Equal(t, "svg", root, name)
		assert.NotContains(t, string(svg), "NaN", name)
	}
}

// realTaskDef is what a person found in one file: where a service of it may run, and how many of 3 tasks run on two
// instances of a type.
type realTaskDef struct {
	file string
	// on is the instance type on which it was meant to run; the default is m5.large.
	on string
	// ec2 is how many of 3 run on two instances.
	ec2 int64
	// noFargate holds parts of the refusal; empty where it is legal. All are legal on EC2: one that requires FARGATE
	// alone is registered as compatible with both.
	noFargate []string
	// elsewhere is the reason for which nothing runs on m5.large.
	elsewhere string
}

const (
	ec2Only     = "registered for EC2, but `services.web` runs on FARGATE"
	noCPU       = "Fargate needs a task-level cpu"
	defaultMode = "network mode bridge (the default) does not exist on Fargate"
	bridgeMode  = "network mode bridge does not exist on Fargate"
	hostMode    = "network mode host does not exist on Fargate"
)

var realTaskDefs = []realTaskDef{
	{file: "agent-busybox-static-port-5180", ec2: 2, noFargate: []string{noCPU, defaultMode}}, // one host port a machine
	{file: "agent-efs-volume-read", ec2: 3, noFargate: []string{noCPU, defaultMode}},
	{file: "agent-nvidia-gpu", on: "g4dn.xlarge", ec2: 2, elsewhere: "RESOURCE:GPU",
		noFargate: []string{noCPU, defaultMode, "Fargate has no GPUs"}}, // one GPU a machine
	{file: "agent-ordering-healthy", ec2: 3, noFargate: []string{noCPU, defaultMode}},
	{file: "agent-port-80-windows", ec2: 2, noFargate: []string{noCPU, defaultMode}}, // host port 5180; nothing in it says Windows
	{file: "blog-maximum-lifespan-2c", ec2: 3},
	{file: "cfl-openmrs-register-output", ec2: 3},
	{file: "consul-client-host", ec2: 3, noFargate: []string{noCPU, hostMode}}, // host mode, but no port is named
	{file: "course-wisdom-api", ec2: 3},
	{file: "cwagent-combination-ec2", ec2: 3,
		noFargate: []string{bridgeMode, "Fargate has no links", "Fargate has no size with cpu 256 and memory 256", ec2Only}},
	{file: "cwagent-daemon-bridge", ec2: 3,
		noFargate: []string{bridgeMode, "Fargate has no volumes on a path of the host", "Fargate has no size with cpu 128", ec2Only}},
	{file: "docs-arm64-fargate", on: "m6g.large", ec2: 3, elsewhere: "ATTRIBUTE"},
	{file: "docs-inferentia-memberof-hostport0", on: "inf1.xlarge", ec2: 2, elsewhere: "MemberOf placement constraint unsatisfied.",
		noFargate: []string{noCPU, defaultMode, "Fargate has no placement constraints", ec2Only}}, // host ports 8500 and 8501
	{file: "ecspresso-daemon-host", ec2: 2, noFargate: []string{hostMode, ec2Only}}, // host port 80
	{file: "ecspresso-ephemeral-proxy", ec2: 3},
	{file: "firelens-emf-bridge-links", ec2: 3, noFargate: []string{noCPU, defaultMode, "Fargate has no links"}},
	{file: "firelens-newrelic-vcpu-gb-units", ec2: 3},
	{file: "firelens-tcp-healthcheck", ec2: 3, noFargate: []string{noCPU, defaultMode}},
	// It names no compatibility, and has all that Fargate wants. Whether ECS runs it there without being told so at
	// registration is an open question; the simulator does.
	{file: "gunicorn-ec2-awsvpc", ec2: 3},
	{file: "gunicorn-fargate", ec2: 3},
	{file: "kibana-fargate", ec2: 3},
	{file: "nginx-ec2-bridge", ec2: 3, noFargate: []string{noCPU, bridgeMode, ec2Only}},
	{file: "otel-fargate-sidecar-4c", ec2: 3},
	{file: "wildfly-fargate", ec2: 3},
}

func TestRealTaskDefinitions(t *testing.T) {
	files, err := filepath.Glob(realData(t, "taskdefs", "*.json"))
	require.NoError(t, err)
	require.Len(t, realTaskDefs, len(files), "every file is in the table")
	for _, d := range realTaskDefs {
		service := func(on, launchType string) string {
			fleet := lines("[instances.main]", "type = "+quote("%s", cmp.Or(on, "m5.large")), "count = 2")
			if launchType == "FARGATE" {
				fleet = ""
			}
			return lines("schema = 1", `name = "real"`, `duration = "20m"`, fleet, "[services.web]",
				"task_definition = "+quote("%s", realData(t, "taskdefs", d.file+".json")), "desired_count = 3", "launch_type = "+quote("%s", launchType))
		}
		t.Run(d.file+" on EC2", func(t *testing.T) {
			r := play(t, service(d.on, "EC2"), "--no-plots")
			assert.Equal(t, d.ec2, r.summary.Services["web"].Running)
			if d.elsewhere != "" {
				r := play(t, service("m5.large", "EC2"), "--no-plots")
				assert.Zero(t, r.summary.Services["web"].Running)
				require.NotEmpty(t, r.summary.Failures)
				assert.Equal(t, d.elsewhere, r.summary.Failures[0].Reason)
			}
		})
		t.Run(d.file+" on Fargate", func(t *testing.T) {
			if d.noFargate != nil {
				assertRefused(t, service(d.on, "FARGATE"), d.noFargate...)
				return
			}
			r := play(t, service(d.on, "FARGATE"), "--no-plots")
			assert.EqualValues(t, 3, r.summary.Services["web"].Running)
			assert.Positive(t, r.summary.Totals.Cost)
			assert.False(t, math.IsNaN(r.summary.Totals.Cost))
		})
	}
}

// assertRefused wants exit 2, every one of the messages, and no folder.
func assertRefused(t *testing.T, scenario string, messages ...string) {
	t.Helper()
	r := try(t, scenario)
	assert.Equal(t, exitUsage, r.code)
	assert.Empty(t, r.stdout)
	for _, m := range messages {
		assert.Contains(t, r.stderr, m)
	}
	assert.NoDirExists(t, r.folder)
}
