package plot

// Lines is the picture of one figure over one thing that was varied.
type Lines struct {
	Title, Subtitle string
	X               string // name of what was varied
	Name, Unit      string // of the figure
	Numeric         bool   // XValues are numbers on a scale; else XLabels are categories
	XValues         []float64
	XLabels         []string // of categories, or of numbers where the caller knows better
	Series          []LineSeries
	Remark          string // stands at the foot
}

// LineSeries is one line with as many values as there are x. NaN = no value.
type LineSeries struct {
	Name            string
	Mean, Low, High []float64 // Low and High bound the interval; may be nil
}

// DrawLines draws means with the bands of their intervals.
func DrawLines(Lines) (Picture, error) { return Picture{}, errEmpty }
