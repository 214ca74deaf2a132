package scaling

import (
	"fmt"
	"math"
	"slices"
)

// adjust is the count that a step scaling policy makes of the running tasks, and into which direction it goes: 1, -1, or
// 0 if there is no step for the metric (ECS rules, services 4.3).
func (p *policy) adjust(c Counts) (count, direction int, formula string) {
	step, ok := p.Step.at(p.last.Value)
	if !ok {
		return 0, 0, ""
	}
	count, direction, formula = p.Step.apply(step.Adjustment, c.Running)
	if p.Step.Adjustment == ExactCapacity {
		direction = sign(count - c.Desired)
	}
	return count, direction, formula
}

// at is the step for a value. The bounds are relative to the threshold. Above it the lower bound belongs to the step, below
// it the upper one; at the threshold itself it is as on the side that the alarm is about.
func (s *StepScaling) at(value float64) (Step, bool) {
	threshold := s.Alarm.Threshold
	above := value > threshold || value == threshold && s.Alarm.Comparison.upward()
	for _, step := range s.Steps {
		// Added to the threshold, and not taken from the value: 70.1 − 60.1 is less than 10 in floating point.
		lower, upper := threshold+step.Lower, threshold+step.Upper
		if above && lower <= value && value < upper || !above && lower < value && value <= upper {
			return step, true
		}
	}
	return Step{}, false
}

// apply is what an adjustment makes of a count.
func (s *StepScaling) apply(adjustment float64, count int) (result, direction int, formula string) {
	switch s.Adjustment {
	case ExactCapacity:
		result = int(math.Round(adjustment))
		return result, sign(result - count), fmt.Sprintf("exactly %d", result)
	case PercentChangeInCapacity:
		by := percent(count, adjustment, s.MinMagnitude)
		result = max(count+by, 0)
		least := ""
		if s.MinMagnitude > 0 {
			least = fmt.Sprintf(", at least %d,", s.MinMagnitude)
		}
		return result, sign(by), fmt.Sprintf("%d %s %s %%%s = %d", count, operator(adjustment), number(math.Abs(adjustment)), least, result)
	case ChangeInCapacity:
		by := int(math.Round(adjustment))
		result = max(count+by, 0)
		return result, sign(by), fmt.Sprintf("%d %s %s = %d", count, operator(adjustment), number(math.Abs(adjustment)), result)
	default:
		panic("scaling: no such adjustment")
	}
}

// percent is a percentage of a count: rounded towards zero, but to one at least, and to the minimum magnitude. The rounding
// is documented for Auto Scaling groups; that services do the same is inferred (ECS rules, services 4.3). A share of no
// task would for ever be none, so the first task counts as "the minimum amount" (ECS rules, services 4.1): our choice.
func percent(count int, adjustment float64, magnitude int) int {
	if adjustment == 0 {
		return 0
	}
	by := int(math.Abs(float64(count)*adjustment/100) + 1e-9)
	by = max(by, magnitude, 1)
	if adjustment < 0 {
		return -by
	}
	return by
}

// StepProblem is what is wrong with the steps of a policy; empty if nothing is (ECS rules, services 4.3).
func StepProblem(steps []Step) string {
	if len(steps) == 0 {
		return "there is no step"
	}
	var below, above int
	for _, s := range steps {
		noLower, noUpper := math.IsInf(s.Lower, -1), math.IsInf(s.Upper, 1)
		switch {
		case noLower && noUpper:
			return "a step has neither a lower nor an upper bound"
		case !(s.Lower < s.Upper):
			return fmt.Sprintf("the lower bound of a step (%s) is not below its upper bound (%s)", number(s.Lower), number(s.Upper))
		}
		below += oneIf(noLower)
		above += oneIf(noUpper)
	}
	if below > 1 {
		return fmt.Sprintf("%d steps have no lower bound, at most one may", below)
	}
	if above > 1 {
		return fmt.Sprintf("%d steps have no upper bound, at most one may", above)
	}
	return unevenSteps(steps)
}

// unevenSteps is where steps leave something out, or overlap.
func unevenSteps(steps []Step) string {
	sorted := slices.SortedStableFunc(slices.Values(steps), func(a, b Step) int {
		if a.Lower < b.Lower {
			return -1
		}
		return oneIf(b.Lower < a.Lower)
	})
	for i, s := range sorted[1:] {
		before := sorted[i]
		switch {
		case s.Lower < before.Upper:
			return fmt.Sprintf("two steps overlap between %s and %s", number(s.Lower), number(min(s.Upper, before.Upper)))
		case s.Lower > before.Upper:
			return fmt.Sprintf("there is no step between %s and %s", number(before.Upper), number(s.Lower))
		}
	}
	return ""
}

// operator is how an adjustment is written between two numbers.
func operator(x float64) string {
	if x < 0 {
		return "−"
	}
	return "+"
}

func sign(n int) int { return oneIf(n > 0) - oneIf(n < 0) }

func oneIf(b bool) int {
	if b {
		return 1
	}
	return 0
}
