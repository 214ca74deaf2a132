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
//
// An event that fires often schedules its successor, which is often among the next to fire. So the first item's place
// stays open while it fires: what is scheduled first goes there and sinks a level or two, which spares the heap a walk
// down and a walk up.
type queue struct {
	heap []item
	open bool // heap[0] has been taken, and nothing has been put in its place yet
}

func (q *queue) len() int {
	if q.open {
		return len(q.heap) - 1
	}
	return len(q.heap)
}

// first is the next item. The queue must be closed and not empty.
func (q *queue) first() *item { return &q.heap[0] }

// take removes the first item and leaves its place open for the next push, until close.
func (q *queue) take() item {
	q.open = true
	return q.heap[0]
}

func (q *queue) push(it item) {
	if q.open {
		q.open = false
		q.sink(it)
		return
	}
	q.heap = append(q.heap, it)
	q.rise(len(q.heap)-1, it)
}

// rise puts an item at a place or above.
func (q *queue) rise(i int, it item) {
	h := q.heap
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

// sink puts an item at the root or below.
func (q *queue) sink(it item) {
	h := q.heap
	i := 0
	for child := 1; child < len(h); child = 2*i + 1 {
		if right := child + 1; right < len(h) && h[right].before(&h[child]) {
			child = right
		}
		if !h[child].before(&it) {
			break
		}
		h[i] = h[child]
		i = child
	}
	h[i] = it
}

// close fills an open place with the last item. It walks the hole to the bottom along the smaller children and lets the
// last item rise from there: it nearly always belongs at the bottom, so this saves half the comparisons.
func (q *queue) close() {
	if !q.open {
		return
	}
	q.open = false
	n := len(q.heap) - 1
	last := q.heap[n]
	q.heap[n] = item{} // drop the reference to the entity
	q.heap = q.heap[:n]
	if n == 0 {
		return
	}
	h := q.heap
	hole := 0
	for child := 1; child < n; child = 2*hole + 1 {
		if right := child + 1; right < n && h[right].before(&h[child]) {
			child = right
		}
		h[hole] = h[child]
		hole = child
	}
	q.rise(hole, last)
}

// pop removes the first item.
func (q *queue) pop() item {
	it := q.take()
	q.close()
	return it
}
