package balance

import (
	"fmt"
	"time"
)

// Bounds of a health check (API reference, CreateTargetGroup; ECS rules, services 5.1).
const (
	MinInterval, MaxInterval   = 5 * time.Second, 300 * time.Second
	MinTimeout, MaxTimeout     = 2 * time.Second, 120 * time.Second
	MinThreshold, MaxThreshold = 2, 10
)

// Problems says what Elastic Load Balancing would refuse about a health check behind a load balancer of a type. Only
// an Application Load Balancer wants the time-out below the interval.
func (h HealthCheck) Problems(t Type) (problems []string) {
	within := func(what string, value, least, most any, ok bool) {
		if !ok {
			problems = append(problems, fmt.Sprintf("%s is %v, but has to be %v to %v", what, value, least, most))
		}
	}
	within("the interval", h.Interval, MinInterval, MaxInterval, h.Interval >= MinInterval && h.Interval <= MaxInterval)
	within("the time-out", h.Timeout, MinTimeout, MaxTimeout, h.Timeout >= MinTimeout && h.Timeout <= MaxTimeout)
	within("the healthy threshold", h.Healthy, MinThreshold, MaxThreshold, h.Healthy >= MinThreshold && h.Healthy <= MaxThreshold)
	within("the unhealthy threshold", h.Unhealthy, MinThreshold, MaxThreshold, h.Unhealthy >= MinThreshold && h.Unhealthy <= MaxThreshold)
	if h.Timeout > h.Interval || t == Application && h.Timeout == h.Interval {
		problems = append(problems, fmt.Sprintf("the time-out (%v) has to be shorter than the interval (%v)", h.Timeout, h.Interval))
	}
	return problems
}

// Problems says what cannot be about a target group behind a load balancer of a type.
func (g TargetGroup) Problems(t Type) []string {
	problems := g.Health.Problems(t)
	if g.DeregistrationDelay < 0 || g.DeregistrationDelay > MaxDeregistrationDelay {
		problems = append(problems, fmt.Sprintf("the deregistration delay is %v, but has to be 0 to %v", g.DeregistrationDelay, MaxDeregistrationDelay))
	}
	return problems
}
