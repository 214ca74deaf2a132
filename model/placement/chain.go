package placement

import "ecssim/model/fleet"

// A chain of rules picks, among the candidates, the smallest tuple of values, rule by rule; all that are equal
// survive, and Random draws among them. So the index looks for a minimum in lexicographic order:
//
//   - a spread over an attribute gives all instances of a cell (same values of all such attributes) the same value,
//     which changes for the whole cell at once: it orders cells;
//   - the other rules depend on the instance alone: they order the instances within a cell.
//
// Within a cell the attribute values are constant, so the best of a cell is its smallest by the instance rules
// alone, and the best of all is the smallest among the cells' best by the whole chain.

// chain is a strategy prepared for the index.
type chain struct {
	parts      []part
	attributes []string // of the attribute spreads, in order
	locals     []local  // of the instance rules, in order; at most three can differ
	random     bool     // draw among the tied; rules behind it see one candidate and are left out
}

// part is one rule: an attribute spread or an instance rule, and which one.
type part struct {
	attribute bool
	index     int
}

// local is a rule that looks at one instance alone.
type local uint8

const (
	remainingCPU local = iota
	remainingMemory
	tasksOfGroup
	maxLocals = 3
)

func newChain(rules []Rule) chain {
	var c chain
	for _, r := range rules {
		switch {
		case r.Kind == Random:
			c.random = true
			return c
		case r.Kind == Spread && r.Attribute != "":
			if !contains(c.attributes, r.Attribute) { // a repeated rule decides nothing
				c.parts = append(c.parts, part{true, len(c.attributes)})
				c.attributes = append(c.attributes, r.Attribute)
			}
		default:
			l := tasksOfGroup
			if r.Kind == Binpack {
				l = remainingCPU
				if r.Memory {
					l = remainingMemory
				}
			}
			if !contains(c.locals, l) {
				c.parts = append(c.parts, part{false, len(c.locals)})
				c.locals = append(c.locals, l)
			}
		}
	}
	return c
}

func contains[T comparable](list []T, x T) bool {
	for _, y := range list {
		if x == y {
			return true
		}
	}
	return false
}

func (l local) value(i *fleet.Instance, g *fleet.Group) uint64 {
	switch l {
	case remainingCPU:
		return uint64(i.Free.CPU)
	case remainingMemory:
		return uint64(i.Free.Memory)
	default:
		return uint64(i.TasksOf(g))
	}
}

// key orders the instances of a cell: candidates before the others, candidates by the instance rules, the others by
// how close they came, and all by order of registration in the end. From the top bit down:
//
//	candidate:  0, first value (31 bits), second (32) | third (32), slot (32)
//	rejected:   1, 255 - reason (8 bits), missing (55) | 0, slot (32)
//	nothing:    all ones
type key struct{ hi, lo uint64 }

const (
	rejectedBit = uint64(1) << 63
	slotMask    = uint64(1)<<32 - 1
)

var nothing = key{^uint64(0), ^uint64(0)}

func (a key) before(b key) bool { return a.hi < b.hi || a.hi == b.hi && a.lo < b.lo }

// ties reports whether two keys are equal but for the slot.
func (a key) ties(b key) bool { return a.hi == b.hi && a.lo>>32 == b.lo>>32 }

func (a key) fits() bool { return a.hi&rejectedBit == 0 }
func (a key) slot() int  { return int(a.lo & slotMask) }

// local is the value of the n-th instance rule.
func (a key) local(n int) uint64 {
	switch n {
	case 0:
		return a.hi >> 32
	case 1:
		return a.hi & slotMask
	default:
		return a.lo >> 32
	}
}

func (c *chain) candidate(i *fleet.Instance, g *fleet.Group) key {
	var v [maxLocals]uint64
	for n, l := range c.locals {
		v[n] = l.value(i, g)
	}
	return key{v[0]<<32 | v[1], v[2]<<32 | uint64(i.Slot)}
}

func rejected(i *fleet.Instance, r Reason, missing int64) key {
	return key{rejectedBit | uint64(255-r)<<55 | uint64(missing), uint64(i.Slot)}
}
