package report

import (
	"slices"
	"time"

	"ecssim/model"
	"ecssim/model/balance"
	"ecssim/model/service"
	"ecssim/sim"
)

// serviceBook is what is known of a service besides what every owner has.
type serviceBook struct {
	owner  *owner
	index  int // in Config.Services
	faults *faultBook
	cfg    *model.Service
	model  *model.Owner // nil before anything is told of it

	// byStatus counts the placed tasks that are not RUNNING by lastStatus; nil for RUNNING and STOPPED. A task that
	// leaves and has not changed its status yet is in none.
	byStatus [model.NumStatuses]*sim.Track
	// healthy counts the RUNNING tasks that are healthy, or of whose health nobody asks. Where nobody ever does, checked
	// is false and it is owner.running.
	healthy *sim.Track
	checked bool
	zones   []counter // RUNNING, by zone
	targets [balance.NumStates]*sim.Track
	// targetReason is why a target became unhealthy the last time.
	targetReason string
	deployments  []deploymentBook // by number, from 1
	announced    announcement
	events       eventRing
	watches      []*watch // open windows of faults
}

// deploymentBook is one deployment: what the world says of it, and how many of its tasks run.
type deploymentBook struct {
	model            *model.Deployment // nil before it began
	running, healthy counter
	event            int64 // the last one logged
	changes          []DeploymentChange
}

// counter is a number that may be recorded as a step function.
type counter struct {
	n     int64
	track *sim.Track // nil if nobody asks
}

func (c *counter) add(now time.Duration, delta int64) {
	c.n += delta
	if c.track != nil {
		c.track.Add(now, delta)
	}
}

// Bounds on what is kept of one service. The number of deployments follows the configuration.
const (
	maxServiceEvents     = 100 // as many as ECS keeps
	maxDeploymentChanges = 100
	maxDeployments       = 1000
)

// serviceTracks is how many tracks newServiceBook makes.
func serviceTracks(cfg *model.Service, zones int) int {
	n := 6
	if healthChecked(cfg) {
		n++
	}
	if zones > 1 {
		n += zones
	}
	if len(cfg.Targets) > 0 {
		n += int(balance.NumStates) - 1
	}
	if d := deployments(cfg); d > 1 {
		n += 2 * d
	}
	return n
}

// deployments is how many deployments a service can have: a rollback uses one again.
func deployments(cfg *model.Service) int { return min(1+len(cfg.Rollouts), maxDeployments) }

func newServiceBook(l *sim.Timeline, o *owner, cfg *model.Service, zones int) *serviceBook {
	b := &serviceBook{owner: o, cfg: cfg, healthy: o.running, checked: healthChecked(cfg), zones: make([]counter, zones)}
	if b.checked {
		b.healthy = l.Track()
	}
	for _, s := range []model.Status{
		model.Provisioning, model.Pending, model.Activating, model.Deactivating, model.Stopping, model.Deprovisioning,
	} {
		b.byStatus[s] = l.Track()
	}
	if zones > 1 {
		for i := range b.zones {
			b.zones[i].track = l.Track()
		}
	}
	if len(cfg.Targets) > 0 {
		for s := range balance.Unused {
			b.targets[s] = l.Track()
		}
	}
	b.deployments = make([]deploymentBook, deployments(cfg))
	if len(b.deployments) > 1 {
		for i := range b.deployments {
			b.deployments[i].running.track, b.deployments[i].healthy.track = l.Track(), l.Track()
		}
	}
	return b
}

// deployment is the book of a task's deployment, or nil.
func (b *serviceBook) deployment(d *model.Deployment) *deploymentBook {
	if d == nil || d.Number < 1 || d.Number > len(b.deployments) {
		return nil
	}
	return &b.deployments[d.Number-1]
}

// cause is the event that made the service want a new task: that of its deployment.
func (b *serviceBook) cause(t *model.Task) int64 {
	if b == nil {
		return 0
	}
	if d := b.deployment(t.Deployment); d != nil {
		return d.event
	}
	return 0
}

// move counts a task in another status. A service's task that is stopped is in none.
func (b *serviceBook) move(now time.Duration, e *liveTask, to model.Status) {
	if e.status == to {
		return
	}
	if from := e.status; from < model.NumStatuses && b.byStatus[from] != nil {
		b.byStatus[from].Add(now, -1)
	}
	if e.status = to; b.byStatus[to] != nil {
		b.byStatus[to].Add(now, 1)
	}
}

// runs counts a task that has come to RUNNING.
func (b *serviceBook) runs(now time.Duration, e *liveTask, t *model.Task, zone int) {
	b.settle(now)
	e.running = true
	b.move(now, e, model.Running)
	b.countRunning(now, t, zone, 1)
	b.judge(now, e, t)
}

// leaves takes a task out of those that run, if it did, and into the status in which it leaves.
func (b *serviceBook) leaves(now time.Duration, e *liveTask, t *model.Task, zone int) {
	if e.running {
		b.settle(now)
		e.running = false
		b.judge(now, e, t)
		b.countRunning(now, t, zone, -1)
	}
	if t.Status < model.Deactivating {
		b.move(now, e, model.Running) // which has no track here: soon it is told of another status
		return
	}
	b.move(now, e, t.Status)
}

func (b *serviceBook) countRunning(now time.Duration, t *model.Task, zone int, delta int64) {
	if zone >= 0 {
		b.zones[zone].add(now, delta)
	}
	if d := b.deployment(t.Deployment); d != nil {
		d.running.add(now, delta)
		if !b.checked {
			d.healthy.add(now, delta)
		}
	}
}

// target counts a target in another state; one that is gone is counted nowhere.
func (b *serviceBook) target(now time.Duration, c model.TargetChange) {
	if t := b.targets[c.From]; t != nil {
		t.Add(now, -1)
	}
	if t := b.targets[c.To]; t != nil {
		t.Add(now, 1)
	}
	if c.To == balance.Unhealthy {
		b.targetReason = string(c.Reason)
	}
}

// DeploymentChange is a deployment in a new state.
type DeploymentChange struct {
	At      time.Duration
	Status  model.DeploymentStatus
	Rollout model.RolloutState
	Reason  string
	Share   float64 // of the production traffic
}

// deployed takes in a deployment that began or changed. turned says that its rollout is in another state.
func (b *serviceBook) deployed(now time.Duration, d *model.Deployment) (book *deploymentBook, turned bool) {
	for d.Number > len(b.deployments) && d.Number <= maxDeployments {
		b.deployments = append(b.deployments, deploymentBook{}) // without tracks: nobody expected it
	}
	if book = b.deployment(d); book == nil {
		return nil, true
	}
	book.model = d
	change := DeploymentChange{At: now, Status: d.Status, Rollout: d.Rollout, Reason: d.Reason, Share: d.Share}
	if n := len(book.changes); n > 0 {
		last := book.changes[n-1]
		turned = last.Rollout != change.Rollout
		last.At = now
		if last == change {
			return book, false
		}
	} else {
		turned = true
	}
	if len(book.changes) == maxDeploymentChanges {
		book.changes = slices.Delete(book.changes, 1, 2) // the beginning stays
	}
	book.changes = append(book.changes, change)
	return book, turned
}

// eventRing keeps the newest events of a service.
type eventRing struct {
	total int64
	rows  []EventRow
}

// EventRow is a service event.
type EventRow struct {
	At time.Duration
	service.Event
}

func (r *eventRing) add(now time.Duration, e service.Event) {
	row := EventRow{now, e}
	if len(r.rows) < maxServiceEvents {
		r.rows = append(r.rows, row)
	} else {
		r.rows[r.total%maxServiceEvents] = row
	}
	r.total++
}

// newest are the events that are kept, the oldest of them first.
func (r *eventRing) newest() []EventRow {
	if len(r.rows) < maxServiceEvents {
		return r.rows
	}
	first := int(r.total % maxServiceEvents)
	return slices.Concat(r.rows[first:], r.rows[:first])
}
