package scenario

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"ecssim/model/scaling"
)

// placedStep is a step with where it is written.
type placedStep struct {
	scaling.Step
	n *node
	p path
}

// stepProblems: the steps of a policy leave no gap and do not overlap; at most one has no lower bound, and at most one
// no upper. Where they reach below the threshold they go all the way down, and where above, all the way up (ECS rules,
// services 4.3).
func (b *builder) stepProblems(steps []placedStep) {
	sorted := slices.Clone(steps)
	slices.SortStableFunc(sorted, func(x, y placedStep) int {
		return cmp.Or(cmp.Compare(x.Lower, y.Lower), cmp.Compare(x.Upper, y.Upper))
	})
	for i, s := range sorted[1:] {
		before := sorted[i]
		switch {
		case math.IsInf(s.Lower, -1):
			b.fail("E064", s.n.at, fmt.Sprintf("`%s` and `%s` both have no `lower`", before.p, s.p), "", "one step of a policy can go all the way down")
			return
		case math.IsInf(before.Upper, 1):
			b.stepsOverlap(before, s)
			return
		case s.Lower < before.Upper:
			b.stepsOverlap(before, s)
			return
		case s.Lower > before.Upper:
			b.fail("E064", s.n.child("lower").at, fmt.Sprintf("between `%s`, which ends at %s, and `%s`, which begins at %s, there is no step",
				before.p, plain(before.Upper), s.p, plain(s.Lower)), "", "close the gap: the upper bound of a step is the lower bound of the next")
			return
		}
	}
	first, last := sorted[0], sorted[len(sorted)-1]
	if first.Lower < 0 && !math.IsInf(first.Lower, -1) {
		b.fail("E064", first.n.child("lower").at, fmt.Sprintf("`%s` begins at %s below the threshold, and nothing says what happens further down", first.p, plain(-first.Lower)), "",
			"leave `lower` out of the lowest step")
	}
	if last.Upper > 0 && !math.IsInf(last.Upper, 1) {
		b.fail("E064", last.n.child("upper").at, fmt.Sprintf("`%s` ends at %s above the threshold, and nothing says what happens further up", last.p, plain(last.Upper)), "",
			"leave `upper` out of the highest step")
	}
}

func (b *builder) stepsOverlap(before, s placedStep) {
	if math.IsInf(before.Upper, 1) && math.IsInf(s.Upper, 1) {
		b.fail("E064", s.n.at, fmt.Sprintf("`%s` and `%s` both have no `upper`", before.p, s.p), "", "one step of a policy can go all the way up")
		return
	}
	b.fail("E064", s.n.child("lower").at, fmt.Sprintf("`%s` begins at %s, inside of `%s`", s.p, plain(s.Lower), before.p), "",
		"steps do not overlap: the upper bound of a step is the lower bound of the next")
}
