package placement

import (
	"cmp"
	"math/rand/v2"
	"slices"

	"ecssim/model/fleet"
)

// Verdict is what the obvious process found about one instance.
type Verdict struct {
	Instance *fleet.Instance
	Reason   Reason
}

// Explanation is a placement with everything that was considered.
type Explanation struct {
	// Chosen is nil if nothing fits.
	Chosen *fleet.Instance
	// Verdicts has one row an instance, in order of registration.
	Verdicts []Verdict
	// Survivors holds what each rule of the strategy left, one list a rule.
	Survivors [][]*fleet.Instance
}

// Obvious places a task as ECS documents it: every instance is tested, then the rules of the strategy narrow the set
// in order, then the first registered of what is left is taken. draw is used by the rule Random only.
func Obvious(instances []*fleet.Instance, d *Demand, draw *rand.Rand) Explanation {
	var e Explanation
	var candidates []*fleet.Instance
	for _, i := range instances {
		reason := d.Test(i)
		e.Verdicts = append(e.Verdicts, Verdict{i, reason})
		if reason == Fits {
			candidates = append(candidates, i)
		}
	}
	if len(candidates) == 0 {
		return e
	}
	var spreads []string // attributes that the rules so far have spread over
	for _, rule := range d.Strategy {
		switch rule.Kind {
		case Random:
			candidates = drawOne(candidates, spreads, draw)
		case Binpack:
			candidates = leastOf(candidates, func(i *fleet.Instance) int64 { return rule.remaining(i) })
		case Spread:
			candidates = leastOf(candidates, spreadCount(instances, rule, d.Group))
			if rule.Attribute != "" {
				spreads = append(spreads, rule.Attribute)
			}
		}
		e.Survivors = append(e.Survivors, candidates)
	}
	e.Chosen = candidates[0]
	return e
}

// remaining is what binpack makes small: the units that are left, not a share of the whole.
func (r Rule) remaining(i *fleet.Instance) int64 {
	if r.Memory {
		return i.Free.Memory
	}
	return i.Free.CPU
}

// spreadCount counts the tasks of the group on the instance, or on all instances with the same value of the
// attribute, those that cannot take the task included. Instances without the attribute form a group of their own.
func spreadCount(instances []*fleet.Instance, rule Rule, g *fleet.Group) func(*fleet.Instance) int64 {
	if rule.Attribute == "" {
		return func(i *fleet.Instance) int64 { return int64(i.TasksOf(g)) }
	}
	byValue := map[string]int64{}
	for _, i := range instances {
		byValue[i.Attributes[rule.Attribute]] += int64(i.TasksOf(g))
	}
	return func(i *fleet.Instance) int64 { return byValue[i.Attributes[rule.Attribute]] }
}

// leastOf keeps the candidates with the smallest value. All tied ones survive.
func leastOf(candidates []*fleet.Instance, value func(*fleet.Instance) int64) []*fleet.Instance {
	least := value(candidates[0])
	for _, i := range candidates[1:] {
		least = min(least, value(i))
	}
	return slices.DeleteFunc(slices.Clone(candidates), func(i *fleet.Instance) bool { return value(i) != least })
}

// drawOne takes one candidate, each with the same chance. The draw counts through the candidates group by group of
// the spreads before it, groups in order of their values.
func drawOne(candidates []*fleet.Instance, spreads []string, draw *rand.Rand) []*fleet.Instance {
	if len(candidates) == 1 {
		return candidates
	}
	ordered := slices.Clone(candidates)
	slices.SortStableFunc(ordered, func(a, b *fleet.Instance) int {
		for _, name := range spreads {
			if c := cmp.Compare(a.Attributes[name], b.Attributes[name]); c != 0 {
				return c
			}
		}
		return 0
	})
	k := draw.IntN(len(ordered))
	return ordered[k : k+1]
}

// Refusal sums the verdicts up.
func (e *Explanation) Refusal(d *Demand) Refusal {
	var r Refusal
	if len(e.Verdicts) == 0 {
		r.Reason = NoInstances
		r.ByReason[NoInstances] = 1
		return r
	}
	for _, v := range e.Verdicts {
		r.ByReason[v.Reason]++
	}
	closest := slices.MinFunc(e.Verdicts, func(a, b Verdict) int {
		return cmp.Or(
			cmp.Compare(b.Reason, a.Reason), // the later test is the closer match
			cmp.Compare(d.missing(a.Instance, a.Reason), d.missing(b.Instance, b.Reason)))
	})
	r.Closest, r.Reason = closest.Instance, closest.Reason
	return r
}
