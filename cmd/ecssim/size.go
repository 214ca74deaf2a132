package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"runtime"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"ecssim/model/expect"
	"ecssim/report"
	"ecssim/workload/size"
)

// sizeFlags are the flags of `ecssim size`.
type sizeFlags struct {
	vary, expect, sets                  []string
	runs, seed, until, minimise, format string
	jobs                                int
}

func (a *app) sizeCommand() *cobra.Command {
	var f sizeFlags
	c := &cobra.Command{
		Use:   "size FILE --vary PATH=LO..HI",
		Short: "Find the smallest fleet that holds what is expected",
		Long: `Find the cheapest settings with which a scenario holds what it expects.

Every --vary is an axis: a range of numbers, of which more is expected to hold
wherever less does, or a list of values, each of which is looked at. Cells of
this grid are simulated with the same seeds; a cell holds if every expectation
does, in every seed unless expect_options.quantile says less. The search asks as
few cells as it can, drops a cell at the first seed that decides it, and checks
the answer's neighbours. Exit 1: nothing that was asked holds.`,
		Example: `  ecssim size shop.toml --vary instances.main.count=1..40
  ecssim size shop.toml --vary instances.main.type=m5.large,c6i.xlarge \
                        --vary instances.main.count=1..40 --runs 20 -j 2
  ecssim size shop.toml --vary capacity_providers.asg.max_size=2..30 \
                        --for "p95(task_wait, service='web') < 120s"`,
		Args: exactlyOneFile,
		RunE: func(cmd *cobra.Command, files []string) error { return a.size(cmd.Context(), files[0], f) },
	}
	flags := c.Flags()
	flags.StringArrayVar(&f.vary, "vary", nil, "`PATH=LO..HI`, LO..HI/STEP or a,b,c: an axis of the grid; repeatable")
	flags.StringArrayVar(&f.expect, "for", nil, "`EXPR` that must hold, instead of the scenario's [expect]; repeatable")
	flags.StringVar(&f.minimise, "minimise", "cost_usd", "`FIGURE` whose mean over the seeds is to be small")
	flags.StringVar(&f.runs, "runs", "", "`N` seeds for each cell (default: the scenario's if above 1, else 10)")
	flags.StringVar(&f.seed, "seed", "", "seed `N` of the first run (default: the scenario's, else 1)")
	flags.StringArrayVar(&f.sets, "set", nil, "`PATH=VALUE` laid over the file in every cell; repeatable")
	flags.StringVar(&f.until, "until", "", "simulate for `DURATION`, as in 30m (default: the scenario's duration)")
	flags.IntVarP(&f.jobs, "jobs", "j", runtime.GOMAXPROCS(0), "`N` runs at the same time; results do not depend on it")
	flags.StringVar(&f.format, "format", "table", "`FORMAT` of the answer: table, json or markdown")
	return c
}

func exactlyOneFile(_ *cobra.Command, args []string) error {
	switch len(args) {
	case 0:
		return usageError("which scenario? give a file, or - for stdin")
	case 1:
		return nil
	}
	return usageError("one scenario is sized at a time, found %d", len(args))
}

func (f *sizeFlags) check() error {
	switch {
	case f.jobs < 1:
		return usageError("--jobs must be at least 1, found %d", f.jobs)
	case !slices.Contains([]string{"table", "json", "markdown"}, f.format):
		return usageError("--format is table, json or markdown, found %q", f.format)
	case len(f.vary) == 0:
		return usageError("what may change? give --vary PATH=LO..HI, for example --vary instances.main.count=1..40")
	}
	return nil
}

// defaultSizeRuns is how many seeds decide where the scenario does not say: one run is an anecdote.
const defaultSizeRuns = 10

// size searches the grid and prints the answer.
func (a *app) size(ctx context.Context, file string, f sizeFlags) error {
	if err := f.check(); err != nil {
		return err
	}
	g, err := a.sizeGrid(file, f)
	if err != nil {
		return err
	}
	problem := size.Problem{
		Axes: g.directions(), Guess: g.guess, BothEnds: f.minimise != "cost_usd",
		Ask: func(c size.Cell) (size.Verdict, error) { return g.ask(ctx, c) },
	}
	if f.minimise == "cost_usd" {
		problem.Floor = g.floor
	}
	result, err := size.Search(problem)
	if err != nil && ctx.Err() == nil {
		return err
	}
	if len(g.asked) == 0 {
		return &exitError{code: exitInterrupted, err: errors.New("interrupted before a cell was simulated")}
	}
	if err := a.printSizing(g.sizing(result, ctx.Err() == nil), f.format); err != nil {
		return failure(err)
	}
	switch {
	case ctx.Err() != nil:
		fmt.Fprintln(a.err, "interrupted: the answer is the best of what was simulated until then")
		return told(exitInterrupted, "interrupted")
	case result.Best == nil:
		return told(exitExpectation, "nothing that was asked holds")
	}
	return nil
}

func (a *app) printSizing(s *report.Sizing, format string) error {
	switch format {
	case "json":
		data, err := s.JSON()
		if err != nil {
			return err
		}
		_, err = a.out.Write(data)
		return err
	case "markdown":
		_, err := a.out.Write(s.Markdown())
		return err
	}
	_, err := io.WriteString(a.out, s.Terminal(report.TerminalOptions{
		Color: a.look.colored(a.out), Width: terminalWidth(a.out),
	}))
	return err
}

// goals are the expressions of --for, named in order.
func (f *sizeFlags) goals() ([]expect.Named, error) {
	var list []expect.Named
	for i, text := range f.expect {
		e, err := expect.Parse(text)
		if err != nil {
			return nil, usageError("--for %q: %v", text, err)
		}
		name := "--for"
		if len(f.expect) > 1 {
			name += " " + strconv.Itoa(i+1)
		}
		list = append(list, expect.Named{Name: name, Text: text, Expr: e})
	}
	return list, nil
}

// mayFail is in how many of the seeds an expectation may fail if it has to hold in a share of them.
func mayFail(seeds int, quantile float64) int {
	if quantile <= 0 || quantile >= 1 {
		return 0
	}
	return seeds - int(math.Ceil(quantile*float64(seeds)-1e-9))
}
