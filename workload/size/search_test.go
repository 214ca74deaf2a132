package size

import (
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// oracle is a made-up grid that counts what it is asked.
type oracle struct {
	axes  []Axis
	holds func(Cell) bool
	cost  func(Cell) float64
	floor func(Cell) float64
	guess func(Cell) int
	asked map[string]int
}

func (o *oracle) search(t require.TestingT) Result {
	o.asked = map[string]int{}
	r, err := Search(Problem{
		Axes: o.axes, Floor: o.floor, Guess: o.guess,
		Ask: func(c Cell) (Verdict, error) {
			o.asked[c.key()]++
			require.Equal(t, 1, o.asked[c.key()], "%v is asked twice", c)
			return Verdict{Holds: o.holds(c), Cost: o.cost(c)}, nil
		},
	})
	require.NoError(t, err)
	require.Len(t, r.Probes, len(o.asked))
	return r
}

// cells are all cells of the grid, in order.
func (o *oracle) cells() []Cell {
	cells := []Cell{make(Cell, len(o.axes))}
	for i, a := range o.axes {
		var wider []Cell
		for _, c := range cells {
			for v := range a.Values {
				wider = append(wider, c.at(i, v))
			}
		}
		cells = wider
	}
	return cells
}

// bruteForce is the cheapest cell that holds, from asking all.
func (o *oracle) bruteForce() *Probe {
	var best *Probe
	for _, c := range o.cells() {
		p := &Probe{Cell: c, Verdict: Verdict{Holds: o.holds(c), Cost: o.cost(c)}}
		if p.Holds && (best == nil || p.before(best)) {
			best = p
		}
	}
	return best
}

// line is one ordered axis of n values that holds from a threshold on; with threshold n nothing holds.
func line(n, threshold int) *oracle {
	return &oracle{
		axes:  []Axis{{Values: n, Ordered: true}},
		holds: func(c Cell) bool { return c[0] >= threshold },
		cost:  func(c Cell) float64 { return float64(c[0]) },
	}
}

// Every length up to 24 and a few longer ones, every threshold, and guesses all over.
func TestOneAxisTakesLogarithmicallyManyProbes(t *testing.T) {
	lengths := []int{33, 64, 65, 100, 127, 128, 129}
	for n := 1; n <= 24; n++ {
		lengths = append(lengths, n)
	}
	for _, n := range lengths {
		for threshold := range n {
			for guess := -1; guess < n; guess += 1 + n/25 {
				o := line(n, threshold)
				if guess >= 0 {
					o.guess = func(Cell) int { return guess }
				}
				r := o.search(t)
				require.NotNil(t, r.Best)
				require.Equal(t, Cell{threshold}, r.Best.Cell, "n %d guess %d", n, guess)
				require.LessOrEqual(t, float64(len(r.Probes)), math.Log2(float64(n))+3, "n %d threshold %d guess %d", n, threshold, guess)
				require.Empty(t, r.Inversions)
				require.True(t, r.Exhausted)
				if threshold > 0 {
					require.Equal(t, []Probe{{Cell: Cell{threshold - 1}, Verdict: Verdict{Cost: float64(threshold - 1)}}}, r.Below)
				}
			}
		}
	}
}

func TestAGoodGuessTakesTwoProbesAndOneAboveTheAnswer(t *testing.T) {
	o := line(1000, 417)
	o.guess = func(Cell) int { return 417 }
	r := o.search(t)
	require.Equal(t, []Cell{{417}, {416}, {418}}, []Cell{r.Probes[0].Cell, r.Probes[1].Cell, r.Probes[2].Cell})
	require.Len(t, r.Probes, 3)
	require.Len(t, r.Above, 1)
}

func TestNothingHolds(t *testing.T) {
	r := line(1000, 1000).search(t)
	require.Nil(t, r.Best)
	require.LessOrEqual(t, len(r.Probes), 5)
	require.Equal(t, Cell{999}, r.Columns[0].Fails.Cell, "the largest is the closest")
}

// A target capacity: the larger the cheaper and the tighter.
func TestAnAxisMayFall(t *testing.T) {
	for _, last := range []int{0, 1, 40, 98} {
		o := line(100, 0)
		o.holds = func(c Cell) bool { return c[0] <= last }
		o.cost = func(c Cell) float64 { return 100 - float64(c[0]) }
		r := o.search(t)
		require.Equal(t, Cell{last}, r.Best.Cell)
		require.True(t, r.Falling)
		require.False(t, r.Above[0].Holds)
		require.LessOrEqual(t, len(r.Probes), 20)
	}
}

// All hold, and the last is the cheapest: the order of the axis says nothing of its price.
func TestACostThatFallsIsFollowed(t *testing.T) {
	for _, last := range []int{99, 60} {
		o := line(100, 0)
		o.holds = func(c Cell) bool { return c[0] <= last }
		o.cost = func(c Cell) float64 { return 100 - float64(c[0]) }
		o.guess = func(Cell) int { return 0 }
		r := o.search(t)
		require.Equal(t, Cell{last}, r.Best.Cell)
		require.True(t, r.Falls)
		require.LessOrEqual(t, len(r.Probes), 20)
	}
}

// A single fleet size in the middle of the range, which no bisection meets, and what is found at a quarter.
func TestAnInteriorThatHoldsIsFound(t *testing.T) {
	o := line(101, 0)
	o.holds = func(c Cell) bool { return 20 <= c[0] && c[0] <= 30 }
	r := o.search(t)
	require.Equal(t, Cell{20}, r.Best.Cell)
	require.NotEmpty(t, r.Inversions)
	require.False(t, r.Falling)
}

func TestAProbeAgainstTheOrderIsToldAndTheSearchGoesOn(t *testing.T) {
	o := line(64, 0)
	o.holds = func(c Cell) bool { return c[0] >= 20 && c[0] != 21 || c[0] == 7 }
	o.guess = func(Cell) int { return 20 }
	r := o.search(t)
	require.Equal(t, []Cell{{20}, {21}}, []Cell{r.Inversions[0].Less.Cell, r.Inversions[0].More.Cell})
	require.Equal(t, Cell{7}, r.Best.Cell, "a cheaper one that no bisection finds")
	require.False(t, r.Exhausted, "not all of 64 cells are asked")
}

func TestFloorsSaveColumns(t *testing.T) {
	prices := []float64{11, 1, 5, 2}
	first := []int{3, 9, 4, 8}
	o := &oracle{
		axes:  []Axis{{Values: 4}, {Values: 50, Ordered: true}},
		holds: func(c Cell) bool { return c[1] >= first[c[0]] },
		cost:  func(c Cell) float64 { return prices[c[0]] * float64(c[1]+1) },
	}
	o.floor, o.guess = o.cost, func(c Cell) int { return first[c[0]] - 1 }
	r := o.search(t)
	require.Equal(t, o.bruteForce(), r.Best)
	require.Equal(t, Cell{1, 9}, r.Best.Cell)
	require.LessOrEqual(t, len(r.Probes), 6)
	require.Nil(t, r.Columns[0].Holds)
	require.Nil(t, r.Columns[0].Fails, "even one of it is dearer: it is not asked at all")
	require.Equal(t, Cell{3, 3}, r.Columns[3].Fails.Cell, "the most that would be cheaper does not hold")
}

func TestAnErrorEndsTheSearch(t *testing.T) {
	stop := errors.New("interrupted")
	r, err := Search(Problem{Axes: []Axis{{Values: 9, Ordered: true}}, Ask: func(c Cell) (Verdict, error) {
		if c[0] < 8 {
			return Verdict{}, stop
		}
		return Verdict{Holds: true, Cost: 8}, nil
	}})
	require.ErrorIs(t, err, stop)
	require.Equal(t, Cell{8}, r.Best.Cell, "what is known until then")
}

// grid is a random problem whose order holds: on every combination of the unordered axes a random staircase, and a cost
// that rises along ordered axes.
func grid(t *rapid.T) *oracle {
	o := &oracle{}
	for range rapid.IntRange(1, 3).Draw(t, "axes") {
		o.axes = append(o.axes, Axis{Values: rapid.IntRange(1, 9).Draw(t, "values"), Ordered: rapid.Bool().Draw(t, "ordered")})
	}
	corners := map[string]Cell{} // what holds is everything above a corner, per combination of unordered values
	prices := map[string]float64{}
	fixed := func(c Cell) string {
		f := slices.Clone(c)
		for i, a := range o.axes {
			if a.Ordered {
				f[i] = 0
			}
		}
		return f.key()
	}
	slack := rapid.Float64Range(0, 2).Draw(t, "slack")
	steps := make([]float64, len(o.axes))
	for i := range steps {
		steps[i] = float64(rapid.IntRange(0, 3).Draw(t, "step"))
	}
	for _, c := range o.cells() {
		if _, ok := prices[fixed(c)]; ok {
			continue
		}
		prices[fixed(c)] = float64(rapid.IntRange(1, 4).Draw(t, "price"))
		for k := range 2 {
			corner := make(Cell, len(o.axes))
			for i, a := range o.axes {
				corner[i] = rapid.IntRange(0, a.Values).Draw(t, "corner")
			}
			corners[fixed(c)+string(rune('a'+k))] = corner
		}
	}
	bare := func(c Cell) float64 {
		sum := 1.0
		for i, a := range o.axes {
			if a.Ordered {
				sum += steps[i] * float64(c[i])
			}
		}
		return sum * prices[fixed(c)]
	}
	o.cost = func(c Cell) float64 { return bare(c) + slack }
	o.holds = func(c Cell) bool {
		for _, k := range []string{"a", "b"} {
			above := true
			for i, a := range o.axes {
				above = above && (!a.Ordered || c[i] >= corners[fixed(c)+k][i])
			}
			if above {
				return true
			}
		}
		return false
	}
	if rapid.Bool().Draw(t, "floors") {
		o.floor = bare
	}
	if rapid.Bool().Draw(t, "guesses") {
		offset := rapid.IntRange(-3, 12).Draw(t, "guess")
		o.guess = func(c Cell) int { return offset + c[0] }
	}
	return o
}

func TestTheSearchFindsWhatBruteForceFinds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := grid(t)
		r, want := o.search(t), o.bruteForce()
		if want == nil {
			require.Nil(t, r.Best)
			return
		}
		require.NotNil(t, r.Best)
		require.Equal(t, want.Cost, r.Best.Cost)
		require.Equal(t, want.Cell, r.Best.Cell)
		require.Empty(t, r.Inversions)
	})
}

// Whatever the grid: the answer holds, its neighbours with less are asked and are no better, and if the order breaks among
// what was asked, the result says so.
func TestWithoutAnOrderTheAnswerHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := grid(t)
		verdicts := map[string]bool{}
		share := rapid.IntRange(0, 4).Draw(t, "share")
		for _, c := range o.cells() {
			verdicts[c.key()] = rapid.IntRange(0, 4).Draw(t, "holds") < share
		}
		o.holds = func(c Cell) bool { return verdicts[c.key()] }
		r := o.search(t)
		against := false
		for _, less := range r.Probes {
			for _, more := range r.Probes {
				ordered := true
				for i, a := range o.axes {
					ordered = ordered && (less.Cell[i] == more.Cell[i] || a.Ordered && less.Cell[i] < more.Cell[i])
				}
				against = against || ordered && less.Holds && !more.Holds
			}
		}
		require.Equal(t, against, len(r.Inversions) > 0)
		if r.Best == nil {
			return
		}
		require.True(t, o.holds(r.Best.Cell))
		for i, a := range o.axes {
			if a.Ordered && r.Best.Cell[i] > 0 {
				less := r.Best.Cell.at(i, r.Best.Cell[i]-1)
				require.Equal(t, 1, o.asked[less.key()], "%v beside the answer %v", less, r.Best.Cell)
				require.False(t, o.holds(less) && o.cost(less) <= r.Best.Cost && o.cost(less) < r.Best.Cost)
			}
		}
	})
}
