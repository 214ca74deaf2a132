package worlds

import (
	"math"
	"slices"
	"time"

	"ecssim/model"
	"ecssim/model/scaling"
)

const (
	decides   = "a decision begins with what is there, and is numbered"
	blocked   = "what is blocked changes nothing"
	bounded   = "scaling keeps its bounds"
	cooldowns = "cooldowns are kept"
	resized   = "a desired count changes by updates and decisions alone"
)

// scalebook is what the checker knows of the scaling of one service.
type scalebook struct {
	least, most int
	// inUntil is when the cooldown of the last scale-in ends, outUntil that of the last scale-out of each policy.
	inUntil  time.Duration
	outUntil map[string]time.Duration
	// decidedAt is when the last decision came that changed the desired count.
	decidedAt time.Duration
	holds     []hold
}

func newScalebook(s *model.Service) *scalebook {
	b := &scalebook{decidedAt: -1, outUntil: map[string]time.Duration{}}
	if s.Scaling != nil {
		b.least, b.most = s.Scaling.Min, s.Scaling.Max
	}
	return b
}

// ScalingDecided is held against the books.
func (c *Checker) ScalingDecided(now time.Duration, d model.ScalingDecision) {
	c.hear(now)
	c.decisions++
	c.must(d.ID == c.decisions, decides, "number %d has the ID %d", c.decisions, d.ID)
	c.must(d.Formula != "" && d.Policy != "", decides, "%+v", d)
	c.Seen["decision blocked: "+d.Blocked.String()]++
	switch d.Blocked { //nolint:exhaustive // the others may cut a change and leave some of it
	case scaling.InCooldown, scaling.InDeployment, scaling.IsSuspended, scaling.WarmingUp, scaling.AfterScaleOut, scaling.OnlyForecast,
		scaling.NoRole:
		c.must(d.To == d.From, blocked, "%+v", d)
	case scaling.NotBlocked:
	}
	if d.Owner == nil {
		c.note("DECISION %d of group %d: %d to %d (%d) for %s, %s", d.ID, d.Provider, d.From, d.To, d.Wanted, d.Formula, d.Blocked)
		c.groupDecided(now, &d)
		return
	}
	c.note("DECISION %d of %s, %s: %d to %d (%d) for %s, %s", d.ID, d.Owner.Name, d.Policy, d.From, d.To, d.Wanted, d.Formula, d.Blocked)
	s := c.services[d.Owner.Index]
	s.owner = d.Owner
	c.must(d.From == d.Owner.Desired && d.Provider == -1, decides, "%+v, and %d are desired", d, d.Owner.Desired)
	running := 0
	for _, k := range c.live {
		if k.service == s && k.running && !k.leaving {
			running++
		}
	}
	c.must(d.Running == running, decides, "%+v, and %d run", d, running)
	if d.Blocked == scaling.NoRole {
		return // nothing was calculated
	}
	if k := slices.IndexFunc(s.cfg.Scaling.Schedule, func(a scaling.ScheduledAction) bool { return a.Name == d.Policy }); k >= 0 {
		c.scheduledDecision(s, &d, &s.cfg.Scaling.Schedule[k])
	} else {
		c.policyDecision(s, &d)
	}
	if d.To != d.From {
		s.happened[updated]++
		s.scaling.decidedAt = now
		c.Seen["service scaled"]++
	}
}

// hold is what a forecast holds for an hour, and the maximum meanwhile.
type hold struct {
	until       time.Duration
	count, most int
}

// held is how many tasks forecasts hold, and the maximum.
func (b *scalebook) held(now time.Duration) (count, most int) {
	most = b.most
	for _, h := range b.holds {
		if now < h.until {
			count, most = max(count, h.count), max(most, h.most)
		}
	}
	return count, most
}

// forecast is a decision of predictive scaling, which never scales in.
func (c *Checker) forecast(s *servicebook, d *model.ScalingDecision) {
	const rule = "predictive scaling scales out to what it forecasts, and never in"
	p, b := s.cfg.Scaling.Predictive, s.scaling
	if !p.Scale || s.cfg.Scaling.Suspended.Out {
		c.must(d.To == d.From && d.Blocked != scaling.NotBlocked, rule, "%+v", d)
		return
	}
	h := hold{until: (c.now + p.Buffer).Truncate(time.Hour) + time.Hour}
	if p.IncreaseMax {
		h.most = int(math.Ceil(float64(d.Wanted)*(1+p.MaxBuffer/100) - 1e-9))
	}
	h.count = max(min(d.Wanted, max(b.most, h.most)), b.least)
	c.must(d.To == max(d.From, h.count) && d.Until == h.until, rule, "%+v, and it should be %+v", d, h)
	b.holds = append(b.holds, h)
	c.Seen["forecast"]++
}

// scheduledDecision sets the bounds and moves the count between them.
func (c *Checker) scheduledDecision(s *servicebook, d *model.ScalingDecision, a *scaling.ScheduledAction) {
	c.must(slices.Contains(a.At, c.now) || c.now == s.cfg.StartAt, decides, "%s comes at %v", a.Name, a.At)
	if s.cfg.Scaling.Suspended.Scheduled {
		c.must(d.Blocked == scaling.IsSuspended, blocked, "%+v", d)
		return
	}
	b := s.scaling
	if a.Max >= 0 {
		b.most = a.Max
		b.least = min(b.least, b.most)
	}
	if a.Min >= 0 {
		b.least = a.Min
		b.most = max(b.least, b.most)
	}
	want := min(max(d.From, b.least), b.most)
	if want < d.From && c.deploying(s) {
		want = d.From
	}
	c.must(d.To == want, bounded, "%+v, and the bounds are %d and %d", d, b.least, b.most)
	c.Seen["scheduled action"]++
}

// deploying: an update of the service is not COMPLETED. Its creation is a deployment as well, but keeps nobody from
// scaling in.
func (c *Checker) deploying(s *servicebook) bool {
	p := s.primary()
	return p != nil && p.rollout == model.RolloutInProgress && len(s.releases) > 1
}

// policyDecision is that of a policy.
func (c *Checker) policyDecision(s *servicebook, d *model.ScalingDecision) {
	cfg, b := s.cfg.Scaling, s.scaling
	if cfg.Predictive != nil && d.Policy == "predictive scaling" {
		c.forecast(s, d)
		return
	}
	k := slices.IndexFunc(cfg.Policies, func(p scaling.Policy) bool { return p.Name == d.Policy })
	c.must(k >= 0, decides, "%+v is nobody's", d)
	p := &cfg.Policies[k]
	if d.To == d.From {
		return
	}
	held, most := b.held(c.now)
	c.must(d.To >= b.least && d.To <= most, bounded, "%+v, and the bounds are %d and %d", d, b.least, most)
	c.must(d.To >= min(held, d.From) || d.From > most, "a scale-in keeps what is forecast", "%+v, and %d are held", d, held)
	out, in := p.ScaleOutCooldown, p.ScaleInCooldown
	if p.Step != nil {
		out, in = p.Step.Cooldown, p.Step.Cooldown
	} else if d.Running > 0 && d.From >= b.least && d.From <= most {
		c.checkTracking(d, most)
	}
	if d.To > d.From {
		c.must(!cfg.Suspended.Out, blocked, "%+v while scaling out is suspended", d)
		if d.From >= b.least { // what lifts a service to its minimum begins no cooldown
			b.inUntil = c.now
			if d.Running > 0 {
				b.outUntil[p.Name] = c.now + out
			}
		}
		c.Seen["scaled out"]++
		return
	}
	c.policyScalesIn(s, d, p.DisableScaleIn)
	if d.From <= most {
		b.inUntil = c.now + in
	}
	c.Seen["service scaled in"]++
}

// policyScalesIn: nothing speaks against a scale-in.
func (c *Checker) policyScalesIn(s *servicebook, d *model.ScalingDecision, disabled bool) {
	b := s.scaling
	c.must(!s.cfg.Scaling.Suspended.In && !disabled && d.Running > 0, blocked, "%+v while scaling in is suspended", d)
	c.must(!c.deploying(s), "no scale-in during a deployment", "%+v", d)
	c.must(c.now >= b.inUntil, cooldowns, "%+v, and the last scale-in was less than its cooldown ago, until %v", d, b.inUntil)
	for name, until := range b.outUntil {
		c.must(c.now >= until, cooldowns, "%+v, and the scale-out of %s holds until %v", d, name, until)
	}
}

// checkTracking: no scale-in goes below what the formula asks for, and no scale-out above it.
func (c *Checker) checkTracking(d *model.ScalingDecision, most int) {
	const rule = "target tracking is running × metric / target"
	asks := float64(d.Running) * d.Value / d.Target
	whole := math.Ceil(asks - 1e-6*(1+asks))
	if d.To > d.From {
		c.must(float64(d.To) <= math.Ceil(asks+1e-6), rule, "%+v", d)
		return
	}
	c.must(float64(d.To) >= min(whole, float64(most)) && d.Value < d.Target, rule, "%+v", d)
}

const warmUp = "a scale-out waits until the last one is warm"

// groupDecided is a decision of managed scaling.
func (c *Checker) groupDecided(now time.Duration, d *model.ScalingDecision) {
	b := c.groups[d.Provider]
	spec, m := b.cfg.Group, b.cfg.Managed
	c.must(m != nil && d.From == b.told.Desired, decides, "%+v, and the group says %+v", d, b.told)
	young, ordered := c.young(d.Provider, b)
	if d.Blocked == scaling.WarmingUp {
		c.must(b.owed > 0 || young || b.active() < d.From, warmUp, "%+v is blocked, and no instance of a scale-out is young", d)
	}
	if d.To == d.From {
		return
	}
	b.decided = now
	c.must(d.To >= min(spec.Min, d.From) && d.To <= spec.Max, groupSize, "%+v of %d to %d", d, spec.Min, spec.Max)
	if d.To > d.From {
		c.must(!ordered, warmUp, "%+v, and instances of the last scale-out are young", d)
		b.scaleOuts[d.ID], b.lastOut, b.owed = true, now, d.To-b.active()
		c.Seen["group scaled out"]++
		return
	}
	b.owed = 0
	c.must(b.lastOut < 0 || now >= b.lastOut+15*time.Minute, "no scale-in for 15 minutes after a scale-out", "%+v, and the last was at %v", d, b.lastOut)
	c.must(d.From-d.To <= max(1, d.From/2), "a scale-in takes at most half of the group", "%+v", d)
	if b.cfg.TerminationProtection {
		busy := c.inUse(d.Provider, b)
		c.must(d.To >= min(busy, d.From), "managed scaling keeps what is protected", "%+v, and %d are in use", d, busy)
	}
	c.Seen["group scaled in"]++
}

// young reports whether the group has instances that are not warmed up: any since its first scale-out, and such that a
// scale-out has launched beyond doubt.
func (c *Checker) young(provider int, b *groupbook) (young, ordered bool) {
	for i, h := range c.hosts {
		if i.Provider == provider && !c.ending(h, b) && c.now < i.Launched+b.cfg.Managed.Warmup {
			young, ordered = young || b.scaleOuts[i.Cause], ordered || h.ordered
		}
	}
	return young, ordered
}

// inUse counts the instances of a group with tasks other than those of daemons.
func (c *Checker) inUse(provider int, b *groupbook) (n int) {
	for i, h := range c.hosts {
		if i.Provider == provider && h.others() > 0 && !h.booting && !c.ending(h, b) {
			n++
		}
	}
	return n
}

// checkDesired: whatever changes the desired count is told, or was in the scenario.
func (c *Checker) checkDesired(s *servicebook) {
	if s.daemon() || s.owner.Desired == s.desired || !s.known {
		s.known = true
		return
	}
	if s.scaling.decidedAt == c.now {
		return
	}
	ok := slices.ContainsFunc(s.cfg.Rollouts, func(r model.Rollout) bool { return r.At == c.now && r.DesiredCount == s.owner.Desired })
	c.must(ok, resized, "%s wants %d after %d", s.cfg.Name, s.owner.Desired, s.desired)
}
