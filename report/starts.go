package report

import (
	"fmt"
	"strings"
	"time"

	"ecssim/model"
	"ecssim/model/image"
	"ecssim/model/placement"
)

// failedToStart notes why a task that was placed never ran.
func (r *Recorder) failedToStart(now time.Duration, t *model.Task, index int) {
	if now < r.cfg.Warmup || t.Placed < 0 {
		return
	}
	reason := noStart(t)
	o := r.owners[index]
	o.fail(now, reason)
	if r.bottle == nil && limits(reason) {
		r.bottle = r.noStartFirst(now, t, reason)
	}
	if r.failures.count(now, index, reason) {
		r.failures.describe(index, reason, t.Number, r.explainNoStart(t, reason))
	}
}

// noStart tells limits that ran out from what went wrong.
func noStart(t *model.Task) placement.Reason {
	why := t.StoppedReason
	switch {
	case t.Subnet < 0 && needsAddress(t) && lacksAddress(why):
		return noAddress
	case strings.Contains(why, pullLimitIs):
		return pullLimit
	case t.Instance != nil && t.Demand.Needs.DynamicPorts > 0 && strings.Contains(why, "host port"):
		return noHostPort
	}
	return startErrorOf(why)
}

// needsAddress: awsvpc tasks have an address of their own, and so has every task on Fargate.
func needsAddress(t *model.Task) bool { return t.Instance == nil || t.Demand.Needs.ENIs > 0 }

// lacksAddress: the interface could not be created, and not because somebody may not.
func lacksAddress(why string) bool {
	return strings.Contains(why, noAddressIs) || why == "Unexpected EC2 error"
}

// pullLimited says how often the registry that refused a task lets one address pull.
func (r *Recorder) pullLimited(t *model.Task) (registry *image.Registry) {
	for _, n := range placing(t).Images {
		if n < 0 || n >= len(r.cfg.Images) {
			continue
		}
		g := &r.cfg.Registries[r.cfg.Images[n].Registry]
		if g.PullLimit > 0 && (registry == nil || strings.Contains(t.StoppedReason, r.cfg.Images[n].Name)) {
			registry = g
		}
	}
	return registry
}

func (r *Recorder) explainPullLimit(t *model.Task) string {
	g := r.pullLimited(t)
	if g == nil {
		return "a registry refuses pulls for " + t.Owner.Name + ": " + pullLimitIs
	}
	who := "one address, and all tasks share that of the NAT gateway"
	if g.PerInstance {
		who = "one address"
		if t.Instance != nil {
			who += ", and " + t.Instance.Name + " has used that up"
		}
	}
	return fmt.Sprintf("registry %s serves %s in %s to %s", g.Name, plural(int64(g.PullLimit), "pull"), span(g.PullWindow), who)
}

// pullTally sums up the pulls of one image.
type pullTally struct {
	count, bytes int64
	total, most  time.Duration
}

// ImagePulled implements model.Observer.
func (r *Recorder) ImagePulled(now time.Duration, t *model.Task, p model.Pulled) {
	r.tick(now)
	index := r.index(t.Owner)
	if e := r.logOf(now, eventPulled, index, t.Number); e != nil {
		log := &r.events
		e.instance, e.name, e.extra = log.instance(t.Instance), log.text(r.cfg.Images[p.Image].Name), int32(len(log.rows.pulls))
		log.rows.pulls = append(log.rows.pulls, pullSize{p.Bytes, p.Took})
	}
	if now < r.cfg.Warmup {
		return
	}
	s := &r.pulls[p.Image]
	s.count++
	s.bytes += p.Bytes
	s.total += p.Took
	s.most = max(s.most, p.Took)
}

// CallsDenied implements model.Observer.
func (r *Recorder) CallsDenied(now time.Duration, t *model.Task, reason string) {
	r.tick(now)
	index := r.index(t.Owner)
	if e := r.logOf(now, eventDenied, index, t.Number); e != nil {
		e.text = r.events.text(reason)
	}
	d := &r.owners[index].denied
	if d.tasks == 0 {
		d.first, d.reason = now, reason
	}
	d.tasks++
}
