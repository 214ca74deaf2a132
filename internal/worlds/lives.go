package worlds

import (
	"fmt"
	"strings"
	"time"

	"ecssim/model"
	"ecssim/model/containers"
	"ecssim/model/fleet"
	"ecssim/model/placement"
	"ecssim/model/taskdef"
)

// card is what the checker knows of one task.
type card struct {
	task    *model.Task
	serial  int64
	name    string
	owner   *model.Owner
	placing *model.Placing
	needs   taskdef.Needs
	group   *fleet.Group

	status                         model.Status
	placed, running, leaving, gone bool
	awaits                         bool // it waits in PROVISIONING for capacity
	health                         containers.Health
	checked                        bool // somebody checks its health
	placedAt, runningAt            time.Duration
	throttled                      time.Duration // until then; negative if it is not
	host                           *host
	subnet                         int
	spot                           bool
	dynamic                        []int

	seat    int // in Checker.live
	service *servicebook
	release *release // nil for jobs, and until the event that created the task is over
}

const (
	states = "a task goes through its states forwards, and each is told once"
	once   = "a task is told of between its creation and its end"
)

// card finds the card of a task of which something is told.
func (c *Checker) card(now time.Duration, t *model.Task) *card {
	c.hear(now)
	k := c.cards[t]
	if k == nil || k.serial != t.Serial {
		c.fail(once, "something is told of %s (serial %d), which is not there", t, t.Serial)
	}
	return k
}

// TaskCreated opens a card.
func (c *Checker) TaskCreated(now time.Duration, t *model.Task) {
	c.hear(now)
	c.note("%s created", t)
	c.must(c.cards[t] == nil, once, "%s is created twice", t)
	c.must(t.Status == model.Provisioning && t.Placed == model.Never && t.Created == now, states, "%s begins as %+v", t, *t)
	k := &card{
		task: t, serial: t.Serial, name: t.String(), owner: t.Owner, placing: t.Placing, seat: len(c.live), throttled: -1, subnet: -1,
	}
	c.cards[t] = k
	c.live = append(c.live, k)
	c.fresh = append(c.fresh, k)
	c.created++
	if t.Owner.Service {
		k.service = c.services[t.Owner.Index]
		c.checkUpper(k)
	}
}

// close takes a card out.
func (c *Checker) close(k *card) {
	c.waited(k)
	k.gone = true
	last := c.live[len(c.live)-1]
	c.live[k.seat], last.seat = last, k.seat
	c.live = c.live[:len(c.live)-1]
	delete(c.cards, k.task)
}

// PlacementFailed is an attempt of a task that has no place.
func (c *Checker) PlacementFailed(now time.Duration, t *model.Task, r *placement.Refusal) {
	k := c.card(now, t)
	c.note("%s refused: %v", t, r.Reason)
	c.must(!k.placed, states, "%s is refused a place, and has one", t)
	c.checkRefused(k, r)
	c.must(r.Reason != placement.Fits, "a refusal has a reason", "%s is refused for none", t)
	c.Seen["refused "+r.Reason.String()]++
	k.throttled = -1
}

// LaunchThrottled is a Fargate task that waits for its token.
func (c *Checker) LaunchThrottled(now time.Duration, t *model.Task, until time.Duration) {
	k := c.card(now, t)
	c.note("%s throttled until %v", t, until)
	c.must(!k.placed && until > now && t.Placing.Launch == model.Fargate, states, "%s waits for its launch until %v", t, until)
	c.Seen["throttled"]++
	k.throttled = until
}

// TaskPlaced gives a task its place.
func (c *Checker) TaskPlaced(now time.Duration, t *model.Task) {
	k := c.card(now, t)
	c.note("%s placed on %s, subnet %d", t, place(t), t.Subnet)
	c.must(!k.placed && !k.leaving && t.Placed == now, states, "%s is placed, and was", t)
	c.must(k.throttled < 0 || k.throttled == now, "a launch that is throttled waits for its token", "%s was to wait until %v", t, k.throttled)
	k.placed, k.placedAt, k.needs, k.group, k.subnet, k.spot = true, now, t.Demand.Needs, t.Demand.Group, t.Subnet, t.Placing.Spot
	k.checked = checked(t, c.cfg)
	c.checkPlace(k, t)
	c.checkProvider(t)
	c.waited(k)
	c.occupy(k, t)
	if k.service != nil {
		c.join(k)
		k.service.placed(c, k)
	}
}

func place(t *model.Task) string {
	if t.Instance != nil {
		return t.Instance.Name
	}
	return "Fargate"
}

// checked: a load balancer or a container health check says whether the task is healthy.
func checked(t *model.Task, cfg *model.Config) bool {
	if t.Owner.Service && len(cfg.Services[t.Owner.Index].Targets) > 0 {
		return true
	}
	for i := range t.Placing.Task.Containers {
		if d := &t.Placing.Task.Containers[i]; d.Essential && d.Health != nil {
			return true
		}
	}
	return false
}

// TaskChanged is another status.
func (c *Checker) TaskChanged(now time.Duration, t *model.Task) {
	k := c.card(now, t)
	c.note("%s %s", t, t.Status)
	c.must(k.placed && t.Status > k.status && t.Status != model.Running && t.Status != model.Stopped, states,
		"%s is %s after %s", t, t.Status, k.status)
	c.must(k.leaving == (t.Status > model.Running), states, "%s is %s, leaving: %v", t, t.Status, k.leaving)
	k.status = t.Status
	c.Seen["status "+t.Status.String()]++
}

// TaskRunning is RUNNING.
func (c *Checker) TaskRunning(now time.Duration, t *model.Task) {
	k := c.card(now, t)
	c.note("%s RUNNING", t)
	c.must(k.placed && !k.leaving && !k.running && k.status < model.Running && t.Status == model.Running && t.Running == now, states,
		"%s is RUNNING after %s", t, k.status)
	k.running, k.runningAt, k.status = true, now, model.Running
	c.Seen["status "+t.Status.String()]++
	c.pickedPorts(k, t)
	if k.service != nil {
		k.service.ran(k)
	}
}

// TaskHealth is another health.
func (c *Checker) TaskHealth(now time.Duration, t *model.Task) {
	k := c.card(now, t)
	c.note("%s %s", t, t.Health)
	c.must(!k.leaving && (k.running || k.status == model.Activating), "health is that of tasks that run", "%s is %s as %s", t, t.Health, k.status)
	c.must(k.health != t.Health, "a change is a change", "%s is %s again", t, t.Health)
	c.must(k.checked, "nobody is healthy whom nobody checks", "%s is %s", t, t.Health)
	k.health = t.Health
	c.Seen["health "+t.Health.String()]++
	if t.Health == containers.Healthy {
		c.checkTargetsHealthy(k)
		if k.running && k.release != nil {
			k.release.becameHealthy(now)
		}
	}
}

// TaskLeaving is a task that is to stop.
func (c *Checker) TaskLeaving(now time.Duration, t *model.Task) {
	k := c.card(now, t)
	c.note("%s leaves as %s: %s %s", t, k.status, t.StopCode, t.StoppedReason)
	c.must(k.placed && !k.leaving && t.Leaving && t.Stopping == now, states, "%s leaves twice, or was never placed", t)
	c.must(k.subnet >= 0 || t.Demand.Needs.ENIs == 0 || k.placedAt == now, "a task without its address does not live", "%s leaves", t)
	if strings.Contains(t.StoppedReason, "InsufficientFreeAddresses") {
		c.checkNoAddress(t)
	}
	if k.service != nil {
		k.service.leaves(c, k, t)
	}
	k.leaving = true
	if k.host != nil && t.StopCode == model.HostLost && !(k.service != nil && k.service.daemon()) {
		k.host.killedAt = now
	}
	c.vacate(k)
	c.Seen["stop "+cause(t)]++
}

// cause is why a task stops, without names.
func cause(t *model.Task) string {
	reason, _, _ := strings.Cut(t.StoppedReason, " (")
	reason, _, _ = strings.Cut(reason, ":")
	if t.StopCode == model.TaskFailedToStart && len(reason) > 40 {
		reason = reason[:40]
	}
	return fmt.Sprintf("%s %s", t.StopCode, reason)
}

// TaskStopped closes a card.
func (c *Checker) TaskStopped(now time.Duration, t *model.Task) {
	k := c.card(now, t)
	c.note("%s STOPPED after %s: %s %s", t, k.status, t.StopCode, t.StoppedReason)
	c.must(t.Status == model.Stopped && t.Stopped == now && t.Leaving, states, "%s has stopped as %s", t, t.Status)
	c.must(k.leaving || !k.placed, states, "%s has stopped, and nobody heard that it was leaving", t)
	c.must(t.StoppedReason != "" && t.StopCode != model.NotStopped, "a task that stops has a reason", "%s stopped: %s %q", t, t.StopCode, t.StoppedReason)
	last := t.Created
	for _, at := range []time.Duration{t.Placed, t.PullStarted, t.Running, t.Stopping, t.Stopped} {
		c.must(at == model.Never || at >= last, states, "the instants of %s are out of order: %+v", t, *t)
		last = max(last, at)
	}
	if k.placed {
		c.release(k)
	} else {
		c.Seen["stop before placement "+cause(t)]++
	}
	c.close(k)
	c.stopped++
}

// TaskGivenUp closes a card.
func (c *Checker) TaskGivenUp(now time.Duration, t *model.Task) {
	k := c.card(now, t)
	c.note("%s given up", t)
	c.must(!k.placed && k.service == nil, "only callers of RunTask give up, and only on tasks without a place", "%s is given up", t)
	c.close(k)
	c.givenUp++
	c.Seen["given up"]++
}

// CallsDenied and ImagePulled are told of tasks that are there.
func (c *Checker) CallsDenied(now time.Duration, t *model.Task, _ string) {
	k := c.card(now, t)
	c.must(k.running, once, "the calls of %s are denied, and it does not run", t)
	c.Seen["calls denied"]++
}

// ImagePulled is told of tasks that are starting.
func (c *Checker) ImagePulled(now time.Duration, t *model.Task, p model.Pulled) {
	k := c.card(now, t)
	c.note("%s pulled image %d: %d bytes in %v", t, p.Image, p.Bytes, p.Took)
	c.must(k.placed && !k.running && !k.leaving && p.Bytes >= 0 && p.Took >= 0, once, "%s pulls as %s: %+v", t, k.status, p)
	c.Seen["pull"]++
}
