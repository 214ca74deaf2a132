package worlds

import (
	"time"

	"ecssim/model"
	"ecssim/model/placement"
)

const waiting = "who waits for capacity has failed nowhere"

// scales reports whether capacity may come for tasks of a provider by itself.
func (c *Checker) scales(provider int) bool {
	if provider < 0 {
		return false
	}
	p := &c.cfg.CapacityProviders[provider]
	return p.Kind == model.ManagedInstances || p.Kind == model.GroupProvider && p.Managed != nil
}

// CapacityAwaited begins the wait of a task in PROVISIONING.
func (c *Checker) CapacityAwaited(now time.Duration, t *model.Task, r *placement.Refusal) {
	k := c.card(now, t)
	c.note("%s waits for capacity: %s", t, r.Reason)
	c.must(!k.placed && !k.awaits && c.scales(t.Provider) && t.Status == model.Provisioning, waiting, "%s waits as %s", t, t.Status)
	k.awaits = true
	c.waiters[t.Placing.Cluster]++
	c.Seen["awaited"]++
	limit := c.cfg.Quotas.ProvisioningTasks
	c.must(limit == 0 || c.waiters[t.Placing.Cluster] <= limit, "as many tasks wait in PROVISIONING as the quota says", "%s is number %d", t, c.waiters[t.Placing.Cluster])
}

// waited ends it.
func (c *Checker) waited(k *card) {
	if k.awaits {
		k.awaits = false
		c.waiters[k.placing.Cluster]--
	}
}

// checkRefused: only a task whose capacity does not come by itself fails, and one that the quota keeps from waiting.
func (c *Checker) checkRefused(k *card, r *placement.Refusal) {
	c.must(!k.awaits, waiting, "%s is refused", k.name)
	if !c.scales(k.task.Provider) {
		c.must(r.Reason != placement.ProvisioningLimit, waiting, "%s is refused for the quota", k.name)
		return
	}
	n, limit := c.waiters[k.placing.Cluster], c.cfg.Quotas.ProvisioningTasks
	c.must(r.Reason == placement.ProvisioningLimit && limit > 0 && n >= limit, waiting, "%s is refused (%s) with %d of %d waiting", k.name, r.Reason, n, limit)
}

// checkProvider: a task of a capacity provider runs there.
func (c *Checker) checkProvider(t *model.Task) {
	const rule = "a task runs on its own capacity provider"
	p := t.Placing
	if len(p.Providers) == 0 {
		c.must(t.Provider < 0, rule, "%s is of provider %d", t, t.Provider)
		return
	}
	c.must(t.Provider >= 0, rule, "%s is of none", t)
	switch c.cfg.CapacityProviders[t.Provider].Kind {
	case model.FargateProvider, model.FargateSpotProvider:
		spot := c.cfg.CapacityProviders[t.Provider].Kind == model.FargateSpotProvider
		c.must(t.Instance == nil && p.Launch == model.Fargate && p.Spot == spot, rule, "%s is of provider %d and on %s, Spot: %v", t, t.Provider, place(t), p.Spot)
	case model.GroupProvider, model.ManagedInstances:
		c.must(t.Instance != nil && t.Instance.Provider == t.Provider, rule, "%s is of provider %d and on %s", t, t.Provider, place(t))
	}
	c.Seen["placed by "+c.cfg.CapacityProviders[t.Provider].Kind.String()]++
}

// ReservationMeasured is held against the count.
func (c *Checker) ReservationMeasured(now time.Duration, m model.Reservation) {
	c.hear(now)
	c.note("RESERVATION %+v", m)
	const rule = "CapacityProviderReservation is M / N"
	b := c.groups[m.Provider]
	c.must(b.cfg.Managed != nil && now%time.Minute == 0, rule, "%+v", m)
	c.must(m.Running == b.active(), rule, "%+v, and %d are active", m, b.active())
	waits := 0
	for _, k := range c.live {
		if k.awaits && k.task.Provider == m.Provider {
			waits++
		}
	}
	c.must(m.Provisioning == waits && m.Incompatible >= 0 && m.Incompatible <= waits, rule, "%+v, and %d wait", m, waits)
	busy, ending := c.busy(m.Provider, b)
	extra := m.Needed - m.Running
	switch managed := b.cfg.Managed; {
	case waits == 0:
		c.must(m.Needed >= busy && m.Needed <= busy+ending, rule, "%+v, and %d are in use, and %d perhaps", m, busy, ending)
	case m.Incompatible == waits:
		c.must(extra == 0 && m.Value == managed.TargetCapacity, rule, "%+v, where nothing fits", m)
		c.Seen["nothing fits"]++
		return
	default:
		c.must(extra >= managed.MinStep && extra <= max(managed.MinStep, min(managed.MaxStep, waits-m.Incompatible)), rule, "%+v", m)
	}
	want := 100.0
	switch {
	case m.Running > 0:
		want = 100 * float64(m.Needed) / float64(m.Running)
	case m.Needed > 0:
		want = 200
	}
	c.must(near(m.Value, want), rule, "%+v, and it is %v", m, want)
	c.Seen["reservation"]++
}

// busy counts the instances of a group in use, and those of them that are perhaps on their way out.
func (c *Checker) busy(provider int, b *groupbook) (busy, ending int) {
	for i, h := range c.hosts {
		switch {
		case i.Provider != provider || h.others() == 0:
		case c.ending(h, b):
			ending++
		default:
			busy++
		}
	}
	return busy, ending
}

// checkStrategy: where nothing has gone wrong for long, the tasks of a service are spread as its strategy says.
func (c *Checker) checkStrategy(s *servicebook) {
	shares := s.cfg.Providers
	if len(shares) < 2 {
		return
	}
	n := make([]int, len(shares))
	for _, k := range c.live {
		if k.service != s || k.leaving {
			continue
		}
		for i, x := range shares {
			if x.Provider == k.task.Provider {
				n[i]++
			}
		}
	}
	want := split(shares, s.desired)
	for i := range n {
		c.must(n[i] >= want[i]-1 && n[i] <= want[i]+1, "the tasks of a service are spread by base and weight",
			"%s has %v of %+v, and it should be %v", s.cfg.Name, n, shares, want)
	}
	c.Seen["strategy at rest"]++
}

// split is how so many tasks are spread: the base first, then each to whoever is furthest behind his weight.
func split(shares []model.ProviderShare, tasks int) []int {
	n := make([]int, len(shares))
	for i, s := range shares {
		n[i] = min(s.Base, tasks)
		tasks -= n[i]
	}
	above := make([]int, len(shares))
	for range tasks {
		best := -1
		for i, s := range shares {
			if s.Weight > 0 && (best < 0 || float64(above[i])/float64(s.Weight) < float64(above[best])/float64(shares[best].Weight)-1e-12) {
				best = i
			}
		}
		above[best]++
	}
	for i := range n {
		n[i] += above[i]
	}
	return n
}
