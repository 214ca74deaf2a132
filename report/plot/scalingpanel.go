package plot

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot/vg"
)

const (
	maxMetrics      = 3 // that share a panel
	maxMetricPanels = 2 // of a service

	slowLatency = 2 // times the lowest, from which on latency is shown
)

// scalingPanel is one of the panels, ready to be drawn.
type scalingPanel struct {
	name, fact string
	alarm      string // what went wrong, behind the fact
	weight     vg.Length
	bands      []stackArea // behind lines whose cells hide how values vary
	areas      []stackArea
	lines      []stackPath
	rules      []rule
	keys       []key
	decides    bool // there is a strip for decisions
	outs, ins  []float64
	top        float64 // of the value axis
	per        float64 // values are divided by it: 0.001 = milliseconds
	whole      bool
	thin       bool // not every change is drawn
	leftRules  int  // that were too many
	leftMetric int

	tall   vg.Length
	legend [][]key // the keys, where they have no room in the title
}

// layer is an area or a line with its look.
type layer[L any] struct {
	name   string
	steps  []Step
	look   L
	counts bool // a line of what is counted: its extremes are drawn, not means
}

// newScalingPanel is nil where no series has data.
func newScalingPanel(name string, weight vg.Length, areas []layer[look], lines []layer[lineLook], end float64) *scalingPanel {
	p := &scalingPanel{name: name, weight: weight, per: 1}
	areas = slices.DeleteFunc(areas, func(l layer[look]) bool { return len(l.steps) == 0 })
	lines = slices.DeleteFunc(lines, func(l layer[lineLook]) bool { return len(l.steps) == 0 })
	if len(areas)+len(lines) == 0 {
		return nil
	}
	var series []StackSeries
	var steps [][]Step
	for _, l := range areas {
		series, steps = append(series, StackSeries{l.name, l.steps}), append(steps, l.steps)
	}
	total, thin := thinned(columns(steps, end, 0), end)
	p.areas = layers(total, series, false, false)
	p.addLines(lines, end)
	p.thin = p.thin || thin
	for i, l := range areas {
		p.areas[i].look = l.look
		if top, _ := extent(l.steps); top > 0 { // an area that is never there needs no key
			p.keys = append(p.keys, key{p.areas[i].name, l.look.sample})
		}
	}
	return p
}

// addLines draws what is not counted through the means of cells, with a pale
// band from the lowest to the highest where values vary within them.
func (p *scalingPanel) addLines(lines []layer[lineLook], end float64) {
	var paths []StackLine
	for _, l := range lines {
		if !l.counts {
			band := cells(l.steps, end)
			l.steps = slices.Clone(band)
			for i := range l.steps {
				l.steps[i].Min, l.steps[i].Max = l.steps[i].Mean, l.steps[i].Mean
			}
			if slices.ContainsFunc(band, func(s Step) bool { return s.Min < s.Max }) {
				p.bands = append(p.bands, stackArea{look: look{colour: pale(l.look.colour)}, steps: band})
			}
		}
		paths = append(paths, StackLine{Name: l.name, Steps: l.steps})
	}
	drawn := stackPanel{}
	drawn.addLines(paths, end)
	p.lines, p.thin = drawn.lines, drawn.thin
	for i, l := range lines {
		p.lines[i].look = l.look
		p.lines[i].thin = p.lines[i].thin || !l.counts && len(p.bands) > 0
		p.keys = append(p.keys, key{p.lines[i].name, l.look.sample})
	}
}

// cells merges steps into stretches of time that are wide enough to be seen.
// Extremes survive in Min and Max.
func cells(steps []Step, end float64) []Step {
	const most = maxColumns / 2
	steps = ordered(steps, end)
	if len(steps) <= most {
		return steps
	}
	var out []Step
	first := 0
	for i := range most {
		from, to := end*float64(i)/most, end*float64(i+1)/most
		c := Step{At: from, Width: to - from, Min: math.Inf(1)}
		sum, held := 0.0, 0.0
		for k := first; k < len(steps) && steps[k].At < to; k++ {
			s := steps[k]
			if s.end() <= from && s.At < from {
				first = k + 1
				continue
			}
			w := min(s.end(), to) - max(s.At, from)
			sum, held = sum+s.Mean*w, held+w
			c.Min, c.Max = min(c.Min, s.Min), max(c.Max, s.Max)
		}
		if !math.IsInf(c.Min, 1) {
			c.Mean = c.Min
			if held > 0 {
				c.Mean = min(max(sum/held, c.Min), c.Max)
			}
			out = append(out, c)
		}
	}
	return out
}

// scaled ends the value axis above everything, except above rules next to
// which nothing else could be seen.
func (p *scalingPanel) scaled() *scalingPanel {
	for _, a := range p.areas {
		for _, s := range a.steps {
			p.top = max(p.top, s.Max)
		}
	}
	for _, l := range p.lines {
		for _, s := range l.steps {
			p.top = max(p.top, s.Mean)
		}
	}
	for _, b := range p.bands {
		for _, s := range b.steps {
			p.top = max(p.top, s.Max)
		}
	}
	data := p.top
	for _, r := range p.rules {
		if data == 0 || r.at <= r.far*data {
			p.top = max(p.top, r.at)
		}
	}
	if p.whole {
		p.top = max(p.top, 1)
	}
	p.top = max(p.top*1.07, 1e-6)
	return p
}

func (p scalingPanel) ticks() []float64 {
	count := max(2, min(int(p.tall/17), 6))
	ticks := valueTicks(p.top/p.per, count, false, p.whole)
	for ; len(ticks) < 2 && count < 6; count++ { // zero alone is no scale
		ticks = valueTicks(p.top/p.per, count+1, false, p.whole)
	}
	for i := range ticks {
		ticks[i] *= p.per
	}
	return ticks
}

func (p scalingPanel) tickLabel(v float64) string { return fine(v / p.per) }

func (p scalingPanel) draw(f frame) {
	var upright vg.Path
	for _, t := range f.time.ticks {
		if x := snap(f.time.x(t.at)); x > f.x0+1 && x < f.x1-1 {
			f.trace(&upright, []vg.Point{{X: x, Y: f.y0}, {X: x, Y: f.y1}})
		}
	}
	f.stroke(roomGrey, hairWidth, upright)
	f.grid(p.ticks(), p.tickLabel)
	for _, b := range p.bands {
		f.fill(b.look.colour, f.areas(b.steps, lowest, highest))
	}
	for _, a := range p.areas {
		a.draw(f)
	}
	f.line(baseGrey, hairWidth, vg.Point{X: f.x0, Y: snap(f.y1)}, vg.Point{X: f.x1, Y: snap(f.y1)})
	p.drawRules(f)
	for _, l := range slices.Backward(p.lines) {
		l.look.stroke(f.pen, f.asideLines(l.steps), !l.thin)
	}
	p.drawLabels(f)
}

// drawDecisions draws scale-outs as triangles that stand on the middle of the
// strip above the panel, and scale-ins as triangles that hang from it.
func (p scalingPanel) drawDecisions(f frame) {
	if !p.decides {
		return
	}
	mid := snap(f.y0 - strip/2)
	drawTriangles(f.pen, spaced(p.outs, f.time), mid-0.3, true)
	drawTriangles(f.pen, spaced(p.ins, f.time), mid+0.3, false)
}

// decided adds the strip for decisions, if there were any.
func (p *scalingPanel) decided(outs, ins []float64) {
	p.outs, p.ins = outs, ins
	p.decides = len(outs)+len(ins) > 0
	if n := len(outs); n > 0 {
		p.keys = append(p.keys, key{counted(n, "scale-out"), sampleOut})
	}
	if n := len(ins); n > 0 {
		p.keys = append(p.keys, key{counted(n, "scale-in"), sampleIn})
	}
}

func counted(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return number(float64(n)) + " " + noun
}

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
