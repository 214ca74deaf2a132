package placement

import "ecssim/model/fleet"

// Stage is what one rule of a strategy did with the candidates.
type Stage struct {
	Rule Rule
	// Before and After count the candidates.
	Before, After int
	// Least is the value of those that stay, Most the largest of those that were there: remaining units of binpack, tasks
	// of the group of spread. Random has none.
	Least, Most int64
}

// Stages are the rules of the strategy one by one: what Obvious does, with the numbers that it compares. They end with
// the first draw, since one candidate is left then.
func Stages(instances []*fleet.Instance, d *Demand) []Stage {
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
			s.After = 1
			return append(out, s)
		case Binpack:
			candidates = s.keep(candidates, rule.remaining)
		case Spread:
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
