package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"ecssim/report"
	"ecssim/workload/diag"
	"ecssim/workload/experiment"
	"ecssim/workload/scenario"
)

// side is one variant of a comparison while it grows.
type side struct {
	report.Variant
	scenario *scenario.Scenario // nil for a result folder
	rows     map[uint64]report.SeedRow
}

// defaultRuns is how many seeds are compared if nobody says it.
const defaultRuns = 20

// readSides reads scenarios and folders, and makes the variants.
func (a *app) readSides(args []string, f *compareFlags) ([]*side, error) {
	variants := []experiment.Variant{{}}
	if len(f.varies) > 0 {
		if len(args) > 1 {
			return nil, usageError("--vary makes variants of one scenario, found %d; give one, or leave --vary out", len(args))
		}
		var err error
		if variants, err = variantsOf(f.varies); err != nil {
			return nil, err
		}
	}
	var sides []*side
	refused := false
	for _, arg := range args {
		if info, err := os.Stat(arg); err == nil && info.IsDir() {
			v, err := a.readFolder(arg, f)
			if err != nil {
				return nil, err
			}
			sides = append(sides, v)
			continue
		}
		loaded, ok, err := a.readVariants(arg, variants, f)
		if err != nil {
			return nil, err
		}
		refused = refused || !ok
		sides = append(sides, loaded...)
	}
	if refused {
		return nil, told(exitUsage, "scenario refused")
	}
	if len(sides) < 2 {
		return nil, usageError("one variant cannot be compared with itself; give a second scenario, or --vary PATH=VALUE,VALUE")
	}
	nameSides(sides)
	return sides, nil
}

// mostVariants that are compared at once: a table of more is read by nobody.
const mostVariants = 100

func variantsOf(varies []string) ([]experiment.Variant, error) {
	var axes []experiment.Axis
	count := 1
	for _, text := range varies {
		axis, err := experiment.ParseVary(text)
		if err != nil {
			return nil, usageError("--vary: %v", err)
		}
		if slices.ContainsFunc(axes, func(other experiment.Axis) bool { return other.Path == axis.Path }) {
			return nil, usageError("--vary names %s twice; write its values behind one another: %s=A,B,C", axis.Path, axis.Path)
		}
		if count *= len(axis.Values); count > mostVariants {
			return nil, usageError("--vary makes more than %d variants; a table of so many is read by nobody: see ecssim sweep", mostVariants)
		}
		axes = append(axes, axis)
	}
	return experiment.Product(axes), nil
}

func (a *app) readFolder(dir string, f *compareFlags) (*side, error) {
	if len(f.varies) > 0 || len(f.sets) > 0 || f.until != "" {
		return nil, usageError("%s is a result folder: its runs are over, and --vary, --set and --until change nothing; give the scenario", dir)
	}
	v, err := report.ReadVariant(dir)
	if errors.Is(err, report.ErrNoFit) {
		return nil, usageError("%v", err)
	}
	if err != nil {
		return nil, failure(err)
	}
	s := &side{Variant: v, rows: map[uint64]report.SeedRow{}}
	for _, row := range v.Rows {
		s.rows[row.Seed] = row
	}
	return s, nil
}

// readVariants loads a file once for every variant.
func (a *app) readVariants(file string, variants []experiment.Variant, f *compareFlags) (sides []*side, ok bool, err error) {
	if file == "-" && len(variants) > 1 {
		return nil, false, usageError("stdin can be read once only: write the scenario to a file to vary it")
	}
	found := make([][]diag.Diagnostic, len(variants))
	ok = true
	for i, v := range variants {
		s, diags := scenario.Load([]string{file}, scenario.Options{
			Sets: slices.Concat(f.sets, v.Sets()), Seed: f.seed, Runs: f.runs, Until: f.until, Stdin: a.in,
		})
		found[i] = diags
		ok = ok && !diag.HasErrors(diags)
		sides = append(sides, &side{
			Variant:  report.Variant{Name: v.Name, Settings: v.Sets(), Source: file},
			scenario: s, rows: map[uint64]report.SeedRow{},
		})
	}
	return sides, ok, a.tellVariants(sides, found)
}

// tellVariants tells what is wrong in all variants once, and then what is wrong in some.
func (a *app) tellVariants(sides []*side, found [][]diag.Diagnostic) error {
	in := map[string]int{}
	for _, diags := range found {
		for _, d := range diags {
			in[fmt.Sprint(d)]++
		}
	}
	everywhere := func(d diag.Diagnostic) bool { return in[fmt.Sprint(d)] == len(found) }
	common := slices.DeleteFunc(slices.Clone(found[0]), func(d diag.Diagnostic) bool { return !everywhere(d) })
	if len(common) > 0 || len(sides[0].scenario.Ignored) > 0 {
		if err := a.tell(common, sides[0].scenario); err != nil {
			return err
		}
	}
	for i, s := range sides {
		own := slices.DeleteFunc(slices.Clone(found[i]), everywhere)
		if len(own) == 0 || a.look.quiet && !diag.HasErrors(own) {
			continue
		}
		fmt.Fprintf(a.err, "with %s:\n", strings.Join(s.Settings, ", "))
		if err := a.tell(own, s.scenario); err != nil {
			return err
		}
	}
	return nil
}

// nameSides calls scenarios by their names and, where two have one name, by their files or folders.
func nameSides(sides []*side) {
	own := func(s *side) string {
		switch {
		case s.scenario != nil && len(s.Settings) > 0:
			return s.Name
		case s.scenario != nil:
			return s.scenario.Name
		}
		return s.Name
	}
	seen := map[string]int{}
	for _, s := range sides {
		seen[own(s)]++
	}
	for _, s := range sides {
		name := own(s)
		if seen[name] > 1 {
			name = strings.TrimSuffix(filepath.ToSlash(s.Source), ".toml")
		}
		s.Name = name
	}
	// The same file twice is a comparison too, if a pointless one.
	for i, s := range sides {
		n := 1
		for _, other := range sides[:i] {
			if other.Source == s.Source && len(s.Settings) == 0 {
				n++
			}
		}
		if n > 1 {
			s.Name = fmt.Sprintf("%s #%d", s.Name, n)
		}
	}
}

func (f *compareFlags) findBase(sides []*side) (int, error) {
	if f.base == "" {
		return 0, nil
	}
	names := make([]string, len(sides))
	for i, s := range sides {
		names[i] = s.Name
		if s.Name == f.base || s.Source == f.base && len(s.Settings) == 0 {
			return i, nil
		}
	}
	near := ""
	if n := diag.Nearest(f.base, names); n != "" {
		near = fmt.Sprintf(", did you mean %q?", n)
	}
	return 0, usageError("--base: no variant is called %q%s; there are %s", f.base, near, strings.Join(names, ", "))
}

// checkMetrics refuses a metric that no run can have before anything is simulated.
func (f *compareFlags) checkMetrics(sides []*side) error {
	var names []string
	for _, s := range sides {
		if s.scenario != nil {
			names = append(names, report.PossibleMetrics(s.scenario.Config)...)
		}
		for _, row := range s.Rows {
			for name := range row.Metrics {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	names = slices.Compact(names)
	for _, metric := range f.metrics {
		metric = strings.TrimPrefix(metric, "+")
		if metric == "all" || slices.Contains(names, metric) || strings.HasSuffix(metric, ".used_mean_fraction") {
			continue
		}
		return unknownMetric(metric, names)
	}
	return nil
}

func unknownMetric(metric string, names []string) error {
	near := ""
	if n := diag.Nearest(metric, names); n != "" {
		near = fmt.Sprintf(", did you mean %q?", n)
	}
	return usageError("--metric: no run has %q%s; --metric all shows all", metric, near)
}

// missingEverywhere refuses a metric that could have been there and is in no run.
func missingEverywhere(variants []report.Variant, metrics []string) error {
	for _, metric := range metrics {
		metric = strings.TrimPrefix(metric, "+")
		has := func(row report.SeedRow) bool { _, ok := row.Metrics[metric]; return ok }
		if metric == "all" || slices.ContainsFunc(variants, func(v report.Variant) bool { return slices.ContainsFunc(v.Rows, has) }) {
			continue
		}
		return unknownMetric(metric, nil)
	}
	return nil
}

// widthMetrics are those whose intervals --until-width wants narrow.
func (f *compareFlags) widthMetrics(sides []*side) []string {
	var chosen []string
	for _, m := range f.metrics {
		if m = strings.TrimPrefix(m, "+"); m != "all" {
			chosen = append(chosen, m)
		}
	}
	if len(chosen) > 0 {
		return chosen
	}
	for _, m := range []string{"cost_usd", "task_wait_s.p95"} {
		for _, row := range finished(sides)[0].Rows {
			if _, ok := row.Metrics[m]; ok {
				chosen = append(chosen, m)
				break
			}
		}
	}
	return chosen
}

// firstSeeds are those that all variants are run with: those of the folders, where there are any.
func (f *compareFlags) firstSeeds(sides []*side) ([]uint64, error) {
	var seeds []uint64
	for _, s := range sides {
		if s.scenario == nil {
			for _, row := range s.Rows {
				seeds = append(seeds, row.Seed)
			}
			break
		}
	}
	var first *scenario.Scenario
	for _, s := range sides {
		if s.scenario != nil {
			first = s.scenario
			break
		}
	}
	if seeds != nil && (first == nil || f.seed == "" && f.runs == "") {
		return f.sameSeeds(sides, seeds)
	}
	from, count := first.Seed, first.Runs
	if f.runs == "" && count < 2 {
		count = defaultRuns
	}
	seeds = seeds[:0:0]
	for n := range count {
		seeds = append(seeds, from+uint64(n))
	}
	return f.sameSeeds(sides, seeds)
}

// sameSeeds refuses folders that were run with others: without the same seeds there are no pairs.
func (f *compareFlags) sameSeeds(sides []*side, seeds []uint64) ([]uint64, error) {
	for _, s := range sides {
		if s.scenario != nil {
			continue
		}
		var own []uint64
		for _, row := range s.Rows {
			own = append(own, row.Seed)
		}
		if !slices.Equal(own, seeds) {
			return nil, usageError("%s was run with %s, the others with %s: only runs with the same seeds see the same arrivals and faults, and can be paired",
				s.Source, report.SeedList(own), report.SeedList(seeds))
		}
		if f.share > 0 {
			return nil, usageError("--until-width adds seeds, and %s is a result folder whose runs are over; give its scenario", s.Source)
		}
	}
	return seeds, nil
}

// simulateSides runs every scenario with some seeds, seed by seed, so that an interruption leaves whole pairs.
func (a *app) simulateSides(ctx context.Context, sides []*side, seeds []uint64, workers int) error {
	var jobs []job
	var of []*side
	for _, seed := range seeds {
		for _, s := range sides {
			if s.scenario != nil {
				jobs = append(jobs, job{scenario: s.scenario, seed: seed, variant: s.Name})
				of = append(of, s)
			}
		}
	}
	if len(jobs) == 0 {
		return nil
	}
	return a.eachRun(ctx, jobs, workers, func(n int, r *report.Record) error {
		s := of[n]
		if r.Runaway != "" {
			return failure(fmt.Errorf(
				"%s ran away with seed %d: stopped at %v of simulated time by a limit on events or live tasks, most of them from %s",
				s.Name, r.Seed, r.End, r.Runaway))
		}
		if r.Complete() {
			s.rows[r.Seed] = report.Row(r)
		}
		if r.Seed == seeds[0] && s.Picture == nil {
			s.Picture, s.End = report.UtilisationPanel(r), r.End.Seconds()
			for _, figure := range report.Figures(r) {
				s.Columns = append(s.Columns, figure.Name)
			}
		}
		return nil
	})
}

// finished are the variants with the seeds that all of them have.
func finished(sides []*side) []report.Variant {
	var seeds []uint64
	for seed := range sides[0].rows {
		if !slices.ContainsFunc(sides, func(s *side) bool { _, ok := s.rows[seed]; return !ok }) {
			seeds = append(seeds, seed)
		}
	}
	slices.Sort(seeds)
	variants := make([]report.Variant, len(sides))
	for i, s := range sides {
		variants[i] = s.Variant
		variants[i].Rows = nil
		for _, seed := range seeds {
			variants[i].Rows = append(variants[i].Rows, s.rows[seed])
		}
	}
	return variants
}
