package model_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ecssim/model"
	"ecssim/model/catalog"
	"ecssim/model/fleet"
	"ecssim/model/load"
	"ecssim/model/placement"
	"ecssim/model/scaling"
	"ecssim/sim"
)

// The worked timelines of ECS rules, services 9.1, with all delays fixed. The load changes at one hour, when the four tasks
// have long been there, so that everything happens an hour later than in the tables.

const hour = time.Hour

// rates is a demand of the given rates, each from its instant on.
func rates(steps ...load.Step) func(sim.Streams) load.Curve {
	return func(sim.Streams) load.Curve {
		rest := steps
		return curveFunc(func() (load.Step, bool) {
			if len(rest) == 0 {
				return load.Step{}, false
			}
			next := rest[0]
			rest = rest[1:]
			return next, true
		})
	}
}

type curveFunc func() (load.Step, bool)

func (f curveFunc) Next() (load.Step, bool) { return f() }

// tracking is target tracking of the CPU at 50 %.
func tracking(least, most int) *scaling.Config {
	return &scaling.Config{Min: least, Max: most, Policies: []scaling.Policy{{
		Name: "cpu", Metric: scaling.CPUUtilization, Period: scaling.Minute, Target: 50,
		ScaleOutCooldown: scaling.DefaultCooldown, ScaleInCooldown: scaling.DefaultCooldown,
	}}}
}

// timed fixes the delays of metrics, alarms and groups as the timelines do.
func timed(t testing.TB, cfg *model.Config) {
	l := &cfg.Latency
	l.ENIAttach, l.ImagePull = seconds(t, 5), seconds(t, 10)
	l.MetricDelay, l.ManagedMetricDelay = seconds(t, 60), seconds(t, 60)
	l.ScalingAction, l.GroupReaction = seconds(t, 5), seconds(t, 5)
}

// step is a load that four tasks of 256 units hold at 50 %, then at 100 %, and that then is gone.
func step() *model.Load {
	return &model.Load{
		Profile: load.Profile{CPUPerUnit: 1, ServiceTime: time.Millisecond},
		Curve:   rates(load.Step{Rate: 512}, load.Step{At: hour, Rate: 1024}, load.Step{At: 2 * hour, Rate: 0}),
	}
}

// pairs is an instance type with room for two of these tasks.
func pairs() catalog.InstanceType {
	return catalog.InstanceType{
		Name: "pairs", CPU: 512, Memory: 1024, TaskENIs: 2, Architecture: "x86_64", PricePerHour: 0.1, Custom: true,
	}
}

// onGroup puts the first service on an Auto Scaling group with managed scaling at 100 %.
func onGroup(t testing.TB, cfg *model.Config, desired, most int) *model.CapacityProvider {
	cfg.CapacityProviders = []model.CapacityProvider{{
		Name: "asg", Kind: model.GroupProvider, Draining: true, TerminationProtection: true,
		Group: &model.Group{
			Template: model.Fleet{Name: "asg", Type: pairs(), Subnets: []int{0}}, Desired: desired, Max: most, BootTime: seconds(t, 60),
		},
		Managed: &scaling.ManagedConfig{TargetCapacity: 100, MinStep: 1, MaxStep: scaling.DefaultMaxStep, Warmup: scaling.DefaultWarmup},
	}}
	p := &cfg.Services[0].Placing
	p.Launch = model.EC2
	p.Providers = []model.ProviderShare{{Share: scaling.Share{Weight: 1}}}
	p.Strategy = []placement.Rule{{Kind: placement.Binpack, Memory: true}}
	return &cfg.CapacityProviders[0]
}

// scaled watches what scales.
type scaled struct {
	model.Unheard
	service, group []model.ScalingDecision
	launched       []time.Duration
	joined, lost   []time.Duration
	running        []time.Duration
	stopped        []time.Duration
	reservations   map[time.Duration]model.Reservation
	minutes        []model.LoadMinute
	groups         []model.GroupState
	groupAt        []time.Duration
	awaited        []time.Duration
	failures       []model.LaunchFailure
	refused        []placement.Reason
}

func (s *scaled) ScalingDecided(now time.Duration, d model.ScalingDecision) {
	d.Load = now.Seconds()
	if d.Owner != nil {
		s.service = append(s.service, d)
	} else {
		s.group = append(s.group, d)
	}
}
func (s *scaled) InstanceLaunched(now time.Duration, _ *fleet.Instance) {
	s.launched = append(s.launched, now)
}
func (s *scaled) InstanceJoined(now time.Duration, _ *fleet.Instance) {
	s.joined = append(s.joined, now)
}
func (s *scaled) InstanceLost(now time.Duration, _ *fleet.Instance) { s.lost = append(s.lost, now) }
func (s *scaled) TaskRunning(now time.Duration, _ *model.Task)      { s.running = append(s.running, now) }
func (s *scaled) TaskStopped(now time.Duration, _ *model.Task)      { s.stopped = append(s.stopped, now) }
func (s *scaled) ReservationMeasured(now time.Duration, m model.Reservation) {
	if s.reservations == nil {
		s.reservations = map[time.Duration]model.Reservation{}
	}
	s.reservations[now] = m
}
func (s *scaled) LoadMeasured(_ time.Duration, _ *model.Owner, m model.LoadMinute) {
	s.minutes = append(s.minutes, m)
}
func (s *scaled) GroupChanged(now time.Duration, g model.GroupState) {
	s.groups, s.groupAt = append(s.groups, g), append(s.groupAt, now)
}
func (s *scaled) CapacityAwaited(now time.Duration, _ *model.Task, _ *placement.Refusal) {
	s.awaited = append(s.awaited, now)
}
func (s *scaled) LaunchFailed(_ time.Duration, f model.LaunchFailure) {
	s.failures = append(s.failures, f)
}
func (s *scaled) PlacementFailed(_ time.Duration, _ *model.Task, r *placement.Refusal) {
	s.refused = append(s.refused, r.Reason)
}

// changes are the decisions that changed something, as "at: from → to".
func changes(list []model.ScalingDecision) (out []resized) {
	for _, d := range list {
		if d.Changes() {
			out = append(out, resized{time.Duration(d.Load * 1e9), d.From, d.To})
		}
	}
	return out
}

type resized struct {
	at       time.Duration
	from, to int
}

func s(n float64) time.Duration { return time.Duration(n * 1e9) }

func since(list []time.Duration, at time.Duration) (out []time.Duration) {
	for _, x := range list {
		if x >= at {
			out = append(out, x)
		}
	}
	return out
}

// ECS rules, services 9.1.A: a Fargate service at CPU 50, four tasks, and a load that makes the metric 100.
func TestTimelineAFargateScaleOut(t *testing.T) {
	cfg := behindALB(t, 4)
	timed(t, cfg)
	cfg.Duration = 2 * hour
	cfg.Services[0].Load, cfg.Services[0].Scaling = step(), tracking(4, 20)
	var seen scaled
	run(t, cfg, 1, &seen)
	require.Equal(t, []resized{{hour + s(245), 4, 8}}, changes(seen.service))
	require.Equal(t, "ceil(4 × 100 / 50) = 8", seen.service[0].Formula)
	require.Equal(t, hour, seen.service[0].Breached)
	require.Equal(t, hour+s(545), seen.service[0].Until, "the cooldown")
	require.Equal(t, []time.Duration{hour + s(261), hour + s(261), hour + s(261), hour + s(261)}, since(seen.running, hour))
	require.InDelta(t, 100, seen.minutes[60].CPU, 1e-9)
	require.InDelta(t, 50, seen.minutes[59].CPU, 1e-9)
	require.InDelta(t, 50, seen.minutes[66].CPU, 1e-9)
}

// ECS rules, services 9.1.B and C: the same service on two full instances of a capacity provider.
func TestTimelineBAndCCapacityProvider(t *testing.T) {
	cfg := behindALB(t, 4)
	timed(t, cfg)
	cfg.Duration = 3 * hour
	cfg.Services[0].Load, cfg.Services[0].Scaling = step(), tracking(4, 20)
	onGroup(t, cfg, 2, 10)
	var seen scaled
	run(t, cfg, 1, &seen)
	require.Equal(t, []resized{{hour + s(245), 4, 8}, {hour + s(4565), 8, 4}}, changes(seen.service))
	require.Equal(t, model.Reservation{Needed: 4, Running: 2, Value: 200, Provisioning: 4}, seen.reservations[hour+s(300)])
	require.Equal(t, []resized{{hour + s(365), 2, 4}, {hour + s(5825), 4, 2}}, changes(seen.group))
	require.Equal(t, []time.Duration{hour + s(370), hour + s(370)}, seen.launched)
	require.Equal(t, []time.Duration{hour + s(430), hour + s(430)}, since(seen.joined, hour))
	require.Equal(t, []time.Duration{hour + s(446), hour + s(446), hour + s(446), hour + s(446)}, since(seen.running, hour))
	require.InDelta(t, 50, seen.reservations[hour+s(4920)].Value, 1e-9)
	require.InDelta(t, 100, seen.reservations[hour+s(4860)].Value, 1e-9)
	require.Len(t, seen.lost, 2)
	require.Equal(t, hour+s(5830), seen.lost[0], "5 s after the decision, since the instances are empty")
}

// ECS rules, services 9.1.C, variant, and: with a spread every instance keeps a task, and nothing is removed.
func TestTimelineCWithoutAStrategyFreesNothing(t *testing.T) {
	cfg := behindALB(t, 4)
	timed(t, cfg)
	cfg.Duration = 3 * hour
	cfg.Services[0].Load, cfg.Services[0].Scaling = step(), tracking(4, 20)
	onGroup(t, cfg, 2, 10)
	cfg.Services[0].Strategy = placement.ServiceDefault()
	var seen scaled
	run(t, cfg, 1, &seen)
	require.Equal(t, []resized{{hour + s(245), 4, 8}, {hour + s(4565), 8, 4}}, changes(seen.service))
	require.Equal(t, []resized{{hour + s(365), 2, 4}}, changes(seen.group))
	require.Empty(t, seen.lost)
}
