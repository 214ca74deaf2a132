package worlds

import (
	"strings"
	"time"

	"ecssim/model"
	"ecssim/model/fleet"
	"ecssim/model/service"
	"ecssim/sim"
)

// servicebook is what the checker knows of one service.
type servicebook struct {
	cfg      *model.Service
	owner    *model.Owner // nil until something is heard of it
	desired  int
	releases []*release // by number
	launches []time.Duration
	// happened counts what resolves causes of events; said is the count at which a message came last. updates is the
	// next of the service's rollouts.
	happened [numHappenings]int
	said     map[string]int
	saidAt   map[string]time.Duration
	updates  int
	// failed is the release whose failures grew in the present event.
	failed *release
	load   *loadbook // nil without load
	// scaling is the checker's own idea of service auto scaling; known: desired is that after an event.
	scaling *scalebook
	known   bool
}

func newServicebook(cfg *model.Service, streams sim.Streams) *servicebook {
	return &servicebook{cfg: cfg, said: map[string]int{}, saidAt: map[string]time.Duration{}, load: newLoadbook(cfg, streams), scaling: newScalebook(cfg)}
}

func (s *servicebook) daemon() bool { return s.cfg.Scheduling == service.Daemon }

// primary is its newest deployment; nil without one.
func (s *servicebook) primary() *release {
	for _, r := range s.releases {
		if r.status == model.PrimaryDeployment {
			return r
		}
	}
	return nil
}

// tally is a recount of the tasks of a deployment. sure are the healthy ones beyond doubt: at the very instant at which
// a task has run for long enough it may or may not have been counted yet.
type tally struct{ waiting, starting, running, healthy, sure, leaving int }

func (t *tally) live() int { return t.waiting + t.starting + t.running }

// healthyAfter is how long a task runs until it counts as healthy if nobody checks its health.
const healthyAfter = 40 * time.Second

// healthy reports whether a task counts towards the lower bound: perhaps, and surely.
func (k *card) healthy(now time.Duration) (perhaps, surely bool) {
	if !k.running || k.leaving {
		return false, false
	}
	if k.checked {
		yes := k.health == 1
		return yes, yes
	}
	since := now - k.runningAt
	return since >= healthyAfter, since > healthyAfter
}

// bounds of a service's tasks at present (developer guide, deployment types). The upper one of both revisions together
// is twice the desired count where a second environment stands beside the first.
func (s *servicebook) bounds(desired int) (lower, upper int) {
	d := &s.cfg.Deployment
	if d.Strategy != service.Rolling {
		return desired, max(2*desired, desired+1)
	}
	lower, upper = (desired*d.MinimumHealthyPercent+99)/100, desired*d.MaximumPercent/100
	return lower, upper
}

// checkUpper: no task is created that would make the tasks of a service more than its upper bound; those on their way
// out count until they have stopped. A daemon's bound is one an instance, which checkPlace holds.
func (c *Checker) checkUpper(k *card) {
	s := k.service
	s.owner, s.desired = k.owner, k.owner.Desired
	s.happened[taskMoved]++
	if s.daemon() {
		return
	}
	_, upper := s.bounds(k.owner.Desired)
	total := 0
	for _, other := range c.live {
		if other.service == s {
			total++
		}
	}
	c.must(total <= upper, "a service never starts a task beyond its upper bound", "%s is task %d of at most %d, %d desired",
		k.name, total, upper, k.owner.Desired)
}

// placed is told of a placement: a launch, which the account limits by the minute.
func (s *servicebook) placed(c *Checker, k *card) {
	s.happened[taskPlaced]++
	s.happened[taskMoved]++
	limit := c.cfg.Quotas.ServiceLaunches
	if limit == 0 || k.throttled >= 0 { // the service's launch was when it asked Fargate
		return
	}
	for len(s.launches) > 0 && s.launches[0]+time.Minute <= c.now {
		s.launches = s.launches[1:]
	}
	s.launches = append(s.launches, c.now)
	c.must(len(s.launches) <= limit, "a service starts no more tasks a minute than it may", "%s is number %d", k.name, len(s.launches))
}

func (s *servicebook) ran(k *card) {
	s.happened[taskRan]++
	s.happened[taskMoved]++
	s.load.runs(k.runningAt, k, 1)
	k.release.reach(k.runningAt)
}

// ownFault tells a start that failed from one that somebody else ended.
func ownFault(code model.StopCode) bool {
	return code == model.TaskFailedToStart || code == model.EssentialContainerExited
}

// leaves looks at why a task goes, and holds the lower bound.
func (s *servicebook) leaves(c *Checker, k *card, t *model.Task) {
	s.happened[taskMoved]++
	s.happened[taskLeft]++
	perhaps, surely := k.healthy(c.now)
	k.release.settleHealth(k, perhaps)
	if k.running {
		s.load.runs(c.now, k, -1)
	}
	switch {
	case !k.running && ownFault(t.StopCode):
		k.release.failedStart(c.now)
		s.failed = k.release
	case strings.HasPrefix(t.StoppedReason, "Task failed "):
		c.must(k.running && !perhaps, "only what is unhealthy is replaced as such", "%s was %s", k.name, k.health)
		k.release.replacedSick(c.now)
		s.failed = k.release
	}
	if t.StopCode == model.ServiceSchedulerInitiated && surely {
		c.checkLower(k, t)
	}
}

// checkLower: when the scheduler stops a healthy task because of a deployment, a scale-in, a host that drains or its
// own rebalancing, as many healthy ones stay as minimumHealthyPercent says, of the desired count of the moment. Tasks
// that fail, are replaced because of their health or lose their host do not concern it. Three cases are no breach:
//   - A daemon has no place on an instance that is not ACTIVE, whatever the bound.
//   - Where blue and green stand beside each other, only the revision that has traffic counts, and has to have all
//     desired tasks; the other one goes as it is.
//   - A scale-in leaves protected tasks alone whether or not they are healthy, so that healthy ones have to go.
func (c *Checker) checkLower(k *card, t *model.Task) {
	s := k.service
	shifts := s.cfg.Deployment.Strategy != service.Rolling
	switch {
	case s.daemon() && t.Instance.Status != fleet.Active,
		shifts && k.release.book.Share == 0,
		s.cfg.Protection != nil && k.release.status == model.PrimaryDeployment:
		return
	}
	left := 0
	for _, other := range c.live {
		if other.service == s && other != k && (!shifts || other.release == k.release) {
			if yes, _ := other.healthy(c.now); yes {
				left++
			}
		}
	}
	lower, _ := s.bounds(k.owner.Desired)
	c.must(left >= lower, "a service never goes below its lower bound of its own accord", "%s is stopped (%s), which leaves %d healthy of %d desired; the bound is %d",
		k.name, t.StoppedReason, left, k.owner.Desired, lower)
}
