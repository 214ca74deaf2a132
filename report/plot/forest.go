package plot

// Forest is the picture of a comparison with paired seeds: per metric the
// difference of each variant from the base, with its 95 % interval.
type Forest struct {
	Title, Subtitle string
	Base            string // name of the variant that the others are compared with
	Metrics         []ForestMetric
	Remark          string // stands at the foot
}

// ForestMetric is one panel.
type ForestMetric struct {
	Name, Unit string
	Base       float64 // the metric's value in the base
	Better     string  // "lower", "higher" or "" where neither is
	Rows       []ForestRow
}

// ForestRow is one variant. Low and High bound the interval of Diff.
type ForestRow struct {
	Variant         string
	Diff, Low, High float64
	Relative        float64 // Diff as a share of the base; zero = not given
	Equal           bool    // no difference in any seed
	Unknown         bool    // too few seeds for an interval, or no value
}

// DrawForest draws the differences.
func DrawForest(Forest) (Picture, error) { return Picture{}, errEmpty }
