package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"ecssim/model"
	"ecssim/model/catalog"
	"ecssim/sim"
)

// Summarise makes the summary of a set. It holds the first record; without any it says only that nothing is complete.
func Summarise(set Set) *Summary {
	set = set.present()
	s := &Summary{
		SchemaVersion: SchemaVersion, Complete: set.complete(), Failures: []FailureSummary{},
		Services: map[string]ServiceSummary{}, Jobs: map[string]JobSummary{}, Resources: []ResourceSummary{},
		Faults: []FaultSummary{}, Images: []ImageSummary{},
		Cost: CostSummary{Known: true, Items: []ItemSummary{}, Capacity: []WasteSummary{}}, Expect: set.Expect, Notes: []string{},
	}
	s.Scenario.SHA256, s.Scenario.Catalog = set.SHA256, catalog.Version()
	if s.Expect == nil {
		s.Expect = append([]Expectation{}, Expectations(set.Records)...)
	}
	if len(set.Records) > 0 {
		s.take(set.Records[0])
	}
	if set.planned() > 1 {
		s.replicate(set)
	}
	s.addNotes(set)
	return s
}

// take fills in one record.
func (s *Summary) take(r *Record) {
	s.Scenario.Name, s.Scenario.About, s.Scenario.Seed = r.Config.Name, about(r.Config), r.Seed
	s.Scenario.Duration, s.Scenario.Warmup = inSeconds(r.End), inSeconds(r.Warmup())
	s.Scenario.Region = region(r.Config)
	s.FirstBottleneck = summariseBottleneck(r.Bottleneck)
	s.Cost = summariseCost(r)
	s.Totals = summariseTotals(r, s.Cost.TotalUSD)
	for i := range r.Owners {
		s.addOwner(r, &r.Owners[i])
	}
	slices.SortStableFunc(s.Failures, func(a, b FailureSummary) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.FirstAt, b.FirstAt))
	})
	s.Faults, s.Images = summariseFaults(r), summariseImages(r)
	s.CapacityProviders = summariseProviders(r)
	s.Trouble = trouble(s)
	for i := range r.Pools {
		s.Resources = append(s.Resources, summarisePool(&r.Pools[i]))
	}
}

func (s *Summary) addOwner(r *Record, o *OwnerRecord) {
	wait, stopped, mean := summariseWait(o.Wait), summariseStops(o), round(o.MeanRunning)
	f := FailureSummary{}
	if o.Service {
		f.Service = o.Name
		v := ServiceSummary{
			Desired: o.Desired, Running: o.Running, Starting: o.Pending, Leaving: o.Leaving, NeverPlaced: o.Waiting, Failures: o.Failures,
			FailedToStart: o.Stopped[model.TaskFailedToStart], Throttled: o.Throttled,
			Wait: wait, Stopped: stopped, MeanRunning: mean, Why: o.Why, StoppedReasons: summariseStopReasons(o),
		}
		summariseService(&v, r, o)
		v.Load, v.Scaling = summariseLoad(o.Load), summariseScaling(r, o)
		s.Services[o.Name] = v
	} else {
		f.Job = o.Name
		s.Jobs[o.Name] = JobSummary{
			Arrived: o.Arrived, Placed: o.Placed, Refused: o.Refused, Finished: o.Finished, WaitingEnd: o.NewWaiting,
			Failures: o.Failures, FailedToStart: o.Stopped[model.TaskFailedToStart], Throttled: o.Throttled,
			Wait: wait, Stopped: stopped, MeanRunning: mean, Why: o.Why,
			StoppedReasons: summariseStopReasons(o), Denied: o.Denied,
		}
	}
	for _, c := range o.Reasons {
		f.Reason, f.Count, f.FirstAt = reasonText(c.Reason), c.Count, inSeconds(c.First)
		s.Failures = append(s.Failures, f)
	}
}

// region is empty without a catalog.
func region(cfg *model.Config) string {
	if cfg.Region != "" || cfg.Catalog == nil {
		return cfg.Region
	}
	return cfg.Catalog.Region()
}

// about: "3 × m5.large, 1 service, 2 jobs".
func about(cfg *model.Config) string {
	var parts []string
	counts := map[string]int64{}
	for i := range cfg.Fleets {
		counts[cfg.Fleets[i].Type.Name] += int64(cfg.Fleets[i].Count)
	}
	names := slices.Sorted(maps.Keys(counts))
	if len(names) > 3 {
		total := int64(0)
		for _, n := range counts {
			total += n
		}
		parts = append(parts, fmt.Sprintf("%s instances of %d types", thousands(total), len(names)))
	} else {
		for _, name := range names {
			parts = append(parts, thousands(counts[name])+" × "+name)
		}
	}
	parts = append(parts, aboutGroups(cfg)...)
	if n := len(cfg.Clusters); n > 1 {
		parts = append(parts, plural(int64(n), "cluster"))
	}
	if onFargate(cfg) {
		parts = append(parts, "Fargate")
	}
	if n := len(cfg.Services); n > 0 {
		parts = append(parts, plural(int64(n), "service"))
	}
	if n := len(cfg.Jobs); n > 0 {
		parts = append(parts, plural(int64(n), "job"))
	}
	return strings.Join(parts, ", ")
}

// onFargate says that some owner runs on Fargate.
func onFargate(cfg *model.Config) bool {
	return slices.ContainsFunc(cfg.Services, func(s model.Service) bool { return s.Launch == model.Fargate }) ||
		slices.ContainsFunc(cfg.Jobs, func(j model.Job) bool { return j.Launch == model.Fargate })
}

// addNotes says what a reader of the figures must know, a sentence each.
func (s *Summary) addNotes(set Set) {
	note := func(format string, args ...any) { s.Notes = append(s.Notes, fmt.Sprintf(format, args...)) }
	if missing := set.planned() - len(set.Records); missing > 0 {
		note("INCOMPLETE: %d of %d replications are missing", missing, set.planned())
	}
	for _, r := range set.Records {
		switch r.Outcome { //nolint:exhaustive // the others are complete
		case sim.Stopped:
			note("INCOMPLETE: seed %d was interrupted at %s; all figures are up to there", r.Seed, clock(r.End))
		case sim.Limited:
			who := ""
			if r.Runaway != "" {
				who = "; most tasks are those of " + r.Runaway
			}
			note("INCOMPLETE: seed %d hit the limit on events or live tasks at %s%s", r.Seed, clock(r.End), who)
		}
	}
	if len(set.Records) == 0 {
		return
	}
	first := set.Records[0]
	if w := first.Config.Warmup; w > 0 {
		note("the warm-up (the first %s) is left out of all statistics; totals and cost cover the whole run", span(w))
	}
	s.notePulls(note)
	s.noteLogs(first, note)
	s.noteScaling(first, note)
	s.noteRecord(first, note)
	var unknown []string
	for _, it := range s.Cost.Items {
		if !it.Known {
			unknown = append(unknown, it.Item)
		}
	}
	switch n := len(unknown); {
	case n > 3:
		note("price unknown in %s of %d items (%s …): the cost is a lower bound", s.Scenario.Region, n, strings.Join(unknown[:2], ", "))
	case n > 0:
		note("price of %s unknown in %s: the cost is a lower bound", strings.Join(unknown, ", "), s.Scenario.Region)
	}
}

// noteRecord says what tables and files leave out, and what a person would not look for.
func (s *Summary) noteRecord(r *Record, note func(string, ...any)) {
	if r.FaultsAll > int64(len(r.Faults)) {
		note("only the first %d of %s faults are told of one by one", len(r.Faults), thousands(r.FaultsAll))
	}
	if r.InstancesLeft > 0 {
		note("data/instances.csv leaves out %s instances", thousands(int64(r.InstancesLeft)))
	}
	if n := r.NeverRegistered; n > 0 {
		note("%s never registered: %s; such instances are paid for and hold addresses", plural(n, "instance"), r.NeverWhy)
	}
	s.noteDenials(r, note)
	if o := r.Oversold; o != nil {
		note("the hard memory limits of the tasks on %s add up to %s MiB, it registers %s: they can run out of memory",
			o.Instance, thousands(o.Hard), thousands(o.Has))
	}
}

// noteDenials says whose calls AWS denies: such tasks run, and look well.
func (s *Summary) noteDenials(r *Record, note func(string, ...any)) {
	for i := range r.Owners {
		if o := &r.Owners[i]; o.Denied > 0 {
			note("AWS denies the calls of %s of %s that ran, first at %s: %s", tasks(o.Denied), o.Name, clock(o.DeniedFirst), o.DeniedReason)
		}
	}
}

// noteLogs says which logs are not whole.
func (s *Summary) noteLogs(r *Record, note func(string, ...any)) {
	limit := thousands(r.LogLimit)
	if r.LogLimit == 0 {
		note("tasks, placement attempts and events are not logged one by one, as --log-limit says; all figures are whole")
		return
	}
	if r.Totals.Wanted > r.LogLimit {
		note("data/tasks.csv holds the first %s of %s tasks; --log-limit all writes every one", limit, thousands(r.Totals.Wanted))
	}
	if r.Totals.Attempts > r.LogLimit {
		note("data/placements.csv holds the first %s of %s attempts", limit, thousands(r.Totals.Attempts))
	}
	if r.EventsTotal > r.LogLimit {
		note("events.ndjson holds the first %s of %s events", limit, thousands(r.EventsTotal))
	}
}
