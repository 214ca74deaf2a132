package scenario

import (
	"fmt"

	"ecssim/model"
	"ecssim/model/fleet"
)

// How long an instance of a warm pool takes from its start to its registration. AWS publishes nothing: a stopped one
// boots nearly as long as a new one, a running one only waits for its agent.
const (
	warmStart    = `{ dist = "lognormal", median = "35s", p95 = "80s" }`
	runningStart = `{ dist = "uniform", low = "5s", high = "15s" }`
)

// warmPool reads warm_pool, which groups with Spot or several types do not have (ECS rules, services 3.6).
func (b *builder) warmPool(t *table, g *model.Group) *model.WarmPool {
	n := t.get("warm_pool")
	w, ok := t.sub("warm_pool", `warm_pool = { min_size = 1, pool_state = "Stopped" }`)
	if n == nil || !ok {
		return nil
	}
	if g.Distribution.Mixed {
		b.fail("E023", n.key, fmt.Sprintf("`%s` has `warm_pool` and a mixed instances policy", t.p), "keep one of them",
			"Auto Scaling has warm pools for groups of one instance type without Spot")
	}
	pool := &model.WarmPool{Size: fleet.Pool{Min: int(w.whole("min_size", 0, mostInstances, 0)), Prepared: -1}}
	if w.get("max_group_prepared_capacity") != nil {
		pool.Size.Prepared = int(w.whole("max_group_prepared_capacity", 0, mostInstances, 0))
	}
	word, _ := w.choice("pool_state", []string{"Stopped", "Running", "Hibernated"}, "Stopped")
	standard := warmStart
	if pool.Running = word == "Running"; pool.Running {
		standard = runningStart
	}
	pool.StartTime = b.delay(w, "start_time", standard)
	w.done()
	return pool
}
