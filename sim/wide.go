package sim

import (
	"math/big"
	"math/bits"
)

// wide is a signed 192-bit integer. Statistics sum value × nanoseconds: a month of a fleet's memory overflows an
// int64, and a float64 forgets the short intervals once the sum is large. Integers also make the sum the same
// whatever the order of its parts.
type wide struct {
	low, mid uint64
	high     int64
}

// addProduct adds v·t; t must not be negative.
func (w *wide) addProduct(v, t int64) {
	high, low := bits.Mul64(magnitude(v), uint64(t))
	w.add(wide{low: low, mid: high}, v < 0)
}

// addSquare adds v²·t; t must not be negative.
func (w *wide) addSquare(v, t int64) {
	squareHigh, squareLow := bits.Mul64(magnitude(v), magnitude(v))
	mid, low := bits.Mul64(squareLow, uint64(t))
	top, mid2 := bits.Mul64(squareHigh, uint64(t))
	mid, carry := bits.Add64(mid, mid2, 0)
	w.add(wide{low, mid, int64(top + carry)}, false)
}

// add adds x, or takes it away.
func (w *wide) add(x wide, negative bool) {
	var c uint64
	if negative {
		w.low, c = bits.Sub64(w.low, x.low, 0)
		w.mid, c = bits.Sub64(w.mid, x.mid, c)
		w.high -= x.high + int64(c)
		return
	}
	w.low, c = bits.Add64(w.low, x.low, 0)
	w.mid, c = bits.Add64(w.mid, x.mid, c)
	w.high += x.high + int64(c)
}

// big is the number as one that can be divided without loss; readers use it, never the hot path.
func (w wide) big() *big.Int {
	n := big.NewInt(w.high)
	n.Lsh(n, 64).Or(n, new(big.Int).SetUint64(w.mid))
	return n.Lsh(n, 64).Or(n, new(big.Int).SetUint64(w.low))
}

// over is the number divided by a positive one, rounded once.
func (w wide) over(divisor int64) float64 {
	f, _ := new(big.Rat).SetFrac(w.big(), big.NewInt(divisor)).Float64()
	return f
}

// magnitude is |v|, also for the smallest integer, whose negation is itself.
func magnitude(v int64) uint64 {
	if v < 0 {
		return -uint64(v)
	}
	return uint64(v)
}
