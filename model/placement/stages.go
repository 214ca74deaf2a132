package placement

import (
	"slices"

	"ecssim/model/fleet"
)

// Stage is what one rule of a strategy did with the candidates.
type Stage struct {
	Rule Rule
	// Before and After count the candidates.
	Before, After int
	// Least is the value of those that stay, Most the largest of those that were there: remaining units of binpack, tasks
	// of the group of spread. Random has none.
	Least, Most int64
	// Value is the attribute's value on the instance that was chosen, for a spread over an attribute.
	Value string
}

// Stages are the rules of the strategy one by one, for a demand whose place was chosen: what Obvious did, with the
// numbers that it compared. Behind a draw stands the one that was drawn.
func Stages(instances []*fleet.Instance, d *Demand, chosen *fleet.Instance) []Stage {
	var candidates []*fleet.Instance
	for _, i := range instances {
		if d.Test(i) == Fits {
			candidates = append(candidates, i)
		}
	}
	var out []Stage
	for _, rule := range d.Strategy {
		if len(candidates) == 0 {
			return out
		}
		s := Stage{Rule: rule, Before: len(candidates)}
		switch rule.Kind {
		case Random:
			if slices.Contains(candidates, chosen) {
				candidates = []*fleet.Instance{chosen}
			}
		case Binpack:
			candidates = s.keep(candidates, rule.remaining)
		case Spread:
			if rule.Attribute != "" {
				s.Value = chosen.Attributes[rule.Attribute]
			}
			candidates = s.keep(candidates, spreadCount(instances, rule, d.Group))
		}
		s.After = len(candidates)
		out = append(out, s)
	}
	return out
}

// keep is leastOf with its numbers.
func (s *Stage) keep(candidates []*fleet.Instance, value func(*fleet.Instance) int64) []*fleet.Instance {
	s.Most = value(candidates[0])
	for _, i := range candidates {
		s.Most = max(s.Most, value(i))
	}
	kept := leastOf(candidates, value)
	s.Least = value(kept[0])
	return kept
}
