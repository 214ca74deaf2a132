package plot

import (
	"cmp"
	"math"
	"slices"
)

// column is a stretch of time in which no series changes.
type column struct {
	from, to float64
	values   []float64 // one a series
}

// columns cuts the time at every change of any series; where a series has no
// step its value is absent. Neighbours of equal values are one column.
func columns(series [][]Step, end, absent float64) []column {
	var cuts []float64
	dust := end * 1e-9 // that adding up times leaves behind
	sorted := make([][]Step, len(series))
	for i, steps := range series {
		sorted[i] = seen(ordered(steps, end), end, 2*dust)
		for _, s := range sorted[i] {
			cuts = append(cuts, s.At, s.end())
		}
	}
	slices.Sort(cuts)
	cuts = slices.CompactFunc(cuts, func(a, b float64) bool { return math.Abs(a-b) <= dust })
	var out []column
	next := make([]int, len(series))
	for i := 0; i+1 < len(cuts); i++ {
		c := column{cuts[i], cuts[i+1], make([]float64, len(series))}
		mid := c.from + (c.to-c.from)/2
		for k, steps := range sorted {
			for next[k] < len(steps) && steps[next[k]].end() <= mid {
				next[k]++
			}
			c.values[k] = absent
			if next[k] < len(steps) && steps[next[k]].At <= mid {
				c.values[k] = steps[next[k]].Mean
			}
		}
		out = grown(out, c)
	}
	return out
}

// seen gives a width to a series that consists of moments only: its last.
func seen(steps []Step, end, dust float64) []Step {
	if slices.ContainsFunc(steps, func(s Step) bool { return s.end()-s.At > dust }) {
		return steps
	}
	if n := len(steps); n > 0 {
		last := steps[n-1]
		last.Width = end / maxColumns
		last.At = max(0, min(last.At, end-last.Width))
		return []Step{last}
	}
	return nil
}

// grown adds a column, as a longer last one where the values stay.
func grown(all []column, c column) []column {
	if n := len(all); n > 0 && slices.Equal(all[n-1].values, c.values) {
		all[n-1].to = c.to
		return all
	}
	return append(all, c)
}

// thinned makes every column wide enough to be seen. Of changes closer to each
// other than that, the moment with the least in sum and the one with the most
// are kept, in their order, so that neither peaks nor dips are lost. It tells
// whether much was left out.
func thinned(all []column, end float64) (out []column, much bool) {
	const cells = maxColumns / 2
	first, dense := 0, 0
	for i := range cells {
		from, to := end*float64(i)/cells, end*float64(i+1)/cells
		var part []column
		for k := first; k < len(all) && all[k].from < to; k++ {
			c := all[k]
			if c.to <= from {
				first = k + 1
				continue
			}
			c.from, c.to = max(c.from, from), min(c.to, to)
			if c.to > c.from {
				part = append(part, c)
			}
		}
		least := (to - from) / 4
		short := slices.ContainsFunc(part, func(c column) bool { return c.to-c.from < least })
		if n := len(part); n > 2 || n == 2 && short {
			if n > 2 {
				dense++
			}
			part = extremes(part, from, to)
		}
		for _, c := range part {
			out = grown(out, c)
		}
	}
	return out, dense > cells/10
}

// extremes are the columns with the least and the most in sum, half of the
// cell each. Among equals for the least, the one most unlike the other.
func extremes(part []column, from, to float64) []column {
	most, least := 0, 0
	for i, c := range part {
		if c.sum() > part[most].sum() {
			most = i
		}
	}
	for i, c := range part {
		if cmp.Or(cmp.Compare(c.sum(), part[least].sum()),
			cmp.Compare(part[least].unlike(part[most]), c.unlike(part[most]))) < 0 {
			least = i
		}
	}
	a, b, mid := part[min(most, least)], part[max(most, least)], (from+to)/2
	a.from, a.to, b.from, b.to = from, mid, mid, to
	return []column{a, b}
}

func (c column) sum() float64 {
	sum := 0.0
	for _, v := range c.values {
		sum += v
	}
	return sum
}

func (c column) unlike(o column) float64 {
	sum := 0.0
	for i, v := range c.values {
		sum += math.Abs(v - o.values[i])
	}
	return sum
}
