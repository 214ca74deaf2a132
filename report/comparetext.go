package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// verdict is one sentence that a manager can read: which variant is best on cost and on waiting, or that none is. Where
// some variants leave more tasks without a place than others, that counts too: who turns tasks away has no queue.
func (c *Comparison) verdict() string {
	names := c.judged()
	if len(names) == 0 || len(c.Variants) < 2 {
		return ""
	}
	if len(c.Seeds) < minSeeds {
		return fmt.Sprintf("need >= %d seeds for a 95 %% interval: which variant is best is not known yet", minSeeds)
	}
	var sets [][]string
	var labels []string
	for _, name := range names {
		set := c.best(name)
		if len(set) == 0 || name == neverPlaced && len(set) == len(c.Variants) {
			continue
		}
		sets, labels = append(sets, set), append(labels, metricLabel(name))
	}
	if len(sets) == 0 {
		return ""
	}
	return c.bestOn(sets, labels)
}

const neverPlaced = "tasks_never_placed"

// judged are the metrics of the sentence: those that every planner asks for, else the first that have a good side.
func (c *Comparison) judged() []string {
	var names []string
	for _, name := range []string{"cost_usd", "task_wait_s.p95", neverPlaced} {
		if slices.ContainsFunc(c.Metrics, func(m ComparedMetric) bool { return m.Name == name }) {
			names = append(names, name)
		}
	}
	for _, m := range c.Metrics {
		if m.Better != "" && len(names) < 2 && !slices.Contains(names, m.Name) {
			names = append(names, m.Name)
		}
	}
	return names
}

// negligible is a relative difference that no sentence is made of, even where an interval leaves 0 out.
const negligible = 0.001

// best are the variants of which none is known to be worse than another on a metric: that with the best mean, and all
// whose difference from it may be 0 or is negligible. Empty where a variant has no value.
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
		d := compareValue(&v, &c.sources[at], metric).Difference
		if d != nil && (d.Verdict != VerdictHigher || d.Relative != nil && *d.Relative < negligible) {
			names = append(names, v.Name)
		}
	}
	return names
}

func (c *Comparison) bestOn(sets [][]string, metrics []string) string {
	all := slices.Clone(sets[0])
	for _, set := range sets[1:] {
		all = slices.DeleteFunc(all, func(name string) bool { return !slices.Contains(set, name) })
	}
	on := enumerate(metrics)
	how := map[int]string{1: "", 2: "both "}[len(metrics)]
	if len(metrics) > 2 {
		how = "all of "
	}
	switch {
	case len(all) == len(c.Variants):
		return "no variant is better than another on " + on
	case len(all) == 1:
		return variantName(all[0]) + " is best on " + how + on
	case len(all) > 1:
		return enumerate(cleaned(all)) + " are best on " + how + on
	}
	parts := make([]string, len(sets))
	for i, set := range sets {
		parts[i] = enumerate(cleaned(set)) + " for " + metrics[i]
		if len(set) == len(c.Variants) {
			parts[i] = "any for " + metrics[i]
		}
	}
	return fmt.Sprintf("no variant is best on %s%s (trade-off: %s)", how, on, strings.Join(parts, ", "))
}

// variantName is a name that leaves room for a sentence.
func variantName(name string) string { return cutMiddle(clean(name), 40) }

// cutMiddle shortens a name: what tells variants apart is at its ends.
func cutMiddle(s string, width int) string {
	if length(s) <= width {
		return s
	}
	r := []rune(s)
	tail := (width - 1) / 2
	return string(r[:width-1-tail]) + "…" + string(r[len(r)-tail:])
}

func cleaned(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = variantName(n)
	}
	return out
}

// leastGain is what common random numbers must bring to be worth a sentence.
const leastGain = 1.1

// commonRandom says what common random numbers are good for here, metric by metric.
func (c *Comparison) commonRandom() string {
	var parts []string
	most := 0.0
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
		most = max(most, high)
		text := times(low)
		if times(high) != text {
			text = strings.TrimSuffix(text, "×") + "–" + times(high)
		}
		parts = append(parts, metricLabel(m.Name)+" "+text)
	}
	if most < leastGain {
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
				c.note("%s has no %s", variantName(v.Variant), metricLabel(m.Name))
			case n > 0:
				c.note("%s has no %s with %s; pairs leave them out", variantName(v.Variant), metricLabel(m.Name), SeedList(v.Missing))
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
			variantName(short.Name), spanOf(short.Duration), variantName(long.Name), spanOf(long.Duration))
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
