package scaling

import (
	"cmp"
	"fmt"
	"math"
	"strconv"
	"time"
)

// ManagedPolicy is the name under which managed scaling decides, and ReservationMetric the metric that it decides on.
const (
	ManagedPolicy     = "managed scaling"
	ReservationMetric = "CapacityProviderReservation"
)

// The timing of managed scaling (ECS rules, services 3.4).
const (
	// managedOutPeriods and managedInPeriods are how many datapoints in a row make its high and its low alarm.
	managedOutPeriods = 1
	managedInPeriods  = 15
	// AfterOut is how long after a scale-out the earliest scale-in comes.
	AfterOut = 15 * time.Minute
	// firstFromZero is the size that a group without instances gets first, whatever waits and whatever the target capacity
	// is: "always scales out to two instances initially".
	firstFromZero = 2
)

// Managed is the managed scaling of one Auto Scaling group: two alarms on its CapacityProviderReservation, and the target
// tracking that they call.
type Managed struct {
	cfg       ManagedConfig
	high, low watch
	last      Datapoint
	// lastOut is when the last scale-out was ordered; negative without.
	lastOut time.Duration
	told    told
}

// GroupCounts is what managed scaling asks of the group when it decides.
type GroupCounts struct {
	// Running is N: launched and not terminated. An instance that boots runs already, as far as EC2 is concerned.
	Running           int
	Desired, Min, Max int
	// Youngest is when the youngest instance that a scale-out launched was launched; negative without.
	Youngest time.Duration
	// Pending: a scale-out was ordered whose instances have not been launched yet.
	Pending bool
	// Protected counts the instances that cannot be terminated.
	Protected int
	// Waiting counts the tasks in PROVISIONING.
	Waiting int
}

// NewManaged begins without datapoints. Both alarms have the target capacity as their threshold; for the low one this is
// an assumption (ECS rules, services 10, question 7).
func NewManaged(cfg ManagedConfig) *Managed {
	cfg.TargetCapacity = cmp.Or(cfg.TargetCapacity, DefaultTargetCapacity)
	alarm := func(c Comparison, periods int) watch {
		return watch{Alarm: NewAlarm(AlarmConfig{Comparison: c, Threshold: cfg.TargetCapacity, Periods: periods}, Minute)}
	}
	return &Managed{
		cfg:     cfg,
		high:    alarm(GreaterThanThreshold, managedOutPeriods),
		low:     alarm(LessThanThreshold, managedInPeriods),
		lastOut: -1,
	}
}

// Observe takes the datapoint of a minute as it is published, and reports whether an alarm wants a decision. An alarm that
// stays in ALARM wants one with each datapoint, since a step down takes at most half of the group.
func (m *Managed) Observe(now time.Duration, d Datapoint) (act bool) {
	m.high.add(now, d)
	m.low.add(now, d)
	m.last = d
	if !m.high.on() && !m.low.on() {
		m.told = told{}
	}
	return !d.Missing && (m.high.on() || m.low.on()) // no data is no reason to scale
}

// Decide is the new desired capacity after an alarm; ok is false if there is nothing to say. What blocks a change is told
// once, and again when something about it changes.
func (m *Managed) Decide(now time.Duration, g GroupCounts) (d Decision, ok bool) {
	d = Decision{
		Policy: ManagedPolicy, Metric: ReservationMetric, Value: m.last.Value, Target: m.cfg.TargetCapacity,
		From: g.Desired, To: g.Desired, Wanted: g.Desired, Until: -1, Breached: -1, Alarmed: -1,
	}
	switch {
	case m.last.Missing:
	case m.high.on():
		d.Breached, d.Alarmed = m.high.Breached(), m.high.alarmed
		ok = m.out(now, &d, g)
	case m.low.on():
		d.Breached, d.Alarmed = m.low.Breached(), m.low.alarmed
		ok = m.in(now, &d, g)
	}
	switch {
	case !ok:
	case d.Changes():
		m.told = told{}
	case m.told.covers(&d) && (d.Until < 0) == (m.told.Until < 0):
		return d, false // of a warm-up it is news when it ends
	default:
		m.told = told{Decision: d, yes: true}
	}
	return d, ok
}

// out decides a scale-out. The next one has to wait until the instances of the last are warmed up: younger ones count as
// capacity that is on its way (ECS rules, services ).
func (m *Managed) out(now time.Duration, d *Decision, g GroupCounts) bool {
	switch {
	case g.Running > 0:
		m.formula(d, g.Running)
	case g.Waiting > 0:
		// Also for target capacities below 100, where the formula asks for more (ECS rules, services 10, question 6).
		d.Wanted, d.Formula = firstFromZero, "tasks wait and there is no instance: 2 at first"
	case m.cfg.IdleAtZero:
		m.formula(d, 1) // target tracking takes no capacity for 1
	default:
		return false // ECS rules, services 10, question 5
	}
	if d.Wanted <= g.Desired {
		return false // it is on its way
	}
	warm := g.Youngest + m.cfg.Warmup
	switch {
	case g.Desired >= g.Max:
		d.Blocked = AtMaximum
		return true
	case g.Pending:
		d.Blocked = WarmingUp
		return true
	case g.Youngest >= 0 && now < warm:
		d.Blocked, d.Until = WarmingUp, warm
		return true
	}
	d.To = d.Wanted
	if d.To > g.Max {
		d.To, d.Blocked = g.Max, AtMaximum
	}
	m.lastOut, d.Until = now, now+AfterOut
	return true
}

// in decides a scale-in: of at least one instance and at most half of the group, rounded down, with each datapoint (ECS
// rules, services 10, question 9). Of instances that cannot be terminated the desired capacity keeps one each.
func (m *Managed) in(now time.Duration, d *Decision, g GroupCounts) bool {
	m.formula(d, g.Running)
	if d.Wanted >= g.Desired {
		return false
	}
	if m.lastOut >= 0 && now < m.lastOut+AfterOut {
		d.Blocked, d.Until = AfterScaleOut, m.lastOut+AfterOut
		return true
	}
	d.To = d.Wanted
	if most := max(1, g.Desired/2); g.Desired-d.To > most {
		d.To = g.Desired - most
		d.Formula += fmt.Sprintf(", at most %d a minute", most)
	}
	if d.To < g.Protected {
		d.To, d.Blocked = min(g.Protected, g.Desired), AllProtected
	}
	if d.To < g.Min {
		d.To, d.Blocked = min(g.Min, g.Desired), AtMinimum
	}
	return true
}

// formula asks for the capacity that brings the metric to the target: ceil(n × CPR / target).
func (m *Managed) formula(d *Decision, n int) {
	// Where the metric was taken of as many instances, this is 100 M / target, whatever binary fractions make of M / N.
	d.Wanted = wholeUp(float64(n) * m.last.Value / m.cfg.TargetCapacity)
	d.Formula = fmt.Sprintf("ceil(%d × %s / %s) = %d", n, truncated(m.last.Value), truncated(m.cfg.TargetCapacity), d.Wanted)
}

// truncated writes a number with two decimals. What is cut off shows as an ellipsis: a number that is rounded up would make
// the formula look wrong.
func truncated(v float64) string {
	hundredths := v * 100
	if near := math.Round(hundredths); math.Abs(hundredths-near) < 1e-6 {
		return strconv.FormatFloat(near/100, 'f', -1, 64)
	}
	return strconv.FormatFloat(math.Trunc(hundredths)/100, 'f', 2, 64) + "…"
}

// Reservation is CapacityProviderReservation in percent for m needed and n running instances, unrounded: with 167 for 5 of
// 3 the group would grow to 6. Without instances it is 200 if some are needed, and 100 if none is (ECS rules, services
// 3.3).
func Reservation(m, n int) float64 {
	switch {
	case n > 0:
		return float64(100*m) / float64(n)
	case m > 0:
		return 200
	}
	return 100
}

// Needed is M: how many of n instances, and of those that it does not have yet, a group needs. busy is how many run a task
// that is not of a DAEMON service; extra the estimate for the tasks in PROVISIONING, with its step bounds. While some task
// is in PROVISIONING the instances that are there count as needed, busy or not. That M is then N plus the estimate is not
// confirmed (ECS rules, services 10, question 4).
func Needed(n, busy, extra int, provisioning bool) int {
	if provisioning {
		return n + extra
	}
	return busy
}

// ReservationIfNoneFits is what the metric stays at while tasks are in PROVISIONING and none of them fits the smallest
// instance type: at the target capacity, so that neither alarm calls, and nothing is scaled in either (ECS rules, services
// 3.3). Pages of 2023 said 100.
func (c *ManagedConfig) ReservationIfNoneFits() float64 {
	return cmp.Or(c.TargetCapacity, DefaultTargetCapacity)
}
