package model_test

import (
	"math"
	"math/rand/v2"
)

// bareLoop is the least that any program must do for the reference workload: a binary heap of departures, and best fit
// among nodes by the number of tasks they still hold. It keeps no statistics and no books. It is the yardstick of
// BenchmarkReference.
type bareLoop struct {
	heap   []departure
	free   []int32   // by node
	bucket [][]int32 // nodes by free slots
	place  []int32   // of each node in its bucket
}

type departure struct {
	at   float64
	node int32
}

func newBareLoop(nodes, slots int) *bareLoop {
	b := &bareLoop{free: make([]int32, nodes), place: make([]int32, nodes), bucket: make([][]int32, slots+1)}
	for n := range nodes {
		b.free[n] = int32(slots)
		b.place[n] = int32(n)
		b.bucket[slots] = append(b.bucket[slots], int32(n))
	}
	return b
}

// run plays so many arrivals and returns how many were placed.
func (b *bareLoop) run(tasks int, rate, mean float64) (placed int) {
	r := rand.New(rand.NewPCG(1, 2))
	now := 0.0
	for range tasks {
		now += r.ExpFloat64() / rate
		for len(b.heap) > 0 && b.heap[0].at <= now {
			b.move(b.pop().node, 1)
		}
		for slots := 1; slots < len(b.bucket); slots++ {
			if nodes := b.bucket[slots]; len(nodes) > 0 {
				n := nodes[len(nodes)-1]
				b.move(n, -1)
				b.push(departure{now + r.ExpFloat64()*mean, n})
				placed++
				break
			}
		}
	}
	return placed
}

func (b *bareLoop) move(n, by int32) {
	from := b.bucket[b.free[n]]
	last := from[len(from)-1]
	from[b.place[n]] = last
	b.place[last] = b.place[n]
	b.bucket[b.free[n]] = from[:len(from)-1]
	b.free[n] += by
	b.place[n] = int32(len(b.bucket[b.free[n]]))
	b.bucket[b.free[n]] = append(b.bucket[b.free[n]], n)
}

func (b *bareLoop) push(d departure) {
	b.heap = append(b.heap, d)
	i := len(b.heap) - 1
	for i > 0 && d.at < b.heap[(i-1)/2].at {
		b.heap[i] = b.heap[(i-1)/2]
		i = (i - 1) / 2
	}
	b.heap[i] = d
}

func (b *bareLoop) pop() departure {
	top := b.heap[0]
	last := b.heap[len(b.heap)-1]
	b.heap = b.heap[:len(b.heap)-1]
	i := 0
	for {
		child, least := 2*i+1, math.Inf(1)
		if child < len(b.heap) {
			least = b.heap[child].at
		}
		if child+1 < len(b.heap) && b.heap[child+1].at < least {
			child++
			least = b.heap[child].at
		}
		if last.at <= least {
			break
		}
		b.heap[i] = b.heap[child]
		i = child
	}
	if len(b.heap) > 0 {
		b.heap[i] = last
	}
	return top
}
