package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"ecssim/report"
	"ecssim/workload/size"
)

// ask simulates a cell: seed after seed, until an expectation has failed in more of them than it may.
func (g *grid) ask(ctx context.Context, c size.Cell) (size.Verdict, error) {
	s, err := g.load(c, false)
	if err != nil {
		return size.Verdict{}, err
	}
	name := g.name(c, -1)
	may, failed := mayFail(len(g.seeds), s.Config.ExpectQuantile), map[string]int{}
	records := make([]*report.Record, len(g.seeds))
	holds, asked := true, 0
	for batch := 1; holds && asked < len(g.seeds); batch *= 2 {
		var jobs []job
		which := g.hard[asked:min(asked+batch, len(g.seeds))]
		for _, n := range which {
			jobs = append(jobs, job{scenario: s, seed: g.seeds[n], variant: strings.Join(g.settings(c), " ")})
		}
		played, err := g.app.simulateAll(ctx, jobs, g.flags.jobs, report.RecorderOptions{LogLimit: report.LogNothing})
		if err != nil {
			return size.Verdict{}, err
		}
		asked += len(which)
		for k, r := range played {
			records[which[k]] = r
			for _, e := range report.Expectations([]*report.Record{r}) {
				if e.OK {
					continue
				}
				failed[e.Name]++
				holds = holds && failed[e.Name] <= may
			}
		}
		if !holds {
			g.harder(which, played)
		}
	}
	return g.learn(c, name, records, holds)
}

// harder moves the seeds that failed to the front.
func (g *grid) harder(which []int, played []*report.Record) {
	var front []int
	for k, r := range played {
		if slices.ContainsFunc(report.Expectations([]*report.Record{r}), func(e report.Expectation) bool { return !e.OK }) {
			front = append(front, which[k])
		}
	}
	rest := slices.DeleteFunc(slices.Clone(g.hard), func(n int) bool { return slices.Contains(front, n) })
	g.hard = append(front, rest...)
}

// learn keeps what a cell's runs said.
func (g *grid) learn(c size.Cell, name string, records []*report.Record, holds bool) (size.Verdict, error) {
	records = slices.DeleteFunc(records, func(r *report.Record) bool { return r == nil })
	for _, r := range records {
		if r.Runaway != "" {
			return size.Verdict{}, failure(fmt.Errorf("%s with %s ran away: stopped at %v of simulated time by a limit on events or live tasks, most of them from %s",
				g.base.Name, name, r.End, r.Runaway))
		}
	}
	cell := report.SizeCell(name, g.settings(c), records, g.flags.minimise, holds)
	if holds && cell.Value == nil {
		return size.Verdict{}, failure(errors.New(name + " has no " + g.flags.minimise + " to minimise"))
	}
	key := fmt.Sprint(c)
	g.asked[key] = &cell
	g.order = append(g.order, key)
	g.runs += len(records)
	if g.app.look.verbose {
		verdict := "fails"
		if holds {
			verdict = "holds"
		}
		fmt.Fprintf(g.app.err, "%s: %s (%d of %d seeds)\n", name, verdict, len(records), len(g.seeds))
	}
	v := size.Verdict{Holds: holds}
	if cell.Value != nil {
		v.Cost = *cell.Value
	}
	return v, nil
}
