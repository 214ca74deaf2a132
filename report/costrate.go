package report

import (
	"fmt"
	"slices"
	"time"

	"ecssim/model"
	"ecssim/model/cost"
	"ecssim/report/plot"
	"ecssim/sim"
)

// mostRateItems is how many kinds of instances have a series of their own; the others share one.
const mostRateItems = 12

// rateBook is what everything that is there costs an hour, by item: instances, Fargate tasks from placement to STOPPED,
// load balancers, addresses, gateways and volumes. What is billed by use, capacity units and bytes, is not in it. It has
// a timeline of its own, without a warm-up: money is paid from the beginning.
type rateBook struct {
	line                        *sim.Timeline
	total                       *sim.Track
	names                       []string
	tracks                      []*sim.Track
	onDemand, spot              int // indexes of the two series of Fargate
	balancers, network, volumes int
	others                      int
	address                     int64 // of a public address
}

func newRateBook(cfg *model.Config) rateBook {
	b := rateBook{}
	for i := range cfg.Fleets {
		b.name((&cost.InstanceUse{Type: cfg.Fleets[i].Type}).Item())
	}
	for i := range cfg.CapacityProviders {
		if g := cfg.CapacityProviders[i].Group; g != nil {
			for _, t := range g.Types {
				b.name((&cost.InstanceUse{Type: t}).Item())
				b.name((&cost.InstanceUse{Type: t, Spot: true}).Item())
			}
		}
	}
	b.others = b.series("other instances")
	b.onDemand, b.spot = b.series("Fargate"), b.series("Fargate Spot")
	b.balancers, b.network, b.volumes = b.series("load balancers"), b.series("network"), b.series("volumes")
	b.line = sim.NewTimeline(0, cfg.Duration, len(b.names)+1)
	for range b.names {
		b.tracks = append(b.tracks, b.line.Track())
	}
	b.total = b.line.Track()
	return b
}

// name gives a kind of instance a series, as long as there are few.
func (b *rateBook) name(item string) {
	if len(b.names) < mostRateItems && !slices.Contains(b.names, item) {
		b.names = append(b.names, item)
	}
}

func (b *rateBook) series(name string) int {
	b.names = append(b.names, name)
	return len(b.names) - 1
}

// standing takes in what is there all the time.
func (b *rateBook) standing(cfg *model.Config) {
	price := func(item string) int64 {
		p, _ := priceOf(cfg, item)
		return nano(p.USD)
	}
	alb, nlb := countBalancers(cfg)
	b.address = price("public_ipv4_hour")
	b.add(0, b.balancers, int64(alb)*price("alb_hour")+int64(nlb)*price("nlb_hour"))
	b.add(0, b.network, int64(cfg.Pricing.NATGateways)*price("nat_gateway_hour")+int64(standingAddresses(cfg))*b.address)
}

// of is the series of a kind of instance.
func (b *rateBook) of(item string) int {
	if k := slices.Index(b.names[:b.others], item); k >= 0 {
		return k
	}
	return b.others
}

func (b *rateBook) fargate(spot bool) int {
	if spot {
		return b.spot
	}
	return b.onDemand
}

// add changes one series.
func (b *rateBook) add(now time.Duration, series int, delta int64) {
	if delta == 0 {
		return
	}
	b.line.Advance(now)
	b.tracks[series].Add(now, delta)
	b.total.Add(now, delta)
	if b.tracks[series].Value() < 0 {
		panic(fmt.Sprintf("report: at %v %s cost less than nothing", now, b.names[series]))
	}
}

// CostRates is what everything that was there cost an hour, in USD.
type CostRates struct {
	Peak, End float64
	// Items hold what cost something at some time, in nano-dollars an hour, in the order in which a picture stacks them.
	Items []CostRate
}

// CostRate is one item.
type CostRate struct {
	Item   string
	Levels Levels
}

func (b *rateBook) close(now time.Duration) CostRates {
	b.line.Finish(now)
	_, peak := b.line.Statistics(b.total, now)
	rates := CostRates{Peak: float64(peak) / 1e9, End: float64(b.total.Value()) / 1e9}
	for k, t := range b.tracks {
		levels := levelsOf(b.line, t, now)
		if slices.ContainsFunc(levels, func(l Level) bool { return l.Max > 0 }) {
			rates.Items = append(rates.Items, CostRate{b.names[k], levels})
		}
	}
	return rates
}

// costSeries are the rates as a picture draws them.
func (r *Record) costSeries() []plot.CostSeries {
	all := make([]plot.CostSeries, 0, len(r.Cost.Rates.Items))
	for _, it := range r.Cost.Rates.Items {
		all = append(all, plot.CostSeries{Item: it.Item, USDPerHour: it.Levels.steps(1e9)})
	}
	return all
}

// levelsOf reads a track of a timeline that is finished.
func levelsOf(line *sim.Timeline, t *sim.Track, end time.Duration) Levels {
	width, cells := line.Width(), t.Cells()
	out := make(Levels, len(cells))
	for i, c := range cells {
		at := width * time.Duration(i)
		v := Level{At: at, Width: min(width, end-at)}
		if c.Empty() || v.Width <= 0 {
			v.Mean, v.Min, v.Max = float64(t.Value()), t.Value(), t.Value()
		} else {
			v.Mean, v.Min, v.Max = c.Sum/float64(v.Width), c.Low, c.High
		}
		out[i] = v
	}
	return out
}
