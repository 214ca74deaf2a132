package placement

import (
	"cmp"
	"math/rand/v2"
	"slices"

	"ecssim/model/fleet"
)

// class is the index's memory for one Demand: for every instance whether it is a candidate and where it stands in the
// order of the strategy. It is brought up to date when it is asked, from the log of instances that changed since.
type class struct {
	demand *Demand
	chain  chain
	cells  []cell
	// order lists the cells by their attribute values, in the order of the chain: the order in which Random counts.
	order []int32
	// values numbers, for each attribute of the chain, its values; counts holds the group's tasks for each value.
	values []map[string]int32
	counts [][]int64

	// top is the tree of cells, leaves its leaf for each cell, and holders the nodes for each attribute's values; nil
	// after a new cell has come.
	top     *group
	leaves  []*group
	roots   []key // the best key of each cell, side by side for the tournaments
	holders [][][]*group

	seats []seat // by slot
	// byReason counts the instances that each reason excludes.
	byReason [NumReasons]int32
	// seen is the position in the index's log up to which this class has looked.
	seen uint64
	// used is when the class was last asked, for forgetting the least used.
	used uint64
}

// cell is the set of instances with the same values of all attributes that the chain spreads over.
type cell struct {
	values []int32
	names  []string
	tree   tree
	size   int
}

// seat is what the class knows of one slot.
type seat struct {
	cell, pos int32
	// ofGroup is the number of the group's tasks that is already in counts.
	ofGroup int32
	// before and after are the answers that cannot change: those tested before the resources and behind them.
	before, after Reason
	reason        Reason
	gone          bool
}

func newClass(d *Demand) *class {
	c := &class{demand: d, chain: newChain(d.Strategy)}
	c.values = make([]map[string]int32, len(c.chain.attributes))
	c.counts = make([][]int64, len(c.chain.attributes))
	for a := range c.values {
		c.values[a] = map[string]int32{}
	}
	return c
}

// admit gives the next slot a seat. The keys follow with look or rebuild.
func (c *class) admit(i *fleet.Instance) {
	n := c.cellOf(i)
	cl := &c.cells[n]
	if cl.size == cl.tree.capacity() {
		c.grow(cl)
	}
	c.seats = append(c.seats, seat{
		cell: int32(n), pos: int32(cl.size),
		before: c.demand.eligible(i), after: c.demand.admittedForGood(i),
	})
	cl.size++
	c.byReason[Fits]++ // the seat's reason is Fits until look says otherwise
}

// grow doubles a cell's tree.
func (c *class) grow(cl *cell) {
	old := cl.tree
	cl.tree = newTree(2*old.capacity(), c.chain.random)
	for pos := range cl.size {
		cl.tree.put(pos, old.leaf(pos))
	}
	cl.tree.rebuild()
}

// cellOf finds or makes the cell of an instance.
func (c *class) cellOf(i *fleet.Instance) int {
	var buffer [MaxRules]string
	names := buffer[:0]
	for _, attribute := range c.chain.attributes {
		names = append(names, i.Attributes[attribute])
	}
	at, found := slices.BinarySearchFunc(c.order, names, func(n int32, names []string) int {
		return slices.Compare(c.cells[n].names, names)
	})
	if found {
		return int(c.order[at])
	}
	c.cells = append(c.cells, cell{
		values: c.valuesOf(names), names: slices.Clone(names), tree: newTree(1, c.chain.random),
	})
	c.order = slices.Insert(c.order, at, int32(len(c.cells)-1))
	c.top = nil
	return len(c.cells) - 1
}

// valuesOf numbers the values of a new cell, making numbers for new ones.
func (c *class) valuesOf(names []string) []int32 {
	values := make([]int32, len(names))
	for a, name := range names {
		v, ok := c.values[a][name]
		if !ok {
			v = int32(len(c.counts[a]))
			c.values[a][name] = v
			c.counts[a] = append(c.counts[a], 0)
		}
		values[a] = v
	}
	return values
}

// look brings one instance up to date and returns its key, and whether its share in the counts changed; i is nil for
// an instance that is gone.
func (c *class) look(slot int, i *fleet.Instance) (k key, counted bool) {
	s := &c.seats[slot]
	reason, mine := Fits, int32(0)
	k = nothing
	if i != nil {
		reason = c.test(s, i)
		if len(c.counts) > 0 {
			mine = int32(i.TasksOf(c.demand.Group))
		}
		if reason == Fits {
			k = c.chain.candidate(i, c.demand.Group)
		} else {
			k = rejected(i, reason, c.demand.missing(i, reason))
		}
	}
	if mine != s.ofGroup {
		for a, v := range c.cells[s.cell].values {
			c.counts[a][v] += int64(mine - s.ofGroup)
		}
		s.ofGroup = mine
		counted = true
	}
	if reason != s.reason {
		c.byReason[s.reason]--
		c.byReason[reason]++
		s.reason = reason
	}
	if i == nil && !s.gone {
		c.byReason[s.reason]--
		s.gone = true
	}
	return k, counted
}

// test is Demand.Test with the unchanging answers remembered.
func (c *class) test(s *seat, i *fleet.Instance) Reason {
	if r := standing(i); r != Fits {
		return r
	}
	if s.before != Fits {
		return s.before
	}
	if r := c.demand.room(i); r != Fits {
		return r
	}
	if s.after != Fits {
		return s.after
	}
	return c.demand.admittedNow(i)
}

// compare orders two cells' best instances by the whole chain.
func (c *class) compare(a, b int32) int {
	x, y := &c.cells[a], &c.cells[b]
	kx, ky := c.roots[a], c.roots[b]
	for _, p := range c.chain.parts {
		var order int
		if p.attribute {
			order = cmp.Compare(c.counts[p.index][x.values[p.index]], c.counts[p.index][y.values[p.index]])
		} else {
			order = cmp.Compare(kx.local(p.index), ky.local(p.index))
		}
		if order != 0 {
			return order
		}
	}
	return 0
}

// choose is the slot of the instance that the strategy picks, or -1.
func (c *class) choose(draw *rand.Rand) int {
	if len(c.cells) == 0 {
		return -1
	}
	winner, ties := c.top.best(c)
	switch {
	case winner < 0:
		return -1
	case !c.chain.random || ties == 1:
		return c.roots[winner].slot()
	}
	cell, rest := c.nth(int32(draw.IntN(int(ties))))
	return c.cells[cell].tree.nth(int(rest)).slot()
}

// closest is the slot of the instance that came closest, for a class without a candidate; -1 without instances.
func (c *class) closest() int {
	best := nothing
	for n := range c.cells {
		if k := c.cells[n].tree.root(); k.before(best) {
			best = k
		}
	}
	if best == nothing {
		return -1
	}
	return best.slot()
}
