package placement

import "cmp"

// group is a node of the tree of cells: the cells that share their values of the chain's first attributes. The root
// holds all of them, its children share the first attribute, and so on; the leaves are single cells. Each inner node
// is a tournament among its children, so that a change of one cell, or of the count of one attribute value, is a walk
// to the root, however many cells there are.
type group struct {
	parent *group
	place  int      // among the parent's children
	cell   int32    // of a leaf
	names  []string // of the children's values, in order
	kids   []*group // in the same order

	// wins[n] is the best cell below node n of the tournament, or -1, and ties[n] how many instances tie with its
	// best. wins[1] is the root, the children begin at len(wins)/2.
	wins []int32
	ties []int32
}

// regroup builds the tree of cells from scratch, after new cells have come.
func (c *class) regroup() {
	c.top = &group{}
	c.holders = make([][][]*group, len(c.counts))
	for a := range c.holders {
		c.holders[a] = make([][]*group, len(c.counts[a]))
	}
	c.leaves = make([]*group, len(c.cells))
	c.roots = make([]key, len(c.cells))
	for n := range c.cells {
		c.roots[n] = c.cells[n].tree.root()
	}
	for _, n := range c.order { // in order of names, so that new children come last
		g := c.top
		for a, v := range c.cells[n].values {
			name := c.cells[n].names[a]
			if last := len(g.kids) - 1; last < 0 || g.names[last] != name {
				kid := &group{parent: g, place: len(g.kids)}
				g.names, g.kids = append(g.names, name), append(g.kids, kid)
				c.holders[a][v] = append(c.holders[a][v], kid)
			}
			g = g.kids[len(g.kids)-1]
		}
		g.cell = n
		c.leaves[n] = g
	}
	c.top.settle(c)
}

// settle plays all tournaments of a subtree.
func (g *group) settle(c *class) {
	if len(g.kids) == 0 {
		return
	}
	size := 1
	for size < len(g.kids) {
		size *= 2
	}
	g.wins, g.ties = make([]int32, 2*size), make([]int32, 2*size)
	for n := range g.wins {
		g.wins[n] = -1
	}
	for n, kid := range g.kids {
		kid.settle(c)
		g.wins[size+n], g.ties[size+n] = kid.best(c)
	}
	for n := size - 1; n >= 1; n-- {
		g.play(c, n)
	}
}

// best is the best cell of the group and how many instances tie with it.
func (g *group) best(c *class) (cell, ties int32) {
	if len(g.kids) > 0 {
		return g.wins[1], g.ties[1]
	}
	if !c.roots[g.cell].fits() {
		return -1, 0
	}
	if !c.chain.random {
		return g.cell, 1
	}
	return g.cell, int32(c.cells[g.cell].tree.rootTies())
}

// play is one match: the smaller of the two children of node n wins.
func (g *group) play(c *class, n int) {
	left, right := 2*n, 2*n+1
	order := c.match(g.wins[left], g.wins[right])
	switch {
	case order < 0:
		g.wins[n], g.ties[n] = g.wins[left], g.ties[left]
	case order > 0:
		g.wins[n], g.ties[n] = g.wins[right], g.ties[right]
	default:
		g.wins[n], g.ties[n] = g.wins[left], g.ties[left]+g.ties[right]
	}
}

// match orders two cells by the whole chain; without a draw there are no ties, since the first registered wins.
func (c *class) match(a, b int32) int {
	switch {
	case b < 0:
		return -1
	case a < 0:
		return 1
	}
	order := c.compare(a, b)
	if order == 0 && !c.chain.random {
		return cmp.Compare(c.roots[a].slot(), c.roots[b].slot())
	}
	return order
}

// rise replays the matches of a group that may have become better or worse, up to the first that another cell wins
// as before: what lies above has seen no change.
func (c *class) rise(g *group) {
	for ; g.parent != nil; g = g.parent {
		p := g.parent
		n := len(p.wins)/2 + g.place
		moved, ties := g.best(c)
		p.wins[n], p.ties[n] = moved, ties
		for n > 1 {
			n /= 2
			winner, ties := p.wins[n], p.ties[n]
			if p.play(c, n); p.wins[n] == winner && p.ties[n] == ties && winner != moved {
				return
			}
		}
	}
}

// moved replays the matches that a change in a cell has touched. If the group's tasks there changed in number, every
// cell with one of its attribute values has moved, the deeper ones first.
func (c *class) moved(cell int32, counted bool) {
	c.roots[cell] = c.cells[cell].tree.root()
	if !counted {
		c.rise(c.leaves[cell])
		return
	}
	for a := len(c.counts) - 1; a >= 0; a-- {
		for _, g := range c.holders[a][c.cells[cell].values[a]] {
			c.rise(g)
		}
	}
}

// nth is the cell that holds the n-th of the instances that tie for the best, counted cell by cell in order of their
// values, and the number that is left within it.
func (c *class) nth(n int32) (cell, rest int32) {
	g := c.top
	best, _ := g.best(c)
	for len(g.kids) > 0 {
		node := 1
		for node < len(g.wins)/2 {
			left := 2 * node
			switch {
			case g.wins[left] < 0 || c.match(g.wins[left], best) != 0:
				node = left + 1
			case n < g.ties[left]:
				node = left
			default:
				n -= g.ties[left]
				node = left + 1
			}
		}
		g = g.kids[node-len(g.wins)/2]
	}
	return g.cell, n
}
