package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ecssim/report"
)

// compareFlags are the flags of `ecssim compare`.
type compareFlags struct {
	out, seed, runs, until, format string
	base, width                    string
	sets, varies, metrics          []string
	jobs, maxRuns                  int
	force                          bool

	share float64 // what width says
}

func (a *app) compareCommand() *cobra.Command {
	var f compareFlags
	c := &cobra.Command{
		Use:   "compare A B...",
		Short: "Compare scenarios seed by seed, with intervals",
		Long: `Compare scenarios, or variants of one, with the same seeds.

A, B... are scenarios, or folders that "ecssim run --runs N" wrote. With --vary
one scenario is enough: every value is a variant, several --vary make all
combinations. The first is the base that the others are compared with.

All variants see the same arrivals, boot times and faults with the same seed, so
the differences are paired: an interval tells what the variant changes, not what
the seeds do. Nothing is written without -o.`,
		Example: `  ecssim compare a.toml --vary services.web.placement_strategy=spread-az,random
  ecssim compare monday.toml friday.toml --runs 40 --metric cost_usd
  ecssim compare out/before out/after --format markdown
  ecssim compare shop.toml --vary instances.main.count=4..8 --until-width 2%`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageError("what is to be compared? give two scenarios, or one with --vary PATH=VALUE,VALUE")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return a.compare(cmd.Context(), args, &f) },
	}
	flags := c.Flags()
	flags.StringArrayVar(&f.varies, "vary", nil, "`PATH=VALUES`, as in services.web.desired_count=4,8,12 or instances.main.count=2..9; repeatable")
	flags.StringVar(&f.base, "base", "", "`NAME` of the variant that the others are compared with (default: the first)")
	flags.StringVar(&f.runs, "runs", "", "`N` seeds (default: the scenario's if that has several, else 20)")
	flags.StringVar(&f.seed, "seed", "", "first seed `N` (default: that of the first scenario, else 1)")
	flags.StringArrayVar(&f.sets, "set", nil, "`PATH=VALUE` laid over all scenarios; repeatable")
	flags.StringVar(&f.until, "until", "", "simulate for `DURATION`, as in 30m (default: the scenario's duration)")
	flags.IntVarP(&f.jobs, "jobs", "j", runtime.GOMAXPROCS(0), "`N` runs at the same time; results do not depend on it")
	flags.StringArrayVar(&f.metrics, "metric", nil, "compare the metric `NAME` of summary.json's per_seed only; +NAME adds one, \"all\" shows all; repeatable")
	flags.StringVar(&f.width, "until-width", "", "add seeds until the intervals of the difference are narrower than `SHARE` of the base, as in 2%; of the chosen metrics, else of cost_usd and task_wait_s.p95")
	flags.IntVar(&f.maxRuns, "max-runs", 200, "with --until-width, no more than `N` seeds")
	flags.StringVar(&f.format, "format", "table", "`FORMAT` of what is printed: table, markdown, json (compare.json) or csv")
	flags.StringVarP(&f.out, "out", "o", "", "`DIR` for compare.json, tables, all runs and pictures (default: none)")
	flags.BoolVar(&f.force, "force", false, "write into a folder that holds something else")
	return c
}

// check refuses flags that make no sense together or alone.
func (f *compareFlags) check() error {
	if f.jobs < 1 {
		return usageError("--jobs must be at least 1, found %d", f.jobs)
	}
	if f.maxRuns < 1 {
		return usageError("--max-runs must be at least 1, found %d", f.maxRuns)
	}
	if f.width != "" {
		number, isPercent := strings.CutSuffix(f.width, "%")
		x, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
		if isPercent {
			x /= percent
		}
		if err != nil || !(x > 0) || x > 1000 {
			return usageError("--until-width is a share of the base such as 2%% or 0.02, found %q", f.width)
		}
		f.share = x
	}
	switch f.format {
	case "table", "json", "markdown", "csv":
		return nil
	}
	return usageError("--format is table, markdown, json or csv, found %q", f.format)
}

// compare is the command: all is read and checked before anything is simulated.
func (a *app) compare(ctx context.Context, args []string, f *compareFlags) error {
	if err := f.check(); err != nil {
		return err
	}
	sides, err := a.readSides(args, f)
	if err != nil {
		return err
	}
	base, err := f.findBase(sides)
	if err != nil {
		return err
	}
	if err := f.checkMetrics(sides); err != nil {
		return err
	}
	folder := report.FolderOptions{Force: f.force}
	if f.out != "" {
		if err := report.CheckCompareFolder(f.out, folder); err != nil {
			return folderError(err)
		}
	}
	started := time.Now()
	c, err := a.compareSides(ctx, sides, base, f)
	if err != nil {
		return err
	}
	if f.out != "" {
		run := report.RunInfo{Version: version(), Started: started, Elapsed: time.Since(started), Workers: f.jobs, Command: os.Args}
		if err := report.WriteComparison(f.out, c, run, folder); err != nil {
			return folderError(err)
		}
	}
	if err := a.printComparison(c, f); err != nil {
		return failure(err)
	}
	if ctx.Err() != nil {
		fmt.Fprintln(a.err, "interrupted: only the seeds that were finished in all variants are compared")
		return told(exitInterrupted, "interrupted")
	}
	return nil
}

func (a *app) printComparison(c *report.Comparison, f *compareFlags) (err error) {
	switch f.format {
	case "json":
		var text []byte
		if text, err = c.JSON(); err == nil {
			_, err = a.out.Write(text)
		}
	case "markdown":
		_, err = a.out.Write(c.Markdown())
	case "csv":
		err = c.CSV(a.out)
	default:
		_, err = io.WriteString(a.out, c.Terminal(report.TerminalOptions{
			Color: a.look.colored(a.out), Folder: f.out, Width: terminalWidth(a.out),
		}))
	}
	return err
}

// compareSides simulates what has not been simulated yet, and compares. With --until-width it adds seeds in batches.
func (a *app) compareSides(ctx context.Context, sides []*side, base int, f *compareFlags) (*report.Comparison, error) {
	seeds, err := f.firstSeeds(sides)
	if err != nil {
		return nil, err
	}
	if err := a.simulateSides(ctx, sides, seeds, f.jobs); err != nil && ctx.Err() == nil {
		return nil, err
	}
	opts := report.CompareOptions{Base: base, Metrics: f.metrics}
	if f.share > 0 {
		if opts.Width, err = a.narrow(ctx, sides, seeds, base, f); err != nil {
			return nil, err
		}
	}
	variants := finished(sides)
	opts.Interrupted = ctx.Err() != nil
	if len(variants[0].Rows) == 0 {
		return nil, &exitError{code: exitInterrupted, err: errors.New("interrupted before any seed was finished in all variants; nothing was written")}
	}
	if err := missingEverywhere(variants, f.metrics); err != nil {
		return nil, err
	}
	c, err := report.Compare(variants, opts)
	if err != nil {
		return nil, usageError("%v", err)
	}
	return c, nil
}

// narrow adds seeds until the intervals are narrow enough, and says how narrow they are. A batch is as many seeds as
// there were at first: the number of seeds must not depend on how fast the machine is.
func (a *app) narrow(ctx context.Context, sides []*side, seeds []uint64, base int, f *compareFlags) (*report.WidthGoal, error) {
	metrics := f.widthMetrics(sides)
	for first := len(seeds); ; {
		goal, err := report.Reached(finished(sides), base, metrics, f.share)
		if err != nil {
			return nil, usageError("%v", err)
		}
		if goal.Reached || len(seeds) >= f.maxRuns || ctx.Err() != nil {
			return &goal, nil
		}
		var more []uint64
		for range min(first, f.maxRuns-len(seeds)) {
			more = append(more, seeds[len(seeds)-1]+uint64(len(more))+1)
		}
		if !a.look.quiet {
			fmt.Fprintf(a.err, "%d seeds: %s; %d more\n", len(seeds), goal.Sofar(), len(more))
		}
		seeds = append(seeds, more...)
		if err := a.simulateSides(ctx, sides, more, f.jobs); err != nil && ctx.Err() == nil {
			return nil, err
		}
	}
}
