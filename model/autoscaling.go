package model

import (
	"time"

	"ecssim/model/scaling"
)

// openScaling begins service auto scaling.
func (t *traffic) openScaling(cfg *scaling.Config) {
	if cfg == nil {
		return
	}
	t.scaler = scaling.NewScaler(cfg)
	for k := range cfg.Policies {
		if p := &cfg.Policies[k]; p.Period == scaling.HighResolution {
			t.tick = scaling.HighResolution
		}
	}
	t.awaitSchedule()
	if cfg.Predictive != nil && t.load != nil {
		t.hour.metric = cfg.Predictive.Metric
		t.predict(0, cfg.Predictive.Buffer)
	}
}

// publish sends the datapoints of a period on their way to the alarms. They arrive in order.
func (t *traffic) publish(now, period time.Duration, m *tally) {
	if t.scaler == nil {
		return
	}
	l, lane := &t.world.cfg.Latency, 0
	delay := l.MetricDelay
	if period == scaling.HighResolution {
		delay, lane = l.HighResolutionDelay, 1
	}
	at := max(after(now, t.delay(delay)), t.lastPublished[lane])
	t.lastPublished[lane] = at
	var points [scaling.NumMetrics]scaling.Datapoint
	for k := range points {
		v, ok := t.metric(m, scaling.Metric(k))
		points[k] = scaling.Datapoint{At: now, Value: v, Missing: !ok}
	}
	t.world.engine.At(at, strike(func(now time.Duration) {
		act := false
		for k := range points {
			act = t.scaler.Observe(now, scaling.Metric(k), period, points[k]) || act
		}
		if act {
			t.act(now)
		}
	}))
}

// act has the policies decide, after the time that alarms and actions take.
func (t *traffic) act(now time.Duration) {
	if t.deciding {
		return
	}
	t.deciding = true
	l := &t.world.cfg.Latency
	t.world.engine.At(after(now, t.delay(l.AlarmDelay)+t.delay(l.ScalingAction)), strike(func(now time.Duration) {
		t.deciding = false
		if t.allowed(now) {
			t.carryOut(now, t.scaler.Decide(now, t.counts()))
		}
	}))
}

// allowed reports whether Application Auto Scaling has its role. Without it scaling activities fail and desired counts stay
// what they are (ECS rules, placement 9); that is told once.
func (t *traffic) allowed(now time.Duration) bool {
	has := t.world.roles.Scales()
	if !has && !t.barred {
		n := t.service.desired
		t.tellDecision(now, scaling.Decision{
			Policy: "Application Auto Scaling", From: n, To: n, Wanted: n, Blocked: scaling.NoRole, Until: -1, Breached: -1, Alarmed: -1,
			Formula: "AccessDenied: alarms cannot be read, and the service cannot be updated",
		})
	}
	t.barred = !has
	return has
}

// counts is what policies calculate with.
func (t *traffic) counts() scaling.Counts {
	s := t.service
	c := scaling.Counts{Desired: s.desired}
	for _, d := range s.deployments {
		c.Running += d.Running
	}
	c.Deploying = s.primary != nil && s.primary.Rollout == RolloutInProgress && len(s.deployments) > 1
	return c
}

// carryOut tells of decisions, and sets what they ask for.
func (t *traffic) carryOut(now time.Duration, decisions []scaling.Decision) {
	s := t.service
	for _, d := range decisions {
		if id := t.tellDecision(now, d); d.Changes() {
			s.cause = id
			s.resize(d.To)
			s.due(now)
		}
	}
}

// tellDecision tells of a decision with what it was made in.
func (t *traffic) tellDecision(now time.Duration, d scaling.Decision) int64 {
	rate := -1.0
	if t.load != nil {
		rate = t.rate
	}
	return t.world.tellDecision(now, ScalingDecision{
		Decision: d, Owner: &t.service.Owner, Provider: -1, Running: t.counts().Running, Load: rate,
	})
}

// awaitSchedule schedules the next scheduled action.
func (t *traffic) awaitSchedule() {
	at, ok := t.scaler.NextSchedule()
	if !ok {
		return
	}
	w := t.world
	w.engine.At(max(w.engine.Now(), at, t.service.cfg.StartAt), strike(func(now time.Duration) {
		if decisions := t.scaler.Scheduled(now, t.counts()); t.allowed(now) { // the action sets its bounds in any case
			t.carryOut(now, decisions)
		}
		t.awaitSchedule()
	}))
}

// hourly is what predictive scaling learns from.
type hourly struct {
	metric scaling.Metric
	tally
}

// learn ends an hour.
func (t *traffic) learn(now time.Duration) {
	if t.scaler == nil || now%time.Hour != 0 {
		return
	}
	h := &t.hour
	if v, ok := t.metric(&h.tally, h.metric); ok {
		tasks := h.running / time.Hour.Seconds()
		if h.metric == scaling.ALBRequestCountPerTarget {
			tasks = h.Targets / time.Hour.Seconds()
		}
		t.scaler.LearnHour(int(now/time.Hour)-1, v*tasks)
	}
	h.tally = tally{}
}

// predict acts on the forecast for an hour, before it begins.
func (t *traffic) predict(hour int, buffer time.Duration) {
	w := t.world
	at := max(0, time.Duration(hour)*time.Hour-buffer)
	if end := w.cfg.Duration; end > 0 && at >= end {
		return
	}
	w.engine.At(max(w.engine.Now(), at), strike(func(now time.Duration) {
		if t.service.primary != nil && t.allowed(now) {
			t.carryOut(now, t.scaler.Predict(now, hour, t.counts()))
		}
		t.predict(hour+1, buffer)
	}))
}
