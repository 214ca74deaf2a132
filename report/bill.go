package report

import (
	"math"
	"time"

	"ecssim/model"
	"ecssim/model/catalog"
	"ecssim/model/cost"
	"ecssim/model/fleet"
)

// bill collects what is charged. Fargate tasks only add to sums by hour, which are priced at the end: a ledger entry
// a task would cost more than the rest of the recorder.
type bill struct {
	cfg     *model.Config
	ledger  cost.Ledger
	classes []fargateClass
	traffic traffic
	book    costBook
}

func newBill(cfg *model.Config) bill {
	return bill{cfg: cfg, traffic: newTraffic(cfg), book: newCostBook(cfg)}
}

// fargateClass is the use of all tasks that are billed at the same rates.
type fargateClass struct {
	os, arch string
	spot     bool
	rates    catalog.FargateRates
	hours    []fargateHour // by hour of simulated time
}

// fargateHour is what was used in one hour.
type fargateHour struct{ cpuSeconds, memorySeconds, diskSeconds float64 }

// classOf finds or makes the class of a task definition's platform.
func (b *bill) classOf(p *model.Placing, spot bool) int {
	var os, arch string
	if p.Task != nil {
		os, arch = p.Task.OperatingSystem, p.Task.Architecture
	}
	for i := range b.classes {
		if b.classes[i].os == os && b.classes[i].arch == arch && b.classes[i].spot == spot {
			return i
		}
	}
	b.classes = append(b.classes, fargateClass{os: os, arch: arch, spot: spot, rates: fargateRates(b.cfg, os, arch, spot)})
	return len(b.classes) - 1
}

// fargateRates are negative where no price is known. A Savings Plan whose rates are not known in the region leaves the
// On-Demand rates.
func fargateRates(cfg *model.Config, os, arch string, spot bool) catalog.FargateRates {
	unknown := catalog.FargateRates{Spot: spot, VCPUHour: -1, GBHour: -1, LicenceVCPUHour: -1, EphemeralGBHour: -1}
	if cfg.Catalog == nil {
		return unknown
	}
	rates, _ := cfg.Catalog.FargatePrice(os, arch, spot)
	if spot || rates.Windows || arch != "" && arch != "X86_64" {
		return rates
	}
	years := map[model.SavingsPlan]int{model.Compute1Year: 1, model.Compute3Years: 3}[cfg.Pricing.SavingsPlan]
	if plan, ok := cfg.Catalog.FargatePlan(years); ok && years > 0 {
		return plan
	}
	return rates
}

// ratesOf are the classes of an owner's revisions; most have one.
type ratesOf []revisionRates

type revisionRates struct {
	placing *model.Placing
	spot    bool
	class   int
}

// of is the class of a task on Fargate, or of those of a revision.
func (r *ratesOf) of(rec *Recorder, p *model.Placing, spot bool) int {
	for i := range *r {
		if (*r)[i].placing == p && (*r)[i].spot == spot {
			return (*r)[i].class
		}
	}
	class := rec.bill.classOf(p, spot)
	*r = append(*r, revisionRates{p, spot, class})
	return class
}

// onSpot says whether a task on Fargate is one of FARGATE_SPOT: a strategy may have both providers.
func onSpot(cfg *model.Config, t *model.Task) bool {
	p := placing(t)
	if len(p.Providers) > 0 && t.Provider >= 0 && t.Provider < len(cfg.CapacityProviders) {
		return cfg.CapacityProviders[t.Provider].Kind == model.FargateSpotProvider
	}
	return p.Spot
}

// fargateClass is the class of a task that is on Fargate.
func (r *Recorder) fargateClass(t *model.Task) int {
	return r.owners[r.index(t.Owner)].rates.of(r, placing(t), onSpot(r.cfg, t))
}

// task charges a Fargate task that stopped, or still lives, at to. Billing begins with the image pull, so a task that
// never came so far is free. Its seconds are spread over the span in which it ran; what rounding and the minimum add
// is spread with them.
func (b *bill) task(class int, t *model.Task, to time.Duration) {
	if b.cfg.Pricing.TrafficOf(t.Owner.Service, t.Owner.Index).PublicIP {
		b.traffic.addresses.spread(t.Placed, to, (to - t.Placed).Seconds())
	}
	from := t.PullStarted
	if from < 0 {
		return
	}
	c := &b.classes[class]
	seconds := float64(cost.FargateSeconds(to-from, c.rates.Windows))
	use := fargateHour{float64(t.Demand.Needs.CPU), float64(t.Demand.Needs.Memory), disk(t)}
	first, last := int(from/time.Hour), int(max(from, to-1)/time.Hour)
	for len(c.hours) <= last {
		c.hours = append(c.hours, fargateHour{})
	}
	if first == last {
		c.hours[first].add(use, seconds)
		return
	}
	for h := first; h <= last; h++ {
		part := min(to, time.Duration(h+1)*time.Hour) - max(from, time.Duration(h)*time.Hour)
		c.hours[h].add(use, seconds*(float64(part)/float64(to-from)))
	}
}

// disk is what a task pays for beyond the free part, in GiB.
func disk(t *model.Task) float64 {
	if d := placing(t).Task; d != nil {
		return float64(max(0, d.EphemeralStorageGiB-cost.FreeEphemeralGiB))
	}
	return 0
}

// add converts each product, so that no processor fuses it with the sum.
func (h *fargateHour) add(use fargateHour, seconds float64) {
	h.cpuSeconds += float64(use.cpuSeconds * seconds)
	h.memorySeconds += float64(use.memorySeconds * seconds)
	h.diskSeconds += float64(use.diskSeconds * seconds)
}

// use is what an instance is charged for, up to to.
func (b *bill) use(i *fleet.Instance, to time.Duration) cost.InstanceUse {
	u := cost.InstanceUse{
		Type: *i.Type, Spot: i.Spot, SpotPrice: i.PricePerHour, Discount: b.cfg.Pricing.EC2Discount, Fee: i.Fee, Duration: to - i.Launched,
	}
	if u.Spot {
		u.SpotSource = spotSource(b.cfg, i)
	}
	return u
}

// spotSource says where the price of a Spot instance comes from: the list price, less what the Spot Advisor or the
// scenario says that Spot saves.
func spotSource(cfg *model.Config, i *fleet.Instance) string {
	if cfg.Catalog != nil {
		if o, ok := cfg.Catalog.Spot(i.Type.Name); ok && math.Abs(i.Type.PricePerHour*(1-o.Discount)-i.PricePerHour) < 1e-9 {
			return i.Type.PriceSource + "; " + o.Source
		}
	}
	return i.Type.PriceSource + ", less the Spot discount of the scenario"
}

// instance charges an instance from its launch until it was terminated or the run ended.
func (b *bill) instance(i *fleet.Instance, to time.Duration) {
	u := b.use(i, to)
	items := u.Charge(nil)
	b.book.paid(i, items)
	if gb := b.cfg.Pricing.InstanceVolumeGB; gb > 0 {
		price, known := priceOf(b.cfg, "ebs_gp3_gb_month")
		items = append(items, cost.Volume(gb, u.Duration, price, known))
	}
	b.ledger.Spread(i.Launched, to, items...)
}

// priceOf is catalog.Price, also without a catalog.
func priceOf(cfg *model.Config, item string) (catalog.Price, bool) {
	if cfg.Catalog == nil {
		return catalog.Price{}, false
	}
	return cfg.Catalog.Price(item)
}

// launched takes in an instance that costs money from now on.
func (b *bill) launched(now time.Duration, i *fleet.Instance) {
	if b.book.machine(i) == nil {
		b.book.launched(now, i, b.use(i, now))
	}
}

// bookCost books what a task reserves (sign 1), or gives back (-1).
func (r *Recorder) bookCost(now time.Duration, t *model.Task, sign int64) {
	var rates *catalog.FargateRates
	if t.Instance == nil {
		rates = &r.bill.classes[r.fargateClass(t)].rates
	}
	r.bill.book.task(now, t, sign, rates)
}

// pools takes in how many instances wait in a warm pool. They are told of by their number alone: those that run cost what
// instances cost, those that are stopped their volumes. What they cost while they boot for the pool is left out.
func (b *bill) pools(now time.Duration, g *model.GroupState) {
	more := int64(b.traffic.pools[g.Provider].becomes(now, g.Pooled))
	b.book.rates.add(now, b.book.rates.volumes, more*b.book.volume)
	if t := runningPool(&b.cfg.CapacityProviders[g.Provider]); t != nil {
		u := cost.InstanceUse{Type: *t, Discount: b.cfg.Pricing.EC2Discount}
		b.book.rates.add(now, b.book.rates.of(u.Item()), more*nano(u.PerHour()))
	}
}

// closePools charges the instances that ran in warm pools. Nobody could reserve them.
func (b *bill) closePools(now time.Duration) {
	for k := range b.traffic.pools {
		p := &b.traffic.pools[k]
		p.settle(now)
		t := runningPool(&b.cfg.CapacityProviders[k])
		if t == nil {
			continue
		}
		for h, seconds := range p.seconds {
			if seconds > 0 {
				u := cost.InstanceUse{Type: *t, Discount: b.cfg.Pricing.EC2Discount}
				it := u.Hours(seconds / 3600)
				b.book.pockets[b.book.pocketOf(b.cfg.CapacityProviders[k].Name)].paid += it.USD
				b.ledger.Add(time.Duration(h)*time.Hour, it)
			}
		}
	}
}

// CostRecord is what is known of money besides the items.
type CostRecord struct {
	Rates CostRates
	Waste []Waste // by name
	// TaskHours are the hours that tasks were RUNNING, together.
	TaskHours float64
}

// close prices the Fargate use, and what is not told of by instance and task.
func (b *bill) close(now time.Duration) CostRecord {
	for i := range b.classes {
		c := &b.classes[i]
		for h, use := range c.hours {
			used := cost.FargateHours{
				VCPU: use.cpuSeconds / 1024 / 3600, GB: use.memorySeconds / 1024 / 3600, StorageGB: use.diskSeconds / 3600,
			}
			items := used.Charge(nil, c.rates)
			b.book.paidFargate(c.spot, items)
			b.ledger.Add(time.Duration(h)*time.Hour, items...)
		}
	}
	b.closePools(now)
	b.traffic.charge(b.cfg, &b.ledger, now)
	b.book.running.settle(now)
	return CostRecord{
		Rates: b.book.rates.close(now), Waste: b.book.waste(now), TaskHours: b.book.running.sum / float64(time.Hour),
	}
}
