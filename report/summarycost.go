package report

import (
	"fmt"

	"ecssim/model"
)

// CostSummary is money over the whole run. If Known is false some price is not known, and the total is "at least".
type CostSummary struct {
	TotalUSD float64       `json:"total_usd"`
	Known    bool          `json:"known"`
	Items    []ItemSummary `json:"items"`
	// End and Peak are what everything that is there costs an hour, without what is billed by use.
	End  float64 `json:"usd_per_hour_end"`
	Peak float64 `json:"usd_per_hour_peak"`
	// PerTaskHour and Per1000TaskSeconds divide the total by the time that tasks were RUNNING; null if none ever was.
	PerTaskHour        *float64 `json:"usd_per_task_hour"`
	Per1000TaskSeconds *float64 `json:"usd_per_1000_task_seconds"`
	// Unreserved is what was paid for instances and not reserved by a task, Unused what services with load reserved and
	// did not use; null without such a service. Capacity tells both by fleet and capacity provider.
	Unreserved float64        `json:"unreserved_usd"`
	Unused     *float64       `json:"unused_usd"`
	Capacity   []WasteSummary `json:"capacity"`
}

// ItemSummary is an amount of one thing that is billed.
type ItemSummary struct {
	Item     string  `json:"item"`
	Quantity float64 `json:"quantity"`
	Unit     string  `json:"unit"`
	USD      float64 `json:"usd"`
	Known    bool    `json:"known"`
	Source   string  `json:"source"`
}

// WasteSummary is a fleet or a capacity provider. Unreserved is of the dimension that each instance had less left of, the
// others are by CPU and memory alone; likewise Unused is of the dimension of which more was reserved, on Fargate of both.
type WasteSummary struct {
	Name             string   `json:"capacity"`
	Paid             float64  `json:"paid_usd"`
	Unreserved       float64  `json:"unreserved_usd"`
	UnreservedCPU    float64  `json:"unreserved_cpu_usd"`
	UnreservedMemory float64  `json:"unreserved_memory_usd"`
	Unused           *float64 `json:"unused_usd"`
	UnusedCPU        *float64 `json:"unused_cpu_usd"`
	UnusedMemory     *float64 `json:"unused_memory_usd"`
}

func summariseCost(r *Record) CostSummary {
	s := CostSummary{Known: true, Items: []ItemSummary{}, Capacity: []WasteSummary{}}
	total := 0.0
	for _, it := range r.Bill {
		total += it.USD
		s.Known = s.Known && it.Known
		s.Items = append(s.Items, ItemSummary{it.Name, round(it.Quantity), it.Unit, round(it.USD), it.Known, it.Source})
	}
	s.TotalUSD = round(total)
	s.End, s.Peak = round(r.Cost.Rates.End), round(r.Cost.Rates.Peak)
	if hours := r.Cost.TaskHours; hours > 0 {
		s.PerTaskHour, s.Per1000TaskSeconds = known(total/hours), known(total/hours/3.6)
	}
	unreserved, unused, loaded := 0.0, 0.0, false
	for _, w := range r.Cost.Waste {
		unreserved += w.Unreserved
		row := WasteSummary{
			Name: w.Name, Paid: round(w.Paid), Unreserved: round(w.Unreserved),
			UnreservedCPU: round(w.UnreservedCPU), UnreservedMemory: round(w.UnreservedMemory),
		}
		if w.Loaded {
			unused += w.Unused
			loaded = true
			row.Unused, row.UnusedCPU, row.UnusedMemory = known(w.Unused), known(w.UnusedCPU), known(w.UnusedMemory)
		}
		s.Capacity = append(s.Capacity, row)
	}
	if s.Unreserved = round(unreserved); loaded {
		s.Unused = known(unused)
	}
	return s
}

// wasted says in a sentence what of the cost was of no use, and what everything costs an hour; empty where nothing was
// wasted and nothing costs anything by the hour.
func (c *CostSummary) wasted() string {
	text := ""
	share := func(usd float64) string { return fmt.Sprintf("%s (%s)", dollars(usd), percent(usd/c.TotalUSD)) }
	if c.TotalUSD > 0 && c.Unreserved > 0 {
		text = "of it " + share(c.Unreserved) + " not reserved"
	}
	if c.TotalUSD > 0 && c.Unused != nil && *c.Unused > 0 {
		if text == "" {
			text = "of it "
		} else {
			text += ", "
		}
		text += share(*c.Unused) + " reserved and not used"
	}
	if c.Peak <= 0 {
		return text
	}
	if text != "" {
		text += "; "
	}
	text += dollars(c.End) + " an hour at the end"
	if c.Peak > c.End {
		text += ", " + dollars(c.Peak) + " at most"
	}
	return text
}

// providerOf is the capacity provider of a task; empty with a launch type.
func (r *Record) providerOf(t *TaskRow) string {
	switch {
	case len(t.placing.Providers) > 0:
		return r.providerName(int(t.Provider))
	case t.placing.Launch == model.Fargate && t.placing.Spot:
		return onFargateSpotName
	}
	return ""
}

// writePrice writes what an instance costs an hour.
func (i *InstanceRow) writePrice(l *csvLine) {
	market := "on-demand"
	if i.Spot {
		market = "spot"
	}
	l.text(market)
	for _, usd := range []float64{i.PricePerHour, i.FeePerHour} {
		if usd < 0 {
			l.text("")
		} else {
			l.decimal(usd, 9)
		}
	}
}
