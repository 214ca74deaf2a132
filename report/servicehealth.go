package report

import (
	"slices"
	"time"

	"ecssim/model"
	"ecssim/model/containers"
)

// judge counts a task as healthy or not.
func (b *serviceBook) judge(now time.Duration, e *liveTask, t *model.Task) {
	if !b.checked {
		return
	}
	is := e.running && b.isHealthy(t)
	if is == e.healthy {
		return
	}
	e.healthy = is
	delta := int64(-1)
	if is {
		delta = 1
	}
	b.settle(now)
	b.healthy.Add(now, delta)
	if d := b.deployment(t.Deployment); d != nil {
		d.healthy.add(now, delta)
	}
}

// isHealthy: a task whose health nobody checks is healthy as long as it runs. The scheduler of ECS itself counts such a
// task towards minimumHealthyPercent only 40 s later, see model.Deployment.Healthy.
func (b *serviceBook) isHealthy(t *model.Task) bool {
	if !b.checked {
		return true
	}
	switch t.Health {
	case containers.Healthy:
		return true
	case containers.Unhealthy:
		return false
	case containers.Unknown:
	}
	return len(b.cfg.Targets) == 0 && !checksHealth(placing(t))
}

// healthChecked says that somebody asks for the health of tasks: a load balancer, or a health check of a container.
func healthChecked(cfg *model.Service) bool {
	return len(cfg.Targets) > 0 || checksHealth(&cfg.Placing) ||
		slices.ContainsFunc(cfg.Rollouts, func(r model.Rollout) bool { return checksHealth(r.Placing) })
}

// checksHealth says that an essential container has a health check.
func checksHealth(p *model.Placing) bool {
	if p == nil || p.Task == nil {
		return false
	}
	for i := range p.Task.Containers {
		if c := &p.Task.Containers[i]; c.Essential && c.Health != nil {
			return true
		}
	}
	return false
}
