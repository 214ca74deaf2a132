package model

import (
	"math"
	"slices"
	"strings"
)

// outages is what is out of order now. Faults may overlap, so everything is counted.
type outages struct {
	zones    map[string]int
	registry []int     // by registry: how many faults have it down
	slow     []float64 // by registry: how much slower it is
	missing  []int     // by image
	corrupt  []int
	rules    []int    // by security group: how many faults have its rules missing
	failing  []*Fault // HealthCheckFailing faults that go on
	shortage []*Fault // InsufficientCapacity faults that go on
}

func newOutages(cfg *Config) outages {
	o := outages{
		zones: map[string]int{}, registry: make([]int, len(cfg.Registries)), slow: make([]float64, len(cfg.Registries)),
		missing: make([]int, len(cfg.Images)), corrupt: make([]int, len(cfg.Images)), rules: make([]int, len(cfg.SecurityGroups)),
	}
	for n := range o.slow {
		o.slow[n] = 1
	}
	return o
}

// zone reports whether a zone is out.
func (o *outages) zone(name string) bool { return o.zones[name] > 0 }

func (o *outages) down(registry int) bool { return o.registry[registry] > 0 }

// slowness divides what a registry serves.
func (o *outages) slowness(registry int) float64 { return math.Max(1, o.slow[registry]) }

// ruleMissing reports whether a security group lets nothing in.
func (o *outages) ruleMissing(group int) bool { return o.rules[group] > 0 }

// fails reports whether a fault keeps the programs of a task from answering health checks.
func (o *outages) fails(t *Task) bool {
	return t.work.broken > 0 || slices.ContainsFunc(o.failing, func(f *Fault) bool { return f.hits(t) })
}

// each adds delta to one counter, or to all if n is negative.
func each(list []int, n, delta int) {
	for k := range list {
		if n < 0 || n == k {
			list[k] += delta
		}
	}
}

// fargateServes reports whether Fargate can start the task in a zone.
func (w *World) fargateServes(t *Task, zone string) bool {
	short := len(w.outages.shortage) > 0 && w.outages.shortOf(t.Provider, "", zone, t.Placing.Spot)
	return !short && !w.outages.zone(zone) && (t.Demand.Zones == nil || slices.Contains(t.Demand.Zones, zone))
}

// noFargateZone: none of the task's zones is there.
func (w *World) noFargateZone(t *Task) bool {
	if len(w.outages.zones) == 0 && len(w.outages.shortage) == 0 {
		return false
	}
	for _, n := range t.Placing.Subnets {
		if w.fargateServes(t, w.cfg.Subnets[n].Zone) {
			return false
		}
	}
	return true
}

// hits reports whether a fault about tasks concerns this one.
func (f *Fault) hits(t *Task) bool {
	if f.Owner != "" && scopeOf(f.Owner) != t.work.owner.path() {
		return false
	}
	switch {
	case f.Revision > 0 && f.Revision != t.work.rev.number:
		return false
	case f.Instance != "":
		return t.Instance != nil && t.Instance.Name == f.Instance
	case f.Fleet != "":
		return t.Instance != nil && t.Instance.Fleet == f.Fleet
	case f.Zone != "":
		return t.Zone(t.work.world.cfg) == f.Zone
	}
	return true
}

// path is the owner as scenarios and roles name it: services/web.
func (o *owner) path() string { return o.scope }

// scopeOf turns "services.web" into "services/web".
func scopeOf(owner string) string { return strings.Replace(owner, ".", "/", 1) }
