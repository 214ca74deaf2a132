package containers

import (
	"time"

	"ecssim/model/taskdef"
)

// Health is the health status of a container or a task.
type Health uint8

// The health statuses. Unknown is that of a container whose checks have not decided yet, or that has none.
const (
	Unknown Health = iota
	Healthy
	Unhealthy
)

var healths = [...]string{Unknown: "UNKNOWN", Healthy: "HEALTHY", Unhealthy: "UNHEALTHY"}

// String spells the status as ECS does.
func (h Health) String() string { return healths[h] }

// HasHealthChecks reports whether the task can ever be healthy: an essential container has a health check.
func (s *Set) HasHealthChecks() bool {
	for i := range s.list {
		if s.list[i].def.Essential && s.list[i].def.Health != nil {
			return true
		}
	}
	return false
}

// Health is the task's: the worst of its essential containers, where UNHEALTHY is worse than UNKNOWN, and UNKNOWN worse
// than HEALTHY (ECS rules, services 1.5). Containers without a health check do not count; without any the task is
// UNKNOWN.
func (s *Set) Health() Health {
	worst, checked := Healthy, false
	for i := range s.list {
		c := &s.list[i]
		if !c.def.Essential || c.def.Health == nil {
			continue
		}
		checked = true
		if c.health == Unhealthy {
			return Unhealthy
		}
		worst = min(worst, c.health)
	}
	if !checked {
		return Unknown
	}
	return worst
}

// watch begins the health checks of a container that starts.
func (c *container) watch(at time.Duration) {
	c.health, c.changes = Unknown, never
	if c.def.Health != nil {
		c.changes = c.next(at)
	}
}

// probe takes over the outcome of the probe that changes the health.
func (c *container) probe(at time.Duration) {
	c.health = Unhealthy
	if _, healthy, _ := changes(c.def.Health, c.drawn); at == after(c.at, healthy) {
		c.health = Healthy
	}
	c.changes = c.next(at)
}

// next is the first change of health after an instant.
func (c *container) next(at time.Duration) time.Duration {
	early, healthy, late := changes(c.def.Health, c.drawn)
	next := never
	for _, change := range [...]time.Duration{early, healthy, late} {
		if change = after(c.at, change); change > at {
			next = min(next, change)
		}
	}
	return next
}

// changes is when a container's health changes, counted from its start: UNHEALTHY because it is not ready in time,
// HEALTHY, and UNHEALTHY because it ceases to answer; never for what does not happen (ECS rules, services 1.5, R-1.11).
//
// Probes are sent at 1, 2, 3 … intervals and take no time. Until the first success those inside the start period, its
// last instant included, do not count when they fail; afterwards all count. UNHEALTHY takes as many failures in a row as
// there are retries. A program answers in one span of time, so three changes are all there can be.
func changes(check *taskdef.HealthCheck, d Drawn) (early, healthy, late time.Duration) {
	interval, retries := check.Interval, int64(check.Retries)
	if interval <= 0 {
		interval = taskdef.DefaultHealthInterval
	}
	if retries <= 0 {
		retries = taskdef.DefaultHealthRetries
	}
	probe := func(n int64) time.Duration {
		if n > int64(never/interval) {
			return never
		}
		return time.Duration(n) * interval
	}
	// failed is when the retries are used up if probe n is the first failure that counts.
	failed := func(n int64) time.Duration {
		if n > int64(never/interval)-retries {
			return never
		}
		return probe(n + retries - 1)
	}
	early = failed(int64(max(check.StartPeriod, 0)/interval) + 1)
	healthy, late = never, never
	first := max(probesBefore(d.ReadyAfter, interval), 0) + 1 // the first that may succeed
	if at := probe(first); d.ReadyAfter >= 0 && (d.FailsAfter < 0 || at < d.FailsAfter) {
		healthy = at
		if d.FailsAfter >= 0 {
			late = failed(probesBefore(d.FailsAfter, interval) + 1)
		}
	}
	if early >= healthy {
		early = never
	}
	return early, healthy, late
}

// probesBefore counts the probes before an instant, itself excluded.
func probesBefore(at, interval time.Duration) int64 { return int64((at - 1) / interval) }
