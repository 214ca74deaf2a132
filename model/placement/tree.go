package placement

// tree is a tournament over the instances of one cell: the leaves are keys, each inner node the smaller of its two
// children, the root the smallest of all. A change of one leaf walks up until nothing changes any more.
type tree struct {
	// keys[1] is the root, the children of n are 2n and 2n+1, the leaves begin at len(keys)/2.
	keys []key
	// ties counts, below each node, the leaves that tie with its key; only for chains that draw.
	ties []int32
}

func newTree(leaves int, counted bool) tree {
	size := 1
	for size < leaves {
		size *= 2
	}
	t := tree{keys: make([]key, 2*size)}
	for n := range t.keys {
		t.keys[n] = nothing
	}
	if counted {
		t.ties = make([]int32, 2*size)
	}
	return t
}

func (t *tree) capacity() int { return len(t.keys) / 2 }
func (t *tree) root() key     { return t.keys[1] }

// leaf is the key at a position.
func (t *tree) leaf(pos int) key { return t.keys[t.capacity()+pos] }

// set changes one leaf.
func (t *tree) set(pos int, k key) {
	n := t.capacity() + pos
	t.keys[n] = k
	if t.ties != nil {
		t.ties[n] = 1
		for n > 1 {
			n /= 2
			before, ties := t.keys[n], t.ties[n]
			if t.meet(n); t.keys[n] == before && t.ties[n] == ties {
				return
			}
		}
		return
	}
	for n > 1 {
		winner := t.keys[n]
		if rival := t.keys[n^1]; rival.before(winner) {
			winner = rival
		}
		n /= 2
		if t.keys[n] == winner {
			return
		}
		t.keys[n] = winner
	}
}

// put changes a leaf without the walk; rebuild must follow.
func (t *tree) put(pos int, k key) {
	n := t.capacity() + pos
	t.keys[n] = k
	if t.ties != nil {
		t.ties[n] = 1
	}
}

// rebuild recomputes every inner node.
func (t *tree) rebuild() {
	for n := t.capacity() - 1; n >= 1; n-- {
		t.meet(n)
	}
}

// meet recomputes one inner node from its children.
func (t *tree) meet(n int) {
	a, b := t.keys[2*n], t.keys[2*n+1]
	if b.before(a) {
		t.keys[n] = b
	} else {
		t.keys[n] = a
	}
	if t.ties == nil {
		return
	}
	switch {
	case a.ties(b):
		t.ties[n] = t.ties[2*n] + t.ties[2*n+1]
	case b.before(a):
		t.ties[n] = t.ties[2*n+1]
	default:
		t.ties[n] = t.ties[2*n]
	}
}

// rootTies counts the leaves that tie with the root.
func (t *tree) rootTies() int { return int(t.ties[1]) }

// nth is the key of the n-th leaf, from the left, of those that tie with the root.
func (t *tree) nth(n int) key {
	best := t.keys[1]
	node := 1
	for node < t.capacity() {
		left := 2 * node
		switch {
		case !t.keys[left].ties(best):
			node = left + 1
		case n < int(t.ties[left]):
			node = left
		default:
			n -= int(t.ties[left])
			node = left + 1
		}
	}
	return t.keys[node]
}
