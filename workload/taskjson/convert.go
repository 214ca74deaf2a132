package taskjson

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"ecssim/model/taskdef"
)

// convert turns the SDK's type into ours. What is inside strings (sizes, counts, ranges) is read here.
func (r *reader) convert(aws *types.TaskDefinition) *taskdef.TaskDefinition {
	t := &taskdef.TaskDefinition{
		Family:           value(aws.Family),
		Revision:         int(aws.Revision),
		CPU:              r.size(aws.Cpu, "cpu", taskdef.ParseCPU),
		Memory:           r.size(aws.Memory, "memory", taskdef.ParseMemory),
		NetworkMode:      taskdef.NetworkMode(aws.NetworkMode),
		TaskRoleARN:      value(aws.TaskRoleArn),
		ExecutionRoleARN: value(aws.ExecutionRoleArn),
	}
	for _, c := range aws.RequiresCompatibilities {
		if c != "" {
			t.RequiresCompatibilities = append(t.RequiresCompatibilities, string(c))
		}
	}
	if p := aws.RuntimePlatform; p != nil {
		t.OperatingSystem, t.Architecture = string(p.OperatingSystemFamily), string(p.CpuArchitecture)
	}
	if s := aws.EphemeralStorage; s != nil {
		t.EphemeralStorageGiB = int(s.SizeInGiB)
	}
	for _, c := range aws.PlacementConstraints {
		t.MemberOf = append(t.MemberOf, value(c.Expression))
	}
	for _, v := range aws.Volumes {
		volume := taskdef.Volume{Name: value(v.Name)}
		if v.Host != nil {
			volume.HostPath = value(v.Host.SourcePath)
		}
		t.Volumes = append(t.Volumes, volume)
	}
	for i := range aws.ContainerDefinitions {
		t.Containers = append(t.Containers, r.container(&aws.ContainerDefinitions[i], fmt.Sprintf("containerDefinitions[%d]", i)))
	}
	return t
}

func (r *reader) container(aws *types.ContainerDefinition, path string) taskdef.Container {
	c := taskdef.Container{
		Name:              value(aws.Name),
		Image:             value(aws.Image),
		CPU:               int(aws.Cpu),
		Memory:            int(value(aws.Memory)),
		MemoryReservation: int(value(aws.MemoryReservation)),
		Essential:         aws.Essential == nil || *aws.Essential, // absent means true
		Privileged:        value(aws.Privileged),
		Links:             aws.Links,
	}
	for i, need := range aws.ResourceRequirements {
		switch need.Type {
		case types.ResourceTypeGpu:
			c.GPUs += r.gpus(value(need.Value), fmt.Sprintf("%s.resourceRequirements[%d].value", path, i))
		case "": // absent, or reported already
		default:
			r.ignored[fmt.Sprintf("resourceRequirements (%s)", need.Type)] = true
		}
	}
	life(&c, aws)
	for i, p := range aws.PortMappings {
		c.Ports = append(c.Ports, r.port(p, fmt.Sprintf("%s.portMappings[%d]", path, i)))
	}
	return c
}

func (r *reader) port(aws types.PortMapping, path string) taskdef.PortMapping {
	p := taskdef.PortMapping{
		ContainerPort: int(value(aws.ContainerPort)),
		HostPort:      int(value(aws.HostPort)),
		Protocol:      taskdef.Protocol(aws.Protocol),
	}
	if text := value(aws.ContainerPortRange); text != "" {
		first, last, ok := portRange(text)
		if !ok {
			r.text(path+".containerPortRange", `cannot read port range %q: write first and last port, as in "8000-8010"`, short(text))
		}
		p.RangeFirst, p.RangeLast = first, last
	}
	return p
}

func portRange(text string) (first, last int, ok bool) {
	a, b, ok := strings.Cut(text, "-")
	if !ok {
		return 0, 0, false
	}
	first, err := strconv.Atoi(strings.TrimSpace(a))
	if err != nil {
		return 0, 0, false
	}
	last, err = strconv.Atoi(strings.TrimSpace(b))
	if err != nil || first == 0 && last == 0 {
		return 0, 0, false
	}
	return first, last, true
}

// maxGPUs keeps sums far from overflow; no instance has more than 16.
const maxGPUs = 1000

func (r *reader) gpus(text, path string) int {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > maxGPUs {
		r.text(path, "cannot read GPU count %q: write a whole number from 1 up", short(text))
		return 0
	}
	return n
}

// size reads a task-level size; an absent or empty one is 0.
func (r *reader) size(text *string, path string, parse func(string) (int, error)) int {
	if value(text) == "" {
		return 0
	}
	n, err := parse(*text)
	if err != nil {
		r.text(path, "%s", err)
	}
	return n
}

// text reports a string that cannot be read; it then counts as absent.
func (r *reader) text(path, format string, args ...any) {
	r.bad[path] = true
	r.report(r.root.find(path), CodeText, format, args...)
}

func value[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}
