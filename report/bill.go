package report

import (
	"time"

	"ecssim/model"
	"ecssim/model/catalog"
	"ecssim/model/cost"
	"ecssim/model/fleet"
)

// bill collects what is charged. Fargate tasks only add to sums by hour, which are priced at the end: a ledger entry
// a task would cost more than the rest of the recorder.
type bill struct {
	ledger  cost.Ledger
	classes []fargateClass
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
func (b *bill) classOf(cfg *model.Config, p *model.Placing) int {
	var os, arch string
	if p.Task != nil {
		os, arch = p.Task.OperatingSystem, p.Task.Architecture
	}
	for i := range b.classes {
		if b.classes[i].os == os && b.classes[i].arch == arch && b.classes[i].spot == p.Spot {
			return i
		}
	}
	c := fargateClass{os: os, arch: arch, spot: p.Spot}
	if cfg.Catalog != nil {
		c.rates, _ = cfg.Catalog.FargatePrice(os, arch, p.Spot) // negative rates where it knows none
	} else {
		c.rates = catalog.FargateRates{Spot: p.Spot, VCPUHour: -1, GBHour: -1, LicenceVCPUHour: -1, EphemeralGBHour: -1}
	}
	b.classes = append(b.classes, c)
	return len(b.classes) - 1
}

// ratesOf are the classes of an owner's revisions; most have one.
type ratesOf []revisionRates

type revisionRates struct {
	placing *model.Placing
	class   int
}

// of is the class of a revision on Fargate; negative on EC2.
func (r *ratesOf) of(rec *Recorder, p *model.Placing) int {
	for i := range *r {
		if (*r)[i].placing == p {
			return (*r)[i].class
		}
	}
	class := -1
	if p.Launch == model.Fargate {
		class = rec.bill.classOf(rec.cfg, p)
	}
	*r = append(*r, revisionRates{p, class})
	return class
}

// task charges a Fargate task that stopped, or still lives, at to. Billing begins with the image pull, so a task that
// never came so far is free. Its seconds are spread over the span in which it ran; what rounding and the minimum add
// is spread with them.
func (b *bill) task(class int, t *model.Task, to time.Duration) {
	from := t.PullStarted
	if from < 0 || class < 0 {
		return
	}
	c := &b.classes[class]
	seconds := float64(cost.FargateSeconds(to-from, c.rates.Windows))
	use := fargateHour{float64(t.Demand.Needs.CPU), float64(t.Demand.Needs.Memory), 0}
	if task := placing(t).Task; task != nil {
		use.diskSeconds = float64(max(0, task.EphemeralStorageGiB-cost.FreeEphemeralGiB))
	}
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

// add converts each product, so that no processor fuses it with the sum.
func (h *fargateHour) add(use fargateHour, seconds float64) {
	h.cpuSeconds += float64(use.cpuSeconds * seconds)
	h.memorySeconds += float64(use.memorySeconds * seconds)
	h.diskSeconds += float64(use.diskSeconds * seconds)
}

// instance charges an instance from its launch until it was terminated or the run ended.
func (b *bill) instance(i *fleet.Instance, to time.Duration) {
	b.ledger.Spread(i.Launched, to, cost.EC2Instance(*i.Type, to-i.Launched))
}

// close prices the Fargate use.
func (b *bill) close() {
	for i := range b.classes {
		c := &b.classes[i]
		for h, use := range c.hours {
			used := cost.FargateHours{
				VCPU: use.cpuSeconds / 1024 / 3600, GB: use.memorySeconds / 1024 / 3600, StorageGB: use.diskSeconds / 3600,
			}
			b.ledger.Add(time.Duration(h)*time.Hour, used.Charge(nil, c.rates)...)
		}
	}
}
