package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"ecssim/report"
	"ecssim/workload/experiment"
	"ecssim/workload/scenario"
)

func (a *app) sweepRunCommand() *cobra.Command {
	var shard, out string
	var jobs int
	c := &cobra.Command{
		Use:   "run PLAN",
		Short: "Run one shard of a plan, or all of them",
		Long: `Run one shard of a plan, or all of them. The shard is that of --shard, else the
one that the environment names: ECSSIM_SHARD, SLURM_ARRAY_TASK_ID,
AWS_BATCH_JOB_ARRAY_INDEX or JOB_COMPLETION_INDEX. Shards that are there and
whole are left as they are, and finished runs of others are not repeated.`,
		Example: `  ecssim sweep run plan.json -o out/friday --shard 3
  ecssim sweep run plan.json -o out/friday -j 8           # all shards
  sbatch --array=0-7 --wrap 'ecssim sweep run plan.json -o out/friday'`,
		Args: oneFile("run takes one plan"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if jobs < 1 {
				return usageError("--jobs must be at least 1, found %d", jobs)
			}
			return a.sweepRun(cmd.Context(), args[0], out, shard, jobs)
		},
	}
	c.Flags().StringVar(&shard, "shard", "", "shard `N`, from 0")
	c.Flags().StringVarP(&out, "out", "o", "", "`DIR` for the shards, the same for all of them")
	c.Flags().IntVarP(&jobs, "jobs", "j", runtime.GOMAXPROCS(0), "`N` runs at the same time; results do not depend on it")
	return c
}

// shardVariables name the shard where --shard does not: ours, and those of the engines. Only the index is read from
// them. How many shards there are is the plan's to say, since repeating one shard of a job tells of one.
var shardVariables = []string{"ECSSIM_SHARD", "SLURM_ARRAY_TASK_ID", "AWS_BATCH_JOB_ARRAY_INDEX", "JOB_COMPLETION_INDEX"}

// chosenShards are the one that somebody names, or all.
func chosenShards(p *experiment.Plan, flag string) (shards []int, from string, err error) {
	text := flag
	from = "--shard"
	for _, name := range shardVariables {
		if text == "" {
			text, from = os.Getenv(name), name
		}
	}
	if text == "" {
		return allShards(p), "", nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n >= p.Shards {
		return nil, "", usageError("%s is %q, and the plan has the shards 0 to %d", from, text, p.Shards-1)
	}
	return []int{n}, from, nil
}

func (a *app) sweepRun(ctx context.Context, file, dir, shard string, jobs int) error {
	if dir == "" {
		return usageError("where do the shards go? give -o DIR, the same for all shards")
	}
	p, err := readPlan(file)
	if err != nil {
		return err
	}
	shards, from, err := chosenShards(p, shard)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return failure(err)
	}
	if from != "" && !a.look.quiet {
		fmt.Fprintf(a.err, "%s: shard %d of %d (%s)\n", p.Name, shards[0], p.Shards, from)
	}
	if err := a.runShards(ctx, p, dir, shards, jobs, "the same command goes on from there", nil); err != nil {
		return err
	}
	if !a.look.quiet {
		fmt.Fprintf(a.err, "next: ecssim sweep merge %s %s\n", file, dir)
	}
	return nil
}

// shardInWork is a shard that is being made.
type shardInWork struct {
	report.Shard
	journal *report.Journal
	rows    []report.CellRow
	want    int
	lock    *lock
}

// runShards simulates what the shards lack. Every run is kept as soon as it is finished.
func (a *app) runShards(ctx context.Context, p *experiment.Plan, dir string, shards []int, workers int, again string, stream *cellStream) error {
	work := &sweepWork{app: a, plan: p, dir: dir, stream: stream, open: map[int]*shardInWork{}}
	defer work.close()
	for _, n := range shards {
		if err := work.begin(n); err != nil {
			return err
		}
	}
	if !a.look.quiet {
		kept := ""
		if work.kept > 0 {
			kept = fmt.Sprintf(", %d of them there already", work.kept)
		}
		fmt.Fprintf(a.err, "%s: %s%s\n", p.Name, sizes(p), kept)
	}
	err := work.simulate(ctx, workers)
	if ctx.Err() != nil && err != nil {
		fmt.Fprintf(a.err, "interrupted: %d of %s are kept in %s; %s\n", work.kept, counted(work.total, "run"), dir, again)
		return told(exitInterrupted, "interrupted")
	}
	return asFailure(err)
}

// asFailure leaves an error that knows its exit code as it is.
func asFailure(err error) error {
	var e *exitError
	if err == nil || errors.As(err, &e) {
		return err
	}
	return failure(err)
}

// sweepWork is what runShards has in hand.
type sweepWork struct {
	*app
	plan        *experiment.Plan
	dir         string
	stream      *cellStream
	open        map[int]*shardInWork
	todo        []int // runs, shard by shard
	kept, total int
}

// begin finds out what a shard lacks.
func (w *sweepWork) begin(n int) error {
	p := w.plan
	runs := p.Shard(n)
	w.total += len(runs)
	switch rows, err := report.CheckShard(w.dir, n, shardedOf(p)); {
	case err == nil:
		w.kept += len(runs)
		return w.streamed(rows)
	case errors.Is(err, fs.ErrNotExist):
	case errors.Is(err, report.ErrDamaged):
		fmt.Fprintf(w.err, "%s: %v; it is made anew\n", filepath.Join(w.dir, report.ShardFile(n)), err)
	default:
		return usageError("%s: %w; choose another --out, or remove it", filepath.Join(w.dir, report.ShardFile(n)), err)
	}
	name := filepath.Join(w.dir, report.ShardFile(n))
	held, err := w.takeLock(lockOf(name), fmt.Sprintf("shard %d is being run", n))
	if err != nil {
		return err
	}
	s := &shardInWork{Shard: report.Shard{Plan: p.Checksum, Shard: n, Shards: p.Shards, Version: p.Version}, want: len(runs), lock: held}
	w.open[n] = s
	if s.rows, err = report.Journalled(w.dir, s.Shard); err != nil {
		return failure(err)
	}
	done := map[int]bool{}
	for _, r := range s.rows {
		done[r.Run] = true
	}
	w.kept += len(s.rows)
	for _, k := range runs {
		if !done[k] {
			w.todo = append(w.todo, k)
		}
	}
	if err := w.streamed(s.rows); err != nil {
		return err
	}
	if len(s.rows) == s.want { // it stopped between its last run and its file
		return w.finish(s)
	}
	return nil
}

func (w *sweepWork) streamed(rows []report.CellRow) error {
	for _, r := range rows {
		if err := w.stream.add(r); err != nil {
			return failure(err)
		}
	}
	return nil
}

// simulate plays the runs. The first one alone: it tells how long the others will take.
func (w *sweepWork) simulate(ctx context.Context, workers int) error {
	jobs := w.jobs()
	if len(jobs) == 0 {
		return nil
	}
	pilot := 0
	if len(jobs) > workers && !w.look.quiet {
		pilot = 1
		began := time.Now()
		if err := w.eachRun(ctx, jobs[:pilot], 1, w.take); err != nil {
			return err
		}
		one := time.Since(began)
		fmt.Fprintf(w.err, "one run took %s, so the other %d take about %s with -j %d\n",
			took(one), len(jobs)-pilot, took(one*timesOf((len(jobs)-pilot+workers-1)/workers)), workers)
	}
	return w.eachRun(ctx, jobs[pilot:], workers, func(n int, r *report.Record) error { return w.take(n+pilot, r) })
}

// timesOf makes a count a factor of a duration.
func timesOf(n int) time.Duration { return time.Duration(n) }

// took is a duration for people.
func took(d time.Duration) string {
	switch {
	case d < time.Second:
		return d.Round(time.Millisecond).String()
	case d < time.Minute:
		return d.Round(100 * time.Millisecond).String()
	}
	return d.Round(time.Second).String()
}

func (w *sweepWork) jobs() []job {
	cells := newCellCache(w.plan)
	jobs := make([]job, len(w.todo))
	for i, k := range w.todo {
		cell, seed := w.plan.Run(k)
		jobs[i] = job{seed: seed, variant: "cell " + w.plan.Cells[cell].ID + ": " + w.plan.Cells[cell].Name, open: func() (*scenario.Scenario, error) { return cells.get(cell) }}
	}
	return jobs
}

// take keeps a run, and writes its shard if it was the last.
func (w *sweepWork) take(n int, r *report.Record) error {
	k := w.todo[n]
	cell, _ := w.plan.Run(k)
	row := report.RowOf(k, cell, r)
	s := w.open[k%w.plan.Shards]
	if s.journal == nil {
		var err error
		if s.journal, _, err = report.OpenJournal(w.dir, s.Shard); err != nil {
			return err
		}
	}
	if err := s.journal.Add(row); err != nil {
		return err
	}
	s.rows = append(s.rows, row)
	w.kept++
	if err := w.stream.add(row); err != nil {
		return err
	}
	if len(s.rows) < s.want {
		return nil
	}
	return w.finish(s)
}

func (w *sweepWork) finish(s *shardInWork) error {
	if err := report.WriteShard(w.dir, s.Shard, s.rows); err != nil {
		return err
	}
	if s.journal != nil {
		if err := s.journal.Close(); err != nil {
			return err
		}
		s.journal = nil
	}
	if err := report.RemoveJournal(w.dir, s.Shard.Shard); err != nil {
		return err
	}
	s.lock.release()
	delete(w.open, s.Shard.Shard)
	return nil
}

// close lets go of shards that are not finished; their journals stay.
func (w *sweepWork) close() {
	for _, s := range w.open {
		if s.journal != nil {
			_ = s.journal.Close() // what is in it was written line by line
		}
		s.lock.release()
	}
}

// timePilot is how long the first run of a plan takes.
func (a *app) timePilot(ctx context.Context, p *experiment.Plan) (time.Duration, error) {
	s, err := p.Open(0)
	if err != nil {
		return 0, err
	}
	began := time.Now()
	err = a.eachRun(ctx, []job{{scenario: s, seed: p.Seed}}, 1, func(int, *report.Record) error { return nil })
	return time.Since(began), err
}

// cellCache holds the scenarios of the cells that were asked for last.
type cellCache struct {
	plan  *experiment.Plan
	lock  sync.Mutex
	known map[int]func() (*scenario.Scenario, error)
	order []int
}

// mostCells are held at once. Runs come cell by cell, so a few would do; shards that are played one after the other
// come back to them.
const mostCells = 64

func newCellCache(p *experiment.Plan) *cellCache {
	return &cellCache{plan: p, known: map[int]func() (*scenario.Scenario, error){}}
}

func (c *cellCache) get(cell int) (*scenario.Scenario, error) {
	c.lock.Lock()
	open, ok := c.known[cell]
	if !ok {
		if len(c.order) == mostCells {
			delete(c.known, c.order[0])
			c.order = c.order[1:]
		}
		open = sync.OnceValues(func() (*scenario.Scenario, error) { return c.plan.Open(cell) })
		c.known[cell] = open
		c.order = append(c.order, cell)
	}
	c.lock.Unlock()
	return open()
}
