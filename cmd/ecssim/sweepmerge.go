package main

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"ecssim/report"
	"ecssim/report/parquet"
	"ecssim/workload/experiment"
)

// mergeFlags say what a merge writes and prints.
type mergeFlags struct {
	format  string
	parquet bool
}

func (a *app) sweepMergeCommand() *cobra.Command {
	var f mergeFlags
	c := &cobra.Command{
		Use:   "merge PLAN DIR",
		Short: "Check the shards of a plan and join them to cells.csv",
		Long: `Check all shards of a plan and join them to cells.csv, sweep.json, sweep.md and
pictures, in the same folder. The result has the same bytes however the runs
were cut and wherever they were simulated. A missing shard is named, with the
command that makes it (exit 3); damaged ones, and those of another plan or
version, are refused, and nothing is merged.`,
		Example: `  ecssim sweep merge plan.json out/friday
  ecssim sweep merge plan.json out/friday --parquet --format markdown`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return usageError("merge takes a plan and the folder of its shards, found %d", len(args))
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if err := checkSweepFormat(f.format, "table", "json", "markdown", "csv"); err != nil {
				return err
			}
			p, err := readPlan(args[0])
			if err != nil {
				return err
			}
			return a.merge(p, args[1], f, "ecssim sweep run "+args[0]+" -o "+args[1])
		},
	}
	c.Flags().StringVar(&f.format, "format", "table", "`FORMAT` of what is printed: table, json (sweep.json), markdown or csv (cells.csv)")
	c.Flags().BoolVar(&f.parquet, "parquet", false, "write cells.parquet too")
	return c
}

// merge joins the shards and prints what came out. repair is the command that simulates what is missing.
func (a *app) merge(p *experiment.Plan, dir string, f mergeFlags, repair string) error {
	held, err := a.takeLock(filepath.Join(dir, "merge.lock"), "the shards are being merged")
	if err != nil {
		return err
	}
	defer held.release()
	rows, notes, err := report.MergeShards(dir, shardedOf(p))
	var missing *report.MissingShards
	switch {
	case errors.As(err, &missing):
		if len(missing.Missing) == 1 {
			repair = fmt.Sprintf("%s --shard %d", repair, missing.Missing[0])
		}
		return failure(fmt.Errorf("%s: %w; nothing was merged\nmake it with: %s   (on Slurm: --array=%s)", dir, err, repair, report.Ranges(missing.Missing)))
	case err != nil:
		return failure(fmt.Errorf("%w\nwhat is damaged or not of this plan: remove it, and make it with: %s", err, repair))
	}
	if !a.look.quiet {
		for _, n := range notes {
			fmt.Fprintln(a.err, n)
		}
	}
	cells, err := cellsOf(p, rows)
	if err != nil {
		return failure(err)
	}
	var opts report.SweepFolder
	if f.parquet {
		opts.Parquet = parquet.Write
	}
	summary, err := report.WriteSweep(dir, cells, opts)
	if err != nil {
		return failure(err)
	}
	if err := a.printSweep(summary, cells, dir, f.format); err != nil {
		return failure(err)
	}
	return nil
}

func (a *app) printSweep(s *report.Sweep, c *report.Cells, dir, format string) error {
	switch format {
	case "json":
		text, err := s.JSON()
		if err == nil {
			_, err = a.out.Write(text)
		}
		return err
	case "markdown":
		_, err := a.out.Write(s.Markdown())
		return err
	case "csv":
		return c.CSV(a.out)
	case "ndjson": // told cell by cell
		return nil
	}
	_, err := io.WriteString(a.out, s.Terminal(report.TerminalOptions{
		Color: a.look.colored(a.out), Folder: dir, Width: terminalWidth(a.out),
	}))
	return err
}
