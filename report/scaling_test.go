package report

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ecssim/model"
	"ecssim/model/load"
	"ecssim/model/placement"
	"ecssim/model/scaling"
	"ecssim/model/taskdef"
	"ecssim/sim"
)

// ECS rules, services 9.1, timeline B: the load doubles at 0, and the last task serves 461 s later.
func TestTheLagOfTimelineBIsSplitAlongTheWayOfTheLastTask(t *testing.T) {
	r := surge(t)
	require.Len(t, r.Episodes, 1)
	x := r.Episodes[0]
	assert.Equal(t, Split{240 * second, 5 * second, 125 * second, 60 * second, 5 * second, 10 * second, 1 * second, 15 * second}, x.Split)
	assert.Equal(t, 461*second, x.Split.Total())
	assert.Equal(t, []time.Duration{0, 240 * second, 245 * second, 461 * second}, []time.Duration{x.Begin, x.Alarmed, x.Decided, x.End})
	assert.Equal(t, []int{1, 4, 8, 4}, []int{x.Decisions, x.From, x.To, x.Tasks})
	assert.Equal(t, []int64{8, 1, 2}, []int64{x.Task, x.Decision, x.Managed})
	assert.Equal(t, "asg/4", x.Instance)
	v := Summarise(Set{Records: []*Record{r}}).Services["web"].Scaling
	near(t, 461, v.Lags.Worst.Total)
	near(t, 216, r.Owners[0].Scaling.Lags.Effect.Seconds())
}

func TestADecisionKnowsWhatCameOfIt(t *testing.T) {
	r := surge(t)
	web, asg := r.Decisions.at(0), r.Decisions.at(1)
	assert.Equal(t, "web/5;web/6;web/7;…", web.taskNames(r))
	assert.Equal(t, []time.Duration{446 * second, 446 * second}, []time.Duration{web.FirstRunning, web.LastRunning})
	assert.Equal(t, int64(4), web.Tasks)
	assert.Zero(t, web.Cause)
	assert.Equal(t, "asg/3;asg/4", asg.instanceNames())
	assert.Equal(t, []time.Duration{430 * second, 430 * second}, []time.Duration{asg.FirstRegistered, asg.LastRegistered})
	assert.Equal(t, web.ID, asg.Cause, "managed scaling follows the decision whose tasks wait")
}

func TestWhatIsBlockedByTheSameIsOneRow(t *testing.T) {
	r := surge(t)
	var blocked []*DecisionRow
	for d := range r.Decisions.all() {
		if !d.Changes() {
			blocked = append(blocked, d)
		}
	}
	require.Len(t, blocked, 1)
	assert.Equal(t, int64(5), blocked[0].Count)
	assert.Equal(t, []time.Duration{10 * time.Minute, 14 * time.Minute}, []time.Duration{blocked[0].At, blocked[0].Last})
	assert.Equal(t, int64(8), r.DecisionsTotal)
	assert.Equal(t, int64(5), r.Owners[0].Scaling.Blocked, "the summary counts all")
	events := 0
	for _, e := range eventsOf(t, r) {
		if e["type"] == "SCALING_DECISION" {
			events++
		}
	}
	assert.Equal(t, 4, events)
}

func TestEventsOfScalingKnowTheirCause(t *testing.T) {
	events := eventsOf(t, surge(t))
	of := func(kind string, match string) map[string]any {
		at := slices.IndexFunc(events, func(e map[string]any) bool { return e["type"] == kind && strings.Contains(fmt.Sprint(e), match) })
		require.GreaterOrEqual(t, at, 0, kind+" "+match)
		return events[at]
	}
	cause := func(e map[string]any) map[string]any {
		id, ok := e["cause"].(float64)
		require.True(t, ok, "%v", e)
		return events[int(id)-1]
	}
	web := of("SCALING_DECISION", "service:web")
	asg := of("SCALING_DECISION", "capacity_provider:asg")
	launch := of("CONTAINER_INSTANCE_LAUNCHED", "asg/3")
	assert.Equal(t, web, cause(of("TASK_STATE_CHANGE", "web/5")))
	assert.Equal(t, web, cause(asg))
	assert.Equal(t, asg, cause(launch))
	assert.Equal(t, launch, cause(of("CONTAINER_INSTANCE_STATE_CHANGE", "asg/3")))
	assert.Equal(t, "asg", of("LAUNCH_FAILED", "sufficient")["capacity_provider"])
}

func TestTheLimitOfTheLogLeavesTheSummaryAlone(t *testing.T) {
	whole := surge(t)
	for _, limit := range []int64{LogNothing, 1, 2, 3} {
		r := surgeWith(t, surgeConfig(t), RecorderOptions{LogLimit: limit})
		assert.Equal(t, max(0, limit), int64(r.Decisions.len()))
		assert.Equal(t, whole.DecisionsTotal, r.DecisionsTotal)
		assert.Equal(t, whole.Episodes, r.Episodes)
		assert.Equal(t, whole.Owners[0].Scaling, r.Owners[0].Scaling)
		assert.Equal(t, whole.Providers, r.Providers)
	}
}

func TestAProviderIsCounted(t *testing.T) {
	p := &surge(t).Providers[0]
	assert.Equal(t, []int64{4, 1, 3, 0, 1}, []int64{p.Instances, p.Booting, p.Launched, p.Lost, p.Refused})
	assert.Equal(t, []int64{4, 4, 4}, []int64{p.Desired, p.DesiredPeak, p.InstancesPeak})
	require.NotNil(t, p.Wait)
	near(t, 185, p.Wait.Max)
	near(t, 185, p.Wait.Mean)
	near(t, (200+5*100)/6.0, p.Reservation)
	near(t, 3.5222222222222, p.InstancesMean)
}

func TestLoadIsSummedUp(t *testing.T) {
	r := surge(t)
	l := r.Owners[0].Load
	near(t, 60*(6*400+5*800+14*320), l.Offered)
	near(t, 60*(6*10+5*40), l.Dropped)
	assert.Equal(t, []float64{800, 1.2, 100, 55, 5850, 80}, []float64{l.Peak, l.WorstLatency, l.CPU, l.Memory, l.Requests, l.PeakBacklog})
	assert.Equal(t, 11*time.Minute, l.Short)
	near(t, 60*(6*4+5*8), l.ShortTasks)
	cpu := l.Levels[loadCPU]
	for _, c := range cpu {
		if c.At == 3*time.Minute {
			near(t, 100*dataUnit, c.Mean)
		}
	}
	has := func(at time.Duration) bool {
		return slices.ContainsFunc(cpu, func(c Level) bool { return c.At <= at && at < c.At+c.Width })
	}
	assert.True(t, has(3*time.Minute))
	assert.False(t, has(8*time.Minute), "a minute without a datapoint is a gap, and no 0")
}

// TestFirstLimitsOfScaling lets each limit of scaling be the first bottleneck.
func TestFirstLimitsOfScaling(t *testing.T) {
	small := taskdef.Needs{CPU: 1024, Memory: 2048, ENIs: 1}
	for _, c := range []struct {
		name, resource, scope, sentence string
		needs                           taskdef.Needs
		tell                            func(s *script)
	}{
		{"maximum of the group", "max_size", "asg", "group asg is at its maximum of 4 instances and 2 tasks of web wait", small, func(s *script) {
			s.group(model.GroupState{Desired: 4, Min: 2, Max: 4, InService: 2})
			s.reserved(4, 2, 2)
		}},
		{"not while instances boot", "", "", "", small, func(s *script) {
			s.group(model.GroupState{Desired: 4, Min: 2, Max: 4, InService: 2, Booting: 1})
			s.boot(0)
			s.reserved(4, 2, 2)
		}},
		{"not when one has just joined", "", "", "", small, func(s *script) {
			s.group(model.GroupState{Desired: 4, Min: 2, Max: 4, InService: 2, Booting: 1})
			s.register(s.boot(0))
			s.at(s.now+59*second).reserved(4, 2, 2)
		}},
		{"not below the maximum", "", "", "", small, func(s *script) { s.reserved(4, 2, 2) }},
		{"no type fits", "instance_type", "asg", "no instance type of group asg holds a task of web: it needs 9,000 cpu units, and the most that a type has is 2,048",
			taskdef.Needs{CPU: 9000, Memory: 2048}, func(s *script) {
				s.r.ReservationMeasured(s.now, model.Reservation{Needed: 2, Running: 2, Value: 100, Provisioning: 2, Incompatible: 2})
			}},
		{"EC2 has none", "ec2_capacity", "asg", "EC2 has no Spot capacity of m5.large in a for group asg, and 2 tasks of web wait", small, func(s *script) {
			s.r.LaunchFailed(s.now, model.LaunchFailure{Type: "m5.large", Zone: "a", Spot: true})
		}},
		{"maximum of the service", "max_capacity", "web", "web may have 8 tasks at most, and cpu50 wants 16: CPUUtilization is 95, its target 50", small, func(s *script) {
			d := outOf(4, 8, 95, 0, 0, 0)
			d.Wanted, d.Blocked = 16, scaling.AtMaximum
			s.decides("web", d, 100)
		}},
		{"a cooldown is no limit", "", "", "", small, func(s *script) {
			d := outOf(4, 4, 95, 0, 0, 0)
			d.Wanted, d.Blocked = 8, scaling.InCooldown
			s.decides("web", d, 100)
		}},
		{"PROVISIONING", "provisioning", "default", "500 tasks of the cluster wait in PROVISIONING, as many as may", small, func(s *script) {
			s.refuse(s.live[0], map[placement.Reason]int32{placement.ProvisioningLimit: 1})
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := surgeConfig(t)
			cfg.Quotas = model.DefaultQuotas()
			s := newScript(t, cfg, 1, RecorderOptions{})
			s.there()
			for range 2 {
				s.await(s.create("web", demandOf(c.needs)), map[placement.Reason]int32{placement.NoCPU: 1})
			}
			c.tell(s.at(5 * time.Minute))
			b := s.end(10*time.Minute, sim.Reached).Bottleneck
			if c.resource == "" {
				assert.Nil(t, b)
				return
			}
			require.NotNil(t, b)
			assert.Equal(t, []string{c.resource, c.scope, c.sentence}, []string{b.Resource, b.Scope, b.Sentence})
			assert.Equal(t, s.now, b.At)
			assert.NotEmpty(t, reasonText(b.Reason))
			assert.NotEmpty(t, reasonResource(b.Reason))
		})
	}
}

// Nobody brings capacity to a group without managed scaling: its tasks wait for what is there, as they do in vain.
func TestAGroupThatNobodyScalesIsALimitAtOnce(t *testing.T) {
	cfg := surgeConfig(t)
	cfg.CapacityProviders[0].Managed = nil
	s := newScript(t, cfg, 1, RecorderOptions{})
	s.there()
	s.await(s.create("web", demandOf(taskdef.Needs{CPU: 256})), map[placement.Reason]int32{placement.NoCPU: 1})
	b := s.end(time.Minute, sim.Reached).Bottleneck
	require.NotNil(t, b)
	assert.Equal(t, "cpu", b.Resource)
}

func TestWaitingForCapacityIsNoFailure(t *testing.T) {
	cfg := surgeConfig(t)
	s := newScript(t, cfg, 1, RecorderOptions{})
	i := s.there()
	placed, stopped := s.create("web", demandOf(taskdef.Needs{CPU: 256})), s.create("web", demandOf(taskdef.Needs{CPU: 256}))
	waits := s.create("web", demandOf(taskdef.Needs{CPU: 256}))
	for _, task := range []*model.Task{placed, stopped, waits} {
		s.await(task, map[placement.Reason]int32{placement.NoCPU: 1})
	}
	s.at(time.Minute).place(placed, i, 0)
	s.at(2*time.Minute).stop(stopped, model.ServiceSchedulerInitiated, "Scaling activity initiated by deployment")
	r := s.end(4*time.Minute, sim.Reached)
	assert.Zero(t, r.Totals.Failures)
	assert.Zero(t, r.Owners[0].Failures)
	assert.Equal(t, "waits for capacity of asg", r.Owners[0].Why)
	p := &r.Providers[0]
	assert.Equal(t, int64(1), p.Waiting)
	assert.Equal(t, int64(2), p.Wait.Count, "one was placed, and one still waits")
	near(t, 240, p.Wait.Max)
}

func TestInstancesBootFailAndAreLost(t *testing.T) {
	cfg := surgeConfig(t)
	s := newScript(t, cfg, 1, RecorderOptions{})
	s.lose(s.there())
	s.at(time.Minute)
	lost, joins := s.boot(0), s.boot(0)
	s.at(2 * time.Minute).dies(lost)
	s.at(3 * time.Minute).register(joins)
	never := s.boot(0)
	s.at(4*time.Minute).r.InstanceStranded(s.now, never, "the instance role is missing")
	s.boot(0)
	r := s.end(5*time.Minute, sim.Reached)
	p := &r.Providers[0]
	assert.Equal(t, []int64{1, 2, 4, 2}, []int64{p.Instances, p.Booting, p.Launched, p.Lost}, "what never registers boots for ever")
	assert.Equal(t, []int64{1, 1, 1}, []int64{r.Booting, r.Stranded, r.NeverRegistered})
	assert.Equal(t, int64(3), poolOf(t, r, "ip", "default").UsedPeak)
	assert.Equal(t, int64(1), r.Totals.InstancesEnd)
	for _, row := range r.InstanceRows {
		assert.Equal(t, "asg", row.Provider)
	}
}

func TestABrokenBookOfScalingIsACrash(t *testing.T) {
	crash := func(tell func(s *script)) {
		s := newScript(t, surgeConfig(t), 1, RecorderOptions{})
		tell(s)
		assert.Panics(t, func() { s.end(time.Minute, sim.Reached) })
	}
	crash(func(s *script) { s.boot(0); s.stranded = nil })
	crash(func(s *script) {
		task := s.create("web", demandOf(taskdef.Needs{CPU: 256}))
		s.await(task, nil)
		s.forget(task)
		s.r.totals.Wanted--
		s.r.owners[0].waiting.Add(0, -1)
	})
}

func TestAboutNamesGroups(t *testing.T) {
	cfg := surgeConfig(t)
	assert.Equal(t, "2–4 × m5.large (asg), 1 service", about(cfg))
	cfg.CapacityProviders[0].Group.Types = append(cfg.CapacityProviders[0].Group.Types, cfg.CapacityProviders[0].Group.Types[0])
	cfg.CapacityProviders[0].Group.Min = 0
	cfg.CapacityProviders = append(cfg.CapacityProviders, model.CapacityProvider{Name: "FARGATE"}, model.CapacityProvider{
		Name: "mi", Kind: model.ManagedInstances, Group: &model.Group{Types: cfg.CapacityProviders[0].Group.Types},
	})
	assert.Equal(t, "0–4 × 2 types (asg), 2 types (managed), 1 service", about(cfg))
}

// steps is a load curve.
type steps []load.Step

func (s *steps) Next() (load.Step, bool) {
	if len(*s) == 0 {
		return load.Step{}, false
	}
	first := (*s)[0]
	*s = (*s)[1:]
	return first, true
}

func constant(t testing.TB, seconds float64) sim.Dist {
	d, err := sim.Constant(seconds)
	require.NoError(t, err)
	return d
}

// The real world with the delays of timeline B: the parts are those of the rule. The load doubles an hour after the start.
func TestARealWorldScalesAsTimelineB(t *testing.T) {
	cfg := surgeConfig(t)
	cfg.Duration, cfg.Images, cfg.Registries, cfg.Quotas = 3*time.Hour, nil, nil, model.DefaultQuotas()
	l := &cfg.Latency
	l.MetricDelay, l.ManagedMetricDelay, l.ScalingAction, l.GroupReaction = constant(t, 60), constant(t, 60), constant(t, 5), constant(t, 5)
	l.ENIAttach, l.ImagePull, l.ContainerStart = constant(t, 5), constant(t, 10), constant(t, 1)
	cfg.CapacityProviders[0].Group.BootTime = constant(t, 60)
	web := &cfg.Services[0]
	web.Images, web.Strategy = nil, placement.ServiceDefault()
	web.Task.CPU, web.Task.Memory = 1024, 1024
	web.Task.Containers = []taskdef.Container{{Name: "web", Image: "web:1", CPU: 1024, Memory: 1024, Essential: true}}
	web.Load.CPUPerUnit = 5.12 // 400 a second are 50 % of four tasks
	web.Load.Curve = func(sim.Streams) load.Curve {
		return &steps{{At: 0, Rate: 390}, {At: time.Hour, Rate: 800}, {At: 2 * time.Hour, Rate: 390}}
	}
	r := NewRecorder(cfg, 1, RecorderOptions{})
	model.NewWorld(cfg, 1, r).Run(context.Background())
	rec := r.Record()
	require.NotNil(t, rec)
	require.NotEmpty(t, rec.Episodes)
	x := rec.Episodes[0]
	assert.Equal(t, time.Hour, x.Begin)
	assert.Equal(t, Split{Detection: 240 * second, Decision: 5 * second, Capacity: 125 * second, Boot: 60 * second, Placement: 5 * second, Pull: 10 * second, Start: second}, x.Split)
	assert.Equal(t, []int{8, 4}, []int{x.To, x.Tasks})
	assert.Equal(t, "web/5;web/6;web/7;…", rec.Decisions.at(0).taskNames(rec))
	assert.Equal(t, int64(4), rec.Providers[0].InstancesPeak)
}

// A run without a limit can still be one in which requests are lost.
func TestTroubleKnowsOfLoad(t *testing.T) {
	share, little := 0.031, 0.0001
	for want, v := range map[string]ServiceSummary{
		"":                                {Load: &LoadSummary{DroppedFraction: &little, Unit: "requests"}, Scaling: &ScalingSummary{}},
		"web dropped 3 % of its requests": {Load: &LoadSummary{DroppedFraction: &share, Unit: "requests"}},
		"the desired count of web went up and down without need": {Scaling: &ScalingSummary{Oscillation: &OscillationSummary{}}},
	} {
		assert.Equal(t, want, trouble(&Summary{Services: map[string]ServiceSummary{"web": v}}))
	}
}
