package report

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ecssim/model"
	"ecssim/model/balance"
	"ecssim/model/placement"
	"ecssim/model/taskdef"
	"ecssim/sim"
)

func TestClustersHavePoolsOfTheirOwn(t *testing.T) {
	cfg := firstConfig(t)
	cfg.Clusters = []string{"east", "west"}
	west := cfg.Fleets[0]
	west.Name, west.Cluster = "far", 1
	cfg.Fleets = append(cfg.Fleets, west)
	cfg.Services[0].Cluster = 1
	s := newScript(t, cfg, 1, RecorderOptions{})
	s.join("main", cfg.Fleets[0].Type, 0)
	s.join("main", cfg.Fleets[0].Type, 0)
	i := s.join("far", cfg.Fleets[0].Type, 0)
	d := demandOf(taskdef.Needs{CPU: 2048, Memory: 512})
	s.place(s.create("web", d), i, -1)
	s.refuse(s.create("web", d), map[placement.Reason]int32{placement.NoCPU: 1})
	r := s.end(time.Hour, sim.Reached)
	assert.Equal(t, int64(2048), poolOf(t, r, "cpu", "west").CapacityPeak)
	assert.Equal(t, int64(4096), poolOf(t, r, "cpu", "east").CapacityPeak)
	assert.Zero(t, poolOf(t, r, "cpu", "east").UsedPeak)
	assert.Equal(t, "cpu:west", bottleneckName(r.Bottleneck.Resource, r.Bottleneck.Scope))
	assert.Contains(t, r.Bottleneck.Sentence, "cluster west: the only instance has less left")
	near(t, 1, r.Bottleneck.CPU)
	assert.Equal(t, int64(1), r.Clusters[1].Instances[0].Max)
	assert.Equal(t, "west", r.InstanceRows[0].Cluster, "far/3 comes before main/1")
	sum := Summarise(Set{Records: []*Record{r}})
	assert.Equal(t, []string{"west", "west"}, []string{sum.FirstBottleneck.Scope, sum.FirstBottleneck.Cluster})
	assert.Contains(t, sum.Scenario.About, ", 2 clusters")
	_, err := pictures(r, Summarise(Set{Records: []*Record{r}}))
	require.NoError(t, err)
}

// A task gives its place in the scheduler's book back when it leaves, and the rest when it has stopped.
func TestLeavingTasksHoldWhatIsNotInTheBook(t *testing.T) {
	cfg := firstConfig(t)
	s := newScript(t, cfg, 1, RecorderOptions{})
	i := s.join("main", cfg.Fleets[0].Type, 0)
	needs := taskdef.Needs{CPU: 256, Memory: 512, ENIs: 1, StaticPorts: []taskdef.HostPort{{Port: 80}}}
	task := s.create("web", demandOf(needs))
	s.place(task, i, 0)
	s.run(task)
	c := s.r.clusters[0]
	used := func() []int64 {
		return []int64{c.cpu.used.Value(), c.memory.used.Value(), c.eni.used.Value(), c.ports.used.Value(), s.r.subnets[0].used.Value()}
	}
	assert.Equal(t, []int64{256, 512, 1, 1, 2}, used())
	s.at(time.Minute).leave(task, model.ServiceSchedulerInitiated, "Scaling activity initiated by (deployment x)")
	assert.Equal(t, []int64{0, 0, 1, 1, 2}, used())
	o := s.r.owners[0]
	assert.Equal(t, []int64{0, 1}, []int64{o.running.Value(), o.leaving.Value()})
	s.at(2*time.Minute).stop(task, task.StopCode, task.StoppedReason)
	assert.Equal(t, []int64{0, 0, 0, 0, 1}, used())
	r := s.end(time.Hour, sim.Reached)
	assert.Equal(t, "Scaling activity initiated by (deployment …)", r.Owners[0].Stops[0].Reason)
}

func TestSpotHasAQuotaOfItsOwn(t *testing.T) {
	cfg := firstConfig(t)
	cfg.Quotas.FargateSpotVCPU = 1
	web := &cfg.Services[0]
	web.Launch = model.Fargate
	spot := web.Placing
	spot.Spot = true
	web.Rollouts = []model.Rollout{{Placing: &spot}}
	s := newScript(t, cfg, 1, RecorderOptions{})
	d := demandOf(taskdef.Needs{CPU: 1024, Memory: 2048})
	for k, p := range []*model.Placing{&web.Placing, &spot, &spot} {
		task := s.create("web", d)
		task.Placing = p
		if k == 2 {
			s.refuse(task, map[placement.Reason]int32{placement.FargateVCPUQuota: 1})
			continue
		}
		s.place(task, nil, 0)
		s.run(task)
	}
	r := s.end(time.Hour, sim.Reached)
	assert.Equal(t, int64(1024), poolOf(t, r, "fargate_spot_vcpu", "account").UsedPeak)
	assert.True(t, poolOf(t, r, "fargate_vcpu", "account").Unbounded)
	assert.Equal(t, "fargate_spot_vcpu", r.Bottleneck.Resource)
	assert.Equal(t, "1 of 1 Fargate Spot vCPUs run, and a task of web needs 1", r.Bottleneck.Sentence)
	var names []string
	for _, it := range r.Bill {
		names = append(names, it.Name)
	}
	assert.Contains(t, names, "Fargate Spot vCPU")
	assert.Contains(t, names, "Fargate vCPU")
}

func TestStrandedInstancesCostAndHoldAddresses(t *testing.T) {
	cfg := firstConfig(t)
	s := newScript(t, cfg, 1, RecorderOptions{})
	i := s.strand(0)
	s.stranded = nil
	i.Terminated = 30 * time.Minute
	s.at(30*time.Minute).r.InstanceLost(s.now, i)
	s.strand(0)
	r := s.end(time.Hour, sim.Reached)
	assert.Equal(t, int64(1), r.Stranded)
	assert.Equal(t, int64(1), poolOf(t, r, "ip", "default").UsedPeak)
	require.Len(t, r.InstanceRows, 2)
	assert.Equal(t, model.Never, r.InstanceRows[0].Registered)
	assert.Contains(t, Summarise(Set{Records: []*Record{r}}).Notes, "2 instances never registered: the instance role is missing; such instances are paid for and hold addresses")
	near(t, 0.096, Summarise(Set{Records: []*Record{r}}).Cost.TotalUSD)
}

func TestWhatAStartLacks(t *testing.T) {
	cfg := shopConfig(t)
	d := demandOf(taskdef.Needs{CPU: 256, Memory: 512, ENIs: 1})
	for _, c := range []struct {
		why, resource, scope, sentence, failure string
		subnet                                  int
	}{
		{"CannotPullContainerError: shop:1: toomanyrequests: You have reached your pull rate limit", "pull_limit", "dockerhub",
			"registry dockerhub serves 100 pulls in 6h to one address, and all tasks share that of the NAT gateway", "toomanyrequests", 0},
		{"Unexpected EC2 error while attempting to Create Network Interface: InsufficientFreeAddressesInSubnet", "ip", "a",
			"subnet a has 0 of 2 addresses left", noAddressIs, -1},
		{"CannotPullContainerError: shop:1: not found", "", "", "", "CannotPullContainerError", 0},
		{"ResourceInitializationError: unable to pull secrets or registry auth: AccessDenied", "", "", "", "ResourceInitializationError", 0},
		{"Unexpected EC2 error while attempting to Create Network Interface: UnauthorizedOperation", "", "", "", "Unexpected EC2 error", -1},
		{"the disk is full", "", "", "", "TaskFailedToStart", 0},
	} {
		cfg.Subnets[0].Prefix, cfg.Subnets[0].OtherIPsUsed = 28, 9
		s := newScript(t, cfg, 1, RecorderOptions{})
		i := s.join("main", cfg.Fleets[0].Type, 0)
		if c.subnet < 0 {
			s.r.takeOwnAddresses(0, i) // somebody else's
		}
		task := s.at(time.Minute).createOf("web", s.deploy("web", 1, 1), d)
		s.place(task, i, c.subnet)
		s.leave(task, model.TaskFailedToStart, c.why)
		s.gone(task)
		if c.subnet < 0 {
			s.r.subnets[0].give(s.now, 1)
		}
		r := s.end(time.Hour, sim.Reached)
		sum := Summarise(Set{Records: []*Record{r}})
		require.Len(t, sum.Failures, 1)
		assert.Equal(t, c.failure, sum.Failures[0].Reason)
		if c.resource == "" {
			assert.Nil(t, r.Bottleneck, c.why)
			continue
		}
		assert.Equal(t, []string{c.resource, c.scope, c.sentence}, []string{r.Bottleneck.Resource, r.Bottleneck.Scope, r.Bottleneck.Sentence})
	}
}

func TestWhyOfAServiceThatNeverSettles(t *testing.T) {
	cfg := shopConfig(t)
	d := demandOf(taskdef.Needs{CPU: 256, Memory: 512})
	why := func(story func(*script)) string {
		s := newScript(t, cfg, 1, RecorderOptions{})
		s.join("main", cfg.Fleets[0].Type, 0)
		story(s)
		return s.end(time.Hour, sim.Reached).Owners[0].Why
	}
	stopped := func(code model.StopCode, reason string) func(*script) {
		return func(s *script) {
			for range 24 {
				task := s.create("web", d)
				s.place(task, s.instances[0], -1)
				if code != model.TaskFailedToStart {
					s.run(task)
				}
				s.leave(task, code, reason)
				s.gone(task)
			}
		}
	}
	assert.Equal(t, "Task failed ELB health checks in (target-group alb/web) (24 times)",
		why(stopped(model.ServiceSchedulerInitiated, "Task failed ELB health checks in (target-group alb/web)")))
	assert.Equal(t, "CannotPullContainerError: no such tag (24 times)",
		why(stopped(model.TaskFailedToStart, "CannotPullContainerError: no such tag")))
	assert.Equal(t, "Essential container in task exited (24 times)",
		why(stopped(model.EssentialContainerExited, "Essential container in task exited")))
	assert.Equal(t, "unable to stop or start tasks during a deployment because of the service deployment configuration.",
		why(func(s *script) {
			s.says("web", "", 1, "(service web) was unable to stop or start tasks during a deployment because of the service deployment configuration.")
		}))
	assert.Equal(t, "alarm: revision 1 failed", why(func(s *script) {
		s.finish("web", s.deploy("web", 1, 1), model.RolloutFailed, "ECS deployment alarm: too-many-errors is in ALARM")
	}))
	assert.Equal(t, "the disk is full (24 times)", why(stopped(model.TaskFailedToStart, "the disk is full")))
	assert.Equal(t, "calls denied: AccessDenied, 24 tasks", why(func(s *script) {
		for range 24 {
			task := s.create("web", d)
			s.place(task, s.instances[0], -1)
			s.serve(task)
			s.r.CallsDenied(s.now, task, "AccessDeniedException: the task role is missing")
			s.leave(task, model.EssentialContainerExited, "Essential container in task exited")
			s.gone(task)
		}
	}))
	run := func(s *script) *model.Task {
		task := s.create("web", d)
		s.place(task, s.instances[0], -1)
		s.run(task)
		return task
	}
	assert.Equal(t, "no healthy target: none is registered", why(func(s *script) { run(s) }))
	assert.Equal(t, "no healthy target: 1 unhealthy, 1 initial, Target.Timeout", why(func(s *script) {
		s.target(run(s), balance.Unhealthy, balance.TimedOut)
		s.target(run(s), balance.Initial, balance.InitialHealthChecking)
	}))
	assert.Equal(t, "no instance registered: container instance role", why(func(s *script) {
		s.lose(s.instances[0])
		s.strand(0)
		s.refuse(s.create("web", d), map[placement.Reason]int32{placement.NoInstances: 1})
	}))
	assert.Empty(t, why(stopped(model.ServiceSchedulerInitiated, "Scaling activity initiated by (deployment x)")))
}
