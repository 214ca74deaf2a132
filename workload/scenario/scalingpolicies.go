package scenario

import (
	"fmt"
	"math"
	"slices"
	"time"

	"ecssim/model/scaling"
)

const (
	trackingExample = `target_tracking = [{ metric = "CPUUtilization", target = 60 }]`
	stepExample     = `step_scaling = [{ metric = "CPUUtilization", threshold = 70, comparison_operator = "GreaterThanThreshold", steps = [{ lower = 0, adjustment = 2 }] }]`
)

// The highest values that make sense: percent, and requests for each target and minute.
const (
	mostUtilization = 10_000
	mostRequests    = 1e9
)

// secondsOfPolicy is what cooldowns are counted in.
var secondsOfPolicy = scale{time.Second, "seconds", 0, 365 * 24 * time.Hour}

// tracking reads a target tracking policy (ECS rules, services 4.2).
func (b *builder) tracking(so *scaler, t *table) {
	m, ok := b.metric(so, t)
	p := scaling.Policy{Metric: m, Name: b.policyName(so, t, "target-tracking-"+m.String())}
	if t.get("target") == nil {
		t.missing("target", "target = 60")
	} else {
		p.Target = b.levelOf(t, "target", m, 0.01)
	}
	p.Period = b.period(t, m)
	p.ScaleOutCooldown = t.timer("scale_out_cooldown", secondsOfPolicy, scaling.DefaultCooldown)
	p.ScaleInCooldown = t.timer("scale_in_cooldown", secondsOfPolicy, scaling.DefaultCooldown)
	p.DisableScaleIn = t.flag("disable_scale_in", false)
	if ok {
		so.config.Policies, so.places = append(so.config.Policies, p), append(so.places, t.n.at)
	}
}

// levelOf reads a value of the metric.
func (b *builder) levelOf(t *table, key string, m scaling.Metric, low float64) float64 {
	high := float64(mostUtilization)
	if m == scaling.ALBRequestCountPerTarget {
		high = mostRequests
	}
	return t.number(key, low, high, low)
}

// stepScaling reads a step scaling policy with its alarm (ECS rules, services 4.3).
func (b *builder) stepScaling(so *scaler, t *table) {
	m, ok := b.metric(so, t)
	p := scaling.Policy{Metric: m, Name: b.policyName(so, t, "step-scaling-"+m.String()), Step: &scaling.StepScaling{}}
	p.Period = b.period(t, m)
	b.alarm(t, m, &p.Step.Alarm)
	words := []string{scaling.ChangeInCapacity.String(), scaling.ExactCapacity.String(), scaling.PercentChangeInCapacity.String()}
	word, good := t.choice("adjustment_type", words, words[0])
	p.Step.Adjustment = scaling.Adjustment(max(0, slices.Index(words, word)))
	p.Step.Cooldown = t.timer("cooldown", secondsOfPolicy, scaling.DefaultCooldown)
	if n := t.get("min_adjustment_magnitude"); n != nil {
		p.Step.MinMagnitude = int(t.whole("min_adjustment_magnitude", 1, mostTasks, 1))
		if good && p.Step.Adjustment != scaling.PercentChangeInCapacity {
			b.fail("E023", n.key, fmt.Sprintf("`%s` goes with PercentChangeInCapacity, and this is %s", t.p.join("min_adjustment_magnitude"), p.Step.Adjustment), "")
		}
	}
	p.Step.Steps = b.steps(t, p.Step)
	if ok {
		so.config.Policies, so.places = append(so.config.Policies, p), append(so.places, t.n.at)
	}
}

// mostPeriods is how far an alarm looks back at most: a day of minutes.
const mostPeriods = 1440

// alarm reads the CloudWatch alarm that calls a step scaling policy.
func (b *builder) alarm(t *table, m scaling.Metric, a *scaling.AlarmConfig) {
	if t.get("threshold") == nil {
		t.missing("threshold", "threshold = 70")
	} else {
		a.Threshold = b.levelOf(t, "threshold", m, 0)
	}
	var operators []string
	for c := scaling.GreaterThanThreshold; c <= scaling.LessThanOrEqualToThreshold; c++ {
		operators = append(operators, c.String())
	}
	if t.get("comparison_operator") == nil {
		t.missing("comparison_operator", `comparison_operator = "GreaterThanThreshold"`)
	} else if word, ok := t.choice("comparison_operator", operators, ""); ok {
		a.Comparison = scaling.Comparison(slices.Index(operators, word))
	}
	a.Periods = int(t.whole("evaluation_periods", 1, mostPeriods, 1))
	if t.get("datapoints_to_alarm") != nil {
		a.DatapointsToAlarm = int(t.whole("datapoints_to_alarm", 1, int64(a.Periods), int64(a.Periods)))
	}
	var treatments []string
	for m := scaling.MissingIsMissing; m <= scaling.MissingIsIgnored; m++ {
		treatments = append(treatments, m.String())
	}
	word, _ := t.choice("treat_missing_data", treatments, treatments[0])
	a.Missing = scaling.TreatMissing(max(0, slices.Index(treatments, word)))
}

// mostSteps is how many step adjustments a policy has at most.
const mostSteps = 20

// steps reads the step adjustments.
func (b *builder) steps(t *table, policy *scaling.StepScaling) []scaling.Step {
	n := t.get("steps")
	p := t.p.join("steps")
	const example = "steps = [{ lower = 0, upper = 10, adjustment = 1 }, { lower = 10, adjustment = 2 }]"
	switch {
	case n == nil:
		t.missing("steps", example)
		return nil
	case n.kind != aList:
		b.add(wrongType(n, p, "a list of steps", example))
		return nil
	case len(n.list) == 0:
		b.fail("E032", n.at, fmt.Sprintf("`%s` is empty", p), "", "write for example: "+example)
		return nil
	case len(n.list) > mostSteps:
		b.fail("E043", n.at, fmt.Sprintf("`%s` has %d steps: Application Auto Scaling allows %d", p, len(n.list), mostSteps), "")
		return nil
	}
	var steps []placedStep
	good := true
	for i, e := range n.list {
		if e.kind != aTable {
			b.add(wrongType(e, p.index(i), "a step", "{ lower = 0, upper = 10, adjustment = 1 }"))
			good = false
			continue
		}
		before := len(b.diags)
		steps = append(steps, placedStep{b.step(b.table(e, p.index(i)), policy), e, p.index(i)})
		good = good && len(b.diags) == before
	}
	if good {
		b.stepProblems(steps)
	}
	var list []scaling.Step
	for _, s := range steps {
		list = append(list, s.Step)
	}
	return list
}

// step reads a StepAdjustment. A bound that is not there is the API's null: no bound.
func (b *builder) step(t *table, policy *scaling.StepScaling) scaling.Step {
	s := scaling.Step{Lower: math.Inf(-1), Upper: math.Inf(1)}
	lower, upper, adjustment := t.get("lower"), t.get("upper"), t.get("adjustment")
	if lower != nil {
		s.Lower = t.number("lower", -mostRequests, mostRequests, 0)
	}
	if upper != nil {
		s.Upper = t.number("upper", -mostRequests, mostRequests, 0)
	}
	low := -float64(mostTasks)
	switch policy.Adjustment {
	case scaling.ExactCapacity:
		low = 0
	case scaling.PercentChangeInCapacity, scaling.ChangeInCapacity:
	}
	if adjustment == nil {
		t.missing("adjustment", "{ lower = 0, upper = 10, adjustment = 1 }")
	} else {
		s.Adjustment = t.number("adjustment", low, mostTasks, 0)
	}
	t.done()
	if s.Adjustment != math.Trunc(s.Adjustment) {
		b.fail("E032", adjustment.at, fmt.Sprintf("`%s` of %s is not a whole number", t.p.join("adjustment"), plain(s.Adjustment)), "")
	}
	switch {
	case lower == nil && upper == nil:
		b.fail("E064", t.n.at, fmt.Sprintf("`%s` has neither `lower` nor `upper`", t.p), "", "a step has one of them at least: lower = 0 is the threshold itself")
	case lower != nil && upper != nil && s.Lower >= s.Upper:
		b.fail("E064", upper.at, fmt.Sprintf("`%s` ends at %s, where it begins or before", t.p, plain(s.Upper)), "", "`upper` is above `lower`; both count from the threshold")
	}
	return s
}
