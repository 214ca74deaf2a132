package main

import (
	"context"

	"ecssim/model"
	"ecssim/report"
	"ecssim/workload/diag"
)

// trials tries changes of a scenario out, for one task that is explained.
type trials struct {
	app    *app
	result *recording
	task   report.TaskName
	before report.Outcome
}

// mostProbes bounds the search for the smallest number that is enough.
const mostProbes = 10

// candidate finds the smallest step of a candidate that is enough, or else the smallest that helps at all.
func (t *trials) candidate(ctx context.Context, c report.Candidate) (trial, error) {
	if c.Grow != nil {
		return t.grow(ctx, c)
	}
	var last trial
	for _, change := range c.Ladder {
		for _, sets := range change {
			got, ok, err := t.try(ctx, sets)
			if err != nil {
				return trial{}, err
			}
			if !ok {
				continue // written otherwise, perhaps
			}
			step := trial{fix: got.Fixed(c, sets, t.before), tried: true, helps: got.Helps(t.before)}
			if !last.helps {
				last = step // the smallest that helps, or else the largest that was tried
			}
			if got.Enough(t.before, t.task.Service) {
				return step, nil
			}
			break
		}
	}
	return last, nil
}

// grow raises a number until it is enough, then looks for the smallest that is: the guess first, since arithmetic mostly
// knows it, and the number below it.
func (t *trials) grow(ctx context.Context, c report.Candidate) (trial, error) {
	g := c.Grow
	low, high := g.From, 0 // low is not enough, high is; 0 for not known
	var best, last trial
	next := g.Guess
	for range mostProbes {
		sets := g.Set(next)
		got, ok, err := t.try(ctx, sets)
		if err != nil {
			return trial{}, err
		}
		if !ok {
			break
		}
		step := trial{fix: got.Fixed(c, sets, t.before), tried: true, helps: got.Helps(t.before)}
		if got.Enough(t.before, t.task.Service) {
			high, best = next, step
		} else {
			low = max(low, next)
			if step.helps || !last.tried {
				last = step
			}
		}
		if high > 0 && high-low <= 1 {
			break
		}
		next = t.step(g, low, high)
	}
	if !best.tried {
		return last, nil
	}
	best.fix.Smallest = high-low == 1
	return best, nil
}

// step is the next number to try: one below what is enough at first, then the middle; above all that is not, ever more.
func (t *trials) step(g *report.Growth, low, high int) int {
	switch {
	case high == 0:
		return low + max(1, low-g.From)
	case high == g.Guess && low == g.From:
		return high - 1
	}
	return low + (high-low)/2
}

// try simulates the scenario with settings; false if it does not accept them.
func (t *trials) try(ctx context.Context, sets []string) (report.Outcome, bool, error) {
	s, diags := t.result.load(sets)
	if diag.HasErrors(diags) {
		return report.Outcome{}, false, nil
	}
	o := report.NewTrial(s.Config, t.result.seed, t.task)
	w := model.NewWorld(s.Config, t.result.seed, o)
	w.Run(ctx)
	if ctx.Err() != nil {
		return report.Outcome{}, false, ctx.Err()
	}
	return o.Outcome(), true, nil
}
