package model

import (
	"slices"
	"time"

	"ecssim/model/placement"
	"ecssim/model/scaling"
)

// A task whose capacity provider scales does not fail where nothing has room for it: it waits in PROVISIONING until
// capacity comes (ECS rules, services 1.1, placement 6.4).

// scales reports whether capacity may come for the task by itself.
func (w *World) scales(t *Task) bool {
	if t.Provider < 0 {
		return false
	}
	p := &w.cfg.CapacityProviders[t.Provider]
	return p.Group != nil && (p.Managed != nil || p.Kind == ManagedInstances)
}

// await lets a task that found no place wait for capacity, if its provider scales. It reports whether the task waits; if
// not, w.refusal says why: it stays what it was, or is the quota of tasks in PROVISIONING.
func (w *World) await(now time.Duration, t *Task) bool {
	if t.work.awaits {
		return true
	}
	if !w.scales(t) {
		return false
	}
	c := w.clusters[t.Placing.Cluster]
	if limit := w.cfg.Quotas.ProvisioningTasks; limit > 0 && c.provisioning >= limit {
		w.refusal = fargateRefusal(placement.ProvisioningLimit)
		return false
	}
	t.work.awaits = true
	c.provisioning++
	if t.work.owner.service == nil {
		c.awaiting = append(c.awaiting, t)
	}
	w.observer.CapacityAwaited(now, t, &w.refusal)
	if g := w.groupOf[t.Provider]; w.cfg.CapacityProviders[t.Provider].Kind == ManagedInstances {
		g.plan(now)
	}
	return true
}

// served ends the wait of a task: it has its place, or is not wanted any more.
func (w *World) served(now time.Duration, t *Task) {
	if !t.work.awaits {
		return
	}
	t.work.awaits = false
	c := w.clusters[t.Placing.Cluster]
	if c.provisioning == w.cfg.Quotas.ProvisioningTasks {
		for _, s := range w.services { // there is room for one more in PROVISIONING
			if s.cluster == c && len(s.waiting) > 0 {
				s.notice(now)
			}
		}
	}
	c.provisioning--
	if t.work.owner.service == nil {
		c.awaiting = slices.DeleteFunc(c.awaiting, func(x *Task) bool { return x == t })
	}
}

// serveAwaiting places the standalone tasks that wait for capacity, in order, when some has come.
func (c *cluster) serveAwaiting(w *World, now time.Duration) {
	if len(c.awaiting) == 0 || c.serving {
		return
	}
	c.serving = true
	w.engine.At(now, strike(func(now time.Duration) {
		c.serving = false
		var refused []*placement.Demand
		for _, t := range slices.Clone(c.awaiting) {
			if slices.Contains(refused, t.Demand) {
				continue
			}
			i := w.find(t)
			if i == nil {
				refused = append(refused, t.Demand)
				continue
			}
			t.Attempts++
			w.served(now, t)
			t.begin(now, i)
		}
	}))
}

// needs are the tasks in PROVISIONING that wait for a provider, those that ask for the same together, and how many there
// are.
func (w *World) needs(provider int) (list []scaling.Need, tasks int) {
	cluster := w.clusters[w.cfg.CapacityProviders[provider].Group.Template.Cluster]
	at := map[*placement.Demand]int{}
	add := func(t *Task) {
		if !t.work.awaits || t.Provider != provider {
			return
		}
		tasks++
		d := t.Demand
		k, known := at[d]
		if !known {
			k = len(list)
			at[d] = k
			list = append(list, scaling.Need{
				CPU: d.Needs.CPU, Memory: d.Needs.Memory, GPUs: d.Needs.GPUs, ENIs: d.Needs.ENIs, Ports: d.Needs.StaticPorts,
				Distinct:    slices.ContainsFunc(d.Constraints, func(c placement.Constraint) bool { return c.Query == nil }),
				PerInstance: d.MaxTasksPerInstance,
			})
		}
		list[k].Count++
	}
	for _, s := range w.services {
		if s.cluster == cluster {
			for _, t := range s.waiting {
				add(t)
			}
		}
	}
	for _, t := range cluster.awaiting {
		add(t)
	}
	return list, tasks
}
