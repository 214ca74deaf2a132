package sim

import "time"

// item is one scheduled event, held by value: the queue is one array that the processor reads in order.
type item struct {
	at     time.Duration
	ticket Ticket
	event  Event
}

func (a *item) before(b *item) bool {
	return a.at < b.at || a.at == b.at && a.ticket < b.ticket
}

// queue is a binary heap on (at, ticket). Tickets are unique, so the order is total and does not depend on the
// shape of the heap.
type queue struct{ heap []item }

func (q *queue) len() int     { return len(q.heap) }
func (q *queue) first() *item { return &q.heap[0] }

func (q *queue) push(it item) {
	q.heap = append(q.heap, it)
	h := q.heap
	i := len(h) - 1
	for i > 0 {
		parent := (i - 1) / 2
		if !it.before(&h[parent]) {
			break
		}
		h[i] = h[parent]
		i = parent
	}
	h[i] = it
}

// pop removes the first item. It walks the hole to the bottom along the smaller children and then lets the last
// item rise from there: the last item nearly always belongs at the bottom, so this saves half the comparisons.
func (q *queue) pop() item {
	h := q.heap
	top := h[0]
	n := len(h) - 1
	last := h[n]
	h[n] = item{} // drop the reference to the entity
	q.heap = h[:n]
	h = q.heap
	if n == 0 {
		return top
	}
	hole := 0
	for child := 1; child < n; child = 2*hole + 1 {
		if right := child + 1; right < n && h[right].before(&h[child]) {
			child = right
		}
		h[hole] = h[child]
		hole = child
	}
	for hole > 0 {
		parent := (hole - 1) / 2
		if !last.before(&h[parent]) {
			break
		}
		h[hole] = h[parent]
		hole = parent
	}
	h[hole] = last
	return top
}
