package service

import (
	"cmp"
	"slices"
	"time"

	"ecssim/model/placement"
)

// Candidate is a task of the service with desired status RUNNING.
type Candidate struct {
	ID   int64
	Zone string
	// Instance tells the instances apart; -1 on Fargate and for a task that waits.
	Instance                    int
	Running, Healthy, Protected bool
	Created                     time.Duration
	// CPU and Memory are what the task reserves, FreeCPU and FreeMemory what is left on its instance.
	CPU, Memory, FreeCPU, FreeMemory int64
	// Attribute looks up an attribute of the instance, "" if it has none. It may be nil where no strategy asks.
	Attribute func(name string) string
}

// ChooseToStop picks n tasks to stop, in this order (ECS rules, services 2.10; ECS rules, placement 2.4 and 2.6): tasks
// that do not run yet, then unhealthy ones, then by the strategy; without one, and on Fargate, from the zone with the
// most tasks of the service, and there from the instance with the most. Of a strategy each rule narrows the choice, as
// when tasks are placed: spread to the value with the most tasks, binpack to the instance that then has the most of the
// resource free (so one instance after the other becomes empty), random to one that draw names, which is handed the
// number of tasks to choose from. What is equal to the end: the newest task goes first.
//
// Documented are the default, that a strategy is used for this as well, and binpack. That tasks which do not run go
// first, and ties, is inferred; the guide has a spread over zones pick at random within a zone, for which a strategy
// can name random.
//
// Protected tasks are never chosen, but they count where tasks are counted. The result are indexes into all, in the
// order of choice; fewer than n if there are not enough.
func ChooseToStop(n int, all []Candidate, strategy []placement.Rule, draw func(n int) int) []int {
	if len(strategy) == 0 {
		strategy = placement.ServiceDefault()
	}
	c := newChooser(all, strategy, draw)
	n = min(n, len(c.left))
	chosen := make([]int, 0, max(0, n))
	for len(chosen) < n {
		k := c.choose()
		c.remove(k)
		chosen = append(chosen, k)
	}
	return chosen
}

// chooser keeps what the rules count while tasks are taken away.
type chooser struct {
	all      []Candidate
	strategy []placement.Rule
	draw     func(n int) int
	left     []int // what may be chosen: urgent ones first, of equals the newest first
	values   []spreadCount
	freed    map[int][2]int64 // of each instance, by those that go: CPU and memory
}

// spreadCount counts the tasks by the value of one spread rule's field.
type spreadCount struct {
	value []int // of each task: the number of its value
	tasks []int // of each value
}

func newChooser(all []Candidate, strategy []placement.Rule, draw func(n int) int) *chooser {
	c := &chooser{all: all, strategy: strategy, draw: draw, values: make([]spreadCount, len(strategy)), freed: map[int][2]int64{}}
	for k := range all {
		if !all[k].Protected {
			c.left = append(c.left, k)
		}
	}
	slices.SortFunc(c.left, func(a, b int) int {
		return cmp.Or(
			cmp.Compare(all[a].urgency(), all[b].urgency()),
			cmp.Compare(all[b].Created, all[a].Created),
			cmp.Compare(all[b].ID, all[a].ID))
	})
	for r, rule := range strategy {
		if rule.Kind == placement.Spread {
			c.values[r] = countValues(all, rule.Attribute)
		}
	}
	return c
}

func countValues(all []Candidate, attribute string) spreadCount {
	type field struct {
		text     string
		instance int
	}
	s := spreadCount{value: make([]int, len(all))}
	known := map[field]int{}
	for k := range all {
		f := field{instance: all[k].Instance}
		if attribute != "" {
			f = field{text: all[k].attribute(attribute)}
		}
		v, ok := known[f]
		if !ok {
			v = len(known)
			known[f] = v
			s.tasks = append(s.tasks, 0)
		}
		s.value[k] = v
		s.tasks[v]++
	}
	return s
}

// urgency is lower for tasks that go before any strategy is asked.
func (t *Candidate) urgency() int {
	switch {
	case !t.Running:
		return 0
	case !t.Healthy:
		return 1
	}
	return 2
}

func (t *Candidate) attribute(name string) string {
	switch {
	case name == placement.ZoneAttribute: // on Fargate, where there is no instance, the zone of the task's subnet
		return t.Zone
	case t.Attribute == nil:
		return ""
	}
	return t.Attribute(name)
}

// choose narrows the most urgent tasks by one rule after the other.
func (c *chooser) choose() int {
	urgency := c.all[c.left[0]].urgency()
	end := slices.IndexFunc(c.left, func(k int) bool { return c.all[k].urgency() != urgency })
	if end < 0 {
		end = len(c.left)
	}
	tied := slices.Clone(c.left[:end])
	for r, rule := range c.strategy {
		if rule.Kind == placement.Random {
			if c.draw != nil {
				return tied[c.draw(len(tied))]
			}
			break
		}
		tied = c.largest(tied, func(k int) int64 { return c.rank(r, k) })
	}
	return tied[0]
}

// rank is larger for a task that the r-th rule would rather stop.
func (c *chooser) rank(r, k int) int64 {
	rule, t := &c.strategy[r], &c.all[k]
	freed := c.freed[t.Instance]
	switch {
	case rule.Kind == placement.Spread:
		return int64(c.values[r].tasks[c.values[r].value[k]])
	case rule.Memory:
		return t.FreeMemory + freed[1] + t.Memory
	default:
		return t.FreeCPU + freed[0] + t.CPU
	}
}

// largest keeps the tasks of the largest rank, in their order.
func (c *chooser) largest(tied []int, rank func(k int) int64) []int {
	best, kept := rank(tied[0]), tied[:0]
	for _, k := range tied {
		switch v := rank(k); {
		case v > best:
			best, kept = v, append(tied[:0], k)
		case v == best:
			kept = append(kept, k)
		}
	}
	return kept
}

// remove takes a task away from the choice and from the counts.
func (c *chooser) remove(k int) {
	c.left = slices.DeleteFunc(c.left, func(l int) bool { return l == k })
	for r := range c.values {
		if v := &c.values[r]; v.value != nil {
			v.tasks[v.value[k]]--
		}
	}
	freed := c.freed[c.all[k].Instance]
	c.freed[c.all[k].Instance] = [2]int64{freed[0] + c.all[k].CPU, freed[1] + c.all[k].Memory}
}
