package scaling

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// provider is a managed scaling whose datapoints are published and acted on at once, a minute apart.
type provider struct {
	*Managed
	now time.Duration
}

func managed(cfg ManagedConfig) *provider { return &provider{Managed: NewManaged(cfg)} }

// minute publishes the next datapoint, and decides if an alarm calls.
func (p *provider) minute(value float64, g GroupCounts) (Decision, bool) {
	p.now += Minute
	if !p.Observe(p.now, Datapoint{At: p.now, Value: value}) {
		return Decision{}, false
	}
	return p.Decide(p.now, g)
}

// minutes publishes the same datapoint so many times, and is the last decision.
func (p *provider) minutes(n int, value float64, g GroupCounts) (d Decision, ok bool) {
	for range n {
		d, ok = p.minute(value, g)
	}
	return d, ok
}

// group is one of that size that may have up to 10,000 instances and has launched none lately.
func group(n int) GroupCounts { return GroupCounts{Running: n, Desired: n, Max: 10_000, Youngest: -1} }

func with(g GroupCounts, change func(*GroupCounts)) GroupCounts {
	change(&g)
	return g
}

// Every row of the table of ECS rules, services 3.3.
func TestReservationAndDesiredCapacity(t *testing.T) {
	for _, row := range []struct {
		n, m    int
		target  float64
		cpr     float64
		desired int
	}{
		{3, 3, 100, 100, 3},
		{3, 5, 100, 500.0 / 3, 5},
		{10, 12, 100, 120, 12},
		{8, 8, 80, 100, 10},
		{10, 9, 80, 90, 12},
		{2, 2, 50, 100, 4},
		{4, 2, 50, 50, 4},
		{10, 6, 100, 60, 6},
		{0, 7, 100, 200, 2},
		{0, 0, 90, 100, 0}, // open question 5: no action is the default
		{0, 0, 100, 100, 0},
	} {
		t.Run(fmt.Sprintf("N=%d M=%d target %v", row.n, row.m, row.target), func(t *testing.T) {
			cpr := Reservation(row.m, row.n)
			require.InDelta(t, row.cpr, cpr, 1e-12)
			g := group(row.n)
			if row.m > row.n {
				g.Waiting = 1
			}
			p := managed(ManagedConfig{TargetCapacity: row.target})
			if d, ok := p.minutes(15, cpr, g); ok {
				require.Equal(t, row.desired, d.To)
				require.Equal(t, row.n, d.From)
				require.True(t, d.Changes())
			} else {
				require.Equal(t, row.n, row.desired, "no decision")
			}
		})
	}
}

// 5 of 3 is 166.66… %: rounded to 167 the group would grow to 6.
func TestReservationIsNotRounded(t *testing.T) {
	d, ok := managed(ManagedConfig{}).minute(Reservation(5, 3), group(3))
	require.True(t, ok)
	require.Equal(t, 5, d.To)
	require.Equal(t, "ceil(3 × 166.66… / 100) = 5", d.Formula)
}

// The formula in binary fractions agrees with whole numbers.
func TestDesiredCapacityIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 5000).Draw(t, "N")
		m := rapid.IntRange(0, 10_000).Draw(t, "M")
		target := rapid.IntRange(1, 100).Draw(t, "target")
		managed := NewManaged(ManagedConfig{TargetCapacity: float64(target)})
		managed.last.Value = Reservation(m, n)
		var d Decision
		managed.formula(&d, n)
		require.Equal(t, (100*m+target-1)/target, d.Wanted)
	})
}

func TestNeeded(t *testing.T) {
	for name, row := range map[string]struct {
		n, busy, extra int
		provisioning   bool
		m              int
	}{
		"no task waits: instances with a task that is not a daemon's": {n: 10, busy: 6, m: 6},
		"only daemons: none is needed":                                {n: 10, busy: 0, m: 0},
		"tasks wait: all there are and the estimate":                  {n: 3, busy: 3, extra: 2, provisioning: true, m: 5},
		"tasks wait: idle instances count as needed":                  {n: 3, busy: 1, extra: 2, provisioning: true, m: 5},
		"from zero": {n: 0, extra: 7, provisioning: true, m: 7},
		"an estimate without tasks that wait means nothing": {n: 3, busy: 2, extra: 2, m: 2},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, row.m, Needed(row.n, row.busy, row.extra, row.provisioning))
		})
	}
}

// All tasks that wait are too large for the smallest type: the metric stays at the target, and neither alarm ever calls.
func TestTasksThatFitNothingStopTheScaling(t *testing.T) {
	for _, target := range []float64{100, 80} {
		cfg := ManagedConfig{TargetCapacity: target}
		extra, incompatible := Extra([]Need{{CPU: 4096, Count: 3}}, []Shape{{CPU: 2048}, {CPU: 8192}})
		require.Zero(t, extra)
		require.Equal(t, 3, incompatible)
		require.Equal(t, target, cfg.ReservationIfNoneFits())
		p := managed(cfg)
		for range 60 {
			_, ok := p.minute(cfg.ReservationIfNoneFits(), with(group(4), func(g *GroupCounts) { g.Waiting = 3 }))
			require.False(t, ok)
		}
	}
	require.Equal(t, 100.0, (&ManagedConfig{}).ReservationIfNoneFits())
}

func TestFromZero(t *testing.T) {
	waiting := with(group(0), func(g *GroupCounts) { g.Waiting = 40 })
	for name, row := range map[string]struct {
		cfg     ManagedConfig
		cpr     float64
		group   GroupCounts
		to      int
		wanted  int
		blocked Block
		formula string
	}{
		"tasks wait: two, however many": {
			cpr: 200, group: waiting, to: 2, wanted: 2, formula: "tasks wait and there is no instance: 2 at first",
		},
		"also with a target capacity that asks for more": {
			cfg: ManagedConfig{TargetCapacity: 50}, cpr: 200, group: waiting, to: 2, wanted: 2,
			formula: "tasks wait and there is no instance: 2 at first",
		},
		"the maximum binds": {
			cpr: 200, group: with(waiting, func(g *GroupCounts) { g.Max = 1 }), to: 1, wanted: 2, blocked: AtMaximum,
			formula: "tasks wait and there is no instance: 2 at first",
		},
		"IdleAtZero follows the formula, with no capacity taken for 1": {
			cfg: ManagedConfig{TargetCapacity: 90, IdleAtZero: true}, cpr: 100, group: group(0), to: 2, wanted: 2,
			formula: "ceil(1 × 100 / 90) = 2",
		},
	} {
		t.Run(name, func(t *testing.T) {
			d, ok := managed(row.cfg).minute(row.cpr, row.group)
			require.True(t, ok)
			require.Equal(t, row.to, d.To)
			require.Equal(t, row.wanted, d.Wanted)
			require.Equal(t, row.blocked, d.Blocked)
			require.Equal(t, row.formula, d.Formula)
		})
	}
	// The tasks have gone between the datapoint and the decision.
	_, ok := managed(ManagedConfig{}).minute(200, group(0))
	require.False(t, ok)
	// Nothing to hold spare capacity for.
	_, ok = managed(ManagedConfig{IdleAtZero: true}).minutes(20, 100, group(0))
	require.False(t, ok)
}

// ECS rules, services: two instances are full and ten tasks need five more.
func TestABurstGetsItsInstancesWithOneDatapoint(t *testing.T) {
	cfg := ManagedConfig{Warmup: DefaultWarmup}
	extra, _ := Extra([]Need{{CPU: 1024, Count: 10}}, []Shape{{CPU: 2048}})
	require.Equal(t, 5, extra)
	cpr := Reservation(Needed(2, 2, cfg.Step(extra), true), 2)
	p := managed(cfg)
	d, ok := p.minute(cpr, with(group(2), func(g *GroupCounts) { g.Waiting = 10 }))
	require.True(t, ok)
	require.Equal(t, Decision{
		Policy: "managed scaling", Metric: "CapacityProviderReservation", Value: 350, Target: 100,
		Formula: "ceil(2 × 350 / 100) = 7", From: 2, To: 7, Wanted: 7, Until: Minute + 15*time.Minute,
		Breached: 0, Alarmed: Minute,
	}, d)
}

// ECS rules, services: a second burst waits until the instances of the first scale-out are 300 s old.
func TestInstancesThatWarmUpBlockAnotherScaleOut(t *testing.T) {
	p := managed(ManagedConfig{Warmup: 300 * time.Second})
	d, ok := p.minute(200, group(2))
	require.True(t, ok)
	require.Equal(t, 4, d.To)
	ordered := with(group(2), func(g *GroupCounts) { g.Desired, g.Pending = 4, true })
	_, ok = p.minute(200, ordered)
	require.False(t, ok, "what the formula asks for is on its way")
	d, ok = p.minute(300, ordered)
	require.True(t, ok)
	require.Equal(t, Decision{
		Policy: "managed scaling", Metric: "CapacityProviderReservation", Value: 300, Target: 100,
		Formula: "ceil(2 × 300 / 100) = 6", From: 4, To: 4, Wanted: 6, Blocked: WarmingUp, Until: -1,
		Breached: 0, Alarmed: Minute,
	}, d, "not launched yet")
	launched := p.now + 10*time.Second
	g := with(group(4), func(g *GroupCounts) { g.Youngest = launched })
	d, ok = p.minute(150, g)
	require.True(t, ok)
	require.False(t, d.Changes())
	require.Equal(t, 6, d.Wanted)
	require.Equal(t, WarmingUp, d.Blocked)
	require.Equal(t, launched+300*time.Second, d.Until)
	for p.now+Minute < launched+300*time.Second {
		_, ok = p.minute(150, g)
		require.False(t, ok, "it has been told")
	}
	_, ok = p.Decide(launched+300*time.Second-1, g)
	require.False(t, ok, "299.9 s are not 300")
	d, ok = p.Decide(launched+300*time.Second, g)
	require.True(t, ok)
	require.Equal(t, NotBlocked, d.Blocked)
	require.Equal(t, 6, d.To)
}

// A block is told once for each alarm, and again if another keeps the change or more is wanted.
func TestManagedBlocksAreToldOnce(t *testing.T) {
	p := managed(ManagedConfig{Warmup: DefaultWarmup})
	full := with(group(4), func(g *GroupCounts) { g.Max = 4 })
	said := func(value float64, g GroupCounts) bool {
		d, ok := p.minute(value, g)
		require.False(t, d.Changes())
		return ok
	}
	require.True(t, said(200, full))
	require.False(t, said(200, full))
	require.False(t, said(150, full), "it wants less")
	require.True(t, said(225, full), "it wants more")
	require.True(t, said(225, with(full, func(g *GroupCounts) { g.Max, g.Pending = 9, true })), "something else keeps it")
	require.False(t, said(100, full))
	require.True(t, said(150, full), "a new alarm")
}

// ECS rules, services: the step sizes bound what is asked for.
func TestStepSizesBoundAScaleOut(t *testing.T) {
	for _, row := range []struct {
		minStep, maxStep, extra, step, desired int
	}{
		{minStep: 4, maxStep: 10_000, extra: 1, step: 4, desired: 14},
		{minStep: 1, maxStep: 3, extra: 10, step: 3, desired: 13},
		{minStep: 1, maxStep: 10_000, extra: 10, step: 10, desired: 20},
		{minStep: 0, maxStep: 0, extra: 10_001, step: 10_000, desired: 10_010}, // the defaults
		{minStep: 5, maxStep: 3, extra: 1, step: 5, desired: 15},               // the lower bound is looked at first
		{minStep: 4, maxStep: 10, extra: 0, step: 0, desired: 10},
	} {
		cfg := ManagedConfig{MinStep: row.minStep, MaxStep: row.maxStep}
		require.Equal(t, row.step, cfg.Step(row.extra))
		p := managed(cfg)
		g := with(group(10), func(g *GroupCounts) { g.Max, g.Waiting = 20_000, 1 })
		d, ok := p.minute(Reservation(Needed(10, 10, cfg.Step(row.extra), true), 10), g)
		require.Equal(t, row.step > 0, ok)
		if ok {
			require.Equal(t, row.desired, d.To)
		}
	}
}

// ECS rules, services: six of ten are needed. After 15 minutes four go, and if only the empty ones may, these four.
func TestEmptyInstancesGoAfterFifteenMinutes(t *testing.T) {
	p := managed(ManagedConfig{})
	g := with(group(10), func(g *GroupCounts) { g.Protected = 6 })
	_, ok := p.minutes(14, Reservation(6, 10), g)
	require.False(t, ok, "14 datapoints are not 15")
	d, ok := p.minute(Reservation(6, 10), g)
	require.True(t, ok)
	require.Equal(t, Decision{
		Policy: "managed scaling", Metric: "CapacityProviderReservation", Value: 60, Target: 100,
		Formula: "ceil(10 × 60 / 100) = 6", From: 10, To: 6, Wanted: 6, Until: -1, Breached: 0, Alarmed: 15 * time.Minute,
	}, d)
}

// ECS rules, services: tasks that are spread keep every instance, at whatever utilisation.
func TestSpreadTasksKeepEveryInstance(t *testing.T) {
	p := managed(ManagedConfig{})
	for range 120 {
		_, ok := p.minute(Reservation(Needed(10, 10, 0, false), 10), group(10))
		require.False(t, ok)
	}
}

// ECS rules, services 10, question 9: at least one, and at most half of the group, rounded down.
func TestScaleInTakesHalfOfTheGroupAtMost(t *testing.T) {
	for _, row := range []struct{ n, to int }{{10, 5}, {5, 3}, {3, 2}, {2, 1}, {1, 0}} {
		d, ok := managed(ManagedConfig{}).minutes(15, 0, group(row.n))
		require.True(t, ok)
		require.Equal(t, row.to, d.To, "of %d", row.n)
		require.Equal(t, 0, d.Wanted)
		require.Equal(t, NotBlocked, d.Blocked)
	}
	// Step by step, one with each datapoint; those that are being terminated still run.
	p := managed(ManagedConfig{})
	g := group(10)
	_, ok := p.minutes(14, 10, g)
	require.False(t, ok)
	var sizes []int
	for {
		d, ok := p.minute(10, g)
		if !ok {
			break
		}
		if len(sizes) == 0 {
			require.Equal(t, "ceil(10 × 10 / 100) = 1, at most 5 a minute", d.Formula)
		}
		g.Desired = d.To
		sizes = append(sizes, d.To)
	}
	require.Equal(t, []int{5, 3, 2, 1}, sizes)
}

func TestNoScaleInWithinFifteenMinutesOfAScaleOut(t *testing.T) {
	p := managed(ManagedConfig{})
	// The decision comes 20 s after the datapoint, so that the 15th low datapoint is 20 s early.
	p.now = Minute
	require.True(t, p.Observe(p.now, Datapoint{At: p.now, Value: 150}))
	out, ok := p.Decide(p.now+20*time.Second, group(2))
	require.True(t, ok)
	require.Equal(t, 3, out.To)
	require.Equal(t, p.now+20*time.Second+15*time.Minute, out.Until)
	_, ok = p.minutes(14, 50, group(4))
	require.False(t, ok)
	d, ok := p.minute(50, group(4))
	require.True(t, ok)
	require.False(t, d.Changes())
	require.Equal(t, AfterScaleOut, d.Blocked)
	require.Equal(t, 2, d.Wanted)
	require.Equal(t, out.Until, d.Until)
	d, ok = p.minute(50, group(4))
	require.True(t, ok)
	require.Equal(t, 2, d.To)
}

func TestAScaleOutCancelsAScaleIn(t *testing.T) {
	p := managed(ManagedConfig{})
	d, ok := p.minutes(15, 10, group(10))
	require.True(t, ok)
	require.Equal(t, 5, d.To)
	d, ok = p.minute(130, with(group(10), func(g *GroupCounts) { g.Desired = 5 }))
	require.True(t, ok)
	require.Equal(t, 13, d.To, "from the instances that still run")
	_, ok = p.minutes(14, 10, group(13))
	require.False(t, ok, "the 15 minutes start over")
	d, ok = p.minute(10, group(13))
	require.True(t, ok)
	require.Equal(t, 7, d.To)
}

func TestBoundsAndProtectionSayWhatTheyKeep(t *testing.T) {
	for name, row := range map[string]struct {
		cpr        float64
		group      GroupCounts
		to, wanted int
		blocked    Block
	}{
		"the maximum keeps part": {
			cpr: 200, group: with(group(4), func(g *GroupCounts) { g.Max = 6 }), to: 6, wanted: 8, blocked: AtMaximum,
		},
		"the maximum keeps all": {
			cpr: 200, group: with(group(4), func(g *GroupCounts) { g.Max = 4 }), to: 4, wanted: 8, blocked: AtMaximum,
		},
		"the maximum keeps all, whatever warms up": {
			cpr: 200, group: with(group(4), func(g *GroupCounts) { g.Max, g.Pending = 4, true }), to: 4, wanted: 8, blocked: AtMaximum,
		},
		"the minimum keeps part": {
			cpr: 0, group: with(group(4), func(g *GroupCounts) { g.Min = 3 }), to: 3, wanted: 0, blocked: AtMinimum,
		},
		"the minimum keeps all": {
			cpr: 0, group: with(group(4), func(g *GroupCounts) { g.Min = 4 }), to: 4, wanted: 0, blocked: AtMinimum,
		},
		"protection keeps part": {
			cpr: 25, group: with(group(4), func(g *GroupCounts) { g.Protected = 3 }), to: 3, wanted: 1, blocked: AllProtected,
		},
		"protection keeps all": {
			cpr: 25, group: with(group(4), func(g *GroupCounts) { g.Protected = 4 }), to: 4, wanted: 1, blocked: AllProtected,
		},
		"the minimum above what protection keeps": {
			cpr: 25, group: with(group(8), func(g *GroupCounts) { g.Protected, g.Min = 5, 6 }), to: 6, wanted: 2, blocked: AtMinimum,
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := managed(ManagedConfig{Warmup: DefaultWarmup})
			var d Decision
			for told := false; !told; {
				require.Less(t, p.now, 15*Minute)
				d, told = p.minute(row.cpr, row.group)
			}
			require.Equal(t, row.to, d.To)
			require.Equal(t, row.wanted, d.Wanted)
			require.Equal(t, row.blocked, d.Blocked)
		})
	}
}

// Spare capacity of a target below 100 is no reason to scale in: four of five at 80, and three of four rounded up.
func TestSpareCapacityStays(t *testing.T) {
	p := managed(ManagedConfig{TargetCapacity: 80})
	_, ok := p.minutes(30, Reservation(4, 5), group(5))
	require.False(t, ok)
	_, ok = p.minutes(30, Reservation(3, 4), group(4))
	require.False(t, ok)
}

func TestNoDataScalesNothing(t *testing.T) {
	p := managed(ManagedConfig{})
	_, ok := p.minutes(15, 10, group(10))
	require.True(t, ok)
	p.now += Minute
	require.False(t, p.Observe(p.now, Datapoint{At: p.now, Missing: true}))
	_, ok = p.Decide(p.now, group(10))
	require.False(t, ok)
}
