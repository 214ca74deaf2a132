package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// verdict is one sentence that a manager can read: which variant is best on cost and on waiting, or that none is.
func (c *Comparison) verdict() string {
	var names []string
	for _, name := range []string{"cost_usd", "task_wait_s.p95"} {
		if slices.ContainsFunc(c.Metrics, func(m ComparedMetric) bool { return m.Name == name }) {
			names = append(names, name)
		}
	}
	for _, m := range c.Metrics {
		if m.Better != "" && len(names) < 2 && !slices.Contains(names, m.Name) {
			names = append(names, m.Name)
		}
	}
	if len(names) == 0 || len(c.Variants) < 2 {
		return ""
	}
	if len(c.Seeds) < minSeeds {
		return fmt.Sprintf("need >= %d seeds for a 95 %% interval: which variant is best is not known yet", minSeeds)
	}
	sets, labels := make([][]string, len(names)), make([]string, len(names))
	for i, name := range names {
		sets[i], labels[i] = c.best(name), metricLabel(name)
		if len(sets[i]) == 0 {
			return ""
		}
	}
	if len(names) == 1 {
		return c.bestOn(sets[0], labels[0])
	}
	return c.bestOnBoth(sets, labels)
}

// best are the variants of which none is known to be worse than another on a metric: that with the best mean, and all
// whose difference from it may be 0. Empty where a variant has no value.
func (c *Comparison) best(metric string) []string {
	at, lowest := -1, 0.0
	for i, v := range c.sources {
		value := compareValue(&v, &v, metric)
		if value.N < minSeeds {
			return nil
		}
		if at < 0 || *value.Mean < lowest {
			at, lowest = i, *value.Mean
		}
	}
	var names []string
	for _, v := range c.sources {
		if d := compareValue(&v, &c.sources[at], metric).Difference; d != nil && d.Verdict != VerdictHigher {
			names = append(names, v.Name)
		}
	}
	return names
}

func (c *Comparison) bestOn(best []string, metric string) string {
	if len(best) == len(c.Variants) {
		return "no variant is better than another on " + metric
	}
	return enumerate(cleaned(best)) + isBest(best) + " on " + metric
}

func (c *Comparison) bestOnBoth(sets [][]string, metrics []string) string {
	var both []string
	for _, name := range sets[0] {
		if slices.Contains(sets[1], name) {
			both = append(both, name)
		}
	}
	on := metrics[0] + " and " + metrics[1]
	switch {
	case len(both) == len(c.Variants):
		return "no variant is better than another on " + on
	case len(both) > 0:
		return enumerate(cleaned(both)) + isBest(both) + " on both " + on
	}
	return fmt.Sprintf("no variant is best on both %s (trade-off: %s for %s, %s for %s)",
		on, enumerate(cleaned(sets[0])), metrics[0], enumerate(cleaned(sets[1])), metrics[1])
}

func isBest(names []string) string {
	if len(names) == 1 {
		return " is best"
	}
	return " are best"
}

func cleaned(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = clean(n)
	}
	return out
}

// commonRandom says what common random numbers are good for here, metric by metric.
func (c *Comparison) commonRandom() string {
	var parts []string
	for _, m := range c.Metrics {
		low, high := 0.0, 0.0
		for _, v := range m.Values {
			if v.Difference == nil || v.Difference.Gain == nil {
				continue
			}
			g := *v.Difference.Gain
			if low == 0 || g < low {
				low = g
			}
			high = max(high, g)
		}
		if high == 0 || len(parts) == 4 {
			continue
		}
		text := times(low)
		if times(high) != text {
			text = strings.TrimSuffix(text, "×") + "–" + times(high)
		}
		parts = append(parts, metricLabel(m.Name)+" "+text)
	}
	if len(parts) == 0 {
		return ""
	}
	return "the same seeds in all variants (common random numbers) make the interval of the difference narrower than independent " +
		"seeds would: " + strings.Join(parts, ", ")
}

// times: "1.3×", "12×".
func times(x float64) string {
	if x >= 10 {
		return thousands(int64(x+0.5)) + "×"
	}
	return decimal(x, 1) + "×"
}

// addNotes says what a reader must know to believe the table.
func (c *Comparison) addNotes() {
	for _, m := range c.Metrics {
		for _, v := range m.Values {
			switch n := len(v.Missing); {
			case n == len(c.Seeds):
				c.note("%s has no %s", clean(v.Variant), metricLabel(m.Name))
			case n > 0:
				c.note("%s has no %s with %s; pairs leave them out", clean(v.Variant), metricLabel(m.Name), SeedList(v.Missing))
			}
		}
	}
	short, long := c.Variants[0], c.Variants[0]
	for _, v := range c.Variants {
		if v.Duration < short.Duration {
			short = v
		}
		if v.Duration > long.Duration {
			long = v
		}
	}
	if long.Duration > 1.01*short.Duration {
		c.note("%s lasts %s, %s %s: totals, cost_usd among them, are over different times",
			clean(short.Name), spanOf(short.Duration), clean(long.Name), spanOf(long.Duration))
	}
	if g := c.Width; g != nil {
		c.note("%s", g.sentence(len(c.Seeds)))
	}
	if !c.Complete {
		c.note("interrupted: only seeds that were finished in all variants are compared")
	}
}

func (c *Comparison) note(format string, args ...any) {
	c.Notes = append(c.Notes, fmt.Sprintf(format, args...))
}

// sentence says how wide the intervals are and how many seeds that took.
func (g *WidthGoal) sentence(seeds int) string {
	labels := make([]string, len(g.Metrics))
	for i, m := range g.Metrics {
		labels[i] = metricLabel(m)
	}
	switch {
	case g.Reached && g.Metric == "":
		return fmt.Sprintf("after %d seeds no difference of %s varies over the seeds", seeds, enumerate(labels))
	case g.Reached:
		return fmt.Sprintf("after %d seeds the intervals of the difference of %s are at most %s wide, as a share of the base; %s were asked for",
			seeds, enumerate(labels), shareText(g.Widest), shareText(g.Share))
	case g.Metric == "":
		return fmt.Sprintf("after %d seeds there is no interval of the difference of %s to measure", seeds, enumerate(labels))
	}
	return fmt.Sprintf("after %d seeds the interval of the difference of %s is still %s wide, as a share of the base; %s were asked for (see --max-runs)",
		seeds, metricLabel(g.Metric), shareText(g.Widest), shareText(g.Share))
}

// Sofar says how wide the intervals are.
func (g *WidthGoal) Sofar() string {
	if g.Metric == "" {
		return "no interval of the difference yet"
	}
	return fmt.Sprintf("the interval of the difference of %s is %s of the base wide", metricLabel(g.Metric), shareText(g.Widest))
}

// shareText writes a share as a percentage with a decimal where it is small.
func shareText(x float64) string {
	if x < 0.1 {
		return decimal(100*x, 2) + " %"
	}
	return decimal(100*x, 0) + " %"
}

// firsts: "cpu 18, eni 2", the most frequent first.
func firsts(first map[string]int) string {
	names := slices.Sorted(maps.Keys(first))
	slices.SortStableFunc(names, func(a, b string) int { return first[b] - first[a] })
	parts := make([]string, len(names))
	for i, name := range names {
		parts[i] = fmt.Sprintf("%s %d", clean(name), first[name])
	}
	return strings.Join(parts, ", ")
}
