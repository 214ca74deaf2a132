package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"sync"
	"time"

	"ecssim/model"
	"ecssim/report"
	"ecssim/sim"
	"ecssim/workload/scenario"
)

// job is one run of a scenario: everything that decides its outcome.
type job struct {
	scenario *scenario.Scenario
	seed     uint64
	variant  string // what to call the scenario's variant when something is wrong; may be empty
	// open gives the scenario where it is nil: an experiment of ten thousand cells does not hold them all at once.
	open func() (*scenario.Scenario, error)
}

func (j *job) load() (*scenario.Scenario, error) {
	if j.scenario != nil {
		return j.scenario, nil
	}
	return j.open()
}

// simulateAll plays jobs and returns their records in the order of the jobs. Where it was interrupted, the records of
// runs that did not come to their end are nil: half a run compares with nothing.
func (a *app) simulateAll(ctx context.Context, jobs []job, workers int, options report.RecorderOptions) ([]*report.Record, error) {
	records := make([]*report.Record, len(jobs))
	err := a.each(ctx, jobs, workers, options, func(n int, r *report.Record) error {
		records[n] = r
		return nil
	})
	return records, err
}

// eachRun plays jobs and hands every record over as soon as it is there, one at a time, in no particular order. It
// keeps none, so that memory does not grow with the number of runs. Records have no logs.
func (a *app) eachRun(ctx context.Context, jobs []job, workers int, take func(n int, r *report.Record) error) error {
	return a.each(ctx, jobs, workers, report.RecorderOptions{LogLimit: report.LogNothing}, take)
}

func (a *app) each(
	ctx context.Context, jobs []job, workers int, options report.RecorderOptions, take func(int, *report.Record) error,
) error {
	if len(jobs) == 0 {
		return ctx.Err()
	}
	bar := a.newRunsProgress(len(jobs))
	defer bar.done()
	defer collectSeldom()()
	var taking sync.Mutex
	_, err := sim.Replicate(ctx, len(jobs), workers, func(ctx context.Context, n int) (struct{}, error) {
		j := &jobs[n]
		s, err := j.load()
		if err != nil {
			return struct{}{}, err
		}
		recorder := report.NewRecorder(s.Config, j.seed, options)
		world := model.NewWorld(s.Config, j.seed, recorder)
		world.OnProgress(bar.watcher(n, s.Config.Duration))
		world.Run(ctx)
		if ctx.Err() != nil {
			return struct{}{}, ctx.Err()
		}
		bar.finished(n)
		taking.Lock()
		defer taking.Unlock()
		return struct{}{}, take(n, recorder.Record())
	})
	bar.done()
	return a.whyNot(ctx, jobs, err)
}

// whyNot tells of a crash with the seed and the variant that repeat it.
func (a *app) whyNot(ctx context.Context, jobs []job, err error) error {
	var crash *sim.PanicError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &crash):
		j := &jobs[crash.Run]
		which := j.variant
		if j.scenario != nil && which == "" {
			which = "the scenario is " + j.scenario.Name
		}
		reportBug(a.err, fmt.Sprintf("ecssim run FILE --seed %d   (%s)", j.seed, which), crash.Value, crash.Stack)
		return told(exitInternal, "bug")
	case ctx.Err() != nil:
		return ctx.Err()
	}
	var incomplete *sim.IncompleteError
	if errors.As(err, &incomplete) {
		if inner := errors.Unwrap(incomplete.Cause); inner != nil {
			return inner // without the number of the replication, which nobody has seen
		}
	}
	return err
}

// tick is how finely the progress of one run is counted.
const tick = 1000

// runsProgress is the progress of many runs: each counts the same, however long it takes.
type runsProgress struct{ *progress }

func (a *app) newRunsProgress(runs int) runsProgress {
	return runsProgress{a.startProgress("simulating", runs, tick*time.Millisecond, func(p *progress) string {
		return fmt.Sprintf(" %d of %d runs", p.simulated()/tick, runs)
	})}
}

// watcher is told the clock of one run, which lasts so long.
func (p runsProgress) watcher(n int, lasts time.Duration) func(time.Duration) {
	if lasts <= 0 {
		return func(time.Duration) {}
	}
	return func(now time.Duration) {
		p.clocks[n].Store(int64(float64(min(now, lasts)) / float64(lasts) * float64(p.end)))
	}
}

// seldom is how much garbage there may be, in percent of what is alive, before it is collected. Each run makes a world anew:
// collecting at Go's 100 costs a twentieth of the time of many runs, on cores that would rather simulate.
const seldom = 400

// collectSeldom lets the collector wait, unless GOGC says otherwise, and returns what ends that.
func collectSeldom() (end func()) {
	if os.Getenv("GOGC") != "" {
		return func() {}
	}
	before := debug.SetGCPercent(seldom)
	return func() { debug.SetGCPercent(before) }
}
