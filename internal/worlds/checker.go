package worlds

import (
	"fmt"
	"slices"
	"time"

	"ecssim/model"
	"ecssim/model/fleet"
	"ecssim/model/service"
	"ecssim/sim"
)

// Violation is a rule that was broken.
type Violation struct {
	At   time.Duration
	Rule string
	What string
}

func (v *Violation) String() string { return fmt.Sprintf("%s\n    at %v: %s", v.Rule, v.At, v.What) }

// Checker hears what happens in one world and keeps books of its own, by which it judges every event. It looks at what it
// is handed, never into the World, but for World.CheckBooks. A broken rule is a panic with a *Violation.
type Checker struct {
	model.Unheard
	cfg   *model.Config
	calm  bool
	world *model.World
	now   time.Duration
	ended bool

	cards map[*model.Task]*card // of tasks that are neither STOPPED nor given up
	live  []*card               // the same ones
	fresh []*card               // created by the present event
	hosts map[*fleet.Instance]*host
	// zones, addresses, fargate and spot are the outages that go on, the addresses taken by subnet, and what runs on
	// Fargate.
	zones         map[string]int
	addresses     []int64
	fargate, spot pool
	services      []*servicebook
	targets       targetbook
	groups        []*groupbook // by capacity provider
	waiters       []int        // by cluster: tasks that wait for capacity
	decisions     int64
	// faults are those that go on; faultAt is when one began or ended last.
	faults  map[*model.Fault]bool
	faultAt time.Duration
	// streams are those of the world: what it draws, the checker can draw as well.
	streams sim.Streams

	created, stopped, givenUp int
	// Seen counts what has come up, so that a test can tell whether worlds are worth their time.
	Seen map[string]int
	// Note, if set, is told every line of the history.
	Note func(line string)
}

// NewChecker returns the books of an empty world.
func NewChecker(cfg *model.Config, seed uint64) *Checker {
	c := &Checker{
		cfg: cfg, calm: Calm(seed), streams: sim.NewStreams(seed), waiters: make([]int, len(cfg.Clusters)), faultAt: -1,
		faults: map[*model.Fault]bool{}, cards: map[*model.Task]*card{}, hosts: map[*fleet.Instance]*host{}, zones: map[string]int{},
		addresses: make([]int64, len(cfg.Subnets)), Seen: map[string]int{},
	}
	c.fargate, c.spot = newPool(cfg.Quotas.FargateVCPU, &cfg.Quotas), newPool(cfg.Quotas.FargateSpotVCPU, &cfg.Quotas)
	for n := range cfg.Services {
		c.services = append(c.services, newServicebook(&cfg.Services[n], c.streams))
	}
	c.openTargets()
	c.openGroups()
	return c
}

// Watch makes the checker look at a world after every event. It must be called before Run.
func (c *Checker) Watch(w *model.World) {
	c.world = w
	w.CheckAfterEvent(c.afterEvent)
}

// fail ends the run: a rule is broken.
func (c *Checker) fail(rule, format string, args ...any) {
	panic(&Violation{At: c.now, Rule: rule, What: fmt.Sprintf(format, args...)})
}

// must holds a rule.
func (c *Checker) must(holds bool, rule, format string, args ...any) {
	if !holds {
		c.fail(rule, format, args...)
	}
}

// hear is the beginning of everything that is heard.
func (c *Checker) hear(now time.Duration) {
	if now < c.now || c.world != nil && now != c.world.Now() && !c.ended {
		c.fail("time never goes back, and everybody has the same", "an event is told at %v after one at %v, and the clock stands at %v",
			now, c.now, c.world.Now())
	}
	if c.ended {
		c.fail("nothing happens after the end", "an event is told at %v", now)
	}
	c.now = now
}

// note writes a line of the history, if somebody reads it.
func (c *Checker) note(format string, args ...any) {
	if c.Note != nil {
		c.Note(fmt.Sprintf("%12v  ", c.now) + fmt.Sprintf(format, args...))
	}
}

// afterEvent holds everything against the rules. The World has finished what it was doing.
func (c *Checker) afterEvent() {
	if now := c.world.Now(); now < c.now {
		c.fail("time never goes back, and everybody has the same", "the clock stands at %v after an event at %v", now, c.now)
	} else {
		c.now = now
	}
	for _, k := range c.fresh {
		if !k.gone {
			c.join(k)
		}
	}
	c.fresh = c.fresh[:0]
	c.checkHosts()
	c.checkPools()
	c.checkServices()
	c.checkGroups()
	c.world.CheckBooks()
}

// FaultChanged keeps the outages of zones.
func (c *Checker) FaultChanged(now time.Duration, f *model.Fault, on bool) {
	c.hear(now)
	c.note("FAULT %s %s %v", f.Name, f.Kind, on)
	c.Seen["fault "+f.Kind.String()]++
	c.faultAt, c.faults[f] = now, on
	if f.Kind != model.ZoneOutage {
		return
	}
	if on {
		c.zones[f.Zone]++
	} else {
		c.zones[f.Zone]--
	}
}

// RunEnded compares what is left with what was counted.
func (c *Checker) RunEnded(now time.Duration, e model.Ending) {
	c.world.CheckBooks()
	c.must(now >= c.now, "time never goes back, and everybody has the same", "the run ends at %v", now)
	c.now, c.ended = now, true
	c.must(e.Runaway == "", "every world ends", "after %d events it goes on because of %s", e.Events, e.Runaway)
	left := slices.Collect(e.Tasks)
	c.must(c.created == len(left)+c.stopped+c.givenUp && len(left) == len(c.live), "no task is lost",
		"%d were created, %d stopped, %d were given up, and %d of %d are left", c.created, c.stopped, c.givenUp, len(left), len(c.live))
	for _, t := range left {
		c.must(c.cards[t] != nil, "no task is lost", "%s is left, and nobody has heard of it", t)
	}
	hosts := 0
	for i := range e.Instances {
		hosts++
		c.must(c.hosts[i] != nil && !c.hosts[i].stranded && !c.hosts[i].booting, "no instance is lost", "%s is there, and nobody has heard of it", i.Name)
	}
	for i := range e.Stranded {
		hosts++
		c.must(c.hosts[i] != nil && (c.hosts[i].stranded || c.hosts[i].booting), "no instance is lost", "%s is stranded, and nobody has heard of it", i.Name)
	}
	c.must(hosts == len(c.hosts), "no instance is lost", "%d are left of %d", hosts, len(c.hosts))
	if c.calm {
		c.checkCalm()
	}
}

// scaledLately: policies have moved the service just now, or a group the instances below it, and what follows takes a
// while. Neither has to end: policies may go up and down for ever under a constant load.
func (c *Checker) scaledLately(s *servicebook) bool {
	const lately = 10 * time.Minute
	moved := func(at time.Duration) bool { return at >= 0 && at > c.now-lately }
	if moved(s.scaling.decidedAt) {
		return true
	}
	for _, b := range c.groups {
		if b.cfg.Group != nil && b.cfg.Group.Template.Cluster == s.cfg.Cluster && s.cfg.Launch == model.EC2 && moved(b.moved) {
			return true
		}
	}
	c.Seen["at rest"]++
	return false
}

// checkCalm: when nothing has gone wrong for long, every service is what it is meant to be.
func (c *Checker) checkCalm() {
	const rule = "a service comes to rest when nothing goes wrong any more"
	for _, s := range c.services {
		if c.scaledLately(s) {
			continue
		}
		p := s.primary()
		c.must(p != nil, rule, "%s has no deployment", s.cfg.Name)
		c.must(p.book.Rollout == model.RolloutCompleted, rule, "%s: deployment %d is %s", s.cfg.Name, p.book.Number, p.book.Rollout)
		desired := s.desired
		spare := 0
		if s.cfg.Rebalancing {
			spare = 1
		}
		for _, r := range s.releases {
			n := &r.has
			if r == p {
				c.must(n.healthy >= desired && n.waiting <= spare && n.live() >= desired && n.live() <= desired+spare, rule,
					"%s wants %d tasks, and deployment %d has %+v", s.cfg.Name, desired, p.book.Number, *n)
			} else {
				c.must(*n == tally{}, rule, "%s still has tasks of deployment %d: %+v", s.cfg.Name, r.book.Number, *n)
			}
		}
		if s.cfg.Scheduling == service.Daemon {
			c.checkSeats(s, desired)
		}
		c.checkStrategy(s)
	}
}
