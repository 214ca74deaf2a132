package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"ecssim/report"
	"ecssim/workload/diag"
	"ecssim/workload/scenario"
)

// recording is a run that can be simulated again: a result folder, or a scenario that has not been run yet.
type recording struct {
	scenario *scenario.Scenario
	seed     uint64
	// load reads the scenario with more settings laid over it.
	load func(sets []string) (*scenario.Scenario, []diag.Diagnostic)
	// folder is nil for a scenario.
	folder *report.Recorded
	name   string
}

// openResult opens a result folder or a scenario file, and chooses the seed: the first of the run, or the one given.
func (a *app) openResult(arg, seed string, sets []string) (*recording, error) {
	info, err := os.Stat(arg)
	if err == nil && info.IsDir() {
		return a.openFolder(arg, seed, sets)
	}
	r := &recording{name: arg}
	stdin := a.in
	if arg == scenario.Stdin { // it is read once and used for every change
		data, err := io.ReadAll(a.in)
		if err != nil {
			return nil, failure(err)
		}
		r.load = func(more []string) (*scenario.Scenario, []diag.Diagnostic) {
			return scenario.Load([]string{arg}, scenario.Options{Sets: slices.Concat(sets, more), Seed: seed, Stdin: bytes.NewReader(data)})
		}
	} else {
		r.load = func(more []string) (*scenario.Scenario, []diag.Diagnostic) {
			return scenario.Load([]string{arg}, scenario.Options{Sets: slices.Concat(sets, more), Seed: seed, Stdin: stdin})
		}
	}
	s, diags := r.load(nil)
	if diag.HasErrors(diags) {
		if err := a.tell(diags, s); err != nil {
			return nil, err
		}
		return nil, told(exitUsage, "scenario refused")
	}
	r.scenario, r.seed = s, s.Seed
	return r, nil
}

// openFolder opens a result folder and says what differs from the run that wrote it.
func (a *app) openFolder(dir, seed string, sets []string) (*recording, error) {
	rec, err := report.ReadFolder(dir)
	switch {
	case errors.Is(err, report.ErrNotRecorded):
		return nil, usageError("%v; name a folder that `ecssim run` wrote, or a scenario", err)
	case err != nil:
		return nil, failure(err)
	}
	r := &recording{folder: rec, name: dir}
	if r.seed, err = recordedSeed(rec, seed, dir); err != nil {
		return nil, err
	}
	s, diags := r.find(dir, sets)
	if diag.HasErrors(diags) {
		if err := a.tell(diags, s); err != nil {
			return nil, err
		}
		return nil, told(exitUsage, "scenario refused")
	}
	r.scenario = s
	a.tellDifferences(r, dir, sets)
	return r, nil
}

// recordedSeed is the seed that was asked for, which must be one of the run's.
func recordedSeed(rec *report.Recorded, seed, dir string) (uint64, error) {
	if len(rec.Seeds) == 0 {
		return 0, usageError("%s has no replication: it was interrupted before the first was done", dir)
	}
	if seed == "" {
		return rec.Seeds[0], nil
	}
	n, err := strconv.ParseUint(seed, 10, 64)
	if err != nil || !slices.Contains(rec.Seeds, n) {
		return 0, usageError("--seed %s: %s was run with %s", seed, dir, report.SeedList(rec.Seeds))
	}
	return n, nil
}

// resolvedName is the scenario of a result folder. It is read as if it stood in the folder of the scenario that was run,
// since the files that it names count from there.
const resolvedName = "scenario.resolved.toml"

// find reads the recorded scenario. Where its first file stood is not recorded as such: the command line says it, seen
// from here or from where the results were written.
func (r *recording) find(dir string, sets []string) (*scenario.Scenario, []diag.Diagnostic) {
	bases := []string{"."}
	for _, arg := range r.folder.Command {
		if strings.HasSuffix(arg, ".toml") {
			bases = append(bases, filepath.Dir(arg), filepath.Join(dir, "..", "..", filepath.Dir(arg)))
		}
	}
	type read struct {
		load  func([]string) (*scenario.Scenario, []diag.Diagnostic)
		s     *scenario.Scenario
		diags []diag.Diagnostic
	}
	var best *read
	for _, base := range slices.Compact(bases) {
		name := filepath.Join(base, resolvedName)
		open := func(file string) (io.ReadCloser, error) {
			if file == name {
				return io.NopCloser(bytes.NewReader(r.folder.Resolved)), nil
			}
			return os.Open(file)
		}
		load := func(more []string) (*scenario.Scenario, []diag.Diagnostic) {
			return scenario.Load([]string{name}, scenario.Options{Sets: more, Open: open})
		}
		x := &read{load: load}
		x.s, x.diags = load(nil)
		if !diag.HasErrors(x.diags) && x.s.SHA256 == r.folder.SHA256 {
			best = x
			break
		}
		if best == nil || diag.HasErrors(best.diags) && !diag.HasErrors(x.diags) {
			best = x
		}
	}
	r.load = func(more []string) (*scenario.Scenario, []diag.Diagnostic) {
		return best.load(slices.Concat(sets, more))
	}
	if len(sets) > 0 {
		best.s, best.diags = r.load(nil)
	}
	return best.s, best.diags
}

// tellDifferences warns where what is simulated now need not be what was run then.
func (a *app) tellDifferences(r *recording, dir string, sets []string) {
	if a.look.quiet {
		return
	}
	rec := r.folder
	if rec.Version != version() {
		fmt.Fprintf(a.err, "warning: %s was written by ecssim %s; it is simulated again by %s, which may give other figures\n", dir, rec.Version, version())
	}
	if len(sets) == 0 && rec.SHA256 != "" && r.scenario.SHA256 != rec.SHA256 {
		fmt.Fprintf(a.err, "warning: a file that the scenario of %s reads, or a default, has changed since; figures may be others\n", dir)
	}
	if !rec.Complete {
		fmt.Fprintf(a.err, "warning: the run in %s is incomplete; seed %d is simulated to its end\n", dir, r.seed)
	}
}
