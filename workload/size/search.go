package size

import (
	"cmp"
	"fmt"
	"slices"
)

// searcher is a search under way.
type searcher struct {
	Problem
	main   int // axis; negative without an ordered one
	probes []Probe
	asked  map[string]int // by cell, into probes
	best   int            // into probes; negative if nothing holds yet
	// unordered: a probe was against the order, so that nothing is concluded from one cell to another any more.
	unordered bool
	falls     bool // what is to be small falls along the main axis
}

// Search finds the cheapest cell that holds. Columns come in the order of what their first promising cell costs at
// least; in each the border between what fails and what holds is found by bisection from the guess on, among cells that
// may still be cheaper than what is known. The answer's neighbours are asked as well.
//
// Along a single ordered axis of n values it asks at most log2 n + 3 cells if the order holds. If it does not, the answer
// still holds, and the result says what was against the order.
func Search(p Problem) (Result, error) {
	s := &searcher{Problem: p, main: Main(p.Axes), asked: map[string]int{}, best: -1}
	columns := Columns(p.Axes)
	for _, c := range s.promising(columns) {
		if err := s.column(c); err != nil {
			return s.result(columns), err
		}
	}
	if s.best < 0 {
		if err := s.lookElsewhere(columns); err != nil {
			return s.result(columns), err
		}
	}
	err := s.verify()
	return s.result(columns), err
}

// promising is the columns in the order in which they are searched.
func (s *searcher) promising(columns []Cell) []Cell {
	floors := map[string]float64{}
	for _, c := range columns {
		floors[c.key()] = s.floor(s.place(c, s.guess(c)))
	}
	sorted := slices.Clone(columns)
	slices.SortStableFunc(sorted, func(a, b Cell) int { return cmp.Compare(floors[a.key()], floors[b.key()]) })
	return sorted
}

func (c Cell) key() string { return fmt.Sprint([]int(c)) }

// length is how many cells a column has.
func (s *searcher) length() int {
	if s.main < 0 {
		return 1
	}
	return s.Axes[s.main].Values
}

// place is a cell of a column.
func (s *searcher) place(column Cell, index int) Cell {
	if s.main < 0 {
		return column
	}
	return column.at(s.main, index)
}

func (s *searcher) floor(c Cell) float64 {
	if s.Floor == nil {
		return 0
	}
	return s.Floor(c)
}

// guess is within the column, or the middle.
func (s *searcher) guess(column Cell) int {
	if s.Guess == nil {
		return (s.length() - 1) / 2
	}
	return max(0, min(s.Guess(column), s.length()-1))
}

// ask simulates a cell, once.
func (s *searcher) ask(c Cell) (Verdict, error) {
	if n, ok := s.asked[c.key()]; ok {
		return s.probes[n].Verdict, nil
	}
	v, err := s.Ask(c)
	if err != nil {
		return v, err
	}
	s.asked[c.key()] = len(s.probes)
	s.probes = append(s.probes, Probe{Cell: slices.Clone(c), Verdict: v})
	if last := len(s.probes) - 1; v.Holds && (s.best < 0 || s.probes[last].before(&s.probes[s.best])) {
		s.best = last
	}
	return v, nil
}

// worth asks whether a cell may be better than what is known.
func (s *searcher) worth(c Cell) bool {
	if s.best < 0 || s.Floor == nil {
		return true
	}
	p := Probe{Cell: c, Verdict: Verdict{Cost: s.Floor(c)}}
	return p.before(&s.probes[s.best])
}

// limit is the largest index of a column that is worth asking; negative if none is.
func (s *searcher) limit(column Cell) int {
	for i := s.length() - 1; i >= 0; i-- {
		if s.worth(s.place(column, i)) {
			return i
		}
	}
	return -1
}

// below is the largest index of a column that is known to fail, or that more of everything is known to fail with;
// negative if there is none.
func (s *searcher) below(column Cell) int {
	for i := s.length() - 1; i >= 0; i-- {
		c := s.place(column, i)
		if slices.ContainsFunc(s.probes, func(p Probe) bool { return !p.Holds && s.least(c, p.Cell) }) {
			return i
		}
	}
	return -1
}

// least reports whether a has no more than b on any ordered axis, and the same on all others.
func (s *searcher) least(a, b Cell) bool {
	for i, axis := range s.Axes {
		if a[i] > b[i] || !axis.Ordered && a[i] != b[i] {
			return false
		}
	}
	return true
}

// column searches one column for its first cell that holds, as far as it may be better than what is known.
func (s *searcher) column(column Cell) error {
	b := border{
		lo: s.below(column), hi: s.limit(column) + 1, guess: -1, known: s.best >= 0, budget: s.budget(),
	}
	if s.Guess != nil {
		b.guess = s.guess(column)
	}
	for b.lo+1 < b.hi {
		at := b.next()
		v, err := s.ask(s.place(column, at))
		if err != nil {
			return err
		}
		b.learn(at, v.Holds)
		if limit := s.limit(column); limit+1 < b.hi { // what was found is better than all from here on
			b.hi, b.held = limit+1, false
		}
	}
	if !s.BothEnds {
		return nil
	}
	_, err := s.ask(s.place(column, s.length()-1))
	return err
}

// budget of a single axis is what is promised; a column of several may take twice as many bisections.
func (s *searcher) budget() int {
	if len(s.Axes) == 1 {
		return log2(s.length()) + promised
	}
	return 2*log2(s.length()) + promised
}

// border is what is known of where a column begins to hold.
type border struct {
	lo, hi int  // the last that fails, the first that holds or is not worth asking
	held   bool // hi holds
	guess  int  // negative for none
	known  bool // an answer is known from another column
	tried  int
	budget int // how many probes the column may take
	step   int // how far the next leap goes
}

// next is where to ask. Where an answer is known the top comes first: few columns beat it, and most are done with one
// probe. Else the guess, and the one below it if it holds; if it fails, leaps upwards from it, each twice as long as the
// last: a cell that fails is known to with a seed or two, one that holds takes all of them. Without a guess the top, for
// if that fails the column is done. Then the middle. The budget makes leaps longer where few probes are left.
func (b *border) next() int {
	inside := func(i int) bool { return b.lo < i && i < b.hi }
	top := b.hi - 1
	switch {
	case b.known && b.tried == 0:
		return top
	case b.guess >= 0 && inside(b.guess):
		return b.guess
	case b.held && b.hi == b.guess && inside(b.guess-1):
		return b.guess - 1
	case !b.held && b.guess >= 0:
		return b.leap()
	case !b.held && b.tried == 0:
		return top
	}
	return b.lo + (b.hi-b.lo)/2
}

// leap goes up from the last that fails, no further than the budget allows should it hold, and no less far than it allows
// should it fail.
func (b *border) leap() int {
	at, top := b.lo+max(b.step, 1, (b.guess+1)/8), b.hi-1
	b.step = 2 * (at - b.lo)
	for at > b.lo+1 && b.tried+1+bisections(at-b.lo) > b.budget {
		at--
	}
	for at < top && b.tried+1+bisections(b.hi-at) > b.budget {
		at++
	}
	return min(at, top)
}

// promised is how many probes a single column takes at most beside log2 of its length.
const promised = 3

// log2 is rounded down.
func log2(n int) (bits int) {
	for ; n > 1; n /= 2 {
		bits++
	}
	return bits
}

// bisections is how many probes it takes to find a border within so many steps.
func bisections(steps int) int {
	if steps <= 1 {
		return 0
	}
	return log2(steps-1) + 1
}

func (b *border) learn(at int, holds bool) {
	b.tried++
	if holds {
		b.hi, b.held = at, true
		return
	}
	b.lo = at
}
