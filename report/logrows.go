package report

import "iter"

// logRows is a list that grows in pieces: growing copies nothing, and a long log costs the memory of its rows only.
type logRows[T any] struct {
	pieces []*[pieceRows]T
	count  int
}

const pieceRows = 1024

// add appends a zero row and returns it.
func (r *logRows[T]) add() *T {
	if r.count == len(r.pieces)*pieceRows {
		r.pieces = append(r.pieces, new([pieceRows]T))
	}
	r.count++
	return r.at(r.count - 1)
}

func (r *logRows[T]) at(n int) *T { return &r.pieces[n/pieceRows][n%pieceRows] }
func (r *logRows[T]) len() int    { return r.count }

// all yields the rows in order.
func (r *logRows[T]) all() iter.Seq[*T] {
	return func(yield func(*T) bool) {
		for n := range r.count {
			if !yield(r.at(n)) {
				return
			}
		}
	}
}
