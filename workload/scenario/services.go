package scenario

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"ecssim/model"
	"ecssim/model/service"
	"ecssim/model/taskdef"
	"ecssim/workload/diag"
)

// services reads [services.NAME]. They start in the order of `order`, then of their names.
func (b *builder) services(t *table) {
	var read []*owner
	services := map[*owner]model.Service{}
	b.named(t, "services", func(name string, s *table) {
		s.later = laterService
		b.goodName(s, "a service")
		o := &owner{table: s, name: name, service: true}
		services[o] = b.service(o)
		read = append(read, o)
	})
	slices.SortStableFunc(read, func(x, y *owner) int { return cmp.Or(cmp.Compare(x.order, y.order), strings.Compare(x.name, y.name)) })
	for _, o := range read {
		s := services[o]
		s.Placing = *o.placing
		b.config.Services = append(b.config.Services, s)
		b.owners = append(b.owners, o)
	}
	b.deploymentWarnings()
}

func (b *builder) service(o *owner) model.Service {
	t := o.table
	s := model.Service{Name: o.name}
	if t.get("scheduling_strategy") != nil {
		if word, _ := t.choice("scheduling_strategy", []string{"REPLICA", "DAEMON"}, ""); word == "DAEMON" {
			s.Scheduling, o.daemon = service.Daemon, true
		}
	}
	b.placing(o)
	o.placing.Group = "service:" + o.name
	s.StartAt = b.startAt(t)
	b.desired(o, &s)
	if o.daemon {
		b.daemon(o)
	}
	b.targets(o)
	deployment := b.deployment(o, &s)
	b.rollouts(o, &s, deployment)
	if deployment != nil {
		deployment.done()
	}
	if o.placing.Task != nil {
		s.Targets = indexed(o.targets, o.placing.Task)
	}
	s.Grace = b.grace(o)
	s.Rebalancing = b.rebalancing(o, &s)
	s.Discovery = b.discovery(o)
	s.Protection = b.protection(t)
	s.Scaling = b.scaling(o, &s)
	b.loadOn(o, &s)
	b.onlyJobs(t)
	t.done()
	return s
}

func (b *builder) desired(o *owner, s *model.Service) {
	n := o.table.get("desired_count")
	switch {
	case o.daemon && n != nil:
		b.noDesiredCount(o.table, n)
	case o.daemon:
	case n == nil:
		o.table.missing("desired_count", "desired_count = 4")
	default:
		s.DesiredCount = int(o.table.whole("desired_count", 0, mostTasks, 0))
		o.copies = s.DesiredCount
	}
}

func (b *builder) noDesiredCount(t *table, n *node) {
	b.fail("E023", n.key, fmt.Sprintf("`%s`: a DAEMON service has no desired count", t.p.join("desired_count")), "",
		"it keeps one task on every instance; remove it, or write scheduling_strategy = \"REPLICA\"")
}

// daemon refuses what a DAEMON service cannot have (ECS rules, services 2.1, placement 2.7).
func (b *builder) daemon(o *owner) {
	t := o.table
	if o.placing.Launch == model.Fargate {
		b.fail("E044", t.valueAt("scheduling_strategy"), fmt.Sprintf("`%s` cannot be \"DAEMON\" on Fargate", t.p.join("scheduling_strategy")), "",
			"Fargate has no container instances to keep a task on: use launch_type = \"EC2\", or \"REPLICA\"")
		return
	}
	if n := t.n.child("placement_strategy"); n != nil {
		b.fail("E023", n.key, fmt.Sprintf("`%s`: a DAEMON service has no placement strategy", t.p.join("placement_strategy")), "",
			"it keeps one task on every instance, so nothing is left to choose; placement_constraints say which instances")
	}
}

// mostGrace is the range of healthCheckGracePeriodSeconds (ECS rules, services 2.10).
const mostGrace = math.MaxInt32 * time.Second

func (b *builder) grace(o *owner) time.Duration {
	t := o.table
	const key = "health_check_grace_period"
	grace := t.timer(key, scale{time.Second, "seconds", 0, mostGrace}, 0)
	if grace > 0 && o.placing.Task != nil && !o.checked() {
		b.warn("W224", t.at(key), fmt.Sprintf("`%s` is without effect: nothing checks the health of these tasks", t.p.join(key)),
			"it counts with a target group or a health_check of a container")
	}
	return grace
}

// checked reports whether a load balancer or ECS checks the health of the tasks.
func (o *owner) checked() bool {
	return o.table.n.child("target_group") != nil || o.table.n.child("target_groups") != nil ||
		hasHealthCheck(o.placing.Task)
}

// maxTTL is the range of a TTL in DNS.
const maxTTL = math.MaxInt32 * time.Second

// discovery reads service_registries, also called service_discovery: there is one at most (ECS rules, services 5.5).
func (b *builder) discovery(o *owner) *model.Discovery {
	t := o.table
	n := t.either("service_registries", "service_discovery")
	if n == nil {
		return nil
	}
	key := "service_registries"
	if t.n.child(key) != n {
		key = "service_discovery"
	}
	d, ok := t.sub(key, key+` = { ttl = "60s" }`)
	if !ok {
		return nil
	}
	registry := &model.Discovery{TTL: d.timer("ttl", scale{time.Second, "seconds", 0, maxTTL}, time.Minute)}
	d.done()
	if o.placing.Task != nil && o.placing.Task.Mode() == taskdef.None {
		b.fail("E047", n.key, fmt.Sprintf("`%s` is for tasks with a network, and these are in none mode", t.p.join(key)), "",
			"set network_mode = \"awsvpc\" or \"bridge\"")
	}
	return registry
}

// defaultProtection is the API's default of expiresInMinutes (ECS rules, services 2.10).
const defaultProtection = 120 * time.Minute

func (b *builder) protection(t *table) *model.Protection {
	if t.get("task_protection") == nil {
		return nil
	}
	p, ok := t.sub("task_protection", `task_protection = { fraction = 1.0, for = "2h" }`)
	if !ok {
		return nil
	}
	protection := &model.Protection{Fraction: p.number("fraction", 0, 1, 1), For: p.timer("for", protecting, defaultProtection)}
	p.done()
	return protection
}

// onlyJobs explains keys of jobs, and of the API, that people write into services.
func (b *builder) onlyJobs(s *table) {
	for _, key := range []string{"run_time", "arrivals", "trace", "on_failure", "start_on", "group", "count", "at"} {
		n := s.n.child(key)
		if n == nil {
			continue
		}
		s.asked = append(s.asked, key)
		help := fmt.Sprintf("tasks that come and end by themselves are [jobs.%s]; a service keeps `desired_count` tasks running",
			bareOrQuoted(s.p[len(s.p)-1]))
		switch key {
		case "group":
			help = "the group of a service's tasks is always \"service:NAME\""
		case "count":
			help = "the number of tasks of a service is `desired_count`"
		case "at":
			help = "when a service is created is `start_at`"
		}
		b.fail("E021", n.key, fmt.Sprintf("`%s` is a key of jobs, not of services", key), "", help)
	}
	for _, c := range []struct{ key, help string }{
		{"load_balancers", `name the target group, which belongs to a load balancer: target_group = "public/web"`},
		{"deployment_configuration", "it is called `deployment`"},
		{"deployment_circuit_breaker", "write deployment = { circuit_breaker = true }"},
		{"network_configuration", "write `subnets` and `security_groups` directly"},
		{"health_check_grace_period_seconds", `write health_check_grace_period = "60s"`},
	} {
		if n := s.n.child(c.key); n != nil {
			s.asked = append(s.asked, c.key)
			b.add(diag.Diagnostic{Code: "E021", At: n.key, Message: fmt.Sprintf("unknown key `%s`", c.key), Help: []string{c.help}})
		}
	}
}
