package worlds

import (
	"time"

	"ecssim/model"
	"ecssim/model/service"
)

// release is what the checker knows of one deployment.
type release struct {
	book    *model.Deployment // the World's own; only looked at
	status  model.DeploymentStatus
	rollout model.RolloutState
	has     tally

	// failures are the instants at which the circuit breaker counted one, in its present stage.
	failures []time.Duration
	reached  bool
	// lastHealthy is when a task became healthy last, as far as is known; reset: that forgets failures.
	lastHealthy time.Duration
	reset       bool
}

// reach is the first task that runs: failures to start are forgotten (developer guide, circuit breaker).
func (r *release) reach(time.Duration) {
	if !r.reached {
		r.reached, r.failures = true, nil
	}
}

func (r *release) failedStart(now time.Duration) {
	if !r.reached {
		r.failures = append(r.failures, now)
	}
}

func (r *release) replacedSick(now time.Duration) {
	if r.reached {
		r.failures = append(r.failures, now)
	}
}

func (r *release) becameHealthy(now time.Duration) { r.lastHealthy = max(r.lastHealthy, now) }

// settleHealth notes when a task that nobody checks became healthy, which is not told.
func (r *release) settleHealth(k *card, healthy bool) {
	if healthy && !k.checked {
		r.becameHealthy(k.runningAt + healthyAfter)
	}
}

// counted are the failures since a task became healthy: at least, and at most. What happened at the same instant may
// have come before or after.
func (r *release) counted() (least, most int) {
	for _, at := range r.failures {
		switch {
		case !r.reset || r.lastHealthy < 0 || at > r.lastHealthy:
			least++
			most++
		case at == r.lastHealthy:
			most++
		}
	}
	return least, most
}

// join gives a task to its deployment, which it has when it is placed, and at the latest when the event is over that
// created it.
func (c *Checker) join(k *card) {
	if k.service == nil || k.release != nil {
		return
	}
	d := k.task.Deployment
	c.must(d != nil && d.Number <= len(k.service.releases), "a task of a service is of a deployment", "%s is of none", k.name)
	k.release = k.service.releases[d.Number-1]
	c.must(k.release.book == d, "a deployment is one and the same", "that of %s", k.name)
}

// DeploymentChanged is a deployment that begins, or goes on.
func (c *Checker) DeploymentChanged(now time.Duration, o *model.Owner, d *model.Deployment) {
	c.hear(now)
	c.note("%s deployment %d: %s %s, share %v: %s", o.Name, d.Number, d.Status, d.Rollout, d.Share, d.Reason)
	c.Seen["deployment "+d.Rollout.String()+" "+d.Status.String()]++
	s := c.services[o.Index]
	s.owner = o
	s.happened[deploymentMoved]++
	if d.Number == len(s.releases)+1 {
		c.must(d.Status == model.PrimaryDeployment && d.Rollout == model.RolloutInProgress && d.Created == now, progress,
			"%s begins deployment %d as %s %s", o.Name, d.Number, d.Status, d.Rollout)
		s.releases = append(s.releases, &release{book: d, lastHealthy: -1, reset: s.cfg.Deployment.Breaker.ResetOnHealthyTask})
		return
	}
	c.must(d.Number <= len(s.releases) && s.releases[d.Number-1].book == d, progress, "%s: deployment %d comes from nowhere", o.Name, d.Number)
	r := s.releases[d.Number-1]
	c.checkStep(s, r, d)
	r.status, r.rollout = d.Status, d.Rollout
}

const progress = "a deployment goes from PRIMARY to ACTIVE to INACTIVE, and ends once; only a rollback begins one anew"

func (c *Checker) checkStep(s *servicebook, r *release, d *model.Deployment) {
	if d.Status == model.PrimaryDeployment && r.status != model.PrimaryDeployment {
		c.must(d.Rollout == model.RolloutInProgress && r.rollout == model.RolloutCompleted && d.Reason != "", progress,
			"%s: deployment %d was %s %s, and is PRIMARY", s.cfg.Name, d.Number, r.status, r.rollout)
		r.failures, r.reached, r.lastHealthy = nil, false, -1
		c.Seen["rollback"]++
		return
	}
	c.must(d.Status >= r.status, progress, "%s: deployment %d is %s after %s", s.cfg.Name, d.Number, d.Status, r.status)
	if d.Rollout == r.rollout {
		return
	}
	c.must(r.rollout == model.RolloutInProgress && d.Status == model.PrimaryDeployment, progress,
		"%s: deployment %d is %s %s after %s", s.cfg.Name, d.Number, d.Status, d.Rollout, r.rollout)
	if d.Rollout == model.RolloutCompleted {
		c.checkCompleted(s, r)
		return
	}
	if d.Reason != service.TasksFailedToStart.String() {
		return
	}
	limit := s.cfg.Deployment.Breaker.Limit(s.owner.Desired)
	c.settleAll(s)
	_, most := r.counted()
	c.must(most >= limit, "a circuit breaker trips at its threshold", "%s: deployment %d failed after %d failures of %d", s.cfg.Name, d.Number, most, limit)
	c.Seen["breaker"]++
}

// settleAll brings the instants of health up to date.
func (c *Checker) settleAll(s *servicebook) {
	for _, k := range c.live {
		if k.service == s && k.release != nil {
			perhaps, _ := k.healthy(c.now)
			k.release.settleHealth(k, perhaps)
		}
	}
}

// checkCompleted: every task is a healthy one of the deployment.
func (c *Checker) checkCompleted(s *servicebook, r *release) {
	healthy := 0
	for _, k := range c.live {
		if k.service != s {
			continue
		}
		c.must(k.task.Deployment == r.book, "a deployment is COMPLETED when the older tasks are gone", "%s is still there", k.name)
		if yes, _ := k.healthy(c.now); yes {
			healthy++
		}
	}
	c.must(healthy >= s.owner.Desired, "a deployment is COMPLETED when its tasks are healthy", "%s: %d of %d are", s.cfg.Name, healthy, s.owner.Desired)
}
