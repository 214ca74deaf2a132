package worlds

import (
	"fmt"
	"slices"
	"time"

	"ecssim/model"
	"ecssim/model/balance"
	"ecssim/model/placement"
	"ecssim/model/service"
	"ecssim/model/taskdef"
)

// calmBy is the percentage of a calm world's duration at which nothing goes wrong any more, and the last rollouts come.
const calmBy = 70

func (g *generator) service(n int) {
	name := fmt.Sprintf("service-%d", n+1)
	s := model.Service{Name: name, Placing: g.placing(name, "service:"+name, false)}
	g.bad = false
	s.DesiredCount = g.desired()
	if g.chance(30) {
		s.StartAt = g.when(0, 0.3)
	}
	if g.on[daemons] && s.Launch == model.EC2 && g.chance(50) {
		s.Scheduling, s.DesiredCount = service.Daemon, 0
		s.Strategy, s.MaxTasksPerInstance = placement.ServiceDefault(), 0
		s.Constraints = slices.DeleteFunc(s.Constraints, func(c placement.Constraint) bool { return c.Query == nil })
	}
	g.deployment(&s)
	g.network(&s)
	if g.on[protection] && g.chance(60) {
		s.Protection = &model.Protection{Fraction: pick(g, 0.2, 0.5, 1), For: time.Duration(g.between(1, 60)) * time.Minute}
		if g.calm {
			s.Protection.For = time.Duration(g.between(1, 5)) * time.Minute
		}
	}
	s.Rebalancing = g.on[rebalancing] && balanceable(&s)
	g.updates(&s)
	g.cfg.Services = append(g.cfg.Services, s)
}

func (g *generator) desired() int {
	if g.chance(10) {
		return g.between(0, 60)
	}
	return g.few(0, 20)
}

// balanceable: ECS evens out the zones of such services.
func balanceable(s *model.Service) bool {
	var rules []placement.Rule
	if s.Launch == model.EC2 {
		rules = s.Strategy
	}
	return service.Eligible(service.Rebalanced{
		Enabled: true, Scheduling: s.Scheduling, MaximumPercent: s.Deployment.MaximumPercent, Strategy: rules,
	})
}

func (g *generator) deployment(s *model.Service) {
	d := &s.Deployment
	g.percents(s)
	if g.on[breakers] {
		d.Breaker = service.BreakerConfiguration{
			Enable: g.chance(80), Rollback: g.chance(70), ResetOnHealthyTask: g.chance(70), Threshold: service.ThresholdType(g.IntN(3)),
			Value: g.between(1, 60),
		}
	}
	if g.on[alarms] && g.chance(60) {
		d.Alarms = service.AlarmConfiguration{
			Enable: g.chance(80), Rollback: g.chance(70), Alarms: g.Perm(len(g.cfg.Alarms)), BakeTime: time.Duration(g.IntN(300)) * time.Second,
		}
	}
	if g.on[shifts] && s.Scheduling == service.Replica && g.chance(60) {
		d.Strategy = pick(g, service.BlueGreen, service.Linear, service.Canary)
		d.MinimumHealthyPercent, d.MaximumPercent = 100, 200
		d.BakeTime = time.Duration(g.IntN(6)) * time.Minute
		d.StepPercent, d.StepBakeTime = pick(g, 12.5, 20, 33.3, 100), time.Duration(g.IntN(3))*time.Minute
		d.CanaryPercent, d.CanaryBakeTime = pick(g, 5.0, 25), time.Duration(g.IntN(5))*time.Minute
	}
}

// percents draws the bounds of a rolling update. In a calm world they leave room to move whatever the desired count is.
func (g *generator) percents(s *model.Service) {
	least, most := pick(g, 0, 50, 66, 100), pick(g, 100, 110, 125, 150, 200, 300)
	switch {
	case s.Scheduling == service.Daemon:
		most = 100
		if g.calm {
			least = min(least, 50)
		}
		if g.calm && g.machines[s.Cluster] < 4 {
			least = 0
		}
	case least == 100 && (most == 100 || g.calm):
		most = 200
	case g.calm && least > 0:
		most = max(most, 200)
	}
	s.Deployment.MinimumHealthyPercent, s.Deployment.MaximumPercent = least, most
}

// network puts the service behind load balancers and into Cloud Map.
func (g *generator) network(s *model.Service) {
	mode := s.Task.Mode()
	if mode == taskdef.None {
		return
	}
	if g.on[balancers] && g.chance(70) {
		kind := balance.InstanceTarget
		if mode == taskdef.Awsvpc {
			kind = balance.IPTarget
		}
		for range g.few(1, 3) {
			s.Targets = append(s.Targets, model.Target{Group: g.targetGroup(kind), Port: port})
		}
	}
	if g.on[discovery] && g.chance(50) {
		s.Discovery = &model.Discovery{TTL: time.Duration(g.IntN(120)) * time.Second}
	}
	s.Grace = time.Duration(g.IntN(3)) * 30 * time.Second
	switch {
	case g.calm:
		s.Grace = 6 * time.Minute
	case !g.on[delays]:
		s.Grace += 30 * time.Second // or else tasks that are never healthy would come and go without an end
	}
}

// updates draws what UpdateService is called with. The last of a calm world comes when all is calm, and mends what is
// not good.
func (g *generator) updates(s *model.Service) {
	var at []time.Duration
	if g.on[rollouts] || g.on[resizing] {
		for range g.few(0, 6) {
			at = append(at, max(s.StartAt, g.when(0, 0.65)))
		}
	}
	slices.Sort(at)
	for _, t := range at {
		s.Rollouts = append(s.Rollouts, g.update(s, t))
	}
	if !g.calm {
		return
	}
	last := model.Rollout{At: g.end * calmBy / 100, DesiredCount: -1, Force: true}
	if g.bad || g.chance(50) {
		last.Placing = g.changed(&s.Placing, true)
	}
	s.Rollouts = append(s.Rollouts, last)
}

func (g *generator) update(s *model.Service, at time.Duration) model.Rollout {
	r := model.Rollout{At: at, DesiredCount: -1}
	if g.on[resizing] && s.Scheduling == service.Replica && g.chance(60) {
		r.DesiredCount = g.desired()
	}
	if !g.on[rollouts] {
		return r
	}
	switch g.IntN(4) {
	case 0:
		r.Force = true
	case 1:
	default:
		good := !g.on[crashes] || g.chance(60)
		g.bad = g.bad || !good
		r.Placing = g.changed(&s.Placing, good)
	}
	return r
}
