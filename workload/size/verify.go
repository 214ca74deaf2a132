package size

import (
	"cmp"
	"slices"
)

// Limits of what is asked when the order of an axis does not hold, or nothing does.
const (
	manyColumns = 64 // whose lower ends are asked
	fewColumns  = 8  // whose insides are asked as well
	moreProbes  = 32 // cells of the answer's column
)

// lookElsewhere is for a grid whose largest cells all fail: perhaps less is better on the main axis, or something in
// between.
func (s *searcher) lookElsewhere(columns []Cell) error {
	n := s.length()
	if s.main < 0 || n < 2 {
		return nil
	}
	for _, c := range columns[:min(len(columns), manyColumns)] {
		places := []int{0}
		if len(columns) <= fewColumns {
			places = append(places, n/4, n/2, 3*n/4)
		}
		for _, at := range places {
			v, err := s.ask(s.place(c, at))
			if err != nil {
				return err
			}
			if !v.Holds {
				continue
			}
			if err := s.around(c, at); err != nil {
				return err
			}
			break
		}
	}
	return nil
}

// around finds where a column ceases to hold on either side of a cell that does.
func (s *searcher) around(column Cell, at int) error {
	for _, far := range []int{-1, s.length()} {
		holds, fails := at, far
		if far > 0 {
			fails-- // the top has failed
		}
		for abs(fails-holds) > 1 {
			middle := holds + (fails-holds)/2
			v, err := s.ask(s.place(column, middle))
			if err != nil {
				return err
			}
			if v.Holds {
				holds = middle
			} else {
				fails = middle
			}
		}
	}
	return nil
}

func abs(n int) int { return max(n, -n) }

// verify asks the neighbours of the answer until it is better than all of them that hold. If something was against the
// order, it goes on through the answer's column.
func (s *searcher) verify() error {
	if err := s.neighbours(); err != nil || s.best < 0 || s.main < 0 {
		return err
	}
	if err := s.oneMore(); err != nil {
		return err
	}
	if err := s.neighbours(); err != nil {
		return err
	}
	if inversions := s.inversions(); len(inversions) == 0 || s.falling(inversions) {
		return nil
	}
	s.unordered = true
	column, asked := s.probes[s.best].Cell.at(s.main, 0), 0
	for i := 0; i < s.length() && asked < moreProbes; i++ {
		c := s.place(column, i)
		if _, known := s.asked[c.key()]; known || !s.worth(c) {
			continue
		}
		asked++
		if _, err := s.ask(c); err != nil {
			return err
		}
	}
	return s.neighbours()
}

// neighbours asks the cells with one less on an ordered axis.
func (s *searcher) neighbours() error {
	for again := true; again && s.best >= 0; {
		best := s.best
		for _, c := range s.beside(-1) {
			if _, err := s.ask(c); err != nil {
				return err
			}
		}
		again = s.best != best
	}
	return nil
}

// oneMore asks the cell above the answer: a fleet that holds by luck often does not with one more. On a single axis it
// is only asked while that stays within the promised number of probes.
func (s *searcher) oneMore() error {
	at := s.probes[s.best].Cell[s.main] + 1
	if at >= s.length() || len(s.Axes) == 1 && len(s.probes) >= s.budget() {
		return nil
	}
	answer := s.best
	if _, err := s.ask(s.probes[answer].Cell.at(s.main, at)); err != nil || s.best == answer {
		return err
	}
	return s.climb()
}

// climb is for an axis along which what is to be small falls, as one more above the answer has shown: it asks the last
// cell of every column, and in the answer's column for the last that holds.
func (s *searcher) climb() error {
	s.falls = true
	column, from := s.probes[s.best].Cell.at(s.main, 0), s.probes[s.best].Cell[s.main]
	for _, c := range Columns(s.Axes) {
		if !s.worth(s.place(c, s.length()-1)) {
			continue
		}
		if _, err := s.ask(s.place(c, s.length()-1)); err != nil {
			return err
		}
	}
	top, err := s.ask(s.place(column, s.length()-1))
	if err != nil || top.Holds {
		return err
	}
	return s.around(column, from)
}

// beside is the cells next to the answer on the ordered axes.
func (s *searcher) beside(step int) (cells []Cell) {
	best := s.probes[s.best].Cell
	for i, axis := range s.Axes {
		if to := best[i] + step; axis.Ordered && to >= 0 && to < axis.Values {
			cells = append(cells, best.at(i, to))
		}
	}
	return cells
}

// inversions are the pairs of probes against the order, the closest first.
func (s *searcher) inversions() (found []Inversion) {
	for _, less := range s.probes {
		for _, more := range s.probes {
			if less.Holds && !more.Holds && s.least(less.Cell, more.Cell) {
				found = append(found, Inversion{less, more})
			}
		}
	}
	slices.SortStableFunc(found, func(a, b Inversion) int { return cmp.Compare(a.distance(), b.distance()) })
	return found
}

func (i *Inversion) distance() (d int) {
	for k := range i.Less.Cell {
		d += i.More.Cell[k] - i.Less.Cell[k]
	}
	return d
}

// falling reports whether less holds wherever more does, in every column that has an inversion.
func (s *searcher) falling(inversions []Inversion) bool {
	for _, i := range inversions {
		column := i.Less.Cell.at(s.main, 0)
		if !slices.Equal(column, i.More.Cell.at(s.main, 0)) {
			return false
		}
		for _, less := range s.probes {
			for _, more := range s.probes {
				same := slices.Equal(less.Cell.at(s.main, 0), column) && slices.Equal(more.Cell.at(s.main, 0), column)
				if same && !less.Holds && more.Holds && less.Cell[s.main] < more.Cell[s.main] {
					return false
				}
			}
		}
	}
	return true
}

// result sums the search up.
func (s *searcher) result(columns []Cell) Result {
	r := Result{Probes: s.probes, Main: s.main, Exhausted: true, Falls: s.falls}
	if s.main >= 0 {
		r.Inversions = s.inversions()
		r.Falling = len(r.Inversions) > 0 && s.falling(r.Inversions)
	}
	for _, c := range columns {
		r.Columns = append(r.Columns, s.fate(c))
	}
	if s.best < 0 {
		return r
	}
	best := s.probes[s.best]
	r.Best = &best
	for _, step := range []int{-1, 1} {
		for _, c := range s.beside(step) {
			if n, ok := s.asked[c.key()]; ok && step < 0 {
				r.Below = append(r.Below, s.probes[n])
			} else if ok {
				r.Above = append(r.Above, s.probes[n])
			}
		}
	}
	r.Exhausted = !s.unordered || s.exhausted(best.Cell)
	return r
}

// exhausted reports whether no cell of the column that could be better has not been asked.
func (s *searcher) exhausted(column Cell) bool {
	for i := range s.length() {
		c := s.place(column, i)
		if _, known := s.asked[c.key()]; !known && s.worth(c) {
			return false
		}
	}
	return true
}

func (s *searcher) fate(column Cell) Column {
	fate := Column{At: column}
	for i := range s.length() {
		n, ok := s.asked[s.place(column, i).key()]
		if !ok {
			continue
		}
		p := s.probes[n]
		switch {
		case !p.Holds:
			fate.Fails = &p
		case fate.Holds == nil || p.before(fate.Holds):
			fate.Holds = &p
		}
	}
	return fate
}
