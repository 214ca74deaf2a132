package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"ecssim/model"
	"ecssim/report"
	"ecssim/sim"
	"ecssim/workload/diag"
	"ecssim/workload/scenario"
)

// explainFlags are the flags of `ecssim explain`.
type explainFlags struct {
	task, service, job, provider, at string
	seed, format                     string
	sets                             []string
	bottleneck, scaling              bool
	all, noFixes                     bool
	jobs                             int
}

func (a *app) explainCommand() *cobra.Command {
	var f explainFlags
	c := &cobra.Command{
		Use:   "explain RESULT",
		Short: "Say why a task has no place, and what would help",
		Long: `Say why a task has its place or none, instance by instance and test by test, and
which single changes would have helped. Each is simulated before it is offered.

RESULT is a folder that "ecssim run" wrote, or a scenario. The run is simulated
again with its seed up to what is asked for, which gives the same to the byte.
Without a question the first bottleneck is explained.`,
		Example: `  ecssim explain out/shop --task web/7
  ecssim explain out/shop --service web     # the task of it that fared worst
  ecssim explain out/shop --at 10:31        # everything at that instant
  ecssim explain out/shop --scaling --service web
  ecssim explain shop.toml --bottleneck --format json`,
		Args: oneResult,
		RunE: func(cmd *cobra.Command, args []string) error { return a.explain(cmd.Context(), args[0], &f) },
	}
	flags := c.Flags()
	flags.StringVar(&f.task, "task", "", "explain the task `OWNER/NUMBER`")
	flags.StringVar(&f.service, "service", "", "explain the task of the service `NAME` that fared worst; with --scaling its decisions")
	flags.StringVar(&f.job, "job", "", "explain the task of the job `NAME` that fared worst")
	flags.StringVar(&f.provider, "capacity-provider", "", "with --scaling: the decisions about `NAME`")
	flags.StringVar(&f.at, "at", "", "show instances, services and what waits at `TIME`, as in 10:31 or 90s")
	flags.BoolVar(&f.bottleneck, "bottleneck", false, "explain the first bottleneck (the default)")
	flags.BoolVar(&f.scaling, "scaling", false, "list the decisions of auto scaling and managed scaling")
	flags.BoolVar(&f.all, "all", false, "list everything: every instance, every decision")
	flags.BoolVar(&f.noFixes, "no-fixes", false, "do not look for changes that would help")
	flags.StringVar(&f.seed, "seed", "", "explain the run with seed `N` (default: the first)")
	flags.StringArrayVar(&f.sets, "set", nil, "`PATH=VALUE` laid over the scenario; repeatable")
	flags.StringVar(&f.format, "format", "table", "`FORMAT` of what is printed: table or json")
	flags.IntVarP(&f.jobs, "jobs", "j", runtime.GOMAXPROCS(0), "`N` changes tried at the same time; results do not depend on it")
	return c
}

func oneResult(_ *cobra.Command, args []string) error {
	if len(args) != 1 {
		return usageError("explain what? give one result folder or scenario, found %d", len(args))
	}
	return nil
}

// check refuses questions that make no sense together.
func (f *explainFlags) check() error {
	if f.format != "table" && f.format != "json" {
		return usageError("--format is table or json, found %q", f.format)
	}
	if f.jobs < 1 {
		return usageError("--jobs must be at least 1, found %d", f.jobs)
	}
	var asked []string
	for _, q := range []struct {
		flag string
		on   bool
	}{
		{"--task", f.task != ""}, {"--service", f.service != "" && !f.scaling}, {"--job", f.job != ""}, {"--at", f.at != ""},
		{"--bottleneck", f.bottleneck}, {"--scaling", f.scaling},
	} {
		if q.on {
			asked = append(asked, q.flag)
		}
	}
	if len(asked) > 1 {
		return usageError("one question at a time: found %s", strings.Join(asked, " and "))
	}
	if f.provider != "" && !f.scaling {
		return usageError("--capacity-provider goes with --scaling")
	}
	return nil
}

// explain answers one question about a run.
func (a *app) explain(ctx context.Context, arg string, f *explainFlags) error {
	if err := f.check(); err != nil {
		return err
	}
	r, err := a.openResult(arg, f.seed, f.sets)
	if err != nil {
		return err
	}
	switch {
	case f.at != "":
		return a.explainInstant(ctx, r, f)
	case f.scaling:
		return a.explainScaling(ctx, r, f)
	case f.task != "":
		name, err := taskNamed(r.scenario.Config, f.task)
		if err != nil {
			return err
		}
		return a.explainTask(ctx, r, f, name, nil)
	}
	return a.explainWorst(ctx, r, f)
}

// taskNamed reads OWNER/NUMBER. A service and a job of one name are told apart by services.web/7 and jobs.web/7.
func taskNamed(cfg *model.Config, text string) (report.TaskName, error) {
	at := strings.LastIndex(text, "/")
	if at < 0 {
		return report.TaskName{}, usageError("--task %s: a task is its owner and its number, as in web/7", text)
	}
	number, err := strconv.ParseInt(text[at+1:], 10, 64)
	if err != nil || number < 1 {
		return report.TaskName{}, usageError("--task %s: %q is no number of a task; they count from 1, as in web/7", text, text[at+1:])
	}
	owner := text[:at]
	services, jobs := ownerNames(cfg)
	kind, bare, _ := strings.Cut(owner, ".")
	switch {
	case slices.Contains(services, owner):
		return report.TaskName{Owner: owner, Service: true, Number: number}, nil
	case slices.Contains(jobs, owner):
		return report.TaskName{Owner: owner, Number: number}, nil
	case kind == "services" && slices.Contains(services, bare):
		return report.TaskName{Owner: bare, Service: true, Number: number}, nil
	case kind == "jobs" && slices.Contains(jobs, bare):
		return report.TaskName{Owner: bare, Number: number}, nil
	}
	return report.TaskName{}, unknownName("--task", "service or job", owner, slices.Concat(services, jobs))
}

func ownerNames(cfg *model.Config) (services, jobs []string) {
	for i := range cfg.Services {
		services = append(services, cfg.Services[i].Name)
	}
	for i := range cfg.Jobs {
		jobs = append(jobs, cfg.Jobs[i].Name)
	}
	return services, jobs
}

// unknownName names what there is, or the nearest.
func unknownName(flag, kind, name string, known []string) error {
	if near := diag.Nearest(name, known); near != "" {
		return usageError("%s: there is no %s %q, did you mean %q?", flag, kind, name, near)
	}
	if len(known) == 0 {
		return usageError("%s: the scenario has no %s", flag, kind)
	}
	const few = 8
	list := strings.Join(known[:min(few, len(known))], ", ")
	if len(known) > few {
		list += fmt.Sprintf(" and %d more", len(known)-few)
	}
	return usageError("%s: there is no %s %q; there are %s", flag, kind, name, list)
}

// play simulates one run for an observer. bind is handed the world before it starts.
func (a *app) play(ctx context.Context, s *scenario.Scenario, seed uint64, o model.Observer, bind func(*model.World)) (err error) {
	defer func() {
		if v := recover(); v != nil {
			reportBug(a.err, fmt.Sprintf("ecssim run FILE --seed %d   (the scenario is %s)", seed, s.Name), v, debug.Stack())
			err = told(exitInternal, "bug")
		}
	}()
	one := *s
	one.Runs = 1
	bar := a.newProgress(&one)
	defer bar.done()
	w := model.NewWorld(s.Config, seed, o)
	w.OnProgress(bar.watcher(0))
	if bind != nil {
		bind(w)
	}
	w.Run(ctx)
	if ctx.Err() != nil {
		return &exitError{code: exitInterrupted, err: errors.New("interrupted: nothing is explained")}
	}
	return nil
}

// explainWorst finds the task to explain: of an owner, or the one that met the first bottleneck.
func (a *app) explainWorst(ctx context.Context, r *recording, f *explainFlags) error {
	cfg := r.scenario.Config
	services, jobs := ownerNames(cfg)
	switch {
	case f.service != "" && !slices.Contains(services, f.service):
		return unknownName("--service", "service", f.service, services)
	case f.job != "" && !slices.Contains(jobs, f.job):
		return unknownName("--job", "job", f.job, jobs)
	}
	scout := report.NewScout(cfg, r.seed)
	if err := a.play(ctx, r.scenario, r.seed, scout, nil); err != nil {
		return err
	}
	if name := cmp.Or(f.service, f.job); name != "" {
		for _, o := range scout.Owners() {
			if o.Name == name && o.Service == (f.service != "") {
				if o.Worst == 0 {
					return a.printText(fmt.Sprintf("%s wants no task in %s with seed %d\n", name, r.scenario.Name, r.seed), f, nil)
				}
				return a.explainTask(ctx, r, f, report.TaskName{Owner: name, Service: o.Service, Number: o.Worst}, nil)
			}
		}
	}
	record := scout.Record()
	bottleneck := report.BottleneckOf(record)
	if task, ok := scout.First(); ok && bottleneck != nil {
		return a.explainTask(ctx, r, f, task, bottleneck)
	}
	return a.explainWithout(ctx, r, f, scout, bottleneck)
}

// explainWithout answers where no task met the bottleneck: there is none, or it is a maximum of auto scaling.
func (a *app) explainWithout(ctx context.Context, r *recording, f *explainFlags, scout *report.Scout, b *report.BottleneckSummary) error {
	if b == nil {
		text := fmt.Sprintf("NO BOTTLENECK  every placement attempt found a place (seed %d)\n", r.seed)
		if task, ok := scout.Latest(); ok {
			text += fmt.Sprintf("the longest wait: ecssim explain %s --task %v\n", r.name, task)
		}
		return a.printText(text, f, map[string]any{"scenario": r.scenario.Name, "seed": r.seed, "first_bottleneck": nil})
	}
	scaled := *f
	if slices.ContainsFunc(r.scenario.Config.Services, func(s model.Service) bool { return s.Name == b.Scope }) {
		scaled.service = b.Scope
	}
	if f.format == "table" {
		if err := a.printText(report.BottleneckText(b), f, nil); err != nil {
			return err
		}
	}
	return a.explainScaling(ctx, r, &scaled)
}

// printText writes text, or for --format json the value.
func (a *app) printText(text string, f *explainFlags, value any) error {
	if f.format == "json" {
		if value == nil {
			value = map[string]string{"note": strings.TrimSpace(text)}
		}
		e := json.NewEncoder(a.out)
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false)
		if err := e.Encode(value); err != nil {
			return failure(err)
		}
		return nil
	}
	if _, err := io.WriteString(a.out, text); err != nil {
		return failure(err)
	}
	return nil
}

// explainTask explains one task and tries out what would help it.
func (a *app) explainTask(ctx context.Context, r *recording, f *explainFlags, task report.TaskName, b *report.BottleneckSummary) error {
	e := report.NewExplainer(r.scenario.Config, r.seed, task)
	if err := a.play(ctx, r.scenario, r.seed, e, e.Watch); err != nil {
		return err
	}
	x, ok := e.Explanation()
	if !ok {
		return noSuchTask(task, r.seed, e.Tasks())
	}
	x.Bottleneck, x.Before = b, e.Outcome()
	if !f.noFixes {
		if err := a.tryFixes(ctx, r, f.jobs, x); err != nil {
			return err
		}
	}
	return a.printText(x.Terminal(report.ExplainOptions{TerminalOptions: a.terminalOptions(), All: f.all, Seeds: r.scenario.Runs > 1}), f, x)
}

func (a *app) terminalOptions() report.TerminalOptions {
	return report.TerminalOptions{Color: a.look.colored(a.out), Width: terminalWidth(a.out)}
}

// noSuchTask says which tasks the owner has.
func noSuchTask(task report.TaskName, seed uint64, tasks int64) error {
	switch tasks {
	case 0:
		return usageError("--task %v: %s has no task with seed %d", task, task.Owner, seed)
	case 1:
		return usageError("--task %v: %s has one task with seed %d, %s/1", task, task.Owner, seed, task.Owner)
	}
	return usageError("--task %v: %s has the tasks %s/1 to %s/%d with seed %d", task, task.Owner, task.Owner, task.Owner, tasks, seed)
}

// trial is one change that was simulated.
type trial struct {
	fix          report.Fix
	tried, helps bool
}

// tryFixes simulates what may help, each change alone, and adds it to the explanation.
func (a *app) tryFixes(ctx context.Context, r *recording, workers int, x *report.Explanation) error {
	candidates := report.Candidates(r.scenario.Config, x)
	t := &trials{app: a, result: r, task: x.TaskName(), before: x.Before}
	tried, err := sim.Replicate(ctx, len(candidates), workers, func(ctx context.Context, n int) (trial, error) {
		return t.candidate(ctx, candidates[n])
	})
	if ctx.Err() != nil {
		return &exitError{code: exitInterrupted, err: errors.New("interrupted: --no-fixes explains without trying changes out")}
	}
	if err != nil {
		return failure(err)
	}
	for _, c := range tried {
		switch {
		case c.helps:
			x.Fixes = append(x.Fixes, c.fix)
		case c.tried:
			x.Vain = append(x.Vain, c.fix)
		}
	}
	return nil
}
