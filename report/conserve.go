package report

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"ecssim/model"
)

// check compares the recorder's books with what the world says is there at the end. A difference is a bug of the
// simulator: no chart is better than a wrong chart.
func (r *Recorder) check(now time.Duration, c *live) {
	t := &r.totals
	if sum := c.running + c.starting + t.Finished + c.waiting + c.leaving + t.GivenUp; sum != t.Wanted {
		r.violated("%d tasks arrived, but %d run, %d start, %d stopped, %d wait, %d leave and %d were given up, which makes %d",
			t.Wanted, c.running, c.starting, t.Finished, c.waiting, c.leaving, t.GivenUp, sum)
	}
	var waiting, pending, running, leaving int64
	for _, o := range r.owners {
		if min(o.waiting.Value(), o.pending.Value(), o.running.Value(), o.leaving.Value()) < 0 {
			r.violated("%s has %d tasks waiting, %d starting, %d running and %d leaving",
				o.name, o.waiting.Value(), o.pending.Value(), o.running.Value(), o.leaving.Value())
		}
		waiting += o.waiting.Value()
		pending += o.pending.Value()
		running += o.running.Value()
		leaving += o.leaving.Value()
	}
	if waiting != c.waiting || pending != c.starting || running != c.running || leaving != c.leaving {
		r.violated("the recorder knows of %d tasks waiting, %d starting, %d running and %d leaving, the world of %d, %d, %d and %d",
			waiting, pending, running, leaving, c.waiting, c.starting, c.running, c.leaving)
	}
	if r.instances.Value() != c.instances {
		r.violated("the recorder knows of %d instances, the world of %d", r.instances.Value(), c.instances)
	}
	r.checkScaling(c)
	r.checkServices(c)
	for _, p := range r.pools() {
		if p.used.Value() < 0 || !p.unbounded && p.used.Value() > p.capacity.Value() {
			p.fail(now)
		}
	}
}

// checkScaling compares what boots and what waits for capacity.
func (r *Recorder) checkScaling(c *live) {
	stranded := int64(0)
	for _, k := range r.clusters {
		stranded += k.stranded
	}
	if stranded != c.stranded || int64(len(r.scaling.booting)) != c.booting {
		r.violated("the recorder knows of %d instances that boot and %d that never registered, the world of %d and %d",
			len(r.scaling.booting), stranded, c.booting, c.stranded)
	}
	if len(r.scaling.awaiting) != c.awaiting {
		r.violated("%d tasks wait for capacity, but only %d of them are there", len(r.scaling.awaiting), c.awaiting)
	}
	for _, p := range r.scaling.providers {
		if p != nil && min(p.booting.Value(), p.registered.Value(), p.waiting.Value()) < 0 {
			r.violated("%s has %d instances that boot, %d that are registered, and %d tasks that wait",
				p.name, p.booting.Value(), p.registered.Value(), p.waiting.Value())
		}
	}
}

func (r *Recorder) violated(format string, args ...any) {
	panic(fmt.Sprintf("report: at the end of %s, seed %d: %s", r.cfg.Name, r.seed, fmt.Sprintf(format, args...)))
}

// recount counts a service's live tasks anew.
type recount struct {
	placed, healthy int64
	byStatus        [model.NumStatuses]int64
	zones           []int64
	running         []int64 // by deployment
}

func (c *recount) add(b *serviceBook, t *model.Task, zone int) {
	if t.Placed < 0 {
		return
	}
	c.placed++
	status := statusOf(t)
	if t.Leaving && status < model.Deactivating {
		return
	}
	if c.byStatus[status]++; status != model.Running {
		return
	}
	if b.isHealthy(t) {
		c.healthy++
	}
	if c.zones == nil {
		c.zones, c.running = make([]int64, len(b.zones)), make([]int64, len(b.deployments))
	}
	if zone >= 0 {
		c.zones[zone]++
	}
	if d := t.Deployment; b.deployment(d) != nil {
		c.running[d.Number-1]++
	}
}

// checkServices compares what is counted of services with a recount.
func (r *Recorder) checkServices(c *live) {
	placed := int64(0)
	for i := range c.services {
		b, n := r.owners[i].book, &c.services[i]
		placed += n.placed
		if b.healthy.Value() != n.healthy {
			r.violated("%s has %d healthy tasks, %d were counted", b.owner.name, n.healthy, b.healthy.Value())
		}
		for s, track := range b.byStatus {
			if track != nil && track.Value() != n.byStatus[s] {
				r.violated("%s has %d tasks that are %v, %d were counted", b.owner.name, n.byStatus[s], model.Status(s), track.Value())
			}
		}
		for z := range n.zones {
			if b.zones[z].n != n.zones[z] {
				r.violated("%s has %d tasks in zone %s, %d were counted", b.owner.name, n.zones[z], r.zones.names[z], b.zones[z].n)
			}
		}
		for d := range n.running {
			if k := b.deployments[d].running.n; k != n.running[d] {
				r.violated("deployment %d of %s runs %d tasks, %d were counted", d+1, b.owner.name, n.running[d], k)
			}
		}
	}
	if placed != int64(r.live.count) {
		r.violated("services hold %d tasks that were placed, %d were counted", placed, r.live.count)
	}
}

// sortInstances puts instances in order of registration; those of one instant are in order of name and number.
func sortInstances(rows []InstanceRow) {
	slices.SortFunc(rows, func(a, b InstanceRow) int {
		return cmp.Or(cmp.Compare(a.there(), b.there()), compareNames(a.Name, b.Name))
	})
}

// there is when the instance registered, or was launched if it never did.
func (i *InstanceRow) there() time.Duration {
	if i.Registered < 0 {
		return i.Launched
	}
	return i.Registered
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
