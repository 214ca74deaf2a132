package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// The tables that terminal and Markdown share. Each comes with a remark on what was left out.

func serviceTable(s *Summary) (*table, string) {
	t := &table{columns: []column{
		{title: "SERVICE", least: 12}, {title: "DESIRED", right: true}, {title: "RUNNING", right: true},
		{title: "NEVER PLACED", right: true}, {title: failedTitle, right: true},
		{title: "WAIT p95", right: true, spare: true}, {title: "WHY", least: 10, shorten: fitWhy},
	}}
	names := mostAffected(s.Services, func(v ServiceSummary) []int64 {
		return []int64{v.NeverPlaced, max(0, v.Desired-v.Running), v.Failures, v.FailedToStart}
	})
	failed, unplaced, eventful := int64(0), int64(0), false
	for _, v := range s.Services {
		failed += v.FailedToStart
		unplaced += v.NeverPlaced
		eventful = eventful || v.eventful()
	}
	for _, name := range names[:min(len(names), maxRows)] {
		v := s.Services[name]
		t.add(clean(name), amount(v.Desired), amount(v.Running), amount(v.NeverPlaced), amount(v.FailedToStart),
			p95(v.Wait), shortWhy(v.Why))
	}
	if failed == 0 {
		t.drop(failedTitle)
	}
	if eventful && unplaced == 0 {
		t.drop("NEVER PLACED")
	}
	t.spare("NEVER PLACED", unplaced == 0)
	t.insist("WHY", whyWidth)
	return t, more(len(names))
}

func jobTable(s *Summary) (*table, string) {
	t := &table{columns: []column{
		{title: "JOB", least: 12}, {title: "ARRIVED", right: true}, {title: "REFUSED", right: true},
		{title: failedTitle, right: true}, {title: "WAITING", right: true}, {title: "MEAN RUN", right: true, spare: true},
		{title: "WAIT p95", right: true, spare: true}, {title: "WHY", least: 10, shorten: fitWhy},
	}}
	names := mostAffected(s.Jobs, func(v JobSummary) []int64 {
		return []int64{v.Refused + v.WaitingEnd + v.FailedToStart, v.Failures, v.Arrived}
	})
	failed := int64(0)
	for _, v := range s.Jobs {
		failed += v.FailedToStart
	}
	for _, name := range names[:min(len(names), maxRows)] {
		v := s.Jobs[name]
		t.add(clean(name), amount(v.Arrived), amount(v.Refused), amount(v.FailedToStart), amount(v.WaitingEnd),
			figure(v.MeanRunning), p95(v.Wait), shortWhy(v.Why))
	}
	if failed == 0 {
		t.drop(failedTitle)
	}
	return t, more(len(names))
}

// failedTitle: of tasks that were placed and failed to start. The column is there only if there are such.
const failedTitle = "FAILED"

// mostAffected orders names by the first number that differs, the highest first, then by name.
func mostAffected[T any](rows map[string]T, weigh func(T) []int64) []string {
	names := slices.Sorted(maps.Keys(rows))
	if len(names) <= maxRows {
		return names
	}
	slices.SortStableFunc(names, func(a, b string) int { return slices.Compare(weigh(rows[b]), weigh(rows[a])) })
	return names
}

func more(n int) string {
	if n <= maxRows {
		return ""
	}
	return fmt.Sprintf("… and %d more", n-maxRows)
}

func p95(w *WaitSummary) string {
	if w == nil {
		return "–"
	}
	return spanOf(w.P95)
}

// shortWhy leaves out what the reader of a narrow column knows: RESOURCE:ENI on 3 of 3.
func shortWhy(s string) string { return cmp.Or(strings.TrimSuffix(clean(s), " instances"), "–") }

// resourceTable leaves out what nobody used; all is in summary.json.
func resourceTable(s *Summary) (*table, string) {
	t := &table{columns: []column{
		{title: "RESOURCE", least: 12}, {title: "PEAK / CAPACITY"}, {title: "RESERVED", right: true},
		{title: "FULL SINCE", least: 10},
	}}
	var shown []ResourceSummary
	for _, r := range s.Resources {
		if r.UsedPeak > 0 || r.Resource == "cpu" || r.Resource == "memory" {
			shown = append(shown, r)
		}
	}
	left := 0
	if len(shown) > maxRows { // many subnets: the fullest first
		slices.SortStableFunc(shown, func(a, b ResourceSummary) int {
			subnets := cmp.Compare(boolInt(a.Resource == "ip"), boolInt(b.Resource == "ip"))
			return cmp.Or(subnets, cmp.Compare(value(b.UsedMeanFraction), value(a.UsedMeanFraction)))
		})
		left = len(shown) - maxRows
		shown = shown[:maxRows]
	}
	width := 0
	for _, r := range shown {
		width = max(width, length(figure(r.UsedPeak)))
	}
	for _, r := range shown {
		t.add(clean(bottleneckName(r.Resource, r.Scope)), peakOf(r, width), reserved(r), fullness(s, r))
	}
	if left > 0 {
		return t, fmt.Sprintf("… and %d more", left)
	}
	return t, ""
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

func value(x *float64) float64 {
	if x == nil {
		return 0
	}
	return *x
}

// peakOf: " 1,536 / 6,144 units".
func peakOf(r ResourceSummary, width int) string {
	text := fmt.Sprintf("%*s / ", width, figure(r.UsedPeak))
	if r.CapacityPeak == nil {
		return text + "no limit"
	}
	text += figure(*r.CapacityPeak)
	if r.Unit != "" {
		text += " " + r.Unit
	}
	return text
}

func reserved(r ResourceSummary) string {
	if r.UsedMeanFraction == nil {
		return "–"
	}
	return percent(*r.UsedMeanFraction)
}

// fullness: since when, or for how much of the time.
func fullness(s *Summary, r ResourceSummary) string {
	switch length := s.Scenario.Duration - s.Scenario.Warmup; {
	case r.FullSince != nil:
		return clockOf(*r.FullSince)
	case r.Full > 0 && length > 0:
		return percent(r.Full/length) + " of the time"
	}
	return "–"
}

// failureTable is left out where the tables above say it all.
func failureTable(s *Summary) (*table, string) {
	t := &table{columns: []column{
		{title: "FAILURES", least: 20}, {title: "COUNT", right: true}, {title: "FIRST AT"}, {title: "OF", least: 12},
	}}
	rows := s.Failures[:min(len(s.Failures), maxRows)]
	for _, f := range rows {
		t.add(f.Reason, amount(f.Count), clockOf(f.FirstAt), clean(cmp.Or(f.Service, f.Job)))
	}
	return t, more(len(s.Failures))
}
