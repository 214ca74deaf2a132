package plot

// Heat is the picture of one figure over two things that were varied.
type Heat struct {
	Title, Subtitle string
	X, Y            HeatAxis
	Values          [][]float64 // Values[y][x]; NaN = there is no such cell
	Name, Unit      string      // of the values
	Infeasible      [][]bool    // cells, as Values, in which an expectation did not hold; may be nil
	Best            [2]int      // the best cell is Values[Best[0]][Best[1]]; negative = none
	Remark          string      // stands at the foot
}

// HeatAxis is what was varied, and its values in order.
type HeatAxis struct {
	Name   string
	Labels []string
}

// Heats are small multiples of heat maps with one scale of colours: a third
// axis and more. The titles of the maps stand above each.
type Heats struct {
	Title, Subtitle string
	Heats           []Heat
	Remark          string
}

// DrawHeat draws one map.
func DrawHeat(Heat) (Picture, error) { return Picture{}, errEmpty }

// DrawHeats draws several.
func DrawHeats(Heats) (Picture, error) { return Picture{}, errEmpty }
