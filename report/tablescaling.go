package report

import (
	"fmt"
	"maps"
	"slices"

	"ecssim/model"
)

// loadTable tells of the services whose load is known.
func loadTable(s *Summary) (*table, string) {
	t := &table{columns: []column{
		{title: "LOAD", least: 10}, {title: "PEAK", right: true, least: 9}, {title: "DROPPED", right: true}, {title: "LATENCY", right: true},
		{title: "CPU MAX", right: true}, {title: "MEMORY MAX", right: true, spare: true}, {title: "TOO FEW TASKS", right: true},
	}}
	var names []string
	for _, name := range slices.Sorted(maps.Keys(s.Services)) {
		if s.Services[name].Load != nil {
			names = append(names, name)
		}
	}
	for _, name := range names[:min(len(names), maxRows)] {
		l := s.Services[name].Load
		short := "–"
		if l.Short > 0 {
			short = spanOf(l.Short)
		}
		t.add(clean(name), figure(l.Peak)+" "+clean(l.Unit)+"/s", share(l.DroppedFraction), worstOf(l.WorstLatency), ofHundred(l.CPU), ofHundred(l.Memory), short)
	}
	return t, more(len(names))
}

// share is a fraction as a percentage, with a dash for none and for what is not known.
func share(x *float64) string {
	if x == nil || *x == 0 {
		return "–"
	}
	return percent(*x)
}

// ofHundred is a percentage that is one already.
func ofHundred(x *float64) string {
	if x == nil {
		return "–"
	}
	return percent(*x / 100)
}

func worstOf(seconds *float64) string {
	if seconds == nil {
		return "–"
	}
	return spanOf(*seconds)
}

// scalingTable tells of service auto scaling.
func scalingTable(s *Summary) (*table, string) {
	t := &table{columns: []column{
		{title: "SCALING", least: 10}, {title: "OUT", right: true}, {title: "IN", right: true}, {title: "BLOCKED", right: true, spare: true},
		{title: "DESIRED", right: true}, {title: "EPISODES", right: true}, {title: "LAG MEDIAN", right: true}, {title: "WORST", right: true},
		{title: "AT", right: true, spare: true},
	}}
	names := scaledServices(s)
	for _, name := range names[:min(len(names), maxRows)] {
		v := s.Services[name].Scaling
		median, worst, at := "–", "–", "–"
		if l := v.Lags; l != nil {
			median, worst, at = spanOf(l.Median), spanOf(l.Worst.Total), clockOf(l.WorstAt)
		}
		t.add(clean(name), amount(v.Out), amount(v.In), amount(v.Blocked), between2(v.DesiredMin, v.DesiredMax), amount(v.Episodes), median, worst, at)
	}
	return t, more(len(names))
}

func scaledServices(s *Summary) []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(s.Services)) {
		if s.Services[name].Scaling != nil {
			names = append(names, name)
		}
	}
	return names
}

// between2: 2–12, or 4 where both are the same.
func between2(low, high int64) string {
	if low == high {
		return amount(low)
	}
	return amount(low) + "–" + amount(high)
}

// lagTable splits the lags of services: where the time goes from a load that is too much to enough tasks.
func lagTable(s *Summary) (*table, string) {
	t := &table{columns: []column{{title: "LAG", least: 8}, {title: ""}, {title: "TOTAL", right: true}}}
	for _, title := range []string{"DETECT", "DECIDE", "CAPACITY", "BOOT", "PLACE", "PULL", "START", "HEALTH"} {
		t.columns = append(t.columns, column{title: title, right: true})
	}
	// Where there is no room for all, what is short goes.
	for _, title := range []string{"PLACE", "PULL", "START"} {
		t.spare(title, true)
	}
	count := 0
	for _, name := range scaledServices(s) {
		v := s.Services[name].Scaling
		if v.Lags == nil {
			continue
		}
		if count++; count > maxRows/2 {
			continue
		}
		t.add(append([]string{clean(name), "worst"}, v.Lags.Worst.cells()...)...)
		if v.Episodes-v.Open > 1 {
			t.add(append([]string{"", "mean"}, v.Lags.Mean.cells()...)...)
		}
	}
	if count > maxRows/2 {
		return t, fmt.Sprintf("… and %d more", count-maxRows/2)
	}
	return t, ""
}

// cells are the total and the parts; a part that took no time has a dash.
func (l *LagSummary) cells() []string {
	cells := []string{spanOf(l.Total)}
	for _, x := range l.phases() {
		if x == 0 {
			cells = append(cells, "–")
		} else {
			cells = append(cells, spanOf(x))
		}
	}
	return cells
}

// providerTable tells of Auto Scaling groups.
func providerTable(s *Summary) (*table, string) {
	t := &table{columns: []column{
		{title: "PROVIDER", least: 8}, {title: "TYPE", least: 8, spare: true}, {title: "SIZE", right: true}, {title: "NOW", right: true},
		{title: "PEAK", right: true}, {title: "MEAN", right: true}, {title: "RESERVATION", right: true, spare: true},
		{title: "LAUNCHED", right: true}, {title: "ENDED", right: true, spare: true}, {title: "WAIT p95", right: true},
	}}
	names := slices.Sorted(maps.Keys(s.CapacityProviders))
	for _, name := range names[:min(len(names), maxRows)] {
		p := s.CapacityProviders[name]
		reservation := "–"
		if p.Reservation != nil {
			reservation = percent(*p.Reservation / 100)
		}
		size := between2(int64(p.Min), int64(p.Max))
		if p.Max <= 0 {
			size = "–" // ECS Managed Instances may have no maximum
		}
		t.add(clean(name), typesOf(p.Instances), size, amount(p.Now), amount(p.Peak), decimal(p.Mean, 1),
			reservation, amount(p.Launched), amount(p.Terminated), p95(p.Wait))
	}
	return t, more(len(names))
}

// typesOf: m5.large, or m5.large +2.
func typesOf(types []string) string {
	switch len(types) {
	case 0:
		return "–"
	case 1:
		return clean(types[0])
	}
	return fmt.Sprintf("%s +%d", clean(types[0]), len(types)-1)
}

// aboutGroups: 0–12 × m5.large (asg). ECS Managed Instances without a maximum have no number.
func aboutGroups(cfg *model.Config) []string {
	var parts []string
	for i := range cfg.CapacityProviders {
		p := &cfg.CapacityProviders[i]
		g := p.Group
		if g == nil {
			continue
		}
		what := fmt.Sprintf("%d types", len(g.Types))
		if len(g.Types) == 1 {
			what = g.Types[0].Name
		}
		size, kind := between2(int64(g.Min), int64(g.Max))+" × ", "asg"
		if p.Kind == model.ManagedInstances {
			kind = "managed"
			if g.Max <= 0 {
				size = ""
			}
		}
		parts = append(parts, fmt.Sprintf("%s%s (%s)", size, what, kind))
	}
	return parts
}
