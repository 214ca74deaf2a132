package worlds

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"ecssim/model"
	"ecssim/model/network"
	"ecssim/sim"
)

// feature is something that a world has or does not have.
type feature uint8

const (
	delays       feature = iota // a start takes time
	chances                     // delays, and what programs do, are drawn and not fixed
	onEC2                       // instances
	onFargate                   // FARGATE
	onSpot                      // FARGATE_SPOT
	interfaces                  // network mode awsvpc on EC2
	hostPorts                   // fixed host ports, network mode host
	trunks                      // awsvpcTrunking
	gpus                        // GPUs
	manyZones                   // several zones
	manyClusters                // several clusters
	smallSubnets                // subnets that run out of addresses
	fewPorts                    // dynamic port ranges that run out
	breakdowns                  // instances that fail and are repaired by chance
	balancers                   // load balancers
	smallGroups                 // target groups that are soon full
	discovery                   // Cloud Map
	images                      // described images
	pullLimits                  // registries that limit pulls
	firewalls                   // security groups
	roles                       // task definitions that name roles, secrets and log drivers
	sidecars                    // several containers
	healthChecks                // container health checks
	crashes                     // programs that exit, fail or are never ready
	restarts                    // restart policies
	daemons                     // DAEMON services
	rollouts                    // updates
	resizing                    // updates of the desired count
	shifts                      // BLUE_GREEN, LINEAR and CANARY
	breakers                    // the circuit breaker
	alarms                      // deployment alarms
	protection                  // scale-in protection
	rebalancing                 // availability zone rebalancing
	constraints                 // distinctInstance and memberOf
	throttles                   // low launch rates
	quotas                      // low vCPU quotas
	jobs                        // standalone tasks
	faults                      // faults
	randomTies                  // ties that are drawn
	// What makes capacity follow load is drawn after everything else, from a generator of its own, so that worlds are in
	// everything else as they were without it.
	loads            // load on services
	autoscaled       // service auto scaling
	stepped          // step scaling policies
	scheduled        // scheduled actions
	suspensions      // SuspendedState
	highResolution   // metrics of 20 s
	fargateStrategy  // strategies of FARGATE and FARGATE_SPOT
	groups           // Auto Scaling groups
	managedScaling   // managed scaling
	managedInstances // ECS Managed Instances
	mixedGroups      // mixed instances policies
	interruptions    // Spot interruptions, of instances and of Fargate tasks
	warmPools        // warm pools
	fewWaiters       // a low quota of tasks in PROVISIONING
	slowReactions    // metrics, alarms, groups and terminations take time
	shortages        // EC2 without capacity, and other faults of groups
	numFeatures
)

// Generate draws the world of a seed. It is valid: a scenario could say the same.
func Generate(seed uint64) *model.Config { return newGenerator(seed).generate() }

// Calm reports whether the world of a seed comes to rest before it ends.
func Calm(seed uint64) bool { return seed%calmEvery == 0 }

const calmEvery = 3

// generator draws a world.
type generator struct {
	*rand.Rand
	seed uint64
	cfg  *model.Config
	calm bool
	on   [numFeatures]bool
	end  time.Duration
	// machines counts the instances of each cluster.
	machines []int
	// bad is the service that is drawn: some revision of it does not work.
	bad bool
}

func newGenerator(seed uint64) *generator {
	return &generator{seed: seed, Rand: rand.New(rand.NewPCG(seed, 0x776f726c64)), calm: Calm(seed), cfg: &model.Config{
		Name: fmt.Sprintf("world-%d", seed), Start: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC),
		EventLimit: eventLimit,
	}}
}

// eventLimit is many times what the busiest world fires: one that reaches it goes round in circles.
const eventLimit = 200_000

func (g *generator) generate() *model.Config {
	for f := range loads {
		g.on[f] = g.IntN(2) == 0
	}
	if !g.on[onFargate] && !g.on[onSpot] {
		g.on[onEC2] = true
	}
	g.end = time.Duration(60+g.IntN(121)) * time.Minute
	if g.calm {
		g.end = 3 * time.Hour
	}
	g.cfg.Duration = g.end
	if g.on[randomTies] {
		g.cfg.TieBreak = model.RandomTie
	}
	g.clusters()
	g.subnets()
	g.latency()
	g.limits()
	g.securityGroups()
	g.registries()
	if g.on[onEC2] {
		g.fleets()
	}
	g.deploymentAlarms()
	for n := range g.few(1, 6) {
		g.service(n)
	}
	if g.on[jobs] {
		for n := range g.few(1, 3) {
			g.job(n)
		}
	}
	if g.on[faults] {
		g.faults()
	}
	g.elastic()
	return g.cfg
}

// chance is true in so many of a hundred cases.
func (g *generator) chance(percent int) bool { return g.IntN(100) < percent }

// between draws evenly from low to high.
func (g *generator) between(low, high int) int { return low + g.IntN(high-low+1) }

// few draws from low to high, mostly low numbers.
func (g *generator) few(low, high int) int { return low + g.IntN(g.IntN(high-low+1)+1) }

// when draws an instant between two shares of the duration, to the second.
func (g *generator) when(from, to float64) time.Duration {
	share := from + g.Float64()*(to-from)
	return time.Duration(share * float64(g.end)).Round(time.Second)
}

func pick[T any](g *generator, list ...T) T { return list[g.IntN(len(list))] }

// fixed is always the same number of seconds.
func fixed(seconds float64) sim.Dist { return must(sim.Constant(seconds)) }

// about is a distribution with roughly that mean.
func (g *generator) about(seconds float64) sim.Dist {
	if !g.on[chances] {
		return fixed(seconds)
	}
	switch g.IntN(3) {
	case 0:
		return must(sim.Capped(must(sim.Exponential(seconds)), 10*seconds))
	case 1:
		return must(sim.Uniform(0, 2*seconds))
	}
	return must(sim.Capped(must(sim.LogNormalFromMedianP95(seconds*0.8, seconds*2.5)), 10*seconds))
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func (g *generator) clusters() {
	n := 1
	if g.on[manyClusters] {
		n = g.between(2, 3)
	}
	for k := range n {
		g.cfg.Clusters = append(g.cfg.Clusters, fmt.Sprintf("cluster-%d", k+1))
	}
	g.machines = make([]int, n)
}

func (g *generator) subnets() {
	zones := []string{"a", "b", "c"}[:1]
	if g.on[manyZones] {
		zones = zones[:g.between(2, 3)]
	}
	for _, zone := range zones {
		for k := range g.few(1, 2) {
			s := network.Subnet{Name: fmt.Sprintf("%s%d", zone, k+1), Zone: zone, Prefix: g.between(18, 22)}
			if g.on[smallSubnets] && !g.calm {
				s.Prefix = g.between(26, 28)
				s.OtherIPsUsed = int64(g.IntN(5))
			}
			g.cfg.Subnets = append(g.cfg.Subnets, s)
		}
	}
}

// allSubnets are their indexes.
func (g *generator) allSubnets() []int {
	all := make([]int, len(g.cfg.Subnets))
	for n := range all {
		all[n] = n
	}
	return all
}

// someSubnets are all of them, or in a world that need not come to rest perhaps fewer.
func (g *generator) someSubnets() []int {
	all := g.allSubnets()
	if g.calm || g.chance(70) {
		return all
	}
	some := g.Perm(len(all))[:g.between(1, len(all))]
	slices.Sort(some)
	return some
}

func (g *generator) latency() {
	l := &g.cfg.Latency
	l.RandomPhase = g.chance(50)
	if !g.on[delays] {
		return
	}
	for _, d := range []struct {
		dist *sim.Dist
		mean float64
	}{
		{&l.Agent, 0.5}, {&l.ENIAttach, 4}, {&l.FargateProvision, 15}, {&l.ImagePull, 3}, {&l.FargateImagePull, 12},
		{&l.ContainerStart, 1}, {&l.Scheduler, 2}, {&l.PullStart, 0.5}, {&l.ContainerStop, 8}, {&l.ENIDetach, 6},
		{&l.TargetRegistration, 5}, {&l.FirstProbe, 5},
	} {
		if g.chance(80) {
			*d.dist = g.about(d.mean * float64(g.between(1, 4)) / 2)
		}
	}
	if l.RandomPhase {
		l.FirstProbe = nil
	}
}

func (g *generator) limits() {
	g.cfg.Settings.AwsvpcTrunking = g.on[trunks]
	q := &g.cfg.Quotas
	*q = model.DefaultQuotas()
	if g.on[throttles] {
		q.FargateLaunchBurst, q.FargateLaunchRate = g.between(1, 10), pick(g, 0.2, 1, 3)
		q.ServiceLaunches = g.between(3, 30)
	}
	if g.on[quotas] && !g.calm {
		q.FargateVCPU, q.FargateSpotVCPU = float64(g.between(1, 8)), float64(g.between(1, 8))
	}
}
