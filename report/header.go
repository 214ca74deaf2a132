package report

import (
	"fmt"
	"slices"
	"strings"
)

// header says in one line, where that is wide enough, what was simulated and how long that took.
func (t *terminal) header(s *Summary) {
	name, elapsed := cut(clean(s.Scenario.Name), 24)+"   ", ""
	if t.Elapsed > 0 {
		elapsed = fmt.Sprintf("%.2fs", t.Elapsed.Seconds())
	}
	room := t.prose
	if elapsed != "" {
		room -= len(elapsed) + 2
	}
	items := headerItems(s)
	if length(name)+length(strings.Join(items, between)) > room {
		// How many services, jobs and clusters there are can be seen below.
		counts := []string{plural(int64(len(s.Services)), "service"), plural(int64(len(s.Jobs)), "job")}
		items = slices.DeleteFunc(items, func(item string) bool {
			return slices.Contains(counts, item) || strings.HasSuffix(item, " clusters")
		})
	}
	for i := range items {
		items[i] = strings.ReplaceAll(items[i], " ", unbroken)
	}
	lines := wrap(strings.Join(items, unbroken+"· "), name, "   ", room)
	if elapsed != "" {
		lines[0] += strings.Repeat(" ", max(2, t.prose-length(lines[0])-len(elapsed))) + elapsed
	}
	for _, line := range lines {
		t.line(strings.ReplaceAll(line, unbroken, " "))
	}
	t.blank()
}

// headerItems: 3 × m5.large, 1 service, 1 job, 73 tasks, 30m, seed 1.
func headerItems(s *Summary) []string {
	var items []string
	if s.Scenario.About != "" {
		items = strings.Split(clean(s.Scenario.About), ", ")
	}
	return append(items, tasks(s.Totals.Wanted), spanOf(s.Scenario.Duration), seeds(s))
}

// between stands between the items of the header; a line is broken only behind it. unbroken stands for a space at
// which no line may be broken: it must be none for package unicode.
const (
	between  = " · "
	unbroken = "\ue000"
)

func tasks(n int64) string {
	if n == 1 {
		return "1 task"
	}
	return thousands(n) + " tasks"
}

// seeds: "seed 1", "seeds 1–20" or, where some are missing, "3 seeds of 1–20".
func seeds(s *Summary) string {
	r := s.Replications
	if r == nil || len(r.Seeds) == 0 {
		return fmt.Sprintf("seed %d", s.Scenario.Seed)
	}
	first, last := r.Seeds[0], r.Seeds[len(r.Seeds)-1]
	switch {
	case first == last:
		return fmt.Sprintf("seed %d", first)
	case last-first+1 != uint64(len(r.Seeds)):
		return fmt.Sprintf("%d seeds of %d–%d", len(r.Seeds), first, last)
	}
	return fmt.Sprintf("seeds %d–%d", first, last)
}
