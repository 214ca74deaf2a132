package report

import (
	"time"

	"ecssim/model"
	"ecssim/model/balance"
	"ecssim/model/catalog"
	"ecssim/model/cost"
)

// traffic is what is billed by the connection, the byte and the address: sums by hour, priced at the end. What goes
// through a load balancer is known from the load of the services that register with it: one unit of load is a request,
// and opens a connection unless the scenario says how many share one. What a service drops has been a request too; bytes
// and logs are those of what it serves. A service behind several load balancers spreads its load evenly over them.
type traffic struct {
	services       []serviceTraffic
	balancers      []balancerHours
	natBytes, logs hourly    // bytes
	addresses      hourly    // seconds of tasks' public addresses
	pools          []poolUse // by capacity provider
}

// poolUse is a warm pool: how many instances wait in it, and their seconds.
type poolUse struct {
	waiting int
	since   time.Duration
	seconds hourly
}

// serviceTraffic is what a unit of a service's load means, and which load balancers it goes through.
type serviceTraffic struct {
	model.Traffic
	balancers []int
}

// balancerHours are the dimensions of cost.BalancerUse.
type balancerHours struct{ connections, open, bytes, rules hourly }

func newTraffic(cfg *model.Config) traffic {
	t := traffic{balancers: make([]balancerHours, len(cfg.LoadBalancers)), pools: make([]poolUse, len(cfg.CapacityProviders))}
	for i := range cfg.Services {
		s := serviceTraffic{Traffic: cfg.Pricing.TrafficOf(true, i)}
		seen := map[int]bool{}
		for _, target := range cfg.Services[i].Targets {
			if n := cfg.TargetGroups[target.Group].LoadBalancer; !seen[n] {
				seen[n] = true
				s.balancers = append(s.balancers, n)
			}
		}
		t.services = append(t.services, s)
	}
	return t
}

// load takes in one minute of a service. The minute ends now.
func (b *bill) load(service int, now time.Duration, m model.LoadMinute) {
	b.traffic.load(&b.traffic.services[service], now, m)
	b.book.load(service, now, m)
}

func (t *traffic) load(s *serviceTraffic, now time.Duration, m model.LoadMinute) {
	seconds := (now - m.From).Seconds()
	offered, served := max(0, m.Offered)*seconds, max(0, m.Served)*seconds
	t.natBytes.spread(m.From, now, served*s.NATBytesPerUnit)
	t.logs.spread(m.From, now, served*s.LogBytesPerUnit)
	n := float64(len(s.balancers))
	for _, k := range s.balancers {
		lb := &t.balancers[k]
		connections := offered / max(1, s.UnitsPerConnection) / n
		lb.connections.spread(m.From, now, connections)
		lb.open.spread(m.From, now, connections*s.ConnectionTime.Seconds())
		lb.bytes.spread(m.From, now, served*s.BytesPerUnit/n)
		lb.rules.spread(m.From, now, offered*max(0, s.RulesPerUnit-cost.FreeRules)/n)
	}
}

// becomes takes in how many instances wait in the pool, and says how many more these are than before.
func (p *poolUse) becomes(now time.Duration, n int) (more int) {
	p.settle(now)
	more = n - p.waiting
	p.waiting = n
	return more
}

func (p *poolUse) settle(now time.Duration) {
	p.seconds.spread(p.since, now, float64(p.waiting)*(now-p.since).Seconds())
	p.since = now
}

// runningPool is the type of the instances that run in a provider's warm pool; nil if none do. A pool is of one type:
// mixed instances have none (ECS rules, services 3.6).
func runningPool(p *model.CapacityProvider) *catalog.InstanceType {
	if p.Group == nil || p.Group.WarmPool == nil || !p.Group.WarmPool.Running || len(p.Group.Types) == 0 {
		return nil
	}
	return &p.Group.Types[0]
}

// charge prices everything.
func (t *traffic) charge(cfg *model.Config, l *cost.Ledger, now time.Duration) {
	standing := func(name, unit, price string, n int) {
		if n > 0 && now > 0 {
			p, known := priceOf(cfg, price)
			l.Spread(0, now, cost.Priced(name, float64(n)*now.Hours(), unit, p, known))
		}
	}
	byHour := func(h hourly, name, unit, price string, divisor float64) {
		p, known := priceOf(cfg, price)
		for at, sum := range h {
			if sum > 0 {
				l.Add(time.Duration(at)*time.Hour, cost.Priced(name, sum/divisor, unit, p, known))
			}
		}
	}
	alb, nlb := countBalancers(cfg)
	standing(cost.ALB, cost.LoadBalancerHour, "alb_hour", alb)
	standing(cost.NLB, cost.LoadBalancerHour, "nlb_hour", nlb)
	t.chargeCapacity(cfg, l, now)
	standing(cost.NATGateway, cost.GatewayHour, "nat_gateway_hour", cfg.Pricing.NATGateways)
	if rate := cfg.Pricing.NATGBPerHour; rate > 0 {
		t.natBytes.spread(0, now, rate*now.Hours()*cost.BytesPerGB)
	}
	byHour(t.natBytes, cost.NATData, cost.GB, "nat_gateway_gb", cost.BytesPerGB)
	standing(cost.PublicIPv4, cost.AddressHour, "public_ipv4_hour", standingAddresses(cfg))
	byHour(t.addresses, cost.PublicIPv4, cost.AddressHour, "public_ipv4_hour", 3600)
	byHour(t.logs, cost.LogIngest, cost.GB, "cloudwatch_logs_ingest_gb", cost.BytesPerGB)
	for k := range t.pools {
		if gb := cfg.Pricing.InstanceVolumeGB; gb > 0 {
			byHour(t.pools[k].seconds, cost.InstanceVolumes, cost.GBMonth, "ebs_gp3_gb_month", 3600*cost.HoursPerMonth/gb)
		}
	}
}

// chargeCapacity prices the capacity units of the load balancers, hour by hour.
func (t *traffic) chargeCapacity(cfg *model.Config, l *cost.Ledger, now time.Duration) {
	for k := range t.balancers {
		lb := &t.balancers[k]
		unit, name, of, price := cost.LCU, cost.ALBCapacity, cost.LCUHour, "alb_lcu_hour"
		if cfg.LoadBalancers[k].Type == balance.Network {
			unit, name, of, price = cost.NLCU, cost.NLBCapacity, cost.NLCUHour, "nlb_lcu_hour"
		}
		p, known := priceOf(cfg, price)
		for h := range lb.connections {
			from := time.Duration(h) * time.Hour
			use := cost.BalancerUse{
				Connections: lb.connections.at(h), ConnectionSeconds: lb.open.at(h), Bytes: lb.bytes.at(h), Rules: lb.rules.at(h),
			}
			if units := unit.UnitHours(use, min(now, from+time.Hour)-from); units > 0 {
				l.Add(from, cost.Priced(name, units, of, p, known))
			}
		}
	}
}

func countBalancers(cfg *model.Config) (alb, nlb int) {
	for i := range cfg.LoadBalancers {
		if cfg.LoadBalancers[i].Type == balance.Network {
			nlb++
		} else {
			alb++
		}
	}
	return alb, nlb
}

// standingAddresses are the public addresses that are there all the time: one of each NAT gateway, and one in each
// subnet of a load balancer that faces the internet.
func standingAddresses(cfg *model.Config) int {
	n := cfg.Pricing.NATGateways
	for i, faces := range cfg.Pricing.InternetFacing {
		if faces {
			n += len(cfg.LoadBalancers[i].Subnets)
		}
	}
	return n
}

// hourly are sums by hour of simulated time.
type hourly []float64

// spread adds an amount that was used evenly from one instant to another.
func (h *hourly) spread(from, to time.Duration, amount float64) {
	if amount = float64(amount); amount == 0 { // rounded, so that no processor fuses a product with the sum
		return
	}
	first, last := int(from/time.Hour), int(max(from, to-1)/time.Hour)
	for len(*h) <= last {
		*h = append(*h, 0)
	}
	if first == last {
		(*h)[first] += amount
		return
	}
	for k := first; k <= last; k++ {
		part := min(to, time.Duration(k+1)*time.Hour) - max(from, time.Duration(k)*time.Hour)
		(*h)[k] += float64(amount * (float64(part) / float64(to-from)))
	}
}

func (h hourly) at(k int) float64 {
	if k < len(h) {
		return h[k]
	}
	return 0
}
