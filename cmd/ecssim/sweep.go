package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ecssim/report"
	"ecssim/workload/diag"
	"ecssim/workload/experiment"
	"ecssim/workload/scenario"
)

// planFlags say what a sweep is made of.
type planFlags struct {
	seed, runs, until string
	sets              []string
	jobs, shards      int
}

func (f *planFlags) register(flags *pflag.FlagSet) {
	flags.StringVar(&f.seed, "seed", "", "seed `N` of the first run of every cell (default: the scenario's, else 1)")
	flags.StringVar(&f.runs, "runs", "", "`N` runs of every cell, with the seeds that follow each other (default: the scenario's, else 1)")
	flags.StringArrayVar(&f.sets, "set", nil, "`PATH=VALUE` laid over every cell, as in services.web.desired_count=12; repeatable")
	flags.StringVar(&f.until, "until", "", "simulate for `DURATION`, as in 30m (default: the scenario's duration)")
	flags.IntVarP(&f.jobs, "jobs", "j", runtime.GOMAXPROCS(0), "`N` runs at the same time; results do not depend on it")
	flags.IntVar(&f.shards, "shards", 1, "cut the runs into `N` shards of as many runs each")
}

// sweepFlags are those of `ecssim sweep FILE`.
type sweepFlags struct {
	planFlags
	out, format    string
	parquet, force bool
}

func (a *app) sweepCommand() *cobra.Command {
	var f sweepFlags
	c := &cobra.Command{
		Use:   "sweep FILE",
		Short: "Run all cells of the [matrix] of a scenario; resumable",
		Long: `Run the [matrix] of a scenario: every cell with the same seeds, so that runs of
one seed meet the same arrivals and faults. Results go to out/NAME-sweep: a row
a run in cells.csv, and sweep.json, sweep.md and pictures.

Whatever is finished is kept: the same command after an interruption goes on
where it stopped. The commands below do the same in steps, on several machines:
a plan holds everything that its shards need, and whoever runs them, merging
gives the same bytes. Expectations that a cell does not meet are results of a
sweep; they do not fail it.`,
		Example: `  ecssim sweep scenarios/sweep-fleet.toml
  ecssim sweep shop.toml --runs 20 -j 8 -o out/friday
  ecssim sweep shop.toml --set 'matrix."services.web.desired_count"=[4, 8]'

  ecssim sweep plan shop.toml -o plan.json --shards 8
  ecssim sweep run plan.json --shard 3 -o out/friday      # on each machine
  ecssim sweep merge plan.json out/friday`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usageError("sweep takes one scenario, found %d", len(args))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return a.sweep(cmd.Context(), args[0], f) },
	}
	f.register(c.Flags())
	c.Flags().StringVarP(&f.out, "out", "o", "", "`DIR` for the results (default out/NAME-sweep)")
	c.Flags().StringVar(&f.format, "format", "table", "`FORMAT` of what is printed: table, json (sweep.json), markdown, csv (cells.csv) or ndjson (a line a cell as it finishes)")
	c.Flags().BoolVar(&f.parquet, "parquet", false, "write cells.parquet too")
	c.Flags().BoolVar(&f.force, "force", false, "write into a folder that ecssim did not write")
	c.AddCommand(a.sweepPlanCommand(), a.sweepRunCommand(), a.sweepMergeCommand(), a.sweepSubmitCommand())
	return c
}

func checkSweepFormat(format string, allowed ...string) error {
	if slices.Contains(allowed, format) {
		return nil
	}
	return usageError("--format is %s, found %q", enumerated(allowed), format)
}

// enumerated writes a, b or c.
func enumerated(words []string) string {
	text := words[0]
	for i, w := range words[1:] {
		if i == len(words)-2 {
			text += " or " + w
		} else {
			text += ", " + w
		}
	}
	return text
}

// makePlan expands a scenario. All of its cells are read before anything is simulated.
func (a *app) makePlan(ctx context.Context, file string, f planFlags) (*experiment.Plan, error) {
	if f.jobs < 1 {
		return nil, usageError("--jobs must be at least 1, found %d", f.jobs)
	}
	x, err := experiment.Expand(ctx, file, scenario.Options{
		Sets: f.sets, Seed: f.seed, Runs: f.runs, Until: f.until, Stdin: a.in,
	}, f.jobs)
	switch {
	case ctx.Err() != nil:
		return nil, &exitError{code: exitInterrupted, err: errors.New("interrupted before anything was simulated; nothing was written")}
	case err != nil:
		return nil, usageError("%w", err)
	}
	if err := a.tell(x.Diags, &scenario.Scenario{Sources: x.Sources, Ignored: x.Ignored}); err != nil {
		return nil, err
	}
	if diag.HasErrors(x.Diags) || x.Plan == nil {
		return nil, told(exitUsage, "scenario refused")
	}
	p := x.Plan
	if f.shards < 1 || f.shards > p.Total() {
		return nil, usageError("--shards can be 1 to %d, as many as there are runs; found %d", p.Total(), f.shards)
	}
	p.Shards, p.Version = f.shards, version()
	return p, nil
}

// sizes is how large a sweep is: 18 cells × 20 seeds = 360 runs.
func sizes(p *experiment.Plan) string {
	return fmt.Sprintf("%s × %s = %s", counted(len(p.Cells), "cell"), counted(p.Runs, "seed"), counted(p.Total(), "run"))
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// sweep plans, runs and merges in one folder.
func (a *app) sweep(ctx context.Context, file string, f sweepFlags) error {
	if err := checkSweepFormat(f.format, "table", "json", "markdown", "csv", "ndjson"); err != nil {
		return err
	}
	p, err := a.makePlan(ctx, file, f.planFlags)
	if err != nil {
		return err
	}
	dir := f.out
	if dir == "" {
		dir = filepath.Join("out", p.Name+"-sweep")
	}
	text, err := p.JSON()
	if err != nil {
		return failure(err)
	}
	if err := ownSweep(dir, f.force); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return failure(err)
	}
	held, err := a.takeLock(filepath.Join(dir, "sweep.lock"), "another sweep writes to "+dir)
	if err != nil {
		return err
	}
	defer held.release()
	if err := a.settle(dir, p, text); err != nil {
		return err
	}
	var stream *cellStream
	if f.format == "ndjson" {
		if stream, err = newCellStream(a.out, p); err != nil {
			return failure(err)
		}
	}
	again := "the same command goes on from there"
	if err := a.runShards(ctx, p, dir, allShards(p), f.jobs, again, stream); err != nil {
		return err
	}
	return a.merge(p, dir, mergeFlags{format: f.format, parquet: f.parquet}, "the same command")
}

func allShards(p *experiment.Plan) []int {
	all := make([]int, p.Shards)
	for i := range all {
		all[i] = i
	}
	return all
}

// ownSweep refuses a folder that holds something else than a sweep.
func ownSweep(dir string, force bool) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(entries) == 0 {
		return nil
	}
	if err != nil {
		return failure(fmt.Errorf("results cannot go to %s: %w", dir, err))
	}
	_, err = os.Stat(filepath.Join(dir, "plan.json"))
	if err == nil || force {
		return nil
	}
	return usageError("%s is not empty: %w; choose another --out, or --force", dir, report.ErrForeignFolder)
}

// settle puts the plan into the folder. What was simulated for another plan belongs to another question: it goes.
func (a *app) settle(dir string, p *experiment.Plan, text []byte) error {
	path := filepath.Join(dir, "plan.json")
	if old, err := os.ReadFile(path); err == nil {
		if q, err := experiment.ReadPlan(old); err == nil && q.Checksum == p.Checksum {
			return nil
		}
		gone, err := report.ClearSweep(dir)
		if err != nil {
			return failure(err)
		}
		if gone > 0 && !a.look.quiet {
			fmt.Fprintf(a.err, "%s held another plan (other cells, seeds or files): its %s made way\n", dir, counted(gone, "shard"))
		}
	}
	if err := report.WriteDurably(path, text); err != nil {
		return failure(err)
	}
	return nil
}

// cellStream prints a line a cell, in the order of the cells, as soon as it and those before it are finished.
type cellStream struct {
	w     io.Writer
	plan  *experiment.Plan
	cells *report.Cells
	rows  map[int][]report.CellRow
	next  int
}

func newCellStream(w io.Writer, p *experiment.Plan) (*cellStream, error) {
	cells, err := cellsOf(p, nil)
	if err != nil {
		return nil, err
	}
	_, err = io.WriteString(w, `{"type":"version","schema":"`+report.SweepSchema+`"}`+"\n")
	return &cellStream{w: w, plan: p, cells: cells, rows: map[int][]report.CellRow{}}, err
}

func (s *cellStream) add(row report.CellRow) error {
	if s == nil {
		return nil
	}
	s.rows[row.Cell] = append(s.rows[row.Cell], row)
	for len(s.rows[s.next]) == s.plan.Runs {
		line, err := s.cells.CellLine(s.next, s.rows[s.next])
		if err != nil {
			return err
		}
		if _, err := s.w.Write(line); err != nil {
			return err
		}
		delete(s.rows, s.next)
		s.next++
	}
	return nil
}

// cellsOf describes a plan to report.
func cellsOf(p *experiment.Plan, rows []report.CellRow) (*report.Cells, error) {
	identity, err := p.Identity()
	c := &report.Cells{Scenario: p.Name, Axes: p.Axes, Base: p.Base, Seed: p.Seed, Runs: p.Runs, Rows: rows, SHA256: identity}
	for _, cell := range p.Cells {
		info := report.CellInfo{ID: cell.ID, Name: cell.Name, SHA256: cell.SHA256}
		for _, s := range cell.Settings {
			info.Values = append(info.Values, s.Text)
		}
		c.Cells = append(c.Cells, info)
	}
	return c, err
}
