package main

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"ecssim/model"
	"ecssim/report"
)

// clockTime is 10:31, 10:31:05 or 2d 10:31, since the start.
var clockTime = regexp.MustCompile(`^(?:(\d{1,4})d[ T])?(\d{1,3}):([0-5]\d)(?::([0-5]\d))?$`)

// instant reads --at: a time of day since the start, or a length of time.
func instant(text string) (time.Duration, error) {
	if m := clockTime.FindStringSubmatch(text); m != nil {
		var parts [4]int64
		for n, p := range m[1:] {
			if p == "" {
				continue
			}
			v, err := strconv.ParseInt(p, 10, 64)
			if err != nil {
				return 0, usageError("--at %s: %v", text, err)
			}
			parts[n] = v
		}
		return time.Duration(parts[0]*86400+parts[1]*3600+parts[2]*60+parts[3]) * time.Second, nil
	}
	if d, err := time.ParseDuration(strings.ReplaceAll(text, " ", "")); err == nil && d >= 0 {
		return d, nil
	}
	return 0, usageError("--at %s: write an instant since the start, as in 10:31, 10:31:05, \"2d 10:31\" or 90s", text)
}

// explainInstant shows the world at an instant; the run is simulated no further.
func (a *app) explainInstant(ctx context.Context, r *recording, f *explainFlags) error {
	at, err := instant(f.at)
	if err != nil {
		return err
	}
	cfg := r.scenario.Config
	if cfg.Duration > 0 && at > cfg.Duration {
		return usageError("--at %s lies behind the end of %s, which lasts %v", f.at, r.scenario.Name, cfg.Duration)
	}
	watch := report.NewMomentWatch(cfg, r.seed)
	far, seen := context.WithCancel(ctx)
	defer seen()
	err = a.play(far, r.scenario, r.seed, watch, func(w *model.World) { watch.Watch(w, at, seen) })
	m := watch.Moment()
	switch {
	case m != nil && ctx.Err() == nil:
		return a.printText(m.Terminal(report.ExplainOptions{TerminalOptions: a.terminalOptions(), All: f.all}), f, m)
	case err != nil:
		return err
	}
	return usageError("--at %s: with seed %d the run ended before, at %v", f.at, r.seed, watch.Record().End)
}

// explainScaling lists what was decided.
func (a *app) explainScaling(ctx context.Context, r *recording, f *explainFlags) error {
	cfg := r.scenario.Config
	services, _ := ownerNames(cfg)
	var providers []string
	for i := range cfg.CapacityProviders {
		providers = append(providers, cfg.CapacityProviders[i].Name)
	}
	switch {
	case f.service != "" && f.provider != "":
		return usageError("--scaling is about --service or about --capacity-provider, found both")
	case f.service != "" && !slices.Contains(services, f.service):
		return unknownName("--service", "service", f.service, services)
	case f.provider != "" && !slices.Contains(providers, f.provider):
		return unknownName("--capacity-provider", "capacity provider", f.provider, providers)
	}
	recorder := report.NewRecorder(cfg, r.seed, report.RecorderOptions{})
	if err := a.play(ctx, r.scenario, r.seed, recorder, nil); err != nil {
		return err
	}
	log := report.ScalingOf(recorder.Record(), f.service, f.provider)
	return a.printText(log.Terminal(report.ExplainOptions{TerminalOptions: a.terminalOptions(), All: f.all}), f, log)
}
