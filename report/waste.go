package report

import (
	"cmp"
	"math"
	"slices"
	"time"

	"ecssim/model"
	"ecssim/model/catalog"
	"ecssim/model/cost"
	"ecssim/model/fleet"
)

// costBook follows money while the run goes on: what there is an hour, what of it is paid and not reserved, and what is
// reserved and not used. Money is counted in whole billionths of a dollar an hour, so that what is added can be taken
// away again without a trace, and sums are exact between two changes.
//
// Of a dimension, CPU or memory, an instance's reserved share is what its tasks reserve of what it registers, by the
// scheduler's book; of both together it is the larger of the two, since what is left of the other can hold no more. What
// is not reserved is the rest of what was paid, from launch to termination: boot time and rounding up included.
type costBook struct {
	cfg      *model.Config
	pockets  []pocket
	byName   map[string]int
	machines []*machine // by the serial of the instance; nil for those that are gone
	services []serviceUse
	rates    rateBook
	running  level // RUNNING tasks
	volume   int64 // of an instance's volume, nano-dollars an hour
}

// pocket is where capacity comes from: a fleet, a capacity provider, Fargate.
type pocket struct {
	name     string
	fargate  bool
	paid     float64 // USD, as charged
	reserved worths
	// Of services whose use is known: what was reserved and not used, in USD.
	loaded                  bool
	unusedCPU, unusedMemory float64
}

// machine is an instance that is there.
type machine struct {
	pocket, series int
	rate           int64 // nano-dollars an hour
	cpu, memory    int64 // reserved
	// What a CPU unit and a MiB are worth, and what all that are reserved are, in nano-dollars an hour.
	perCPU, perMemory  float64
	cpuWorth, memWorth int64
}

// worths are step functions of what is reserved, in nano-dollars an hour, with their sums over time: by CPU, by memory,
// and by the larger of the two of each instance.
type worths struct {
	cpu, memory, both          int64
	since                      time.Duration
	cpuSum, memorySum, bothSum float64
}

// settle converts the products, so that no processor fuses them with the sums.
func (w *worths) settle(now time.Duration) {
	if now > w.since {
		span := float64(now - w.since)
		w.cpuSum += float64(float64(w.cpu) * span)
		w.memorySum += float64(float64(w.memory) * span)
		w.bothSum += float64(float64(w.both) * span)
		w.since = now
	}
}

// serviceUse is what a service with load reserves. The sums of its levels are those of the minute that runs.
type serviceUse struct {
	cpu, memory level // CPU units, MiB
	shares      []pocketShare
}

// pocketShare is the worth of a service's reservations in one pocket.
type pocketShare struct {
	pocket      int
	cpu, memory level
}

// level is a step function with its sum over time.
type level struct {
	value int64
	since time.Duration
	sum   float64 // value × ns
}

func (l *level) add(now time.Duration, delta int64) {
	l.settle(now)
	l.value += delta
}

// settle converts the product, so that no processor fuses it with the sum.
func (l *level) settle(now time.Duration) {
	if now > l.since {
		l.sum += float64(float64(l.value) * float64(now-l.since))
		l.since = now
	}
}

// nano is an hourly price in billionths of a dollar; 0 where it is not known.
func nano(usdPerHour float64) int64 { return int64(math.Round(max(0, usdPerHour) * 1e9)) }

// usd is what a sum of nano-dollars an hour × ns comes to.
func usd(sum float64) float64 { return sum / 1e9 / float64(time.Hour) }

func newCostBook(cfg *model.Config) costBook {
	b := costBook{
		cfg: cfg, byName: map[string]int{}, services: make([]serviceUse, len(cfg.Services)),
		rates: newRateBook(cfg),
	}
	for i := range cfg.Fleets {
		b.pocketOf(cfg.Fleets[i].Name)
	}
	for i := range cfg.CapacityProviders {
		b.pocketOf(cfg.CapacityProviders[i].Name)
	}
	if gb := cfg.Pricing.InstanceVolumeGB; gb > 0 {
		price, _ := priceOf(cfg, "ebs_gp3_gb_month")
		b.volume = nano(gb * price.USD / cost.HoursPerMonth)
	}
	b.rates.standing(cfg)
	return b
}

// pocketOf finds or makes a pocket.
func (b *costBook) pocketOf(name string) int {
	k, known := b.byName[name]
	if !known {
		k = len(b.pockets)
		b.pockets = append(b.pockets, pocket{name: name, fargate: name == onFargateName || name == onFargateSpotName})
		b.byName[name] = k
	}
	return k
}

// The capacity providers that every account has.
const (
	onFargateName     = "FARGATE"
	onFargateSpotName = "FARGATE_SPOT"
)

func fargateName(spot bool) string {
	if spot {
		return onFargateSpotName
	}
	return onFargateName
}

// launched takes in an instance that costs money from now on. Some are told of when they are launched and again when they
// join, others are there when the run begins.
func (b *costBook) launched(now time.Duration, i *fleet.Instance, use cost.InstanceUse) {
	m := &machine{pocket: b.pocketOf(i.Fleet), series: b.rates.of(use.Item()), rate: nano(use.PerHour())}
	m.perCPU, m.perMemory = float64(m.rate)/float64(max(1, i.Has.CPU)), float64(m.rate)/float64(max(1, i.Has.Memory))
	for len(b.machines) <= i.Serial {
		b.machines = append(b.machines, nil)
	}
	b.machines[i.Serial] = m
	b.rates.add(now, m.series, m.rate)
	b.rates.add(now, b.rates.volumes, b.volume)
}

// gone takes out an instance. Its tasks may be told of afterwards.
func (b *costBook) gone(now time.Duration, i *fleet.Instance) {
	m := b.machine(i)
	if m == nil {
		return
	}
	b.reserve(now, m, -m.cpu, -m.memory)
	b.rates.add(now, m.series, -m.rate)
	b.rates.add(now, b.rates.volumes, -b.volume)
	b.machines[i.Serial] = nil
}

// machine is the book of an instance; nil if it is gone, or was never told of.
func (b *costBook) machine(i *fleet.Instance) *machine {
	if i.Serial >= len(b.machines) {
		return nil
	}
	return b.machines[i.Serial]
}

// reserve changes what tasks reserve of an instance.
func (b *costBook) reserve(now time.Duration, m *machine, cpu, memory int64) {
	w := &b.pockets[m.pocket].reserved
	w.settle(now)
	cpuWorth, memWorth := m.cpuWorth, m.memWorth
	m.cpu += cpu
	m.memory += memory
	m.cpuWorth, m.memWorth = m.worth(m.cpu, m.perCPU), m.worth(m.memory, m.perMemory)
	w.cpu += m.cpuWorth - cpuWorth
	w.memory += m.memWorth - memWorth
	w.both += max(m.cpuWorth, m.memWorth) - max(cpuWorth, memWorth)
}

// worth is what an amount is worth, never more than the instance. It is a whole number, so that what is added can be
// taken away without a trace.
func (m *machine) worth(amount int64, each float64) int64 {
	return min(m.rate, int64(float64(amount)*each))
}

// task takes in a task that takes (sign 1) or gives back (-1) its CPU and memory. rates are those of Fargate.
func (b *costBook) task(now time.Duration, t *model.Task, sign int64, rates *catalog.FargateRates) {
	n := &t.Demand.Needs
	pocket, cpu, memory := -1, int64(0), int64(0)
	loaded := t.Owner.Service && b.cfg.Services[t.Owner.Index].Load != nil
	if t.Instance == nil {
		cpu = nano(max(0, rates.VCPUHour)+max(0, rates.LicenceVCPUHour)) * n.CPU / 1024
		memory = nano(rates.GBHour) * n.Memory / 1024
		address := int64(0)
		if b.cfg.Pricing.TrafficOf(t.Owner.Service, t.Owner.Index).PublicIP {
			address = b.rates.address
		}
		b.rates.add(now, b.rates.fargate(rates.Spot), sign*(cpu+memory+nano(max(0, rates.EphemeralGBHour)*disk(t))))
		b.rates.add(now, b.rates.network, sign*address)
		if loaded {
			pocket = b.pocketOf(fargateName(rates.Spot))
		}
	} else if m := b.machine(t.Instance); m != nil {
		b.reserve(now, m, sign*n.CPU, sign*n.Memory)
		pocket, cpu, memory = m.pocket, m.worth(n.CPU, m.perCPU), m.worth(n.Memory, m.perMemory)
	}
	if !loaded {
		return
	}
	s := &b.services[t.Owner.Index]
	s.cpu.add(now, sign*n.CPU)
	s.memory.add(now, sign*n.Memory)
	if pocket >= 0 {
		share := s.share(now, pocket)
		share.cpu.add(now, sign*cpu)
		share.memory.add(now, sign*memory)
	}
}

// share finds or makes the share of a pocket; a service has a few.
func (s *serviceUse) share(now time.Duration, pocket int) *pocketShare {
	for k := range s.shares {
		if s.shares[k].pocket == pocket {
			return &s.shares[k]
		}
	}
	s.shares = append(s.shares, pocketShare{pocket: pocket, cpu: level{since: now}, memory: level{since: now}})
	return &s.shares[len(s.shares)-1]
}

// load splits what the service reserved in the minute that ends now into what it used and what it did not. Use is told
// for the service as a whole: each pocket has its part of it. More than is reserved may be used; nothing is then unused.
func (b *costBook) load(service int, now time.Duration, m model.LoadMinute) {
	s := &b.services[service]
	span := float64(now - m.From)
	idleCPU, idleMemory := idle(&s.cpu, now, m.UsedCPU*span), idle(&s.memory, now, m.UsedMemory*span)
	for k := range s.shares {
		share := &s.shares[k]
		p := &b.pockets[share.pocket]
		p.loaded = true
		p.unusedCPU += float64(usd(share.cpu.drain(now)) * idleCPU)
		p.unusedMemory += float64(usd(share.memory.drain(now)) * idleMemory)
	}
}

// idle is the part of a reservation that was not used, 0 to 1.
func idle(reserved *level, now time.Duration, used float64) float64 {
	sum := reserved.drain(now)
	if sum <= 0 {
		return 0
	}
	return max(0, 1-max(0, used)/sum)
}

// drain is the sum up to now; the next begins at 0.
func (l *level) drain(now time.Duration) float64 {
	l.settle(now)
	sum := l.sum
	l.sum = 0
	return sum
}

// paid takes in what an instance was charged.
func (b *costBook) paid(i *fleet.Instance, items []cost.Item) {
	p := &b.pockets[b.pocketOf(i.Fleet)]
	for _, it := range items {
		p.paid += it.USD
	}
}

func (b *costBook) paidFargate(spot bool, items []cost.Item) {
	p := &b.pockets[b.pocketOf(fargateName(spot))]
	for _, it := range items {
		p.paid += it.USD
	}
}

// Waste is what was paid for one pocket of capacity, and what of it was of no use, in USD.
type Waste struct {
	Name string
	// Paid is for instances and Fargate tasks, without volumes.
	Paid float64
	// Unreserved is what no task reserved, of the dimension that each instance had less left of; UnreservedCPU and
	// UnreservedMemory are by one dimension alone. On Fargate all that is paid is reserved.
	Unreserved, UnreservedCPU, UnreservedMemory float64
	// Loaded: services with load ran there. Of their reservations UnusedCPU and UnusedMemory are what they did not use;
	// Unused is that of the dimension of which more was reserved, on Fargate, which bills both, their sum.
	Loaded                          bool
	Unused, UnusedCPU, UnusedMemory float64
}

// waste lists the pockets that cost something or hold load, by name.
func (b *costBook) waste(now time.Duration) []Waste {
	var all []Waste
	for k := range b.pockets {
		p := &b.pockets[k]
		if p.paid == 0 && !p.loaded {
			continue
		}
		w := Waste{Name: p.name, Paid: p.paid, Loaded: p.loaded, UnusedCPU: p.unusedCPU, UnusedMemory: p.unusedMemory}
		if p.fargate {
			w.Unused = p.unusedCPU + p.unusedMemory
		} else {
			p.reserved.settle(now)
			cpu, memory, both := usd(p.reserved.cpuSum), usd(p.reserved.memorySum), usd(p.reserved.bothSum)
			w.UnreservedCPU, w.UnreservedMemory, w.Unreserved = max(0, p.paid-cpu), max(0, p.paid-memory), max(0, p.paid-both)
			if w.Unused = p.unusedCPU; memory > cpu {
				w.Unused = p.unusedMemory
			}
		}
		all = append(all, w)
	}
	slices.SortFunc(all, func(x, y Waste) int { return cmp.Compare(x.Name, y.Name) })
	return all
}
