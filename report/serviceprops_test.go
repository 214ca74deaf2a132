package report

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ecssim/model"
	"ecssim/model/balance"
	"ecssim/model/containers"
	"ecssim/model/placement"
	"ecssim/model/taskdef"
	"ecssim/sim"
)

// mall drives a service through everything that can happen to it, at random.
type mall struct {
	*script
	rt          *rapid.T
	d           *placement.Demand
	deployments []*model.Deployment
	faults      []*model.Fault
	on          map[*model.Fault]bool
	healthy     history
}

func (m *mall) step() {
	m.now += rapid.SampledFrom([]time.Duration{0, 0, time.Second, 50 * time.Second, 7 * time.Minute}).Draw(m.rt, "wait")
	pick := rapid.IntRange(0, 1<<20).Draw(m.rt, "pick")
	switch rapid.IntRange(0, 9).Draw(m.rt, "action") {
	case 0:
		f := m.faults[pick%len(m.faults)]
		m.on[f] = !m.on[f]
		m.fault(f, m.on[f])
	case 1:
		d := m.deployments[pick%len(m.deployments)]
		m.finish("web", d, model.RolloutState(pick%3), "why")
	case 2, 3, 4:
		t := m.createOf("web", m.deployments[pick%len(m.deployments)], m.d)
		if pick%5 > 0 {
			m.place(t, m.instances[pick%len(m.instances)], -1)
		}
	default:
		if len(m.live) > 0 {
			m.advance(m.live[pick%len(m.live)], pick)
		}
	}
	m.note()
}

// advance takes a task one step on.
func (m *mall) advance(t *model.Task, pick int) {
	switch {
	case t.Placed < 0 && pick%2 == 0:
		m.stop(t, model.ServiceSchedulerInitiated, "Scaling activity initiated by (deployment "+t.Deployment.ID+")")
	case t.Placed < 0:
		m.place(t, m.instances[pick%len(m.instances)], -1)
	case t.Leaving && pick%2 == 0 && t.Status < model.Deprovisioning:
		m.status(t, max(t.Status+1, model.Deactivating))
	case t.Leaving:
		if _, known := m.targets[t]; known {
			m.target(t, balance.Unused, "")
		}
		m.stop(t, t.StopCode, t.StoppedReason)
	case pick%7 == 0:
		m.leave(t, model.ServiceSchedulerInitiated, "Task failed container health checks")
	case pick%11 == 0:
		m.stop(t, model.UserInitiated, "Task stopped by user")
		delete(m.targets, t)
	case t.Running >= 0:
		m.health(t, containers.Health(pick%3))
	case t.Status < model.Activating:
		m.status(t, t.Status+1)
	default:
		t.Status = model.Running
		m.run(t)
		m.target(t, balance.Healthy, "")
	}
}

func (m *mall) note() {
	n := int64(0)
	for _, t := range m.live {
		if t.Running >= 0 && !t.Leaving && t.Health == containers.Healthy {
			n++
		}
	}
	m.healthy.set(m.now, n)
}

// drain stops everything: then no track may count anything.
func (m *mall) drain() {
	for len(m.live) > 0 {
		t := m.live[0]
		if t.Placed >= 0 && !t.Leaving {
			m.leave(t, model.UserInitiated, "Task stopped by user")
		}
		if _, known := m.targets[t]; known {
			m.target(t, balance.Unused, "")
		}
		m.stop(t, t.StopCode, t.StoppedReason)
	}
	m.note()
}

func TestWhatServicesDoIsCountedAsARecountDoes(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		cfg := shopConfig(t)
		cfg.Services[0].Targets[0].Container = 0
		m := &mall{
			script: newScript(t, cfg, 1, RecorderOptions{LogLimit: 50}), rt: rt, on: map[*model.Fault]bool{},
			d:      demandOf(taskdef.Needs{CPU: 1, Memory: 1}),
			faults: []*model.Fault{{Name: "x", Kind: model.TaskKill}, {Name: "y", Kind: model.ZoneOutage}},
		}
		for n := range 2 {
			m.join("main", cfg.Fleets[0].Type, n)
			m.deployments = append(m.deployments, m.deploy("web", n+1, n+1))
		}
		for range rapid.IntRange(1, 150).Draw(rt, "steps") {
			m.step()
		}
		empty := rapid.Bool().Draw(rt, "drain")
		if empty {
			m.drain()
		}
		m.now += time.Minute
		r := m.end(m.now, sim.Reached) // compares every track with a recount, or panics
		v := r.Owners[0].Serving
		for k := range v.HealthyLevels {
			compareBucket(rt, &m.healthy, v.HealthyLevels[k])
		}
		for k, l := range v.HealthyLevels {
			if both := v.Deployments[0].HealthyLevels[k].Mean + v.Deployments[1].HealthyLevels[k].Mean; both-l.Mean > 1e-9 || l.Mean-both > 1e-9 {
				rt.Fatalf("the deployments have %v healthy tasks, the service %v", both, l.Mean)
			}
		}
		for _, f := range r.Faults {
			for _, i := range f.Impact {
				if i.Below <= 0 || i.LowestRunning > i.RunningBefore || i.RecoveredAfter > r.End-f.From {
					rt.Fatalf("%+v", i)
				}
			}
		}
		if !empty {
			return
		}
		require.Zero(rt, m.r.live.count)
		b := m.r.owners[0].book
		require.Zero(rt, b.healthy.Value()+m.r.owners[0].leaving.Value()+b.zones[0].n+b.zones[1].n)
		for _, d := range b.deployments {
			require.Zero(rt, d.running.n+d.healthy.n)
		}
		for _, p := range r.Pools {
			require.Zero(rt, p.Used[len(p.Used)-1].Min*b.healthy.Value())
		}
	})
}

func TestTheLiveTableIsAMap(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var table liveTable
		want := map[int64]int64{}
		for range rapid.IntRange(1, 300).Draw(rt, "steps") {
			serial := rapid.Int64Range(0, 60).Draw(rt, "serial")
			if _, known := want[serial]; known {
				table.remove(serial)
				delete(want, serial)
			} else {
				want[serial] = rapid.Int64().Draw(rt, "cause")
				table.add(serial).cause = want[serial]
			}
			require.Equal(rt, len(want), table.count)
			for serial := range int64(61) {
				e := table.lookup(serial)
				if cause, known := want[serial]; known {
					require.Equal(rt, cause, e.cause)
				} else {
					require.Nil(rt, e)
				}
			}
		}
	})
}

func TestReasonsOfStopsAreGrouped(t *testing.T) {
	for from, want := range map[string]string{
		"Essential container in task exited":                                     "Essential container in task exited",
		"Host EC2 (instance main/12) terminated.":                                "Host EC2 (instance …) terminated.",
		"Scaling activity initiated by (deployment ecs-svc/0123456789012345678)": "Scaling activity initiated by (deployment …)",
		"Task failed ELB health checks in (target-group alb/web)":                "Task failed ELB health checks in (target-group alb/web)",
		"dial tcp 10.0.0.17:443: i/o timeout":                                    "dial tcp …: i/o timeout",
		"CannotPullContainerError: shop:2: not found":                            "CannotPullContainerError: shop:2: not found",
		"task web/7 was replaced by ecs-svc/77":                                  "task … was replaced by …",
	} {
		assert.Equal(t, want, withoutNames(from))
	}
	var s stopTally
	for k := range 1000 {
		s.count(0, model.UserInitiated, string(rune('a'+k%500))+" reason")
	}
	assert.Len(t, s.groups, maxStopReasons)
	total := int64(0)
	for _, g := range s.sorted() {
		total += g.Count
	}
	assert.EqualValues(t, 1000, total)
	assert.Equal(t, "other reasons", s.sorted()[0].Reason)
}
