package worlds

import (
	"fmt"
	"math/rand/v2"
	"time"

	"ecssim/model"
	"ecssim/model/balance"
	"ecssim/model/image"
	"ecssim/model/network"
	"ecssim/sim"
)

// The security groups of a world that has any.
const (
	tasksGroup     = 0 // lets the load balancers in
	balancersGroup = 1
)

func (g *generator) securityGroups() {
	if !g.on[firewalls] {
		return
	}
	all := network.PortRange{First: 0, Last: 65535}
	tasks := network.SecurityGroup{Name: "tasks", Ingress: []network.IngressRule{{Group: balancersGroup, Ports: all}}}
	if !g.calm && g.chance(20) {
		tasks.Ingress = nil // a mistake
	}
	g.cfg.SecurityGroups = []network.SecurityGroup{tasks, {Name: "public", Ingress: []network.IngressRule{
		{Group: -1, CIDR: "0.0.0.0/0", Ports: all},
	}}}
}

// registries, and images that share layers.
func (g *generator) registries() {
	if !g.on[images] {
		return
	}
	for n := range g.between(1, 2) {
		r := image.Registry{
			Name: fmt.Sprintf("registry-%d", n+1), Kind: image.Kind(g.IntN(5)), PerInstance: g.chance(30), Rate: pick(g, 0, 20e6, 80e6),
		}
		if g.on[pullLimits] && !g.calm {
			r.PullLimit, r.PullWindow = g.between(3, 40), pick(g, time.Second, time.Minute, time.Hour)
		}
		g.cfg.Registries = append(g.cfg.Registries, r)
	}
	for n := range g.between(1, 4) {
		img := image.Image{
			Name: fmt.Sprintf("image-%d:1", n+1), Registry: g.IntN(len(g.cfg.Registries)), Lazy: g.chance(20),
			Missing: !g.calm && g.chance(5), Layers: []image.Layer{{ID: "base", Size: 30e6, Unpacked: 80e6}},
		}
		for k := range g.IntN(4) {
			size := int64(g.between(1, 60)) * 1e6
			img.Layers = append(img.Layers, image.Layer{ID: fmt.Sprintf("layer-%d-%d", n, k), Size: size, Unpacked: 3 * size})
		}
		g.cfg.Images = append(g.cfg.Images, img)
	}
	g.cfg.FargateSpeed = image.Speed{Network: 75e6, Unpack: 150e6}
}

func (g *generator) deploymentAlarms() {
	if !g.on[alarms] {
		return
	}
	for n := range g.between(1, 2) {
		a := model.Alarm{Name: fmt.Sprintf("alarm-%d", n+1)}
		at := time.Duration(0)
		for range g.IntN(4) {
			from := at + g.when(0, 0.3)
			to := from + time.Duration(g.between(10, 900))*time.Second
			if to > g.end*calmBy/100 {
				break
			}
			a.InAlarm = append(a.InAlarm, model.Stretch{From: from, To: to})
			at = to + time.Second
		}
		if !g.calm && g.chance(20) {
			a.InAlarm = append(a.InAlarm, model.Stretch{From: at + g.when(0, 0.5), To: -1})
		}
		g.cfg.Alarms = append(g.cfg.Alarms, a)
	}
}

// targetGroup puts a target group behind a load balancer, a new one if there is none of that type.
func (g *generator) targetGroup(kind balance.TargetType) int {
	cfg := g.cfg
	lb := len(cfg.LoadBalancers)
	if lb > 0 && g.chance(50) {
		lb = g.IntN(lb)
	} else {
		b := balance.LoadBalancer{Name: fmt.Sprintf("lb-%d", lb+1), Type: balance.Type(g.IntN(2)), Subnets: g.nodes()}
		if g.on[firewalls] {
			b.SecurityGroups = []int{balancersGroup}
		}
		if g.on[smallGroups] && !g.calm {
			b.Targets = g.between(3, 20)
		}
		cfg.LoadBalancers = append(cfg.LoadBalancers, b)
	}
	interval := g.between(5, 30)
	group := balance.TargetGroup{
		Name: fmt.Sprintf("%s/group-%d", cfg.LoadBalancers[lb].Name, len(cfg.TargetGroups)+1), LoadBalancer: lb, Type: kind,
		DeregistrationDelay: time.Duration(pick(g, 0, 5, 30, 120)) * time.Second,
		Health: balance.HealthCheck{
			Interval: time.Duration(interval) * time.Second, Timeout: time.Duration(g.between(2, interval-1)) * time.Second,
			Healthy: g.between(2, 5), Unhealthy: g.between(2, 5), FirstSuccess: g.chance(80),
		},
	}
	if g.on[smallGroups] && !g.calm {
		group.Targets = g.between(2, 15)
	}
	cfg.TargetGroups = append(cfg.TargetGroups, group)
	return len(cfg.TargetGroups) - 1
}

// nodes are the subnets of a load balancer, one a zone, of which it may lack some.
func (g *generator) nodes() (subnets []int) {
	seen := map[string]bool{}
	for n, s := range g.cfg.Subnets {
		if !seen[s.Zone] && (g.calm || len(subnets) == 0 || g.chance(85)) {
			subnets = append(subnets, n)
		}
		seen[s.Zone] = true
	}
	return subnets
}

func (g *generator) job(n int) {
	name := fmt.Sprintf("job-%d", n+1)
	j := model.Job{Name: name, Placing: g.placing(name, "family:"+name, true), RunTime: g.about(float64(g.between(5, 300)))}
	a := arriving{name: name, gap: float64(g.between(20, 200)), burst: g.few(1, 8), until: g.end * calmBy / 100}
	if g.calm {
		a.gap += 60
	}
	j.Arrivals = a.open
	if g.chance(60) {
		j.Retry = &model.Retry{Every: time.Duration(g.between(10, 60)) * time.Second, For: time.Duration(g.IntN(600)) * time.Second}
	}
	if j.Launch == model.EC2 && g.chance(20) {
		for k := range g.between(1, 3) {
			f := &g.cfg.Fleets[g.IntN(len(g.cfg.Fleets))]
			j.StartOn = append(j.StartOn, fmt.Sprintf("%s/%d", f.Name, k+1))
		}
	}
	g.cfg.Jobs = append(g.cfg.Jobs, j)
}

// arriving is a Poisson process of bursts that ends.
type arriving struct {
	name  string
	gap   float64 // mean, in seconds
	burst int
	until time.Duration
}

func (a arriving) open(s sim.Streams) model.Arrivals {
	return &arrivals{arriving: a, draw: s.Named("arrivals/" + a.name), gaps: must(sim.Exponential(a.gap))}
}

type arrivals struct {
	arriving
	draw *rand.Rand
	gaps sim.Dist
	now  time.Duration
	left int
}

// Next is one task; those of a burst come at the same instant.
func (a *arrivals) Next() (model.Arrival, bool) {
	if a.left == 0 {
		a.now += sim.Seconds(a.gaps, a.draw)
		a.left = a.burst
	}
	a.left--
	return model.Arrival{At: a.now, RunTime: -1, CPU: -1, Memory: -1, GPUs: -1}, a.now < a.until
}
