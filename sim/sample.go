package sim

import (
	"fmt"
	"math"
	"slices"
	"time"
)

// exactValues is how many values a Sample keeps as they are.
const exactValues = 10_000

// subBits sets the width of a class: each doubling is cut into 2^subBits equal classes, and a value stands for the
// middle of its class, so it is off by at most 1/2^(subBits+1) of itself: 0.39 %.
const subBits = 7

// Sample summarises numbers that are not negative, such as waiting times, in bounded memory. Quantiles are exact up
// to 10,000 values and within 0.4 % beyond; everything else is always exact up to rounding. The zero Sample is
// empty and ready.
type Sample struct {
	count    int64
	mean     float64
	spread   float64 // sum of squared deviations from the mean, after Welford
	min, max float64

	exact  []float64 // all values, until there are too many
	sorted bool      // whether exact is

	zeros   int64   // then: zeros apart, since they belong to no doubling,
	classes []int64 // and the count of each class,
	first   int     // the first of which is this one
}

// Observe adds one value. A value that is negative, infinite or no number is a bug of the caller and panics.
func (s *Sample) Observe(x float64) {
	if !(x >= 0 && x <= math.MaxFloat64) {
		panic(fmt.Sprintf("sim: sample of %v", x))
	}
	s.count++
	if s.count == 1 {
		s.min, s.max = x, x
	}
	s.min, s.max = min(s.min, x), max(s.max, x)
	from := x - s.mean
	s.mean += from / float64(s.count)
	s.spread += float64(from * (x - s.mean))
	if s.count > exactValues {
		s.classify()
		s.put(x, 1)
		return
	}
	s.exact = append(s.exact, x)
	s.sorted = false
}

// ObserveDuration adds one value in seconds.
func (s *Sample) ObserveDuration(d time.Duration) { s.Observe(d.Seconds()) }

// Merge adds all that other has seen; other stays as it is. For the same bytes on every machine merge in a fixed
// order, since the mean is a float.
func (s *Sample) Merge(other *Sample) {
	if other.count == 0 {
		return
	}
	if s.count == 0 {
		s.min, s.max = other.min, other.max
	}
	s.min, s.max = min(s.min, other.min), max(s.max, other.max)
	mine, theirs := float64(s.count), float64(other.count)
	between := other.mean - s.mean
	s.count += other.count
	all := float64(s.count)
	s.mean += float64(between * (theirs / all))
	s.spread += other.spread + float64(between*between*(mine*theirs/all))
	if s.count <= exactValues {
		s.exact = append(s.exact, other.exact...)
		s.sorted = false
		return
	}
	s.classify()
	for _, x := range other.exact {
		s.put(x, 1)
	}
	s.zeros += other.zeros
	for i, n := range other.classes {
		if n > 0 {
			*s.class(other.first + i) += n
		}
	}
}

// classify moves the exact values into classes.
func (s *Sample) classify() {
	for _, x := range s.exact {
		s.put(x, 1)
	}
	s.exact = nil
}

func (s *Sample) put(x float64, n int64) {
	if x == 0 {
		s.zeros += n
		return
	}
	// The leading bits of a float are its exponent and the upper part of its fraction: the class, without a logarithm.
	*s.class(int(math.Float64bits(x) >> (52 - subBits))) += n
}

// class finds the count of a class and makes room for it. There are at most 2^(11+subBits) classes.
func (s *Sample) class(i int) *int64 {
	if len(s.classes) == 0 {
		s.first = i
	}
	if i < s.first {
		s.classes = slices.Insert(s.classes, 0, make([]int64, s.first-i)...)
		s.first = i
	}
	if missing := i - s.first - len(s.classes) + 1; missing > 0 {
		s.classes = append(s.classes, make([]int64, missing)...)
	}
	return &s.classes[i-s.first]
}

// Count is the number of values.
func (s *Sample) Count() int64 { return s.count }

// Mean is the mean of the values; 0 if there are none, like Min and Max.
func (s *Sample) Mean() float64 { return s.mean }

// Min is the lowest value.
func (s *Sample) Min() float64 { return s.min }

// Max is the highest value.
func (s *Sample) Max() float64 { return s.max }

// SD is the standard deviation with n-1 in the denominator; 0 with fewer than two values.
func (s *Sample) SD() float64 {
	if s.count < 2 {
		return 0
	}
	return math.Sqrt(s.spread / float64(s.count-1))
}

// Exact says whether quantiles are exact.
func (s *Sample) Exact() bool { return s.count <= exactValues }

// Quantile is the nearest-rank quantile: the smallest value such that at least the share q of all values is not
// above it, hence always a value that was seen, never a mix of two. q is from 0 (the minimum) to 1 (the maximum).
// 0 if there are no values. It may sort inside, so it is not for use by several goroutines at once.
func (s *Sample) Quantile(q float64) float64 {
	if !(q >= 0 && q <= 1) {
		panic(fmt.Sprintf("sim: quantile %v", q))
	}
	if s.count == 0 {
		return 0
	}
	rank := nearestRank(q, s.count)
	if s.Exact() {
		if !s.sorted {
			slices.Sort(s.exact)
			s.sorted = true
		}
		return s.exact[rank-1]
	}
	switch {
	case rank == 1:
		return s.min
	case rank == s.count:
		return s.max
	case rank <= s.zeros:
		return 0
	}
	rank -= s.zeros
	for i, n := range s.classes {
		if rank -= n; rank <= 0 {
			return min(max(middle(s.first+i), s.min), s.max)
		}
	}
	panic("sim: sample lost values")
}

// nearestRank is ⌈q·n⌉, from 1 to n. Products such as 0.07·100 = 7.000000000000001 must not round up to the next
// rank, hence the hair's breadth.
func nearestRank(q float64, n int64) int64 {
	exact := q * float64(n)
	return min(max(int64(math.Ceil(exact-exact*1e-12)), 1), n)
}

// middle is the value in the middle of a class.
func middle(class int) float64 {
	low := math.Float64frombits(uint64(class) << (52 - subBits))
	high := math.Float64frombits(uint64(class+1) << (52 - subBits))
	if math.IsInf(high, 0) {
		return low
	}
	return low + (high-low)/2
}
