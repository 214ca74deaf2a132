package report

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// check compares the recorder's books with what the world says is there at the end. A difference is a bug of the
// simulator: no chart is better than a wrong chart.
func (r *Recorder) check(now time.Duration, c *live) {
	t := &r.totals
	if sum := c.running + c.starting + t.Finished + c.waiting + t.GivenUp; sum != t.Wanted {
		r.violated("%d tasks arrived, but %d run, %d start, %d stopped, %d wait and %d were given up, which makes %d",
			t.Wanted, c.running, c.starting, t.Finished, c.waiting, t.GivenUp, sum)
	}
	var waiting, pending, running int64
	for _, o := range r.owners {
		if o.waiting.Value() < 0 || o.pending.Value() < 0 || o.running.Value() < 0 {
			r.violated("%s has %d tasks waiting, %d starting and %d running",
				o.name, o.waiting.Value(), o.pending.Value(), o.running.Value())
		}
		waiting += o.waiting.Value()
		pending += o.pending.Value()
		running += o.running.Value()
	}
	if waiting != c.waiting || pending != c.starting || running != c.running {
		r.violated("the recorder knows of %d tasks waiting, %d starting and %d running, the world of %d, %d and %d",
			waiting, pending, running, c.waiting, c.starting, c.running)
	}
	if r.instances.Value() != c.instances {
		r.violated("the recorder knows of %d instances, the world of %d", r.instances.Value(), c.instances)
	}
	for _, p := range r.pools() {
		if p.used.Value() < 0 || !p.unbounded && p.used.Value() > p.capacity.Value() {
			p.fail(now)
		}
	}
}

func (r *Recorder) violated(format string, args ...any) {
	panic(fmt.Sprintf("report: at the end of %s, seed %d: %s", r.cfg.Name, r.seed, fmt.Sprintf(format, args...)))
}

// sortInstances puts instances in order of registration; those of one instant are in order of name and number.
func sortInstances(rows []InstanceRow) {
	slices.SortFunc(rows, func(a, b InstanceRow) int {
		return cmp.Or(cmp.Compare(a.Registered, b.Registered), compareNames(a.Name, b.Name))
	})
}

// compareNames orders NAME/N by name, then by number.
func compareNames(a, b string) int {
	aName, aNumber := cutNumber(a)
	bName, bNumber := cutNumber(b)
	return cmp.Or(cmp.Compare(aName, bName), cmp.Compare(aNumber, bNumber), cmp.Compare(a, b))
}

func cutNumber(s string) (name string, n int) {
	i := len(s)
	for i > 0 && s[i-1] >= '0' && s[i-1] <= '9' {
		i--
		if len(s)-i > 18 {
			break
		}
	}
	for _, d := range s[i:] {
		n = n*10 + int(d-'0')
	}
	return s[:i], n
}
