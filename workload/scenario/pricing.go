package scenario

import (
	"fmt"
	"maps"
	"slices"

	"ecssim/model"
	"ecssim/workload/diag"
)

// The most of what [pricing] counts: far above any account, far below an overflow.
const (
	mostGateways = 10_000
	mostGB       = 1e9
	mostUnits    = 1e9
)

// pricing reads [pricing]: what is paid for besides instances, tasks and load balancers, and which rates are lower. It
// comes after services and jobs, which it names.
func (b *builder) pricing(t *table) {
	b.publicAddresses()
	if t.get("pricing") == nil {
		return
	}
	p, ok := t.sub("pricing", "[pricing]")
	if !ok {
		return
	}
	c := &b.config.Pricing
	b.savingsPlan(p, c)
	c.EC2Discount = p.number("ec2_discount", 0, 1, 0)
	b.internetFacing(p, c)
	c.NATGateways = int(p.whole("nat_gateways", 0, mostGateways, 0))
	c.NATGBPerHour = p.number("nat_gb_per_hour", 0, mostGB, 0)
	c.InstanceVolumeGB = p.number("instance_volume_gb", 0, mostGB, 0)
	b.trafficTables(p, c)
	p.done()
}

// savingsPlan warns where the rates of the plan are not known: the On-Demand rates are then charged.
func (b *builder) savingsPlan(p *table, c *model.Pricing) {
	plans := map[string]model.SavingsPlan{}
	for _, plan := range []model.SavingsPlan{model.NoSavingsPlan, model.Compute1Year, model.Compute3Years} {
		plans[plan.String()] = plan
	}
	word, ok := p.choice("savings_plan", slices.Sorted(maps.Keys(plans)), model.NoSavingsPlan.String())
	if !ok {
		return
	}
	c.SavingsPlan = plans[word]
	if _, known := b.config.Catalog.FargatePlan(1); !known && c.SavingsPlan != model.NoSavingsPlan {
		b.warn("W224", p.valueAt("savings_plan"), fmt.Sprintf("`%s`: no rates of this plan are known in %s, so Fargate costs its On-Demand price",
			p.p.join("savings_plan"), b.config.Region))
	}
}

// internetFacing names the load balancers that have public addresses.
func (b *builder) internetFacing(p *table, c *model.Pricing) {
	names := p.names("internet_facing", `internet_facing = ["public"]`)
	if len(names) == 0 {
		return
	}
	c.InternetFacing = make([]bool, len(b.config.LoadBalancers))
	var known []string
	for _, l := range b.config.LoadBalancers {
		known = append(known, l.Name)
	}
	for _, n := range names {
		k := slices.Index(known, n.text)
		if k < 0 {
			b.fail("E036", n.at, fmt.Sprintf("`%s` names the load balancer %q, which the scenario does not define", p.p.join("internet_facing"), n.text),
				didYouMean(quoted, diag.Nearest(n.text, known)))
			continue
		}
		c.InternetFacing[k] = true
	}
}

// trafficTables reads what a unit of load means: for all services in [pricing] itself, for one in
// [pricing.services.NAME], key by key.
func (b *builder) trafficTables(p *table, c *model.Pricing) {
	all := traffic(p, model.Traffic{})
	services := b.serviceTraffic(all)
	index := map[string]int{}
	for i := range b.config.Services {
		index[b.config.Services[i].Name] = i
	}
	said := all != model.Traffic{}
	b.named(p, "services", func(name string, s *table) {
		i, known := index[name]
		of := traffic(s, all)
		s.done()
		if !known {
			b.fail("E036", s.where(), fmt.Sprintf("`%s`: the scenario has no service %q", s.p, name),
				didYouMean(quoted, diag.Nearest(name, slices.Sorted(maps.Keys(index)))))
			return
		}
		of.PublicIP = services[i].PublicIP
		services[i], said = of, true
	})
	if said {
		c.Services = services
	}
}

// serviceTraffic is the same traffic for all services.
func (b *builder) serviceTraffic(all model.Traffic) []model.Traffic {
	var list []model.Traffic
	for i := range b.config.Services {
		of := all
		of.PublicIP = b.config.Pricing.TrafficOf(true, i).PublicIP
		list = append(list, of)
	}
	return list
}

// traffic reads the keys of a unit of load; those that are absent are as in standard.
func traffic(t *table, standard model.Traffic) model.Traffic {
	f := standard
	f.BytesPerUnit = t.unitBytes("bytes_per_unit", f.BytesPerUnit)
	f.NATBytesPerUnit = t.unitBytes("nat_bytes_per_unit", f.NATBytesPerUnit)
	f.LogBytesPerUnit = t.unitBytes("log_bytes_per_unit", f.LogBytesPerUnit)
	if t.get("requests_per_connection") != nil {
		f.UnitsPerConnection = t.number("requests_per_connection", 1, mostUnits, 1)
	}
	if t.get("connection_time") != nil {
		f.ConnectionTime = t.duration("connection_time", 0)
	}
	if t.get("rules_per_request") != nil {
		f.RulesPerUnit = t.number("rules_per_request", 0, mostUnits, 0)
	}
	return f
}

// unitBytes reads an optional size.
func (t *table) unitBytes(key string, standard float64) float64 {
	n := t.get(key)
	if n == nil {
		return standard
	}
	v, ok := t.r.bytesOf(n, t.p.join(key))
	if !ok {
		return standard
	}
	return float64(v)
}

// publicIP reads assign_public_ip, which ECS takes on Fargate only.
func (b *builder) publicIP(o *owner) {
	const key = "assign_public_ip"
	if o.table.get(key) == nil {
		return
	}
	word, _ := o.table.choice(key, []string{"ENABLED", "DISABLED"}, "")
	o.publicIP = word == "ENABLED"
	if o.publicIP && o.placing.Launch != model.Fargate {
		b.fail("E023", o.table.valueAt(key), fmt.Sprintf("`%s` cannot be \"ENABLED\" on EC2", o.table.p.join(key)), "",
			"ECS gives public addresses to tasks on Fargate only; on EC2 a task reaches the internet through a NAT gateway")
	}
}

// publicAddresses notes whose tasks have public addresses.
func (b *builder) publicAddresses() {
	c := &b.config.Pricing
	if !slices.ContainsFunc(b.owners, func(o *owner) bool { return o.publicIP }) {
		return
	}
	c.Services, c.Jobs = make([]model.Traffic, len(b.config.Services)), make([]model.Traffic, len(b.config.Jobs))
	place := map[bool]int{}
	for _, o := range b.owners {
		list := c.Jobs
		if o.service {
			list = c.Services
		}
		list[place[o.service]].PublicIP = o.publicIP
		place[o.service]++
	}
}
