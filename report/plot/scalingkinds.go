package plot

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

const (
	maxMetrics      = 3 // that share a panel
	maxMetricPanels = 2 // of a service

	slowLatency = 2 // times the lowest, from which on latency is shown
)

// panels are those of a service, from its load to its tasks.
func (s ScalingService) panels(end float64) []*scalingPanel {
	of := "service"
	if name := clean(s.Name); name != "" {
		of = name
	}
	out := []*scalingPanel{s.load(of+": load", end), s.slow(of+": latency", end)}
	out = append(out, s.metrics(of, end)...)
	tasks := newScalingPanel(of+": tasks", 1,
		[]layer[look]{{name: "running", steps: s.Running, look: thereLook}, {name: "waiting", steps: s.Waiting, look: comingLook}},
		[]layer[lineLook]{{"desired", s.Desired, desiredLine, true}}, end)
	if tasks != nil {
		tasks.whole = true
		tasks.decided(s.Outs, s.Ins)
		tasks.addRule(s.Max, "max", boundRule, boundFar)
		tasks.addRule(s.Min, "min", boundRule, boundFar)
		running, _ := extent(s.Running)
		waiting, _ := extent(s.Waiting)
		tasks.fact = fmt.Sprintf("peak %s running", number(running))
		if waiting > 0 {
			tasks.fact += fmt.Sprintf(", %s waiting", number(waiting))
		}
		tasks.scaled()
	}
	return append(out, tasks)
}

func (s ScalingService) load(name string, end float64) *scalingPanel {
	p := newScalingPanel(name, 1,
		[]layer[look]{{name: "served", steps: s.Served, look: servedLook}, {name: "dropped", steps: s.Dropped, look: droppedLook}},
		[]layer[lineLook]{{name: "offered", steps: s.Offered, look: offeredLine}}, end)
	if p == nil {
		return nil
	}
	top, _ := extent(s.Offered)
	if len(s.Offered) == 0 {
		top, _ = extent(s.Served)
	}
	p.fact = inUnit(s.Unit, "peak "+fine(top))
	offered, dropped := volume(s.Offered, end), volume(s.Dropped, end)
	if dropped > 0 {
		p.fact += ","
		p.alarm = "some dropped"
		if offered > 0 {
			p.alarm = percent(min(1, dropped/offered)) + " dropped"
		}
	}
	return p.scaled()
}

// slow is the panel of latency, which is only worth one where load was felt.
func (s ScalingService) slow(name string, end float64) *scalingPanel {
	top, _ := extent(s.Latency)
	low := math.Inf(1)
	for _, one := range ordered(s.Latency, end) {
		if one.Mean > 0 {
			low = min(low, one.Mean)
		}
	}
	if top <= slowLatency*low {
		return nil
	}
	p := newScalingPanel(name, 0.6, nil, []layer[lineLook]{{name: "latency", steps: s.Latency, look: latencyLine}}, end)
	p.keys = nil
	unit := "seconds"
	if top < 1 {
		unit, p.per = "milliseconds", 0.001
	}
	p.fact = inUnit(unit, fmt.Sprintf("lowest %s, peak %s", fine(low/p.per), fine(top/p.per)))
	return p.scaled()
}

// metrics are the panels of what the policies look at, one a unit.
func (s ScalingService) metrics(of string, end float64) []*scalingPanel {
	var units []string
	byUnit := map[string][]ScalingMetric{}
	left := 0
	for _, m := range s.Metrics {
		unit := clean(m.Unit)
		switch {
		case len(m.Values) == 0:
			continue
		case byUnit[unit] == nil && len(units) == maxMetricPanels, len(byUnit[unit]) == maxMetrics:
			left++
			continue
		case byUnit[unit] == nil:
			units = append(units, unit)
		}
		byUnit[unit] = append(byUnit[unit], m)
	}
	var out []*scalingPanel
	for _, unit := range units {
		out = append(out, metricPanel(of, unit, byUnit[unit], end))
	}
	if len(out) > 0 {
		out[0].leftMetric = left
	}
	return out
}

func metricPanel(of, unit string, metrics []ScalingMetric, end float64) *scalingPanel {
	name := of + ": " + cmp.Or(clean(metrics[0].Name), "metric")
	var lines []layer[lineLook]
	top := 0.0
	for i, m := range metrics {
		lines = append(lines, layer[lineLook]{name: tickText.fit(m.Name, 150), steps: m.Values, look: metricLines[i]})
		most, _ := extent(m.Values)
		top = max(top, most)
	}
	if len(metrics) > 1 {
		name = of + ": metrics"
	}
	p := newScalingPanel(name, 0.85, nil, lines, end)
	if len(metrics) == 1 {
		p.keys = nil
	}
	for i, m := range metrics {
		target, threshold := targetRule, alarmRule
		if len(metrics) > 1 { // whose it is
			target.colour, threshold.colour = metricLines[i].colour, metricLines[i].colour
		}
		if m.Target > 0 {
			p.addRule(m.Target, "target", target, aimFar)
		}
		for _, v := range m.Thresholds {
			p.addRule(v, "alarm", threshold, aimFar)
		}
	}
	p.fact = inUnit(unit, "peak "+fine(top))
	return p.scaled()
}

// panels are those of a group: its instances and its provider's reservation.
func (g ScalingGroup) panels(end float64) []*scalingPanel {
	of := cmp.Or(clean(g.Name), "group")
	instances := newScalingPanel(of+": instances", 1,
		[]layer[look]{{name: "in service", steps: g.InService, look: thereLook}, {name: "booting", steps: g.Booting, look: comingLook},
			{name: "leaving", steps: g.Leaving, look: goingLook}},
		[]layer[lineLook]{{"desired", g.Desired, desiredLine, true}}, end)
	if instances != nil {
		instances.whole = true
		instances.decided(g.Outs, g.Ins)
		instances.addRule(g.Max, "max", boundRule, boundFar)
		top, _ := extent(g.InService)
		instances.fact = fmt.Sprintf("peak %s in service", number(top))
		instances.scaled()
	}
	reservation := newScalingPanel(of+": CapacityProviderReservation", 0.7, nil,
		[]layer[lineLook]{{name: "reservation", steps: g.Reservation, look: metricLines[0]}}, end)
	if reservation != nil {
		reservation.keys = nil
		top, _ := extent(g.Reservation)
		reservation.fact = inUnit("%", "peak "+fine(top))
		if g.Target > 0 {
			reservation.addRule(g.Target, "target", targetRule, aimFar)
		}
		reservation.scaled()
	}
	return []*scalingPanel{instances, reservation}
}

// costPanel stacks what the items cost.
func costPanel(costs []CostSeries, end float64) *scalingPanel {
	var series []StackSeries
	for _, c := range costs {
		if top, _ := extent(c.USDPerHour); top > 0 {
			series = append(series, StackSeries{clean(c.Item), c.USDPerHour})
		}
	}
	kept, rest := folded(series, false)
	var areas []layer[look]
	for i, s := range kept {
		areas = append(areas, layer[look]{name: cmp.Or(s.Name, "unnamed"), steps: s.Steps, look: stackLooks[i]})
	}
	if rest != nil {
		areas = append(areas, layer[look]{name: restName, steps: summed(rest, end), look: otherLook})
	}
	p := newScalingPanel("cost", 0.85, areas, nil, end)
	if p == nil {
		return nil
	}
	for i := range p.keys {
		p.keys[i].label = tickText.fit(p.keys[i].label, 130)
	}
	p.scaled()
	p.fact = inUnit("$ per hour", "peak "+fine(p.top/1.07))
	return p
}

// summed is the sum of several series as one.
func summed(series []StackSeries, end float64) []Step {
	var all [][]Step
	for _, s := range series {
		all = append(all, s.Steps)
	}
	var out []Step
	for _, c := range columns(all, end, 0) {
		v := c.sum()
		out = append(out, Step{c.from, c.to - c.from, v, v, v})
	}
	return out
}

// volume is what a rate adds up to.
func volume(steps []Step, end float64) float64 {
	sum := 0.0
	for _, s := range ordered(steps, end) {
		sum += s.Mean * s.Width
	}
	return sum
}

func inUnit(unit, text string) string {
	return strings.Join(slices.DeleteFunc([]string{clean(unit), text}, func(s string) bool { return s == "" }), "; ")
}
