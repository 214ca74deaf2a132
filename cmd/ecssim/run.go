package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ecssim/model"
	"ecssim/report"
	"ecssim/sim"
	"ecssim/workload/diag"
	"ecssim/workload/scenario"
)

// runFlags are the flags of `ecssim run`.
type runFlags struct {
	out, seed, until, format, logLimit string
	runs                               string
	sets, failOn                       []string
	jobs                               int
	force, noPlots                     bool
}

func (a *app) runCommand() *cobra.Command {
	var f runFlags
	c := &cobra.Command{
		Use:   "run FILE...",
		Short: "Simulate scenarios: print the summary and write the results",
		Long: `Simulate scenarios: print the summary to stdout, write the results to out/NAME.

FILE is a scenario in TOML; "-" reads it from stdin. A scenario is accepted
whole or refused whole: with a single error in it nothing is simulated and
nothing is written (exit 2). Tasks that find no place do not fail a run; they
are what it finds out. What a run must hold is said in [expect]: if one of
those expressions fails, or one of --fail-on is so, the results are written all
the same and the exit code is 1.`,
		Example: `  ecssim run scenarios/quickstart.toml
  ecssim run shop.toml --set account.settings.awsvpcTrunking=enabled
  ecssim run shop.toml --runs 20 -j 2 --format json | jq .replications.metrics
  ecssim run shop.toml --fail-on "p95(task_wait, service='web') > 2m"
  ecssim run shop.toml --format junit > shop.xml
  cat shop.toml | ecssim run - -o out/try`,
		Args: atLeastOneFile,
		RunE: func(cmd *cobra.Command, files []string) error { return a.run(cmd.Context(), files, f) },
	}
	flags := c.Flags()
	flags.StringVarP(&f.out, "out", "o", "", "`DIR` for the results (default out/NAME)")
	flags.StringVar(&f.seed, "seed", "", "seed `N` of the first run (default: the scenario's, else 1)")
	flags.StringVar(&f.runs, "runs", "", "`N` runs, with the seeds that follow each other (default: the scenario's, else 1)")
	flags.StringArrayVar(&f.sets, "set", nil, "`PATH=VALUE` laid over the file, as in services.web.desired_count=12; repeatable")
	flags.StringVar(&f.until, "until", "", "simulate for `DURATION`, as in 30m (default: the scenario's duration)")
	flags.IntVarP(&f.jobs, "jobs", "j", runtime.GOMAXPROCS(0), "`N` runs at the same time; results do not depend on it")
	flags.StringVar(&f.format, "format", "table", "`FORMAT` of what is printed: table, json (summary.json), markdown; of what is expected: junit, github")
	flags.StringArrayVar(&f.failOn, "fail-on", nil, "exit with 1 if `EXPR` is so, as in \"tasks_never_placed > 0\"; repeatable")
	flags.StringVar(&f.logLimit, "log-limit", "", "log `N` tasks and attempts one by one: a number, all or none (default 100000)")
	flags.BoolVar(&f.noPlots, "no-plots", false, "write no pictures, which take most of the time of a short run")
	flags.BoolVar(&f.force, "force", false, "write into a folder that ecssim did not write")
	return c
}

func atLeastOneFile(_ *cobra.Command, args []string) error {
	if len(args) == 0 {
		return usageError("which scenario? give a file, or - for stdin")
	}
	return nil
}

// check refuses flags that make no sense together or alone.
func (f *runFlags) check(files []string) error {
	if f.jobs < 1 {
		return usageError("--jobs must be at least 1, found %d", f.jobs)
	}
	if f.out != "" && len(files) > 1 {
		return usageError("--out takes the results of one scenario, found %d scenarios", len(files))
	}
	switch f.format {
	case "table", "json", "markdown", formatJUnit, formatGitHub:
		return nil
	}
	return usageError("--format is table, json, markdown, junit or github, found %q", f.format)
}

// limit is how many tasks a single replication logs. Many replications share what one may log, ten times over.
func (f *runFlags) limit(runs int) (int64, error) {
	switch f.logLimit {
	case "":
		return min(report.DefaultLogLimit, max(1, 10*report.DefaultLogLimit/int64(runs))), nil
	case "all":
		return report.LogAll, nil
	case "none":
		return report.LogNothing, nil
	}
	n, err := strconv.ParseInt(f.logLimit, 10, 64)
	if err != nil || n < 0 {
		return 0, usageError("--log-limit is a number, all or none, found %q", f.logLimit)
	}
	if n == 0 {
		return report.LogNothing, nil
	}
	return n, nil
}

// run simulates each file. All are read before the first is simulated.
func (a *app) run(ctx context.Context, files []string, f runFlags) error {
	if err := f.check(files); err != nil {
		return err
	}
	var scenarios []*scenario.Scenario
	refused := false
	for _, file := range files {
		s, diags := scenario.Load([]string{file}, scenario.Options{
			Sets: f.sets, Seed: f.seed, Runs: f.runs, Until: f.until, Stdin: a.in,
		})
		if err := a.tell(diags, s); err != nil {
			return err
		}
		refused = refused || diag.HasErrors(diags)
		if s.Matrix != nil && !a.look.quiet {
			fmt.Fprintf(a.err, "%s: run leaves the [matrix] out; `ecssim sweep %s` simulates its %s\n", s.Name, file, counted(len(s.Matrix.Cells()), "cell"))
		}
		scenarios = append(scenarios, s)
	}
	if refused {
		return told(exitUsage, "scenario refused")
	}
	if err := ownFolders(scenarios, files); err != nil {
		return err
	}
	if err := addFailOn(scenarios, f.failOn); err != nil {
		return err
	}
	return a.runScenarios(ctx, scenarios, files, f)
}

// ownFolders refuses two scenarios of one name: the second would overwrite the results of the first.
func ownFolders(scenarios []*scenario.Scenario, files []string) error {
	first := map[string]string{}
	for n, s := range scenarios {
		if other, ok := first[s.Name]; ok {
			return usageError("%s and %s are both named %q, and their results would go to the same folder; "+
				"change one name, or run them one by one with --out", other, files[n], s.Name)
		}
		first[s.Name] = files[n]
	}
	return nil
}

// tell prints diagnostics to stderr; warnings not when quiet.
func (a *app) tell(diags []diag.Diagnostic, s *scenario.Scenario) error {
	if a.look.quiet && !diag.HasErrors(diags) {
		return nil
	}
	if err := diag.Render(a.err, diags, s.Source, diag.Options{Color: a.look.colored(a.err)}); err != nil {
		return failure(err)
	}
	if len(s.Ignored) > 0 && !a.look.quiet {
		fmt.Fprintf(a.err, "ignored in task definitions: %s\n", strings.Join(s.Ignored, ", "))
	}
	return nil
}

// runScenario simulates all replications of one scenario, writes the folder and prints the summary, which it returns.
func (a *app) runScenario(ctx context.Context, s *scenario.Scenario, f runFlags) (*report.Summary, error) {
	limit, err := f.limit(s.Runs)
	if err != nil {
		return nil, err
	}
	folder := f.out
	if folder == "" {
		folder = filepath.Join("out", s.Name)
	}
	if err := report.CheckFolder(folder, report.FolderOptions{Force: f.force}); err != nil {
		return nil, folderError(err)
	}
	started := time.Now()
	records, err := a.replicate(ctx, s, f.jobs, limit)
	if err != nil {
		return nil, err
	}
	elapsed := time.Since(started)
	set := report.Set{
		Records: records, Planned: s.Runs, SHA256: s.SHA256, Resolved: s.Resolved, Expect: report.Expectations(records),
		Run: report.RunInfo{
			Version: version(), Started: started, Elapsed: elapsed, Workers: f.jobs, Command: os.Args,
		},
	}
	if len(records) == 0 {
		return nil, &exitError{code: exitInterrupted, err: errors.New("interrupted before anything was simulated; nothing was written")}
	}
	if err := report.WriteFolder(folder, set, report.FolderOptions{Force: f.force, NoPlots: f.noPlots}); err != nil {
		return nil, folderError(err)
	}
	summary := report.Summarise(set)
	if err := a.print(summary, f.format, folder, elapsed); err != nil {
		return nil, failure(err)
	}
	return summary, a.verdict(ctx, s, records)
}

// folderError is 2 for a folder that must not be written to, else 3.
func folderError(err error) error {
	if errors.Is(err, report.ErrForeignFolder) {
		return &exitError{code: exitUsage, err: err}
	}
	return failure(err)
}

// replicate plays the replications and returns the records of those that were begun, in order of their seeds.
func (a *app) replicate(ctx context.Context, s *scenario.Scenario, workers int, limit int64) ([]*report.Record, error) {
	bar := a.newProgress(s)
	defer bar.done()
	records, err := sim.Replicate(ctx, s.Runs, workers, func(ctx context.Context, n int) (*report.Record, error) {
		seed := s.Seed + uint64(n)
		recorder := report.NewRecorder(s.Config, seed, report.RecorderOptions{LogLimit: limit})
		world := model.NewWorld(s.Config, seed, recorder)
		world.OnProgress(bar.watcher(n))
		world.Run(ctx)
		bar.finished(n)
		return recorder.Record(), nil
	})
	var crash *sim.PanicError
	if errors.As(err, &crash) {
		bar.done()
		repeat := fmt.Sprintf("ecssim run FILE --seed %d   (the scenario is %s)", s.Seed+uint64(crash.Run), s.Name)
		reportBug(a.err, repeat, crash.Value, crash.Stack)
		return nil, told(exitInternal, "bug")
	}
	if err != nil && ctx.Err() == nil {
		return nil, failure(err)
	}
	var begun []*report.Record
	for _, r := range records {
		if r != nil {
			begun = append(begun, r)
		}
	}
	return begun, nil
}

// print writes the result to stdout in the format that was asked for.
func (a *app) print(s *report.Summary, format, folder string, elapsed time.Duration) error {
	var err error
	switch format {
	case "json":
		var data []byte
		if data, err = s.JSON(); err == nil {
			_, err = a.out.Write(data)
		}
	case "markdown":
		_, err = a.out.Write(s.Markdown())
	case formatJUnit, formatGitHub: // of what is expected alone
	default:
		_, err = io.WriteString(a.out, s.Terminal(report.TerminalOptions{
			Color: a.look.colored(a.out), Folder: folder, Elapsed: elapsed, Width: terminalWidth(a.out),
		}))
	}
	return err
}

// verdict is the exit code of a run that did not come to its proper end.
func (a *app) verdict(ctx context.Context, s *scenario.Scenario, records []*report.Record) error {
	if ctx.Err() != nil {
		fmt.Fprintf(a.err, "interrupted: %s kept what was simulated until then; it is marked \"complete\": false\n", s.Name)
		return told(exitInterrupted, "interrupted")
	}
	for _, r := range records {
		if r.Runaway != "" {
			return failure(fmt.Errorf(
				"%s ran away: stopped at %v of simulated time by a limit on events or live tasks, most of them from %s",
				s.Name, r.End, r.Runaway))
		}
	}
	return nil
}
