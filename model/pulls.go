package model

import (
	"slices"
	"time"

	"ecssim/model/image"
	"ecssim/sim"
)

// pullClock is the pulls of one machine as an event: the next instant at which one is done.
type pullClock struct {
	world  *World
	host   *image.Host
	ticket sim.Ticket
}

// Fire lets the pulls that are done be done.
func (c *pullClock) Fire(now time.Duration) {
	if c.world.engine.Firing() == c.ticket {
		c.advance(now)
	}
}

// advance tells the tasks whose pulls are done, and waits for the next.
func (c *pullClock) advance(now time.Duration) {
	for _, p := range append([]*image.Pull(nil), c.host.Advance(now)...) {
		if pull, ok := p.Owner.(*pull); ok {
			pull.done(now, p)
		}
	}
	c.wait()
}

func (c *pullClock) wait() {
	c.ticket = 0
	if next := c.host.Next(); next >= 0 {
		c.ticket = c.world.engine.At(max(next, c.world.engine.Now()), c)
	}
}

// pull is one image that one task pulls.
type pull struct {
	task  *Task
	image int
	began time.Duration
}

// pull begins to pull the described images of a task. Those of its other containers are taken to come meanwhile.
func (t *Task) pull(now time.Duration) {
	l, w := t.ensureLife(), t.work.world
	clock := t.pullClock(l)
	behaviour := image.Default
	if t.Instance != nil {
		m := w.machines[t.Instance]
		m.use(t.work.rev, 1)
		l.using = true
		behaviour = m.fleet.Pull
	}
	l.pulling = len(t.work.rev.images)
	clock.advance(now) // what is done at this instant is there
	t.later(now, image.PullTimeout, (*Task).pullTimedOut)
	for _, n := range t.work.rev.images {
		if !t.pullOne(now, clock, n, behaviour) {
			clock.wait() // for those before it
			return
		}
	}
	clock.advance(now)
}

// pullTimedOut ends a task whose images are not there in time (ECS rules, services 1.3).
func (t *Task) pullTimedOut(now time.Duration) {
	if t.work.life.pulling > 0 {
		t.leave(now, TaskFailedToStart, image.TimedOut().String())
	}
}

// pullClock is that of the machine on which the task is. A Fargate task has a machine of its own, without a cache
// (ECS rules, services 1.6).
func (t *Task) pullClock(l *life) *pullClock {
	w := t.work.world
	if t.Instance != nil {
		return w.machines[t.Instance].pullClock()
	}
	if l.clock == nil {
		l.clock = &pullClock{world: w, host: image.NewHost(w.cfg.FargateSpeed, false)}
	}
	return l.clock
}

// pullClock gives an instance its cache when it pulls for the first time.
func (m *machine) pullClock() *pullClock {
	if m.host == nil {
		m.host = image.NewHost(m.fleet.Speed, true)
		for _, n := range m.fleet.Cached {
			m.host.Preload(&m.world.cfg.Images[n])
		}
		m.pulls = pullClock{world: m.world, host: m.host}
		m.using, m.left = make([]int, len(m.world.cfg.Images)), make([]time.Duration, len(m.world.cfg.Images))
		if image.CleansUp(m.fleet.Pull) {
			m.world.engine.At(m.world.engine.Now()+image.CleanupInterval, &cleanup{m})
		}
	}
	return &m.pulls
}

// use counts the tasks here that need an image, which the agent then keeps.
func (m *machine) use(r *revision, delta int) {
	if m.host == nil {
		return
	}
	for _, n := range r.images {
		m.using[n] += delta
		m.left[n] = m.world.engine.Now()
	}
}

// containersKept is how long the agent keeps stopped containers, and so their images (ECS rules, services 1.3,
// ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION).
const containersKept = 3 * time.Hour

// cleanup is the agent's search for images that nobody uses.
type cleanup struct{ machine *machine }

// Fire removes some and waits for the next cycle, as long as there is the instance.
func (c *cleanup) Fire(now time.Duration) {
	m := c.machine
	if m.instance.Terminated != Never {
		return
	}
	m.host.Clean(now, func(img *image.Image) bool {
		for n := range m.using {
			if &m.world.cfg.Images[n] == img {
				return m.using[n] > 0 || now < m.left[n]+containersKept
			}
		}
		return false
	})
	m.world.engine.At(now+image.CleanupInterval, c)
}

// pullOne begins one pull, or fails the task and returns false.
func (t *Task) pullOne(now time.Duration, clock *pullClock, n int, behaviour image.Behaviour) bool {
	w, l := t.work.world, t.work.life
	img := &w.cfg.Images[n]
	reg := &w.cfg.Registries[img.Registry]
	var fixed time.Duration
	if image.Remote(behaviour, clock.host.Has(img), clock.host.Pulled(img)) {
		f, delay := w.pullFailure(now, t, n)
		switch {
		case f == nil:
			fixed = t.delay(w.cfg.Latency.PullStart)
		case image.FallsBack(behaviour, clock.host.Has(img)):
			fixed = delay // then the cached image serves
		default:
			t.later(now, delay, func(t *Task, now time.Duration) { t.leave(now, TaskFailedToStart, f.String()) })
			return false
		}
	}
	p := clock.host.Begin(now, img, reg, behaviour, fixed, w.outages.slowness(img.Registry))
	p.Owner = &pull{t, n, now}
	l.pulls = append(l.pulls, p)
	return true
}

// pullFailure is why a registry does not serve a pull now, and how long it takes to notice; nil if it does.
func (w *World) pullFailure(now time.Duration, t *Task, n int) (*image.Failure, time.Duration) {
	img := &w.cfg.Images[n]
	reg := &w.cfg.Registries[img.Registry]
	fargate := t.Instance == nil
	fails := func(f image.Failure) *image.Failure { return &f }
	o := &w.outages
	switch {
	case o.down(img.Registry):
		if fargate {
			return fails(image.Unreachable(img.Name, reg.Kind, true)), image.UnreachableOnFargate
		}
		return fails(image.Unreachable(img.Name, reg.Kind, false)), image.UnreachableOnEC2
	case !w.pullLimit[img.Registry].Take(now, t.client()):
		return fails(image.PullLimit(reg.Kind)), t.delay(w.cfg.Latency.PullStart)
	case img.Missing || o.missing[n] > 0:
		return fails(image.MissingImage(img.Name, fargate)), t.delay(w.cfg.Latency.PullStart)
	case o.corrupt[n] > 0:
		return fails(image.CorruptLayer(img.Layers[len(img.Layers)-1].ID)), t.delay(w.cfg.Latency.PullStart)
	}
	return nil, 0
}

// client is the machine that a registry sees.
func (t *Task) client() string {
	if t.Instance != nil {
		return t.Instance.Name
	}
	return "fargate/" + t.String() // an instance may have the same name
}

// done is the end of one of a task's pulls.
func (p *pull) done(now time.Duration, done *image.Pull) {
	t := p.task
	l := t.work.life
	t.work.world.observer.ImagePulled(now, t, Pulled{Image: p.image, Bytes: done.Fetched, Took: now - p.began})
	if l.pulling--; l.pulling > 0 || t.Leaving {
		return // others are under way, or the order to stop waits for the agent
	}
	// What a lazy image still lacks comes while the task runs.
	l.pulls = slices.DeleteFunc(l.pulls, func(p *image.Pull) bool { return !p.Image.Lazy })
	t.work.step = pulled
	t.proceed(now)
}

// cancelPulls ends the pulls of a task that leaves.
func (t *Task) cancelPulls(now time.Duration) {
	l := t.work.life
	if l == nil || len(l.pulls) == 0 {
		return
	}
	clock := t.pullClock(l)
	for _, p := range l.pulls {
		p.Owner = nil
		clock.host.Cancel(now, p)
	}
	l.pulls = nil
	clock.wait()
}
