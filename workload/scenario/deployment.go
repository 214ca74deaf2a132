package scenario

import (
	"fmt"
	"math"
	"time"

	"ecssim/model"
	"ecssim/model/balance"
	"ecssim/model/service"
)

// Defaults and limits of a deployment (ECS rules, services 2.5 to 2.8). The most that maximum_percent can be is not
// published; the bake time of alarms neither, since ECS derives it from the alarms: this is five periods of a minute.
const (
	mostPercent      = 1000
	alarmBakeTime    = 5 * time.Minute
	thresholdValue   = 50
	stepPercent      = 10
	stepBakeTime     = 6 * time.Minute
	canaryPercent    = 5
	canaryBakeTime   = 10 * time.Minute
	mostFailureCount = mostTasks
)

// deployment reads [services.NAME.deployment]. It returns the table for the rollouts in it; nil if there is none.
func (b *builder) deployment(o *owner, s *model.Service) *table {
	n := o.table.get("deployment")
	if n == nil {
		n = &node{kind: aTable, key: o.table.n.key, at: o.table.n.key}
		o.table.fill("deployment", n)
	}
	d, ok := o.table.sub("deployment", "deployment = { minimum_healthy_percent = 100, maximum_percent = 200 }")
	if !ok {
		return nil
	}
	c := &s.Deployment
	if d.get("strategy") != nil {
		c.Strategy = b.deploymentStrategy(o, d)
	}
	b.percents(o, d, c)
	c.Breaker = b.breaker(d)
	c.Alarms = b.deploymentAlarms(d)
	b.shift(d, c)
	b.shifting(o, d, c)
	return d
}

var strategies = []service.Strategy{service.Rolling, service.BlueGreen, service.Linear, service.Canary}

func (b *builder) deploymentStrategy(o *owner, d *table) service.Strategy {
	var allowed []string
	for _, s := range strategies {
		allowed = append(allowed, s.String())
	}
	word, _ := d.choice("strategy", allowed, "")
	for _, s := range strategies {
		if s.String() != word {
			continue
		}
		if o.daemon && s != service.Rolling {
			b.fail("E023", d.valueAt("strategy"), fmt.Sprintf("`%s` cannot be %q for a DAEMON service", d.p.join("strategy"), word), "",
				"a second task of each would need instances of its own: write strategy = \"ROLLING\"")
		}
		return s
	}
	return service.Rolling
}

// percents: a REPLICA service has 100 and 200 by default, a DAEMON service 0 and, always, 100.
func (b *builder) percents(o *owner, d *table, c *service.DeploymentConfiguration) {
	least, most := int64(100), int64(200)
	if o.daemon {
		least, most = 0, 100
	}
	c.MinimumHealthyPercent = int(d.whole("minimum_healthy_percent", 0, 100, least))
	c.MaximumPercent = int(d.whole("maximum_percent", 100, mostPercent, most))
	if o.daemon && c.MaximumPercent != 100 {
		found := fmt.Sprintf("`%s` is %d, and a DAEMON service never has two tasks on an instance", d.p.join("maximum_percent"), c.MaximumPercent)
		b.fail("E032", d.valueAt("maximum_percent"), found, "it can be 100")
	}
}

// breaker reads circuit_breaker: true switches it on with rollback, as does a table that does not say otherwise.
func (b *builder) breaker(d *table) service.BreakerConfiguration {
	c := service.BreakerConfiguration{ResetOnHealthyTask: true, Value: thresholdValue}
	n := d.get("circuit_breaker")
	switch {
	case n == nil:
		return c
	case n.kind == aBoolean:
		c.Enable, c.Rollback = n.boolean, n.boolean
		return c
	case n.kind != aTable:
		b.add(wrongType(n, d.p.join("circuit_breaker"), "true or a table", "circuit_breaker = true, or { enable = true, rollback = true }"))
		return c
	}
	t := b.table(n, d.p.join("circuit_breaker"))
	c.Enable, c.Rollback = t.boolean("enable", true), t.boolean("rollback", true)
	c.ResetOnHealthyTask = t.boolean("reset_on_healthy_task", true)
	if h, ok := t.sub("threshold", `threshold = { type = "COUNT", value = 5 }`); ok && t.get("threshold") != nil {
		c.Threshold, c.Value = b.threshold(h)
	}
	t.done()
	return c
}

func (b *builder) threshold(t *table) (kind service.ThresholdType, value int) {
	word, _ := t.choice("type", []string{"BOUNDED_PERCENT", "UNBOUNDED_PERCENT", "COUNT"}, "BOUNDED_PERCENT")
	most := int64(100)
	switch word {
	case "UNBOUNDED_PERCENT":
		kind = service.UnboundedPercent
	case "COUNT":
		kind, most = service.Count, mostFailureCount
		if t.get("value") == nil {
			t.missing("value", "value = 5")
			t.done()
			return kind, thresholdValue
		}
	}
	value = int(t.whole("value", 1, most, thresholdValue))
	t.done()
	return kind, value
}

func (b *builder) deploymentAlarms(d *table) service.AlarmConfiguration {
	const example = `alarms = { alarm_names = ["errors"], rollback = true }`
	var c service.AlarmConfiguration
	if d.get("alarms") == nil {
		return c
	}
	t, ok := d.sub("alarms", example)
	if !ok {
		return c
	}
	if t.get("alarm_names") == nil {
		t.missing("alarm_names", `alarm_names = ["errors"]`)
	}
	c.Alarms = b.references(t, "alarm_names", "alarm", b.alarms)
	c.Enable, c.Rollback = t.boolean("enable", true), t.boolean("rollback", true)
	c.BakeTime = t.timer("bake_time", inMinutes, alarmBakeTime)
	t.done()
	return c
}

// shift reads how a deployment moves the traffic, and refuses what belongs to another strategy.
func (b *builder) shift(d *table, c *service.DeploymentConfiguration) {
	for _, k := range []struct {
		key string
		of  []service.Strategy
	}{
		{"bake_time", strategies[1:]}, {"step_percent", strategies[2:3]}, {"step_bake_time", strategies[2:3]},
		{"canary_percent", strategies[3:]}, {"canary_bake_time", strategies[3:]},
	} {
		n := d.get(k.key)
		names, mine := []string{}, false
		for _, s := range k.of {
			names, mine = append(names, quoted(s.String())), mine || s == c.Strategy
		}
		if n != nil && !mine {
			b.fail("E023", n.key, fmt.Sprintf("`%s` does not go with the strategy %s", d.p.join(k.key), c.Strategy), "",
				"it belongs to strategy = "+enumerate(names, "or"))
		}
	}
	if c.Strategy == service.Rolling {
		return
	}
	if c.Strategy == service.BlueGreen && d.get("bake_time") == nil {
		d.missing("bake_time", `bake_time = "10m"`)
	}
	c.BakeTime = d.timer("bake_time", inMinutes, 0)
	if c.Strategy == service.Linear {
		c.StepPercent = b.percent(d, "step_percent", 3, stepPercent)
		c.StepBakeTime = d.timer("step_bake_time", inMinutes, stepBakeTime)
	}
	if c.Strategy == service.Canary {
		c.CanaryPercent = b.percent(d, "canary_percent", 0.1, canaryPercent)
		c.CanaryBakeTime = d.timer("canary_bake_time", inMinutes, canaryBakeTime)
	}
}

// percent reads a share of the traffic, a multiple of 0.1.
func (b *builder) percent(d *table, key string, low, standard float64) float64 {
	v := d.number(key, low, 100, standard)
	if tenths := v * 10; math.Abs(tenths-math.Round(tenths)) > 1e-9 {
		b.fail("E032", d.valueAt(key), fmt.Sprintf("`%s` of %s is not a multiple of 0.1", d.p.join(key), plain(v)), "")
	}
	return v
}

// shifting: the strategies that move traffic need something that moves it (ECS rules, services 2.8). The circuit
// breaker is of rolling updates alone (2.6).
func (b *builder) shifting(o *owner, d *table, c *service.DeploymentConfiguration) {
	if c.Strategy == service.Rolling {
		return
	}
	if o.table.n.child("target_group") == nil && o.table.n.child("target_groups") == nil {
		b.fail("E022", d.valueAt("strategy"), fmt.Sprintf("the strategy %s moves traffic, and `%s` has no target group", c.Strategy, o.table.p), "",
			`write for example: target_group = "public/web"`, "services without a load balancer are deployed with strategy = \"ROLLING\"")
	}
	for _, g := range o.targets {
		lb := &b.config.LoadBalancers[b.config.TargetGroups[g.group].LoadBalancer]
		if lb.Type == balance.Network && c.Strategy != service.BlueGreen {
			b.fail("E062", d.valueAt("strategy"), fmt.Sprintf("the strategy %s needs an Application Load Balancer, and %q is a Network Load Balancer",
				c.Strategy, lb.Name), "", "a Network Load Balancer goes with BLUE_GREEN and ROLLING")
		}
	}
	if c.Breaker.Enable {
		b.warn("W224", d.at("circuit_breaker"), fmt.Sprintf("`%s` is without effect: the circuit breaker is for rolling updates", d.p.join("circuit_breaker")),
			"alarms = { alarm_names = [\"NAME\"] } stop a deployment of any strategy")
		c.Breaker.Enable = false
	}
}
