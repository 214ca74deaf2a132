package scaling

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const none = -1 * time.Nanosecond

// cpu is a target tracking policy with default cooldowns.
func cpu(target float64) Policy {
	return Policy{
		Name: "cpu", Metric: CPUUtilization, Period: Minute, Target: target,
		ScaleOutCooldown: DefaultCooldown, ScaleInCooldown: DefaultCooldown,
	}
}

func memory(target float64) Policy {
	p := cpu(target)
	p.Name, p.Metric = "memory", MemoryUtilization
	return p
}

// steps is a step scaling policy on CPU whose alarm takes one datapoint.
func steps(name string, c Comparison, threshold float64, adjustment Adjustment, list ...Step) Policy {
	return Policy{Name: name, Metric: CPUUtilization, Period: Minute, Step: &StepScaling{
		Alarm:      AlarmConfig{Comparison: c, Threshold: threshold, Periods: 1},
		Adjustment: adjustment, Steps: list, Cooldown: DefaultCooldown,
	}}
}

func upTo(least, most int, policies ...Policy) *Config {
	return &Config{Min: least, Max: most, Policies: policies}
}

// clock feeds a scaler with one datapoint a minute, which its alarms see as the minute ends.
type clock struct {
	*Scaler
	now time.Duration
}

func start(cfg *Config) *clock { return &clock{Scaler: NewScaler(cfg)} }

// minutes lets n minutes pass with the same value, and reports whether the last datapoint calls for a decision.
func (c *clock) minutes(n int, m Metric, value float64) (act bool) {
	for range n {
		c.now += time.Minute
		act = c.Observe(c.now, m, Minute, Datapoint{At: c.now, Value: value})
	}
	return act
}

// also is a datapoint of another metric at the same moment.
func (c *clock) also(m Metric, value float64) bool {
	return c.Observe(c.now, m, Minute, Datapoint{At: c.now, Value: value})
}

// decide decides at once.
func (c *clock) decide(running, desired int) []Decision {
	return c.Decide(c.now, Counts{Running: running, Desired: desired})
}

// only is the one decision that there is.
func only(t *testing.T, said []Decision) Decision {
	t.Helper()
	require.Len(t, said, 1)
	return said[0]
}

// ECS rules, services 4.2: the table of the algorithm, row by row.
func TestTargetTrackingTable(t *testing.T) {
	for _, tt := range []struct {
		running        int
		target, metric float64
		want           int
		formula        string
	}{
		{4, 50, 90, 8, "ceil(4 × 90 / 50) = 8"},
		{4, 50, 51, 5, "ceil(4 × 51 / 50) = 5"},
		{8, 50, 44, 8, ""},
		{8, 50, 40, 7, "ceil(8 × 40 / 50) = 7"},
		{10, 75, 20, 3, "ceil(10 × 20 / 75) = 3"},
		{2, 50, 40, 2, ""},
		{3, 1000, 2500, 8, "ceil(3 × 2500 / 1000) = 8"},
	} {
		c := start(upTo(1, 100, cpu(tt.target)))
		require.True(t, c.minutes(15, CPUUtilization, tt.metric), "an alarm is in ALARM")
		said := c.decide(tt.running, tt.running)
		if tt.formula == "" {
			require.Empty(t, said, "%d tasks at %v", tt.running, tt.metric)
			continue
		}
		d := only(t, said)
		require.Equal(t, tt.want, d.To, "%d tasks at %v", tt.running, tt.metric)
		require.Equal(t, tt.want, d.Wanted)
		require.Equal(t, tt.formula, d.Formula)
		require.Equal(t, NotBlocked, d.Blocked)
		require.Equal(t, c.now+DefaultCooldown, d.Until)
	}
}

// What floating point makes of thirds is no reason for a task.
func TestTargetTrackingDoesNotRoundUpDust(t *testing.T) {
	require.Equal(t, 5, wholeUp(3*(500.0/3)/100))
	require.Equal(t, 6, wholeUp(5.001))
	require.Zero(t, wholeUp(0))
	require.Zero(t, wholeUp(math.NaN()))
	require.Equal(t, most, wholeUp(math.Inf(1)))
	require.Equal(t, "66.67 50 0.5", number(200.0/3)+" "+number(50)+" "+number(0.5))
}

// ECS rules, services 4.2: three minutes above the target, fifteen below nine tenths of it; of 20 s three and 45.
func TestAlarmsOfTargetTracking(t *testing.T) {
	for _, tt := range []struct {
		period time.Duration
		value  float64
		want   int // periods until a policy acts
	}{
		{Minute, 51, 3},
		{Minute, 50, 0},
		{Minute, 45, 0},
		{Minute, 44.9, 15},
		{HighResolution, 51, 3},
		{HighResolution, 44.9, 45},
	} {
		p := cpu(50)
		p.Period = tt.period
		s := NewScaler(upTo(1, 10, p))
		s.Decide(0, Counts{Running: 4, Desired: 4}) // there are tasks
		got := 0
		for i := 1; i <= 60 && got == 0; i++ {
			at := time.Duration(i) * tt.period
			if s.Observe(at, CPUUtilization, tt.period, Datapoint{At: at, Value: tt.value}) {
				got = i
			}
		}
		require.Equal(t, tt.want, got, "%v every %v", tt.value, tt.period)
	}
}

func TestObserveFeedsThePoliciesOfThatMetricAndPeriod(t *testing.T) {
	c := start(upTo(1, 10, cpu(50)))
	c.decide(4, 4)
	require.False(t, c.minutes(5, MemoryUtilization, 90))
	require.False(t, c.Observe(c.now, CPUUtilization, HighResolution, Datapoint{At: c.now, Value: 90}))
	require.Equal(t, InsufficientData, c.policies[0].high.State())
}

// ECS rules, services: constant overload is acted upon with the third datapoint, no earlier.
func TestConstantOverloadActsWithTheThirdDatapoint(t *testing.T) {
	c := start(upTo(1, 10, cpu(50)))
	c.decide(4, 4)
	require.False(t, c.minutes(2, CPUUtilization, 100))
	require.Empty(t, c.decide(4, 4))
	require.True(t, c.minutes(1, CPUUtilization, 100))
	require.Equal(t, 8, only(t, c.decide(4, 4)).To)
}

// ECS rules, services: while 4 run of 8, 60 % asks for 5 and nothing happens; 120 % asks for 10, cooldown or not.
func TestLargerScaleOutInsideTheCooldown(t *testing.T) {
	c := start(upTo(1, 20, cpu(50)))
	c.minutes(3, CPUUtilization, 100)
	require.Equal(t, 8, only(t, c.decide(4, 4)).To)
	c.minutes(1, CPUUtilization, 60)
	require.Empty(t, c.decide(4, 8))
	c.minutes(1, CPUUtilization, 120)
	d := only(t, c.decide(4, 8))
	require.Equal(t, 10, d.To)
	require.Equal(t, "ceil(4 × 120 / 50) = 10", d.Formula)
	require.Equal(t, c.now+DefaultCooldown, d.Until, "which begins a cooldown of its own")
}

// ECS rules, services 4.2: what the first scale-out added counts as present, also once it runs.
func TestCooldownCountsWhatWasAdded(t *testing.T) {
	c := start(upTo(1, 20, cpu(50)))
	c.minutes(3, CPUUtilization, 100)
	until := only(t, c.decide(4, 4)).Until
	c.minutes(1, CPUUtilization, 100) // from before the tasks ran
	d := only(t, c.decide(8, 8))
	require.Equal(t, Decision{
		Policy: "cpu", Metric: "CPUUtilization", Value: 100, Target: 50, Formula: "ceil(8 × 100 / 50) = 16",
		From: 8, To: 8, Wanted: 16, Blocked: InCooldown, Until: until, Breached: 0, Alarmed: 3 * time.Minute,
	}, d)
	c.minutes(1, CPUUtilization, 100)
	require.Empty(t, c.decide(8, 8), "a block is told once")
	c.minutes(1, CPUUtilization, 110)
	d = only(t, c.decide(8, 8))
	require.Equal(t, "ceil(4 × 110 / 50) = 9, 4 ran when the cooldown began", d.Formula)
	require.Equal(t, 9, d.To)
	c.minutes(4, CPUUtilization, 70)
	require.Equal(t, InCooldown, only(t, c.decide(9, 9)).Blocked)
	c.minutes(2, CPUUtilization, 70)
	require.Equal(t, "ceil(9 × 70 / 50) = 13", only(t, c.decide(9, 9)).Formula, "the cooldown is over")
}

// ECS rules, services: the load is gone at once, the tasks after fifteen minutes.
func TestScaleInTakesFifteenMinutes(t *testing.T) {
	c := start(upTo(1, 10, cpu(50)))
	c.minutes(10, CPUUtilization, 50)
	require.Empty(t, c.decide(8, 8))
	require.False(t, c.minutes(14, CPUUtilization, 0))
	require.Empty(t, c.decide(8, 8))
	require.True(t, c.minutes(1, CPUUtilization, 0))
	d := only(t, c.decide(8, 8))
	require.Equal(t, 1, d.To)
	require.Equal(t, AtMinimum, d.Blocked)
	require.Equal(t, "ceil(8 × 0 / 50) = 0, at least 1", d.Formula)
	require.Equal(t, 10*time.Minute, d.Breached)
	require.Equal(t, 25*time.Minute, d.Alarmed)
}

// ECS rules, services and 4.1: no scale-in during a deployment, scale-out all the same.
func TestDeploymentKeepsFromScalingInOnly(t *testing.T) {
	c := start(upTo(1, 10, cpu(50)))
	c.minutes(15, CPUUtilization, 10)
	deploying := Counts{Running: 8, Desired: 8, Deploying: true}
	d := only(t, c.Decide(c.now, deploying))
	require.Equal(t, InDeployment, d.Blocked)
	require.Equal(t, 2, d.Wanted)
	require.False(t, d.Changes())
	c.minutes(1, CPUUtilization, 10)
	require.Equal(t, 2, only(t, c.decide(8, 8)).To, "once it is COMPLETED")

	c = start(upTo(1, 20, cpu(50)))
	c.minutes(3, CPUUtilization, 100)
	require.Equal(t, 16, only(t, c.Decide(c.now, deploying)).To)
}

func TestScaleInWaitsForCooldowns(t *testing.T) {
	c := start(upTo(1, 20, cpu(50)))
	c.minutes(15, CPUUtilization, 40)
	until := only(t, c.decide(10, 10)).Until
	require.Equal(t, 20*time.Minute, until)
	c.minutes(1, CPUUtilization, 30)
	d := only(t, c.decide(8, 8))
	require.Equal(t, InCooldown, d.Blocked)
	require.Equal(t, until, d.Until)
	require.Equal(t, 5, d.Wanted)
	c.minutes(4, CPUUtilization, 30)
	require.Empty(t, c.decide(8, 8), "its last instant, and told already")
	c.minutes(1, CPUUtilization, 30)
	require.Equal(t, 5, only(t, c.decide(8, 8)).To)
}

// What a scale-out has started is not undone before its cooldown is over.
func TestScaleInWaitsForTheCooldownOfAScaleOut(t *testing.T) {
	out := cpu(50)
	out.ScaleOutCooldown = time.Hour
	c := start(upTo(1, 20, out))
	c.minutes(3, CPUUtilization, 100)
	until := only(t, c.decide(4, 4)).Until
	c.minutes(15, CPUUtilization, 10)
	d := only(t, c.decide(8, 8))
	require.Equal(t, InCooldown, d.Blocked)
	require.Equal(t, until, d.Until)
}

// ECS rules, services 4.2: a high alarm during ScaleInCooldown acts at once and ends that cooldown.
func TestHighAlarmEndsTheCooldownOfAScaleIn(t *testing.T) {
	in := cpu(50)
	in.ScaleInCooldown, in.ScaleOutCooldown = 2*time.Hour, time.Minute
	c := start(upTo(1, 20, in))
	c.minutes(15, CPUUtilization, 40)
	require.Equal(t, 8, only(t, c.decide(10, 10)).To)
	c.minutes(3, CPUUtilization, 60)
	require.Equal(t, 10, only(t, c.decide(8, 8)).To, "at once")
	c.minutes(15, CPUUtilization, 40)
	require.Equal(t, 8, only(t, c.decide(10, 10)).To, "and nothing is left of the two hours")
}

func TestDisabledScaleInDoesNotScaleIn(t *testing.T) {
	p := cpu(50)
	p.DisableScaleIn = true
	c := start(upTo(1, 20, p))
	c.minutes(20, CPUUtilization, 5)
	require.Empty(t, c.decide(10, 10))
	c.minutes(3, CPUUtilization, 60)
	require.Equal(t, 12, only(t, c.decide(10, 10)).To)
}

// ECS rules, services 4.1: formulas begin with the running tasks, whatever is desired.
func TestRunningTasksAreTheBase(t *testing.T) {
	c := start(upTo(1, 100, cpu(50)))
	for range 30 { // nothing finds a place: no run-away
		c.minutes(3, CPUUtilization, 100)
		for _, d := range c.decide(4, 8) {
			require.False(t, d.Changes())
		}
	}
}

// ECS rules, services 4.1: the bounds.
func TestBoundsCutTheFormula(t *testing.T) {
	c := start(upTo(2, 10, cpu(50)))
	c.minutes(3, CPUUtilization, 200)
	d := only(t, c.decide(4, 4))
	require.Equal(t, 10, d.To)
	require.Equal(t, 16, d.Wanted)
	require.Equal(t, AtMaximum, d.Blocked)
	require.Equal(t, "ceil(4 × 200 / 50) = 16, at most 10", d.Formula)
	c.minutes(6, CPUUtilization, 90)
	d = only(t, c.decide(10, 10))
	require.False(t, d.Changes())
	require.Equal(t, AtMaximum, d.Blocked)
	require.Equal(t, 18, d.Wanted)
	require.Equal(t, none, d.Until)
}

// ECS rules, services 4.1: below the minimum an alarm for more lifts to the minimum first, one for less does nothing.
func TestDesiredBelowTheMinimum(t *testing.T) {
	c := start(upTo(4, 20, cpu(50)))
	c.minutes(3, CPUUtilization, 400)
	d := only(t, c.decide(1, 1))
	require.Equal(t, 4, d.To)
	require.Equal(t, 8, d.Wanted)
	require.Equal(t, none, d.Until, "the lift begins no cooldown")
	require.Equal(t, "ceil(1 × 400 / 50) = 8, first to the minimum of 4", d.Formula)
	c.minutes(1, CPUUtilization, 400)
	require.Equal(t, 8, only(t, c.decide(1, 4)).To)

	c = start(upTo(4, 20, cpu(50)))
	c.minutes(15, CPUUtilization, 10)
	d = only(t, c.decide(2, 2))
	require.False(t, d.Changes())
	require.Equal(t, AtMinimum, d.Blocked)
}

// ECS rules, services 4.1: above the maximum an alarm for less lowers to the maximum first, one for more does nothing.
func TestDesiredAboveTheMaximum(t *testing.T) {
	c := start(upTo(1, 5, cpu(50)))
	c.minutes(15, CPUUtilization, 44)
	d := only(t, c.decide(8, 8))
	require.Equal(t, 5, d.To)
	require.Equal(t, "ceil(8 × 44 / 50) = 8, first to the maximum of 5", d.Formula)

	c = start(upTo(1, 5, cpu(50)))
	c.minutes(3, CPUUtilization, 100)
	d = only(t, c.decide(8, 8))
	require.False(t, d.Changes())
	require.Equal(t, AtMaximum, d.Blocked)
	require.Equal(t, 16, d.Wanted)
}

// ECS rules, services 4.1: from zero with the first datapoint, by one task, and then from what runs.
func TestServiceFromZeroTasks(t *testing.T) {
	p := cpu(1000)
	p.Name, p.Metric = "requests", ALBRequestCountPerTarget
	c := start(upTo(0, 20, p))
	require.Empty(t, c.decide(0, 0))
	require.True(t, c.minutes(1, ALBRequestCountPerTarget, 5000), "one datapoint")
	d := only(t, c.decide(0, 0))
	require.Equal(t, 1, d.To)
	require.Equal(t, none, d.Alarmed, "no alarm had gone off")
	c.minutes(1, ALBRequestCountPerTarget, 5000)
	require.Empty(t, c.decide(0, 1), "while the task starts")
	c.minutes(1, ALBRequestCountPerTarget, 5000)
	require.Equal(t, 5, only(t, c.decide(1, 1)).To, "from the running count, without a cooldown in the way")
}

func TestAtZeroNothingHappensWithoutDataOrDemand(t *testing.T) {
	c := start(upTo(0, 20, cpu(50)))
	for range 20 {
		c.now += time.Minute
		require.False(t, c.Observe(c.now, CPUUtilization, Minute, Datapoint{At: c.now, Missing: true}))
		require.Empty(t, c.decide(0, 0))
	}
	require.False(t, c.minutes(1, CPUUtilization, 20))
	require.Empty(t, c.decide(0, 0))
}

// ECS rules, services 4.1: no data is not low utilisation.
func TestNoDataNoScaling(t *testing.T) {
	c := start(upTo(1, 10, cpu(50)))
	c.minutes(15, CPUUtilization, 10)
	c.now += time.Minute
	require.False(t, c.Observe(c.now, CPUUtilization, Minute, Datapoint{At: c.now, Missing: true}))
	require.Equal(t, InAlarm, c.policies[0].low.State(), "CloudWatch looks at what is there")
	require.Empty(t, c.decide(8, 8))
	for range 20 {
		c.now += time.Minute
		c.Observe(c.now, CPUUtilization, Minute, Datapoint{At: c.now, Missing: true})
	}
	require.Equal(t, InsufficientData, c.policies[0].low.State())
	require.Empty(t, c.decide(8, 8))
}

// Tasks that do not start leave nothing to compute with.
func TestNoScaleInWhileNoTaskRuns(t *testing.T) {
	p := cpu(1000)
	p.Metric = ALBRequestCountPerTarget
	down := steps("down", LessThanThreshold, 500, ChangeInCapacity, Step{math.Inf(-1), 0, -2})
	down.Metric = ALBRequestCountPerTarget
	c := start(upTo(1, 10, p, down))
	c.minutes(15, ALBRequestCountPerTarget, 0)
	require.Empty(t, c.decide(0, 8))
}

// A policy acts once on a datapoint, and on every one while the alarm lasts.
func TestPolicyActsOnceOnADatapoint(t *testing.T) {
	up := steps("up", GreaterThanThreshold, 50, ChangeInCapacity, Step{0, math.Inf(1), 1})
	up.Step.Cooldown = 0
	c := start(upTo(1, 10, up))
	c.minutes(1, CPUUtilization, 60)
	require.Equal(t, 5, only(t, c.decide(4, 4)).To)
	require.Empty(t, c.decide(5, 5))
	require.True(t, c.minutes(1, CPUUtilization, 60), "the alarm is where it was")
	require.Equal(t, 6, only(t, c.decide(5, 5)).To)
}

func TestSuspensionHoldsOneDirection(t *testing.T) {
	cfg := upTo(1, 20, cpu(50))
	cfg.Suspended = Suspension{Out: true}
	c := start(cfg)
	c.minutes(3, CPUUtilization, 100)
	d := only(t, c.decide(4, 4))
	require.False(t, d.Changes())
	require.Equal(t, IsSuspended, d.Blocked)
	require.Equal(t, 8, d.Wanted)
	c.minutes(15, CPUUtilization, 10)
	require.Equal(t, 2, only(t, c.decide(8, 8)).To)

	cfg.Suspended = Suspension{In: true}
	c = start(cfg)
	c.minutes(15, CPUUtilization, 10)
	require.Equal(t, IsSuspended, only(t, c.decide(8, 8)).Blocked)
	c.minutes(3, CPUUtilization, 100)
	require.Equal(t, 16, only(t, c.decide(8, 8)).To)
}

// A block is told again when it is about something else, or when its alarm ended in between.
func TestBlocksAreToldOnce(t *testing.T) {
	c := start(upTo(2, 10, cpu(50)))
	c.minutes(15, CPUUtilization, 10)
	require.Equal(t, AtMinimum, only(t, c.decide(2, 2)).Blocked)
	for range 10 {
		c.minutes(1, CPUUtilization, 11)
		require.Empty(t, c.decide(2, 2))
	}
	c.minutes(1, CPUUtilization, 50)
	c.minutes(15, CPUUtilization, 11)
	require.Equal(t, AtMinimum, only(t, c.decide(2, 2)).Blocked)
}

// ECS rules, services 9.1.B: the cooldown that begins at 245 s lasts until 545 s, and what is decided at 545 s is still
// decided within it: the datapoint in hand is from before the new tasks served.
func TestTheLastInstantOfACooldownIsPartOfIt(t *testing.T) {
	for after, want := range map[time.Duration]int{300 * time.Second: 8, 301 * time.Second: 11} {
		c := start(upTo(1, 20, cpu(50)))
		c.minutes(3, CPUUtilization, 100)
		at := 245 * time.Second
		require.Equal(t, 8, only(t, c.Decide(at, Counts{Running: 4, Desired: 4})).To)
		c.minutes(1, CPUUtilization, 64)
		desired := 8
		for _, d := range c.Decide(at+after, Counts{Running: 8, Desired: 8}) {
			desired = d.To
		}
		require.Equal(t, want, desired, "%v after it began", after)
	}
}
