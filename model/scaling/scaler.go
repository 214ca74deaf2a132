package scaling

import "time"

// Counts are the tasks of a service.
type Counts struct {
	// Running are RUNNING, Desired is the desired count.
	Running, Desired int
	// Deploying: a deployment is in progress.
	Deploying bool
}

// Scaler is Application Auto Scaling for one service: its policies with their alarms, cooldowns and bounds.
//
// Every formula begins with the RUNNING tasks and not with the desired count, so that what cannot be placed is not asked
// for again and again (ECS rules, services 4.1).
type Scaler struct {
	cfg      *Config
	policies []*policy
	min, max int

	// inUntil is when the cooldown of the last scale-in ends; it holds for all policies.
	inUntil time.Duration
	// empty: as far as is known no task runs, or will soon. It then takes a single datapoint to begin (ECS rules, services 4.1).
	empty bool

	schedule schedule
	forecast forecast
}

// policy is a policy at work.
type policy struct {
	*Policy
	// high is the alarm that scales out, low the one that scales in; a step scaling policy has one alarm, which is high.
	high, low watch
	last      Datapoint
	known     bool // there is a last datapoint, and it is not missing
	// fresh: no decision has looked at the last datapoint yet. A policy acts once on each.
	fresh bool

	// outUntil is when the cooldown of the last scale-out ends, outBase the count from which that scale-out began.
	outUntil time.Duration
	outBase  int

	told told
}

// watch is an alarm and when it went to ALARM.
type watch struct {
	*Alarm
	alarmed time.Duration
}

// on reports whether the alarm is in ALARM.
func (w *watch) on() bool { return w.Alarm != nil && w.State() == InAlarm }

// add gives the alarm a datapoint that it sees at now.
func (w *watch) add(now time.Duration, d Datapoint) {
	if w.Alarm == nil {
		return
	}
	was := w.State()
	if w.Add(d) == InAlarm && was != InAlarm {
		w.alarmed = now
	}
}

// NewScaler returns the scaler of a service in which nothing has been measured.
func NewScaler(cfg *Config) *Scaler {
	s := &Scaler{cfg: cfg, min: cfg.Min, max: cfg.Max, empty: true, schedule: newSchedule(cfg.Schedule)}
	for i := range cfg.Policies {
		p := &policy{Policy: &cfg.Policies[i]}
		if p.Step != nil {
			p.high = watch{Alarm: NewAlarm(p.Step.Alarm, p.period())}
		} else {
			p.high, p.low = tracking(p.Target, p.period())
		}
		s.policies = append(s.policies, p)
	}
	return s
}

// period is that of the metric.
func (p *policy) period() time.Duration {
	if p.Period == 0 {
		return Minute
	}
	return p.Period
}

// Bounds are the minimum and maximum capacity as registered, or as the last scheduled action set them. What predictive
// scaling adds to the maximum for an hour is not in them.
func (s *Scaler) Bounds() (least, most int) { return s.min, s.max }

// Observe feeds a datapoint that alarms see at now. It reports whether a policy may act on it, so that Decide should be
// called after the delay of the action: its alarm is in ALARM, newly or still, or there is demand and no task.
//
// Alarms are evaluated every period, and one that stays in ALARM calls its policy again with each datapoint. A missing
// datapoint calls nobody: it may change the alarm, but there is no value to compute with (ECS rules, services 4.1).
func (s *Scaler) Observe(now time.Duration, m Metric, period time.Duration, d Datapoint) (act bool) {
	for _, p := range s.policies {
		if p.Metric != m || p.period() != period {
			continue
		}
		p.high.add(now, d)
		p.low.add(now, d)
		p.last, p.known, p.fresh = d, !d.Missing, !d.Missing
		if !p.high.on() && !p.low.on() {
			p.told = told{}
		}
		act = act || p.known && (p.high.on() || p.low.on() || s.empty && p.demanded())
	}
	return act
}

// demanded reports whether the last datapoint alone asks for more.
func (p *policy) demanded() bool {
	if p.Step != nil {
		a := &p.Step.Alarm
		return a.Comparison.upward() && a.Comparison.breached(p.last.Value, a.Threshold)
	}
	return p.last.Value > p.Target
}

// threshold is what the metric is held against.
func (p *policy) threshold() float64 {
	if p.Step != nil {
		return p.Step.Alarm.Threshold
	}
	return p.Target
}

// cooldown is that of a scale-out or scale-in.
func (p *policy) cooldown(out bool) time.Duration {
	switch {
	case p.Step != nil:
		return p.Step.Cooldown
	case out:
		return p.ScaleOutCooldown
	default:
		return p.ScaleInCooldown
	}
}
