package service

// Limit is the number of failures at which a deployment has failed (ECS rules, services 2.6). desired is the service's
// desired count of the moment, so the limit moves with it.
func (c BreakerConfiguration) Limit(desired int) int {
	const least, most = 3, 200
	switch c.Threshold {
	case UnboundedPercent:
		return max(1, percentUp(desired, c.Value))
	case Count:
		return max(1, c.Value)
	default: // BoundedPercent
		return min(max(percentUp(desired, c.Value), least), most)
	}
}

// Breaker counts the failures of one deployment, in two stages. In the first, tasks fail that never reached RUNNING.
// The first task that does ends it: "the failure criteria is skipped and the circuit breaker moves to stage 2", says
// the developer guide. So what failed before is forgotten, starts that fail later do not count, and the second stage
// counts tasks that were replaced because of their health.
type Breaker struct {
	// Failures are those of the current stage.
	Failures int

	cfg     BreakerConfiguration
	reached bool
}

// NewBreaker returns the breaker of a new deployment.
func NewBreaker(cfg BreakerConfiguration) Breaker { return Breaker{cfg: cfg} }

// Failed is told that a task of the deployment stopped before it was RUNNING.
func (b *Breaker) Failed() {
	if !b.reached {
		b.Failures++
	}
}

// Reached is told that a task of the deployment is RUNNING.
func (b *Breaker) Reached() {
	if !b.reached {
		b.reached, b.Failures = true, 0
	}
}

// Replaced is told that a task failed the health checks of its containers, of the load balancer or of service discovery.
func (b *Breaker) Replaced() {
	if b.reached {
		b.Failures++
	}
}

// Healthy is told that a task of the deployment became healthy.
func (b *Breaker) Healthy() {
	if b.cfg.ResetOnHealthyTask {
		b.Failures = 0
	}
}

// Tripped reports whether the deployment has failed.
func (b *Breaker) Tripped(desired int) bool {
	return b.cfg.Enable && b.Failures >= b.cfg.Limit(desired)
}
