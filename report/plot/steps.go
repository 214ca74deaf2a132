package plot

import (
	"cmp"
	"math"
	"slices"
)

// maxColumns is how many buckets of a series are drawn; a page has no room
// for more, and an SVG with more is slow.
const maxColumns = 600

// tidy returns the steps in order and few enough to be drawn.
func tidy(steps []Step, end float64) []Step { return coarser(ordered(steps, end)) }

// ordered returns the steps in order of time, without overlaps, every width
// filled in, and Min ≤ Mean ≤ Max.
func ordered(steps []Step, end float64) []Step {
	out := slices.Clone(steps)
	slices.SortStableFunc(out, func(a, b Step) int { return cmp.Compare(a.At, b.At) })
	for i := range out {
		s := &out[i]
		until := max(end, s.At)
		if i+1 < len(out) {
			until = out[i+1].At
		}
		if s.Width == 0 || s.At+s.Width > until && i+1 < len(out) {
			s.Width = until - s.At
		}
		if s.Min == 0 && s.Max == 0 {
			s.Min, s.Max = s.Mean, s.Mean
		}
		s.Min, s.Max = min(s.Min, s.Mean), max(s.Max, s.Mean)
	}
	return out
}

// coarser merges neighbours until few enough are left. Peaks survive.
func coarser(steps []Step) []Step { return coarserTo(steps, maxColumns) }

func coarserTo(steps []Step, most int) []Step {
	per := (len(steps) + most - 1) / most
	if per <= 1 {
		return steps
	}
	var out []Step
	for group := range slices.Chunk(steps, per) {
		m := group[0]
		sum, held := 0.0, 0.0
		for _, s := range group {
			sum += s.Mean * s.Width
			held += s.Width
			m.Min, m.Max = min(m.Min, s.Min), max(m.Max, s.Max)
		}
		if held > 0 {
			m.Mean = sum / held
		}
		m.Width = group[len(group)-1].end() - m.At
		out = append(out, m)
	}
	return out
}

func (s Step) end() float64 { return s.At + s.Width }

// runs splits steps where there is a gap in time.
func runs(steps []Step) [][]Step {
	var out [][]Step
	from := 0
	for i := 1; i <= len(steps); i++ {
		if i == len(steps) || steps[i].At > steps[i-1].end()+1e-6*max(1, steps[i].At) {
			out = append(out, steps[from:i])
			from = i
		}
	}
	return out
}

// moment is a stretch of time with what was used and what there was.
type moment struct{ from, to, used, capacity float64 }

// together pairs the highest use of each step with the highest capacity of the
// same time. Within a step nobody knows which came first, so that a use above
// capacity is only claimed where there is no doubt.
func together(used, capacity []Step) []moment {
	var out []moment
	first := 0
	for _, u := range used {
		m := moment{u.At, u.end(), u.Max, -1}
		dust := u.Width * 1e-6
		for first < len(capacity) && capacity[first].end() < u.At {
			first++
		}
		for _, c := range capacity[first:] {
			if c.At > u.end()-dust && c.At > u.At {
				break
			}
			if c.end() > u.At+dust || c.end() >= u.end() {
				m.capacity = max(m.capacity, c.Max)
			}
		}
		if m.capacity >= 0 {
			out = append(out, m)
		}
	}
	return out
}

// peak is the moment at which the largest share of capacity was used. If
// nothing is limited it is the moment of the highest use.
func peak(used, capacity []Step) (at moment, share float64) {
	moments := together(used, capacity)
	if len(moments) == 0 {
		at.capacity = math.Inf(1)
		for _, u := range used {
			if u.Max > at.used {
				at = moment{u.At, u.end(), u.Max, math.Inf(1)}
			}
		}
		return at, 0
	}
	at, share = moments[0], -1
	for _, m := range moments {
		s := 0.0
		if m.used > 0 {
			s = m.used / m.capacity // none of it: infinitely full
		}
		if s > share || s == share && m.capacity > at.capacity {
			at, share = m, s
		}
	}
	return at, share
}

// extent is the highest value and the latest time of the steps.
func extent(series ...[]Step) (top, end float64) {
	for _, steps := range series {
		for _, s := range steps {
			top = max(top, s.Max, s.Mean)
			end = max(end, s.end())
		}
	}
	return top, end
}

// wholeNumbers reports whether the extremes are counts of something. Means are not.
func wholeNumbers(steps []Step) bool {
	return !slices.ContainsFunc(steps, func(s Step) bool {
		return s.Min != math.Trunc(s.Min) || s.Max != math.Trunc(s.Max)
	})
}
