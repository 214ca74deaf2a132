package plot

// Pareto is the picture of a trade-off: both axes are better when lower.
type Pareto struct {
	Title, Subtitle string
	XName, XUnit    string
	YName, YUnit    string
	Points          []ParetoPoint
	Remark          string // stands at the foot
}

// ParetoPoint is one variant. XLow to YHigh bound the intervals; both zero = none.
type ParetoPoint struct {
	Label       string
	X, Y        float64
	XLow, XHigh float64
	YLow, YHigh float64
	Front       bool // no other is better in both
	Base        bool
	Feasible    bool // all expectations held
}

// DrawPareto draws the points and the front.
func DrawPareto(Pareto) (Picture, error) { return Picture{}, errEmpty }
