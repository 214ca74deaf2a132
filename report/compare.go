package report

import (
	"fmt"
	"math"
	"slices"

	"ecssim/report/plot"
	"ecssim/sim"
)

// CompareSchema is the version of compare.json: minor versions add fields, major versions break.
const CompareSchema = "1.0"

// Variant is one side of a comparison: the runs of one scenario.
type Variant struct {
	Name string
	// Settings are what makes the variant, as PATH=VALUE; nil for a scenario of its own.
	Settings []string
	// Source is the file or the result folder.
	Source string
	// Rows are the runs, in order of their seeds; all variants have the same seeds.
	Rows []SeedRow
	// Columns are the metrics in the order in which a run tells them; nil for that of their names.
	Columns []string
	// Picture shows the first seed; nil if nobody watched it.
	Picture *plot.MultiplePanel
	// End of that run, in seconds.
	End float64
}

// Row is what a comparison needs of a finished run.
func Row(r *Record) SeedRow {
	row := SeedRow{Seed: r.Seed, Complete: r.Complete(), Duration: inSeconds(r.End), Metrics: map[string]float64{}}
	if b := r.Bottleneck; b != nil {
		name := bottleneckName(b.Resource, b.Scope)
		row.Bottleneck = &name
	}
	for _, f := range Figures(r) {
		row.Metrics[f.Name] = round(f.Value)
	}
	return row
}

// CompareOptions say what is compared.
type CompareOptions struct {
	// Base is the number of the variant that the others are compared with.
	Base int
	// Metrics are names to compare; nil for the usual ones, which a "+" in front of a name keeps, "all" for all.
	Metrics []string
	// Interrupted says that there should be more seeds.
	Interrupted bool
	// Width is what was asked for with --until-width.
	Width *WidthGoal
	// Notes are what the caller has to say.
	Notes []string
}

// WidthGoal is a width that the interval of the differences should have, and whether it was reached.
type WidthGoal struct {
	Share   float64  `json:"share_of_base"` // of the base's mean
	Metrics []string `json:"metrics"`
	Reached bool     `json:"reached"`
	Widest  float64  `json:"widest_share_of_base"`
	Metric  string   `json:"widest_metric"`
}

// Comparison is compare.json. The order of the other variants changes nothing but their order.
type Comparison struct {
	SchemaVersion string            `json:"schema_version"`
	Complete      bool              `json:"complete"`
	Base          string            `json:"base"`
	Seeds         []uint64          `json:"seeds"`
	Method        string            `json:"method"`
	Variants      []ComparedVariant `json:"variants"`
	Metrics       []ComparedMetric  `json:"metrics"`
	Verdict       string            `json:"verdict"`
	CommonRandom  string            `json:"common_random_numbers"`
	Width         *WidthGoal        `json:"until_width,omitempty"`
	Notes         []string          `json:"notes"`
	sources       []Variant         // as they came
	base          int
}

// ComparedVariant says what a variant is, and what bound first in how many of its runs ("none" for nothing).
type ComparedVariant struct {
	Name     string         `json:"name"`
	Source   string         `json:"source,omitempty"`
	Settings []string       `json:"settings,omitempty"`
	First    map[string]int `json:"first_bottlenecks"`
	// Duration is the mean, in seconds.
	Duration float64 `json:"duration_s"`
}

// ComparedMetric is one metric in all variants, in their order.
type ComparedMetric struct {
	Name   string          `json:"name"`
	Unit   string          `json:"unit"`
	Better string          `json:"better"` // "lower", or empty where it depends
	Values []ComparedValue `json:"variants"`
}

// ComparedValue is a metric in one variant: the mean over N seeds with its 95 % interval. Low and High are null with
// fewer than 6.
type ComparedValue struct {
	Variant  string   `json:"variant"`
	N        int      `json:"n"`
	Mean     *float64 `json:"mean"`
	Low      *float64 `json:"low"`
	High     *float64 `json:"high"`
	Min      *float64 `json:"min"`
	Max      *float64 `json:"max"`
	AllEqual bool     `json:"all_equal"`
	// Missing are the seeds whose run does not have the metric.
	Missing []uint64 `json:"missing_seeds,omitempty"`
	// Difference from the base; null for the base, and without a common seed.
	Difference *Difference `json:"difference"`
}

// Verdicts of a difference.
const (
	VerdictLower   = "lower"   // the interval is below 0
	VerdictHigher  = "higher"  // the interval is above 0
	VerdictUnclear = "unclear" // the interval contains 0
	VerdictSame    = "same"    // 0 in every seed
	VerdictUnknown = "unknown" // too few seeds for an interval
)

// Difference is the mean of the paired differences, value less base, seed by seed.
type Difference struct {
	N    int      `json:"n"`
	Mean float64  `json:"mean"`
	Low  *float64 `json:"low"`
	High *float64 `json:"high"`
	// Relative is Mean as a share of the base's mean over the same seeds; null where that is 0.
	Relative *float64 `json:"relative"`
	AllEqual bool     `json:"all_equal"`
	Verdict  string   `json:"verdict"`
	// Gain says how many times wider the interval would be with independent seeds; null where it cannot be told.
	Gain *float64 `json:"common_random_numbers_gain"`
}

const compareMethod = "means over seeds with 95 % intervals after Student; differences paired by seed, with 95 % intervals after Student " +
	"corrected for skewness (Hall 1992)"

// Compare compares variants that were run with the same seeds.
func Compare(variants []Variant, opts CompareOptions) (*Comparison, error) {
	seeds, err := commonSeeds(variants)
	if err != nil {
		return nil, err
	}
	c := &Comparison{
		SchemaVersion: CompareSchema, Complete: !opts.Interrupted, Base: variants[opts.Base].Name, Seeds: seeds,
		Method: compareMethod, Width: opts.Width, Notes: append([]string{}, opts.Notes...), sources: variants, base: opts.Base,
	}
	for _, v := range variants {
		c.Variants = append(c.Variants, describeVariant(v))
	}
	for _, name := range choose(variants, opts.Metrics) {
		m := ComparedMetric{Name: name, Unit: metricUnit(name), Better: better(name)}
		for _, v := range variants {
			m.Values = append(m.Values, compareValue(&v, &variants[opts.Base], name))
		}
		m.Values[opts.Base].Difference = nil
		c.Metrics = append(c.Metrics, m)
	}
	c.Verdict = c.verdict()
	c.CommonRandom = c.commonRandom()
	c.addNotes()
	return c, nil
}

// commonSeeds refuses variants with other seeds than the first: without pairs there is nothing to compare.
func commonSeeds(variants []Variant) ([]uint64, error) {
	var seeds []uint64
	for i, v := range variants {
		var own []uint64
		for _, row := range v.Rows {
			own = append(own, row.Seed)
		}
		if i == 0 {
			seeds = own
		}
		if !slices.Equal(own, seeds) {
			return nil, fmt.Errorf("%s was run with %s, %s with %s: only runs with the same seeds see the same arrivals and faults",
				variants[0].Name, SeedList(seeds), v.Name, SeedList(own))
		}
	}
	return seeds, nil
}

// SeedList names seeds for people: "seed 7", "seeds 1–20", "seeds 1, 3, 9".
func SeedList(seeds []uint64) string {
	switch n := len(seeds); {
	case n == 0:
		return "no seed"
	case n == 1:
		return fmt.Sprintf("seed %d", seeds[0])
	case n > 2 && seeds[n-1]-seeds[0] == uint64(n-1):
		return fmt.Sprintf("seeds %d–%d", seeds[0], seeds[n-1])
	}
	list := ""
	for i, s := range seeds {
		switch {
		case i == maxRows:
			return fmt.Sprintf("seeds %s and %d more", list, len(seeds)-i)
		case i > 0:
			list += ", "
		}
		list += fmt.Sprint(s)
	}
	return "seeds " + list
}

func describeVariant(v Variant) ComparedVariant {
	d := ComparedVariant{Name: v.Name, Source: v.Source, Settings: v.Settings, First: map[string]int{}}
	sum := 0.0
	for _, row := range v.Rows {
		name := "none"
		if row.Bottleneck != nil {
			name = *row.Bottleneck
		}
		d.First[name]++
		sum += row.Duration
	}
	d.Duration = round(sum / float64(max(1, len(v.Rows))))
	return d
}

// compareValue summarises a metric of a variant and its difference from the base.
func compareValue(v, base *Variant, metric string) ComparedValue {
	out := ComparedValue{Variant: v.Name}
	var xs, own, other []float64
	for i, row := range v.Rows {
		x, ok := row.Metrics[metric]
		if !ok {
			out.Missing = append(out.Missing, row.Seed)
			continue
		}
		xs = append(xs, x)
		if b, ok := base.Rows[i].Metrics[metric]; ok {
			own, other = append(own, x), append(other, b)
		}
	}
	if out.N = len(xs); out.N == 0 {
		return out
	}
	mean, low, high, _ := sim.MeanInterval(xs)
	out.Mean, out.Min, out.Max = known(mean), known(slices.Min(xs)), known(slices.Max(xs))
	out.AllEqual = out.N > 1 && slices.Min(xs) == slices.Max(xs)
	if out.N >= minSeeds {
		out.Low, out.High = known(low), known(high)
	}
	if len(own) > 0 {
		out.Difference = compareRuns(own, other)
	}
	return out
}

// compareRuns is the difference of two columns of the same seeds.
func compareRuns(own, base []float64) *Difference {
	ds, sum := make([]float64, len(own)), 0.0
	for i := range own {
		ds[i] = round(own[i] - base[i])
		sum += base[i]
	}
	mean, low, high := differenceInterval(ds)
	d := &Difference{N: len(ds), Mean: round(mean), AllEqual: len(ds) > 1 && slices.Min(ds) == slices.Max(ds)}
	if at := sum / float64(len(ds)); at != 0 {
		d.Relative = known(mean / math.Abs(at))
	}
	if g := commonGain(base, own); g > 0 && len(ds) >= minSeeds {
		d.Gain = known(g)
	}
	switch {
	case len(ds) < minSeeds:
		d.Verdict = VerdictUnknown
		return d
	case d.AllEqual && ds[0] == 0:
		d.Verdict = VerdictSame
	case high < 0:
		d.Verdict = VerdictLower
	case low > 0:
		d.Verdict = VerdictHigher
	default:
		d.Verdict = VerdictUnclear
	}
	d.Low, d.High = known(low), known(high)
	return d
}

// Width is how wide the interval of a metric's differences is at most, as a share of the base's mean. ok is false where
// there is no interval, or no base to measure it by.
func (c *Comparison) width(m *ComparedMetric) (share float64, ok bool) {
	at := m.Values[c.base].Mean
	if at == nil {
		return 0, false
	}
	for _, v := range m.Values {
		d := v.Difference
		switch {
		case d == nil:
			continue
		case d.Low == nil:
			return 0, false
		case *d.High == *d.Low:
			continue
		case *at == 0:
			return 0, false
		}
		share = max(share, (*d.High-*d.Low)/math.Abs(*at))
	}
	return share, true
}

// Reached says how wide the interval of the difference is for the worst of the metrics, and whether that is narrow
// enough. Metrics that are 0 in the base have no width that could be told as a share: they wait for nothing.
func Reached(variants []Variant, base int, metrics []string, share float64) (WidthGoal, error) {
	goal := WidthGoal{Share: share, Metrics: metrics, Reached: true}
	c, err := Compare(variants, CompareOptions{Base: base, Metrics: metrics})
	if err != nil {
		return goal, err
	}
	for i := range c.Metrics {
		m := &c.Metrics[i]
		w, ok := c.width(m)
		if !ok {
			if at := m.Values[base].Mean; at == nil || *at != 0 {
				goal.Reached = false
			}
			continue
		}
		if w > goal.Widest {
			goal.Widest, goal.Metric = round(w), m.Name
		}
	}
	goal.Reached = goal.Reached && goal.Widest <= share
	return goal, nil
}
