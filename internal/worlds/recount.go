package worlds

import (
	"math"
	"strings"
	"time"

	"ecssim/model"
	"ecssim/model/fleet"
	"ecssim/model/service"
)

// happening is what resolves the cause of a service event.
type happening uint8

const (
	taskMoved       happening = iota // created, placed, running, leaving or stopped
	taskPlaced                       // placed
	taskRan                          // RUNNING
	taskLeft                         // leaving
	deploymentMoved                  // a deployment changed
	updated                          // UpdateService was called
	numHappenings
)

// repeats is after how long a message comes again although nothing has resolved its cause.
const repeats = 6 * time.Hour

// resolvedBy says what has to happen before the same message comes again, if that is within six hours.
var resolvedBy = map[service.Cause][]happening{
	service.Steady:         {taskMoved, deploymentMoved, updated},
	service.Unplaced:       {taskPlaced},
	service.StartImpaired:  {taskRan, deploymentMoved},
	service.DeploymentHeld: {taskMoved, deploymentMoved},
	service.Unhealthy:      {taskLeft},
	service.RebalanceHeld:  {taskMoved, deploymentMoved},
}

// ServiceEvent is held against the rule that suppresses repetitions, and what it says against the recount.
func (c *Checker) ServiceEvent(now time.Duration, o *model.Owner, e service.Event) {
	c.hear(now)
	c.note("EVENT %s %s", e.Name, e.Message)
	s := c.services[o.Index]
	name := e.Name
	if name == "" {
		name = strings.Join(strings.Fields(e.Message)[min(2, len(strings.Fields(e.Message))-1):][:1], " ")
	}
	c.Seen["event "+name]++
	if e.Cause == service.Steady {
		c.checkSteady(s, o)
	}
	causes, held := resolvedBy[e.Cause]
	if !held {
		return
	}
	for _, r := range s.cfg.Rollouts[s.updates:] {
		if r.At < now {
			s.updates++
		}
		if r.At <= now {
			s.happened[updated]++ // at its very instant more than once, for it may come between two events
		}
	}
	sum := 1
	for _, h := range causes {
		sum += s.happened[h]
	}
	last, said := s.said[e.Message]
	again := now >= s.saidAt[e.Message]+repeats
	c.must(!said || sum > last || again || o.Desired != s.desired, "an event is not repeated while its cause lasts", "%s", e.Message)
	s.said[e.Message], s.saidAt[e.Message] = sum, now
}

// checkSteady: the service is at rest when it says so.
func (c *Checker) checkSteady(s *servicebook, o *model.Owner) {
	p, healthy := s.primary(), 0
	c.must(p != nil && p.rollout == model.RolloutCompleted, steady, "%s: its deployment is not COMPLETED", o.Name)
	for _, k := range c.live {
		if k.service != s {
			continue
		}
		yes, _ := k.healthy(c.now)
		c.must(yes && k.task.Deployment == p.book, steady, "%s: %s is %s", o.Name, k.name, k.status)
		healthy++
	}
	c.must(healthy == o.Desired, steady, "%s has %d tasks of %d", o.Name, healthy, o.Desired)
}

const steady = "a service in a steady state has its desired number of healthy tasks and no other"

// checkServices recounts the tasks of all deployments.
func (c *Checker) checkServices() {
	for _, s := range c.services {
		for _, r := range s.releases {
			r.has = tally{}
		}
	}
	for _, k := range c.live {
		if k.release != nil {
			k.release.has.add(k, c.now)
		}
	}
	for _, s := range c.services {
		if s.owner != nil {
			c.checkDesired(s)
			s.desired = s.owner.Desired
			c.checkReleases(s)
			c.checkTripped(s)
		}
	}
}

func (t *tally) add(k *card, now time.Duration) {
	switch {
	case k.leaving:
		t.leaving++
	case k.running:
		t.running++
		perhaps, surely := k.healthy(now)
		if perhaps {
			t.healthy++
		}
		if surely {
			t.sure++
		}
	case k.placed:
		t.starting++
	default:
		t.waiting++
	}
}

func (c *Checker) checkReleases(s *servicebook) {
	primaries, share := 0, 0.0
	for _, r := range s.releases {
		c.checkCounters(s, r)
		if r.status == model.PrimaryDeployment {
			primaries++
		}
		share += r.book.Share
	}
	if primaries != 1 {
		c.fail("a service has one PRIMARY deployment", "%s has %d", s.cfg.Name, primaries)
	}
	if s.cfg.Deployment.Strategy != service.Rolling && math.Abs(share-1) > 1e-9 {
		c.fail("the traffic adds up to 100 %", "%s: the deployments have %v of it", s.cfg.Name, share)
	}
}

// checkCounters compares what a deployment says with the recount.
func (c *Checker) checkCounters(s *servicebook, r *release) {
	d, n := r.book, &r.has
	said := tally{d.Waiting, d.Starting, d.Running, n.healthy, n.sure, d.Leaving}
	if said != *n || d.Healthy < n.sure || d.Healthy > n.healthy || d.Healthy > d.Running {
		c.fail("a deployment's counters are those of its tasks", "%s: deployment %d says %+v, and the count is %+v", s.cfg.Name, d.Number, *d, *n)
	}
	if d.Status != r.status || d.Rollout != r.rollout {
		c.fail("every change is told", "%s: deployment %d is %s %s, and nobody heard", s.cfg.Name, d.Number, d.Status, d.Rollout)
	}
	if r.status == model.InactiveDeployment && (n.live() > 0 || n.leaving > 0) {
		c.fail("an INACTIVE deployment has no tasks", "%s: deployment %d has %+v", s.cfg.Name, d.Number, *n)
	}
}

// checkTripped: a deployment whose failures reached the threshold has failed.
func (c *Checker) checkTripped(s *servicebook) {
	r := s.failed
	s.failed = nil
	if r == nil || !s.cfg.Deployment.Breaker.Enable || r.status != model.PrimaryDeployment || r.rollout != model.RolloutInProgress {
		return
	}
	c.settleAll(s)
	least, _ := r.counted()
	limit := s.cfg.Deployment.Breaker.Limit(s.owner.Desired)
	c.must(least < limit, "a circuit breaker trips at its threshold", "%s: deployment %d goes on after %d failures of %d", s.cfg.Name, r.book.Number, least, limit)
}

// checkSeats: a daemon has a task on every ACTIVE instance of its cluster that its constraints admit. Which those are
// only the World knows; but there are as many tasks as instances.
func (c *Checker) checkSeats(s *servicebook, desired int) {
	seats, instances := 0, 0
	for i, h := range c.hosts {
		managed := i.Provider >= 0 && c.cfg.CapacityProviders[i.Provider].Kind == model.ManagedInstances
		if h.cluster != s.cfg.Cluster || h.stranded || h.status != fleet.Active || managed { // those take tasks of their provider alone
			continue
		}
		instances++
		seats += h.daemonOf[s]
	}
	c.must(seats == desired && desired <= instances, "a daemon has one task on an instance", "%s has %d on %d instances, %d desired", s.cfg.Name, seats, instances, desired)
	if len(s.cfg.Constraints) == 0 && s.cfg.Task.NetworkMode != "awsvpc" {
		c.must(desired == instances, "a daemon has one task on an instance", "%s wants %d on %d instances", s.cfg.Name, desired, instances)
	}
}
