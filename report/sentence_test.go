package report

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"ecssim/model"
	"ecssim/model/catalog"
	"ecssim/model/placement"
	"ecssim/model/taskdef"
	"ecssim/sim"
)

// TestSentences lets every reason be the first bottleneck. They are meant to be read aloud.
func TestSentences(t *testing.T) {
	type by = map[placement.Reason]int32
	for _, c := range []struct {
		instances int
		by        by
		want      string
		resource  string
	}{
		{3, by{placement.NoENI: 3}, "all 3 instances have 0 of 2 task ENIs left", "eni"},
		{1, by{placement.NoENI: 1}, "the only instance has 0 of 2 task ENIs left", "eni"},
		{3, by{placement.NoCPU: 3}, "none of 3 instances has the 256 cpu units left that a task of web needs", "cpu"},
		{1, by{placement.NoCPU: 1}, "the only instance has less left than the 256 cpu units that a task of web needs", "cpu"},
		{3, by{placement.NoMemory: 3}, "none of 3 instances has the 512 MiB of memory left that a task of web needs", "memory"},
		{2, by{placement.NoGPU: 2}, "none of 2 instances has the 1 GPU left that a task of web needs", "gpu"},
		{2, by{placement.PortInUse: 2}, "host port 8080 is taken on both instances", "ports"},
		{2, by{placement.MemberOf: 2}, "no instance satisfies the placement constraints of web", "constraint"},
		{2, by{placement.DistinctInstance: 2}, "both instances run a task of service:web already (distinctInstance)", "constraint"},
		{2, by{placement.MaxTasksPerInstance: 2}, "both instances run as many tasks as max_tasks_per_instance = 5 allows", "constraint"},
		{0, by{placement.NoInstances: 1}, "the cluster has no container instance", "instances"},
		{2, by{placement.Missing: 1}, "the instance that web names does not exist", "instances"},
		{2, by{placement.Inactive: 1}, "the instance that web names is gone", "instances"},
		{2, by{placement.Agent: 2}, "both instances have a disconnected agent", "agent"},
		{2, by{placement.Location: 2}, "no instance is in zones b and c, where the subnets of web are", "location"},
		{2, by{placement.Attribute: 2}, "no instance has the attributes that web needs", "attribute"},
		{2, by{placement.FargateVCPUQuota: 1}, "0 of 6 Fargate vCPUs run, and a task of web needs 0.25", "fargate_vcpu"},
		{2, by{placement.FargateCapacity: 1}, "Fargate has no capacity for a task of web", "fargate_vcpu"},
		{3, by{placement.NoCPU: 2, placement.NoMemory: 1}, "2 of 3 instances lack cpu, 1 lacks memory", "cpu"},
		{9, by{placement.NoCPU: 1, placement.NoENI: 5, placement.MemberOf: 3},
			"5 of 9 instances lack a task ENI, 3 fail a placement constraint, 1 lacks cpu", "eni"},
	} {
		cfg := firstConfig(t)
		cfg.Quotas.FargateVCPU = 6
		s := newScript(t, cfg, 1, RecorderOptions{})
		for range c.instances {
			s.join("main", cfg.Fleets[0].Type, 0)
		}
		d := demandOf(taskdef.Needs{
			CPU: 256, Memory: 512, GPUs: 1, ENIs: 1, StaticPorts: []taskdef.HostPort{{Port: 8080, Protocol: taskdef.TCP}},
		})
		d.MaxTasksPerInstance, d.Zones = 5, []string{"b", "c"}
		s.refuse(s.create("web", d), c.by)
		b := s.end(time.Minute, sim.Reached).Bottleneck
		assert.Equal(t, c.want, b.Sentence)
		assert.Equal(t, c.resource, b.Resource)
	}
}

func TestAddressesAsBottleneck(t *testing.T) {
	cfg := firstConfig(t)
	cfg.Subnets[0].Prefix, cfg.Subnets[0].OtherIPsUsed = 28, 9
	s := newScript(t, cfg, 1, RecorderOptions{})
	i := s.join("main", cfg.Fleets[0].Type, 0)
	d := demandOf(taskdef.Needs{CPU: 256, Memory: 512, ENIs: 1})
	s.place(s.create("web", d), i, 0)
	late := s.at(time.Minute).create("web", d)
	s.place(late, i, -1)
	s.stop(late, model.TaskFailedToStart, "Unexpected EC2 error")
	r := s.end(time.Hour, sim.Reached)
	assert.Equal(t, "subnet default has 0 of 2 addresses left", r.Bottleneck.Sentence)
	assert.Equal(t, "ip:default", bottleneckName(r.Bottleneck.Resource, r.Bottleneck.Scope))
	assert.Equal(t, time.Minute, r.Bottleneck.At)
	ip := poolOf(t, r, "ip", "default")
	assert.Equal(t, int64(2), ip.UsedPeak)
	assert.Equal(t, "no free address", r.Owners[0].Why)
}

func TestBrokenBooksPanic(t *testing.T) {
	d := demandOf(taskdef.Needs{CPU: 2048, Memory: 512})
	start := func() (*script, *model.Task) {
		cfg := firstConfig(t)
		s := newScript(t, cfg, 42, RecorderOptions{})
		s.join("main", cfg.Fleets[0].Type, 0)
		return s, s.create("web", d)
	}
	panics := func(want string, f func()) {
		t.Helper()
		defer func() {
			t.Helper()
			assert.Contains(t, recover(), want)
		}()
		f()
	}
	s, _ := start()
	s.live = nil
	panics("at the end of first, seed 42: 1 tasks arrived, but 0 run, 0 start, 0 stopped, 0 wait", func() { s.end(0, sim.Reached) })
	s, task := start()
	s.place(task, s.instances[0], -1)
	other := s.create("web", d)
	other.Instance, other.Placed = s.instances[0], 0
	panics("4096 of 2048 cpu (default) are in use, seed 42", func() { s.r.TaskPlaced(0, other) })
	s, _ = start()
	s.instances = nil
	panics("the recorder knows of 1 instances, the world of 0", func() { s.end(0, sim.Reached) })
	s, task = start()
	task.Instance, task.Placed, task.Running = s.instances[0], 0, 0
	panics("-2048 of 2048", func() { s.r.TaskStopped(0, task) })
	s, _ = start()
	s.r.TaskCreated(time.Second, task)
	panics("after 1s (seed 42)", func() { s.r.TaskCreated(0, task) })
}

func TestUnknownPricesMakeALowerBound(t *testing.T) {
	cfg := firstConfig(t)
	ty := catalog.InstanceType{Name: "slot8", CPU: 8192, Memory: 16384, PricePerHour: -1}
	s := newScript(t, cfg, 1, RecorderOptions{})
	s.join("main", cfg.Fleets[0].Type, 0)
	s.join("main", ty, 0)
	sum := Summarise(Set{Records: []*Record{s.end(time.Hour, sim.Reached)}})
	assert.False(t, sum.Cost.Known)
	text := sum.Terminal(TerminalOptions{})
	assert.Contains(t, text, "cost at least $0.096 for 1h")
	assert.Contains(t, text, "price of EC2 slot8 unknown in us-east-1: the cost is a lower bound")
	assert.Contains(t, text, "NO BOTTLENECK")
}
